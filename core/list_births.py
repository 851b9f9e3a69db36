"""Sex and age on a list: two columns of ages, ticks, years, dates, whatever the columns were meant for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from core.ages import OLDEST, Birth, read_birth
from core.list_facts import Cell, Doubt, Draft, Occasion, Said, quoted, text_of, unread
from core.people import Sex
from core.unclear import Unclear
from core.vietnamese import fold

_MARKS = frozenset(("x", "v", "✓", "✔", "√", "*", "+"))
_SEXES = {
    **dict.fromkeys(("nam", "m", "male", "trai", "ong", "anh", "nam gioi"), Sex.MALE),
    **dict.fromkeys(("nu", "f", "female", "gai", "ba", "chi", "co", "nu gioi"), Sex.FEMALE),
}
_OLD_FOR_GIVING = 66  # From here on two digits are rather a year than the age of somebody who gives.
_SERIAL = range(9_000, 46_000)  # Excel counts days: 1924 to 2025
_EXCEL_DAY_0 = date(1899, 12, 30)
_YOUNGEST = 14  # Pupils of eighteen are invited, and some who are younger come along on the list of their class.
_SPAN = 1  # Ages on lists are the difference of years; some count completed ones.


def is_mark(cell: Cell) -> bool:
    """True for a tick in place of a number."""
    return cell is True or fold(text_of(cell)).strip(" .") in _MARKS


def sex_cell(cell: Cell) -> Said:
    """A sex in words."""
    typed = text_of(cell)
    if not typed:
        return Said()
    sex = _SEXES.get(fold(typed).strip(" ."))
    if sex is None:
        return Said(doubts=(Doubt("sex", "list.doubt.sex", {"typed": quoted(cell)}, ("M", "F"), grave=True),))
    return Said(str(sex))


def birth_json(birth: Birth) -> dict[str, Any]:
    """A birth as facts keep it."""
    day, said_on = (d.isoformat() if d else None for d in (birth.date, birth.said_on))
    return {"p": birth.precision, "d": day, "y": birth.year, "on": said_on}


def birth_of(value: Mapping[str, Any]) -> Birth:
    """The inverse of `birth_json`."""
    day, said_on = (date.fromisoformat(value[key]) if value[key] else None for key in ("d", "on"))
    return Birth(value["p"], day, value["y"], said_on)


def _age(age: int, occasion: Occasion) -> dict[str, Any]:
    """An age as lists count it: nobody knows whether the birthday was before it was written down, so it stands for two years."""
    return birth_json(Birth("age", None, occasion.year - age))


def _year(year: int) -> dict[str, Any]:
    return birth_json(Birth("year", None, year))


def _day(day: date) -> dict[str, Any]:
    return birth_json(Birth("date", day, day.year))


def birth_cell(cell: Cell, occasion: Occasion, *, born: bool = False) -> Said:
    """An age, a year or a date of birth, whichever the column was meant for. `born`: the column asks for year or date."""
    if isinstance(cell, datetime | date):
        day = cell.date() if isinstance(cell, datetime) else cell
        return _sane(Said(_day(day)), cell, occasion)
    typed = text_of(cell)
    if not typed:
        return Said()
    if isinstance(cell, bool | time):
        return _unread_birth(cell)
    if typed.isdecimal() and typed.isascii():
        return _sane(_number(int(typed), cell, occasion, born=born), cell, occasion)
    try:
        birth = read_birth(typed, occasion.today)
    except Unclear as unclear:
        return unread("birth", cell, unclear, grave=True)
    if birth.precision == "age":
        return _sane(Said(_age(birth.list_age(occasion.today), occasion)), cell, occasion)
    return _sane(Said(birth_json(birth)), cell, occasion)


def _unread_birth(cell: Cell) -> Said:
    return Said(doubts=(Doubt("birth", "list.doubt.birth_odd", {"typed": quoted(cell)}, grave=True),))


def _number(number: int, cell: Cell, occasion: Occasion, *, born: bool) -> Said:
    """A bare number: an age, a year, the last two figures of one, or what Excel makes of a date."""
    if number in _SERIAL:
        day = _EXCEL_DAY_0 + timedelta(days=number)
        return Said(_day(day), (Doubt("birth", "list.doubt.serial", {"typed": quoted(cell), "date": day.isoformat()}),))
    if number > OLDEST:
        return Said(_year(number))
    if number > 99:
        return _unread_birth(cell)
    year = occasion.today.year - (occasion.today.year - number) % 100
    as_age, as_year = _age(number, occasion), _year(year)
    old_year = occasion.year - year >= _OLD_FOR_GIVING
    if born and not old_year:
        return Said(as_year)
    if not born and number < _OLD_FOR_GIVING:
        return Said(as_age)
    value, other = (as_age, as_year) if born else (as_year, as_age)
    params = {"age": number, "year": year}
    return Said(value, (Doubt("birth", "list.doubt.age_or_year", params, (value, other)),))


def _sane(said: Said, cell: Cell, occasion: Occasion) -> Said:
    """A child of twelve, or somebody of a hundred and thirty, is a slip: nobody would put them on such a list."""
    if said.value is None:
        return said
    age = occasion.year - birth_of(said.value).year
    return said if _YOUNGEST <= age <= OLDEST else _unread_birth(cell)


def sex_and_birth(cells: Mapping[str, Cell], occasion: Occasion, draft: Draft) -> None:
    """Sex and birth from the two columns of ages, from a column of either, or from ticks; what contradicts itself is asked."""
    under = {sex: cells.get(name) for sex, name in ((Sex.MALE, "male"), (Sex.FEMALE, "female"))}
    filled = [sex for sex, cell in under.items() if text_of(cell) and text_of(cell) != "0"]
    said = sex_cell(cells.get("sex"))
    births = [birth_cell(under[sex], occasion) for sex in filled if not is_mark(under[sex])]
    births += [
        birth_cell(cells[name], occasion, born=name == "born") for name in ("born", "age") if text_of(cells.get(name))
    ]
    _take_sex(draft, filled, said, under)
    _take_birth(draft, births)


def _take_sex(draft: Draft, filled: list[Sex], said: Said, under: Mapping[Sex, Cell]) -> None:
    hint = sex_of_name(str(draft.facts.get("name", "")))
    if len(filled) > 1:
        typed = {"male": quoted(under[Sex.MALE]), "female": quoted(under[Sex.FEMALE])}
        draft.doubts.append(Doubt("sex", "list.doubt.both", typed, ("M", "F"), grave=True))
    elif filled and said.value and said.value != filled[0]:
        draft.doubts.append(Doubt("sex", "list.doubt.sexes", {}, ("M", "F"), grave=True))
    elif filled or said.value:
        sex = str(filled[0] if filled else said.value)
        draft.facts["sex"] = sex
        if hint and hint != sex:
            draft.doubts.append(Doubt("sex", "list.doubt.other_sex", {"sex": sex, "hint": str(hint)}, (str(hint), sex)))
    else:
        draft.doubts += said.doubts or [Doubt("sex", "list.doubt.no_sex", {}, ("M", "F"), grave=True)]


def _take_birth(draft: Draft, births: list[Said]) -> None:
    """The most exact of what is said; two that cannot both be are asked about."""
    told = [said for said in births if said.value]
    if not told:
        draft.doubts += births[0].doubts if births else (Doubt("birth", "list.doubt.no_birth", {}, grave=True),)
        return
    best = min(told, key=lambda said: ("date", "year", "age").index(said.value["p"]))
    draft.take("birth", best)
    years = [said.value["y"] for said in told]
    if max(years) - min(years) > _SPAN:
        choices = tuple({said.value["y"]: said.value for said in told}.values())
        draft.doubts.append(Doubt("birth", "list.doubt.births", {}, choices))


def sex_of_name(name: str) -> Sex | None:
    """What a middle name says: "Thị" is a woman's, "Văn" nearly always a man's. Good enough to ask, never to decide."""
    middle = name.lower().split()[1:-1]
    if "thị" in middle:
        return Sex.FEMALE
    return Sex.MALE if "văn" in middle else None
