"""A network with the losses of its columns."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from edgernn.edge_runtime.spec.tag import ColumnSpec, TagSpec
from edgernn.edge_runtime.tag.crf import Crf
from edgernn.train.tag.crf import Chain

# Of the columns' mean losses, with each batch.
_KEPT = 0.99


class Trainer(keras.Model):  # type: ignore[misc]
    """Trains on the batches of `Batches`.

    Args:
      network: from `build_model`.
      spec: the columns.
      labels: by column.
    """

    def __init__(self, network: Any, spec: TagSpec, labels: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.network, self._spec = network, spec
        self.chains = {c.name: Chain(labels[c.name], c.scheme) for c in spec.columns if c.kind == "crf"}
        self._levels = self.add_weight((len(spec.columns),), initializer="ones", trainable=False, name="levels")
        self.built = True  # the network is

    def call(self, batch: Any, training: bool = False) -> Any:
        """Scores by output."""
        inputs = {tensor.name: batch[tensor.name] for tensor in self.network.inputs}
        return self.network(inputs, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Nats a sentence, summed over the columns, each weighted so that all are of the same importance.

        A column with many labels has a loss many times that of entities, which would hardly be learnt beside it.
        """
        losses = ops.stack([self._loss(column, x, y_pred) for column in self._spec.columns])
        if training:
            self._levels.assign(_KEPT * self._levels + (1 - _KEPT) * ops.stop_gradient(losses))
        return ops.sum(losses * ops.mean(self._levels) / self._levels)

    def _loss(self, column: ColumnSpec, batch: Any, found: Any) -> Any:
        scores, labels, mask = found[column.output], batch[column.output], batch["mask"]
        if column.kind == "crf":
            return ops.mean(self.chains[column.name](scores, labels, mask))
        if column.kind == "several":
            losses = ops.mean(ops.binary_crossentropy(labels, scores, from_logits=True), axis=-1)
        else:
            losses = ops.sparse_categorical_crossentropy(labels, scores, from_logits=True)
        return ops.mean(ops.sum(losses * mask, axis=1))

    def crf(self, column: str) -> Crf:
        """What has been learnt of a column's labels side by side."""
        return self.chains[column].learnt()
