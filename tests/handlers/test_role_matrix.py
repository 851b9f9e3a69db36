"""Who may what, over the whole program: every command by everybody on every channel, and every screen pressed by who must not.

A command without a row here fails; so does a screen of the office that nobody reaches.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from functools import cache
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.audience import Audience
from core.broadcasts import Content
from core.dialogue import Command, Inbound, Input, Press, Text
from core.people import Grant, Role
from handlers.engine import _BY_NAME, _FORMS, ACTIONS
from storage import broadcasts, clubs, invites, marks, people, roles, units
from storage.database import Tx
from storage.inbox import Delivered
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHANNELS = ("terminal", "web", "telegram")
TICKET = "ABC234"
DAY_MS = 86_400_000
AHEAD_MS = int(NOW.timestamp() * 1000) + 40 * DAY_MS
FIRST, SPARE = 101, 6  # Numbers of the cast; how many more each has, for trying many buttons at once.
OTHER = "LS-2026-12"  # The round of HL; CODE is that of YT.
# Who tries: their role, of which unit or round. A donor is one without a role, a stranger is not known at all.
CAST: dict[str, Grant | tuple[Role, str] | None] = {
    "stranger": None,
    "donor": None,
    "helper": (Role.HELPER, CODE),
    "other helper": (Role.HELPER, OTHER),
    "head": (Role.HEAD, "CLB"),
    "other head": (Role.HEAD, "CLB2"),
    "officer": (Role.OFFICER, "YT"),
    "other officer": (Role.OFFICER, "GD"),
    "officer of none": (Role.OFFICER, ""),
    "admin": (Role.ADMIN, ""),
    "configured": None,
}
EVERYBODY = frozenset(CAST)
ADMINS = frozenset(("admin", "configured"))
OFFICERS = ADMINS | {"officer", "other officer", "officer of none"}
HEADS = OFFICERS | {"head", "other head"}
HELPERS = OFFICERS | {"helper", "other helper"}
# Command -> who is let in at all. The rest is refused in words, and on record.
LET_IN: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        "register profile next ticket join come maybe leave hour others link eligible selfcheck lastkind reminders notices tellme"
        " nothanks gave deferred absent fine unwell why club faq ask mine accept start language mydata forget help cancel".split(),
        EVERYBODY,
    ),
    **dict.fromkeys(
        "rounds units unmapped progress quotas points list plan team audit editfaq questions broadcast broadcasts castpause castresume"
        " caststop castagain castleave castmissed poster".split(),
        OFFICERS,
    ),
    "export": ADMINS,
    "members": HEADS,
    "desk": HELPERS,
    "person": HELPERS,
}
COMMAND_REFUSALS = ("chỉ dành cho",)
# A command about one thing, and who may have it: others are told no more than strangers are.
ABOUT: dict[str, frozenset[str]] = {
    f"dot {CODE}": ADMINS | {"officer"},
    f"dot copy {CODE}": ADMINS | {"officer"},
    f"tiepdon {CODE}": ADMINS | {"officer", "helper"},
    f"tiepdon {OTHER}": ADMINS,
    f"tiendo {CODE}": ADMINS | {"officer"},
    f"chitieu {CODE}": ADMINS | {"officer"},
    "thidua 2026 YT": ADMINS | {"officer"},
}
_NUMBERS = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The units and rounds of the tests, two clubs, a donor on the list; the cast, on every channel."""
    config = config_of(tmp_path_factory.mktemp("matrix"), bot={"admins": sorted(seats("configured")[: len(CHANNELS)])})
    async with open_app(config, Clock(NOW.replace(month=12, day=3))) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        await app.database.write(_seat)
        office = Office(House(app))
        donor = await office.donor("SYT", name="Đặng Thu Hà")
        await office.joins(donor)
        await office.donor("SYT", name="Lê An", phone="+84900000008", unit_id=None, unit_text="Xưởng may Ánh Dương")
        await app.database.write(lambda tx: _belongings(tx, donor))
        yield office.house


def seats(name: str) -> list[str]:
    """The addresses of one of the cast: one a channel, and more for trying many buttons at once."""
    number = FIRST + 10 * [*CAST].index(name)
    return [f"{channel}:{number}" for channel in CHANNELS] + [f"web:{number + more}" for more in range(1, SPARE + 1)]


