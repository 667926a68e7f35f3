"""`edgernn train classify`."""

from __future__ import annotations

import argparse
from pathlib import Path

from edgernn.train.classify.options import CELLS, POOLINGS, PRESETS, ClassifyOptions, options_for
from edgernn.train.presets import add_numbers, chosen_by

SUMMARY = "put texts into categories"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the task's options."""
    default = ClassifyOptions()
    parser.add_argument(
        "--data",
        default="sms-spam",
        metavar="NAME|PATH",
        help="a fetched set, or your CSV, TSV or JSONL (default: sms-spam)",
    )
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: classify-NAME)")
    parser.add_argument("--preset", default="default", metavar="NAME", help=f"{', '.join(PRESETS)} (default: default)")
    parser.add_argument("--text-column", metavar="NAME", help="default: found by name and content")
    parser.add_argument("--label-column", metavar="NAME", help="default: found by name and content")
    parser.add_argument("--cell", choices=CELLS, help=f"recurrent layer (default: {default.cell})")
    parser.add_argument("--bidirectional", action="store_true", default=None, help="read the text in both directions")
    parser.add_argument(
        "--pooling", choices=POOLINGS, help=f"what the answer is read from (default: {default.pooling})"
    )
    parser.add_argument("--lowercase", action="store_true", default=None, help="fold upper case")
    add_numbers(parser, _NUMBERS, {"default:": default})
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")


_NUMBERS: tuple[tuple[str, type, str], ...] = (
    ("layers", int, "recurrent layers"),
    ("units", int, "states of a layer, in one direction"),
    ("embedding_dim", int, "size of a token's vector"),
    ("vocab_size", int, "greatest number of tokens"),
    ("max_length", int, "tokens of a text that are read"),
    ("max_chars", int, "characters of a text that are read"),
    ("dropout", float, "of features and of the last state"),
    ("token_dropout", float, "of tokens"),
    ("label_smoothing", float, "of the targets"),
    ("balance", float, "0 counts every example alike, 1 every class"),
    ("epochs", int, "greatest number of passes"),
    ("batch_size", int, "examples a step"),
    ("learning_rate", float, "of Adam"),
    ("patience", int, "epochs without progress before training ends"),
    ("seed", int, "of split, weights and order"),
)


def run(args: argparse.Namespace) -> int:
    """Trains, writes the folder, prints the metrics."""
    from edgernn.edge_runtime.cli.output import one_line, print_json
    from edgernn.edge_runtime.examples import locate
    from edgernn.train.classify.train import train
    from edgernn.train.progress import Progress

    options = options_for(args.preset, chosen_by(args, ClassifyOptions))
    source = locate(args.data)
    out = Path(args.out or f"classify-{Path(source.name).stem}")
    with Progress() as progress:
        trained = train(source, out, options, progress, args.text_column, args.label_column)
    if args.json:
        print_json(trained.metrics)
        return 0
    for name in ("train", "validation", "test"):
        metrics = trained.metrics[name]
        f1 = "" if metrics["f1"] is None else f"  F1 of {one_line(metrics['positive_label'])} {metrics['f1']:.4f}"
        print(f"{name:<12}accuracy {metrics['accuracy']:.4f}  macro F1 {metrics['macro_f1']:.4f}{f1}")
    print(f"wrote {out}")
    return 0
