"""Rows of a list in words: what a row says of a person, why it is to be looked at, what its choices mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from core.ages import Birth
from core.blood import Abo, Rh, show_group
from core.dates import PartialDate, show_date
from core.list_births import birth_of
from core.list_facts import Doubt
from core.list_rows import Row
from core.phones import mask_phone, show_phone
from handlers.list_import.work import Work
from handlers.voice import Voice

_SHOWN = 6  # examples of one thing


def where(voice: Voice, row: Row, *, sheets: bool) -> str:
    """The row as the spreadsheet counts it; its sheet where there are several."""
    if sheets and row.entry.sheet:
        return voice.text("import.at_sheet", row=row.entry.row, sheet=row.entry.sheet)
    return voice.text("import.at", row=row.entry.row)


def has_sheets(rows: Iterable[Row]) -> bool:
    """True where people come from more than one sheet."""
    return len({row.entry.sheet for row in rows}) > 1


def person(voice: Voice, row: Row, work: Work) -> str:
    """What is taken of a row, in a line."""
    facts = row.facts
    unit = work.index.get(row.unit_id)
    parts = [
        facts.get("name", "?"),
        voice.text(f"sex.{facts['sex']}") if "sex" in facts else "",
        birth(voice, birth_of(facts["birth"]), work.people.year) if "birth" in facts else "",
        unit.name if unit else facts.get("unit", ""),
        voice.text("count.shown", count=facts["donations"]) if facts.get("donations") else "",
        show_group(Abo(facts["abo"]), Rh(facts["rh"])) if "abo" in facts else "",
        mask_phone(facts["phone"]) if "phone" in facts else "",
        facts.get("note", ""),
    ]
    return " · ".join(filter(None, parts))


def birth(voice: Voice, born: Birth, year: int) -> str:
    """A birth as far as it is known; an age as lists of that year count it."""
    if born.date:
        return voice.text("list.born.date", date=show_date(born.date))
    if born.precision == "year":
        return voice.text("list.born.year", year=born.year)
    return voice.text("list.born.aged", age=year - born.year)


def reason(voice: Voice, doubt: Doubt) -> str:
    """Why a person should look at it, in a sentence."""
    params = {name: _param(voice, name, value) for name, value in doubt.params.items()}
    if "reason" in doubt.params:
        params["reason"] = voice.text(doubt.params["reason"], **doubt.params["reason_params"])
    return voice.text(doubt.message, **params)


def _param(voice: Voice, name: str, value: Any) -> Any:
    if name == "date":
        return show_date(date.fromisoformat(value))
    return voice.text(f"sex.{value}").lower() if name in ("sex", "hint") else value


def choice(voice: Voice, name: str, value: Any, year: int) -> str:
    """A fact as the label of a button."""
    match name:
        case "sex":
            return voice.text(f"sex.{value}")
        case "birth":
            return birth(voice, birth_of(value), year).capitalize()
        case "phone":
            return show_phone(value)
        case "donations":
            return voice.text("count.shown", count=value)
    return str(value)


def changed(voice: Voice, work: Work, name: str, pair: tuple[Any, Any]) -> str:
    """A field of somebody known that becomes different: "Số điện thoại: 090 *** 101 → 090 *** 111"."""
    before, after = (_stored(voice, work, name, value) for value in pair)
    return voice.text("import.change", field=voice.text(f"list.field.{name}"), before=before, after=after)


def _stored(voice: Voice, work: Work, name: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    match name:
        case "phone":
            return mask_phone(value)
        case "birth":
            return birth(voice, value, work.people.year)
        case "sex":
            return voice.text(f"sex.{value}")
        case "unit_id":
            unit = work.index.get(value)
            return unit.name if unit else "–"
        case "last_donation":
            known = PartialDate.of_iso(value)
            return "/".join(str(part) for part in (known.day, known.month, known.year) if part)
    return str(value)


def rows_of(numbers: Sequence[int]) -> str:
    """Row numbers, the first ones."""
    shown = ", ".join(map(str, numbers[:_SHOWN]))
    return f"{shown}…" if len(numbers) > _SHOWN else shown
