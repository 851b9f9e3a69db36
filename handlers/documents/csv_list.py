"""The registration list as CSV: for spreadsheets and for other programs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from handlers.documents import registration
from handlers.documents.paper import Document, Paper, Params, Progress, quiet
from handlers.documents.registration import AGE_TITLE, TITLES
from storage.database import Tx

# A spreadsheet takes what begins so for a formula; the wide signs in East Asian settings. Source: OWASP ASVS 1.2.10
_FORMULA = tuple("=+-@\t\r\0＝＋－＠")

_BEFORE, (_MALE, _FEMALE), _BEHIND = TITLES[:3], TITLES[3:5], TITLES[5:]
HEAD = (*_BEFORE, f"{AGE_TITLE} ({_MALE})", f"{AGE_TITLE} ({_FEMALE})", *_BEHIND)


def harmless(cell: object) -> object:
    """The cell, with an apostrophe before what a spreadsheet would calculate."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _harmless(rows: Iterable[registration.Row]) -> list[list[object]]:
    return [[harmless(cell) for cell in row] for row in rows]


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """UTF-8 with a byte order mark (Excel guesses a legacy code page without it), commas, CRLF."""
    done = 0
    for_ = await registration.occasion(tx, paper, params)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        async for page in registration.rows(tx, params["units"], for_):
            writer.writerows(_harmless(page))
            done += len(page)
            progress(done, params["rows"])


DOCUMENT = Document("registration.csv", heavy=True, filename=partial(registration.filename, suffix="csv"), write=write)
