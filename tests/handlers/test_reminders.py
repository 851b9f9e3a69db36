"""What a person wants to be told is theirs to say: consent is asked once, recorded, and taken back as easily."""

from __future__ import annotations

from core.dialogue import Command, Text
from tests.handlers.conversations import House


def settings(house: House, address: str) -> list[tuple[object, ...]]:
    """(eligible, skip, paused_until) as the table has them."""
    return house.rows(
        "SELECT eligible, skip, paused_until FROM notice_settings WHERE person_id = (SELECT id FROM people WHERE address = ?)",
        address,
    )


async def known(house: House) -> str:
    """Somebody who chose a language, and nothing more."""
    address = house.newcomer()
    await house.say(address, "/english")
    await house.do(address, [Command("language", "vi")])
    return address


async def test_whether_to_tell_when_one_may_give_again_is_asked_once(house: House) -> None:
    """By whatever room asks; who did not answer is not asked again, and silence is no consent."""
    person = await known(house)
    await house.do(person, [Command("notices", "once")])
    assert house.said(person)[-1]["text"].startswith("Bạn có muốn tôi nhắn")
    assert settings(house, person) == [(0, "", None)]
    before = len(house.said(person))
    await house.do(person, [Command("notices", "once")])
    assert len(house.said(person)) == before


async def test_whoever_is_not_known_is_not_asked(house: House) -> None:
    """Nothing could be kept of them."""
    person = house.newcomer()
    await house.do(person, [Command("notices", "once")])
    assert house.said(person) == []


async def test_consent_is_recorded_with_the_words_that_were_read_and_withdrawn_with_one_choice(house: House) -> None:
    """Given by yes, withdrawn in /reminders; a plain no leaves no record."""
    yes, no = await known(house), await known(house)
    records = "SELECT count(*) FROM consents WHERE purpose = 'notices'"
    before = house.rows(records)[0][0]
    await house.do(no, [Command("notices"), Text("Không, cảm ơn")])
    assert (settings(house, no), house.rows(records)[0][0]) == ([(0, "", None)], before)
    await house.do(yes, [Command("notices"), Text("Có, nhắn tôi")])
    assert settings(house, yes) == [(1, "", None)]
    await house.do(yes, [Command("reminders"), Text("Tắt: Khi bạn có thể hiến lại"), Text("xong")])
    assert settings(house, yes) == [(0, "", None)]
    answers = house.rows("SELECT answer FROM consents WHERE purpose = 'notices' ORDER BY id")[before:]
    assert answers == [("given",), ("withdrawn",)]


async def test_a_pause_takes_back_what_waits(house: House) -> None:
    """A reminder that was planned at night for the morning is not sent either; answers are."""
    person = await known(house)
    await house.app.database.write(
        lambda tx: tx.run(
            "INSERT INTO outbox (dedupe_key, lane, channel, address, payload, not_before, on_unknown) VALUES"
            " ('remind:1:1:2026-12-04:3', 2, 'terminal', ?, '{}', 1, 'resend'), ('change:1:1', 2, 'terminal', ?, '{}', 1, 'resend')",
            (person, person),
        )
    )
    await house.do(person, [Command("reminders"), Text("Tạm dừng 1 tuần"), Text("xong")])
    assert settings(house, person) == [(0, "", "2026-11-29")]
    states = house.rows("SELECT dedupe_key, state FROM outbox WHERE address = ? AND lane = 2 ORDER BY id", person)
    assert states == [("remind:1:1:2026-12-04:3", "cancelled"), ("change:1:1", "pending")]


async def test_days_are_switched_off_and_on_each_for_itself(house: House) -> None:
    """What stands in the table is what planning reads."""
    person = await known(house)
    choose = [Text("Tắt: Trước 7 ngày, lúc 08 giờ 00 phút"), Text("Tắt: Trước 3 ngày, lúc 08 giờ 00 phút")]
    await house.do(person, [Command("reminders"), *choose])
    assert settings(house, person) == [(0, "7 3", None)]
    await house.do(person, [Text("Bật: Trước 7 ngày, lúc 08 giờ 00 phút")])
    assert settings(house, person) == [(0, "3", None)]


async def test_who_is_in_the_middle_of_a_form_comes_back_to_it(house: House) -> None:
    """Reminders open on top and give the open question back."""
    person = await known(house)
    await house.do(person, [Command("register"), Command("reminders"), Text("xong")])
    conversation = house.conversation(person)
    assert conversation
    assert (conversation["form"], conversation["step"]) == ("register", "consent")


async def test_erasure_takes_the_settings_along(house: House) -> None:
    """And withdraws the consent that was given."""
    person = await known(house)
    await house.do(person, [Command("notices"), Text("Có, nhắn tôi"), Command("forget"), Text("xoá")])
    assert settings(house, person) == []
