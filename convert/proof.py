"""The proof: the artifact, run by the runtime that ships, against Keras."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from edgernn.convert.recipes import Bounds
from edgernn.convert.request import Arrays, Rounding
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.forecast.metrics import ERRORS as FORECAST_ERRORS
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import ProofSpec, QualitySpec
from edgernn.edge_runtime.spec.tensors import ExecutionSpec

# Of these, less is better; a loss is counted in percent of what it was.
ERRORS = (*FORECAST_ERRORS, "perplexity", "nats")
# A sequence of operations rounds more than once; this many last bits are a correct computation's own.
_ROUNDINGS = 16.0


def run_artifact(model: Model, cases: Sequence[Arrays]) -> list[Arrays]:
    """The artifact's outputs, by case; a case that holds states starts from them."""
    return [model.run(*split_states(model.manifest.execution, case)) for case in cases]


def split_states(execution: ExecutionSpec, case: Arrays) -> tuple[Arrays, Arrays | None]:
    """The inputs of a case, and the states that it starts from (None: zeros)."""
    names = {state.name for state in execution.states}
    states = {name: array for name, array in case.items() if name in names}
    return {name: array for name, array in case.items() if name not in names}, states or None


def compare(
    execution: ExecutionSpec, cases: Sequence[Arrays], keras: Sequence[Arrays], artifact: Sequence[Arrays]
) -> ProofSpec:
    """Errors over all outputs of all cases; NaN or a wrong shape count as infinite."""
    pairs = [(k[name], a[name]) for k, a in zip(keras, artifact, strict=True) for name in k]
    errors = [_errors(expected, found) for expected, found in pairs]
    flat = np.concatenate([error.ravel() for error in errors]) if errors else np.zeros(1)
    scale = max((_scale(expected) for expected, _ in pairs), default=0.0)
    return ProofSpec(
        cases=len(keras),
        max_error=float(flat.max(initial=0.0)),
        mean_error=float(flat.mean()),
        scale=scale or 1.0,
        argmax_agreement=_agreement(pairs),
        from_states=sum(split_states(execution, case)[1] is not None for case in cases),
        longest=max((_length(execution, case) for case in cases), default=0),
    )


def drift(
    execution: ExecutionSpec, cases: Sequence[Arrays], keras: Sequence[Arrays], artifact: Sequence[Arrays]
) -> list[tuple[int, float]]:
    """The greatest error by time step (outputs that are sequences) or by the input's length (others)."""
    by_step: dict[int, float] = {}
    for case, expected, found in zip(cases, keras, artifact, strict=True):
        for name in expected:
            errors = _errors(expected[name], found[name])
            steps: Iterable[tuple[int, float]]
            if name in execution.sequence_outputs and errors.ndim >= 2:
                steps = enumerate(errors.max(axis=tuple(i for i in range(errors.ndim) if i != 1)), 1)
            else:
                steps = [(_length(execution, case), errors.max(initial=0.0))]
            for step, error in steps:
                by_step[step] = max(by_step.get(step, 0.0), float(error))
    return sorted(by_step.items())


def _length(execution: ExecutionSpec, case: Arrays) -> int:
    return max((case[name].shape[1] for name in execution.sequence_inputs), default=0)


def check_proof(
    proof: ProofSpec, bounds: Bounds, rounding: Rounding, drifted: Sequence[tuple[int, float]] = ()
) -> list[str]:
    """What exceeds the bounds, one sentence each.

    Args:
      proof: what was measured.
      bounds: the recipe's.
      rounding: errors that a correct computation may have too, because the model amplifies rounding.
      drifted: `drift`'s figures, for where it began.
    """
    limit = max(bounds.max_error * proof.scale, _ROUNDINGS * rounding.max_error)
    mean_limit = max(bounds.mean_error * proof.scale, _ROUNDINGS * rounding.mean_error)
    failures = []
    if not proof.max_error <= limit:
        first = next((step for step, error in drifted if not error <= limit), None)
        since = f", first at step {first}" if first else ""
        failures.append(f"greatest error {proof.max_error:.3g} exceeds {limit:.3g} (scale {proof.scale:.3g}){since}")
    if not proof.mean_error <= mean_limit:
        failures.append(f"mean error {proof.mean_error:.3g} exceeds {mean_limit:.3g} (scale {proof.scale:.3g})")
    return failures


def check_quality(quality: QualitySpec | None, metric: str | None, max_drop: float) -> list[str]:
    """Whether the task's metric became worse by more than `max_drop`.

    It counts points (hundredths) of a metric that should be high, and percent of an error.
    """
    if quality is None or metric is None:
        return []
    keras, artifact = quality.keras[metric], quality.artifact[metric]
    is_error = metric in ERRORS
    loss = 100.0 * (artifact / keras - 1.0 if is_error else keras - artifact)
    if loss <= max_drop + 1e-9:
        return []
    changed = f"rose by {loss:.2f} percent" if is_error else f"fell by {loss:.2f} points"
    return [
        f"{metric} {changed} ({keras:.4f} in Keras, {artifact:.4f} here), {max_drop:g} are allowed: choose a finer "
        "recipe, or allow more with --max-drop"
    ]


def _errors(expected: Array, found: Array) -> Array:
    if expected.shape != found.shape:
        return np.full(expected.shape or (1,), np.inf)
    wanted, given = expected.astype(np.float64), found.astype(np.float64)
    with np.errstate(invalid="ignore"):
        difference = np.where(np.isfinite(wanted), np.abs(wanted - given), np.inf)
    # Where Keras itself overflows, the artifact must too: any other value would be made up.
    alike = ~np.isfinite(wanted) & ~np.isfinite(given)
    return np.where(alike, 0.0, np.where(np.isnan(difference), np.inf, difference))


def _scale(expected: Array) -> float:
    values = np.abs(expected.astype(np.float64))
    return float(values[np.isfinite(values)].max(initial=0.0))


def _agreement(pairs: Sequence[tuple[Array, Array]]) -> float | None:
    agreed = [
        np.asarray(expected.argmax(axis=-1) == found.argmax(axis=-1)).ravel()
        for expected, found in pairs
        if expected.ndim >= 2 and expected.shape[-1] >= 2 and expected.shape == found.shape
    ]
    return float(np.concatenate(agreed).mean()) if agreed else None
