"""Divides pairs by their source, so that no part knows a sentence of another."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from edgernn.edge_runtime.translate.reading.bitext import SPLITS, Pair

_APOSTROPHES = "'\u2019"
FRACTIONS = {"train": 0.9, "validation": 0.05, "test": 0.05}


@dataclass(frozen=True)
class Divided:
    """Pairs by split.

    Attributes:
      splits: pairs of "train", "validation" and "test", in their order.
      given: whether the data names the parts.
      known: pairs left out of training, since validation or test hold one of their sides.
    """

    splits: dict[str, list[Pair]]
    given: bool
    known: int


def divide(pairs: Iterable[Pair], seed: int) -> Divided:
    """Divides by the parts that the data names; without them by SHA-256 of the seed and the source's `key_of`.

    Where the data names no part to validate on, a twentieth of what trains, by the same hash, is held out for that.
    A pair of which one side (by `key_of`) occurs on the same side in another part's pairs is not trained on.

    Args:
      pairs: cleaned; in the file's direction, so that both directions are divided alike.
      seed: any whole number.
    """
    splits: dict[str, list[Pair]] = {name: [] for name in SPLITS}
    given = False
    for pair in pairs:
        given = given or bool(pair.split)
        splits[pair.split or _split_of(pair, seed)].append(pair)
    if given and not splits["validation"]:
        every = splits["train"]
        splits["validation"] = [pair for pair in every if _split_of(pair, seed) == "validation"]
        splits["train"] = [pair for pair in every if _split_of(pair, seed) != "validation"]
    held = [pair for name in SPLITS if name != "train" for pair in splits[name]]
    sources, targets = {key_of(pair.source) for pair in held}, {key_of(pair.target) for pair in held}
    every = splits["train"]
    splits["train"] = [p for p in every if key_of(p.source) not in sources and key_of(p.target) not in targets]
    return Divided(splits, given, len(every) - len(splits["train"]))


def swapped(divided: Divided) -> Divided:
    """The other direction, of the same parts."""
    return replace(divided, splits={name: [pair.swapped for pair in pairs] for name, pairs in divided.splits.items()})


def key_of(sentence: str) -> str:
    """By what sentences are compared: letters and digits without case; of a sentence that has none, all of it."""
    folded = unicodedata.normalize("NFKC", sentence).casefold()
    kept = "".join(c if c.isalnum() else "" if c in _APOSTROPHES else " " for c in folded)
    return " ".join(kept.split()) or folded


def with_references(pairs: Iterable[Pair]) -> dict[str, tuple[str, ...]]:
    """All targets of each source, in their order."""
    found: dict[str, dict[str, None]] = {}
    for pair in pairs:
        found.setdefault(pair.source, {}).setdefault(pair.target)
    return {source: tuple(targets) for source, targets in found.items()}


def _split_of(pair: Pair, seed: int) -> str:
    key = f"{seed}:{key_of(pair.source)}".encode("utf-8", "surrogatepass")
    share = int.from_bytes(hashlib.sha256(key).digest()[:8], "big") / 2**64
    if share < FRACTIONS["test"]:
        return "test"
    return "validation" if share < FRACTIONS["test"] + FRACTIONS["validation"] else "train"
