"""Reads what the page module put into a store. The browser is not believed: every field is checked for its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from dashboard.domain.step_fields import LATEST_AT

MAX_TEXT = 2_000
MAX_LIST = 100


class Malformed(ValueError):
    """A request whose fields are missing or of the wrong kind; nothing was done."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the desk: on which matter, seen in which version, under which key, in which language."""

    matter_id: str
    command_id: str | None
    expected_version: int | None
    key: str
    lang: str
    fields: Mapping[str, Any]

    def text(self, name: str, *, required: bool = True) -> str:
        """Return a text field; "" when it is missing and not required."""
        value = self.fields.get(name, "")
        if not _is_text(value) or (required and not value.strip()):
            raise Malformed(name)
        return value.strip()

    def instant(self, name: str) -> int | None:
        """Return an instant (UTC ms) or None."""
        return instant_of(self.fields.get(name), name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts without the empty ones."""
        values = self.fields.get(name)
        if not isinstance(values, list) or len(values) > MAX_LIST:
            raise Malformed(name)
        if not all(_is_text(value) for value in values):
            raise Malformed(name)
        return tuple(value.strip() for value in values if value.strip())

    def rows(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """Return a list of objects."""
        values = self.fields.get(name)
        if not isinstance(values, list) or len(values) > MAX_LIST:
            raise Malformed(name)
        if any(not isinstance(value, dict) for value in values):
            raise Malformed(name)
        return tuple(values)

    def arg(self, name: str) -> str:
        """Return an argument of the button that began the act."""
        value = self.fields.get("args", {}).get(name, "")
        if not value:
            raise Malformed(name)
        return str(value)

    def number(self, name: str) -> int | None:
        """Return a whole number that was written into a field, None when it was left empty."""
        written = self.text(name, required=False)
        if not written:
            return None
        if not written.isascii() or not written.isdecimal() or len(written) > 9:
            raise Malformed(name)
        return int(written)

    def picked(self) -> tuple[str, ...]:
        """Return the ids of the rows that were ticked."""
        ids = [one.get("id") for one in self.rows("picked")]
        if not all(_is_text(one) for one in ids):
            raise Malformed("picked")
        return tuple(str(one) for one in ids)

    def command(self) -> str:
        """Return the command that the act is on."""
        if not self.command_id:
            raise Malformed("command_id")
        return self.command_id


def instant_of(value: object, name: str) -> int | None:
    """Return an instant (UTC ms) that a calendar can write, or None.

    Raises:
        Malformed: neither.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST_AT:
        raise Malformed(name)
    return int(value)


def read(data: object) -> Asked:
    """Parse a store's value.

    Raises:
        Malformed: naming the field.
    """
    if not isinstance(data, dict):
        raise Malformed("request")
    matter_id, command_id = data.get("matter_id"), data.get("command_id")
    version, key, lang = data.get("expected_version"), data.get("key", ""), data.get("lang", "zh")
    if not _is_text(matter_id) or not 0 < len(matter_id) <= 64:
        raise Malformed("matter_id")
    if command_id is not None and (not _is_text(command_id) or len(command_id) > 64):
        raise Malformed("command_id")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise Malformed("expected_version")
    if not _is_text(key) or len(key) > 64:
        raise Malformed("key")
    if lang not in ("zh", "en"):
        raise Malformed("lang")
    return Asked(matter_id, command_id, version, key, lang, data)


def read_opening(data: object) -> Asked:
    """Parse a store's value that asks for a dialog; like a form act, but nothing is done yet and no key is needed.

    Raises:
        Malformed: naming the field.
    """
    return read_form({**data, "key": "-"} if isinstance(data, dict) else data)


def read_form(data: object) -> Asked:
    """Parse a store's value that asks for a form act: the matter may be missing, the button's arguments are texts.

    Raises:
        Malformed: naming the field.
    """
    if not isinstance(data, dict):
        raise Malformed("request")
    args = data.get("args", {})
    if not isinstance(args, dict) or not all(_is_text(one) for one in (*args, *args.values())):
        raise Malformed("args")
    on_none = not data.get("matter_id")
    asked = read_act({**data, "matter_id": "-"} if on_none else data)
    return replace(asked, matter_id="") if on_none else asked


def read_act(data: object) -> Asked:
    """Parse a store's value that asks for an act: it also carries the key that keeps the act from happening twice.

    Raises:
        Malformed: naming the field.
    """
    asked = read(data)
    if not asked.key:
        raise Malformed("key")
    return asked


def _is_text(value: object) -> TypeGuard[str]:
    """True for a text that every store can keep: PostgreSQL has no NUL."""
    return isinstance(value, str) and len(value) <= MAX_TEXT and "\0" not in value


def key_of(data: object) -> str:
    """The key of a request that may be malformed, so that its answer finds the one who asked."""
    key = data.get("key") if isinstance(data, dict) else ""
    return key[:64] if isinstance(key, str) else ""


def lang_of(data: object) -> str:
    """The language of a request that may be malformed."""
    return "en" if isinstance(data, dict) and data.get("lang") == "en" else "zh"
