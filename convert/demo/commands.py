"""Runs the kit's commands, and shows each as a user would type it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from edgernn.edge_runtime.cli.output import one_line
from edgernn.edge_runtime.errors import CheckFailed, InputError

_FAILED = 1


def command(*words: str) -> None:
    """Runs `edgernn WORDS`; its output goes to standard error."""
    _run(_edgernn(words), words, keep=False)


def document(*words: str) -> Any:
    """Runs `edgernn WORDS --json` and returns the document that it prints."""
    return json.loads(_run(_edgernn((*words, "--json")), words, keep=True))


def timing(*words: str) -> Any:
    """Runs the timing program."""
    return json.loads(
        _run([sys.executable, "-m", "edgernn.convert.demo.timing", *words], ("timing", *words), keep=True)
    )


def _edgernn(words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *words]


def _run(arguments: list[str], words: Sequence[str], keep: bool) -> str:
    if words[0] != "timing":
        print(one_line("$ edgernn " + " ".join(_quoted(word) for word in words)), file=sys.stderr, flush=True)
    output = subprocess.PIPE if keep else sys.stderr
    process = subprocess.run(
        # Not inherited: the command line has turned descriptor 2 away from what native libraries write.
        arguments,
        stdout=output,
        stderr=sys.stderr,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if process.returncode == _FAILED:
        raise CheckFailed(f"edgernn {words[0]} failed its check: see its message above")
    if process.returncode != 0:
        raise InputError(f"edgernn {words[0]} could not do its work: see its message above")
    return process.stdout or ""


def _quoted(word: str) -> str:
    plain = word and all(c.isalnum() or c in "-_./=:" for c in word)
    return word if plain else '"' + word.replace('"', '\\"') + '"'
