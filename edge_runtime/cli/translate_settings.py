"""What `edgernn run` and `edgernn eval` take for translators, beside what they share with language models."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from edgernn.edge_runtime.cli.lm_settings import SETTINGS
from edgernn.edge_runtime.errors import InputError

# Of a language model's settings those that translators have too.
_SHARED = ("max_tokens", "max_seconds", "beams", "length_penalty")
_OWN = ("n_best", "coverage_penalty", "max_ratio", "alignment")


def add_translate_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what only translators take."""
    group = parser.add_argument_group("translators", "see also --beams, --length-penalty, --max-tokens and --stream")
    group.add_argument("--n-best", type=int, metavar="K", help="show the K best translations or captions (default: 1)")
    group.add_argument("--coverage-penalty", type=float, metavar="B", help="above 0: leave nothing of the source out")
    group.add_argument("--max-ratio", type=float, metavar="R", help="tokens for each of the source's (default: 2)")
    group.add_argument("--alignment", action="store_true", help="show which word each word came from")


def translate_settings(args: argparse.Namespace) -> dict[str, Any]:
    """As `given_settings`."""
    return given_settings(args, "translator", _OWN)


def given_settings(args: argparse.Namespace, kind: str, own: Sequence[str]) -> dict[str, Any]:
    """The settings that were given.

    Args:
      args: of the command.
      kind: of the model, for the message.
      own: settings that it has beside those that it shares with language models.

    Raises:
      InputError: one of them is for language models.
    """
    strange = [name for name, *_ in SETTINGS if name not in _SHARED and getattr(args, name, None) is not None]
    strange += [name for name in ("prompt", "next", "stop", "adapt", "learn") if getattr(args, name, None)]
    if strange:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in strange)
        raise InputError(f"{args.bundle}: a {kind}, and {options}: for language models only")
    values = {name: getattr(args, name, None) for name in (*_SHARED, *own)}
    return {name: value for name, value in values.items() if _is_given(value)}


def refuse_translate_arguments(args: argparse.Namespace, but: Sequence[str] = ()) -> None:
    """Raises InputError where a setting of translators, `but` these, was given for another model."""
    if given := [name for name in _OWN if name not in but and _is_given(getattr(args, name, None))]:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise InputError(f"{args.bundle}: not a translator: {options}: for those only")


def _is_given(value: object) -> bool:
    """Whether the user gave an option: 0 is a value, a switch that is off is none."""
    return value is not None and value is not False
