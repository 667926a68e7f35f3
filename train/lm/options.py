"""What can be chosen for a language model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from edgernn.train.presets import check_values, chosen_from

CELLS = ("lstm", "cifg", "gru")
OPTIMIZERS = ("sgd", "adamw")
LEVELS = ("auto", "blank", "word", "bpe", "char")
Level = Literal["auto", "blank", "word", "bpe", "char"]


@dataclass(frozen=True)
class LmOptions:
    """Model and training.

    Attributes:
      cell: recurrent layer; "cifg" is an LSTM whose input gate is what the forget gate leaves.
      layers: of them.
      units: states of a layer.
      embedding_dim: size of a token's vector; where it differs from `units`, a projection lies before the softmax.
      level: what a token is. "blank": what stands between blanks (text that is tokenized already); "word": words,
        numbers and punctuation; "bpe": byte-level byte-pair encoding; "char": a character; "auto": as the data set
        says, otherwise words, or BPE where more than a tenth of the words would be unknown.
      vocab_size: greatest number of tokens.
      min_count: how often a word or a character must occur to be a token.
      dropout: of the embedding's and the layers' outputs, the same units for all steps of a sequence (variational).
      recurrent_dropout: of the recurrent weights, the same for all steps of a sequence (weight drop).
      word_dropout: part of the vocabulary whose vectors are zero for a batch.
      steps: that are back-propagated through.
      batch_size: streams that are read side by side.
      reset: batches after which all states begin anew, so that the beginning of a text is learnt too; 0: at the
        beginning of an epoch only, as is usual for benchmarks.
      samples: tokens of the tail that a batch's softmax is estimated from, at least; 0: all.
      head: the most frequent tokens, which a sampled softmax always holds.
      full_epochs: last epochs, without sampling.
      epochs: passes over the text.
      optimizer: "sgd", with gradients clipped to a small norm, as in Zaremba et al. 2014, which suits large
        vocabularies; "adamw" (Loshchilov and Hutter 2019), which suits small ones.
      learning_rate: after the first steps; it falls to zero by a cosine.
      weight_decay: of AdamW.
      average: momentum of the weights' moving average, which is what is kept; 0: none.
      seed: of split, weights, dropout and samples.
    """

    cell: str = "lstm"
    layers: int = 2
    units: int = 200
    embedding_dim: int = 200
    level: Level = "auto"
    vocab_size: int = 33_278
    min_count: int = 3
    dropout: float = 0.15
    recurrent_dropout: float = 0.0
    word_dropout: float = 0.0
    steps: int = 35
    batch_size: int = 20
    reset: int = 0
    samples: int = 1024
    head: int = 2048
    full_epochs: int = 0
    epochs: int = 14
    optimizer: str = "sgd"
    learning_rate: float = 20.0
    weight_decay: float = 1e-4
    average: float = 0.0
    seed: int = 1


_ADAMW: dict[str, Any] = {"optimizer": "adamw", "learning_rate": 4e-3, "average": 0.999}
PRESETS: dict[str, LmOptions] = {
    "small": LmOptions(),
    "medium": LmOptions(units=650, embedding_dim=650, dropout=0.5, recurrent_dropout=0.2, epochs=40),
    # As bytes: 960,000 for the words, 294,000 for the network, some 170,000 for scales, operators and the word list.
    "keyboard": LmOptions(
        cell="cifg",
        layers=1,
        units=256,
        embedding_dim=96,
        vocab_size=10_000,
        dropout=0.1,
        reset=50,
        batch_size=32,
        epochs=6,
        **{**_ADAMW, "learning_rate": 3e-3},
    ),
    "char": LmOptions(
        units=384,
        embedding_dim=64,
        level="char",
        vocab_size=2000,
        min_count=1,
        dropout=0.3,
        steps=50,
        reset=100,
        samples=0,
        batch_size=32,
        epochs=14,
        **_ADAMW,
    ),
    # Seconds of training; for trying the commands, not for use.
    "tiny": LmOptions(
        layers=1, units=32, embedding_dim=32, vocab_size=1000, epochs=2, samples=0, batch_size=8, **_ADAMW
    ),
}


def options_for(preset: str, chosen: Mapping[str, Any]) -> LmOptions:
    """A preset with the user's choices (those that are not None).

    Raises:
      InputError: an unknown preset, or a value out of its range.
    """
    options = chosen_from(PRESETS, preset, chosen)
    check_values(options, _RANGES, {"cell": CELLS, "level": LEVELS, "optimizer": OPTIMIZERS})
    return options


_RANGES: dict[str, tuple[float, float]] = {
    "layers": (1, 8),
    "units": (1, 8192),
    "embedding_dim": (1, 8192),
    # Below 259 there is no room for the 256 bytes, the special tokens and a merge.
    "vocab_size": (259, 500_000),
    "min_count": (1, 1_000_000),
    "dropout": (0.0, 0.9),
    "recurrent_dropout": (0.0, 0.9),
    "word_dropout": (0.0, 0.9),
    "steps": (2, 4096),
    "batch_size": (1, 65_536),
    "reset": (0, 1_000_000),
    "samples": (0, 500_000),
    "head": (1, 500_000),
    "full_epochs": (0, 10_000),
    "epochs": (1, 10_000),
    "learning_rate": (1e-7, 1000.0),
    "weight_decay": (0.0, 1.0),
    "average": (0.0, 0.999999),
    "seed": (0, 2**31 - 1),
}
