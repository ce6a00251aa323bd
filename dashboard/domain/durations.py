"""Durations as every screen and every log entry writes them: `m:ss`, `h:mm:ss`, and from a day on `3天04:12`.

assets/live/countdown.mjs has the same rules; tests/live/test_formats_browser.py holds the two together.
"""

from __future__ import annotations

from typing import Final

from dashboard.domain.sentences import sentence

SECOND_MS: Final = 1_000
DAY_S: Final = 86_400


def elapsed(duration_ms: int, lang: str) -> str:
    """How long something took or is ago: `8:40`, `2:08:40`, `3天04:12` ("3d 04:12"); nothing is less than zero."""
    return _written(max(0, duration_ms) // SECOND_MS, 1, lang)


def since(start_at: int, at: int, lang: str) -> str:
    """`+8:40` from `start_at` to `at`: how long after the issue a receipt came."""
    return f"+{elapsed(at - start_at, lang)}"


def remaining(left_ms: int, lang: str) -> str:
    """What a clock shows: `08:40`, so that its digits keep their places; a plus in front when it has passed."""
    shown = _written(abs(left_ms) // SECOND_MS, 2, lang)
    return f"+{shown}" if left_ms < 0 else shown


def both_elapsed(duration_ms: int, name: str) -> dict[str, str]:
    """Return {name: Chinese, name_en: English} of a duration, for a log entry's params."""
    return {name: elapsed(duration_ms, "zh"), f"{name}_en": elapsed(duration_ms, "en")}


def _written(seconds: int, width: int, lang: str) -> str:
    days, rest = divmod(seconds, DAY_S)
    hours, rest = divmod(rest, 3_600)
    minutes, secs = divmod(rest, 60)
    if days:
        zh, en = sentence("days", days=days, clock=f"{hours:02}:{minutes:02}")
        return en if lang == "en" else zh
    if hours:
        return f"{hours}:{minutes:02}:{secs:02}"
    return f"{minutes:0{width}}:{secs:02}"
