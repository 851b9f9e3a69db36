"""Files that officers send: kept until they are read, then what was read until the officer has decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.dialogue import File
from core.json_text import pack, unpack
from storage.database import Tx

_HELD = "held:"
_KEEP_MS = 7 * 86_400_000  # As long as a form stays open.
_COLUMNS = "id, address, name, size, remote, body, state, kind, result, draft"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file. `body` is None where its channel still has it and once it is read; `result` is JSON, {} before it is read;
    `draft`: what was decided of it so far.
    """

    id: int
    address: str
    name: str
    size: int
    remote: str
    body: bytes | None
    state: str
    kind: str
    result: dict[str, Any]
    draft: dict[str, Any]


async def hold(tx: Tx, address: str, name: str, body: bytes, *, at: int) -> File:
    """Keep a file whose bytes came along; what its turn gets. Until then nobody reads it."""
    rows = await tx.run(
        "INSERT INTO uploads (address, name, size, body, state, at) VALUES (?, ?, ?, ?, 'held', ?) RETURNING id",
        (address, name, len(body), body, at),
    )
    return File(name, len(body), f"{_HELD}{rows[0][0]}")


async def accept(tx: Tx, address: str, file: File, at: int) -> int | None:
    """Have a file read; its id. None where `file` names one that this address does not hold."""
    if file.remote.startswith(_HELD):
        rows = await tx.run(
            "UPDATE uploads SET state = 'new' WHERE id = ? AND address = ? AND state = 'held' RETURNING id",
            (_held_id(file), address),
        )
    else:
        rows = await tx.run(
            "INSERT INTO uploads (address, name, size, remote, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
            (address, file.name, file.size, file.remote, at),
        )
    return int(rows[0][0]) if rows else None


async def refuse(tx: Tx, address: str, file: File) -> None:
    """Nobody will read this file: what is kept of it goes."""
    if file.remote.startswith(_HELD):
        await tx.run("DELETE FROM uploads WHERE id = ? AND address = ? AND state = 'held'", (_held_id(file), address))


def _held_id(file: File) -> int:
    number = file.remote.removeprefix(_HELD)
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0


async def next_new(tx: Tx, skip: Sequence[int] = ()) -> Upload | None:
    """The oldest file that is to be read, none of `skip`."""
    marks = ", ".join("?" * (len(skip) + 1))
    return await _one(tx, f"state = 'new' AND id NOT IN ({marks}) ORDER BY id LIMIT 1", (0, *skip))


async def of_address(tx: Tx, address: str, upload_id: int) -> Upload | None:
    """A file of this address."""
    return await _one(tx, "address = ? AND id = ?", (address, upload_id))


async def undecided(tx: Tx, address: str, kind: str) -> Upload | None:
    """The newest file of this kind and address that was read and waits for a decision."""
    return await _one(tx, "address = ? AND kind = ? AND state = 'read' ORDER BY id DESC LIMIT 1", (address, kind))


async def _one(tx: Tx, where: str, values: tuple[object, ...]) -> Upload | None:
    row = await tx.one(f"SELECT {_COLUMNS} FROM uploads WHERE {where}", values)  # noqa: S608 (our own clauses)
    if row is None:
        return None
    upload_id, address, name, size, remote, body, state, kind, result, draft = row
    read, decided = (unpack(text) if text else {} for text in (result, draft))
    return Upload(upload_id, address, name, size, remote, body, state, kind, read, decided)


async def sent(tx: Tx, address: str) -> list[tuple[str, int, int]]:
    """(name, bytes, ms UTC) of each file of this address that is still known of; the name goes with the decision on it."""
    rows = await tx.all("SELECT name, size, at FROM uploads WHERE address = ? ORDER BY id", (address,))
    return [(name, size, at) for name, size, at in rows]


async def finish(tx: Tx, upload_id: int, result: dict[str, Any], *, failed: bool) -> bool:
    """Keep what was read in place of the file; False where somebody else has done so. `result` says its "kind"."""
    kind = str(result.get("kind", "plan"))
    rows = await tx.run(
        "UPDATE uploads SET state = ?, kind = ?, result = ?, body = NULL, remote = '' WHERE id = ? AND state = 'new' RETURNING id",
        ("failed" if failed else "read", kind, pack(result), upload_id),
    )
    return bool(rows)


async def note(tx: Tx, upload_id: int, draft: dict[str, Any]) -> None:
    """Keep what was decided so far of a file that waits for its decision."""
    await tx.run("UPDATE uploads SET draft = ? WHERE id = ? AND state = 'read'", (pack(draft), upload_id))


async def decide(tx: Tx, address: str, *, but: int = 0) -> None:
    """What was read for this address is decided on, all `but` one; nothing of it stays."""
    await tx.run(
        "UPDATE uploads SET state = 'done', result = '', draft = '', name = '' WHERE address = ? AND state = 'read' AND id <> ?",
        (address, but),
    )


async def told(tx: Tx, upload_id: int) -> None:
    """That this file could not be read was said."""
    await tx.run(
        "UPDATE uploads SET state = 'done', result = '', name = '' WHERE id = ? AND state = 'failed'", (upload_id,)
    )


async def prune(tx: Tx, now: int) -> None:
    """Drop what nobody decided on for a week."""
    await tx.run("DELETE FROM uploads WHERE at < ?", (now - _KEEP_MS,))
