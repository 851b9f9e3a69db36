"""The office of rounds: what is listed, changed, opened, cancelled, copied and parted, and what that leaves in the tables."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import Press, Reply
from core.joins import JoinState
from core.rounds import ARROWS, Round, RoundState, Slot
from storage import outbox
from storage.outbox import Draft, Lane
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of

TODAY = NOW.date()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own for each test: all change the same rounds."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


async def _plan(office: Office, count: int, **fields: Any) -> Round:
    """So many rounds more, a week apart, all of them drafts like the first."""
    pattern = await office.round()
    for number in range(count):
        await office.add(
            replace(
                pattern, code=f"X-{number}", number=20 + number, name=f"Đợt {20 + number}",
                held_on=pattern.held_on + timedelta(days=7 * (number + 1)), **fields,
            )
        )  # fmt: skip
    return pattern


async def test_an_officer_sees_their_unit_s_rounds_and_no_other(office: Office) -> None:
    """Not those of another unit, not one that invites everybody, not one that invites another unit as well."""
    admin, officer = await office.admin(), await office.officer("YT")
    both = frozenset((await office.unit("YT"), await office.unit("GD")))
    await _plan(office, 1, units=frozenset())
    await office.add(replace(await office.round(), code="BOTH", name="Đợt chung", units=both))
    await office.do(officer, "/dot")
    assert office.labels(officer) == ["Đợt 11 năm 2026 – 04/12/2026", "Lọc danh sách", "+ Tạo đợt mới"]
    await office.do(admin, "/dot")
    assert len(office.labels(admin)) == 4 + 2


async def test_an_officer_below_sees_only_what_invites_them_alone(office: Office) -> None:
    """The union's round is not its hospital's to change."""
    officer = await office.officer("BVDK")
    assert "chưa có đợt nào" in await office.do(officer, "/dot")


async def test_no_screen_has_more_than_nine_choices(office: Office) -> None:
    """Thirteen rounds, the fields of one, and its card in every state."""
    admin = await office.admin()
    await _plan(office, 11)
    await office.do(admin, "/dot")
    seen, pages = set(office.labels(admin)), 1
    while "Trang sau ›" in office.labels(admin):
        assert len(office.labels(admin)) <= 9
        await office.do(admin, "[Trang sau ›]")
        seen |= set(office.labels(admin))
        pages += 1
    assert pages == 3
    assert len([label for label in seen if " – " in label]) == 13
    await office.do(admin, "[‹ Trang trước]", f"/dot {CODE}", "[Sửa]")
    assert len(office.labels(admin)) <= 9
    while "Trang sau ›" in office.labels(admin):
        await office.do(admin, "[Trang sau ›]")
        assert len(office.labels(admin)) <= 9
    for state in RoundState:
        await office.add(replace(await office.round(), state=state))
        await office.do(admin, f"/dot {CODE}")
        assert len(office.labels(admin)) <= 9
    every = frozenset(unit_id for (unit_id,) in office.house.rows("SELECT id FROM units"))
    await office.add(replace(await office.round(), state=RoundState.OPEN, units=every))
    await office.do(admin, f"/dot {CODE}", "[Sửa]", "don vi moi")
    assert len(office.labels(admin)) <= 9
    dropped = {label for label in office.labels(admin) if label.startswith("Bỏ")}
    while "Trang sau ›" in office.labels(admin):
        await office.do(admin, "[Trang sau ›]")
        assert len(office.labels(admin)) <= 9
        dropped |= {label for label in office.labels(admin) if label.startswith("Bỏ")}
    assert len(dropped) == len({name for (name,) in office.house.rows("SELECT name FROM units")})
    await office.do(admin, f"/dot {CODE}", "[Tách đợt]")
    assert len(office.labels(admin)) <= 9


async def test_the_list_can_be_narrowed_to_a_state(office: Office) -> None:
    """Drafts alone; and what is over, the newest first."""
    admin = await office.admin()
    await _plan(office, 2, state=RoundState.DRAFT)
    await office.do(admin, "/dot", "[Lọc danh sách]", "[bản nháp]")
    assert office.labels(admin)[:2] == ["Đợt 20 – 11/12/2026", "Đợt 21 – 18/12/2026"]
    office.house.app.clock.move(timedelta(days=20))
    try:
        await office.do(admin, "[Lọc danh sách]", "đã qua")
        assert office.labels(admin)[:2] == ["Đợt 20 – 11/12/2026", "Đợt 11 năm 2026 – 04/12/2026"]
    finally:
        office.house.app.clock.move(timedelta(days=-20))


async def test_the_card_says_how_many_more_must_register(office: Office) -> None:
    """Target over yield, less those who have a seat; maybe is counted apart."""
    admin = await office.admin()
    await office.add(replace(await office.round(), target=8, yield_percent=80))
    for state in (JoinState.CERTAIN, JoinState.CERTAIN, JoinState.MAYBE, JoinState.NO):
        await office.joins(await office.donor(), state)
    text = await office.do(admin, f"/dot {CODE}")
    assert "chắc chắn 2, có thể 1, chờ chỗ 0" in text
    assert "cần khoảng 10 người chắc chắn; còn thiếu 8" in text


async def test_a_moved_round_is_told_and_its_reminders_go(office: Office) -> None:
    """The preview says how many; after it the log holds what was there, and what waited is said no more."""
    officer = await office.officer("YT")
    for state in (JoinState.CERTAIN, JoinState.MAYBE, JoinState.NO):
        await office.joins(await office.donor(), state)
    round_ = await office.round()
    waits = Draft(f"remind:{round_.id}:7:2026-12-04:3", "terminal:0", Reply("…"), Lane.REMINDER, not_before=2**50)
    await office.house.app.database.write(lambda tx: outbox.write(tx, [waits]))
    text = await office.do(officer, f"/dot {CODE}", "[Sửa]", "[Ngày]", "05/12/2026")
    assert "Thứ Sáu, 04/12/2026 → Thứ Bảy, 05/12/2026" in text
    assert "2 người đã tham gia sẽ được báo" in text
    assert (await office.round()).held_on == round_.held_on
    await office.do(officer, "[Lưu]")
    moved = await office.round()
    assert (moved.held_on, moved.version) == (date(2026, 12, 5), 2)
    assert office.house.rows("SELECT action, detail, told FROM round_changes") == [
        ("edited", json.dumps({"held_on": ["2026-12-04", "2026-12-05"]}, separators=(",", ":")), 0)
    ]
    assert office.house.rows("SELECT state FROM outbox WHERE dedupe_key = ?", waits.key) == [("cancelled",)]
    assert office.audit(officer)[-1] == (
        "round",
        {"round": CODE, "change": "edited", "fields": ["held_on", "tentative"]},
    )


async def test_a_target_is_nobody_s_news(office: Office) -> None:
    """Nobody is told, and no version moves."""
    officer = await office.officer("YT")
    await office.joins(await office.donor())
    text = await office.do(officer, f"/dot {CODE}", "[Sửa]", "chi tieu", "250 nguoi")
    assert "200 đơn vị máu → 250 đơn vị máu" in text and "được báo" not in text
    await office.do(officer, "[Lưu]")
    assert ((await office.round()).target, (await office.round()).version) == (250, 1)
    assert office.house.rows("SELECT told FROM round_changes") == [(1,)]


EVERY_FIELD = (
    ("Số đợt", "14", {"number": 14}),
    ("Tên đợt", "Ngày hội  Giọt hồng", {"name": "Ngày hội Giọt hồng"}),
    ("Nhân dịp", "[Bỏ trống]", {"occasion": ""}),
    ("Ngày", "du kien 12/12/2026", {"held_on": date(2026, 12, 12), "tentative": True}),
    ("Ngày", "[Dự kiến]", {"held_on": date(2026, 12, 4), "tentative": True}),
    ("Giờ", "[Bỏ trống]", {"opens": "", "closes": ""}),
    ("Giờ", "8h den 11h", {"opens": "08:00", "closes": "11:00"}),
    (
        "Nơi",
        "Nhà A hoặc Nhà B",
        {"place": "Nhà A", "place_or": ("Nhà B",), "place_address": "", "lat": None, "lon": None},
    ),
    ("Nơi", "Nhà Văn hoá tỉnh hoặc Nhà B", {"place_or": ("Nhà B",), "place_address": "12 Hùng Vương", "lat": 21.853}),
    ("Địa chỉ", "15 Trần Phú", {"place_address": "15 Trần Phú", "place": "Nhà Văn hoá tỉnh"}),
    ("Toạ độ bản đồ", "21.9, 106.8", {"lat": 21.9, "lon": 106.8}),
    ("Tỉ lệ hiến được", "80 %", {"yield_percent": 80}),
    ("Sức chứa", "250", {"capacity": 250}),
    ("Khung giờ đến", "07:30=40; 08:30=40", {"slots": (Slot("07:30", 40), Slot("08:30", 40))}),
    ("Hạn nộp danh sách", "[Bỏ trống]", {"deadline_on": None}),
    ("Đơn vị chỉ đạo", "Ban A; Ban B", {"leading": ("Ban A", "Ban B")}),
    ("Đơn vị thực hiện", "Ban C", {"executing": ("Ban C",)}),
    ("Liên hệ", "Cô Lan, 0205 3812 345", {"contact": "Cô Lan, 0205 3812 345"}),
    ("Lịch nhắc", "3 8h", {"reminders": "3 08:00"}),
    ("Lịch nhắc", "[Không nhắc]", {"reminders": ""}),
)


@pytest.mark.parametrize(("label", "typed", "fields"), EVERY_FIELD)
async def test_every_field_can_be_changed(office: Office, label: str, typed: str, fields: dict[str, Any]) -> None:
    """And nothing but what the preview showed is."""
    admin = await office.admin()
    before = await office.round()
    preview = await office.do(admin, f"/dot {CODE}", "[Sửa]", label, typed)
    assert "Xem lại thay đổi" in preview and label in preview
    await office.do(admin, "[Lưu]")
    after = await office.round()
    assert {name: getattr(after, name) for name in fields} == fields
    same = {name: getattr(before, name) for name in fields} | {"version": before.version}
    assert replace(after, **same) == before


async def test_every_answer_that_is_unclear_is_asked_again_with_an_example(office: Office) -> None:
    """Nothing is taken that was not understood."""
    admin = await office.admin()
    for label in (
        "Số đợt",
        "Ngày",
        "Giờ",
        "Toạ độ bản đồ",
        "Chỉ tiêu",
        "Tỉ lệ hiến được",
        "Khung giờ đến",
        "Lịch nhắc",
    ):
        text = await office.do(admin, f"/dot {CODE}", "[Sửa]", label, "để em hỏi lại")
        assert "\n\n" in text and "Ví dụ" in text, label
    assert office.house.rows("SELECT count(*) FROM round_changes") == [(0,)]


async def test_what_somebody_else_changed_meanwhile_is_shown_first(office: Office) -> None:
    """Nobody's change is overwritten unseen."""
    one, other = await office.admin(), await office.admin()
    await office.do(one, f"/dot {CODE}", "[Sửa]", "Chỉ tiêu", "300")
    await office.do(other, f"/dot {CODE}", "[Sửa]", "Chỉ tiêu", "400", "[Lưu]")
    text = await office.do(one, "[Lưu]")
    assert "vừa sửa đợt này" in text and "400 đơn vị máu → 300 đơn vị máu" in text
    assert (await office.round()).target == 400
    await office.do(one, "[Lưu]")
    assert (await office.round()).target == 300


