"""The fake Bot API accepts and refuses what the real one does, in its words."""

import io
import json
from typing import Any

import aiohttp
import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.servers.conftest import Call
from tests.servers.telegram import FakeTelegram
from tests.servers.telegram.errors import NOT_MODIFIED, OLD_QUERY
from tests.servers.telegram.text import formatted

OK = {"text": "Đồng ý", "callback_data": "ok"}
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    """A keyboard of one row."""
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot1000:TEST/sendTelepathy", 404, "Not Found: method not found"),
        ("/bot1000:OTHER/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/", 404, "Not Found"),
    ],
)
async def test_wrong_addresses_are_refused(server: FakeTelegram, path: str, status: int, description: str) -> None:
    """Token and method are checked."""
    async with aiohttp.request("POST", server.base_url + path) as answer:
        assert (answer.status, (await answer.json())["description"]) == (status, description)


BUTTONS = [{"text": str(n), "callback_data": str(n)} for n in range(101)]
REFUSED_SENDS = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n\t"}, "text must be non-empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": "x", "txet": "y"}, 'unknown parameter "txet" of sendMessage (fake)'),
    ({"text": 5}, 'parameter "text" must be of type String'),
    ({"text": "x", "protect_content": "maybe"}, 'parameter "protect_content" must be of type Boolean'),
    ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    (
        {"text": "chào <b>bạn", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    (
        {"text": "đ <x>", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "x" at byte offset 3',
    ),
    (
        {"text": "12.5", "parse_mode": "MarkdownV2"},
        "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    ),
    (
        {"text": "đ *x", "parse_mode": "MarkdownV2"},
        "can't parse entities: Can't find end of Bold entity at byte offset 3",
    ),
    (
        {"text": "abc", "entities": [{"type": "bold", "offset": 1, "length": 3}]},
        "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 3",
    ),
    (
        {"text": "😀", "entities": [{"type": "bold", "offset": 0, "length": 1}]},
        "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4",
    ),
    (
        {"text": "x", "entities": [{"type": "loud", "offset": 0, "length": 1}]},
        "can't parse MessageEntity: Unsupported type specified",
    ),
    ({"text": "x", "reply_markup": inline({"text": "a", "callback_data": "đ" * 33})}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": inline({"text": "a", "callback_data": ""})}, "BUTTON_DATA_INVALID"),
    (
        {"text": "x", "reply_markup": inline({"text": "a"})},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        {"text": "x", "reply_markup": inline({**OK, "url": "https://a.vn"})},
        "can't parse inline keyboard button: exactly one of url, callback_data must be used (fake)",
    ),
    (
        {"text": "x", "reply_markup": inline({"text": "a", "url": "http://localhost:80/"})},
        "inline keyboard button URL 'http://localhost:80/' is invalid: Wrong HTTP URL",
    ),
    (
        {"text": "x", "reply_markup": inline({"text": "a", "web_app": {"url": "http://a.vn"}})},
        "inline keyboard button Web App URL 'http://a.vn' is invalid: Only HTTPS links are allowed",
    ),
    ({"text": "x", "reply_markup": {"inline_keyboard": [OK]}}, 'parameter "reply_markup".inline_keyboard[0] must be'),
    ({"text": "x", "reply_markup": inline(*BUTTONS)}, "reply markup is too long"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
    ({"text": "x", "chat_id": None}, "chat_id is empty"),
    ({"text": "x", "chat_id": 42}, "chat not found"),
    ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
]


@pytest.mark.parametrize(("params", "said"), REFUSED_SENDS, ids=[said[:50] for _, said in REFUSED_SENDS])
async def test_a_bad_message_is_refused(server: FakeTelegram, call: Call, params: dict[str, Any], said: str) -> None:
    """Every refusal has the code and the words of the real server, and nothing reaches the person."""
    person = server.person()
    person.say("xin chào")
    answer = await call("sendMessage", **{"chat_id": person.id, **params})
    assert answer["error_code"] == 400
    assert answer["description"].startswith(f"Bad Request: {said}")
    assert not person.messages
    assert server.calls[-1].outcome == "refused"


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 2048, "<b>" + "x" * 4096 + "</b>"])
async def test_the_longest_text_passes(server: FakeTelegram, call: Call, text: str) -> None:
    """4096 units after parsing."""
    person = server.person()
    person.start()
    assert (await call("sendMessage", chat_id=person.id, text=text, parse_mode="HTML"))["ok"]


@pytest.mark.parametrize(
    ("raw", "mode", "text", "entity"),
    [
        ("<b>😀</b> x", "HTML", "😀 x", {"type": "bold", "offset": 0, "length": 2}),
        ("&lt;b&gt; &#128512; <i>đ</i>", "html", "<b> 😀 đ", {"type": "italic", "offset": 7, "length": 1}),
        ("  <u> a </u>", "HTML", "a", {"type": "underline", "offset": 0, "length": 1}),
        (
            '<pre><code class="language-py">x</code></pre>',
            "HTML",
            "x",
            {"type": "pre", "offset": 0, "length": 1, "language": "py"},
        ),
        ("*a\\.b*", "MarkdownV2", "a.b", {"type": "bold", "offset": 0, "length": 3}),
        (
            "[x](https://a.vn/\\))",
            "MarkdownV2",
            "x",
            {"type": "text_link", "offset": 0, "length": 1, "url": "https://a.vn/)"},
        ),
        (">q\n>r\nz", "MarkdownV2", "q\nr\nz", {"type": "blockquote", "offset": 0, "length": 3}),
        ("gõ /help nhé", None, "gõ /help nhé", {"type": "bot_command", "offset": 3, "length": 5}),
        ("a\x00b\u202ec /x", None, "a bc /x", {"type": "bot_command", "offset": 5, "length": 2}),
    ],
)
def test_texts_are_parsed_like_the_real_one(raw: str, mode: str | None, text: str, entity: dict[str, Any]) -> None:
    """Marks become entities in UTF-16 offsets; control characters and overrides go."""
    assert formatted(raw, mode, None) == (text, [entity])


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"[" * 100_000, "application/json", "can't parse request"),
        (b"[1]", "application/json", "can't parse request"),
        (b'{"chat_id":1,"text":"\xff"}', "application/json", "strings must be encoded in UTF-8"),
        (b'{"chat_id":1,"text":"\\ud800"}', "application/json", "strings must be encoded in UTF-8"),
        (b'{"chat_id":"' + b"1" * 5000 + b'","text":"x"}', "application/json", "chat not found"),
        (b"chat_id=1&text=x&reply_markup=" + b"[" * 100_000, "application/x-www-form-urlencoded", "can't parse reply"),
        (b"nonsense", "multipart/form-data; boundary=x", "can't parse multipart body"),
        (b"", "application/json", "chat_id is empty"),
    ],
    ids=["deep", "array", "not UTF-8", "half a pair", "long number", "deep markup", "no parts", "nothing"],
)
async def test_a_broken_body_is_refused(server: FakeTelegram, body: bytes, kind: str, said: str) -> None:
    """With 400 and never with a broken server."""
    url, headers = f"{server.bot_url}{server.token}/sendMessage", {"Content-Type": kind}
    async with aiohttp.request("POST", url, data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["description"].startswith(f"Bad Request: {said}")


async def test_form_fields_carry_json_texts(server: FakeTelegram) -> None:
    """The three body kinds mean the same."""
    person = server.person()
    person.start()
    fields = {"chat_id": str(person.id), "text": "a", "reply_markup": json.dumps(inline(OK))}
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    for data in (fields, multipart):
        async with aiohttp.request("POST", f"{server.bot_url}{server.token}/sendmessage", data=data) as answer:
            assert answer.status == 200
    assert [seen.buttons for seen in person.messages] == [[["Đồng ý"]], [["Đồng ý"]]]


async def test_a_document_arrives_whole(server: FakeTelegram, bot: Bot) -> None:
    """Name without directories, bytes as sent, caption, and it can be fetched again."""
    person = server.person()
    person.start()
    sent = await bot.send_document(person.id, io.BytesIO(b"STT"), filename="../../ds.csv", caption="Danh sách")
    seen = await person.answer()
    assert (seen.document, seen.text) == (("ds.csv", b"STT"), "Danh sách")
    assert sent.document
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"STT"
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_document(person.id, b"x", filename="a", caption="x" * 1025)
    with pytest.raises(BadRequest, match=r"[Ff]ile must be non-empty"):
        await bot.send_document(person.id, b"", filename="a.csv")
    with pytest.raises(BadRequest, match="file identifier"):
        await bot.send_document(person.id, "no-such-file-id")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello", "IMAGE_PROCESS_FAILED"),
        (PNG + (30_000).to_bytes(4, "big") * 2, "PHOTO_INVALID_DIMENSIONS"),
        (PNG + b"x" * 10_485_761, "file of size 10485777 bytes is too big for a photo; the maximum size is 10485760"),
    ],
    ids=["no picture", "30,000 pixels wide", "over 10 MB"],
)
async def test_a_bad_picture_is_refused(server: FakeTelegram, content: bytes, said: str) -> None:
    """Pictures have limits of their own."""
    person = server.person()
    person.start()
    data = aiohttp.FormData({"chat_id": str(person.id)})
    data.add_field("photo", io.BytesIO(content), filename="a.png")
    async with aiohttp.request("POST", f"{server.bot_url}{server.token}/sendPhoto", data=data) as answer:
        assert (await answer.json())["description"].startswith(f"Bad Request: {said}")


