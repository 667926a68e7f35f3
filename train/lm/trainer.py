"""The loss over a large vocabulary: whole, or estimated from its head and a part of its tail."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

# Added to the logit of a sample that happens to be the target: it must not count twice.
_NEVER = -1e9


class Trainer(keras.Model):  # type: ignore[misc]
    """A training network with the softmax's loss.

    The most frequent tokens and a sample of the others, drawn evenly, stand for the vocabulary: importance sampling as
    in Jean et al. 2015, exact in the head, where most of the probability is.

    Args:
      network: ids -> vectors, from `training_network`.
      head: tokens of the head, ids 0 up; 0: the loss is always computed over the whole vocabulary.
      share: part of the tail that a batch samples, 0 to 1.
    """

    def __init__(self, network: Any, head: int = 0, share: float = 1.0) -> None:
        super().__init__()
        self.network, self.head, self.share = network, head, share
        self.sampled = head > 0
        self.built = True  # the network is
        self.table = network.get_layer("embedding").embeddings

    def sample(self, wanted: bool) -> None:
        """Whether to estimate the loss from here on; True only where there is a head."""
        if self.sampled != (wanted and self.head > 0):
            self.sampled = not self.sampled
            self.train_function = None  # was traced with the other loss

    def call(self, batch: Any, training: bool = False) -> Any:
        """See `training_network`."""
        return self.network(batch[0], training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Mean negative logarithm of the probability of the tokens that follow, in nats; 0 where nothing follows."""
        _, following, samples = x
        targets = ops.reshape(following, (-1,))
        vectors = ops.reshape(y_pred, (-1, self.table.shape[1]))
        if training and self.sampled:
            return self._sampled(vectors, targets, samples)
        logits = ops.matmul(vectors, ops.transpose(self.table))
        real = ops.cast(targets >= 0, vectors.dtype)
        return ops.mean(real * ops.sparse_categorical_crossentropy(ops.maximum(targets, 0), logits, from_logits=True))

    def _sampled(self, vectors: Any, targets: Any, samples: Any) -> Any:
        correction = ops.log(ops.convert_to_tensor(self.share, vectors.dtype))
        table = ops.convert_to_tensor(self.table)
        in_head = targets < self.head
        head = ops.matmul(vectors, ops.transpose(table[: self.head]))
        tail = ops.matmul(vectors, ops.transpose(ops.take(table, samples, axis=0))) - correction
        same = ops.cast(ops.expand_dims(targets, 1) == ops.expand_dims(samples, 0), tail.dtype)
        own = ops.sum(vectors * ops.take(table, targets, axis=0), axis=1, keepdims=True) - correction
        own = own + ops.expand_dims(ops.cast(in_head, own.dtype), 1) * _NEVER
        logits = ops.concatenate([head, own, tail + same * _NEVER], axis=1)
        index = ops.where(in_head, targets, self.head)
        return ops.mean(ops.sparse_categorical_crossentropy(index, logits, from_logits=True))
