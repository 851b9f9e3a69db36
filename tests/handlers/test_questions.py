"""Questions of donors: who hears of them, who may answer, whose answer counts, and what stays of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import Blocked, Press
from storage import people, questions
from storage.database import Database
from tests.handlers.conversations import House
from tests.handlers.office import Office
from tests.program import DATA, NOW, config_of

WORDS = "Chỗ để xe máy ở hội trường có mất tiền không?"
SEND = ("[Gửi câu hỏi cho cán bộ]", "[Gửi]")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own, at eight in the morning of a Sunday."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


async def asker(office: Office, unit: str = "SYT") -> str:
    """The address of a registered donor of this unit."""
    person = await office.donor(unit)
    return str(office.house.rows("SELECT address FROM people WHERE id = ?", person)[0][0])


async def asked(office: Office, address: str, words: str = WORDS) -> int:
    """The number of a question that was sent."""
    await office.do(address, words, *SEND)
    return int(office.house.rows("SELECT max(id) FROM questions WHERE address = ?", address)[0][0])


def row(office: Office, number: int) -> tuple[object, ...]:
    """(whose, words, state, answer, office) as it stands in the table."""
    sql = (
        "SELECT u.code, q.question, q.state, q.answer, o.code FROM questions q LEFT JOIN units u ON u.id = q.unit_id"
        " LEFT JOIN units o ON o.id = q.office_id WHERE q.id = ?"
    )
    return office.house.rows(sql, number)[0]


def told(office: Office, address: str) -> list[str]:
    """The questions that somebody was told of."""
    return [str(said["text"]) for said in office.house.said(address) if "âu hỏi" in str(said.get("text"))]


async def answer(office: Office, who: str, number: int, words: str = "Gửi xe miễn phí.") -> str:
    """The whole way of an answer; the last thing said."""
    return await office.do(who, f"/cauhoi {number}", "[Trả lời]", words, "[Gửi trả lời]")


async def test_the_nearest_officer_up_the_line_hears_of_it_without_phone_or_name(office: Office) -> None:
    """SYT has nobody: YT above it is told; the officers of the whole are not."""
    near, far, admin = await office.officer("YT"), await office.officer("LS"), await office.admin()
    number = await asked(office, await asker(office))
    assert row(office, number) == ("YT", WORDS, "open", "", None)
    [said] = told(office, near)
    assert "Đ. T. Hà – Sở Y tế" in said
    assert WORDS in said
    assert "Đặng" not in said
    assert "912345678" not in said.replace(" ", "")
    assert not told(office, far)
    assert not told(office, admin)


async def test_an_officer_who_blocked_us_is_passed_over(office: Office) -> None:
    """The next one up the line hears of it."""
    near, far = await office.officer("SYT"), await office.officer("LS")
    await office.house.do(near, [Blocked(True)])
    number = await asked(office, await asker(office))
    assert row(office, number)[0] == "LS"
    assert told(office, far)


async def test_where_nobody_reads_nothing_is_kept_and_the_phone_is_given(office: Office) -> None:
    """Honestly: no officer is here."""
    donor = await asker(office)
    said = await office.do(donor, "/hoi")
    assert "chưa có cán bộ nào" in said
    assert "0205 3812 345" in said
    assert office.house.rows("SELECT count(*) FROM questions") == [(0,)]


async def test_nothing_is_kept_of_a_stranger_before_they_press_send(office: Office) -> None:
    """Reading answers leaves no trace; the consent is what was shown."""
    await office.admin()
    stranger = office.house.newcomer()
    await office.do(stranger, "/hoidap", "hien mau co dau khong", "/hoidap 3")
    traces = "SELECT count(*) FROM {} WHERE address = ?"
    for table in ("people", "conversations", "questions"):
        assert office.house.rows(traces.format(table), stranger) == [(0,)]
    await office.do(stranger, WORDS, "[Gửi câu hỏi cho cán bộ]")
    assert office.house.rows(traces.format("people"), stranger) == [(0,)]
    assert office.house.rows("SELECT count(*) FROM consents") == [(0,)]
    await office.do(stranger, "[Gửi]")
    assert office.house.rows("SELECT purpose, answer FROM consents") == [("question", "given")]
    assert office.house.rows(traces.format("questions"), stranger) == [(1,)]


async def test_the_first_answer_counts_and_the_second_officer_is_told(office: Office) -> None:
    """Two write at once: one message goes out, and the other learns who was first."""
    one, two = await office.officer("SYT"), await office.officer("SYT")
    donor = await asker(office)
    number = await asked(office, donor)
    await office.do(two, f"/cauhoi {number}", "[Trả lời]", "Có, 5 nghìn.")
    assert "Đã gửi câu trả lời" in await answer(office, one, number)
    late = await office.do(two, "[Gửi trả lời]")
    assert "Người khác vừa xử lý" in late
    assert "cán bộ Sở Y tế" in late
    assert row(office, number) == ("SYT", WORDS, "answered", "Gửi xe miễn phí.", "SYT")
    heard = [said["text"] for said in office.house.said(donor) if "Trả lời của" in said.get("text", "")]
    assert len(heard) == 1
    assert WORDS in heard[0]
    assert "Trả lời của Sở Y tế:\nGửi xe miễn phí." in heard[0]


@pytest.mark.parametrize("step", ["Trả lời", "Khép lại, không trả lời", "Chuyển lên cấp trên", None])
async def test_another_units_officer_gets_nothing_and_is_on_record(office: Office, step: str | None) -> None:
    """A number typed, a button of somebody else's keyboard: no words, no name, a refusal in the log."""
    mine, other, _ = await office.officer("SYT"), await office.officer("GD"), await office.admin()
    number = await asked(office, await asker(office))
    if step:
        await office.do(mine, f"/cauhoi {number}")
        await office.house.do(other, [Press(office.token(mine, step))])
    said = await office.do(other, f"/cauhoi {number}")
    assert "không thuộc đơn vị của bạn" in said
    assert "xe máy" not in said
    assert ("refused", {"command": "questions", "question": number}) in office.audit(other)
    assert "không thuộc" in await office.do(other, "[← Quay lại]", f"/cauhoi {number}")
    assert row(office, number)[2] == "open"


