"""Turns answers of queries into sentences and charts; which sentence is said when is in `composing`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dashboard.domain.brief import Number, Sentence, in_text_order, shown_number
from dashboard.service.briefs.asking import Answer, Asking, Params
from dashboard.service.briefs.queries import ask, drawn

Say = Callable[..., str]
"""(key, language, **params) -> the catalogue's text; a brief is a Chinese document."""
Row = dict[str, Any]

# Fields that are shares, differences of shares or multiples have one decimal; everything else is a count.
_DECIMAL: Final = ("percent", "points", "times", "usual")


class Writer:
    """Collects the sentences and charts of one brief."""

    def __init__(self, asking: Asking, say: Say) -> None:
        self.asking = asking
        self._say = say
        self._answers: dict[str, Answer] = {}
        self.sentences: list[Sentence] = []
        self.charts: list[Row] = []

    def answer(self, query: str, params: Params) -> Answer:
        """The answer of a query, asked once."""
        key = repr((query, sorted(params.items())))
        if key not in self._answers:
            self._answers[key] = ask(self.asking, query, params)
        return self._answers[key]

    def value(self, query: str, params: Params, field: str) -> float | None:
        """One number of an answer."""
        return self.answer(query, params).fields[field]

    def write(
        self, section: str, key: str, numbers: dict[str, tuple[str, Params, str]], **words: str
    ) -> None:
        """Add a sentence: `numbers` are (query, params, field) by placeholder, `words` names by placeholder.

        A sentence with a number that does not exist (a share of nothing) is not said at all.
        """
        found: dict[str, Number] = {}
        for name, (query, params, field) in numbers.items():
            value = self.value(query, params, field)
            if value is None:
                return
            shown = shown_number(value, 1 if field.rpartition("_")[2] in _DECIMAL else 0)
            found[name] = Number(query, params, field, value, shown)
        # The template with its own placeholders says in which order the numbers stand.
        template = self._say(key, "zh", **{name: "{" + name + "}" for name in (*numbers, *words)})
        text = self._say(key, "zh", **words, **{name: one.shown for name, one in found.items()})
        fixed = tuple(one for one in words.values() if any(letter.isdigit() for letter in one))
        place = f"{section}-{sum(one.section == section for one in self.sentences) + 1}"
        self.sentences.append(Sentence(place, section, text, in_text_order(template, found), fixed))

    def chart(
        self,
        kind: str,
        key: str,
        asked: tuple[str, Params],
        labels: list[str],
        series: list[Row],
        **words: str,
    ) -> None:
        """Add a chart of what a query (name, params) answered: `series` are {"name", and for a rate "target"}."""
        query, params = asked
        values = drawn(query, self.answer(query, params).rows)
        self.charts.append(
            {
                "kind": kind,
                "title": self._say(key, "zh", **words),
                "labels": labels,
                "series": [one | {"values": shown} for one, shown in zip(series, values, strict=True)],
                "query": query,
                "params": params,
            }
        )

    def words(self, key: str, **params: object) -> str:
        """A text of the catalogue."""
        return self._say(key, "zh", **params)
