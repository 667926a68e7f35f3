"""Runs the worker in a process of its own: a crash of the converter becomes one clear error."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgernn.convert import request as files
from edgernn.convert.request import (
    Arrays,
    Request,
    Response,
    read_arrays,
    read_json,
    write_arrays,
    write_json,
)
from edgernn.convert.supervised import DEFAULT_TIMEOUT_S, run_supervised


@dataclass(frozen=True)
class Converted:
    """What the child left.

    Attributes:
      response: description of the model.
      model: TFLite FlatBuffer.
      cases: the inputs that were asked for, or the random ones that the child made.
      reference: Keras's outputs, by case.
    """

    response: Response
    model: bytes
    cases: list[Arrays]
    reference: list[Arrays]


def run_child(
    request: Request,
    cases: Sequence[Arrays],
    timeout_s: float = DEFAULT_TIMEOUT_S,
    calibration: Sequence[Arrays] = (),
    command: Callable[[Path], list[str]] | None = None,
) -> Converted:
    """Converts in a child process.

    Args:
      request: what to do.
      cases: inputs for which Keras's outputs are wanted; none: the child makes random ones.
      calibration: inputs by which a calibrated recipe measures ranges.
      timeout_s: seconds after which the child is killed.
      command: makes the child's command line (tests put a crashing one here).

    Raises:
      ConversionError: refused, crashed, killed or too slow; the step is named.
    """
    with tempfile.TemporaryDirectory(prefix="edgernn-convert-") as name:
        folder = Path(name)
        write_json(folder / files.REQUEST, request)
        if cases:
            write_arrays(folder / files.CASES, cases)
        if calibration:
            write_arrays(folder / files.CALIBRATION, calibration)
        run_supervised((command or _worker_command)(folder), folder, timeout_s, "the converter", files.RESPONSE)
        response = read_json(folder / files.RESPONSE, Response)
        return Converted(
            response=response,
            model=(folder / files.MODEL).read_bytes(),
            cases=read_arrays(folder / files.CASES),
            reference=read_arrays(folder / files.REFERENCE),
        )


def _worker_command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "edgernn.convert.worker", str(folder)]
