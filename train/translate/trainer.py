"""The model over whole pairs, and its loss."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from edgernn.train.teacher import smoothed_nats
from edgernn.train.translate.decoder import FeedingCell
from edgernn.train.translate.model import BIAS, ENCODER, FEED, KEYS, SOURCE, STEP, VALUES, state_names
from edgernn.train.translate.options import TranslateOptions
from edgernn.train.translate.tokenizer import PAD_ID


class Trainer(keras.Model):  # type: ignore[misc]
    """Trains a model of `build_model` on the batches of `Batches`, the target's last tokens given (teacher forcing).

    Args:
      options: the model.
      network: from `build_model`.
    """

    def __init__(self, options: TranslateOptions, network: Any) -> None:
        super().__init__()
        self.network = network
        self.encoder, step = network.get_layer(ENCODER), network.get_layer(STEP)
        self.table = step.get_layer("target_embedding")
        self.cell = FeedingCell(options, step)
        self.decoder = keras.layers.RNN(self.cell, return_sequences=True)
        self.dropout = keras.layers.Dropout(options.dropout) if options.dropout else None
        self.state_names, self.smoothing = state_names(options), options.label_smoothing
        self.built = True  # the network is

    def call(self, batch: Any, training: bool = False) -> Any:
        """Logits float32 [batch, target, tokens] of what follows each of the target's tokens."""
        source, given, _ = batch
        memory = self.encoder({SOURCE: source}, training=training)
        self.cell.attend_to(memory[KEYS], memory[VALUES], memory[BIAS])
        first = [memory[name] for name in self.state_names if name != FEED]
        feed = ops.zeros((ops.shape(source)[0], self.cell.output_size), first[0].dtype)
        x = self._dropped(self.table(given), training)
        vectors = self.decoder(x, initial_state=[*first, feed], training=training)
        return ops.cast(self.table(self._dropped(vectors, training), reverse=True), "float32")

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Nats a token; in training against smoothed labels (see `smoothed_nats`)."""
        wanted = ops.cast(x[2], "int32")
        real = ops.cast(ops.not_equal(wanted, PAD_ID), "float32")
        return smoothed_nats(y_pred, wanted, real, self.smoothing if training else 0.0)

    def sync(self) -> None:
        """Makes the variables show what training has made of them, which the JAX backend keeps elsewhere."""
        if hasattr(self, "jax_state_sync"):
            self.jax_state_sync()

    def _dropped(self, x: Any, training: bool) -> Any:
        return self.dropout(x, training=training) if self.dropout is not None else x
