"""The office of people: what an officer finds, adds, corrects, moves and takes away, and what everybody concerned hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.ages import Birth
from core.codes import read_handed
from core.dialogue import Press
from core.joins import JoinState
from core.people import Grant, Role
from core.rounds import RoundState
from storage import paper, people, roles
from storage.paper import Recorded
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.handlers.test_linking import LISTED
from tests.program import DATA, NOW, config_of

PHONE = "0900 000 007"
HER = "[Đ. T. Hà, 1992 – Sở Y tế]"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own for each test."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


async def listed(office: Office, unit: str = "SYT", **facts: Any) -> int:
    """Somebody from a paper list."""
    donor = replace(replace(LISTED, unit_id=await office.unit(unit), unit_text=""), **facts)
    add = partial(paper.add, donor=donor, recorded=Recorded("web:o", 1, "v", "vi"), eligible_on=None)
    return await office.house.app.database.write(add)


def fact(office: Office, person: int, *columns: str) -> tuple[Any, ...]:
    """What is stored of a donor."""
    [row] = office.house.rows(f"SELECT {', '.join(columns)} FROM donors WHERE person_id = ?", person)
    return row


def told(office: Office, person: int) -> str:
    """All that was said to somebody of our own accord."""
    [(address,)] = office.house.rows("SELECT address FROM people WHERE id = ?", person)
    return "\n".join(said["text"] for said in office.house.said(address))


def counted_for(office: Office) -> dict[str, str]:
    """Round -> the unit that the answer to it counts for."""
    return dict(
        office.house.rows(
            "SELECT r.code, u.code FROM joins j JOIN rounds r ON r.id = j.round_id JOIN units u ON u.id = j.unit_id"
        )
    )


@pytest.mark.parametrize(
    "typed",
    [PHONE, "Đặng Thu Hà", "dang thu ha", "thu hà", "Hà", "ĐẶNG HÀ", "TICKET"],
)
async def test_one_person_is_found_by_number_name_or_ticket(office: Office, typed: str) -> None:
    """However it is typed; what is offered is masked, and the card has the whole."""
    officer, her = await office.officer("YT"), await listed(office)
    await listed(office, "BVDK", full_name="Lò Minh Đức", phone="+84900000008")
    await office.joins(her)
    [(ticket,)] = office.house.rows("SELECT code FROM joins")
    await office.do(officer, "/nguoi", ticket if typed == "TICKET" else typed)
    assert office.labels(officer) == ["Đ. T. Hà, 1992 – Sở Y tế"]
    text = await office.do(officer, HER)
    for part in (
        "Đặng Thu Hà",
        "Sở Y tế",
        "Nữ",
        "A Rh+",
        "5 lần",
        "5/2026",
        "090 *** 007",
        "tổ 3",
        "Chỉ có trên giấy",
        "Đợt 11",
    ):
        assert part in text
    assert "0900 000 007" not in text


async def test_the_words_after_the_command_are_looked_for(office: Office) -> None:
    """One message less."""
    officer = await office.officer("YT")
    await listed(office)
    await office.do(officer, "/nguoi Thu Hà")
    assert office.labels(officer) == ["Đ. T. Hà, 1992 – Sở Y tế"]


@pytest.mark.parametrize("typed", [PHONE, "Đặng Thu Hà", "TICKET"])
async def test_nobody_learns_who_is_registered_elsewhere(office: Office, typed: str) -> None:
    """The same words as for somebody who is nowhere; a ticket is no way around."""
    officer, her = await office.officer("GD"), await listed(office)
    await office.joins(her)
    [(ticket,)] = office.house.rows("SELECT code FROM joins")
    await office.do(officer, "/nguoi")
    nobody = await office.do(officer, "Vàng A Páo")
    assert await office.do(officer, ticket if typed == "TICKET" else typed) == nobody


async def test_a_number_that_is_opened_is_on_record(office: Office) -> None:
    """And whose it was, under an alias."""
    officer, her = await office.officer("YT"), await listed(office)
    assert "0900 000 007" in await office.do(officer, f"/nguoi p{her}", "[Xem số điện thoại]")
    [(action, detail)] = office.audit(officer)
    assert (action, detail["unit"]) == ("phone_opened", "SYT")
    assert "007" not in str(detail) and "Hà" not in str(detail)


async def test_somebody_is_added_from_a_signed_form_and_put_on_a_list(office: Office) -> None:
    """With who recorded the consent; then the round asks for them at once."""
    officer = await office.officer("YT")
    await office.do(officer, f"/dot {CODE}", "[Thêm một người]", "[Thêm người từ phiếu giấy]", "[Đã ký phiếu]")
    lines = ("vàng a páo", "1990", "[Nam]", "so y te", "[Không có số]", "O+", "2", "5/2026", "[Không ghi chú]")
    assert "Vàng A Páo" in await office.do(officer, *lines)
    text = await office.do(officer, "[Lưu]")
    assert "V. A. Páo" in text and office.labels(officer)[0] == "Thêm một người"
    assert "chưa có khung chat" in await office.do(officer, "[Thêm một người]")
    [(person, name, phone, count)] = office.house.rows("SELECT person_id, full_name, phone, donations FROM donors")
    assert (name, phone, count) == ("Vàng A Páo", "", 2)
    assert office.house.rows("SELECT person_id, state, via, unit_id FROM joins") == [
        (person, "certain", "officer", await office.unit("SYT"))
    ]
    assert office.house.rows("SELECT purpose, answer, channel, recorded_by FROM consents") == [
        ("paper", "given", "paper", officer)
    ]
    assert [(action, detail["change"]) for action, detail in office.audit(officer)] == [
        ("person", "added"),
        ("round", "added"),
    ]


async def test_without_a_signed_form_nothing_is_kept(office: Office) -> None:
    """Nor of who is under age, whatever was signed."""
    officer = await office.officer("YT")
    assert "không lưu gì" in await office.do(officer, "/nguoi new", "[Chưa ký]")
    assert "chưa đủ 18 tuổi" in await office.do(officer, "/nguoi new", "[Đã ký phiếu]", "Vàng A Páo", "2010")
    assert office.house.rows("SELECT count(*) FROM donors") == [(0,)]


async def test_who_is_known_already_is_proposed_before_saving(office: Office) -> None:
    """The same name, year and unit; the officer says which it is. Of other units' people nothing is said."""
    officer, her = await office.officer("YT"), await listed(office)
    await listed(office, "GD")
    lines = (
        "/nguoi new",
        "[Đã ký phiếu]",
        "dang thu ha",
        "1992",
        "2",
        "so y te",
        "[Không có số]",
        "5",
        "0",
        "[Không ghi chú]",
    )
    text = await office.do(officer, *lines, "[Lưu]")
    assert "Đã có hồ sơ giống vậy" in text
    assert office.labels(officer) == ["Đ. T. Hà, 1992 – Sở Y tế", "Không, người khác: vẫn thêm"]
    await office.do(officer, HER)
    assert office.house.rows("SELECT count(*) FROM donors") == [(2,)]
    assert "090 *** 007" in office.last(officer)
    await office.do(officer, *lines, "[Lưu]", "[Không, người khác: vẫn thêm]")
    assert office.house.rows("SELECT count(*) FROM donors WHERE person_id <> ?", her) == [(2,)]