async def test_a_venue_and_a_contact_button(server: FakeTelegram, call: Call) -> None:
    """The pin is seen; the key shares the person's own contact."""
    person = server.person("Hoa")
    person.start()
    place = {"latitude": 21.85, "longitude": 106.76, "title": "Nhà văn hoá", "address": "Lạng Sơn"}
    await call("sendVenue", chat_id=person.id, **place)
    assert (await person.answer()).venue == {
        "location": {"latitude": 21.85, "longitude": 106.76},
        "title": "Nhà văn hoá",
        "address": "Lạng Sơn",
    }
    keys = {"keyboard": [[{"text": "Gửi số", "request_contact": True}]], "one_time_keyboard": True}
    await call("sendMessage", chat_id=person.id, text="Số?", reply_markup=keys)
    assert person.keyboard == [["Gửi số"]]
    shared = person.press("Gửi số")
    assert not isinstance(shared, str) and shared.body["contact"]["user_id"] == person.id
    assert person.keyboard == []
    group = server.group()
    answer = await call("sendMessage", chat_id=group.id, text="Số?", reply_markup=keys)
    assert answer["description"] == "Bad Request: phone number can be requested in private chats only"


async def test_edits_follow_the_rules(server: FakeTelegram, bot: Bot) -> None:
    """Unchanged, missing and foreign messages are refused; an edit without buttons takes them away."""
    person = server.person()
    theirs = person.start()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Đồng ý", callback_data="ok")]])
    sent = await bot.send_message(person.id, "Một", reply_markup=keyboard)
    before = await person.answer()
    with pytest.raises(BadRequest) as refused:
        await bot.edit_message_text("Một", person.id, sent.message_id, reply_markup=keyboard)
    assert refused.value.message.lower() == NOT_MODIFIED.lower()
    await bot.edit_message_text("Hai", person.id, sent.message_id)
    after = await person.answer()
    assert (before.text, before.buttons, after.text, after.buttons) == ("Một", [["Đồng ý"]], "Hai", [])
    assert after.edited
    with pytest.raises(BadRequest, match=r"[Mm]essage to edit not found"):
        await bot.edit_message_text("x", person.id, 999)
    with pytest.raises(BadRequest, match=r"[Mm]essage can't be edited"):
        await bot.edit_message_text("x", person.id, theirs.id)
    with pytest.raises(BadRequest, match="no caption in the message to edit"):
        await bot.edit_message_caption(person.id, sent.message_id, caption="x")
    await bot.delete_message(person.id, sent.message_id)
    assert person.messages == []
    with pytest.raises(BadRequest, match=r"[Mm]essage to delete not found"):
        await bot.delete_message(person.id, sent.message_id)


