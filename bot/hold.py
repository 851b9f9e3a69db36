"""Hold a file or folder as long as this process lives. The system lets go of it also after kill -9."""

from __future__ import annotations

import os
from pathlib import Path


def hold(path: Path) -> int | None:
    """A descriptor that holds what is at `path` (a file is made where there is none); None where another process holds it."""
    try:
        import fcntl
    except ImportError:  # Windows refuses to open or remove what another process has open, which is all that is needed.
        return os.open(path, os.O_RDWR | os.O_CREAT)
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
