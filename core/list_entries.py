"""What the rows of a list say: one person each, why a person should look at a row, and what of the file is not taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core import list_cells as cells
from core.dates import read_date
from core.list_births import sex_and_birth
from core.list_facts import Doubt, Draft, Facts, Occasion, Said, text_of
from core.list_table import NEVER, tables_of
from core.old_sheet import Modern
from core.registration_words import MAYBE, NOT_YET, OWN_WORDS, PARTED
from core.sheet_table import Cell, Line, Sheet, Table
from core.unclear import Unclear
from core.vietnamese import fold, nfc

MOST = 3_000  # people of one file: a province's biggest round had some thousand
_TITLES = 600  # letters of what stands above the table, in which round and unit may be named
_UNIT_LENGTH = 120
_YEARS_BACK, _YEARS_AHEAD = 3, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `row` counts as the program shows it, of the sheet named. `doubts`: why a person should look at it."""

    sheet: str
    row: int
    facts: Facts
    doubts: tuple[Doubt, ...] = ()

    @property
    def grave(self) -> bool:
        """True where the row cannot be taken as it was read."""
        return any(doubt.grave for doubt in self.doubts)


@dataclass(frozen=True)
class People:
    """A whole file. `year`: by which ages are counted; `days`: dates that its titles name; `above`: those titles.

    `notes`: message id -> rows, of what was mended or left out on the way. `left`: kinds of columns that are never taken; `unread`:
    titles that mean nothing to us. `printed`: how many people the row of totals says there are. `asked`: about the file, as a sentence
    and what fills it.
    """

    entries: tuple[Entry, ...]
    year: int
    days: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    notes: Mapping[str, list[int]] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    printed: int | None = None
    asked: tuple[tuple[str, Facts], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data for the row of an upload."""
        rest = {
            name: getattr(self, name)
            for name in ("year", "days", "above", "notes", "left", "unread", "printed", "asked")
        }
        return {"entries": [[e.sheet, e.row, e.facts, [list(d) for d in e.doubts]] for e in self.entries], **rest}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> People:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for what another version wrote."""
        entries = tuple(
            Entry(sheet, row, facts, tuple(Doubt(f, m, p, tuple(c), g) for f, m, p, c, g in doubts))
            for sheet, row, facts, doubts in data["entries"]
        )
        days, above, left, unread = (tuple(data[name]) for name in ("days", "above", "left", "unread"))
        asked = tuple((message, params) for message, params in data["asked"])
        return People(entries, data["year"], days, above, data["notes"], left, unread, data["printed"], asked)


def read_people(sheets: Sequence[Modern], today: date, asked: Iterable[tuple[str, Facts]] = ()) -> People:
    """Everybody on the lists of a file. `asked`: of the file as a whole. Raises Unclear for nobody, or more than a file may hold."""
    read = [_Sheet(modern, today) for modern in sheets]
    entries = [entry for sheet in read for entry in sheet.entries]
    if not entries:
        raise Unclear("list.refused.nobody")
    if len(entries) > MOST:
        raise Unclear("list.refused.long", highest=MOST)
    notes: dict[str, list[int]] = {}
    for sheet in read:
        for message, rows in sheet.notes.items():
            notes.setdefault(message, []).extend(rows)
    tables = [table for sheet in read for table in sheet.tables]
    printed = [sheet.printed for sheet in read if sheet.printed is not None]
    above = _short(line for table in tables for line in table.above if not _BELOW.match(fold(line)))
    living: list[tuple[str, Facts]] = (
        [("list.living", {})] if any("ngan hang mau song" in fold(line) for line in above) else []
    )
    return People(
        entries=tuple(entries),
        year=next((sheet.occasion.year for sheet in read if sheet.entries), today.year),
        days=tuple(dict.fromkeys(day for sheet in read for day in sheet.days)),
        above=above,
        notes=notes,
        left=tuple(name for name in NEVER if any(name in table.columns for table in tables)),
        unread=tuple(dict.fromkeys(title[:60] for table in tables for title in (*table.unread, *table.twice))),
        printed=sum(printed) if len(printed) == len([sheet for sheet in read if sheet.entries]) else None,
        asked=(*asked, *living),
    )


def _short(lines: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for line in dict.fromkeys(nfc(line) for line in lines):
        if sum(map(len, kept)) + len(line) > _TITLES:
            break
        kept.append(line)
    return tuple(kept)


_YEAR = re.compile(r"(?:\bnam|[-–])\s*(20\d\d)\b")
_DAY = re.compile(r"\b\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*20\d\d\b|\b\d{1,2} thang \d{1,2} nam 20\d\d\b")
_ROMAN = re.compile(r"(?:[ivx]{1,5}|[a-h])[.)]?", re.IGNORECASE)
_HEADING = re.compile(r"^(?:(?:[IVX]{1,5}|[A-H]|\d{1,2})[.)]|[-+•*])\s*")
_COUNTED = re.compile(r"\s*(?:[:(–-]\s*)?\(?\d+\s*(?:người|ng|đ/c|đc|đồng chí|people)\)?\s*$", re.IGNORECASE)
_TOTAL = re.compile(r"(?:tong|cong|total)\b")
_PEOPLE = re.compile(r"\b(\d{1,5})\s*(?:nguoi|ng|dong chi|d/c|people)?\s*\.?$")
_BELOW = re.compile(
    r"(?:noi nhan|nguoi lap|lap bang|lap bieu|thu truong|ky ten|xac nhan|chu tich|truong ban|pho truong|giam doc|hieu truong|bi thu"
    r"|tm\b|kt\b|tl\b|ghi chu|luu y|danh sach (?:gom|co|nay)|note\b|prepared by|signed|.*\bngay\b.*\bthang\b.*\bnam\b)"
)
_SAME = frozenset(("nt", "-nt-", "- nt -", "nhu tren", '"', "''", "〃", "//", "...nt...", "n t"))
_OURS = re.compile(f"{MAYBE}|{OWN_WORDS}|{PARTED}|{NOT_YET.format(date='[0-9/]+')}")
_DETAILS = ("male", "female", "sex", "age", "born", "phone", "donations")  # With one of these, a row is about a person.


class _Sheet:
    """The lists of one sheet, row by row."""

    def __init__(self, modern: Modern, today: date) -> None:
        self._modern = modern
        self._unit = ""
        self.tables = [table for table in tables_of(modern.sheet) if table.lines]
        titles = [folded for table in self.tables for line in table.above if not _BELOW.match(folded := fold(line))]
        # Titles first; the place-date line below names the year too.
        self.occasion = Occasion(today, _year((*titles, *_below(modern.sheet, self.tables)), today))
        self.days = list(_days(titles, today))
        self.notes: dict[str, list[int]] = {}
        self.printed: int | None = None
        self.entries = [entry for table in self.tables for entry in self._entries(table)]

    def _entries(self, table: Table) -> Iterator[Entry]:
        if table.totals:
            self._count(" ".join(text_of(cell) for cell in table.totals.values()))
        self._nameless(table)
        given, heading = _given_column(self._modern.sheet, table), ""
        section = ""
        for line in table.lines:
            if line.section != section:
                section, heading = line.section, _heading(line.section)
            name = fold(text_of(line.cells["name"]))
            if not _is_person(line):
                if _TOTAL.match(name) or _TOTAL.match(fold(text_of(line.cells.get("number")))):
                    self._count(name)
                    continue
                if _BELOW.match(name):
                    return
                if _is_heading(line):
                    heading = _heading(text_of(line.cells["name"]))
                    continue
            yield self._entry(table, line, heading, given)

    def _nameless(self, table: Table) -> None:
        """Rows that tell of somebody whose name was forgotten: told, or nobody would miss them."""
        columns = [table.columns[name] for name in _DETAILS if name in table.columns]
        for row in table.skipped:
            said = [text_of(self._at(row - 1, column)) for column in columns]
            if len([text for text in said if any(map(str.isdigit, text))]) > 1:
                self.notes.setdefault("list.note.no_name", []).append(row)

    def _count(self, text: str) -> None:
        """How many there are, as the row of totals says."""
        if found := _PEOPLE.search(fold(text).strip(" .")):
            self.printed = int(found[1])

    def _entry(self, table: Table, line: Line, heading: str, given: int | None) -> Entry:
        draft = Draft()
        self._name(draft, table, line, given)
        self._unit_of(draft, line, heading)
        sex_and_birth(line.cells, self.occasion, draft)
        draft.take("donations", cells.count_cell(line.cells.get("donations")))
        draft.take("phone", cells.phone_cell(line.cells.get("phone")))
        cells.blood_cell(line.cells.get("blood"), draft)
        draft.take("last", cells.last_cell(line.cells.get("last"), self.occasion))
        draft.take("note", _note(line.cells.get("note"), draft.facts))
        _unsaid(draft)
        for note in draft.notes:
            self.notes.setdefault(note, []).append(line.row)
        return Entry(nfc(table.sheet)[:40], line.row, draft.facts, tuple(draft.doubts))

    def _name(self, draft: Draft, table: Table, line: Line, given: int | None) -> None:
        """The name, from one cell or two; one that was written in an old font is shown as it is read."""
        places = [(line.row - 1, column) for column in (table.columns["name"], given) if column is not None]
        parts = [self._words(*place) for place in places]
        draft.take("name", cells.name_cell(" ".join(filter(None, parts))))
        was = [self._modern.was.get(place) for place in places]
        if "name" in draft.facts and any(was):
            typed = nfc(" ".join(old or part for old, part in zip(was, parts, strict=True)))
            sure = all(self._modern.readings[place].sure for place in places if place in self._modern.readings)
            message = "list.doubt.encoding" if sure else "list.doubt.encoding_unsure"
            name = draft.facts["name"]
            draft.doubts.append(Doubt("name", message, {"typed": typed, "name": name}, () if sure else (name, typed)))

    def _words(self, row: int, column: int) -> str:
        """A cell with its line ends: two of them may be two people."""
        cell = self._at(row, column)
        return cell.strip() if isinstance(cell, str) else text_of(cell)

    def _at(self, row: int, column: int) -> Cell:
        rows = self._modern.sheet.rows
        return rows[row][column] if row < len(rows) and column < len(rows[row]) else None

    def _unit_of(self, draft: Draft, line: Line, heading: str) -> None:
        """The unit as its column says it, or the heading above; a ditto sign is the one of the row before."""
        said = text_of(line.cells.get("unit"))
        if fold(said) in _SAME:
            said = self._unit
        self._unit = said
        if unit := (said or heading)[:_UNIT_LENGTH]:
            draft.facts["unit"] = unit


def _is_person(line: Line) -> bool:
    """True where the row says more than a name; who signs beside another one says nothing."""
    details = (text_of(line.cells.get(name)) for name in _DETAILS)
    return any(detail and not _BELOW.match(fold(detail)) for detail in details)


def _is_heading(line: Line) -> bool:
    """True for the heading of a part: its number is Roman or a letter, or its words name an organisation."""
    number = text_of(line.cells.get("number"))
    name = text_of(line.cells["name"])
    return bool(_ROMAN.fullmatch(number) or (not number and (_HEADING.match(name) or _ORGANISATION.match(fold(name)))))


_ORGANISATION = re.compile(
    r"(?:phong|khoa|ban|to|cong doan|ldld|cdcs|cdn|truong|tram|benh vien|trung tam|ttyt|ubnd|cong ty|so|doan|chi doan|hoi|xa|phuong"
    r"|khoi)\b .+"
)


def _heading(text: str) -> str:
    """The unit that a heading names: "II. Khoa Nội (12 người)" is Khoa Nội."""
    return _COUNTED.sub("", _HEADING.sub("", nfc(text))).strip(" :.-–")


def _note(cell: Cell, facts: Facts) -> Said:
    """The remark without what our own lists print there."""
    said = cells.note_cell(cell)
    parts = [part.strip() for part in str(said.value or "").split(";")]
    if MAYBE in parts:
        facts["maybe"] = True
    kept = "; ".join(part for part in parts if part and not _OURS.fullmatch(part))
    return Said(kept or None, said.doubts, said.notes)


def _unsaid(draft: Draft) -> None:
    """What a list may leave out, but not unseen; and what cannot be together."""
    facts, asked = draft.facts, {doubt.field for doubt in draft.doubts}
    if facts.get("last") and not facts.get("donations"):
        draft.doubts.append(Doubt("donations", "list.doubt.last_never", {}, (1,)))
    elif "donations" not in facts and "donations" not in asked:
        draft.doubts.append(Doubt("donations", "list.doubt.no_count"))
    if "phone" not in facts and "phone" not in asked:
        draft.doubts.append(Doubt("phone", "list.doubt.no_phone"))


def _given_column(sheet: Sheet, table: Table) -> int | None:
    """The column of given names, where family and given name have one each."""
    if "given" in table.columns:
        return table.columns["given"]
    name = table.columns["name"]
    over = any(
        top < table.row + 1 and bottom >= table.row - 1 and left == name and right == name + 1
        for top, left, bottom, right in sheet.merges
        if top >= table.row - 1
    )
    return name + 1 if over and name + 1 not in table.columns.values() else None


def _below(sheet: Sheet, tables: Sequence[Table]) -> Iterator[str]:
    """The lines below the last list."""
    last = max((line.row for table in tables for line in table.lines), default=len(sheet.rows))
    for row in sheet.rows[last : last + 20]:
        yield from (fold(text_of(cell)) for cell in row if isinstance(cell, str))


def _year(lines: Iterable[str], today: date) -> int:
    """The year that the list names, where it is not a slip."""
    named = [int(year) for line in lines for year in _YEAR.findall(line)]
    near = [year for year in named if today.year - _YEARS_BACK <= year <= today.year + _YEARS_AHEAD]
    return near[0] if near else today.year


def _days(lines: Iterable[str], today: date) -> Iterator[str]:
    """Days that the titles name: one of them may be that of the round."""
    for line in lines:
        for said in _DAY.findall(line):
            try:
                yield read_date(said, today).isoformat()
            except Unclear:
                continue
