"""A link as a QR, to be shown on a screen or put into a notice."""

from __future__ import annotations

from pathlib import Path

from handlers.documents.paper import Document, Paper, Params, Progress, quiet, slug
from storage.database import Tx

_MODULE_PX = 14
_QUIET_MODULES = 4  # Source: ISO/IEC 18004, quiet zone


def filename(params: Params, paper: Paper) -> str:
    """As "qr-clb-mau-nong.png"."""
    return f"{slug(paper.text('file.link_qr'), params['code'])}.png"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001
    """The picture of `link`."""
    # Imported here: only who asks for a picture pays for it.
    import segno

    segno.make_qr(params["link"], error="m").save(str(path), kind="png", scale=_MODULE_PX, border=_QUIET_MODULES)
    progress(1, 1)


DOCUMENT = Document("link-qr.png", heavy=False, filename=filename, write=write, picture=True)
