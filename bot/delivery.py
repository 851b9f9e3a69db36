"""The one way out: the only caller of `Channel.send`. A claim is committed before each call; every row ends in one recorded state."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channel import (
    Blocked,
    Channel,
    ChatMoved,
    Parcel,
    Rejected,
    RenderedFile,
    SendError,
    Throttled,
    Unauthorised,
    Unreachable,
)
from bot.clock import Clock, monotonic
from bot.config import DeliverySection
from bot.documents import Renderer, RenderError
from bot.logs import event
from bot.pace import ChatPace, Pace
from bot.send_outcomes import outcome_of
from core.dialogue import Reply
from core.words import Words
from storage import outbox, people
from storage.database import Database, Tx
from storage.outbox import Boarding, Draft, Outcome, Outgoing

_LOG = logging.getLogger("giothong.delivery")
_BACKOFF_S = (0.5, 1, 2, 4, 8, 15, 30)
_IDLE_S = 30.0  # A wake-up may be lost only by a bug; half a minute bounds what it would cost.
_FEVER_S = 5.0  # Two chats refused within this time: the whole channel is too fast, not one chat.
_GRACE_S = 0.003  # Less than a commit takes, so that waiting for company costs nobody anything.
_CAREFUL_S = 60.0  # After a refusal the limits are lower than we thought; nobody says for how long.


@dataclass(frozen=True, slots=True)
class _Sent:
    """The outcome of one attempt with what else it tells."""

    outcome: Outcome
    address: str
    blocked: bool = False
    moved_to: str = ""


class Delivery:
    """Sends the outbox of one channel, several chats at a time, one message at a time within a chat."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        renderer: Renderer,
        *,
        clock: Clock,
        rates: DeliverySection,
        epoch: str,
        words: Words,
        quiet: Callable[[datetime], bool] = lambda _: False,
    ) -> None:
        """`epoch` names this process: rows claimed under another one were in flight when that died.

        `quiet`: whether only answers and urgent calls may go at a moment.
        """
        self._database = database
        self._channel = channel
        self._renderer = renderer
        self._clock = clock
        self._rates = rates
        self._epoch = epoch
        self._words = words
        self._quiet = quiet
        self._pace = Pace(rates.per_second, monotonic)
        self._chats = ChatPace(rates.chat_burst, rates.chat_per_second, monotonic)
        self._flying: dict[str, asyncio.Task[None]] = {}
        self._boarding: set[str] = set()
        self._claiming: set[str] = set()
        self._sent: list[_Sent] = []
        self._writing: list[_Sent] = []
        self._along: list[_Sent] = []
        self._rendering: dict[int, asyncio.Task[None]] = {}
        self._files: dict[int, RenderedFile | RenderError] = {}
        self._edits: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._more = True
        self._again_at = 0.0
        self._running = False
        self._stopping = False
        self._last_refusal = -_FEVER_S
        self._careful_until = 0.0
        self._failures = 0
        self.throttled = 0

    def wake(self) -> None:
        """There is something in line."""
        self._more = True
        self._wake.set()

    def _look_back(self) -> None:
        """A moment after a message came back: is there still something to write down, or something in line behind it?"""
        if self._sent or self._more:
            self._wake.set()

    def stop(self) -> None:
        """Claim nothing more; end when what is in flight has come back."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        self._running = True
        while not self._stopping:
            self._wake.clear()
            try:
                wait_s = await self._round()
            except Exception:  # noqa: BLE001 (the loop lives on: rows that wait are in the table)
                _LOG.exception("delivery_failed channel=%s", self._channel.name)
                wait_s = 1.0
            await self._sleep(wait_s)
        for work in (*self._rendering.values(), *self._edits):
            work.cancel()
        while self._flying or self._boarding:  # What a turn's transaction is just writing as claimed still flies.
            await asyncio.wait([*self._flying.values(), asyncio.create_task(asyncio.sleep(_GRACE_S))])
        await self._database.write(lambda tx: self._settle(tx, self._sent))

    async def _sleep(self, seconds: float) -> None:
        try:
            # wait_for would swallow a cancellation that comes with the wake-up (Python 3.11).
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            self._more = True  # What waited for its time may be due.

    async def _round(self) -> float:
        """Write down what came back, claim what is due, and let it fly; seconds until there is a reason to look again."""
        free = self._free() + len(self._sent)
        claimed: list[Outgoing] = []
        # Until they are committed they count as unwritten: a turn that is being written at this moment must see them.
        sent, self._sent = self._sent, []
        self._writing = sent
        try:
            if self._more and free > 0 and self._pace.halted_s() <= 0:
                claimed, wait_s = await self._database.write(lambda tx: self._settle_and_claim(tx, sent, free))
                self._again_at = monotonic() + (wait_s or _IDLE_S)
            elif sent:
                await self._database.write(lambda tx: self._settle(tx, sent))
        except BaseException:  # the whole transaction was undone, the outcomes with it
            self._sent = sent + self._sent
            raise
        finally:
            self._writing = []
            self._claiming = set()  # From the claim to the flight nothing else of these chats may board.
        self._pace.departed(len(claimed))
        for row in claimed:
            self._flying[row.address] = asyncio.create_task(self._fly(row))
        if free <= 0:
            return _IDLE_S  # Whoever comes back wakes us.
        if self._more and (halted_s := self._pace.halted_s()) > 0:
            return halted_s
        return max(self._again_at - monotonic(), _GRACE_S)

    async def _settle_and_claim(self, tx: Tx, sent: Sequence[_Sent], free: int) -> tuple[list[Outgoing], float]:
        self._more = False  # From here on: who wakes us while we look may know of something that we do not see.
        await self._settle(tx, sent)
        await self._discard_unwanted(tx)
        now = self._clock.at()
        resting = self._chats.resting()
        busy = [*self._flying, *self._boarding, *resting, *(item.address for item in self._sent)]
        files = list(self._rendering)
        # What was planned by day and held up until night waits for the morning.
        last = outbox.Lane.URGENT if self._quiet(self._clock.now()) else outbox.Lane.BROADCAST
        skip = outbox.Skipped(busy, files, last)
        rows = await outbox.due(tx, self._channel.name, now, limit=free * 4, skip=skip)
        claimed, late = self._choose(rows, free, now)
        await outbox.settle(tx, [Outcome(row.id, "expired", attempts=row.attempts) for row in late])
        await outbox.claim(tx, [row.id for row in claimed], self._epoch, now)
        # Behind what was passed over something may be in line, also if it has come back in the meantime.
        self._more = self._more or bool(rows or busy or files)
        if rows:
            # A slot may have come free since it was looked for: then look again at once, not after the idle time.
            return claimed, self._pace.wait_s() or (0.0 if claimed else _GRACE_S)
        next_at = await outbox.next_due(tx, self._channel.name, now)
        waits = [*resting.values(), *([(next_at - now) / 1000] if next_at else [])]
        return claimed, min(waits, default=0.0)

    def _choose(self, rows: Sequence[Outgoing], free: int, now: int) -> tuple[list[Outgoing], list[Outgoing]]:
        """Which rows go now, one a chat, and which came too late. Files that are not made yet are begun, and go when ready."""
        claimed: dict[str, Outgoing] = {}
        late: list[Outgoing] = []
        for row in rows:
            if row.expires_at is not None and row.expires_at <= now:
                late.append(row)
                self._wake.set()  # The next one of its chat comes to the front.
            elif row.carries_file and row.id not in self._files:
                self._rendering[row.id] = asyncio.create_task(self._render(row))
                self._wake.set()
            elif row.address in claimed or len(claimed) >= free:
                continue
            elif self._may_go(row):
                claimed[row.address] = row
            else:
                break  # Those behind are no more urgent, and there is no slot for them either.
        self._claiming = set(claimed)
        return list(claimed.values()), late

    def _may_go(self, row: Outgoing) -> bool:
        """Take a slot for the row. An answer goes without waiting for one: people ask no faster than they can press, and the
        platform's limit is one of bulk. Once it complains, answers keep to the pace too, for a while.
        """
        if row.lane is outbox.Lane.REPLY and monotonic() > self._careful_until:
            self._pace.take()
            return True
        if self._pace.wait_s() > 0:
            return False
        self._pace.take()
        self._chats.take(row.address)
        return True

    def _free(self) -> int:
        """Messages that may still take off. Those whose outcome is not written down count as in flight: a crash would send them again."""
        unwritten = len(self._sent) + len(self._writing) + len(self._along)
        return self._rates.in_flight - len(self._flying) - len(self._boarding) - unwritten

    def board(self, drafts: Sequence[Draft], waiting: Collection[str]) -> Boarding:
        """Which of these new answers fly as soon as they are committed, without a claim of their own.

        Those are answers in words, whose chat has nothing else under way or in line (`waiting`), while the pace does not matter.
        `ended` must follow.
        """
        keys: list[str] = []
        if self._running and not self._stopping and self._pace.halted_s() <= 0 and monotonic() > self._careful_until:
            # One row of a chat in flight at a time, also in the table: two would come again out of order after a crash.
            unwritten = (item.address for item in (*self._sent, *self._writing))
            taken = {*waiting, *self._flying, *self._claiming, *self._boarding, *self._chats.resting(), *unwritten}
            for draft in drafts:
                if self._free() > 0 and draft.address not in taken and draft.boards:
                    self._pace.take()
                    self._boarding.add(draft.address)
                    keys.append(draft.key)
                taken.add(draft.address)
        return Boarding(self._epoch, self._clock.at(), frozenset(keys))

    async def settle_along(self, tx: Tx) -> None:
        """Write down what came back in the transaction of a turn: one commit less. `ended` must follow."""
        self._along, self._sent = self._sent, []
        await self._settle(tx, self._along)

    def ended(self, rows: Sequence[Outgoing] | None) -> None:
        """The turn's transaction is over: these rows are claimed and fly; None: it was undone."""
        if rows is None:
            self._sent = self._along + self._sent
            self._wake.set()
        self._along = []
        self._boarding.clear()
        for row in rows or ():
            self._flying[row.address] = asyncio.create_task(self._fly(row))

    async def _settle(self, tx: Tx, sent: Sequence[_Sent]) -> None:
        """Write down what came back."""
        await outbox.settle(tx, [item.outcome for item in sent])
        for item in sent:
            if item.blocked:
                await people.set_reachable(tx, item.address, reachable=False)
                await outbox.cancel(tx, item.address)
            if item.moved_to:
                await people.move(tx, item.address, item.moved_to)
                await outbox.move(tx, item.address, item.moved_to)

    async def _fly(self, row: Outgoing) -> None:
        """One attempt. Whatever happens, the row gets an outcome."""
        try:
            file = self._files.get(row.id)
            if isinstance(file, RenderError):
                raise Rejected(str(file)) from file
            external_id = await self._channel.send(Parcel(row.id, row.address, row.reply, file))
            self._failures = 0
            sent = _Sent(Outcome(row.id, "sent", attempts=row.attempts, external_id=external_id), row.address)
        except SendError as error:
            sent = self._failed(row, error)
        except Exception:  # noqa: BLE001 (a bug in a channel: the row still ends in a recorded state)
            _LOG.exception("send_bug channel=%s outbox=%s", self._channel.name, row.id)
            sent = _Sent(Outcome(row.id, "failed", attempts=row.attempts, error="bug"), row.address)
        if sent.outcome.state != "pending" and isinstance(file := self._files.pop(row.id, None), RenderedFile):
            self._renderer.discard(file)
        self._flying.pop(row.address, None)
        self._sent.append(sent)
        self._more = self._more or sent.outcome.state == "pending"
        # A moment of patience: others come back too, or a turn's transaction takes the outcome along.
        asyncio.get_running_loop().call_later(_GRACE_S, self._look_back)

    async def _discard_unwanted(self, tx: Tx) -> None:
        """Files whose message was cancelled meanwhile (the person blocked us, or was erased) must not lie about."""
        for id_ in set(self._files) - await outbox.still_to_go(tx, list(self._files)):
            if isinstance(file := self._files.pop(id_), RenderedFile):
                self._renderer.discard(file)

    async def _render(self, row: Outgoing) -> None:
        """Make the file of a row; other answers to the same chat go on meanwhile, so that long work holds up nobody."""
        assert row.reply.document is not None

        def progress(text: str) -> None:
            edit = asyncio.create_task(self._edit(row, text))
            self._edits.add(edit)
            edit.add_done_callback(self._edits.discard)

        try:
            self._files[row.id] = await self._renderer.render(row.id, row.address, row.reply.document, progress)
        except RenderError as error:
            event(_LOG, "render_failed", logging.ERROR, outbox=row.id, why=error)
            await self._apologise(row)
            self._files[row.id] = error
        finally:
            self._rendering.pop(row.id, None)
            self._wake.set()

    async def _apologise(self, row: Outgoing) -> None:
        """A file that could not be made is said, never dropped in silence."""
        assert row.reply.document is not None
        language = str(row.reply.document.params.get("language", self._words.default))
        text = self._words.say(language, "error.document", incident=row.id)
        draft = outbox.Draft(f"document:{row.id}", row.address, Reply(text))
        await self._database.write(lambda tx: outbox.write(tx, [draft]))

    async def _edit(self, row: Outgoing, text: str) -> None:
        """Show progress in the message before the file; a picture of it that is not shown harms nobody."""
        async with self._database.read() as tx:
            working = await outbox.message_before(tx, row.address, row.id)
        if working:
            await self.show(row.address, working, Reply(text))

    async def show(self, address: str, external_id: str, reply: Reply) -> None:
        """Change a message that stands in a chat. It takes a slot like any other call; one that cannot be changed harms nobody."""
        if self._pace.halted_s() > 0:
            return
        self._pace.take()
        try:
            await self._channel.edit(address, external_id, reply)
        except SendError as error:
            event(_LOG, "edit_failed", logging.DEBUG, channel=self._channel.name, error=type(error).__name__)

    def _failed(self, row: Outgoing, error: SendError) -> _Sent:
        """What the channel does about it, and what becomes of the row."""
        event(
            _LOG,
            "send_failed",
            logging.WARNING,
            channel=self._channel.name,
            outbox=row.id,
            error=type(error).__name__,
            why=error,
        )
        match error:
            case Throttled(retry_after_s=seconds):
                self._throttle(row.address, seconds)
            case Unreachable() | Unauthorised():
                self._back_off()
        moved_to = error.address if isinstance(error, ChatMoved) else ""
        outcome = outcome_of(row, error, self._clock.at())
        return _Sent(outcome, row.address, blocked=isinstance(error, Blocked), moved_to=moved_to)

    def _throttle(self, address: str, seconds: float) -> None:
        """This chat waits; a second refusal soon after means that the whole channel does."""
        self.throttled += 1
        self._chats.halt(address, seconds)
        if monotonic() - self._last_refusal < _FEVER_S:
            self._pace.halt(seconds)
        self._last_refusal = monotonic()
        self._careful_until = monotonic() + max(seconds, _CAREFUL_S)

    def _back_off(self) -> None:
        """The network failed: the whole channel waits, longer each time, with jitter. One success ends it."""
        base = _BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)]
        self._failures += 1
        self._pace.halt(base * random.uniform(0.8, 1.2))  # noqa: S311 (spreads retries, keeps no secret)


async def recover(database: Database, epoch: str) -> int:
    """At start: what was in flight when the last process died gets its state. Returns how many rows there were."""
    return await database.write(lambda tx: outbox.recover(tx, epoch))
