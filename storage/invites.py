"""Invitations to a role: one use, two days. Of the code only a keyed hash is kept."""

from __future__ import annotations

from dataclasses import dataclass

from core.codes import digest
from core.invites import LIFE_MS
from core.people import Grant, Role
from storage import marks
from storage.database import Tx

_KEEP_MS = (
    30 * 86_400_000
)  # Who made and who used it stands in the log; the row only says why a code is no good any more.
_COLUMNS = "id, role, unit_id, round_id, made_by, made_at, expires_at, ended"


@dataclass(frozen=True, slots=True)
class Invite:
    """One invitation. `ended`: "used", "withdrawn" or ""; times in milliseconds UTC."""

    id: int
    grant: Grant
    made_by: str
    made_at: int
    expires_at: int
    ended: str

    def no_good(self, at: int) -> str:
        """Why nobody can accept it any more: "used", "withdrawn", "expired"; "" where somebody can."""
        return self.ended or ("expired" if at >= self.expires_at else "")


def _invite(row: tuple[object, ...]) -> Invite:
    id_, role, unit_id, round_id, *rest = row
    return Invite(id_, Grant(Role[str(role).upper()], unit_id, round_id), *rest)  # type: ignore[arg-type]


async def _digest(tx: Tx, code: str) -> str:
    return digest(await marks.secret(tx, "invites"), code)


async def make(tx: Tx, code: str, grant: Grant, *, by: str, at: int) -> int:
    """Keep a new invitation; its id."""
    rows = await tx.run(
        "INSERT INTO invites (code_hash, role, unit_id, round_id, made_by, made_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (await _digest(tx, code), grant.role.name.lower(), grant.unit_id, grant.round_id, by, at, at + LIFE_MS),
    )
    return int(rows[0][0])


async def by_code(tx: Tx, code: str) -> Invite | None:
    """The invitation of a code, also one that is no good any more."""
    return await _one(tx, "code_hash = ?", await _digest(tx, code))


async def by_id(tx: Tx, invite_id: int) -> Invite | None:
    """One invitation."""
    return await _one(tx, "id = ?", invite_id)


async def _one(tx: Tx, where: str, value: object) -> Invite | None:
    row = await tx.one(f"SELECT {_COLUMNS} FROM invites WHERE {where}", (value,))  # noqa: S608 (our own clauses)
    return _invite(row) if row else None


async def waiting(tx: Tx, at: int, *, made_by: str | None = None) -> list[Invite]:
    """Those that somebody can still accept, the newest first; of one maker, or of all."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM invites WHERE ended = '' AND expires_at > ? AND (? IS NULL OR made_by = ?) ORDER BY id DESC",  # noqa: S608
        (at, made_by, made_by),
    )
    return [_invite(row) for row in rows]


async def end(tx: Tx, invite_id: int, ended: str, *, by: str, at: int) -> bool:
    """It is "used" or "withdrawn" from now on; False where it had ended before."""
    rows = await tx.run(
        "UPDATE invites SET ended = ?, ended_by = ?, ended_at = ? WHERE id = ? AND ended = '' AND expires_at > ? RETURNING id",
        (ended, by, at, invite_id, at),
    )
    return bool(rows)


async def prune(tx: Tx, now: int) -> None:
    """Drop what has been over for a month."""
    await tx.run("DELETE FROM invites WHERE expires_at < ?", (now - _KEEP_MS,))
