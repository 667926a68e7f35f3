"""From captioned pictures to token ids and what is seen, divided into train, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.caption.reading.corpus import SPLITS, CaptionCorpus
from edgernn.edge_runtime.caption.reading.types import CaptionedPicture
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.spread import evenly
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.train.caption.batches import Example
from edgernn.train.caption.copies import cache_copies
from edgernn.train.caption.encoder import Encoder, open_encoder
from edgernn.train.caption.feature_cache import CachedPictures, cache_features, open_cache
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.caption.parts import parts_of
from edgernn.train.caption.sight import KeptFeatures
from edgernn.train.caption.tokenizer import caption_tokenizer, text_before
from edgernn.train.listener import Listener

_FEWEST = {"train": 4, "validation": 1, "test": 1}
_NAMED = 3
# Pictures that channels' mean and deviation are computed of.
_MEASURED = 2000


@dataclass(frozen=True)
class Seen:
    """Pictures that can be read, by split.

    Attributes:
      encoder: as it was before any training.
      cached: the features of all.
      pictures: by split.
      unusable: pictures that are left out.
    """

    encoder: Encoder
    cached: CachedPictures
    pictures: dict[str, list[CaptionedPicture]]
    unusable: int

    def paths(self, split: str) -> list[Path]:
        """Of a split's pictures."""
        return [picture.path for picture in self.pictures[split]]

    def features(self, split: str, copies: int = 0) -> KeptFeatures:
        """Of a split's pictures, by number."""
        return KeptFeatures(self.cached, self.paths(split), copies)


@dataclass(frozen=True)
class Prepared:
    """Captions as ids.

    Attributes:
      tokenizer: Hugging Face tokenizers' object.
      examples: by split, of the captions that are not too long; `Example.picture` counts within the split.
      too_long: captions of the training split that are left out.
      data: how the splits came about, for the bundle.
    """

    tokenizer: Any
    examples: dict[str, list[Example]]
    too_long: int
    data: DataSpec


def see(corpus: CaptionCorpus, options: CaptionOptions, listener: Listener, encoder: Encoder | None = None) -> Seen:
    """Opens the encoder, unless it is given, and has it look at all pictures, and at copies of the training ones.

    Raises:
      InputError: the encoder cannot be opened, or a split has too few pictures.
    """
    encoder = encoder or _named(options)
    divided = parts_of(corpus, options.seed)
    _check(corpus, divided)
    paths = [picture.path for name in SPLITS for picture in divided[name]]
    cached = look(paths, encoder, listener)
    usable = {name: [one for one in divided[name] if one.path in cached.digests] for name in SPLITS}
    _check(corpus, usable)
    seen = Seen(encoder, cached, usable, len(cached.bad))
    if options.copies:
        listener.say(f"the encoder sees {options.copies} copies of each training picture")
        cache_copies(seen.paths("train"), cached, options.copies, encoder, listener.batch)
    return seen


def look(paths: Sequence[Path], encoder: Encoder, listener: Listener) -> CachedPictures:
    """Features of pictures; says which of these cannot be read."""
    listener.say(f"{encoder.name} looks at {len(paths):,} pictures; what it has seen before is kept")
    cached = cache_features(paths, encoder, open_cache(encoder), listener.batch)
    for reason in list(cached.bad.values())[:_NAMED]:
        listener.say(f"left out: {reason}")
    if len(cached.bad) > _NAMED:
        listener.say(f"left out: {len(cached.bad) - _NAMED:,} more pictures that cannot be read")
    return cached


def prepare(corpus: CaptionCorpus, seen: Seen, options: CaptionOptions) -> Prepared:
    """Finds the tokens of the training captions, and encodes all.

    Raises:
      InputError: too few captions are left.
    """
    before = text_before(options.level)
    texts = (before + caption for picture in seen.pictures["train"] for caption in picture.captions)
    tokenizer = caption_tokenizer(texts, options.level, options.vocab_size, options.min_count)
    every = {name: _encoded(seen.pictures[name], tokenizer, before) for name in SPLITS}
    examples = {name: [one for one in found if len(one.ids) < options.max_tokens] for name, found in every.items()}
    for name in SPLITS:
        if len(examples[name]) < _FEWEST[name]:
            raise InputError(
                f"{corpus.source.path}: {len(examples[name])} captions of at most {options.max_tokens - 1} tokens are "
                f"left in its {name} part, {_FEWEST[name]} are needed"
            )
    data = _data_spec(corpus, seen.pictures, options)
    return Prepared(tokenizer, examples, len(every["train"]) - len(examples["train"]), data)


def statistics(seen: Seen) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Mean and variance of each channel over training pictures, float32 [channels]."""
    features = seen.features("train")(evenly(len(seen.pictures["train"]), _MEASURED))
    return features.mean(axis=(0, 1)), features.var(axis=(0, 1))


def pooled(sight: KeptFeatures, count: int) -> npt.NDArray[np.float32]:
    """Features averaged over the places, float32 [count, channels]."""
    blocks = [range(start, min(start + _MEASURED, count)) for start in range(0, count, _MEASURED)]
    return np.concatenate([sight(block).mean(axis=1) for block in blocks])


def _named(options: CaptionOptions) -> Encoder:
    fit = cast(Literal["stretch", "crop", "pad"], options.fit)
    return open_encoder(options.encoder, PictureSpec(options.size, fit), options.weights)


def _check(corpus: CaptionCorpus, pictures: dict[str, list[CaptionedPicture]]) -> None:
    for name in SPLITS:
        if len(pictures[name]) < _FEWEST[name]:
            raise InputError(
                f"{corpus.source.path}: {len(pictures[name])} pictures that can be used are in its {name} part, "
                f"{_FEWEST[name]} are needed"
            )


def _encoded(pictures: Sequence[CaptionedPicture], tokenizer: Any, before: str) -> list[Example]:
    numbered = [(number, before + text) for number, picture in enumerate(pictures) for text in picture.captions]
    encoded = tokenizer.encode_batch_fast([text for _, text in numbered])
    return [Example(number, one.ids) for (number, _), one in zip(numbered, encoded, strict=True)]


def _data_spec(corpus: CaptionCorpus, pictures: dict[str, list[CaptionedPicture]], options: CaptionOptions) -> DataSpec:
    counts = {name: len(pictures[name]) for name in SPLITS}
    split = SplitSpec(
        method="given" if corpus.given else "groups-sha256",
        seed=options.seed,
        fractions={name: count / sum(counts.values()) for name, count in counts.items()},
        counts=counts,
    )
    known = corpus.source
    return DataSpec(known.name, corpus.sha256, known.licence, known.credit, "caption", "", split)
