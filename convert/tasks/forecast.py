"""Forecasting: the proof runs on the recorded test histories."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from edgernn.convert.request import Arrays
from edgernn.convert.source import Source
from edgernn.convert.tasks.base import TaskPlan
from edgernn.convert.tasks.golden import sampled
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.accuracy_test import compare_with_classical, sentence
from edgernn.edge_runtime.forecast.covariates import Covariates
from edgernn.edge_runtime.forecast.features import prepare_raw, restore
from edgernn.edge_runtime.forecast.history import Values, as_numbers
from edgernn.edge_runtime.forecast.measure import measure
from edgernn.edge_runtime.forecast.split import Case
from edgernn.edge_runtime.golden import GoldenVector
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.edge_runtime.spec.manifest import MIN_GOLDEN_VECTORS, QualitySpec

# Histories by which static recipes measure ranges.
_CALIBRATION = 200
_MADE_UP = 3 * 12


class ForecastPlan(TaskPlan):
    """Reads the test histories of a folder from `edgernn train forecast`."""

    # Padding lies before the values, and the network has learnt to read it.
    always_real = True
    metric = "mase"
    max_drop = 0.5
    has_classes = False

    def __init__(self, source: Source) -> None:
        if source.folder is None or not isinstance(source.task, ForecastSpec):
            raise InputError("a forecaster is converted from its folder: give the folder that edgernn train wrote")
        self._task = source.task
        self._path = source.folder / "data" / "test.jsonl"
        self.max_length = self._task.window

    def assets(self) -> dict[str, bytes]:
        """See base."""
        return {}

    def cases(self) -> list[Arrays]:
        """The test histories."""
        return [self._inputs(case.history, case.covariates) for case in self._test]

    def calibration(self) -> list[Arrays]:
        """See base. The histories' own pasts: what is forecast in the test is not among them."""
        step, ahead = max(1, len(self._test) // _CALIBRATION), self._task.horizon
        known = {one.name for one in self._task.covariates if one.known}
        found = []
        for case in self._test[::step]:
            past = case.history[:-ahead]
            if np.isfinite(past).any():
                covariates = {n: v if n in known else v[:-ahead] for n, v in case.covariates.items()}
                found.append(self._inputs(past, covariates))
        return found

    def golden(self, model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
        """Series that are made up: a bundle carries nobody's."""
        inputs = [self._made_up(number) for number in range(MIN_GOLDEN_VECTORS)]
        return [GoldenVector(None, {**arrays}, sampled(model.run(arrays))) for arrays in inputs]

    def quality(
        self, keras: Sequence[Arrays], artifact: Sequence[Arrays], measured: dict[str, float]
    ) -> QualitySpec | None:
        """See base."""
        return QualitySpec("test", len(self._test), self._metrics(keras), self._metrics(artifact))

    @cached_property
    def _test(self) -> list[Case]:
        try:
            lines = [json.loads(line) for line in self._path.read_text(encoding="ascii").split("\n") if line]
            cases = [_case(line) for line in lines]
        except (OSError, ValueError, TypeError, KeyError, InputError) as error:
            raise InputError(f"{self._path}: these histories cannot be read ({error}): train again") from error
        if not cases:
            raise InputError(f"{self._path}: no history in it: train again")
        return cases

    def _inputs(self, history: Values, covariates: Covariates) -> Arrays:
        prepared = prepare_raw(history, self._task, covariates).prepared
        return {
            self._task.window_input: prepared.window[None],
            self._task.context_input: prepared.context[None],
        }

    def _made_up(self, number: int) -> Arrays:
        history = _made_up(number)
        noise = np.random.default_rng(100 + number).standard_normal
        covariates = {
            one.name: one.mean + one.scale * noise(len(history) + self._task.horizon * one.known)
            for one in self._task.covariates
        }
        return self._inputs(history, covariates)

    def remarks(self, artifact: Sequence[Arrays]) -> tuple[str, ...]:
        """See base: whether the artifact forecasts better than the classical methods."""
        found = compare_with_classical(self._test, self._forecasts(artifact), self._task)
        return tuple(sentence(name, test) for name, test in found.items())

    def _metrics(self, outputs: Sequence[Arrays]) -> dict[str, float]:
        return measure(self._test, self._forecasts(outputs), self._task)

    def _forecasts(self, outputs: Sequence[Arrays]) -> list[Values]:
        forecasts = []
        for case, output in zip(self._test, outputs[: len(self._test)], strict=True):
            prepared = prepare_raw(case.history, self._task, case.covariates).prepared
            forecasts.append(restore(output[self._task.output][0], prepared, self._task))
        return forecasts


def _case(line: dict[str, Any]) -> Case:
    unit = float("nan") if line["unit"] is None else float(line["unit"])
    covariates = {name: as_numbers(values) for name, values in line["covariates"].items()}
    return Case(as_numbers(line["history"]), as_numbers(line["actual"]), unit, covariates, int(line["left"]))


def _made_up(number: int) -> Values:
    """A positive series with a trend, a season of twelve and noise; every fourth one is short."""
    generator = np.random.default_rng(number)
    count = 5 if number % 4 == 3 else _MADE_UP + number
    times = np.arange(count)
    season = 1 + 0.3 * (number % 2) * np.sin(2 * np.pi * times / 12)
    return np.asarray(100 * (1 + 0.01 * number * times / 10) * season * np.exp(0.05 * generator.standard_normal(count)))
