"""`edgernn eval` for taggers."""

from __future__ import annotations

import argparse

from edgernn.edge_runtime.cli.output import one_line, print_json, print_table
from edgernn.edge_runtime.tag.corpus import open_tagged
from edgernn.edge_runtime.tag.counting import LabelScore
from edgernn.edge_runtime.tag.evaluate import ColumnScores, evaluate_tagger
from edgernn.edge_runtime.tasks.tag import SequenceTagger


def eval_tag(model: SequenceTagger, args: argparse.Namespace) -> int:
    """Measures on labelled sentences, and prints."""
    found = evaluate_tagger(model, open_tagged(args.data, args.columns or ()))
    if args.json:
        print_json(found.to_dict())
        return 0
    print(f"{found.sentences:,} sentences, {found.tokens:,} tokens: {found.scope}")
    for name, scores in found.columns.items():
        print()
        _print(name, scores, found.scorer)
    return 0


def _print(name: str, scores: ColumnScores, scorer: str) -> None:
    what = f"spans, by {scorer}" if scores.kind == "spans" else "labels of tokens"
    print(f"{one_line(name)}: F1 {scores.micro.f1:.4f} ({what}), accuracy of tokens {scores.accuracy:.4f}")
    rows = [[label, *_cells(score)] for label, score in scores.labels.items()]
    print_table([*rows, ["all", *_cells(scores.micro)]], ["label", "precision", "recall", "F1", "number"])
    if scores.unknown:
        print(f"the model does not know {one_line(', '.join(scores.unknown))}: they count as missed")


def _cells(score: LabelScore) -> list[str]:
    return [f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}", f"{score.support:,}"]
