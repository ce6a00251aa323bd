"""What a line of the log looks like: text for people, or one JSON object for whatever collects them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final, Literal

from dashboard import request_id

LogFormat = Literal["text", "json"]
FIELDS: Final = "fields"
"""The name under which a caller gives `extra` a mapping of what a line says beside its words."""


class TextLine(logging.Formatter):
    """Time, process, level and words; the request's name at the end where there is one."""

    def __init__(self, part: str) -> None:
        super().__init__(f"%(asctime)s {part} %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """As the parent's own, and the name."""
        line, name = super().formatMessage(record), request_id.current()
        return f"{line} [{name}]" if name else line


class JsonLine(logging.Formatter):
    """One object: `at` (UTC), `level`, `part`, `logger`, `words`, `request_id`, `fault` (a trace), and the fields."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        """Return the object on one line, whatever the words hold."""
        at = datetime.fromtimestamp(record.created, UTC)
        said: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": self._part,
            "logger": record.name,
            "words": record.getMessage(),
        }
        name = request_id.current()
        if name:
            said["request_id"] = name
        fields = getattr(record, FIELDS, None)
        if isinstance(fields, dict):
            said |= {key: value for key, value in fields.items() if key not in said}
        if record.exc_info:
            said["fault"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def formatter(kind: LogFormat, part: str) -> logging.Formatter:
    """Return how the process `part` writes its lines."""
    return JsonLine(part) if kind == "json" else TextLine(part)


def set_up(part: str, level: str, kind: LogFormat) -> None:
    """Send every line of this process to its error output, from `level` (a setting's word) upwards."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(kind, part))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # A line for each request that we make, with its whole address: a gateway's may hold a key.
    logging.getLogger("httpx").setLevel(logging.WARNING)
