"""Every refusal that the code can give has a sentence, and no sentence waits for a refusal that is gone."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from layouts.catalogue import CATALOGUE_DIR

PROJECT_ROOT = Path(__file__).resolve().parents[2]
# Codes that travel as arguments before they become a refusal.
GIVEN_AS_ARGUMENTS = {"required_text"}
REFUSING_ROOMS = ("dashboard", "callbacks")  # the desk's line of words is refused before any act is asked for
# For codes that some later release gives and this catalogue does not know.
CATCH_ALL = "without_words"


def codes() -> set[str]:
    found = set()
    files = [file for room in REFUSING_ROOMS for file in (PROJECT_ROOT / room).rglob("*.py")]
    for file in sorted(files):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = 1 if node.func.id in GIVEN_AS_ARGUMENTS else 0
            if node.func.id in GIVEN_AS_ARGUMENTS | {"Refusal", "Refused"} and len(node.args) > place:
                code = node.args[place]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.add(code.value)
    return found


def test_every_refusal_has_a_sentence_and_every_sentence_a_refusal() -> None:
    named = json.loads((CATALOGUE_DIR / "refusals.json").read_text(encoding="utf-8"))
    assert {key.removeprefix("refusal.") for key in named} == codes() | {CATCH_ALL}
