"""What `edgernn run` and `edgernn eval` take for translators, beside what they share with language models."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from edgernn.edge_runtime.cli.given import given_settings, refuse_flags

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


def refuse_translate_arguments(args: argparse.Namespace, but: Sequence[str] = ()) -> None:
    """Raises InputError where a setting of translators, `but` these, was given for another model."""
    refuse_flags(args, "translator", [name for name in _OWN if name not in but])
