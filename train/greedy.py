"""Runs a decoder's step, always by the likeliest token: a reference that is plain, not quick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from edgernn.train.tokenizing import BEGIN_ID, END_ID, PAD_ID, UNKNOWN_ID

TOKEN, LOGITS = "token", "logits"
_NEVER_SAID = [PAD_ID, UNKNOWN_ID, BEGIN_ID]


def likeliest(
    step: Any, states: Mapping[str, Any], memory: Mapping[str, Any], most: int, least: int = 0
) -> list[list[int]]:
    """The ids of each sequence, without beginning and end.

    Args:
      step: model from a dict of "token" int32 [batch, 1], states and memory to one of "logits" float32
        [batch, tokens] and the states that follow, by the same names.
      states: the first ones by name, [batch, ...].
      memory: what every step is given besides, by name.
      most: tokens of a sequence, its end counted.
      least: tokens before an end may come.
    """
    count = int(next(iter(states.values())).shape[0])
    said = np.full((count, 1), BEGIN_ID, np.int32)
    ended = np.zeros(count, bool)
    spoken: list[npt.NDArray[np.int32]] = []
    for turn in range(most):
        outputs = step({TOKEN: ops.convert_to_tensor(said), **states, **memory})
        states = {name: outputs[name] for name in states}
        logits = np.array(ops.convert_to_numpy(outputs[LOGITS]))
        logits[:, _NEVER_SAID] = -np.inf
        if turn < least:
            logits[:, END_ID] = -np.inf
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
