"""`python -m tests.faults.full_disk FOLDER`: the whole web process on a disk that fills while an officer acts.

FOLDER lies on a small file system of its own. Prints what was found as one line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from dashboard.store import audit, tables
from dashboard.store.engine import sqlite_module
from tests.security.whole_web import WholeWeb, whole_web
from tests.store.pictures import jpeg

OFFICER = "duty_officer"
MOST_ACTS = 300  # what the write-ahead log still has room for is taken by the first of them
BALLAST_BYTES = 4_096
PHOTO = jpeg((640, 480))


def main(folder: Path) -> None:
    """Fill, act, make room, act again."""
    with whole_web(folder / "var") as web:
        found = tried(web, folder)
    print(json.dumps(found))


def tried(web: WholeWeb, folder: Path) -> dict[str, Any]:
    """Return what became of acts before, while and after the disk was full."""
    acknowledged = [key for key in ("before-full-1", "before-full-2") if act(web, key).status_code == 200]
    ballast = folder / "ballast"
    fill(ballast)
    said: Counter[str] = Counter()
    refused = ""
    for number in range(MOST_ACTS):
        key = f"while-full-{number:04}"
        answer = act(web, key)
        said[outcome(answer)] += 1
        if answer.status_code == 200:
            acknowledged.append(key)
        else:
            refused = key
            break
    fill(ballast)
    photo = keep(web, "photo-full-1")
    said[f"photo {outcome(photo)}"] += 1
    reads = [web.ask(OFFICER, "GET", f"/api/v1/matters/{web.there['signed']}").status_code for _ in range(5)]
    whole_while_full = integrity(folder)
    ballast.unlink()
    again = [act(web, refused), keep(web, "photo-full-1")]
    acknowledged.append(refused)
    return {
        "said": said,
        "reads": reads,
        "again": [outcome(one) for one in again],
        "integrity": [whole_while_full, integrity(folder)],
        **truth(web, acknowledged),
    }


def act(web: WholeWeb, key: str) -> Any:
    """Urge the units of a matter once more."""
    return web.post(OFFICER, f"/api/v1/matters/{web.there['signed']}/urges", {"text": "请抓紧" * 60}, key)


def keep(web: WholeWeb, key: str) -> Any:
    """Keep a photo with a matter."""
    headers = {"idempotency-key": key, "content-type": "image/jpeg"}
    path = f"/api/v1/attachments?matter={web.there['signed']}"
    return web.ask(OFFICER, "POST", path, content=PHOTO, headers=headers)


def outcome(answer: Any) -> str:
    """The status and the code of an answer."""
    code = answer.json().get("error", "") if answer.status_code >= 400 else ""
    return f"{answer.status_code} {code}".strip()


def fill(ballast: Path) -> None:
    """Write until there is no room left for a single page."""
    with ballast.open("ab", buffering=0) as out:
        try:
            while out.write(b"\0" * BALLAST_BYTES) == BALLAST_BYTES:
                pass
        except OSError:
            return


def integrity(folder: Path) -> str:
    """What SQLite says of the file, read by itself."""
    connection = sqlite_module().connect(folder / "var" / "web.sqlite3")
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def truth(web: WholeWeb, acknowledged: list[str]) -> dict[str, Any]:
    """What of the acknowledged is missing or twice, and whether log and audit are whole."""
    column, log = tables.idempotency.c, tables.log.c
    with web.centre.services.store.read() as connection:
        kept = Counter(connection.execute(select(column.key)).scalars())
        count, last = connection.execute(select(func.count(), func.max(log.seq))).one()
        broken_at = audit.first_break(connection)
    return {
        "acknowledged": len(acknowledged),
        "not_once": [key for key in acknowledged if kept[key] != 1],
        "holes": last - count,
        "audit_broken_at": broken_at,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
