"""The page of threats names tests that exist, and at least one for each threat."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT_ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)
THREATS = [
    line
    for section in re.findall(r"^### .*?(?=^#)", PAGE, flags=re.MULTILINE | re.DOTALL)
    for line in section.splitlines()
    if line.startswith("| ") and not line.startswith("| threat ")
]


@cache
def names_in(path: str) -> set[str]:
    found = ast.parse((PROJECT_ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {one.name for one in found.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in names_in(path)


def test_every_threat_has_a_measure_and_a_test() -> None:
    assert len(THREATS) > 25
    for line in THREATS:
        threat, measure, held = line.strip("| ").split(" | ")
        assert threat and measure
        assert re.search(r"`[\w/]+\.py::test_\w+`", held), threat


def test_every_actor_has_threats() -> None:
    actors = re.findall(
        r"^\| ([a-z ]+) \|", PAGE.split("## Who would")[1].split("## Boundaries")[0], re.MULTILINE
    )
    sections = [name.lower() for name in re.findall(r"^### (.+)$", PAGE, re.MULTILINE)]
    assert sections == [name for name in actors if name != "actor"]
