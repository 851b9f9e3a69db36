"""What a conversation leaves in the tables, and what it must not leave there."""

from __future__ import annotations

import pytest

from core.dialogue import Reply, Start
from core.people import Role
from storage import outbox
from storage.outbox import Draft
from tests.handlers.conversations import House
from tests.program import grant

pytestmark = pytest.mark.asyncio(loop_scope="module")
_ANSWERS = ("đồng ý", "Nguyễn Văn An", "so y te", "34", "nam", "chưa biết", "0", "0912345678", "lưu")


def _donors(house: House, address: str) -> list[tuple[str]]:
    return house.rows(
        "SELECT d.full_name FROM donors d JOIN people p ON p.id = d.person_id WHERE p.address = ?", address
    )


async def test_who_refuses_leaves_nothing(house: House) -> None:
    """No person, no consent, no conversation."""
    person = house.newcomer()
    consents = house.rows("SELECT count(*) FROM consents")
    await house.say(person, "/dangky", "không")
    assert not house.rows("SELECT 1 FROM people WHERE address = ?", person)
    assert house.conversation(person) is None
    assert house.rows("SELECT count(*) FROM consents") == consents


@pytest.mark.parametrize("age", ["17", "sinh năm 2010", "23/11/2008"])
async def test_who_is_too_young_leaves_nothing_but_a_consent_taken_back(house: House, age: str) -> None:
    """No person, no answers; the proof, which names nobody, ends with a withdrawal."""
    person = house.newcomer()
    await house.say(person, "/dangky", "đồng ý", "Lò Thị Ơn", "so y te", age)
    assert not house.rows("SELECT 1 FROM people WHERE address = ?", person)
    assert house.conversation(person) is None
    assert house.rows("SELECT answer FROM consents ORDER BY id DESC LIMIT 2") == [("withdrawn",), ("given",)]
    assert not house.rows("SELECT 1 FROM inbox WHERE body LIKE '%Lò Thị Ơn%'")
    assert not [m for m in house.said(person) if "Lò Thị Ơn" in m["text"]]


async def test_a_registered_person_who_types_a_low_age_is_asked_again(house: House) -> None:
    """A slip of the finger erases nothing, and nothing false is said."""
    person = house.newcomer()
    await house.say(person, "/dangky", *_ANSWERS, "/hoso", "Tuổi", "14")
    talk = house.conversation(person)
    assert talk and talk["step"] == "age"
    assert "/xoa" in house.said(person)[-1]["text"]
    assert _donors(house, person) == [("Nguyễn Văn An",)]


async def test_a_second_registration_edits_the_first(house: House) -> None:
    """One person, one row."""
    person = house.newcomer()
    await house.say(person, "/dangky", *_ANSWERS, "/dangky", "Họ và tên", "Nguyễn Văn Anh", "lưu")
    assert _donors(house, person) == [("Nguyễn Văn Anh",)]


async def test_one_phone_serves_a_family(house: House) -> None:
    """Two people with one number are two registrations."""
    one, other = house.newcomer(), house.newcomer()
    await house.say(one, "/dangky", *_ANSWERS)
    await house.say(other, "/dangky", *_ANSWERS)
    assert _donors(house, one) and _donors(house, other)


async def test_who_is_forgotten_can_register_again_in_the_same_breath(house: House) -> None:
    """All typed at once, taken in one transaction."""
    person = house.newcomer()
    await house.say(person, "/dangky", *_ANSWERS)
    await house.say(person, "/xoa", "xoá tất cả", "/dangky", *_ANSWERS, together=True)
    assert _donors(house, person) == [("Nguyễn Văn An",)]
    assert not house.rows("SELECT 1 FROM inbox WHERE attempts > 0")


async def test_a_whole_registration_in_one_batch_is_one_registration(house: House) -> None:
    """Turns of one person follow each other also within a transaction."""
    person = house.newcomer()
    await house.say(person, "/dangky", *_ANSWERS, together=True)
    assert _donors(house, person) == [("Nguyễn Văn An",)]


@pytest.mark.parametrize("number", ["00031", "0001234", "10000", "99999999999999999999", "0", "6", "-1", "1.5"])
async def test_a_number_that_no_choice_has_is_asked_again(house: House, number: str) -> None:
    """Neither a choice nor a failure."""
    person = house.newcomer()
    await house.say(person, "/dangky", "đồng ý", "Nguyễn Văn An", "so y te", "34", number)
    talk = house.conversation(person)
    assert talk and talk["step"] == "sex"
    assert not house.rows("SELECT 1 FROM inbox WHERE attempts > 0")