async def test_all_of_a_paper_record_can_be_corrected(office: Office) -> None:
    """Each fact by what is typed; the group with where it is known from."""
    officer, her = await office.officer("YT"), await listed(office)
    for field, typed, *more in (
        ("[Họ và tên]", "Đặng Thị Thu Hà"),
        ("[Tuổi]", "15/8/1991"),
        ("[Giới tính]", "[Nam]"),
        ("[Nhóm máu]", "O-", "[Giấy chứng nhận hiến máu]"),
        ("[Số lần đã hiến máu]", "7"),
        ("[Lần hiến gần nhất]", "6/2026"),
        ("[Số điện thoại]", "0912 345 678"),
        ("[Ghi chú]", "[Không ghi chú]"),
    ):
        await office.do(officer, f"/nguoi p{her}", "[Sửa hồ sơ]", field, typed, *more, "[Lưu thay đổi]")
        assert office.last(officer).startswith("✓ Đã lưu.")
    columns = "full_name birth_on sex abo rh group_source donations last_donation phone note".split()
    assert fact(office, her, *columns) == (
        "Đặng Thị Thu Hà", "1991-08-15", "M", "O", "-", "certificate", 7, "2026-06", "+84912345678", "",
    )  # fmt: skip
    assert {detail["change"] for _, detail in office.audit(officer)} == {"edited"}
    assert "Hà" not in str(office.audit(officer)) and "345" not in str(office.audit(officer))


