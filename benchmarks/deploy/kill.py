"""`kill -9` of the device's program at random moments of a deploy, again and again on several devices.

    python benchmarks/deploy/kill.py [--kills 500]          (writes results.md)

A device is a folder with the kit's own supervisor; `edgernn` on it is the stand-in of the tests, which starts at
once, so that most moments fall into the deploy's own work. After each kill: is `current` a whole version with its hash,
and is one served that can be? Every tenth time a whole deploy follows, which must succeed and leave nothing behind.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from deploy.device import Device, sha  # noqa: E402 - the tests' device


def main() -> int:
    """Kills, counts and writes; 1 where anything else than a whole version was found."""
    parser = argparse.ArgumentParser(description="Kills deploys.")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--devices", type=int, default=4, help="at once; each takes its part of the kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    parts = [(options.kills + n) // options.devices for n in range(options.devices)]
    with ThreadPoolExecutor(options.devices) as pool:
        seeds = range(options.seed, options.seed + options.devices)
        counts: Counter[str] = sum(pool.map(kill_on_one, parts, seeds), Counter())
    (HERE / "results.md").write_text(page(counts), encoding="utf-8")
    print(page(counts))
    return 1 if counts["none or another served"] or counts["current not whole"] or counts["next one failed"] else 0


def kill_on_one(kills: int, seed: int) -> Counter[str]:
    """Counts what was found on a device of its own."""
    with tempfile.TemporaryDirectory() as folder:
        device = Device(Path(folder))
        try:
            return kill_many(device, kills, random.Random(seed))
        finally:
            device.close()


def kill_many(device: Device, kills: int, chance: random.Random) -> Counter[str]:
    """Counts what was found."""
    counts: Counter[str] = Counter()
    longest = _seconds(device, b"good 0")
    current = served = sha(b"good 0")
    number = 0
    while counts["killed"] < kills:
        number += 1
        # Every third one passes its tests and does not start: it must not stay where nobody watches it.
        new = f"{'dies' if number % 3 == 0 else 'good'} {number}".encode()
        process = device.start_deploy(new)
        # A random time behind a random one of the steps that it tells of.
        for _ in range(chance.randrange(6)):
            process.stdout.readline()
        time.sleep(chance.uniform(0, longest / 6))
        process.kill()
        process.stdout.close()
        if process.wait() != -signal.SIGKILL:
            counts["ended before it was killed"] += 1
            due = False
        else:
            counts["killed"] += 1
            due = counts["killed"] % 10 == 0
            counts[_stage(device, current, sha(new))] += 1
        known = {current, served, sha(new)}
        current, served = device.current(), device.served(60)
        counts["current not whole"] += current not in known
        counts["none or another served"] += served not in known or (number % 3 == 0 and served == sha(new))
        counts["the new one is current"] += current == sha(new)
        if due:
            last = f"good {number} last".encode()
            done = device.deploy(last)
            whole = not done.status and not device.leftovers() and device.current() == device.served() == sha(last)
            counts["next one failed" if not whole else "next one served"] += 1
            current = served = sha(last)
            print(f"{counts['killed']} killed", file=sys.stderr, flush=True)
    return counts


def _seconds(device: Device, content: bytes) -> float:
    began = time.monotonic()
    done = device.deploy(content)
    assert not done.status, done.reason
    return time.monotonic() - began


def _stage(device: Device, before: str, new: str) -> str:
    """How far it had come."""
    current = device.place.current()
    if current is not None and current.sha256 == new:
        return "killed after the switch"
    if any(one.sha256 == new for one in device.place.versions()):
        return "killed between test and switch"
    if any(name.startswith(".incoming-") for name in device.leftovers()):
        return "killed while it was sent or tested"
    return "killed before it was sent"


def page(counts: Counter[str]) -> str:
    """The results, in Markdown."""
    rows = (
        *("killed", "killed before it was sent", "killed while it was sent or tested"),
        *("killed between test and switch", "killed after the switch", "ended before it was killed"),
        *("the new one is current", "current not whole", "none or another served"),
        *("next one served", "next one failed"),
    )
    lines = [
        "# Deploys that were killed",
        "",
        "`python benchmarks/deploy/kill.py`: see there what was done. `kill -9` of the program on the device; the",
        "server and its supervisor are other processes, as they are under systemd.",
        "",
        "| found | times |",
        "|---|---|",
        *(f"| {row} | {counts[row]} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
