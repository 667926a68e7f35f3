"""An Android project: the Kotlin library, the engine's adapter and an app with a screen for each task."""

from __future__ import annotations

from collections.abc import Mapping

from edgernn.devices.export.platforms.base import Platform, Project, replaced

_BUNDLE = "sample/src/main/assets/model.tflite"
_MANIFEST = "sample/src/main/AndroidManifest.xml"
_BUILD = "sample/build.gradle.kts"
_SETTINGS = "settings.gradle.kts"


class Android(Platform):
    """A Gradle project."""

    name = "android"
    folder = "android"
    patterns = (
        "*.gradle.kts",
        "gradle.properties",
        "gradle/libs.versions.toml",
        "library/build.gradle.kts",
        "library/src/main/**/*",
        "litert/build.gradle.kts",
        "litert/src/main/**/*",
        _BUILD,
        "sample/src/main/**/*",
    )
    bundle = _BUNDLE
    next_steps = ("gradle :sample:assembleDebug",)

    def place(self, source: str) -> str:
        """As in the kit."""
        return source

    def written(self, project: Project, sources: Mapping[str, bytes]) -> dict[str, bytes]:
        """Names, and what there is to know."""
        identity = f"edgernn.app.{project.name.replace('-', '_')}"
        return {
            _MANIFEST: replaced(
                sources, _MANIFEST, 'android:label="EdgeRNN"', f'android:label="{_label(project.title)}"'
            ),
            _BUILD: replaced(sources, _BUILD, 'applicationId = "edgernn.sample"', f'applicationId = "{identity}"'),
            _SETTINGS: replaced(sources, _SETTINGS, '"edgernn-android"', f'"{project.name}"'),
            ".gitignore": b"build/\n.gradle/\n.idea/\nlocal.properties\n",
            "README.md": self.readme(project),
        }


def _label(title: str) -> str:
    """A text as Android's manifest takes it: there a backslash escapes, and "@" and "?" name a resource."""
    import html

    text = title.replace("\\", "\\\\")
    return html.escape(f"\\{text}" if text[0] in "@?" else text)
