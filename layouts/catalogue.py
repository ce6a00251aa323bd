"""Every visible string, by key and language.

A feature owns one file, `assets/catalogue/<feature>.json`:
`{"board.title": {"zh": "到时看板", "en": "Due board"}}`. Keys are unique over all files. The browser
reads the same files through `assets/live/catalogue.mjs`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
CATALOGUE_DIR: Final = Path(__file__).resolve().parent.parent / "assets" / "catalogue"

# What somebody wrote must not turn the direction of the words that stand after it in the same sentence.
_TURNING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class CatalogueError(Exception):
    """A catalogue file is malformed, or a key or a parameter is missing."""


def read_catalogue(directory: Path) -> Mapping[str, Mapping[Language, str]]:
    """Return key -> language -> text of all files under `directory`.

    Raises CatalogueError naming the file and the key: not an object of both languages, a key that two
    files define, or languages whose placeholders differ.
    """
    merged: dict[str, Mapping[Language, str]] = {}
    owner: dict[str, str] = {}
    for path in sorted(directory.glob("*.json")):
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as fault:
            raise CatalogueError(f"{path.name}:{fault.lineno}: {fault.msg}") from fault
        for key, texts in entries.items():
            _check(path.name, key, texts)
            if key in owner:
                raise CatalogueError(f"{path.name}: {key} is already in {owner[key]}")
            merged[key], owner[key] = texts, path.name
    return merged


def _check(file: str, key: str, texts: Any) -> None:
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        raise CatalogueError(f"{file}: {key} needs exactly the languages {', '.join(LANGUAGES)}")
    for language, value in texts.items():
        if not isinstance(value, str) or not value:
            raise CatalogueError(f"{file}: {key} has no text in {language}")
    wanted = {language: set(_PLACEHOLDER.findall(value)) for language, value in texts.items()}
    if wanted["zh"] != wanted["en"]:
        raise CatalogueError(f"{file}: {key} has different placeholders in zh and en")


@cache
def _catalogue() -> Mapping[str, Mapping[Language, str]]:
    return read_catalogue(CATALOGUE_DIR)


def text(key: str, lang: str = "zh", **params: object) -> str:
    """Return the text of `key` in `lang` with its `{placeholders}` filled from `params`.

    Raises CatalogueError when the key, the language or a parameter is missing: a screen with a hole in it
    is a fault to be found by a test, not to be shown.
    """
    try:
        template = _catalogue()[key][_language(lang)]
    except KeyError:
        raise CatalogueError(f"no text for {key!r} in {lang!r}") from None

    def fill(match: re.Match[str]) -> str:
        try:
            # A log entry is written once for readers of both languages: `step_en` stands beside `step`.
            said = str(params.get(f"{match[1]}_{lang}", params[match[1]]))
        except KeyError:
            raise CatalogueError(f"{key} needs the parameter {match[1]!r}") from None
        return said.translate(_TURNING)

    return _PLACEHOLDER.sub(fill, template)


def sentence(words: str) -> str:
    """Return `words` as a heading, a label or a line begins: with a capital, where the script has them."""
    return words[:1].upper() + words[1:]


def has_text(key: str) -> bool:
    """Tell whether any catalogue file defines `key`."""
    return key in _catalogue()


def said_or_code(key: str, lang: str = "zh", **params: object) -> str:
    """Return the text of `key`, its last part where no catalogue has it: a code that a later release wrote."""
    return text(key, lang, **params) if has_text(key) else key.rpartition(".")[2]


def _language(lang: str) -> Language:
    if lang == "zh":
        return "zh"
    if lang == "en":
        return "en"
    raise CatalogueError(f"no language {lang!r}; known: {', '.join(LANGUAGES)}")
