"""Bundles that must not stay: how long until the old one serves again.

    python benchmarks/deploy/bad.py [--rounds 10]          (writes bad.md)

The device is a folder of this machine; `edgernn` on it is the real one. Five kinds, in turn: the file is changed on its
way; a golden vector is wrong; the model's graph is damaged, so that loading fails or crashes; ten times as slow; a
server that is killed by SIGSEGV while it loads (by a wrapper, since such a model fails the self-test too).
Two times are taken: of the whole command, and from the switch until the old version serves again, which is how long
nothing was served at most; what fails a test before the switch stops nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from deploy.device import NAME, Device, sha  # noqa: E402 - the tests' device
from deploy.spoil import spoiled_graph, spoiled_values  # noqa: E402

_SECONDS = 60.0
_WRAPPER = """#!/bin/sh
if [ "$1" = serve ] && [ -e "{mark}" ]; then
  case "$(readlink "{current}")" in *"$(cat "{mark}")"*) kill -SEGV $$;; esac
fi
exec "{edgernn}" "$@"
"""


def main() -> int:
    """Deploys, measures and writes; 1 where a bad one stayed."""
    parser = argparse.ArgumentParser(description="Deploys bad bundles.")
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good, kinds = make_bundles(folder)
        device = Device(folder, wrapper(folder))
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        reasons: dict[str, list[str]] = {kind: [] for kind in kinds}
        wrong = 0
        try:
            first = device.deploy(good, seconds=_SECONDS)
            assert not first.status, first.reason
            for _ in range(options.rounds):
                for kind, content in kinds.items():
                    wrong += not _one(device, kind, content, good, folder, times[kind], reasons[kind])
        finally:
            device.close()
    text = page(times, reasons, wrong)
    (HERE / "bad.md").write_text(text, encoding="utf-8")
    print(text)
    return 1 if wrong else 0


def _one(
    device: Device, kind: str, content: bytes, good: bytes, folder: Path, times: list[float], reasons: list[str]
) -> bool:
    """Deploys a bad one; whether the good one serves afterwards."""
    mark, sent = folder / "mark", None
    if kind == "killed while it loads":
        mark.write_text(sha(content)[:12], encoding="ascii")
    if kind == "changed on its way":
        sent = bytes([content[0] ^ 1]) + content[1:]
    began = time.monotonic()
    done = device.deploy(content, sent=sent, seconds=_SECONDS)
    times.append(time.monotonic() - began)
    mark.unlink(missing_ok=True)
    reasons.append(done.reason.replace(str(folder), ""))
    held = done.status == 1 and device.current() == device.served() == sha(good) and not device.leftovers()
    print(f"{kind}: {times[-1]:.1f} s, {'held' if held else 'NOT HELD'}: {done.reason}", file=sys.stderr, flush=True)
    return held


def wrapper(folder: Path) -> Path:
    """The real `edgernn`, except that it is killed where it would serve what `mark` names."""
    real = Path(sys.executable).parent / "edgernn"
    path = folder / "edgernn"
    current = folder / "models" / NAME / "current"
    path.write_text(_WRAPPER.format(mark=folder / "mark", current=current, edgernn=real), encoding="utf-8")
    path.chmod(0o755)
    return path


def make_bundles(folder: Path) -> tuple[bytes, dict[str, bytes]]:
    """A good bundle, and one of each bad kind."""
    import keras

    from edgernn.convert import convert

    def made(units: int, seed: int) -> Path:
        keras.utils.set_random_seed(seed)
        inputs = keras.Input((20, 8), name="x")
        hidden = keras.layers.LSTM(units)(inputs)
        path = folder / f"{units}-{seed}.tflite"
        convert(keras.Model(inputs, keras.layers.Dense(4)(hidden)), quantize="float32").save(path)
        return path

    small, other, large = made(8, 1), made(8, 2), made(640, 3)
    return small.read_bytes(), {
        "changed on its way": other.read_bytes(),
        "a golden vector is wrong": spoiled_values(other),
        "the graph is damaged": spoiled_graph(other),
        "ten times as slow": large.read_bytes(),
        "killed while it loads": other.read_bytes(),
    }


def _back(reasons: list[str]) -> str:
    """Two cells: the deploy tells how long it took from the switch."""
    found = [re.search(r"\(([0-9.]+) s\)$", reason) for reason in reasons]
    seconds = [float(one[1]) for one in found if one]
    return f"{statistics.median(seconds):.1f} | {max(seconds):.1f}" if seconds else "not switched | "


def page(times: dict[str, list[float]], reasons: dict[str, list[str]], wrong: int) -> str:
    """The results, in Markdown."""
    count = sum(len(one) for one in times.values())
    lines = [
        "# Bundles that were refused or rolled back",
        "",
        f"`python benchmarks/deploy/bad.py`: see there what was done. Load when it ended: {os.getloadavg()[0]:.0f}",
        f"processes on {os.cpu_count()} cores; the command had a low priority (nice {os.nice(0)}).",
        f"{count - wrong} of {count} times the old version served afterwards and nothing was left behind.",
        "",
        "| kind | times | whole command, median s | longest s | from switch until back, median s | longest s | told |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {kind} | {len(one)} | {statistics.median(one):.1f} | {max(one):.1f} | {_back(reasons[kind])} "
            f"| {reasons[kind][-1]} |"
            for kind, one in times.items()
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
