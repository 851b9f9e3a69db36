"""Audiences of notices: who of them comes next, and what each is told. A kind of audience is one row of a table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.board import NOBODY, line_of
from core.dialogue import Reply
from core.eligibility import Answer, judge
from core.notices import Audience, Window
from core.people import Donor
from core.rounds import Round, RoundState
from core.units import Unit, UnitIndex
from handlers import notice_text
from handlers.turn import House
from storage import board, donors, notices, quotas, records, rounds
from storage.database import Tx
from storage.notices import Joined, Page, Recipient


@dataclass(frozen=True, slots=True)
class Scene:
    """A window that is being planned at `now`; `day`: the local day on which it is read."""

    house: House
    window: Window
    now: datetime
    day: date


Read = Callable[[Tx, Scene, Page], Awaitable[list[Recipient]]]
Said = list[tuple[Recipient, Reply]]
Compose = Callable[[Tx, Scene, Sequence[Recipient]], Awaitable[Said]]


async def _joined(tx: Tx, scene: Scene, page: Page) -> list[Recipient]:
    window = scene.window
    assert window.round is not None
    by = int(window.due.timestamp() * 1000)  # Who came later gets what is still ahead.
    who = Joined(window.round.id, window.notice.states, window.notice.outcome, by, window.span.part, scene.day)
    return await notices.joined(tx, who, page)


async def _to_joined(_: Tx, scene: Scene, found: Sequence[Recipient]) -> list[tuple[Recipient, Reply]]:
    voices = {who.language: scene.house.voice(who.language) for who in found}
    return [(who, notice_text.round_notice(voices[who.language], scene.window, who, scene.day)) for who in found]


async def _eligible(tx: Tx, scene: Scene, page: Page) -> list[Recipient]:
    return await notices.eligible(tx, scene.window.span.day, scene.day, page)


async def _to_eligible(tx: Tx, scene: Scene, found: Sequence[Recipient]) -> list[tuple[Recipient, Reply]]:
    """Those of whom nothing else that is known (their age, say) speaks against it, each with the first round that they may come to."""
    house, day = scene.house, scene.day
    plan = [r for r in await rounds.upcoming(tx, day) if r.state is RoundState.OPEN]
    registered = await donors.of_people(tx, [who.person_id for who in found])
    house.units.refresh()
    index = await house.units.index(tx, day)

    def may_come(donor: Donor, path: list[int], round_: Round) -> bool:
        rules = house.rules.of(round_.rule_set, round_.held_on)
        over = round_.is_over(scene.now, house.settings.zone)
        return not over and round_.invites(path) and judge(rules, donor, round_.held_on).answer is not Answer.NO

    said = []
    for who in found:
        donor = registered[who.person_id]
        answer = judge(house.rules.of("", day), donor, day).answer
        if answer is Answer.NO:
            continue
        path = [] if who.unit_id is None else [unit.id for unit in index.path(who.unit_id)]
        round_ = next((r for r in plan if may_come(donor, path, r)), None)
        voice, staff_first = house.voice(who.language), answer is Answer.STAFF
        notice = notice_text.eligible_notice(voice, scene.window.span.day, round_, staff_first=staff_first)
        said.append((who, notice))
    return said


async def _officers(tx: Tx, _: Scene, page: Page) -> list[Recipient]:
    return await notices.officers(tx, page)


async def _to_officers(tx: Tx, scene: Scene, found: Sequence[Recipient]) -> Said:
    """Those whose units are invited, and there, hear how far they are with what was asked of them, and get their list."""
    round_ = scene.window.round
    assert round_ is not None
    scene.house.units.refresh()
    index = await scene.house.units.index(tx, scene.day)
    counted, targets = await board.counted(tx, round_.id), await quotas.of_round(tx, round_.id)
    said = []
    for who in found:
        units = [unit for unit in map(index.get, who.unit_ids) if unit and _is_asked(round_, unit, index)]
        if not units:
            continue
        line = line_of(counted, targets, [unit.id for unit in units], index)
        below = index.below_all(unit.id for unit in units)
        people = sum((counted[unit_id] for unit_id in below if unit_id in counted), NOBODY)
        params = {
            "language": who.language,
            "round": round_.code,
            "unit": units[0].name if len(units) == 1 else "",
            "units": sorted(below),
            "rows": people.certain + people.maybe,
        }
        notice = notice_text.deadline_notice(scene.house.voice(who.language), round_, line, scene.day)
        said.append((who, notice_text.with_list(scene.house.voice(who.language), notice, params)))
    return said


def _is_asked(round_: Round, unit: Unit, index: UnitIndex) -> bool:
    """True for a unit that the round invites and that has not ended."""
    return index.in_force(unit) and round_.invites([above.id for above in index.path(unit.id)])


async def _count_as_let_go(tx: Tx, _: Scene, said: Said) -> None:
    await notices.ask_again_later(tx, [who.person_id for who, _ in said])


async def _log_the_lists(tx: Tx, scene: Scene, said: Said) -> None:
    """A list that goes to an officer is on record like one that they ask for."""
    at = int(scene.now.timestamp() * 1000)
    for who, reply in said:
        if reply.document is None:
            continue
        facts = {name: reply.document.params[name] for name in ("round", "rows")}
        await records.add_audit(tx, who.address, "export", at=at, list="registration", format="xlsx", **facts)


async def _nothing(_: Tx, __: Scene, ___: Said) -> None:
    return


@dataclass(frozen=True, slots=True)
class Kind:
    """How an audience is read, what each is told, and what is noted of those who are."""

    read: Read
    compose: Compose
    note: Callable[[Tx, Scene, Said], Awaitable[None]] = _nothing


AUDIENCES: dict[Audience, Kind] = {
    Audience.JOINED: Kind(_joined, _to_joined),
    Audience.ELIGIBLE: Kind(_eligible, _to_eligible, _count_as_let_go),
    Audience.OFFICERS: Kind(_officers, _to_officers, _log_the_lists),
}
