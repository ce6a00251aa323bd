"""Hosts on one machine: network namespaces with two cables each, one to the people and one to the stores.

A cable that is pulled keeps its carrier, as behind a switch whose uplink is gone: packets vanish, nobody is told.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["front", "back"]
SIDES: Final[tuple[Side, ...]] = ("front", "back")
PREFIX: Final = "zsm"
HOST_NETWORK: Final = "10.213"
FIRST_HOST: Final = 11


class NoNamespaces(RuntimeError):
    """No hosts can be made here; the text says why."""


@dataclass(frozen=True)
class Host:
    """A namespace: `command` runs there; `address` is where others find it on a side."""

    name: str
    number: int
    network: Network

    def command(self, words: list[str]) -> list[str]:
        """Return the command that runs `words` in this host."""
        return ["ip", "netns", "exec", self.name, *words]

    def address(self, side: Side) -> str:
        """Return its address on a side."""
        return self.network.address(side, FIRST_HOST + self.number)

    def pull(self, *sides: Side) -> None:
        """Pull its cables: from now on nothing comes through, and nobody is told."""
        for side in sides:
            _ip("link", "set", self._outer(side), "nomaster")

    def plug(self, *sides: Side) -> None:
        """Plug its cables in again."""
        for side in sides:
            _ip("link", "set", self._outer(side), "master", self.network.bridge(side))

    def _outer(self, side: Side) -> str:
        return f"{self.network.mark}{self.number}{side[0]}"

    def make(self) -> None:
        """Make the namespace and its cables."""
        _ip("netns", "add", self.name)
        _ip("-n", self.name, "link", "set", "lo", "up")
        for side in SIDES:
            inner = f"to-{side}"
            _ip("link", "add", self._outer(side), "type", "veth", "peer", "name", inner, "netns", self.name)
            _ip("-n", self.name, "address", "add", f"{self.address(side)}/24", "dev", inner)
            _ip("-n", self.name, "link", "set", inner, "up")
            _ip("link", "set", self._outer(side), "up")
            self.plug(side)


class Network:
    """Two switches on this machine, which itself is on both: the people's side and the stores'."""

    def __init__(self, hosts: int) -> None:
        """Make the switches and so many hosts, after removing what runs that were killed have left.

        Raises:
            NoNamespaces: not root, no `ip`, or the kernel refuses.
        """
        if os.geteuid() != 0:
            raise NoNamespaces("network namespaces need root")
        if shutil.which("ip") is None:
            raise NoNamespaces("ip (iproute2) is not installed")
        _sweep()
        self.mark = f"{PREFIX}{os.getpid()}"[:11]
        self._third = os.getpid() % 120 * 2  # two networks of its own among those of other runs
        self.hosts = [Host(f"{self.mark}-{number}", number, self) for number in range(hosts)]
        try:
            for side in SIDES:
                _ip("link", "add", self.bridge(side), "type", "bridge")
                _ip("address", "add", f"{self.address(side, 1)}/24", "dev", self.bridge(side))
                _ip("link", "set", self.bridge(side), "up")
            for host in self.hosts:
                host.make()
        except subprocess.CalledProcessError as refused:
            self.remove()
            raise NoNamespaces(f"the kernel refuses: {refused.stderr.strip()}") from refused

    def bridge(self, side: Side) -> str:
        """Return the switch of a side."""
        return f"{self.mark}{side[0]}"

    def address(self, side: Side, last: int = 1) -> str:
        """Return an address on a side; number 1 is this machine."""
        return f"{HOST_NETWORK}.{self._third + SIDES.index(side)}.{last}"

    def remove(self) -> None:
        """Remove hosts, cables and switches."""
        _remove(self.mark)


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


def _sweep() -> None:
    """Remove what a run that was killed has left: its process is gone."""
    for name in _switches():
        mark = name[:-1]
        pid = mark.removeprefix(PREFIX)
        if pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            _remove(mark)


def _switches() -> list[str]:
    lines = _ip("-o", "link", "show", "type", "bridge").splitlines()
    names = [line.split(": ")[1].partition("@")[0] for line in lines]
    return [name for name in names if name.startswith(PREFIX) and name.endswith("f")]


def _remove(mark: str) -> None:
    for line in _ip("netns", "list").splitlines():
        name = line.split()[0]
        if not name.startswith(f"{mark}-"):
            continue
        for pid in _ip("netns", "pids", name).split():  # whoever runs there would keep it
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        _ip("netns", "delete", name)  # its ends of the cables go, and with them the others
    for line in _ip("-o", "link", "show").splitlines():
        name = line.split(": ")[1].partition("@")[0]
        if name.startswith(mark):
            with contextlib.suppress(subprocess.CalledProcessError):  # it went with its namespace
                _ip("link", "delete", name)
