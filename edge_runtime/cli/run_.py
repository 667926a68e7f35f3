"""`edgernn run`: what the model says of the user's input."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.cli.caption_settings import add_caption_arguments, refuse_caption_arguments
from edgernn.edge_runtime.cli.common import add_engine_arguments, open_bundle
from edgernn.edge_runtime.cli.forecast_columns import add_column_arguments
from edgernn.edge_runtime.cli.lm_settings import add_lm_arguments
from edgernn.edge_runtime.cli.translate_settings import add_translate_arguments, refuse_translate_arguments
from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.classify import TextClassifier


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("bundle", metavar="BUNDLE.tflite")
    parser.add_argument(
        "input",
        nargs="*",
        metavar="INPUT",
        help="texts, or a .txt file with one text a line; without any, standard input line by line; for a language "
        "model prompts; without any, standard input as one; "
        "for a bare model .npz files with its inputs by name or .csv files with a row a step; without any, standard "
        "input, a step a line; for a forecaster .csv or .parquet files of series, wide or long; without any, standard "
        "input, a value a line; for a captioner pictures or folders of them",
    )
    parser.add_argument("--horizon", type=int, metavar="N", help="steps ahead (default: all that a forecaster gives)")
    parser.add_argument("--plot", metavar="PNG", help="draw the forecasts (.png, .svg or .pdf)")
    parser.add_argument("--top", type=int, metavar="K", help="show the K most probable labels (default: all)")
    parser.add_argument("--tokens", action="store_true", help="a tagger's texts are words between blanks already")
    parser.add_argument("--html", metavar="FILE", help="write a tagger's answers as a page")
    add_column_arguments(parser)
    add_lm_arguments(parser)
    add_translate_arguments(parser)
    add_caption_arguments(parser)
    add_engine_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document (captioners: a line each)")


def run(args: argparse.Namespace) -> int:
    """Runs the bundle on every input."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.cli.run_arrays import print_stream, run_files, standard_input, stream_lines
    from edgernn.edge_runtime.tasks.caption import ImageCaptioner
    from edgernn.edge_runtime.tasks.classify import TextClassifier
    from edgernn.edge_runtime.tasks.forecast import Forecaster
    from edgernn.edge_runtime.tasks.lm import LanguageModel
    from edgernn.edge_runtime.tasks.tag import SequenceTagger
    from edgernn.edge_runtime.tasks.translate import Translator

    if args.top is not None and args.top < 1:
        raise InputError(f"--top must be 1 or more, not {args.top}")
    model = open_bundle(args)
    if not isinstance(model, Translator):
        refuse_translate_arguments(args, ("n_best",) if isinstance(model, ImageCaptioner) else ())
    if not isinstance(model, ImageCaptioner):
        refuse_caption_arguments(args)
    if not isinstance(model, (LanguageModel, Translator, ImageCaptioner)) and (
        args.prompt is not None or args.next is not None
    ):
        raise InputError(f"{args.bundle}: not a language model: --prompt and --next are for those")
    if isinstance(model, SequenceTagger):
        from edgernn.edge_runtime.cli.run_tag import run_tag

        return run_tag(model, args)
    if args.html or args.tokens:
        raise InputError(f"{args.bundle}: not a tagger: --html and --tokens are for those")
    if isinstance(model, ImageCaptioner):
        from edgernn.edge_runtime.cli.run_caption import run_caption

        return run_caption(model, args)
    if isinstance(model, Translator):
        from edgernn.edge_runtime.cli.run_translate import run_translate

        return run_translate(model, args)
    if isinstance(model, Forecaster):
        from edgernn.edge_runtime.cli.run_forecast import run_forecast

        return run_forecast(model, args)
    if isinstance(model, LanguageModel):
        from edgernn.edge_runtime.cli.run_lm import run_lm

        return run_lm(model, args)
    if not isinstance(model, TextClassifier) and not args.input:
        print_stream(stream_lines(model, standard_input()), args.json)
        return 0
    results = _classify(model, args) if isinstance(model, TextClassifier) else run_files(model, args.input)
    if args.json:
        print_json(results)
    else:
        for line in _lines(results):
            print(line)
    return 0


def _classify(model: TextClassifier, args: argparse.Namespace) -> list[dict[str, Any]]:
    from edgernn.edge_runtime.cli.output import read_text_inputs

    if not args.input and sys.stdin is not None and sys.stdin.isatty():
        print("type a text and press Enter; Ctrl-D ends", file=sys.stderr)
    return [
        {
            "text": text,
            "categories": [{"label": c.label, "score": round(c.score, 6)} for c in model.classify(text)[: args.top]],
        }
        for text in read_text_inputs(args.input)
    ]


def _lines(results: list[dict[str, Any]]) -> list[str]:
    from edgernn.edge_runtime.cli.output import one_line

    lines = []
    for result in results:
        if "categories" in result:
            scores = "  ".join(f"{one_line(c['label'])} {c['score']:.3f}" for c in result["categories"])
            text = one_line(result["text"])
            lines.append(f"{scores}  |  {text if len(text) <= 100 else text[:99] + chr(0x2026)}")
        else:
            lines.extend(f"{result['file']}: {name} = {value}" for name, value in result["outputs"].items())
    return lines
