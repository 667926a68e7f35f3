"""A translator's part in a conversion: cases, assets, figures; what is refused."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from fixtures.make import TRANSLATION, write_pairs
from pairs import randomized

from edgernn.convert import ConversionError, ProofFailed, convert
from edgernn.convert.source import read_source
from edgernn.convert.tasks import plan_for
from edgernn.convert.tasks.translate import TranslatePlan
from edgernn.edge_runtime import InputError, load
from edgernn.edge_runtime.selftest import selftest
from edgernn.edge_runtime.translate.reading.corpus import open_parallel
from edgernn.train.translate.model import Sizes, build_model
from edgernn.train.translate.options import options_for
from edgernn.train.translate.prepare import prepare
from edgernn.train.translate.save import save


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """As a training leaves it, with weights that nobody trained."""
    place = tmp_path_factory.mktemp("translator")
    write_pairs(place / "pairs.tsv", 200)
    chosen = dict(zip((word[2:].replace("-", "_") for word in TRANSLATION[::2]), TRANSLATION[1::2], strict=True))
    chosen = {name: float(value) if "." in value else int(value) for name, value in chosen.items() if name != "preset"}
    options = options_for("tiny", chosen)
    prepared = prepare(open_parallel(str(place / "pairs.tsv")), options)
    sizes = Sizes(prepared.source.get_vocab_size(), prepared.target.get_vocab_size())
    (place / "model").mkdir()
    save(place / "model", randomized(build_model(options, sizes), 4), prepared, options, {"test": {"nats": 1.0}})
    return place / "model"


@pytest.fixture
def measured(folder, tmp_path):
    """The folder with a BLEU that nothing reaches."""
    shutil.copytree(folder, tmp_path / "m")
    (tmp_path / "m" / "metrics.json").write_text('{"test": {"bleu": 60.0, "sentences": 4}}', encoding="utf-8")
    return tmp_path / "m"


def test_cases_are_test_sentences_with_their_targets(folder):
    plan = plan_for(read_source(folder))
    assert isinstance(plan, TranslatePlan)
    assert (plan.metric, plan.max_drop, plan.pair.longest, plan.pair.rows) == (None, 0.4, 16, (1, 4))
    cases = plan.cases()
    assert 1 < len(cases) <= 8
    for case in cases:
        assert case["source"].dtype == case["token"].dtype == np.int32
        assert case["token"][0, 0] == 2
        assert case["source"].shape[1] <= 16
    assert set(plan.assets()) == {"source.tokenizer.json", "target.tokenizer.json"}
    assert "sacrebleu is missing" in plan.remarks([])[0]


def test_converted_proved_and_tested(folder, tmp_path):
    result = convert(folder, "float32")
    proof = result.manifest.proof
    assert proof.from_states >= 7
    assert proof.longest == 16
    assert proof.max_error < 1e-3 * proof.scale
    assert proof.argmax_agreement == 1.0
    result.save(tmp_path / "t.tflite")
    model = load(tmp_path / "t.tflite")
    assert selftest(model).passed
    assert model.translate("I see bread.", max_tokens=5)[0].text
    golden = json.loads(model.bundle.assets["golden.json"])
    assert all(vector["text"] is None for vector in golden)
    assert any(vector["states"] for vector in golden)


def test_a_loss_of_bleu_is_refused(measured):
    pytest.importorskip("sacrebleu")
    with pytest.raises(ProofFailed, match=r"bleu fell by .* points \(0.6000 in Keras"):
        convert(measured, "float16")


def test_static_recipes_and_other_lowerings_are_refused_with_reasons(folder, tmp_path):
    arrays = {"source": np.ones((2, 5), np.int32), "token": np.ones((2, 3), np.int32)}
    with pytest.raises(ConversionError) as raised:
        convert(folder, "static_int8", calibration=arrays, lowering="chunked")
    assert [reason.split(":")[0] for reason in raised.value.reasons] == [
        "static_int8 is not for a model of encoder and decoder",
        "a model of encoder and decoder has a lowering of its own",
    ]
    with pytest.raises(ConversionError, match="static_int16x8 is not for a model of encoder and decoder"):
        convert(folder, "static_int16x8")
    with pytest.raises(ConversionError, match="static_encoder_int8 is for encoders of inputs of one size"):
        convert(folder, "static_encoder_int8")


def test_folders_that_are_damaged(folder, tmp_path):
    broken = tmp_path / "m"
    shutil.copytree(folder, broken)
    (broken / "data" / "test.jsonl").write_text('{"source": 5, "target": "x"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 1: source and references must be texts"):
        plan_for(read_source(broken)).cases()
    (broken / "data" / "test.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="no sentence in it"):
        plan_for(read_source(broken)).cases()
    (broken / "metrics.json").write_text("[]", encoding="utf-8")
    pytest.importorskip("sacrebleu")
    with pytest.raises(InputError, match="no figures of the test split"):
        plan_for(read_source(broken))