async def test_an_officer_invites_only_units_of_their_own(office: Office) -> None:
    """Neither by name, nor up the tree, nor everybody."""
    officer = await office.officer("YT")
    await office.do(officer, f"/dot {CODE}", "[Sửa]", "don vi moi")
    assert "Mời tất cả mọi người" not in office.labels(officer)
    assert "không thuộc phần bạn phụ trách" in await office.do(officer, "tinh doan")
    await office.do(officer, "[Duyệt danh sách]")
    assert not any("Lên một cấp" in label or "Chi Lăng" in label for label in office.labels(officer))
    await office.do(officer, "so y te", "[Bỏ Công đoàn ngành Y tế]", "[Đủ rồi]", "[Lưu]")
    assert (await office.round()).units == {await office.unit("SYT")}


@pytest.mark.parametrize("state", list(RoundState))
async def test_the_card_offers_the_arrows_of_the_state(office: Office, state: RoundState) -> None:
    """All of them and no other; each makes one line in the log."""
    labels = {
        ("draft", "open"): "Mở đăng ký", ("open", "closed"): "Đóng đăng ký", ("closed", "open"): "Mở lại đăng ký",
        ("closed", "done"): "Đợt đã xong", ("done", "closed"): "Chưa xong, về “đã đóng”",
    }  # fmt: skip
    admin = await office.admin()
    await office.add(replace(await office.round(), state=state, held_on=TODAY))
    await office.do(admin, f"/dot {CODE}")
    offered = [labels.get((state, to), "Huỷ đợt") for to in ARROWS[state]]
    assert {*offered} == {*office.labels(admin)} & {*labels.values(), "Huỷ đợt"}
    for to, label in zip(ARROWS[state], offered, strict=True):
        await office.add(replace(await office.round(), state=state))
        await office.do(admin, f"/dot {CODE}", f"[{label}]")
        if "Vì sao huỷ" in office.last(admin):
            await office.do(admin, "Bão số 9")
        await office.do(admin, f"[{label}]")
        assert (await office.round()).state is to
    assert len(office.house.rows("SELECT 1 FROM round_changes")) == len(ARROWS[state])


