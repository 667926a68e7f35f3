"""How well and how fast a translator translates sentences whose translations are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.measure.memory import peak_memory_bytes
from edgernn.edge_runtime.spec.manifest import Manifest
from edgernn.edge_runtime.tasks.translate import Translator
from edgernn.edge_runtime.translate.options import TranslationOptions
from edgernn.edge_runtime.translate.reading.bitext import Pair
from edgernn.edge_runtime.translate.reading.clean import clean
from edgernn.edge_runtime.translate.reading.corpus import ParallelCorpus, open_parallel
from edgernn.edge_runtime.translate.reading.divide import divide, swapped, with_references
from edgernn.edge_runtime.translate.scoring import Referenced, check_sacrebleu, scores_of


@dataclass(frozen=True)
class TranslationScores:
    """What was measured.

    Attributes:
      scope: which sentences, one sentence.
      sentences: different sources.
      words: of the sources, what stands between blanks.
      seconds: that translating took, scoring left out.
      words_per_second: of the sources.
      beams: of the search.
      engine: that computed.
      bleu: 0 to 100.
      chrf: 0 to 100.
      bleu_signature: of sacrebleu, how it was counted.
      chrf_signature: as `bleu_signature`.
      peak_memory_bytes: of the whole process, the data's included, or None where the system does not tell.
    """

    scope: str
    sentences: int
    words: int
    seconds: float
    words_per_second: float
    beams: int
    engine: str
    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str
    peak_memory_bytes: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def open_for(manifest: Manifest, languages: tuple[str, str], name: str) -> ParallelCorpus:
    """Reads pairs of sentences; where they are of many languages, those of the translator.

    Args:
      manifest: of the translator.
      languages: its source's and target's.
      name: of a file, a folder or a fetched data set.

    Raises:
      InputError: it cannot be read.
    """
    try:
        return open_parallel(name)
    except InputError:
        if not all(languages):
            raise
        return open_parallel(name, languages)


def test_sentences(
    manifest: Manifest, languages: tuple[str, str], corpus: ParallelCorpus
) -> tuple[list[Referenced], str]:
    """The sentences of a corpus to measure on, in the translator's direction, and which these are.

    Of the data that it was trained on (equal SHA-256) these are the test split, found again as the bundle records; of
    other data the part that is marked as "test", or all of it.
    """
    reverse = _is_reversed(manifest, languages, corpus)
    data = manifest.data
    if data is not None and data.sha256 == corpus.sha256:
        divided = divide(clean(corpus.pairs).pairs, data.split.seed)
        pairs: Sequence[Pair] = (swapped(divided) if reverse else divided).splits["test"]
        scope = f"the test split of {data.name} (seed {data.split.seed}), unseen in training"
    else:
        marked = [pair for pair in corpus.pairs if pair.split == "test"]
        pairs = [pair.swapped if reverse else pair for pair in marked or corpus.pairs]
        scope = f"the test part of {corpus.source.name}" if marked else f"the sentences of {corpus.source.name}"
    found = with_references(pair for pair in pairs if pair.source and pair.target)
    return [Referenced(source, references) for source, references in found.items()], scope


def _is_reversed(manifest: Manifest, languages: tuple[str, str], corpus: ParallelCorpus) -> bool:
    columns = (corpus.languages[0] or "source", corpus.languages[1] or "target")
    data = manifest.data
    if data is not None and data.sha256 == corpus.sha256:
        return data.text_column == columns[1]
    return all(corpus.languages) and corpus.languages == languages[::-1]


def evaluate_translator(
    model: Translator, name: str, options: TranslationOptions, limit: int | None = None
) -> TranslationScores:
    """Translates the sentences of a data set and scores them by sacrebleu.

    Args:
      model: the translator.
      name: of a file, a folder or a fetched data set.
      options: how to translate.
      limit: sentences at most, evenly spread; None: all.

    Raises:
      InputError: sacrebleu is not installed, or the data cannot be read.
    """
    check_sacrebleu()
    languages = (model.task.source_language, model.task.target_language)
    corpus = open_for(model.manifest, languages, name)
    sentences, scope = test_sentences(model.manifest, languages, corpus)
    if not sentences:
        raise InputError(f"{corpus.source.path}: no pair of sentences to measure on")
    if limit is not None and limit < len(sentences):
        sentences = [sentences[place * len(sentences) // limit] for place in range(limit)]
        scope = f"evenly out of {scope}"
    began = perf_counter()
    settings = {**asdict(options), "n_best": 1}
    found = [model.translate(one.source, **settings)[0].text for one in sentences]
    seconds = perf_counter() - began
    scores = scores_of(found, [one.references for one in sentences])
    words = sum(len(one.source.split()) for one in sentences)
    return TranslationScores(
        scope=scope,
        sentences=len(sentences),
        words=words,
        seconds=seconds,
        words_per_second=words / seconds,
        beams=options.beams,
        engine=model.engine,
        bleu=scores.bleu,
        chrf=scores.chrf,
        bleu_signature=scores.bleu_signature,
        chrf_signature=scores.chrf_signature,
        peak_memory_bytes=peak_memory_bytes(),
    )
