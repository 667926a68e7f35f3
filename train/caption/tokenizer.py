"""Tokens of captions: words, byte-pair encoding or characters.

A caption is read with a blank before it: the words "flag" and " flag" would be two tokens otherwise, and data is short.
"""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer

from edgernn.train.tokenizing import (
    BEGIN_ID,
    CHARACTERS,
    END_ID,
    LETTERS,
    PAD_ID,
    SPECIAL,
    UNKNOWN_ID,
    learn_pieces,
    learn_words,
    splitting,
)

__all__ = ["BEGIN_ID", "END_ID", "PAD_ID", "UNKNOWN_ID", "caption_tokenizer", "text_before"]

_WORDS = f" ?[{LETTERS}]+['\u2019][{LETTERS}]+| ?[{LETTERS}]+| ?[0-9]+|\n| ?[^{LETTERS}0-9 \n]"
# Of pieces of words: how often two must follow each other.
_LEAST = 2


def caption_tokenizer(texts: Iterable[str], level: str, vocab_size: int, min_count: int) -> Tokenizer:
    """A tokenizer whose ids 0 to 3 are padding, the unknown token, the beginning and the end of a caption.

    Args:
      texts: captions of the training split, with `text_before` before each; they are read once.
      level: "word", "bpe" or "char".
      vocab_size: greatest number of tokens.
      min_count: how often a word or a character must occur.
    """
    if level == "bpe":
        tokenizer = learn_pieces(texts, vocab_size, _LEAST, SPECIAL)
    else:
        tokenizer = splitting(_WORDS if level == "word" else CHARACTERS)
        learn_words(tokenizer, texts, vocab_size, min_count, SPECIAL)
    tokenizer.encode_special_tokens = True  # their spelling in a text is text like any other
    return tokenizer


def text_before(level: str) -> str:
    """What a caption is read after; it is taken off again where one is written."""
    return "" if level == "char" else " "