async def test_who_registered_themselves_is_told_and_can_change_it_back(office: Office) -> None:
    """Only group and count are an official's to correct; the mark of the certificate goes with the person's own word."""
    officer, her = await office.officer("YT"), await office.donor(donations=1, last_donation="2026-01")
    await office.do(officer, f"/nguoi p{her}", "[Sửa hồ sơ]")
    assert office.labels(officer) == ["Nhóm máu", "Số lần đã hiến máu"]
    await office.do(officer, "[Nhóm máu]", "B+", "[Cơ sở tiếp nhận máu]", "[Lưu thay đổi]")
    assert fact(office, her, "abo", "rh", "group_source") == ("B", "+", "facility")
    assert "Nhóm máu: O Rh+ → B Rh+" in told(office, her) and "/hoso" in told(office, her)
    [(chat,)] = office.house.rows("SELECT address FROM people WHERE id = ?", her)
    await office.do(chat, "/hoso", "[Sửa: Nhóm máu]", "O+", "[Lưu]")
    assert fact(office, her, "abo", "group_source") == ("O", "declared")


async def test_a_move_within_ones_units_keeps_what_was_counted(office: Office) -> None:
    """Rounds of before stay with the old unit, those ahead follow; the person is told."""
    officer, her = await office.officer("YT"), await office.donor()
    await office.add(replace(await office.round(), id=0, code="OLD", number=9, held_on=date(2026, 10, 1)))
    await office.joins(her, code="OLD")
    await office.joins(her)
    text = await office.do(officer, f"/nguoi p{her}", "[Chuyển đơn vị]", "benh vien da khoa", "1", "[Chuyển đơn vị]")
    assert "Đã chuyển Đ. T. Hà về Bệnh viện Đa khoa tỉnh" in text
    assert dict(
        office.house.rows(
            "SELECT r.code, u.code FROM joins j JOIN rounds r ON r.id = j.round_id JOIN units u ON u.id = j.unit_id"
        )
    ) == {
        "OLD": "SYT",
        CODE: "BVDK",
    }
    assert "Bệnh viện Đa khoa tỉnh" in told(office, her)


async def test_a_donor_who_changes_their_unit_keeps_what_was_counted_too(office: Office) -> None:
    """By /hoso, without an officer."""
    her = await office.donor()
    await office.add(replace(await office.round(), id=0, code="OLD", number=9, held_on=date(2026, 10, 1)))
    await office.joins(her, code="OLD")
    await office.joins(her)
    [(chat,)] = office.house.rows("SELECT address FROM people WHERE id = ?", her)
    await office.do(chat, "/hoso", "[Sửa: Đơn vị]", "benh vien da khoa", "1", "[Lưu]")
    assert [
        code
        for (code,) in office.house.rows("SELECT u.code FROM joins j JOIN units u ON u.id = j.unit_id ORDER BY j.id")
    ] == [
        "SYT",
        "BVDK",
    ]


async def test_a_move_to_others_tells_their_officers_and_closes_the_record(office: Office) -> None:
    """The one who moved them sees no more of it; the nearest officers up the line open it with a button."""
    officer, theirs, her = await office.officer("YT"), await office.officer("GD"), await listed(office)
    text = await office.do(officer, f"/nguoi p{her}", "[Chuyển đơn vị]", "cong doan nganh giao duc")
    assert "ngoài phần bạn phụ trách" in text
    assert "đã báo cán bộ bên đó" in await office.do(officer, "[Chuyển đơn vị]")
    assert "không có, hoặc không thuộc" in await office.do(officer, f"/nguoi p{her}")
    said = office.house.said(theirs)[-1]
    assert "Hà" not in said["text"] and said["buttons"][0][1] == f"/person p{her}"
    await office.house.do(theirs, [Press(f"/person p{her}")])
    assert "Đặng Thu Hà" in office.last(theirs)


async def test_somebody_is_taken_off_a_round_and_the_seat_passes_on(office: Office) -> None:
    """They read it, and how to come back."""
    officer, her, waiting = (
        await office.officer("YT"),
        await office.donor(),
        await office.donor("BVDK", phone="+84900000008"),
    )
    await office.add(replace(await office.round(), capacity=1))
    await office.joins(her)
    await office.joins(waiting)
    await office.do(officer, f"/nguoi p{her}", "[Rút khỏi một đợt]", "1", "[Rút tên]")
    assert dict(office.house.rows("SELECT person_id, state FROM joins")) == {her: "left", waiting: "offered"}
    assert "đã rút tên bạn khỏi" in told(office, her)
    assert office.audit(officer)[-1][1]["change"] == "left"


