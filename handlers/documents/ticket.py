"""A ticket as a picture: the QR holds the code alone, nothing of the person."""

from __future__ import annotations

from pathlib import Path

from core.joins import QR_PREFIX
from handlers.documents.paper import Document, Paper, Params, Progress, quiet, slug
from storage import joins
from storage.database import Tx

_MODULE_PX = (
    18  # 29 modules make 522 pixels: a third of a telephone's width, which a worn scanner still reads at arm's length.
)
_QUIET_MODULES = 4  # Source: ISO/IEC 18004, quiet zone


def filename(params: Params, paper: Paper) -> str:
    """As "ve-hien-mau-ls-2026-11.png"."""
    return f"{slug(paper.text('file.ticket'), params['round'])}.png"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001
    """The picture of a ticket that still stands."""
    if await joins.by_code(tx, params["ticket"]) is None:
        raise LookupError("the ticket is no more")
    _save(params["ticket"], path)
    progress(1, 1)


def _save(code: str, path: Path) -> None:
    # Imported here: only who sends a ticket pays for it.
    import segno

    # Letters and figures alone make the smallest code there is; M mends what a cracked screen hides (15 %).
    qr = segno.make_qr(f"{QR_PREFIX}{code}", error="m", boost_error=True)
    qr.save(str(path), kind="png", scale=_MODULE_PX, border=_QUIET_MODULES)


DOCUMENT = Document("ticket.png", heavy=False, filename=filename, write=write, picture=True)
