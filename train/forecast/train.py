"""One training, from the file to the folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples import DataSource
from edgernn.edge_runtime.forecast.accuracy_test import compare_with_classical
from edgernn.edge_runtime.forecast.features import prepare_raw, restore
from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.layout import ColumnChoice
from edgernn.edge_runtime.forecast.measure import baselines, measure
from edgernn.edge_runtime.forecast.series import Series, SeriesTable, read_series
from edgernn.edge_runtime.forecast.split import LEAST_HISTORY, Case, cases_of, divided, held_out
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.edge_runtime.spec.forecast import CovariateSpec, ForecastSpec
from edgernn.train.backend import import_keras
from edgernn.train.folder import Trained, check_target, new_folder
from edgernn.train.forecast.classical import statsforecast_baselines
from edgernn.train.forecast.options import QUANTILES, ForecastOptions
from edgernn.train.forecast.windows import count_origins, make_windows

_SHORT_SEASON, _LEAST_WINDOW, _LEAST_CONTEXT = 12, 16, 72
_MOST_ORIGINS = 50_000
# A training of few origins takes small steps, so that there are enough of them.
_LEAST_BATCH, _MOST_BATCH, _STEPS_AN_EPOCH = 32, 256, 100
_BATCH = 1024
# A part of all values.
_MOST_ZEROS = 0.01


class Listener(Protocol):
    """Is told how the training goes."""

    def say(self, line: str) -> None:
        """A line for people."""

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        """Epoch `number` (1 or more) has ended with these figures."""


def train(
    source: DataSource, out: Path, options: ForecastOptions, listener: Listener, choice: ColumnChoice | None = None
) -> Trained:
    """Reads, makes origins, finds the number of epochs, fits, measures and writes.

    What is validated is the end of each training part, from origins a horizon apart (a rolling origin); then the
    network is fitted anew on everything but the test parts, for as many epochs as were best.

    Args:
      source: the file.
      out: folder to write; it appears when everything is done.
      options: model and training.
      listener: is told how it goes.
      choice: what the file's columns are.

    Raises:
      InputError: the file or the folder cannot be used.
      RuntimeUnavailable: Keras or its backend is missing.
    """
    check_target(out)
    table = read_series(source.path, choice)
    for note in table.notes:
        listener.say(note)
    horizon = options.horizon or table.horizon or table.usual_horizon
    series = divided(table.series, horizon)
    spec = _spec(table, series, horizon, options, choice or ColumnChoice())
    hidden = np.array([min(held_out(len(one.values), horizon), len(one.values)) for one in series], np.int64)
    options = _sized(options, count_origins(series, spec))
    windows = make_windows(series, spec, options.stride, hidden.tolist())
    rolling = (windows.left % horizon == 0) & (windows.left <= hidden[windows.series])
    earlier, validation = windows.without_last(hidden), windows.chosen(rolling)
    if not len(earlier.series) or not len(validation.series):
        raise InputError(
            f"{source.path}: its series are too short to learn from: {horizon} steps ahead need at least "
            f"{2 * horizon + LEAST_HISTORY} values before the test part"
        )
    listener.say(
        f"series: {len(series):,} ({spec.frequency}, season {' and '.join(map(str, spec.periods))}), "
        f"steps ahead: {horizon}, origins: {len(windows.series):,}, validated: {len(validation.series):,}, "
        f"transform: {spec.transform}"
    )
    import_keras()
    from edgernn.train.forecast.fit import fit

    tried = fit(options, spec, earlier, validation, options.epochs, listener)
    epochs = int(np.argmin(tried.history["val_loss"])) + 1
    listener.say(f"best after {epochs} epochs; fitting anew on everything before the test parts")
    fitted = fit(options, spec, windows, None, epochs, listener)
    cases, earlier_cases = cases_of(series, spec), cases_of(_ended_earlier(series, hidden), spec)
    forecasts = predict(fitted.model, cases, spec)
    metrics: dict[str, Any] = {
        "validation": measure(earlier_cases, predict(tried.model, earlier_cases, spec), spec),
        "test": measure(cases, forecasts, spec),
        "cases": len(cases),
        "baselines": {**baselines(cases, spec), **statsforecast_baselines(cases, spec, listener.say)},
        "tests": {name: asdict(test) for name, test in compare_with_classical(cases, forecasts, spec).items()},
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


def predict(model: Any, cases: Sequence[Case], spec: ForecastSpec) -> list[Values]:
    """Quantiles by the Keras model, float64 [horizon, quantiles] for each case."""
    prepared = [prepare_raw(case.history, spec, case.covariates).prepared for case in cases]
    windows = [np.stack([p.window for p in prepared]), np.stack([p.context for p in prepared])]
    outputs = model.predict(windows, batch_size=_BATCH, verbose=0)
    return [restore(output, p, spec) for output, p in zip(outputs, prepared, strict=True)]


def _ended_earlier(series: Sequence[Series], hidden: npt.NDArray[np.int64]) -> list[Series]:
    """The training parts, the last values of each as its test part."""
    return [
        replace(one, values=one.values[:-size], test=one.values[-size:])
        for one, size in zip(series, hidden.tolist(), strict=True)
        if len(one.values) - size >= LEAST_HISTORY
    ]


def _sized(options: ForecastOptions, origins: int) -> ForecastOptions:
    """The options with what depends on the number of origins filled in."""
    stride = options.stride or max(1, -(-origins // _MOST_ORIGINS))
    batch = options.batch_size or max(_LEAST_BATCH, min(_MOST_BATCH, origins // stride // _STEPS_AN_EPOCH))
    return replace(options, stride=stride, batch_size=batch)


def _spec(
    table: SeriesTable, series: Sequence[Series], horizon: int, options: ForecastOptions, choice: ColumnChoice
) -> ForecastSpec:
    window = options.window or usual_window(table.periods)
    if options.segment and window % options.segment:
        raise InputError(f"--segment {options.segment} must divide the window of {window} values")
    covariates = [_covariate(name, True, series) for name in choice.known]
    covariates += [_covariate(name, False, series) for name in choice.observed]
    return ForecastSpec(
        name="forecast",
        frequency=table.frequency,
        periods=table.periods,
        horizon=horizon,
        window=window,
        context=max(window, *(usual_context(period) for period in table.periods)),
        transform="log" if _are_positive(series) else "linear",
        quantiles=QUANTILES,
        columns=table.columns,
        covariates=tuple(covariates),
        window_input="window",
        context_input="context",
        output="quantiles",
    )


def usual_window(periods: tuple[int, ...]) -> int:
    """Three short seasons, or the long one: a week of hours, two years of weeks."""
    if periods[0] <= _SHORT_SEASON:
        return -(-max(_LEAST_WINDOW, 3 * periods[0]) // periods[0]) * periods[0]
    return periods[-1] if len(periods) > 1 else 2 * periods[0]


def usual_context(period: int) -> int:
    """Values that a season's estimate takes."""
    return max(_LEAST_CONTEXT, (12 if period <= 60 else 4) * period)


def _covariate(name: str, known: bool, series: Sequence[Series]) -> CovariateSpec:
    values = np.concatenate([one.covariates[name][: len(one.values)] for one in series])
    values = values[np.isfinite(values)]
    scale = float(values.std()) if values.size else 0.0
    if not scale > 0:
        raise InputError(f"covariate {name!r} never changes in the training part: leave it out")
    return CovariateSpec(name, known, float(values.mean()), scale)


def _are_positive(series: Sequence[Series]) -> bool:
    """Whether logarithms suit them: nothing below zero, and hardly a zero, which would be raised to a small value."""
    values = np.concatenate([one.values for one in series])
    known = values[np.isfinite(values)]
    return bool(known.size and known.min() >= 0 and np.mean(known == 0) <= _MOST_ZEROS)


def _data(source: DataSource, table: SeriesTable, series: Sequence[Series], cases: Sequence[Case]) -> DataSpec:
    counts = {"train": sum(len(one.values) for one in series), "test": sum(len(case.actual) for case in cases)}
    total = max(1, sum(counts.values()))
    fractions = {name: count / total for name, count in counts.items()}
    split = SplitSpec("last-values", 0, fractions, counts)
    return DataSpec(source.name, table.sha256, source.licence, source.credit, "", "", split)
