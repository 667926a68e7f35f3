"""Writes captions with a Keras model, a reference that is plain, not quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from edgernn.edge_runtime.caption.options import CaptionOptions as Settings
from edgernn.edge_runtime.decode.scorer import Scored
from edgernn.edge_runtime.decode.scores import by_length_and_coverage
from edgernn.edge_runtime.decode.search import Limits, search
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import Pixels, model_input
from edgernn.train.caption.model import ENCODER, MEMORY, PICTURE, STANDARD, STEP, project, state_names
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.caption.tokenizer import BEGIN_ID, END_ID, PAD_ID, UNKNOWN_ID
from edgernn.train.greedy import LOGITS, TOKEN, likeliest

_TOGETHER, _PICTURES_TOGETHER = 128, 16


def greedy_of_features(model: Any, options: CaptionOptions, features: npt.NDArray[np.float32]) -> list[list[int]]:
    """The ids of a caption for each picture, always by the likeliest token, without beginning and end.

    Args:
      model: from `build_model`.
      options: of the model; a caption has `max_tokens` at most, its end counted.
      features: of the convolutional network, float32 [pictures, places, channels].
    """
    encoder = model.get_layer(ENCODER)
    found: list[list[int]] = []
    for start in range(0, len(features), _TOGETHER):
        some = ops.convert_to_tensor(features[start : start + _TOGETHER])
        standard = encoder.get_layer(STANDARD)(some, training=False)
        found += _said(model, options, project(options, encoder.get_layer, standard))
    return found


def greedy_of_pictures(model: Any, options: CaptionOptions, pictures: Pixels, rule: PictureSpec) -> list[list[int]]:
    """The same by the whole model.

    Args:
      model: from `build_model`.
      options: of the model.
      pictures: uint8 [pictures, size, size, 3], RGB.
      rule: for the encoder's input.
    """
    found: list[list[int]] = []
    for start in range(0, len(pictures), _PICTURES_TOGETHER):
        some = model_input(pictures[start : start + _PICTURES_TOGETHER], rule)
        found += _said(model, options, model.get_layer(ENCODER)({PICTURE: ops.convert_to_tensor(some)}))
    return found


def searched_of_pictures(model: Any, options: CaptionOptions, pictures: Pixels, rule: PictureSpec) -> list[list[int]]:
    """The same by the search that a device makes where nothing else is asked for."""
    settings = Settings()
    score = by_length_and_coverage(settings.length_penalty, 0.0)
    limits = Limits(settings.beams, options.max_tokens)
    found: list[list[int]] = []
    for start in range(0, len(pictures), _PICTURES_TOGETHER):
        some = model_input(pictures[start : start + _PICTURES_TOGETHER], rule)
        encoded = model.get_layer(ENCODER)({PICTURE: ops.convert_to_tensor(some)})
        for row in range(len(some)):
            scorer = _Scorer(model.get_layer(STEP), {name: array[row : row + 1] for name, array in encoded.items()})
            first = scorer.step((0,), (BEGIN_ID,))
            first.logits[:, END_ID] = -np.inf  # a caption has a word at least
            best, *_ = search(scorer, first, limits, score, END_ID, (PAD_ID, UNKNOWN_ID, BEGIN_ID))
            found.append(list(best.tokens))
    return found


def texts_of(tokenizer: Any, captions: Sequence[Sequence[int]], level: str) -> list[str]:
    """Captions as people read them, without the blank before the first word."""
    if level == "bpe":
        return [text.strip() for text in tokenizer.decode_batch([list(ids) for ids in captions])]
    return ["".join(tokenizer.id_to_token(number) for number in ids).strip() for ids in captions]


def _said(model: Any, options: CaptionOptions, encoded: dict[str, Any]) -> list[list[int]]:
    memory = {name: encoded[name] for name in MEMORY}
    states = {name: encoded[name] for name in state_names(options)}
    # A caption has a word at least, as on the device.
    return likeliest(model.get_layer(STEP), states, memory, options.max_tokens, least=1)


class _Scorer:
    """What `search` asks; see `BatchScorer`.

    Args:
      step: of the model.
      encoded: what the encoder says of one picture, [1, ...] each.
    """

    def __init__(self, step: Any, encoded: dict[str, Any]) -> None:
        self._step, self._encoded = step, encoded

    def step(self, parents: Sequence[int], tokens: Sequence[int]) -> Scored:
        """See `BatchScorer`."""
        rows = ops.convert_to_tensor(np.array(parents, np.int32))
        self._encoded = {name: ops.take(array, rows, axis=0) for name, array in self._encoded.items()}
        outputs = self._step({TOKEN: ops.convert_to_tensor(np.array(tokens, np.int32)[:, None]), **self._encoded})
        self._encoded |= {name: outputs[name] for name in self._encoded if name in outputs}
        return Scored(np.array(ops.convert_to_numpy(outputs[LOGITS])))
