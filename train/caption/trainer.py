"""The model over whole captions, and its loss."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from edgernn.train.caption.decoder import AttendingCell
from edgernn.train.caption.model import ENCODER, PICTURE, PLACES, STANDARD, STEP, TABLE, project, state_names
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.caption.tokenizer import PAD_ID
from edgernn.train.teacher import smoothed_nats


class Trainer(keras.Model):  # type: ignore[misc]
    """Trains a model of `build_model` on the batches of `Batches`, the caption's last tokens given (teacher forcing).

    Args:
      options: the model.
      network: from `build_model`.
      sees_pictures: whether batches hold pictures, and the convolutional network is trained too; otherwise they hold
        its features.
    """

    def __init__(self, options: CaptionOptions, network: Any, sees_pictures: bool = False) -> None:
        super().__init__()
        self.options, self.network, self.sees_pictures = options, network, sees_pictures
        self.encoder, step = network.get_layer(ENCODER), network.get_layer(STEP)
        set_trained(self.encoder, sees_pictures)
        self.places = self.encoder.get_layer(PLACES).output.shape[1]
        self.table = step.get_layer(TABLE)
        self.cell = AttendingCell(options, step, self.places)
        self.decoder = keras.layers.RNN(self.cell, return_sequences=True)
        self.seen = keras.Model(self.encoder.input, self.encoder.get_layer(PLACES).output) if sees_pictures else None
        # A channel is dropped in all places of a picture, as its neighbours would tell it.
        self.channel_dropout = keras.layers.SpatialDropout1D(options.dropout) if options.dropout else None
        self.dropout = keras.layers.Dropout(options.dropout) if options.dropout else None
        self.state_names, self.smoothing = state_names(options), options.label_smoothing
        self.built = True  # the network is

    def call(self, batch: Any, training: bool = False) -> Any:
        """Logits float32 [batch, caption, tokens] of what follows each token; behind them the attention, [..., places].

        Args:
          batch: pictures or features, the tokens given, and those wanted.
          training: whether to drop out.
        """
        sight, given, _ = batch
        features = self.seen({PICTURE: sight}) if self.seen is not None else sight
        return self.read(features, given, training)

    def features(self, sight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Of what batches hold, float32 [batch, places, channels]."""
        if self.seen is None:
            return sight
        return np.array(ops.convert_to_numpy(self.seen({PICTURE: ops.convert_to_tensor(sight)})))

    def read(self, features: Any, given: Any, training: bool = False) -> Any:
        """As `call`, of features [batch, places, channels] and the tokens given."""
        standard = self.encoder.get_layer(STANDARD)(features, training=False)
        if self.channel_dropout is not None:
            standard = self.channel_dropout(standard, training=training)
        memory = project(self.options, self.encoder.get_layer, standard)
        self.cell.attend_to(memory)
        x = self._dropped(self.table(given), training)
        found = self.decoder(x, initial_state=[memory[name] for name in self.state_names], training=training)
        vectors, attention = found[..., : -self.places], found[..., -self.places :]
        logits = self.table(self._dropped(vectors, training), reverse=True)
        return ops.concatenate([logits, attention], axis=-1)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Nats a token; in training against smoothed labels (see `smoothed_nats`).

        In training the doubly stochastic regularization of Xu et al. 2015 is added: the mean square by which the share
        of a place in all steps, as a part of an even share, differs from 1.
        """
        wanted = ops.cast(x[2], "int32")
        real = ops.cast(ops.not_equal(wanted, PAD_ID), "float32")
        logits, attention = y_pred[..., : -self.places], y_pred[..., -self.places :]
        nats = smoothed_nats(logits, wanted, real, self.smoothing if training else 0.0)
        if not training or not self.options.doubly_stochastic:
            return nats
        looked = ops.sum(attention * ops.expand_dims(real, -1), axis=1)
        even = ops.sum(real, axis=1, keepdims=True) / self.places
        return nats + self.options.doubly_stochastic * ops.mean(ops.square(1.0 - looked / even))

    def sync(self) -> None:
        """Makes the variables show what training has made of them, which the JAX backend keeps elsewhere."""
        if hasattr(self, "jax_state_sync"):
            self.jax_state_sync()

    def _dropped(self, x: Any, training: bool) -> Any:
        return self.dropout(x, training=training) if self.dropout is not None else x


def set_trained(encoder: Any, trained: bool) -> None:
    """Whether the convolutional network within an encoder is trained; what normalizes in it never is."""
    for layer in encoder.layers:
        if isinstance(layer, keras.Model):
            layer.trainable = trained
            for inner in layer.layers:
                if isinstance(inner, keras.layers.BatchNormalization):
                    inner.trainable = False
