"""Spreadsheet files as rows of cells. What comes in was made by anybody: nothing is opened before it was looked at from outside.

Runs in the reading process alone (bot/file_worker.py), whose memory and time are bounded.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from core.legacy_text import Encoding, habit
from core.sheet_table import Cell, Merge, Sheet
from core.unclear import Unclear

_MAX_MEMBERS = 200
_MAX_UNPACKED = 20 * 1024 * 1024  # reading so much takes some seconds
_MAX_RATIO = 100  # Sheets that people fill pack to a tenth; a thousandth is a trap.
_RATIO_FROM = 1024 * 1024  # Small members may be all blanks.
_MAX_ROWS, _MAX_COLUMNS, _MAX_FILLED = (
    20_000,
    60,
    6_500,
)  # A list of people has three thousand at most, a province some five thousand units; with titles and headings.
_MAX_SHEETS = 30
_MAX_MERGES = 2_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SEPARATORS = ",;\t|"
_DTD = (b"<!DOCTYPE", b"<!ENTITY")


def read_xlsx(body: bytes) -> tuple[list[Sheet], list[str]]:
    """The sheets that people see, and the names of those that are hidden. Raises Unclear for what is refused."""
    check_xlsx(body)
    import openpyxl
    from defusedxml import DefusedXmlException

    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
        if len(sheets) > _MAX_SHEETS:
            raise Unclear("import.refused.sheets", highest=_MAX_SHEETS)
        shown = [_sheet(body, sheet) for sheet in sheets if sheet.sheet_state == "visible"]
    except (Unclear, MemoryError):
        raise
    except DefusedXmlException:
        raise Unclear("import.refused.trap") from None
    except Exception as error:  # the library raises what it likes for a file that is broken
        raise Unclear("import.refused.broken") from error
    return shown, [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]


def check_xlsx(body: bytes) -> None:
    """Look at the file from outside. Raises Unclear for what is no workbook, or one that nobody should open."""
    if body.startswith(_OLE):
        raise Unclear("import.refused.locked" if _ENCRYPTED in body else "import.refused.xls")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            _check_size(members)
            names = {member.filename.lower() for member in members}
            if any(member.flag_bits & 1 for member in members):
                raise Unclear("import.refused.locked")
            if any(name.endswith(("vbaproject.bin", ".xlm")) or "/macrosheets/" in name for name in names):
                raise Unclear("import.refused.macros")
            if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
                raise Unclear("import.refused.kind")
            if any(_has_dtd(archive, member) for member in members):
                raise Unclear("import.refused.trap")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Unclear("import.refused.broken") from error


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    too_dense = unpacked > _RATIO_FROM and unpacked > _MAX_RATIO * packed
    if len(members) > _MAX_MEMBERS or unpacked > _MAX_UNPACKED or too_dense:
        raise Unclear("import.refused.trap")


def _has_dtd(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Definitions come first in XML; a workbook has none. (One that hides behind comments is refused by the parser.)"""
    if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
        return False
    with archive.open(member) as file:
        head = file.read(2048)
    # Of a text in UTF-16 every second byte is zero.
    plain = head.replace(b"\0", b"").upper()
    return any(mark in plain for mark in _DTD)


def _sheet(body: bytes, sheet: Any) -> Sheet:
    # What the file says of its own size is not to be trusted.
    sheet.reset_dimensions()
    rows: list[list[Cell]] = []
    filled = 0
    for values in sheet.iter_rows(max_row=_MAX_ROWS, max_col=_MAX_COLUMNS, values_only=True):
        row = [_cell(value) for value in values]
        filled += any(cell is not None for cell in row)
        if filled > _MAX_FILLED:
            raise Unclear("import.refused.rows", highest=_MAX_FILLED)
        rows.append(row)
    while rows and not any(cell is not None for cell in rows[-1]):
        del rows[-1]
    return Sheet(sheet.title, rows, tuple(_merges(body, sheet._worksheet_path)))


def _cell(value: object) -> Cell:
    """A value as plans have them: a time of midnight is a day, lengths of time are hours of a day."""
    match value:
        case datetime():
            return value.date() if value.time() == time() else value.isoformat(" ", "minutes")
        case timedelta() if timedelta() <= value < timedelta(days=1):
            minutes = round(value.total_seconds() / 60) % (24 * 60)
            return time(minutes // 60, minutes % 60)
        case bool() | int() | float() | date() | time() | None:
            return value
        case str():
            return value if value.strip() else None
    return str(value)


def _merges(body: bytes, path: str) -> Iterator[Merge]:
    """Merged cells, which a workbook that is read row by row does not know."""
    from defusedxml.ElementTree import iterparse
    from openpyxl.utils.cell import range_boundaries

    with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(path) as file:
        count = 0
        for _, element in iterparse(file, forbid_dtd=True):
            if element.tag.endswith("}mergeCell") and count < _MAX_MERGES:
                count += 1
                first, top, last, bottom = range_boundaries(element.get("ref", ""))
                yield top - 1, first - 1, bottom - 1, last - 1
            elif element.tag.endswith("}row"):
                element.clear()


def read_csv(body: bytes) -> tuple[list[Sheet], bool]:
    """The text as one sheet for each separator that it may have, the likeliest first; True where its letters are in doubt."""
    text, doubtful = _decoded(body)
    lines = text.splitlines()
    if len(lines) > _MAX_ROWS:
        raise Unclear("import.refused.rows", highest=_MAX_FILLED)
    separators = sorted(_SEPARATORS, key=text.count, reverse=True)
    sheets = []
    for separator in separators:
        if separator in text:
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            sheets.append(Sheet("", [[cell if cell.strip() else None for cell in row[:_MAX_COLUMNS]] for row in rows]))
    return sheets, doubtful


def _decoded(body: bytes) -> tuple[str, bool]:
    """The text. Excel writes UTF-8 with a mark, "Unicode text" in UTF-16, and old programs what Windows had for Vietnamese."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(body, "utf-16"), False
    try:
        return body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        # Old Vietnamese fonts used the letters of Western Europe; what they meant is found out with the cells.
        western = body.decode("cp1252", "replace")
        old = habit(western.splitlines()) is not Encoding.UNICODE
        return (western, False) if old else (_as(body, "cp1258"), True)


def _as(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unclear("import.refused.letters") from error
