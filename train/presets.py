"""Presets with the user's choices, checked."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from edgernn.edge_runtime.errors import InputError

T = TypeVar("T")


def chosen_from(presets: Mapping[str, T], preset: str, chosen: Mapping[str, Any]) -> T:
    """A preset with the user's choices (those that are not None).

    Raises:
      InputError: an unknown preset.
    """
    if preset not in presets:
        raise InputError(f"--preset {preset}: choose one of {', '.join(presets)}")
    given = {name: value for name, value in chosen.items() if value is not None}
    return replace(presets[preset], **given)  # type: ignore[type-var]


def check_values(
    options: object, ranges: Mapping[str, tuple[float, float]], allowed: Mapping[str, Sequence[str]]
) -> None:
    """Refuses what lies out of its range, and words that mean nothing.

    Raises:
      InputError: names the first such option, as it is written on the command line.
    """
    for name, (low, high) in ranges.items():
        value = getattr(options, name)
        if not low <= value <= high:
            raise InputError(f"--{name.replace('_', '-')} must lie between {low:g} and {high:g}, not {value}")
    for name, words in allowed.items():
        if getattr(options, name) not in words:
            raise InputError(f"--{name} must be one of {', '.join(words)}, not {getattr(options, name)}")


def add_numbers(
    parser: argparse.ArgumentParser, numbers: Sequence[tuple[str, type, str]], values: Mapping[str, object]
) -> None:
    """Declares an option for each number of a training.

    Args:
      parser: of the command.
      numbers: name of the field, type, and what it is.
      values: what the help shows, by what it is called: the presets, or one thing alone.
    """
    for name, kind, text in numbers:
        flag = f"--{name.replace('_', '-')}"
        shown = ", ".join(f"{called} {getattr(one, name)}" for called, one in values.items())
        parser.add_argument(flag, type=kind, metavar="N", help=f"{text} ({shown})")


def chosen_by(args: argparse.Namespace, kind: Any) -> dict[str, Any]:
    """What the user chose of the fields of `kind`, a dataclass; None where nothing."""
    return {field.name: getattr(args, field.name, None) for field in fields(kind)}
