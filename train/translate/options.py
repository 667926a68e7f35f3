"""What can be chosen for a translator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgernn.train.presets import check_values, chosen_from

CELLS = ("lstm", "gru")
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class TranslateOptions:
    """Model and training.

    Attributes:
      cell: recurrent layer of encoder and decoder.
      encoder_layers: bidirectional layers, one on the other.
      encoder_units: states of such a layer, in one direction.
      decoder_layers: recurrent layers, one on the other.
      units: states of such a layer.
      embedding_dim: size of a token's vector, and of the vector that the softmax sees.
      vocab_size: greatest number of tokens of either language, or of both together.
      joint: whether both languages have the same tokens and the same vectors.
      dropout: of vectors, and of the recurrent layers' inputs and outputs.
      label_smoothing: part of the probability that is spread over the whole vocabulary (Szegedy et al. 2016).
      kept: of the pairs whose sides share a name or a number, this part is learnt a second time with another number in
        its place, so that numbers are copied.
      joined: so many examples, as a part of the training split, are made of 2 to 12 pairs, one behind the other: so
        long sources are learnt where the data has none.
      epochs: passes over the training split.
      batch_tokens: of source and target together, padding included.
      learning_rate: of Adam, after the first steps; it falls to zero by a cosine.
      average: momentum of the weights' moving average, which is what is kept; 0: none.
      max_tokens: longer sentences are left out of training; the longest source that is read on the device.
      precision: in which training multiplies; "bfloat16" is about half as fast again on processors that have
        instructions for it (AVX-512 BF16, AMX), and far slower on others. What is written is float32 in any case.
      seed: of split, weights, dropout and order.
    """

    cell: str = "lstm"
    encoder_layers: int = 1
    encoder_units: int = 256
    decoder_layers: int = 1
    units: int = 512
    embedding_dim: int = 256
    vocab_size: int = 8000
    joint: bool = False
    dropout: float = 0.2
    label_smoothing: float = 0.1
    kept: float = 0.2
    joined: float = 0.01
    epochs: int = 12
    batch_tokens: int = 3000
    learning_rate: float = 2e-3
    average: float = 0.998
    max_tokens: int = 200
    precision: str = "float32"
    seed: int = 1


PRESETS: dict[str, TranslateOptions] = {
    # Small batches: by the same number of tokens they learn far more, for an eighth more time.
    "hour": TranslateOptions(encoder_units=192, units=384, vocab_size=6000, epochs=12, batch_tokens=1500),
    "full": TranslateOptions(encoder_layers=2, encoder_units=320, units=640, dropout=0.3, epochs=40),
    # Seconds of training; for trying the commands, not for use.
    "tiny": TranslateOptions(
        encoder_units=32,
        units=48,
        embedding_dim=24,
        vocab_size=400,
        dropout=0.0,
        label_smoothing=0.0,
        epochs=8,
        batch_tokens=150,
        learning_rate=1e-2,
        average=0.0,
    ),
}


def options_for(preset: str, chosen: Mapping[str, Any]) -> TranslateOptions:
    """A preset with the user's choices (those that are not None).

    Raises:
      InputError: an unknown preset, or a value out of its range.
    """
    options = chosen_from(PRESETS, preset, chosen)
    check_values(options, _RANGES, {"cell": CELLS, "precision": PRECISIONS})
    return options


_RANGES: dict[str, tuple[float, float]] = {
    "encoder_layers": (1, 8),
    "encoder_units": (1, 8192),
    "decoder_layers": (1, 8),
    "units": (1, 8192),
    "embedding_dim": (1, 8192),
    # Below 261 there is no room for the 256 bytes, the special tokens and a merge.
    "vocab_size": (261, 500_000),
    "dropout": (0.0, 0.9),
    "label_smoothing": (0.0, 0.9),
    "kept": (0.0, 1.0),
    "joined": (0.0, 1.0),
    "epochs": (1, 10_000),
    "batch_tokens": (16, 1_000_000),
    "learning_rate": (1e-7, 10.0),
    "average": (0.0, 0.999999),
    "max_tokens": (4, 2000),
    "seed": (0, 2**31 - 1),
}
