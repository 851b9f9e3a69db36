"""A chat takes over a paper record: only after proof, and nobody learns whose record it is before."""

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
from core.blood import Abo, Rh
from core.dialogue import Contact, Press, Start
from core.joins import JoinState
from core.people import Donor, Sex
from core.rounds import Slot
from storage import linking, paper
from storage.paper import Recorded
from tests.handlers.conversations import House
from tests.handlers.office import Office
from tests.program import DATA, NOW, config_of

PHONE, OWN = "+84900000007", Contact("+84 900 000 007", own=True)
LISTED = Donor(
    full_name="Đặng Thu Hà", unit_id=None, unit_text="Tổ 3", birth=Birth("year", None, 1992), sex=Sex.FEMALE, abo=Abo.A,
    rh=Rh.POSITIVE, donations=5, last_donation="2026-05", phone=PHONE, note="tổ 3",
)  # fmt: skip
YES = "[Đồng ý]"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own for each test."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


async def listed(office: Office, **facts: Any) -> int:
    """Somebody from a paper list of SYT."""
    donor = replace(LISTED, unit_id=await office.unit("SYT"), unit_text="")
    add = partial(
        paper.add, donor=replace(donor, **facts), recorded=Recorded("web:officer", 1, "v", "vi"), eligible_on=None
    )
    return await office.house.app.database.write(add)


async def code_for(office: Office, person: int) -> str:
    """What an officer hands over."""
    at = office.house.app.clock.at()
    return await office.house.app.database.write(lambda tx: linking.hand_code(tx, person, by="web:officer", at=at))


async def send(office: Office, address: str, *done: Any) -> str:
    """Do things that are no text."""
    await office.house.do(address, done)
    return office.last(address)


def owners(office: Office) -> list[tuple[Any, ...]]:
    """Who is registered: address, name, donations."""
    return office.house.rows(
        "SELECT p.address, d.full_name, d.donations FROM donors d JOIN people p ON p.id = d.person_id ORDER BY d.id"
    )


async def test_a_code_shows_the_record_and_links_it_after_consent(office: Office) -> None:
    """What is stored and what for stands there before anything is kept of the chat."""
    person, chat = await listed(office), office.house.newcomer()
    await office.joins(person)
    code = await code_for(office, person)
    text = await office.do(chat, f"/lienket {code.lower()}")
    for fact in ("Đặng Thu Hà", "Sở Y tế", "A Rh+", "090 *** 007", "Đợt 11 năm 2026", "dữ liệu nhạy cảm", "/xoa"):
        assert fact in text
    assert office.house.rows("SELECT 1 FROM people WHERE address = ?", chat) == []
    await office.do(chat, YES)
    assert owners(office) == [(chat, "Đặng Thu Hà", 5)]
    assert office.house.rows("SELECT p.address, j.state FROM joins j JOIN people p ON p.id = j.person_id") == [
        (chat, "certain")
    ]
    assert office.audit(chat) == [("linked", {"unit": "SYT", "by": "code"})]
    assert "Đợt 11 năm 2026" in office.last(chat)  # Their ticket.
    data = await office.do(chat, "/dulieu")
    assert "phiếu giấy" in str(office.house.said(chat)[-2:]) + data


async def test_a_link_from_the_officer_does_the_same(office: Office) -> None:
    """The payload k_ and the code."""
    code = await code_for(office, await listed(office))
    chat = office.house.newcomer()
    assert "Hồ sơ giấy đang lưu" in await send(office, chat, Start(f"k_{code}"))


async def test_ones_own_card_and_the_year_of_birth_are_proof(office: Office) -> None:
    """Before the year fits, only that there is a record is said."""
    await listed(office)
    chat = office.house.newcomer()
    text = await send(office, chat, OWN)
    assert "Có hồ sơ giấy ghi số điện thoại này" in text and "Hà" not in text and "Sở Y tế" not in text
    assert "không khớp" in await office.do(chat, "1990")
    assert "Đặng Thu Hà" in await office.do(chat, "15/8/1992")
    await office.do(chat, YES)
    assert owners(office) == [(chat, "Đặng Thu Hà", 5)]
    assert office.house.rows("SELECT phone_proven FROM donors") == [(1,)]


