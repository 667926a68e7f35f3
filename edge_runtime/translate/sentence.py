"""One sentence through the model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from edgernn.edge_runtime.decode.best import PairScorer, best_sequences
from edgernn.edge_runtime.decode.greedy import greedy
from edgernn.edge_runtime.decode.scorer import Scored
from edgernn.edge_runtime.decode.scores import by_length_and_coverage
from edgernn.edge_runtime.decode.search import Hypothesis, Limits
from edgernn.edge_runtime.encoder_decoder import Decoding, EncoderDecoder
from edgernn.edge_runtime.spec.translate import TranslateSpec
from edgernn.edge_runtime.text.loading import Encoder
from edgernn.edge_runtime.text.pieces import Pieces
from edgernn.edge_runtime.translate.alignment import LONG, leaves_out, links_of
from edgernn.edge_runtime.translate.options import TranslationOptions
from edgernn.edge_runtime.translate.outcome import Link
from edgernn.edge_runtime.translate.source import SourceText, read_source
from edgernn.edge_runtime.translate.speaker import Speaker

# A translation may be longer than its source by so many tokens, whatever the ratio.
_SPARE = 10


@dataclass(frozen=True)
class Said:
    """One translation of a piece of text.

    Attributes:
      text: without blanks at its ends.
      score: as `TranslationOptions` has it.
      tokens: how many were written, the end counted.
      links: to the words of the source.
      lacks: whether a part of a long source is missing, by the attention.
    """

    text: str
    score: float
    tokens: int
    links: tuple[Link, ...]
    lacks: bool = False


class SentenceTranslator:
    """Translates what fits into the model at once.

    Args:
      model: that computes.
      task: what the bundle says.
      encoder: the source's tokenizer.
      pieces: what the target's tokens are.
    """

    def __init__(self, model: EncoderDecoder, task: TranslateSpec, encoder: Encoder, pieces: Pieces) -> None:
        self._model, self._task, self._encoder, self._pieces = model, task, encoder, pieces
        # Tokens that are bytes or characters leave nothing unknown but what stands for something.
        self._never = tuple(sorted({task.pad, task.begin}))
        self._never_plain = (
            tuple(sorted({task.unknown, *self._never})) if task.level in ("bpe", "char") else self._never
        )

    def encode(self, text: str) -> list[int]:
        """Token ids of a source."""
        return self._encoder.encode(text)

    @property
    def says_unknown(self) -> bool:
        """Whether the model has learnt where the unknown token goes: not where nothing is unknown."""
        return self._task.unknown not in self._never_plain

    def fits(self, text: str) -> bool:
        """Whether a source can be read at once."""
        # A token is a byte at least: short texts need not be tokenized to know, nor need very long ones.
        most = self._task.max_source
        return 4 * len(text) <= most or (len(text) <= 100 * most and len(self.encode(text)) <= most)

    def is_long(self, text: str) -> bool:
        """Whether a source has so many tokens that a part may be missing in its translation."""
        return 4 * len(text) >= LONG and len(self.encode(text)) >= LONG

    def translate(
        self, text: str, options: TranslationOptions, stand_ins: str = "", aligned: bool = False
    ) -> list[Said]:
        """The best translations of a text that fits, the best first.

        Args:
          text: the source.
          options: how.
          stand_ins: characters in it that stand for something.
          aligned: whether links are wanted.
        """
        source = self._source(text, stand_ins, aligned)
        closed = bool(self._closing(text))
        score = by_length_and_coverage(options.length_penalty, options.coverage_penalty)
        with self._decoding(source) as decoding:
            scorer, first = self._begun(decoding)
            limits, forbidden = self._limits(source, options), self._forbidden(source)
            found = best_sequences(scorer, first, limits, score, self._task.end, forbidden)
        said = [self._said(source, one, aligned) for one in found]
        return [self._opened(one, len(text)) for one in said] if closed else said

    def stream(self, text: str, options: TranslationOptions) -> Iterator[str]:
        """The likeliest translation of a text that fits, as it comes."""
        source = self._source(text)
        speaker = Speaker(self._pieces, self._task, source)
        ending = self._task.target_closing if self._closing(text) else ""
        held = ""
        with self._decoding(source) as decoding:
            scorer, first = self._begun(decoding)
            limits, forbidden = self._limits(source, options), self._forbidden(source)
            for one in greedy(scorer, first, limits, self._task.end, forbidden):
                if one.token == self._task.end:
                    break
                held += speaker.feed(one.token, one.attention)
                # Blanks at the end are no part of a translation, nor is what closes it for the model's sake.
                said = held.rstrip().removesuffix(ending).rstrip()
                held = held[len(said) :]
                if said:
                    yield said
        if rest := (held + speaker.finish()).rstrip().removesuffix(ending).rstrip():
            yield rest

    def _source(self, text: str, stand_ins: str = "", aligned: bool = False) -> SourceText:
        task = self._task
        # Where the unknown token may be said, it says a word of the source.
        by_word = aligned or self.says_unknown or bool(stand_ins)
        closed = text + self._closing(text)
        return read_source(closed, self.encode, stand_ins, task.unknown, task.max_source, by_word)

    def _closing(self, text: str) -> str:
        """What is put behind a text for the model's sake."""
        return self._task.closing if text[-1:].isalnum() else ""

    def _opened(self, said: Said, length: int) -> Said:
        """Without what closes it for the model's sake; the source has so many characters."""
        text = said.text.removesuffix(self._task.target_closing).rstrip()
        links = tuple(link.within(length, len(text)) for link in said.links if link.target[0] < len(text))
        return replace(said, text=text, links=links)

    def _decoding(self, source: SourceText) -> Decoding:
        # Nothing at all is read as one step of padding, as in training.
        ids = np.array([source.ids or (self._task.pad,)], np.int32)
        return self._model.encode({self._task.source: ids})

    def _begun(self, decoding: Decoding) -> tuple[PairScorer, Scored]:
        """With what follows the beginning."""
        scorer = PairScorer(decoding, self._task.token, self._task.logits, self._task.attention)
        return scorer, scorer.step((0,), (self._task.begin,))

    def _limits(self, source: SourceText, options: TranslationOptions) -> Limits:
        most = min(options.max_tokens, math.ceil(options.max_ratio * max(1, len(source.ids))) + _SPARE)
        return Limits(options.beams, most, options.max_seconds)

    def _forbidden(self, source: SourceText) -> tuple[int, ...]:
        return self._never if source.stood_for else self._never_plain

    def _said(self, source: SourceText, one: Hypothesis, aligned: bool) -> Said:
        speaker = Speaker(self._pieces, self._task, source)
        rows = one.attention if one.attention is not None else [None] * len(one.tokens)
        text = "".join(speaker.feed(token, row) for token, row in zip(one.tokens, rows, strict=False))
        text = (text + speaker.finish()).rstrip()
        links = links_of(text, speaker.spans, one.attention, source.words) if aligned else ()
        lacks = one.ended and one.attention is not None and leaves_out(one.attention, len(source.ids))
        return Said(text, one.score, len(one.tokens) + one.ended, links, lacks)
