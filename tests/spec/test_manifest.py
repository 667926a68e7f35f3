from __future__ import annotations

import copy

import pytest

from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.spec.classify import ClassifySpec
from edgernn.edge_runtime.spec.manifest import parse_manifest


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
        ({"name": "juggle"}, "task.name: expected one of classify, forecast, lm, tag, model, found 'juggle'"),
        ("classify", "task.name: expected one of classify, forecast, lm, tag, model, found None"),
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
