"""What a bundle must hold, and what it says of itself."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from conftest import FIXTURES

from edgernn.edge_runtime import BundleError, SequenceTagger
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.manifest import parse_manifest
from edgernn.edge_runtime.spec.tag import CharactersSpec, ColumnSpec, TagSpec, WordsSpec
from edgernn.edge_runtime.tag.assets import read_assets


def spec_with(*columns: tuple[str, str], **fields: object) -> TagSpec:
    made = tuple(
        ColumnSpec(name, f"{name}_scores", f"{name}.txt", "crf" if scheme != "none" else "one", scheme, crf=crf)
        for name, scheme in columns
        for crf in [f"{name}.json" if scheme != "none" else ""]
    )
    return TagSpec(
        **{
            **{"name": "tag", "words": WordsSpec("words", "words.txt", True, True), "columns": made},
            **{"characters": CharactersSpec("characters", "characters.txt", 8), "shapes": "shapes"},
            **{"max_words": 20, "overlap": 4, **fields},
        }
    )


@pytest.mark.parametrize(
    ("columns", "entities", "main"),
    [
        ([("pos", "none"), ("chunk", "iob2"), ("ner", "iobes")], ("ner",), "ner"),
        ([("pos", "none"), ("chunk", "iob2")], ("chunk",), "chunk"),
        ([("film", "iob2"), ("star", "iob2")], ("film", "star"), "film"),
        ([("pos", "none"), ("tense", "none")], (), "pos"),
        ([("ner", "none"), ("slot", "iob1")], ("slot",), "slot"),
    ],
)
def test_which_columns_give_the_entities(columns, entities, main):
    spec = spec_with(*columns)
    assert (spec.entity_columns, spec.main_column) == (entities, main)
    assert list(spec.faults()) == []


def test_every_fault_is_named():
    spec = spec_with(("a", "iob2"), ("a", "none"), max_words=8, overlap=4, characters=CharactersSpec("c", "c.txt", 1))
    columns = (replace(spec.columns[0], crf=""), replace(spec.columns[1], crf="x.json"))
    assert list(replace(spec, columns=columns).faults()) == [
        "task.columns: one or more are needed, each name once",
        "task.columns: 'a': a crf is an asset of columns of that kind, and of no others",
        "task.columns: 'a': a crf is an asset of columns of that kind, and of no others",
        "task.overlap: expected 0 or more, and less than half of max_words",
        "task.characters.width: expected 2 or more",
    ]


def test_a_manifest_with_faults_is_refused():
    document = encode(read_bundle(FIXTURES / "tagger.tflite").manifest)
    task = {**document["task"], "overlap": 50}
    del task["shapes"]
    with pytest.raises(BundleError, match=r"task\.shapes: missing"):
        parse_manifest({**document, "task": task}, "x.tflite")
    task = {**document["task"], "overlap": 50, "columns": []}
    with pytest.raises(BundleError, match=r"one or more are needed, each name once; task\.overlap: expected 0"):
        parse_manifest({**document, "task": task}, "x.tflite")


GOOD = {
    "words.txt": b"a\nb\n",
    "characters.txt": b"ab",
    "ner.txt": b"O\nB-X\n",
    "ner.json": json.dumps({"transitions": [[0, 1], [2, 3]], "start": [4, 5], "end": [6, 7]}).encode(),
}


def test_assets_are_read():
    assets = read_assets(spec_with(("ner", "iob2")), GOOD, "x")
    (column,) = assets.columns
    assert column.labels == ("O", "B-X")
    assert column.crf.transitions.tolist() == [[0, 1], [2, 3]]
    assert (column.crf.start.tolist(), column.crf.end.tolist()) == ([4, 5], [6, 7])
    np.testing.assert_array_equal(assets.features(["b", "z"])["words"], [[3, 1]])
    np.testing.assert_array_equal(assets.features(["ba"])["characters"], [[[3, 2, 0, 0, 0, 0, 0, 0]]])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("words.txt", b"\xff", "words.txt is not UTF-8"),
        ("characters.txt", b"\xff", "characters.txt is not UTF-8"),
        ("ner.txt", b"O\nO\n", "ner.txt: labels must be one or more, each once, none empty"),
        ("ner.txt", b"", "ner.txt: labels must be one or more"),
        ("ner.txt", b"O\nB-X\nI-X\n", "ner.json: expected finite numbers for 3 labels"),
        ("ner.json", b"[1]", "ner.json: not the effects of labels on each other"),
        ("ner.json", b"{}", "ner.json: not the effects of labels on each other"),
        ("ner.json", b"[" * 100_000, "ner.json: not the effects of labels on each other"),
        ("ner.json", GOOD["ner.json"].replace(b"4", b"NaN"), "ner.json: expected finite numbers for 2 labels"),
        ("ner.json", GOOD["ner.json"].replace(b"4", b'"x"'), "ner.json: not the effects of labels on each other"),
    ],
)
def test_what_is_no_asset(name, content, message):
    with pytest.raises(BundleError, match=message):
        read_assets(spec_with(("ner", "iob2")), {**GOOD, name: content}, "x")


def test_labels_must_fit_the_network():
    bundle = read_bundle(FIXTURES / "tagger.tflite")
    labels = bundle.assets["marks.labels.txt"] + b"more\n"
    with pytest.raises(BundleError, match=r"tagger.tflite: column 'marks': 4 labels for 3"):
        SequenceTagger(replace(bundle, assets={**bundle.assets, "marks.labels.txt": labels}))
    outputs = tuple(tensor for tensor in bundle.manifest.outputs if tensor.name != "pos_scores")
    with pytest.raises(BundleError, match=r"column 'pos': 8 labels for no output"):
        SequenceTagger(replace(bundle, manifest=replace(bundle.manifest, outputs=outputs)))
