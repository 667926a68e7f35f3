"""How well and how fast a captioner captions pictures of which people have said something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

from edgernn.edge_runtime.caption.options import CaptionOptions
from edgernn.edge_runtime.caption.reading.corpus import CaptionCorpus, open_captions
from edgernn.edge_runtime.caption.reading.types import CaptionedPicture
from edgernn.edge_runtime.caption.scoring import CaptionScores, check_scorers, scores_of
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.measure.memory import peak_memory_bytes
from edgernn.edge_runtime.spec.manifest import Manifest
from edgernn.edge_runtime.tasks.caption import ImageCaptioner


@dataclass(frozen=True)
class Captioned:
    """What was measured.

    Attributes:
      scope: which pictures, one sentence.
      scores: of their captions.
      seconds: that reading and captioning took, scoring left out.
      pictures_per_second: read and captioned.
      beams: of the search.
      engine: that computed.
      left_out: what could not be read, a line for each.
      notes: what people should know of the data.
      peak_memory_bytes: of the whole process, the data's included, or None where the system does not tell.
    """

    scope: str
    scores: CaptionScores
    seconds: float
    pictures_per_second: float
    beams: int
    engine: str
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    peak_memory_bytes: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; the scores among the others."""
        plain = asdict(self)
        return {**plain.pop("scores"), **plain}


def pictures_of(manifest: Manifest, corpus: CaptionCorpus, split: str) -> tuple[Sequence[CaptionedPicture], str]:
    """The pictures to measure on, and which these are.

    Of the data that the captioner was trained on (equal SHA-256) the split is found again as the bundle records; of
    other data it is the part that is marked so, or, where none is and the test split is asked for, all of it.

    Args:
      manifest: of the captioner.
      corpus: the data.
      split: "train", "validation" or "test".

    Raises:
      InputError: other data have no such part.
    """
    data, name = manifest.data, corpus.source.name
    if data is not None and data.sha256 == corpus.sha256:
        seen = "unseen in training" if split == "test" else "which training has seen"
        return corpus.divided(data.split.seed)[split], f"the {split} split of {data.name}, {seen}"
    if marked := [picture for picture in corpus.pictures if picture.split == split]:
        return marked, f"the {split} part of {name}"
    if split != "test":
        raise InputError(f"{corpus.source.path}: no picture of it is marked as {split}")
    return corpus.pictures, f"the pictures of {name}"


def evaluate_captioner(
    model: ImageCaptioner,
    name: str,
    options: CaptionOptions,
    *,
    images: str | None = None,
    split: str = "test",
    limit: int | None = None,
) -> Captioned:
    """Captions the pictures of a data set and scores them.

    Args:
      model: the captioner.
      name: of a file, a folder or a fetched data set.
      options: how to caption.
      images: folder of the pictures; None to look at the usual places.
      split: see `pictures_of`.
      limit: pictures at most, evenly spread; None: all.

    Raises:
      InputError: a scorer is not installed, the data cannot be read, or none of the pictures can.
    """
    check_scorers()
    corpus = open_captions(name, images, model.task.language or "en")
    pictures, scope = pictures_of(model.manifest, corpus, split)
    if limit is not None and limit < len(pictures):
        pictures = [pictures[place * len(pictures) // limit] for place in range(limit)]
        scope = f"evenly out of {scope}"
    settings = {**asdict(options), "n_best": 1, "attention": False}
    texts: list[str] = []
    references: list[tuple[str, ...]] = []
    left_out: list[str] = []
    began = perf_counter()
    for picture in pictures:
        try:
            texts.append(model.caption(picture.path, **settings)[0].text)
            references.append(picture.captions)
        except InputError as error:
            left_out.append(str(error))
    seconds = perf_counter() - began
    if not texts:
        raise InputError(f"{corpus.source.path}: none of {len(pictures)} pictures to measure on can be read")
    return Captioned(
        scope=scope,
        scores=scores_of(texts, references),
        seconds=seconds,
        pictures_per_second=len(texts) / seconds,
        beams=options.beams,
        engine=model.engine,
        left_out=tuple(left_out),
        notes=tuple(corpus.notes()),
        peak_memory_bytes=peak_memory_bytes(),
    )
