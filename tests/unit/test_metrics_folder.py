"""Counters of several processes: in a folder of this user alone, added up by whoever is asked."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.settings import PROJECT_ROOT
from data_feeds.http import metrics_folder
from data_feeds.http.metrics_folder import VARIABLE, open_folder, remove_folder

ONE_PROCESS = """
from data_feeds.http.metrics import Metrics
stats = dict.fromkeys(
    ("opened", "sent", "sent_bytes", "movement_dropped", "closed_slow", "closed_dead", "reloads", "holes",
     "malformed_frames", "most_waiting_bytes", "matters", "commands", "workers"), 0)
stats |= {"screens": SCREENS, "picture": "live", "bus": "up", "store": "up", "seq": 7, "last_tick_at": None}
metrics = Metrics()
metrics.answered("GET", 200, 0.02)
print(metrics.text(stats, {}, 0, "r1").decode())
"""


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place like /dev/shm, and no folder chosen yet."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr(metrics_folder, "_MEMORY", tmp_path)
    return tmp_path


def test_the_folder_is_this_users_alone_and_begins_empty(memory: Path) -> None:
    folder = open_folder(memory / "var", 8050)
    assert folder.parent == memory
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert os.environ[VARIABLE] == str(folder)
    (folder / "counter_1.db").write_bytes(b"of a master that was killed")
    os.environ[VARIABLE] = ""
    assert open_folder(memory / "var", 8050) == folder
    assert os.listdir(folder) == []
    os.environ[VARIABLE] = ""
    assert open_folder(memory / "var", 8060) != folder
    remove_folder()
    assert os.listdir(memory) == [folder.name]


def test_a_folder_that_others_can_reach_is_not_used(memory: Path) -> None:
    folder = open_folder(memory / "var", 8050)
    folder.chmod(0o755)
    os.environ[VARIABLE] = ""
    other = open_folder(memory / "var", 8050)
    assert other != folder
    remove_folder()
    assert not other.exists()


def test_a_folder_that_is_given_is_used_and_only_counters_are_removed(memory: Path) -> None:
    given = memory / "run"
    given.mkdir()
    (given / "other").touch()
    (given / "counter_1.db").touch()
    os.environ[VARIABLE] = str(given)
    assert open_folder(memory / "var", 8050) == given
    remove_folder()
    assert os.listdir(given) == ["other"]


def test_two_processes_answer_for_both(memory: Path) -> None:
    folder = open_folder(memory / "var", 8050)

    def run(screens: int) -> str:
        return subprocess.run(
            [sys.executable, "-c", ONE_PROCESS.replace("SCREENS", str(screens))],
            cwd=PROJECT_ROOT, env={**os.environ, VARIABLE: str(folder)}, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    run(3)
    said = run(4)
    assert 'zhongshu_http_answers_total{method="GET",status="200"} 2.0' in said
    assert "\nzhongshu_screens 7.0\n" in said
    assert "\nzhongshu_web_processes 2.0\n" in said
    assert "\nzhongshu_picture_ready 1.0\n" in said
