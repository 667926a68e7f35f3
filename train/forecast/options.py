"""What can be chosen for a forecaster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.train.presets import chosen_from

CELLS = ("lstm", "gru")
# The middle, the 80 % range and the 95 % range.
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)


@dataclass(frozen=True)
class ForecastOptions:
    """Model and training.

    Attributes:
      cell: recurrent layer.
      layers: of them.
      units: states of a layer.
      window: values that the network sees; 0: by the season.
      segment: values that a step of the recurrent layers takes together, by which the window must be divisible; 0: 1,
        but a season where the window is longer than 60 values.
      horizon: steps ahead; 0: as long as the file's test parts, or what is usual for the frequency.
      dropout: of what the dense layers see.
      stride: values between the origins that are learnt from; 0: so that there are at most 50,000 of them.
      epochs: passes over them.
      batch_size: origins a step; 0: a hundredth of them, 32 to 256.
      learning_rate: of AdamW, at its beginning.
      seed: of weights and order.
    """

    cell: str = "lstm"
    layers: int = 2
    units: int = 32
    window: int = 0
    segment: int = 0
    horizon: int = 0
    dropout: float = 0.4
    stride: int = 0
    epochs: int = 12
    batch_size: int = 0
    learning_rate: float = 2e-3
    seed: int = 1


PRESETS: dict[str, ForecastOptions] = {
    "default": ForecastOptions(),
    "tiny": ForecastOptions(layers=1, units=8, epochs=2, stride=4),
    "large": ForecastOptions(units=64, epochs=16),
}


def options_for(preset: str, chosen: Mapping[str, Any]) -> ForecastOptions:
    """A preset with the user's choices (those that are not None).

    Raises:
      InputError: an unknown preset, or a value that makes no sense.
    """
    options = chosen_from(PRESETS, preset, chosen)
    for name in ("layers", "units", "epochs", "learning_rate"):
        if getattr(options, name) <= 0:
            raise InputError(f"--{name.replace('_', '-')} must be more than 0, not {getattr(options, name)}")
    for name in ("window", "segment", "horizon", "stride", "batch_size", "seed"):
        if getattr(options, name) < 0:
            raise InputError(f"--{name.replace('_', '-')} must be 0 or more, not {getattr(options, name)}")
    if not 0 <= options.dropout < 1:
        raise InputError(f"--dropout must be at least 0 and less than 1, not {options.dropout}")
    return options
