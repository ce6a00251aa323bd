"""What the product is made of is pinned, hashed, licensed and looked up, and a look-up that failed is no all-clear."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tools.supply import (
    CLEAN,
    COULD_NOT_LOOK,
    FOUND,
    LOCK,
    PINS,
    audit,
    audited,
    licence_page,
    licences,
    lock_faults,
    pins_of,
)

HASH = "--hash=sha256:" + "0" * 64


def test_the_lock_has_a_hash_for_each_package_and_names_no_address() -> None:
    lock = LOCK.read_text(encoding="utf-8")
    assert len(pins_of(lock)) > 50
    faults = list(lock_faults("\n".join(pins_of(lock)), lock))
    assert faults == []


def test_a_lock_that_is_not_the_pins_is_told() -> None:
    lock = f"a==1 \\\n    {HASH}\nb==2 ; python_version < '3.12' \\\n    {HASH}\n"
    assert list(lock_faults("a==1\nb==2 ; python_version < '3.12'\n", lock)) == []
    assert list(lock_faults("a==1\nc==3\n", lock)) == [
        "not in the lock: c==3", "only in the lock: b==2 ; python_version < '3.12'",
    ]  # fmt: skip
    assert list(lock_faults("a==1\n", "a==1\n")) == ["without a hash: a==1"]
    assert list(lock_faults("a==1\n", f"--index-url https://x/\na==1 \\\n    {HASH}\n")) == [
        "without a hash: --index-url https://x/", "the lock names an address",
    ]  # fmt: skip


def test_packages_say_their_licence() -> None:
    found = licences(PINS.read_text(encoding="utf-8"))
    assert len(found) > 50
    # `make supply` fails on the first that is silent; here a new package may wait for that.
    assert len([one.name for one in found if not one.licence]) <= 3
    assert "| dash |" in licence_page(found)


def answer(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


SAFE = {"name": "A_b", "version": "1", "vulns": []}
BAD = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}


def test_a_package_that_was_not_looked_at_is_no_all_clear() -> None:
    assert audited(["a-b"], answer(SAFE)) == (CLEAN, [])
    assert audited(["a-b", "c"], answer(SAFE, BAD)) == (FOUND, ["c 2: PYSEC-1, mended in 3"])
    assert audited(["a-b", "c"], answer(SAFE)) == (COULD_NOT_LOOK, ["c: not looked at (left out)"])
    skipped = {"name": "c", "skip_reason": "not found"}
    assert audited(["a-b", "c"], answer(SAFE, skipped)) == (COULD_NOT_LOOK, ["c: not looked at (not found)"])
    for nothing in ("", "[]", "{}", "null"):
        assert audited(["a-b"], nothing)[0] == COULD_NOT_LOOK


@pytest.mark.parametrize(
    ("status", "printed", "outcome"),
    [(1, "", COULD_NOT_LOOK), (0, "", COULD_NOT_LOOK), (0, "all", CLEAN), (3, "all", COULD_NOT_LOOK)],
)
def test_a_program_that_fell_silent_fails_the_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, printed: str, outcome: int
) -> None:
    names = {pin.partition("==")[0] for pin in pins_of(LOCK.read_text(encoding="utf-8"))}
    said = answer(*({"name": name, "version": "1", "vulns": []} for name in names)) if printed else ""
    (tmp_path / "said").write_text(said, encoding="utf-8")
    program = tmp_path / "pip-audit"
    program.write_text(
        f"#!/bin/sh\ncat {tmp_path}/said\necho no network >&2\nexit {status}\n", encoding="utf-8"
    )
    os.chmod(program, 0o755)
    assert audit(program) == outcome
    shown = capsys.readouterr().out
    assert ("NOT AUDITED" in shown) == (outcome == COULD_NOT_LOOK)
    assert ("no network" in shown) == (outcome == COULD_NOT_LOOK)
