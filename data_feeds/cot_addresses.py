"""Which devices are believed in Cursor-on-Target over UDP by their address and what they call themselves alone.

That proves nothing to who can write an address on a datagram. It is for clients that cannot send our key, on a network
where nobody else can send, and off unless the operator names each of them in a file.
"""

from __future__ import annotations

import ipaddress
import logging
from pathlib import Path
from typing import Final

from dashboard.service.list_file import ListFileError, rows_of

_LOG = logging.getLogger(__name__)

ADDRESS_COLUMNS: Final = ("address", "uid", "device_id")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class AddressBook:
    """The list as it was last read; empty without a file.

    Args:
        file: a CSV with the columns of `ADDRESS_COLUMNS`; `address` is one, or a network.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._by_uid: dict[str, list[tuple[_Network, str]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._by_uid.values()))

    def read(self) -> None:
        """Read the file anew; from any thread.

        Raises:
            ListFileError: every fault with its row; the list stays as it was.
        """
        if self._file is None:
            return
        found: dict[str, list[tuple[_Network, str]]] = {}
        faults: list[str] = []
        for number, cells in rows_of(self._file, ADDRESS_COLUMNS):
            try:
                network = ipaddress.ip_network(cells["address"])
            except ValueError:
                faults.append(f"row {number}: `address` is no address and no network")
                continue
            if not cells["uid"] or not cells["device_id"]:
                faults.append(f"row {number}: `uid` and `device_id` are both needed")
                continue
            found.setdefault(cells["uid"], []).append((network, cells["device_id"]))
        if faults:
            raise ListFileError(faults)
        self._by_uid = found

    def read_again(self) -> None:
        """Read the file anew, and keep the list with a word in the log where it cannot be read."""
        try:
            self.read()
        except (ListFileError, OSError) as error:
            _LOG.error("the list of CoT devices by address stays as it was: %s", error)

    def device_of(self, address: str, uid: str) -> str | None:
        """Return whom the operator says that a sender is, None for all others."""
        rows = self._by_uid.get(uid)
        if rows is None:
            return None
        sender = ipaddress.ip_address(address.partition("%")[0])
        sender = getattr(sender, "ipv4_mapped", None) or sender  # as a socket of both kinds says it
        return next((device for network, device in rows if sender in network), None)
