from __future__ import annotations

import copy

import pytest
from conftest import FIXTURES

from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.classify import ClassifySpec
from edgernn.edge_runtime.spec.manifest import parse_manifest
from edgernn.edge_runtime.spec.tasks import TASK_SPECS
from edgernn.edge_runtime.tasks.translate import Translator


@pytest.fixture
def document(int8_bundle):
    return copy.deepcopy(read_bundle(int8_bundle).manifest.to_dict())


def test_round_trip(document):
    manifest = parse_manifest(document, "file")
    assert manifest.to_dict() == document
    assert isinstance(manifest.typed_task, ClassifySpec)
    assert manifest.golden.vectors >= 16


def test_all_faults_are_named_at_once(document):
    document["model"]["sha256"] = "nonsense"
    document["golden"]["vectors"] = 3
    document["execution"]["states"][0]["name"] = "h"
    document["execution"]["sequence_inputs"] = ["words"]
    document["task"]["labels"] = "names.txt"
    del document["assets"]["golden.json"]
    with pytest.raises(BundleError) as caught:
        parse_manifest(document, "file")
    message = str(caught.value)
    for part in (
        "model.sha256: expected 64 lower-case hexadecimal digits",
        "golden.vectors: expected 16 or more, found 3",
        "execution.states: 'h' does not begin with state_",
        "execution.sequence_inputs: 'words' is not one of the model's",
        "assets: names.txt is missing (the task needs it)",
        "assets: golden.json is missing",
    ):
        assert part in message


def test_newer_format_names_the_version_needed(document):
    document["format_version"] = 7
    document["something_new"] = {"that": "version 1 does not know"}
    with pytest.raises(BundleError, match=r"format 7 is newer than this kit reads \(up to 1\): install an edgernn"):
        parse_manifest(document, "file")


@pytest.mark.parametrize(
    ("task", "fault"),
    [
        ({"name": "juggle"}, f"task.name: expected one of {', '.join(TASK_SPECS)}, found 'juggle'"),
        ("classify", f"task.name: expected one of {', '.join(TASK_SPECS)}, found None"),
        ({"name": "classify"}, "task.text: missing; task.labels: missing; task.output: missing"),
    ],
)
def test_task_faults(document, task, fault):
    document["task"] = task
    with pytest.raises(BundleError) as caught:
        parse_manifest(document, "file")
    assert fault in str(caught.value)


def test_chunked_needs_a_single_step_signature(document):
    document["execution"]["signatures"] = [s for s in document["execution"]["signatures"] if s["steps"] != 1]
    with pytest.raises(BundleError, match="chunked needs one of a single step"):
        parse_manifest(document, "file")


@pytest.fixture
def translator():
    return copy.deepcopy(read_bundle(FIXTURES / "translator.tflite").manifest.to_dict())


def test_encoders_need_steps_and_a_memory(translator):
    execution = translator["execution"]
    parse_manifest(translator, "file")
    execution["signatures"] = [s for s in execution["signatures"] if s["name"] != "step_8"]
    execution["memory"] = []
    execution["first_states"] = ["state_0_h", "nothing"]
    execution["signatures"][-1]["rows"] = 0
    with pytest.raises(BundleError) as caught:
        parse_manifest(translator, "file")
    for part in (
        "there is no step of one row for encoders of 8 steps",
        "execution.memory: encode_step needs it",
        "execution.first_states: 'nothing' is no state",
        "execution.signatures: rows: expected 1 or more",
    ):
        assert part in str(caught.value)


def test_what_a_translator_says_must_hold_together(translator):
    translator["task"] |= {"end": translator["task"]["pad"], "max_source": 0, "attention": "logits"}
    with pytest.raises(BundleError) as caught:
        parse_manifest(translator, "file")
    for part in ("four different ids", "task.max_source: expected 1 or more", "expected different names"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"max_source": 17}, "sources of 17 tokens for an encoder of 16"),
        ({"end": 100_000}, "the end or the unknown token"),
        ({"attention": "weights"}, "no output 'weights'"),
        ({"source": "words"}, "its model's inputs are not 'words' and 'token'"),
    ],
)
def test_a_translator_that_does_not_fit_its_model_is_refused(translator, change, said):
    from dataclasses import replace

    translator["task"] |= change
    bundle = read_bundle(FIXTURES / "translator.tflite")
    with pytest.raises(BundleError, match=said):
        Translator(replace(bundle, manifest=parse_manifest(translator, "file")))


def test_a_task_of_one_part_cannot_have_two(translator):
    from dataclasses import replace

    translator["task"] = {"name": "model"}
    bundle = read_bundle(FIXTURES / "translator.tflite")
    with pytest.raises(BundleError, match="cannot be of the mode encode_step"):
        Model(replace(bundle, manifest=parse_manifest(translator, "file")))
