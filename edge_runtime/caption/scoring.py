"""BLEU and CIDEr (Papineni et al. 2002, Vedantam et al. 2015) by pycocoevalcap, chrF by sacrebleu: all optional."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.engines.packages import version_of
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.references import as_streams

# What COCO's scoring leaves out too (its PUNCTUATIONS); hyphens, apostrophes and full stops only at a word's ends, as
# in "t-shirt", "man's" and "3.5".
_MARKS = str.maketrans(dict.fromkeys('()[]{}"`\u201c\u201d\u201e\u00ab\u00bb?!,:;\u2026', " "))
_AT_ENDS = "-'\u2018\u2019.\u2013\u2014"
_RULE = "lower case, without punctuation"


@dataclass(frozen=True)
class CaptionScores:
    """How near captions are to what people said.

    Attributes:
      bleu_1: of words, by COCO's code, 0 to 1.
      bleu_2: of up to two words in a row.
      bleu_3: of up to three.
      bleu_4: of up to four.
      cider: CIDEr-D, 0 to 10; it weighs words by how few pictures they are said of: of one picture it is 0.
      chrf: of characters, 0 to 1; for languages without blanks the only one that means something.
      pictures: that were captioned.
      implementation: what computed, and how texts were prepared.
    """

    bleu_1: float
    bleu_2: float
    bleu_3: float
    bleu_4: float
    cider: float
    chrf: float
    pictures: int
    implementation: str


def scores_of(candidates: Sequence[str], references: Sequence[Sequence[str]]) -> CaptionScores:
    """All scores of a data set.

    Args:
      candidates: a caption for each picture.
      references: what people said of each, one or more.

    Raises:
      InputError: pycocoevalcap or sacrebleu is not installed, or there is nothing to compare with.
    """
    check_scorers()
    if len(candidates) != len(references):
        raise InputError(f"{len(candidates)} captions for {len(references)} pictures: expected as many")
    said = {place: [words_of(text)] for place, text in enumerate(candidates)}
    known = {place: [words_of(text) for text in texts] for place, texts in enumerate(references)}
    if not known or not all(known.values()) or not any(text for texts in known.values() for text in texts):
        raise InputError("captions are scored by what people said of each picture: expected a text with words for each")
    bleu, cider = _coco()
    one, two, three, four = (float(value) for value in bleu(4).compute_score(known, said, verbose=0)[0])
    chrf, signature = _chrf(said, known)
    return CaptionScores(
        *(one, two, three, four),
        cider=float(cider().compute_score(known, said)[0]),
        chrf=chrf,
        pictures=len(said),
        implementation=f"pycocoevalcap {version_of('pycocoevalcap')}; chrF {signature}; {_RULE}",
    )


def words_of(text: str) -> str:
    """The words that count, in lower case, with blanks between."""
    words = (word.strip(_AT_ENDS) for word in text.lower().translate(_MARKS).split())
    return " ".join(word for word in words if word)


def check_scorers() -> None:
    """Raises InputError where a scorer is not installed."""
    missing = [name for name in ("pycocoevalcap", "sacrebleu") if importlib.util.find_spec(name) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise InputError(
            f'captions are scored by {" and ".join(missing)}, which {verb} not installed: pip install "edgernn[eval]"'
        )


def _coco() -> tuple[Any, Any]:
    # The two that are Python alone: the package's tokenizer and METEOR need Java.
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider

    return Bleu, Cider


def _chrf(said: dict[int, list[str]], known: dict[int, list[str]]) -> tuple[float, str]:
    from sacrebleu.metrics import CHRF

    metric = CHRF()
    score = metric.corpus_score([text for (text,) in said.values()], as_streams(list(known.values())))
    return float(score.score) / 100.0, str(metric.get_signature())
