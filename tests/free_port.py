"""A TCP port for a server that a test starts."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """A port of this machine that nobody listens on at this moment.

    Chosen at random below the ports that the system lends to clients: until its server listens, one of those may be
    lent to a connection of a test that runs beside this one.
    """
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
