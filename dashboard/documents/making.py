"""Starts the process that makes a file, feeds it, and hands back the file."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import IO, Any, Final

from dashboard.documents.letters import writable_all

CHUNK_BYTES: Final = 256 * 1024
# A spreadsheet of the most rows takes about seven seconds here; a process that takes ten times that hangs.
LONGEST_S: Final = 90
# At once in one web process; the next one waits: two cores, and each process holds about 50 MB. Threads of their own:
# those of the event loop are few, and every act and every sign-in needs one.
_PLACES: Final = ThreadPoolExecutor(2, thread_name_prefix="documents")


class DocumentFailed(RuntimeError):
    """The process that makes documents ended without one; its own words are in the log of this process."""


async def make_in_turn(job: Mapping[str, Any], rows: Iterable[Sequence[Any]] = ()) -> IO[bytes]:
    """Do what `make` does once a place is free, without holding a thread of the event loop's until then."""
    # As `asyncio.to_thread` does: lines of the log carry the request's name.
    making = partial(copy_context().run, make, job, rows)
    return await asyncio.get_running_loop().run_in_executor(_PLACES, making)


def make(job: Mapping[str, Any], rows: Iterable[Sequence[Any]] = ()) -> IO[bytes]:
    """Return a temporary file with the document, at its beginning; it is gone once it is closed.

    Blocks: whoever serves calls `make_in_turn`. `job` is JSON with its "kind" (xlsx, pdf, docx); `rows` are fed as they
    come, none is held here.

    Raises:
        DocumentFailed: the process did not make it.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  (handed back open)
    child = subprocess.Popen(
        [sys.executable, "-m", "dashboard.documents"], stdin=subprocess.PIPE, stdout=file
    )
    # Feeding blocks for as long as the child does not read; once it is killed the pipe breaks.
    ending = threading.Timer(LONGEST_S, child.kill)
    ending.daemon = True
    try:
        ending.start()
        assert child.stdin is not None
        with child.stdin as given:
            given.write(_line(writable_all(job)))
            for row in rows:
                given.write(_line(row))
        ended = child.wait()
    except BrokenPipeError as error:
        file.close()
        raise DocumentFailed(str(error)) from error
    except BaseException:
        file.close()
        raise
    finally:
        ending.cancel()
        if child.poll() is None:
            child.kill()
            child.wait()
    if ended != 0:
        file.close()
        raise DocumentFailed(f"the process that makes a {job['kind']} ended with {ended}")
    file.seek(0)
    return file


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file piece by piece and close it."""
    with file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
