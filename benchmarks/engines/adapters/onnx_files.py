"""Writes the workloads with ONNX's own LSTM and GRU operators, as exporters do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from workloads import WORKLOADS, Array, Workload, weights


def onnx_file(name: str, folder: Path) -> Path:
    """The workload as a file, made where it is missing: "x" or "token" and states in; "y" and states out."""
    path = folder / f"{name}.onnx"
    if not path.exists():
        import onnx

        onnx.save(_Graph(name).model(), path)
    return path


class _Graph:
    def __init__(self, name: str) -> None:
        self._name, self._load, self._weights = name, WORKLOADS[name], weights(name)
        self._constants: list[Any] = []
        self._nodes: list[Any] = []

    def model(self) -> Any:
        from onnx import checker, helper

        inputs, outputs = self._decoder() if self._load.decodes else self._sequence()
        graph = helper.make_graph(self._nodes, self._name, inputs, outputs, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        checker.check_model(model)
        return model

    def _sequence(self) -> tuple[list[Any], list[Any]]:
        load = self._load
        self._node("Transpose", ["x"], ["x0"], perm=[1, 0, 2])
        for layer in range(load.layers):
            all_steps, last, *_ = self._recurrent(f"x{layer}", layer, [])
            if layer + 1 < load.layers:
                self._node("Squeeze", [all_steps, self._constant("axis", np.array([1]))], [f"x{layer + 1}"])
        if load.bidirectional:
            shape = self._constant("shape", np.array([load.steps, 2 * load.units]))
            self._node("Reshape", [all_steps, shape], ["hidden"])
        else:
            self._node("Squeeze", [last, self._constant("first", np.array([0]))], ["hidden"])
        self._dense()
        rows = load.steps if load.bidirectional else 1
        return [_float("x", [1, load.steps, load.inputs])], [_float("y", [rows, load.outputs])]

    def _decoder(self) -> tuple[list[Any], list[Any]]:
        from onnx import TensorProto, helper

        load, shape = self._load, [1, 1, self._load.units]
        self._node("Gather", [self._constant("E", self._weights["E"]), "token"], ["row"], axis=0)
        axis = self._constant("axis", np.array([0]))
        self._node("Unsqueeze", ["row", axis], ["x0"])
        _, last, *rest = self._recurrent("x0", 0, list(load.states))
        self._node("Squeeze", [last, axis], ["hidden"])
        self._dense()
        inputs = [helper.make_tensor_value_info("token", TensorProto.INT64, [1])]
        return (
            [*inputs, *(_float(s, shape) for s in load.states)],
            [_float("y", [1, load.outputs]), *(_float(s, shape) for s in (last, *rest))],
        )

    def _recurrent(self, x: str, layer: int, states: list[str]) -> list[str]:
        load = self._load
        ways = ["", "r"] if load.bidirectional else [""]
        parts = [_reordered(load, self._weights, f"{layer}{way}") for way in ways]
        given = [self._constant(f"{n}{layer}", np.stack([p[i] for p in parts])) for i, n in enumerate("WRB")]
        outputs = [f"{name}{layer}" for name in ("all", "h_out", "c_out")[: 1 + len(load.states)]]
        options = {"linear_before_reset": 1} if load.cell == "gru" else {}
        direction = "bidirectional" if load.bidirectional else "forward"
        before = ["", *states] if states else []
        self._node(
            load.cell.upper(), [x, *given, *before], outputs, hidden_size=load.units, direction=direction, **options
        )
        return outputs

    def _dense(self) -> None:
        self._node("Gemm", ["hidden", *(self._constant(n, self._weights[n]) for n in "Dd")], ["y"])

    def _constant(self, name: str, value: Array) -> str:
        from onnx import numpy_helper

        if all(constant.name != name for constant in self._constants):
            self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(self, operator: str, inputs: list[str], outputs: list[str], **options: Any) -> None:
        from onnx import helper

        self._nodes.append(helper.make_node(operator, inputs, outputs, **options))


def _reordered(load: Workload, w: dict[str, Array], key: str) -> tuple[Array, Array, Array]:
    """Kernel, recurrent kernel and both biases by rows, as ONNX has them; LSTM input, output, forget, candidate."""
    kernel, recurrent, bias = w[f"K{key}"], w[f"U{key}"], w[f"B{key}"]
    if load.cell == "gru":
        return kernel.T, recurrent.T, bias.reshape(-1)
    order = (0, 3, 1, 2)
    kernel, recurrent, bias = (
        np.concatenate([np.split(a, 4, axis=-1)[i] for i in order], axis=-1) for a in (kernel, recurrent, bias)
    )
    return kernel.T, recurrent.T, np.concatenate([bias, np.zeros_like(bias)])


def _float(name: str, shape: list[int]) -> Any:
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
