"""Persons and their open conversations."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from core.json_text import pack, unpack
from core.people import Conversation, Grant, Person, Role
from storage import questions
from storage.database import Tx

_ROLES = {role.name.lower(): role for role in Role}
# Where a person is named by their address. Not among them: what has been said and done, which stays as it was (inbox, audit, the
# proof of consents), the outbox, which moves by rules of its own, and the web chat's log, for a web chat never moves.
ADDRESSES = (
    ("people", "address"),
    ("conversations", "address"),
    ("uploads", "address"),
    ("roles", "address"),
    ("roles", "granted_by"),
    ("invites", "made_by"),
    ("invites", "ended_by"),
    ("link_codes", "made_by"),
    ("unit_texts", "address"),
    ("round_changes", "address"),
    ("broadcasts", "address"),
    ("pictures", "address"),
    ("questions", "address"),
    ("questions", "answered_by"),
    ("faq", "changed_by"),
)
# What stays when whoever did it is forgotten, and names them no more.
_SIGNED = (
    ("roles", "granted_by"),
    ("invites", "ended_by"),
    ("link_codes", "made_by"),
    ("unit_texts", "address"),
    ("broadcasts", "address"),
    ("faq", "changed_by"),
)
_AT_ONCE = 500  # values of one statement
# Above everybody who is, and who was: forms, drafts and keys of messages name people by their number.
_NEW_ID = (
    "(SELECT 1 + max(coalesce((SELECT max(id) FROM people), 0),"
    " coalesce((SELECT CAST(value AS INTEGER) FROM marks WHERE name = 'people_gone'), 0)))"
)
PAPER = "paper"  # The channel of people from paper lists: nobody is behind it.


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


async def load(tx: Tx, addresses: Sequence[str]) -> dict[str, Person]:
    """The known ones among these addresses, with their roles from the table."""
    rows = await tx.all(
        "SELECT p.address, p.language, p.id, p.reachable, r.role, r.unit_id, r.round_id"  # noqa: S608 (only marks are joined)
        f" FROM people p LEFT JOIN roles r ON r.address = p.address WHERE p.address IN ({_marks(addresses)}) ORDER BY r.id",
        addresses,
    )
    people: dict[str, Person] = {}
    for address, language, id_, reachable, role, unit_id, round_id in rows:
        known = people.get(address)
        given = (*known.grants,) if known else ()
        given += (Grant(_ROLES[role], unit_id, round_id),) if role else ()
        highest = max((grant.role for grant in given), default=Role.DONOR)
        people[address] = Person(address, language, highest, id_, bool(reachable), given)
    return people


async def by_id(tx: Tx, person_id: int) -> Person | None:
    """Somebody known, as they are written to: without their role."""
    row = await tx.one("SELECT address, language, id, reachable FROM people WHERE id = ?", (person_id,))
    return Person(row[0], row[1], id=row[2], reachable=bool(row[3])) if row else None


async def keep(tx: Tx, address: str, language: str, at: int) -> int:
    """Make the person known, or note the language; the person's id."""
    rows = await tx.run(
        f"INSERT INTO people (id, address, language, created_at) VALUES ({_NEW_ID}, ?, ?, ?)"  # noqa: S608 (constant)
        " ON CONFLICT (address) DO UPDATE SET language = excluded.language RETURNING id",
        (address, language, at),
    )
    return int(rows[0][0])


async def add_paper(tx: Tx, language: str, at: int) -> int:
    """Make somebody known who is on a paper list alone; the person's id. Nothing can be sent to them."""
    ((person_id, _),) = await add_papers(tx, 1, language, at)
    return person_id


async def add_papers(tx: Tx, count: int, language: str, at: int) -> list[tuple[int, str]]:
    """As `add_paper`, so many at once: their ids and addresses."""
    addresses = [f"{PAPER}:{secrets.token_hex(8)}" for _ in range(count)]
    await tx.many(
        f"INSERT INTO people (id, address, language, reachable, created_at) VALUES ({_NEW_ID}, ?, ?, 0, ?)",  # noqa: S608
        [(address, language, at) for address in addresses],
    )
    rows: list[tuple[int, str]] = []
    for start in range(0, count, _AT_ONCE):
        some = addresses[start : start + _AT_ONCE]
        sql = f"SELECT id, address FROM people WHERE address IN ({_marks(some)}) ORDER BY id"  # noqa: S608 (only marks are joined)
        rows += [(person_id, address) for person_id, address in await tx.all(sql, some)]
    return rows


