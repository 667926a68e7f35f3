"""`edgernn eval`: the task's metric of the artifact that ships."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.cli.common import add_engine_arguments, open_bundle
from edgernn.edge_runtime.cli.forecast_columns import add_column_arguments
from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.evaluate import Evaluation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("bundle", metavar="BUNDLE.tflite")
    parser.add_argument("--data", required=True, metavar="NAME|PATH", help="a catalogued data set, or your own file")
    parser.add_argument("--text-column", metavar="NAME", help="default: found by name and content")
    parser.add_argument("--label-column", metavar="NAME", help="default: found by name and content")
    parser.add_argument(
        "--columns", nargs="+", metavar="NAME", help="of a CoNLL file's labels (default: the usual ones)"
    )
    parser.add_argument("--beams", type=int, metavar="N", help="of the search (default: translators 4, captioners 3)")
    parser.add_argument("--limit", type=int, metavar="N", help="sentences or pictures at most (default: all)")
    parser.add_argument("--pictures", metavar="DIR", help="where a captioner's pictures are (default: near the data)")
    parser.add_argument(
        "--split", choices=("train", "validation", "test"), help="of a captioner's data (default: test)"
    )
    add_column_arguments(parser)
    add_engine_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Runs every example and compares with what is known of it."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.evaluate import evaluate
    from edgernn.edge_runtime.examples import describe_bad_lines, locate, read_examples
    from edgernn.edge_runtime.tasks.caption import ImageCaptioner
    from edgernn.edge_runtime.tasks.classify import TextClassifier
    from edgernn.edge_runtime.tasks.forecast import Forecaster
    from edgernn.edge_runtime.tasks.lm import LanguageModel
    from edgernn.edge_runtime.tasks.tag import SequenceTagger
    from edgernn.edge_runtime.tasks.translate import Translator

    model = open_bundle(args)
    if not isinstance(model, ImageCaptioner) and (args.pictures or args.split):
        raise InputError(f"{args.bundle}: not a captioner: --pictures and --split are for those")
    if isinstance(model, (Translator, ImageCaptioner)) and args.limit is not None and args.limit < 1:
        raise InputError(f"--limit must be 1 or more, not {args.limit}")
    if isinstance(model, Translator):
        from edgernn.edge_runtime.cli.eval_translate import eval_translate

        return eval_translate(model, args)
    if isinstance(model, ImageCaptioner):
        from edgernn.edge_runtime.cli.eval_caption import eval_caption

        return eval_caption(model, args)
    if args.beams is not None or args.limit is not None:
        raise InputError(f"{args.bundle}: not a translator or captioner: --beams and --limit are for those")
    if isinstance(model, Forecaster):
        from edgernn.edge_runtime.cli.eval_forecast import eval_forecast

        return eval_forecast(model, args)
    if isinstance(model, LanguageModel):
        from edgernn.edge_runtime.cli.eval_lm import eval_lm

        return eval_lm(model, args)
    if isinstance(model, SequenceTagger):
        from edgernn.edge_runtime.cli.eval_tag import eval_tag

        return eval_tag(model, args)
    if not isinstance(model, TextClassifier):
        raise InputError(f"{args.bundle}: a bare model has no metric to evaluate")
    source = locate(args.data)
    table = read_examples(source.path, args.text_column or source.text_column, args.label_column or source.label_column)
    for line in describe_bad_lines(table.bad_lines):
        print(f"{source.path} {line}", file=sys.stderr)
    evaluation = evaluate(model, table)
    if args.json:
        print_json(evaluation.to_dict())
    else:
        _print(evaluation)
    return 0


def _print(evaluation: Evaluation) -> None:
    from edgernn.edge_runtime.cli.output import print_table

    metrics = evaluation.metrics
    print(f"{evaluation.examples} examples: {evaluation.scope}")
    print(f"accuracy {metrics['accuracy']:.4f}  macro F1 {metrics['macro_f1']:.4f}{_positive(metrics)}")
    rows = [
        [label, f"{m['precision']:.4f}", f"{m['recall']:.4f}", f"{m['f1']:.4f}", str(m["support"])]
        for label, m in metrics["per_class"].items()
    ]
    print_table(rows, ["label", "precision", "recall", "F1", "examples"])


def _positive(metrics: dict[str, Any]) -> str:
    return "" if metrics["f1"] is None else f"  F1 of {metrics['positive_label']} {metrics['f1']:.4f}"
