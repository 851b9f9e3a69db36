"""One way in, at the table: what was delivered is kept once, in order, until its turn took effect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialogue import Blocked, Command, Contact, Expired, Inbound, Input, Moved, Other, Press, Start, Text
from storage import inbox
from storage.database import Database
from storage.inbox import ATTEMPTS, Delivered, Waiting

INPUTS: list[Input] = [
    Text("Ý – 𝔸 \x00 {0}"),
    Press("a.b:c", "Có"),
    Command("register", "x"),
    Start("u_SYT"),
    Contact("0900000001", own=True),
    Other("sticker"),
    Blocked(blocked=True),
    Expired(),
    Moved("telegram:-1001"),
]


async def store(database: Database, *updates: Delivered) -> None:
    """Keep a batch."""
    await database.write(lambda tx: inbox.store(tx, updates, 1))


async def waiting(database: Database, limit: int = 50) -> list[Waiting]:
    """What waits for its turn."""
    async with database.read() as tx:
        return await inbox.waiting(tx, limit)


async def test_every_kind_of_input_comes_back_as_it_came_in_order(database: Database) -> None:
    """Nothing of it is lost on the way through the table."""
    updates = [
        Delivered(str(n), Inbound("telegram:1", what, "en-GB", private=n % 2 == 0)) for n, what in enumerate(INPUTS)
    ]
    await store(database, *updates)
    assert [row.inbound for row in await waiting(database)] == [update.inbound for update in updates]
    assert len(await waiting(database, 2)) == 2


async def test_an_update_is_kept_once_a_channel(database: Database) -> None:
    """The same number on another channel is another update."""
    one, other = Inbound("telegram:1", Text("một")), Inbound("web:1", Text("hai"))
    await store(database, Delivered("7", one), Delivered("7", one))
    await store(database, Delivered("7", one), Delivered("7", other))
    assert [row.inbound for row in await waiting(database)] == [one, other]


async def test_a_lone_half_of_a_letter_is_kept_too(database: Database) -> None:
    """JSON can carry it and UTF-8 cannot: refused here, it would be delivered for ever and block all that follows."""
    await store(database, Delivered("1", Inbound("telegram:1", Text("a\ud83d"), "vi")))
    assert len(await waiting(database)) == 1


async def test_three_failures_are_the_end_and_a_done_row_is_blank(database: Database) -> None:
    """A dead row keeps its words for whoever looks for the bug; a done one has none."""
    await store(database, *(Delivered(str(n), Inbound("web:1", Text("riêng"))) for n in range(2)))
    for attempt in range(ATTEMPTS):
        first, *_ = await waiting(database)
        assert first.attempts == attempt
        dead = await database.write(lambda tx, row=first: inbox.fail(tx, row, "abc"))
        assert dead == (attempt + 1 == ATTEMPTS)
    (second,) = await waiting(database)
    await database.write(lambda tx: inbox.finish(tx, [second.seq]))
    async with database.read() as tx:
        rows = await tx.all("SELECT state, body = '', incident FROM inbox ORDER BY seq")
    assert rows == [("dead", 0, "abc"), ("done", 1, None)]


async def test_rows_that_no_platform_delivers_again_go_and_waiting_ones_never(database: Database) -> None:
    """After a week; what still waits, waits."""
    await store(database, *(Delivered(str(n), Inbound("web:1", Text("x"))) for n in range(2)))
    await database.write(lambda tx: inbox.finish(tx, [1]))
    week = 7 * 86_400_000
    for now, left in ((week + 1, 2), (week + 2, 1)):
        await database.write(lambda tx, now=now: inbox.prune(tx, now))
        async with database.read() as tx:
            assert await tx.one("SELECT count(*) FROM inbox") == (left,)
    assert len(await waiting(database)) == 1


@given(text=st.text(), language=st.text(max_size=8), private=st.booleans())
def test_any_words_survive_their_json(text: str, language: str, private: bool) -> None:
    """Whatever somebody types."""
    inbound = Inbound("web:1", Text(text), language, private)
    assert Inbound.from_json("web:1", inbound.to_json()) == inbound


@pytest.mark.parametrize("what", INPUTS, ids=lambda what: type(what).__name__)
def test_every_kind_has_its_json(what: Input) -> None:
    """A kind that is added and forgotten there shows here."""
    inbound = Inbound("web:1", what)
    assert Inbound.from_json("web:1", inbound.to_json()) == inbound
