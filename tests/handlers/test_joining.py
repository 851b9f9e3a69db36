"""Seats under load and the waiting list, from the inbox to the outbox; what is asserted comes through a connection of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.app import App, open_app
from bot.clock import Clock
from core.ages import Birth
from core.blood import Abo, Rh
from core.dialogue import Blocked, Command, Inbound, Press, Start, Text
from core.people import Donor, Sex
from core.rounds import Round, RoundState
from storage import donors, joins, people, rounds
from storage.database import Tx, open_database
from storage.inbox import Delivered
from tests.handlers.conversations import House
from tests.program import NOW, config_of, program, until

ROUND = Round(
    id=0, code="LS-11", number=11, name="Đợt 11", occasion="", held_on=date(2026, 12, 4), tentative=False, opens="07:00",
    closes="11:30", place="Nhà khách", place_address="", lat=None, lon=None, target=100, deadline_on=None,
    state=RoundState.OPEN, capacity=5,
)  # fmt: skip
DAY_MS = 86_400_000


def donor(number: int) -> Donor:
    """An invented donor of no known unit."""
    return Donor(
        full_name=f"Trần Văn {'ABCDEFGHIKLMNOPQRSTUVXY'[number % 23]}",
        unit_id=None,
        unit_text="Tổ dân phố",
        birth=Birth("year", None, 1990),
        sex=Sex.MALE,
        abo=Abo.UNKNOWN,
        rh=Rh.UNKNOWN,
        donations=0,
        last_donation=None,
        phone=f"+84900000{number:03}",
    )


async def fill(app: App, addresses: list[str], round_: Round = ROUND) -> int:
    """Registered people, and a round; its id."""

    async def work(tx: Tx) -> int:
        for number, address in enumerate(addresses):
            await donors.save(tx, await people.keep(tx, address, "vi", 1), donor(number), 1, eligible_on=None)
        return await rounds.write(tx, round_)

    return await app.database.write(work)


class Hall(House):
    """A house with a round of five seats, and people who answer by commands."""

    round_id: int

    async def tick(self, **later: int) -> None:
        """Let time pass, and the chores be done."""
        self.app.clock.move(timedelta(**later))
        await self.app._housekeeping.tick()

    def states(self) -> dict[str, str]:
        """Address -> state, as committed."""
        return dict(
            self.rows(
                "SELECT p.address, j.state FROM joins j JOIN people p ON p.id = j.person_id WHERE j.round_id = ?",
                self.round_id,
            )
        )

    def told(self, address: str) -> list[tuple[str, str]]:
        """(key, state) of what was written to somebody of our own accord, oldest first."""
        return self.rows(
            "SELECT dedupe_key, state FROM outbox WHERE address = ? AND dedupe_key NOT LIKE 'in:%' ORDER BY id", address
        )

    async def change(self, **facts: Any) -> None:
        """The round as an import of a plan changes it: behind the talk's back."""
        await self.app.database.write(lambda tx: rounds.write(tx, replace(ROUND, **facts)))


