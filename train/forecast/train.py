"""One training, from the file to the folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples import DataSource
from edgernn.edge_runtime.forecast.features import prepare, restore
from edgernn.edge_runtime.forecast.history import Values, clean
from edgernn.edge_runtime.forecast.measure import Case, baselines, cases_of, measure
from edgernn.edge_runtime.forecast.series import Series, SeriesTable, read_series
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.train.backend import import_keras
from edgernn.train.folder import check_target, new_folder
from edgernn.train.forecast.options import QUANTILES, ForecastOptions
from edgernn.train.forecast.windows import LEAST_HISTORY, make_windows

# Seasons that the network sees, and that count at all.
_WINDOW_SEASONS, _CONTEXT_SEASONS = 3, 12
_LEAST_WINDOW, _MOST_WINDOW, _LEAST_CONTEXT = 16, 60, 72
_BATCH = 1024
# A part of all values.
_MOST_ZEROS = 0.01


class Listener(Protocol):
    """Is told how the training goes."""

    def say(self, line: str) -> None:
        """A line for people."""

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        """Epoch `number` (1 or more) has ended with these figures."""


@dataclass(frozen=True)
class Trained:
    """Where the training is, and its metrics (as in metrics.json)."""

    folder: Path
    metrics: dict[str, Any]


def train(source: DataSource, out: Path, options: ForecastOptions, listener: Listener) -> Trained:
    """Reads, makes origins, finds the number of epochs, fits, measures and writes.

    What is validated is the last horizon of each training part, from the origin before it (a rolling origin); then the
    network is fitted anew on everything but the test parts, for as many epochs as were best.

    Args:
      source: the file.
      out: folder to write; it appears when everything is done.
      options: model and training.
      listener: is told how it goes.

    Raises:
      InputError: the file or the folder cannot be used.
      RuntimeUnavailable: Keras or its backend is missing.
    """
    check_target(out)
    table = read_series(source.path)
    spec = _spec(table, options)
    series = _divided(table, spec)
    histories = [clean(one.values, spec.transform).values for one in series]
    import_keras()
    from edgernn.train.forecast.fit import fit

    windows = make_windows(histories, spec, options.stride)
    earlier, held_out = windows.without_last(spec.horizon), windows.chosen(windows.left == spec.horizon)
    if not len(earlier.series) or not len(held_out.series):
        raise InputError(
            f"{source.path}: its series are too short to learn from: {spec.horizon} steps ahead need at least "
            f"{2 * spec.horizon + LEAST_HISTORY} values before the test part"
        )
    listener.say(
        f"{source.path}: {len(series)} {spec.frequency} series, season {spec.period}, {spec.horizon} steps ahead, "
        f"{len(windows.series):,} origins, transform {spec.transform}"
    )
    tried = fit(options, spec, earlier, held_out, options.epochs, listener)
    epochs = int(np.argmin(tried.history["val_loss"])) + 1
    listener.say(f"best after {epochs} epochs; fitting anew on everything before the test parts")
    fitted = fit(options, spec, windows, None, epochs, listener)
    cases = cases_of(series, spec)
    metrics: dict[str, Any] = {
        "validation": _validation(tried.model, histories, spec),
        "test": measure(cases, predict(fitted.model, [case.history for case in cases], spec), spec),
        "baselines": baselines(cases, spec.period),
        "series": len(series),
        "origins": len(windows.series),
        "epochs": epochs,
        "history": {"validated": tried.history, "final": fitted.history},
        "parameters": int(fitted.model.count_params()),
    }
    data = _data(source, table, series, cases)
    from edgernn.train.forecast.save import save

    with new_folder(out) as folder:
        save(folder, fitted.model, spec, data, options, cases, metrics)
    return Trained(out, metrics)


def predict(model: Any, histories: Sequence[Values], spec: ForecastSpec) -> list[Values]:
    """Quantiles by the Keras model, float64 [horizon, quantiles] for each history."""
    prepared = [prepare(history, spec) for history in histories]
    windows = [np.stack([p.window for p in prepared]), np.stack([p.context for p in prepared])]
    outputs = model.predict(windows, batch_size=_BATCH, verbose=0)
    return [restore(output, p, spec) for output, p in zip(outputs, prepared, strict=True)]


def _spec(table: SeriesTable, options: ForecastOptions) -> ForecastSpec:
    horizon = options.horizon or table.horizon or 2 * table.period
    window = options.window or min(_MOST_WINDOW, max(_LEAST_WINDOW, _WINDOW_SEASONS * table.period))
    return ForecastSpec(
        name="forecast",
        frequency=table.frequency,
        period=table.period,
        horizon=horizon,
        window=window,
        context=max(window, _LEAST_CONTEXT, _CONTEXT_SEASONS * table.period),
        transform="log" if _are_positive(table) else "linear",
        quantiles=QUANTILES,
        window_input="window",
        context_input="context",
        output="quantiles",
    )


def _are_positive(table: SeriesTable) -> bool:
    """Whether logarithms suit them: nothing below zero, and hardly a zero, which would be raised to a small value."""
    values = np.concatenate([one.values for one in table.series])
    known = values[np.isfinite(values)]
    return bool(known.size and known.min() >= 0 and np.mean(known == 0) <= _MOST_ZEROS)


def _divided(table: SeriesTable, spec: ForecastSpec) -> list[Series]:
    """The series, the last horizon of each set aside where the file has no test parts of its own."""
    if table.horizon:
        return list(table.series)
    long_enough = [s for s in table.series if len(s.values) > spec.horizon + LEAST_HISTORY]
    return [Series(s.name, s.values[: -spec.horizon], s.values[-spec.horizon :]) for s in long_enough]


def _validation(model: Any, histories: Sequence[Values], spec: ForecastSpec) -> dict[str, float]:
    long_enough = [history for history in histories if len(history) >= spec.horizon + LEAST_HISTORY]
    cases = [Case(history[: -spec.horizon], history[-spec.horizon :]) for history in long_enough]
    return measure(cases, predict(model, [case.history for case in cases], spec), spec)


def _data(source: DataSource, table: SeriesTable, series: Sequence[Series], cases: Sequence[Case]) -> DataSpec:
    counts = {"train": sum(len(one.values) for one in series), "test": sum(len(case.actual) for case in cases)}
    total = max(1, sum(counts.values()))
    fractions = {name: count / total for name, count in counts.items()}
    split = SplitSpec("last-values", 0, fractions, counts)
    return DataSpec(source.name, table.sha256, source.licence, source.credit, "", "", split)
