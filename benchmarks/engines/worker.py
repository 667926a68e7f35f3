"""One engine in a process of its own, told what to do by lines of JSON: `worker.py ADAPTER FOLDER`."""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from units import Unit


def main() -> None:
    """Answers each line with a line."""
    # Engines chat on standard output, also while they are imported; the answers get a descriptor of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    adapter = importlib.import_module(f"adapters.{sys.argv[1]}")
    folder = Path(sys.argv[2])
    _say(answers, {"variants": adapter.VARIANTS})
    units: dict[tuple[str, str], Unit] = {}
    for line in sys.stdin:
        task = json.loads(line)
        try:
            _say(answers, _work(adapter, folder, units, task))
        except Exception as error:  # whatever an engine raises is its result
            _say(answers, {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"})


def _work(adapter: Any, folder: Path, units: dict[tuple[str, str], Unit], task: dict[str, Any]) -> dict[str, Any]:
    key = task["workload"], task["variant"]
    if task["do"] == "load":
        units[key] = adapter.load(*key, folder)
        check = asdict(units[key].check(task["workload"]))
        units[key].times(2)
        return check
    if task["do"] == "drop":
        units.pop(key, None)
        return {}
    units[key].times(2)
    return {"times": units[key].times(task["calls"])}


def _say(answers: TextIO, document: dict[str, Any]) -> None:
    answers.write(json.dumps(document) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