async def test_a_paper_person_is_erased_and_the_seat_passes_on(office: Office) -> None:
    """Whoever has a chat erases themselves."""
    officer, her, chat = await office.officer("YT"), await listed(office), await office.donor()
    waiting = await office.donor("BVDK", phone="+84900000008")
    await office.add(replace(await office.round(), capacity=1))
    await office.joins(her)
    await office.joins(waiting)
    await office.do(officer, f"/nguoi p{chat}")
    assert "Xoá hồ sơ" not in office.labels(officer)
    assert "mất hẳn" in await office.do(officer, f"/nguoi p{her}", "[Xoá hồ sơ]")
    await office.do(officer, "[Xoá hồ sơ]")
    assert office.house.rows("SELECT state FROM joins") == [("offered",)]
    assert office.house.rows("SELECT donors, donations FROM forgotten") == [(1, 5)]
    assert office.house.rows("SELECT 1 FROM people WHERE id = ?", her) == []


async def test_a_code_is_handed_over_once_on_the_screen(office: Office) -> None:
    """It links the record; what is kept and on record is not the code."""
    officer, her = await office.officer("YT"), await listed(office)
    text = await office.do(officer, f"/nguoi p{her}", "[Đưa mã nối khung chat]")
    code = read_handed(text.splitlines()[0].partition(":")[2])
    assert (
        code
        and code not in str(office.audit(officer))
        and code not in str(office.house.rows("SELECT * FROM link_codes"))
    )
    chat = office.house.newcomer()
    await office.do(chat, f"/lienket {code}", "[Đồng ý]")
    assert office.house.rows("SELECT p.address FROM donors d JOIN people p ON p.id = d.person_id") == [(chat,)]


async def test_two_paper_records_of_one_person_become_one(office: Office) -> None:
    """Proposed; what is missing is filled up; the number of donations is asked."""
    officer, first = await office.officer("YT"), await listed(office, note="")
    second = await listed(office, full_name="Dang Thu Ha", phone="+84900000008", donations=6)
    await listed(office, "GD")
    await office.joins(second)
    await office.do(officer, "/nguoi", "[Hồ sơ có thể trùng]")
    assert office.labels(officer) == ["Đ. T. Hà, 1992 – Sở Y tế"]
    text = await office.do(officer, "1", "[Giữ hồ sơ 1]")
    assert "Số nào đúng" in text
    await office.do(officer, "[6 lần (5/2026)]")
    assert office.house.rows(
        "SELECT person_id, full_name, phone, donations, note FROM donors WHERE unit_id = ?", await office.unit("SYT")
    ) == [(first, "Đặng Thu Hà", "+84900000007", 6, "tổ 3")]
    assert office.house.rows("SELECT person_id FROM joins") == [(first,)]
    assert "✓ Đã gộp" in office.last(officer)


async def test_a_chat_with_the_same_number_is_a_note_for_officers_and_never_merged_by_them(office: Office) -> None:
    """The way is the code; the donor has heard nothing."""
    officer, her = await office.officer("YT"), await listed(office)
    chat = await office.donor("BVDK", phone="+84900000007")
    await office.do(officer, "/nguoi", "[Hồ sơ có thể trùng]")
    assert office.labels(officer) == ["Đ. T. Hà, 1992 – Sở Y tế (có khung chat)"]
    text = await office.do(officer, "1")
    assert "chính người đó chứng minh" in text and office.labels(officer) == ["Mở hồ sơ giấy"]
    await office.do(officer, "[Mở hồ sơ giấy]")
    assert "Đưa mã nối khung chat" in office.labels(officer)
    assert {person for (person,) in office.house.rows("SELECT person_id FROM donors")} == {her, chat}
    assert told(office, chat) == ""


async def helper(office: Office) -> str:
    """A desk helper of the round, and of nothing else."""
    address, round_ = office.house.newcomer(), await office.round()

    async def work(tx: Any) -> None:
        await people.keep(tx, address, "vi", 1)
        await roles.grant(tx, address, Grant(Role.HELPER, round_id=round_.id), by="test", at=1)

    await office.house.app.database.write(work)
    return address


WALK_IN = ("[Đã ký phiếu]", "Vàng A Páo", "1990", "[Nam]", "[Tự do, không thuộc đơn vị]", "[Không có số]", "[Lưu]")


