"""Measures a language model on a text of the user's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.lm.corpus import Corpus
from edgernn.edge_runtime.lm.measure import Ids, Keystrokes, measure
from edgernn.edge_runtime.lm.split import divide
from edgernn.edge_runtime.tasks.lm import LanguageModel

_FEWEST = 2


@dataclass(frozen=True)
class LmEvaluation:
    """What was measured.

    Attributes:
      scope: which part of the text, one sentence.
      split: "test" when it is the recorded test split, "all" otherwise.
      tokens: that were predicted.
      characters: of the text.
      unknown: part of the tokens that the vocabulary does not hold.
      engine: that computed.
      perplexity: a token.
      nats: a token.
      bits_per_character: of the text.
      recall_1: part of the tokens that was the most probable one.
      recall_3: part of the tokens that was among the three most probable ones.
      keystrokes_saved: see `Keystrokes`, over the first words; None where tokens are no words.
    """

    scope: str
    split: str
    tokens: int
    characters: int
    unknown: float
    engine: str
    perplexity: float
    nats: float
    bits_per_character: float
    recall_1: float
    recall_3: float
    keystrokes_saved: float | None

    def to_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return asdict(self)


def evaluate_text(model: LanguageModel, corpus: Corpus) -> LmEvaluation:
    """Predicts every token of the text.

    Of the text that the model was trained on (equal SHA-256) only the test split counts, divided again as the bundle
    records; of any other text all of it does, but for texts that name their own splits, of which it is the test part.

    Raises:
      InputError: the text is too short.
    """
    scope, split, ids, characters = _chosen(model, corpus)
    if len(ids) < _FEWEST:
        raise InputError(f"{corpus.source.path}: too short to measure anything on: {len(ids)} tokens")
    words = model.task.level in ("word", "blank")
    keys = Keystrokes(model.pieces, (model.task.unknown, model.task.end)) if words else None
    found = measure(model, model.task, ids, keys)
    return LmEvaluation(
        scope=scope,
        split=split,
        tokens=found.tokens,
        characters=characters,
        unknown=float((ids == model.task.unknown).mean()),
        engine=model.engine,
        perplexity=found.perplexity,
        nats=found.nats,
        bits_per_character=found.nats * len(ids) / (max(characters, 1) * math.log(2)),
        recall_1=found.recall_1,
        recall_3=found.recall_3,
        keystrokes_saved=keys.saved if keys is not None else None,
    )


def _chosen(model: LanguageModel, corpus: Corpus) -> tuple[str, str, Ids, int]:
    data = model.manifest.data
    if data is not None and data.sha256 == corpus.sha256:
        texts = [(block.text, block.ends) for name, block in divide(corpus.blocks(), data.split.seed) if name == "test"]
        scope = f"the test split of {data.name} (seed {data.split.seed}), unseen in training"
        return scope, "test", *_encoded(model, iter(texts))
    blocks = list(divide(corpus.blocks(), 0))
    if blocks and blocks[0][1].split is not None:
        texts = [(block.text, block.ends) for name, block in blocks if name == "test"]
        return "the test part that the file names", "test", *_encoded(model, iter(texts))
    return "all of the text", "all", *_encoded(model, ((block.text, block.ends) for _, block in blocks))


def _encoded(model: LanguageModel, texts: Iterator[tuple[str, bool]]) -> tuple[Ids, int]:
    ids: list[int] = []
    characters = 0
    for text, ends in texts:
        ids.extend(model.encode_all(text))
        if ends and not model.pieces.is_blank_level():
            ids.append(model.task.end)
        characters += len(text)
    return np.array(ids, np.int32), characters
