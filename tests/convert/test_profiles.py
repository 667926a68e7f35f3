"""`--target pi4`: the converter knows devices as well as runtimes."""

from __future__ import annotations

from dataclasses import replace

import keras
import pytest

from edgernn.convert import convert
from edgernn.convert.fitting import check_recipe, remarks_on
from edgernn.convert.recipes import RECIPES
from edgernn.convert.targets import find_target
from edgernn.devices.profiles import PROFILES, profile_of
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, SignatureSpec


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_a_profile_offers_just_the_recipes_that_its_runtime_runs(profile):
    target = find_target(profile.name)
    assert target.name == profile.target
    assert profile.engine in (*target.engines, "litert-compiled")
    assert set(profile.recipes) == {
        name for name, recipe in RECIPES.items() if target.name not in recipe.refused_targets
    }
    assert profile.model_memory < profile.memory
    assert profile.l1 < profile.last_cache <= 8 * 2**20
    assert 1 <= profile.threads <= profile.cores


@pytest.mark.parametrize(
    ("board", "bits", "name"),
    [
        ("Raspberry Pi 4 Model B Rev 1.4", 64, "pi4"),
        ("Raspberry Pi 4 Model B Rev 1.4", 32, "pi-32bit"),
        ("Raspberry Pi 3 Model A Plus Rev 1.0", 64, "pi3"),
        ("Raspberry Pi Zero 2 W Rev 1.0", 64, "zero2w"),
        ("Raspberry Pi Compute Module 5 Rev 1.0", 64, "pi5"),
        ("Raspberry Pi 6 Model B", 64, None),
        ("Orange Pi 5", 64, None),
        ("", 64, None),
    ],
)
def test_which_board_is_which(board, bits, name):
    found = profile_of(board, bits)
    assert (found.name if found else None) == name


STEP = SignatureSpec("chunk_1", 1, (), (), weight_bytes=2**20, read_bytes=2**20)
MANY = SignatureSpec("chunk_16", 16, (), (), weight_bytes=2**20, read_bytes=16 * 2**20)


def execution(*signatures: SignatureSpec) -> ExecutionSpec:
    return ExecutionSpec("chunked", "chunked", signatures, ())


def test_what_is_said_of_caches_and_memory():
    pi4 = PROFILES["pi4"]
    (said,) = remarks_on(pi4, execution(MANY, STEP), 10**6)
    assert said.startswith("for Raspberry Pi 4: runtime litert, 2 threads; a call takes about 5 times as long")
    assert "not measured" in said
    beyond = replace(STEP, weight_bytes=2**20 + 1)
    _, cache = remarks_on(pi4, execution(MANY, beyond), 10**6)
    assert cache.startswith("a call of chunk_1 reads 1,048,577 bytes of weights, more than the last cache of Raspberry")
    half = pi4.model_memory // 2
    assert len(remarks_on(pi4, execution(STEP), half)) == 1
    _, memory = remarks_on(pi4, execution(STEP), half + 1)
    assert "take about 314,572,802 bytes, more than a model may have on Raspberry Pi 4 (314,572,800)" in memory
    assert remarks_on(None, execution(beyond), 10**12) == ()


def test_a_recipe_that_does_not_run_there():
    with pytest.raises(InputError, match=r"dynamic_wi4 does not run on Raspberry Pi OS of 32 bits .*: choose one of"):
        check_recipe(PROFILES["pi-32bit"], "dynamic_wi4")
    with pytest.raises(InputError, match="dynamic_wi4 is not for the target tflite-runtime"):
        convert("none.keras", "dynamic_wi4", target="pi-32bit")
    with pytest.raises(
        InputError, match="unknown target 'pi9': choose one of litert, tflite-runtime, web, pi3, zero2w"
    ):
        convert("none.keras", target="pi9")


def test_a_model_for_a_board():
    x = keras.Input((None, 3), name="x")
    model = keras.Model(x, keras.layers.GRU(32, name="gru")(x))
    for name, runtime in (("zero2w", "litert"), ("pi-32bit", "tflite-runtime")):
        result = convert(model, "dynamic_wi8", target=name)
        assert result.manifest.target == runtime
        assert result.report["remarks"][-1].startswith(f"for {PROFILES[name].title}: runtime {runtime}, ")
