"""A Redis Cluster for one test or one bench: real servers on this machine, each in a temporary folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.retry import Retry

from dashboard.child_process import ending_with
from data_feeds.embedded_redis import PROGRAMS
from tests.free_port import free_port

SLOTS = 16_384
NODE_TIMEOUT_MS = (
    1_000  # a node that is silent for so long is taken for dead; 15,000 is the server's own default
)
READY_WITHIN_S = 60.0
SERVER_SETTING = "ZHONGSHU_CLUSTER_SERVER"


class ClusterUnavailable(RuntimeError):
    """No cluster can be started here; the text says why."""


def sharded_server() -> Path:
    """Return a server that knows sharded channels: the one in `ZHONGSHU_CLUSTER_SERVER`, else one on PATH.

    Raises:
        ClusterUnavailable: there is none of version 7 or later.
    """
    given = os.environ.get(SERVER_SETTING)
    named = [given] if given else [shutil.which(name) for name in PROGRAMS]
    for program in filter(None, named):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"v=(\d+)\.", said)
        if version and int(version[1]) >= 7:
            return Path(program)
    raise ClusterUnavailable(
        f"no Redis server of version 7 or later on PATH or in {SERVER_SETTING} "
        "(Debian, Ubuntu: apt-get install redis-server)"
    )


class Node:
    """One server of the cluster."""

    def __init__(self, program: Path, folder: Path, port: int) -> None:
        self.port, self._program, self._folder = port, program, folder
        self.bus_port = (
            free_port()
        )  # by itself it would take its port + 10,000, which may be lent to a client
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process, None before its first start."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it; it may answer a moment later. It ends with the thread that starts it."""
        self._folder.mkdir(exist_ok=True)
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self._folder),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "always",
            "cluster-enabled": "yes",
            "cluster-port": str(self.bus_port),
            "cluster-node-timeout": str(NODE_TIMEOUT_MS),
            "repl-diskless-sync-delay": "0",
        }
        command = [str(self._program)]
        for name, value in options.items():
            command += [f"--{name}", value]
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=ending_with(os.getpid())
            )

    def wait_until_up(self) -> None:
        """Return when it answers."""
        _until(lambda: self.says("PING") or self._has_ended(), f"the node at {self.port} answers")
        if self._has_ended():
            raise ClusterUnavailable(
                f"the node at {self.port} ended: {(self._folder / 'redis.log').read_text()[-500:]}"
            )

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ask(self, *command: Any) -> Any:
        """Send one command to this node alone."""
        with redis.Redis(port=self.port, socket_timeout=5.0, retry=Retry(NoBackoff(), 0)) as client:
            return client.execute_command(*command)

    def says(self, *command: Any) -> Any:
        """Its answer, None while it gives none."""
        try:
            return self.ask(*command)
        except (redis.RedisError, OSError):
            return None


class ThrowawayCluster:
    """Three masters that share the slots evenly, and replicas of the first ones."""

    def __init__(self, program: Path, *, replicas: int = 0) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="zs-cluster-"))
        self.masters = [Node(program, self._folder / f"node{n}", free_port()) for n in range(3)]
        self.replicas = [Node(program, self._folder / f"replica{n}", free_port()) for n in range(replicas)]
        self._is_formed = False

    @property
    def nodes(self) -> list[Node]:
        """Every server."""
        return [*self.masters, *self.replicas]

    @property
    def url(self) -> str:
        """The REDIS_URL of this cluster."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.masters)

    def start(self) -> None:
        """Start every server, or those again that were killed, and return when all slots are served."""
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait_until_up()
        if not self._is_formed:
            self._form()
        _until(self._is_whole, "the cluster serves all slots")

    def settle(self, node: Node) -> None:
        """Return when every node takes one that was started again for one of them."""
        node.wait_until_up()
        _until(lambda: self._is_whole() and self._sees_nobody_failing(), "the cluster is as it was")

    def kill(self) -> None:
        """SIGKILL to every server."""
        for node in self.nodes:
            node.kill()

    def stop(self) -> None:
        """End it and remove what it wrote."""
        self.kill()
        shutil.rmtree(self._folder)

    def flush(self) -> None:
        """Empty every master, whichever of the servers they are by now."""
        for node in self.nodes:
            if node.ask("ROLE")[0] == b"master":
                node.ask("FLUSHALL")

    def master_of(self, name: str) -> Node:
        """Return the master that serves the slot of a key or channel now."""
        slot = key_slot(name.encode())
        for first, last, primary, *_ in self._any_living().ask("CLUSTER", "SLOTS"):
            if first <= slot <= last:
                return next(node for node in self.nodes if node.port == primary[1])
        raise AssertionError(f"nobody serves {name}")

    def move(self, name: str, to: Node) -> None:
        """Move the slot of a key or channel with all its keys to another master, as resharding does."""
        slot, origin = key_slot(name.encode()), self.master_of(name)
        origin_id, to_id = origin.ask("CLUSTER", "MYID"), to.ask("CLUSTER", "MYID")
        to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", origin_id)
        origin.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to_id)
        while keys := origin.ask("CLUSTER", "GETKEYSINSLOT", slot, 100):
            origin.ask("MIGRATE", "127.0.0.1", to.port, "", 0, 5000, "KEYS", *keys)
        # First to whom it goes, or the slot would for a moment be nobody's.
        for node in (to, origin, *(one for one in self.nodes if one.ask("ROLE")[0] == b"master")):
            node.ask("CLUSTER", "SETSLOT", slot, "NODE", to_id)

    def _form(self) -> None:
        for number, node in enumerate(self.masters):
            first, last = number * SLOTS // 3, (number + 1) * SLOTS // 3 - 1
            node.ask("CLUSTER", "ADDSLOTSRANGE", first, last)
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in self.nodes[1:]:
            node.ask("CLUSTER", "MEET", "127.0.0.1", self.masters[0].port, self.masters[0].bus_port)
        _until(self._know_each_other, "the nodes know each other")
        for replica, master in zip(self.replicas, self.masters, strict=False):
            replica.ask("CLUSTER", "REPLICATE", master.ask("CLUSTER", "MYID"))
        _until(self._copy, "the replicas copy")
        self._is_formed = True

    def _know_each_other(self) -> bool:
        return all(len(node.ask("CLUSTER", "NODES").splitlines()) == len(self.nodes) for node in self.nodes)

    def _copy(self) -> bool:
        return all(one.ask("INFO", "replication")["master_link_status"] == "up" for one in self.replicas)

    def _is_whole(self) -> bool:
        return all(b"cluster_state:ok" in (node.says("CLUSTER", "INFO") or b"") for node in self.nodes)

    def _sees_nobody_failing(self) -> bool:
        return not any(
            b"fail" in line.split()[2]
            for one in self.nodes
            for line in one.ask("CLUSTER", "NODES").splitlines()
        )

    def _any_living(self) -> Node:
        return next(node for node in self.nodes if node.says("PING"))


def _until(holds: Callable[[], Any], what: str) -> None:
    give_up_at = time.monotonic() + READY_WITHIN_S
    while not holds():
        if time.monotonic() > give_up_at:
            raise ClusterUnavailable(f"not within {READY_WITHIN_S:g} s: {what}")
        time.sleep(0.02)
