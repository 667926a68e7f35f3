"""Sentences of any length, with what must be kept in them (see `kept`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from edgernn.edge_runtime.translate.kept import Masked, Untagged, cut_at_kept, mask, renumbered, retagged, untag
from edgernn.edge_runtime.translate.layout import halved, shortened
from edgernn.edge_runtime.translate.options import TranslationOptions
from edgernn.edge_runtime.translate.outcome import Link, Translation
from edgernn.edge_runtime.translate.sentence import Said, SentenceTranslator

# Translations with the number of tokens that they took, the best first.
Ranked = list[tuple[Translation, int]]


class KeepingTranslator:
    """Translates sentences of any length.

    Args:
      sentences: translates what fits into the model.

    Attributes:
      sentences: as given.
    """

    def __init__(self, sentences: SentenceTranslator) -> None:
        self.sentences = sentences

    def translate(self, sentence: str, options: TranslationOptions) -> Ranked:
        """Up to `options.n_best` translations of a sentence, the best first.

        Args:
          sentence: one line, its blanks common ones, with a letter in it.
          options: how.
        """
        untagged = untag(sentence)
        spoken = not self.sentences.says_unknown
        for numbers in (False, True):
            masked = mask(untagged.edited.text, numbers, spoken)
            if numbers and not masked.kept:
                break
            stand_ins = "" if spoken else "".join(masked.kept)
            found = self._whole(masked.edited.text, options, stand_ins, bool(untagged.tags))
            good: dict[str, tuple[Translation, int]] = {}
            for said in found:
                if one := _restored(untagged, masked, said):
                    # Some differ in nothing but a number that was put right.
                    good.setdefault(one[0].text, one)
            if good:
                return list(good.values())[: options.n_best]
        return [self._in_pieces(untagged, options)]

    def stream(self, sentence: str, options: TranslationOptions) -> Iterator[str]:
        """The likeliest translation as it comes; at once where something must be kept."""
        untagged = untag(sentence)
        if untagged.tags or any(kept for _, kept in cut_at_kept(sentence)):
            yield self.translate(sentence, options)[0][0].text
            return
        for piece in shortened(sentence, self.sentences.fits):
            before, middle, after = _without_ends(piece)
            yield from filter(None, [before])
            if not any(character.isalpha() for character in middle):
                yield from filter(None, [middle])
            elif self.sentences.is_long(middle):
                yield from filter(None, [self._whole(middle, options)[0].text])
            else:
                yield from self.sentences.stream(middle, options)
            yield from filter(None, [after])

    def _whole(self, text: str, options: TranslationOptions, stand_ins: str = "", aligned: bool = False) -> list[Said]:
        """Translations of a text that may be too long to be read at once."""
        aligned = aligned or options.alignment
        ranked = [
            found
            for piece in shortened(text, self.sentences.fits)
            for found in self._without_lack(piece, options, stand_ins, aligned)
        ]
        count = max(len(one) for one in ranked)
        return [_chained([one[min(rank, len(one) - 1)] for one in ranked]) for rank in range(count)]

    def _without_lack(
        self, piece: str, options: TranslationOptions, stand_ins: str, aligned: bool
    ) -> Iterator[list[tuple[str, Said]]]:
        """Translations of a piece, or of its halves one after the other where a part of it would be missing."""
        found = self._piece(piece, options, stand_ins, aligned)
        if found[0][1].lacks:
            for half in halved(piece):
                yield from self._without_lack(half, options, stand_ins, aligned)
        else:
            yield found

    def _piece(self, piece: str, options: TranslationOptions, stand_ins: str, aligned: bool) -> list[tuple[str, Said]]:
        """Translations of what fits, with the blanks at its ends; the piece beside each."""
        before, middle, after = _without_ends(piece)
        if not any(character.isalpha() for character in middle):
            return [(piece, Said(piece, 0.0, 0, ()))]
        return [
            (
                piece,
                replace(
                    one,
                    text=before + one.text + after,
                    links=tuple(link.moved(len(before), len(before)) for link in one.links),
                ),
            )
            for one in self.sentences.translate(middle, options, stand_ins, aligned)
        ]

    def _in_pieces(self, untagged: Untagged, options: TranslationOptions) -> tuple[Translation, int]:
        """What must be kept as it is, and the pieces between translated by themselves."""
        chosen: list[tuple[str, Said]] = []
        for piece, kept in cut_at_kept(untagged.edited.text):
            said = Said(piece, 0.0, 0, ()) if kept else self._whole(piece, options, "", bool(untagged.tags))[0]
            chosen.append((piece, said))
        return _tagged(untagged, _chained(chosen))


def _restored(untagged: Untagged, masked: Masked, said: Said) -> tuple[Translation, int] | None:
    """With what the stand-ins stand for, and with the tags; None where something is missing."""
    numbered = renumbered(masked.edited.text, said.text)
    restored = masked.restored(numbered.text) if numbered is not None else None
    if numbered is None or restored is None:
        return None
    links = tuple(
        Link(masked.edited.before(link.source), restored.after(numbered.after(link.target)), link.weight)
        for link in said.links
    )
    return _tagged(untagged, replace(said, text=restored.text, links=links))


def _tagged(untagged: Untagged, said: Said) -> tuple[Translation, int]:
    edited = retagged(said.text, untagged.tags, said.links)
    links = tuple(
        Link(untagged.edited.before(link.source), edited.after(link.target), link.weight) for link in said.links
    )
    return Translation(edited.text, said.score, links), said.tokens


def _chained(pieces: list[tuple[str, Said]]) -> Said:
    """Translations of pieces that follow each other as one."""
    links: list[Link] = []
    source = target = 0
    for piece, said in pieces:
        links += [link.moved(source, target) for link in said.links]
        source, target = source + len(piece), target + len(said.text)
    tokens = sum(said.tokens for _, said in pieces)
    score = sum(said.score * said.tokens for _, said in pieces) / tokens if tokens else 0.0
    return Said("".join(said.text for _, said in pieces), score, tokens, tuple(links))


def _without_ends(piece: str) -> tuple[str, str, str]:
    middle = piece.strip()
    start = piece.index(middle) if middle else len(piece)
    return piece[:start], middle, piece[start + len(middle) :]
