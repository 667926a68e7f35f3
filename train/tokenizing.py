"""Tokenizers of words, characters and pieces of words, alike for every task that writes text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

PAD, UNKNOWN, BEGIN, END = "<pad>", "<unk>", "<s>", "</s>"
# Of what a decoder writes; language models have no padding and no beginning, and ids of their own.
PAD_ID, UNKNOWN_ID, BEGIN_ID, END_ID = range(4)
SPECIAL = (PAD, UNKNOWN, BEGIN, END)
# Explicit ranges instead of \w and \p: every engine on every device reads them alike. A word keeps the blank before it,
# so that nothing is lost and a text can be put together again.
LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2fef\u3005-\u3007\u3021-\U0010ffff"
CHARACTERS = "[^\n]|\n"
# A digit is a token.
_PIECES = f" ?[{LETTERS}]+| ?[0-9]|\n| ?[^{LETTERS}0-9 \n]+"


def splitting(pattern: str) -> Tokenizer:
    """An untrained tokenizer whose tokens are the matches of a pattern, and what stands between them."""
    tokenizer = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    return tokenizer


def learn_words(
    tokenizer: Tokenizer, texts: Iterable[str], vocab_size: int, min_count: int, special: Sequence[str]
) -> Tokenizer:
    """The tokenizer with a vocabulary: the special tokens, and the others by frequency.

    Args:
      tokenizer: of words or characters; it is changed.
      texts: are read once.
      vocab_size: greatest number of tokens.
      min_count: how often a token must occur.
      special: tokens of the first ids; "<unk>" is among them.
    """
    trainer = trainers.WordLevelTrainer(vocab_size=vocab_size, min_frequency=min_count, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    by_frequency = [word for word in sorted(vocabulary, key=vocabulary.__getitem__) if word not in special]
    kept = [*special, *by_frequency][:vocab_size]
    tokenizer.model = models.WordLevel({word: number for number, word in enumerate(kept)}, unk_token=UNKNOWN)
    return tokenizer


def learn_pieces(texts: Iterable[str], vocab_size: int, min_count: int, special: Sequence[str]) -> Tokenizer:
    """Byte-pair encoding (Sennrich et al. 2016): no text is unknown to it, and none is changed.

    Args:
      texts: are read once.
      vocab_size: greatest number of tokens.
      min_count: how often two tokens must follow each other to be merged.
      special: tokens of the first ids.
    """
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
        min_frequency=min_count,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
