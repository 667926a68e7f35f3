"""Modules for devices: the same code without what only readers need."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from edgernn.devices.shorten import shorten

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "edge_runtime").rglob("*.py"))

SOURCE = '''"""A module's docstring,
of two lines."""

import os  # a comment, "quoted"


def first(x: int) -> str:
    """In umlauts: \u00e4\u00f6\u00fc."""
    # all of this line
    return "# no comment" + """no
docstring"""  # one


class Bare(Exception):
    """Nothing else."""
'''
SHORT = """


import os


def first(x):


    return "# no comment" + \"\"\"no
docstring\"\"\"


class Bare(Exception):
    ...
"""


def test_a_module_by_hand():
    assert shorten(SOURCE) == SHORT


def test_docstrings_stay_where_they_are_wanted():
    kept = shorten(SOURCE, keep_docstrings=True)
    assert kept == SOURCE.replace('  # a comment, "quoted"', "").replace("    # all of this line", "").replace(
        "  # one", ""
    )


def test_types_of_arguments_and_results_go_and_those_of_fields_stay():
    source = "class A:\n    \u00fc: int = 1\n\n    def f(self, \u00e4: 'dict[str, int]' = {}, *b: int, c: str | None) -> tuple[\n        int, str\n    ]:\n        d: int = 2\n"  # noqa: E501
    short = "class A:\n    \u00fc: int = 1\n\n    def f(self, \u00e4 = {}, *b, c):\n\n\n        d: int = 2\n"
    assert shorten(source) == short


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_of_the_runtime_computes_the_same(path):
    source = path.read_text("utf-8")
    short = shorten(source)
    assert _code(short) == _code(source)
    assert len(short.splitlines()) == len(source.splitlines())
    assert len(short) < len(source)


def _code(source: str) -> str:
    """The syntax tree without docstrings and functions' types, with the lines of its statements."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [one for one in body if not _says_nothing(one)]
            node.body = kept
    return ast.dump(tree, include_attributes=False) + str([getattr(node, "lineno", 0) for node in ast.walk(tree)])


def _says_nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
