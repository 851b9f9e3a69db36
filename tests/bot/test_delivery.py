"""The one way out: order, lanes, rates, and what becomes of a message for each way in which sending can fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest

from bot.channel import Blocked, ChatMoved, Rejected, SendError, Throttled, Unauthorised, Unreachable
from bot.clock import monotonic
from bot.config import DeliverySection
from bot.delivery import _Sent
from core.dialogue import DocumentRef, Reply
from storage import marks, outbox
from storage.outbox import RESENDS, Draft, Lane, Outcome
from tests.bot.delivery_desk import RATES, WORDS, Desk, most_in, open_desk
from tests.program import until

A, B = "post:a", "post:b"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A delivery at work without limits of rate."""
    async with open_desk(tmp_path) as desk:
        yield desk


def perhaps() -> Unreachable:
    """Nobody knows whether it arrived."""
    return Unreachable("TimedOut", maybe_sent=True)


@pytest.mark.parametrize(
    ("error", "lane", "state", "attempts", "tries"),
    [
        (Unreachable("NotSent", maybe_sent=False), Lane.REPLY, "sent", 0, 2),
        (Unreachable("NotSent", maybe_sent=False), Lane.BROADCAST, "sent", 0, 2),
        (Throttled(0.2), Lane.REPLY, "sent", 0, 2),
        (Throttled(0.2), Lane.BROADCAST, "sent", 0, 2),
        (Unauthorised("InvalidToken"), Lane.REPLY, "sent", 0, 2),
        (perhaps(), Lane.REPLY, "sent", 1, 2),
        (perhaps(), Lane.REMINDER, "sent", 1, 2),
        (perhaps(), Lane.BROADCAST, "held", 1, 1),
        (Blocked("forbidden"), Lane.REPLY, "failed", 0, 1),
        (Rejected("message is too long"), Lane.REPLY, "failed", 0, 1),
        (ChatMoved(B), Lane.REPLY, "sent", 0, 2),
        (ValueError("a bug in the channel"), Lane.REPLY, "failed", 0, 1),
    ],
    ids=lambda value: (
        getattr(value, "name", None) or type(value).__name__ if not isinstance(value, str | int) else str(value)
    ),
)
async def test_each_error_leads_to_its_state(
    desk: Desk, error: Exception, lane: Lane, state: str, attempts: int, tries: int
) -> None:
    """The table of docs/delivery.md, row by row."""
    desk.post.meets[A] = [error]  # type: ignore[list-item]
    await desk.say(A, "một", lane=lane)
    await desk.until(state)
    ((found, counted, why),) = await desk.rows()
    assert (found, counted, len(desk.post.tried)) == (state, attempts, tries)
    assert (why is None) == (state == "sent")
    assert not isinstance(error, SendError) or why in (None, type(error).__name__)


async def test_an_answer_of_unknown_fate_is_sent_again_so_often_and_no_more(desk: Desk) -> None:
    """It went out once and RESENDS times, then it is failed in plain sight."""
    desk.post.meets[A] = [perhaps() for _ in range(9)]
    await desk.say(A, "một")
    for tries in range(1, RESENDS + 2):
        async with asyncio.timeout(30):
            while len(desk.post.tried) < tries or desk.post.flying:
                desk.clock.move(timedelta(seconds=20))
                desk.at_work._pace._next = 0.0
                desk.at_work.wake()
                await asyncio.sleep(0.01)
    await desk.until("failed")
    assert await desk.rows() == [("failed", RESENDS + 1, "Unreachable")]
    assert len(desk.post.tried) == RESENDS + 1


async def test_order_within_a_chat_is_kept_whatever_its_messages_meet(desk: Desk) -> None:
    """Refusals, lost connections and unknown fates delay what follows; they never let it overtake."""
    numbers = [str(number) for number in range(8)]
    desk.post.meets[A] = [Throttled(0.1), Unreachable("NotSent", maybe_sent=False), Throttled(0.05), perhaps()]
    await desk.say(A, *numbers)
    await desk.say(B, *numbers)
    await desk.until("sent")
    assert desk.post.texts(A) == numbers and desk.post.texts(B) == numbers


