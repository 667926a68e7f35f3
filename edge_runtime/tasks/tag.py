"""Sequence labelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.engines import Array, EngineOptions
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.tag import TagSpec
from edgernn.edge_runtime.tag.assets import read_assets
from edgernn.edge_runtime.tag.column import Answer, Column
from edgernn.edge_runtime.tag.outcome import Entity, Tagging, Token
from edgernn.edge_runtime.tag.tokens import entities_of, tokens_of, words_between_blanks
from edgernn.edge_runtime.tag.windows import Window, longest_window, windows_for
from edgernn.edge_runtime.tag.words import Word, sentences_of, words_of

if TYPE_CHECKING:
    from edgernn.edge_runtime.tag.session import TagSession

Float32 = npt.NDArray[np.float32]


class SequenceTagger(Model):
    """Labels the words of texts. See `Model` for the arguments."""

    def __init__(self, bundle: Bundle, options: EngineOptions | None = None, engine: str | None = None) -> None:
        super().__init__(bundle, options, engine)
        task = bundle.manifest.typed_task
        if not isinstance(task, TagSpec):
            raise BundleError(f"{bundle.path}: not a tagger")
        self._task = task
        self._assets = read_assets(task, bundle.assets, str(bundle.path))
        _check_outputs(bundle, self._assets.columns)

    @property
    def task(self) -> TagSpec:
        """What the bundle says of the task."""
        return self._task

    @property
    def columns(self) -> dict[str, Column]:
        """The columns by name: their labels, and how scores become labels."""
        return {column.spec.name: column for column in self._assets.columns}

    def tag(self, text: str | Sequence[str]) -> Tagging:
        """The words of a text with their labels.

        Args:
          text: any characters, any length: it is cut into sentences and words. Or a list of words: they are one
            sentence, taken as it is, and its text is theirs with single blanks between them.

        Returns:
          The tokens; their offsets slice the text. `.entities` are grouped. Empty for an empty text.

        Raises:
          InputError: neither a text nor a list of texts, or a word in the list is empty.
        """
        if isinstance(text, str):
            sentences = sentences_of(text, self.words(text))
        else:
            words = words_between_blanks(text)
            text, sentences = " ".join(word.text for word in words), [words] if words else []
        tokens: list[Token] = []
        spans: dict[str, list[Entity]] = {c.spec.name: [] for c in self._assets.columns if c.spec.scheme != "none"}
        for words in sentences:
            answers = self.answers([word.text for word in words])
            tokens += tokens_of(words, answers, self._task.main_column)
            for name, found in spans.items():
                found += entities_of(text, words, answers[name])
        return Tagging(text, tokens, spans, self._task.entity_columns)

    def tag_many(self, texts: Iterable[str | Sequence[str]]) -> list[Tagging]:
        """As `tag`, for each of many texts or lists of words.

        Raises:
          InputError: see `tag`; or one text where many were expected.
        """
        if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
            raise InputError("expected a list of texts: one text is for tag")
        return [self.tag(text) for text in texts]

    def session(self) -> TagSession:  # type: ignore[override]  # words in, labels out
        """A sentence whose words arrive one by one.

        Raises:
          InputError: the model reads sentences in both directions.
        """
        from edgernn.edge_runtime.tag.session import TagSession

        if self._execution.mode != "chunked":
            raise InputError(
                "this tagger reads sentences in both directions, and has no sessions: train with --direction forward "
                "(--preset stream) for words that arrive one by one"
            )
        return TagSession(self, super().session())

    def words(self, text: str) -> list[Word]:
        """The words of a text, as the model was trained to have them cut."""
        return words_of(text, self._task.clitics, self._assets.abbreviations.__contains__)

    def answers(self, tokens: Sequence[str]) -> dict[str, Answer]:
        """Labels by column of one sentence of one or more words, of any number."""
        scores = self.scores(tokens)
        return {column.spec.name: column.answer(scores[column.spec.name]) for column in self._assets.columns}

    def scores(self, tokens: Sequence[str]) -> dict[str, Float32]:
        """The network's scores by column, float32 [words, labels], of one sentence of one or more words."""
        parts: dict[str, list[Float32]] = {column.spec.name: [] for column in self._assets.columns}
        for window in self._windows(len(tokens)):
            outputs = self.run(self.inputs(tokens[window.start : window.stop]))
            kept = slice(window.first - window.start, window.last - window.start)
            for column in self._assets.columns:
                parts[column.spec.name].append(outputs[column.spec.output][0, kept].astype(np.float32))
        return {name: np.concatenate(found) for name, found in parts.items()}

    def _windows(self, count: int) -> list[Window]:
        # What reads forward only needs none: its states are carried on.
        if self._execution.mode == "chunked":
            return [Window(0, count, 0, count)]
        return windows_for(count, self._task)

    def inputs(self, tokens: Sequence[str]) -> dict[str, Array]:
        """What the network takes for one or more words."""
        return {**self._assets.features(tokens)}

    def encode(self, text: str) -> dict[str, Array]:
        """What the network takes for the words of a text, one or more, as one sentence, those of one window."""
        return self.inputs([word.text for word in self.words(text)][: longest_window(self._task)])


def _check_outputs(bundle: Bundle, columns: Sequence[Column]) -> None:
    sizes = {tensor.name: tensor.shape[-1] for tensor in bundle.manifest.outputs if len(tensor.shape) == 3}
    for column in columns:
        found = sizes.get(column.spec.output)
        if found != len(column.labels):
            raise BundleError(
                f"{bundle.path}: column {column.spec.name!r}: {len(column.labels)} labels for "
                f"{'no output' if found is None else found}"
            )
