"""Translates with a Keras model, always by the likeliest token: a reference that is plain, not quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from edgernn.train.translate.model import ENCODER, FEED, LOGITS, MEMORY, SOURCE, STEP, TOKEN
from edgernn.train.translate.tokenizer import BEGIN_ID, END_ID, PAD_ID, UNKNOWN_ID

# A translation may have so many times the source's tokens, and some more.
_RATIO, _SPARE = 2, 10
_TOGETHER = 128
_NEVER_SAID = [PAD_ID, UNKNOWN_ID, BEGIN_ID]


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
    said = np.full((len(sources), 1), BEGIN_ID, np.int32)
    ended = np.zeros(len(sources), bool)
    spoken: list[npt.NDArray[np.int32]] = []
    for _ in range(_RATIO * longest + _SPARE):
        outputs = step({TOKEN: ops.convert_to_tensor(said), **states, **memory})
        states = {name: outputs[name] for name in states}
        logits = np.array(ops.convert_to_numpy(outputs[LOGITS]))
        logits[:, _NEVER_SAID] = -np.inf
        said = logits.argmax(axis=-1).astype(np.int32)[:, None]
        said[ended] = END_ID
        spoken.append(said)
        ended |= said[:, 0] == END_ID
        if ended.all():
            break
    return [_until_end(row) for row in np.concatenate(spoken, axis=1)]


def _until_end(ids: npt.NDArray[np.int32]) -> list[int]:
    ends = np.flatnonzero(ids == END_ID)
    return [int(one) for one in (ids[: ends[0]] if len(ends) else ids)]