async def _seat(tx: Tx) -> None:
    at = 1
    hospital = (await tx.one("SELECT id FROM units WHERE code = 'YT'"))[0]  # type: ignore[index]
    for code, name in (("CLB", "CLB Giọt hồng Y tế"), ("CLB2", "CLB Chi Lăng")):
        await tx.run(
            "INSERT INTO units (code, kind, name, sort_key) VALUES (?, 'club', ?, ?)", (code, name, name.lower())
        )
    await tx.run(
        "INSERT INTO unit_links (unit_id, line, parent_id) SELECT id, 'counts', ? FROM units WHERE code = 'CLB'",
        (hospital,),
    )
    for name in CAST:
        for address in seats(name) if name != "stranger" else ():
            await people.keep(tx, address, "vi", at)
    await _appoint(tx)


async def _belongings(tx: Tx, donor: int) -> None:
    """The donor is in a club, has a question open, and a ticket whose code is known."""
    club, unit, address = [
        (await tx.one(sql, values))[0]  # type: ignore[index]
        for sql, values in (
            ("SELECT id FROM units WHERE code = ?", ("CLB",)),
            ("SELECT id FROM units WHERE code = ?", ("SYT",)),
            ("SELECT address FROM people WHERE id = ?", (donor,)),
        )
    ]
    await clubs.join(tx, club, donor, 1)
    await invites.make(
        tx, "ABCD2345", Grant(Role.OFFICER, unit), by=seats("officer")[0], at=int(NOW.timestamp() * 1000) + 11 * DAY_MS
    )
    await tx.run("UPDATE joins SET code = ?", (TICKET,))
    cast = broadcasts.New(seats("officer")[0], Content({"vi": "Mời bạn"}), Audience(frozenset((unit,))), 1, 1, AHEAD_MS)
    await broadcasts.add(tx, cast)
    await tx.run(
        "INSERT INTO questions (address, unit_id, question, asked_at) VALUES (?, ?, 'Đi bằng gì?', 1)", (address, unit)
    )


async def _appoint(tx: Tx) -> None:
    """Everybody has the role that is theirs, and no other."""
    await tx.run("DELETE FROM roles")
    for name, seat in CAST.items():
        for address in seats(name) if isinstance(seat, tuple) else ():
            await roles.grant(tx, address, await _grant(tx, *seat), by="test", at=1)


async def _grant(tx: Tx, role: Role, code: str) -> Grant:
    table = "rounds" if role is Role.HELPER else "units"
    found = await tx.one(f"SELECT id FROM {table} WHERE code = ?", (code,))
    id_ = found[0] if found else None
    return Grant(role, round_id=id_) if role is Role.HELPER else Grant(role, id_)


async def together(house: House, done: Iterable[tuple[str, Input]]) -> None:
    """What they all do is taken in one batch, each from no open form."""
    batch = [Delivered(f"{address}:{next(_NUMBERS)}", Inbound(address, what, "vi")) for address, what in done]
    await house.app.turns.receive(batch)
    while await house.app.turns.take():
        pass
    assert not house.rows("SELECT 1 FROM inbox WHERE state <> 'done' OR attempts > 0"), "a turn has failed"


async def clear(house: House) -> None:
    """Nothing is open, nothing has been said."""

    async def write(tx: Tx) -> None:
        await tx.run("DELETE FROM conversations")
        await tx.run("DELETE FROM outbox")

    await house.app.database.write(write)


def heard(house: House) -> dict[str, str]:
    """Address -> all that was said to it."""
    said: dict[str, str] = {}
    for address, payload in house.rows("SELECT address, payload FROM outbox WHERE payload <> '' ORDER BY id"):
        said[address] = said.get(address, "") + "\n" + json.loads(payload).get("text", "")
    return said


def refusals(house: House) -> dict[str, int]:
    """Address -> how often it was refused."""
    return dict(house.rows("SELECT address, count(*) FROM audit WHERE action = 'refused' GROUP BY address"))


async def test_every_command_has_a_row() -> None:
    """Whoever adds a command says here whose it is."""
    assert set(LET_IN) == {action.name for action in ACTIONS}


@pytest.mark.parametrize("name", [name for action in ACTIONS for name in action.names])
async def test_a_command_by_everybody(house: House, name: str) -> None:
    """Let in, or refused in words and on record, on every channel alike."""
    action = _BY_NAME[name]
    await clear(house)
    before = refusals(house)
    who = {address: person for person in CAST for address in seats(person)[: len(CHANNELS)]}
    # What somebody may do to themselves alone has effects that the next command would see.
    asked = "xoa" if action.name == "forget" else name
    await together(house, [(address, Command(asked)) for address in who])
    said, after = heard(house), refusals(house)
    for address, person in who.items():
        refused = person not in LET_IN[action.name]
        assert any(words in said[address] for words in COMMAND_REFUSALS) is refused, (address, said[address])
        if refused:
            assert after.get(address, 0) == before.get(address, 0) + 1
            assert house.conversation(address) is None


