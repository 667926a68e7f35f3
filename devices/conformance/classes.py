"""Text classification."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgernn.devices.conformance.models import bundle_tolerance, opened
from edgernn.devices.conformance.plain import number, text_fields
from edgernn.devices.conformance.texts import TEXTS
from edgernn.edge_runtime.tasks.classify import TextClassifier

_BUNDLES = ("tiny.float32", "tiny.int8", "tiny.old")


def classify_vectors(folder: Path) -> dict[str, Any]:
    """Categories of texts, the most probable first."""
    cases = []
    for name in _BUNDLES:
        model = opened(folder, name, TextClassifier)
        tolerance = bundle_tolerance(model)
        for text in (*_SENTENCES, *TEXTS):
            found = [{"label": one.label, "score": number(one.score)} for one in model.classify(text)]
            cases.append({"bundle": name, **text_fields(text), "categories": found, "tolerance": tolerance})
    return {
        "about": "TextClassifier.classify; scores within each case's tolerance, the order of scores further apart",
        "cases": cases,
    }


_SENTENCES = (
    "I want soup and bread, 12",
    "there was rain and snow, 3",
    "tell me about platform 9 and ticket, 77",
    "so much sunny and storm",
    "caf\u00e9 au lait, please",
)
