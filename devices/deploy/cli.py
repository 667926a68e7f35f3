"""`edgernn deploy`: a bundle onto devices, or what is on them."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.devices.deploy.api import DeployOptions
    from edgernn.devices.deploy.hosts import Host
    from edgernn.devices.deploy.remote import Outcome

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOOKS = ("status", "list")
_SERVICES = ("auto", "user", "system", "supervisor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.usage = (
        "edgernn deploy BUNDLE.tflite USER@HOST[:PORT] ... | deploy --rollback --name NAME HOST ... | "
        "deploy status HOST ... | deploy list HOST ... [options]"
    )
    parser.add_argument(
        "words", nargs="+", metavar="WORD", help="a bundle, status or list; then devices: [USER@]HOST[:PORT], or local"
    )
    parser.add_argument("--rollback", action="store_true", help="go back to the version before, which stays there")
    parser.add_argument("--name", default="", help="of the model on the device (default: that of the file)")
    parser.add_argument(
        "--root", default="~/.local/share/edgernn", metavar="DIR", help="on the device (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="to serve at (default: as now, at first 8080)")
    parser.add_argument("--host", default="", help="address to serve at (default: as now, at first 127.0.0.1)")
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="here: clients must show what is in it; it is sent through SSH and kept there for the server's user alone",
    )
    parser.add_argument("--no-token", action="store_true", help="clients need show none any more")
    parser.add_argument(
        "--serve-option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of edgernn serve, kept by later deploys: threads, workers, queue, max-body, timeout, sessions or "
        "session-idle",
    )
    parser.add_argument(
        "--timeout", type=float, default=60.0, metavar="S", help="seconds for each check on the device (default: 60)"
    )
    parser.add_argument("--keep", type=int, default=3, metavar="N", help="versions to keep there (default: 3)")
    parser.add_argument(
        "--edgernn", default="", metavar="PATH", help="of the edgernn command there, where it is not found"
    )
    parser.add_argument(
        "--service",
        choices=_SERVICES,
        default="auto",
        help="what keeps the server running: the user's systemd, the system's, or a small program (default: as now, "
        "at first the user's systemd where there is one)",
    )
    parser.add_argument(
        "--ssh-option", action="append", default=[], metavar="KEY=VALUE", help="for ssh -o; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """0 when all was done; 1 where a check failed, on any device; 2 where something could not be done."""
    from edgernn.devices.deploy import api
    from edgernn.devices.deploy.show import show_deploys, show_status, show_versions

    first, *others = args.words
    serving = [name for name in ("host", "token_file", "no_token", "serve_option") if getattr(args, name)]
    if serving and (args.rollback or first in _LOOKS):
        raise InputError(
            f"--{serving[0].replace('_', '-')} goes with a bundle: deploy it again to change how it is served"
        )
    listener = _Steps()
    if first in _LOOKS and not args.rollback:
        outcomes = api.look(
            first, _hosts(others, f"{first} takes devices: edgernn deploy {first} USER@HOST"), _options(args, args.name)
        )
        return _end(args, outcomes, show_status if first == "status" else show_versions)
    if args.rollback:
        if not args.name:
            raise InputError("--rollback: which model? give --name (edgernn deploy list HOST shows those there)")
        outcomes = api.roll_back(_hosts(args.words, "--rollback takes devices"), _options(args, args.name), listener)
    else:
        hosts = _hosts(others, f"where to? edgernn deploy {first} USER@HOST")
        outcomes = api.deploy(Path(first), hosts, _options(args, args.name or Path(first).stem), listener)
    return _end(args, outcomes, show_deploys)


def _end(args: argparse.Namespace, outcomes: list[Outcome], show: Callable[[Sequence[Outcome]], None]) -> int:
    from edgernn.edge_runtime.cli.output import one_line, print_json

    if args.json:
        rows = [{"host": one.host, "status": one.status, "reason": one.reason, **one.found} for one in outcomes]
        print_json({"hosts": rows})
    elif len(outcomes) > 1 or not outcomes[0].status:
        show(outcomes)
    for one in outcomes:
        if one.status:
            print(f"edgernn deploy: {one_line(f'{one.host}: {one.reason}')}", file=sys.stderr)
    return max(one.status for one in outcomes)


def _hosts(words: Sequence[str], what: str) -> list[Host]:
    from edgernn.devices.deploy.hosts import parse_host

    if not words:
        raise InputError(what)
    hosts = [parse_host(word) for word in words]
    if len({host.text for host in hosts}) < len(hosts):
        raise InputError("a device is named twice")
    return hosts


def _options(args: argparse.Namespace, name: str) -> DeployOptions:
    from edgernn.devices.deploy.api import DeployOptions

    if name and not _NAME.fullmatch(name):
        raise InputError(f"{name!r} cannot be a model's name: letters, digits and . _ - are allowed: give --name")
    for option, value, low, high in (
        ("--port", args.port, 0, 65_535),
        ("--timeout", args.timeout, 1, 3_600),
        ("--keep", args.keep, 1, 1_000),
    ):
        if not low <= value <= high:
            raise InputError(f"{option} must lie between {low} and {high}, not {value:g}")
    bad = next((one for one in args.ssh_option if not re.fullmatch(r"[A-Za-z0-9]+[= ].+", one)), None)
    if bad is not None:
        raise InputError(f"--ssh-option {bad!r}: write KEY=VALUE, as in StrictHostKeyChecking=accept-new")
    return DeployOptions(
        name=name,
        root=args.root,
        port=args.port,
        seconds=args.timeout,
        keep=args.keep,
        edgernn=args.edgernn,
        service=args.service,
        ssh_options=tuple(args.ssh_option),
        serve=_served(args),
        token=_token(args),
    )


def _served(args: argparse.Namespace) -> dict[str, str]:
    """What changes of the server's options."""
    from edgernn.devices.deploy.device.serving import OPTIONS
    from edgernn.edge_runtime.cli.serve import add_arguments as add_serve_arguments

    known = [name for name in OPTIONS if name != "host"]
    found = {"host": args.host} if args.host else {}
    for one in args.serve_option:
        name, _, value = one.partition("=")
        if name not in known or not value:
            raise InputError(f"--serve-option {one!r}: write KEY=VALUE, where KEY is one of {', '.join(known)}")
        found[name] = value
    # As `edgernn serve` would read them there.
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_serve_arguments(parser)
    try:
        parser.parse_args(["model", *(word for name, value in found.items() for word in (f"--{name}", value))])
    except argparse.ArgumentError as error:
        raise InputError(str(error)) from error
    return found


def _token(args: argparse.Namespace) -> str | None:
    """The token to be sent; None: the one that is there stays."""
    from edgernn.edge_runtime.serve.options import read_token

    if args.no_token and args.token_file:
        raise InputError("--token-file and --no-token exclude each other")
    return "" if args.no_token else read_token(Path(args.token_file)) if args.token_file else None


class _Steps:
    """Shows steps on a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __call__(self, host: Host, step: str) -> None:
        if self._shown:
            from edgernn.edge_runtime.cli.output import one_line

            print(one_line(f"{host.text}: {step}"), file=sys.stderr)