@pytest.mark.parametrize("line", ABOUT)
async def test_a_command_about_something_by_everybody(house: House, line: str) -> None:
    """Its card for who may have it; for all others a refusal that is on record and tells nothing."""
    await clear(house)
    before = refusals(house)
    name, _, args = line.partition(" ")
    who = {address: person for person in CAST for address in seats(person)[: len(CHANNELS)]}
    await together(house, [(address, Command(name, args)) for address in who])
    after, said = refusals(house), heard(house)
    let_in = {person for address, person in who.items() if after.get(address, 0) == before.get(address, 0)}
    assert let_in == ABOUT[line]
    secrets = ("Nhà Văn hoá", "Hà", "Đợt 11 năm")
    for address, person in who.items():
        if person not in ABOUT[line] and not (name == "tiepdon" and person.endswith("helper")):
            assert not any(secret in said[address] for secret in secrets), (person, said[address])


@pytest.mark.parametrize("name", ["cacthongbao", "castpause", "castresume", "caststop", "castmissed"])
async def test_a_message_to_many_is_its_sender_s(house: House, name: str) -> None:
    """Another officer, and even the sender's namesake on another channel, learns not that there is one."""
    await clear(house)
    before = refusals(house)
    who = {address: person for person in CAST for address in seats(person)[: len(CHANNELS)]}
    await together(house, [(address, Command(name, "1")) for address in who])
    after, said = refusals(house), heard(house)
    let_in = {address for address in who if after.get(address, 0) == before.get(address, 0)}
    assert let_in == {seats("officer")[0], *(address for address, person in who.items() if person in ADMINS)}
    assert not any("Mời bạn" in said[address] for address in who.keys() - let_in)


# Ways into the office, and who goes them; from there every button is pressed, and where words are asked for these are typed.
WAYS: tuple[tuple[str, str], ...] = (
    ("officer", f"dot {CODE}"),
    ("officer", "dot"),
    ("officer", "dot new"),
    ("admin", "tiepdon"),
    ("admin", "thanhvien"),
    ("officer", "canbo"),
    ("officer", "nhatky"),
    ("officer", "donvi"),
    ("officer", "nguoi"),
    ("helper", "nguoi"),
    ("officer", "thongbao"),
    ("officer", "apphich"),
    ("officer", "cacthongbao"),
    ("officer", "tiendo"),
    ("officer", "chitieu"),
    ("officer", "cauhoi"),
    ("officer", "thanhvien"),
    ("head", "thanhvien"),
    ("helper", "tiepdon"),
    ("officer", "tiepdon"),
    ("admin", "xuat"),
    ("admin", "suahoidap"),
    ("admin", "donvikhac"),
)
TYPED = ("so y te", "0912345678", "11/12/2026", "Bão số 9", TICKET)
DEPTH, SCREENS = 7, 160  # Steps from a command, and screens of one way in, at most.
OUTSIDERS = ("stranger", "donor", "other helper", "other head", "other officer", "officer of none")
# What outsiders must not change. The rest is the machine's own, or what is said of the try.
MACHINE = {
    "inbox", "outbox", "conversations", "audit", "bubbles", "marks", "secrets", "people", "menus", "notice_runs", "sqlite_sequence",
    "sqlite_stat1", "uploads",
}  # fmt: skip
SECRETS = ("Thu Hà", "T. Hà", "345 678", "*** 678")


