"""Daily prices of five shares, from Bokeh's sample data."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive, Dataset


class Stocks(Dataset):
    """Closing prices of AAPL, FB, GOOG, IBM and MSFT, 2000 to 2013, adjusted for splits and dividends."""

    name = "stocks"
    task = "forecast"
    summary = "12,154 daily closing prices of five shares, 2000 to 2013"
    licence = "BSD-3-Clause (bokeh_sampledata)"
    credit = "Bokeh contributors: bokeh_sampledata, stocks.csv (prices from Quandl)"
    archive = Archive(
        package="bokeh_sampledata",
        version="2026.1",
        file="bokeh_sampledata-2026.1-py3-none-any.whl",
        sha256="f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f",
        size=12_835_603,
    )
    text_column = label_column = ""
    members = ("bokeh_sampledata/_data/stocks.csv.gz",)
    file = "stocks.jsonl"

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """A series for each share; days without trade are no steps."""
        prices: dict[str, dict[str, float]] = {}
        try:
            with gzip.open(unpacked / "stocks.csv.gz", "rt", encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    prices.setdefault(row["Ticker"], {})[row["Date"]] = float(row["Adj Close"])
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"stocks.csv.gz: its content is not as expected ({error})") from error
        lines: list[dict[str, object]] = [{"frequency": "business daily", "period": 5}]
        lines += [
            {"name": name, "values": [days[day] for day in sorted(days)]} for name, days in sorted(prices.items())
        ]
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        prepared.write_text(text, encoding="utf-8", newline="\n")
