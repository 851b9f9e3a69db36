"""Files that officers send, .xlsx, .csv, .toml or pictures: what kinds there are, and which one a file is, by what stands in it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from bot.picture_files import is_picture, read_picture
from bot.plan_files import read_tables_of_plan, read_toml
from bot.sheets import read_csv, read_xlsx
from core.legacy_text import FONTS
from core.list_entries import read_people
from core.list_table import LIST
from core.old_sheet import Modern, modern
from core.plan_entries import Remark
from core.plan_table import PLAN
from core.quota_table import QUOTAS, read_quotas
from core.sheet_table import MAX_BYTES, Shape, Sheet, Table, find_table
from core.unclear import Unclear
from core.unit_columns import UNITS
from core.unit_entries import read_units
from core.vietnamese import nfc

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_TEXTS = (".csv", ".tsv", ".txt")
_WORKBOOKS = (".xlsx", ".xlsm")

_MOST_UNITS = 6_000  # of one file: a whole province has some five thousand
Data = dict[str, Any]  # what a file says, as JSON values


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to read: the tables of a kind, what is to be asked about the file as a whole, and the day; `sheets`: all of them."""

    tables: Sequence[Table]
    asked: tuple[Remark, ...]
    today: date
    sheets: Sequence[Modern] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `shape`: how its tables look. `read` raises Unclear, with a sentence for the officer, for what is refused."""

    name: str
    shape: Shape
    read: Callable[[Found], Data]


def _plan(found: Found) -> Data:
    return read_tables_of_plan(found.tables, found.today, found.asked).to_json()


def _people(found: Found) -> Data:
    asked = [(remark.message, dict(remark.params)) for remark in found.asked]
    return read_people(found.sheets, found.today, asked).to_json()


def _quotas(found: Found) -> Data:
    return read_quotas(found.tables).to_json()


def _units(found: Found) -> Data:
    tree = read_units(found.tables, found.today, found.asked)
    if not tree.entries:
        raise Unclear("unitfile.refused.none")
    if len(tree.entries) > _MOST_UNITS:
        raise Unclear("unitfile.refused.long", highest=_MOST_UNITS)
    return tree.to_json()


# Of several kinds that a table could be, the one that understands most of its titles reads it; then the first.
KINDS: tuple[Kind, ...] = (
    Kind("plan", PLAN, _plan),
    Kind("list", LIST, _people),
    Kind("quotas", QUOTAS, _quotas),
    Kind("units", UNITS, _units),
)


def read_file(name: str, body: bytes, today: date, only: str = "") -> Data:
    """What the file says, with its "kind"; `only`: no other kind is looked for. Raises Unclear for a file that is refused as a whole."""
    if not body:
        raise Unclear("import.refused.empty")
    if len(body) > MAX_BYTES:
        raise Unclear("import.refused.size", highest=MAX_BYTES >> 20)
    kinds = [kind for kind in KINDS if only in ("", kind.name)]
    if body.startswith((_ZIP, _OLE)):
        return _xlsx(body, today, kinds)
    if is_picture(body) and not only:
        return read_picture(body)
    suffix = PurePath(name).suffix.lower()
    if suffix == ".toml":
        return {"kind": "plan"} | read_toml(body, today).to_json()
    if suffix in _TEXTS:
        return _csv(body, today, kinds)
    raise Unclear("import.refused.broken" if suffix in _WORKBOOKS else "import.refused.kind")


def _xlsx(body: bytes, today: date, kinds: Sequence[Kind]) -> Data:
    sheets, hidden = read_xlsx(body)
    kind, fitting = _fitting(sheets, kinds)
    asked = (Remark("", "import.asked.hidden", {"sheets": ", ".join(map(nfc, hidden))[:200]}),) if hidden else ()
    return _read(kind, fitting, asked, today)


def _csv(body: bytes, today: date, kinds: Sequence[Kind]) -> Data:
    try:
        sheets, doubtful = read_csv(body)
    except csv.Error as error:
        raise Unclear("import.refused.broken") from error
    kind, fitting = _fitting(sheets, kinds)
    # The separator is the one with which most columns make sense.
    best = sorted(fitting, key=lambda pair: len(pair[1].columns), reverse=True)[:1]
    return _read(kind, best, (Remark("", "import.asked.letters", {}),) if doubtful else (), today)


def _read(kind: Kind, fitting: Sequence[tuple[Modern, Table]], asked: tuple[Remark, ...], today: date) -> Data:
    old = next((sheet.encoding for sheet, _ in fitting if sheet.was), None)
    asked += (Remark("", "import.asked.old_font", {"font": FONTS[old]}),) if old else ()
    found = Found([table for _, table in fitting], asked, today, [sheet for sheet, _ in fitting])
    return {"kind": kind.name} | kind.read(found)


def _fitting(sheets: Sequence[Sheet], kinds: Sequence[Kind]) -> tuple[Kind, list[tuple[Modern, Table]]]:
    """The kind whose titles fit best, and its sheets with the table in each."""
    today = [modern(sheet) for sheet in sheets]
    tables = {
        kind.name: [(one, table) for one in today if (table := find_table(one.sheet, kind.shape))] for kind in kinds
    }
    best = max(kinds, key=lambda kind: max((len(table.columns) for _, table in tables[kind.name]), default=0))
    if not tables[best.name]:
        raise Unclear("import.refused.no_table")
    return best, tables[best.name]
