"""Trains the tokenizer of a language model: what stands between blanks, words, byte-pair encoding or characters."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from edgernn.train.tokenizing import CHARACTERS, LETTERS, UNKNOWN, learn_pieces, learn_words, splitting

END = "<eos>"
UNKNOWN_ID, END_ID = 0, 1
_SPECIAL = (UNKNOWN, END)
# A digit is a token: numbers have too many values.
_WORDS = f" ?[{LETTERS}]+['\u2019][{LETTERS}]+| ?[{LETTERS}]+| ?[0-9]|\n| ?[^{LETTERS}0-9 \n]"


def train_tokenizer(texts: Iterable[str], level: str, vocab_size: int, min_count: int) -> Tokenizer:
    """A tokenizer whose ids 0 and 1 are the unknown token and the text's end; the others follow by frequency.

    Args:
      texts: blocks of the training split; they are read once.
      level: "blank", "word", "bpe" or "char".
      vocab_size: greatest number of tokens.
      min_count: how often a word or a character must occur.
    """
    tokenizer = _TRAINED[level](texts, vocab_size, min_count)
    tokenizer.encode_special_tokens = True  # their spelling in a text is text like any other
    return tokenizer


def _by_blanks(texts: Iterable[str], vocab_size: int, min_count: int) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
    # Every line ends with the token that stands for its end.
    tokenizer.normalizer = normalizers.Replace(Regex("\n"), f" {END} ")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[ \t\r]+"), behavior="removed")
    return learn_words(tokenizer, texts, vocab_size, min_count, _SPECIAL)


def _by_words(texts: Iterable[str], vocab_size: int, min_count: int) -> Tokenizer:
    return learn_words(splitting(_WORDS), texts, vocab_size, min_count, _SPECIAL)


def _by_characters(texts: Iterable[str], vocab_size: int, min_count: int) -> Tokenizer:
    return learn_words(splitting(CHARACTERS), texts, vocab_size, min_count, _SPECIAL)


def _by_pairs(texts: Iterable[str], vocab_size: int, min_count: int) -> Tokenizer:
    return learn_pieces(texts, vocab_size, max(2, min_count), _SPECIAL)


_TRAINED: dict[str, Callable[[Iterable[str], int, int], Tokenizer]] = {
    "blank": _by_blanks,
    "word": _by_words,
    "bpe": _by_pairs,
    "char": _by_characters,
}
