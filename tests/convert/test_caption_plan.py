"""A captioner's part in a conversion: cases, calibration, figures, the gate; what is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from pairs import BEGIN, END, PAD, UNKNOWN, KerasPair, picture_kind

from edgernn.convert import ProofFailed, api, convert
from edgernn.convert.source import read_source
from edgernn.convert.tasks import plan_for
from edgernn.convert.tasks.caption import CaptionPlan
from edgernn.edge_runtime import InputError, load
from edgernn.edge_runtime.caption.scoring import scores_of
from edgernn.edge_runtime.selftest import selftest
from edgernn.edge_runtime.spec.caption import CaptionSpec
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import model_input

pytest.importorskip("pycocoevalcap")
pytest.importorskip("sacrebleu")

MOST = 8
SPLIT = SplitSpec("given", 0, {"test": 1.0}, {"test": 24})
WORDS = [f" {a}{b}" for a in "abcdefghijklm" for b in "xy"]
RULE = PictureSpec(32)
TASK = CaptionSpec("caption", "tokenizer.json", "en", BEGIN, END, PAD, UNKNOWN, MOST, RULE, (4, 4))


def pictures(count: int, seed: int) -> np.ndarray:
    """A colour each, and blocks."""
    generator = np.random.default_rng(seed)
    made = generator.choice([20, 128, 235], (count, 1, 1, 3)) + generator.integers(-90, 90, (count, 4, 4, 3))
    return made.clip(0, 255).astype(np.uint8).repeat(8, axis=1).repeat(8, axis=2)


def said_by_keras(pair: KerasPair, picture: np.ndarray) -> str:
    """The best of three beams by log-probability / ((5 + tokens) / 6)^2, of one word or more."""
    encoded = pair.encode(model_input(picture[None], RULE))
    live, done = [(0.0, [BEGIN], pair.begin(encoded))], []
    for turn in range(MOST):
        if len(done) >= 3:
            break
        after = []
        for total, tokens, states in live:
            outputs, following = pair.advance(encoded, states, tokens[-1])
            logits = outputs["logits"][0].astype(np.float64)
            logits[[PAD, UNKNOWN, BEGIN] if turn else [PAD, UNKNOWN, BEGIN, END]] = -np.inf
            logs = logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()
            after += [(total + log, [*tokens, n], following) for n, log in enumerate(logs) if log > -np.inf]
        after = sorted(after, key=lambda one: -one[0])[:6]
        done += [one for one in after[:3] if one[1][-1] == END]
        live = [one for one in after if one[1][-1] != END][:3]
    _, best, _ = max([*done, *live], key=lambda one: one[0] / ((5 + len(one[1]) - 1) / 6) ** 2)
    return "".join(WORDS[n - 4] for n in best[1:] if n != END).strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """As a training leaves it; what people say of the pictures is what this model says of them."""
    place = tmp_path_factory.mktemp("captioner")
    model = picture_kind(7, adaptive=True, vocabulary=len(WORDS) + 4)
    model.save(place / "model.keras")
    ids = {"<pad>": PAD, "<unk>": UNKNOWN, "<s>": BEGIN, "</s>": END, **{w: n for n, w in enumerate(WORDS, 4)}}
    splitter = {"type": "Split", "pattern": {"Regex": " [a-z]+"}, "behavior": "Isolated", "invert": False}
    tokenizer = {
        **{"version": "1.0", "truncation": None, "padding": None, "added_tokens": []},
        **{"normalizer": None, "pre_tokenizer": splitter, "post_processor": None, "decoder": None},
        "model": {"type": "WordLevel", "vocab": ids, "unk_token": "<unk>"},
    }
    (place / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    config = {"format_version": 1, "kit_version": "0", "task": encode(TASK), "seed": 0, "options": {}}
    data = encode(DataSpec("made", "0" * 64, "none", "nobody", "", "", SPLIT))
    (place / "config.json").write_text(json.dumps({**config, "data": data}), encoding="utf-8")
    (place / "data").mkdir()
    pair = KerasPair(model)
    known = []
    for name, count, seed in (("test", 24, 1), ("calibration", 12, 2)):
        made = pictures(count, seed)
        np.savez_compressed(place / "data" / f"{name}.npz", pictures=made)
        texts = [[said_by_keras(pair, picture)] for picture in made]
        lines = [json.dumps({"references": references, "name": "p.png"}) for references in texts]
        (place / "data" / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        known.append(texts)
    scores = scores_of([texts[0] for texts in known[0]], known[0])
    test = {"pictures": 24, "cider": scores.cider, "bleu_4": scores.bleu_4}
    (place / "metrics.json").write_text(json.dumps({"test": test}), encoding="utf-8")
    return place


def everything_of(place):
    """What a conversion reads."""
    plan = plan_for(read_source(place))
    return plan.cases(), plan.calibration()


def copied(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "m")
    return tmp_path / "m"


def test_cases_are_pictures_with_their_captions(folder):
    plan = plan_for(read_source(folder))
    assert isinstance(plan, CaptionPlan)
    assert (plan.metric, plan.further_metrics, plan.max_drop) == ("cider", ("bleu_4",), 0.5)
    assert (plan.pair.longest, plan.pair.rows) == (0, (1, 3))
    cases, calibration = plan.cases(), plan.calibration()
    assert (len(cases), len(calibration)) == (8, 12)
    kept = np.load(folder / "data" / "calibration.npz")["pictures"]
    for case, picture in zip(calibration, kept, strict=True):
        np.testing.assert_allclose(case["picture"][0], (picture.astype(np.float32) - 127) / 128, atol=1e-6)
    line = json.loads((folder / "data" / "test.jsonl").read_text().splitlines()[0])
    expected = [BEGIN, *(WORDS.index(f" {word}") + 4 for word in line["references"][0].split())][:MOST]
    np.testing.assert_array_equal(cases[0]["token"], np.array([expected], np.int32))
    assert cases[0]["token"].dtype == np.int32
    assert set(plan.assets()) == {"tokenizer.json"}
    assert plan.remarks([]) == ()


def test_float32_says_what_keras_says_and_loses_nothing(folder, tmp_path):
    result = convert(folder, "float32", max_drop=0.0)
    quality, proof = result.manifest.quality, result.manifest.proof
    assert (quality.split, quality.examples) == ("test", 24)
    assert quality.artifact == pytest.approx(quality.keras)
    assert quality.artifact["cider"] > 1
    assert proof.max_error < 1e-5 * proof.scale
    assert proof.from_states >= 7
    result.save(tmp_path / "c.tflite")
    model = load(tmp_path / "c.tflite")
    assert selftest(model).passed
    golden = json.loads(model.bundle.assets["golden.json"])
    assert all(vector["text"] is None for vector in golden)
    assert any(vector["states"] for vector in golden)
    assert len(model.bundle.assets["golden.json"]) < 50_000, "seeds, not pictures"


def test_integers_of_both_kinds_in_one_bundle_and_the_gate(folder, tmp_path):
    """The file is made and measured alike, whether the gate lets it pass or not."""
    broken = copied(folder, tmp_path)
    (broken / "metrics.json").write_text('{"test": {"pictures": 24, "cider": 9.9, "bleu_4": 1.5}}', encoding="utf-8")
    with pytest.raises(ProofFailed) as raised:
        convert(broken, "static_encoder_int8")
    said = str(raised.value)
    for part in ("cider fell by", "(9.9000 in Keras", "bleu_4 fell by", "0.5 are allowed"):
        assert part in said
    report = raised.value.report
    assert [failure.split()[0] for failure in report["failures"]] == ["cider", "bleu_4"]
    assert report["quantization"]["recipe"] == "static_encoder_int8"
    assert 0 < report["proof"]["max_error"] < 0.03 * report["proof"]["scale"]
    assert report["quality"]["artifact"]["bleu_4"] > 0.8, "captions are mostly as Keras's"


def test_auto_takes_the_first_that_passes(folder, monkeypatch):
    tried = []

    def attempt(source, plan, options, recipe, *rest):
        tried.append(recipe.name)
        if recipe.name != "float16":
            raise ProofFailed(["cider fell"], {"bundle_bytes": 1, "failures": ["cider fell"]})
        return api.Result(b"x", None, {})

    monkeypatch.setattr(api, "_attempt", attempt)
    assert [one["recipe"] for one in convert(folder, "auto").report["tried"]] == tried
    assert tried == ["static_encoder_int8", "dynamic_wi8", "float16"]


def test_without_a_scorer_the_report_says_so(folder, monkeypatch):
    from edgernn.convert.tasks import caption

    monkeypatch.setattr(caption, "_SCORERS", ("pycocoevalcap", "no_such_package"))
    plan = plan_for(read_source(folder))
    assert (plan.metric, plan.further_metrics, plan.quality([], [], {})) == (None, (), None)
    assert "CIDEr was not compared with Keras" in plan.remarks([])[0]


def test_a_recipe_of_parts_is_for_models_of_parts(tmp_path):
    import keras

    keras.Sequential([keras.Input((5, 3)), keras.layers.LSTM(4)]).save(tmp_path / "m.keras")
    with pytest.raises(InputError, match="static_encoder_int8 is for models of encoder and decoder"):
        convert(tmp_path / "m.keras", "static_encoder_int8")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda place: (place / "data" / "test.npz").unlink(), r"test\.npz: no pictures can be read"),
        (lambda place: (place / "data" / "calibration.jsonl").unlink(), r"calibration\.jsonl: cannot be read"),
        (lambda place: (place / "tokenizer.json").unlink(), r"tokenizer\.json missing: train again"),
        (lambda place: (place / "metrics.json").write_text("[]"), "no figures of the test split in it .*: train again"),
        (lambda place: (place / "metrics.json").unlink(), "no figures of the test split in it .*: train again"),
    ],
)
def test_folders_that_are_damaged(folder, tmp_path, change, says):
    place = copied(folder, tmp_path)
    change(place)
    with pytest.raises(InputError, match=says) as raised:
        everything_of(place)
    assert "\n" not in str(raised.value)


def test_a_model_without_its_folder_is_no_captioner(folder):
    with pytest.raises(InputError, match="give the folder that edgernn train wrote"):
        CaptionPlan(replace(read_source(folder), folder=None))
