"""`edgernn train translate`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgernn.train.presets import add_numbers, chosen_by
from edgernn.train.translate.options import CELLS, PRECISIONS, PRESETS, TranslateOptions, options_for

SUMMARY = "translate from one language to another"
_NUMBERS: tuple[tuple[str, type, str], ...] = (
    ("encoder_layers", int, "bidirectional layers of the encoder"),
    ("encoder_units", int, "states of such a layer, in one direction"),
    ("decoder_layers", int, "recurrent layers of the decoder"),
    ("units", int, "states of such a layer"),
    ("embedding_dim", int, "size of a token's vector"),
    ("vocab_size", int, "greatest number of tokens"),
    ("dropout", float, "of vectors and the layers' outputs"),
    ("label_smoothing", float, "part of the probability that is spread over all tokens"),
    ("kept", float, "part of the pairs with a common name or number that is learnt with another number too"),
    ("joined", float, "examples of several pairs each, as a part of the pairs"),
    ("epochs", int, "passes over the pairs"),
    ("batch_tokens", int, "of both languages, padding included"),
    ("learning_rate", float, "after the first steps"),
    ("average", float, "momentum of the weights' moving average; 0: none"),
    ("max_tokens", int, "longer sentences are left out of training, and cut on the device"),
    ("seed", int, "of split, weights and order"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the task's options."""
    parser.add_argument(
        "--data",
        default="tatoeba-en-es",
        metavar="NAME|PATH",
        help="a fetched set; your TSV, JSONL or TMX file; a folder or the common beginning of two files such as "
        "corpus.en and corpus.es (default: tatoeba-en-es)",
    )
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: translate-NAME)")
    parser.add_argument("--preset", default="hour", metavar="NAME", help=f"{', '.join(PRESETS)} (default: hour)")
    parser.add_argument("--reverse", action="store_true", help="the other direction of the same data and split")
    parser.add_argument("--source-language", default="", metavar="TAG", help="as the data has it, before --reverse")
    parser.add_argument("--target-language", default="", metavar="TAG", help="as the data has it, before --reverse")
    parser.add_argument("--checkpoint", metavar="DIR", help="keep what an interrupted training needs to go on")
    parser.add_argument("--cell", choices=CELLS, help="recurrent layer")
    parser.add_argument("--joint", action="store_true", default=None, help="the same tokens for both languages")
    parser.add_argument("--precision", choices=PRECISIONS, help="in which training multiplies (float32)")
    add_numbers(parser, _NUMBERS, PRESETS)
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")


def run(args: argparse.Namespace) -> int:
    """Trains, writes the folder, prints the metrics."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.translate.reading.corpus import open_parallel
    from edgernn.train.progress import Progress
    from edgernn.train.translate.train import train

    options = options_for(args.preset, chosen_by(args, TranslateOptions))
    corpus = open_parallel(args.data, (args.source_language, args.target_language))
    out = Path(args.out or f"translate-{Path(corpus.source.name).stem}{'-reverse' * args.reverse}")
    checkpoint = Path(args.checkpoint) if args.checkpoint else None
    with Progress() as progress:
        trained = train(corpus, out, options, progress, args.reverse, checkpoint)
    if args.json:
        print_json(trained.metrics)
    else:
        _print(trained.metrics)
        print(f"wrote {out}")
    return 0


def _print(metrics: dict[str, Any]) -> None:
    for name in ("validation", "test"):
        figures = metrics[name]
        print(f"{name:<12}perplexity {figures['perplexity']:.2f}  {figures['nats']:.4f} nats a token")
    if "bleu" in metrics["test"]:
        test = metrics["test"]
        print(
            f"{'test':<12}BLEU {test['bleu']:.2f}  chrF {test['chrf']:.2f}  ({test['sentences']:,} sentences, greedy)"
        )
    else:
        print('BLEU and chrF need sacrebleu: pip install "edgernn[eval]"')