async def test_people_who_cannot_be_reached(server: FakeTelegram, bot: Bot) -> None:
    """Blocked, deactivated, kicked, moved, never met: each has its own refusal."""
    person, stranger, group = server.person(), server.person(), server.group()
    person.start()
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await bot.send_message(stranger.id, "x")
    person.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(person.id, "x")
    person.unblock()
    await bot.send_message(person.id, "x")
    person.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(person.id, "x")
    moved = group.migrate()
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(group.id, "x")
    assert migrated.value.new_chat_id == moved.id
    moved.kick(person)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(moved.id, "x")


async def test_a_press_can_be_answered_for_150_seconds(server: FakeTelegram, bot: Bot) -> None:
    """Then, or for an id never given out, the query is too old."""
    person = server.person()
    person.start()
    await bot.send_message(
        person.id, "?", reply_markup=InlineKeyboardMarkup.from_button(InlineKeyboardButton("A", callback_data="a"))
    )
    query_id = person.press("A")
    assert isinstance(query_id, str)
    with pytest.raises(BadRequest, match=r"MESSAGE_TOO_LONG|Message_too_long"):
        await bot.answer_callback_query(query_id, "x" * 201)
    await bot.answer_callback_query(query_id, "đã ghi")
    assert await person.toast() == "đã ghi"
    server.advance(151)
    for unknown in (query_id, "17"):
        with pytest.raises(BadRequest) as refused:
            await bot.answer_callback_query(unknown)
        assert refused.value.message.lower() == OLD_QUERY.lower()


