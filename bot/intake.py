"""Files that officers sent are fetched and read here, beside the turns: what came of one is put into the inbox like any other news."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from bot.channel import Blocked, Rejected, Throttled
from bot.child import kill, start_child, where
from bot.clock import Clock, monotonic
from bot.file_worker import LIMIT_S
from bot.logs import event
from bot.turns import Turns
from core.dialogue import FileRead, Inbound
from core.sheet_table import MAX_BYTES
from handlers.turn import Settings
from storage import inbox, uploads
from storage.database import Database
from storage.inbox import Delivered
from storage.uploads import Upload

_LOG = logging.getLogger("giothong.intake")
_BACKOFF_S = (1, 2, 4, 8, 15, 30, 60, 120)  # After these four minutes the officer is told: they wait for it.
_PAUSE_S = 1.0  # A full disk does not empty sooner.
_START_S = 20  # for the start of the process on a busy machine, beside its own time

Fetch = Callable[[str, int], Awaitable[bytes]]  # where the channel has it, longest size -> bytes; raises SendError
Result = dict[str, Any]


def _refused(reason: str, **params: object) -> Result:
    return {"refused": reason, "params": params}


async def read_in_child(
    name: str, body: bytes, today: date, started: set[asyncio.subprocess.Process], *, only: str = ""
) -> Result:
    """What a file says, read in a process that may die of it; {"refused": message id, "params": …} where it is refused."""
    process = await start_child("bot.file_worker")
    started.add(process)
    job = json.dumps({"name": name, "today": today.isoformat(), "only": only}).encode() + b"\n" + body
    try:
        async with asyncio.timeout(LIMIT_S + _START_S):
            out, _ = await process.communicate(job)
        result: Result = json.loads(out)
    except (TimeoutError, ValueError, BrokenPipeError, ConnectionResetError):  # It used up its time or its memory.
        return _refused("import.refused.heavy") | {"cause": f"ended with {process.returncode}"}
    finally:
        kill(process)
        started.discard(process)
        await process.wait()
    return result


class Intake:
    """Reads one file after the other. `fetchers`: how each channel hands out a file that is still with its platform."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, turns: Turns) -> None:
        """Not running yet. `turns` say when a file may have come, and hear of what was read."""
        self._database = database
        self._settings = settings
        self._clock = clock
        self._turns = turns
        self._children: set[asyncio.subprocess.Process] = set()
        self._later: dict[int, tuple[int, float]] = {}  # upload -> tries, and when the next one is due
        self._stopping = False
        self.fetchers: dict[str, Fetch] = {}
        self.backoff_s: tuple[float, ...] = _BACKOFF_S

    async def run(self) -> None:
        """Read what there is, and what comes, until `stop`. What was unfinished at an earlier end is begun again."""
        while not self._stopping:
            try:
                await self._one()
            except Exception:  # noqa: BLE001 (a full disk, say: the row still says what is to be done)
                _LOG.exception("intake_failed")
                await asyncio.sleep(_PAUSE_S)

    async def _one(self) -> None:
        """Read the next file, or wait for one."""
        self._turns.filed.clear()
        # In a transaction of its own, so that it waits for the turn whose file woke us.
        waiting = [later for later, (_, due) in self._later.items() if due > monotonic()]
        upload = await self._database.write(lambda tx: uploads.next_new(tx, waiting))
        if upload:
            await self._take(upload)
        else:
            await self._wait()

    async def _wait(self) -> None:
        next_s = min((due for _, due in self._later.values()), default=None)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if next_s is None else max(0.01, next_s - monotonic())):
                await self._turns.filed.wait()

    def stop(self) -> None:
        """End what is being read; it is begun again at the next start."""
        self._stopping = True
        self._turns.filed.set()
        for process in self._children:
            kill(process)

    async def _take(self, upload: Upload) -> None:
        """Read one file and tell of it; or, where that cannot be done just now, put it off."""
        try:
            result = await self._read(upload)
        except (Rejected, Blocked) as error:  # The platform will never hand it out.
            result = _refused("import.refused.fetch") | {"cause": type(error).__name__}
        except Exception as error:  # noqa: BLE001 (no network, no process: the next try may do better, and others are not held up)
            if self._put_off(upload.id, error):
                return
            result = _refused("import.refused.fetch") | {"cause": where(error)}
        self._later.pop(upload.id, None)
        if not self._stopping:
            await self._tell(upload, result)

    def _put_off(self, upload_id: int, error: Exception) -> bool:
        """Set the next try; False where there have been enough."""
        tries = self._later.get(upload_id, (0, 0.0))[0]
        if tries >= len(self.backoff_s):
            return False
        wait_s = max(self.backoff_s[tries], error.retry_after_s if isinstance(error, Throttled) else 0.0)
        self._later[upload_id] = (tries + 1, monotonic() + wait_s)
        event(_LOG, "file_later", logging.WARNING, upload=upload_id, wait_s=wait_s, cause=where(error))
        return True

    async def _read(self, upload: Upload) -> Result:
        body = upload.body
        if body is None:
            fetch = self.fetchers.get(upload.address.partition(":")[0])
            if fetch is None:  # The channel was switched off since.
                return _refused("import.refused.fetch")
            body = await fetch(upload.remote, MAX_BYTES)
        today = self._clock.now().astimezone(self._settings.zone).date()
        return await read_in_child(upload.name, body, today, self._children)

    async def _tell(self, upload: Upload, result: Result) -> None:
        """The result and the news of it are one commit: neither is without the other, and neither comes twice."""
        cause = result.pop("cause", "")
        refused = str(result.get("refused", ""))
        at = self._clock.at()

        async def keep(tx: Any) -> None:
            if await uploads.finish(tx, upload.id, result, failed=bool(refused)):
                news = Inbound(upload.address, FileRead(upload.id))
                await inbox.store(tx, [Delivered(f"upload:{upload.id}", news)], at)

        await self._database.write(keep)
        event(_LOG, "file_read", upload=upload.id, bytes=upload.size, refused=refused, cause=cause)
        self._turns.wake()
