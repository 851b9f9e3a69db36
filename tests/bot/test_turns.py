"""The one way in: each input takes effect once, with its answers; one that breaks harms nobody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.clock import Clock
from bot.i18n import load_words
from bot.rules import load_rules
from bot.turns import Turns
from core.dialogue import Blocked, Command, Inbound, Input, Press, Text
from handlers.turn import House, Settings
from storage.database import Database, open_database
from storage.inbox import ATTEMPTS, Delivered
from storage.migrate import migrate
from storage.units import UnitsCache

A, B = "web:a", "web:b"
WORDS = load_words("vi")
RULES = load_rules("tt26")
SETTINGS = Settings("Ban thử nghiệm", "Ban thử nghiệm", ZoneInfo("Asia/Ho_Chi_Minh"), frozenset(), 7, "")
POISON = "UPDATE conversations SET answers = '{\"name\": 5}', options = '[[]]' WHERE address = 'web:a'"


class Desk:
    """Turns on a real database, taken when the test says so."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.turns = Turns(database, House(WORDS, SETTINGS, UnitsCache(), RULES), Clock())
        self._number = 0

    async def put(self, *inputs: tuple[str, Input], key: str = "") -> None:
        """Store updates in one batch."""
        self._number += 1
        updates = [
            Delivered(key or f"{self._number}.{n}", Inbound(address, what)) for n, (address, what) in enumerate(inputs)
        ]
        await self.turns.receive(updates)

    async def take(self) -> None:
        """Take turns until nothing waits."""
        while await self.turns.take():
            pass

    async def do(self, address: str, *inputs: Input) -> None:
        """Inputs one after another, each answered."""
        for what in inputs:
            await self.put((address, what))
            await self.take()

    async def all(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Committed rows."""
        async with self.database.read() as tx:
            return await tx.all(sql, values)

    async def run(self, sql: str) -> None:
        """Change the database under the program's feet."""
        await self.database.write(lambda tx: tx.run(sql))

    async def said(self, address: str) -> list[str]:
        """Every answer to an address, in order."""
        rows = await self.all("SELECT payload FROM outbox WHERE address = ? ORDER BY id", (address,))
        return [json.loads(payload)["text"] for (payload,) in rows]

    async def token(self, address: str, label: str) -> str:
        """The button of the newest question that has this label."""
        rows = await self.all("SELECT payload FROM outbox WHERE address = ? ORDER BY id DESC", (address,))
        buttons = (button for (payload,) in rows for button in json.loads(payload).get("buttons", ()))
        return next(str(token) for text, token, _ in buttons if text == label)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Empty."""
    database = await open_database(f"sqlite:///{tmp_path / 'house.db'}")
    await migrate(database, 1)
    yield Desk(database)
    await database.close()


async def test_the_same_update_twice_takes_effect_once(desk: Desk) -> None:
    """In one batch, in the next, after its turn was taken: one consent, one answer."""
    await desk.do(A, Command("register"))
    yes = Press(await desk.token(A, "Đồng ý"))
    await desk.put((A, yes), (A, yes), key="same")
    await desk.take()
    await desk.put((A, yes), key="same")
    await desk.take()
    assert await desk.all("SELECT count(*) FROM consents") == [(1,)]
    assert len(await desk.said(A)) == 2


async def test_a_double_tap_consents_once_and_is_told_where_we_are(desk: Desk) -> None:
    """Two presses of one button are two updates; the second is of an earlier question."""
    await desk.do(A, Command("register"))
    yes = Press(await desk.token(A, "Đồng ý"))
    await desk.put((A, yes), (A, yes))
    await desk.take()
    assert await desk.all("SELECT count(*) FROM consents") == [(1,)]
    assert (await desk.said(A))[-1].startswith(WORDS.say("vi", "form.stale"))
    assert await desk.all("SELECT step FROM conversations") == [("name",)]


async def test_a_button_of_an_earlier_conversation_answers_nothing(desk: Desk) -> None:
    """A form that ended and began anew has new versions: yesterday's "yes" is not today's."""
    await desk.do(A, Command("register"))
    old = Press(await desk.token(A, "Đồng ý"))
    await desk.do(A, Command("cancel"), Command("register"), old)
    assert await desk.all("SELECT count(*) FROM consents") == [(0,)]
    assert await desk.all("SELECT step FROM conversations") == [("consent",)]


async def test_what_one_person_sends_is_taken_in_order(desk: Desk) -> None:
    """A whole form typed ahead in one batch ends on the card."""
    await desk.do(A, Command("register"))
    yes = Press(await desk.token(A, "Đồng ý"))
    words = ["Nguyễn Thị Mẫu", "Sở Y tế", "34", "nữ", "O+", "0", "0900 000 001"]
    await desk.put((A, yes), *((A, Text(word)) for word in words))
    await desk.take()
    assert await desk.all("SELECT step FROM conversations") == [("review",)]
    assert (await desk.said(A))[-1].splitlines()[-1].endswith("0900 000 001")


async def test_a_turn_that_breaks_is_tried_three_times_then_told_and_harms_nobody(desk: Desk) -> None:
    """An apology with an incident id; the conversation unchanged; others of the batch answered; later input of the same person too."""
    await desk.do(A, Command("register"))
    await desk.do(B, Command("register"))
    await desk.run(POISON)
    before = await desk.all("SELECT * FROM conversations WHERE address = ?", (A,))
    await desk.put((A, Text("xin chào")), (B, Press(await desk.token(B, "Đồng ý"))), (A, Command("cancel")))
    await desk.turns.take()
    assert await desk.all("SELECT state, attempts FROM inbox ORDER BY seq DESC LIMIT 3") == [
        ("new", 0),
        ("done", 0),
        ("new", 1),
    ]
    assert await desk.all("SELECT * FROM conversations WHERE address = ?", (A,)) == before
    assert await desk.all("SELECT step FROM conversations WHERE address = ?", (B,)) == [("name",)]
    await desk.take()
    ((state, attempts, incident),) = await desk.all("SELECT state, attempts, incident FROM inbox WHERE attempts > 0")
    assert (state, attempts) == ("dead", ATTEMPTS)
    _, apology, cancelled = await desk.said(A)
    assert apology == WORDS.say("vi", "error.dead", incident=incident) and incident in apology
    assert cancelled == WORDS.say("vi", "register.cancelled")
    assert await desk.all("SELECT count(*) FROM inbox WHERE state = 'new'") == [(0,)]


async def test_what_a_broken_turn_had_written_is_undone_alone(desk: Desk) -> None:
    """The consent of the turn that fails after it goes; the consent of the next person in the batch stays."""
    await desk.do(A, Command("register"))
    await desk.do(B, Command("register"))
    fails = (
        "CREATE TRIGGER no BEFORE INSERT ON consents WHEN (SELECT count(*) FROM consents) = 0 AND NEW.channel = 'web'"
    )
    await desk.run(f"{fails} AND (SELECT count(*) FROM people) = 1 BEGIN SELECT RAISE(ABORT, 'poisoned'); END")
    await desk.put((A, Press(await desk.token(A, "Đồng ý"))))
    await desk.turns.take()
    assert await desk.all("SELECT count(*) FROM people") == [(0,)]
    assert await desk.all("SELECT step FROM conversations WHERE address = ?", (A,)) == [("consent",)]
    await desk.run("DROP TRIGGER no")
    await desk.take()
    assert await desk.all("SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM consents)") == [(1, 1)]


async def test_when_a_whole_batch_cannot_be_written_nothing_is_lost_and_it_recovers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: the rows wait, nothing took effect; when there is room again everybody is answered once."""
    monkeypatch.setattr("bot.turns._PAUSE_S", 0.0)
    await desk.run(
        "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    await desk.put((A, Command("register")), (B, Command("register")))
    assert await desk.turns.take() == 0
    assert await desk.all("SELECT state, attempts FROM inbox") == [("new", 0)] * 2
    assert await desk.all("SELECT count(*) FROM conversations") == [(0,)]
    await desk.run("DROP TRIGGER full")
    await desk.take()
    assert await desk.all("SELECT state FROM inbox") == [("done",)] * 2
    assert len(await desk.said(A)) == len(await desk.said(B)) == 1


async def test_one_row_that_breaks_the_writing_of_its_batch_is_found_and_set_aside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody else in that batch is answered; it becomes dead."""
    monkeypatch.setattr("bot.turns._PAUSE_S", 0.0)
    await desk.run(
        "CREATE TRIGGER no BEFORE INSERT ON outbox WHEN NEW.address = 'web:a' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    await desk.put((B, Command("help")), (A, Command("help")), (B, Command("start")))
    for _ in range(20):
        await desk.turns.take()
    assert await desk.all("SELECT address, state FROM inbox ORDER BY seq") == [(B, "done"), (A, "dead"), (B, "done")]
    assert len(await desk.said(B)) == 2


async def test_who_forgets_everything_can_register_in_the_same_breath(desk: Desk) -> None:
    """Erased and back within one batch: no leftover of the first person stands in for the second."""
    await desk.do(A, Command("language", "vi"), Command("forget"))
    yes = Press(await desk.token(A, WORDS.say("vi", "forget.yes")))
    await desk.put((A, yes), (A, Command("register")), (A, Text("đồng ý")))
    await desk.turns.take()
    assert await desk.all("SELECT DISTINCT state, attempts FROM inbox") == [("done", 0)]
    assert await desk.all("SELECT count(*) FROM people") == [(1,)]
    assert await desk.all("SELECT step FROM conversations") == [("name",)]


async def test_who_blocks_the_bot_gets_nothing_more_until_they_come_back(desk: Desk) -> None:
    """What waits is cancelled, the person is marked."""
    await desk.do(A, Command("language", "vi"), Blocked(blocked=True))
    assert await desk.all("SELECT reachable FROM people") == [(0,)]
    assert await desk.all("SELECT DISTINCT state FROM outbox") == [("cancelled",)]
    await desk.do(A, Blocked(blocked=False))
    assert await desk.all("SELECT reachable FROM people") == [(1,)]


async def test_who_writes_can_be_reached_again(desk: Desk) -> None:
    """A message that once failed says nothing against somebody who writes to us now."""
    await desk.do(A, Command("language", "vi"))
    await desk.run("UPDATE people SET reachable = 0")
    await desk.do(A, Command("help"))
    assert await desk.all("SELECT reachable FROM people") == [(1,)]


async def test_what_was_typed_is_blanked_once_it_took_effect(desk: Desk) -> None:
    """The inbox is no second copy of what people said."""
    await desk.do(A, Text("Nguyễn Thị Mẫu"))
    assert await desk.all("SELECT state, body FROM inbox") == [("done", "")]
