"""ncnn: its own LSTM and GRU layers, in float32 and with int8 weights (a scale a row, as its own tool makes them)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ncnn
import numpy as np
from units import Decoder, Sequence, Unit
from workloads import WORKLOADS, Array, Workload, weights

VARIANTS = {"float32": "float32", "int8": "reduced"}
_INT8_TAG = 0x000D4B38


def load(workload: str, variant: str, folder: Path) -> Unit:
    """See units.py."""
    base = folder / f"{workload}.{variant}.ncnn"
    _Writer(workload, variant == "int8").write(base)
    net, sizes = ncnn.Net(), WORKLOADS[workload]
    net.opt.num_threads = 1
    net.opt.use_vulkan_compute = False
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
    if net.load_param(f"{base}.param") or net.load_model(f"{base}.bin"):
        raise RuntimeError("ncnn cannot load the model")
    if not sizes.decodes:
        return Sequence(workload, lambda x: _extract(net, {"x0": ncnn.Mat(x[0])}, ["y"])[0])
    return _decoder(workload, sizes, net)


def _extract(net: Any, given: dict[str, Any], wanted: list[str]) -> list[Array]:
    extractor = net.create_extractor()
    for name, value in given.items():
        extractor.input(name, value)
    return [np.array(extractor.extract(name)[1]) for name in wanted]


def _decoder(workload: str, sizes: Workload, net: Any) -> Unit:
    # A Mat does not own the memory of the array that it was made from: the array must stay.
    buffer = np.zeros(1, np.int32)
    token = ncnn.Mat(buffer)
    zeros = np.zeros((1, sizes.units), np.float32)

    def start(hidden: Array) -> list[Any]:
        return [ncnn.Mat(hidden).clone(), ncnn.Mat(zeros).clone()][: len(sizes.states)]

    def step(value: int, states: list[Any]) -> tuple[Array, list[Any]]:
        buffer[0] = value
        extractor = net.create_extractor()
        extractor.input("token", token)
        for name, state in zip(sizes.states, states, strict=True):
            extractor.input(name, state)
        logits = extractor.extract("y")[1]
        return np.asarray(logits), [extractor.extract(f"{name}_out")[1] for name in sizes.states]

    return Decoder(workload, step, start)


class _Writer:
    """Writes ncnn's text of layers and its binary of weights."""

    def __init__(self, name: str, int8: bool) -> None:
        self._load, self._weights, self._int8 = WORKLOADS[name], weights(name), int8
        self._lines: list[str] = []
        self._blobs: set[str] = set()
        self._data = bytearray()

    def write(self, base: Path) -> None:
        load = self._load
        if load.decodes:
            self._decoder()
        else:
            self._layer("Input", [], ["x0"])
            for layer in range(load.layers):
                outputs = [f"x{layer + 1}", *(f"{s}_out{layer}" for s in load.states)]
                self._recurrent([f"x{layer}"], ["x1"] if load.bidirectional else outputs, layer)
            self._dense("x1" if load.bidirectional else f"h_out{load.layers - 1}")
        text = "\n".join(["7767517", f"{len(self._lines)} {len(self._blobs)}", *self._lines])
        Path(f"{base}.param").write_text(text + "\n", encoding="ascii")
        Path(f"{base}.bin").write_bytes(self._data)

    def _decoder(self) -> None:
        load, table = self._load, self._weights["E"]
        for name in ("token", *load.states):
            self._layer("Input", [], [name])
        options = {0: load.inputs, 1: load.outputs, 2: 0, 3: table.size, **({18: 2} if self._int8 else {})}
        self._layer("Embed", ["token"], ["x0"], options)
        scale = np.array([127 / np.abs(table).max()], np.float32) if self._int8 else None
        self._tagged(table.reshape(1, -1), scale)
        if scale is not None:
            self._plain(scale)
        self._recurrent(["x0", *load.states], ["x1", *(f"{s}_out" for s in load.states)], 0)
        self._dense("x1")

    def _recurrent(self, inputs: list[str], outputs: list[str], layer: int) -> None:
        load = self._load
        ways = ["", "r"] if load.bidirectional else [""]
        parts = [_reordered(load, self._weights, f"{layer}{way}") for way in ways]
        kernel, recurrent, bias = (np.concatenate([part[i] for part in parts]) for i in range(3))
        options = {0: load.units, 1: kernel.size, 2: 2 if load.bidirectional else 0}
        options |= {3: load.units} if load.cell == "lstm" else {}
        options |= {8: 2} if self._int8 else {}
        self._layer(load.cell.upper(), inputs, outputs, options)
        scales = [127 / np.abs(a).max(axis=1) if self._int8 else None for a in (kernel, recurrent)]
        self._tagged(kernel, scales[0])
        self._tagged(bias, None)
        self._tagged(recurrent, scales[1])
        for scale in scales:
            if scale is not None:
                self._plain(scale)

    def _dense(self, hidden: str) -> None:
        matrix = self._weights["D"].T
        # Small ones gain nothing; a state lies between -1 and 1, so 127 is its scale.
        quantize = self._int8 and len(matrix) > 64
        options = {0: len(matrix), 1: 1, 2: matrix.size, **({8: 2} if quantize else {})}
        self._layer("InnerProduct", [hidden], ["y"], options)
        scale = 127 / np.abs(matrix).max(axis=1) if quantize else None
        self._tagged(matrix, scale)
        self._plain(self._weights["d"])
        if scale is not None:
            self._plain(scale)
            self._plain(np.array([127.0]))

    def _layer(self, kind: str, inputs: list[str], outputs: list[str], options: dict[int, int] | None = None) -> None:
        self._blobs.update(outputs)
        words = [kind, f"{kind}{len(self._lines)}", str(len(inputs)), str(len(outputs)), *inputs, *outputs]
        self._lines.append(" ".join([*words, *(f"{key}={value}" for key, value in (options or {}).items())]))

    def _tagged(self, values: Array, scale: Array | None) -> None:
        if scale is None:
            self._data += np.uint32(0).tobytes()
            self._plain(values)
            return
        small = np.clip(np.rint(values * scale[:, None]), -127, 127).astype(np.int8).tobytes()
        self._data += np.uint32(_INT8_TAG).tobytes() + small + b"\0" * (-len(small) % 4)

    def _plain(self, values: Array) -> None:
        self._data += np.ascontiguousarray(values, np.float32).tobytes()


def _reordered(load: Workload, w: dict[str, Array], key: str) -> tuple[Array, Array, Array]:
    """By rows; LSTM input, forget, output, candidate; GRU reset, update, candidate with four biases."""
    kernel, recurrent, bias = w[f"K{key}"], w[f"U{key}"], w[f"B{key}"]
    order = (0, 1, 3, 2) if load.cell == "lstm" else (1, 0, 2)

    def rows(a: Array) -> Array:
        parts = np.split(a, len(order), axis=-1)
        return np.concatenate([parts[i] for i in order], axis=-1).T

    if load.cell == "lstm":
        return rows(kernel), rows(recurrent), rows(bias)
    (z0, r0, n0), (z1, r1, n1) = np.split(bias[0], 3), np.split(bias[1], 3)
    return rows(kernel), rows(recurrent), np.concatenate([r0 + r1, z0 + z1, n0, n1])
