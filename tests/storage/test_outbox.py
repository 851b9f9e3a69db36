"""One way out, at the table: what is due, in which order, and what becomes of a row whatever happens to it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.dialogue import Button, DocumentRef, Reply
from storage import outbox
from storage.database import Database, Tx, open_database
from storage.migrate import migrate
from storage.outbox import RESENDS, Draft, Lane, Outcome, Outgoing, Skipped

CHATS = ("web:1", "web:2", "web:3")
ENDED = ("sent", "failed", "expired", "cancelled")


async def due(tx: Tx, now: int = 1000, **options: Any) -> list[Outgoing]:
    """The rows that may go now."""
    limit = options.pop("limit", 50)
    return await outbox.due(tx, "web", now, limit=limit, skip=Skipped(**options))


async def texts(database: Database, now: int = 1000, **options: Any) -> list[str]:
    """Their words."""
    async with database.read() as tx:
        return [row.reply.text for row in await due(tx, now, **options)]


async def write(database: Database, *drafts: Draft) -> None:
    """Put in line, committed."""
    await database.write(lambda tx: outbox.write(tx, drafts))


async def settle(database: Database, *outcomes: Outcome) -> None:
    """Write outcomes down."""
    await database.write(lambda tx: outbox.settle(tx, outcomes))


async def states(database: Database) -> list[tuple[Any, ...]]:
    """(state, attempts, payload) of every row."""
    async with database.read() as tx:
        return await tx.all("SELECT state, attempts, payload FROM outbox ORDER BY id")


async def test_the_same_key_twice_adds_nothing(database: Database) -> None:
    """Planning twice says once."""
    await write(database, Draft("k", CHATS[0], Reply("một")), Draft("k", CHATS[0], Reply("hai")))
    await write(database, Draft("k", CHATS[1], Reply("ba")))
    assert await texts(database) == ["một"]


async def test_lanes_go_first_then_the_order_of_writing(database: Database) -> None:
    """An answer written last goes before everything that is no answer."""
    lanes = (Lane.BROADCAST, Lane.REMINDER, Lane.URGENT, Lane.REPLY, Lane.REPLY)
    await write(database, *(Draft(f"k{n}", f"web:{n}", Reply(f"{lane.name}{n}"), lane) for n, lane in enumerate(lanes)))
    assert await texts(database) == ["REPLY3", "REPLY4", "URGENT2", "REMINDER1", "BROADCAST0"]


async def test_what_is_for_later_waits(database: Database) -> None:
    """And the time of the next one is known."""
    await write(database, Draft("a", CHATS[0], Reply("sau"), not_before=2000), Draft("b", CHATS[0], Reply("ngay")))
    assert await texts(database) == ["ngay"]
    assert await texts(database, 2000) == ["sau"]  # of each chat the first
    async with database.read() as tx:
        assert await outbox.next_due(tx, "web", 1000) == 2000
        assert await outbox.next_due(tx, "web", 2000) is None
        assert await outbox.next_due(tx, "telegram", 1000) is None


async def test_a_chat_whose_message_is_tried_again_waits_with_all_that_follows(database: Database) -> None:
    """Order within a chat outlives a refusal and a restart; other chats go on."""
    await write(database, *(Draft(f"{chat}{n}", chat, Reply(f"{chat}.{n}")) for n in (1, 2) for chat in CHATS[:2]))
    await settle(database, Outcome(1, "pending", not_before=5000, error="Throttled"))
    assert await texts(database) == ["web:2.1"]
    assert await texts(database, 5000) == ["web:1.1", "web:2.1"]


async def test_chats_and_rows_to_be_left_out_are_left_out(database: Database) -> None:
    """Chats in flight or resting, rows whose file is being made."""
    await write(database, *(Draft(chat, chat, Reply(chat)) for chat in CHATS))
    assert await texts(database, addresses=["web:1"], ids=[2]) == ["web:3"]
    assert await texts(database, limit=2) == ["web:1", "web:2"]


async def test_what_ended_is_no_longer_kept_in_words(database: Database) -> None:
    """Sent, failed, expired and cancelled rows keep their key and state alone."""
    await write(database, *(Draft(str(n), CHATS[0], Reply("riêng")) for n in range(7)))
    await settle(database, *(Outcome(n, state) for n, state in enumerate(("sent", "failed", "expired", "held"), 1)))
    await database.write(lambda tx: outbox.claim(tx, [5], "now", 1))
    await database.write(lambda tx: outbox.cancel(tx, CHATS[0]))
    found = [(state, bool(payload)) for state, _, payload in await states(database)]
    assert found == [
        *((state, False) for state in ("sent", "failed", "expired")),
        ("held", True),
        ("sending", True),
        *[("cancelled", False)] * 2,
    ]


async def test_in_flight_at_a_crash_is_sent_again_or_held_by_kind(database: Database) -> None:
    """Answers and reminders go again, at most so often; a broadcast waits for an officer; what is ours stays in flight."""
    await write(database, *(Draft(str(n), f"web:{n}", Reply("x"), lane) for n, lane in enumerate(Lane)))
    for life in range(RESENDS):
        await database.write(lambda tx, life=life: outbox.claim(tx, [1, 3], f"life{life}", 1))
        assert await database.write(lambda tx, life=life: outbox.recover(tx, f"life{life}")) == 0
        assert await database.write(lambda tx, life=life: outbox.recover(tx, f"life{life + 1}")) == 2
        assert [row[:2] for row in await states(database)][::2] == [("pending", life + 1)] * 2
    await database.write(lambda tx: outbox.claim(tx, [1, 4], "last", 1))
    await database.write(lambda tx: outbox.recover(tx, "next"))
    assert [row[:2] for row in await states(database)] == [
        ("failed", RESENDS + 1),
        ("pending", 0),
        ("pending", RESENDS),
        ("held", 1),
    ]


async def test_a_message_comes_back_as_it_was_written(database: Database) -> None:
    """Words in any script, buttons, a document with its parameters."""
    reply = Reply("Ý – 𝔸 {0} %s", (Button("Có", "1.a:yes"),), document=DocumentRef("x.csv", {"units": [1], "q": "'\n"}))
    await write(database, Draft("k", CHATS[0], reply, expires_at=9))
    async with database.read() as tx:
        (row,) = await due(tx)
    assert (row.reply, row.expires_at, row.on_unknown, row.attempts) == (reply, 9, "resend", 0)


async def test_a_chat_that_moves_takes_its_messages_along(database: Database) -> None:
    """What waits and what flies; what was said stays where it was said."""
    await write(database, *(Draft(str(n), CHATS[0], Reply(str(n))) for n in range(3)))
    await settle(database, Outcome(1, "sent", external_id="7"))
    await database.write(lambda tx: outbox.claim(tx, [2], "now", 1))
    await database.write(lambda tx: outbox.move(tx, CHATS[0], CHATS[1]))
    async with database.read() as tx:
        assert [row[0] for row in await tx.all("SELECT address FROM outbox ORDER BY id")] == [CHATS[0], *[CHATS[1]] * 2]
        assert await outbox.message_before(tx, CHATS[0], 9) == "7"
        assert await outbox.message_before(tx, CHATS[0], 1) is None


async def test_answers_long_gone_are_pruned_and_what_waits_is_not(database: Database) -> None:
    """Thirty days after it was sent an answer's row goes."""
    await write(database, *(Draft(str(n), CHATS[0], Reply("x")) for n in range(2)))
    await database.write(lambda tx: outbox.claim(tx, [1], "now", 0))
    await settle(database, Outcome(1, "sent"))
    month = 30 * 86_400_000
    await database.write(lambda tx: outbox.prune(tx, month))
    assert len(await states(database)) == 2
    await database.write(lambda tx: outbox.prune(tx, month + 1))
    assert [row[0] for row in await states(database)] == ["pending"]