async def set_reachable(tx: Tx, address: str, *, reachable: bool) -> None:
    """The person blocked us, or came back."""
    await tx.run("UPDATE people SET reachable = ? WHERE address = ?", (int(reachable), address))


async def move(tx: Tx, old: str, new: str) -> None:
    """The platform gave the chat another address."""
    for table, column in ADDRESSES:
        await tx.run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old))  # noqa: S608 (our own names)


async def forget(tx: Tx, address: str) -> None:
    """Drop the person with everything that hangs on them: registration, conversation, what was said and is to be said."""
    await tx.run("DELETE FROM people WHERE address = ?", (address,))
    await tx.run("DELETE FROM conversations WHERE address = ?", (address,))
    await tx.run("DELETE FROM bubbles WHERE address = ?", (address,))
    await tx.run("DELETE FROM uploads WHERE address = ?", (address,))
    await tx.run("DELETE FROM invites WHERE made_by = ?", (address,))  # Nobody answers for them any more.
    await tx.run("DELETE FROM pictures WHERE address = ?", (address,))
    for table, column in _SIGNED:
        await tx.run(f"UPDATE {table} SET {column} = '' WHERE {column} = ?", (address,))  # noqa: S608 (our own names)
    await questions.forget(tx, address)
    await tx.run("UPDATE outbox SET state = 'cancelled' WHERE address = ? AND state IN ('pending', 'held')", (address,))
    # What is on its way right now cannot be called back, but it is not tried again.
    await tx.run("UPDATE outbox SET expires_at = 0 WHERE address = ? AND state = 'sending'", (address,))
    # The rows stay without words and address: a number that was used must never name another message.
    # A key may hold the address as well.
    await tx.run(
        "UPDATE outbox SET payload = '', address = '', dedupe_key = 'forgotten:' || id WHERE address = ? AND state <> 'sending'",
        (address,),
    )
    await tx.run("UPDATE inbox SET body = '' WHERE address = ? AND state = 'dead'", (address,))


_CONVERSATION = "address, form, step, answers, options, version, language, updated_at, expires_at"


def _conversation(row: tuple[object, ...]) -> Conversation:
    address, form, step, answers, options, version, language, updated_at, expires_at = row
    return Conversation(
        address=str(address),
        form=str(form),
        step=str(step),
        answers=unpack(str(answers)),
        options=tuple(tuple(option) for option in unpack(str(options))),
        version=int(version),  # type: ignore[call-overload]
        language=str(language),
        updated_at=int(updated_at),  # type: ignore[call-overload]
        expires_at=int(expires_at),  # type: ignore[call-overload]
    )


async def conversations(tx: Tx, addresses: Sequence[str]) -> dict[str, Conversation]:
    """The open conversations of these addresses."""
    rows = await tx.all(
        f"SELECT {_CONVERSATION} FROM conversations WHERE address IN ({_marks(addresses)})",  # noqa: S608
        addresses,
    )
    return {row[0]: _conversation(row) for row in rows}


async def save_conversations(tx: Tx, open_ones: Sequence[Conversation]) -> None:
    """Write open conversations as they are now."""
    await tx.many(
        f"INSERT INTO conversations ({_CONVERSATION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT (address) DO UPDATE SET form = excluded.form, step = excluded.step, answers = excluded.answers,"
        " options = excluded.options, version = excluded.version, language = excluded.language,"
        " updated_at = excluded.updated_at, expires_at = excluded.expires_at",
        [
            (
                c.address,
                c.form,
                c.step,
                pack(c.answers),
                pack(c.options),
                c.version,
                c.language,
                c.updated_at,
                c.expires_at,
            )
            for c in open_ones
        ],
    )


async def close_conversations(tx: Tx, addresses: Sequence[str]) -> None:
    """Drop conversations that ended, with every draft answer in them."""
    await tx.many("DELETE FROM conversations WHERE address = ?", [(address,) for address in addresses])


async def expired_conversations(tx: Tx, now: int, limit: int = 500) -> list[Conversation]:
    """Conversations left for too long."""
    rows = await tx.all(f"SELECT {_CONVERSATION} FROM conversations WHERE expires_at <= ? LIMIT ?", (now, limit))  # noqa: S608
    return [_conversation(row) for row in rows]


async def touched_since(tx: Tx, channel: str, since: int) -> list[str]:
    """Addresses of a channel with an open conversation that moved since then."""
    rows = await tx.all(
        "SELECT address FROM conversations WHERE updated_at >= ? AND address LIKE ? ORDER BY address",
        (since, f"{channel}:%"),
    )
    return [address for (address,) in rows]
