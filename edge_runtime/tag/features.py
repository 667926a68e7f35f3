"""From words to what a tagger reads: ids of words, of their characters and of their shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.spec.tag import CharactersSpec, TagSpec, WordsSpec

PAD, UNKNOWN, FIRST = 0, 1, 2
# Lower case, upper case, a capital first, mixed; digits alone, digits among others; marks and symbols.
SHAPES = 9
_DIGIT = re.compile(r"\d")
Int32 = npt.NDArray[np.int32]


class Features:
    """Looks words up.

    Args:
      spec: what the model reads.
      words: the word list.
      characters: the character list, or "".
    """

    def __init__(self, spec: TagSpec, words: Sequence[str], characters: str) -> None:
        self._spec = spec
        self._words = {word: number for number, word in enumerate(words, FIRST)}
        self._characters = {character: number for number, character in enumerate(characters, FIRST)}

    def __call__(self, tokens: Sequence[str]) -> dict[str, Int32]:
        """Model inputs by name, each with a batch axis of 1.

        Args:
          tokens: one or more words.
        """
        spec = self._spec
        inputs = {spec.words.input: np.array([[self.word(token) for token in tokens]], np.int32)}
        if spec.characters is not None:
            rows = [character_ids(token, self._characters, spec.characters) for token in tokens]
            inputs[spec.characters.input] = np.array([rows], np.int32)
        if spec.shapes:
            inputs[spec.shapes] = np.array([[shape_of(token) for token in tokens]], np.int32)
        return inputs

    def word(self, token: str) -> int:
        """Id of a word."""
        return self._words.get(looked_up(token, self._spec.words), UNKNOWN)


def looked_up(token: str, spec: WordsSpec) -> str:
    """A word as the list holds it."""
    token = token.lower() if spec.lower else token
    return _DIGIT.sub("0", token) if spec.zero_digits else token


def character_ids(token: str, known: Mapping[str, int], spec: CharactersSpec) -> list[int]:
    """Ids of a word's characters, padded to the width."""
    if len(token) > spec.width:
        half = spec.width // 2
        token = token[: spec.width - half] + token[-half:]
    ids = [known.get(character, UNKNOWN) for character in token]
    return ids + [PAD] * (spec.width - len(ids))


def shape_of(token: str) -> int:
    """1 to 8; 0 pads."""
    if token.isdigit():
        return 5
    letters = [character for character in token if character.isalpha()]
    if any(character.isdigit() for character in token):
        return 6 if letters else 7
    if not letters:
        return 8
    text = "".join(letters)
    if text.islower() or not (text.isupper() or text != text.lower()):
        return 1
    if text.isupper() and len(text) > 1:
        return 2
    return 3 if (text[0].isupper() and text[1:].islower()) or len(text) == 1 else 4
