"""Waiting until a web process may have traffic, for whoever restarts one after the other."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from typing import Final

LOOK_EVERY_S: Final = 0.25
ANSWER_WITHIN_S: Final = 5.0


def wait_ready(address: str, within_s: float) -> str:
    """Return "" once `address`/readyz answers 200, else after `within_s` seconds what it said last."""
    # No proxy: the environment's is for the outside.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    give_up_at = time.monotonic() + within_s
    said = "it was not asked"
    while time.monotonic() < give_up_at:
        try:
            with opener.open(f"{address}/readyz", timeout=ANSWER_WITHIN_S):
                return ""
        except urllib.error.HTTPError as error:
            said = error.read(500).decode("utf-8", "replace")
        except OSError as error:
            said = str(error)
        time.sleep(LOOK_EVERY_S)
    return said
