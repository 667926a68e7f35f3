"""Chooses a lowering, and says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edgernn.convert.errors import ConversionError
from edgernn.convert.lowerings.base import Lowering, LoweringRequest
from edgernn.convert.lowerings.registry import LOWERINGS


def choose_lowering(
    request: LoweringRequest, name: str = "auto", refused: Mapping[str, str] | None = None
) -> tuple[Lowering, str]:
    """The lowering of this name, or for "auto" the cheapest one that can lower the model.

    Args:
      request: the model.
      name: of the lowering, or "auto".
      refused: reasons of the recipe's against lowerings, by name.

    Returns:
      The lowering and the reason for it, one sentence.

    Raises:
      ConversionError: unknown name, or it (or, for "auto", every one) cannot lower the model.
    """
    if name != "auto" and name not in LOWERINGS:
        raise ConversionError(f"unknown lowering {name!r}: choose one of auto, {', '.join(LOWERINGS)}")
    candidates = [lowering for key, lowering in LOWERINGS.items() if name in ("auto", key)]
    refusals = {lowering.name: lowering.obstacles(request) for lowering in candidates}
    for key, why in (refused or {}).items():
        if key in refusals:
            refusals[key] = (*refusals[key], why)
    possible = [lowering for lowering in candidates if not refusals[lowering.name]]
    if not possible:
        raise ConversionError(_by_reason(refusals))
    if name != "auto":
        return possible[0], "chosen by hand"
    costs = {lowering.name: lowering.cost(request) for lowering in possible}
    best = min(possible, key=lambda lowering: costs[lowering.name])
    ranking = ", ".join(f"{key} {cost:.0f}" for key, cost in sorted(costs.items(), key=lambda item: item[1]))
    ruled_out = "".join(f"; not {line}" for line in _by_reason({key: why[:1] for key, why in refusals.items()}))
    return best, f"lowest estimated cost (us): {ranking}{ruled_out}"


def _by_reason(refusals: Mapping[str, Sequence[str]]) -> list[str]:
    """One "names: reason" for every reason, lowerings that share one named together."""
    names: dict[str, list[str]] = {}
    for name, reasons in refusals.items():
        for reason in reasons:
            names.setdefault(reason, []).append(name)
    return [f"{', '.join(group)}: {reason}" for reason, group in names.items()]