async def test_an_officer_who_lost_the_office_meanwhile_answers_nothing(office: Office) -> None:
    """Authority is looked up at every step."""
    officer = await office.officer("SYT")
    number = await asked(office, await asker(office))
    await office.do(officer, f"/cauhoi {number}", "[Trả lời]", "Miễn phí.")

    async def dismissed(tx: object) -> None:
        await tx.run("DELETE FROM roles WHERE address = ?", (officer,))  # type: ignore[attr-defined]

    await office.house.app.database.write(dismissed)
    assert "cán bộ" in await office.do(officer, "[Gửi trả lời]")
    assert row(office, number)[2] == "open"
    assert office.audit(officer)[-1][0] == "refused"


async def test_a_donor_has_no_office_of_questions(office: Office) -> None:
    """The command is refused, and typing a button's label does nothing either."""
    await office.admin()
    donor = await asker(office)
    await asked(office, donor)
    assert "chỉ dành cho cán bộ" in await office.do(donor, "/cauhoi 1")
    assert "Câu hỏi 1 của" not in await office.do(donor, "trả lời câu 1")


async def test_an_asker_who_forgot_everything_leaves_nothing_to_answer(office: Office) -> None:
    """The words go at once, also from messages that still wait; the officer is told that it is gone."""
    officer = await office.officer("SYT")
    donor = await asker(office)
    number = await asked(office, donor)
    await office.do(officer, f"/cauhoi {number}", "[Trả lời]", "Miễn phí.")
    await office.do(donor, "/xoa", "[Xoá tất cả]")
    assert "không còn" in await office.do(officer, "[Gửi trả lời]")
    assert office.house.rows("SELECT count(*) FROM questions") == [(0,)]
    waiting = office.house.rows("SELECT payload FROM outbox WHERE dedupe_key LIKE 'question:%' AND state = 'pending'")
    assert not waiting


async def test_an_asker_who_blocked_us_is_no_reason_for_a_lie(office: Office) -> None:
    """The officer hears that it may not be read."""
    officer = await office.officer("SYT")
    donor = await asker(office)
    number = await asked(office, donor)
    await office.house.do(donor, [Blocked(True)])
    assert "đã chặn" in await answer(office, officer, number)
    assert row(office, number)[2] == "answered"


async def test_three_open_questions_are_enough(office: Office) -> None:
    """The fourth waits; once one is answered there is room again."""
    officer = await office.officer("SYT")
    donor = await asker(office)
    first = await asked(office, donor, "Có phòng gửi đồ cho bố mẹ không vậy?")
    for words in ("Có phòng gửi túi xách không vậy?", "Phòng họp ở tầng mấy vậy ạ?"):
        await asked(office, donor, words)
    assert "3 câu hỏi chờ" in await office.do(donor, "/hoi")
    await answer(office, officer, first)
    assert "Bạn muốn hỏi" in await office.do(donor, "/hoi")


async def test_a_second_tap_on_send_asks_once(office: Office) -> None:
    """Impatient fingers."""
    await office.admin()
    donor = await asker(office)
    await office.do(donor, WORDS, "[Gửi câu hỏi cho cán bộ]")
    token = office.token(donor, "Gửi")
    await office.house.do(donor, [Press(token), Press(token)], together=True)
    assert office.house.rows("SELECT count(*) FROM questions") == [(1,)]


