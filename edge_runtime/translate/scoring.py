"""BLEU and chrF (Papineni et al. 2002, Popovi\u0107 2015), by sacrebleu (Post 2018), which is optional."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.references import as_streams


@dataclass(frozen=True)
class Referenced:
    """A sentence with one or more translations."""

    source: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Scores:
    """What sacrebleu says, 0 to 100, and how it counted."""

    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str


def scores_of(translations: Sequence[str], references: Sequence[Sequence[str]]) -> Scores:
    """Both scores of a corpus.

    Raises:
      InputError: sacrebleu is not installed.
    """
    metrics = _metrics()
    bleu, chrf = metrics.BLEU(), metrics.CHRF()
    streams = as_streams(references)
    figures = [float(metric.corpus_score(list(translations), streams).score) for metric in (bleu, chrf)]
    return Scores(figures[0], figures[1], str(bleu.get_signature()), str(chrf.get_signature()))


def bleu_of(translations: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """BLEU of a corpus, 0 to 100; see `scores_of`."""
    return float(_metrics().BLEU().corpus_score(list(translations), as_streams(references)).score)


def check_sacrebleu() -> None:
    """Raises InputError where sacrebleu is not installed."""
    if importlib.util.find_spec("sacrebleu") is None:
        raise InputError('BLEU and chrF need sacrebleu, which is not installed: pip install "edgernn[eval]"')


def _metrics() -> Any:
    check_sacrebleu()
    from sacrebleu import metrics

    return metrics
