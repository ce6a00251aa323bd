"""Who acts on a data folder from outside its launcher lives in the folder's own time, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import administration
from dashboard.clock import open_clock, stop_demonstration
from dashboard.data_kind import mark_of, settings_of_folder
from dashboard.settings import SettingError


def environ(folder: Path, **given: str) -> dict[str, str]:
    return {"ZHONGSHU_VAR_DIR": str(folder), **given}


def test_a_command_follows_the_folder_where_the_environment_is_silent(tmp_path: Path) -> None:
    assert not settings_of_folder(environ(tmp_path)).demonstration
    mark_of(tmp_path).write_text("demonstration\n")
    assert settings_of_folder(environ(tmp_path)).demonstration
    assert settings_of_folder(environ(tmp_path, ZHONGSHU_CLOCK_RATE="10")).clock_rate == 10.0
    mark_of(tmp_path).write_text("real\n")
    assert not settings_of_folder(environ(tmp_path)).demonstration


@pytest.mark.parametrize(("held", "said"), [("demonstration", "0"), ("real", "1")])
def test_an_environment_that_contradicts_the_folder_is_refused(tmp_path: Path, held: str, said: str) -> None:
    mark_of(tmp_path).write_text(f"{held}\n")
    with pytest.raises(SettingError, match=rf"ZHONGSHU_DEMONSTRATION: {said}, .*{held} data"):
        settings_of_folder(environ(tmp_path, ZHONGSHU_DEMONSTRATION=said))


def test_an_administrator_s_command_stamps_the_demonstration_s_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mark_of(tmp_path).write_text("demonstration\n")
    for name, value in environ(tmp_path, ZHONGSHU_CLOCK_START="2020-02-03T10:30").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ZHONGSHU_DEMONSTRATION", raising=False)
    settings = settings_of_folder(environ(tmp_path, ZHONGSHU_CLOCK_START="2020-02-03T10:30"))
    clock = open_clock(settings)
    stop_demonstration(settings, clock)
    stamps: list[int] = []

    def note(*about: object) -> int:
        stamps.append(about[-1])  # type: ignore[arg-type]
        return 0

    monkeypatch.setattr(administration, "_migrate", note)
    assert administration.main(["migrate"]) == 0
    assert stamps == [open_clock(settings).now_ms()]
