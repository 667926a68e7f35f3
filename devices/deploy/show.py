"""Tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgernn.devices.deploy.remote import Outcome
from edgernn.edge_runtime.cli.output import print_table


def show_deploys(outcomes: Sequence[Outcome]) -> None:
    """What was deployed where, and in what time; where a check failed, what serves now stands in its reason."""
    rows = []
    for one in outcomes:
        found = one.found
        if one.status:
            rows.append([one.host, "FAILED", "", "", "", "", one.reason])
            continue
        slower = found.get("slower")
        rows.append(
            [
                one.host,
                "unchanged" if found.get("unchanged") else "serving",
                str(found["version"]),
                f"{found['port']}",
                "" if slower is None else f"{slower:.2f} x",
                f"{found['health_seconds']:.1f} s",
                str(found.get("advice", "")),
            ]
        )
    print_table(rows, ["host", "state", "version", "port", "time to old", "switched in", "note"], (0, 1, 2, 6))


def show_status(outcomes: Sequence[Outcome]) -> None:
    """What serves."""
    rows = []
    for one in outcomes:
        if one.status or not one.found["models"]:
            rows.append([one.host, "", "FAILED" if one.status else "nothing deployed", one.reason, "", "", ""])
        for model in () if one.status else one.found["models"]:
            rows.append([one.host, model["name"], _state(model), *(_or_dash(model[k]) for k in _FIELDS)])
    print_table(rows, ["host", "name", "state", "version", "service", "port", "versions"], (0, 1, 2, 3, 4))


def show_versions(outcomes: Sequence[Outcome]) -> None:
    """All versions, the oldest first."""
    rows = []
    for one in outcomes:
        if one.status or not one.found["models"]:
            rows.append([one.host, "", one.reason or "nothing deployed", "", "", "", ""])
        for model in () if one.status else one.found["models"]:
            for v in model["versions"]:
                mark = "current" if v["current"] else "previous" if v["previous"] else ""
                rows.append(
                    [one.host, model["name"], v["version"], v["sha256"], f"{v['bytes']:,}", v["deployed"], mark]
                )
    print_table(rows, ["host", "name", "version", "sha256", "bytes", "deployed", ""], (0, 1, 2, 3, 5, 6))


_FIELDS = ("version", "service", "port", "versions")


def _state(model: dict[str, Any]) -> str:
    if model["serving"]:
        return "serving"
    served = model["served_sha256"]
    return f"serves {served[:12]}" if served else "not serving"


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)
