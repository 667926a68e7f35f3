"""A network with the losses of its columns."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from edgernn.edge_runtime.spec.tag import TagSpec
from edgernn.edge_runtime.tag.crf import Crf
from edgernn.train.tag.crf import Chain


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
        self.built = True  # the network is

    def call(self, batch: Any, training: bool = False) -> Any:
        """Scores by output."""
        inputs = {tensor.name: batch[tensor.name] for tensor in self.network.inputs}
        return self.network(inputs, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Nats a sentence, summed over the columns."""
        total = 0.0
        for column in self._spec.columns:
            scores, labels, mask = y_pred[column.output], x[column.output], x["mask"]
            if column.kind == "crf":
                total += ops.mean(self.chains[column.name](scores, labels, mask))
                continue
            if column.kind == "several":
                losses = ops.mean(ops.binary_crossentropy(labels, scores, from_logits=True), axis=-1)
            else:
                losses = ops.sparse_categorical_crossentropy(labels, scores, from_logits=True)
            total += ops.mean(ops.sum(losses * mask, axis=1))
        return total

    def crf(self, column: str) -> Crf:
        """What has been learnt of a column's labels side by side."""
        return self.chains[column].learnt()
