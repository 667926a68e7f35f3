"""The address that a server listens at."""

from __future__ import annotations

import errno
import ipaddress
import socket
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.errors import InputError

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Address:
    """Where to listen.

    Attributes:
      family: of the socket.
      place: as the socket takes it: address, port, and what IPv6 adds.
      host: as the user gave it.
    """

    family: socket.AddressFamily
    place: tuple[Any, ...]
    host: str

    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return ipaddress.ip_address(str(self.place[0]).partition("%")[0]).is_loopback

    def hosts(self) -> frozenset[str] | None:
        """Names under which it is asked for, or None where they cannot be known."""
        return _LOCAL_NAMES | {self.host.lower(), str(self.place[0])} if self.is_local() else None


def find_address(host: str, port: int) -> Address:
    """Looks a host up.

    Raises:
      InputError: there is none of that name.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise InputError(f"--host {host}: no such host: give an address of this machine, or 0.0.0.0 for all") from error
    # IPv4 first: where a name has both, clients try both.
    family, *_, place = min(found, key=lambda one: one[0] != socket.AF_INET)
    return Address(family, place, host)


def bind(address: Address) -> socket.socket:
    """A socket that is bound and does not listen yet.

    Raises:
      InputError: the port is taken, or not for this user.
    """
    host, port = address.place[:2]
    # By its name: where it is left to the system, asyncio does not know TCP and leaves Nagle's delay of 40 ms on.
    found = socket.socket(address.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(address.place)
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise InputError(f"port {port} of {host} is taken: choose another one with --port, or 0 for any") from error
        if error.errno == errno.EACCES:
            raise InputError(f"port {port} is not for this user: choose one above 1023 with --port") from error
        raise InputError(f"cannot listen at {host}: {error.strerror}: give an address of this machine") from error
    return found


def url_of(bound: socket.socket, host: str) -> str:
    """As a browser on this machine takes it."""
    port = bound.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
