"""Deploys to several devices at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from edgernn.devices.deploy.hosts import Host
from edgernn.devices.deploy.pack import supervisor
from edgernn.devices.deploy.remote import Outcome, ask
from edgernn.devices.deploy.transport import Transport, transport_to
from edgernn.edge_runtime.bundle import read_bundle

_AT_ONCE = 16
_BLOCK = 1 << 18
# What a device's programs may take in turn (board, self-test, times, health, health of the old one), and a slow upload.
_TIMES, _SPARE_SECONDS, _LEAST_BYTES_A_SECOND = 8, 60.0, 20_000


@dataclass(frozen=True)
class DeployOptions:
    """How to deploy.

    Attributes:
      name: of the model on the device.
      root: folder of all models there.
      port: to serve at; 0: as now, else 8080.
      seconds: for each check on the device.
      keep: versions to keep.
      edgernn: path of the command there, or "": look for it.
      service: auto, user, system or supervisor.
      ssh_options: for `ssh -o`.
      serve: options of `edgernn serve` to change, by name without dashes.
      token: that clients must show; "": none any more; None: as now.
    """

    name: str
    root: str = "~/.local/share/edgernn"
    port: int = 0
    seconds: float = 60.0
    keep: int = 3
    edgernn: str = ""
    service: str = "auto"
    ssh_options: tuple[str, ...] = ()
    serve: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None


Listener = Callable[[Host, str], None]
# How a device is reached; tests have ways of their own.
Ways = Callable[[Host, Sequence[str]], Transport]


def deploy(
    bundle: Path, hosts: Sequence[Host], options: DeployOptions, on_step: Listener, ways: Ways = transport_to
) -> list[Outcome]:
    """Deploys a bundle, to all devices at once.

    Args:
      bundle: the file; it is read and checked once.
      hosts: the devices.
      options: how.
      on_step: is told of each step, by several threads.
      ways: how devices are reached.

    Returns:
      An outcome for each device, in their order.

    Raises:
      BundleError: the file is no bundle, or damaged; nothing was sent.
    """
    checked = read_bundle(bundle)
    now = datetime.now(timezone.utc)
    request = {
        **_request("deploy", options),
        "sha256": checked.sha256,
        "size": checked.size,
        "stamp": now.strftime("%Y%m%dT%H%M%SZ"),
        "deployed": now.isoformat(timespec="seconds"),
        "keep": options.keep,
        "options": dict(options.serve),
        "token": options.token,
    }
    content = memoryview(checked.content)
    seconds = _limit(options) + checked.size / _LEAST_BYTES_A_SECOND

    def one(host: Host) -> Outcome:
        pieces = (bytes(content[i : i + _BLOCK]) for i in range(0, len(content), _BLOCK))
        way = ways(host, options.ssh_options)
        return ask(host, way, request, seconds, pieces, lambda step: on_step(host, step))

    return _all(hosts, one)


def roll_back(
    hosts: Sequence[Host], options: DeployOptions, on_step: Listener, ways: Ways = transport_to
) -> list[Outcome]:
    """Goes back to the version before, on all devices at once."""
    request = _request("rollback", options)

    def one(host: Host) -> Outcome:
        way = ways(host, options.ssh_options)
        return ask(host, way, request, _limit(options), on_step=lambda step: on_step(host, step))

    return _all(hosts, one)


def look(action: str, hosts: Sequence[Host], options: DeployOptions, ways: Ways = transport_to) -> list[Outcome]:
    """What is on the devices; `action` is "status" or "list"."""
    request = {"action": action, "root": options.root, "name": options.name}
    return _all(hosts, lambda host: ask(host, ways(host, options.ssh_options), request, options.seconds))


def _request(action: str, options: DeployOptions) -> dict[str, Any]:
    named = {key: getattr(options, key) for key in ("root", "name", "edgernn", "service", "port", "seconds")}
    return {"action": action, **named, "supervisor": supervisor()}


def _limit(options: DeployOptions) -> float:
    return _TIMES * options.seconds + _SPARE_SECONDS


def _all(hosts: Sequence[Host], one: Callable[[Host], Outcome]) -> list[Outcome]:
    with ThreadPoolExecutor(min(_AT_ONCE, len(hosts))) as pool:
        return list(pool.map(one, hosts))
