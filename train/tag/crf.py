"""The likelihood of a linear-chain conditional random field (Lafferty et al. 2001), for any Keras backend."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from edgernn.edge_runtime.tag.crf import Crf
from edgernn.edge_runtime.tag.schemes import Scheme, may_follow

# So low that no sequence takes it, and so high that sums of it stay exact.
FORBIDDEN = -1e4


class Chain(keras.layers.Layer):  # type: ignore[misc]
    """What labels add to each other's scores; learns it from labelled sequences.

    Args:
      labels: in the order of the scores' last axis.
      scheme: what it forbids is never learnt.
    """

    def __init__(self, labels: tuple[str, ...], scheme: Scheme, **options: Any) -> None:
        super().__init__(**options)
        count = len(labels)
        shapes = ((count, count), (count,), (count,))
        names = ("between", "start", "end")
        self._learnt = [self.add_weight(s, initializer="zeros", name=n) for s, n in zip(shapes, names, strict=True)]
        self._forbidden = _forbidden(labels, scheme)
        self._onward = keras.layers.RNN(_Onward(self))
        self.supports_masking = True  # it is given as an argument
        self.built = True

    @property
    def parts(self) -> tuple[Any, Any, Any]:
        """Between labels float [labels, labels], of the first one [labels], of the last one [labels]."""
        between, start, end = (ops.add(a, b) for a, b in zip(self._learnt, self._forbidden, strict=True))
        return between, start, end

    def call(self, scores: Any, labels: Any, mask: Any) -> Any:
        """The negative logarithm of the probability of each sequence's labels.

        Args:
          scores: float [batch, time, labels], two steps or more.
          labels: int [batch, time]; anything valid where the mask is 0.
          mask: float [batch, time], 1 for real steps, which come first; at least one a sequence.

        Returns:
          float [batch], in nats.
        """
        between, start, end = self.parts
        first = start + scores[:, 0]
        total = self._onward(scores[:, 1:], initial_state=[first], mask=mask[:, 1:] > 0)
        # Without a second step the loop gives zeros, and the first one is all there is.
        total = ops.where(mask[:, 1:2] > 0, total, first)
        return ops.logsumexp(total + end, axis=-1) - _of_path(scores, labels, mask, between, start, end)

    def compute_mask(self, *inputs: Any, **options: Any) -> None:
        """A sequence's likelihood has no steps to mask."""

    def learnt(self) -> Crf:
        """As the runtime takes it."""
        return Crf(*(ops.convert_to_numpy(part).astype(np.float64) for part in self.parts))


class _Onward(keras.layers.Layer):  # type: ignore[misc]
    """One step of the sum over all sequences, as a recurrent cell: Keras's loop serves all backends."""

    def __init__(self, chain: Chain, **options: Any) -> None:
        super().__init__(**options)
        # In a tuple, so that Keras does not take the chain for a part of its part.
        self._chain = (lambda: chain.parts[0],)
        self.state_size = self.output_size = chain.parts[1].shape[0]
        self.built = True

    def call(self, scores: Any, states: Any) -> tuple[Any, Any]:
        """Logarithms of the sums [batch, labels]."""
        total = ops.logsumexp(states[0][:, :, None] + self._chain[0]()[None], axis=1) + scores
        return total, [total]


def _of_path(scores: Any, labels: Any, mask: Any, between: Any, start: Any, end: Any) -> Any:
    """The labels' own score [batch]."""
    count = between.shape[0]
    steps = ops.squeeze(ops.take_along_axis(scores, labels[:, :, None], axis=-1), -1)
    pairs = ops.take(ops.reshape(between, (-1,)), labels[:, :-1] * count + labels[:, 1:])
    last = ops.cast(ops.sum(mask, axis=1), "int32") - 1
    ends = ops.take(end, ops.squeeze(ops.take_along_axis(labels, last[:, None], axis=1), -1))
    return ops.take(start, labels[:, 0]) + ops.sum(steps * mask, 1) + ops.sum(pairs * mask[:, 1:], 1) + ends


def _forbidden(labels: tuple[str, ...], scheme: Scheme) -> tuple[Any, Any, Any]:
    """What must not follow in a scheme has a cost; the rest has none."""

    def cost(before: str | None, after: str | None) -> float:
        return 0.0 if may_follow(before, after, scheme) else FORBIDDEN

    return (
        np.array([[cost(a, b) for b in labels] for a in labels], np.float32),
        np.array([cost(None, label) for label in labels], np.float32),
        np.array([cost(label, None) for label in labels], np.float32),
    )
