"""Spans counted by seqeval (Nakayama 2018), the usual scorer; a workstation has it, a device need not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgernn.edge_runtime.engines.packages import has_module
from edgernn.edge_runtime.tag.counting import Counted, LabelScore
from edgernn.edge_runtime.tag.schemes import labels_of, spans_of

_AVERAGES = {"micro avg", "macro avg", "weighted avg"}


def has_seqeval() -> bool:
    """Whether it and what it needs are installed."""
    return has_module("seqeval") and has_module("sklearn")


def counted_by_seqeval(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Counted:
    """As `counting.counted` over the spans.

    Args:
      pairs: of each sentence the true labels and those found, in any scheme.
    """
    from seqeval.metrics import classification_report

    truth, found = ([_plain(pair[side]) for pair in pairs] for side in (0, 1))
    if all(label == "O" for labels in (*truth, *found) for label in labels):
        return Counted(LabelScore(0.0, 0.0, 0.0, 0), {})  # seqeval refuses
    report: dict[str, Any] = classification_report(truth, found, output_dict=True, zero_division=0)
    labels = {name: _score(row) for name, row in report.items() if name not in _AVERAGES}
    return Counted(_score(report["micro avg"]), labels)


def _plain(labels: Sequence[str]) -> list[str]:
    # In one scheme, so that seqeval's reading of faulty labels, which differs from conlleval's, does not matter.
    return labels_of(spans_of(labels), len(labels), "iob2")


def _score(row: dict[str, Any]) -> LabelScore:
    return LabelScore(float(row["precision"]), float(row["recall"]), float(row["f1-score"]), int(row["support"]))
