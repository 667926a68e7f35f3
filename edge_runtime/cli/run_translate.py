"""`edgernn run` for translators: a text in, its translation out, line by line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from edgernn.edge_runtime.cli.output import print_json, read_text_inputs, shown, standard_input_lines
from edgernn.edge_runtime.cli.translate_settings import translate_settings
from edgernn.edge_runtime.decode.settings import with_beams
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tasks.translate import Translator
from edgernn.edge_runtime.translate.options import TranslationOptions, options_from
from edgernn.edge_runtime.translate.outcome import Translation


def run_translate(model: Translator, args: argparse.Namespace) -> int:
    """Translates every text; without any, each line of standard input before the next one is read."""
    settings = translate_settings(args)
    if args.stream and (args.json or settings.get("n_best", 1) > 1 or args.alignment):
        raise InputError("--stream shows one translation as it comes: leave --json, --n-best and --alignment out")
    if not args.stream:
        settings = with_beams(settings, TranslationOptions.beams)
    options_from(settings)
    results: list[dict[str, Any]] = []
    for text in _texts(args):
        if args.stream:
            _stream(model, text, settings)
            continue
        found = model.translate(text, **settings)
        if args.json:
            results.append({"text": text, "translations": [one.to_dict() for one in found]})
        else:
            _print(text, found, settings)
    if args.json:
        print_json(results)
    return 0


def _texts(args: argparse.Namespace) -> Iterator[str]:
    if args.input:
        yield from read_text_inputs(args.input)
        return
    if sys.stdin is not None and sys.stdin.isatty():
        print("type a text and press Enter; Ctrl-D ends", file=sys.stderr)
    yield from standard_input_lines()


def _stream(model: Translator, text: str, settings: dict[str, Any]) -> None:
    for part in model.translate(text, stream=True, **settings):
        print(shown(part), end="", flush=True)
    print(flush=True)


def _print(text: str, found: list[Translation], settings: dict[str, Any]) -> None:
    for one in found:
        line = shown(one.text)
        print(f"{one.score:.4f}\t{line}" if "n_best" in settings else line)
        if one.alignment:
            print(
                "  ".join(f"{shown(text[slice(*n.source)])}={shown(one.text[slice(*n.target)])}" for n in one.alignment)
            )
    sys.stdout.flush()
