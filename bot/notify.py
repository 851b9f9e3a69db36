"""Tell systemd that we are ready and alive. Without systemd this does nothing."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Send one state ("READY=1", "WATCHDOG=1") to the service manager. Source: sd_notify(3)."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(state.encode(), "\0" + path[1:] if path.startswith("@") else path)
