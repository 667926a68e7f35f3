"""`edgernn train tag`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from edgernn.train.presets import add_numbers, chosen_by
from edgernn.train.tag.options import CELLS, CRFS, DIRECTIONS, PRESETS, TagOptions, options_for

SUMMARY = "label the words of texts: entities, parts of speech, several columns at once"
_VECTORS = ", ".join(f"{preset} {options.vectors or 'none'}" for preset, options in PRESETS.items())
_USE_VALIDATION = ", ".join(f"{p} {'yes' if options.use_validation else 'no'}" for p, options in PRESETS.items())
_NUMBERS: tuple[tuple[str, type, str], ...] = (
    ("layers", int, "recurrent layers"),
    ("units", int, "states of a layer, in one direction"),
    ("word_dim", int, "size of a word's vector, where --vectors gives none"),
    ("vector_words", int, "words of the vectors that are known beside those of the training data"),
    ("min_count", int, "how often a word must occur to be known"),
    ("characters", int, "features made of a word's characters; 0: none"),
    ("character_dim", int, "size of a character's vector"),
    ("width", int, "characters of a word that are read"),
    ("dropout", float, "of words, their characters' features, and behind each layer"),
    ("unknown", float, "how often a word that occurs once is taken for an unknown one"),
    ("epochs", int, "passes over the sentences"),
    ("batch_size", int, "sentences"),
    ("learning_rate", float, "after the first steps"),
    ("average", float, "momentum of the weights' moving average; 0: none"),
    ("max_words", int, "longer sentences are read in windows of so many words"),
    ("overlap", int, "words that two windows share"),
    ("seed", int, "of split, weights and order"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the task's options."""
    parser.add_argument(
        "--data",
        default="conll-2003",
        metavar="NAME|PATH",
        help="a fetched set, your CoNLL, JSONL or CSV file, or a folder of train, valid and test (default: conll-2003)",
    )
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: tag-NAME)")
    parser.add_argument("--preset", default="quick", metavar="NAME", help=f"{', '.join(PRESETS)} (default: quick)")
    parser.add_argument("--columns", nargs="+", default=(), metavar="NAME", help="of the labels (default: all)")
    parser.add_argument(
        "--several", nargs="+", default=(), metavar="COLUMN", help="where a word has any number of labels"
    )
    parser.add_argument("--vectors", metavar="NAME|PATH", help=f'word vectors to begin with; "": none ({_VECTORS})')
    parser.add_argument("--cell", choices=CELLS, help="recurrent layer")
    parser.add_argument("--direction", choices=DIRECTIONS, help="in which sentences are read")
    parser.add_argument("--crf", choices=CRFS, help="columns in which labels depend on their neighbours")
    parser.add_argument(
        "--use-validation",
        action=argparse.BooleanOptionalAction,
        default=None,
        help=f"the validation part trains too, and the last epoch is kept ({_USE_VALIDATION})",
    )
    add_numbers(parser, _NUMBERS, PRESETS)
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")


def run(args: argparse.Namespace) -> int:
    """Trains, writes the folder, prints the metrics."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.examples.source import read_record
    from edgernn.edge_runtime.tag.corpus import open_tagged
    from edgernn.train.progress import Progress
    from edgernn.train.tag.train import train

    options = options_for(args.preset, chosen_by(args, TagOptions))
    corpus = open_tagged(args.data, args.columns)
    out = Path(args.out or f"tag-{Path(corpus.source.name).stem}")
    with Progress() as progress:
        if args.vectors is None and options.vectors and read_record(options.vectors) is None:
            progress.say(
                f"without the preset's word vectors, which are not fetched: edgernn data fetch {options.vectors}"
            )
            options = replace(options, vectors="")
        trained = train(corpus, out, options, progress, args.several)
    if args.json:
        print_json(trained.metrics)
    else:
        _print(trained.metrics)
        print(f"wrote {out}")
    return 0


def _print(metrics: dict[str, Any]) -> None:
    from edgernn.edge_runtime.cli.output import one_line

    for split in ("validation", "test"):
        for column, figure in metrics.get(split, {}).items():
            measure = "F1 of spans" if metrics["measures"][column] == "span_f1" else "accuracy"
            print(f"{split:<12}{one_line(column)}  {measure} {figure:.4f}")
