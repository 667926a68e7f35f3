"""A deploy and a rollback, from lock to health."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgernn.devices.deploy.device import files, health, serving
from edgernn.devices.deploy.device.board import check_board
from edgernn.devices.deploy.device.faults import CHECK_FAILED, REFUSED, Fault
from edgernn.devices.deploy.device.place import MODEL, Place, Version
from edgernn.devices.deploy.device.programs import find_edgernn
from edgernn.devices.deploy.device.services import Service, open_service
from edgernn.devices.deploy.device.trial import check_speed, check_values

Say = Callable[[str], None]
# How the model is served; the supervisor reads it too.
_SETTINGS = "service.json"


@dataclass(frozen=True)
class Request:
    """What the workstation wants.

    Attributes:
      root: see `Place`.
      name: see `Place`.
      edgernn: path of the command on the device, or "".
      service: see `open_service`.
      port: to serve at; 0: as now, else 8080.
      seconds: for the self-test, for the comparison of times, and until the server is well: each.
      supervisor: text of `supervisor.py`.
      sha256: of the bundle that follows.
      size: of it, bytes.
      stamp: the workstation's time, for the version's name: a board without a battery has none of its own.
      deployed: the same, to read.
      keep: versions to keep.
      options: of `edgernn serve`, by name without dashes ("host", "threads"); those that are missing stay as they are.
      token: that clients must show; "": none; None: as now.
    """

    root: str
    name: str
    edgernn: str
    service: str
    port: int
    seconds: float
    supervisor: str
    sha256: str = ""
    size: int = 0
    stamp: str = ""
    deployed: str = ""
    keep: int = 3
    options: dict[str, str] = field(default_factory=dict)
    token: str | None = None


def deploy(request: Request, blocks: Iterator[bytes], say: Say) -> dict[str, Any]:
    """Installs, tests, switches over, and goes back on any failure.

    Args:
      request: what is wanted.
      blocks: the bundle; read after the board has been checked.
      say: is told of each step.

    Returns:
      What was done, as JSON.

    Raises:
      Fault: why it was not; what served before serves then.
    """
    place = Place(request.root, request.name)
    edgernn = find_edgernn(request.edgernn)
    before = read_settings(place)
    serving.check(request, _kind(request, before), before)
    say("checking the board")
    facts = check_board(edgernn, place.root, request.size, request.seconds)
    with place.locked():
        settle(place)
        old = place.current()
        same = old is not None and old.sha256 == request.sha256 and place.is_intact(old)
        done: dict[str, Any] = {"board": facts, "before": old.name if old else None, "unchanged": same}
        if same:
            assert old is not None
            new, done["slower"] = old, None
        else:
            new, done["slower"], done["selftest"] = _install(place, request, edgernn, old, blocks, say)
        done["version"] = new.name
        done |= _switch_over(place, request, edgernn, new, say)
        done["removed"] = place.prune(request.keep)
        serving.remove_tokens(place, read_settings(place))
    return done


def roll_back(request: Request, say: Say) -> dict[str, Any]:
    """Goes back to the version before, which stays the current one.

    Raises:
      Fault: there is none, or it does not serve; the current one does then.
    """
    place = Place(request.root, request.name)
    edgernn = find_edgernn(request.edgernn)
    if not place.versions_folder.is_dir():
        raise Fault(f"{request.name} has not been deployed here (below {place.root})")
    with place.locked():
        settle(place)
        old, target = place.current(), place.previous()
        if target is None:
            raise Fault(f"there is no version of {request.name} before the current one")
        if not place.is_intact(target):
            raise Fault(f"version {target.name} is damaged on the device's disk: deploy its bundle again", CHECK_FAILED)
        done: dict[str, Any] = {"before": old.name if old else None, "version": target.name, "unchanged": False}
        done |= _switch_over(place, request, edgernn, target, say)
        # What was left on purpose is nothing to go back to.
        files.remove_file(place.previous_link)
        files.sync_folder(place.folder)
    return done


def settle(place: Place) -> None:
    """Ends what a broken deploy left: its files, and a switch to a version that was never found well."""
    place.clean()
    doubted, current = place.doubted(), place.current()
    if doubted is not None and current is not None:
        old, settings = doubted
        now = read_settings(place)
        if not now or health.hash_of(health.ask(serving.address(now)), place.name) != current.sha256:
            if settings is not None:
                _write_settings(place, settings)
            place.switch(old, None)
    place.trust()
    serving.remove_tokens(place, read_settings(place))


def _install(
    place: Place, request: Request, edgernn: str, old: Version | None, blocks: Iterator[bytes], say: Say
) -> tuple[Version, float | None, str]:
    """Uploads and tests; afterwards the version has its final name."""
    incoming = place.versions_folder / f".incoming-{secrets.token_hex(6)}"
    files.make_folder(incoming)
    bundle = incoming / MODEL
    try:
        say("uploading")
        _receive(bundle, request, blocks)
        say("self-test on the device")
        passed = check_values(edgernn, bundle, request.seconds)
        if old is not None:
            say("comparing its time with the version that serves")
        slower = check_speed(edgernn, bundle, place.model(old.name) if old else None, request.seconds)
        version = Version(
            place.free_name(request.stamp, request.sha256), request.sha256, request.size, request.deployed
        )
        place.publish(incoming, version)
    except BaseException:
        if incoming.exists():
            files.remove_tree(incoming)
        raise
    return version, slower, passed


def _receive(bundle: Path, request: Request, blocks: Iterator[bytes]) -> None:
    files.write_blocks(bundle, blocks)
    if bundle.stat().st_size < request.size:
        raise Fault("the connection broke while the bundle was being sent: try again")
    # Read again: it is the file that will be served, not what came over the line.
    if files.hash_file(bundle) != request.sha256:
        raise Fault("the bundle's SHA-256 on the device is not that of the one sent: try again", CHECK_FAILED)


def _switch_over(place: Place, request: Request, edgernn: str, new: Version, say: Say) -> dict[str, Any]:
    """Switches, restarts, watches; goes back where the new version is not well."""
    began = time.monotonic()
    before = (place.current(), _linked_previous(place))
    settings_before = read_settings(place)
    port = request.port or int((settings_before or {}).get("port", 8080))
    service = open_service(_kind(request, settings_before), place, request.supervisor)
    settings = serving.settings(place, request, edgernn, service.kind, port, settings_before)
    try:
        if _serves_already(settings, settings_before, before[0], new, place):
            return {"service": service.kind, "port": port, "health_seconds": 0.0, "advice": service.advice()}
        if settings_before and settings_before.get("kind") != service.kind:
            open_service(str(settings_before["kind"]), place, request.supervisor).stop()
        if new != before[0]:
            place.doubt(settings_before)
            place.switch(new, before[0])
        _restart(place, service, settings)
        say("waiting until it serves")
        why = health.wait(serving.address(settings), place.name, new.sha256, request.seconds, service.trouble)
        if why:
            raise Fault(why, CHECK_FAILED)
        place.trust()
    except (Fault, OSError) as fault:
        back = _go_back(place, request, before, settings_before, service, new, say)
        status = fault.status if isinstance(fault, Fault) else REFUSED
        raise Fault(f"{fault}; {back} ({time.monotonic() - began:.1f} s)", status) from fault
    seconds = round(time.monotonic() - began, 3)
    return {"service": service.kind, "port": port, "health_seconds": seconds, "advice": service.advice()}


def _go_back(
    place: Place,
    request: Request,
    before: tuple[Version | None, Version | None],
    settings: dict[str, Any] | None,
    service: Service,
    failed: Version,
    say: Say,
) -> str:
    """What served before serves again; says so, or why it does not."""
    say("going back")
    old = before[0]
    try:
        if old != failed:
            place.switch(*before)
        if old is None or settings is None:
            service.stop()
            files.remove_file(place.folder / _SETTINGS)
            told = "nothing was served before, and nothing is now"
        else:
            service = open_service(str(settings["kind"]), place, request.supervisor)
            _restart(place, service, settings)
            why = health.wait(serving.address(settings), place.name, old.sha256, request.seconds, service.trouble)
            told = f"rolled back to {old.name}" + (f", which is not well either: {why}" if why else "")
        place.trust()
        serving.remove_tokens(place, read_settings(place))
        if failed != old and failed not in (place.current(), place.previous()):
            place.remove(failed)
    except (Fault, OSError) as fault:
        return f"going back failed too: {fault}"
    return told


def _restart(place: Place, service: Service, settings: dict[str, Any]) -> None:
    settings = {**settings, "generation": secrets.token_hex(8)}
    _write_settings(place, settings)
    service.configure(settings)
    service.restart()


def _serves_already(
    settings: dict[str, Any], before: dict[str, Any] | None, old: Version | None, new: Version, place: Place
) -> bool:
    same = before is not None and all(before.get(key) == value for key, value in settings.items())
    return same and old == new and health.hash_of(health.ask(serving.address(settings)), place.name) == new.sha256


def _kind(request: Request, before: dict[str, Any] | None) -> str:
    return str((before or {}).get("kind", "auto")) if request.service == "auto" else request.service


def _linked_previous(place: Place) -> Version | None:
    """What the link says, not what `previous` would guess."""
    return place.previous() if place.previous_link.is_symlink() else None


def _write_settings(place: Place, settings: dict[str, Any]) -> None:
    files.replace_file(place.folder / _SETTINGS, json.dumps(settings).encode("utf-8"))


def read_settings(place: Place) -> dict[str, Any] | None:
    """`service.json`, or None where it is not there or not whole."""
    try:
        found = json.loads((place.folder / _SETTINGS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"kind", "port", "command"} <= set(found) else None