@pytest.mark.parametrize("card", [Contact("+84900000007", own=False), Contact("+14155550100", own=True)])
async def test_somebody_elses_card_and_a_number_without_a_record_say_nothing(office: Office, card: Contact) -> None:
    """Nor that there is one."""
    await listed(office)
    chat = office.house.newcomer()
    assert "hồ sơ giấy ghi" not in await send(office, chat, card)
    assert office.house.conversation(chat) is None


@pytest.mark.parametrize("typed", ["0900 000 007", "Đặng Thu Hà", "Đặng Thu Hà, 0900000007"])
async def test_a_typed_name_or_number_is_no_proof(office: Office, typed: str) -> None:
    """However right it is."""
    await listed(office)
    chat = office.house.newcomer()
    await office.do(chat, "/lienket")
    assert "không phải là bằng chứng" in await office.do(chat, typed)
    assert [name for _, name, _ in owners(office)] == ["Đặng Thu Hà"] and owners(office)[0][0].startswith("paper:")


async def test_of_several_with_one_number_the_year_and_a_masked_name_tell_which(office: Office) -> None:
    """A couple of one year shares a telephone; their son is of another year and stays unseen."""
    await listed(office)
    other = await listed(office, full_name="Lò Minh Đức", sex=Sex.MALE)
    await listed(office, full_name="Lò Đặng Ân", birth=Birth("year", None, 2005))
    chat = office.house.newcomer()
    await send(office, chat, OWN)
    await office.do(chat, "1992")
    assert office.labels(chat) == ["Đ. T. Hà – Sở Y tế", "L. M. Đức – Sở Y tế"]
    await office.do(chat, "2", YES)
    assert (chat, "Lò Minh Đức", 5) in owners(office)
    assert office.house.rows("SELECT 1 FROM people WHERE id = ?", other) == []


async def test_guesses_end(office: Office) -> None:
    """Five wrong codes or years a day, each on record; then not even a right one counts until tomorrow."""
    code = await code_for(office, await listed(office))
    chat = office.house.newcomer()
    for _ in range(5):
        assert "Mã này không đúng" in await office.do(chat, "/lienket ABCD2345")
    assert "Đã thử sai nhiều lần" in await office.do(chat, f"/lienket {code}")
    assert "Đã thử sai nhiều lần" in await send(office, chat, OWN)
    assert [action for action, _ in office.audit(chat)] == ["refused"] * 5
    office.house.app.clock.move(timedelta(days=1, minutes=1))
    assert "Hồ sơ giấy đang lưu" in await office.do(chat, f"/lienket {code}")


async def test_years_are_guesses_too(office: Office) -> None:
    """Somebody with a number that was another's before."""
    await listed(office)
    chat = office.house.newcomer()
    await send(office, chat, OWN)
    text = await office.do(chat, "1980", "1981", "1982", "1983", "1984")
    assert "Đã thử sai nhiều lần" in text and office.house.conversation(chat) is None


async def test_who_is_registered_keeps_their_word_and_says_which_count_is_right(office: Office) -> None:
    """The higher number is not guessed; their own answer to the round stays, and the seat of the paper goes to the next."""
    await office.add(replace(await office.round(), capacity=1, slots=(Slot("07:30", 1),)))
    paper_person = await listed(office)
    await office.joins(paper_person)
    mine = await office.donor(
        donations=3, last_donation="2026-06-02", phone="+84900000009", abo=Abo.UNKNOWN, rh=Rh.UNKNOWN
    )
    await office.joins(mine, JoinState.MAYBE)
    waiting = await office.donor(phone="+84900000008", name="Lò Minh Đức")
    await office.joins(waiting)
    [(chat,)] = office.house.rows("SELECT address FROM people WHERE id = ?", mine)
    code = await code_for(office, paper_person)
    assert "nối" in await office.do(chat, f"/lienket {code}")
    text = await office.do(chat, YES)
    assert "đã hiến 3 lần, hồ sơ giấy ghi 5 lần" in text
    await office.do(chat, office_choice(office, chat, "5"))
    [facts] = office.house.rows(
        "SELECT full_name, donations, last_donation, phone, abo, rh, note FROM donors WHERE person_id = ?", mine
    )
    assert facts == ("Đặng Thu Hà", 5, "2026-06-02", "+84900000009", "A", "+", "tổ 3")
    states = dict(office.house.rows("SELECT person_id, state FROM joins"))
    assert states == {mine: "maybe", waiting: "offered"}


