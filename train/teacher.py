"""Losses of decoders that are given the right tokens so far (teacher forcing)."""

from __future__ import annotations

from typing import Any

from keras import ops


def smoothed_nats(logits: Any, wanted: Any, real: Any, smoothing: float) -> Any:
    """Mean negative logarithm of the probability of a token, in nats.

    Args:
      logits: float32 [batch, time, tokens].
      wanted: the right tokens, int32 [batch, time].
      real: float32 [batch, time], 0 where there is padding.
      smoothing: the part of the label's probability that is spread over the whole vocabulary (Szegedy et al. 2016).
    """
    right = ops.squeeze(ops.take_along_axis(logits, ops.expand_dims(wanted, -1), axis=-1), -1)
    label = (1.0 - smoothing) * right + smoothing * ops.mean(logits, axis=-1) if smoothing else right
    return ops.sum((ops.logsumexp(logits, axis=-1) - label) * real) / ops.sum(real)
