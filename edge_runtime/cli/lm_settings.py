"""What `edgernn run` takes for language models."""

from __future__ import annotations

import argparse

SETTINGS: tuple[tuple[str, type, str, str], ...] = (
    ("max_tokens", int, "N", "tokens to generate at most (default: 50; translators: 500 a sentence)"),
    ("max_seconds", float, "S", "seconds that it may take at most"),
    ("temperature", float, "T", "0: always the most probable token (default: 0.8)"),
    ("top_k", int, "K", "draw from the K most probable tokens; 0: all (default: 40)"),
    ("top_p", float, "P", "draw from the most probable tokens that add up to P (default: 0.95)"),
    ("min_p", float, "P", "draw from tokens with P times the greatest probability at least (default: 0)"),
    ("repetition_penalty", float, "R", "above 1: repeat less (default: 1)"),
    ("beams", int, "N", "beam search with so many hypotheses (default: 1, none; translators: 4; captioners: 3)"),
    (
        "length_penalty",
        float,
        "A",
        "of the beam search; higher: longer texts (default: 1, or 0.6)",
    ),
    ("seed", int, "N", "the same seed gives the same text (default: another one each time)"),
)


def add_lm_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what only language models take."""
    group = parser.add_argument_group("language models")
    group.add_argument("--prompt", metavar="TEXT", help="go on from this text (or from INPUT, or standard input)")
    group.add_argument("--next", type=int, metavar="K", help="the K most probable next words, instead of a text")
    group.add_argument("--stream", action="store_true", help="show the text as it comes")
    group.add_argument("--stop", action="append", metavar="TEXT", help="end before this text")
    for name, kind, metavar, text in SETTINGS:
        group.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar=metavar, help=text)
    group.add_argument("--adapt", metavar="FILE", help="mix in what the user has written, which is kept in this file")
    group.add_argument("--learn", action="append", metavar="TEXT|FILE", help="add this to the file of --adapt")
    group.add_argument("--forget", action="store_true", help="clear the file of --adapt")
