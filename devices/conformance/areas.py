"""The files of vectors: one function each, and one line here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgernn.devices.conformance import (
    bad,
    bundles,
    captions,
    choosing,
    classes,
    labels,
    languages,
    pictures,
    randoms,
    series,
    stepping,
    tokens,
    translations,
)
from edgernn.devices.conformance.plain import compact
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.files import write_bytes

FORMAT = 1
# From the folder of bundles to a document without "format".
Area = Callable[[Path], dict[str, Any]]
AREAS: dict[str, Area] = {
    "random": randoms.generator_vectors,
    "tensors": randoms.tensor_vectors,
    "bundles": bundles.bundle_vectors,
    "bad_bundles": bad.bad_bundle_vectors,
    "tokens": tokens.token_vectors,
    "words": labels.word_vectors,
    "crf": labels.crf_vectors,
    "pictures": pictures.picture_vectors,
    "series": series.series_vectors,
    "steps": stepping.step_vectors,
    "sampling": choosing.sampling_vectors,
    "beams": choosing.beam_vectors,
    "stops": choosing.stop_vectors,
    "classify": classes.classify_vectors,
    "forecast": series.forecast_vectors,
    "lm": languages.lm_vectors,
    "tag": labels.tag_vectors,
    "translate": translations.translate_vectors,
    "caption": captions.caption_vectors,
}


def document_of(name: str, folder: Path) -> dict[str, Any]:
    """The content of one file.

    Args:
      name: out of `AREAS`.
      folder: of the small bundles.
    """
    return {"format": FORMAT, **AREAS[name](folder)}


def write_vectors(out: Path, folder: Path) -> list[Path]:
    """Writes all files.

    Args:
      out: made where there is none.
      folder: of the small bundles.

    Raises:
      InputError: there are no bundles.
    """
    if not any(folder.glob("*.tflite")):
        raise InputError(f"{folder}: holds no bundles: name the folder tests/fixtures of a checkout with --bundles")
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name in AREAS:
        path = out / f"{name}.json"
        write_bytes(path, compact(document_of(name, folder)))
        written.append(path)
    return written
