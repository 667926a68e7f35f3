"""Text to token ids: Hugging Face `tokenizers` where it is installed, the kit's own reader otherwise."""

from __future__ import annotations

from edgernn.edge_runtime.text.clean import clean_text
from edgernn.edge_runtime.text.loading import Encoder, load_tokenizer

__all__ = ["Encoder", "clean_text", "load_tokenizer"]