async def test_a_follow_up_goes_to_whoever_answered(office: Office) -> None:
    """Passed up to LS and answered there: the next question goes to LS, though SYT has an officer."""
    below, above = await office.officer("SYT"), await office.officer("LS")
    donor = await asker(office)
    number = await asked(office, donor)
    assert "Đã chuyển câu" in await office.do(
        below, f"/cauhoi {number}", "[Chuyển lên cấp trên]", "[Chuyển lên cấp trên]"
    )
    assert row(office, number)[0] == "LS"
    assert "không thuộc" in await office.do(below, f"/cauhoi {number}")
    assert any("Cấp dưới chuyển lên" in said for said in told(office, above))
    await answer(office, above, number)
    assert row(office, await asked(office, donor, "Thế xe đạp điện có chỗ sạc không vậy?"))[0] == "LS"


async def test_what_waits_two_working_days_is_told_above_once(office: Office) -> None:
    """Asked on a Sunday: Tuesday at the same hour. Before that nobody above hears of it."""
    await office.officer("SYT")
    above = await office.officer("LS")
    number = await asked(office, await asker(office))
    app = office.house.app
    for hours, heard in ((47, 0), (1, 1), (24, 1)):
        app.clock.move(timedelta(hours=hours))
        await app._housekeeping.tick()
        assert len([said for said in told(office, above) if "quá 2 ngày làm việc" in said]) == heard, hours
    assert row(office, number)[0] == "SYT"


async def test_at_night_officers_sleep_and_answers_go(office: Office) -> None:
    """The question waits until the morning; the answer of an officer who is awake does not."""
    officer = await office.officer("SYT")
    donor = await asker(office)
    office.house.app.clock.move(timedelta(hours=15))
    number = await asked(office, donor)
    [(not_before,)] = office.house.rows("SELECT not_before FROM outbox WHERE dedupe_key LIKE 'question:%'")
    assert not_before == int((NOW + timedelta(hours=23)).timestamp() * 1000)
    await answer(office, officer, number)
    rows = office.house.rows("SELECT not_before, lane FROM outbox WHERE dedupe_key = ?", f"answer:{number}")
    assert rows == [(0, 0)]
    assert office.house.rows("SELECT state FROM outbox WHERE dedupe_key LIKE 'question:%'") == [("cancelled",)]


async def test_a_closed_question_tells_why(office: Office) -> None:
    """A reason is chosen or typed; both end up with whoever asked."""
    officer = await office.officer("SYT")
    donor = await asker(office)
    number = await asked(office, donor)
    await office.do(officer, f"/cauhoi {number}", "[Khép lại, không trả lời]", "Đã gọi cho bạn hôm qua")
    assert row(office, number)[2:] == ("closed", "Đã gọi cho bạn hôm qua", "SYT")
    assert "Đã gọi cho bạn hôm qua" in office.last(donor)


async def test_words_go_a_month_after_the_answer(office: Office) -> None:
    """That something was asked and answered stays."""
    officer = await office.officer("SYT")
    number = await asked(office, await asker(office))
    await answer(office, officer, number)
    app = office.house.app
    for days, words in ((29, WORDS), (2, "")):
        app.clock.move(timedelta(days=days))
        await app._housekeeping.tick()
        assert row(office, number)[1] == words
    assert row(office, number)[2:] == ("answered", "", "SYT")
    assert "đã xoá theo hạn" in await office.do(officer, f"/cauhoi {number}")


async def test_what_nobody_answers_for_two_months_ends_with_the_truth(office: Office) -> None:
    """Words are not kept for nothing, and whoever asked is told whom to call."""
    await office.officer("SYT")
    donor = await asker(office)
    number = await asked(office, donor)
    app = office.house.app
    app.clock.move(timedelta(days=61))
    await app._housekeeping.tick()
    assert row(office, number)[2] == "closed"
    assert "chưa có ai trả lời" in office.last(donor)
    assert "0205 3812 345" in office.last(donor)


async def test_my_data_shows_what_was_asked_and_answered(office: Office) -> None:
    """In words and in the file."""
    officer = await office.officer("SYT")
    donor = await asker(office)
    await answer(office, officer, await asked(office, donor))
    await office.do(donor, "/dulieu")
    assert any(WORDS in said.get("text", "") for said in office.house.said(donor)[-2:])
    from storage.dossier import all_about

    async with office.house.app.database.read() as tx:
        [one] = (await all_about(tx, donor))["questions"]
    assert (one["question"], one["answer"], one["state"]) == (WORDS, "Gửi xe miễn phí.", "answered")