def office_choice(office: Office, address: str, words: str) -> str:
    """The button that begins so."""
    return next(f"[{label}]" for label in office.labels(address) if label.startswith(words))


async def test_a_record_that_was_linked_or_corrected_meanwhile_is_not_taken(office: Office) -> None:
    """Two chats had its proof; the first one has it."""
    person = await listed(office)
    code = await code_for(office, person)
    first, second = office.house.newcomer(), office.house.newcomer()
    await office.do(first, f"/lienket {code}")
    await send(office, second, OWN)
    await office.do(second, "1992")
    await office.do(first, YES)
    assert "đã có người nhận" in await office.do(second, YES)
    assert owners(office) == [(first, "Đặng Thu Hà", 5)]
    assert "Mã này không đúng" in await office.do(second, f"/lienket {code}")


async def test_who_declines_leaves_the_paper_as_it_was(office: Office) -> None:
    """And nothing is kept of them."""
    code = await code_for(office, await listed(office))
    chat = office.house.newcomer()
    assert "không nối gì cả" in await office.do(chat, f"/lienket {code}", "[Không]")
    assert office.house.rows("SELECT 1 FROM people WHERE address = ?", chat) == []
    assert "Hồ sơ giấy đang lưu" in await office.do(chat, f"/lienket {code}")


async def test_forged_buttons_choose_no_record(office: Office) -> None:
    """Only what was offered in this very question counts."""
    await listed(office)
    stranger = await listed(office, full_name="Vàng A Páo", phone="+84900000008")
    chat = office.house.newcomer()
    await send(office, chat, OWN)
    open_ = office.house.conversation(chat)
    assert open_
    for token in (f"0.which:p{stranger}", "0.agree:yes", "/link own"):
        await send(office, chat, Press(token))
    assert all(address.startswith("paper:") for address, *_ in owners(office))


async def test_registering_with_ones_own_card_leads_to_the_record(office: Office) -> None:
    """The number came as a card: the record is offered; a typed number says nothing of it."""
    await listed(office)
    lines = ("/dangky", YES, "Hà Đặng", "so y te", "1992", "2", "5", "0")
    typed, carded = office.house.newcomer(), office.house.newcomer()
    await office.do(typed, *lines, "0900000007", "[Lưu]")
    assert not any("hồ sơ giấy" in said.get("text", "").lower() for said in office.house.said(typed))
    await office.do(carded, *lines)
    await send(office, carded, OWN)
    assert "Có hồ sơ giấy ghi số điện thoại này" in await office.do(carded, "[Lưu]")
    await office.do(carded, "1992", YES)
    assert "0 lần" in office.last(carded) or "Chưa lần nào" in str(office.labels(carded))
    await office.do(carded, office_choice(office, carded, "5"))
    assert (carded, "Hà Đặng", 5) in owners(office)


async def test_a_record_that_comes_later_is_found_by_a_number_that_was_proven_before(office: Office) -> None:
    """They need not send their card again."""
    mine = await office.donor(phone=PHONE, phone_proven=True)
    await listed(office)
    [(chat,)] = office.house.rows("SELECT address FROM people WHERE id = ?", mine)
    assert "bạn sinh năm nào" in await office.do(chat, "/lienket")


def test_the_records_are_of_an_adult() -> None:
    """So that no test rests on a refusal by age."""
    assert LISTED.birth.span()[1] < date(2008, 1, 1)


async def test_a_code_never_leads_to_a_record_that_was_made_after_it(office: Office) -> None:
    """The record that was shown is erased while the person reads, and somebody else is written down: they get nothing of them."""
    await office.donor("GD")
    paper_id = await listed(office)
    chat = office.house.newcomer()
    await office.do(chat, f"/lienket {await code_for(office, paper_id)}")
    today = NOW.date()
    await office.house.app.database.write(lambda tx: paper.erase(tx, paper_id, by="web:officer", today=today, at=2))
    await listed(office, full_name="Hoàng Văn Bảo")
    assert "vừa được thay đổi" in await office.do(chat, YES)
    assert [name for _, name, _ in owners(office)] == ["Đặng Thu Hà", "Hoàng Văn Bảo"]
    assert not [address for address, *_ in owners(office) if address == chat]
