"""What is run on a board, and on the workstation for comparison: `python on_board.py FOLDER [plain]`.

Prints one JSON document. FOLDER holds bundles and a table of a series. `plain` leaves XNNPACK out, which 32-bit Arm
has not. Everything is done in one process: Python cannot start others in the emulated systems.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import io
import json
import sys
import time
from pathlib import Path

import numpy as np

from edgernn.edge_runtime import load
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.cli.main import main
from edgernn.edge_runtime.engines import survey
from edgernn.edge_runtime.golden import arrays_of, golden_from_json
from edgernn.edge_runtime.random_tensor import RandomTensor
from edgernn.edge_runtime.selftest import selftest
from edgernn.edge_runtime.spec.manifest import GOLDEN_NAME

# As a user types them, by task.
_COMMANDS = {
    "classify": ["storm and rain, 4", "I want café au lait 😀"],
    "lm": ["--prompt", "I want soup and", "--max-tokens", "8", "--seed", "1", "--temperature", "0"],
    "tag": ["Ada Byron visited São Paulo in 1985."],
    "translate": ["I see bread in Rome.", "She likes water 42 now!"],
    "caption": ["drawing.png", "--n-best", "2"],
    "forecast": ["series.csv"],
    "model": ["steps.csv"],
}
_SEEDS = (1, 2)
_LARGEST_VECTORS = 3


def report(folder: Path) -> dict[str, object]:
    """Everything about this machine and every bundle."""
    _, doctor = command("doctor", "--json")
    engines = [status.name for status in survey() if status.available]
    bundles = {path.name: bundle_report(path, engines) for path in sorted(folder.glob("*.tflite"))}
    return {"doctor": json.loads(doctor), "engines": engines, "bundles": bundles, **requirements()}


def requirements() -> dict[str, list[str]]:
    """What the installed kit asks for on such a machine, and what of it, and of what that asks for, is not there."""
    held, unmet, left = {"edgernn": required_by("edgernn")}, [], ["edgernn"]
    while left:
        for wanted in held[left.pop()]:
            try:
                if not wanted.specifier.contains(importlib.metadata.version(wanted.name)):
                    unmet.append(str(wanted))
            except importlib.metadata.PackageNotFoundError:
                unmet.append(str(wanted))
                continue
            if wanted.name not in held:
                held[wanted.name] = required_by(wanted.name)
                left.append(wanted.name)
    return {"required": [wanted.name for wanted in held["edgernn"]], "unmet": unmet}


def required_by(name: str):
    """The requirements of an installed distribution whose markers hold here."""
    from packaging.requirements import Requirement

    wanted = [Requirement(text) for text in importlib.metadata.requires(name) or ()]
    # An extra is chosen by a marker too.
    return [r for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]


def bundle_report(path: Path, engines: list[str]) -> dict[str, object]:
    """Self-test and outputs of the best engine, self-test of the others."""
    bundle = read_bundle(path)
    task = bundle.manifest.typed_task.name
    start = time.perf_counter()
    model = load(path)
    found: dict[str, object] = {"task": task, "recipe": bundle.manifest.quantization.recipe, "engine": model.engine}
    found["selftest"] = [selftest(model).to_dict()]
    found["outputs"] = [
        {name: array.astype(np.float64).ravel().tolist() for name, array in model.run(inputs).items()}
        for inputs in random_inputs(golden_from_json(bundle.assets[GOLDEN_NAME]))
    ]
    found["selftest"] += [selftest(load(path, engine=name)).to_dict() for name in engines if name != model.engine]
    found["selftest command"] = command("selftest", str(path))[0]
    if task in _COMMANDS:
        words = [str(path.parent / word) if word.endswith((".csv", ".png")) else word for word in _COMMANDS[task]]
        status, out = command("run", str(path), *words, "--json")
        found["run command"] = {"status": status, "answer": json.loads(out or "null")}
    found["delegated"] = delegated(bundle.content)
    found["seconds"] = time.perf_counter() - start
    return found


def random_inputs(vectors):
    """Arrays as those of golden vectors, with other values: the same on every machine."""
    for number, vector in enumerate(vectors[:_LARGEST_VECTORS]):
        arrays = arrays_of(vector.inputs)
        for seed in _SEEDS:
            yield {
                name: _random(array, 1000 * number + 10 * seed + place)
                for place, (name, array) in enumerate(arrays.items())
            }


def _random(array, seed):
    if array.dtype.kind != "i":
        return RandomTensor(array.dtype.name, array.shape, seed).values()
    return RandomTensor(array.dtype.name, array.shape, seed, int(array.min()), int(array.max()) + 1).values()


def delegated(model: bytes) -> bool | None:
    """Whether XNNPACK took operators of this model's first graph; None where the runtime cannot say."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        return None
    native = Interpreter(model_content=model)
    native.allocate_tensors()
    return any("DELEGATE" in operator["op_name"].upper() for operator in native._get_ops_details())


def command(*words: str) -> tuple[int, str]:
    """Status and standard output of `edgernn WORDS`."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = main(words)
    return status, out.getvalue()


def without_xnnpack() -> None:
    """Makes every later interpreter one without delegates."""
    from ai_edge_litert import interpreter

    plain = interpreter.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter.Interpreter = functools.partial(interpreter.Interpreter, experimental_op_resolver_type=plain)


if __name__ == "__main__":
    if sys.argv[2:] == ["plain"]:
        without_xnnpack()
        load = functools.partial(load, engine="litert-interpreter")
    print(json.dumps(report(Path(sys.argv[1]))))
