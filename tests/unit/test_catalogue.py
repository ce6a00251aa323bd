"""Every visible string has a key, every key used has both languages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from layouts.catalogue import CATALOGUE_DIR, CatalogueError, has_text, read_catalogue, text

ROOT = Path(__file__).resolve().parents[2]
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
PYTHON = sorted([*ROOT.glob("layouts/**/*.py"), *ROOT.glob("callbacks/**/*.py")])
SCRIPTS = sorted([*ROOT.glob("assets/**/*.mjs"), *ROOT.glob("assets/*.js")])

# One pass over a script: comments go, strings stay, so that "//" inside a string is not a comment.
JS_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`", re.S
)
JS_KEY = re.compile(r"""(?<![.\w])text\(\s*["']([a-z][\w.]*)["']""")


def _without_comments(source: str) -> str:
    def keep(match: re.Match[str]) -> str:
        token = match[0]
        return "\n" * token.count("\n") if token.startswith("/") else token

    return JS_TOKEN.sub(keep, source)


def _docstrings(tree: ast.AST) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def _python_strays(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if CJK.search(node.value):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {node.value.strip()[:60]!r}"


def _script_strays(path: Path) -> Iterator[str]:
    lines = _without_comments(path.read_text(encoding="utf-8")).splitlines()
    for number, line in enumerate(lines, 1):
        if CJK.search(line):
            yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"


def test_no_visible_string_is_written_outside_the_catalogues() -> None:
    strays = [stray for path in PYTHON for stray in _python_strays(path)]
    strays += [stray for path in SCRIPTS for stray in _script_strays(path)]
    assert not strays, "move these into assets/catalogue/<feature>.json:\n" + "\n".join(strays)


def _keys_in_python(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("text", "catalogue.text"):
            continue
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            yield node.lineno, node.args[0].value


def _keys_in_script(path: Path) -> Iterator[tuple[int, str]]:
    source = _without_comments(path.read_text(encoding="utf-8"))
    for match in JS_KEY.finditer(source):
        yield source.count("\n", 0, match.start()) + 1, match[1]


def test_every_key_used_is_in_a_catalogue() -> None:
    used = [(path, line, key) for path in PYTHON for line, key in _keys_in_python(path)]
    used += [(path, line, key) for path in SCRIPTS for line, key in _keys_in_script(path)]
    missing = [f"{path.relative_to(ROOT)}:{line}: {key}" for path, line, key in used if not has_text(key)]
    assert not missing, "no catalogue has these keys:\n" + "\n".join(missing)


def test_catalogues_are_whole_in_both_languages() -> None:
    assert read_catalogue(CATALOGUE_DIR)


def test_placeholders_are_filled_and_a_missing_one_is_an_error() -> None:
    assert text("map.kilometres", "en", length=10) == "10 km"
    with pytest.raises(CatalogueError, match="length"):
        text("map.kilometres")


def test_what_turns_the_direction_of_writing_stays_out_of_a_sentence() -> None:
    turned = text("desk.feed.late", "zh", name="\u202e司法\u2066局\u2069", minutes=3)
    assert turned == text("desk.feed.late", "zh", name="司法局", minutes=3)


def test_an_unknown_key_or_language_is_an_error() -> None:
    with pytest.raises(CatalogueError, match=r"no\.such\.key"):
        text("no.such.key")
    with pytest.raises(CatalogueError, match="fr"):
        text("map.schematic", "fr")


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ({"a": {"zh": "一"}}, "languages"),
        ({"a": {"zh": "一", "en": ""}}, "no text in en"),
        ({"a": {"zh": "{n} 件", "en": "{m} matters"}}, "placeholders"),
    ],
)
def test_a_faulty_file_is_refused_by_name(tmp_path: Path, entries: dict[str, object], complaint: str) -> None:
    (tmp_path / "wall.json").write_text(json.dumps(entries), encoding="utf-8")
    with pytest.raises(CatalogueError, match=rf"wall\.json: a .*{complaint}"):
        read_catalogue(tmp_path)


def test_two_files_may_not_define_one_key(tmp_path: Path) -> None:
    for name in ("desk.json", "wall.json"):
        (tmp_path / name).write_text('{"a": {"zh": "一", "en": "one"}}', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"wall\.json: a is already in desk\.json"):
        read_catalogue(tmp_path)
