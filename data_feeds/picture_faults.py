"""Which pictures could not be made: how often since this process began, and since when where they still cannot."""

from __future__ import annotations

from collections import Counter


class PictureFaults:
    """Counts by the picture's name on the bus."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._since: dict[str, int] = {}

    def count(self, name: str, now: int) -> None:
        """Count one that failed at `now`, UTC ms."""
        self._counts[name] += 1
        self._since.setdefault(name, now)

    def over(self, name: str) -> None:
        """Take note of one that was made."""
        self._since.pop(name, None)

    def said(self) -> dict[str, dict[str, int | None]]:
        """Return name -> `count`, and `since` (UTC ms, None where the last one was made)."""
        return {
            name: {"count": count, "since": self._since.get(name)}
            for name, count in sorted(self._counts.items())
        }
