"""Files that officers send, .xlsx, .csv or .toml: what kinds there are, and which one a file is, by what stands in it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from bot.plan_files import read_tables_of_plan, read_toml
from bot.sheets import read_csv, read_xlsx
from core.plan_entries import Remark
from core.plan_table import PLAN
from core.sheet_table import MAX_BYTES, Shape, Sheet, Table, find_table
from core.unclear import Unclear
from core.vietnamese import nfc

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_TEXTS = (".csv", ".tsv", ".txt")
_WORKBOOKS = (".xlsx", ".xlsm")

Data = dict[str, Any]  # what a file says, as JSON values


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to read: the tables of a kind, what is to be asked about the file as a whole, and the day."""

    tables: Sequence[Table]
    asked: tuple[Remark, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `shape`: how its tables look. `read` raises Unclear, with a sentence for the officer, for what is refused."""

    name: str
    shape: Shape
    read: Callable[[Found], Data]


def _plan(found: Found) -> Data:
    return read_tables_of_plan(found.tables, found.today, found.asked).to_json()


# Of several kinds that a table could be, the one that understands most of its titles reads it; then the first.
KINDS: tuple[Kind, ...] = (Kind("plan", PLAN, _plan),)


def read_file(name: str, body: bytes, today: date, only: str = "") -> Data:
    """What the file says, with its "kind"; `only`: no other kind is looked for. Raises Unclear for a file that is refused as a whole."""
    if not body:
        raise Unclear("import.refused.empty")
    if len(body) > MAX_BYTES:
        raise Unclear("import.refused.size", highest=MAX_BYTES >> 20)
    kinds = [kind for kind in KINDS if only in ("", kind.name)]
    if body.startswith((_ZIP, _OLE)):
        return _xlsx(body, today, kinds)
    suffix = PurePath(name).suffix.lower()
    if suffix == ".toml":
        return {"kind": "plan"} | read_toml(body, today).to_json()
    if suffix in _TEXTS:
        return _csv(body, today, kinds)
    raise Unclear("import.refused.broken" if suffix in _WORKBOOKS else "import.refused.kind")


def _xlsx(body: bytes, today: date, kinds: Sequence[Kind]) -> Data:
    sheets, hidden = read_xlsx(body)
    kind, tables = _fitting(sheets, kinds)
    asked = (Remark("", "import.asked.hidden", {"sheets": ", ".join(map(nfc, hidden))[:200]}),) if hidden else ()
    return {"kind": kind.name} | kind.read(Found(tables, asked, today))


def _csv(body: bytes, today: date, kinds: Sequence[Kind]) -> Data:
    try:
        sheets, doubtful = read_csv(body)
    except csv.Error as error:
        raise Unclear("import.refused.broken") from error
    kind, tables = _fitting(sheets, kinds)
    # The separator is the one with which most columns make sense.
    best = sorted(tables, key=lambda table: len(table.columns), reverse=True)[:1]
    asked = (Remark("", "import.asked.letters", {}),) if doubtful else ()
    return {"kind": kind.name} | kind.read(Found(best, asked, today))


def _fitting(sheets: Sequence[Sheet], kinds: Sequence[Kind]) -> tuple[Kind, list[Table]]:
    """The kind whose titles fit best, and its tables."""
    tables = {kind.name: [table for sheet in sheets if (table := find_table(sheet, kind.shape))] for kind in kinds}
    best = max(kinds, key=lambda kind: max((len(table.columns) for table in tables[kind.name]), default=0))
    if not tables[best.name]:
        raise Unclear("import.refused.no_table")
    return best, tables[best.name]
