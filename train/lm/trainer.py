"""The loss over a large vocabulary: whole, or estimated from its head and a part of its tail."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class Trainer(keras.Model):  # type: ignore[misc]
    """A training network with the states of its streams, and the softmax's loss.

    The most frequent tokens, and candidates that stand for all the others, take the vocabulary's place: the sum over
    the softmax is estimated by importance sampling, as in Jean et al. 2015, exactly in the head, where most of the
    probability is, and without error for the tokens that follow in the same batch, which are the likeliest of the tail.

    Args:
      network: from `training_network`.
      head: tokens of the head, ids 0 up; 0: the loss is always computed over the whole vocabulary.
    """

    def __init__(self, network: Any, head: int = 0) -> None:
        super().__init__()
        self.network, self.head = network, head
        self.sampled = head > 0
        self.states = [
            self.add_weight(tensor.shape, initializer="zeros", trainable=False, name=f"state_{number}")
            for number, tensor in enumerate(network.inputs[1:])
        ]
        self.built = True  # the network is
        self.table = network.get_layer("embedding").embeddings

    def sample(self, wanted: bool) -> None:
        """Whether to estimate the loss from here on; True only where there is a head."""
        if self.sampled != (wanted and self.head > 0):
            self.sampled = not self.sampled
            self.train_function = None  # was traced with the other loss

    def begin(self) -> None:
        """The next batch follows nothing."""
        self.sync()
        for state in self.states:
            state.assign(ops.zeros(state.shape, state.dtype))

    def sync(self) -> None:
        """Makes the variables show what training has made of them, which the JAX backend keeps elsewhere."""
        if hasattr(self, "jax_state_sync"):
            self.jax_state_sync()

    def call(self, batch: Any, training: bool = False) -> Any:
        """Vectors of a batch, from the states that the last one left. See `training_network`."""
        # The states have a fixed number of rows; a batch of one would otherwise be taken for any number.
        ids = ops.reshape(batch[0], (self.network.inputs[0].shape[0], -1))
        before = [ops.convert_to_tensor(state) for state in self.states]
        vectors, *after = self.network([ids, *before], training=training)
        for state, following in zip(self.states, after, strict=True):
            state.assign(following)
        return vectors

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Mean negative logarithm of the probability of the tokens that follow, in nats; 0 where nothing follows."""
        targets = ops.reshape(ops.cast(x[1], "int32"), (-1,))
        vectors = ops.reshape(y_pred, (-1, self.table.shape[1]))
        if training and self.sampled:
            return self._sampled(vectors, targets, ops.cast(x[2], "int32"), x[3])
        logits = ops.matmul(vectors, ops.transpose(self.table))
        real = ops.cast(targets >= 0, vectors.dtype)
        return ops.mean(real * ops.sparse_categorical_crossentropy(ops.maximum(targets, 0), logits, from_logits=True))

    def _sampled(self, vectors: Any, targets: Any, candidates: Any, weights: Any) -> Any:
        table = ops.convert_to_tensor(self.table)
        rows = ops.concatenate([table[: self.head], ops.take(table, candidates, axis=0)], axis=0)
        logits = ops.matmul(vectors, ops.transpose(rows))
        logits = logits + ops.concatenate([ops.zeros((self.head,), logits.dtype), ops.cast(weights, logits.dtype)], 0)
        place = self.head + ops.searchsorted(candidates, targets)
        index = ops.where(targets < self.head, targets, ops.cast(place, "int32"))
        return ops.mean(ops.sparse_categorical_crossentropy(index, logits, from_logits=True))
