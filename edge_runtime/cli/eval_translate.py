"""`edgernn eval` for translators."""

from __future__ import annotations

import argparse

from edgernn.edge_runtime.cli.output import megabytes, print_json
from edgernn.edge_runtime.tasks.translate import Translator
from edgernn.edge_runtime.translate.evaluate import evaluate_translator
from edgernn.edge_runtime.translate.options import options_from


def eval_translate(model: Translator, args: argparse.Namespace) -> int:
    """Measures on pairs of sentences, and prints."""
    options = options_from({} if args.beams is None else {"beams": args.beams})
    found = evaluate_translator(model, args.data, options, args.limit)
    if args.json:
        print_json(found.to_dict())
        return 0
    print(f"{found.sentences:,} sentences: {found.scope}")
    print(f"BLEU {found.bleu:.2f}  {found.bleu_signature}")
    print(f"chrF {found.chrf:.2f}  {found.chrf_signature}")
    print(
        f"{found.words_per_second:.0f} words of the source a second, beams {found.beams}, engine {found.engine}, "
        f"peak memory {megabytes(found.peak_memory_bytes)}"
    )
    return 0
