"""Trains a byte-level BPE tokenizer on the training texts."""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from edgernn.train.classify.options import ClassifyOptions

PAD, START, UNKNOWN = "<pad>", "<s>", "<unk>"
PAD_ID, START_ID, UNKNOWN_ID = 0, 1, 2
# Explicit ranges instead of \w and \p: every engine on every device reads them alike. Words keep the blank
# before them; whatever is not ASCII counts as a letter, so that every script makes words. White space and
# control characters between them are pieces of their own.
_WORDS = " ?[A-Za-z\u0080-\U0010ffff]+| ?[0-9]+| ?[!-/:-@\\[-`{-~]+"


def train_tokenizer(texts: Sequence[str], options: ClassifyOptions) -> Tokenizer:
    """A tokenizer whose ids 0, 1 and 2 are padding, start and unknown.

    Padding and unknown never come out of it: bytes cover every text. Every text begins with the start token, so
    that none is empty. Digits are all read as 0: a number's shape tells more than the number.

    Args:
      texts: of the training split, cleaned.
      options: vocabulary and length.
    """
    tokenizer = Tokenizer(models.BPE())
    steps: list[normalizers.Normalizer] = [normalizers.Replace(Regex("[0-9]"), "0")]
    if options.lowercase:
        steps.insert(0, normalizers.Lowercase())
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=options.vocab_size,
        min_frequency=2,
        special_tokens=[PAD, START, UNKNOWN],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{START} $A", special_tokens=[(START, START_ID)])
    tokenizer.enable_truncation(options.max_length)
    return tokenizer
