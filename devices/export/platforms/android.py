"""An Android project: the Kotlin library and its sample app."""

from __future__ import annotations

from collections.abc import Mapping

from edgernn.devices.export.platforms.base import Platform, Project


class Android(Platform):
    """A Gradle project."""

    name = "android"
    folder = "android"
    patterns = ()
    bundle = "sample/src/main/assets/model.tflite"
    next_steps = ("./gradlew :sample:assembleDebug",)

    def place(self, source: str) -> str:
        """As in the kit."""
        return source

    def written(self, project: Project, sources: Mapping[str, bytes]) -> dict[str, bytes]:
        """None yet."""
        return {}
