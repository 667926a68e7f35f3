"""What a token costs beyond the engine's bare call, and whether generations keep their limits.

    python benchmarks/lm/token_cost.py BUNDLE.tflite [--generations 100000]

Both are timed in turns within one process; ratios of medians count.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from edgernn.edge_runtime import LanguageModel, load

SETTINGS: dict[str, dict[str, Any]] = {
    "greedy": {"temperature": 0.0},
    "as by default": {"seed": 1},
    "all tokens, temperature 1": {"seed": 1, "temperature": 1.0, "top_k": 0, "top_p": 1.0},
}
TOKENS, ROUNDS = 100, 41


def bare(model: LanguageModel) -> Callable[[], object]:
    """So many calls of the engine, its logits fetched."""
    stream = model.new_stream()
    number = [signature.steps for signature in model.manifest.execution.signatures].index(1)
    inputs = {model.task.input: np.array([[5]], np.int32)}

    def calls() -> None:
        for _ in range(TOKENS):
            stream.run(number, inputs)
            stream.outputs(number)

    return calls


def seconds(work: Callable[[], object]) -> float:
    """Of one run."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def cost(model: LanguageModel) -> None:
    """Prints the times of a token."""
    works: dict[str, Callable[[], object]] = {"bare engine call": bare(model)}
    for name, settings in SETTINGS.items():
        works[name] = lambda settings=settings: model.generate("the", max_tokens=TOKENS, **settings)
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(seconds(work) / TOKENS * 1e6)
    for name, found in times.items():
        ratio = median(a / b for a, b in zip(found, times["bare engine call"], strict=True))
        print(f"{name:<28}{median(found):9.1f} us a token   {ratio:.3f} x")


def generations(model: LanguageModel, count: int) -> None:
    """Draws settings and prompts at random, and checks every limit."""
    chooser = random.Random(1)
    for number in range(count):
        settings: dict[str, Any] = {
            "max_tokens": chooser.randrange(0, 12),
            "temperature": chooser.choice([0.0, 0.5, 1.0, 3.0]),
            "top_k": chooser.choice([0, 1, 40]),
            "top_p": chooser.choice([0.1, 0.9, 1.0]),
            "min_p": chooser.choice([0.0, 0.1]),
            "beams": chooser.choice([1, 1, 1, 3]),
            "repetition_penalty": chooser.choice([1.0, 1.3]),
            "stop": chooser.choice([(), (".",), ("e",)]),
            "max_seconds": chooser.choice([None, 0.0, 0.5]),
            "seed": number,
        }
        prompt = "".join(chooser.choice("the rain in \u2603\n.,") for _ in range(chooser.randrange(0, 30)))
        parts = list(model.generate(prompt, stream=True, **settings))
        text = "".join(parts)
        if any(stop in text for stop in settings["stop"]) or len(parts) > settings["max_tokens"] + 1:
            sys.exit(f"generation {number} broke a limit: {settings}")
        if settings["max_seconds"] == 0.0 and text:
            sys.exit(f"generation {number} took no notice of the time: {settings}")
    print(f"{count:,} random generations ended within their limits")


def main() -> int:
    """Runs both."""
    parser = argparse.ArgumentParser(description="The cost of a token.")
    parser.add_argument("bundle")
    parser.add_argument("--generations", type=int, default=0)
    options = parser.parse_args()
    model = load(options.bundle)
    if not isinstance(model, LanguageModel):
        sys.exit(f"{options.bundle}: not a language model")
    cost(model)
    if options.generations:
        generations(model, options.generations)
    return 0


if __name__ == "__main__":
    sys.exit(main())
