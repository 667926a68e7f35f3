"""The six workloads: sizes, weights, inputs, and what they compute in float64 NumPy.

Weights use Keras's layout: kernel [inputs, gates * units], recurrent kernel [units, gates * units]; LSTM gates in the
order input, forget, candidate, output with one bias; GRU gates update, reset, candidate with reset_after and a bias of
two rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Weights = dict[str, Array]

LANGUAGE_TOKENS, CAPTION_TOKENS = 200, 20


@dataclass(frozen=True)
class Workload:
    """Sizes of one workload.

    Attributes:
      title: what it is, for the table.
      cell: "lstm" or "gru".
      inputs: features of a step, or width of the embedding.
      units: of every recurrent layer.
      outputs: of the dense layer behind it.
      steps: length of the sequence, or tokens that are decoded.
      layers: recurrent layers, one upon the other.
      bidirectional: both directions, with an output a step.
      decodes: one token after the other, by embedding, cell, dense and argmax.
    """

    title: str
    cell: str
    inputs: int
    units: int
    outputs: int
    steps: int
    layers: int = 1
    bidirectional: bool = False
    decodes: bool = False

    @property
    def states(self) -> tuple[str, ...]:
        """Names of a layer's states."""
        return ("h", "c") if self.cell == "lstm" else ("h",)


WORKLOADS = {
    "W1": Workload("LSTM 128, input 64, 100 steps, dense 10 on the last", "lstm", 64, 128, 10, 100),
    "W2": Workload("2 x LSTM 512, input 256, 50 steps, dense 10 on the last", "lstm", 256, 512, 10, 50, layers=2),
    "W3": Workload("GRU 256, input 128, 100 steps, dense 10 on the last", "gru", 128, 256, 10, 100),
    "W4": Workload(
        "language model: a token of 200, GRU 512, 10,000 words", "gru", 256, 512, 10_000, LANGUAGE_TOKENS, decodes=True
    ),
    "W5": Workload(
        "caption decoder: a token of 20, LSTM 512, 8,000 words", "lstm", 256, 512, 8_000, CAPTION_TOKENS, decodes=True
    ),
    "W6": Workload("bidirectional LSTM 2 x 128, input 100, 40 steps", "lstm", 100, 128, 9, 40, bidirectional=True),
}


@cache
def weights(name: str) -> Weights:
    """The same ones in every engine: K, U, B by layer ("K0", ...; backwards "K0r"), dense D and d, embedding E."""
    load = WORKLOADS[name]
    generator = np.random.default_rng(1000 + int(name[1]))
    found: Weights = {}
    if load.decodes:
        found["E"] = generator.uniform(-1, 1, (load.outputs, load.inputs)).astype(np.float32)
    for layer in range(load.layers):
        width = load.inputs if layer == 0 else load.units
        for suffix in ("", "r") if load.bidirectional else ("",):
            found.update(_layer(generator, load, width, f"{layer}{suffix}"))
    width = load.units * (2 if load.bidirectional else 1)
    scale = 1 / np.sqrt(width)
    # Words must differ clearly, or the argmax would be a matter of rounding.
    found["D"] = (generator.uniform(-scale, scale, (width, load.outputs)) * (4 if load.decodes else 1)).astype("f4")
    found["d"] = generator.uniform(-scale, scale, load.outputs).astype("f4")
    return found


def _layer(generator: np.random.Generator, load: Workload, width: int, key: str) -> Weights:
    gates = 4 if load.cell == "lstm" else 3
    scale = 1 / np.sqrt(load.units)
    bias = (gates * load.units,) if load.cell == "lstm" else (2, gates * load.units)
    return {
        f"K{key}": generator.uniform(-scale, scale, (width, gates * load.units)).astype(np.float32),
        f"U{key}": generator.uniform(-1.5 * scale, 1.5 * scale, (load.units, gates * load.units)).astype(np.float32),
        f"B{key}": generator.uniform(-scale, scale, bias).astype(np.float32),
    }


@cache
def sequence(name: str) -> Array:
    """The input of a workload that decodes nothing: float32 [1, steps, inputs]."""
    load = WORKLOADS[name]
    generator = np.random.default_rng(2000 + int(name[1]))
    return generator.standard_normal((1, load.steps, load.inputs)).astype(np.float32)


@cache
def tokens(name: str) -> list[int]:
    """W4: the tokens that are fed. W5: the first token, then those that the reference decodes."""
    load = WORKLOADS[name]
    if name == "W4":
        return [int(t) for t in np.random.default_rng(2004).integers(0, load.outputs, load.steps)]
    return [1, *(int(t) for t in reference(name)["tokens"][:-1])]


@cache
def first_state(name: str) -> Array:
    """The state h before the first token, float32 [1, units]: zeros, or a picture's (W5)."""
    units = WORKLOADS[name].units
    if name == "W5":
        return np.tanh(np.random.default_rng(2005).standard_normal((1, units))).astype(np.float32)
    return np.zeros((1, units), np.float32)


@cache
def reference(name: str) -> dict[str, Array]:
    """In float64: "y" [.., outputs], and for W5 also the "tokens" that greedy decoding gives."""
    load = WORKLOADS[name]
    w = {key: value.astype(np.float64) for key, value in weights(name).items()}
    if load.decodes:
        return _decoded(name, load, w)
    x = sequence(name)[0].astype(np.float64)
    if load.bidirectional:
        both = [_run(load, w, "0", x), _run(load, w, "0r", x[::-1])[::-1]]
        return {"y": np.concatenate(both, axis=1) @ w["D"] + w["d"]}
    for layer in range(load.layers):
        x = _run(load, w, str(layer), x)
    return {"y": x[-1:] @ w["D"] + w["d"]}


def _decoded(name: str, load: Workload, w: Weights) -> dict[str, Array]:
    states: tuple[Array, ...] = (first_state(name).astype(np.float64), np.zeros((1, load.units)))[: len(load.states)]
    logits, found = [], []
    token = 1
    for step in range(load.steps):
        token = tokens(name)[step] if name == "W4" else token
        states = _step(load, w, "0", w["E"][token][None] @ w["K0"], states)
        logits.append(states[0] @ w["D"] + w["d"])
        token = int(logits[-1].argmax())
        found.append(token)
    return {"y": np.concatenate(logits), "tokens": np.array(found)}


def _run(load: Workload, w: Weights, key: str, x: Array) -> Array:
    states = tuple(np.zeros((1, load.units)) for _ in load.states)
    outputs = []
    for projected in x @ w[f"K{key}"]:
        states = _step(load, w, key, projected[None], states)
        outputs.append(states[0])
    return np.concatenate(outputs)


def _step(load: Workload, w: Weights, key: str, projected: Array, states: tuple[Array, ...]) -> tuple[Array, ...]:
    hidden, bias = states[0], w[f"B{key}"]
    recurrent = hidden @ w[f"U{key}"]
    if load.cell == "lstm":
        i, f, g, o = np.split(projected + recurrent + bias, 4, axis=1)
        cell = _sigmoid(f) * states[1] + _sigmoid(i) * np.tanh(g)
        return _sigmoid(o) * np.tanh(cell), cell
    (xz, xr, xn), (hz, hr, hn) = np.split(projected + bias[0], 3, axis=1), np.split(recurrent + bias[1], 3, axis=1)
    update = _sigmoid(xz + hz)
    proposal = np.tanh(xn + _sigmoid(xr + hr) * hn)
    return (update * hidden + (1 - update) * proposal,)


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))
