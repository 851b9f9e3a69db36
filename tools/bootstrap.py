"""Makes .venv hold exactly what a lock file names, and the program itself; does nothing when it already does.

Standard library only: it runs before anything is installed. `python3 tools/bootstrap.py [run|dev|bench]`
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PROGRAM = VENV / "bin" / "giothong"
STAMP = VENV / "giothong.stamp"  # "<level> <fingerprint>", written last: no stamp, no promise
LOG = VENV / "install.log"
UNFINISHED = VENV / "giothong.unfinished"  # there while we work: found at the start, we were killed

# Each level holds the one before it, so that what `make bench` installed also serves `make demo`.
LEVELS = {"run": "requirements.lock", "dev": "requirements-dev.lock", "bench": "requirements-bench.lock"}

# What pip and uv write when nothing answers; only the hint depends on it.
OFFLINE_SIGNS = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "Temporary failure in name resolution",
    "dns error",
    "Failed to fetch",
)


class Hindered(Exception):
    """Something is missing that only the person at the keyboard can give; the text says what to do."""


def main(level: str) -> None:
    """Bring .venv to `level`. Raises Hindered, OSError."""
    if is_ready(level):
        return
    with only_one():
        if is_ready(level):  # the one we waited for has done it
            return
        ensure_venv()
        install(level)


def is_ready(level: str) -> bool:
    """True if an earlier run finished with the same locks, settings, folder and Python."""
    if not (PROGRAM.exists() and PYTHON.exists()):
        return False
    with contextlib.suppress(OSError, ValueError):
        done, stamp = STAMP.read_text().split()
        order = list(LEVELS)
        return stamp == fingerprint() and order.index(done) >= order.index(level)
    return False


def fingerprint() -> str:
    """Changes with the locks, the settings, the place (scripts hold absolute paths) and the Python beneath."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.base_prefix}\n{sys.version}\n".encode())
    for name in ("pyproject.toml", *LEVELS.values()):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold off a second bootstrap in this folder: `make demo` and `make test` may start together."""
    with Path(__file__).open() as lock:  # the script itself, so that no lock file is left behind
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_venv() -> None:
    """Leave a .venv that runs this Python and has pip; whatever is broken or half made is made anew."""
    if UNFINISHED.exists() or not is_sound():
        make_venv()
    STAMP.unlink(missing_ok=True)


def is_sound() -> bool:
    """True if .venv is of this Python and this folder, and its pip can be imported."""
    if not (VENV / "pyvenv.cfg").exists() or not PYTHON.exists():
        return False
    probe = "import pip, sys; print(sys.prefix, sys.base_prefix, sys.version, sep='|', end='')"
    try:
        answer = subprocess.run([PYTHON, "-I", "-c", probe], capture_output=True, text=True, check=False)
    except OSError:  # not a program at all
        return False
    moved = PROGRAM.exists() and str(VENV) not in PROGRAM.read_text(errors="replace")
    return not moved and answer.stdout == f"{VENV}|{sys.base_prefix}|{sys.version}"


def make_venv() -> None:
    """Make .venv from nothing, with the standard library or, where Debian split that off, with uv."""
    say(f"Python {sys.version.split()[0]} -> .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    UNFINISHED.touch()
    base = getattr(sys, "_base_executable", sys.executable)  # we may be running inside the old .venv
    with contextlib.suppress(ImportError):
        import ensurepip  # noqa: F401  Debian ships venv without it until python3-venv is installed

        run(base, "-m", "venv", VENV)
        return
    uv = shutil.which("uv")
    if uv is None or run(uv, "venv", "--seed", "--allow-existing", "--python", base, VENV, check=False):
        shutil.rmtree(VENV, ignore_errors=True)
        raise Hindered("this Python has no venv module. Debian, Ubuntu: apt install python3-venv; then again.")


def install(level: str) -> None:
    """Install the lock of `level` and the program, by uv where it is, by pip where it is not or fails."""
    UNFINISHED.touch()
    LOG.unlink(missing_ok=True)
    pip = (PYTHON, "-m", "pip", "install", "-q", "--no-input")
    uv = shutil.which("uv")
    ways = [(uv, "pip", "install", "--python", PYTHON)] if uv else []
    for way in [*ways, pip]:
        say(f"{LEVELS[level]} -> .venv, with {'pip' if way is pip else 'uv'} (once; about half a minute)")
        locked = run(*way, "--require-hashes", "-r", LEVELS[level], check=False)
        if locked == 0 and run(*way, "--no-deps", "--no-build-isolation", "-e", ".", check=False) == 0:
            UNFINISHED.unlink()
            STAMP.write_text(f"{level} {fingerprint()}\n")
            return
    UNFINISHED.unlink()  # it failed in good order: what is there can be built upon
    if any(sign in LOG.read_text(errors="replace") for sign in OFFLINE_SIGNS):
        raise Hindered("the package index cannot be reached. Check the network or the proxy; then again.")
    raise Hindered(f"the installation failed; the reason is in {LOG.relative_to(ROOT)}. Then again.")


def run(*command: str | Path, check: bool = True) -> int:
    """Run a command in the project with its output in LOG; the exit code. Raises Hindered if it must succeed."""
    # `user = true` in a person's pip.conf, or an outer project's PYTHONPATH, would reach into .venv and break it.
    inherited = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    env = inherited | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with LOG.open("a") as log:
        code = subprocess.run(command, cwd=ROOT, env=env, stdout=log, stderr=log, check=False).returncode
    if check and code:
        raise Hindered(f"`{Path(command[0]).name} {command[1]} ...` failed; the reason is in {LOG.relative_to(ROOT)}.")
    return code


def say(line: str) -> None:
    """One line of progress, at once."""
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "run")
    except Hindered as hindrance:
        sys.exit(f"giothong: {hindrance}")
    except PermissionError as error:
        sys.exit(f"giothong: no right to write {error.filename}: use a folder of your own, or chown it; then again.")
    except OSError as error:
        sys.exit(f"giothong: {error.strerror}: {error.filename}")
    except KeyboardInterrupt:
        sys.exit("giothong: stopped; the next start begins anew.")
