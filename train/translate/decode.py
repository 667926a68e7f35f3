"""Translates with a Keras model, always by the likeliest token: a reference that is plain, not quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

from edgernn.train.greedy import likeliest
from edgernn.train.translate.model import ENCODER, FEED, MEMORY, SOURCE, STEP
from edgernn.train.translate.tokenizer import PAD_ID

# A translation may have so many times the source's tokens, and some more.
_RATIO, _SPARE = 2, 10
_TOGETHER = 128


def greedy(model: Any, sources: Sequence[Sequence[int]]) -> list[list[int]]:
    """The target's ids of each source, without beginning and end.

    Args:
      model: from `build_model`.
      sources: ids, each one or more.
    """
    order = sorted(range(len(sources)), key=lambda number: len(sources[number]))
    found: list[list[int]] = [[] for _ in sources]
    for start in range(0, len(order), _TOGETHER):
        members = order[start : start + _TOGETHER]
        for number, ids in zip(members, _batch(model, [sources[number] for number in members]), strict=True):
            found[number] = ids
    return found


def _batch(model: Any, sources: Sequence[Sequence[int]]) -> list[list[int]]:
    longest = max(1, *(len(ids) for ids in sources))
    padded = np.array([[*ids, *[PAD_ID] * (longest - len(ids))] for ids in sources], np.int32)
    encoded = model.get_layer(ENCODER)({SOURCE: ops.convert_to_tensor(padded)})
    step = model.get_layer(STEP)
    memory = {name: encoded[name] for name in MEMORY}
    states = {name: tensor for name, tensor in encoded.items() if name not in MEMORY}
    states[FEED] = ops.zeros((len(sources), step.input[FEED].shape[-1]))
    return likeliest(step, states, memory, _RATIO * longest + _SPARE)
