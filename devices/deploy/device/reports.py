"""What is on the device, changed by nothing here."""

from __future__ import annotations

from typing import Any

from edgernn.devices.deploy.device import health, serving
from edgernn.devices.deploy.device.flow import read_settings
from edgernn.devices.deploy.device.place import Place, names_in, root_of


def status(root: str, name: str) -> dict[str, Any]:
    """Every model (or that one): its current version, and whether it is what is served."""
    return {"models": [_status(Place(root, one)) for one in _chosen(root, name)]}


def versions(root: str, name: str) -> dict[str, Any]:
    """Every version of every model (or of that one)."""
    return {"models": [_versions(Place(root, one)) for one in _chosen(root, name)]}


def _chosen(root: str, name: str) -> list[str]:
    return [one for one in names_in(root_of(root)) if name in ("", one)]


def _status(place: Place) -> dict[str, Any]:
    current, settings = place.current(), read_settings(place)
    served = health.hash_of(health.ask(serving.address(settings)), place.name) if settings else ""
    return {
        "name": place.name,
        "version": current.name if current else None,
        "sha256": current.sha256 if current else None,
        "serving": bool(served) and current is not None and served == current.sha256,
        "served_sha256": served or None,
        "port": settings["port"] if settings else None,
        "service": settings["kind"] if settings else None,
        "options": settings.get("options", {}) if settings else {},
        "token": bool(settings and settings.get("token")),
        "versions": len(place.versions()),
    }


def _versions(place: Place) -> dict[str, Any]:
    current, previous = place.current(), place.previous()
    rows = [
        {
            "version": one.name,
            "sha256": one.sha256,
            "bytes": one.bytes,
            "deployed": one.deployed,
            "current": one == current,
            "previous": one == previous,
        }
        for one in place.versions()
    ]
    return {"name": place.name, "versions": rows}