async def test_order_within_a_chat_outlives_a_restart(desk: Desk) -> None:
    """What waits for another try, what was in flight and what came later leave in the order in which they were said."""
    desk.post.meets[A] = [Throttled(1.0)]
    desk.post.gate = asyncio.Event()
    await desk.say(A, "1", "2", "3")
    await desk.say(B, "1", "2", "3")
    await until(lambda: len(desk.post.tried) == 2, "both tried")
    desk.post.gate.set()
    await desk.until_first("Throttled")
    await desk.die()
    await desk.start()
    await desk.until("sent")
    assert desk.post.texts(A) == ["1", "2", "3"]
    assert list(dict.fromkeys(desk.post.texts(B))) == ["1", "2", "3"]


async def test_in_flight_at_a_death_is_sent_again_or_held_by_kind(desk: Desk) -> None:
    """An answer once more, a broadcast waits for an officer; what was not in flight is simply sent."""
    desk.post.gate = asyncio.Event()
    await desk.say(A, "trả lời")
    await desk.say(B, "gửi cả nhà", lane=Lane.BROADCAST)
    await desk.until("sending")
    await desk.say(A, "sau")
    await desk.die()
    desk.post.gate = None
    await desk.start()
    await desk.until("sent", "held", "sent")
    assert await desk.rows() == [("sent", 1, None), ("held", 1, "Died"), ("sent", 0, None)]
    assert desk.post.texts() == ["trả lời", "sau"]


