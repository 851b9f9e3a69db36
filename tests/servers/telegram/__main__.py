"""python -m tests.servers.telegram --port N [--token T]: the fake server for other processes."""

import argparse
import asyncio
import contextlib

from tests.servers.telegram.server import serve

try:
    from uvloop import new_event_loop
except ImportError:  # Windows
    from asyncio import new_event_loop  # type: ignore[assignment]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tests.servers.telegram")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="1000:TEST")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(options.port, options.token))
