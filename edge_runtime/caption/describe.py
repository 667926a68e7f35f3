"""One picture, made ready, through the model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgernn.edge_runtime.caption.options import CaptionOptions
from edgernn.edge_runtime.caption.outcome import Caption, Look
from edgernn.edge_runtime.decode.best import PairScorer, best_sequences
from edgernn.edge_runtime.decode.greedy import greedy
from edgernn.edge_runtime.decode.scorer import Scored
from edgernn.edge_runtime.decode.scores import by_length_and_coverage
from edgernn.edge_runtime.decode.search import Hypothesis, Limits
from edgernn.edge_runtime.encoder_decoder import Decoding, EncoderDecoder
from edgernn.edge_runtime.spec.caption import CaptionSpec
from edgernn.edge_runtime.text.pieces import Pieces
from edgernn.edge_runtime.text.spans import Span, words_with_tokens
from edgernn.edge_runtime.vision import Pixels, model_input


class Describer:
    """Captions pictures in the model's size.

    Args:
      model: that computes.
      task: what the bundle says.
      pieces: what the tokens are.
    """

    def __init__(self, model: EncoderDecoder, task: CaptionSpec, pieces: Pieces) -> None:
        self._model, self._task, self._pieces = model, task, pieces
        self._never = (task.pad, task.begin, task.unknown)

    def describe(self, picture: Pixels, options: CaptionOptions) -> list[Caption]:
        """The best captions, the best first.

        Args:
          picture: uint8 [size, size, 3], RGB.
          options: how.
        """
        score = by_length_and_coverage(options.length_penalty, 0.0)
        with self._decoding(picture) as decoding:
            scorer, first = self._begun(decoding)
            found = best_sequences(scorer, first, self._limits(options), score, self._task.end, self._never)
        return [self._caption(one, options.attention) for one in found[: options.n_best]]

    def stream(self, picture: Pixels, options: CaptionOptions) -> Iterator[str]:
        """The likeliest caption as it comes; the arguments are those of `describe`."""
        decoder = self._pieces.decoder()
        held, said = "", False
        with self._decoding(picture) as decoding:
            scorer, first = self._begun(decoding)
            for one in greedy(scorer, first, self._limits(options), self._task.end, self._never):
                if one.token != self._task.end:
                    held += decoder.feed(one.token)
                # Blanks at its ends are no part of a caption.
                held = held if said else held.lstrip()
                part, held = held.rstrip(), held[len(held.rstrip()) :]
                if part:
                    said = True
                    yield part
        if rest := (held + decoder.finish()).rstrip():
            yield rest

    def _decoding(self, picture: Pixels) -> Decoding:
        return self._model.encode({self._task.picture: model_input(picture[None], self._task.image)})

    def _begun(self, decoding: Decoding) -> tuple[PairScorer, Scored]:
        """With what follows the beginning, which is not the end: there is something to say of every picture."""
        task = self._task
        scorer = PairScorer(decoding, task.token, task.logits, task.attention)
        first = scorer.step((0,), (task.begin,))
        first.logits[:, task.end] = -np.inf
        return scorer, first

    def _limits(self, options: CaptionOptions) -> Limits:
        return Limits(options.beams, options.max_tokens or self._task.max_tokens, options.max_seconds)

    def _caption(self, one: Hypothesis, attended: bool) -> Caption:
        decoder = self._pieces.decoder()
        text, spans = "", list[Span]()
        for token in one.tokens:
            part = decoder.feed(token)
            part = part if text else part.lstrip()
            spans.append((len(text), len(text) + len(part)))
            text += part
        text = (text + decoder.finish()).rstrip()
        rows = one.attention
        if rows is None or not attended:
            return Caption(text, one.score)
        looks = (
            Look(text[slice(*span)], span, rows[tokens].mean(axis=0).reshape(self._task.grid))
            for span, tokens in words_with_tokens(text, spans)
        )
        return Caption(text, one.score, tuple(looks))
