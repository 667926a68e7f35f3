"""Divides a text into train, validation and test, in a way that anyone can repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.lm.corpus import Block

SPLITS = ("train", "validation", "test")
FRACTIONS = {"train": 0.9, "validation": 0.05, "test": 0.05}
# Of so many blocks in a row one validates and one tests.
_GROUP = 20


def divide(blocks: Iterable[Block], seed: int) -> Iterator[tuple[str, Block]]:
    """Names each block's split: the one that the data gives, or by the block's number and the seed.

    Args:
      blocks: a text's, in order.
      seed: any whole number.

    Raises:
      InputError: some blocks name their split and some do not.
    """
    given: bool | None = None
    for number, block in enumerate(blocks):
        if given is None:
            given = block.split is not None
        if given != (block.split is not None):
            raise InputError(f"line {number + 1} {'names no' if given else 'names a'} split, but others do otherwise")
        yield block.split or split_of(number, seed), block


def split_of(number: int, seed: int) -> str:
    """The split of a text's block of this number (0 or more)."""
    group, place = divmod(number, _GROUP)
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    validation = digest[0] % _GROUP
    test = (validation + 1 + digest[1] % (_GROUP - 1)) % _GROUP
    return "validation" if place == validation else "test" if place == test else "train"
