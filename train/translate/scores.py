"""BLEU and chrF (Papineni et al. 2002, Popović 2015), by sacrebleu (Post 2018)."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence


def has_sacrebleu() -> bool:
    """Whether the package is installed."""
    return importlib.util.find_spec("sacrebleu") is not None


def bleu_and_chrf(translations: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, float | int | str]:
    """Both scores with their signatures, and the number of sentences.

    Args:
      translations: a text a sentence.
      references: one or more a sentence.
    """
    from sacrebleu.metrics import BLEU, CHRF

    streams = [
        [one[number] if number < len(one) else None for one in references]
        for number in range(max(len(one) for one in references))
    ]
    found: dict[str, float | int | str] = {"sentences": len(translations)}
    for name, metric in (("bleu", BLEU()), ("chrf", CHRF())):
        found[name] = metric.corpus_score(list(translations), streams).score
        found[f"{name}_signature"] = str(metric.get_signature())
    return found