@pytest_asyncio.fixture
async def hall(tmp_path: Any) -> AsyncIterator[Hall]:
    """Ten registered people."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        hall = Hall(app)
        hall.round_id = await fill(app, [f"terminal:p{n}" for n in range(10)])
        yield hall


P = [f"terminal:p{n}" for n in range(10)]


@pytest.mark.parametrize("round_trip", range(3))
async def test_forty_taps_in_one_second_on_five_seats(tmp_path: Any, round_trip: int) -> None:
    """Five joined and thirty-five waiting in order of arrival, with double taps, redelivered updates, many batches at once."""
    addresses = [f"terminal:{n:02}" for n in range(40)]
    async with program(tmp_path) as app:
        round_id = await fill(app, addresses)
        tap = Press("/come LS-11")
        taps = [Delivered(f"tap:{address}", Inbound(address, tap, "vi")) for address in addresses]
        again = [Delivered(f"tap2:{address}", Inbound(address, tap, "vi")) for address in addresses[::3]]
        size = (1, 7, 40)[round_trip]
        batches = [taps[at : at + size] for at in range(0, 40, size)]
        # The platform delivers a batch twice where its confirmation was lost, and people tap twice.
        await asyncio.gather(*(app.turns.receive(batch) for batch in (*batches, *batches[::2], again)))
        await until(lambda: _settled(app), "every turn is taken")
        rows = await _fresh(
            app, "SELECT p.address, j.state, j.queued_at FROM joins j JOIN people p ON p.id = j.person_id"
        )
        order = [a for (a,) in await _fresh(app, "SELECT address FROM inbox WHERE update_id LIKE 'tap:%' ORDER BY seq")]
        assert len(order) == len(rows) == 40
        states = {address: state for address, state, _ in rows}
        assert [states[address] for address in order] == ["certain"] * 5 + ["waiting"] * 35
        line = sorted((queued, address) for address, state, queued in rows if state == "waiting")
        assert [address for _, address in line] == order[5:]
        fresh = await open_database(f"sqlite:///{app.database.path}")
        async with fresh.read() as tx:
            counts = await joins.counts(tx, round_id)
        await fresh.close()
        assert (counts.certain, counts.waiting, counts.maybe) == (5, 35, 0)
        # Who leaves makes the next one told, once.
        await app.turns.receive([Delivered("leave", Inbound(order[0], Press("/leave LS-11"), "vi"))])
        await until(lambda: _settled(app), "the turn is taken")
        offers = await _fresh(app, "SELECT address FROM outbox WHERE dedupe_key LIKE 'offer:%'")
        assert offers == [(order[5],)]


def _settled(app: App) -> bool:
    return not House(app).rows("SELECT 1 FROM inbox WHERE state = 'new'")


async def _fresh(app: App, sql: str) -> list[Any]:
    return House(app).rows(sql)


async def _full(hall: Hall) -> None:
    """Five have a seat, three wait."""
    for address in P[:8]:
        await hall.do(address, [Command("come", "LS-11")])
    assert [hall.states()[address] for address in P[:8]] == ["certain"] * 5 + ["waiting"] * 3


async def test_the_next_one_has_a_day_and_then_loses_it_to_the_next(hall: Hall) -> None:
    """Told with the hour until when; told again when it is gone; each message once, however often the chores run."""
    await _full(hall)
    await hall.do(P[0], [Command("leave", "LS-11")])
    assert hall.states()[P[5]] == "offered"
    (said,) = [m for m in hall.said(P[5]) if "Có chỗ trống" in m["text"]]
    assert [button[1] for button in said["buttons"]] == ["/come LS-11", "/leave LS-11"]
    assert "08 giờ 00 phút ngày 23/11/2026" in said["text"]
    await hall.tick(hours=23, minutes=59)
    assert hall.states()[P[5]] == "offered" and hall.states()[P[6]] == "waiting"
    for _ in range(3):
        await hall.tick(minutes=1)
    assert hall.states()[P[5]] == "left" and hall.states()[P[6]] == "offered"
    keys = [key.split(":")[0] for key, _ in hall.told(P[5])]
    assert keys == ["offer", "lapsed"]
    assert [key.split(":")[0] for key, _ in hall.told(P[6])] == ["offer"]


WAYS: list[tuple[str, Callable[[Hall], Awaitable[None]]]] = [
    ("leaves", lambda hall: hall.do(P[0], [Command("leave", "LS-11")])),
    ("says perhaps", lambda hall: hall.do(P[0], [Command("maybe", "LS-11")])),
    ("is erased", lambda hall: hall.do(P[0], [Command("forget"), Text("xoá tất cả")])),
]


@pytest.mark.parametrize(("way", "free"), WAYS, ids=[way for way, _ in WAYS])
async def test_whatever_frees_a_seat_tells_the_next(
    hall: Hall, way: str, free: Callable[[Hall], Awaitable[None]]
) -> None:
    """One message to one person; the seats stay five."""
    await _full(hall)
    await free(hall)
    assert hall.states()[P[5]] == "offered"
    assert [len(hall.told(address)) for address in P[5:8]] == [1, 0, 0]
    assert sum(state in ("certain", "offered") for state in hall.states().values()) == 5


async def test_a_larger_capacity_is_offered_at_the_next_tick(hall: Hall) -> None:
    """Also where nobody told the talk of it: a plan was imported."""
    await _full(hall)
    await hall.change(capacity=7)
    await hall.tick()
    assert [hall.states()[address] for address in P[5:8]] == ["offered", "offered", "waiting"]
    assert [len(hall.told(address)) for address in P[5:8]] == [1, 1, 0]


async def test_who_blocks_us_holds_up_nobody(hall: Hall) -> None:
    """An offer to them goes on at once; a seat they are certain of stays theirs: they may come all the same."""
    await _full(hall)
    await hall.do(P[0], [Command("leave", "LS-11")])
    await hall.do(P[5], [Blocked(True)])
    assert hall.states()[P[5]] == "left" and hall.states()[P[6]] == "offered"
    assert [state for _, state in hall.told(P[5])] == ["cancelled"]
    await hall.do(P[1], [Blocked(True)])
    assert hall.states()[P[1]] == "certain"


async def test_an_answer_calls_back_an_offer_that_still_waits_for_the_morning(hall: Hall) -> None:
    """Left at night: the next is told at seven. Who sees it before and answers is not told again."""
    await _full(hall)
    hall.app.clock.move(timedelta(hours=14))  # 22:00
    await hall.do(P[0], [Command("leave", "LS-11")])
    seven = int(datetime(2026, 11, 23, 7, tzinfo=NOW.tzinfo).timestamp() * 1000)
    assert hall.rows("SELECT not_before, expires_at FROM outbox WHERE address = ? AND lane = 2", P[5]) == [
        (seven, seven + DAY_MS)
    ]
    await hall.do(P[5], [Command("come", "LS-11")])
    assert hall.states()[P[5]] == "certain"
    assert [state for _, state in hall.told(P[5])] == ["cancelled"]


async def test_accepting_twice_and_too_late(hall: Hall) -> None:
    """The second tap changes nothing; after the offer ran out, the same button means the line again."""
    await _full(hall)
    await hall.do(P[0], [Command("leave", "LS-11")])
    await hall.do(P[5], [Press("/come LS-11"), Press("/come LS-11")], together=True)
    assert hall.states()[P[5]] == "certain"
    await hall.do(P[1], [Command("leave", "LS-11")])
    await hall.tick(days=1)
    assert hall.states()[P[6]] == "left"
    await hall.do(P[6], [Press("/come LS-11")])
    assert hall.states()[P[6]] == "waiting"
    assert hall.rows("SELECT count(*) FROM joins WHERE state IN ('certain', 'offered')") == [(5,)]


async def test_nothing_is_offered_once_the_round_is_over_or_called_off(hall: Hall) -> None:
    """Who waits then hears of that, not of a seat."""
    await _full(hall)
    await hall.change(state=RoundState.CANCELLED)
    await hall.do(P[0], [Command("leave", "LS-11")])
    assert hall.states()[P[0]] == "certain"
    assert "đã bị huỷ" in hall.said(P[0])[-1]["text"]
    await hall.change()
    await hall.tick(days=13)
    await hall.do(P[0], [Command("leave", "LS-11")])
    assert "đã qua" in hall.said(P[0])[-1]["text"]
    assert [hall.told(address) for address in P[5:8]] == [[], [], []]


async def test_coming_again_confirms_the_round_as_it_is_now(hall: Hall) -> None:
    """A round that moved asks again; the answer says the new facts, once."""
    await hall.do(P[0], [Command("come", "LS-11")])
    await hall.change(version=2, held_on=date(2026, 12, 5), place="Nhà Văn hoá")
    await hall.do(P[0], [Press("/come LS-11")])
    said = next(m["text"] for m in reversed(hall.said(P[0])) if "text" in m and "theo thông tin mới" in m["text"])
    assert "05/12/2026" in said and "Nhà Văn hoá" in said
    assert hall.rows("SELECT state, version FROM joins") == [("certain", 2)]
    await hall.do(P[0], [Press("/come LS-11")])
    assert "Hẹn gặp bạn" in hall.said(P[0])[-1]["text"]


async def test_leaving_takes_the_reminders_along(hall: Hall) -> None:
    """What waits to be said of a round was true of the answer before."""
    await hall.do(P[0], [Command("come", "LS-11")])
    (person,) = hall.rows("SELECT id FROM people WHERE address = ?", P[0])[0]
    for key in (f"remind:{hall.round_id}:{person}:2026-12-04:7", f"remind:{hall.round_id}:{person}1:2026-12-04:7"):
        await hall.app.database.write(
            lambda tx, key=key: tx.run(
                "INSERT INTO outbox (dedupe_key, lane, channel, address, payload, not_before, on_unknown)"
                " VALUES (?, 2, 'terminal', ?, '{}', 0, 'resend')",
                (key, P[0]),
            )
        )
    await hall.do(P[0], [Command("leave", "LS-11")])
    states = dict(hall.rows("SELECT dedupe_key, state FROM outbox WHERE dedupe_key LIKE 'remind:%'"))
    assert list(states.values()) == ["cancelled", "pending"]  # The other one is of another person.


async def test_a_person_who_is_stopped_is_referred_to_the_staff(hall: Hall) -> None:
    """Politely, with a number, without a reason; and no row says that they asked."""
    stopped = replace(donor(9), stopped=True)
    (person,) = hall.rows("SELECT id FROM people WHERE address = ?", P[9])[0]
    await hall.app.database.write(lambda tx: donors.save(tx, person, stopped, 2, eligible_on=None))
    for what in (Command("next"), Start("r_LS-11"), Command("come", "LS-11")):
        await hall.do(P[9], [what])
        assert "trao đổi trực tiếp với nhân viên y tế" in hall.said(P[9])[-1]["text"]
        assert "0205 3812 345" in hall.said(P[9])[-1]["text"]
    assert P[9] not in hall.states()


async def test_whom_an_officer_put_on_the_list_early_stays_on_it(hall: Hall) -> None:
    """With the day named on the ticket; the rules do not turn them away again."""
    recent = replace(donor(8), donations=1, last_donation="2026-11-01")
    (person,) = hall.rows("SELECT id FROM people WHERE address = ?", P[8])[0]

    async def put(tx: Tx) -> None:
        await donors.save(tx, person, recent, 2, eligible_on=None)
        round_ = await rounds.by_code(tx, "LS-11")
        assert round_
        wish = joins.Wish(joins.JoinState.CERTAIN, not_yet=date(2027, 1, 24))
        await joins.answer(tx, round_, person, wish, at=3)

    await hall.app.database.write(put)
    await hall.do(P[8], [Command("ticket")])
    text = next(m["text"] for m in hall.said(P[8]) if "Mã vé" in m.get("text", ""))
    assert "dự kiến từ ngày 24/01/2027" in text
    await hall.do(P[8], [Press("/come LS-11")])
    assert hall.states()[P[8]] == "certain"


async def test_a_question_that_was_closed_meanwhile_says_so(hall: Hall) -> None:
    """Between the question and the tap the round was closed: no seat, and whom to call."""
    await hall.do(P[0], [Command("next")])
    press = Press(next(token for token in hall.tokens(P[0]) if token.endswith(":certain")))
    await hall.change(state=RoundState.CLOSED)
    await hall.do(P[0], [press])
    assert "đã đóng đăng ký" in hall.said(P[0])[-1]["text"]
    assert P[0] not in hall.states()
    assert hall.conversation(P[0]) is None


async def test_the_document_of_a_ticket_holds_the_code_alone(hall: Hall) -> None:
    """The outbox names the ticket and the round, and nothing of the person."""
    await hall.do(P[0], [Command("come", "LS-11")])
    payloads = [json.loads(p) for (p,) in hall.rows("SELECT payload FROM outbox WHERE payload LIKE '%ticket.png%'")]
    ((code,),) = hall.rows("SELECT code FROM joins")
    assert [p["document"]["params"] for p in payloads] == [{"language": "vi", "ticket": code, "round": "LS-11"}]


@pytest.mark.parametrize(("deadline", "shown"), [(date(2026, 11, 23), True), (date(2026, 11, 22), False)])
async def test_a_list_deadline_that_is_past_is_not_shown_to_who_may_still_join(
    hall: Hall, deadline: date, shown: bool
) -> None:
    """What has to be done before 22 November is over on 22 November; a seat is given all the same."""
    await hall.change(deadline_on=deadline)
    await hall.do(P[0], [Command("thamgia", "LS-11")])
    assert ("Hạn đăng ký" in str(hall.said(P[0]))) is shown
