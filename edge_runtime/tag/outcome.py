"""What a tagger says of a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Label = str | tuple[str, ...]
Score = float | tuple[float, ...]
# Between the labels of a word that has several, as in files.
SEVERAL = "|"


@dataclass(frozen=True)
class Token:
    """A word and its labels.

    Attributes:
      text: of the word, as it stands in the text.
      label: of the column that gives the entities, otherwise of the first one; several are joined by "|".
      start: where the word begins in the text, in characters.
      end: where it ends (not included).
      score: probability of `label`, 0 to 1; of several labels, that of the least sure decision.
      labels: by column; a tuple, which may be empty, where a word can have several.
      scores: their probabilities by column, in the same form.
    """

    text: str
    label: str
    start: int
    end: int
    score: float
    labels: Mapping[str, Label] = field(hash=False)
    scores: Mapping[str, Score] = field(hash=False)


@dataclass(frozen=True)
class Entity:
    """Words that belong together.

    Attributes:
      text: from the first word to the last one, as it stands in the text.
      label: of all of it, without a scheme's letters.
      start: where it begins in the text, in characters.
      end: where it ends (not included).
      score: probability that these words, no more and no less, have this label; 0 to 1.
    """

    text: str
    label: str
    start: int
    end: int
    score: float


class Tagging(list[Token]):
    """The tokens of a text, in order.

    Args:
      text: that their offsets slice.
      tokens: of it.
      spans: by column that marks spans, its entities.
      entity_columns: of which columns `entities` are.

    Attributes:
      text: that was tagged; of a list of tokens, these between single blanks.
      spans: entities by column, for each column that marks spans (entities, phrases).
      entities: those of the entity columns, in the text's order.
    """

    def __init__(
        self,
        text: str,
        tokens: Iterable[Token],
        spans: Mapping[str, list[Entity]],
        entity_columns: Iterable[str],
    ) -> None:
        super().__init__(tokens)
        self.text = text
        self.spans = dict(spans)
        found = [entity for name in entity_columns for entity in self.spans[name]]
        self.entities = sorted(found, key=lambda entity: (entity.start, -entity.end))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; probabilities with six digits."""
        return {
            "text": self.text,
            "tokens": [_token(token) for token in self],
            "entities": [_entity(entity) for entity in self.entities],
            "spans": {name: [_entity(entity) for entity in found] for name, found in self.spans.items()},
        }


def _token(token: Token) -> dict[str, Any]:
    return {
        "text": token.text,
        "label": token.label,
        "start": token.start,
        "end": token.end,
        "score": round(token.score, 6),
        "labels": {name: list(v) if isinstance(v, tuple) else v for name, v in token.labels.items()},
        "scores": {
            name: [round(p, 6) for p in v] if isinstance(v, tuple) else round(v, 6) for name, v in token.scores.items()
        },
    }


def _entity(entity: Entity) -> dict[str, Any]:
    place = {"text": entity.text, "label": entity.label, "start": entity.start, "end": entity.end}
    return {**place, "score": round(entity.score, 6)}
