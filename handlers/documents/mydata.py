"""Everything that is stored about a person, for them to keep or to take elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from handlers.documents.paper import Document, Paper, Params, Progress, quiet, slug
from storage.database import Tx
from storage.dossier import all_about


def filename(_: Params, paper: Paper) -> str:
    """As "du-lieu-cua-toi-2026-11-22.json"."""
    return f"{slug(paper.text('file.mydata'), paper.today.isoformat())}.json"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:  # noqa: ARG001
    """Indented UTF-8, letters as they are."""
    data = await all_about(tx, params["address"])
    _save(data, path)
    progress(1, 1)


def _save(data: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", "utf-8")


DOCUMENT = Document("mydata.json", heavy=False, filename=filename, write=write)
