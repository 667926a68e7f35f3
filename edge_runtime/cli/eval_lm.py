"""`edgernn eval` for language models."""

from __future__ import annotations

import argparse
import sys

from edgernn.edge_runtime.cli.output import print_json
from edgernn.edge_runtime.lm.corpus import open_corpus
from edgernn.edge_runtime.lm.evaluate import evaluate_text
from edgernn.edge_runtime.tasks.lm import LanguageModel


def eval_lm(model: LanguageModel, args: argparse.Namespace) -> int:
    """Measures on a text, and prints."""
    corpus = open_corpus(args.data)
    for skipped in corpus.skipped:
        print(f"{skipped.path}: left out: {skipped.reason}", file=sys.stderr)
    found = evaluate_text(model, corpus)
    if args.json:
        print_json(found.to_dict())
        return 0
    print(f"{found.tokens:,} tokens: {found.scope}; {100 * found.unknown:.1f} % of them are unknown")
    print(
        f"perplexity {found.perplexity:.2f}  {found.nats:.4f} nats a token  "
        f"{found.bits_per_character:.3f} bits a character"
    )
    print(f"the next token is the first of the predictions {100 * found.recall_1:.2f} %, among three ", end="")
    print(f"{100 * found.recall_3:.2f} %")
    if found.keystrokes_saved is not None:
        print(f"keystrokes saved with three suggestions: {100 * found.keystrokes_saved:.1f} %")
    return 0
