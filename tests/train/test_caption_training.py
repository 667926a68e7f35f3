"""Captioners: the step model against the training, the loss by hand, and trainings from end to end."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from command import edgernn
from pairs import parts_without_the_kit
from tokenizers import Tokenizer

from edgernn.edge_runtime.caption.reading.corpus import open_captions
from edgernn.edge_runtime.caption.reading.types import CaptionedPicture
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.caption import CaptionSpec
from edgernn.edge_runtime.spec.decode import decode
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.train.caption.baselines import most_frequent, nearest_captions
from edgernn.train.caption.batches import Batches, Example
from edgernn.train.caption.copies import varied
from edgernn.train.caption.decode import greedy_of_features, greedy_of_pictures, searched_of_pictures, texts_of
from edgernn.train.caption.encoder import Encoder
from edgernn.train.caption.keeper import Kept, Measured
from edgernn.train.caption.model import ENCODER, MEMORY, STANDARD, STEP, Sizes, build_model, project, state_names
from edgernn.train.caption.options import PRESETS, CaptionOptions, options_for
from edgernn.train.caption.parts import parts_of
from edgernn.train.caption.tokenizer import (
    BEGIN_ID,
    END_ID,
    PAD_ID,
    UNKNOWN_ID,
    caption_tokenizer,
    text_before,
)
from edgernn.train.caption.train import train
from edgernn.train.caption.trainer import Trainer

SMALL = replace(PRESETS["tiny"], units=7, embedding_dim=6)
TOKENS, PLACES, CHANNELS = 11, 4, 5
KINDS = [("lstm", False), ("lstm", True), ("gru", False), ("gru", True)]


def small_network() -> keras.Model:
    """Convolutional, pictures of 8 pixels to 2 x 2 places, with a normalization as real ones have."""
    picture = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(CHANNELS, 3, 4, padding="same", name="convolution")(picture)
    return keras.Model(picture, keras.layers.BatchNormalization(name="normalization")(x), name="network")


def shaken(model: keras.Model, seed: int = 3) -> keras.Model:
    random = np.random.default_rng(seed)
    # Not negative: variances are among them.
    model.set_weights(
        [
            np.abs(random.normal(0, 0.5, w.shape)) + 0.1 if w.ndim == 1 else random.normal(0, 0.5, w.shape)
            for w in model.get_weights()
        ]
    )
    return model


def captioner(options: CaptionOptions) -> keras.Model:
    return shaken(build_model(options, Sizes(TOKENS, PLACES, CHANNELS), small_network()))


def arrays(tensors) -> dict[str, np.ndarray]:
    return {name: keras.ops.convert_to_numpy(tensor) for name, tensor in tensors.items()}


def tensor(array: np.ndarray):
    return keras.ops.convert_to_tensor(array)


def features_of(count: int, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, PLACES, CHANNELS)).astype(np.float32)


def some_batch(lengths: tuple[int, ...] = (4, 2, 5), pictures: bool = False):
    random = np.random.default_rng(2)
    examples = [Example(number, random.integers(4, TOKENS, n).tolist()) for number, n in enumerate(lengths)]
    shape = (8, 8, 3) if pictures else (PLACES, CHANNELS)
    seen = random.normal(size=(len(lengths), *shape)).astype(np.float32)
    return Batches(examples, lambda numbers, _: seen[list(numbers)], 8)[0][0]


def parted(found) -> tuple[np.ndarray, np.ndarray]:
    array = keras.ops.convert_to_numpy(found)
    return array[..., :TOKENS], array[..., TOKENS:]


@pytest.mark.parametrize(("cell", "adaptive"), KINDS)
def test_steps_say_what_the_training_saw(cell, adaptive):
    options = replace(SMALL, cell=cell, adaptive=adaptive)
    network = captioner(options)
    seen, given, _ = some_batch(pictures=True)
    logits, attention = parted(Trainer(options, network, sees_pictures=True)((seen, given, given), training=False))
    encoded = arrays(network.get_layer(ENCODER)({"picture": tensor(seen)}))
    states = {name: encoded[name] for name in state_names(options)}
    assert all(np.abs(array).min() > 0 for array in states.values())
    memory = {name: encoded[name] for name in MEMORY}
    for number in range(given.shape[1]):
        inputs = {"token": given[:, number : number + 1], **states, **memory}
        outputs = arrays(network.get_layer(STEP)({name: tensor(array) for name, array in inputs.items()}))
        np.testing.assert_allclose(outputs["logits"], logits[:, number], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(outputs["attention"], attention[:, number], rtol=1e-4, atol=1e-6)
        total = outputs["attention"].sum(axis=1)
        assert (total < 0.999).all() if adaptive else total == pytest.approx(1, rel=1e-5)
        states = {name: outputs[name] for name in states}


@pytest.mark.parametrize("adaptive", [False, True])
def test_kept_features_and_pictures_train_alike(adaptive):
    options = replace(SMALL, adaptive=adaptive)
    network = captioner(options)
    seen, given, wanted = some_batch(pictures=True)
    convolution = network.get_layer(ENCODER).get_layer("network")
    features = keras.ops.convert_to_numpy(convolution(seen, training=False)).reshape(3, PLACES, CHANNELS)
    by_pictures = parted(Trainer(options, network, sees_pictures=True)((seen, given, wanted)))
    by_features = parted(Trainer(options, network)((features, given, wanted)))
    for one, other in zip(by_pictures, by_features, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def softmax(z: np.ndarray) -> np.ndarray:
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


def lstm(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    kernel, recurrent, bias = weights
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


@pytest.mark.parametrize("adaptive", [False, True])
def test_a_step_by_hand_from_states_that_are_not_zero(adaptive):
    """The formulas of Xu et al. 2015 and Lu et al. 2017."""
    network = captioner(replace(SMALL, adaptive=adaptive))
    step = network.get_layer(STEP)
    random = np.random.default_rng(1)
    shapes = {"state_0_h": 7, "state_0_c": 7, "keys": (PLACES, 7), "values": (PLACES, 6)}
    given = {name: random.normal(size=shape) for name, shape in shapes.items()}
    inputs = {name: tensor(array[None].astype(np.float32)) for name, array in given.items()}
    outputs = {name: array[0] for name, array in arrays(step({"token": tensor(np.array([[9]])), **inputs})).items()}

    def dense(name: str, x: np.ndarray) -> np.ndarray:
        kernel, *bias = step.get_layer(name).get_weights()
        return x @ kernel + (bias[0] if bias else 0)

    table = step.get_layer("embedding").get_weights()[0].astype(np.float64)
    h, c, keys, values = (given[name] for name in ("state_0_h", "state_0_c", "keys", "values"))
    recurrent = step.get_layer("decoder_0").get_weights()
    if adaptive:
        x = np.concatenate([table[9], values.mean(axis=0)])
        after, memory = lstm(x, h, c, recurrent)
        sentinel = sigmoid(dense("sentinel_gate", np.concatenate([x, h]))) * np.tanh(memory)
        looked_at = np.concatenate([keys, dense("sentinel_key", sentinel)[None]])
        share = softmax(dense("energy", np.tanh(looked_at + dense("query", after)))[:, 0])
        attention = share[:-1]
        context = attention @ values + share[-1] * dense("sentinel_value", sentinel)
    else:
        attention = softmax(dense("energy", np.tanh(keys + dense("query", h)))[:, 0])
        context = sigmoid(dense("gate", h)) * (attention @ values)
        after, memory = lstm(np.concatenate([table[9], context]), h, c, recurrent)
    vector = np.tanh(context + dense("combine", np.concatenate([after, table[9]])))
    expected = {"state_0_h": after, "state_0_c": memory, "attention": attention, "logits": table @ vector}
    assert set(expected) == set(outputs)
    for name, array in expected.items():
        np.testing.assert_allclose(outputs[name], array, rtol=1e-4, atol=1e-5, err_msg=name)


def test_the_encoder_by_hand():
    network = captioner(SMALL)
    encoder = network.get_layer(ENCODER)
    seen, _, _ = some_batch(pictures=True)
    found = arrays(encoder({"picture": tensor(seen)}))
    inner = encoder.get_layer("network")
    features = keras.ops.convert_to_numpy(inner(seen, training=False)).reshape(3, PLACES, CHANNELS)
    mean, variance = encoder.get_layer(STANDARD).get_weights()
    standard = (features - mean) / np.sqrt(variance + 1e-3)
    for name in ("keys", "values"):
        kernel, bias = encoder.get_layer(name).get_weights()
        np.testing.assert_allclose(found[name], standard @ kernel + bias, rtol=1e-4, atol=1e-4)
    for name in state_names(SMALL):
        kernel, bias = encoder.get_layer(f"first_{name}").get_weights()
        np.testing.assert_allclose(found[name], np.tanh(standard.mean(axis=1) @ kernel + bias), rtol=1e-4, atol=1e-4)


def test_the_model_is_read_again_without_the_kit(tmp_path):
    network = captioner(SMALL)
    network.save(tmp_path / "model.keras")
    encoder, step = parts_without_the_kit(tmp_path / "model.keras")
    assert encoder == "['keys', 'state_0_c', 'state_0_h', 'values']"
    assert step == "['attention', 'logits', 'state_0_c', 'state_0_h']"
    again = keras.models.load_model(tmp_path / "model.keras")
    for one, other in zip(again.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize("stochastic", [0.0, 0.7])
def test_the_loss_by_hand(smoothing, stochastic):
    options = replace(SMALL, label_smoothing=smoothing, doubly_stochastic=stochastic)
    trainer = Trainer(options, captioner(options))
    batch = some_batch()
    found = trainer(batch, training=False)
    logits, attention = (array.astype(np.float64) for array in parted(found))
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    wanted = batch[2]
    right = np.take_along_axis(logs, wanted[..., None], -1)[..., 0]
    smooth = -((1 - smoothing) * right + smoothing * logs.mean(axis=-1))
    real = wanted != PAD_ID
    assert real.sum(axis=1).tolist() == [3, 5, 6]
    uneven = 0.0
    for row, count in enumerate((3, 5, 6)):
        looked = attention[row, :count].sum(axis=0) / (count / PLACES)
        uneven += ((1 - looked) ** 2).mean() / 3
    assert uneven > 0.01
    expected = smooth[real].mean() + stochastic * uneven
    assert float(trainer.compute_loss(batch, y_pred=found)) == pytest.approx(expected, rel=1e-4)
    plain = trainer.compute_loss(batch, y_pred=found, training=False)
    assert float(plain) == pytest.approx(-right[real].mean(), rel=1e-4)


@pytest.mark.parametrize(("cell", "adaptive"), KINDS)
def test_padding_does_not_change_the_loss(cell, adaptive):
    options = replace(SMALL, cell=cell, adaptive=adaptive, doubly_stochastic=0.5)
    trainer = Trainer(options, captioner(options))
    seen, given, wanted = some_batch()
    longer = [np.pad(array, ((0, 0), (0, 3)), constant_values=PAD_ID) for array in (given, wanted)]
    losses = [
        float(trainer.compute_loss(batch, y_pred=trainer(batch, training=False)))
        for batch in ((seen, given, wanted), (seen, *longer))
    ]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)


@pytest.mark.parametrize(("cell", "adaptive"), KINDS)
def test_steps_down_the_gradient_lower_the_loss(cell, adaptive):
    options = replace(SMALL, cell=cell, adaptive=adaptive, doubly_stochastic=0.1)
    trainer = Trainer(options, captioner(options))
    trainer.compile(keras.optimizers.Adam(1e-2))
    batch = some_batch()
    losses = [float(trainer.train_on_batch(batch)) for _ in range(12)]
    assert losses[-1] < losses[0] - 0.1
    assert all(math.isfinite(loss) for loss in losses)


@pytest.mark.parametrize("pictures", [False, True])
def test_what_is_trained_and_what_is_not(pictures):
    network = captioner(SMALL)
    trainer = Trainer(SMALL, network, sees_pictures=pictures)
    trainer.compile(keras.optimizers.Adam(1e-2))
    encoder = network.get_layer(ENCODER)
    inner = encoder.get_layer("network")
    layers = {name: inner.get_layer(name) for name in ("convolution", "normalization")}
    layers |= {name: encoder.get_layer(name) for name in (STANDARD, "keys", "values")}
    before = {name: layer.get_weights() for name, layer in layers.items()}
    batch = some_batch(pictures=pictures)
    trainer.train_on_batch(batch)
    trainer.sync()
    moved = {
        name: any(not np.array_equal(*pair) for pair in zip(before[name], layer.get_weights(), strict=True))
        for name, layer in layers.items()
    }
    assert moved == {"convolution": pictures, "normalization": False, STANDARD: False, "keys": True, "values": True}


def test_batches_hold_every_caption_once_with_its_picture():
    random = np.random.default_rng(1)
    examples = [Example(n // 2, random.integers(4, 99, 1 + n % 17).tolist()) for n in range(300)]
    drawn = []

    def sight(numbers, generator):
        drawn.append(generator.integers(1000))
        return np.array(numbers, np.float32)[:, None]

    batches = Batches(examples, sight, 16, seed=4)
    orders, draws = [], []
    for epoch in (0, 1, 0):
        batches.begin_epoch(epoch)
        drawn.clear()
        members = [batches.members(number).tolist() for number in range(len(batches))]
        assert sorted(place for rows in members for place in rows) == list(range(300))
        for number, rows in enumerate(members):
            seen, given, wanted = batches[number][0]
            assert given.shape == wanted.shape
            assert given.shape[1] % 4 == 0
            for row, place in enumerate(rows):
                assert seen[row, 0] == examples[place].picture
                np.testing.assert_array_equal(given[row][given[row] != PAD_ID], [BEGIN_ID, *examples[place].ids])
                np.testing.assert_array_equal(wanted[row][wanted[row] != PAD_ID], [*examples[place].ids, END_ID])
        orders.append(members)
        draws.append(list(drawn))
    assert orders[0] == orders[2] != orders[1]
    assert draws[0] == draws[2] != draws[1]
    padding = sum(int((batches[number][0][1] == PAD_ID).sum()) for number in range(len(batches)))
    unsorted = sum(18 - len(one.ids) for one in examples)
    assert padding < 0.4 * unsorted


@pytest.mark.parametrize("level", ["word", "bpe", "char"])
def test_captions_are_read_and_written_alike(level):
    known = ["woman: medium skin tone, red hair", "flag: Côte d\u2019Ivoire", "keycap: 10", "man in suit", "a flag"]
    before = text_before(level)
    tokenizer = caption_tokenizer([before + text for text in known], level, 400, 1)
    ids = [one.ids for one in tokenizer.encode_batch([before + text for text in known])]
    assert texts_of(tokenizer, ids, level) == known
    assert not {PAD_ID, UNKNOWN_ID, BEGIN_ID, END_ID} & {one for row in ids for one in row}
    assert [tokenizer.id_to_token(number) for number in range(4)] == ["<pad>", "<unk>", "<s>", "</s>"]
    again = Tokenizer.from_str(tokenizer.to_str())
    assert again.encode(before + known[0]).ids == ids[0]
    if level == "word":
        assert ids[1][0] == ids[4][1]  # "flag" at the beginning and behind another word
        assert UNKNOWN_ID in tokenizer.encode(" an elephant").ids


def test_greedy_says_the_likeliest_and_stops():
    options = replace(SMALL, max_tokens=6)
    network = captioner(options)
    features = features_of(150)
    encoder, step = network.get_layer(ENCODER), network.get_layer(STEP)
    random = np.random.default_rng(8)
    network.set_weights([random.normal(0, 1, w.shape) if w.ndim > 1 else w for w in network.get_weights()])
    found = greedy_of_features(network, options, features)
    assert len(found) == 150
    assert len({tuple(ids) for ids in found}) > 5
    for number in (0, 149):
        encoded = project(options, encoder.get_layer, encoder.get_layer(STANDARD)(features[number : number + 1]))
        token, said = BEGIN_ID, []
        while len(said) < 6:
            outputs = step({"token": tensor(np.array([[token]])), **encoded})
            encoded = {**encoded, **{name: outputs[name] for name in state_names(options)}}
            logits = arrays(outputs)["logits"][0]
            token = max(range(3 if said else 4, TOKENS), key=lambda one: logits[one])
            if token == END_ID:
                break
            said.append(token)
        assert found[number] == said


def test_greedy_sees_in_pictures_what_it_sees_in_features():
    network = captioner(SMALL)
    pictures = np.random.default_rng(1).integers(0, 256, (20, 8, 8, 3)).astype(np.uint8)
    rule = PictureSpec(8, mean=100.0, scale=50.0)
    inner = network.get_layer(ENCODER).get_layer("network")
    values = (pictures.astype(np.float32) - 100) / 50
    features = keras.ops.convert_to_numpy(inner(values, training=False)).reshape(20, PLACES, CHANNELS)
    assert greedy_of_pictures(network, SMALL, pictures, rule) == greedy_of_features(network, SMALL, features)


def test_a_search_finds_what_a_device_searches_for():
    """Of the captions of two tokens that begin with one of three, tried one by one, the best is the likeliest."""
    options = replace(SMALL, max_tokens=2)
    network = captioner(options)
    random = np.random.default_rng(8)
    network.set_weights([random.normal(0, 1, w.shape) if w.ndim > 1 else w for w in network.get_weights()])
    pictures = np.random.default_rng(1).integers(0, 256, (20, 8, 8, 3)).astype(np.uint8)
    rule = PictureSpec(8, mean=100.0, scale=50.0)
    step = network.get_layer(STEP)
    found = searched_of_pictures(network, options, pictures, rule)
    assert len(found) == 20
    for picture, ids in zip(pictures, found, strict=True):
        encoded = network.get_layer(ENCODER)({"picture": tensor((picture[None].astype(np.float32) - 100) / 50)})

        def logs(token: int, encoded: dict, never: list[int]) -> tuple[np.ndarray, dict]:
            outputs = step({"token": tensor(np.array([[token]])), **encoded})
            logits = arrays(outputs)["logits"][0].astype(np.float64)
            logits[never] = -np.inf
            after = {**encoded, **{name: outputs[name] for name in state_names(options)}}
            return logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max(), after

        first, encoded = logs(BEGIN_ID, encoded, [PAD_ID, UNKNOWN_ID, BEGIN_ID, END_ID])
        scores = {}
        for one in np.argsort(-first)[:3]:
            second, _ = logs(int(one), encoded, [PAD_ID, UNKNOWN_ID, BEGIN_ID])
            for two in range(3, TOKENS):
                said = (int(one),) if two == END_ID else (int(one), two)
                scores[said] = (first[one] + second[two]) / (7 / 6) ** 2
        assert tuple(ids) == max(scores, key=lambda said: scores[said])


def test_baselines_by_hand():
    texts = [("a cat",), ("a dog", "a pet"), ("a pet", "a pet"), ("a fish",)]
    train = [CaptionedPicture(Path(str(n)), captions, "", str(n)) for n, captions in enumerate(texts)]
    assert most_frequent(train) == "a pet"
    known = np.array([[1, 0], [0, 2], [-1, 0], [3, 3]], np.float32)
    asked = np.array([[0.2, 0], [1, 5], [-9, 1], [1, 0.9]], np.float32)
    assert nearest_captions(train, known, asked) == ["a cat", "a dog", "a pet", "a fish"]


@pytest.mark.parametrize("parts", [("train", "val"), ("train", "test"), ("train", "val", "test")])
def test_a_part_that_the_data_lacks_is_taken_from_the_others(tmp_path, parts):
    names = [f"{part}-{number}.png" for part in parts for number in range(200)]
    for name in names:
        (tmp_path / name).touch()
    images = [{"filename": name, "split": name.split("-")[0], "sentences": [{"raw": "a"}]} for name in names]
    (tmp_path / "k.json").write_text(json.dumps({"images": images}), encoding="utf-8")
    corpus = open_captions(str(tmp_path / "k.json"))
    found = {name: [one.path.name for one in pictures] for name, pictures in parts_of(corpus, 1).items()}
    assert sorted(name for some in found.values() for name in some) == sorted(names)
    assert {name.split("-")[0] for name in found["test"]} == {parts[-1]}
    assert {name.split("-")[0] for name in found["train"]} == {"train"}
    if len(parts) == 3:
        assert {name.split("-")[0] for name in found["validation"]} == {"val"}
    else:
        assert 2 <= len(found["validation"]) <= 25
        assert {name.split("-")[0] for name in found["validation"]} == {"train"}
        assert found == {name: [one.path.name for one in some] for name, some in parts_of(corpus, 1).items()}
        assert found["validation"] != [one.path.name for one in parts_of(corpus, 2)["validation"]]


def test_copies_differ_a_little_and_keep_their_sides():
    picture = np.full((64, 64, 3), 255, np.uint8)
    picture[20:44, 8:24] = (250, 10, 20)
    copies = [varied(picture, np.random.default_rng(seed)) for seed in range(20)]
    assert len({copy.tobytes() for copy in copies}) == 20
    for copy in copies:
        assert copy.shape == picture.shape
        red = np.argwhere(copy[..., 1] < 100)
        assert 150 < len(red) < 800
        assert red[:, 1].mean() < 28
        np.testing.assert_allclose(copy[red[:, 0], red[:, 1]].mean(axis=0), (250, 20, 30), atol=25)
        assert (copy[:, -1] == 255).all()


def test_the_last_epoch_that_is_not_clearly_worse_is_kept():
    kept = Kept()
    bests = []
    # 0.47 is within the highest's error, 0.43 is not; 0.45 is by its own error only.
    for number, (chrf, error) in enumerate([(0.2, 0.3), (0.5, 0.05), (0.43, 0.05), (0.47, 0.05), (0.44, 0.2)]):
        kept.add({"loss": 1.0, "perplexity": 9.0 + number, "chrf": chrf, "chrf_error": error}, [np.array(number)])
        bests.append(kept.epoch)
        assert kept.weights == [np.array(kept.epoch - 1)]
    assert bests == [1, 2, 2, 4, 4]
    assert kept.history["chrf"] == [0.2, 0.5, 0.43, 0.47, 0.44]


def test_without_a_scorer_the_lowest_perplexity_is_kept():
    kept = Kept()
    for number, perplexity in enumerate([9.0, 7.0, 8.0, 7.0, 7.5]):
        kept.add({"loss": 1.0, "perplexity": perplexity}, [np.array(number)])
    assert (kept.epoch, kept.weights, kept.history["chrf"]) == (4, [np.array(3)], [])


def test_the_error_of_a_score_is_that_of_the_mean_over_pictures():
    """Whole captions are said or missed, so that each picture's chrF is 1 or 0."""
    network = captioner(SMALL)
    options = replace(SMALL, max_tokens=6)
    features = features_of(8)
    tokenizer = caption_tokenizer([" one two three four five six seven"], "word", 400, 1)
    said = texts_of(tokenizer, greedy_of_features(network, options, features), "word")
    references = [text if number < 6 else "%%%" for number, text in enumerate(said)]
    pictures = [CaptionedPicture(Path(str(n)), (text,), "", str(n)) for n, text in enumerate(references)]
    examples = [Example(n, [4, 5]) for n in range(8)]
    measured = Measured(
        Trainer(options, network), tokenizer, pictures, examples, lambda numbers, _: features[list(numbers)]
    )
    figures = measured.figures()
    # The deviation of six ones and two zeros, (8 / 7 x 6 / 8 x 2 / 8) ** 0.5, by the root of eight.
    assert figures["chrf_error"] == pytest.approx(math.sqrt(12 / 56 / 8))
    assert 0.6 < figures["chrf"] < 1


