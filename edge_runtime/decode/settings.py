"""Checks what users set of a search, alike for every task that writes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from edgernn.edge_runtime.errors import InputError

Options = TypeVar("Options")


def check_settings(
    options: Any, whole: Mapping[str, tuple[int, int]], ranges: Mapping[str, tuple[float, float]]
) -> None:
    """Checks the values of a dataclass with the fields beams, n_best and max_seconds among others.

    Args:
      options: the values; `max_seconds` may be None.
      whole: the least and greatest value of whole numbers, by name.
      ranges: as `whole`, of other numbers.

    Raises:
      InputError: naming every value that is out of its range.
    """
    faults = [
        f"{name} must be a whole number between {low} and {high}, not {getattr(options, name)!r}"
        for name, (low, high) in whole.items()
        if not _is_number(getattr(options, name), int) or not low <= getattr(options, name) <= high
    ]
    faults += [
        f"{name} must lie between {low:g} and {high:g}, not {getattr(options, name)!r}"
        for name, (low, high) in ranges.items()
        if not _is_number(getattr(options, name), (int, float)) or not low <= getattr(options, name) <= high
    ]
    seconds = options.max_seconds
    if seconds is not None and not (_is_number(seconds, (int, float)) and 0 <= seconds < math.inf):
        faults.append(f"max_seconds must be 0 or more, not {seconds!r}")
    if not faults and options.n_best > options.beams:
        faults.append(f"n_best ({options.n_best}) must not exceed beams ({options.beams})")
    if faults:
        raise InputError("; ".join(faults))


def settings_as(kind: type[Options], settings: Mapping[str, object]) -> Options:
    """The options of this kind, a dataclass, that these settings make.

    Raises:
      InputError: a setting is unknown or out of its range.
    """
    known: Mapping[str, object] = kind.__dataclass_fields__  # type: ignore[attr-defined]
    if unknown := sorted(set(settings) - set(known)):
        raise InputError(f"unknown setting {', '.join(unknown)}: there are {', '.join(known)}")
    return kind(**settings)


def with_beams(settings: Mapping[str, Any], default: int) -> dict[str, Any]:
    """The settings with a beam: where none is given, as many hypotheses as texts are wanted, but `default` at least."""
    found = dict(settings)
    found.setdefault("beams", max(default, found.get("n_best", 1)))
    return found


def _is_number(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
