"""`make fuzz N=100000 SEED=1`: every route, callback, decoder and wire, the live socket, and the interface
against its own description, one after another.

Prints the seed, what was sent to which target and what came of it. The same seed sends the same again.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.security.request_shapes import operations
from tests.security.whole_web import whole_web

# Parts of a hundred. A request through the whole web costs about a hundred times what a decoder's input does.
WIRES, LIVE, ROUTES = 50, 20, 30
CALLBACK_EXAMPLES = 60  # each, on either database
DESCRIBED_EXAMPLES = 25  # each operation with data that fits and with data that does not, on either database


def described() -> int:
    """Count the operations of the interface's description; each is attacked on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="zs-fuzz-") as folder, whole_web(Path(folder)) as web:
        return len(operations(web.inner.openapi()))


def commands(inputs: int, seed: int, count: int) -> list[tuple[str, list[str], dict[str, str]]]:
    """Return what is run against an interface of `count` operations: name, command, environment."""
    each = max(8, -(-inputs * ROUTES // 100 // (2 * count)))
    pytest = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "--timeout=0"]
    pytest.append(f"--hypothesis-seed={seed}")
    routes = [*pytest, "tests/security/test_fuzz.py", "-k", "server_error and not bytes"]
    callbacks = [*pytest, "tests/security/test_fuzz_callbacks.py"]
    return [
        (
            "wires",
            [sys.executable, "-m", "tests.security.wire_fuzz", str(inputs * WIRES // 100), str(seed)],
            {},
        ),
        (
            "live socket",
            [sys.executable, "-m", "tests.security.live_fuzz", str(inputs * LIVE // 100), str(seed)],
            {},
        ),
        ("routes", routes, {"ZHONGSHU_FUZZ": str(each)}),
        ("callbacks", callbacks, {"ZHONGSHU_FUZZ": str(min(each, CALLBACK_EXAMPLES))}),
        (
            "description",
            [*pytest, "tests/security/test_described.py"],
            {"ZHONGSHU_FUZZ": str(min(each, DESCRIBED_EXAMPLES))},
        ),
    ]


def main(arguments: Sequence[str]) -> int:
    inputs = int(arguments[0])
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().getrandbits(32)
    print(f"{inputs} inputs; again with: make fuzz N={inputs} SEED={seed}", flush=True)
    failed = []
    for name, command, environment in commands(inputs, seed, described()):
        print(f"== {name}", flush=True)
        if subprocess.run(command, env=os.environ | environment, check=False).returncode != 0:
            failed.append(name)
    print(f"{'faults in ' + ', '.join(failed) if failed else '0 faults'}; seed {seed}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
