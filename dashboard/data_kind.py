"""Which kind of data a data folder holds, demonstration or real: said once, by the first start on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dashboard.settings import SettingError, Settings

DEMONSTRATION, REAL = "demonstration", "real"
_IN_WORDS = {DEMONSTRATION: "演示数据 · demonstration data", REAL: "真实数据 · real data"}
_SETTING = "ZHONGSHU_DEMONSTRATION"


def mark_of(var_dir: Path) -> Path:
    """Return the file that says it; it is missing until the first start."""
    return var_dir / "data_kind"


def kind_of(var_dir: Path) -> str | None:
    """Return the kind of data in a folder, None before the first start."""
    try:
        return mark_of(var_dir).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def in_words(kind: str) -> str:
    """Return a kind as an operator reads it."""
    return _IN_WORDS.get(kind, kind)


def settings_of_folder(environ: Mapping[str, str]) -> Settings:
    """Read the settings and let the folder say whether it is a demonstration where the environment does not.

    For commands that act on an installation beside its launcher: a demonstration's record never gets real instants.

    Raises:
        SettingError: a setting cannot be used, or it contradicts the folder.
    """
    if not environ.get(_SETTING, "").strip():
        # Read as a demonstration first: it alone may have a rate and a start of its own.
        settings = Settings.from_environment({**environ, _SETTING: "1"})
        return settings if kind_of(settings.var_dir) == DEMONSTRATION else Settings.from_environment(environ)
    settings = Settings.from_environment(environ)
    held = kind_of(settings.var_dir)
    if held is not None and held != kind_wanted(settings):
        raise SettingError(
            _SETTING, f"{int(settings.demonstration)}, 但 but {settings.var_dir}: {in_words(held)}"
        )
    return settings


def kind_wanted(settings: Settings) -> str:
    """Return the kind of data that the settings ask for."""
    return DEMONSTRATION if settings.demonstration else REAL
