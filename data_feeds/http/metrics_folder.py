"""Where the web processes of one master keep their counters, so that any of them can answer for all.

In memory: the files are mapped, and a mapped page that finds no room on a full disk kills its process.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Read by the library as it is imported; one that is given, as by a service's own runtime folder, is kept."""
_MEMORY: Final = Path("/dev/shm")


def open_folder(var_dir: Path, port: int) -> Path:
    """Return an empty folder of this user for the web processes on `port`; what a killed master left is removed."""
    given = os.environ.get(VARIABLE)
    if given:
        folder = Path(given)
        folder.mkdir(parents=True, exist_ok=True)
    else:
        mark = hashlib.sha256(f"{var_dir}:{port}".encode()).hexdigest()[:12]
        base = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
        folder = base / f"zhongshu-metrics-{os.getuid()}-{mark}"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
        except OSError:
            found = None
        # Anybody may make a name there: only a folder of our own, open to nobody else, is used.
        if (
            found is None
            or not stat.S_ISDIR(found.st_mode)
            or found.st_uid != os.getuid()
            or found.st_mode & 0o077
        ):
            folder = Path(tempfile.mkdtemp(prefix="zhongshu-metrics-"))
    for file in folder.glob("*.db"):
        file.unlink(missing_ok=True)
    os.environ[VARIABLE] = str(folder)
    return folder


def remove_folder() -> None:
    """Remove the counters at the master's end, and their folder when nothing else is in it."""
    folder = Path(os.environ[VARIABLE])
    for file in folder.glob("*.db"):
        file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
