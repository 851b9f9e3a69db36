"""The fake Bot API delivers updates as the real one does: by offset, once a poller, in time, or to a webhook."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Conflict

from tests.servers.conftest import Call
from tests.servers.telegram import FakeTelegram

SECRET = "s3cret_-"


def ids(answer: dict[str, Any]) -> list[int]:
    """The update ids of a getUpdates answer."""
    return [update["update_id"] for update in answer["result"]]


@pytest.fixture
def untamed(server: FakeTelegram) -> FakeTelegram:
    """Without the half second that repeated calls are slowed by."""
    server.poller.throttle = False
    return server


async def test_updates_come_again_until_confirmed(untamed: FakeTelegram, call: Call) -> None:
    """A higher offset confirms; nothing else does."""
    person = untamed.person()
    for text in "abc":
        person.say(text)
    first, second, third = ids(await call("getUpdates"))
    assert ids(await call("getUpdates")) == [first, second, third]
    assert ids(await call("getUpdates", offset=second)) == [second, third]
    assert ids(await call("getUpdates")) == [second, third]
    assert ids(await call("getUpdates", offset=-1)) == [third]
    assert ids(await call("getUpdates", offset=third + 1)) == []


async def test_an_offset_far_above_the_queue_confirms_nothing(untamed: FakeTelegram, call: Call) -> None:
    """More than ten past the tail is answered from the head."""
    person = untamed.person()
    sent = [untamed.world.queue.tail, untamed.world.queue.tail + 1]
    person.say("a")
    person.say("b")
    assert ids(await call("getUpdates", offset=sent[-1] + 12)) == sent
    assert ids(await call("getUpdates", offset=sent[-1] + 11)) == []


async def test_a_hundred_at_most(untamed: FakeTelegram, call: Call) -> None:
    """Whatever limit is asked for."""
    person = untamed.person()
    for number in range(130):
        person.say(str(number))
    assert [len(ids(await call("getUpdates", limit=limit))) for limit in (500, 100, 3)] == [100, 100, 3]


async def test_a_repeated_call_is_slowed(server: FakeTelegram, call: Call) -> None:
    """The same offset within half a second shows one update."""
    person = server.person()
    person.say("a")
    person.say("b")
    assert [len(ids(await call("getUpdates"))) for _ in range(2)] == [2, 1]


async def test_a_long_poll_wakes_at_once(server: FakeTelegram, call: Call) -> None:
    """It does not wait for its timeout."""
    polling = asyncio.create_task(call("getUpdates", timeout=50))
    await server.heard("getUpdates")
    server.person().say("a")
    assert len(ids(await asyncio.wait_for(polling, 2))) == 1


async def test_the_older_of_two_pollers_is_told(server: FakeTelegram, bot: Bot, call: Call) -> None:
    """409 with the real words, and the newer one goes on."""
    older = asyncio.create_task(bot.get_updates(timeout=20))
    await server.heard("getUpdates")
    newer = asyncio.create_task(call("getUpdates", timeout=20))
    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one bot"):
        await older
    server.person().say("a")
    assert len(ids(await newer)) == 1


async def test_a_poller_that_died_loses_nothing(server: FakeTelegram, call: Call) -> None:
    """An update written to a dead connection comes again."""
    died = asyncio.create_task(call("getUpdates", timeout=20))
    await server.heard("getUpdates")
    died.cancel()
    await asyncio.wait([died])
    server.person().say("a")
    assert [len(ids(await call("getUpdates", timeout=1))) for _ in range(2)] == [1, 1]


async def test_allowed_updates_are_remembered(untamed: FakeTelegram, call: Call) -> None:
    """What is not asked for is never queued, until an empty list asks for the default again."""
    person = untamed.person()
    await call("getUpdates", allowed_updates=["callback_query"])
    person.say("a")
    assert ids(await call("getUpdates")) == []
    await call("getUpdates", allowed_updates=[])
    person.say("b")
    untamed.push({"chat_member": {}})
    assert len(ids(await call("getUpdates"))) == 1


async def test_presses_expire_after_150_seconds_and_messages_after_a_day(untamed: FakeTelegram, call: Call) -> None:
    """An outage of three minutes loses the presses, not the messages."""
    person = untamed.person()
    person.say("a")
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await call("sendMessage", chat_id=person.id, text="?", reply_markup=markup)
    person.press("A")
    untamed.advance(151)
    assert ["message" in update for update in (await call("getUpdates"))["result"]] == [True]
    untamed.advance(86_400)
    assert ids(await call("getUpdates")) == []


async def test_raw_updates_keep_their_id(untamed: FakeTelegram, call: Call) -> None:
    """Ids may jump, come twice, and carry kinds from a newer Bot API."""
    untamed.push({"update_id": 900_000, "telepathy": {"from": 5}})
    untamed.push({"message": {"text": "x"}})
    assert ids(await call("getUpdates")) == [900_000, 900_001]


async def test_people_send_everything(untamed: FakeTelegram, bot: Bot) -> None:
    """python-telegram-bot understands every shape, and each is what it should be."""
    person = untamed.person("Hoa", last_name="Nông", language_code="en")
    group, channel = untamed.group(), untamed.group("Tin", kind="channel")
    first = person.start("u_ldld")
    person.edit(first.id, "sửa")
    person.sticker()
    person.photo("ảnh")
    person.voice()
    person.document("ds.xlsx", b"PK", claimed_size=21_000_000)
    person.share_contact("0912345678", owner=77)
    person.send_location()
    person.forward("chuyển tiếp")
    person.block()
    person.unblock()
    group.say(person, "không phải lệnh")
    group.say(person, "/export@giothong_test_bot")
    group.say(person, "/export@otherbot")
    group.invite(person)
    channel.channel_post("tin")
    updates = await bot.get_updates()
    kinds = [next(iter(key for key in update.to_dict() if key != "update_id")) for update in updates]
    told = ["message", "edited_message", *["message"] * 7, "my_chat_member", "my_chat_member"]
    assert kinds == [*told, "message", "my_chat_member", "channel_post"]
    assert updates[0].message and updates[0].message.entities[0].length == 6
    assert updates[6].message and updates[6].message.contact and updates[6].message.contact.user_id == 77
    assert updates[-1].channel_post and updates[-1].channel_post.from_user is None
    assert person.user["language_code"] == "en"


async def test_old_buttons_can_be_pressed(server: FakeTelegram, bot: Bot) -> None:
    """Of an edited message, of a deleted one, and with data that no button carries."""
    person = server.person()
    person.start()
    keyboard = InlineKeyboardMarkup.from_button(InlineKeyboardButton("A", callback_data="a"))
    sent = await bot.send_message(person.id, "?", reply_markup=keyboard)
    seen = await person.answer()
    await bot.edit_message_text("!", person.id, sent.message_id)
    with pytest.raises(LookupError):
        person.press("A")
    person.press_old(seen, "A")
    await bot.delete_message(person.id, sent.message_id)
    person.press_old(seen, "A")
    person.press_data(person.user, "đ\x00" * 20, seen.message)
    queries = [update.callback_query for update in await bot.get_updates() if update.callback_query]
    assert [query.data for query in queries] == ["a", "a", "đ\x00" * 20]
    assert [query.message and query.message.is_accessible for query in queries] == [True, False, False]


@asynccontextmanager
async def receiver(statuses: list[int]) -> AsyncIterator[tuple[str, list[tuple[int, str | None]]]]:
    """(address, what came) of a webhook that answers with the statuses in turn, then 200."""
    came: list[tuple[int, str | None]] = []

    async def handle(request: web.BaseRequest) -> web.Response:
        update = await request.json()
        came.append((update["update_id"], request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return web.Response(status=statuses.pop(0) if statuses else 200)

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", came
    await runner.cleanup()


async def test_a_webhook_is_tried_until_it_takes_the_update(server: FakeTelegram, call: Call) -> None:
    """Secret header, order within a chat, backoff; a failing chat does not hold up the others."""
    server.webhook.pause_factor = 0.001
    one, other = server.person(), server.person()
    async with receiver([500, 503]) as (url, came):
        await call("setWebhook", url=url, secret_token=SECRET)
        conflict = await call("getUpdates")
        assert conflict["error_code"] == 409 and "can't use getUpdates method while webhook is active" in str(conflict)
        first = server.world.queue.tail
        one.say("a")
        one.say("b")
        await asyncio.wait_for(server.webhook.drained(), 5)
        other.say("c")
        await asyncio.wait_for(server.webhook.drained(), 5)
        assert came == [(update_id, SECRET) for update_id in (first, first, first, first + 1, first + 2)]
        info = (await call("getWebhookInfo"))["result"]
        assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
        await call("deleteWebhook")
        assert (await call("getUpdates"))["ok"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"url": "https://a.vn/x", "secret_token": "có dấu"}, "secret token contains unallowed characters"),
        ({"url": "http://a.vn/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://a.vn:8080/x"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
    ],
)
async def test_a_bad_webhook_is_refused(server: FakeTelegram, call: Call, params: dict[str, str], said: str) -> None:
    """As on the public server."""
    server.webhook.plain_http = False
    assert (await call("setWebhook", **params))["description"] == f"Bad Request: {said}"
