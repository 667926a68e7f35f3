"""`edgernn run` for language models: text that goes on, and the words that may come."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.cli.lm_settings import SETTINGS
from edgernn.edge_runtime.cli.output import print_json, read_text_inputs, shown
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tasks.lm import LanguageModel


def run_lm(model: LanguageModel, args: argparse.Namespace) -> int:
    """Adapts, then generates or predicts for each prompt."""
    learnt = _adapt(model, args)
    if learnt and args.prompt is None and not args.input:
        return 0
    settings = {name: value for name, *_ in SETTINGS if (value := getattr(args, name)) is not None}
    if args.stop:
        settings["stop"] = args.stop
    results = []
    for prompt in _prompts(args):
        if args.next is not None:
            words = [{"text": w.text, "score": round(w.score, 6)} for w in model.next_tokens(prompt, args.next)]
            results.append({"prompt": prompt, "words": words})
            if not args.json:
                print("  ".join(f"{w['text']!r} {w['score']:.3f}" for w in words) or "no word fits")
            continue
        text = _generated(model, prompt, settings, args.stream and not args.json)
        results.append({"prompt": prompt, "text": text})
        if not args.json and not args.stream:
            print(shown(prompt + text))
    if args.json:
        print_json(results)
    return 0


def _generated(model: LanguageModel, prompt: str, settings: dict[str, Any], visible: bool) -> str:
    parts: Iterator[str] = model.generate(prompt, stream=True, **settings)
    if not visible:
        return "".join(parts)
    texts = []
    print(shown(prompt), end="", flush=True)
    for part in parts:
        texts.append(part)
        print(shown(part), end="", flush=True)
    print()
    return "".join(texts)


def _prompts(args: argparse.Namespace) -> list[str]:
    if args.prompt is not None:
        if args.input:
            raise InputError("give --prompt or INPUT, not both")
        return [args.prompt]
    if args.input:
        return read_text_inputs(args.input)
    if sys.stdin is not None and sys.stdin.isatty():
        raise InputError('give a prompt: --prompt "Once upon a time"')
    return ["".join(f"{line}\n" for line in read_text_inputs([])).removesuffix("\n")]


def _adapt(model: LanguageModel, args: argparse.Namespace) -> bool:
    """Opens the user's memory; returns whether something was learnt or forgotten."""
    if args.adapt is None:
        if args.learn or args.forget:
            raise InputError("--learn and --forget need --adapt FILE, where what was learnt is kept")
        return False
    path = Path(args.adapt)
    if args.forget:
        path.unlink(missing_ok=True)
    model.adaptation = model.new_adaptation(path)
    for text in args.learn or ():
        model.learn(_read(text))
    if args.learn:
        model.adaptation.save(path)
        print(f"{path}: {len(model.adaptation):,} tokens learnt", file=sys.stderr)
    return bool(args.learn or args.forget)


def _read(text: str) -> str:
    """The content of a file of this name, or the text itself."""
    path = Path(text)
    try:
        return path.read_text(encoding="utf-8") if path.suffix and path.is_file() else text
    except OSError:  # longer than a name can be
        return text
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start + 1})") from error
