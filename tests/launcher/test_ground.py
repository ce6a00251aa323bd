"""The data folder is one launcher's, of one kind of data, and its ports are free."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from dashboard.settings import Settings
from launcher import ground
from launcher.ground import CannotStart


def settings(folder: Path, **given: str) -> Settings:
    environ = {"ZHONGSHU_VAR_DIR": str(folder), "PORT": "9131", "ZHONGSHU_FEEDS_PORT": "9132"}
    return Settings.from_environment({**environ, **given})


def test_a_fresh_folder_is_private_and_has_a_secret(tmp_path: Path):
    ready = settings(tmp_path / "var")
    ground.release(ground.prepare(ready))
    assert stat.S_IMODE(ready.var_dir.stat().st_mode) == 0o700
    assert ready.secret_file.exists()


def test_two_launchers_do_not_share_a_folder(tmp_path: Path):
    lock = ground.prepare(settings(tmp_path))
    with pytest.raises(CannotStart, match="already running"):
        ground.prepare(settings(tmp_path))
    ground.release(lock)
    ground.release(ground.prepare(settings(tmp_path)))


def test_simulated_and_real_data_never_share_a_folder(tmp_path: Path):
    ground.release(ground.prepare(settings(tmp_path, ZHONGSHU_DEMONSTRATION="1")))
    with pytest.raises(CannotStart, match="demonstration data"):
        ground.prepare(settings(tmp_path))


def test_a_taken_port_is_named(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 9131))
        taken.listen()
        with pytest.raises(CannotStart, match=r"PORT: 127\.0\.0\.1:9131"):
            ground.prepare(settings(tmp_path))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot be written"):
        ground.prepare(settings(tmp_path / "file" / "var"))
