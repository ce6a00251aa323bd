"""No word of a screen is written outside the catalogues, in whatever language, and no label mixes two languages.

`test_catalogue.py` finds Chinese characters in the code. English words hide among class names and messages to
developers, so they are looked for where a screen shows text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from layouts.catalogue import CATALOGUE_DIR, read_catalogue, text
from tests.unit.test_catalogue import CJK, JS_TOKEN, PYTHON, ROOT, SCRIPTS

CATALOGUE = read_catalogue(CATALOGUE_DIR)
WORD = re.compile(r"[A-Za-z]{2,}")
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")

# What is the same in both languages: caps of keys, names of formats, units, what is typed on a command line.
SAID_IN_BOTH = frozenset((
    "Space", "Enter", "Esc", "EN", "km", "KB", "MB", "PDF", "JPEG", "PNG", "WebP", "CSV", "Excel", "Word", "SHA",
    "JSONL", "JavaScript", "webhook", "https", "python", "dashboard", "administration", "help",
    "Erlang",
))  # fmt: skip
# Keys whose text is in the other language on purpose: the switch names what it switches to, and the one-character
# marks of the map stay Chinese in both languages (look.md).
OF_THE_OTHER = frozenset((
    "desk.switch.language", "hand.other_language", "hand.other_language_short", "desk.glyph.conferring",
    "live.symbol.sos", "wall.map.conferring", "wall.map.help", "wall.map.unit_code_unknown",
))  # fmt: skip


def test_an_english_text_has_no_chinese_characters_or_punctuation() -> None:
    mixed = {key: texts["en"] for key, texts in CATALOGUE.items() if CJK.search(texts["en"])}
    assert set(mixed) <= OF_THE_OTHER, mixed


def test_a_chinese_text_has_no_english_words() -> None:
    words = {key: set(WORD.findall(PLACEHOLDER.sub("", texts["zh"]))) for key, texts in CATALOGUE.items()}
    mixed = {key: found - SAID_IN_BOTH for key, found in words.items() if found - SAID_IN_BOTH}
    assert set(mixed) <= OF_THE_OTHER, mixed


def test_a_text_that_is_the_same_in_both_languages_has_no_words() -> None:
    same = {key: texts["zh"] for key, texts in CATALOGUE.items() if texts["zh"] == texts["en"]}
    untranslated = {
        key: words
        for key, words in same.items()
        if key not in OF_THE_OTHER and set(WORD.findall(PLACEHOLDER.sub("", words))) - SAID_IN_BOTH
    }
    assert not untranslated


# -- layouts and callbacks ------------------------------------------------------------------------------------------

SHOWN_PROPS = frozenset(
    ("children", "title", "placeholder", "alt", "label", "aria-label", "headerName", "value")
)
SHOWN_DATA = SHOWN_PROPS | {"data-placeholder", "data-label", "data-saved", "data-restored"}
PYTHON_ALLOWED = frozenset(("Esc", "PDF"))


def _texts(node: ast.expr) -> Iterator[ast.Constant]:
    """Every constant that `node` may become as text: in lists, in f-strings, in branches and sums."""
    match node:
        case ast.Constant(value=str()):
            yield node
        case (
            ast.List(elts=parts)
            | ast.Tuple(elts=parts)
            | ast.JoinedStr(values=parts)
            | ast.BoolOp(values=parts)
        ):
            for part in parts:
                yield from _texts(part)
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            yield from _texts(one)
            yield from _texts(other)
        case ast.Starred(value=inside) | ast.ListComp(elt=inside) | ast.GeneratorExp(elt=inside):
            yield from _texts(inside)


def _shown(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("html.", "dcc.", "Text")):
            for place in node.args[:1] + [one.value for one in node.keywords if one.arg in SHOWN_PROPS]:
                yield from _texts(place)
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in SHOWN_DATA:
                    yield from _texts(value)


def _python_words(source: str) -> set[str]:
    return {one.value for one in _shown(ast.parse(source)) if WORD.search(str(one.value))}


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_layout_writes_no_english_word_of_its_own(path: Path) -> None:
    assert _python_words(path.read_text(encoding="utf-8")) <= PYTHON_ALLOWED


def test_the_search_finds_english_in_a_layout() -> None:
    source = (
        "html.Div([html.B('Left'), html.Span(f'{n} open', title='x' if n else 'All open')], className='a b')"
    )
    assert _python_words(source) == {"Left", " open", "All open"}


# -- scripts --------------------------------------------------------------------------------------------------------

# What a screen shows stands behind one of these; `el`, `node`, `make` and `plain` are the makers of elements.
JS_SHOWN = re.compile(
    r"""(?:\b(?:textContent|innerText|placeholder|title|ariaLabel|alt)\s*[=:]\s*"""
    r"""|setAttribute\(\s*["'](?:aria-label|title|placeholder|alt)["']\s*,\s*"""
    r"""|createTextNode\(\s*|(?:append|replaceChildren|prepend)\(\s*|\bplain\(\s*)$"""
)
# Two words beside each other, or one that begins like a sentence, in what is no message to a developer.
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|^[A-Z][a-z]{2,} ")
TO_DEVELOPERS = re.compile(r"(?:Error|Photo|Away|super|reject|restart|console\.\w+)\((?:[^\"'`\n]*,\s*)?$")
CLASS_LIST = re.compile(r"\bclass(?:Name)?\s*[=:]\s*(?:[^\"'`,;{}]*(?:\"[^\"]*\"\s*:\s*)?)?$")
HYPHENATED = re.compile(r"^[a-z]+-[a-z-]+$")  # a class name of ours
JS_ALLOWED = frozenset(
    (
        "use strict",
        "whole cut",  # classes
        # A canvas does not read the style sheet: names of faces.
        '"IBM Plex Sans Condensed", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", '
        '"Zhongshu CJK", sans-serif',
        "px sans-serif",
    )
)


def _without_values(template: str) -> str:
    """A template's own words, without what is put in between them (`${text("x", { count })}`)."""
    kept, depth = "", 0
    for part in re.findall(r"\$\{|[{}]|[^{}$]+|\$", template):
        if part == "${" or (depth and part == "{"):
            depth += 1
        elif depth and part == "}":
            depth -= 1
        elif not depth:
            kept += part
    return kept


def _script_words(source: str) -> Iterator[str]:
    for token in JS_TOKEN.finditer(source):
        if token[0].startswith("/"):
            continue
        literal = _without_values(token[0][1:-1])
        before = source[max(0, token.start() - 200) : token.start()]
        is_shown = JS_SHOWN.search(before) and WORD.search(literal)
        is_class = CLASS_LIST.search(before) or all(HYPHENATED.search(word) for word in literal.split()[:1])
        is_other = is_class or TO_DEVELOPERS.search(before)
        if (is_shown or (SENTENCE.search(literal) and not is_other)) and literal not in JS_ALLOWED:
            yield literal


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_writes_no_english_word_of_its_own(path: Path) -> None:
    assert list(_script_words(path.read_text(encoding="utf-8"))) == []


def test_the_search_finds_english_in_a_script() -> None:
    source = """
      node.textContent = "Overdue"; button.title = `${n} left`; x.append("Sent"); // node.textContent = "a comment"
      const words = "nothing is certain"; node.className = "provenance push"; throw new Error("not for the screen");
      node.textContent = text("desk.queue.left"); x.append(`${text("desk.key", { count: `${n}` })} · ${m}`);
    """
    assert list(_script_words(source)) == ["Overdue", " left", "Sent", "nothing is certain"]


def test_the_two_languages_are_told_apart() -> None:
    assert text("desk.asks.title", "zh") != text("desk.asks.title", "en")
