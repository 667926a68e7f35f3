"""Lowers a Keras model in this process, and runs the result from any states."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from edgernn.convert.export import export_tflite
from edgernn.convert.graph.causality import follow_time
from edgernn.convert.keras_model import describe_inputs, describe_outputs
from edgernn.convert.lowerings import Lowered, LoweringRequest, choose_lowering
from edgernn.convert.ops import list_ops
from edgernn.convert.recipes import find_recipe
from edgernn.convert.targets import check_ops, find_target
from edgernn.edge_runtime.engines import EngineOptions, Stream, open_model
from edgernn.edge_runtime.spec.manifest import OpSpec


@dataclasses.dataclass(frozen=True)
class LoweredModel:
    """A lowered model as the runtime sees it."""

    lowered: Lowered
    data: bytes
    ops: tuple[OpSpec, ...]

    def stream(self, engine: str | None = None) -> Stream:
        return open_model(self.data, self.lowered.execution, EngineOptions(), engine)[0].stream()


def request_for(model: Any, always_real: bool = False, max_length: int | None = 24) -> LoweringRequest:
    inputs, outputs = describe_inputs(model), describe_outputs(model)
    causality = follow_time(model, tuple(t.name for t in outputs))
    return LoweringRequest(model, inputs, outputs, causality, always_real, max_length)


def lower(
    model: Any, name: str = "auto", recipe: str = "float32", target: str = "litert", **options: Any
) -> LoweredModel:
    request = request_for(model, **options)
    lowering, reason = choose_lowering(request, name)
    lowered = lowering.lower(request, reason)
    data = export_tflite(model, lowered.signatures, (), find_recipe(recipe), find_target(target), lambda stage: None)
    ops = list_ops(data)
    check_ops(ops, find_target(target))
    return LoweredModel(lowered, data, ops)


def randomize(model: Any, seed: int = 0) -> Any:
    """Weights large enough that every gate matters; biases too, which Keras starts at zero."""
    generator = np.random.default_rng(seed)
    model.set_weights([(generator.standard_normal(w.shape) * 0.4).astype(np.float32) for w in model.get_weights()])
    return model
