"""Reads the kinds of tokenizer.json that the kit's own training writes, in plain Python.

A device that has only NumPy can read text with it. `tests/text` compares it with Hugging Face tokenizers;
whatever it does not know is refused by name instead of being guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from edgernn.edge_runtime.errors import BundleError, RuntimeUnavailable
from edgernn.edge_runtime.text.bpe import Bpe
from edgernn.edge_runtime.text.bytelevel import to_byte_characters
from edgernn.edge_runtime.text.patterns import NEEDS_PACKAGE, compile_pattern
from edgernn.edge_runtime.text.word_level import WordLevel

Normalize = Callable[[str], str]
Split = Callable[[str], list[str]]


class PlainTokenizer:
    """Normalizer, splitter, byte-level BPE or whole pieces, template and truncation.

    Args:
      document: parsed tokenizer.json.

    Raises:
      BundleError: a part is missing or malformed.
      RuntimeUnavailable: a part is of a kind that needs the `tokenizers` package.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        try:
            self._normalize = _normalizer(document.get("normalizer"))
            self._split = _pre_tokenizer(document.get("pre_tokenizer"))
            self._model = _model(document["model"])
            self._before, self._after = _template(document.get("post_processor"))
            self._max_length = _max_length(document.get("truncation"), len(self._before) + len(self._after))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BundleError(f"the tokenizer is malformed: {error!r}") from error

    def encode(self, text: str) -> list[int]:
        """Token ids of `text`; the special tokens' own spelling in it is text like any other."""
        ids: list[int] = []
        limit = self._max_length
        for word in self._split(self._normalize(text)):
            ids.extend(self._model.encode(word))
            if limit is not None and len(ids) >= limit:
                break
        return [*self._before, *(ids if limit is None else ids[:limit]), *self._after]


def _refuse(part: str, kind: object) -> RuntimeUnavailable:
    return RuntimeUnavailable(f"the tokenizer's {part} {kind!r} {NEEDS_PACKAGE}")


def _normalizer(spec: Any) -> Normalize:
    if spec is None:
        return lambda text: text
    if spec["type"] == "Sequence":
        parts = [_normalizer(part) for part in spec["normalizers"]]
        return lambda text: _apply(parts, text)
    if spec["type"] == "Lowercase":
        # Character by character: str.lower() looks at a sigma's neighbours, and Hugging Face does not.
        return lambda text: "".join(character.lower() for character in text)
    if spec["type"] == "Replace":
        pattern, content = compile_pattern(spec["pattern"]), str(spec["content"])
        return lambda text: pattern.sub(lambda _: content, text)
    raise _refuse("normalizer", spec["type"])


def _apply(parts: list[Normalize], text: str) -> str:
    for part in parts:
        text = part(text)
    return text


def _pre_tokenizer(spec: Any) -> Split:
    if spec is None:
        return lambda text: [text] if text else []
    if spec["type"] == "Sequence":
        parts = [_pre_tokenizer(part) for part in spec["pretokenizers"]]
        return lambda text: _split_all(parts, text)
    if spec["type"] == "Split" and not spec.get("invert") and spec["behavior"] in ("Isolated", "Removed"):
        return _splitter(compile_pattern(spec["pattern"]), spec["behavior"] == "Isolated")
    if spec["type"] == "ByteLevel" and not spec["add_prefix_space"] and not spec["use_regex"]:
        return lambda text: [to_byte_characters(text)] if text else []
    raise _refuse("pre-tokenizer", spec["type"])


def _split_all(parts: list[Split], text: str) -> list[str]:
    words = [text]
    for part in parts:
        words = [word for piece in words for word in part(piece)]
    return words


def _splitter(pattern: re.Pattern[str], keep: bool) -> Split:
    def split(text: str) -> list[str]:
        words: list[str] = []
        end = 0
        for match in pattern.finditer(text):
            words.append(text[end : match.start()])
            if keep:
                words.append(match.group())
            end = match.end()
        words.append(text[end:])
        return [word for word in words if word]

    return split


def _model(spec: dict[str, Any]) -> Bpe | WordLevel:
    return _word_level(spec) if spec.get("type") == "WordLevel" else _bpe(spec)


def _word_level(spec: dict[str, Any]) -> WordLevel:
    vocabulary = {str(word): int(number) for word, number in spec["vocab"].items()}
    return WordLevel(vocabulary, vocabulary[spec["unk_token"]])


def _bpe(spec: dict[str, Any]) -> Bpe:
    plain = not (spec.get("dropout") or spec.get("ignore_merges") or spec.get("byte_fallback"))
    affixes = spec.get("continuing_subword_prefix") or spec.get("end_of_word_suffix")
    if spec.get("type") != "BPE" or not plain or affixes or spec.get("unk_token") is not None:
        raise _refuse("model", spec.get("type"))
    return Bpe(dict(spec["vocab"]), [_merge(merge) for merge in spec["merges"]], None)


def _merge(merge: Any) -> tuple[str, str]:
    # Older files join the two with a blank.
    left, right = merge.split(" ", 1) if isinstance(merge, str) else merge
    return str(left), str(right)


def _template(spec: Any) -> tuple[list[int], list[int]]:
    if spec is None:
        return [], []
    if spec["type"] != "TemplateProcessing":
        raise _refuse("post-processor", spec["type"])
    sides: tuple[list[int], list[int]] = ([], [])
    after = 0
    for item in spec["single"]:
        if "Sequence" in item:
            after = 1
        else:
            sides[after].extend(spec["special_tokens"][item["SpecialToken"]["id"]]["ids"])
    return sides


def _max_length(spec: Any, added: int) -> int | None:
    if spec is None:
        return None
    if spec["direction"] != "Right":
        raise _refuse("truncation", spec["direction"])
    return max(int(spec["max_length"]) - added, 0)
