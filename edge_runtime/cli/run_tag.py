"""`edgernn run` for taggers: texts with their entities, as lines, JSON or a page."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from edgernn.edge_runtime.cli.output import one_line, print_json, print_table, read_text_inputs
from edgernn.edge_runtime.files import write_text
from edgernn.edge_runtime.tag.column import joined
from edgernn.edge_runtime.tag.outcome import Tagging
from edgernn.edge_runtime.tag.page import page_of
from edgernn.edge_runtime.tag.pieces import pieces_of, places_of
from edgernn.edge_runtime.tasks.tag import SequenceTagger

# Foregrounds that are legible on light and dark terminals alike.
_COLOURS = (34, 32, 35, 36, 31, 33)
_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def run_tag(model: SequenceTagger, args: argparse.Namespace) -> int:
    """Labels every text; without any, each line of standard input."""
    if not args.input and sys.stdin is not None and sys.stdin.isatty():
        print("type a text and press Enter; Ctrl-D ends", file=sys.stderr)
    texts = read_text_inputs(args.input)
    found = model.tag_many(text.split() if args.tokens else text for text in texts)
    if args.html:
        write_text(args.html, page_of(Path(args.bundle).stem, found))
    if args.json:
        print_json([tagging.to_dict() for tagging in found])
        return 0
    view = TerminalView(model, _has_colours())
    for tagging in found:
        view.show(tagging)
    if args.html:
        print(f"wrote {args.html}")
    return 0


class TerminalView:
    """Prints a text on a line with its entities marked; where there are other columns, a table of the words below it.

    Args:
      model: whose labels have the colours.
      colours: whether the terminal shows them; otherwise brackets mark the entities.
    """

    def __init__(self, model: SequenceTagger, colours: bool) -> None:
        self._colours = colours
        self._entities = set(model.task.entity_columns)
        columns = model.columns.values()
        self._places = places_of(label.partition("-")[2] or label for c in columns for label in c.labels)

    def show(self, tagging: Tagging) -> None:
        """Prints one text."""
        columns = list(tagging[0].labels) if tagging else []
        others = [name for name in columns if name not in self._entities]
        if not self._entities and len(columns) == 1:
            print(" ".join(f"{one_line(token.text)}{self._faint('/' + token.label)}" for token in tagging))
            return
        if self._entities or not columns:
            parts = pieces_of(tagging.text, tagging.entities)
            print("".join(one_line(text) if e is None else self._marked(text, e.label) for text, e in parts))
        if others:
            rows = [[token.text, *(joined(token.labels[name]) for name in columns)] for token in tagging]
            print_table(rows, ["word", *columns], range(len(columns) + 1))

    def _marked(self, text: str, label: str) -> str:
        text, label = one_line(text), one_line(label)
        if not self._colours:
            return f"[{text} {label}]"
        colour = f"\x1b[{_COLOURS[self._places.get(label, 0) % len(_COLOURS)]}m"
        return f"{_BOLD}{colour}{text}{_PLAIN}{colour} {label}{_PLAIN}"

    def _faint(self, text: str) -> str:
        text = one_line(text)
        return f"{_FAINT}{text}{_PLAIN}" if self._colours else text


def _has_colours() -> bool:
    """See no-color.org."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
