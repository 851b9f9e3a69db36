"""Makes the files that delivery sends: small ones here, lists in another process, so that no answer waits for one."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.channel import RenderedFile
from bot.child import kill, start_child, where
from bot.clock import Clock, monotonic
from bot.document_worker import LIMIT_S, job_of
from bot.logs import event
from bot.private_folder import PrivateFolder
from core.dialogue import DocumentRef
from core.words import Words
from handlers.documents import DOCUMENTS, Document, Paper, Params, Progress
from handlers.turn import Settings
from storage.database import Database

_LOG = logging.getLogger("giothong.documents")
_PROGRESS_S = 2.0  # a platform lets a message be edited now and then, not at every page of a list

Tell = Callable[[str], None]


class RenderError(Exception):
    """A document could not be made; the text names the cause and no person."""


class Renderer:
    """Renders documents of one database. Everything it leaves on disk is in one folder, which `close` removes."""

    def __init__(
        self,
        database: Database,
        words: Words,
        settings: Settings,
        clock: Clock,
        *,
        key: str = "",
        progress_s: float = _PROGRESS_S,
    ) -> None:
        """`key` opens the database in a child; `progress_s`: shortest time between two words on progress."""
        self._database = database
        self._words = words
        self._settings = settings
        self._clock = clock
        self._key = key
        self._progress_s = progress_s
        # Beside the database: what is on that disk is allowed to hold names, and a temporary file system may be memory.
        self._folder = PrivateFolder(database.path.with_name(f"{database.path.name}.files"))
        self._children: set[asyncio.subprocess.Process] = set()
        self._one_child = asyncio.Lock()

    @property
    def child_ids(self) -> tuple[int, ...]:
        """Process ids at work just now."""
        return tuple(process.pid for process in self._children)

    async def render(
        self, row_id: int, address: str, ref: DocumentRef, on_progress: Tell | None = None
    ) -> RenderedFile:
        """The document of an outbox row, for whoever is behind `address`. Raises RenderError, whatever went wrong.

        `on_progress` gets sentences in the reader's language now and then.
        """
        document = DOCUMENTS.get(ref.document)
        if document is None:
            raise RenderError(f"unknown document {ref.document}")
        # What a file tells of a person is told to that person's address alone, also after the chat has moved.
        params = {**ref.params, "address": address}
        paper = self._paper(str(params.get("language", self._words.default)))
        started = monotonic()
        try:
            name = document.filename(params, paper)
            path = self._folder.path() / str(row_id) / document.name
            await self._write(document, paper, params, path=path, tell=self._teller(paper.language, on_progress))
        except RenderError:
            raise
        except Exception as error:
            raise RenderError(where(error)) from error
        event(_LOG, "rendered", outbox=row_id, document=document.name, seconds=round(monotonic() - started, 2))
        return RenderedFile(path, name, document.picture)

    def discard(self, file: RenderedFile) -> None:
        """Delete a file that was sent."""
        _remove(file.path)

    def close(self) -> None:
        """End what is still being written and remove every file."""
        for process in self._children:
            kill(process)
        self._folder.remove()

    def _paper(self, language: str) -> Paper:
        settings, now = self._settings, self._clock.now()
        return Paper(
            words=self._words,
            language=language,
            today=now.astimezone(settings.zone).date(),
            now=now,
            organisation=settings.organisation,
            province=settings.province,
            zone=settings.zone,
        )

    def _teller(self, language: str, on_progress: Tell | None) -> Progress:
        """Progress in figures becomes a sentence, at most every so many seconds."""
        told_at = monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal told_at
            if on_progress is None or monotonic() - told_at < self._progress_s:
                return
            told_at = monotonic()
            percent = min(100, 100 * done // max(total, 1))
            figures = {"done": _figure(done, language), "total": _figure(max(done, total), language)}
            on_progress(self._words.say(language, "export.progress", percent=percent, **figures))

        return tell

    async def _write(self, document: Document, paper: Paper, params: Params, *, path: Path, tell: Progress) -> None:
        """Put the document at `path`, alone in its folder, or leave nothing there."""
        path.parent.mkdir(exist_ok=True)
        try:
            if document.heavy:
                # One list at a time: a second one would only make both slower.
                async with self._one_child:
                    await self._write_in_child(job_of(document.name, paper, params, path), tell)
            else:
                async with self._database.read() as tx:
                    await document.write(tx, paper, params, path, progress=tell)
        except BaseException:
            _remove(path)
            raise

    async def _write_in_child(self, job: dict[str, Any], tell: Progress) -> None:
        job |= {"database": str(self._database.path.resolve()), "key": self._key}
        process = await start_child("bot.document_worker")
        self._children.add(process)
        try:
            async with asyncio.timeout(LIMIT_S):
                await _converse(process, job, tell)
        except TimeoutError as error:
            raise RenderError(f"not ready after {LIMIT_S} s") from error
        finally:
            kill(process)
            self._children.discard(process)
            await process.wait()


async def _converse(process: asyncio.subprocess.Process, job: dict[str, Any], tell: Progress) -> None:
    """Hand the job over and listen until the child has ended. Raises RenderError unless it ended well."""
    assert process.stdin and process.stdout
    cause = ""
    process.stdin.write(json.dumps(job).encode())
    process.stdin.close()
    async for line in process.stdout:
        match json.loads(line):
            case {"done": int(done), "total": int(total)}:
                tell(done, total)
            case {"cause": str(cause)}:
                pass
            case {"peak_mb": int(peak_mb)}:
                event(_LOG, "child_done", peak_mb=peak_mb)
    if await process.wait() or cause:
        raise RenderError(cause or f"the process ended with {process.returncode}")


def _remove(path: Path) -> None:
    """The file, and what a writer that was killed left beside it."""
    shutil.rmtree(path.parent, ignore_errors=True)


def _figure(number: int, language: str) -> str:
    """42000 as "42.000", in English as "42,000"."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")
