"""Everything that can be chosen for a training, with its limits."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from edgernn.edge_runtime.errors import InputError

Cell = Literal["lstm", "gru", "simple_rnn"]
CELLS = ("lstm", "gru", "simple_rnn")
POOLINGS = ("last", "mean")


@dataclass(frozen=True)
class ClassifyOptions:
    """The model and how it is trained.

    Attributes:
      cell: kind of recurrent layer.
      bidirectional: read the text in both directions.
      layers: number of recurrent layers.
      units: states of one recurrent layer, in one direction.
      embedding_dim: size of a token's vector.
      vocab_size: greatest number of tokens in the vocabulary.
      max_length: tokens of a text that are read, the start token included.
      max_chars: characters of a text that are read.
      lowercase: fold upper case in the tokenizer.
      pooling: "last": the state after the last token; "mean": the mean of all states.
      dropout: part of the embedding's features and of the last state that is dropped in training, 0 to 1.
      token_dropout: part of the tokens that is replaced by the padding's neighbour "unknown" in training, 0 to 1.
      label_smoothing: part of the target's weight spread over all labels, 0 to 1.
      balance: exponent of the class weights: 0 counts every example alike, 1 every class.
      epochs: greatest number of passes over the training split.
      batch_size: examples a step.
      learning_rate: of Adam.
      patience: epochs without a better validation loss after which training ends.
      seed: of the split, the weights, and the order of examples.
    """

    cell: Cell = "lstm"
    bidirectional: bool = False
    layers: int = 1
    units: int = 96
    embedding_dim: int = 192
    vocab_size: int = 4000
    max_length: int = 128
    max_chars: int = 4000
    lowercase: bool = False
    pooling: Literal["last", "mean"] = "last"
    dropout: float = 0.5
    token_dropout: float = 0.2
    label_smoothing: float = 0.05
    balance: float = 0.5
    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 2e-3
    patience: int = 6
    seed: int = 1

    def __post_init__(self) -> None:
        """Raises InputError naming every value that is out of its range."""
        faults = [
            f"{name} must lie between {low} and {high}, not {getattr(self, name)}"
            for name, (low, high) in _RANGES.items()
            if not low <= getattr(self, name) <= high
        ]
        faults += [f"cell must be one of {', '.join(CELLS)}, not {self.cell}"] if self.cell not in CELLS else []
        faults += [f"pooling must be one of {', '.join(POOLINGS)}"] if self.pooling not in POOLINGS else []
        if faults:
            raise InputError("; ".join(faults))


_RANGES: dict[str, tuple[float, float]] = {
    "layers": (1, 8),
    "units": (1, 4096),
    "embedding_dim": (1, 4096),
    # Below 261 there is no room for the 256 bytes, the special tokens and a merge.
    "vocab_size": (261, 200_000),
    "max_length": (2, 4096),
    "max_chars": (1, 1_000_000),
    "dropout": (0.0, 0.9),
    "token_dropout": (0.0, 0.9),
    "label_smoothing": (0.0, 0.5),
    "balance": (0.0, 1.0),
    "epochs": (1, 10_000),
    "batch_size": (1, 65_536),
    "learning_rate": (1e-7, 1.0),
    "patience": (1, 10_000),
    "seed": (0, 2**31 - 1),
}

PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    # Seconds of training; for trying the commands, not for use.
    "tiny": {"units": 8, "embedding_dim": 8, "vocab_size": 400, "max_length": 48, "epochs": 3},
}


def options_for(preset: str, chosen: dict[str, Any]) -> ClassifyOptions:
    """A preset with the user's own choices laid over it.

    Args:
      preset: name out of `PRESETS`.
      chosen: by field name; None values are left out.

    Raises:
      InputError: unknown preset, or a value out of its range.
    """
    if preset not in PRESETS:
        raise InputError(f"unknown preset {preset!r}: choose one of {', '.join(PRESETS)}")
    known = {field.name for field in fields(ClassifyOptions)}
    values = {name: value for name, value in chosen.items() if value is not None and name in known}
    return replace(ClassifyOptions(), **{**PRESETS[preset], **values})
