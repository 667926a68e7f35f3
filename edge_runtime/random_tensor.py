"""Pseudo-random arrays that any language makes alike: self-tests carry a seed instead of thousands of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.spec.tensors import DType

_MAX_VALUES = 1 << 24


@dataclass(frozen=True)
class RandomTensor:
    """An array by its seed.

    Value number i (in row-major order, from 0) comes from the 32-bit word
    `u = mix(seed + (i + 1) * 0x9E3779B9)`, everything modulo 2**32, where `mix` is the finalizer of MurmurHash3
    (Appleby; the construction is SplitMix of Steele, Lea and Flood, "Fast splittable pseudorandom number
    generators", OOPSLA 2014, with 32-bit words). A float32 is `low + (high - low) * (u >> 24) / 256`, computed in
    doubles; an integer is `low + ((high - low) * u >> 32)`; a bool is `u & 1`.

    Attributes:
      dtype: NumPy's name of the element type.
      shape: sizes, the batch axis first.
      seed: 0 to 2**32 - 1.
      low: least value.
      high: bound that no value reaches.
    """

    dtype: DType
    shape: tuple[int, ...]
    seed: int
    low: int = -2
    high: int = 2

    def values(self) -> Array:
        """The array.

        Raises:
          ValueError: the shape or the bounds make no sense.
        """
        size = 1
        for axis in self.shape:
            size *= axis
        if not 0 <= size <= _MAX_VALUES or min(self.shape, default=0) < 0 or self.low >= self.high:
            raise ValueError(f"no random array of shape {self.shape} from {self.low} to {self.high}")
        words = _words(self.seed, size).reshape(self.shape)
        if self.dtype == "bool":
            return (words & 1).astype(np.bool_)
        span = self.high - self.low
        if self.dtype == "float32":
            return (self.low + span * (words >> np.uint32(24)).astype(np.float64) / 256).astype(np.float32)
        return (self.low + ((words.astype(np.uint64) * np.uint64(span)) >> np.uint64(32)).astype(np.int64)).astype(
            self.dtype
        )


def _words(seed: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """`count` words of the generator, from value 0 on."""
    # In 64 bits and masked: NumPy warns of scalar overflow in 32.
    mask = np.uint64(0xFFFFFFFF)
    x = (np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B9)) & mask
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(0x85EBCA6B)) & mask
    x ^= x >> np.uint64(13)
    x = (x * np.uint64(0xC2B2AE35)) & mask
    x ^= x >> np.uint64(16)
    return x.astype(np.uint32)
