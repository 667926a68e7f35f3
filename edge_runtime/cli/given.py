"""Which options of a command were given, and whether they are for the model at hand."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from edgernn.edge_runtime.cli.lm_settings import SETTINGS
from edgernn.edge_runtime.errors import InputError

# Of a language model's settings those that translators and captioners have too.
_SHARED = ("max_tokens", "max_seconds", "beams", "length_penalty")
_LANGUAGE_MODELS = tuple(name for name, *_ in SETTINGS if name not in _SHARED)
_THEIR_INPUTS = ("prompt", "next", "stop", "adapt", "learn")


def given_settings(args: argparse.Namespace, kind: str, own: Sequence[str]) -> dict[str, Any]:
    """The settings that were given.

    Args:
      args: of the command.
      kind: of the model, for the message.
      own: settings that it has beside those that it shares with language models.

    Raises:
      InputError: one of them is for language models.
    """
    inputs = [name for name in _THEIR_INPUTS if getattr(args, name, None)]
    if strange := given_flags(args, (*_LANGUAGE_MODELS, *inputs)):
        raise InputError(f"{args.bundle}: a {kind}, and {strange}: for language models only")
    values = {name: getattr(args, name, None) for name in (*_SHARED, *own)}
    return {name: value for name, value in values.items() if _is_given(value)}


def refuse_flags(args: argparse.Namespace, kind: str, names: Iterable[str]) -> None:
    """Raises InputError where an option of such models was given for another one."""
    if given := given_flags(args, names):
        raise InputError(f"{args.bundle}: not a {kind}: {given}: for those only")


def given_flags(args: argparse.Namespace, names: Iterable[str]) -> str:
    """Those of the options that were given, as they are typed; "" where none was."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in names if _is_given(getattr(args, name, None)))


def _is_given(value: object) -> bool:
    """Whether the user gave an option: 0 is a value, a switch that is off is none."""
    return value is not None and value is not False
