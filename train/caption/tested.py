"""Captions of pictures that were not trained on, scored beside those that a captioner must be better than."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.caption.reading.corpus import CaptionCorpus
from edgernn.edge_runtime.caption.reading.types import CaptionedPicture
from edgernn.edge_runtime.caption.scoring import scores_of
from edgernn.edge_runtime.errors import InputError
from edgernn.train.caption.baselines import most_frequent, nearest_captions
from edgernn.train.caption.decode import greedy_of_features, greedy_of_pictures, searched_of_pictures, texts_of
from edgernn.train.caption.fit import Fitted
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.caption.parts import parts_of
from edgernn.train.caption.prepare import Prepared, Seen, look, pooled
from edgernn.train.caption.save import TESTED, loaded, some_of
from edgernn.train.caption.sight import KeptFeatures
from edgernn.train.listener import Listener

# Pictures that are held in memory at once.
_TOGETHER = 256


class Tester:
    """Scores a trained captioner.

    Args:
      options: of the training.
      seen: pictures and features.
      prepared: captions and tokenizer.
      fitted: the captioner.
    """

    def __init__(self, options: CaptionOptions, seen: Seen, prepared: Prepared, fitted: Fitted) -> None:
        self._options, self._seen, self._prepared, self._fitted = options, seen, prepared, fitted

    def scores(self, also: Sequence[CaptionCorpus], listener: Listener) -> dict[str, Any]:
        """For metrics.json: of the pictures beside the model ("test"), of the test part and of other sets' ("also").

        Args:
          also: other sets.
          listener: is told what is looked at.

        Raises:
          InputError: another set has no test picture that can be used.
        """
        found = {
            "test": self._beside_the_model(),
            **self._compared(self._seen.pictures["test"], self._features("test")),
        }
        if also:
            found["also"] = {one.source.name: self._on(one, listener) for one in also}
        return found

    def _beside_the_model(self) -> dict[str, Any]:
        """By the whole of the model and a device's search, as the conversion compares."""
        pictures = some_of(self._seen.pictures["test"], TESTED)
        rule = self._seen.encoder.picture
        texts = self._texts(searched_of_pictures(self._fitted.model, self._options, loaded(pictures, rule), rule))
        return asdict(scores_of(texts, [list(picture.captions) for picture in pictures]))

    def _compared(self, pictures: Sequence[CaptionedPicture], sight: KeptFeatures) -> dict[str, Any]:
        """Scores of the model and of what it must be better than."""
        train = self._seen.pictures["train"]
        references = [list(picture.captions) for picture in pictures]
        said = {
            "most_frequent": [most_frequent(train)] * len(pictures),
            "nearest_neighbour": nearest_captions(train, self._known, self._pooled(sight, len(pictures))),
        }
        return {
            "test_all": asdict(scores_of(self._captions(pictures, sight), references)),
            "baselines": {name: asdict(scores_of(texts, references)) for name, texts in said.items()},
        }

    def _on(self, corpus: CaptionCorpus, listener: Listener) -> dict[str, Any]:
        """The same figures on another set's test part."""
        tested = parts_of(corpus, self._options.seed)["test"]
        cached = look([picture.path for picture in tested], self._seen.encoder, listener)
        usable = [picture for picture in tested if picture.path in cached.digests]
        if not usable:
            raise InputError(f"{corpus.source.path}: no picture that can be used is in its test part")
        return self._compared(usable, KeptFeatures(cached, [picture.path for picture in usable]))

    def _captions(self, pictures: Sequence[CaptionedPicture], sight: KeptFeatures) -> list[str]:
        """By blocks; from kept features where the encoder is still the one that they are of."""
        said: list[list[int]] = []
        for start in range(0, len(pictures), _TOGETHER):
            numbers = range(start, min(start + _TOGETHER, len(pictures)))
            if self._fitted.tuned:
                said += self._of_pictures([pictures[number] for number in numbers])
            else:
                said += greedy_of_features(self._fitted.model, self._options, sight(numbers))
        return self._texts(said)

    def _of_pictures(self, pictures: Sequence[CaptionedPicture]) -> list[list[int]]:
        rule = self._seen.encoder.picture
        return greedy_of_pictures(self._fitted.model, self._options, loaded(pictures, rule), rule)

    def _texts(self, said: Sequence[Sequence[int]]) -> list[str]:
        return texts_of(self._prepared.tokenizer, said, self._options.level)

    def _features(self, split: str) -> KeptFeatures:
        return self._seen.features(split)

    @cached_property
    def _known(self) -> npt.NDArray[np.float32]:
        """Of the training pictures, which every set is compared with."""
        return self._pooled(self._features("train"), len(self._seen.pictures["train"]))

    def _pooled(self, sight: KeptFeatures, count: int) -> npt.NDArray[np.float32]:
        """What pictures are compared by."""
        return pooled(sight, count)[:, -self._seen.encoder.deepest :]
