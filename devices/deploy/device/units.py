"""The unit file by which a user's systemd serves a model."""

from __future__ import annotations

from pathlib import Path

# Without the memory controller, which Raspberry Pi OS turns off by default, MemoryMax has no effect: see the README.
_UNIT = """\
# Written by edgernn deploy, and written again by the next one.
[Unit]
Description=EdgeRNN model {name}
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStartPre=-+{guard} starting
ExecStart={command}
ExecStartPost=-+{guard} started
Restart=on-failure
RestartSec=1
TimeoutStartSec=180
TimeoutStopSec=40
WatchdogSec=60
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadOnlyPaths={root}
PrivateTmp=yes
MemoryMax=75%
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
UMask=0077
Environment=PYTHONDONTWRITEBYTECODE=1

[Install]
WantedBy=default.target
"""


def unit_text(name: str, root: Path, command: list[str]) -> str:
    """The unit's text; `name` and `root` are safe in it (see `Place`)."""
    guard = ["/usr/bin/python3", f"{root}/{name}/supervisor.py", f"{root}/{name}"]
    return _UNIT.format(name=name, root=root, command=_line(command), guard=_line(guard))


def _line(words: list[str]) -> str:
    return " ".join(_word(one) for one in words)


def _word(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
