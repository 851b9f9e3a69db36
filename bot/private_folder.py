"""A folder that only this process uses and that outlives it only until the next start."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from bot.hold import hold


class PrivateFolder:
    """A folder below `home`, made at first use, readable by nobody else."""

    def __init__(self, home: Path) -> None:
        """Remove what dead processes left in `home`."""
        self._home = home
        self._path: Path | None = None
        self._lock: int | None = None
        for left in home.glob("*"):
            _remove_if_left(left)

    def path(self) -> Path:
        """The folder."""
        if self._path is None:
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path = Path(tempfile.mkdtemp(dir=self._home))  # 0700 by its own promise
            self._lock = hold(self._path)
        return self._path

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        if self._path is None:
            return
        shutil.rmtree(self._path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._path = self._lock = None


def _remove_if_left(folder: Path) -> None:
    descriptor = hold(folder)
    if descriptor is None:
        return
    shutil.rmtree(folder, ignore_errors=True)
    os.close(descriptor)
