"""Machine translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, overload

from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.encoder_decoder import EncoderDecoder
from edgernn.edge_runtime.engines import EngineOptions
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.spec.translate import TranslateSpec
from edgernn.edge_runtime.text import clean_text, load_tokenizer
from edgernn.edge_runtime.text.pieces import Pieces
from edgernn.edge_runtime.translate.keeping import KeepingTranslator
from edgernn.edge_runtime.translate.layout import parts_of
from edgernn.edge_runtime.translate.options import TranslationOptions, options_from
from edgernn.edge_runtime.translate.outcome import Link, Translation
from edgernn.edge_runtime.translate.sentence import SentenceTranslator


class Translator(EncoderDecoder):
    """Translates texts. See `Model` for the arguments."""

    def __init__(self, bundle: Bundle, options: EngineOptions | None = None, engine: str | None = None) -> None:
        super().__init__(bundle, options, engine)
        task = bundle.manifest.typed_task
        if not isinstance(task, TranslateSpec):
            raise BundleError(f"{bundle.path}: not a translator")
        self._task = task
        encoder = load_tokenizer(bundle.assets[task.source_tokenizer])
        pieces = Pieces(bundle.assets[task.target_tokenizer], task.level, task.end, task.unknown)
        _check(bundle, task, len(pieces), self.longest())
        self._sentences = KeepingTranslator(SentenceTranslator(self, task, encoder, pieces))

    @property
    def task(self) -> TranslateSpec:
        """What the bundle says of the task."""
        return self._task

    @overload
    def translate(self, text: str, *, stream: Literal[False] = ..., **settings: object) -> list[Translation]: ...
    @overload
    def translate(self, text: str, *, stream: Literal[True], **settings: object) -> Iterator[str]: ...
    @overload
    def translate(
        self, text: list[str] | tuple[str, ...], *, stream: Literal[False] = ..., **settings: object
    ) -> list[list[Translation]]: ...
    def translate(
        self, text: str | list[str] | tuple[str, ...], *, stream: bool = False, **settings: object
    ) -> list[Translation] | list[list[Translation]] | Iterator[str]:
        """A text in the other language, its layout kept.

        Sentences are translated one by one; line breaks, blank lines and what stands between sentences stay. What has
        no letter in it stays as it is. What must be kept (addresses, tags, numbers) is: see `translate.kept`.

        Args:
          text: any characters, any length; or a list of texts.
          stream: give one text's translation as it comes, always by the likeliest token.
          settings: see `TranslationOptions` (beams, n_best, length_penalty, coverage_penalty, max_tokens, max_ratio,
            max_seconds, alignment).

        Returns:
          The n best translations, the best first: of several sentences, the second is made of each one's second best.
          Of a list, a list of these. With `stream` an iterator of parts, which add up to the translation.

        Raises:
          InputError: not a text, or a setting is unknown or out of its range.
        """
        if stream and isinstance(text, str):
            return self._streamed(text, options_from({"beams": 1, **settings}))
        if stream:
            raise InputError("a list of texts cannot be streamed: give one text")
        options = options_from(settings)
        if isinstance(text, (list, tuple)):
            return [self._translations(one, options) for one in text]
        return self._translations(text, options)

    def said(self, sentence: str) -> str:
        """One sentence by the likeliest tokens, taken as it is: nothing is cut, kept or put back."""
        text = _prepared(sentence)
        return self._sentences.sentences.translate(text, TranslationOptions(beams=1))[0].text

    def encode_text(self, text: str) -> list[int]:
        """Token ids of a source, of any length."""
        return self._sentences.sentences.encode(_prepared(text))

    def _translations(self, text: str, options: TranslationOptions) -> list[Translation]:
        text = _prepared(text)
        found: list[list[tuple[Translation, int]]] = []
        parts = parts_of(text)
        for part in parts:
            if part.is_sentence and _has_letters(part.text):
                found.append(self._sentences.translate(_blanks(part.text), options))
            else:
                found.append([(Translation(part.text, 0.0), 0)])
        count = max((len(one) for one in found), default=1)
        sources = [part.text for part in parts]
        return [
            joined([one[min(rank, len(one) - 1)] for one in found], sources, options.alignment)
            for rank in range(min(count, options.n_best))
        ]

    def _streamed(self, text: str, options: TranslationOptions) -> Iterator[str]:
        if options.beams != 1:
            raise InputError("a stream is of one hypothesis: leave beams out")
        return self._parts(_prepared(text), options)

    def _parts(self, text: str, options: TranslationOptions) -> Iterator[str]:
        for part in parts_of(text):
            if part.is_sentence and _has_letters(part.text):
                yield from self._sentences.stream(_blanks(part.text), options)
            else:
                yield part.text


def joined(parts: list[tuple[Translation, int]], sources: list[str], aligned: bool) -> Translation:
    """One translation out of those of a text's parts, each with the number of its tokens."""
    links: list[Link] = []
    source = target = 0
    for (part, _), original in zip(parts, sources, strict=True):
        links += [link.moved(source, target) for link in part.alignment]
        source, target = source + len(original), target + len(part.text)
    tokens = sum(count for _, count in parts)
    score = sum(part.score * count for part, count in parts) / tokens if tokens else 0.0
    return Translation("".join(part.text for part, _ in parts), score, tuple(links) if aligned else ())


def _prepared(text: str) -> str:
    if not isinstance(text, str):
        raise InputError(f"expected a text, found {type(text).__name__}")
    return clean_text(text, len(text))


def _blanks(text: str) -> str:
    """Blanks of every kind as the common one; no character more or less."""
    return re.sub(r"\s", " ", text)


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _check(bundle: Bundle, task: TranslateSpec, tokens: int, longest: int) -> None:
    names = {tensor.name: tensor.shape for tensor in bundle.manifest.outputs}
    for name in (task.logits, task.attention):
        if len(names.get(name, ())) != 3:
            raise BundleError(f"{bundle.path}: its model has no output {name!r} of shape [1, time, ...]")
    if {t.name for t in bundle.manifest.inputs} != {task.source, task.token}:
        raise BundleError(f"{bundle.path}: its model's inputs are not {task.source!r} and {task.token!r}")
    if names[task.logits][-1] != tokens:
        raise BundleError(f"{bundle.path}: {tokens} tokens for {names[task.logits][-1]} outputs")
    if max(task.begin, task.end, task.pad, task.unknown) >= tokens:
        raise BundleError(f"{bundle.path}: begin, end, pad or unknown is beyond the vocabulary of {tokens} tokens")
    if task.max_source > longest:
        raise BundleError(f"{bundle.path}: sources of {task.max_source} tokens for an encoder of {longest}")
