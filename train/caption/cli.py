"""`edgernn train caption`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgernn.train.caption.options import CELLS, FITS, LEVELS, PRESETS, CaptionOptions, options_for
from edgernn.train.presets import add_numbers, chosen_by

SUMMARY = "say in a sentence what is in a picture"
_NUMBERS: tuple[tuple[str, type, str], ...] = (
    ("size", int, "height and width of the pictures, pixels"),
    ("units", int, "states of the decoder"),
    ("embedding_dim", int, "size of a token's vector"),
    ("dropout", float, "of features, vectors and what the softmax sees"),
    ("weight_decay", float, "of Adam"),
    ("label_smoothing", float, "part of the probability that is spread over all tokens"),
    ("doubly_stochastic", float, "weight of the regularization that has every place attended to"),
    ("copies", int, "shifted, turned and resized ones of each training picture"),
    ("epochs", int, "passes over the captions with the encoder as it is"),
    ("fine_tune", int, "passes after these in which the encoder is trained too"),
    ("batch_size", int, "captions of a batch"),
    ("learning_rate", float, "after the first steps"),
    ("fine_tune_rate", float, "the same of the passes that train the encoder too"),
    ("average", float, "momentum of the weights' moving average; 0: none"),
    ("vocab_size", int, "greatest number of tokens"),
    ("min_count", int, "how often a word or a character must occur"),
    ("max_tokens", int, "longer captions are left out of training, and none is written"),
    ("seed", int, "of split, weights, copies and order"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the task's options."""
    parser.add_argument(
        "--data",
        default="emoji",
        metavar="NAME|PATH",
        help="a fetched set; COCO's captions_*.json or a folder of several, Karpathy's JSON, Flickr's captions.txt "
        "(default: emoji)",
    )
    parser.add_argument("--pictures", metavar="DIR", help="folder of the pictures, where it is not beside the captions")
    parser.add_argument("--language", default="en", metavar="TAG", help="of the captions, where the data has several")
    parser.add_argument("--also", nargs="+", default=[], metavar="NAME|PATH", help="sets to test on too")
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: caption-NAME)")
    parser.add_argument("--preset", default="small", metavar="NAME", help=f"{', '.join(PRESETS)} (default: small)")
    parser.add_argument("--checkpoint", metavar="DIR", help="keep what an interrupted training needs to go on")
    parser.add_argument(
        "--encoder",
        metavar="NAME",
        help="efficientnet-lite0, the same with -levels (small), or a model of keras.applications",
    )
    parser.add_argument("--weights", metavar="FILE", help="of a model of keras.applications: a .weights.h5 file")
    parser.add_argument("--fit", choices=FITS, help="how a picture is made square (pad)")
    parser.add_argument("--cell", choices=CELLS, help="recurrent layer")
    parser.add_argument("--level", choices=LEVELS, help="what a token is")
    parser.add_argument(
        "--adaptive", action=argparse.BooleanOptionalAction, default=None, help="attention with a visual sentinel"
    )
    add_numbers(parser, _NUMBERS, PRESETS)
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")


def run(args: argparse.Namespace) -> int:
    """Trains, writes the folder, prints the metrics."""
    from edgernn.edge_runtime.caption.reading.corpus import open_captions
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.train.caption.train import train
    from edgernn.train.progress import Progress

    options = options_for(args.preset, chosen_by(args, CaptionOptions))
    corpus = open_captions(args.data, args.pictures, args.language)
    also = [open_captions(name, None, args.language) for name in args.also]
    out = Path(args.out or f"caption-{Path(corpus.source.name).stem}")
    checkpoint = Path(args.checkpoint) if args.checkpoint else None
    with Progress() as progress:
        trained = train(corpus, out, options, progress, args.language, also, checkpoint)
    if args.json:
        print_json(trained.metrics)
    else:
        _print(trained.metrics)
        print(f"wrote {out}")
    return 0


def _print(metrics: dict[str, Any]) -> None:
    figures = "  ".join(f"{name} {value:.3f}" for name, value in metrics["validation"].items())
    print(f"{'validation':<36}{figures}")
    if "test_all" not in metrics:
        print('BLEU, CIDEr and chrF need pycocoevalcap and sacrebleu: pip install "edgernn[eval]"')
        return
    _print_scores("test", metrics)
    for name, found in metrics.get("also", {}).items():
        _print_scores(name, found)


def _print_scores(name: str, found: dict[str, Any]) -> None:
    for what, scores in (("", found["test_all"]), *((f", {one}", two) for one, two in found["baselines"].items())):
        bleu = " ".join(f"{scores[f'bleu_{n}']:.3f}" for n in range(1, 5))
        line = f"BLEU-1..4 {bleu}  CIDEr {scores['cider']:.3f}  chrF {scores['chrf']:.3f}"
        print(f"{name + what:<36}{line}  ({scores['pictures']:,} pictures)")
