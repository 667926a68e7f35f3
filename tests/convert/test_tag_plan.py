"""A tagger's part in a conversion: windows, figures, assets."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from fixtures.make import TAGGING, write_tagged

from edgernn.convert.source import read_source
from edgernn.convert.tasks import plan_for
from edgernn.convert.tasks.tag import TagPlan
from edgernn.edge_runtime import InputError
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.cli.main import main
from edgernn.edge_runtime.tag.assets import read_assets
from edgernn.edge_runtime.tag.scores import figure_of

LONG = "Omar left Acme Corp. in 1999 and Li Wei praised the rainy city of Lake Nyos in 2001".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("tagger")
    write_tagged(place / "tagged.jsonl", 60)
    words = ("train", "tag", "--data", str(place / "tagged.jsonl"), "--out", str(place / "model"), *TAGGING)
    assert main([*words, "--several", "marks", "--epochs", "1"]) == 0
    return place / "model"


@pytest.fixture
def changed(folder, tmp_path):
    """The folder with one long sentence and one short one as its test split."""
    shutil.copytree(folder, tmp_path / "m")
    tags = {"pos": ["NP"] * len(LONG), "ner": ["O"] * len(LONG), "marks": [["happy"]] * len(LONG)}
    lines = [{"tokens": LONG, "tags": tags}, {"tokens": LONG[:2], "tags": {n: v[:2] for n, v in tags.items()}}]
    (tmp_path / "m" / "data" / "test.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path / "m"


def plan_of(folder) -> TagPlan:
    plan = plan_for(read_source(folder))
    assert isinstance(plan, TagPlan)
    return plan


def test_long_sentences_are_proved_in_windows_and_measured_whole(changed):
    plan = plan_of(changed)
    cases = plan.cases()
    # 18 words in windows of 12 that share 3 or more, then the short one.
    assert [case["words"].shape for case in cases] == [(1, 12), (1, 12), (1, 2)]
    right = {"pos": "NP", "ner": "O", "marks": "happy"}

    def outputs(wrong_window: int):
        """Scores that choose what is right, but in one window."""
        return [
            {c.spec.output: _choosing(c.labels, right[c.spec.name], case, number == wrong_window) for c in columns}
            for number, case in enumerate(cases)
        ]

    columns = read_assets(plan._task, plan.assets(), "x").columns
    quality = plan.quality(outputs(-1), outputs(1), {})
    assert quality.examples == 2
    assert quality.keras == {"pos_accuracy": 1.0, "ner_f1": 1.0, "marks_accuracy": 1.0}
    # Of the 18 words the second window decides on 9: it begins at 6, and they meet in the middle of what they share.
    assert quality.artifact["pos_accuracy"] == quality.artifact["marks_accuracy"] == pytest.approx(11 / 20)
    assert plan.metric == max(quality.keras, key=lambda name: quality.keras[name] - quality.artifact[name])


def _choosing(labels, right, case, wrong):
    scores = np.where(np.array(labels) == right, 9.0, -9.0) * (-1.0 if wrong else 1.0)
    return np.tile(scores.astype(np.float32), (1, case["words"].shape[1], 1))


def test_assets_are_those_of_the_task(folder):
    plan = plan_of(folder)
    assets = plan.assets()
    task = read_source(folder).task
    assert assets.keys() == set(task.assets())
    assert assets["words.txt"] == (folder / "words.txt").read_bytes()
    assert json.loads(assets["ner.crf.json"]) == json.loads((folder / "ner.crf.json").read_bytes())
    assert b" " not in assets["ner.crf.json"]


def test_a_conversion_from_end_to_end(folder, tmp_path):
    out = tmp_path / "t.tflite"
    status = main(["convert", str(folder), "-o", str(out), "--max-drop", "100"])
    assert status == 0
    manifest = read_bundle(out).manifest
    assert [s.name for s in manifest.execution.signatures] == ["predict_12", "predict_6"]
    assert manifest.golden.vectors >= 16
    assert manifest.quality.examples == manifest.data.split.counts["test"]
    assert manifest.quality.keras.keys() == {"pos_accuracy", "ner_f1", "marks_accuracy"}
    test = json.loads((folder / "metrics.json").read_text("utf-8"))["test"]
    for name, key in (("pos", "pos_accuracy"), ("ner", "ner_f1"), ("marks", "marks_accuracy")):
        assert manifest.quality.keras[key] == pytest.approx(test[name], abs=1e-6)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("data/test.jsonl", "", "no sentences with the columns marks, ner, pos: train again"),
        ("data/test.jsonl", '{"tokens": ["a"], "tags": {"pos": ["NP"]}}', "no sentences with the columns"),
        ("data/test.jsonl", "{", "this split cannot be read"),
        ("words.txt", None, "words.txt missing: train again"),
        ("pos.labels.txt", "", "labels must be one or more"),
    ],
)
def test_a_folder_that_is_spoilt(changed, name, content, message, capsys):
    path = changed / name
    path.unlink() if content is None else path.write_text(content)
    assert main(["convert", str(changed), "-o", str(changed / "x.tflite")]) == 2
    assert message in capsys.readouterr().err
    assert not (changed / "x.tflite").exists()


def test_a_specification_with_faults(changed):
    document = json.loads((changed / "config.json").read_text("utf-8"))
    document["task"]["overlap"] = 100
    (changed / "config.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"task\.overlap: expected 0 or more"):
        plan_of(changed)


def test_figures_are_those_of_the_sentences():
    assert figure_of([(["B-X", "O"], ["B-X", "O"]), (["B-X"], ["O"])], "iob2") == pytest.approx(2 / 3)
