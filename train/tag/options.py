"""What can be chosen for a tagger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.train.presets import check_values, chosen_from

CELLS = ("lstm", "gru")
DIRECTIONS = ("both", "forward")
CRFS = ("spans", "all", "none")


@dataclass(frozen=True)
class TagOptions:
    """Model and training.

    Attributes:
      cell: recurrent layer.
      direction: "both", or "forward" for models that tag words as they arrive.
      layers: recurrent layers.
      units: states of a layer, in one direction.
      word_dim: size of a word's vector; that of the vectors where these are given.
      vectors: data set or file of word vectors to begin with (GloVe's text form), or "".
      vector_words: of the vectors so many words, the most frequent, are in the list beside the training split's.
      min_count: how often a word must occur in the training split.
      characters: features made of a word's characters (Ma and Hovy 2016); 0: none.
      character_dim: size of a character's vector.
      width: characters of a word that are read.
      crf: columns in which labels depend on their neighbours (conditional random field): "spans" where labels mark
        spans, "all", "none".
      dropout: of words' vectors, of their characters' features, and behind each recurrent layer.
      unknown: how often a word that occurs once in training is taken for an unknown one.
      use_validation: the validation split trains too; then the last epoch is kept, as nothing is left to choose by.
      epochs: passes over the training split.
      batch_size: sentences.
      learning_rate: of Adam, after the first steps; it falls to zero by a cosine.
      average: momentum of the weights' moving average, which is what is kept; 0: none.
      max_words: longer sentences are read in windows, and cut in training.
      overlap: words that two windows share.
      seed: of split, weights, dropout and order.
    """

    cell: str = "lstm"
    direction: str = "both"
    layers: int = 1
    units: int = 128
    word_dim: int = 100
    vectors: str = ""
    vector_words: int = 80_000
    min_count: int = 1
    characters: int = 50
    character_dim: int = 25
    width: int = 20
    crf: str = "spans"
    dropout: float = 0.5
    unknown: float = 0.5
    use_validation: bool = False
    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 2e-3
    average: float = 0.998
    max_words: int = 128
    overlap: int = 32
    seed: int = 1


# English; other languages' are given by --vectors.
_VECTORS = "glove-50d"
PRESETS: dict[str, TagOptions] = {
    "quick": TagOptions(vectors=_VECTORS),
    "full": TagOptions(vectors=_VECTORS, units=200, epochs=30, use_validation=True),
    "stream": TagOptions(vectors=_VECTORS, direction="forward", units=256),
    # Seconds of training; for trying the commands, not for use.
    "tiny": TagOptions(units=24, word_dim=24, characters=8, character_dim=8, epochs=4, batch_size=8, average=0.0),
}


def options_for(preset: str, chosen: Mapping[str, Any]) -> TagOptions:
    """A preset with the user's choices (those that are not None).

    Raises:
      InputError: an unknown preset, or a value out of its range.
    """
    options = chosen_from(PRESETS, preset, chosen)
    check_values(options, _RANGES, {"cell": CELLS, "direction": DIRECTIONS, "crf": CRFS})
    if options.overlap * 2 >= options.max_words:
        raise InputError(f"--overlap {options.overlap} must be less than half of --max-words {options.max_words}")
    return options


_RANGES: dict[str, tuple[float, float]] = {
    "layers": (1, 8),
    "units": (1, 8192),
    "word_dim": (1, 4096),
    "vector_words": (0, 5_000_000),
    "min_count": (1, 1_000_000),
    "characters": (0, 4096),
    "character_dim": (1, 1024),
    "width": (3, 256),
    "dropout": (0.0, 0.9),
    "unknown": (0.0, 1.0),
    "epochs": (1, 10_000),
    "batch_size": (1, 65_536),
    "learning_rate": (1e-7, 10.0),
    "average": (0.0, 0.999999),
    "max_words": (4, 4096),
    "overlap": (0, 2048),
    "seed": (0, 2**31 - 1),
}
