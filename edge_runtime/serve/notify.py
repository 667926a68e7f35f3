"""Tells systemd how the server is, where it wants to know (Type=notify, WatchdogSec)."""

from __future__ import annotations

import os
import socket


def notify(message: str) -> None:
    """Sends a message as sd_notify does; nothing where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return
    # A name that begins with @ is in Linux's abstract space.
    name = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0)) as sender:
            sender.sendto(message.encode("utf-8"), name)
    except OSError:  # a supervisor that has gone is no reason to end
        return


def watchdog_seconds() -> float | None:
    """How often to say WATCHDOG=1, or None where nobody wants to hear it: twice as often as needed."""
    try:
        microseconds = int(os.environ.get("WATCHDOG_USEC", ""))
        wanted = int(os.environ.get("WATCHDOG_PID", os.getpid()))
    except ValueError:
        return None
    return microseconds / 2e6 if microseconds > 0 and wanted == os.getpid() else None
