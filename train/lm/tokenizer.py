"""Trains the tokenizer of a language model: what stands between blanks, words, byte-pair encoding or characters."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

UNKNOWN, END = "<unk>", "<eos>"
UNKNOWN_ID, END_ID = 0, 1
# Explicit ranges instead of \w and \p: every engine on every device reads them alike. A word keeps the blank before it,
# so that nothing is lost and a text can be put together again. A digit is a token: numbers have too many values.
_LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2fef\u3005-\u3007\u3021-\U0010ffff"
_WORDS = f" ?[{_LETTERS}]+['\u2019][{_LETTERS}]+| ?[{_LETTERS}]+| ?[0-9]|\n| ?[^{_LETTERS}0-9 \n]"
_PIECES = f" ?[{_LETTERS}]+| ?[0-9]|\n| ?[^{_LETTERS}0-9 \n]+"


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
    return _word_level(tokenizer, texts, vocab_size, min_count)


def _by_words(texts: Iterable[str], vocab_size: int, min_count: int) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORDS), behavior="isolated")
    return _word_level(tokenizer, texts, vocab_size, min_count)


def _by_characters(texts: Iterable[str], vocab_size: int, min_count: int) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[^\n]|\n"), behavior="isolated")
    return _word_level(tokenizer, texts, vocab_size, min_count)


def _word_level(tokenizer: Tokenizer, texts: Iterable[str], vocab_size: int, min_count: int) -> Tokenizer:
    trainer = trainers.WordLevelTrainer(vocab_size=vocab_size, min_frequency=min_count, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    by_frequency = [word for word in sorted(vocabulary, key=vocabulary.__getitem__) if word not in (UNKNOWN, END)]
    kept = [UNKNOWN, END, *by_frequency][:vocab_size]
    tokenizer.model = models.WordLevel({word: number for number, word in enumerate(kept)}, unk_token=UNKNOWN)
    return tokenizer


def _by_pairs(texts: Iterable[str], vocab_size: int, min_count: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=max(2, min_count),
        special_tokens=[UNKNOWN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


_TRAINED: dict[str, Callable[[Iterable[str], int, int], Tokenizer]] = {
    "blank": _by_blanks,
    "word": _by_words,
    "bpe": _by_pairs,
    "char": _by_characters,
}