COLOURS = {"red": (40, 40, 220), "green": (60, 200, 60), "blue": (220, 80, 30), "yellow": (30, 220, 230)}
WHERE = {"left": (slice(8, 24), slice(2, 12)), "right": (slice(8, 24), slice(20, 30))}


def write_toy(folder: Path, variants: int = 6) -> Path:
    """Squares of four colours on two sides, in COCO's form with two references each."""
    random = np.random.default_rng(1)
    (folder / "images").mkdir(parents=True)
    images, annotations = [], []
    for number in range(len(COLOURS) * len(WHERE) * variants):
        colour = list(COLOURS)[number % 4]
        side = list(WHERE)[number // 4 % 2]
        picture = np.full((32, 32, 3), 245, np.uint8)
        picture[WHERE[side]] = COLOURS[colour]
        picture = np.clip(picture + random.integers(-9, 10, picture.shape), 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / "images" / f"{number}.png"), picture)
        images.append({"id": number, "file_name": f"{number}.png"})
        for text in (f"a {colour} square", f"a square, {colour}, on the {side}"):
            annotations.append({"image_id": number, "caption": text})
    path = folder / "captions_toy.json"
    path.write_text(json.dumps({"images": images, "annotations": annotations}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Features are not left in the user's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDGERNN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def random_weights(path: Path, size: int) -> Path:
    """Of a MobileNet that passes on what it sees: by He et al. 2015; by Keras's own it would all but vanish."""
    random = np.random.default_rng(1)
    model = keras.applications.MobileNet(include_top=False, weights=None, input_shape=(size, size, 3))
    for layer in model.layers:
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        if depthwise or isinstance(layer, keras.layers.Conv2D):
            kernel, *others = layer.get_weights()
            fan = np.prod(kernel.shape[:2] if depthwise else kernel.shape[:3])
            layer.set_weights([random.normal(0, np.sqrt(2 / fan), kernel.shape), *others])
    model.save_weights(path)
    return path


class Said:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.epochs: list[int] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def batch(self, done: int, total: int) -> None:
        assert 0 < done <= total

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        self.epochs.append(number)


def small_options(folder: Path, **chosen) -> CaptionOptions:
    encoder = {"encoder": "MobileNet", "size": 32, "weights": str(folder / "small.weights.h5")}
    return options_for("tiny", {**encoder, **chosen})


def words_for(folder: Path, *further: str) -> list[str]:
    encoder = ["--encoder", "MobileNet", "--size", "64", "--weights", str(folder / "net.weights.h5")]
    return ["train", "caption", "--preset", "tiny", *encoder, *further]


@pytest.fixture(scope="module")
def toy(tmp_path_factory, cache) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("toy")
    random_weights(folder / "net.weights.h5", 64)
    data = write_toy(folder)
    words = ("--data", str(data), "--out", str(folder / "out"), "--copies", "1", "--epochs", "25", "--json")
    status, printed, err = edgernn(*words_for(folder, *words))
    assert status == 0, err
    return folder, json.loads(printed)


def spec_of(config: dict) -> CaptionSpec:
    faults: list[str] = []
    spec = decode(CaptionSpec, config["task"], "task", faults)
    assert spec is not None, faults
    return spec


def pictures_of(path: Path) -> tuple[np.ndarray, list[list[str]]]:
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as file:
        pictures = file["pictures"]
    lines = path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    return pictures, [json.loads(line)["references"] for line in lines]


def test_captions_are_learnt(toy):
    folder, metrics = toy
    history = metrics["history"]
    assert min(history["perplexity"]) < 0.2 * history["perplexity"][0]
    best = metrics["best_epoch"] - 1
    assert metrics["validation"] == {name: history[name][best] for name in ("perplexity", "chrf", "chrf_error")}
    assert history["chrf"][best] > 0.8
    highest = int(np.argmax(history["chrf"]))
    least = history["chrf"][highest] - history["chrf_error"][highest]
    assert [one >= least for one in history["chrf"][best:]] == [True] + [False] * (24 - best)
    assert json.loads((folder / "out" / "metrics.json").read_text(encoding="utf-8")) == metrics


def test_the_folder_is_what_a_conversion_reads(toy):
    folder, metrics = toy
    config = json.loads((folder / "out" / "config.json").read_text(encoding="utf-8"))
    spec = spec_of(config)
    assert not list(spec.faults())
    assert (spec.grid, spec.image.size, spec.image.fit, spec.language) == ((2, 2), 64, "pad", "en")
    assert config["data"]["split"]["method"] == "groups-sha256"
    counts = config["data"]["split"]["counts"]
    assert sum(counts.values()) == 48
    names = sorted(path.relative_to(folder / "out").as_posix() for path in (folder / "out").rglob("*.*"))
    pairs = [f"data/{part}.{kind}" for part in ("calibration", "test") for kind in ("jsonl", "npz")]
    assert names == sorted(["config.json", "metrics.json", "model.keras", "tokenizer.json", *pairs])
    for part, count in (("test", counts["test"]), ("calibration", min(64, counts["train"]))):
        pictures, references = pictures_of(folder / "out" / "data" / part)
        assert pictures.dtype == np.uint8
        assert pictures.shape == (count, 64, 64, 3)
        assert all(len(texts) == 2 and texts[0].split()[1] in texts[1] for texts in references)
        assert len(references) == count
    model = keras.models.load_model(folder / "out" / "model.keras")
    assert model.name == "captioner"
    assert model.count_params() == metrics["parameters"]


def test_the_saved_model_names_the_colour_of_pictures_it_has_not_seen(toy):
    folder, _ = toy
    model = keras.models.load_model(folder / "out" / "model.keras")
    config = json.loads((folder / "out" / "config.json").read_text(encoding="utf-8"))
    options, spec = CaptionOptions(**config["options"]), spec_of(config)
    tokenizer = Tokenizer.from_file(str(folder / "out" / "tokenizer.json"))
    pictures, references = pictures_of(folder / "out" / "data" / "calibration")
    said = texts_of(tokenizer, greedy_of_pictures(model, options, pictures, spec.image), options.level)
    right = [text in known for text, known in zip(said, references, strict=True)]
    assert np.mean(right) > 0.9


def test_four_pictures_are_learnt_by_heart(tmp_path, cache):
    """Given parts: the same four pictures train, validate and test."""
    random_weights(tmp_path / "small.weights.h5", 32)
    (tmp_path / "pictures").mkdir()
    texts = ["two green birds", "a flag: red, white", "nothing at all", "the letter Q."]
    images = []
    for number, text in enumerate(texts):
        picture = np.random.default_rng(number).integers(0, 256, (4, 4, 3)).astype(np.uint8)
        for split in ("train", "val", "test"):
            name = f"{split}{number}.png"
            cv2.imwrite(str(tmp_path / "pictures" / name), cv2.resize(picture, (64, 64)))
            times = 10 if split == "train" else 1
            images.append({"filename": name, "split": split, "sentences": [{"raw": text}] * times})
    data = tmp_path / "given.json"
    data.write_text(json.dumps({"images": images}), encoding="utf-8")
    options, said = small_options(tmp_path, epochs=30, adaptive=True, cell="gru"), Said()
    metrics = train(open_captions(str(data), str(tmp_path / "pictures")), tmp_path / "out", options, said).metrics
    assert any("4 train, 4 validation, 4 test (given, seed 1)" in line for line in said.lines)
    assert metrics["test"]["pictures"] == 4
    assert metrics["test"]["bleu_2"] == pytest.approx(1)
    config = json.loads((tmp_path / "out" / "config.json").read_text(encoding="utf-8"))
    assert CaptionOptions(**config["options"]) == options
    model = keras.models.load_model(tmp_path / "out" / "model.keras")
    pictures, references = pictures_of(tmp_path / "out" / "data" / "test")
    tokenizer = Tokenizer.from_file(str(tmp_path / "out" / "tokenizer.json"))
    rule = spec_of(config).image
    assert texts_of(tokenizer, greedy_of_pictures(model, options, pictures, rule), "word") == texts
    assert references == [[text] for text in texts]


def test_a_training_goes_on_where_it_was_interrupted_and_trains_the_encoder_last(toy, tmp_path):
    folder, _ = toy
    corpus = open_captions(str(folder / "captions_toy.json"))
    random_weights(folder / "small.weights.h5", 32)
    options = small_options(folder, average=0.5, epochs=2)
    first = train(corpus, tmp_path / "first", options, Said(), checkpoint=tmp_path / "kept").metrics
    said = Said()
    more = replace(options, epochs=3, fine_tune=1)
    again = train(corpus, tmp_path / "again", more, said, checkpoint=tmp_path / "kept").metrics
    assert said.epochs == [3, 4]
    assert again["history"]["perplexity"][:2] == first["history"]["perplexity"]
    assert (again["epochs"], len(again["history"]["loss"])) == (4, 4)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--preset", "huge"), "--preset huge: choose one of"),
        (("--size", "31"), "--size must lie between 32 and"),
        (("--encoder", "ResNet1"), "no encoder 'ResNet1'"),
        (("--encoder", "efficientnet-lite0", "--weights", "x.h5"), "takes its weights from the data set"),
        (("--data", "nothing.json"), "nothing.json: no such file"),
        (("--pictures", "nowhere"), "none of its 48 pictures is there"),
        (("--checkpoint", "OUT"), "must be another folder than --out"),
        (("--max-tokens", "2"), "captions of at most 1 tokens are left in its train part"),
    ],
)
def test_bad_options_are_one_line_and_nothing_is_written(toy, tmp_path, words, message):
    folder, _ = toy
    words = tuple(str(tmp_path / "out") if word == "OUT" else word for word in words)
    given = ("--data", str(folder / "captions_toy.json"), "--out", str(tmp_path / "out"))
    status, printed, err = edgernn(*words_for(folder, *given, *words))
    assert (status, printed) == (2, "")
    faults = [line for line in err.strip().splitlines() if message in line]
    assert len(faults) == 1
    assert err.strip().splitlines()[-1] == faults[0]
    assert not (tmp_path / "out").exists()


