"""From scores to tokens: what every generating task shares."""

from __future__ import annotations

from edgernn.edge_runtime.decode.beam import beam_search
from edgernn.edge_runtime.decode.options import DecodeOptions
from edgernn.edge_runtime.decode.sampling import Sampler
from edgernn.edge_runtime.decode.scorer import Scorer
from edgernn.edge_runtime.decode.search import Hypothesis

__all__ = ["DecodeOptions", "Hypothesis", "Sampler", "Scorer", "beam_search"]