async def test_the_second_tap_on_a_button_does_nothing(office: Office) -> None:
    """The question is over; the round is closed once."""
    admin = await office.admin()
    await office.do(admin, f"/dot {CODE}", "[Đóng đăng ký]")
    token = office.token(admin, "Đóng đăng ký")
    await office.house.do(admin, [Press(token), Press(token)])
    assert len(office.house.rows("SELECT 1 FROM round_changes")) == 1
    assert "Nút này thuộc câu hỏi trước" in office.last(admin)


async def test_a_step_that_is_no_longer_possible_is_not_made(office: Office) -> None:
    """Two admins close the same round: the second hears that it has changed."""
    one, other = await office.admin(), await office.admin()
    await office.do(one, f"/dot {CODE}", "[Đóng đăng ký]")
    await office.do(other, f"/dot {CODE}", "[Đóng đăng ký]", "[Đóng đăng ký]")
    assert "vừa thay đổi" in await office.do(one, "[Đóng đăng ký]")
    assert len(office.house.rows("SELECT 1 FROM round_changes")) == 1


async def test_opening_says_how_many_are_invited(office: Office) -> None:
    """Those of the invited units and all below, and nobody else."""
    officer = await office.officer("YT")
    for unit in ("SYT", "BVDK", "YT", "GD"):
        await office.donor(unit)
    await office.add(replace(await office.round(), state=RoundState.DRAFT))
    text = await office.do(officer, f"/dot {CODE}", "[Mở đăng ký]")
    assert "3 người đã đăng ký thuộc diện được mời" in text
    assert (await office.round()).state is RoundState.DRAFT


