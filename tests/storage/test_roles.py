"""Roles and invitations as the table has them, read through a connection of its own; and everything that a chat takes along."""

from __future__ import annotations

from core.people import Grant, Role
from storage import invites, people, roles
from storage.database import Database, Tx

OLD, NEW = "telegram:5", "telegram:-1005"
# Columns that name somebody by their address, and stay as they were when a chat moves: see `people.ADDRESSES`.
STAYS = {
    ("inbox", "address"), ("outbox", "address"), ("audit", "address"), ("bubbles", "address"), ("menus", "address"),
    ("consents", "recorded_by"),
}  # fmt: skip


async def test_every_column_that_names_somebody_is_thought_of(database: Database) -> None:
    """A new table with an address moves along, or says why not."""
    async with database.read() as tx:
        tables = [name for (name,) in await tx.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {(t, row[1]) for t in tables for row in await tx.all(f"PRAGMA table_info({t})")}
    naming = {(t, c) for t, c in columns if c in ("address", "proven_by") or c.endswith("_by")}
    assert naming - STAYS == set(people.ADDRESSES)


async def test_a_chat_that_moves_keeps_its_roles_and_invitations(database: Database) -> None:
    """A group that becomes a supergroup is the same one to everybody."""

    async def write(tx: Tx) -> int:
        await people.keep(tx, OLD, "vi", 1)
        await roles.grant(tx, OLD, Grant(Role.ADMIN), by="cli", at=1)
        await roles.grant(tx, "web:1", Grant(Role.OFFICER), by=OLD, at=1)
        await people.keep(tx, "web:1", "vi", 1)
        invite = await invites.make(tx, "ABCD2345", Grant(Role.ADMIN), by=OLD, at=1)
        await people.move(tx, OLD, NEW)
        return invite

    invite_id = await database.write(write)
    async with database.read() as tx:
        moved = (await people.load(tx, [NEW]))[NEW]
        made = await invites.by_id(tx, invite_id)
        given = await roles.of_addresses(tx, ["web:1"])
        assert await people.load(tx, [OLD]) == {} and await roles.of_addresses(tx, [OLD]) == []
    assert moved.role is Role.ADMIN and made is not None and made.made_by == NEW
    assert [seat.granted_by for seat in given] == [NEW]


async def test_who_is_forgotten_leaves_no_invitation_and_no_name_beside_others(database: Database) -> None:
    """What they gave to others stays given."""

    async def write(tx: Tx) -> None:
        await people.keep(tx, OLD, "vi", 1)
        await roles.grant(tx, "web:1", Grant(Role.OFFICER), by=OLD, at=1)
        await invites.make(tx, "ABCD2345", Grant(Role.ADMIN), by=OLD, at=1)
        await people.forget(tx, OLD)

    await database.write(write)
    async with database.read() as tx:
        assert await invites.by_code(tx, "ABCD2345") is None
        assert [(s.address, s.granted_by) for s in await roles.all_(tx)] == [("web:1", "")]


async def test_the_same_role_twice_is_one_and_an_invitation_ends_once(database: Database) -> None:
    """Two taps, two turns: the second finds it done."""

    async def write(tx: Tx) -> list[bool]:
        helper = Grant(Role.OFFICER)
        invite = await invites.make(tx, "ABCD2345", helper, by="web:2", at=1)
        return [
            *[await roles.grant(tx, "web:1", helper, by="web:2", at=1) for _ in range(2)],
            *[await invites.end(tx, invite, ended, by="web:1", at=2) for ended in ("used", "withdrawn")],
        ]

    assert await database.write(write) == [True, False, True, False]


async def test_what_has_been_over_for_a_month_goes(database: Database) -> None:
    """The code of an older one is unknown; who made and used it stands in the log."""
    await database.write(lambda tx: invites.make(tx, "ABCD2345", Grant(Role.ADMIN), by="web:2", at=1))
    await database.write(lambda tx: invites.prune(tx, 31 * 86_400_000))
    async with database.read() as tx:
        assert (await invites.by_code(tx, "ABCD2345")) is not None
    await database.write(lambda tx: invites.prune(tx, 33 * 86_400_000))
    async with database.read() as tx:
        assert await invites.by_code(tx, "ABCD2345") is None
