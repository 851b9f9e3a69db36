"""Updates of every shape: foreign, old, doubled, forged, from groups, from a newer Bot API. Nothing breaks, nothing is doubled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.program import PATIENCE_S, AtTelegram, until
from tests.servers.telegram import Person

STEPS = ["/dangky", "Đồng ý", "Nguyễn Văn An", "so y te", "1990", "Nam", "chưa biết", "0", "0912345678"]


async def walk(person: Person, steps: list[str]) -> None:
    """Say one after the other, each after the answer to the one before."""
    for text in steps:
        person.say(text)
        await person.answer(PATIENCE_S)


def raw(person: Person, **message: Any) -> dict[str, Any]:
    """A message as the Bot API describes it."""
    body = {"message_id": 9_000, "date": 1_790_000_000, "from": person.user, "chat": person.chat.body}
    return {key: value for key, value in {**body, **message}.items() if value is not None}


async def still_talks(telegram: AtTelegram) -> None:
    """Somebody else is answered, and no turn has failed."""
    person = telegram.server.person("Mai")
    person.say("/huy")
    assert "Hiện không có phiếu" in (await person.answer(PATIENCE_S)).text
    assert not telegram.rows("SELECT * FROM inbox WHERE state <> 'done' OR attempts > 0")


IGNORED = {
    "36 channel post": lambda p: {"channel_post": raw(p, **{"from": None, "text": "/dangky"})},
    "36 message without sender": lambda p: {"message": raw(p, **{"from": None, "text": "/dangky"})},
    "another bot": lambda p: {"message": raw(p, **{"from": {**p.user, "is_bot": True}, "text": "/dangky"})},
    "55 unknown kind": lambda p: {"message_teleported": {"from": p.user, "to": "Moon"}},
    "55 nothing but a number": lambda p: {},
    "chat that is no chat": lambda p: {"message": {"message_id": 1, "chat": 7, "from": p.user, "text": "x"}},
    "message that is no object": lambda p: {"message": [1, 2]},
    "press without message": lambda p: {
        "callback_query": {"id": "1", "from": p.user, "chat_instance": "1", "data": "x"}
    },
    "press without data": lambda p: {
        "callback_query": {"id": "1", "from": p.user, "chat_instance": "1", "message": raw(p)}
    },
    "press of somebody else in a private chat": lambda p: {
        "callback_query": {
            "id": "1",
            "from": {**p.user, "id": p.user["id"] + 1},
            "chat_instance": "1",
            "message": raw(p),
            "data": "/dangky",
        }
    },
    "member change without status": lambda p: {"my_chat_member": {"chat": p.chat.body, "from": p.user, "date": 1}},
    "pinned message": lambda p: {"message": raw(p, pinned_message=raw(p, text="x"))},
}


@pytest.mark.parametrize("shape", IGNORED)
async def test_what_means_nothing_is_confirmed_and_forgotten(telegram: AtTelegram, shape: str) -> None:
    """Nobody is answered, nobody is held up."""
    person = telegram.server.person("Lan")
    person.chat.met = True
    if shape.startswith(("36 channel", "55")):  # The server filters what was not asked for: it is forced in here.
        await until(lambda: telegram.server.world.queue.allowed is not None)
        telegram.server.world.queue.allowed = None
    telegram.server.push(IGNORED[shape](person))
    await still_talks(telegram)
    assert not person.messages


OTHER = {
    "sticker": {"sticker": {"file_id": "x"}},
    "photo": {"photo": [{"file_id": "x"}], "caption": "Nguyễn Văn An"},
    "voice": {"voice": {"file_id": "x", "duration": 1}},
    "location": {"location": {"latitude": 1.0, "longitude": 2.0}},
    "poll": {"poll": {"id": "1", "question": "?"}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "a kind of tomorrow": {"hologram": {"file_id": "x"}},
    "text that is no text": {"text": {"a": 1}},
    "contact without a number": {"contact": {"first_name": "A"}},
    "contact of another person": {"contact": {"phone_number": "0912345678", "first_name": "A", "user_id": 1}},
}


@pytest.mark.parametrize("kind", OTHER)
async def test_what_no_form_reads_is_answered_and_the_question_stays(telegram: AtTelegram, kind: str) -> None:
    """38, 39: a polite word, and the open question again."""
    person = telegram.server.person("Lan")
    await walk(person, STEPS[:2])
    person.send(OTHER[kind])
    assert "Câu 1/7. Họ và tên" in (await person.answer(PATIENCE_S)).text
    await walk(person, ["Nguyễn Văn An"])
    assert "Câu 2/7" in person.last.text


async def test_an_edited_message_changes_no_answer(telegram: AtTelegram) -> None:
    """37: the donor hears how to change an answer."""
    person = telegram.server.person("Lan")
    await walk(person, STEPS[:2])
    message = person.say("Nguyễn Văn An")
    await person.answer(PATIENCE_S)
    person.edit(message.id, "Nguyễn Văn Anh")
    answer = await person.answer(PATIENCE_S)
    assert "Tôi không đọc lại tin nhắn đã sửa" in answer.text
    assert "Câu 2/7" in answer.text


@pytest.mark.parametrize(
    "data",
    [
        "",
        "0.sex:M",
        "zzzz.review:save",
        "\ufffd" * 21,
        "💉" * 16,
        "a" * 64,
        "/export",
        "/export all",
        "/",
        "/unknown",
        ":",
        ".:",
        "{0}%s:",
        "1.unit:u999999",
        "1.unit:in999999",
        "1.export:all",
        "-1.forget:yes",
    ],
)
async def test_a_forged_button_is_refused_and_the_question_stays(telegram: AtTelegram, data: str) -> None:
    """41, 43: nothing in a button is believed but a choice of the question that is open."""
    person = telegram.server.person("Lan")
    await walk(person, STEPS[:4])
    person.press_data(person.user, data, person.last.message)
    await telegram.settled(5)
    assert "Câu 3/7" in person.last.text
    assert telegram.rows("SELECT step FROM conversations") == [("age",)]
    await still_talks(telegram)


async def test_another_persons_button_is_not_mine(telegram: AtTelegram) -> None:
    """41: the button of somebody else's card saves nothing for me."""
    lan, mai = telegram.server.person("Lan"), telegram.server.person("Mai")
    await walk(lan, STEPS)
    await walk(mai, STEPS[:3])
    save = lan.last.body["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    mai.press_data(mai.user, save, mai.last.message)
    assert "Nút này thuộc câu hỏi trước" in (await mai.answer(PATIENCE_S)).text
    assert telegram.rows("SELECT count(*) FROM donors") == [(0,)]


async def test_a_button_of_three_days_ago_offers_the_question_of_now(telegram: AtTelegram) -> None:
    """42: also where the question is the same one, opened anew."""
    person = telegram.server.person("Lan")
    await walk(person, STEPS[:6])
    old = person.last
    await walk(person, ["huỷ", *STEPS[:6]])
    telegram.app.clock.move(timedelta(days=3))
    person.press_old(old, "O")
    answer = await person.answer(PATIENCE_S)
    assert "Câu 5/7" in answer.text
    assert telegram.rows("SELECT step FROM conversations") == [("abo",)]


async def test_fifty_taps_at_once_register_once(telegram: AtTelegram) -> None:
    """48: one registration, one thank you, and a plain word to each other tap."""
    person = telegram.server.person("Lan")
    await walk(person, STEPS)
    card = person.last
    for _ in range(50):
        person.press_old(card, "Lưu")
    await telegram.settled(len(STEPS) + 50)
    assert telegram.rows("SELECT count(*) FROM donors") == [(1,)]
    texts = [seen.text for seen in person.messages]
    assert sum("Bạn đã đăng ký" in text for text in texts) == 1
    # Once saved, the question whether they come to the next round is open.
    assert sum(text.startswith("Nút này thuộc câu hỏi trước") for text in texts) == 49
    await until(lambda: len(person.toasts) == 50, "every press is acknowledged")


async def test_two_taps_on_an_answer_answer_one_question(telegram: AtTelegram) -> None:
    """48: the second tap does not answer the next question."""
    person = telegram.server.person("Lan")
    await walk(person, STEPS[:7])
    asked = person.messages[-2]
    person.press_old(asked, "Chưa biết")
    person.press_old(asked, "Chưa biết")
    await telegram.settled(9)
    assert telegram.rows("SELECT step FROM conversations") == [("count",)]


async def test_the_same_update_twice_is_one_message(telegram: AtTelegram) -> None:
    """45: it is answered once."""
    person = telegram.server.person("Lan")
    person.chat.met = True
    update = {"update_id": 500_000, "message": raw(person, text="/huy")}
    telegram.server.push(update)
    await person.answer(PATIENCE_S)
    person.act()
    telegram.server.push(update)
    await still_talks(telegram)
    assert len(person.messages) == 1


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("x" * 64, "không còn dùng được"),
        ("u_" + "x" * 62, "không tìm thấy"),
        ("u_' OR 1=1", "không tìm thấy"),
        ("\u202e\u0000", "không còn dùng được"),
    ],
)
async def test_a_link_that_leads_nowhere_still_begins(telegram: AtTelegram, payload: str, said: str) -> None:
    """49: the person hears it, and can go on."""
    person = telegram.server.person("Lan")
    person.start(payload)
    first, second = await person.answers(2, PATIENCE_S)
    assert said in first.text
    assert "trợ lý tự động" in second.text


