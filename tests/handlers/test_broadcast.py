"""A broadcast from its first question to its last word, as officers and the tables see it; nothing is sent here."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.blood import Rh
from core.broadcasts import CastState
from core.joins import JoinState
from storage import broadcasts, people
from storage.broadcasts import Cast
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of

WORDS = "Chào {ten}, mời {don_vi} đến _chỗ mới_ *ngay* <b>hôm nay</b> {0}"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own for each test: a broadcast is to everybody in it."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


async def crowd(office: Office, count: int, unit: str = "SYT") -> list[int]:
    """So many donors of a unit."""
    return [await office.donor(unit, phone=f"+8490000{n:04}", name=f"Người {n}") for n in range(count)]


async def compose(office: Office, officer: str, words: str = WORDS) -> str:
    """Up to the preview, to all that the officer answers for."""
    return await office.do(officer, "/thongbao", "[Tiếp: soạn lời tin]", "[Tự viết]", words)


async def send(office: Office, officer: str, words: str = WORDS) -> Cast:
    """Confirmed, and begun by nobody yet."""
    await compose(office, officer, words)
    await office.do(officer, "[Gửi…]", "[Gửi ngay]", "[Gửi]")
    return await newest(office)


async def newest(office: Office) -> Cast:
    """The last broadcast, as it stands in the table."""
    async with office.house.app.database.read() as tx:
        return (await broadcasts.newest(tx, None, 1))[0]


async def run(office: Office) -> None:
    """Feed until there is nothing more to feed."""
    for _ in range(20):
        await office.house.app.caster.step()


def messages(office: Office, cast: Cast) -> list[tuple[str, str, dict[str, Any]]]:
    """(address, state, payload) of a broadcast's messages, by person."""
    found = office.house.rows("SELECT address, state, payload FROM outbox WHERE broadcast_id = ? ORDER BY id", cast.id)
    return [(address, state, json.loads(payload) if payload else {}) for address, state, payload in found]


async def test_everybody_of_the_audience_gets_it_once_with_their_own_name(office: Office) -> None:
    """Planned as often as you like; signs of formatting and braces that are no slot arrive as they were typed."""
    people_ids = await crowd(office, 3)
    await office.donor("GD", phone="+84900001111")
    officer = await office.officer("YT")
    cast = await send(office, officer)
    assert cast.state is CastState.WAITING and not messages(office, cast)
    await run(office)
    await run(office)
    sent = messages(office, cast)
    assert [payload["text"].split("\n")[0] for *_, payload in sent] == [
        f"Chào Người {n}, mời Sở Y tế đến _chỗ mới_ *ngay* <b>hôm nay</b> {{0}}" for n in range(3)
    ]
    assert all("LĐLĐ tỉnh Lạng Sơn · Công đoàn ngành Y tế" in payload["text"] for *_, payload in sent)
    keys = office.house.rows(
        "SELECT dedupe_key, on_unknown, lane FROM outbox WHERE broadcast_id = ? ORDER BY id", cast.id
    )
    assert keys == [(f"cast:{cast.id}:{person}", "hold", 3) for person in people_ids]
    assert (await newest(office)).fed
    assert ("broadcast", {"broadcast": cast.id, "rows": 3, "unit": "all", "round": ""}) in office.audit(officer)


async def test_the_count_says_who_is_not_reached_and_why(office: Office) -> None:
    """Blocked, from paper, paused: said while choosing, before sending, and nobody of them is written to."""
    reached, blocked, paper, paused = await crowd(office, 4)

    async def change(tx: Any) -> None:
        await tx.run("UPDATE people SET reachable = 0 WHERE id = ?", (blocked,))
        await tx.run("UPDATE people SET reachable = 0, address = 'paper:1' WHERE id = ?", (paper,))
        await tx.run("INSERT INTO notice_settings (person_id, paused_until) VALUES (?, '2027-01-01')", (paused,))

    await office.house.app.database.write(change)
    officer = await office.officer("YT")
    said = await office.do(officer, "/thongbao")
    why = "Sẽ nhận được: 1 người. Không nhận được: 3 (đã chặn bot: 1, chỉ có trên giấy: 1, đang tạm ngừng nhận tin: 1)."
    assert why in said
    cast = await send(office, officer)
    await run(office)
    assert [key for (key,) in office.house.rows("SELECT dedupe_key FROM outbox WHERE broadcast_id = ?", cast.id)] == [
        f"cast:{cast.id}:{reached}"
    ]