async def test_who_walks_in_is_added_by_a_helper_of_that_round_around_its_day(office: Office) -> None:
    """From the day before to the day after, over the capacity too; the ticket is said at once."""
    who = await helper(office)
    await office.add(replace(await office.round(), capacity=1))
    await office.joins(await office.donor())
    assert "Hiện không có bàn tiếp đón" in await office.do(who, "/nguoi")
    office.house.app.clock.move(timedelta(days=12))
    assert "Khách đến trực tiếp" in (await office.do(who, "/nguoi", "[Đã ký phiếu]"))
    text = await office.do(who, *WALK_IN[1:])
    assert "V. A. Páo đã có tên trong “Đợt 11 năm 2026”, mã vé" in text
    [(person, unit_text)] = office.house.rows("SELECT person_id, unit_text FROM donors WHERE unit_id IS NULL")
    assert unit_text.startswith("Tự do")
    assert office.house.rows("SELECT state, via FROM joins WHERE person_id = ?", person) == [("certain", "walk_in")]
    assert office.house.rows("SELECT recorded_by FROM consents") == [(who,)]
    officer = await office.officer("YT")
    assert "Vàng A Páo" in await office.do(officer, f"/nguoi p{person}")  # Of no unit, at a round of theirs.
    office.house.app.clock.move(timedelta(days=2))
    assert "Hiện không có bàn tiếp đón" in await office.do(who, "/nguoi")


async def test_a_helper_whose_desk_closes_meanwhile_adds_nobody(office: Office) -> None:
    """Authority is looked up again when the form is saved."""
    who = await helper(office)
    office.house.app.clock.move(timedelta(days=12))
    await office.do(who, "/nguoi", *WALK_IN[:-1])
    await office.house.app.database.write(lambda tx: roles.remove_all(tx, who))
    await office.do(who, "[Lưu]")
    assert office.house.rows("SELECT count(*) FROM donors") == [(0,)]


async def test_a_helper_sees_no_records(office: Office) -> None:
    """Neither by a command nor by a search."""
    who, her = await helper(office), await listed(office)
    for line in (f"/nguoi p{her}", f"/nguoi {PHONE}", f"/nguoi to {CODE}", "/nguoi new"):
        assert "Hiện không có bàn tiếp đón" in await office.do(who, line)
    assert office.house.conversation(who) is None


async def test_somebody_known_who_walks_in_has_one_record(office: Office) -> None:
    """The officer at the desk says it is this one, who then has the seat."""
    officer, her = await office.officer("YT"), await listed(office)
    office.house.app.clock.move(timedelta(days=12))
    lines = ("[Đã ký phiếu]", "Đặng Thu Hà", "1992", "2", "so y te", "[Không có số]", "[Lưu]")
    assert "Đã có hồ sơ giống vậy" in await office.do(officer, f"/nguoi walkin {CODE}", *lines)
    await office.do(officer, HER)
    assert office.house.rows("SELECT person_id, via FROM joins") == [(her, "walk_in")]
    assert office.house.rows("SELECT count(*) FROM donors") == [(1,)]


@pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.CANCELLED])
async def test_nobody_walks_into_a_round_that_is_not_held(office: Office, state: RoundState) -> None:
    """Whatever the day."""
    officer = await office.officer("YT")
    await office.add(replace(await office.round(), state=state))
    office.house.app.clock.move(timedelta(days=12))
    assert "Hiện không có bàn tiếp đón" in await office.do(officer, f"/nguoi walkin {CODE}")


async def test_an_age_on_a_list_may_be_a_year_off(office: Office) -> None:
    """Two lists of two years say 34 of the same person."""
    officer = await office.officer("YT")
    await listed(office, birth=Birth("age", None, 1992))
    await listed(office, birth=Birth("age", None, 1991))
    await listed(office, birth=Birth("age", None, 1989))
    await office.do(officer, "/nguoi", "[Hồ sơ có thể trùng]")
    assert len(office.labels(officer)) == 1


async def test_maybe_is_taken_off_as_well(office: Office) -> None:
    """Whoever only might have come."""
    officer, her = await office.officer("YT"), await listed(office)
    await office.joins(her, JoinState.MAYBE)
    await office.do(officer, f"/nguoi p{her}", "[Rút khỏi một đợt]", "1", "[Rút tên]")
    assert office.house.rows("SELECT state FROM joins") == [("no",)]


async def test_the_desk_leads_to_who_walks_in(office: Office) -> None:
    """One tap from the card of the round."""
    who = await helper(office)
    office.house.app.clock.move(timedelta(days=12))
    await office.do(who, f"/tiepdon {CODE}", "[Thêm khách đến trực tiếp]", *WALK_IN)
    assert "V. A. Páo đã có tên" in office.last(who)
