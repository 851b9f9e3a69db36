"""The process that reads one file: it has no database, little memory and little time, and what it reads was made by anybody."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any, BinaryIO, TextIO

from bot.child import be_modest, where
from bot.file_kinds import read_file
from core.unclear import Unclear

LIMIT_S = 20  # a plan of the year takes half a second with the start of the process
_MEMORY_BYTES = 512 << 20


def result_of(name: str, body: bytes, today: date, only: str = "") -> dict[str, Any]:
    """What the file says as JSON values, or why it is refused."""
    try:
        return read_file(name, body, today, only)
    except Unclear as unclear:
        cause = where(unclear.__cause__) if unclear.__cause__ else ""
        return {"refused": unclear.reason, "params": unclear.params, "cause": cause}


def main(wire_in: BinaryIO = sys.stdin.buffer, wire_out: TextIO = sys.stdout) -> int:
    """A line of JSON (`name`, `today`, `only`) and the bytes of the file come in, one line of JSON goes out."""
    be_modest(memory_bytes=_MEMORY_BYTES, cpu_s=LIMIT_S, file_bytes=0)
    try:
        job = json.loads(wire_in.readline())
        result = result_of(job["name"], wire_in.read(), date.fromisoformat(job["today"]), job["only"])
    except MemoryError:
        result = {"refused": "import.refused.heavy", "params": {}, "cause": "MemoryError"}
    except Exception as error:  # noqa: BLE001 (whatever it is, the bot is to be told)
        result = {"refused": "import.refused.broken", "params": {}, "cause": where(error)}
    wire_out.write(json.dumps(result) + "\n")
    wire_out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