@pytest.mark.parametrize(
    ("steps", "count"),
    [
        (("[Chọn đơn vị]", "so y te"), 2),
        (("[Chọn đợt]", "[Đợt 11 năm 2026 – 04/12/2026]", "[Chắc chắn]", "[Xong]"), 1),
        (("[Chọn đợt]", "[Đợt 11 năm 2026 – 04/12/2026]", "[Chưa trả lời]", "[Xong]"), 2),
        (("[Chọn đợt]", "[Đợt 11 năm 2026 – 04/12/2026]", "[Chắc chắn]", "[Chưa trả lời]", "[Xong]"), 3),
        (("[Theo nhóm máu]", "O-", "[Xong]"), 1),
        (("[Theo nhóm máu]", "[O]", "[Xong]"), 3),
        (("[Theo nhóm máu]", "[Rh− (âm)]", "[✓ Rh− (âm)]", "[Xong]"), 3),
        (("[Hiến được vào ngày…]", "[Hôm nay]"), 2),
        (("[Hiến được vào ngày…]", "01/02/2027"), 3),
        (("[Theo ngôn ngữ]", "[English]"), 0),
        (("[Gửi cán bộ phụ trách]",), 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
async def test_each_way_to_narrow_the_audience_counts_those_who_are_left(
    office: Office, steps: tuple[str, ...], count: int
) -> None:
    """Three donors below the unit: one certain, one of O−, one who may give again only next year."""
    certain = await office.donor("SYT", phone="+84900000001")
    await office.joins(certain, JoinState.CERTAIN)
    await office.donor("SYT", phone="+84900000002", rh=Rh.NEGATIVE)
    later = await office.donor("BVDK", phone="+84900000003")
    await office.house.app.database.write(
        lambda tx: tx.run("UPDATE donors SET eligible_on = '2027-01-15' WHERE person_id = ?", (later,))
    )
    officer = await office.officer("YT")
    said = await office.do(officer, "/thongbao", *steps)
    assert f"👥 Sẽ nhận được: {count} người." in said, said


async def test_what_is_typed_wrong_is_said_with_the_way_out(office: Office) -> None:
    """An unknown slot, a slot of a round without one, nothing at all, too much: each with its own word."""
    await crowd(office, 1)
    officer = await office.officer("YT")
    assert "Tôi không biết chỗ điền {hoten}" in await compose(office, officer, "Chào {hoten}")
    assert "chưa chọn đợt nào" in await office.do(officer, "Mời đến {dia_diem}")
    assert "chưa có chữ nào" in await office.do(officer, "…")
    assert "nhiều nhất là 4.096" in await office.do(officer, "a" * 4090)
    assert "Trên đây là tin" in await office.do(officer, "Chào {ten}")


async def test_above_five_hundred_people_the_number_is_typed(office: Office) -> None:
    """A tap is not enough, a wrong number is not either."""

    async def fill(tx: Any) -> None:
        unit = await office.unit("SYT")
        for n in range(501):
            person = await people.keep(tx, f"terminal:many{n}", "vi", 1)
            await tx.run(
                "INSERT INTO donors (person_id, full_name, name_key, unit_id, birth_year, birth_precision, sex, abo, rh, donations, phone,"
                " created_at, updated_at) VALUES (?, 'Người Đông', 'x', ?, 1990, 'year', 'F', 'O', '+', 0, '+84900000000', 1, 1)",
                (person, unit),
            )

    await office.house.app.database.write(fill)
    officer = await office.officer("YT")
    await compose(office, officer)
    assert "gõ đúng số người nhận để gửi: 501" in await office.do(officer, "[Gửi…]", "[Gửi ngay]")
    assert "Chưa gửi" in await office.do(officer, "500")
    assert not office.house.rows("SELECT 1 FROM broadcasts")
    await office.do(officer, "501")
    assert (await newest(office)).people == 501


async def test_the_number_is_asked_again_where_it_has_changed_meanwhile(office: Office) -> None:
    """Somebody registered between the question and the answer: nothing goes on a number that is no longer true."""
    await crowd(office, 1)
    officer = await office.officer("YT")
    await compose(office, officer)
    await office.do(officer, "[Gửi…]", "[Gửi ngay]")
    await office.donor("SYT", phone="+84900009999")
    assert "Sẽ nhận được: 2 người" in await office.do(officer, "[Gửi]")
    assert not office.house.rows("SELECT 1 FROM broadcasts")
    await office.do(officer, "[Gửi]")
    assert (await newest(office)).people == 2


async def test_the_same_words_within_a_day_are_asked_about_with_when_they_went(office: Office) -> None:
    """To the same people only; spacing and case make no other words; a day later, or stopped, they are free again."""
    await crowd(office, 1)
    await crowd_of(office, "GD")
    officer, other = await office.officer("YT"), await office.officer("GD")
    first = await send(office, officer)
    await compose(office, officer, WORDS.replace(" ", "  ").replace("Chào", "CHÀO"))
    said = await office.do(officer, "[Gửi…]", "[Gửi ngay]")
    assert "đã gửi lúc 08:00, 22/11/2026 cho 1 người" in said
    assert "Xác nhận gửi" in await office.do(officer, "[Vẫn gửi lần nữa]")
    await office.do(officer, "/huy")
    await compose(office, other)
    assert "Xác nhận gửi" in await office.do(other, "[Gửi…]", "[Gửi ngay]"), "other people"
    await office.do(officer, f"/caststop {first.id}")
    await compose(office, officer)
    assert "Xác nhận gửi" in await office.do(officer, "[Gửi…]", "[Gửi ngay]"), "the first one was stopped"


async def crowd_of(office: Office, unit: str) -> None:
    """One donor there."""
    await office.donor(unit, phone="+84900007777")


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("14:30", (22, 14, 30)),
        ("mai 8h", (23, 8, 0)),
        ("8h 25/11", (25, 8, 0)),
        ("lúc 9h30 ngày 24/11/2026", (24, 9, 30)),
    ],
)
async def test_a_time_is_waited_for(office: Office, typed: str, at: tuple[int, int, int]) -> None:
    """Nothing is fed before it."""
    await crowd(office, 1)
    officer = await office.officer("YT")
    await compose(office, officer)
    await office.do(officer, "[Gửi…]", typed, "[Gửi]")
    cast = await newest(office)
    wanted = datetime(2026, 11, *at, tzinfo=NOW.tzinfo)
    assert datetime.fromtimestamp(cast.start_at / 1000, UTC) == wanted
    await run(office)
    assert (await newest(office)).state is CastState.WAITING
    office.house.app.clock.move(wanted - NOW + timedelta(minutes=1))
    await run(office)
    assert len(messages(office, cast)) == 1


async def test_the_night_is_left_alone_unless_it_is_said(office: Office) -> None:
    """Typed, tapped, and as a lane that delivery sends at night."""
    await crowd(office, 1)
    officer = await office.officer("YT")
    await compose(office, officer)
    assert "là giờ nghỉ" in await office.do(officer, "[Gửi…]", "22:30")
    assert "Gửi: 22:30, 22/11/2026" in await office.do(officer, "22:30 ban đêm")
    await office.do(officer, "[Gửi]")
    office.house.app.clock.move(timedelta(hours=15))
    await run(office)
    cast = await newest(office)
    assert office.house.rows("SELECT lane, on_unknown FROM outbox WHERE broadcast_id = ?", cast.id) == [(1, "hold")]
    late = await office.officer("YT")
    assert "Bây giờ là giờ nghỉ" in await compose(office, late, "Tin khác") or "Bây giờ là giờ nghỉ" in await office.do(
        late, "[Gửi…]"
    )


async def test_pause_stop_and_resume_take_effect_at_once_and_lose_nobody(office: Office) -> None:
    """What waits is held, comes back, or is not sent any more; feeding stands still meanwhile."""
    await crowd(office, 5)
    officer = await office.officer("YT")
    cast = await send(office, officer)
    await run(office)
    await office.do(officer, f"/castpause {cast.id}")
    assert {state for _, state, _ in messages(office, cast)} == {"held"}
    async with office.house.app.database.read() as tx:
        held = await broadcasts.progress(tx, await newest(office))
    assert (held.left, held.unknown) == (5, 0), "what a pause holds is left, not unknown"
    await office.do(officer, "gửi tiếp")
    assert {state for _, state, _ in messages(office, cast)} == {"pending"}
    await office.do(officer, "dừng hẳn")
    assert {(state, bool(payload)) for _, state, payload in messages(office, cast)} == {("cancelled", False)}
    assert (await newest(office)).state is CastState.STOPPED
    assert "không còn ở trạng thái đó" in await office.do(officer, f"/guitiep {cast.id}")
    changes = [detail.get("change", "") for action, detail in office.audit(officer) if action == "broadcast"]
    assert changes == ["", "castpause", "castresume", "caststop"]


async def test_what_may_have_arrived_is_sent_again_or_left_as_the_officer_says(office: Office) -> None:
    """Shown as unknown, and neither by itself."""
    await crowd(office, 2)
    officer = await office.officer("YT")
    cast = await send(office, officer)
    await run(office)
    db = office.house.app.database
    await db.write(
        lambda tx: tx.run(
            "UPDATE outbox SET state = 'held', error = 'Died', attempts = 1 WHERE broadcast_id = ?", (cast.id,)
        )
    )
    await run(office)
    assert (await newest(office)).state is CastState.DONE
    assert "Chưa rõ đã đến chưa: 2" in office.last(officer)
    assert "Gửi lại tin chưa rõ" in office.labels(officer)
    await office.do(officer, "[Gửi lại tin chưa rõ]")
    assert {state for _, state, _ in messages(office, cast)} == {"pending"}
    await db.write(
        lambda tx: tx.run(
            "UPDATE outbox SET state = 'held', error = 'Died', attempts = 2 WHERE broadcast_id = ?", (cast.id,)
        )
    )
    await office.do(officer, f"/boqua {cast.id}")
    assert {state for _, state, _ in messages(office, cast)} == {"cancelled"}
    async with db.read() as tx:
        assert (await broadcasts.progress(tx, cast)).unknown == 2, "it stays on record that nobody knows"


async def test_who_answers_for_other_units_by_now_sends_nothing_again(office: Office) -> None:
    """Moved to another branch in between: what may have arrived is left to who answers for these people."""
    await crowd(office, 1)
    officer = await office.officer("YT")
    cast = await send(office, officer)
    await run(office)
    other = await office.unit("GD")

    async def change(tx: Any) -> None:
        await tx.run("UPDATE outbox SET state = 'held', error = 'Died' WHERE broadcast_id = ?", (cast.id,))
        await tx.run("UPDATE roles SET unit_id = ? WHERE address = ?", (other, officer))

    await office.house.app.database.write(change)
    await office.do(officer, f"/guilai {cast.id}")
    assert [state for _, state, _ in messages(office, cast)] == ["held"]


async def test_a_role_that_was_taken_away_pauses_what_runs_and_an_admin_takes_over(office: Office) -> None:
    """Those who can are told; whoever goes on with it answers for it."""
    await crowd(office, 3)
    officer, admin = await office.officer("YT"), await office.admin()
    cast = await send(office, officer)
    await office.house.app.caster.step()
    await office.house.app.database.write(lambda tx: tx.run("DELETE FROM roles WHERE address = ?", (officer,)))
    await run(office)
    assert (await newest(office)).state is CastState.PAUSED
    assert not [1 for _, state, _ in messages(office, cast) if state == "pending"]
    assert "người gửi không còn phụ trách" in office.last(admin)
    await office.do(admin, "[Gửi tiếp]")
    await run(office)
    after = await newest(office)
    assert (after.address, after.fed) == (admin, True)
    assert len(messages(office, cast)) == 3


async def test_nobody_touches_the_broadcast_of_another(office: Office) -> None:
    """By number, by button, by command: refused alike, and on record; an administrator may."""
    await crowd(office, 1)
    officer, other, donor = await office.officer("YT"), await office.officer("GD"), office.house.newcomer()
    cast = await send(office, officer)
    for command in ("broadcasts", "castpause", "castresume", "caststop", "castagain", "castleave", "castmissed"):
        assert "Không có thông báo ấy" in await office.do(other, f"/{command} {cast.id}")
        assert "chỉ dành cho cán bộ" in await office.do(donor, f"/{command} {cast.id}")
    assert [action for action, _ in office.audit(other)] == ["refused"] * 7
    assert (await newest(office)).state is CastState.WAITING
    admin = await office.admin()
    await office.do(admin, f"/castpause {cast.id}")
    assert (await newest(office)).state is CastState.PAUSED


async def test_an_officer_writes_within_their_units_and_an_officer_of_none_to_nobody(office: Office) -> None:
    """Another branch is refused by name; a unit that is taken away in the middle is out of the audience."""
    await crowd(office, 1)
    officer = await office.officer("YT")
    await office.do(officer, "/thongbao", "[Chọn đơn vị]")
    assert "Bạn không phụ trách" in await office.do(officer, "chi lang")
    none = await office.officer("")
    assert "chưa được gán đơn vị" in await office.do(none, "/thongbao")
    donor = office.house.newcomer()
    assert "chỉ dành cho cán bộ" in await office.do(donor, "/thongbao")


async def test_a_ready_text_of_a_round_brings_its_facts_its_pin_and_its_button(office: Office) -> None:
    """In both languages, each in its own; a second message carries the pin, counted as the same person."""
    await crowd(office, 1)
    officer = await office.officer("YT")
    await office.do(officer, "/thongbao", "[Chọn đợt]", "[Đợt 11 năm 2026 – 04/12/2026]", "[Xong]")
    await office.do(officer, "[Tiếp: soạn lời tin]", "[Mời dự đợt hiến máu]", "[Thêm vị trí bản đồ]")
    await office.do(officer, "[Gửi…]", "[Gửi ngay]", "[Gửi]")
    await run(office)
    cast = await newest(office)
    [(_, _, payload)] = messages(office, cast)
    assert "🗓 Thứ Sáu, 04/12/2026\n🕖 07:00–11:30" in payload["text"].replace(" giờ 00 phút", ":00").replace(
        " giờ 30 phút", ":30"
    )
    assert payload["buttons"] == [["Tôi tham gia", f"/join {CODE}", False]]
    pins = office.house.rows("SELECT dedupe_key, payload FROM outbox WHERE broadcast_id = ?", -cast.id)
    assert [key.endswith(":map") and "place" in json.loads(body) for key, body in pins] == [True]
    async with office.house.app.database.read() as tx:
        assert (await broadcasts.progress(tx, cast)).people == 1


async def test_who_was_forgotten_during_a_pause_is_not_waited_for(office: Office) -> None:
    """What a pause held back for them is over, so that the broadcast goes on to the others and comes to its end."""
    gone, stays = await crowd(office, 2)
    officer = await office.officer("YT")
    cast = await send(office, officer)
    await run(office)
    await office.do(officer, f"/tamdung {cast.id}")
    address = office.house.rows("SELECT address FROM people WHERE id = ?", gone)[0][0]
    await office.do(address, "/xoa", "[Xoá tất cả]")
    await office.do(officer, f"/guitiep {cast.id}")
    found = office.house.rows("SELECT dedupe_key, state FROM outbox WHERE broadcast_id = ? ORDER BY id", cast.id)
    assert [state for _, state in found] == ["cancelled", "pending"]
    assert found[1][0] == f"cast:{cast.id}:{stays}"


async def test_the_words_can_be_typed_where_a_ready_text_is_offered(office: Office) -> None:
    """Nobody has to press "own words" first."""
    await crowd(office, 2)
    officer = await office.officer("YT")
    said = await office.do(officer, "/thongbao", "[Tiếp: soạn lời tin]", WORDS)
    assert "Sẽ nhận được: 2 người" in said


async def test_who_blocks_the_bot_meanwhile_is_missed_once(office: Office) -> None:
    """The report counts whom the file names: one who blocked, one from paper; not the blocked one twice."""
    reached, blocked, paper = await crowd(office, 3)
    await office.house.app.database.write(
        lambda tx: tx.run("UPDATE people SET reachable = 0, address = 'paper:1' WHERE id = ?", (paper,))
    )
    officer = await office.officer("YT")
    cast = await send(office, officer)
    await run(office)

    async def deliver(tx: Any) -> None:
        await tx.run("UPDATE outbox SET state = 'sent' WHERE dedupe_key = ?", (f"cast:{cast.id}:{reached}",))
        await tx.run(
            "UPDATE outbox SET state = 'failed', error = 'Blocked' WHERE dedupe_key = ?", (f"cast:{cast.id}:{blocked}",)
        )
        await tx.run("UPDATE people SET reachable = 0 WHERE id = ?", (blocked,))

    await office.house.app.database.write(deliver)
    await run(office)
    (report,) = office.house.rows("SELECT payload FROM outbox WHERE dedupe_key = ?", f"castdone:{cast.id}")
    assert "Chưa nhận được: 2 người" in json.loads(report[0])["text"]


async def test_a_message_for_later_does_not_vanish_in_a_merger(office: Office) -> None:
    """Its unit ends before its time: nobody gets it, the officer hears of it and why, and writes to nobody whom they did not see."""
    await crowd(office, 2)
    officer = await office.officer("YT")
    await compose(office, officer)
    await office.do(officer, "[Gửi…]", "8h 25/11", "[Gửi]")
    cast = await newest(office)

    async def merge(tx: Any) -> None:
        await tx.run("UPDATE units SET valid_to = '2026-11-23' WHERE code = 'SYT'")
        await tx.run("UPDATE marks SET value = value + 1 WHERE name = 'units.revision'")

    await office.house.app.database.write(merge)
    office.house.app.clock.move(timedelta(days=3))
    await run(office)
    assert messages(office, cast) == []
    assert (await newest(office)).state is CastState.STOPPED
    [(body,)] = office.house.rows("SELECT payload FROM outbox WHERE dedupe_key = ?", f"castovertaken:{cast.id}")
    assert "Sở Y tế đã kết thúc" in json.loads(body)["text"]
