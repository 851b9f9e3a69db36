"""What donors ask in their own words: whose officers have it, what was answered, and when the words go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage import outbox
from storage.database import Row, Tx

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
# Days after the answer. People ask about their health: a month is enough to ask again, or to make an answer for everybody of it.
KEPT_DAYS = 30
_DAY_MS = 86_400_000
_COLUMNS = "id, address, unit_id, question, state, asked_at, answer, answered_by, answered_at, office_id"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `unit_id`: whose officers have it now, None the administrators'; `words` are "" once they were erased.

    Of one that has ended `answer` is what was said, or why nothing was; `office_id` the unit of whoever ended it, None an administrator.
    """

    id: int
    address: str
    unit_id: int | None
    words: str
    state: str
    asked_at: int
    answer: str = ""
    answered_by: str = ""
    answered_at: int | None = None
    office_id: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How a question ends: `state` ANSWERED or CLOSED, the words of the answer or the reason, and who said so of which unit."""

    state: str
    words: str
    by: str
    office_id: int | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be told. `person_id` is None for a configured administrator whom we do not know otherwise."""

    address: str
    language: str
    person_id: int | None = None


def _question(row: Row) -> Question:
    return Question(*row)


async def ask(tx: Tx, address: str, words: str, *, unit_id: int | None, at: int) -> Question:
    """Keep a new question."""
    rows = await tx.run(
        f"INSERT INTO questions (address, unit_id, question, asked_at) VALUES (?, ?, ?, ?) RETURNING {_COLUMNS}",  # noqa: S608 (constant)
        (address, unit_id, words, at),
    )
    return _question(rows[0])


async def by_id(tx: Tx, id_: int) -> Question | None:
    """The question of an id; None also where its asker is gone."""
    row = await tx.one(f"SELECT {_COLUMNS} FROM questions WHERE id = ?", (id_,))  # noqa: S608 (constant)
    return _question(row) if row else None


async def all_of(tx: Tx, address: str) -> list[Question]:
    """Everything that somebody asked, oldest first."""
    rows = await tx.all(f"SELECT {_COLUMNS} FROM questions WHERE address = ? ORDER BY id", (address,))  # noqa: S608 (constant)
    return [_question(row) for row in rows]


async def waiting(tx: Tx) -> list[Question]:
    """All that are open, oldest first. (Nobody has more than a few open, and they are there to be answered: the list is short.)"""
    rows = await tx.all(f"SELECT {_COLUMNS} FROM questions WHERE state = 'open' ORDER BY asked_at, id")  # noqa: S608 (constant)
    return [_question(row) for row in rows]


async def not_told(tx: Tx, before: int) -> list[Question]:
    """Open ones from before this moment that nobody above was told of yet."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM questions WHERE state = 'open' AND late_at IS NULL AND asked_at < ? ORDER BY id",  # noqa: S608 (constant)
        (before,),
    )
    return [_question(row) for row in rows]


async def asked_before(tx: Tx, moment: int) -> list[Question]:
    """Open ones from before this moment."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM questions WHERE state = 'open' AND asked_at < ? ORDER BY id",  # noqa: S608 (constant)
        (moment,),
    )
    return [_question(row) for row in rows]


async def told_above(tx: Tx, id_: int, at: int) -> None:
    """Those above know that it waits; they are told once."""
    await tx.run("UPDATE questions SET late_at = ? WHERE id = ?", (at, id_))


async def end(tx: Tx, id_: int, how: End, at: int) -> bool:
    """End an open question; False where somebody was faster, or its asker is gone. What still waits to announce it is not sent."""
    ended = await tx.run(
        "UPDATE questions SET state = ?, answer = ?, answered_by = ?, answered_at = ?, office_id = ?"
        " WHERE id = ? AND state = 'open' RETURNING id",
        (how.state, how.words, how.by, at, how.office_id, id_),
    )
    if ended:
        await outbox.cancel_keys(tx, f"question:{id_}:")
    return bool(ended)


async def pass_on(tx: Tx, question: Question, unit_id: int | None) -> bool:
    """Give an open question to another unit's officers; False where it is not open, or not where it was, any more."""
    passed = await tx.run(
        "UPDATE questions SET unit_id = ? WHERE id = ? AND state = 'open' AND coalesce(unit_id, 0) = ? RETURNING id",
        (unit_id, question.id, question.unit_id or 0),
    )
    return bool(passed)


async def readers(tx: Tx, unit_id: int | None) -> list[Reader]:
    """The officers of just this unit whom a message reaches; of None, the administrators of the table."""
    rows = await tx.all(
        "SELECT p.address, p.language, p.id FROM roles r JOIN people p ON p.address = r.address"
        " WHERE r.role = ? AND coalesce(r.unit_id, 0) = ? AND p.reachable = 1 ORDER BY p.id",
        ("officer" if unit_id is not None else "admin", unit_id or 0),
    )
    return [Reader(*row) for row in rows]


async def forget(tx: Tx, address: str) -> None:
    """Erase what somebody asked, and what waits to tell officers of it; what they answered to others stays without them."""
    for (id_,) in await tx.all("SELECT id FROM questions WHERE address = ?", (address,)):
        await outbox.cancel_keys(tx, f"question:{id_}:")
    await tx.run("DELETE FROM questions WHERE address = ?", (address,))
    await tx.run("UPDATE questions SET answered_by = '' WHERE answered_by = ?", (address,))


async def prune(tx: Tx, now: int) -> None:
    """Erase the words of what ended a while ago; that something was asked and answered stays."""
    await tx.run(
        "UPDATE questions SET question = '', answer = '' WHERE answered_at < ? AND question <> ''",
        (now - KEPT_DAYS * _DAY_MS,),
    )


async def last_office(tx: Tx, address: str) -> tuple[int | None] | None:
    """Whose officers answered this person last, as a tuple of one; None where nobody did lately."""
    row = await tx.one(
        "SELECT unit_id FROM questions WHERE address = ? AND state = 'answered' AND question <> '' ORDER BY answered_at DESC LIMIT 1",
        (address,),
    )
    return (row[0],) if row else None


async def open_of(tx: Tx, address: str) -> Sequence[int]:
    """Ids of what somebody asked that nobody has answered yet."""
    return [id_ for (id_,) in await tx.all("SELECT id FROM questions WHERE address = ? AND state = 'open'", (address,))]