def test_pictures_that_are_missing_or_damaged_are_told_and_left_out(cache, tmp_path):
    data = write_toy(tmp_path)
    (tmp_path / "images" / "5.png").unlink()
    (tmp_path / "images" / "7.png").write_bytes(b"no picture")
    random_weights(tmp_path / "small.weights.h5", 32)
    options, said = small_options(tmp_path, epochs=1), Said()
    corpus = open_captions(str(data))
    other = write_toy(tmp_path / "other", 4)
    metrics = train(corpus, tmp_path / "out", options, said, also=[open_captions(str(other))]).metrics
    assert "1 of 48 pictures are not there and left out: 5.png" in said.lines
    assert any(line.startswith("left out: ") and "7.png" in line for line in said.lines)
    assert metrics["left_out"]["pictures that cannot be read"] == 1
    tested = len(open_captions(str(other)).divided(1)["test"])
    assert metrics["also"]["captions_toy.json"]["test_all"]["pictures"] == tested
    assert set(metrics["baselines"]) == {"most_frequent", "nearest_neighbour"}


def test_an_encoder_of_ones_own_is_what_sees(cache, tmp_path):
    corpus = open_captions(str(write_toy(tmp_path / "toy", 4)))
    rule = PictureSpec(8, "stretch", mean=3.0, scale=7.0)
    encoder = Encoder("mine", shaken(small_network()), rule)
    train(corpus, tmp_path / "out", replace(SMALL, epochs=1), Said(), encoder=encoder)
    spec = spec_of(json.loads((tmp_path / "out" / "config.json").read_text(encoding="utf-8")))
    assert (spec.image, spec.grid) == (rule, (2, 2))
    network = keras.models.load_model(tmp_path / "out" / "model.keras").get_layer(ENCODER).get_layer("network")
    for mine, written in zip(encoder.model.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, written)


def test_data_without_captions_is_refused(tmp_path):
    data = write_toy(tmp_path)
    document = json.loads(data.read_text(encoding="utf-8"))
    data.write_text(json.dumps({**document, "annotations": []}), encoding="utf-8")
    with pytest.raises(InputError, match="captions_toy"):
        open_captions(str(data))


def test_presets_are_within_their_ranges():
    assert {name: options_for(name, {}) for name in PRESETS} == PRESETS
