"""Labelled texts: reading people's files, removing duplicates, and dividing them the recorded way."""

from __future__ import annotations

from edgernn.edge_runtime.examples.bad_lines import describe_bad_lines
from edgernn.edge_runtime.examples.read import read_examples
from edgernn.edge_runtime.examples.source import DataSource, locate
from edgernn.edge_runtime.examples.split import deduplicate, stratified_split, test_split
from edgernn.edge_runtime.examples.types import BadLine, Example, Table

__all__ = [
    "BadLine",
    "DataSource",
    "Example",
    "Table",
    "deduplicate",
    "describe_bad_lines",
    "locate",
    "read_examples",
    "stratified_split",
    "test_split",
]
