"""The default gateway: an outbox of files that any telephone system can be joined to with a few lines of its own.

`sms.jsonl` and `phone.jsonl` grow by one JSON object a line (`data_feeds.telling.gateway.message`); whoever carries
them appends `{"id", "state": "received" | "failed", "fault", "by"}` to `receipts.jsonl` beside them. A line is whole
once it ends in a newline. Until a carrier confirms, a telling counts as not received: nobody is pretended to be told.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dashboard.service import GatewayReceipt, Outgoing
from data_feeds.telling.gateway import GatewayError, encoded, message

logger = logging.getLogger(__name__)

RECEIPTS = "receipts.jsonl"
LARGEST_READ = 1_000_000  # bytes at once: a carrier that dumps its history must not hold the worker up


class FileGateway:
    """Writes tellings into `folder` and reads receipts from it.

    Args:
        folder: made when missing, readable by its owner alone: it names persons and what they are told.
        prefix: put before what is said, to mark a demonstration.
    """

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self._folder = folder
        self._prefix = prefix
        self._read_to = 0

    def send(self, telling: Outgoing, now: int) -> str:
        """Append the telling; returns its place in the file. On disk before it counts as taken.

        Raises:
            GatewayError: the folder cannot be written to.
        """
        line = encoded(message(telling, prefix=self._prefix) | {"at": now}) + b"\n"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(
                self._folder / f"{telling.means}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
            )
            try:
                place = os.lseek(descriptor, 0, os.SEEK_END)
                # One write call of one line with O_APPEND: lines of two workers do not mix.
                if os.write(descriptor, line) != len(line):
                    raise GatewayError("gateway_away", "short write")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise GatewayError("gateway_away", str(error)) from error
        return f"{telling.means}:{place}"

    def receipts(self) -> Sequence[GatewayReceipt]:
        """Return the receipts appended since the last call; a restart reads the file anew, which does no harm."""
        file = self._folder / RECEIPTS
        try:
            with file.open("rb") as opened:
                size = os.fstat(opened.fileno()).st_size
                if size < self._read_to:
                    self._read_to = 0  # the carrier began a new file
                opened.seek(self._read_to)
                content = opened.read(LARGEST_READ)
        except FileNotFoundError:
            return ()
        except OSError as error:
            logger.warning("%s cannot be read: %s", file, error)
            return ()
        whole = content.rfind(b"\n") + 1
        if not whole and len(content) == LARGEST_READ:
            whole = LARGEST_READ  # a line without end: skip it
        self._read_to += whole
        return [one for line in content[:whole].splitlines() if (one := _receipt(line)) is not None]


def _receipt(line: bytes) -> GatewayReceipt | None:
    if not line.strip():
        return None
    try:
        said: Any = json.loads(line)
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("state") not in ("received", "failed"):
        logger.warning("a line of %s is no receipt", RECEIPTS)
        return None
    telling_id, fault, by = (said.get(name, "") for name in ("id", "fault", "by"))
    if not all(isinstance(one, str) and "\x00" not in one for one in (telling_id, fault, by)):
        logger.warning("a line of %s is no receipt", RECEIPTS)
        return None
    return GatewayReceipt(telling_id[:40], said["state"], fault, by)
