"""The tables refuse what must never be: each rule of the schema with one row that breaks it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from storage import people
from storage.database import Database, Tx
from storage.migrate import known_migrations

GOOD: dict[str, dict[str, object]] = {
    "secrets": {"name": "k", "value": "v"},
    "inbox": {"channel": "web", "update_id": "1", "address": "web:1", "body": "{}", "received_at": 1},
    "outbox": {
        "dedupe_key": "k", "lane": 0, "channel": "web", "address": "web:1", "payload": "{}", "not_before": 0, "on_unknown": "resend",
    },
    "people": {"id": 1, "address": "web:1", "language": "vi", "created_at": 1},
    "roles": {"address": "web:1", "role": "officer", "granted_at": 1, "granted_by": "web:2"},
    "units": {"id": 1, "code": "a", "kind": "union", "name": "A", "sort_key": "a"},
    "donors": {
        "person_id": 1, "full_name": "A", "name_key": "a", "unit_text": "B", "birth_year": 1990, "birth_precision": "year", "sex": "F",
        "abo": "?", "rh": "?", "donations": 1, "phone": "+84900000001", "created_at": 1, "updated_at": 1,
    },
    "consents": {"subject": "s", "purpose": "p", "answer": "given", "text_version": "1", "channel": "web", "at": 1},
    "forgotten": {"year": 2026, "donors": 1, "donations": 0},
    "rounds": {"id": 1, "code": "r", "number": 1, "name": "R", "held_on": "2026-12-01", "place": "P", "state": "open"},
    "round_units": {"round_id": 1, "unit_id": 1},
    "round_parts": {"round_id": 1, "position": 1, "name": "Lễ phát động"},
    "round_slots": {"round_id": 1, "starts": "07:30", "capacity": 10},
    "round_changes": {"round_id": 1, "at": 1, "address": "web:1", "action": "edited", "detail": "{}"},
    "joins": {"round_id": 1, "person_id": 1, "state": "certain", "code": "AAAA", "version": 1, "joined_at": 1, "changed_at": 1},
    "absences": {"round_id": 1, "reason": "ill", "people": 1},
    "notice_settings": {"person_id": 1},
    "notice_runs": {"key": "remind:1:2026-12-04:7", "at": 1},
    "uploads": {"address": "web:1", "name": "a.xlsx", "size": 1, "at": 1},
    "unit_links": {"unit_id": 1, "line": "counts", "parent_id": 2},
    "unit_names": {"unit_id": 1, "name": "Tên cũ", "valid_to": "2025-06-30"},
    "unit_successions": {"old_id": 1, "new_id": 2, "kind": "merge", "on_day": "2025-07-01"},
    "unit_texts": {"key": "to dan pho 3", "address": "web:1", "at": 1},
    "menus": {"address": "telegram:1", "digest": "d"},
    "invites": {"code_hash": "h", "role": "admin", "made_by": "web:1", "made_at": 1, "expires_at": 2},
    "club_members": {"club_id": 1, "person_id": 1, "joined_at": 1},
    "round_quotas": {"round_id": 1, "unit_id": 1, "target": 180},
    "year_quotas": {"year": 2026, "kind": "award_person", "unit_id": 1, "target": 4},
    "link_codes": {"person_id": 1, "code_hash": "h", "made_by": "web:1", "expires_at": 2},
    "broadcasts": {
        "address": "web:1", "content": "{}", "audience": "{}", "digest": "d", "people": 1, "state": "running", "made_at": 1, "start_at": 1,
    },
    "pictures": {"address": "web:1", "mime": "image/png", "at": 1},
    "questions": {"address": "web:1", "question": "?", "asked_at": 1},
    "faq": {
        "topic": "gift", "language": "vi", "question": "?", "answer": "!", "source": "S", "source_on": "2026", "verify": 0,
        "changed_at": 1, "changed_by": "web:1",
    },
    "faq_places": {"topic": "gift", "position": 1, "shown": 1},
    "audit": {"at": 1, "address": "web:1", "action": "export", "detail": "{}"},
    "bubbles": {"address": "web:1", "body": "{}", "at": 1},
}  # fmt: skip
BAD: list[tuple[str, dict[str, object]]] = [
    ("inbox", {"state": "open"}),
    ("inbox", {"attempts": -1}),
    ("inbox", {"received_at": "yesterday"}),
    ("outbox", {"lane": 4}),
    ("outbox", {"lane": -1}),
    ("outbox", {"lane": "reply"}),
    ("outbox", {"on_unknown": "drop"}),
    ("outbox", {"state": "lost"}),
    ("outbox", {"attempts": -1}),
    ("outbox", {"state": "sending"}),
    ("outbox", {"state": "sending", "epoch": "e"}),
    ("people", {"reachable": 2}),
    ("roles", {"role": "owner"}),
    ("roles", {"unit_id": 99}),
    ("units", {"code": ""}),
    ("units", {"code": "x" * 33}),
    ("unit_links", {"parent_id": 99}),
    ("unit_links", {"parent_id": 1}),
    ("unit_links", {"line": "above"}),
    ("unit_names", {"unit_id": 99}),
    ("unit_successions", {"new_id": 1}),
    ("unit_successions", {"new_id": None}),
    ("unit_successions", {"kind": "dissolve"}),
    ("unit_successions", {"kind": "rename"}),
    ("unit_texts", {"unit_id": 99}),
    ("roles", {"round_id": 1}),
    ("roles", {"role": "helper"}),
    ("roles", {"role": "head"}),
    ("roles", {"role": "admin", "unit_id": 1}),
    ("invites", {"role": "owner"}),
    ("invites", {"ended": "used"}),
    ("invites", {"ended_at": 1}),
    ("club_members", {"club_id": 99}),
    ("round_quotas", {"target": -1}),
    ("year_quotas", {"kind": "medals"}),
    ("year_quotas", {"target": -1}),
    ("joins", {"via": "rumour"}),
    ("joins", {"unit_id": 99}),
    ("link_codes", {"person_id": 99}),
    ("broadcasts", {"state": "lost"}),
    ("broadcasts", {"state": "done"}),
    ("broadcasts", {"ended_at": 1}),
    ("broadcasts", {"people": -1}),
    ("questions", {"state": "lost"}),
    ("questions", {"state": "answered"}),
    ("questions", {"office_id": 99}),
    ("faq", {"verify": 2}),
    ("faq_places", {"shown": 2}),
    ("donors", {"person_id": 99}),
    ("donors", {"unit_id": 1}),
    ("donors", {"unit_text": ""}),
    ("donors", {"unit_id": 99, "unit_text": ""}),
    ("donors", {"birth_precision": "month"}),
    ("donors", {"birth_precision": "date"}),
    ("donors", {"birth_on": "1990-01-01"}),
    ("donors", {"birth_said_on": "2026-01-01"}),
    ("donors", {"sex": "X"}),
    ("donors", {"abo": "C"}),
    ("donors", {"rh": "dương"}),
    ("donors", {"group_source": "guessed"}),
    ("donors", {"donations": -1}),
    ("donors", {"donations": 201}),
    ("donors", {"donations": 2.5}),
    ("donors", {"donations": 0, "last_donation": "2025"}),
    ("consents", {"answer": "maybe"}),
    ("forgotten", {"donors": 0}),
    ("forgotten", {"donations": -1}),
    ("rounds", {"tentative": 2}),
    ("rounds", {"lat": 21.0}),
    ("rounds", {"state": "planned"}),
    ("rounds", {"capacity": 0}),
    ("rounds", {"yield_percent": 101}),
    ("rounds", {"version": 0}),
    ("round_units", {"unit_id": 99}),
    ("round_parts", {"round_id": 99}),
    ("round_slots", {"capacity": 0}),
    ("round_changes", {"action": "moved"}),
    ("round_changes", {"told": 2}),
    ("joins", {"state": "perhaps"}),
    ("joins", {"person_id": 99}),
    ("joins", {"state": "offered"}),
    ("joins", {"offer_until": 5}),
    ("joins", {"state": "waiting"}),
    ("joins", {"outcome": "ill"}),
    ("absences", {"people": 0}),
    ("notice_settings", {"eligible": 2}),
    ("notice_settings", {"ignored": -1}),
    ("notice_runs", {"done": 2}),
    ("uploads", {"state": "lost"}),
    ("donors", {"last_kind": "blood"}),
    ("donors", {"stopped": 2}),
    ("bubbles", {"at": "now"}),
]
TWICE = [
    ("inbox", ("channel", "update_id")),
    ("outbox", ("dedupe_key",)),
    ("people", ("address",)),
    ("donors", ("person_id",)),
    ("units", ("code",)),
    ("rounds", ("code",)),
    ("joins", ("round_id", "person_id")),
    ("round_slots", ("round_id", "starts")),
    ("notice_runs", ("key",)),
    ("roles", ("address",)),
    ("unit_links", ("unit_id", "line")),
    ("unit_successions", ("old_id",)),
    ("invites", ("code_hash",)),
    ("club_members", ("club_id", "person_id")),
    ("round_quotas", ("round_id", "unit_id")),
    ("year_quotas", ("year",)),
    ("faq", ("topic",)),
]


async def insert(tx: Tx, table: str, row: Mapping[str, object]) -> None:
    """Write a row."""
    marks = ", ".join("?" * len(row))
    await tx.run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


@pytest.fixture
async def furnished(database: Database) -> Database:
    """One good row of what others refer to."""

    async def work(tx: Tx) -> None:
        for table in ("people", "units", "rounds"):
            await insert(tx, table, GOOD[table])
        await insert(tx, "units", {**GOOD["units"], "id": 2, "code": "above"})

    await database.write(work)
    return database


@pytest.mark.parametrize("table", [table for table in GOOD if table not in ("people", "units", "rounds")])
async def test_the_good_row_is_taken(furnished: Database, table: str) -> None:
    """Or the bad ones would be refused for another reason."""
    await furnished.write(lambda tx: insert(tx, table, GOOD[table]))
    async with furnished.read() as tx:
        assert await tx.one(f"SELECT count(*) FROM {table}") == (1,)


@pytest.mark.parametrize(("table", "change"), BAD, ids=lambda value: value if isinstance(value, str) else str(value))
async def test_a_bad_row_is_refused(furnished: Database, table: str, change: dict[str, object]) -> None:
    """By the database itself, whatever the code above it believes."""
    fresh = {"id": 3, "code": "b"} if table in ("units", "rounds") else {}
    row = {**GOOD[table], **fresh, **change}
    if table == "people":
        row |= {"id": 2, "address": "web:2"}
    with pytest.raises(Exception, match=r"constraint failed|cannot store"):
        await furnished.write(lambda tx: insert(tx, table, row))


@pytest.mark.parametrize(("table", "columns"), TWICE)
async def test_what_is_unique_cannot_come_twice(furnished: Database, table: str, columns: tuple[str, ...]) -> None:
    """The same update, message, person, registration, unit or round."""
    if table not in ("people", "units", "rounds"):
        await furnished.write(lambda tx: insert(tx, table, GOOD[table]))
    second = {**GOOD[table], **({"id": 9} if "id" in GOOD[table] else {})}
    with pytest.raises(Exception, match=rf"UNIQUE constraint failed: ({table}\.{columns[0]}|index '{table}_)"):
        await furnished.write(lambda tx: insert(tx, table, second))


@pytest.mark.parametrize("table", ["audit", "consents"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = 2", "DELETE FROM {}"])
async def test_proofs_are_append_only(furnished: Database, table: str, change: str) -> None:
    """Neither changed nor deleted, by whomever."""
    await furnished.write(lambda tx: insert(tx, table, GOOD[table]))
    with pytest.raises(Exception, match="append only"):
        await furnished.write(lambda tx: tx.run(change.format(table)))
    async with furnished.read() as tx:
        assert await tx.one(f"SELECT count(*), min(at) FROM {table}") == (1, 1)


def test_every_table_is_strict() -> None:
    """Or SQLite keeps a text where a number belongs."""
    for _, name, script in known_migrations():
        bare = re.sub(r"--.*", "", script)
        made = re.findall(r"CREATE TABLE (\w+) \(.*?\n\)( STRICT)?", bare, re.DOTALL)
        assert made or "CREATE TABLE" not in bare, name
        assert [table for table, strict in made if not strict] == []


@pytest.mark.parametrize("table", ["roles", "invites", "questions", "pictures", "bubbles"])
async def test_a_number_that_is_gone_never_names_another_row(furnished: Database, table: str) -> None:
    """A form that was opened on the old one must not act on the new one."""

    async def anew(tx: Tx) -> int:
        await insert(tx, table, GOOD[table])
        return int((await tx.run(f"DELETE FROM {table} RETURNING id"))[0][0])

    assert await furnished.write(anew) < await furnished.write(anew)


async def test_the_number_of_a_person_who_is_gone_is_nobodys(furnished: Database) -> None:
    """Whoever comes next, by chat or from paper, and however many have gone in whatever order."""

    async def work(tx: Tx) -> list[int]:
        seen = [1, await people.keep(tx, "web:2", "vi", 1), await people.add_paper(tx, "vi", 1)]
        for gone in (3, 2):
            await tx.run("DELETE FROM people WHERE id = ?", (gone,))
        return [*seen, await people.keep(tx, "web:4", "vi", 1), await people.add_paper(tx, "vi", 1)]

    assert await furnished.write(work) == [1, 2, 3, 4, 5]
