"""Telegram and the network at their worst: nothing is lost, nothing is answered twice, the token is never written down."""

from __future__ import annotations

import gzip
import io
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import App
from bot.channels.telegram import channel, wire
from bot.config import TelegramSection
from bot.logs import Scrub
from storage.inbox import Delivered
from tests.program import NOW, PATIENCE_S, AtTelegram, at_telegram, program, rows, until
from tests.servers.telegram import FakeTelegram

SECRET = "right-secret"
TOKEN = "123456789:AAtoken-of-the-tests_0123456789abcde"


@pytest.mark.parametrize(
    "kind",
    ["bad_gateway", "not_ok", "error", "truncated", "cut", "reset", "reset_after", "bad_gateway_after", "error_after"],
)
async def test_an_answer_that_meets_trouble(telegram: AtTelegram, kind: str) -> None:
    """60: it comes in the end, and so does the next one."""
    person = telegram.server.person("Lan")
    telegram.server.fault(kind, "sendMessage")
    person.say("/huy")
    await telegram.settled(1)
    states = telegram.rows("SELECT state FROM outbox")
    assert states == [("sent",)]
    # What took effect although its answer was lost cannot be told from what did not: it is sent once more, and no oftener.
    assert len(person.messages) == (2 if kind in ("truncated", "cut") or "after" in kind else 1)
    person.say("/huy")
    assert "Hiện không có phiếu" in (await person.answer(PATIENCE_S)).text


