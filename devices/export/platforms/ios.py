"""A Swift package and its sample view."""

from __future__ import annotations

from collections.abc import Mapping

from edgernn.devices.export.platforms.base import Platform, Project


class Ios(Platform):
    """A Swift package."""

    name = "ios"
    folder = "ios"
    patterns = ()
    bundle = "Sample/Resources/model.tflite"
    next_steps = ("open Package.swift",)

    def place(self, source: str) -> str:
        """As in the kit."""
        return source

    def written(self, project: Project, sources: Mapping[str, bytes]) -> dict[str, bytes]:
        """None yet."""
        return {}