COMMAND = {"command": "register", "description": "Đăng ký"}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"commands": [{**COMMAND, "command": "Đăng"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{**COMMAND, "command": "a" * 33}]}, "command length must not exceed 32"),
        ({"commands": [{**COMMAND, "description": " "}]}, "command description must be non-empty"),
        ({"commands": [{**COMMAND, "description": "x" * 257}]}, "command description length must not exceed 256"),
        ({"commands": [COMMAND] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [COMMAND], "language_code": "vie"}, "invalid language code specified"),
        ({"commands": [COMMAND], "scope": {"type": "chat", "chat_id": 77}}, "chat not found"),
        ({"commands": [COMMAND], "scope": {"type": "village"}}, 'can\'t parse parameter "scope": unsupported type'),
        ({"commands": [COMMAND], "scope": {"type": "chat"}}, 'can\'t find field "chat_id" in parameter "scope"'),
        ({}, 'parameter "commands" is required'),
    ],
)
async def test_a_bad_menu_is_refused(call: Call, params: dict[str, Any], said: str) -> None:
    """Commands, scopes and languages are checked."""
    assert (await call("setMyCommands", **params))["description"].startswith(f"Bad Request: {said}")


async def test_menus_are_kept_by_scope_and_language(server: FakeTelegram, bot: Bot) -> None:
    """Set, get, delete; and the texts about the bot."""
    person = server.person()
    person.start()
    scope = BotCommandScopeChat(person.id)
    await bot.set_my_commands([BotCommand("export", "Danh sách")], scope=scope, language_code="vi")
    assert [command.command for command in await bot.get_my_commands(scope, "vi")] == ["export"]
    assert await bot.get_my_commands(scope) == ()
    await bot.delete_my_commands(scope, "vi")
    assert await bot.get_my_commands(scope, "vi") == ()
    await bot.set_my_name("Giọt Hồng", language_code="vi")
    assert server.settings.texts["name", "vi"] == "Giọt Hồng"
    with pytest.raises(BadRequest, match="too long"):
        await bot.set_my_short_description("x" * 121)
    assert (await bot.get_me()).username == "giothong_test_bot"
