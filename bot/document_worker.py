"""The process that writes one long list: it reads the database, never changes it, and gives way to the bot."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from bot.child import be_modest, where
from bot.i18n import load_words
from handlers.documents import DOCUMENTS, Paper, Params
from storage.database import open_reader

LIMIT_S = 15 * 60  # a hundred times what 100,000 rows take
_MEMORY_BYTES = 1 << 30


def job_of(document: str, paper: Paper, params: Params, path: Path) -> dict[str, Any]:
    """What the process needs to know, as JSON values; where the database is comes on top."""
    return {
        "document": document,
        "params": dict(params),
        "path": str(path.resolve()),
        "default_language": paper.words.default,
        "paper": {
            "language": paper.language,
            "today": paper.today.isoformat(),
            "now": paper.now.isoformat(),
            "organisation": paper.organisation,
            "province": paper.province,
            "zone": paper.zone.key,
        },
    }


def _peak_mb() -> int:
    """The most memory this process held; 0 where the system does not say. (getrusage() would count the bot, who forked.)"""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:  # not Linux
        return 0
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) // 1024 if peak else 0


def _paper_of(job: dict[str, Any]) -> Paper:
    facts = job["paper"]
    return Paper(
        words=load_words(job["default_language"]),
        language=facts["language"],
        today=date.fromisoformat(facts["today"]),
        now=datetime.fromisoformat(facts["now"]),
        organisation=facts["organisation"],
        province=facts["province"],
        zone=ZoneInfo(facts["zone"]),
    )


async def _do(job: dict[str, Any], tell: Callable[..., None]) -> None:
    database = await open_reader(Path(job["database"]), job["key"])
    try:
        async with database.read() as tx:
            await DOCUMENTS[job["document"]].write(
                tx,
                _paper_of(job),
                job["params"],
                Path(job["path"]),
                progress=lambda done, total: tell(done=done, total=total),
            )
    finally:
        await database.close()


def main(wire_in: TextIO = sys.stdin, wire_out: TextIO = sys.stdout) -> int:
    """One job comes in, lines of JSON go out. Where the bot has died, the next line cannot be written and ends this."""

    def tell(**facts: object) -> None:
        wire_out.write(json.dumps(facts) + "\n")
        wire_out.flush()

    os.umask(0o077)
    be_modest(memory_bytes=_MEMORY_BYTES, cpu_s=LIMIT_S)
    try:
        asyncio.run(_do(json.load(wire_in), tell))
    except Exception as error:  # noqa: BLE001 (whatever it is, the bot is to be told)
        tell(cause=where(error))
        return 1
    tell(peak_mb=_peak_mb())
    return 0


if __name__ == "__main__":
    sys.exit(main())