async def test_the_reason_of_a_cancellation_is_kept_for_those_who_joined(office: Office) -> None:
    """The preview shows it and how many will read it."""
    officer = await office.officer("YT")
    await office.joins(await office.donor())
    text = await office.do(officer, f"/dot {CODE}", "[Huỷ đợt]", "Bão số 9")
    assert "Lý do: Bão số 9" in text and "1 người đã tham gia" in text
    await office.do(officer, "[Huỷ đợt]")
    [(action, detail, told)] = office.house.rows("SELECT action, detail, told FROM round_changes")
    assert (action, told) == ("cancelled", 0)
    assert json.loads(detail) == {"state": ["open", "cancelled"], "reason": [None, "Bão số 9"]}


async def test_a_copy_is_a_draft_that_nobody_has_joined(office: Office) -> None:
    """Everything but number, name and day is the pattern's; its lists are due as many days before."""
    officer = await office.officer("YT")
    await office.joins(await office.donor())
    pattern = await office.round()
    await office.do(officer, f"/dot {CODE}", "[Chép thành đợt mới]", "[13]", "08/01/2027", "[Đợt 13 năm 2027]", "[Lưu]")
    copy = await office.round("DOT-2027-13")
    assert (copy.state, copy.version, copy.deadline_on) == (RoundState.DRAFT, 1, date(2027, 1, 1))
    same = {
        name: getattr(pattern, name) for name in ("id", "code", "number", "name", "held_on", "deadline_on", "state")
    }
    assert replace(copy, **same) == pattern
    assert office.house.rows("SELECT count(*) FROM joins WHERE round_id = ?", copy.id) == [(0,)]
    assert "bản nháp" in office.last(officer)


async def test_a_draft_is_seen_by_its_managers_alone(office: Office) -> None:
    """Neither /lich nor another unit's officer shows it."""
    officer, other = await office.officer("GD"), await office.officer("YT")
    await office.do(
        officer, "/dot", "[+ Tạo đợt mới]", "[13]", "08/01/2027", "Đợt kín", "[Bỏ qua]", "Trường", "[Bỏ qua]"
    )
    await office.do(officer, "cdn giao duc", "[Đủ rồi]", "[Lưu]")
    assert "Đợt kín" in office.last(officer)
    assert "không thuộc phần bạn phụ trách" in await office.do(other, "/dot DOT-2027-13")
    for address in (other, office.house.newcomer()):
        assert "Đợt kín" not in await office.do(address, "/lich")


