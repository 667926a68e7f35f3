"""A text that a model has read: what may follow, and the states to go on from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.session import Session

# Changes scores in the light of the tokens so far: adaptation to what the user has written.
Mixer = Callable[[Scores, Sequence[int]], Scores]
# Tokens that are read together; all of their scores are made, so that more would only cost memory.
_PIECE = 16


class Reading:
    """A `Scorer` over a session.

    Args:
      session: of a language model.
      names: of the model's input and output.
      mixer: applied to all scores, or None.
      tokens: read so far, from which the mixer takes what it needs.
      logits: of what follows them, float32 [vocabulary]; None where nothing has been read.
    """

    def __init__(
        self,
        session: Session,
        names: tuple[str, str],
        mixer: Mixer | None = None,
        tokens: Sequence[int] = (),
        logits: Scores | None = None,
    ) -> None:
        self._session, self._mixer = session, mixer
        self._input, self._output = names
        self._tokens = list(tokens)
        self._logits = logits

    @property
    def tokens(self) -> tuple[int, ...]:
        """What has been read."""
        return tuple(self._tokens)

    @property
    def logits(self) -> Scores:
        """Logits of what follows, float32 [vocabulary]: a copy, mixed."""
        if self._logits is None:
            raise ValueError("nothing has been read")
        logits = self._logits.copy()
        return logits if self._mixer is None else self._mixer(logits, self._tokens)

    def step(self, token: int) -> Scores:
        """See `Scorer`."""
        # The engine's outputs are copies: this one is handed on as it is where nobody else needs it.
        logits: Scores = self._session.step(token)[self._output][0, 0]
        self._logits = None
        self._tokens.append(token)
        if self._mixer is None:
            return logits
        return self._mixer(logits, self._tokens)

    def read(self, tokens: Sequence[int]) -> None:
        """Takes many tokens in, one or more."""
        for start in range(0, len(tokens), _PIECE):
            piece = np.array([tokens[start : start + _PIECE]], np.int32)
            outputs = self._session.run({self._input: piece})
            self._logits = outputs[self._output][0, -1].copy()  # type: ignore[index]
        self._tokens.extend(tokens)

    def with_mixer(self, mixer: Mixer | None) -> Reading:
        """The same reading, its scores mixed in another way; it takes this one's place."""
        return Reading(self._session, (self._input, self._output), mixer, self._tokens, self._logits)

    def fork(self) -> Reading:
        """See `Scorer`."""
        return Reading(self._session.fork(), (self._input, self._output), self._mixer, self._tokens, self._logits)
