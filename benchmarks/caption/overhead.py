"""What a caption costs beyond the bare calls of the engine, encoder included.

    python benchmarks/caption/overhead.py BUNDLE.tflite PICTURE [PICTURE ...]

Each caption is made once while its calls of the engine are written down. Then captions and those calls alone, outputs
fetched, take turns in one process; the best round of each picture counts. Writes overhead.md beside this file.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime import load
from edgernn.edge_runtime.engines import Array, Stream
from edgernn.edge_runtime.tasks.caption import ImageCaptioner
from edgernn.edge_runtime.vision import load_picture

HERE = Path(__file__).parent
ROUNDS = 15


@dataclass
class Recorder(Stream):
    """Passes everything on, and writes down what is run."""

    stream: Stream
    calls: list[tuple[int, dict[str, Array]]] = field(default_factory=list)

    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        """See base."""
        self.calls.append((signature, {name: array.copy() for name, array in inputs.items()}))
        self.stream.run(signature, inputs)

    def outputs(self, signature: int) -> dict[str, Array]:
        """See base."""
        return self.stream.outputs(signature)

    def states(self) -> dict[str, Array]:
        """See base."""
        return self.stream.states()

    def reset(self) -> None:
        """See base."""
        self.stream.reset()

    def set_states(self, states: Mapping[str, Array]) -> None:
        """See base."""
        self.stream.set_states(states)


def calls_of(model: ImageCaptioner, picture: object, settings: dict[str, Any]) -> list[tuple[int, dict[str, Array]]]:
    """What the engine is asked for one caption."""
    recorder = Recorder(model.new_stream())
    held, model._free = model._free, [recorder]
    model.caption(picture, **settings)  # type: ignore[call-overload]
    model._free = held
    return recorder.calls


def bare(model: ImageCaptioner, calls: list[tuple[int, dict[str, Array]]]) -> Callable[[], object]:
    """The same calls; states are put in where the number of rows changes, which no step can do without."""
    stream, execution = model.new_stream(), model.manifest.execution
    rows = [execution.signatures[signature].rows for signature, _ in calls]
    states = {
        count: {s.name: np.zeros((count, *s.shape[1:]), s.dtype) for s in execution.states} for count in set(rows)
    }

    def work() -> None:
        before = 1
        for (signature, inputs), count in zip(calls, rows, strict=True):
            if count != before:
                stream.set_states(states[count])
            before = count
            stream.run(signature, inputs)
            if execution.signatures[signature].part == "step":
                stream.outputs(signature)

    return work


def milliseconds(work: Callable[[], object]) -> float:
    """Of one run."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def measured(model: ImageCaptioner, files: list[Path], settings: dict[str, Any]) -> dict[str, float]:
    """The best of rounds, means over pictures, milliseconds; and how many steps a caption took."""
    found: dict[str, list[float]] = {"bare calls": [], "prepared picture": [], "file": [], "steps": []}
    for file in files:
        prepared = load_picture(file, model.task.image)
        calls = calls_of(model, prepared, settings)
        works: dict[str, Callable[[], object]] = {
            "bare calls": bare(model, calls),
            "prepared picture": lambda prepared=prepared: model.caption(prepared, **settings),  # type: ignore[misc]
            "file": lambda file=file: model.caption(str(file), **settings),  # type: ignore[misc]
        }
        times: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(ROUNDS):
            for name, work in works.items():
                times[name].append(milliseconds(work))
        for name, values in times.items():
            found[name].append(min(values))
        found["steps"].append(len(calls) - 1)
    return {name: sum(values) / len(values) for name, values in found.items()}


def table(found: dict[int, dict[str, float]], bundle: Path, pictures: int) -> str:
    """Markdown."""
    lines = [
        f"`python benchmarks/caption/overhead.py {bundle.name} ...`, one thread, {pictures} pictures",
        "",
        "| beams | steps | bare calls, ms | `model.caption`, ready array, ms | ratio | of a file, ms |",
        "|---|---|---|---|---|---|",
    ]
    for beams, row in found.items():
        ratio = row["prepared picture"] / row["bare calls"]
        figures = f"{row['steps']:.1f} | {row['bare calls']:.2f} | {row['prepared picture']:.2f} | {ratio:.2f}"
        lines.append(f"| {beams} | {figures} | {row['file']:.2f} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description="A caption's cost beyond the engine's calls.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--max-tokens", type=int, help="of a caption (default: as the bundle says)")
    options = parser.parse_args()
    model = load(options.bundle, threads=1)
    if not isinstance(model, ImageCaptioner):
        parser.error(f"{options.bundle}: not a captioner")
    settings = {"max_tokens": options.max_tokens} if options.max_tokens else {}
    found = {beams: measured(model, options.pictures, {"beams": beams, **settings}) for beams in (1, 3)}
    text = table(found, options.bundle, len(options.pictures))
    (HERE / "overhead.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
