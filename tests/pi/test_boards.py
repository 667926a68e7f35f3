"""The kit's own wheel and every fixture on four emulated boards, against the same on this machine: `make test-pi`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from pi.boards import BOARDS, NEW_OPERATORS, Board, make_wheel, report_here, report_of
from pi.roots import Root, require_tools

pytestmark = pytest.mark.pi

# Parts of the outputs' scale. Found: 3e-7; on 32 bits 8e-6, and 2e-5 through the translator's two parts, because
# tflite-runtime's kernels for 32-bit Arm know tanh and the logistic function less exactly.
FLOAT_64, FLOAT_32 = 1e-5, 3e-5
# What one unit of a quantized activation makes of the outputs. Found: 6e-4; 4e-3 between the kernels with and without
# XNNPACK, on one machine too.
ONE_UNIT = 5e-3
# The two lanes of a machine of two cores.
LANES = 2


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Board's name: what it says, and what this machine says of the same."""
    wheel = make_wheel(tmp_path_factory.mktemp("wheel"))
    try:
        require_tools()
    except RuntimeError as error:
        # One line, and not as many errors as there are tests.
        pytest.exit(f"make test-pi cannot run: {error}", returncode=1)
    with ThreadPoolExecutor(LANES) as lanes:
        list(lanes.map(Root.make, {board.root: None for board in BOARDS}))
        there = list(lanes.map(lambda board: report_of(board, wheel), BOARDS))
    here = {bits: report_here(board, plain=not bits) for bits, board in ((b.is_64_bit, b) for b in BOARDS[2:])}
    return {board.name: (found, here[board.is_64_bit]) for board, found in zip(BOARDS, there, strict=True)}


BUNDLES = [(board, path.name) for board in BOARDS for path in board.bundles()]
each_bundle = pytest.mark.parametrize(("board", "name"), BUNDLES, ids=[f"{b.name}-{n}" for b, n in BUNDLES])
each_board = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)


@each_bundle
def test_selftest_passes_with_every_engine(board: Board, name, reports):
    found = reports[board.name][0]["bundles"][name]
    tests = found["selftest"]
    assert [test["engine"] for test in tests if test["passed"]] == [test["engine"] for test in tests]
    assert {test["engine"] for test in tests} == (
        {"litert-compiled", "litert-interpreter"} if board.is_64_bit else {"tflite-runtime"}
    )
    assert found["selftest command"] == 0


@each_bundle
def test_outputs_are_those_of_this_machine(board: Board, name, reports):
    there, here = (report["bundles"][name] for report in reports[board.name])
    assert len(there["outputs"]) == len(here["outputs"]) >= 2
    exact = FLOAT_64 if board.is_64_bit else FLOAT_32
    bound = exact if there["recipe"] == "float32" else ONE_UNIT
    for mine, other in zip(there["outputs"], here["outputs"], strict=True):
        assert mine.keys() == other.keys()
        for output, values in mine.items():
            expected = np.array(other[output])
            assert np.abs(expected).max() > 0
            np.testing.assert_allclose(values, expected, rtol=0, atol=bound * np.abs(expected).max(), err_msg=output)


@each_bundle
def test_answers_are_those_of_this_machine(board: Board, name, reports):
    there, here = (report["bundles"][name] for report in reports[board.name])
    if "run command" not in here:
        pytest.skip(f"no command for the task {here['task']} here")
    assert there["run command"]["status"] == 0
    assert_alike(there["run command"]["answer"], here["run command"]["answer"])


def assert_alike(found: Any, expected: Any, where: str = "answer") -> None:
    """Equal, but for names of files and the last digits of numbers."""
    if isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-3, abs=2e-3), where
    elif isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key, value in expected.items():
            if key != "file":
                assert_alike(found[key], value, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for number, value in enumerate(expected):
            assert_alike(found[number], value, f"{where}[{number}]")
    else:
        assert found == expected, where


@pytest.mark.parametrize("board", [b for b in BOARDS if b.is_64_bit], ids=lambda board: board.name)
def test_xnnpack_is_at_work_on_64_bits(board: Board, reports):
    bundles = reports[board.name][0]["bundles"]
    assert {name for name, bundle in bundles.items() if bundle["delegated"]} == {p.name for p in board.bundles()}
    assert bundles[NEW_OPERATORS]["engine"] == "litert-compiled"


@each_board
def test_doctor_knows_the_board(board: Board, reports):
    doctor = reports[board.name][0]["doctor"]
    assert doctor["chosen"] == ("litert-compiled" if board.is_64_bit else "tflite-runtime")
    assert doctor["system"]["processor"] == board.title


@each_board
def test_the_wheels_markers_choose_the_runtime_that_is_there(board: Board, reports):
    assert reports[board.name][0]["unmet"] == []
    chosen = {"ai-edge-litert"} if board.is_64_bit else {"tflite-runtime"}
    assert set(reports[board.name][0]["required"]) == {"numpy", *chosen}
