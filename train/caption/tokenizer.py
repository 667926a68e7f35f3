"""Tokens of captions: words, byte-pair encoding or characters.

A caption is read with a blank before it: the words "flag" and " flag" would be two tokens otherwise, and data is short.
"""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from edgernn.train.translate.tokenizer import (
    BEGIN,
    BEGIN_ID,
    END,
    END_ID,
    PAD,
    PAD_ID,
    UNKNOWN,
    UNKNOWN_ID,
    train_tokenizer,
)

__all__ = ["BEGIN_ID", "END_ID", "PAD_ID", "UNKNOWN_ID", "caption_tokenizer", "text_before"]

_SPECIAL = [PAD, UNKNOWN, BEGIN, END]
# Explicit ranges instead of \w and \p: every engine on every device reads them alike. A word keeps the blank before it,
# so that nothing is lost and a text can be put together again.
_LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2fef\u3005-\u3007\u3021-\U0010ffff"
_WORDS = f" ?[{_LETTERS}]+['\u2019][{_LETTERS}]+| ?[{_LETTERS}]+| ?[0-9]+|\n| ?[^{_LETTERS}0-9 \n]"


def caption_tokenizer(texts: Iterable[str], level: str, vocab_size: int, min_count: int) -> Tokenizer:
    """A tokenizer whose ids 0 to 3 are padding, the unknown token, the beginning and the end of a caption.

    Args:
      texts: captions of the training split, with `text_before` before each; they are read once.
      level: "word", "bpe" or "char".
      vocab_size: greatest number of tokens.
      min_count: how often a word or a character must occur.
    """
    if level == "bpe":
        return train_tokenizer(texts, vocab_size)
    tokenizer = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
    pattern = _WORDS if level == "word" else "[^\n]|\n"
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    trainer = trainers.WordLevelTrainer(vocab_size=vocab_size, min_frequency=min_count, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    by_frequency = [word for word in sorted(vocabulary, key=vocabulary.__getitem__) if word not in _SPECIAL]
    kept = [*_SPECIAL, *by_frequency][:vocab_size]
    tokenizer.model = models.WordLevel({word: number for number, word in enumerate(kept)}, unk_token=UNKNOWN)
    tokenizer.encode_special_tokens = True  # their spelling in a text is text like any other
    return tokenizer


def text_before(level: str) -> str:
    """What a caption is read after; it is taken off again where one is written."""
    return "" if level == "char" else " "
