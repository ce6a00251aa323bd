"""Which query gave each number of a brief, as paper says it: a mark behind the number and a line at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_feeds.http.answering import ApiParts
from data_feeds.http.exports_api import local_time


class References:
    """Numbers queries in the order in which a brief's numbers come from them; the same query asked alike has one."""

    def __init__(self, parts: ApiParts) -> None:
        self._parts = parts
        self._numbers: dict[str, int] = {}
        self.lines: list[str] = []

    def mark(self, query: str, params: Mapping[str, Any]) -> str:
        """Return the mark of a query with these parameters, as "[2]"."""
        key = repr((query, sorted(params.items())))
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.lines.append(
                self._parts.say(
                    "brief.file.reference",
                    "zh",
                    n=self._numbers[key],
                    query=self._parts.say(f"briefs.query.{query}", "zh"),
                    name=query,
                    params="，".join(
                        f"{name}={_shown(name, value)}" for name, value in sorted(params.items())
                    ),
                )
            )
        return f"[{self._numbers[key]}]"

    def of_chart(self, chart: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a chart with its query's mark in its title; one of an earlier release has none."""
        if "query" not in chart:
            return chart
        return {**chart, "title": f"{chart['title']} {self.mark(chart['query'], chart['params'])}"}


def _shown(name: str, value: Any) -> str:
    return local_time(value) if name.endswith("_at") and isinstance(value, int) else str(value)
