"""Where a server listens."""

from __future__ import annotations

import asyncio
import socket

import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.listen import bind, find_address, url_of


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1", True), ("localhost", True), ("127.3.2.1", True), ("0.0.0.0", False)]
)
def test_whether_other_machines_reach_it(host, local):
    address = find_address(host, 0)
    assert address.is_local() is local
    hosts = address.hosts()
    assert hosts is None if not local else {"localhost", "127.0.0.1", "::1", host} <= hosts


def test_addresses_of_version_6():
    assert find_address("::1", 0).is_local()
    assert not find_address("::", 0).is_local()


def test_answers_are_not_held_back():
    """Two small packets one after another otherwise wait 40 ms for each other."""

    async def accepted() -> int:
        with bind(find_address("127.0.0.1", 0)) as bound:
            seen = asyncio.get_running_loop().create_future()

            def connected(reader, writer):
                sock = writer.get_extra_info("socket")
                seen.set_result(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                writer.close()

            server = await asyncio.start_server(connected, sock=bound)
            _, writer = await asyncio.open_connection(*bound.getsockname())
            found = await asyncio.wait_for(seen, 10)
            writer.close()
            server.close()
            return found

    assert asyncio.run(accepted()) != 0


def test_how_it_is_told():
    with bind(find_address("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        assert url_of(bound, "localhost") == f"http://localhost:{port}"
        assert url_of(bound, "::1") == f"http://[::1]:{port}"
        bound.listen()
        with pytest.raises(InputError, match=rf"port {port} of 127\.0\.0\.1 is taken"):
            bind(find_address("127.0.0.1", port))
    with pytest.raises(InputError, match=r"cannot listen at 192\.0\.2\.1"):
        bind(find_address("192.0.2.1", 0))
