"""Runs the command as a user does."""

from __future__ import annotations

import os
import subprocess
import sys


def edgernn(*words: str, stdin: bytes = b"", **environment: str) -> tuple[int, str, str]:
    process = subprocess.run(
        [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *words],
        input=stdin,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )
    return process.returncode, process.stdout.decode("utf-8"), process.stderr.decode("utf-8")
