"""An officer puts somebody on the list of a round: whom they find, at what hour, what they are told, and what stays of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.ages import Birth
from core.joins import JoinState
from core.rounds import RoundState, Slot
from storage import people
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of

PHONE = "0912 345 678"
HER = "[Đ. T. Hà, 1992 – Sở Y tế]"
ADD = "[Thêm một người]"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own for each test."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


def answers(office: Office) -> list[tuple[object, ...]]:
    """Who stands where: person, state, slot, not yet."""
    return office.house.rows("SELECT person_id, state, slot, not_yet FROM joins ORDER BY id")


async def test_a_person_is_put_on_the_list_and_told(office: Office) -> None:
    """They hold a seat, and have a message with their ticket and the way out."""
    officer, her = await office.officer("YT"), await office.donor()
    assert "Đã thêm Đ. T. Hà" in await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER, ADD)
    assert answers(office) == [(her, "certain", "", None)]
    [(address,)] = office.house.rows("SELECT address FROM people WHERE id = ?", her)
    [told] = office.house.said(address)
    assert "đã ghi tên bạn vào “Đợt 11 năm 2026”, Thứ Sáu, 04/12/2026" in told["text"]
    assert [token for _, token, _ in told["buttons"]] == [f"/ticket {CODE}", f"/leave {CODE}"]
    lane, not_before, expires_at = office.house.rows(
        "SELECT lane, not_before, expires_at FROM outbox WHERE address = ?", address
    )[0]
    assert (lane, not_before) == (2, 0)
    assert expires_at == int(NOW.replace(month=12, day=4, hour=11, minute=30).timestamp() * 1000)
    [(join,)] = office.house.rows("SELECT id FROM joins")
    audited = {"round": CODE, "change": "added", "join": join, "over": False, "not_yet": False}
    assert office.audit(officer) == [("round", audited)]


async def test_nobody_is_woken_by_it(office: Office) -> None:
    """What an officer does at ten at night is told at seven in the morning."""
    officer, her = await office.officer("YT"), await office.donor()
    office.house.app.clock.move(timedelta(hours=14))
    await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER, ADD)
    [(not_before,)] = office.house.rows(
        "SELECT not_before FROM outbox o JOIN people p ON p.address = o.address WHERE p.id = ?", her
    )
    assert not_before == int(NOW.replace(day=23, hour=7).timestamp() * 1000)


async def test_a_family_shares_a_number(office: Office) -> None:
    """All of them are offered, with as much of the name as tells them apart."""
    officer = await office.officer("YT")
    await office.donor(name="Đặng Thu Hà")
    son = await office.donor("BVDK", name="Lò Minh Đức")
    await office.donor("GD", name="Vàng A Páo")
    text = await office.do(officer, f"/dot {CODE}", ADD, PHONE)
    assert text == "Người nào?"
    assert office.labels(officer) == ["Đ. T. Hà, 1992 – Sở Y tế", "L. M. Đức, 1992 – Bệnh viện Đa khoa tỉnh"]
    await office.do(officer, "2", ADD)
    assert answers(office) == [(son, "certain", "", None)]


async def test_an_officer_learns_nothing_of_other_units_people(office: Office) -> None:
    """The same answer for a number that nobody has and for one that others have."""
    officer = await office.officer("YT")
    await office.donor("GD")
    text = await office.do(officer, f"/dot {CODE}", ADD, PHONE)
    assert text == await office.do(officer, "0987 654 321")
    assert "không có ai như vậy" in text


async def test_who_may_not_give_yet_is_listed_with_a_mark(office: Office) -> None:
    """The officer and the person read from when, and who decides; the mark stays on the list."""
    officer = await office.officer("YT")
    her = await office.donor(donations=1, last_donation="2026-10-01")
    text = await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER)
    assert "có thể chưa phù hợp; dự kiến từ ngày 24/12/2026, nhân viên y tế quyết định" in text
    await office.do(officer, ADD)
    assert answers(office) == [(her, "certain", "", "2026-12-24")]
    [(address,)] = office.house.rows("SELECT address FROM people WHERE id = ?", her)
    assert "dự kiến từ ngày 24/12/2026" in office.house.said(address)[0]["text"]
    assert office.audit(officer)[0][1]["not_yet"] is True


async def test_who_does_not_go_on_is_not_put_on_a_list_and_the_reason_stays_untold(office: Office) -> None:
    """The same words as for somebody who is too old."""
    officer = await office.officer("YT")
    await office.donor(stopped=True)
    await office.donor("BVDK", name="Lò Minh Đức", birth=Birth("date", date(1960, 6, 1), 1960))
    stopped = await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER)
    too_old = await office.do(officer, f"/dot {CODE}", ADD, PHONE, "[L. M. Đức, 1960 – Bệnh viện Đa khoa tỉnh]")
    assert stopped == too_old
    assert "Tôi không thêm được người này" in stopped
    assert office.labels(officer) == ["Tìm người khác"] and answers(office) == []


async def test_a_full_round_is_filled_over_only_with_open_eyes(office: Office) -> None:
    """Where no seat is left the officer is asked once more, and how many wait stands there."""
    officer = await office.officer("YT")
    first, second = await office.donor(phone="+84900000001"), await office.donor(phone="+84900000002")
    her = await office.donor()
    await office.add(replace(await office.round(), capacity=1, slots=(Slot("07:30", 1),)))
    for person in (first, second):
        await office.joins(person)
    assert [state for _, state, *_ in answers(office)] == ["certain", "waiting"]
    text = await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER, "[Giờ nào cũng được]", ADD)
    assert "đã kín chỗ: 1 người có chỗ, 1 người đang chờ" in text
    assert len(answers(office)) == 2
    await office.do(officer, "[Vẫn thêm]")
    assert answers(office)[2] == (her, "certain", "", None)
    assert office.audit(officer)[0][1]["over"] is True
    assert [state for _, state, *_ in answers(office)][:2] == ["certain", "waiting"]


async def test_nobody_is_put_on_a_list_twice_or_on_one_that_is_over(office: Office) -> None:
    """Who has a seat has it; a draft and a past round take nobody."""
    officer, her = await office.officer("YT"), await office.donor()
    await office.joins(her)
    assert "đã có tên" in await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER)
    for state in (RoundState.DRAFT, RoundState.DONE, RoundState.CANCELLED):
        await office.add(replace(await office.round(), state=state))
        await office.do(officer, f"/dot {CODE}")
        assert "Thêm một người" not in office.labels(officer)
    await office.add(replace(await office.round(), state=RoundState.OPEN, held_on=NOW.date() - timedelta(days=1)))
    other = await office.donor(phone="+84900000003")
    await office.do(officer, f"/dot {CODE}", ADD, "0900 000 003", HER)
    assert "không còn nhận thêm người" in office.last(officer)
    assert (other, "certain", "", None) not in answers(office)


async def test_maybe_and_waiting_become_certain(office: Office) -> None:
    """One answer a person, whatever it was before."""
    officer, her = await office.officer("YT"), await office.donor()
    await office.joins(her, JoinState.MAYBE)
    await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER, ADD)
    assert answers(office) == [(her, "certain", "", None)]


async def test_no_phone_and_no_name_stands_in_the_audit_or_the_open_form(office: Office) -> None:
    """Codes alone."""
    officer = await office.officer("YT")
    await office.donor()
    await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER, ADD)
    kept = str(office.house.rows("SELECT detail FROM audit")) + str(office.house.conversation(officer))
    assert "912345678" not in kept and "Hà" not in kept


async def test_an_officer_reads_that_somebody_has_declined(office: Office) -> None:
    """What the person said is not overwritten unseen."""
    officer, her = await office.officer("YT"), await office.donor()
    await office.joins(her, JoinState.NO)
    assert "không đến được đợt này" in await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER)
    assert answers(office) == [(her, "no", "", None)]


async def test_who_cannot_be_written_to_is_to_be_told_by_the_officer(office: Office) -> None:
    """Nothing is promised that will not happen."""
    officer, her = await office.officer("YT"), await office.donor()
    [(address,)] = office.house.rows("SELECT address FROM people WHERE id = ?", her)
    await office.house.app.database.write(lambda tx: people.set_reachable(tx, address, reachable=False))
    assert "không nhắn được" in await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER, ADD)
    assert answers(office) == [(her, "certain", "", None)]
    assert office.house.said(address) == []


async def test_where_a_round_has_hours_the_officer_says_which(office: Office) -> None:
    """It is kept and told; a full one only after one more question, and then it is that hour all the same."""
    officer, her = await office.officer("YT"), await office.donor()
    son = await office.donor("BVDK", name="Lò Minh Đức")
    await office.add(replace(await office.round(), slots=(Slot("07:30", 5), Slot("09:00", 1))))
    assert "lúc mấy giờ" in await office.do(officer, f"/dot {CODE}", ADD, PHONE, HER)
    await office.do(officer, "9h", ADD)
    assert answers(office) == [(her, "certain", "09:00", None)]
    [(address,)] = office.house.rows("SELECT address FROM people WHERE id = ?", her)
    assert "09 giờ 00 phút" in office.house.said(address)[0]["text"]
    text = await office.do(
        officer, PHONE, "[L. M. Đức, 1992 – Bệnh viện Đa khoa tỉnh]", "[09 giờ 00 phút – đã kín]", ADD
    )
    assert "Khung giờ 09 giờ 00 phút đã kín" in text
    await office.do(officer, "[Chọn giờ khác]", "[09 giờ 00 phút – đã kín]", ADD, "[Vẫn thêm]")
    assert answers(office)[1] == (son, "certain", "09:00", None)