@dataclass
class Row:
    """What must be true of one message."""

    id: int
    chat: str
    lane: Lane
    not_before: int
    expires_at: int | None
    state: str = "pending"
    calls: int = 0
    unknown: int = 0
    tried: bool = False


class Life(RuleBasedStateMachine):
    """Any course of writing, claiming, outcomes, cancelling, crashes and restarts."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "house.db"
        shutil.copyfile(self.template, path)
        self._runner = asyncio.Runner()
        self.database: Database = self._run(open_database(f"sqlite:///{path}"))
        self.rows: dict[str, Row] = {}
        self.now, self.life = 1000, 1

    def _run(self, work: Any) -> Any:
        return self._runner.run(work)

    def _write(self, work: Any) -> Any:
        return self._run(self.database.write(work))

    def _in(self, *states: str) -> list[Row]:
        return [row for row in self.rows.values() if row.state in states]

    @property
    def epoch(self) -> str:
        """Name of this life."""
        return f"life{self.life}"

    @rule(
        number=st.integers(0, 30),
        chat=st.sampled_from(CHATS[:2]),
        lane=st.sampled_from((Lane.REPLY, Lane.REPLY, Lane.REPLY, Lane.BROADCAST)),
        later=st.sampled_from((0, 0, 0, 5)),
        lives=st.sampled_from((None, None, 3, 10)),
    )
    def say(self, number: int, chat: str, lane: Lane, later: int, lives: int | None) -> None:
        key, not_before = f"k{number}", self.now + later if later else 0
        expires_at = None if lives is None else self.now + later + lives
        self._write(lambda tx: outbox.write(tx, [Draft(key, chat, Reply(key), lane, not_before, expires_at)]))
        (id_,) = self._write(lambda tx: tx.one("SELECT id FROM outbox WHERE dedupe_key = ?", (key,)))
        self.rows.setdefault(key, Row(id_, chat, lane, not_before, expires_at))

    @rule(by=st.integers(1, 6))
    def time_passes(self, by: int) -> None:
        self.now += by

    @rule(limit=st.integers(1, 6))
    def claim(self, limit: int) -> None:
        """As delivery does: late ones expire, one row a chat is claimed."""
        flying = [row.chat for row in self._in("sending")]

        async def work(tx: Tx) -> tuple[list[Outgoing], list[Outgoing]]:
            found = await due(tx, self.now, limit=limit, addresses=flying)
            late = [row for row in found if row.expires_at is not None and row.expires_at <= self.now]
            first = {row.address: row for row in reversed(found) if row not in late}
            await outbox.settle(tx, [Outcome(row.id, "expired", attempts=row.attempts) for row in late])
            await outbox.claim(tx, [row.id for row in first.values()], self.epoch, self.now)
            return list(first.values()), late

        claimed, late = self._write(work)
        for expired in late:
            self.rows[expired.reply.text].state = "expired"
        for went in claimed:
            row = self.rows[went.reply.text]
            self._may_go(row)
            row.state, row.calls, row.tried = "sending", row.calls + 1, True

    def _may_go(self, row: Row) -> None:
        assert row.state == "pending" and row.not_before <= self.now
        assert row.expires_at is None or row.expires_at > self.now
        before = [q for q in self.rows.values() if q.chat == row.chat and q.lane == row.lane and q.id < row.id]
        assert not [q for q in before if q.state == "sending" or (q.state == "pending" and q.tried)], "overtaken"
        assert not [q for q in before if q.state == "pending" and q.not_before <= self.now], "overtaken"

    @precondition(lambda self: self._in("sending"))
    @rule(data=st.data(), what=st.sampled_from(("sent", "failed", "throttled", "not sent", "unknown")))
    def outcome(self, data: st.DataObject, what: str) -> None:
        row = data.draw(st.sampled_from(self._in("sending")))
        attempts, later = row.unknown, 0
        if what in ("sent", "failed"):
            row.state = what
        elif what in ("throttled", "not sent"):
            row.state, later = "pending", 4 if what == "throttled" else 0
        else:
            attempts = row.unknown = row.unknown + 1
            resend = "pending" if attempts <= RESENDS else "failed"
            row.state, later = ("held" if row.lane is Lane.BROADCAST else resend), 2
        row.not_before = max(row.not_before, self.now + later) if later else row.not_before
        error = None if what in ("sent", "not sent") else what
        found = Outcome(row.id, row.state, self.now + later if later else 0, attempts, error=error)
        self._write(lambda tx: outbox.settle(tx, [found]))

    @rule(chat=st.sampled_from(CHATS[:2]))
    def cancel(self, chat: str) -> None:
        self._write(lambda tx: outbox.cancel(tx, chat))
        for row in self._in("pending"):
            if row.chat == chat:
                row.state = "cancelled"

    @rule()
    def crash_and_restart(self) -> None:
        """The process dies with messages in flight; the next one opens the file anew."""
        self._run(self.database.close())
        self.database = self._run(open_database(f"sqlite:///{self.database.path}"))
        self.life += 1
        found = self._write(lambda tx: outbox.recover(tx, self.epoch))
        assert found == len(self._in("sending"))
        for row in self._in("sending"):
            row.unknown += 1
            resend = "pending" if row.unknown <= RESENDS else "failed"
            row.state = "held" if row.lane is Lane.BROADCAST else resend

    @invariant()
    def the_table_says_the_same(self) -> None:
        """One row a key, in the state that its story gives it; so an ended one never changes."""
        found = self._write(lambda tx: tx.all("SELECT dedupe_key, state, attempts FROM outbox"))
        assert sorted(found) == sorted((key, row.state, row.unknown) for key, row in self.rows.items())

    @invariant()
    def nobody_gets_more_copies_than_unknown_fates_allow(self) -> None:
        """A held kind goes out once; any other once and again for each unknown fate, at most RESENDS times."""
        for row in self.rows.values():
            copies = row.unknown + (row.state == "sent")
            assert copies <= (1 if row.lane is Lane.BROADCAST else RESENDS + 1)
            assert row.calls >= copies

    @invariant()
    def one_in_flight_a_chat(self) -> None:
        """Or order within a chat would be luck."""
        flying = [row.chat for row in self._in("sending")]
        assert len(flying) == len(set(flying))

    def teardown(self) -> None:
        self._run(self.database.close())
        self._runner.close()
        self._folder.cleanup()


def test_any_course_of_events_keeps_the_promises(tmp_path: Path) -> None:
    """Order, uniqueness, no send after cancel or expiry, at most so many copies: over any sequence of events."""

    async def make() -> None:
        database = await open_database(f"sqlite:///{tmp_path / 'template.db'}")
        await migrate(database, 1)
        await database.close()

    asyncio.run(make())
    Life.template = tmp_path / "template.db"
    run_state_machine_as_test(
        Life, settings=settings(max_examples=80, stateful_step_count=40, deadline=None, derandomize=True, database=None)
    )


async def test_progress_is_never_written_over_an_earlier_question(database: Database) -> None:
    """The message before a file is the one just before it; while that is not sent there is none."""
    await write(database, *(Draft(str(n), CHATS[0], Reply("x")) for n in range(3)))
    await database.write(lambda tx: outbox.claim(tx, [1, 2], "now", 0))
    await settle(database, Outcome(1, "sent", external_id="11"))
    async with database.read() as tx:
        assert await outbox.message_before(tx, CHATS[0], 3) is None
    await settle(database, Outcome(2, "sent", external_id="12"))
    async with database.read() as tx:
        assert await outbox.message_before(tx, CHATS[0], 3) == "12"


async def test_what_was_cancelled_before_it_flew_is_pruned_too(database: Database) -> None:
    """It was never claimed, so no time says how long it lies there."""
    await write(database, *(Draft(str(n), CHATS[0], Reply("x")) for n in range(2)))
    await database.write(lambda tx: outbox.cancel(tx, CHATS[0]))
    await database.write(lambda tx: outbox.prune(tx, 31 * 86_400_000))
    assert len(await states(database)) == 1  # the newest, whose number must not come again


async def test_a_long_line_of_one_chat_hides_nobody_else(database: Database) -> None:
    """Of each chat only the first is offered, so a window of two shows two chats."""
    await write(
        database, *(Draft(f"a{n}", CHATS[0], Reply(f"a{n}")) for n in range(50)), Draft("b", CHATS[1], Reply("b"))
    )
    async with database.read() as tx:
        rows = await outbox.due(tx, "web", 1, limit=2, skip=Skipped())
    assert [row.reply.text for row in rows] == ["a0", "b"]
