"""What can be chosen for a captioner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgernn.train.presets import check_values, chosen_from

CELLS = ("lstm", "gru")
LEVELS = ("word", "bpe", "char")
FITS = ("stretch", "crop", "pad")


@dataclass(frozen=True)
class CaptionOptions:
    """Model and training.

    Attributes:
      encoder: "efficientnet-lite0-levels", "efficientnet-lite0" or the name of a model of keras.applications.
      weights: of a model of keras.applications: a `.weights.h5` file; "" to begin at random.
      size: height and width of the pictures, pixels.
      fit: how a picture is made square: see `PictureSpec`.
      cell: recurrent layer of the decoder.
      units: its states.
      embedding_dim: size of a token's vector, and of the vector that the softmax sees.
      adaptive: attention with a visual sentinel (Lu et al. 2017) instead of plain soft attention (Xu et al. 2015).
      dropout: of features, vectors and what the softmax sees.
      weight_decay: of Adam, decoupled (Loshchilov and Hutter 2019).
      label_smoothing: part of the probability that is spread over the whole vocabulary (Szegedy et al. 2016).
      doubly_stochastic: weight of the regularization that has every place attended to (Xu et al. 2015); 0: none.
      copies: of each training picture, a little shifted, turned and resized; an epoch sees one of them or the original.
      epochs: passes over the captions with the encoder as it is.
      fine_tune: passes after these in which the encoder is trained too, from the pictures instead of kept features.
      batch_size: captions of a batch.
      learning_rate: of Adam, after the first steps; it falls to zero by a cosine.
      fine_tune_rate: the same of the passes that train the encoder too.
      average: momentum of the weights' moving average, which is what is kept; 0: none.
      level: what a token is: a word with the blank before it, a piece of one in bytes ("bpe"), or a character.
      vocab_size: greatest number of tokens.
      min_count: how often a word or a character must occur.
      max_tokens: longer captions are left out of training; the longest one that is written, its end counted.
      seed: of split, weights, dropout, copies and order.
    """

    encoder: str = "efficientnet-lite0-levels"
    weights: str = ""
    size: int = 224
    fit: str = "pad"
    cell: str = "lstm"
    units: int = 320
    embedding_dim: int = 256
    adaptive: bool = False
    dropout: float = 0.4
    weight_decay: float = 0.01
    label_smoothing: float = 0.1
    doubly_stochastic: float = 0.0
    copies: int = 2
    epochs: int = 25
    fine_tune: int = 0
    batch_size: int = 64
    learning_rate: float = 2e-3
    fine_tune_rate: float = 1e-4
    average: float = 0.99
    level: str = "word"
    vocab_size: int = 10_000
    min_count: int = 1
    max_tokens: int = 40
    seed: int = 1


PRESETS: dict[str, CaptionOptions] = {
    # Some thousand pictures: minutes on two cores once the features are there.
    "small": CaptionOptions(),
    # Flickr8k and more: a larger decoder, and an encoder that is trained too at the end.
    "large": CaptionOptions(
        units=512,
        embedding_dim=512,
        dropout=0.3,
        doubly_stochastic=1.0,
        copies=0,
        epochs=15,
        fine_tune=5,
        average=0.998,
        min_count=5,
        max_tokens=50,
    ),
    # Seconds of training; for trying the commands, not for use.
    "tiny": CaptionOptions(
        size=96,
        units=64,
        embedding_dim=48,
        dropout=0.0,
        weight_decay=0.0,
        label_smoothing=0.0,
        copies=0,
        epochs=30,
        batch_size=16,
        learning_rate=1e-2,
        average=0.0,
    ),
}


def options_for(preset: str, chosen: Mapping[str, Any]) -> CaptionOptions:
    """A preset with the user's choices (those that are not None).

    Raises:
      InputError: an unknown preset, or a value out of its range.
    """
    options = chosen_from(PRESETS, preset, chosen)
    check_values(options, _RANGES, {"cell": CELLS, "level": LEVELS, "fit": FITS})
    return options


_RANGES: dict[str, tuple[float, float]] = {
    "size": (32, 4096),
    "units": (1, 8192),
    "embedding_dim": (1, 8192),
    "dropout": (0.0, 0.9),
    "weight_decay": (0.0, 1.0),
    "label_smoothing": (0.0, 0.9),
    "doubly_stochastic": (0.0, 100.0),
    "copies": (0, 64),
    "epochs": (1, 10_000),
    "fine_tune": (0, 10_000),
    "batch_size": (1, 4096),
    "learning_rate": (1e-7, 10.0),
    "fine_tune_rate": (1e-7, 10.0),
    "average": (0.0, 0.999999),
    # Below 261 there is no room for the 256 bytes, the special tokens and a merge.
    "vocab_size": (261, 500_000),
    "min_count": (1, 1_000_000),
    "max_tokens": (2, 1000),
    "seed": (0, 2**31 - 1),
}
