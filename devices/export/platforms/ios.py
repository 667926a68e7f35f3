"""A Swift package, and a sample app in source, with the bundle among its resources."""

from __future__ import annotations

import re
from collections.abc import Mapping

from edgernn.devices.export.platforms.base import Platform, Project, replaced

_PACKAGE = "Package.swift"
_VIEW = "Example/BundleView.swift"
_TITLE = '.navigationTitle("EdgeRNN")'


class Ios(Platform):
    """A Swift package."""

    name = "ios"
    folder = "ios"
    patterns = (_PACKAGE, "Sources/**/*", "Example/*.swift")
    bundle = "Resources/model.tflite"
    next_steps = ("open Package.swift",)

    def place(self, source: str) -> str:
        """As in the kit."""
        return source

    def written(self, project: Project, sources: Mapping[str, bytes]) -> dict[str, bytes]:
        """The package without the kit's own tests, and what there is to know."""
        # Swift refuses a package that names tests which are not there.
        package = re.sub(r"^ *\.testTarget\(.*\),?\n", "", sources[_PACKAGE].decode("utf-8"), flags=re.MULTILINE)
        return {
            _PACKAGE: package.encode("utf-8"),
            _VIEW: replaced(sources, _VIEW, _TITLE, _titled(project.title)),
            ".gitignore": b".build/\n.swiftpm/\nDerivedData/\n",
            "README.md": self.readme(project),
        }


def _titled(title: str) -> str:
    text = title.replace("\\", "\\\\").replace('"', '\\"')
    return f'.navigationTitle("{text}")'
