"""Metrics of classification, from label indices. NumPy only: a device measures itself with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.integer[Any]]


def classification_metrics(
    labels: Sequence[str], truth: Indices, predicted: Indices, positive_label: str | None
) -> dict[str, Any]:
    """Accuracy, precision, recall and F1.

    Args:
      labels: names by index.
      truth: true index of each example, [examples].
      predicted: predicted index of each example, [examples].
      positive_label: the label whose F1 is quoted as `f1`, or None.

    Returns:
      Plain JSON values: accuracy, macro_f1, f1 (or None), positive_label, labels, per_class (precision, recall,
      f1, support by label) and confusion (rows: truth, columns: prediction). What would be 0/0 is 0.
    """
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    per_class = {label: _class_metrics(confusion, index) for index, label in enumerate(labels)}
    return {
        "accuracy": _ratio(int(np.trace(confusion)), int(confusion.sum())),
        "macro_f1": float(np.mean([metrics["f1"] for metrics in per_class.values()])),
        "f1": per_class[positive_label]["f1"] if positive_label is not None else None,
        "positive_label": positive_label,
        "labels": list(labels),
        "per_class": per_class,
        "confusion": confusion.tolist(),
    }


def _class_metrics(confusion: npt.NDArray[np.int64], index: int) -> dict[str, float]:
    hits, support = int(confusion[index, index]), int(confusion[index].sum())
    claimed = int(confusion[:, index].sum())
    return {
        "precision": _ratio(hits, claimed),
        "recall": _ratio(hits, support),
        "f1": _ratio(2 * hits, claimed + support),
        "support": support,
    }


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
