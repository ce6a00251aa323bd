"""No sentence that a reader may see is written in the server's code, outside the files of words.

A screen's words are in assets/catalogue (`test_catalogue.py`, `test_strays.py`); what is stored with both languages is
in `dashboard/domain/words.py` and `sentences.py`. Whatever else is Chinese in the server is listed in
`server_strays.json`, with its reason.
"""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.sentences import SENTENCES
from layouts.catalogue import text
from tests.unit.test_catalogue import CJK, ROOT

WORD_FILES = frozenset(("dashboard/domain/words.py", "dashboard/domain/sentences.py"))
# What the simulator makes up stands for what citizens, workers and platforms of a city write: data in Chinese, as
# theirs is, and never shown without 演示数据.
DATA_FOLDERS = ("data_feeds/simulator/",)

# File -> why, and every Chinese text that it may hold.
ALLOWED: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("server_strays.json").read_text(encoding="utf-8")
)


def _literals(source: str) -> Iterator[str]:
    """Chinese texts of a module, without its docstrings and those of its constants."""
    tree = ast.parse(source)
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in said:
            continue
        if CJK.search(node.value):
            yield node.value


def _sources() -> dict[str, Path]:
    found = [*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("data_feeds/**/*.py")]
    named = {str(path.relative_to(ROOT)): path for path in found}
    return {
        name: path
        for name, path in sorted(named.items())
        if name not in WORD_FILES and not name.startswith(DATA_FOLDERS)
    }


def test_no_sentence_is_written_in_the_servers_code() -> None:
    strays = [
        f"{name}: {literal!r}"
        for name, path in _sources().items()
        for literal in _literals(path.read_text(encoding="utf-8"))
        if literal not in ALLOWED.get(name, {"texts": []})["texts"]
    ]
    assert strays == [], "move these into dashboard/domain/sentences.py, or say why they may stay"


def test_no_exception_outlives_its_text() -> None:
    sources = _sources()
    held = {
        name: set(_literals(path.read_text(encoding="utf-8")))
        for name, path in sources.items()
        if name in ALLOWED
    }
    gone = {name: sorted(set(one["texts"]) - held.get(name, set())) for name, one in ALLOWED.items()}
    assert {name: texts for name, texts in gone.items() if texts} == {}
    assert [name for name, one in ALLOWED.items() if not one["why"]] == []


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_has_the_same_gaps_in_both_languages(key: str) -> None:
    zh, en = SENTENCES[key]
    gaps = [{name for _, name, _, _ in string.Formatter().parse(one) if name} for one in (zh, en)]
    assert {name.removesuffix("_en") for name in gaps[0]} == {name.removesuffix("_en") for name in gaps[1]}
    assert CJK.search(zh) and not CJK.search(en)


def test_days_are_written_as_the_screens_write_them() -> None:
    days = [text("live.duration.days", lang, days="{days}", clock="{clock}") for lang in ("zh", "en")]
    assert tuple(days) == SENTENCES["days"]


def test_the_search_finds_a_sentence_and_passes_by_a_docstring() -> None:
    assert list(_literals('"""说明"""\nA = "时限已过"\n"""也是说明"""\n')) == ["时限已过"]
