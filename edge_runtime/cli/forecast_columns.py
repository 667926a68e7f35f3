"""The options by which a user says what the columns of a table of series are."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.forecast.layout import ColumnChoice
    from edgernn.edge_runtime.forecast.series import SeriesTable
    from edgernn.edge_runtime.spec.forecast import ForecastSpec


def add_column_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares `--column`, `--time-column` and `--id-column`."""
    group = parser.add_argument_group("columns of series")
    group.add_argument("--column", action="append", metavar="NAME", help="to forecast (default: all that hold numbers)")
    group.add_argument("--time-column", metavar="NAME", help="of the times (default: found)")
    group.add_argument(
        "--id-column",
        action="append",
        metavar="NAME",
        help="that names each row's series (default: found)",
    )


def choice_of(args: argparse.Namespace) -> ColumnChoice:
    """What `edgernn train forecast` was told."""
    from edgernn.edge_runtime.forecast.layout import ColumnChoice

    return ColumnChoice(
        args.time_column or "",
        tuple(args.id_column or ()),
        tuple(args.column or ()),
        tuple(args.known or ()),
        tuple(args.observed or ()),
        tuple(args.season or ()),
    )


def choice_for(spec: ForecastSpec, args: argparse.Namespace) -> ColumnChoice:
    """What a bundle knows of the columns it was trained on, and what the user says now."""
    from edgernn.edge_runtime.forecast.layout import ColumnChoice

    return ColumnChoice(
        args.time_column or "",
        tuple(args.id_column or ()),
        tuple(args.column or ()),
        tuple(one.name for one in spec.covariates if one.known),
        tuple(one.name for one in spec.covariates if not one.known),
        usual=spec.columns,
    )


def other_frequency(table: SeriesTable, spec: ForecastSpec) -> str | None:
    """A sentence where values come at other steps than those that the bundle has learnt; what names none is trusted."""
    if {"steps", "other"} & {table.frequency, spec.frequency} or table.frequency == spec.frequency:
        return None
    return f"its values are {table.frequency} and those that the bundle learnt {spec.frequency}"


def check_frequency(path: Path, table: SeriesTable, spec: ForecastSpec) -> None:
    """Refuses a file whose values come at other steps than those that the bundle has learnt.

    Raises:
      InputError: the frequencies differ; a file that names none is taken on trust.
    """
    if sentence := other_frequency(table, spec):
        raise InputError(f"{path}: {sentence}: bring them to the same steps, or leave the times out if they are wrong")
