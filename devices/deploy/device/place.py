"""Where a model lives on the device, and the order in which it comes there.

    ROOT/NAME/versions/20261125T094500Z-0123456789ab/model.tflite     the bundle
                                                    /version.json    its SHA-256, size and date
    ROOT/NAME/current  -> versions/...    what serves
    ROOT/NAME/previous -> versions/...    what served before
    ROOT/NAME/service.json, service.env   how it is served
    ROOT/NAME/lock                        held by who changes any of this

A version arrives in `versions/.incoming-*`. The order, which makes a power cut harmless at every point:

1. the bundle is written and fsynced; its SHA-256 is compared with what was sent, read again from the file;
2. it passes its self-test and the comparison of times there;
3. `version.json` is written and fsynced, and the folder;
4. the folder is renamed to its final name, and `versions` fsynced: what has a final name is whole and was tested;
5. `previous.tmp` is made, fsynced and renamed to `previous`;
6. `current.tmp` is made, fsynced and renamed to `current`, and the folder fsynced: before the rename the old version
   serves after a power cut, behind it the new one;
7. the service is restarted; `current` goes back in the same way if it is not well.

From 5 on `unproven.json` says where to go back to, until the new version is found well. Where the power goes in
between, what starts the server goes back after three starts in vain, or the next deploy does.

What a broken deploy leaves (`.incoming-*`, `.removing-*`, `*.tmp`) the next one removes.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgernn.devices.deploy.device import files
from edgernn.devices.deploy.device.faults import Fault

MODEL, ABOUT = "model.tflite", "version.json"
_VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}(-\d+)?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# It stands in unit files and command lines: nothing there that they would read in another way.
_ROOT = re.compile(r"/[A-Za-z0-9._/+@-]*")
_LOCK_SECONDS = 2.0


@dataclass(frozen=True)
class Version:
    """A version that is whole.

    Attributes:
      name: its folder's.
      sha256: of the bundle.
      bytes: of the bundle.
      deployed: when, in ISO 8601 and UTC.
    """

    name: str
    sha256: str
    bytes: int
    deployed: str


class Place:
    """The folder of one model.

    Args:
      root: of all models, absolute, or below "~".
      name: of the model.

    Raises:
      Fault: `root` or `name` cannot be used.
    """

    def __init__(self, root: str, name: str) -> None:
        self.root, self.name = root_of(root), name
        if not _NAME.fullmatch(name):
            raise Fault(f"{name!r} cannot be a model's name: letters, digits and . _ - are allowed: give --name")
        self.folder = self.root / name
        self.versions_folder = self.folder / "versions"
        self.current_link = self.folder / "current"
        self.previous_link = self.folder / "previous"
        self._unproven = self.folder / "unproven.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other deploys of this model out; the system takes the lock back when the process ends, however it does.

        Raises:
          Fault: another one is under way.
        """
        files.make_folder(self.versions_folder)
        with (self.folder / "lock").open("ab") as file:
            end = time.monotonic() + _LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    if time.monotonic() > end:
                        raise Fault(f"another deploy of {self.name} is under way on this device: wait for it") from None
                    time.sleep(0.1)
            yield

    def clean(self) -> None:
        """Removes what a broken deploy left; the lock is held."""
        for one in sorted(self.versions_folder.iterdir()):
            if one.name.startswith((".incoming-", ".removing-")):
                files.remove_tree(one)
        for name in ("current", "previous", "service.json", "service.env", "supervisor.py", "unproven.json"):
            files.remove_file(self.folder / f"{name}.tmp")

    def versions(self) -> list[Version]:
        """All that are whole, the oldest first."""
        try:
            names = sorted(one.name for one in self.versions_folder.iterdir())
        except OSError:
            return []
        found = [self.version(name) for name in names]
        return [one for one in found if one is not None]

    def version(self, name: str) -> Version | None:
        """By its folder's name; None where it is not there, or not whole."""
        if not _VERSION.fullmatch(name):
            return None
        folder = self.versions_folder / name
        try:
            about: Any = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            size = (folder / MODEL).stat().st_size
            version = Version(name, str(about["sha256"]), int(about["bytes"]), str(about["deployed"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return version if version.bytes == size else None

    def current(self) -> Version | None:
        """What `current` points at."""
        return self._pointed_at(self.current_link)

    def previous(self) -> Version | None:
        """What served before: what `previous` points at, else the newest that is older than the current one."""
        current, linked = self.current(), self._pointed_at(self.previous_link)
        if linked is not None and linked != current:
            return linked
        older = [one for one in self.versions() if current is not None and one.name < current.name]
        return older[-1] if older else None

    def is_intact(self, version: Version) -> bool:
        """Whether the file still has its SHA-256: cards forget."""
        return files.hash_file(self.model(version.name)) == version.sha256

    def model(self, version: str) -> Path:
        """The bundle of a version."""
        return self.versions_folder / version / MODEL

    def publish(self, incoming: Path, version: Version) -> None:
        """Gives a tested version its final name."""
        about = {"sha256": version.sha256, "bytes": version.bytes, "deployed": version.deployed}
        files.write_blocks(incoming / ABOUT, iter([json.dumps(about).encode("utf-8")]))
        files.sync_folder(incoming)
        files.rename(incoming, self.versions_folder / version.name)

    def free_name(self, stamp: str, sha256: str) -> str:
        """A name for a new version that no other has."""
        name = f"{stamp}-{sha256[:12]}"
        if not _VERSION.fullmatch(name):
            raise Fault(f"{stamp!r} is no time stamp")
        taken = {one.name for one in self.versions_folder.iterdir()}
        return next(one for one in (name, *(f"{name}-{n}" for n in range(2, 1000))) if one not in taken)

    def switch(self, version: Version | None, previous: Version | None) -> None:
        """Makes a version the current one; None: there is none."""
        self._point(self.previous_link, previous)
        self._point(self.current_link, version)

    def doubt(self, settings: dict[str, Any] | None) -> None:
        """Notes where to go back to, before a switch: what is current now."""
        if current := self.current():
            told = {"current": f"versions/{current.name}", "settings": settings}
            files.replace_file(self._unproven, json.dumps(told).encode("utf-8"))

    def trust(self) -> None:
        """What is current is well, or is what was before."""
        files.remove_file(self._unproven)

    def doubted(self) -> tuple[Version, dict[str, Any] | None] | None:
        """Where to go back to: the version, and how it was served; None where nothing is in doubt."""
        try:
            told: Any = json.loads(self._unproven.read_text(encoding="utf-8"))
            version = self.version(str(told["current"]).removeprefix("versions/"))
            return None if version is None else (version, told["settings"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remove(self, version: Version) -> None:
        """Removes a version, which is neither current nor previous."""
        gone = self.versions_folder / f".removing-{version.name}"
        files.rename(self.versions_folder / version.name, gone)
        files.remove_tree(gone)

    def prune(self, keep: int) -> list[str]:
        """Removes all but the newest `keep` versions, the current and the previous one; names of those removed."""
        versions = self.versions()
        kept = {one.name for one in versions[-keep:]} | {one.name for one in (self.current(), self.previous()) if one}
        old = [one for one in versions if one.name not in kept]
        for one in old:
            self.remove(one)
        return [one.name for one in old]

    def _point(self, link: Path, version: Version | None) -> None:
        if version is not None:
            files.point_link(link, f"versions/{version.name}")
        else:
            files.remove_file(link)
            files.sync_folder(self.folder)

    def _pointed_at(self, link: Path) -> Version | None:
        try:
            target = str(link.readlink())
        except OSError:
            return None
        folder, _, name = target.partition("/")
        return self.version(name) if folder == "versions" else None


def root_of(text: str) -> Path:
    """The folder of all models.

    Raises:
      Fault: it cannot stand in a unit file.
    """
    root = os.path.normpath(Path(text).expanduser())
    if not _ROOT.fullmatch(root) or root == "/":
        raise Fault(f"--root {text}: give an absolute path of letters, digits and . _ / + @ -, or one below ~")
    return Path(root)


def names_in(root: Path) -> list[str]:
    """The models that were deployed below `root`."""
    try:
        return sorted(one.name for one in root.iterdir() if (one / "versions").is_dir() and _NAME.fullmatch(one.name))
    except OSError:
        return []
