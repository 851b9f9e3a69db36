"""The fake Bot API fails on order, and what it accepted stays accepted."""

import asyncio
import time

import aiohttp
import httpx
import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from tests.servers.conftest import Call
from tests.servers.telegram import FakeTelegram


@pytest.mark.parametrize(
    ("kind", "error", "arrives"),
    [
        ("flood", RetryAfter, 0),
        ("bad_gateway", NetworkError, 0),
        ("not_ok", KeyError, 0),  # python-telegram-bot 22.8 trusts the status 200
        ("error", TelegramError, 0),
        ("truncated", TelegramError, 1),
        ("cut", NetworkError, 1),
        ("hang", TimedOut, 0),
        ("hang_after", TimedOut, 1),
        ("reset", NetworkError, 0),
        ("reset_after", NetworkError, 1),
        ("bad_gateway_after", NetworkError, 1),
        ("error_after", TelegramError, 1),
    ],
)
async def test_each_fault_strikes_once(
    server: FakeTelegram, bot: Bot, monkeypatch: pytest.MonkeyPatch, kind: str, error: type[Exception], arrives: int
) -> None:
    """The bot sees the error, the person sees what was accepted, the next call is sound."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else 22.x warns of every retry_after
    person = server.person()
    person.start()
    server.fault(kind, "sendMessage")
    with pytest.raises(error):
        await bot.send_message(person.id, "x", read_timeout=0.2)
    assert len(person.messages) == arrives == len(server.accepted("sendMessage"))
    assert server.calls[-1].outcome == kind
    await bot.send_message(person.id, "y")
    assert person.last.text == "y"


async def test_a_fault_can_be_for_one_chat_and_without_retry_after(server: FakeTelegram, call: Call) -> None:
    """Others are not touched; the numbers are as ordered."""
    one, other = server.person(), server.person()
    one.start()
    other.start()
    server.fault("flood", "sendMessage", times=2, chat_id=one.id, retry_after=None)
    server.fault("flood", "sendMessage", chat_id=other.id, retry_after=86_400)
    bare = await call("sendMessage", chat_id=one.id, text="x")
    assert bare == {"ok": False, "error_code": 429, "description": "Too Many Requests"}
    assert (await call("sendMessage", chat_id=other.id, text="x"))["parameters"] == {"retry_after": 86_400}
    assert (await call("sendMessage", chat_id=other.id, text="x"))["ok"]
    assert not (await call("sendMessage", chat_id=one.id, text="x"))["ok"]
    assert (await call("sendMessage", chat_id=one.id, text="x"))["ok"]


async def test_a_delayed_answer_is_accepted_at_once(server: FakeTelegram, call: Call) -> None:
    """The person reads it before the bot knows."""
    person = server.person()
    person.start()
    server.fault("delay", "sendMessage", seconds=0.2)
    sending = asyncio.create_task(call("sendMessage", chat_id=person.id, text="x"))
    assert (await person.answer()).text == "x" and not sending.done()
    assert (await sending)["ok"]


async def test_flood_limits_per_chat_and_overall(server: FakeTelegram, call: Call) -> None:
    """A burst passes, then one a second; calls made before retry_after ran out are counted."""
    people = [server.person() for _ in range(3)]
    for person in people:
        person.start()
    server.limits.per_chat_s, server.limits.per_chat_burst = 1.0, 2

    async def sent(chat_id: int) -> int:
        return int((await call("sendMessage", chat_id=chat_id, text="x")).get("error_code", 200))

    assert [await sent(people[0].id) for _ in range(4)] == [200, 200, 429, 429]
    assert await sent(people[1].id) == 200
    server.advance(1.5)
    assert await sent(people[0].id) == 200
    assert (server.limits.refusals, server.limits.ignored) == (2, 1)
    server.limits.per_chat_s, server.limits.overall_s = None, 2
    assert [await sent(person.id) for person in people] == [200, 200, 429]


async def test_latency_is_for_every_call(server: FakeTelegram, call: Call) -> None:
    """There and back."""
    server.latency_ms = 60
    began = time.monotonic()
    await call("getMe")
    assert time.monotonic() - began >= 0.055


async def test_an_outage_keeps_the_queue_and_the_port(server: FakeTelegram, bot: Bot) -> None:
    """Connections are refused, then everything is where it was."""
    person = server.person()
    person.say("trước")
    await server.go_down()
    with pytest.raises(NetworkError) as refused:
        await bot.get_me()
    assert isinstance(refused.value.__cause__, httpx.ConnectError)
    person.say("trong")
    await server.come_back()
    assert [update.message and update.message.text for update in await bot.get_updates()] == ["trước", "trong"]


async def test_logged_out_and_close(server: FakeTelegram, call: Call) -> None:
    """After logOut nothing works; close is refused in the first ten minutes."""
    assert (await call("close"))["parameters"] == {"retry_after": 600}
    assert (await call("logOut"))["result"] is True
    assert (await call("getMe"))["description"] == "Bad Request: Logged out"


async def test_other_processes_can_steer(server: FakeTelegram) -> None:
    """The control handles make people, let them act, order faults and show calls."""
    async with aiohttp.ClientSession(f"{server.base_url}") as http:

        async def control(verb: str, **asked: object) -> dict[str, object] | list[dict[str, object]]:
            async with http.post(f"/_control/{verb}", json=asked) as answer:
                body: dict[str, object] = await answer.json()
                return body

        person = await control("person", first_name="Lan")
        assert isinstance(person, dict)
        await control("act", person=person["id"], do="say", **{"with": ["xin chào"]})
        assert await control("fault", kind="reset", method="getMe") == {"kind": "reset"}
        assert "no such fault" in str(await control("fault", kind="meteor"))
        assert "error" in await control("act", person=person["id"], do="__init__")
        async with http.post("/bot1000:TEST/sendMessage", json={"chat_id": person["id"], "text": "chào"}) as answer:
            assert answer.status == 200
        messages = await control("messages", person=person["id"])
        assert isinstance(messages, list) and messages[0]["text"] == "chào"
        calls = await control("calls")
        assert isinstance(calls, list) and [call["method"] for call in calls] == ["sendMessage"]


async def test_ids_repeat_with_the_seed() -> None:
    """Two servers with one seed give the same ids; another seed gives others."""

    async def told(seed: int) -> list[object]:
        async with FakeTelegram(seed=seed) as server:
            person = server.person()
            message = person.say("x")
            return [person.id, message.id, server.world.queue.tail, person.press_data(person.user, "a", message)]

    assert await told(5) == await told(5) != await told(6)


async def test_it_is_fast(server: FakeTelegram) -> None:
    """About 0.4 ms of CPU for a sendMessage, client included; the bound leaves room for a busy machine."""
    person = server.person()
    person.start()
    params = {"chat_id": person.id, "text": "Xin chào, bạn bao nhiêu tuổi?"}
    async with aiohttp.ClientSession() as http:
        began = time.process_time()
        for _ in range(300):
            async with http.post(f"{server.bot_url}{server.token}/sendMessage", json=params) as answer:
                await answer.read()
    assert (time.process_time() - began) / 300 < 0.003