async def test_commands_of_other_bots_are_theirs(telegram: AtTelegram) -> None:
    """50: in a group silence, in private no command of ours."""
    lan = telegram.server.person("Lan")
    group = telegram.server.group(privacy=False)
    group.say(lan, "/dangky@otherbot")
    lan.say("/dangky@otherbot")
    assert "chưa hiểu ý bạn" in (await lan.answer(PATIENCE_S)).text
    lan.say("/huy@giothong_TEST_bot")
    assert "Hiện không có phiếu" in (await lan.answer(PATIENCE_S)).text
    assert not group.messages


async def test_a_group_is_asked_to_write_in_private(telegram: AtTelegram) -> None:
    """51: a command in a group opens no form; other words there are not ours."""
    lan = telegram.server.person("Lan")
    group = telegram.server.group(privacy=False)
    group.say(lan, "chào cả nhà")
    group.say(lan, "/dangky")
    assert "nhắn riêng" in (await group.answer(PATIENCE_S)).text
    group.say(lan, "/xuat")
    assert "nhắn riêng" in (await group.answer(PATIENCE_S)).text
    assert telegram.rows("SELECT count(*) FROM conversations") == [(0,)]
    assert len(group.messages) == 2


async def test_a_group_that_becomes_a_supergroup_is_answered_there(telegram: AtTelegram) -> None:
    """53: what is still to be said goes to the new chat, also when the error tells of the move."""
    lan = telegram.server.person("Lan")
    group = telegram.server.group(privacy=False)
    group.say(lan, "/dangky")
    await group.answer(PATIENCE_S)
    moved = group.migrate()
    group.say(lan, "/dangky")  # a message from before the move that comes in after it
    assert "nhắn riêng" in (await moved.answer(PATIENCE_S)).text
    await still_talks(telegram)


