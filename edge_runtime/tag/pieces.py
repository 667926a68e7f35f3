"""A text cut into what entities cover and what lies between them, for views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edgernn.edge_runtime.tag.outcome import Entity, Tagging


def pieces_of(text: str, entities: Iterable[Entity]) -> Iterator[tuple[str, Entity | None]]:
    """The text, part by part; of entities that overlap the first is shown, of those that begin together the longest.

    Args:
      text: that was tagged.
      entities: in the text's order.
    """
    place = 0
    for entity in entities:
        if entity.start < place:
            continue
        if entity.start > place:
            yield text[place : entity.start], None
        yield text[entity.start : entity.end], entity
        place = entity.end
    if place < len(text):
        yield text[place:], None


def places_of(labels: Iterable[str]) -> dict[str, int]:
    """A number for each label, whatever the order that they come in: it chooses its colour."""
    return {label: number for number, label in enumerate(sorted(set(labels)))}


def labels_in(taggings: Iterable[Tagging]) -> dict[str, int]:
    """As `places_of`, for all spans of some texts."""
    return places_of(entity.label for one in taggings for found in one.spans.values() for entity in found)
