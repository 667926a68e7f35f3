"""Patterns that mean the same in Python's `re` and in the engine of Hugging Face tokenizers (Oniguruma)."""

from __future__ import annotations

import re
from typing import Any

from edgernn.edge_runtime.errors import RuntimeUnavailable

NEEDS_PACKAGE = 'needs the tokenizers package: pip install "edgernn[text]"'
# Classes such as \w and \p differ between engines and Unicode versions; look-around and nested
# quantifiers are left out because they can take exponential time.
_DIFFERENT = re.compile(r"\\[^\\\[\](){}.*+?|^$/\-nrt]|\(\?|\)[*+{]|&&|\[\[|\[:")


def compile_pattern(pattern: Any) -> re.Pattern[str]:
    """Compiles `{"String": ...}` or `{"Regex": ...}` out of a tokenizer.json.

    Raises:
      RuntimeUnavailable: a pattern that `re` might read in another way.
    """
    if isinstance(pattern, dict) and isinstance(literal := pattern.get("String"), str):
        return re.compile(re.escape(literal))
    expression = pattern.get("Regex") if isinstance(pattern, dict) else None
    if not isinstance(expression, str) or _DIFFERENT.search(expression):
        raise RuntimeUnavailable(f"the tokenizer's pattern {NEEDS_PACKAGE}")
    try:
        return re.compile(expression)
    except re.error as error:
        raise RuntimeUnavailable(f"the tokenizer's pattern {NEEDS_PACKAGE} ({error})") from error
