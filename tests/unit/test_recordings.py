"""Which of a wall's phrases a city has recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.settings import SettingError, Settings
from data_feeds.http.access import ADDRESSES
from data_feeds.http.recordings import ENDINGS, MAX_BYTES, PHRASES, Recordings

ROOT = Path(__file__).resolve().parents[2]
SAID = [one for one in PHRASES if one != "wall.voice.demonstration"]


def test_without_a_folder_nothing_is_recorded_and_nothing_is_missing() -> None:
    assert Recordings().files() == {}
    assert Recordings().told() == {"in_use": False, "missing": []}


def test_a_phrase_is_found_by_its_key_and_what_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "wall.voice.new.mp3").write_bytes(b"sound")
    (tmp_path / "wall.voice.red.wav").write_bytes(b"")  # a recording that failed
    (tmp_path / "wall.voice.late.ogg").write_bytes(b"x" * (MAX_BYTES + 1))
    (tmp_path / "wall.voice.twenty.txt").write_bytes(b"a note")
    recordings = Recordings(tmp_path)
    assert recordings.files() == {"wall.voice.new": "wall.voice.new.mp3"}
    assert recordings.told() == {"in_use": True, "missing": [one for one in SAID if one != "wall.voice.new"]}
    (tmp_path / "wall.voice.red.wav").write_bytes(b"sound")  # while the product runs
    assert "wall.voice.red" in recordings.files()


def test_the_word_before_a_demonstration_is_missed_only_there(tmp_path: Path) -> None:
    for phrase in SAID:
        (tmp_path / f"{phrase}.m4a").write_bytes(b"sound")
    assert Recordings(tmp_path).told()["missing"] == []
    assert Recordings(tmp_path, demonstration=True).told()["missing"] == ["wall.voice.demonstration"]


def test_the_phrases_are_those_that_a_wall_says_and_their_files_can_be_reached() -> None:
    words = json.loads((ROOT / "assets" / "catalogue" / "wall_control.json").read_text(encoding="utf-8"))
    causes = (ROOT / "assets" / "live" / "earcons.mjs").read_text(encoding="utf-8")
    for phrase in PHRASES:
        assert phrase in words
        assert phrase == "wall.voice.demonstration" or f"  {phrase.split('.')[-1]}: [[" in causes
        for ending in ENDINGS:
            path = f"/voice/{phrase}{ending}"
            (address,) = [one for one in ADDRESSES if one.pattern.fullmatch(path)]
            assert address.need == "watcher"


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    assert Settings.from_environment({}).voice_folder is None
    assert Settings.from_environment({"ZHONGSHU_VOICE_FOLDER": str(tmp_path)}).voice_folder == tmp_path
    with pytest.raises(SettingError, match="ZHONGSHU_VOICE_FOLDER"):
        Settings.from_environment({"ZHONGSHU_VOICE_FOLDER": str(tmp_path / "nowhere")})
