"""`edgernn run` for a bare model: .npz and CSV files, and steps that come line by line on standard input."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.engines import Array
    from edgernn.edge_runtime.model import Model
    from edgernn.edge_runtime.spec.tensors import TensorSpec

Outputs = dict[str, Any]


def run_files(model: Model, names: list[str]) -> list[dict[str, Any]]:
    """Outputs by file: a .npz with arrays by input name, or a .csv with a row a step."""
    results = []
    for name in names:
        inputs = _csv_inputs(model, name) if Path(name).suffix.lower() in (".csv", ".tsv", ".txt") else _npz(name)
        results.append({"file": name, "outputs": _plain(model.run(inputs))})
    return results


def stream_lines(model: Model, lines: Iterable[str]) -> Iterator[Outputs]:
    """Outputs step by step; each is given before the next line is read."""
    spec = _only_sequence(model)
    session = model.session()
    for _, row in _rows(lines, "standard input", spec):
        yield _plain(session.step(_as_steps([row], spec)))


def print_stream(outputs: Iterator[Outputs], as_json: bool) -> None:
    """Prints each step as it comes: a line, or an element of one JSON list."""
    count = 0
    for count, step in enumerate(outputs, 1):
        document = json.dumps({"step": count, "outputs": step}) if as_json else _line(count, step)
        print(f"{'[' if count == 1 else ','}{document}" if as_json else document, flush=True)
    if as_json:
        print("]" if count else "[]")


def _line(step: int, outputs: Outputs) -> str:
    shown = "  ".join(f"{name} {' '.join(f'{v:g}' for v in _flat(value))}" for name, value in outputs.items())
    return f"{step}  {shown}"


def _flat(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def _plain(outputs: dict[str, Array]) -> Outputs:
    return {name: array.tolist() for name, array in outputs.items()}


def _npz(name: str) -> dict[str, Array]:
    import numpy as np

    try:
        with np.load(Path(name), allow_pickle=False) as file:
            return {key: file[key] for key in file.files}
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(f"{name}: cannot be read as .npz: {error}") from error


def _csv_inputs(model: Model, name: str) -> dict[str, Array]:
    spec = _only_sequence(model)
    try:
        with Path(name).open(encoding="utf-8-sig", newline="") as file:
            rows = [row for _, row in _rows(file, name, spec)]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not rows:
        raise InputError(f"{name}: no row of numbers in it")
    return {spec.name: _as_steps(rows, spec)}


def _only_sequence(model: Model) -> TensorSpec:
    inputs = model.manifest.inputs
    if len(inputs) != 1 or inputs[0].name not in model.manifest.execution.sequence_inputs:
        names = ", ".join(f"{t.name} {t.dtype}{list(t.shape)}" for t in inputs)
        raise InputError(
            f"rows of numbers are for a model whose only input is a sequence, and this one takes {names}: "
            "give a .npz file with its inputs by name"
        )
    if inputs[0].shape[0] != 1:
        raise InputError(
            f"rows of numbers are one sequence, and this bundle takes {inputs[0].shape[0]} at once: give a .npz file"
        )
    return inputs[0]


def _as_steps(rows: list[list[float]], spec: TensorSpec) -> Array:
    import numpy as np

    whole = np.array(rows, np.float64)
    kind = np.dtype(spec.dtype)
    if kind.kind in "iu" and not np.array_equal(whole, np.rint(whole)):
        raise InputError(f"input {spec.name!r} takes whole numbers")
    return whole.astype(kind).reshape([1, len(rows), *(int(size or 1) for size in spec.shape[2:])])


def _rows(lines: Iterable[str], where: str, spec: TensorSpec) -> Iterator[tuple[int, list[float]]]:
    """Number and values of each line; empty lines, and a first one of names, are passed over."""
    width = math.prod(size or 1 for size in spec.shape[2:])
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        values = _numbers(line)
        if values is None and number == 1:
            continue
        if values is None or len(values) != width:
            found = "not only numbers" if values is None else f"{len(values)} numbers"
            raise InputError(f"{where} line {number}: {found}, and a step of {spec.name!r} is {width}")
        if not all(math.isfinite(value) for value in values):
            raise InputError(f"{where} line {number}: a value is not a finite number")
        yield number, values


def _numbers(line: str) -> list[float] | None:
    delimiter = next((mark for mark in ("\t", ";", ",") if mark in line), None)
    cells = next(csv.reader([line], delimiter=delimiter)) if delimiter else line.split()
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        return None


def standard_input() -> Iterator[str]:
    """Its lines as they come.

    Raises:
      InputError: it is not UTF-8.
    """
    try:
        yield from iter(sys.stdin.readline, "")
    except UnicodeDecodeError as error:
        raise InputError(f"standard input is not UTF-8: {error}") from error