async def test_the_log_holds_numbers_and_no_words(office: Office) -> None:
    """Ids and codes alone."""
    officer = await office.officer("SYT")
    number = await asked(office, await asker(office))
    await answer(office, officer, number)
    assert ("question", {"change": "answered", "question": number, "unit": "SYT"}) in office.audit(officer)
    assert "xe" not in json.dumps(office.house.rows("SELECT detail FROM audit"))


@pytest.mark.parametrize("typed_on", ["hiến máu có đau không", "lich hien mau", "/lich", "dang ky hien mau"])
async def test_an_offer_holds_nobody_up(office: Office, typed_on: str) -> None:
    """What else is typed goes on as if nothing were open."""
    await office.admin()
    donor = office.house.newcomer()
    assert "Bạn muốn gửi cho cán bộ" in await office.do(donor, WORDS)
    said = await office.do(donor, typed_on)
    assert "cán bộ không?" not in said
    conversation = office.house.conversation(donor)
    assert conversation is None or conversation["form"] != "ask"


async def test_in_the_middle_of_a_form_words_are_answers(office: Office) -> None:
    """Neither search nor emergency words interfere: the form asks on."""
    await office.admin()
    donor = office.house.newcomer()
    await office.do(donor, "/dangky", "[Đồng ý]", "hien mau co dau khong")
    conversation = office.house.conversation(donor)
    assert conversation
    assert conversation["form"] == "register"


@pytest.mark.parametrize("said", ["em vừa ngất sau khi hiến máu", "she fainted after donating", "cấp cứu"])
async def test_danger_gets_the_number_first(office: Office, said: str) -> None:
    """Before anything else, also where nobody is there to answer."""
    answered = await office.do(office.house.newcomer(), said)
    assert "115" in answered.splitlines()[0]
    assert "0205 3812 345" in answered.splitlines()[0]


async def test_a_configured_administrator_whom_nobody_knows_is_told(tmp_path: Path) -> None:
    """The last desk of all: an address of the settings."""
    bot = {"organisation": "LĐLĐ tỉnh", "contact": "văn phòng", "province": "Lạng Sơn", "admins": ["terminal:chief"]}
    async with open_app(config_of(tmp_path, bot=bot), Clock(NOW)) as app:
        office = Office(House(app))
        number = await asked(office, office.house.newcomer())
        assert row(office, number)[0] is None
        assert told(office, "terminal:chief")
        assert "Đã gửi câu trả lời" in await answer(office, "terminal:chief", number)


async def test_two_ends_at_once_are_one(office: Office) -> None:
    """In the table: of two only the first changes anything."""
    database: Database = office.house.app.database

    async def both(tx: object) -> list[bool]:
        one = await questions.ask(tx, "web:1", "Hỏi", unit_id=None, at=1)  # type: ignore[arg-type]
        ends = [questions.End("answered", words, "web:2", None) for words in ("A", "B")]
        return [await questions.end(tx, one.id, how, 2) for how in ends]  # type: ignore[arg-type]

    assert await database.write(both) == [True, False]
    assert office.house.rows("SELECT answer FROM questions") == [("A",)]


async def test_a_chat_that_moves_takes_its_questions_along(office: Office) -> None:
    """Telegram gives a group another address."""
    await office.admin()
    donor = await asker(office)
    number = await asked(office, donor)
    await office.house.app.database.write(lambda tx: people.move(tx, donor, "terminal:moved"))
    assert office.house.rows("SELECT address FROM questions WHERE id = ?", number) == [("terminal:moved",)]


async def test_an_answer_never_reaches_somebody_who_asked_later(office: Office) -> None:
    """The asker is forgotten while an officer writes, and the next one asks: the words were not meant for them."""
    officer = await office.officer("SYT")
    first, second = await asker(office), await asker(office)
    number = await asked(office, first)
    await office.do(officer, f"/cauhoi {number}", "[Trả lời]", "Kết quả của bạn đã có.")
    send = office.token(officer, "Gửi trả lời")
    await office.do(first, "/xoa", "[Xoá tất cả]")
    later = await asked(office, second, "Tôi đăng ký nhầm đợt thì làm sao?")
    await office.house.do(officer, [Press(send)])
    assert row(office, later)[2] == "open"
    assert "không còn" in office.last(officer)


async def test_words_behind_the_command_are_not_asked_for_again(office: Office) -> None:
    """They are heard like words without it: an answer with its source, or the way to an officer."""
    await office.officer("YT")
    address = await asker(office)
    await office.do(address, f"/hoi {WORDS}", *SEND)
    assert office.house.rows("SELECT question FROM questions") == [(WORDS,)]
    assert "Nguồn" in await office.do(address, "/hoi bao lâu thì hiến lại được")