async def test_a_refused_export_is_written_down(house: House) -> None:
    """Who, when, which command; no more."""
    person = house.newcomer()
    await house.say(person, "/xuat")
    [(action, detail)] = house.rows("SELECT action, detail FROM audit WHERE address = ?", person)
    assert action == "refused"
    assert "export" in detail


async def test_a_consent_is_kept_with_the_words_that_were_shown(house: House) -> None:
    """Purpose, answer, version of the text, channel and time."""
    person = house.newcomer()
    await house.say(person, "/dangky", "đồng ý")
    [(purpose, answer, version, channel, at)] = house.rows(
        "SELECT purpose, answer, text_version, channel, at FROM consents ORDER BY id DESC LIMIT 1"
    )
    assert (purpose, answer, channel) == ("registration", "given", "terminal")
    assert len(version) == 16
    assert abs(at - house.app.clock.at()) < 60_000


async def test_nothing_said_before_an_erasure_is_said_after_it(house: House) -> None:
    """The card and the erasure in one batch: what is sent then holds nothing of the person."""
    person = house.newcomer()
    await house.say(person, "/dangky", *_ANSWERS)
    await house.say(person, "/hoso", "/xoa", "xoá tất cả", together=True)
    assert len(house.said(person)) == 1
    assert "Nguyễn Văn An" not in str(house.said(person))


async def test_an_erasure_leaves_the_address_in_no_key(house: House) -> None:
    """Keys of reminders name whom they are for."""
    person = house.newcomer()
    draft = Draft(f"expired:{person}:1", person, Reply("x"))
    await house.app.database.write(lambda tx: outbox.write(tx, [draft]))
    await house.say(person, "/dangky", "đồng ý", "/xoa", "xoá tất cả")
    assert not house.rows("SELECT 1 FROM outbox WHERE dedupe_key LIKE ?", f"%{person}:%")


async def test_who_asks_twice_to_be_erased_and_changes_their_mind_keeps_the_draft(house: House) -> None:
    """The second /xoa asks again and forgets nothing of what was put aside."""
    person = house.newcomer()
    await house.say(person, "/dangky", "đồng ý", "Nguyễn Văn An", "/xoa", "/xoa", "giữ lại")
    talk = house.conversation(person)
    assert talk and (talk["step"], talk["answers"]["name"]) == ("unit", "Nguyễn Văn An")


async def test_a_link_followed_while_an_erasure_is_asked_keeps_the_draft(house: House) -> None:
    """The unit of the link joins what was answered before."""
    person = house.newcomer()
    await house.say(person, "/dangky", "đồng ý", "Nguyễn Văn An", "/xoa")
    await house.do(person, [Start("u_SYT")])
    talk = house.conversation(person)
    assert talk and (talk["step"], talk["answers"]["name"]) == ("age", "Nguyễn Văn An")


async def test_who_is_no_admin_any_more_gets_no_list_from_a_form_left_open(house: House) -> None:
    """The role is asked for at every step; the try is written down."""
    person = house.newcomer()
    await grant(house.app, person, Role.ADMIN)
    await house.say(person, "/xuat", "tất cả")
    await house.app.database.write(lambda tx: tx.run("DELETE FROM roles WHERE address = ?", (person,)))
    await house.say(person, "excel")
    assert house.conversation(person) is None
    assert house.rows("SELECT action FROM audit WHERE address = ?", person) == [("refused",)]
    assert "document" not in house.said(person)[-1]


@pytest.mark.parametrize("change", ["form = 'of old'", "step = 'of old'"])
async def test_a_question_that_an_older_program_left_open_harms_nobody(house: House, change: str) -> None:
    """A word says that it is over; a command is obeyed."""
    person = house.newcomer()
    for said in ("An", "/trogiup", "/huy"):
        await house.say(person, "/dangky")
        await house.app.database.write(lambda tx: tx.run(f"UPDATE conversations SET {change}"))
        await house.say(person, said)
        assert house.conversation(person) is None
    assert not house.rows("SELECT 1 FROM inbox WHERE attempts > 0")
