"""`edgernn eval` for translators."""

from __future__ import annotations

import argparse

from edgernn.edge_runtime.cli.output import print_json
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tasks.translate import Translator
from edgernn.edge_runtime.translate.evaluate import evaluate_translator
from edgernn.edge_runtime.translate.options import options_from


def eval_translate(model: Translator, args: argparse.Namespace) -> int:
    """Measures on pairs of sentences, and prints."""
    if args.limit is not None and args.limit < 1:
        raise InputError(f"--limit must be 1 or more, not {args.limit}")
    options = options_from({} if args.beams is None else {"beams": args.beams})
    found = evaluate_translator(model, args.data, options, args.limit)
    if args.json:
        print_json(found.to_dict())
        return 0
    memory = "unknown" if found.peak_memory_bytes is None else f"{found.peak_memory_bytes / 1e6:.0f} MB"
    print(f"{found.sentences:,} sentences: {found.scope}")
    print(f"BLEU {found.bleu:.2f}  {found.bleu_signature}")
    print(f"chrF {found.chrf:.2f}  {found.chrf_signature}")
    print(
        f"{found.words_per_second:.0f} words of the source a second, beams {found.beams}, engine {found.engine}, "
        f"peak memory {memory}"
    )
    return 0