async def test_a_round_is_parted_and_its_people_go_along(office: Office) -> None:
    """With their answers, a version behind, and without the reminders of the day that is no longer theirs."""
    officer = await office.officer("YT")
    go = [await office.donor("SYT"), await office.donor("SYT")]
    stays = await office.donor("BVDK")
    for person, state in ((go[0], JoinState.CERTAIN), (go[1], JoinState.MAYBE), (stays, JoinState.CERTAIN)):
        await office.joins(person, state)
    old = await office.round()
    waiting = [
        Draft(f"remind:{old.id}:{person}:2026-12-04:3", "terminal:0", Reply("…"), Lane.REMINDER, not_before=2**50)
        for person in (go[0], stays)
    ]
    await office.house.app.database.write(lambda tx: outbox.write(tx, waiting))
    text = await office.do(
        officer, f"/dot {CODE}", "[Tách đợt]", "[☐ Sở Y tế]", "[Tiếp: chọn ngày]", "11/12/2026", "Sở Y tế, tầng 2"
    )
    assert "2 người đã tham gia chuyển sang" in text
    await office.do(officer, "[Tách đợt]")
    new, rest = await office.round("DOT-2026-13"), await office.round()
    assert (rest.units, new.units) == ({await office.unit("BVDK")}, {await office.unit("SYT")})
    assert (new.held_on, new.place, new.state) == (date(2026, 12, 11), "Sở Y tế, tầng 2", RoundState.OPEN)
    assert (new.deadline_on, new.lat) == (date(2026, 12, 4), None)
    rows = office.house.rows("SELECT person_id, round_id, state, version FROM joins ORDER BY person_id")
    assert rows == sorted([(go[0], new.id, "certain", 1), (go[1], new.id, "maybe", 1), (stays, old.id, "certain", 1)])
    assert new.version > 1 and rest.version == old.version
    states = dict(office.house.rows("SELECT dedupe_key, state FROM outbox WHERE dedupe_key LIKE 'remind:%'"))
    assert [states[draft.key] for draft in waiting] == ["cancelled", "pending"]
    logged = office.house.rows("SELECT round_id, action, told FROM round_changes ORDER BY id")
    assert logged == [(old.id, "split", 1), (new.id, "created", 1), (new.id, "split", 0)]


async def test_a_parted_round_differs_by_day_or_place(office: Office) -> None:
    """The same day at the same place would be the same round."""
    officer = await office.officer("YT")
    await office.do(officer, f"/dot {CODE}", "[Tách đợt]", "[☐ Sở Y tế]", "[Tiếp: chọn ngày]")
    same = next(label for label in office.labels(officer) if label.startswith("Như cũ"))
    await office.do(officer, f"[{same}]")
    same = next(label for label in office.labels(officer) if label.startswith("Như cũ"))
    assert "khác ngày hoặc khác nơi" in await office.do(officer, f"[{same}]")


async def test_the_log_names_roles_and_no_addresses(office: Office) -> None:
    """Who did it is told by role, unit and channel."""
    admin, officer = await office.admin(), await office.officer("YT")
    await office.do(officer, f"/dot {CODE}", "[Sửa]", "Chỉ tiêu", "250", "[Lưu]")
    await office.do(admin, f"/dot {CODE}", "[Đóng đăng ký]", "[Đóng đăng ký]")
    text = await office.do(admin, "[Nhật ký thay đổi]")
    assert "cán bộ Công đoàn ngành Y tế (terminal): sửa" in text
    assert "• Chỉ tiêu: 200 đơn vị máu → 250 đơn vị máu" in text
    assert "quản trị viên (terminal): đóng đăng ký" in text
    assert officer not in text and admin not in text


async def test_another_form_is_not_lost_for_the_list(office: Office) -> None:
    """Whoever is registering goes on; whoever is in the list begins it again."""
    admin = await office.admin()
    await office.do(admin, "/dangky", "/dot")
    assert office.house.conversation(admin)["form"] == "register"  # type: ignore[index]
    await office.do(admin, "/huy", "/dot", f"/dot {CODE}", "[Sửa]", "/dot")
    assert office.house.conversation(admin)["step"] == "list"  # type: ignore[index]


