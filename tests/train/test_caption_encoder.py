"""The encoder against a reference in NumPy, its weights' file, and the cache of its features."""

from __future__ import annotations

import io
import itertools
import json
import pickle
import struct
import sys
import types
from collections import OrderedDict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import load_picture
from edgernn.train.caption.efficientnet_lite import efficientnet_lite0, set_weights
from edgernn.train.caption.encoder import Encoder, open_encoder
from edgernn.train.caption.feature_cache import FeatureCache, cache_features, open_cache
from edgernn.train.caption.torch_file import read_torch_file

# The published table: blocks, kernel, stride, expansion, channels (E. Tan and Q. V. Le 2019, table 1, without scaling).
TABLE = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]


def blocks() -> list[tuple[int, int, int, int, int]]:
    """Kernel, stride, channels in, inside and out of each block."""
    found, channels = [], 32
    for count, kernel, stride, expand, out in TABLE:
        for turn in range(count):
            found.append((kernel, stride if turn == 0 else 1, channels, channels * expand, out))
            channels = out
    return found


def random_arrays(seed: int = 3) -> dict[str, np.ndarray]:
    """Weights under PyTorch's names, scaled so that values neither vanish nor all reach ReLU6's edge."""
    random = np.random.default_rng(seed)
    arrays: dict[str, np.ndarray] = {}

    def convolution(name: str, *shape: int) -> None:
        fan = int(np.prod(shape[1:]))
        arrays[f"{name}.weight"] = (random.standard_normal(shape) * np.sqrt(2 / fan)).astype(np.float32)

    def norm(name: str, channels: int) -> None:
        for key, low, high in (
            ("weight", 0.5, 1.5),
            ("bias", -0.5, 0.5),
            ("running_mean", -0.3, 0.3),
            ("running_var", 0.5, 2),
        ):
            arrays[f"{name}.{key}"] = random.uniform(low, high, channels).astype(np.float32)

    convolution("_conv_stem", 32, 3, 3, 3)
    norm("_bn0", 32)
    for number, (kernel, _, before, inside, after) in enumerate(blocks()):
        name = f"_blocks.{number}"
        if inside != before:
            convolution(f"{name}._expand_conv", inside, before, 1, 1)
            norm(f"{name}._bn0", inside)
        convolution(f"{name}._depthwise_conv", inside, 1, kernel, kernel)
        norm(f"{name}._bn1", inside)
        convolution(f"{name}._project_conv", after, inside, 1, 1)
        norm(f"{name}._bn2", after)
    convolution("_conv_head", 1280, 320, 1, 1)
    norm("_bn1", 1280)
    arrays["_fc.weight"] = random.standard_normal((1000, 1280)).astype(np.float32) * 0.03
    arrays["_fc.bias"] = random.standard_normal(1000).astype(np.float32)
    arrays["_bn1.num_batches_tracked"] = np.array(5, np.int64)
    return arrays


