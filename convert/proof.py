"""The proof: the artifact, run by the runtime that ships, against Keras."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgernn.convert.recipes import Recipe
from edgernn.convert.request import Arrays
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import ProofSpec, QualitySpec


def run_artifact(model: Model, cases: Sequence[Arrays]) -> list[Arrays]:
    """The artifact's outputs, by case."""
    return [model.run(case) for case in cases]


def compare(keras: Sequence[Arrays], artifact: Sequence[Arrays]) -> ProofSpec:
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
    )


def check_proof(proof: ProofSpec, recipe: Recipe) -> list[str]:
    """What exceeds the recipe's bounds, one sentence each."""
    failures = []
    if not proof.max_error <= recipe.bounds.max_error * proof.scale:
        failures.append(
            f"greatest error {proof.max_error:.3g} exceeds {recipe.bounds.max_error:.3g} of the scale {proof.scale:.3g}"
        )
    if not proof.mean_error <= recipe.bounds.mean_error * proof.scale:
        failures.append(
            f"mean error {proof.mean_error:.3g} exceeds {recipe.bounds.mean_error:.3g} of the scale {proof.scale:.3g}"
        )
    return failures


def check_quality(quality: QualitySpec | None, metric: str | None, max_drop: float) -> list[str]:
    """Whether the task's metric fell by more than `max_drop` points (hundredths)."""
    if quality is None or metric is None:
        return []
    drop = 100.0 * (quality.keras[metric] - quality.artifact[metric])
    if drop <= max_drop + 1e-9:
        return []
    return [
        f"{metric} fell by {drop:.2f} points ({quality.keras[metric]:.4f} in Keras, {quality.artifact[metric]:.4f} "
        f"here), {max_drop:g} are allowed: choose a finer recipe, or allow more with --max-drop"
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
