"""Makes any Python string safe to tokenize."""

from __future__ import annotations

import re

from edgernn.edge_runtime.errors import InputError

_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_text(text: str, max_chars: int) -> str:
    """The first `max_chars` characters of `text`, lone surrogates read as U+FFFD.

    Raises:
      InputError: not a string.
    """
    if not isinstance(text, str):
        raise InputError(f"expected a text, found {type(text).__name__}")
    return _SURROGATES.sub("\ufffd", text[:max_chars])
