"""Looks into a Keras file for what cannot be loaded, before anything of it is: every reason at once."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def refusals(path: Path) -> list[str]:
    """Why the file cannot be converted, one sentence a layer, each with what to do; empty when nothing is seen."""
    try:
        config = _config(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, RecursionError):
        return []  # Keras will say what is wrong with it
    return list(dict.fromkeys(reason for node in _objects(config) if (reason := _reason(node))))


def _config(path: Path) -> Any:
    if path.suffix.lower() == ".keras":
        with zipfile.ZipFile(path) as file:
            return json.loads(file.read("config.json"))
    import h5py

    with h5py.File(path, "r") as file:
        value = file.attrs["model_config"]
    return json.loads(value)


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every serialized object in a configuration, from the outside in."""
    if isinstance(node, dict):
        if isinstance(node.get("class_name"), str):
            yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for item in node:
            yield from _objects(item)


def _reason(node: dict[str, Any]) -> str | None:
    kind, module = node["class_name"], node.get("module")
    config = node.get("config")
    name = config.get("name", kind) if isinstance(config, dict) else kind
    if kind == "Lambda":
        return f"{name} is a Lambda layer, whose code is not run from a file: use a layer or keras.ops in its place"
    if module == "builtins" and kind == "function":
        return f"the function {node.get('registered_name') or config!r} is not one of Keras's own: use a built-in one"
    if isinstance(module, str) and module.startswith("tf_keras"):
        return "the file was written by tf_keras: save it there as .h5, which can be read"
    own = module is None or not isinstance(module, str) or module.split(".")[0] in ("keras", "builtins")
    # Registered classes carry their package's name before ">": in HDF5 in the class's name itself.
    custom = ">" in str(node.get("registered_name")) or ">" in kind
    kind = kind.split(">")[-1]
    if custom or not own or ("module" in node and module is None and node.get("registered_name") == kind):
        return f"{name}: the class {kind} is not one of Keras's own: build the model from Keras's own layers"
    return None
