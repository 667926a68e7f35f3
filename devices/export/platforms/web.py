"""A static site: the app of `devices/web`, installable on phones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from edgernn.devices.export.platforms.base import Platform, Project, filled, replaced
from edgernn.edge_runtime.bundle import Bundle

_TEMPLATE = "app/project/"
_DTYPES = ("float32", "int32")
_MODEL_FILE = "model.tflite"


class Web(Platform):
    """A static site."""

    name = "web"
    folder = "web"
    patterns = (
        "src/**/*.ts",
        "app/*.html",
        "app/*.ts",
        "app/tsconfig*.json",
        "app/src/**/*.ts",
        "app/src/**/*.css",
        "app/public/*",
        f"{_TEMPLATE}*",
    )
    bundle = f"app/public/{_MODEL_FILE}"
    next_steps = ("npm ci", "npm run build", "npm run preview")

    def obstacles(self, bundle: Bundle) -> list[str]:
        """What LiteRT.js does not take."""
        tensors = [tensor for one in bundle.manifest.execution.signatures for tensor in (*one.inputs, *one.outputs)]
        found = [
            f"{tensor.name} is {tensor.dtype}, and browsers take float32 and int32: edgernn convert --target web"
            for tensor in tensors
            if tensor.dtype not in _DTYPES
        ]
        found += [
            f"{tensor.name} has an axis without a size, which browsers cannot: edgernn convert --lowering chunked"
            for tensor in tensors
            if None in tensor.shape
        ]
        return list(dict.fromkeys(found))

    def place(self, source: str) -> str:
        """The template's files lie at the top, `gitignore` with its dot."""
        name = source.removeprefix(_TEMPLATE)
        return ".gitignore" if name == "gitignore" else name

    def written(self, project: Project, sources: Mapping[str, bytes]) -> dict[str, bytes]:
        """The app's settings and names."""
        settings = {"title": project.title, "model": {"file": _MODEL_FILE, "name": project.name}}
        manifest = {
            **_json(sources["app/public/manifest.webmanifest"]),
            "name": project.title,
            "short_name": project.title,
        }
        return {
            "app/public/app.json": _document(settings),
            "app/public/manifest.webmanifest": _document(manifest),
            "app/index.html": replaced(sources, "app/index.html", "<title>EdgeRNN</title>", _title(project)),
            "package.json": _document({**_json(sources["package.json"]), "name": project.name}),
            "package-lock.json": _document(_named_lock(_json(sources["package-lock.json"]), project.name)),
            "README.md": filled(sources["README.md"].decode("utf-8"), project, self.bundle),
        }


def _json(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    return found


def _document(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _named_lock(lock: dict[str, Any], name: str) -> dict[str, Any]:
    packages = {**lock["packages"], "": {**lock["packages"][""], "name": name}}
    return {**lock, "name": name, "packages": packages}


def _title(project: Project) -> str:
    import html

    return f"<title>{html.escape(project.title)}</title>"
