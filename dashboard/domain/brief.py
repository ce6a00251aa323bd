"""A brief's sentences and the numbers in them: which query gave each, and which no query gives any more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

MOST_SENTENCES: Final = 60
LONGEST_SENTENCE: Final = 500  # characters, as any text that an officer writes

# A number as a brief writes it. Chinese numerals are words here: "三件要紧事" is a heading and no finding.
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")

State = Literal["words", "query", "unlinked"]


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a sentence: `field` of the answer of the named query with these parameters.

    `value` is what the query answered when the brief was made, `shown` how the sentence writes it.
    """

    query: str
    params: Mapping[str, Any]
    field: str
    value: float
    shown: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a section with its numbers in the order of its text; `fixed` are names and dates with digits."""

    id: str
    section: str
    text: str
    numbers: tuple[Number, ...] = ()
    fixed: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence: words, a number of a query (`number`: its place in the sentence), or one of no query."""

    state: State
    text: str
    number: int | None = None


def shown_number(value: float, decimals: int = 0) -> str:
    """Return a number as a brief writes it: 1,431; 89.2."""
    return f"{value:,.{decimals}f}"


def parts_of(text: str, numbers: Sequence[Number], fixed: Sequence[str] = ()) -> list[Part]:
    """Return a sentence in pieces. A number belongs to the first of `numbers` that is written so and not yet found."""
    guarded = [re.escape(one) for one in sorted(fixed, key=len, reverse=True) if one]
    found = re.compile("|".join([*(f"(?P<fixed>{'|'.join(guarded)})" for _ in guarded[:1]), _NUMBER.pattern]))
    left = list(enumerate(numbers))
    parts: list[Part] = []
    place = 0
    for match in found.finditer(text):
        if match.lastgroup == "fixed":
            continue
        if match.start() > place:
            parts.append(Part("words", text[place : match.start()]))
        place = match.end()
        owner = next((one for one in left if one[1].shown == match[0]), None)
        if owner is None:
            parts.append(Part("unlinked", match[0]))
        else:
            left.remove(owner)
            parts.append(Part("query", match[0], owner[0]))
    if place < len(text):
        parts.append(Part("words", text[place:]))
    return parts


def unlinked(text: str, numbers: Sequence[Number], fixed: Sequence[str] = ()) -> list[str]:
    """Return the numbers of a sentence that no query gave."""
    return [one.text for one in parts_of(text, numbers, fixed) if one.state == "unlinked"]


def in_text_order(template: str, numbers: Mapping[str, Number]) -> tuple[Number, ...]:
    """Return the numbers that a template names, in the order in which its text names them."""
    return tuple(numbers[name] for name in _PLACEHOLDER.findall(template) if name in numbers)


def sentence_row(one: Sentence) -> dict[str, Any]:
    """Return a sentence as the store keeps it."""
    return {
        "id": one.id,
        "section": one.section,
        "text": one.text,
        "fixed": list(one.fixed),
        "numbers": [
            {
                "query": number.query,
                "params": dict(number.params),
                "field": number.field,
                "value": number.value,
                "shown": number.shown,
            }
            for number in one.numbers
        ],
    }


def sentence_of(row: Mapping[str, Any]) -> Sentence:
    """Return a sentence from the store."""
    numbers = tuple(
        Number(one["query"], one["params"], one["field"], one["value"], one["shown"])
        for one in row.get("numbers", ())
    )
    return Sentence(row["id"], row["section"], row["text"], numbers, tuple(row.get("fixed", ())))
