"""What a person is to the rounds: which are for them, what they answered, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from core.dates import show_date
from core.eligibility import Answer, Verdict, judge
from core.joins import SEATED, Join, JoinState
from core.people import Component, Donor
from core.rounds import Round, RoundState
from handlers import verdict_text
from handlers.turn import Turn
from storage import donors, joins, rounds


@dataclass(frozen=True, slots=True)
class Barrier:
    """Why somebody cannot join: a sentence with what it needs, and the commands that help."""

    message: str
    params: Mapping[str, object]
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guest:
    """A registered donor before the plan. `plan`: rounds from today on that are not over; `path`: their unit and all above it."""

    donor: Donor
    path: list[int]
    answers: dict[int, Join]
    plan: list[Round]

    def join(self, round_: Round) -> Join | None:
        """What they answered to a round."""
        return self.answers.get(round_.id)

    def takes_part(self, round_: Round) -> bool:
        """True where they have a seat, wait for one, or may come."""
        join = self.join(round_)
        return join is not None and join.active


async def coming(turn: Turn) -> list[Round]:
    """Rounds from today on that are not over, in order, whatever their state."""
    plan = await rounds.upcoming(turn.tx, turn.today)
    return [round_ for round_ in plan if not round_.is_over(turn.now, turn.settings.zone)]


async def guest(turn: Turn) -> Guest | None:
    """The person as the plan sees them; None for who is not registered."""
    donor = await donors.of_person(turn.tx, turn.person.id)
    if donor is None:
        return None
    index = await turn.unit_index()
    path = [unit.id for unit in index.path(donor.unit_id)] if donor.unit_id is not None else []
    given = await joins.answers(turn.tx, turn.person.id, turn.today)
    return Guest(donor, path, {join.round_id: join for join in given}, await coming(turn))


def verdict(turn: Turn, donor: Donor, round_: Round) -> Verdict:
    """What the rules of the round's facility say of its day."""
    return judge(turn.house.rules.of(round_.rule_set, round_.held_on), donor, round_.held_on)


def barrier(turn: Turn, who: Guest, round_: Round) -> Barrier | None:
    """What stands in the way of a seat; None where nothing does. What the round is comes first, then what the person is."""
    return _of_round(turn, who, round_) or _of_person(turn, who, round_)


def closed_door(turn: Turn, round_: Round) -> Barrier | None:
    """What the round itself says to everybody: called off, over, not open yet, closed."""
    facts = {
        "name": round_.name,
        "date": show_date(round_.held_on),
        "contact": contact(turn, round_),
    }
    if round_.state is RoundState.CANCELLED:
        return Barrier("join.cancelled", facts)
    if round_.is_over(turn.now, turn.settings.zone) or round_.state is RoundState.DONE:
        return Barrier("join.past", facts)
    messages = {RoundState.DRAFT: "join.not_open", RoundState.CLOSED: "join.closed"}
    return Barrier(messages[round_.state], facts) if round_.state in messages else None


def _of_round(turn: Turn, who: Guest, round_: Round) -> Barrier | None:
    door = closed_door(turn, round_)
    if who.takes_part(round_):  # Whoever is on the list stays there, also once it is closed, whoever else is invited.
        return door if door and door.message in _ENDED else None
    if door or round_.invites(who.path):
        return door
    params = {"name": round_.name, "contact": contact(turn, round_)}
    if not who.path:
        return Barrier("join.unit_unmapped", params, ("/profile",))
    return Barrier("join.not_invited", params)


_ENDED = ("join.cancelled", "join.past")


def _of_person(turn: Turn, who: Guest, round_: Round) -> Barrier | None:
    if who.donor.stopped:
        return Barrier("join.stopped", {"contact": contact(turn, round_)}, ("/selfcheck",))
    join = who.join(round_)
    if join and join.not_yet:  # An officer put them on the list all the same.
        return None
    said = verdict(turn, who.donor, round_)
    if said.answer is Answer.NO:
        return Barrier("join.unfit", _unfit(turn, round_, said))
    return _too_close(turn, who, round_)


def _unfit(turn: Turn, round_: Round, said: Verdict) -> dict[str, object]:
    rules = turn.house.rules.of(round_.rule_set, round_.held_on)
    told = verdict_text.told(turn.voice, rules, said, round_.held_on)
    return {"name": round_.name, "verdict": told, "contact": contact(turn, round_)}


def _too_close(turn: Turn, who: Guest, round_: Round) -> Barrier | None:
    """A seat in another round so near that who gives there cannot give here."""
    for other in who.plan:
        join = who.join(other)
        if other.id == round_.id or join is None or join.state not in SEATED or other.state is RoundState.CANCELLED:
            continue
        first, second = sorted((other, round_), key=lambda r: r.held_on)
        given = replace(
            who.donor,
            donations=who.donor.donations + 1,
            last_donation=first.held_on.isoformat(),
            last_kind=Component.WHOLE,
        )
        if verdict(turn, given, second).answer is Answer.NO:
            params = {"name": round_.name, "other": other.name, "date": show_date(other.held_on)}
            return Barrier("join.too_close", params, (f"/leave {other.code}",))
    return None


def staff_note(turn: Turn, who: Guest, round_: Round) -> str:
    """What somebody may be told of the examination; "" where the rules find nothing to ask."""
    join = who.join(round_)
    if join and join.not_yet:
        return turn.text("join.not_yet", date=show_date(join.not_yet))
    said = verdict(turn, who.donor, round_)
    if said.answer is not Answer.STAFF:
        return ""
    rules = turn.house.rules.of(round_.rule_set, round_.held_on)
    return "\n".join((turn.text("join.staff"), *verdict_text.reasons(turn.voice, rules, said)))


def contact(turn: Turn, round_: Round) -> str:
    """Whom to call about a round."""
    return round_.contact or turn.settings.contact


def fitting(turn: Turn, who: Guest) -> list[Round]:
    """The rounds that the person may take part in or does, in the order in which they are offered.

    A seat that waits for an answer comes first; what was declined comes last; between them the order of dates.
    """
    open_to = [round_ for round_ in who.plan if barrier(turn, who, round_) is None]

    def rank(round_: Round) -> tuple[int, date, int]:
        join = who.join(round_)
        declined = join is not None and join.state in (JoinState.NO, JoinState.LEFT)
        offered = join is not None and join.state is JoinState.OFFERED
        return (0 if offered else 2 if declined else 1, round_.held_on, round_.number)

    return sorted(open_to, key=rank)
