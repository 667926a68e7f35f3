"""The network: a recurrent reading of the window that bends the Theta method's path."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.train.forecast.options import ForecastOptions

_EMBED, _DENSE = 64, 128
_LEAST_STEPS, _MOST_STEPS = 7, 60
# The network's answers are small at first: training begins at the Theta method.
_STEP = 0.2
# softplus of it, times _STEP: 0.8 mean steps, which is a usual error of a step ahead.
_FIRST_SPREAD = 4.0


def build_model(options: ForecastOptions, spec: ForecastSpec) -> Any:
    """A Keras model: window and context in, quantiles out, float32 [batch, horizon, quantiles], rising.

    A global recurrent model over all series whose start is a classical forecast, as in ES-RNN (Smyl 2020); long windows
    in segments, as in SegRNN (Lin et al. 2023); quantiles by the pinball loss as in MQ-RNN (Wen et al. 2017), kept in
    order by adding spreads that are positive.
    """
    window = keras.Input(spec.window_shape, name=spec.window_input)
    context = keras.Input((spec.context_width,), name=spec.context_input)
    make = {"lstm": layers.LSTM, "gru": layers.GRU}[options.cell]
    hidden = window
    segment = options.segment or segment_of(spec)
    if segment > 1:
        hidden = layers.Reshape((spec.window // segment, segment * spec.window_shape[1]), name="segments")(hidden)
        hidden = layers.Dense(_EMBED, activation="relu", name="embed")(hidden)
    for number in range(options.layers):
        last = number == options.layers - 1
        hidden = make(options.units, return_sequences=not last, name=f"{options.cell}_{number + 1}")(hidden)
    # The window itself too: what was a season ago need not pass through the states.
    joined = layers.Concatenate()([hidden, layers.Flatten()(window), context])
    joined = layers.Dropout(options.dropout)(joined)
    joined = layers.Dense(_DENSE, activation="relu", name="mix")(joined)
    start = context[:, : spec.horizon] + context[:, spec.horizon : 2 * spec.horizon]
    middle = start + _STEP * _dense(spec.horizon, "middle")(joined)
    below = [level for level in spec.quantiles if level < 0.5]
    above = [level for level in spec.quantiles if level > 0.5]
    lower = _spread(joined, middle, [f"below_{n + 1}" for n in range(len(below))], -_STEP)
    upper = _spread(joined, middle, [f"above_{n + 1}" for n in range(len(above))], _STEP)
    return keras.Model([window, context], _side_by_side([*reversed(lower), middle, *upper], spec.output))


def segment_of(spec: ForecastSpec) -> int:
    """Values a recurrent step takes together: 1; of windows longer than 60, a season or a seventh."""
    if spec.window <= _MOST_STEPS:
        return 1
    if spec.window % spec.period == 0 and spec.window >= 3 * spec.period > 3:
        return spec.period
    return max(segment for segment in range(1, spec.window // _LEAST_STEPS + 1) if spec.window % segment == 0)


def _spread(joined: Any, middle: Any, names: list[str], step: float) -> list[Any]:
    lines, line = [], middle
    for name in names:
        width = layers.Activation("softplus")(_dense(middle.shape[1], name, _FIRST_SPREAD)(joined))
        line = line + step * width
        lines.append(line)
    return lines


def _dense(width: int, name: str, bias: float = 0.0) -> Any:
    small = keras.initializers.RandomNormal(stddev=0.01)
    return layers.Dense(width, kernel_initializer=small, bias_initializer=keras.initializers.Constant(bias), name=name)


def _side_by_side(paths: list[Any], name: str) -> Any:
    """[batch, horizon] each -> [batch, horizon, paths]."""
    columns = [layers.Reshape((path.shape[1], 1))(path) for path in paths]
    return layers.Concatenate(axis=2, name=name)(columns)


def pinball(quantiles: tuple[float, ...]) -> Any:
    """The loss whose least value is at the quantiles (Koenker and Bassett 1978), the middle one counting most.

    The target is [batch, horizon, 2]: values, and 1 where there is one.
    """
    levels = ops.convert_to_tensor(quantiles, "float32")
    weights = ops.convert_to_tensor([2.0 if level == 0.5 else 0.6 for level in quantiles], "float32")

    def loss(target: Any, answer: Any) -> Any:
        error = target[..., :1] - answer
        losses = ops.sum(weights * ops.maximum(levels * error, (levels - 1) * error), axis=-1)
        known = target[..., 1]
        return ops.sum(losses * known, axis=-1) / ops.maximum(ops.sum(known, axis=-1), 1.0)

    return loss
