"""Series in CSV and Parquet files: columns, times, frequencies, gaps and what is no such file."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.frequency import infer_frequency
from edgernn.edge_runtime.forecast.layout import ColumnChoice
from edgernn.edge_runtime.forecast.series import SeriesTable, read_series
from edgernn.edge_runtime.forecast.times import label, parse_times, time_of_day

START = datetime(2024, 1, 1)


def written(tmp_path: Path, text: str, name: str = "s.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def read(tmp_path: Path, text: str, **choice) -> SeriesTable:
    return read_series(written(tmp_path, text), ColumnChoice(**choice))


def hourly(count: int, form: str = "%Y-%m-%d %H:%M", step: timedelta = timedelta(hours=1)) -> list[str]:
    return [(START + n * step).strftime(form) for n in range(count)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-03-05", "2024-03-05 00:00"),
        ("2024-03-05 14:30", "2024-03-05 14:30"),
        ("2024-03-05T14:30:15", "2024-03-05 14:30:15"),
        ("2024-03-05T14:30:15.250Z", "2024-03-05 14:30:15"),
        ("2024-03-05 14:30:00+02:00", "2024-03-05 14:30"),
        ("05.03.2024 14:30", "2024-03-05 14:30"),
        ("20240305", "2024-03-05 00:00"),
        ("2024-03", "2024-03-01 00:00"),
        ("2024Q2", "2024-04-01 00:00"),
        ("Mar 2024", "2024-03-01 00:00"),
        ("2024", "2024-01-01 00:00"),
        ("1709649000", "2024-03-05 14:30"),
        ("1709649000000", "2024-03-05 14:30"),
    ],
)
def test_times_are_read(cell, expected):
    times = parse_times([cell])
    assert times is not None
    assert label(times[0], with_clock=True) == expected


@pytest.mark.parametrize("cell", ["", "apple", "12.5", "-3", "2024-13-01", "99999999999999"])
def test_other_cells_are_no_times(cell):
    assert parse_times([cell]) is None


def test_day_and_month_are_told_apart_by_all_cells():
    days = [START + timedelta(days=n) for n in range(12)]
    for form in ("%d/%m/%Y", "%m/%d/%Y"):
        times = parse_times([day.strftime(form) for day in days])
        assert [label(t, with_clock=False) for t in times] == [day.date().isoformat() for day in days]


def test_a_time_of_day():
    assert time_of_day(["0", "13", "24"]).tolist() == [0.0, 46800.0, 86400.0]
    assert time_of_day(["1:30", "23:59"]).tolist() == [5400.0, 86340.0]
    assert time_of_day(["25"]) is None


STEPS = {
    "15 minutes": (timedelta(minutes=15), (96, 672)),
    "hourly": (timedelta(hours=1), (24, 168)),
    "4 hours": (timedelta(hours=4), (6, 42)),
    "daily": (timedelta(days=1), (7,)),
    "weekly": (timedelta(days=7), (52,)),
    "10 seconds": (timedelta(seconds=10), (6, 360)),
    "minute": (timedelta(minutes=1), (60, 1440)),
}


@pytest.mark.parametrize("name", STEPS)
@given(dropped=st.sets(st.integers(1, 58), max_size=15))
def test_frequencies_are_found_in_spite_of_gaps(name, dropped):
    step, periods = STEPS[name]
    times = np.array([1.7e9 + n * step.total_seconds() for n in range(60) if n not in dropped])
    frequency, even = infer_frequency(times)
    assert (frequency.name, frequency.periods, even) == (name, periods, True)
    np.testing.assert_array_equal(frequency.places(times), [n for n in range(60) if n not in dropped])


@pytest.mark.parametrize(
    ("cells", "name", "labels"),
    [
        ([f"{2000 + n // 12}-{n % 12 + 1:02}-01" for n in range(30)], "monthly", ["2002-07", "2002-08"]),
        (["2000-01-31", "2000-02-29", "2000-03-31", "2000-04-30", "2000-05-31"], "monthly", ["2000-06", "2000-07"]),
        ([f"{2000 + n // 4}Q{n % 4 + 1}" for n in range(9)], "quarterly", ["2002-04", "2002-07"]),
        ([str(1990 + n) for n in range(8)], "yearly", ["1998", "1999"]),
        (
            [f"2024-01-{n:02}" for n in (1, 2, 3, 4, 5, 8, 10, 11, 12, 15)],
            "business daily",
            ["2024-01-16", "2024-01-17"],
        ),
        ([f"2024-01-{n:02}" for n in range(1, 11)], "daily", ["2024-01-11", "2024-01-12"]),
        (hourly(30), "hourly", ["2024-01-02 06:00", "2024-01-02 07:00"]),
    ],
)
def test_calendars(tmp_path, cells, name, labels):
    table = read(tmp_path, "when,y\n" + "".join(f"{cell},{n}\n" for n, cell in enumerate(cells)))
    assert table.frequency == name
    (series,) = table.series
    # A working day without a row is a holiday, and no step.
    assert not np.isnan(series.values).any()
    assert [series.label(len(series.values) + n) for n in range(2)] == labels


def test_rows_out_of_order_gaps_and_repeats(tmp_path):
    rows = [f"{time},{n}\n" for n, time in enumerate(hourly(40))]
    del rows[20:23]
    rows.append(rows[5].replace(",5", ",7"))
    rows[1], rows[2] = rows[2], rows[1]
    table = read(tmp_path, "time,load\n" + "".join(rows))
    expected = np.arange(40.0)
    expected[5], expected[20:23] = 6.0, np.nan
    np.testing.assert_array_equal(table.series[0].values, expected)
    notes = "; ".join(table.notes)
    for part in ("hourly, season 24 and 168", "sorted by time", "without a row: 3 (the longest gap: 3)", "averaged: 1"):
        assert part in notes


@pytest.mark.parametrize("with_offset", [False, True])
def test_summer_time(tmp_path, with_offset):
    zone, first = ZoneInfo("Europe/Berlin"), datetime(2024, 3, 1, tzinfo=ZoneInfo("UTC"))
    moments = [(first + timedelta(hours=n)).astimezone(zone) for n in range(24 * 250)]
    form = "%Y-%m-%dT%H:%M:%S%z" if with_offset else "%Y-%m-%d %H:%M"
    table = read(tmp_path, "t,y\n" + "".join(f"{m.strftime(form)},{m.hour}\n" for m in moments))
    (series,) = table.series
    assert table.frequency == "hourly"
    # By the clock on the wall the day goes on as before, both changes over.
    hours = (1 + np.arange(len(series.values))) % 24
    missing = np.isnan(series.values)
    assert missing.sum() == 1
    np.testing.assert_array_equal(series.values[~missing], hours[~missing])
    assert series.label(int(np.flatnonzero(missing)[0])) == "2024-03-31 02:00"
    notes = "; ".join(table.notes)
    assert "without a row: 1 (the longest gap: 1), 1 where clocks are changed" in notes
    assert "averaged: 1, 1 where clocks are changed" in notes


def test_uneven_steps_are_averaged(tmp_path):
    generator = np.random.default_rng(1)
    times = np.cumsum(generator.uniform(200, 400, 300)) + 1.7e9
    form = "%Y-%m-%d %H:%M:%S"
    rows = "".join(f"{datetime.fromtimestamp(t, timezone.utc):{form}},{(t - 1.7e9) / 300:.3f}\n" for t in times)
    table = read(tmp_path, "time,y\n" + rows)
    assert table.frequency == "5 minutes"
    assert any("uneven" in note for note in table.notes)
    values = table.series[0].values
    np.testing.assert_allclose(np.diff(values[np.isfinite(values)]).mean(), 1.0, atol=0.1)


def test_long_tables(tmp_path):
    rows = [
        f"{time},{name},{n * factor}\n" for n, time in enumerate(hourly(10)) for name, factor in (("a", 1), ("b", 2))
    ]
    table = read(tmp_path, "date,shop,sales\n" + "".join(rows))
    assert [series.name for series in table.series] == ["a", "b"]
    np.testing.assert_array_equal(table.series[1].values, 2 * np.arange(10))
    text = "date,shop,size,sales\n" + "".join(row.replace(",a,", ",a,1,").replace(",b,", ",b,2,") for row in rows)
    both = read(tmp_path, text, ids=("shop", "size"), targets=("sales",))
    assert [series.name for series in both.series] == ["a 1", "b 2"]


def test_a_date_and_an_hour_in_two_columns(tmp_path):
    rows = "".join(f"2024-01-{1 + n // 24:02},{n % 24},{n}\n" for n in range(72))
    table = read(tmp_path, "Date,Hour,load\n" + rows)
    assert (table.frequency, table.columns) == ("hourly", ("load",))
    np.testing.assert_array_equal(table.series[0].values, np.arange(72))


def test_decimal_commas_and_semicolons(tmp_path):
    rows = "".join(f"{n:02}.01.2024;1{n},5;x\n" for n in range(1, 15))
    table = read(tmp_path, "Datum;Preis;Note\n" + rows)
    assert table.columns == ("Preis",)
    np.testing.assert_allclose(table.series[0].values, [float(f"1{n}.5") for n in range(1, 15)])


def test_files_without_times_or_names(tmp_path):
    table = read(tmp_path, "1,10\n2,20\n3,\n4,40\n", season=(2,))
    assert (table.frequency, table.periods, table.columns) == ("steps", (2,), ("column 2",))
    np.testing.assert_array_equal(table.series[0].values, [10, 20, np.nan, 40])
    assert table.series[0].label is None
    single = read(tmp_path, "5\n6\n7\n")
    np.testing.assert_array_equal(single.series[0].values, [5, 6, 7])


def test_a_series_ends_with_its_last_value_and_covariates_go_on(tmp_path):
    cells = [("", 0), (1, 1), (2, 2), ("NA", 3), (4, 4), ("", 5), ("", 6)]
    rows = "".join(f"2024-01-0{n + 1},{y},{x}\n" for n, (y, x) in enumerate(cells))
    table = read(tmp_path, "day,y,plan\n" + rows, known=("plan",))
    (series,) = table.series
    np.testing.assert_array_equal(series.values, [1, 2, np.nan, 4])
    np.testing.assert_array_equal(series.covariates["plan"], [1, 2, 3, 4, 5, 6])
    observed = read(tmp_path, "day,y,plan\n" + rows, observed=("plan",))
    np.testing.assert_array_equal(observed.series[0].covariates["plan"], [1, 2, 3, 4])


def test_a_few_words_among_numbers_are_told_of(tmp_path):
    rows = "".join(f"{time},{'ERR' if n == 7 else n}\n" for n, time in enumerate(hourly(30)))
    table = read(tmp_path, "t,y\n" + rows)
    assert np.isnan(table.series[0].values[7])
    assert "no numbers and count as missing (row 8: 'ERR')" in "; ".join(table.notes)


def test_parquet_is_read_like_csv(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    moments = [START + timedelta(hours=n) for n in range(30)]
    values = [None if n == 4 else n + 0.5 for n in range(30)]
    parquet.write_table(pyarrow.table({"time": moments, "y": values}), tmp_path / "s.parquet")
    table = read_series(tmp_path / "s.parquet")
    rows = "".join(f"{m:%Y-%m-%d %H:%M},{'' if y is None else y}\n" for m, y in zip(moments, values, strict=True))
    other = read(tmp_path, "time,y\n" + rows)
    assert (table.frequency, table.columns) == (other.frequency, other.columns) == ("hourly", ("y",))
    np.testing.assert_array_equal(table.series[0].values, other.series[0].values)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(InputError, match="not a readable Parquet file"):
        read_series(tmp_path / "bad.parquet")


DAYS = "".join(f"2024-01-{n:02},{n}\n" for n in range(1, 20))


@pytest.mark.parametrize(
    ("text", "choice", "fault"),
    [
        ("", {}, "no row of values"),
        ("a,b\nx,y\n", {}, "no column of numbers"),
        ("day,y\n" + DAYS, {"targets": ("z",)}, "no column 'z': it has day, y"),
        ("day,y\n" + DAYS, {"targets": ("day",)}, "column 'day' does not hold numbers"),
        ("day,y\n" + DAYS.replace("2024-01-09", "2024-01-99"), {}, r"column 'day': row 9 of the data: '2024-01-99'"),
        ("day,y\n" + DAYS, {"time": "y"}, "column 'y': row 1 of the data: '1' is not a time"),
        ("day,y\n2024-01-01,1\n2024-01-02,2\n", {}, "at least 3 are needed"),
        ("day,y\n" + DAYS + DAYS, {}, "name it with --id"),
        ("t,y\n1970-01-01 00:00,0\n" + "".join(f"{t},1\n" for t in hourly(20)), {}, "mend its times"),
        ("date,y\nspring,1\nsummer,2\nautumn,3\n", {}, "column 'date': row 1 of the data: 'spring' is not a time"),
        ("day,y\n" + DAYS, {"season": (0,)}, "--season must be 1 or more"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, text, choice, fault):
    with pytest.raises(InputError, match=fault) as error:
        read(tmp_path, text, **choice)
    assert "\n" not in str(error.value)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "s.csv").write_bytes(b"day,y\n\xff\xfe\x00")
    with pytest.raises(InputError, match="not a text in UTF-8"):
        read_series(tmp_path / "s.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_series(tmp_path / "absent.csv")
