"""What Telegram can answer, over real HTTP, and the state that a message ends in for it."""

from __future__ import annotations

import pytest

from core.dialogue import Button, Reply
from storage import outbox
from storage.outbox import Draft, Lane
from tests.program import AtTelegram, until
from tests.servers.telegram import Person

ENDED = ("sent", "failed", "held", "cancelled", "expired")


async def met(telegram: AtTelegram) -> Person:
    """Somebody who has talked with the bot."""
    person = telegram.server.person()
    person.start()
    await telegram.settled(1)
    return person


async def say(telegram: AtTelegram, person: Person, *texts: str, lane: Lane = Lane.REPLY) -> None:
    """Put messages in line."""
    drafts = [Draft(text, f"telegram:{person.id}", Reply(text), lane) for text in texts]
    await telegram.app.database.write(lambda tx: outbox.write(tx, drafts))
    for delivery in telegram.app.deliveries:
        delivery.wake()


async def became(telegram: AtTelegram, text: str) -> tuple[str, str | None]:
    """(state, error) in which the message with this key ended."""
    found: list[tuple[str, str | None]] = []

    def ended() -> bool:
        found[:] = telegram.rows("SELECT state, error FROM outbox WHERE dedupe_key = ?", text)  # type: ignore[assignment]
        return found[0][0] in ENDED

    await until(ended, text)
    return found[0]


def copies(person: Person, text: str) -> int:
    """How often the person sees this message."""
    return [message.text for message in person.messages].count(text)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("flood", 1),
        ("bad_gateway", 1),
        ("error", 1),
        ("not_ok", 1),
        ("reset", 1),
        ("truncated", 2),
        ("cut", 2),
        ("bad_gateway_after", 2),
        ("error_after", 2),
        ("reset_after", 2),
    ],
)
async def test_an_answer_arrives_whatever_telegram_stumbles_over(telegram: AtTelegram, fault: str, seen: int) -> None:
    """At least once; twice only where the first one took effect and nobody could know."""
    person = await met(telegram)
    telegram.server.fault(fault, "sendMessage")
    await say(telegram, person, "một")
    assert await became(telegram, "một") == ("sent", None)
    assert copies(person, "một") == seen


@pytest.mark.parametrize("fault", ["truncated", "cut", "bad_gateway", "bad_gateway_after", "error", "reset_after"])
async def test_a_broadcast_of_unknown_fate_is_held_and_never_doubled(telegram: AtTelegram, fault: str) -> None:
    """An officer decides; the people get it once at most."""
    person = await met(telegram)
    telegram.server.fault(fault, "sendMessage")
    await say(telegram, person, "gửi cả nhà", lane=Lane.BROADCAST)
    assert await became(telegram, "gửi cả nhà") == ("held", "Unreachable")
    assert copies(person, "gửi cả nhà") <= 1


async def test_while_telegram_cannot_be_reached_everything_waits(telegram: AtTelegram) -> None:
    """A refused connection proves that nothing was sent: no try is counted, a broadcast is not held."""
    person = await met(telegram)
    await telegram.server.go_down()
    await say(telegram, person, "trả lời")
    await say(telegram, person, "gửi cả nhà", lane=Lane.BROADCAST)
    delivery = next(d for d in telegram.app.deliveries if d._channel.name == "telegram")
    await until(lambda: delivery._failures >= 1, "a refused connection")
    await telegram.server.come_back()
    assert await became(telegram, "trả lời") == ("sent", None)
    assert await became(telegram, "gửi cả nhà") == ("sent", None)
    assert copies(person, "trả lời") == copies(person, "gửi cả nhà") == 1


async def test_a_refusal_waits_as_long_as_it_says(telegram: AtTelegram) -> None:
    """Two seconds here; what comes after it in the chat waits as well, and nothing is lost."""
    person = await met(telegram)
    telegram.server.fault("flood", "sendMessage", retry_after=2)
    await say(telegram, person, "1", "2")
    assert await became(telegram, "2") == ("sent", None)
    calls = [c for c in telegram.server.calls if c.method == "sendMessage" and c.params["text"] in ("1", "2")]
    assert [(c.params["text"], c.status) for c in calls] == [("1", 429), ("1", 200), ("2", 200)]
    assert 2.0 <= calls[1].at - calls[0].at < 5.0
    assert [m.text for m in person.messages][-2:] == ["1", "2"]


@pytest.mark.parametrize("end", ["block", "deactivate"])
async def test_who_cannot_be_reached_is_left_alone(telegram: AtTelegram, end: str) -> None:
    """The message is failed, the rest is cancelled, the person is marked until they come back."""
    person = await met(telegram)
    person.say("/language en")
    await telegram.settled(2)
    telegram.server.world.queue.allowed = frozenset()  # Telegram's word of it comes late or never
    getattr(person, end)()
    await say(telegram, person, "1", "2", "3")
    assert await became(telegram, "1") == ("failed", "Blocked")
    assert (await became(telegram, "3"))[0] == "cancelled"
    assert telegram.rows("SELECT reachable FROM people") == [(0,)]


async def test_a_message_that_telegram_never_takes_is_failed_and_holds_up_nobody(telegram: AtTelegram) -> None:
    """A 400 is final; what follows goes on."""
    person = await met(telegram)
    bad = Reply("1", (Button("x", "y" * 65),))
    address = f"telegram:{person.id}"
    await telegram.app.database.write(lambda tx: outbox.write(tx, [Draft("1", address, bad)]))
    await say(telegram, person, "2")
    assert await became(telegram, "2") == ("sent", None)
    assert await became(telegram, "1") == ("failed", "Rejected")
    assert copies(person, "1") == 0
