"""Byte-pair encoding (Sennrich et al. 2016) of one language, or of both together."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

PAD, UNKNOWN, BEGIN, END = "<pad>", "<unk>", "<s>", "</s>"
PAD_ID, UNKNOWN_ID, BEGIN_ID, END_ID = range(4)
# Explicit ranges instead of \w and \p: every engine on every device reads them alike. A word keeps the blank before it,
# so that nothing is lost and a text can be put together again. A digit is a token: numbers are copied digit by digit.
_LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2fef\u3005-\u3007\u3021-\U0010ffff"
_PIECES = f" ?[{_LETTERS}]+| ?[0-9]|\n| ?[^{_LETTERS}0-9 \n]+"
_LEAST = 2


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """A tokenizer whose tokens are bytes and what is merged from them: no text is unknown to it, and none is changed.

    The ids 0 to 3 are padding, the unknown token, the beginning and the end of a sentence.

    Args:
      texts: sentences of the training split; they are read once.
      vocab_size: greatest number of tokens.
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
        min_frequency=_LEAST,
        special_tokens=[PAD, UNKNOWN, BEGIN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.encode_special_tokens = True  # their spelling in a text is text like any other
    return tokenizer
