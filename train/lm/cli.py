"""`edgernn train lm`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgernn.train.lm.options import CELLS, LEVELS, OPTIMIZERS, PRESETS, LmOptions, options_for
from edgernn.train.presets import add_numbers, chosen_by

SUMMARY = "predict the next word, generate text"
_NUMBERS: tuple[tuple[str, type, str], ...] = (
    ("layers", int, "recurrent layers"),
    ("units", int, "states of a layer"),
    ("embedding_dim", int, "size of a token's vector"),
    ("vocab_size", int, "greatest number of tokens"),
    ("min_count", int, "how often a word or a character must occur to be a token"),
    ("dropout", float, "of the layers' outputs"),
    ("recurrent_dropout", float, "of the recurrent weights"),
    ("word_dropout", float, "of the vocabulary"),
    ("steps", int, "that are back-propagated through"),
    ("batch_size", int, "streams that are read side by side"),
    ("reset", int, "batches after which the states begin anew; 0: at an epoch's beginning only"),
    ("samples", int, "tokens of the tail that the softmax is estimated from; 0: all"),
    ("head", int, "most frequent tokens, always in the softmax"),
    ("full_epochs", int, "last epochs, with the whole softmax"),
    ("epochs", int, "passes over the text"),
    ("learning_rate", float, "after the first steps"),
    ("weight_decay", float, "of AdamW"),
    ("average", float, "momentum of the weights' moving average; 0: none"),
    ("seed", int, "of split, weights and order"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the task's options."""
    parser.add_argument(
        "--data",
        default="wikitext-2",
        metavar="NAME|PATH",
        help="a fetched set, your text file, or a folder of them (default: wikitext-2)",
    )
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: lm-NAME)")
    parser.add_argument("--preset", default="small", metavar="NAME", help=f"{', '.join(PRESETS)} (default: small)")
    parser.add_argument("--checkpoint", metavar="DIR", help="keep what an interrupted training needs to go on")
    parser.add_argument("--cell", choices=CELLS, help="recurrent layer")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, help="how the weights are found")
    parser.add_argument("--level", choices=LEVELS, help="what a token is")
    add_numbers(parser, _NUMBERS, PRESETS)
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")


def run(args: argparse.Namespace) -> int:
    """Trains, writes the folder, prints the metrics."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.lm.corpus import open_corpus
    from edgernn.train.lm.train import train
    from edgernn.train.progress import Progress

    options = options_for(args.preset, chosen_by(args, LmOptions))
    corpus = open_corpus(args.data)
    out = Path(args.out or f"lm-{Path(corpus.source.name).stem}")
    checkpoint = Path(args.checkpoint) if args.checkpoint else None
    with Progress() as progress:
        trained = train(corpus, out, options, progress, checkpoint)
    if args.json:
        print_json(trained.metrics)
    else:
        _print(trained.metrics)
        print(f"wrote {out}")
    return 0


def _print(metrics: dict[str, Any]) -> None:
    for name in ("validation", "test"):
        figures = metrics[name]
        print(
            f"{name:<12}perplexity {figures['perplexity']:.2f}  {figures['nats']:.4f} nats a token  "
            f"{figures['bits_per_character']:.3f} bits a character"
        )