async def test_who_blocks_before_the_answer_is_left_alone(telegram: AtTelegram) -> None:
    """54: the row ends as failed, nothing more is tried; who comes back is answered again."""
    person = telegram.server.person("Lan")
    await walk(person, STEPS[:2])
    person.say("Nguyễn Văn An")
    person.block()
    await until(lambda: telegram.rows("SELECT reachable FROM people") == [(0,)], "noted as not reachable")
    await telegram.settled(4)
    sends = len([call for call in telegram.server.calls if call.method == "sendMessage"])
    await still_talks(telegram)
    refused = [call for call in telegram.server.calls if call.method == "sendMessage"][sends:]
    assert all(call.accepted for call in refused)
    person.unblock()
    person.say("hello")
    assert "Câu" in (await person.answer(PATIENCE_S)).text
    assert telegram.rows("SELECT reachable FROM people WHERE address = ?", f"telegram:{person.id}") == [(1,)]


@pytest.mark.parametrize("name", ["", "\u202e" * 64, "<b>", "a" * 64])
async def test_whatever_the_account_is_called(telegram: AtTelegram, name: str) -> None:
    """57: the platform's name of a person is not used at all."""
    person = telegram.server.person(name, last_name=None, username=None, language_code=None)
    person.user["username"] = "changed"
    await walk(person, STEPS[:3])
    assert "Câu 2/7" in person.last.text


@pytest.mark.parametrize(
    ("code", "word"), [("vi", "Xin chào"), ("en", "Hello"), ("en-GB", "Hello"), ("km", "Xin chào"), (7, "Xin chào")]
)
async def test_the_language_of_the_client_is_a_hint(telegram: AtTelegram, code: object, word: str) -> None:
    """Whatever stands there, the first word is in a language that we speak."""
    person = telegram.server.person("Lan", language_code=code)
    person.say("/start")
    assert word in (await person.answer(PATIENCE_S)).text
