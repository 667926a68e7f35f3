"""Python source without what only its readers need: comments, docstrings and functions' types; lines stay."""

from __future__ import annotations

import ast
import io
import tokenize


def shorten(source: str, *, keep_docstrings: bool = False) -> str:
    """Takes comments, docstrings and the types of functions' arguments and results out of a module.

    Lines stay where they are, so that a traceback from a device points into the repository. Types of classes' fields
    stay: bundles are checked against them.

    Args:
      source: a module that Python can read.
      keep_docstrings: take out the comments alone.

    Returns:
      A module that compiles to the same code, less its docstrings and types.

    Raises:
      SyntaxError: `source` is no Python.
    """
    lines = source.splitlines(keepends=True)
    spans = list(_comments(source))
    if not keep_docstrings:
        spans += [*_docstrings(source, lines), *_types(source, lines)]
    for (row, column), (last_row, last_column), left in sorted(spans, reverse=True):
        before, behind = lines[row - 1][:column], lines[last_row - 1][last_column:]
        lines[row - 1] = (before + left + behind).rstrip() + "\n"
        lines[row:last_row] = ["\n"] * (last_row - row)
    return "".join(lines)


_Span = tuple[tuple[int, int], tuple[int, int], str]


def _comments(source: str) -> list[_Span]:
    """First row, from 1, and column, from 0, of each; the end; what is left in its place."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [(token.start, token.end, "") for token in tokens if token.type == tokenize.COMMENT]


def _docstrings(source: str, lines: list[str]) -> list[_Span]:
    spans: list[_Span] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if ast.get_docstring(node, clean=False) is None:
            continue
        first = node.body[0]
        assert first.end_lineno is not None
        assert first.end_col_offset is not None
        # A body needs a statement; a class or function of nothing else keeps this one.
        left = "" if isinstance(node, ast.Module) or len(node.body) > 1 else "..."
        start, end = (first.lineno, first.col_offset), (first.end_lineno, first.end_col_offset)
        spans.append((_in_characters(lines, start), _in_characters(lines, end), left))
    return spans


def _types(source: str, lines: list[str]) -> list[_Span]:
    spans: list[_Span] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        given = node.args
        for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
            if one is not None and one.annotation is not None:
                start = (one.lineno, one.col_offset + len(one.arg.encode("utf-8")))
                spans.append((_in_characters(lines, start), _end(lines, one.annotation), ""))
        if node.returns is not None:
            row, column = _in_characters(lines, (node.returns.lineno, node.returns.col_offset))
            arrow = lines[row - 1].rfind("->", 0, column)
            if arrow >= 0:
                spans.append(((row, len(lines[row - 1][:arrow].rstrip())), _end(lines, node.returns), ""))
    return spans


def _end(lines: list[str], node: ast.expr) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return _in_characters(lines, (node.end_lineno, node.end_col_offset))


def _in_characters(lines: list[str], place: tuple[int, int]) -> tuple[int, int]:
    """`ast` counts a line's bytes, `tokenize` its characters."""
    row, column = place
    return row, len(lines[row - 1].encode("utf-8")[:column].decode("utf-8"))
