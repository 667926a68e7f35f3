"""`edgernn eval` for captioners."""

from __future__ import annotations

import argparse
import sys

from edgernn.edge_runtime.caption.evaluate import evaluate_captioner
from edgernn.edge_runtime.caption.options import CaptionOptions
from edgernn.edge_runtime.cli.output import megabytes, one_line, print_json, print_table
from edgernn.edge_runtime.tasks.caption import ImageCaptioner

_NAMES = {"cider": "CIDEr", "bleu_1": "BLEU-1", "bleu_2": "BLEU-2", "bleu_3": "BLEU-3", "bleu_4": "BLEU-4"}


def eval_caption(model: ImageCaptioner, args: argparse.Namespace) -> int:
    """Measures on captioned pictures, and prints."""
    options = CaptionOptions() if args.beams is None else CaptionOptions(beams=args.beams)
    split = args.split or "test"
    found = evaluate_captioner(model, args.data, options, images=args.pictures, split=split, limit=args.limit)
    for line in (*found.notes, *found.left_out):
        print(one_line(line), file=sys.stderr)
    if args.json:
        print_json(found.to_dict())
        return 0
    scores = found.scores
    print(f"{scores.pictures:,} pictures: {one_line(found.scope)}")
    print_table([[f"{getattr(scores, name):.4f}" for name in (*_NAMES, "chrf")]], [*_NAMES.values(), "chrF"], ())
    print(f"by {scores.implementation}")
    print(
        f"{found.pictures_per_second:.1f} pictures a second, beams {found.beams}, engine {found.engine}, "
        f"peak memory {megabytes(found.peak_memory_bytes)}"
    )
    return 0
