"""Language models: next words, generated text, adaptation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgernn.devices.conformance.models import opened, path_of
from edgernn.devices.conformance.plain import FLOAT_TOLERANCE, number
from edgernn.edge_runtime.lm.words import Suggestion
from edgernn.edge_runtime.loading import load
from edgernn.edge_runtime.tasks.lm import LanguageModel

_BUNDLES = ("words", "pieces", "blanks")
_TYPED = (
    "",
    "I",
    "I w",
    "I want ",
    "I want so",
    "so much ra",
    "there was ",
    "tell me about pl",
    "caf",
    "I don'",
    "1",
    "zzz",
    "\u00e9",
    "a\n",
    "I want soup, ",
)
_PROMPTS = ("", "I want", "I want ", "so much rain, ", "tell me about platform 9", "zzz \U0001f600")
_SETTINGS: tuple[dict[str, Any], ...] = (
    {"temperature": 0.0, "max_tokens": 25},
    {"seed": 1, "max_tokens": 30},
    {"seed": 2, "temperature": 1.2, "top_k": 0, "top_p": 1.0, "max_tokens": 30},
    {"seed": 3, "temperature": 1.0, "top_k": 5, "max_tokens": 20, "repetition_penalty": 1.4},
    {"seed": 4, "min_p": 0.1, "max_tokens": 20, "stop": [".", "ed"]},
    {"beams": 3, "max_tokens": 8},
    {"beams": 4, "max_tokens": 10, "length_penalty": 0.0, "repetition_penalty": 1.2},
    {"max_tokens": 0},
)


def lm_vectors(folder: Path) -> dict[str, Any]:
    """Suggestions, texts and their parts as they stream."""
    return {
        "about": "LanguageModel.next_tokens (scores within the tolerance), generate with stream, learn",
        "tolerance": FLOAT_TOLERANCE,
        "next": [case for name in _BUNDLES for case in _next(opened(folder, name, LanguageModel), name)],
        "generate": [case for name in _BUNDLES for case in _generated(opened(folder, name, LanguageModel), name)],
        "learn": [_learnt(folder, name) for name in _BUNDLES],
    }


def _next(model: LanguageModel, name: str) -> Iterator[dict[str, Any]]:
    for text in _TYPED:
        for k in (1, 3, 5):
            yield {"bundle": name, "text": text, "k": k, "suggestions": _plain(model.next_tokens(text, k))}


def _plain(found: list[Suggestion]) -> list[dict[str, Any]]:
    return [{"text": one.text, "score": number(one.score), "completes": one.completes} for one in found]


def _generated(model: LanguageModel, name: str) -> Iterator[dict[str, Any]]:
    for prompt in _PROMPTS:
        for settings in _SETTINGS:
            parts = list(model.generate(prompt, stream=True, **settings))
            yield {"bundle": name, "prompt": prompt, "settings": settings, "parts": parts}


def _learnt(folder: Path, name: str) -> dict[str, Any]:
    model = load(path_of(folder, name))  # one of its own: it remembers
    assert isinstance(model, LanguageModel)
    texts = ["I want ticket and ticket", "I want ticket because nobody asked"]
    for text in texts:
        model.learn(text)
    return {
        "bundle": name,
        "texts": texts,
        "next": [{"text": text, "k": 3, "suggestions": _plain(model.next_tokens(text, 3))} for text in _TYPED[:6]],
        "prompt": "I want",
        "settings": {"temperature": 0.0, "max_tokens": 10},
        "generated": model.generate("I want", temperature=0.0, max_tokens=10),
    }
