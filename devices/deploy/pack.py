"""The program that is sent to the device, as text on standard input."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_DEVICE = Path(__file__).parent / "device"
_PACKAGE = "edgernn.devices.deploy.device"
# In the order in which they import each other.
_MODULES = (
    "faults",
    "files",
    "place",
    "programs",
    "board",
    "trial",
    "health",
    "units",
    "services",
    "serving",
    "flow",
    "reports",
    "agent",
)

# All that a shell on the device reads. Nothing in it comes from a user, and every shell takes it as it is.
COMMAND = 'python3 -c "import sys; s = sys.stdin.buffer; exec(s.read(int(s.readline())))"'

# Modules by name, so that they import each other there as they do here.
_LOADER = """
import json, types
for name, text in json.loads(s.readline()):
    module = sys.modules[name] = types.ModuleType(name)
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)
    exec(compile(text, name, "exec"), module.__dict__)
module.main(s)
"""


@cache
def program() -> bytes:
    """What precedes a request on standard input of `COMMAND`."""
    modules = [(_PACKAGE, ""), *((f"{_PACKAGE}.{name}", _text(name)) for name in _MODULES)]
    loader = _LOADER.encode("ascii")
    return b"%d\n%s%s\n" % (len(loader), loader, json.dumps(modules).encode("ascii"))


@cache
def supervisor() -> str:
    """The text of the supervisor, which stays on devices without systemd."""
    return _text("supervisor")


def _text(name: str) -> str:
    return (_DEVICE / f"{name}.py").read_text(encoding="utf-8")
