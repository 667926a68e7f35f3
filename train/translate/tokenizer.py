"""Byte-pair encoding (Sennrich et al. 2016) of one language, or of both together."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer

from edgernn.train.tokenizing import BEGIN_ID, END_ID, PAD_ID, SPECIAL, UNKNOWN_ID, learn_pieces

__all__ = ["BEGIN_ID", "END_ID", "PAD_ID", "UNKNOWN_ID", "train_tokenizer"]

_LEAST = 2


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """A tokenizer whose tokens are bytes and what is merged from them; numbers are copied digit by digit.

    The ids 0 to 3 are padding, the unknown token, the beginning and the end of a sentence.

    Args:
      texts: sentences of the training split; they are read once.
      vocab_size: greatest number of tokens.
    """
    tokenizer = learn_pieces(texts, vocab_size, _LEAST, SPECIAL)
    tokenizer.encode_special_tokens = True  # their spelling in a text is text like any other
    return tokenizer
