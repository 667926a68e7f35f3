"""From words and their answers to tokens and entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tag.column import Answer, joined
from edgernn.edge_runtime.tag.outcome import Entity, Token
from edgernn.edge_runtime.tag.words import Word


def tokens_of(words: Sequence[Word], answers: Mapping[str, Answer], main: str) -> Iterator[Token]:
    """Words with their labels by column; that of `main` is shown where there is place for one."""
    for number, word in enumerate(words):
        yield Token(
            word.text,
            joined(answers[main].labels[number]),
            word.start,
            word.end,
            answers[main].sureness[number],
            {name: answer.labels[number] for name, answer in answers.items()},
            {name: answer.scores[number] for name, answer in answers.items()},
        )


def entities_of(text: str, words: Sequence[Word], answer: Answer) -> Iterator[Entity]:
    """The spans of one column, where they stand in the text."""
    for span, score in answer.spans:
        start, end = words[span.start].start, words[span.stop - 1].end
        yield Entity(text[start:end], span.label, start, end, score)


def words_between_blanks(tokens: Sequence[str], start: int = 0) -> list[Word]:
    """Words where they stand when single blanks separate them.

    Args:
      tokens: their texts.
      start: of the first one, in characters.

    Raises:
      InputError: not a list of texts, or one is empty.
    """
    if isinstance(tokens, (bytes, bytearray, Mapping)) or not isinstance(tokens, Sequence):
        raise InputError(f"expected a text or a list of words, found {type(tokens).__name__}")
    words = []
    for number, token in enumerate(tokens, 1):
        if not isinstance(token, str) or not token.strip():
            raise InputError(f"word {number} is {token!r}: expected a text that is not empty")
        words.append(Word(token, start, start + len(token)))
        start += len(token) + 1
    return words