@pytest.mark.parametrize("kind", ["bad_gateway", "not_ok", "error", "truncated", "cut", "reset", "flood"])
async def test_a_poll_that_meets_trouble(telegram: AtTelegram, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """60: polling goes on, and what was said meanwhile is answered once."""
    monkeypatch.setattr(channel, "_BACKOFF_S", (0.01,))
    person = telegram.server.person("Lan")
    telegram.server.fault(kind, "getUpdates", times=2)
    person.say("/huy")
    assert "Hiện không có phiếu" in (await person.answer(PATIENCE_S)).text
    await telegram.settled(1)
    assert len(person.messages) == 1


async def test_a_refusal_without_a_time_waits_and_goes_on(
    telegram: AtTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """59: 429 without retry_after."""
    monkeypatch.setattr(wire, "_WAIT_WHEN_UNSAID_S", 1)
    person = telegram.server.person("Lan")
    telegram.server.fault("flood", "sendMessage", retry_after=None)
    person.say("/huy")
    assert "Hiện không có phiếu" in (await person.answer(PATIENCE_S)).text
    await telegram.settled(1)
    assert telegram.rows("SELECT state, attempts FROM outbox") == [("sent", 0)]


async def test_a_refusal_for_a_day_keeps_the_message_for_a_day(telegram: AtTelegram) -> None:
    """59: 429 with 86,400 holds up that chat alone, and nothing of it is lost."""
    lan, mai = telegram.server.person("Lan"), telegram.server.person("Mai")
    telegram.server.fault("flood", "sendMessage", retry_after=86_400, chat_id=lan.id)
    lan.say("/huy")
    await until(lambda: telegram.rows("SELECT 1 FROM outbox WHERE error = 'Throttled'"), "refused")
    mai.say("/huy")
    assert "Hiện không có phiếu" in (await mai.answer(PATIENCE_S)).text
    [(state, not_before)] = telegram.rows(
        "SELECT state, not_before FROM outbox WHERE address = ?", f"telegram:{lan.id}"
    )
    assert state == "pending"
    assert not_before - telegram.app.clock.at() > 86_000_000


async def test_an_answer_that_hangs_holds_up_nobody_else(telegram: AtTelegram) -> None:
    """60: the call of one chat never comes back; another is answered."""
    lan, mai = telegram.server.person("Lan"), telegram.server.person("Mai")
    telegram.server.fault("hang", "sendMessage", chat_id=lan.id)
    lan.say("/huy")
    await telegram.server.heard("sendMessage", PATIENCE_S)
    mai.say("/huy")
    assert "Hiện không có phiếu" in (await mai.answer(PATIENCE_S)).text
    await telegram.server.go_down()  # ends the hanging call, so that the program can stop


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_is_an_hour_wrong_changes_nothing(telegram: AtTelegram, hours: int) -> None:
    """62: Telegram's time and ours differ; people are answered all the same, and old buttons stay old."""
    telegram.server.advance(hours * 3600)
    person = telegram.server.person("Lan")
    person.say("/dangky")
    await person.answer(PATIENCE_S)
    person.press("Đồng ý")
    assert "Câu 1/7" in (await person.answer(PATIENCE_S)).text
    telegram.app.clock.move(timedelta(hours=hours))
    person.say("Nguyễn Văn An")
    assert "Câu 2/7" in (await person.answer(PATIENCE_S)).text
    person.press("Duyệt danh sách")
    assert "Chọn một đơn vị" in (await person.answer(PATIENCE_S)).text


async def test_a_press_lost_while_the_program_was_off_is_asked_for_again(tmp_path: Path) -> None:
    """Started again after a night: who has a question open is offered it again, once, without waiting for a long poll."""
    async with FakeTelegram() as server:
        person = server.person("Lan")
        async with program(tmp_path, telegram=at_telegram(server)):
            person.say("/dangky")
            await person.answer(PATIENCE_S)
        async with program(tmp_path, telegram=at_telegram(server), start=NOW + timedelta(minutes=30)):
            assert "gián đoạn" in (await person.answer(PATIENCE_S)).text
            person.press("Đồng ý")
            assert "Câu 1/7" in (await person.answer(PATIENCE_S)).text
            await person.silence()


async def test_another_poller_with_our_token_is_told_and_outlasted(
    telegram: AtTelegram, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """409: the log says what it means, and polling goes on when the other one ends."""
    server = telegram.server
    server.poller.conflict_pause_s = 0.01
    monkeypatch.setattr(channel.TelegramChannel, "_pause", _short_pause)
    await until(lambda: server.poller.polls > 0)
    async with aiohttp.ClientSession() as other:
        async with other.post(f"{server.bot_url}{server.token}/getUpdates", json={"timeout": 0}) as answer:
            assert answer.status in (200, 409)
        await until(lambda: any(call.status == 409 for call in server.calls) or server.poller.polls > 2, "they met")
        task = other.post(f"{server.bot_url}{server.token}/getUpdates", json={"timeout": 1})
        async with task as answer:
            assert answer.status in (200, 409)
    person = server.person("Lan")
    person.say("/huy")
    assert "Hiện không có phiếu" in (await person.answer(PATIENCE_S)).text
    assert any("poll_conflict" in record.message and "another program" in record.message for record in caplog.records)


async def _short_pause(self: channel.TelegramChannel, seconds: float) -> None:
    import asyncio

    await asyncio.sleep(min(seconds, 0.02))


async def test_a_webhook_left_from_before_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """409: who changes from webhook to polling need not know how to delete a webhook."""
    monkeypatch.setattr(channel.TelegramChannel, "_pause", _short_pause)
    async with FakeTelegram() as server:
        async with aiohttp.ClientSession() as http:
            await http.post(f"{server.bot_url}{server.token}/setWebhook", json={"url": "http://127.0.0.1:9/x"})
        async with program(tmp_path, telegram=at_telegram(server)):
            person = server.person("Lan")
            person.say("/huy")
            assert "Hiện không có phiếu" in (await person.answer(PATIENCE_S)).text


async def test_a_press_lost_in_an_outage_is_asked_for_again(
    telegram: AtTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press that waited longer than 150 s is dropped by Telegram: the open question is offered again, to whom one is open."""
    monkeypatch.setattr(channel, "_BACKOFF_S", (0.01,))
    monkeypatch.setattr(channel, "_PRESS_LIFE_S", 0.0)  # the marks are of this machine's clock, which cannot be moved
    lan, mai = telegram.server.person("Lan"), telegram.server.person("Mai")
    for text in ("/dangky", "Đồng ý", "Nguyễn Văn An"):
        lan.say(text)
        await lan.answer(PATIENCE_S)
    mai.say("/huy")
    await mai.answer(PATIENCE_S)
    monkeypatch.setattr(channel, "_PRESS_LIFE_S", 150.0)
    lan.press("Duyệt danh sách")
    while "Chọn một đơn vị" not in (await lan.answer(PATIENCE_S)).text:
        pass  # what the marks of the first lines offered again
    await telegram.settled(5)
    await telegram.server.go_down()
    lan.press("↑ Lên một cấp") if lan.found("↑ Lên một cấp") else lan.press("Đơn vị khác")
    telegram.server.advance(200)
    telegram.app.clock.move(timedelta(seconds=200))
    telegram.app._telegram._outage.noted -= 200
    lan.act()
    mai.act()
    await telegram.server.come_back()
    again = await lan.answer(PATIENCE_S)
    assert "gián đoạn" in again.text
    assert "đơn vị" in again.text
    assert again.buttons
    await mai.silence()


async def test_what_was_kept_but_not_confirmed_is_answered_once_after_a_restart(tmp_path: Path) -> None:
    """45: Telegram delivers again what the last process had not confirmed."""
    async with FakeTelegram() as server:
        person = server.person("Lan")
        async with program(tmp_path, telegram=at_telegram(server)) as app:
            person.say("/dangky")
            await person.answer(PATIENCE_S)
            delivered = rows(app, "SELECT update_id FROM inbox")
            number = int(delivered[0][0].rpartition(":")[2])
        server.push({"update_id": number, "message": {**person.chat.messages[1].body}})
        async with program(tmp_path, telegram=at_telegram(server)) as app:
            person.say("Đồng ý")
            assert "Câu 1/7" in (await person.answer(PATIENCE_S)).text
            assert len(rows(app, "SELECT 1 FROM inbox")) == 2
        assert len(person.messages) == 2


async def test_the_token_is_in_no_log_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in ours nor in those of libraries as they leave our handler, whatever goes wrong."""
    monkeypatch.setattr(channel, "_BACKOFF_S", (0.01,))
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(Scrub(TOKEN))  # what `set_up_logs` puts on the handler
    async with FakeTelegram(TOKEN) as server, program(tmp_path, telegram=at_telegram(server)):
        person = server.person("Lan")
        for kind in ("reset", "flood"):
            server.fault(kind, "getUpdates")
            server.fault(kind, "sendMessage")
            person.say("/huy")
        await server.heard("sendMessage", PATIENCE_S)
        await server.go_down()
        await until(lambda: "poll_failed" in caplog.text)
        await server.come_back()
        person.say("/dangky")
        await person.answer(PATIENCE_S)
    assert "poll_failed" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text


@asynccontextmanager
async def pushed(folder: Path) -> AsyncIterator[tuple[App, FakeTelegram, aiohttp.ClientSession, str]]:
    """The program with a webhook, and its address."""
    async with FakeTelegram() as server:
        facts = {"mode": "webhook", "webhook_url": "http://127.0.0.1:9/", "webhook_secret": SECRET}
        async with program(folder, telegram=at_telegram(server, **facts)) as app, aiohttp.ClientSession() as http:
            yield app, server, http, f"http://127.0.0.1:{app.port}/telegram/webhook"


_UPDATE = json.dumps({"update_id": 1, "message": {"message_id": 1}}).encode()
_HEAD = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
_JSON = {"Content-Type": "application/json"}
BAD_PUSHES = {
    "without secret": ("POST", _JSON, _UPDATE, 403),
    "wrong secret": ("POST", {**_JSON, "X-Telegram-Bot-Api-Secret-Token": "wrong"}, _UPDATE, 403),
    "secret of other letters": ("POST", {**_JSON, "X-Telegram-Bot-Api-Secret-Token": "bí-mật"}, _UPDATE, 403),
    "GET": ("GET", _HEAD, None, 405),
    "10 MB body": ("POST", {**_HEAD, **_JSON}, b"{" + b" " * 10_000_000, 413),
    "10 MB body without secret": ("POST", _JSON, b"a" * 10_000_000, 403),
    "100,000 brackets": ("POST", {**_HEAD, **_JSON}, b"[" * 100_000, 400),
    "50,000 objects": ("POST", {**_HEAD, **_JSON}, b'{"update_id":' * 50_000, 400),
    "no JSON": ("POST", {**_HEAD, **_JSON}, b"update_id=1", 400),
    "half a JSON": ("POST", {**_HEAD, **_JSON}, _UPDATE[:20], 400),
    "not UTF-8": ("POST", {**_HEAD, **_JSON}, b"\xff\xfe\x00", 400),
    "a list": ("POST", {**_HEAD, **_JSON}, b"[1, 2]", 400),
    "a number": ("POST", {**_HEAD, **_JSON}, b"7", 400),
    "no update_id": ("POST", {**_HEAD, **_JSON}, b"{}", 400),
    "update_id that is none": ("POST", {**_HEAD, **_JSON}, b'{"update_id": "x"}', 400),
    "endless update_id": ("POST", {**_HEAD, **_JSON}, b'{"update_id": 1e999}', 400),
    "gzip that is none": ("POST", {**_HEAD, **_JSON, "Content-Encoding": "gzip"}, _UPDATE, 400),
    "wrong content type": ("POST", {**_HEAD, "Content-Type": "text/plain"}, _UPDATE, 200),
    "gzip": ("POST", {**_HEAD, **_JSON, "Content-Encoding": "gzip"}, gzip.compress(_UPDATE), 200),
}


@pytest.mark.parametrize("case", BAD_PUSHES)
async def test_a_push_that_telegram_never_makes(tmp_path: Path, case: str) -> None:
    """58: refused before it is believed; a real push is still taken."""
    method, headers, body, status = BAD_PUSHES[case]
    async with pushed(tmp_path) as (app, server, http, url):
        try:
            async with aiohttp.request(method, url, headers=headers, data=io.BytesIO(body) if body else None) as answer:
                assert answer.status == status
        except aiohttp.ClientError:
            assert len(body or b"") > 1_000_000  # refused in the middle of the body
        assert rows(app, "SELECT count(*) FROM inbox") == [(0,)]
        person = server.person("Lan")
        person.chat.met = True
        message = {"message_id": 1, "date": 1, "from": person.user, "chat": person.chat.body, "text": "/huy"}
        for _ in range(2):  # Telegram pushes again what it is not sure of
            async with http.post(url, headers=_HEAD, json={"update_id": 7, "message": message}) as answer:
                assert answer.status == 200
        assert "Hiện không có phiếu" in (await person.answer(PATIENCE_S)).text
        assert rows(app, "SELECT count(*) FROM inbox") == [(1,)]
        await person.silence(0.1)


async def test_a_push_that_cannot_be_kept_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After while the database refuses; nothing is confirmed that is not kept."""
    async with pushed(tmp_path) as (app, _, http, url):
        await app.database._writer.execute("PRAGMA query_only = ON")
        async with http.post(url, headers=_HEAD, json={"update_id": 7, "message": _message()}) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"].isdigit()
        await app.database._writer.execute("PRAGMA query_only = OFF")
        async with http.post(url, headers=_HEAD, json={"update_id": 7, "message": _message()}) as answer:
            assert answer.status == 200
        assert rows(app, "SELECT count(*) FROM inbox") == [(1,)]


def _message() -> dict[str, object]:
    return {
        "message_id": 1,
        "date": 1,
        "from": {"id": 5, "is_bot": False, "first_name": "L"},
        "chat": {"id": 5, "type": "private"},
        "text": "/huy",
    }


@pytest.mark.parametrize("path", ["/telegram/webhook", "/own/path"])
async def test_the_webhook_is_served_where_telegram_was_told(tmp_path: Path, path: str) -> None:
    """At the path of the configured address, and at the usual one for a proxy that changes paths."""
    async with FakeTelegram() as server:
        facts = {"mode": "webhook", "webhook_url": "http://127.0.0.1:9/own/path", "webhook_secret": SECRET}
        async with program(tmp_path, telegram=at_telegram(server, **facts)) as app, aiohttp.ClientSession() as http:
            address = f"http://127.0.0.1:{app.port}{path}"
            async with http.post(address, data=_UPDATE, headers={**_HEAD, **_JSON}) as answer:
                assert answer.status == 200


async def test_who_dies_before_an_outage_is_answered_answers_it_at_the_next_start() -> None:
    """The silence counts as noted only once everybody's question is in the inbox."""
    noted: list[str] = []
    kept: list[str] = []
    disk_is_full = [True]

    async def receive(updates: Sequence[Delivered]) -> None:
        if updates and disk_is_full.pop():
            raise OSError(28, "No space left on device")
        kept.extend(update.update_id for update in updates)

    async def last_poll() -> int:
        return 1

    async def polled() -> None:
        noted.append("polled")

    async def waiting(_: int) -> list[str]:
        return ["telegram:1"]

    outage = channel.Outage(last_poll, polled, waiting, lambda: 1_000_000)
    telegram = channel.TelegramChannel(TelegramSection(token=SecretStr("1:x")), receive, outage, [])
    with pytest.raises(OSError, match="No space"):
        await telegram._keep([])
    assert not noted
    disk_is_full.append(False)
    await telegram._keep([])
    assert (kept, noted) == (["1:outage:1:telegram:1"], ["polled"])
