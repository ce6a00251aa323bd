"""Takes the writer's turn and keeps it: what a process does that was cut off in the middle of an act.

`python -m tests.machines.lock_holder DATABASE_URL` prints "held" when it has it, and tries to commit on SIGTERM.
"""

from __future__ import annotations

import signal
import sys

from dashboard.store.store import Store


def main(url: str) -> None:
    store = Store(url)
    with store.write():
        print("held", flush=True)
        signal.sigwait({signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    main(sys.argv[1])
