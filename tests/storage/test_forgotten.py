"""What is left of somebody in every table, once they were forgotten: what is listed here, with its reason, and nothing else."""

from __future__ import annotations

from storage import people
from storage.database import Database, Tx
from tests.storage.test_schema import GOOD, insert

WHO = "web:1"
# Where an address stays: an append-only log of what was done to others' data or to what everybody was told.
STAYS = {
    ("audit", "address"),
    ("consents", "recorded_by"),
    ("round_changes", "address"),
    ("inbox", "address"),  # Its body is blanked; the row goes after a week.
    (
        "roles",
        "address",
    ),  # Authority is not one's own data to erase: who may do what is changed by who gave it, or by leaving it.
    ("menus", "address"),  # Goes with the role.
}
ROWS = GOOD | {
    "menus": {"digest": "d"},
    "conversations": {
        "form": "f", "step": "s", "answers": "{}", "options": "[]", "version": 1, "language": "vi", "updated_at": 1, "expires_at": 2,
    },
}  # fmt: skip


NAMES = ("address", "granted_by", "made_by", "ended_by", "answered_by", "changed_by", "recorded_by")
# One row each that names the person, and hangs on somebody else where it can.
MORE = {"invites": {"ended": "used", "ended_at": 5}, "link_codes": {"person_id": 2}}


async def naming(tx: Tx) -> list[tuple[str, str]]:
    """Every column that can name somebody by their address."""
    return await tx.all(
        "SELECT t.name, c.name FROM sqlite_master t, pragma_table_xinfo(t.name) c"
        f" WHERE t.type = 'table' AND c.hidden = 0 AND c.name IN ({', '.join('?' * len(NAMES))}) ORDER BY t.name, c.name",
        NAMES,
    )


async def test_no_table_keeps_an_address_that_is_not_listed(database: Database) -> None:
    """Every table has a row that names the person wherever it can; a new table must be erased, or say why not."""

    async def fill(tx: Tx) -> None:
        columns = await naming(tx)
        await insert(tx, "people", {**GOOD["people"], "id": 2, "address": "web:other"})
        for table in ("units", "rounds"):
            await insert(tx, table, GOOD[table])
        for table in sorted({table for table, _ in columns}):
            named = {column: WHO for one, column in columns if one == table}
            await insert(tx, table, {**ROWS[table], **named, **MORE.get(table, {})})

    await database.write(fill)
    await database.write(lambda tx: people.forget(tx, WHO))
    async with database.read() as tx:
        left = {
            (table, column)
            for table, column in await naming(tx)
            if await tx.one(f"SELECT 1 FROM {table} WHERE {column} = ?", (WHO,))
        }
    assert left == STAYS


async def test_everything_of_a_person_goes_with_them(database: Database) -> None:
    """Whatever refers to somebody by their id is erased with them, by the table itself."""
    async with database.read() as tx:
        refers = await tx.all(
            "SELECT t.name, f.on_delete FROM sqlite_master t, pragma_foreign_key_list(t.name) f"
            " WHERE t.type = 'table' AND f.\"table\" = 'people' ORDER BY t.name"
        )
    assert {"donors", "joins", "club_members", "link_codes", "notice_settings"} <= {table for table, _ in refers}
    assert {on_delete for _, on_delete in refers} == {"CASCADE"}