def table_facts(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """All that is kept, table by table."""
    names = [name for (name,) in house.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: house.rows(f"SELECT {_columns(house, name)} FROM {name}") for name in names if name not in MACHINE}


@cache
def _columns(house: House, table: str) -> str:
    """Those that are written; what is computed follows from them."""
    return ", ".join(row[1] for row in house.rows(f"PRAGMA table_info({table})"))


Screen = tuple[Any, ...]  # A row of `conversations`.


async def crawl(house: House, person: str, line: str) -> dict[tuple[str, str], Screen]:
    """Every screen that this way in leads to, as its row in the table: the first one found of each form and step."""
    address = seats(person)[0]
    name, _, args = line.partition(" ")
    await clear(house)
    await together(house, [(address, Command(name, args))])
    found: dict[tuple[str, str], Screen] = {}
    waiting = [(screen, 0) for screen in _open(house, address)]
    kept = table_facts(house)
    while waiting and len(found) < SCREENS:
        screen, depth = waiting.pop(0)
        key = (screen[1], screen[2])
        if key in found or depth > DEPTH:
            continue
        found[key] = screen
        options = [value for value, *_ in json.loads(screen[4])]
        inputs: list[Input] = [Press(_token(screen, value)) for value in options if not value.startswith("_")]
        inputs += [Text(words) for words in TYPED] if _FORMS[key[0]].step(key[1]).free else []
        for what in inputs:
            await reopen(house, screen, [address])
            await together(house, [(address, what)])
            waiting += [(after, depth + 1) for after in _open(house, address)]
            await put_back(house, kept)
    return found


async def put_back(house: House, kept: dict[str, list[tuple[Any, ...]]]) -> None:
    """What a button has done is undone, so that every screen is reached from the same state of things."""
    if table_facts(house) == kept:
        return
    kept = {name: rows for name, rows in kept.items() if name != "consents"}  # A proof cannot be taken back.

    async def write(tx: Tx) -> None:
        await tx.run("PRAGMA defer_foreign_keys = ON")
        for name in kept:
            await tx.run(f"DELETE FROM {name}")
        for name, rows in kept.items():
            if rows:
                into = f"{name} ({_columns(house, name)})"
                await tx.many(f"INSERT INTO {into} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        await marks.set_(tx, units.REVISION, f"back:{next(_NUMBERS)}")

    await house.app.database.write(write)


def _open(house: House, address: str) -> list[Screen]:
    return house.rows("SELECT * FROM conversations WHERE address = ?", address)


def _token(screen: Screen, value: str) -> str:
    """A button of this screen, as the platform sends it back."""
    version, digits = int(screen[5]), ""
    while version:
        version, digit = divmod(version, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return f"{digits or '0'}.{screen[2]}:{value}"


async def reopen(house: House, screen: Screen, addresses: Iterable[str]) -> None:
    """The screen is open before these people, as if it had been opened when they still might."""
    rows = [(address, *screen[1:]) for address in addresses]
    many = ", ".join("?" * len(screen))

    async def write(tx: Tx) -> None:
        await tx.many("DELETE FROM conversations WHERE address = ?", [(row[0],) for row in rows])
        await tx.many(f"INSERT INTO conversations VALUES ({many})", rows)
        await tx.run("DELETE FROM outbox")

    await house.app.database.write(write)


async def attack(house: House, screen: Screen) -> list[str]:
    """What went wrong when everybody who may not pressed the buttons of this screen."""
    options = [value for value, *_ in json.loads(screen[4]) if not value.startswith("_")]
    tries: list[Input] = [Press(_token(screen, value)) for value in options] or [Text(TYPED[0])]
    who = {a: (n, what) for n in OUTSIDERS for a, what in zip(seats(n)[1:], tries, strict=False)}
    await reopen(house, screen, who)
    before = table_facts(house)
    await together(house, [(address, what) for address, (_, what) in who.items()])
    after, said = table_facts(house), heard(house)
    wrong = [f"{screen[1]}.{screen[2]} changed {name}" for name in after if after[name] != before[name]]
    for address, (name, _) in who.items():
        if any(secret in said.get(address, "") for secret in SECRETS):
            wrong.append(f"{screen[1]}.{screen[2]} told {name}: {said[address]}")
    return wrong


# Screens that are only reached with a file or with words that fit: the tests of their rooms press their buttons.
BEYOND: dict[str, set[str]] = {
    name: set(steps.split())
    for name, steps in {
        "broadcast": "again number",
        "editfaq": "restore",
        "export": "by",
        "list": "round unit text group look fix value twin gone full confirm",
        "newperson": "phone unit sex abo rh count last note round twin",
        "person": "adding over moving erase pair count",
        "plan": "confirm",
        "progress": "words share nudge_again under",
        "quota_file": "year round units confirm",
        "quotas": "target",
        "rounds": "split_place split_day splitting preview unit rules",
        "unitfile": "confirm",
        "units": "preview day note",
        "unmapped": "also",
    }.items()
}


async def test_no_screen_of_the_office_does_anything_for_who_may_not(house: House) -> None:
    """Each screen, opened by who might and pressed by who may not: nothing that is kept changes, and nobody's name is told."""
    reached: dict[tuple[str, str], Screen] = {}
    wrong: list[str] = []
    for person, line in WAYS:
        screens = await crawl(house, person, line)
        assert screens, (person, line)
        for screen in screens.values():
            wrong += await attack(house, screen)
        reached |= screens
    assert wrong == []
    office = {form.name: form for form in _FORMS.values() if _BY_NAME[form.command or form.name].role is not Role.DONOR}
    missing = {name: {q.key for q in form.questions if (name, q.key) not in reached} for name, form in office.items()}
    assert {name: keys for name, keys in missing.items() if keys} == BEYOND
