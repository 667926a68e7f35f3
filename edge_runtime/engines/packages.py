"""Finds out which runtime packages are installed, without importing them."""

from __future__ import annotations

import importlib.util


def version_of(package: str) -> str:
    """The installed version of a distribution, or "" where there is none."""
    # Imported where it is used: it takes as long to import as a small model to load.
    import importlib.metadata

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def has_module(name: str) -> bool:
    """Whether `import name` would find something (nothing but its parents is imported)."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