async def test_nobody_loses_a_place_or_a_name_by_a_change_and_the_officer_is_told(office: Office) -> None:
    """A capacity below those who have a place, units without some of those who joined."""
    officer = await office.officer("YT")
    for unit in ("SYT", "SYT", "BVDK"):
        await office.joins(await office.donor(unit))
    text = await office.do(officer, f"/dot {CODE}", "[Sửa]", "suc chua", "2")
    assert "3 người đã có chỗ, nhiều hơn sức chứa mới" in text
    await office.do(officer, "[Lưu]", "[Sửa]", "don vi moi", "so y te", "[Bỏ Công đoàn ngành Y tế]")
    assert "1 người đã tham gia thuộc đơn vị không còn được mời" in await office.do(officer, "[Đủ rồi]")
    await office.do(officer, "[Lưu]")
    assert office.house.rows("SELECT count(*) FROM joins WHERE state = 'certain'") == [(3,)]


async def test_more_places_go_to_those_who_wait(office: Office) -> None:
    """The next in the line is offered the seat in the very turn."""
    officer = await office.officer("YT")
    await office.add(replace(await office.round(), capacity=1))
    waiting = [await office.donor() for _ in range(3)]
    for person in waiting:
        await office.joins(person)
    await office.do(officer, f"/dot {CODE}", "[Sửa]", "suc chua", "2", "[Lưu]")
    states = office.house.rows("SELECT state FROM joins ORDER BY id")
    assert states == [("certain",), ("offered",), ("waiting",)]
    [(address,)] = office.house.rows("SELECT address FROM people WHERE id = ?", waiting[1])
    assert f"/come {CODE}" in office.house.tokens(address)


async def test_an_offer_of_a_cancelled_round_is_not_said(office: Office) -> None:
    """What waits to be said was true before."""
    officer = await office.officer("YT")
    await office.add(replace(await office.round(), capacity=1))
    for person in [await office.donor(), await office.donor()]:
        await office.joins(person)
    office.house.app.clock.move(timedelta(hours=14))  # Nobody is told at night.
    await office.do(officer, f"/dot {CODE}", "[Sửa]", "suc chua", "2", "[Lưu]")
    offers = "SELECT state FROM outbox WHERE dedupe_key LIKE 'offer:%'"
    assert office.house.rows(offers) == [("pending",)]
    await office.do(officer, "[Huỷ đợt]", "Bão số 9", "[Huỷ đợt]")
    assert office.house.rows(offers) == [("cancelled",)]


async def test_who_belongs_to_the_unit_above_the_parts_is_not_forgotten_in_silence(office: Office) -> None:
    """Neither part invites them: the preview says how many they are."""
    officer = await office.officer("YT")
    await office.donor("YT")
    text = await office.do(
        officer, f"/dot {CODE}", "[Tách đợt]", "[☐ Sở Y tế]", "[Tiếp: chọn ngày]", "11/12/2026", "Nhà B"
    )
    assert "1 người đăng ký ghi thẳng ở đơn vị cấp trên" in text


async def test_a_unit_without_others_below_cannot_be_parted(office: Office) -> None:
    """It is said, and nothing is offered."""
    officer = await office.officer("YT")
    await office.add(replace(await office.round(), units=frozenset((await office.unit("SYT"),))))
    assert "không tách được" in await office.do(officer, f"/dot {CODE}", "[Tách đợt]")
    assert office.labels(officer) == []


async def test_a_round_without_hours_parts_or_target_is_made_in_seven_answers(office: Office) -> None:
    """What is optional is skipped with one tap; nobody is invited yet."""
    admin = await office.admin()
    await office.do(admin, "/dot new", "[13]", "08/01/2027", "[Đợt 13 năm 2027]", "[Bỏ qua]", "Nhà A", "[Bỏ qua]")
    await office.do(admin, "[Mời tất cả mọi người]", "[Lưu]")
    made = await office.round("DOT-2027-13")
    assert (made.state, made.opens, made.target, made.units) == (RoundState.DRAFT, "", None, frozenset())
    assert office.house.rows("SELECT action, told FROM round_changes") == [("created", 1)]
    assert office.audit(admin) == [("round", {"round": "DOT-2027-13", "change": "created"})]


async def test_two_rounds_of_one_number_have_codes_of_their_own(office: Office) -> None:
    """A code is never taken from a round that has it."""
    admin = await office.admin()
    for _ in range(2):
        await office.do(admin, "/dot new", "13", "08/01/2027", "Đợt 13", "[Bỏ qua]", "Nhà A", "[Bỏ qua]")
        await office.do(admin, "[Mời tất cả mọi người]", "[Lưu]", "thoát")
    assert (await office.round("DOT-2027-13")).id != (await office.round("DOT-2027-13-2")).id
