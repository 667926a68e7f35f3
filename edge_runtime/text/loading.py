"""Opens `tokenizer.json`."""

from __future__ import annotations

import json
from typing import Any, Protocol

from edgernn.edge_runtime.errors import BundleError


class Encoder(Protocol):
    """A tokenizer that is ready to use."""

    def encode(self, text: str) -> list[int]:
        """Token ids of `text`, special tokens and truncation as the file says."""


def load_tokenizer(data: bytes) -> Encoder:
    """Opens a tokenizer in Hugging Face tokenizers' format.

    Raises:
      BundleError: not such a file.
      RuntimeUnavailable: it needs the `tokenizers` package, which is not installed.
    """
    try:
        document = json.loads(data)
    except ValueError as error:
        raise BundleError(f"the tokenizer is not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("model"), dict):
        raise BundleError("the tokenizer has no model: it is not in Hugging Face tokenizers' format")
    try:
        from tokenizers import Tokenizer
    except ImportError:
        from edgernn.edge_runtime.text.plain import PlainTokenizer

        return PlainTokenizer(document)
    return _HuggingFace(Tokenizer, data)


class _HuggingFace:
    def __init__(self, tokenizer: Any, data: bytes) -> None:
        try:
            self._tokenizer = tokenizer.from_str(data.decode("utf-8"))
        except Exception as error:  # the library raises plain Exception
            raise BundleError(f"the tokenizer cannot be read: {error}") from error
        # The special tokens' own spelling in a text is text like any other; tokenizer.json cannot say so.
        self._tokenizer.encode_special_tokens = True

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids
