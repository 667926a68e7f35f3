"""Finds the columns that hold the text and the label."""

from __future__ import annotations

from collections.abc import Sequence

from edgernn.edge_runtime.errors import InputError

_TEXT_NAMES = (
    "text", "message", "sms", "body", "content", "sentence", "question", "review", "comment", "tweet", "email",
    "title", "utterance", "query", "document", "v2",
)  # fmt: skip
_LABEL_NAMES = (
    "label", "class", "category", "target", "spam", "intent", "sentiment", "topic", "tag", "type", "y", "v1",
)  # fmt: skip
# A column with more different values than this in the sample is no label.
_MAX_LABELS = 200
_HINT = "name them with --text-column and --label-column"


def choose_columns(
    names: Sequence[str], cells: Sequence[Sequence[str]], text: str | None, label: str | None
) -> tuple[int, int]:
    """Indices of the text's and the label's column.

    Args:
      names: of the columns.
      cells: a sample of records, each as wide as `names`.
      text: the user's choice, or None.
      label: the user's choice, or None.

    Raises:
      InputError: a chosen name does not exist, or no column fits.
    """
    text_index = _named(names, text, "text")
    label_index = _named(names, label, "label")
    if text_index is None:
        text_index = _known(names, _TEXT_NAMES, label_index)
    if label_index is None:
        label_index = _known(names, _LABEL_NAMES, text_index)
    if label_index is None:
        label_index = _label_by_content(cells, len(names), text_index)
    if text_index is None:
        text_index = _text_by_content(cells, len(names), label_index)
    if text_index is None or label_index is None or text_index == label_index:
        raise InputError(f"cannot tell text and label among the columns {', '.join(names)}: {_HINT}")
    return text_index, label_index


def has_header(row: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether the first record names the columns: it holds a known name, or nothing like what follows it."""
    folded = [cell.strip().casefold() for cell in row]
    if any(cell in _TEXT_NAMES for cell in folded) and any(cell in _LABEL_NAMES for cell in folded):
        return True
    if any(cell in (*_TEXT_NAMES, *_LABEL_NAMES) for cell in folded):
        columns = [{other[i].strip().casefold() for other in rest} for i in range(len(row))]
        return all(cell not in column for cell, column in zip(folded, columns, strict=True))
    return False


def _named(names: Sequence[str], wanted: str | None, role: str) -> int | None:
    if wanted is None:
        return None
    if wanted not in names:
        raise InputError(f"no column {wanted!r} for the {role}: the file has {', '.join(names)}")
    return list(names).index(wanted)


def _known(names: Sequence[str], known: Sequence[str], taken: int | None) -> int | None:
    folded = [name.strip().casefold() for name in names]
    return next((folded.index(name) for name in known if name in folded and folded.index(name) != taken), None)


def _label_by_content(cells: Sequence[Sequence[str]], width: int, taken: int | None) -> int | None:
    distinct = {i: {row[i] for row in cells} for i in range(width) if i != taken}
    fitting = {
        i: len(values)
        for i, values in distinct.items()
        if 2 <= len(values) <= min(_MAX_LABELS, max(2, len(cells) // 2)) and max(map(len, values)) <= 64
    }
    return min(fitting, key=lambda i: fitting[i]) if fitting else None


def _text_by_content(cells: Sequence[Sequence[str]], width: int, taken: int | None) -> int | None:
    lengths = {i: sum(len(row[i]) for row in cells) for i in range(width) if i != taken}
    return max(lengths, key=lambda i: lengths[i]) if lengths else None
