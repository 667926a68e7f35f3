"""PyTorch on the processor: eager float32, and its dynamic int8 quantization."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from units import Decoder, Sequence, Unit
from workloads import WORKLOADS, Array, Workload, weights

VARIANTS = {"float32": "float32", "dynamic int8": "reduced"}


def load(workload: str, variant: str, folder: Path) -> Unit:
    """See units.py."""
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    model: Any = _Net(workload).eval()
    if variant != "float32":
        kinds = {torch.nn.LSTM, torch.nn.GRU, torch.nn.Linear}
        model = torch.ao.quantization.quantize_dynamic(model, kinds, dtype=torch.qint8)
    sizes = WORKLOADS[workload]
    if not sizes.decodes:
        return Sequence(workload, _guarded(lambda x: model.sequence(torch.from_numpy(x)).numpy()))
    zeros = torch.zeros(1, 1, sizes.units)

    def start(hidden: Array) -> Any:
        first = torch.from_numpy(hidden)[None]
        return (first, zeros) if sizes.cell == "lstm" else first

    def step(token: int, states: Any) -> tuple[Array, Any]:
        logits, after = model.token(torch.tensor([token]), states)
        return logits.numpy(), after

    return Decoder(workload, _guarded(step), start)


def _guarded(call: Any) -> Any:
    def guarded(*arguments: Any) -> Any:
        with torch.inference_mode():
            return call(*arguments)

    return guarded


class _Net(torch.nn.Module):
    def __init__(self, name: str) -> None:
        super().__init__()
        load, w = WORKLOADS[name], weights(name)
        make = torch.nn.LSTM if load.cell == "lstm" else torch.nn.GRU
        self.rnn = make(load.inputs, load.units, load.layers, batch_first=True, bidirectional=load.bidirectional)
        self.dense = torch.nn.Linear(*w["D"].shape)
        self.table = torch.from_numpy(w.get("E", np.zeros((1, 1), np.float32)))
        self._all_steps = load.bidirectional
        with torch.no_grad():
            self.dense.weight.copy_(torch.from_numpy(w["D"].T.copy()))
            self.dense.bias.copy_(torch.from_numpy(w["d"]))
            for layer in range(load.layers):
                _fill(self.rnn, load, w, str(layer), f"l{layer}")
                if load.bidirectional:
                    _fill(self.rnn, load, w, f"{layer}r", f"l{layer}_reverse")

    def sequence(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.rnn(x)[0]
        result: torch.Tensor = self.dense(hidden if self._all_steps else hidden[:, -1])
        return result

    def token(self, token: torch.Tensor, states: Any) -> tuple[torch.Tensor, Any]:
        hidden, after = self.rnn(self.table[token][None], states)
        return self.dense(hidden[0]), after


def _fill(rnn: Any, load: Workload, w: dict[str, Array], key: str, name: str) -> None:
    kernel, recurrent, bias = w[f"K{key}"], w[f"U{key}"], w[f"B{key}"]
    if load.cell == "gru":
        # PyTorch's order is reset, update, candidate.
        kernel, recurrent, bias = (_reset_first(a) for a in (kernel, recurrent, bias))
    biases = (bias, np.zeros_like(bias)) if load.cell == "lstm" else (bias[0], bias[1])
    parts = dict(zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), (kernel.T, recurrent.T, *biases), strict=True))
    for part, value in parts.items():
        getattr(rnn, f"{part}_{name}").copy_(torch.from_numpy(np.ascontiguousarray(value)))


def _reset_first(a: Array) -> Array:
    update, reset, candidate = np.split(a, 3, axis=-1)
    return np.concatenate([reset, update, candidate], axis=-1)
