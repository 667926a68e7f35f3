"""Measures a classifier on labelled examples."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples import Example, Table, test_split
from edgernn.edge_runtime.metrics import classification_metrics
from edgernn.edge_runtime.spec.classify import ClassifySpec
from edgernn.edge_runtime.tasks.classify import TextClassifier


@dataclass(frozen=True)
class Evaluation:
    """What was measured.

    Attributes:
      scope: which examples, one sentence.
      split: "test" when they are the recorded test split, "all" otherwise.
      examples: how many.
      engine: that computed.
      metrics: see `metrics.classification_metrics`.
    """

    scope: str
    split: str
    examples: int
    engine: str
    metrics: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def evaluate(model: TextClassifier, table: Table) -> Evaluation:
    """Classifies the examples of `table`.

    The file that the model was trained on (equal SHA-256) is divided again as the bundle records, and only its
    test split counts; of any other file every example does.

    Raises:
      InputError: labels that the model does not know.
    """
    examples, split, scope = _choose(model, table)
    unknown = sorted({example.label for example in examples} - set(model.labels))
    if unknown:
        raise InputError(
            f"labels that the model does not know: {', '.join(unknown[:5])} (it knows {', '.join(model.labels)})"
        )
    truth = np.array([model.labels.index(example.label) for example in examples])
    found = np.array([int(model.probabilities(example.text).argmax()) for example in examples])
    task = model.manifest.typed_task
    positive = task.positive_label if isinstance(task, ClassifySpec) else None
    metrics = classification_metrics(model.labels, truth, found, positive)
    return Evaluation(scope, split, len(examples), model.engine, metrics)


def _choose(model: TextClassifier, table: Table) -> tuple[list[Example], str, str]:
    data = model.manifest.data
    if data is not None and data.sha256 == table.sha256:
        examples = test_split(table, data.split)
        return examples, "test", f"the test split of {data.name} (seed {data.split.seed}), unseen in training"
    return list(table.examples), "all", "every example of the file"
