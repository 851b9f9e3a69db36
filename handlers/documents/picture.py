"""A picture that goes with a message to many."""

from __future__ import annotations

from pathlib import Path

from handlers.documents.paper import Document, Paper, Params, Progress, quiet
from storage import pictures
from storage.database import Tx


def filename(params: Params, paper: Paper) -> str:  # noqa: ARG001
    """As "anh-12.jpg"."""
    return f"anh-{params['picture']}.jpg"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001
    """The picture as it is kept."""
    body = await pictures.body(tx, params["picture"])
    if body is None:
        raise LookupError("the picture is no more")
    path.write_bytes(body)  # noqa: ASYNC240 (some hundred thousand bytes)
    progress(1, 1)


DOCUMENT = Document("picture.jpg", heavy=False, filename=filename, write=write, picture=True)