class Reference:
    """The network in NumPy, 64 bits, channels first, straight from PyTorch's names."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self.arrays = {name: array.astype(np.float64) for name, array in arrays.items()}

    def convolved(self, x: np.ndarray, name: str, stride: int) -> np.ndarray:
        """[channels, height, width]; zeros around as TensorFlow's SAME: the odd one below and at the right."""
        weight = self.arrays[f"{name}.weight"]
        kernel = weight.shape[2]
        pads = [max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in x.shape[1:]]
        x = np.pad(x, [(0, 0), *((pad // 2, pad - pad // 2) for pad in pads)])
        windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (1, 2))[:, ::stride, ::stride]
        if weight.shape[1] == 1:
            return np.einsum("chwij,cij->chw", windows, weight[:, 0])
        return np.einsum("chwij,ocij->ohw", windows, weight, optimize=True)

    def normed(self, x: np.ndarray, name: str) -> np.ndarray:
        scale, shift, mean, variance = (
            self.arrays[f"{name}.{key}"][:, None, None] for key in ("weight", "bias", "running_mean", "running_var")
        )
        return (x - mean) / np.sqrt(variance + 0.001) * scale + shift

    def parts(self, picture: np.ndarray) -> dict[str, np.ndarray]:
        """Of one picture, [height, width, 3]."""
        x = self.relu6(
            self.normed(self.convolved(picture.transpose(2, 0, 1).astype(np.float64), "_conv_stem", 2), "_bn0")
        )
        levels = []
        for number, (_, stride, before, inside, after) in enumerate(blocks()):
            name, y = f"_blocks.{number}", x
            if inside != before:
                y = self.relu6(self.normed(self.convolved(y, f"{name}._expand_conv", 1), f"{name}._bn0"))
            y = self.relu6(self.normed(self.convolved(y, f"{name}._depthwise_conv", stride), f"{name}._bn1"))
            y = self.normed(self.convolved(y, f"{name}._project_conv", 1), f"{name}._bn2")
            x = x + y if stride == 1 and before == after else y
            if number in (0, 2, 4, 10, 15):
                levels.append(self.averaged(x, picture.shape[0] // 32))
        head = self.relu6(self.normed(self.convolved(x, "_conv_head", 1), "_bn1"))
        logits = self.arrays["_fc.weight"] @ head.mean((1, 2)) + self.arrays["_fc.bias"]
        maps = {"blocks": x, "levels": np.concatenate(levels), "head": head}
        return {**{name: array.transpose(1, 2, 0) for name, array in maps.items()}, "logits": logits}

    @staticmethod
    def averaged(x: np.ndarray, places: int) -> np.ndarray:
        cuts = [np.split(rows, places, axis=2) for rows in np.split(x, places, axis=1)]
        return np.stack([np.stack([cut.mean(axis=(1, 2)) for cut in row], axis=-1) for row in cuts], axis=1)

    @staticmethod
    def relu6(x: np.ndarray) -> np.ndarray:
        return np.clip(x, 0, 6)


ARRAYS = random_arrays()


@pytest.mark.parametrize("size", [32, 96])
def test_every_part_agrees_with_the_reference(size):
    pictures = np.random.default_rng(size).uniform(-1, 1, (2, size, size, 3)).astype(np.float32)
    expected = [Reference(ARRAYS).parts(picture) for picture in pictures]
    assert 0.05 < (expected[0]["head"] == 6).mean() + (expected[0]["head"] == 0).mean() < 0.95  # both edges are met
    for part in ("blocks", "levels", "head", "logits"):
        model = efficientnet_lite0(size, part)
        set_weights(model, ARRAYS)
        found = np.asarray(model(pictures, training=False))
        wanted = np.stack([one[part] for one in expected])
        assert found.shape == wanted.shape
        assert np.abs(found - wanted).max() < 1e-3 * max(1, np.abs(wanted).max())


def test_weights_of_another_network_are_refused_and_nothing_is_changed():
    model = efficientnet_lite0(32)
    before = model.get_weights()
    for name, array in (("_blocks.15._bn2.bias", np.zeros(7, np.float32)), ("_blocks.15._bn2.bias", None)):
        others = dict(ARRAYS)
        others.pop(name)
        if array is not None:
            others[name] = array
        with pytest.raises(
            InputError, match=r"block15_project_norm: weights of shape \[7\]|hold no _blocks.15._bn2.bias"
        ):
            set_weights(model, others)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


# What follows writes PyTorch's old format with classes that only have its names.


class FloatStorage:
    def __init__(self, key: str, values: np.ndarray) -> None:
        self.key, self.values = key, values


class LongStorage(FloatStorage):
    pass


def _rebuild_tensor_v2(*args: object) -> None: ...


class Tensor:
    def __init__(self, storage: FloatStorage, offset: Any, shape: Any, strides: Any) -> None:
        self.parts = (storage, offset, shape, strides, False, OrderedDict())

    def __reduce__(self) -> Any:
        return _rebuild_tensor_v2, self.parts


class Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        return ("storage", type(obj), obj.key, "cpu", len(obj.values), None) if isinstance(obj, FloatStorage) else None


@pytest.fixture
def torch_names(monkeypatch: pytest.MonkeyPatch) -> None:
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for one, module in ((FloatStorage, torch), (LongStorage, torch), (_rebuild_tensor_v2, utils)):
        monkeypatch.setattr(one, "__module__", module.__name__)
        setattr(module, one.__name__, one)
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def torch_file(names: Any, storages: list[FloatStorage], magic: int = 0x1950A86A20F9469CFC6C) -> bytes:
    out = io.BytesIO()
    for value in (magic, 1001, {"little_endian": True}, names, [one.key for one in storages]):
        Pickler(out, 2).dump(value)
    for one in storages:
        out.write(struct.pack("<q", len(one.values)) + one.values.tobytes())
    return out.getvalue()


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_tensors_of_a_torch_file(tmp_path, torch_names):
    floats, whole = FloatStorage("7", np.arange(24, dtype="<f4")), LongStorage("9", np.array([5], "<i8"))
    names = OrderedDict(
        a=Tensor(floats, 0, (2, 3, 4), (12, 4, 1)), t=Tensor(floats, 1, (3, 2), (1, 3)), n=Tensor(whole, 0, (), ())
    )
    names_with_state = names
    names_with_state._metadata = {"version": 1}  # type: ignore[attr-defined]
    found = read_torch_file(written(tmp_path / "a.pth", torch_file(names_with_state, [floats, whole])))
    assert list(found) == ["a", "t", "n"]
    assert np.array_equal(found["a"], np.arange(24).reshape(2, 3, 4))
    assert found["t"].tolist() == [[1, 4], [2, 5], [3, 6]]
    assert found["n"] == 5
    assert found["a"].flags.writeable
    assert found["t"].flags.c_contiguous


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [
        (0, (2, 13), (13, 1)),
        (22, (3,), (1,)),
        (0, (10**9,), (0,)),
        (-1, (2,), (1,)),
        (0, (2,), (1, 1)),
        (0, [2], (1,)),
        (0, (0,), (1,)),
        (0, (1,) * 9, (1,) * 9),
    ],
)
def test_a_tensor_beyond_its_values_is_refused(tmp_path, torch_names, offset, shape, strides):
    floats = FloatStorage("7", np.arange(24, dtype="<f4"))
    data = torch_file(OrderedDict(a=Tensor(floats, offset, shape, strides)), [floats])
    with pytest.raises(InputError, match="no file of PyTorch weights"):
        read_torch_file(written(tmp_path / "a.pth", data))


class Evil:
    def __init__(self, function: Any, *args: Any) -> None:
        self.parts = function, args

    def __reduce__(self) -> Any:
        return self.parts


def test_nothing_that_a_file_says_is_run(tmp_path, torch_names):
    mark = tmp_path / "was run"
    for evil in (
        Evil(mark.write_text, "x"),
        Evil(eval, f"open({str(mark)!r}, 'w')"),
        Evil(print, "x"),
        Evil(getattr, [], "x"),
    ):
        with pytest.raises(InputError, match=r"asks for .*, which is not allowed"):
            read_torch_file(written(tmp_path / "a.pth", torch_file(OrderedDict(a=evil), [])))
    assert not mark.exists()
    # GLOBAL of the function that makes tensors, then BUILD: sets attributes on it.
    build = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00aK\x01sb."
    parts = [pickle.dumps(one, 2) for one in (0x1950A86A20F9469CFC6C, 1001, {})]
    with pytest.raises(InputError, match="sets something on a function"):
        read_torch_file(written(tmp_path / "a.pth", b"".join([*parts, build, pickle.dumps([], 2)])))


def test_files_that_are_cut_short_or_longer(tmp_path, torch_names):
    floats = FloatStorage("7", np.arange(24, dtype="<f4"))
    data = torch_file(OrderedDict(a=Tensor(floats, 0, (24,), (1,))), [floats])
    for wrong in (
        data[:-1],
        data[:50],
        b"",
        data + b"x",
        torch_file({"a": 1}, []),
        torch_file(OrderedDict(), [], magic=1),
    ):
        with pytest.raises(InputError, match="no file of PyTorch weights"):
            read_torch_file(written(tmp_path / "a.pth", wrong))
    with pytest.raises(InputError, match="No such file"):
        read_torch_file(tmp_path / "none.pth")


@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_bytes_are_refused_in_one_way(tmp_path_factory, data, place):
    path = tmp_path_factory.mktemp("torch") / "a.pth"
    head = b"".join(pickle.dumps(one, 2) for one in (0x1950A86A20F9469CFC6C, 1001, {}))
    with pytest.raises(InputError, match="no file of PyTorch weights"):
        read_torch_file(written(path, head[:place] + data))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    model = efficientnet_lite0(32)
    set_weights(model, ARRAYS)
    return Encoder("efficientnet-lite0", model, PictureSpec(32))


def pictures(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        noise = np.random.default_rng(number).integers(0, 256, (40, 50, 3)).astype(np.uint8)
        cv2.imwrite(str(path), noise)
    return paths


def test_features_are_kept_and_read_again(tmp_path, cache, encoder, monkeypatch):
    paths = pictures(tmp_path, 5)
    (tmp_path / "same.png").write_bytes(paths[0].read_bytes())
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("edgernn.train.caption.feature_cache._SHARD", 2)
    done = cache_features(
        [*paths, tmp_path / "same.png", paths[1]], encoder, open_cache(encoder), lambda a, b: told.append((a, b))
    )
    assert told == [(2, 5), (4, 5), (5, 5)]
    found = done.features([paths[3], tmp_path / "same.png"])
    expected = encoder.features(np.stack([load_picture(path, encoder.picture) for path in (paths[3], paths[0])]))
    assert found.shape == (2, 1, 320)
    assert np.allclose(found, expected, rtol=1e-3, atol=1e-4)
    monkeypatch.setattr(Encoder, "features", lambda *_: pytest.fail("was computed again"))
    again = cache_features(paths, encoder, open_cache(encoder))
    assert np.array_equal(again.features([paths[3], paths[0]]), found)


def test_bad_pictures_are_named_and_the_others_kept(tmp_path, cache, encoder):
    paths = pictures(tmp_path, 2)
    note, gone = tmp_path / "note.jpg", tmp_path / "gone.png"
    note.write_text("no picture")
    done = cache_features([paths[0], note, gone, paths[1]], encoder, open_cache(encoder, "float32"))
    assert list(done.digests) == paths
    assert done.bad[note].startswith(f"{note}: a text file, no picture")
    assert "No such file" in done.bad[gone]
    exact = encoder.features(np.stack([load_picture(path, encoder.picture) for path in paths]))
    assert np.array_equal(done.features(paths), exact)


def test_what_was_broken_off_or_damaged_is_computed_again(tmp_path, cache, encoder, monkeypatch):
    paths = pictures(tmp_path, 4)
    monkeypatch.setattr("edgernn.train.caption.feature_cache._SHARD", 1)
    kept = open_cache(encoder)
    whole = cache_features(paths, encoder, kept).features(paths)
    shards = sorted(kept.folder.glob("*.npy"))
    shards[0].unlink()
    shards[1].write_bytes(shards[1].read_bytes()[:-8])
    shards[2].with_suffix(".json").write_text('["short"]')
    assert len(open_cache(encoder)) == 1
    assert np.array_equal(cache_features(paths, encoder, open_cache(encoder)).features(paths), whole)
    assert not list(kept.folder.glob("*.part"))


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    kept = FeatureCache(tmp_path / "c", (1, 2))

    def full(file: Any, *_: object, **__: object) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("edgernn.train.caption.feature_cache.np.save", full)
    with pytest.raises(InputError, match="c: No space left on device: set EDGERNN_CACHE"):
        kept.add(["a" * 64], np.ones((1, 1, 2), np.float32))
    assert list((tmp_path / "c").iterdir()) == []
    assert len(kept) == 0


def test_values_beyond_the_kind_are_refused(tmp_path):
    kept = FeatureCache(tmp_path / "c", (1, 2))
    with pytest.raises(InputError, match="too large for float16"):
        kept.add(["a" * 64], np.full((1, 1, 2), 1e6, np.float32))


def test_an_encoders_identity_is_all_that_its_features_depend_on(encoder):
    other = efficientnet_lite0(32)
    set_weights(other, {**ARRAYS, "_bn0.bias": ARRAYS["_bn0.bias"] + 1e-6})
    same = efficientnet_lite0(32)
    set_weights(same, ARRAYS)
    names = [
        encoder.identity(),
        Encoder(encoder.name, other, encoder.picture).identity(),
        Encoder(encoder.name, encoder.model, PictureSpec(32, "pad")).identity(),
        Encoder("another", encoder.model, encoder.picture).identity(),
    ]
    assert all(a != b for a, b in itertools.combinations(names, 2))
    assert Encoder(encoder.name, same, encoder.picture).identity() == names[0]


def test_encoders_by_name(cache, tmp_path):
    with pytest.raises(InputError, match="try edgernn data fetch efficientnet-lite0"):
        open_encoder()
    folder = cache / "data" / "efficientnet-lite0"
    folder.mkdir(parents=True)
    np.savez(folder / "efficientnet-lite0.npz", **{n: a for n, a in ARRAYS.items() if a.dtype == np.float32})
    record = dict.fromkeys(("sha256", "text_column", "label_column", "licence", "credit"), "")
    record |= {"name": "efficientnet-lite0", "file": "efficientnet-lite0.npz"}
    (folder / "dataset.json").write_text(json.dumps(record))
    found = open_encoder(picture=PictureSpec(64, "pad", mean=1.0, scale=2.0))
    assert found.shape == (4, 320)
    assert found.picture == PictureSpec(64, "pad")
    assert found.deepest == 320
    levels = open_encoder("efficientnet-lite0-levels", PictureSpec(64, "pad"))
    assert (levels.shape, levels.picture, levels.deepest) == ((4, 512), found.picture, 320)
    noise = np.random.default_rng(1).integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)
    np.testing.assert_allclose(levels.features(noise)[..., -320:], found.features(noise), rtol=1e-5, atol=1e-4)
    with pytest.raises(InputError, match=r"from the data set efficientnet-lite0, not from x\.h5"):
        open_encoder("efficientnet-lite0-levels", weights="x.h5")
    for size in (33, 0):
        with pytest.raises(InputError, match="multiples of 32"):
            open_encoder(picture=PictureSpec(size))
    with pytest.raises(
        InputError, match="no encoder 'VGG16': there are efficientnet-lite0, efficientnet-lite0-levels,"
    ):
        open_encoder("VGG16")
    with pytest.raises(InputError, match="would download imagenet's weights"):
        open_encoder("MobileNetV2", weights="imagenet")
    small = open_encoder("MobileNetV2", PictureSpec(64))
    assert (small.shape, small.deepest) == ((4, 1280), 1280)
    assert (small.picture.mean, small.picture.scale) == (127.5, 127.5)
    small.model.save_weights(tmp_path / "m.weights.h5")
    again = open_encoder("MobileNetV2", PictureSpec(64), str(tmp_path / "m.weights.h5"))
    assert again.identity() == small.identity()
    with pytest.raises(InputError, match="MobileNetV2 with pictures of 64 pixels and "):
        open_encoder("MobileNetV2", PictureSpec(64), str(tmp_path / "none.weights.h5"))
