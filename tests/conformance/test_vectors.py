"""The committed vectors are what the Python runtime answers, and their README says how the numbers come about."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import FIXTURES

from edgernn.devices.conformance.__main__ import main
from edgernn.devices.conformance.areas import AREAS, FORMAT, document_of
from edgernn.devices.conformance.plain import compact

V1 = Path(__file__).parents[2] / "devices" / "conformance" / "v1"
# Other processors sum in another order; whatever is no float is equal.
NEAR = 2e-5
# Of the 8-bit model, whose activations are rounded where sums differ in their last bit.
QUANTIZED = 0.02


@cache
def committed(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((V1 / f"{name}.json").read_bytes())
    return document


def differences(found: Any, wanted: Any, near: float, path: str = "") -> list[str]:
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        return [] if abs(found - wanted) <= near * max(1.0, abs(wanted)) else [f"{path}: {found} for {wanted}"]
    if isinstance(wanted, dict) and isinstance(found, dict) and found.keys() == wanted.keys():
        near = QUANTIZED if str(wanted.get("bundle", "")).startswith(("tiny.int8", "tiny.old")) else near
        return [one for key in wanted for one in differences(found[key], wanted[key], near, f"{path}.{key}")]
    if isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        pairs = enumerate(zip(found, wanted, strict=True))
        return [one for n, (a, b) in pairs for one in differences(a, b, near, f"{path}[{n}]")]
    return [] if found == wanted else [f"{path}: {found!r} for {wanted!r}"]


@pytest.mark.parametrize("name", AREAS)
def test_the_committed_vectors_are_made_again(name):
    made = json.loads(compact(document_of(name, FIXTURES)))
    assert not differences(made, committed(name), NEAR)[:5]


def test_there_are_no_other_files_and_they_are_small():
    files = sorted(V1.iterdir())
    assert [file.name for file in files] == sorted(f"{name}.json" for name in AREAS)
    assert sum(file.stat().st_size for file in files) < 1_500_000
    assert {committed(name)["format"] for name in AREAS} == {FORMAT}
    readme = (V1.parent / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in AREAS)


def test_differences_are_seen():
    assert differences({"a": [1.0, 2.0]}, {"a": [1.0, 2.1]}, NEAR) == [".a[1]: 2.0 for 2.1"]
    assert differences({"a": 1}, {"b": 1}, NEAR)
    assert differences([1], [1, 2], NEAR)
    assert differences("x", "y", NEAR)
    assert differences(None, 0.0, NEAR)


def test_the_command(tmp_path, capsys):
    assert main([str(tmp_path / "out"), "--bundles", str(tmp_path)]) == 2
    assert "holds no bundles" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_every_edit_is_of_the_bundle_that_it_names():
    for case in committed("bad_bundles")["cases"]:
        data = (FIXTURES / f"{case['bundle']}.tflite").read_bytes()
        for edit in case["edits"]:
            assert 0 <= edit["at"] <= len(data)
            assert edit["at"] + edit["delete"] <= len(data)
            data = data[: edit["at"]] + base64.b64decode(edit["insert"]) + data[edit["at"] + edit["delete"] :]
        if case["kind"] is None:
            digits = data[-64:].decode("ascii")
            assert hashlib.sha256(data[:-79]).hexdigest() == digits
        else:
            assert case["gist"]
            assert all(word in case["message"] for word in case["gist"])


def test_float32_values_round_trip():
    for case in committed("pictures")["inputs"]:
        for value in case["values"]:
            assert math.isclose(float(np.float32(value)), value, rel_tol=1e-7)
            assert float(str(np.float32(value))) == value


MASK32, MASK64, MASK128 = 2**32 - 1, 2**64 - 1, 2**128 - 1


def spread(seed: int) -> list[int]:
    """README.md, "Sampling", 1 to 3."""
    words = [(seed >> 32 * n) & MASK32 for n in range(max(1, -(-seed.bit_length() // 32)))]
    constant = 0x43B0D7E5

    def hashed(value: int) -> int:
        nonlocal constant
        value ^= constant
        constant = constant * 0x931E8875 & MASK32
        value = value * constant & MASK32
        return value ^ value >> 16

    def mixed(x: int, y: int) -> int:
        found = (x * 0xCA01F9DD - y * 0x4973F715) & MASK32
        return found ^ found >> 16

    pool = [hashed(words[n] if n < len(words) else 0) for n in range(4)]
    for source in range(4):
        for target in range(4):
            if target != source:
                pool[target] = mixed(pool[target], hashed(pool[source]))
    for word in words[4:]:
        for target in range(4):
            pool[target] = mixed(pool[target], hashed(word))
    constant, state = 0x8B51F9DD, []
    for n in range(8):
        value = pool[n % 4] ^ constant
        constant = constant * 0x58F38DED & MASK32
        value = value * constant & MASK32
        state.append(value ^ value >> 16)
    return [state[2 * n] | state[2 * n + 1] << 32 for n in range(4)]


def raw_words(state: list[int], count: int) -> list[int]:
    """README.md, "Sampling", 4 and 5."""
    increment = ((state[2] << 64 | state[3]) << 1 | 1) & MASK128
    now = 0

    def advance() -> None:
        nonlocal now
        now = (now * 0x2360ED051FC65DA44385DF649FCCF645 + increment) & MASK128

    advance()
    now = (now + (state[0] << 64 | state[1])) & MASK128
    advance()
    found = []
    for _ in range(count):
        advance()
        x, turn = (now >> 64 ^ now) & MASK64, now >> 122
        found.append((x >> turn | x << (64 - turn)) & MASK64)
    return found


@pytest.mark.parametrize("case", committed("random")["cases"], ids=lambda case: case["seed"])
def test_the_generator_as_the_readme_says(case):
    state = spread(int(case["seed"]))
    assert [f"{word:016x}" for word in state] == case["state"]
    words = raw_words(state, 6)
    assert [f"{word:016x}" for word in words[:4]] == case["words"]
    assert [(word >> 11) / 2**53 for word in words] == case["doubles"]


def bilinear(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """README.md, "Pictures"."""
    if pixels.shape[:2] == (height, width):
        return pixels

    def places(n: int, m: int) -> list[tuple[int, int, int]]:
        found = []
        for i in range(m):
            p = n / m * (i + 0.5) - 0.5
            k = math.floor(p)
            found.append((0, 0, 0) if k < 0 else (n - 1, n - 1, 0) if k >= n - 1 else (k, k + 1, round((p - k) * 256)))
        return found

    wide = pixels.astype(np.int64)
    rows = np.stack([(256 - w) * wide[:, a] + w * wide[:, b] for a, b, w in places(pixels.shape[1], width)], 1)
    both = np.stack([(256 - w) * rows[a] + w * rows[b] for a, b, w in places(pixels.shape[0], height)])
    return ((both + 32768) >> 16).astype(np.uint8)


def test_the_bilinear_step_as_the_readme_says():
    cv2 = pytest.importorskip("cv2")
    generator = np.random.default_rng(3)
    for _ in range(300):
        height, width, tall, wide = (int(size) for size in generator.integers(1, 60, 4))
        pixels = generator.integers(0, 256, (height, width, 3)).astype(np.uint8)
        wanted = cv2.resize(pixels, (wide, tall), interpolation=cv2.INTER_LINEAR_EXACT)
        assert np.array_equal(bilinear(pixels, tall, wide), wanted)
