"""What is asked of a donor, whoever answers: themselves in their chat, or an officer with a paper in hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.ages import Age, Birth, judge_age, read_birth
from core.blood import Abo, Rh, read_group
from core.blood import read_rh as rh_of
from core.counts import read_count as count_of
from core.dates import PartialDate, read_month_or_date, show_date
from core.dialogue import Choice
from core.phones import show_phone as phone_aloud
from core.unclear import Unclear
from handlers.form import Answers, Given, labelled
from handlers.turn import Turn

_EARLIEST = date(1950, 1, 1)


def sexes(turn: Turn) -> list[Choice]:
    """The two columns of the official list."""
    return labelled(turn, M="sex.M", F="sex.F")


def groups(turn: Turn) -> list[Choice]:
    """ABO, or not known."""
    known = [Choice(group, group, (turn.text("blood.group", abo=group),)) for group in ("O", "A", "B", "AB")]
    return [*known, *labelled(turn, **{"?": "blood.unknown"})]


def rhesus(turn: Turn) -> list[Choice]:
    """Rh, or not known."""
    return labelled(turn, **{"+": "blood.positive", "-": "blood.negative", "?": "blood.unknown"})


def birth_json(birth: Birth) -> dict[str, Any]:
    """A birth as answers keep it."""
    return {"p": birth.precision, "d": _iso(birth.date), "y": birth.year, "on": _iso(birth.said_on)}


def birth_of(value: dict[str, Any]) -> Birth:
    """The inverse of `birth_json`."""
    return Birth(value["p"], _day(value["d"]), value["y"], _day(value["on"]))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


async def show_age(turn: Turn, value: dict[str, Any]) -> str:
    """The age in words, with a hint where staff decides."""
    birth = birth_of(value)
    low, high = birth.age_range_on(turn.today)
    staff = judge_age(birth, turn.today, turn.rules.age).age is Age.STAFF
    message = {"date": "age.date", "year": "age.year", "age": "age.age"}[birth.precision]
    shown = turn.text(
        message,
        age=birth.list_age(turn.today) if birth.age_on(turn.today) is None else birth.age_on(turn.today),
        low=low,
        high=high,
        date=show_date(birth.date) if birth.date else "",
        year=birth.year,
    )
    return f"{shown}. {turn.text('age.staff', highest=turn.rules.age.highest)}" if staff else shown


async def read_choice(_: Turn, __: Answers, given: Given) -> object:
    """One of the offered answers."""
    if given.value is None:
        raise Unclear("unclear.choice")
    return given.value


async def show_sex(turn: Turn, value: str) -> str:
    """In words."""
    return turn.text(f"sex.{value}")


async def read_abo(_: Turn, answers: Answers, given: Given) -> object:
    """The group; one that is typed with its Rh answers both questions."""
    if given.value is not None:
        return given.value
    abo, rh = read_group(given.text)
    if abo is Abo.UNKNOWN and rh is not Rh.UNKNOWN:
        raise Unclear("unclear.abo")
    if rh is not Rh.UNKNOWN:
        answers["rh"] = str(rh)  # "O+" answers both questions; a group without Rh answers only this one.
    return str(abo)


async def show_abo(turn: Turn, value: str) -> str:
    """In words."""
    return turn.text("blood.unknown") if value == "?" else value


async def read_rh(_: Turn, __: Answers, given: Given) -> object:
    """Rh as offered, or as typed."""
    return given.value if given.value is not None else str(rh_of(given.text))


async def show_rh(turn: Turn, value: str) -> str:
    """In words."""
    return turn.text({"+": "blood.positive", "-": "blood.negative", "?": "blood.unknown"}[value])


async def read_count(_: Turn, __: Answers, given: Given) -> object:
    """A number of donations."""
    return int(given.value) if given.value is not None else count_of(given.text)


async def show_count(turn: Turn, value: int) -> str:
    """In words."""
    return turn.text("count.shown", count=value) if value else turn.text("count.never")


async def read_last(turn: Turn, answers: Answers, given: Given) -> object:
    """The last donation as far as it is known, ISO; "" for unknown. The birth is in the answer "age"."""
    if given.value is not None:
        return ""
    day = read_month_or_date(given.text, turn.today)
    earliest = (
        PartialDate(day.year, day.month or 1, day.day or 1).latest() if day.day or day.month else date(day.year, 1, 1)
    )
    if earliest > turn.today:
        raise Unclear("unclear.last.future")
    born = birth_of(answers["age"]).year
    if day.latest() < _EARLIEST or day.year < born + 17:
        raise Unclear("unclear.last.early")
    return day.iso()


async def show_last(turn: Turn, value: str) -> str:
    """A last donation in words; "" is unknown."""
    parts = [int(part) for part in value.split("-")] if value else []
    match parts:
        case [year, month, day]:
            return show_date(date(year, month, day))
        case [year, month]:
            return turn.text("last.month", month=month, year=year)
        case [year]:
            return turn.text("last.year", year=year)
    return turn.text("last.unknown")


async def show_phone(_: Turn, value: str) -> str:
    """As it is read aloud."""
    return phone_aloud(value)


def read_year(text: str, today: date) -> int:
    """A year of birth, also out of a whole date. Raises Unclear for an age: it allows two."""
    birth = read_birth(text, today)
    if birth.precision == "age":
        raise Unclear("unclear.link_year")
    return birth.year


def adult(turn: Turn, birth: Birth) -> dict[str, Any]:
    """A birth for a record that an officer writes. Raises Unclear for who may not give by age: nothing is kept of children.

    Source: Circular 26/2013/TT-BYT art. 4(1); Law 91/2025/QH15 art. 24.
    """
    rule = turn.rules.age
    match judge_age(birth, turn.today, rule).age:
        case Age.TOO_YOUNG:
            raise Unclear("unclear.person_young", lowest=rule.lowest)
        case Age.NEED_DATE:
            raise Unclear("unclear.person_date", lowest=rule.lowest)
        case Age.TOO_OLD:
            raise Unclear("unclear.person_old", highest=rule.highest)
    return birth_json(birth)