async def test_what_came_back_is_written_down_even_if_the_first_writing_fails(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk while outcomes are written: nothing is forgotten, nothing is sent twice."""
    desk.post.gate = asyncio.Event()
    await desk.say(A, "một")
    await desk.until("sending")
    stuck = "CREATE TRIGGER full BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    await desk.database.write(lambda tx: tx.run(stuck))
    desk.post.gate.set()
    await until(lambda: desk.post.sent, "sent")
    await until(lambda: "delivery_failed" in caplog.text, "a failed writing")
    assert await desk.states() == ["sending"]
    await desk.database.write(lambda tx: tx.run("DROP TRIGGER full"))
    desk.at_work.wake()
    await desk.until("sent")
    assert desk.post.texts() == ["một"]


async def test_a_blocked_chat_is_left_alone(desk: Desk) -> None:
    """The person is marked, all that waits for them is cancelled, nobody else is touched."""
    await desk.know(A)
    await desk.know(B)
    desk.post.meets[A] = [Blocked("forbidden")]
    await desk.say(A, "1", "2", "3")
    await desk.say(B, "1")
    await desk.until("failed", "cancelled", "cancelled", "sent")
    assert await desk.all("SELECT address, reachable FROM people ORDER BY address") == [(A, 0), (B, 1)]
    assert await desk.all("SELECT DISTINCT payload FROM outbox WHERE address = 'post:a'") == [("",)]


async def test_a_moved_chat_gets_its_messages_at_the_new_address(desk: Desk) -> None:
    """In order, and the person goes along."""
    await desk.know(A)
    desk.post.meets[A] = [ChatMoved("post:new")]
    await desk.say(A, "1", "2")
    await desk.until("sent")
    assert desk.post.texts("post:new") == ["1", "2"]
    assert await desk.all("SELECT address FROM people") == [("post:new",)]


async def test_what_is_no_use_any_more_expires_unsent(desk: Desk) -> None:
    """A reminder of yesterday is not said today; one that is still of use is."""
    now = desk.clock.at()
    await desk.say(A, "hết hạn", lane=Lane.REMINDER, expires_at=now - 1)
    await desk.say(A, "còn hạn", lane=Lane.REMINDER, expires_at=now + 600_000)
    await desk.until("expired", "sent")
    assert desk.post.texts() == ["còn hạn"]


async def test_what_was_held_up_until_night_waits_for_the_morning(desk: Desk) -> None:
    """An answer and an urgent call go at any hour; a reminder or a broadcast that the network held up wakes nobody."""
    desk.night = True
    for lane in (Lane.BROADCAST, Lane.REMINDER, Lane.URGENT, Lane.REPLY):
        await desk.say("post:1", lane.name, lane=lane)
    await desk.until("pending", "pending", "sent", "sent")
    desk.night = False
    desk.at_work.wake()
    await desk.until("sent")
    assert desk.post.texts()[2:] == ["REMINDER", "BROADCAST"]


async def test_what_is_for_later_goes_at_its_time(desk: Desk) -> None:
    """Without anybody waking delivery."""
    begun, at = monotonic(), desk.clock.at() + 300
    await desk.say(A, "sau", not_before=at)
    await desk.until("sent")
    assert desk.post.sent[0][0] - begun >= 0.29


async def test_a_wake_up_while_it_looks_is_not_lost(desk: Desk) -> None:
    """What came due between its look at the clock and the end of that look goes at once, not after the idle half minute."""
    woken = False

    def meanwhile(_: object) -> bool:
        nonlocal woken
        if not woken:
            woken = True
            desk.clock.move(timedelta(hours=2))
            desk.at_work.wake()
        return False

    await desk.put(Draft("later", A, Reply("Xin chào"), Lane.REMINDER, not_before=desk.clock.at() + 3_600_000))
    desk.at_work._quiet = meanwhile
    begun = monotonic()
    desk.at_work.wake()
    await desk.until("sent")
    assert woken and monotonic() - begun < 10


async def test_a_refusal_waits_exactly_as_said_is_counted_and_loses_nothing(desk: Desk) -> None:
    """The chat waits, others go on meanwhile; the try is not held against the message."""
    desk.post.meets[A] = [Throttled(1.2)]
    await desk.say(A, "1", "2")
    await desk.say(B, "1")
    await desk.until("sent")
    refused = next(at for at, to, _ in desk.post.tried if to == A)
    (first, *_), other = (
        [at for at, to, _ in desk.post.sent if to == A],
        [at for at, to, _ in desk.post.sent if to == B],
    )
    assert 1.2 <= first - refused < 3.0
    assert other[0] - refused < 1.0
    assert (desk.at_work.throttled, await desk.rows()) == (1, [("sent", 0, None)] * 3)


async def test_two_refusals_within_five_seconds_halt_the_whole_channel(desk: Desk) -> None:
    """Then it is not one chat that is too fast."""
    desk.post.meets = {A: [Throttled(1.0)], B: [Throttled(1.0)]}
    await desk.say(A, "1")
    await desk.say(B, "1")
    await until(lambda: desk.at_work.throttled == 2, "two refusals")
    refused = monotonic()
    await desk.say("post:c", "1")
    await desk.until("sent")
    assert min(at for at, _, _ in desk.post.sent) - refused > 0.8


async def test_the_pace_of_the_channel_is_kept_in_every_second(tmp_path: Path) -> None:
    """Even slots, no burst: 29 a second allow no window of a second with more."""
    async with open_desk(tmp_path, RATES.model_copy(update={"per_second": 29.0})) as desk:
        begun = monotonic()
        await desk.put(*(Draft(str(n), f"post:{n}", Reply("x"), Lane.REMINDER) for n in range(60)))
        await desk.until("sent")
        assert most_in(0.95, [at for at, _, _ in desk.post.tried]) <= 29
        assert monotonic() - begun >= 59 / 29


async def test_one_chat_gets_its_burst_and_then_a_drip_while_others_go_on(tmp_path: Path) -> None:
    """Three at once, then ten a second here; the other chat does not notice."""
    rates = DeliverySection(per_second=0, chat_burst=3, chat_per_second=10, in_flight=4)
    async with open_desk(tmp_path, rates) as desk:
        await desk.say(A, *map(str, range(10)), lane=Lane.REMINDER)
        await desk.say(B, "1", lane=Lane.REMINDER)
        await desk.until("sent")
        moments = [at for at, to, _ in desk.post.tried if to == A]
        assert moments[-1] - moments[0] >= 0.65
        assert most_in(0.095, moments) <= 4
        assert desk.post.texts(A) == [str(n) for n in range(10)]
        assert next(at for at, to, _ in desk.post.sent if to == B) < moments[-1]


async def test_answers_need_no_slot_until_the_platform_complains(tmp_path: Path) -> None:
    """People ask no faster than they press; after a refusal answers keep to the pace too."""
    async with open_desk(tmp_path, RATES.model_copy(update={"per_second": 10.0})) as desk:
        begun = monotonic()
        await desk.put(*(Draft(str(n), f"post:{n}", Reply("x")) for n in range(20)))
        await desk.until("sent")
        assert monotonic() - begun < 19 / 10
        desk.post.meets[A] = [Throttled(0.1)]
        await desk.say(A, "refused")
        await desk.until("sent")
        desk.post.tried.clear()
        await desk.put(*(Draft(f"after{n}", f"post:{n}", Reply("x")) for n in range(15)))
        await desk.until("sent")
        assert most_in(0.95, [at for at, _, _ in desk.post.tried]) <= 10


async def replies_take(desk: Desk, count: int, *, beside: str = "") -> float:
    """Median seconds from the commit of an answer until it is said; `beside`: a mass with these words goes on meanwhile."""
    took = []
    for number in range(count):
        mass = desk.post.texts().count(beside)
        await until(lambda mass=mass: not beside or desk.post.texts().count(beside) > mass, "the mass goes on")
        begun, to = monotonic(), f"post:donor{number}"
        await desk.say(to, str(begun))
        await until(lambda begun=begun, to=to: str(begun) in desk.post.texts(to), "an answer")
        took.append(monotonic() - begun)
    return median(took)


async def test_five_thousand_waiting_broadcasts_never_delay_an_answer(tmp_path: Path) -> None:
    """An answer goes at once, with a mass in line as without it."""
    rates = DeliverySection(per_second=29, chat_burst=20, in_flight=8)
    async with open_desk(tmp_path, rates) as desk:
        desk.post.takes_s = 0.02
        alone_s = await replies_take(desk, 15)
        news = Reply("Đợt hiến máu ngày mai bắt đầu lúc 7 giờ. " * 5)
        await desk.put(*(Draft(f"b{n}", f"post:{n}", news, Lane.BROADCAST) for n in range(5000)))
        beside_s = await replies_take(desk, 15, beside=news.text)
        print(f"\nan answer alone {alone_s * 1000:.0f} ms, beside 5,000 broadcasts {beside_s * 1000:.0f} ms")
        assert beside_s < alone_s + 0.2


async def test_a_file_that_cannot_be_made_is_apologised_for(desk: Desk) -> None:
    """In the person's language, with a number to quote; answers that came after it were not held up."""
    broken = Reply(document=DocumentRef("no such list", {"language": "en"}))
    await desk.put(Draft("file", A, broken), Draft("next", A, Reply("sau")))
    await desk.until("failed", "sent", "sent")
    assert set(desk.post.texts(A)) == {"sau", WORDS.say("en", "error.document", incident=1)}
    assert (await desk.rows())[0] == ("failed", 0, "Rejected")


async def test_a_graceful_end_waits_for_what_flies_and_writes_it_down(desk: Desk) -> None:
    """Nothing is left in flight, nothing more is begun."""
    desk.post.takes_s = 0.2
    await desk.say(A, "1", "2")
    await desk.until("sending", "pending")
    await desk.stop()
    assert await desk.states() == ["sent", "pending"]


async def test_a_file_of_somebody_who_is_gone_does_not_lie_about(desk: Desk) -> None:
    """Made while its chat was busy, then cancelled: it is removed at once, not at the next start."""
    desk.post.gate = asyncio.Event()
    await desk.database.write(lambda tx: marks.secret(tx, "consents"))
    file = Reply(document=DocumentRef("mydata.json", {"language": "vi"}))
    await desk.put(Draft("file", A, file), Draft("meanwhile", A, Reply("một")))
    await until(lambda: desk.at_work._files, "the file is made")
    folder = desk.at_work._renderer._folder.path()
    assert list(folder.glob("*/*"))
    await desk.database.write(lambda tx: outbox.cancel(tx, A))
    desk.post.gate.set()
    desk.at_work.wake()
    await until(lambda: not desk.at_work._files, "the file is gone")
    assert not list(folder.glob("*/*"))


@pytest.mark.parametrize("where", ["_sent", "_writing"])
async def test_nothing_boards_while_an_outcome_of_its_chat_is_unwritten(desk: Desk, where: str) -> None:
    """After a crash two rows of one chat in flight would come again out of order."""
    await desk.say(B, "running")
    await desk.until("sent")
    answer = [Draft("answer", A, Reply("x"))]
    setattr(desk.at_work, where, [_Sent(Outcome(99, "sent"), A)])
    assert not desk.at_work.board(answer, set()).keys
    setattr(desk.at_work, where, [])
    assert desk.at_work.board(answer, set()).keys == {"answer"}
    desk.at_work.ended(())
