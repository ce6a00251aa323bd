"""The installation's secret is made once, is private, and a bad one is said plainly."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dashboard.store.secret_file import (
    SECRET_BYTES,
    SecretFileError,
    Secrets,
    ensure_secret,
    open_secrets,
    read_secret,
    write_secrets,
)


def test_the_first_start_makes_a_private_secret_and_later_ones_keep_it(tmp_path: Path):
    file = tmp_path / "var" / "secret.key"
    made = ensure_secret(file)
    assert len(made) == SECRET_BYTES
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ensure_secret(file) == made == read_secret(file)
    assert list(file.parent.iterdir()) == [file]


def test_two_installations_have_different_secrets(tmp_path: Path):
    assert ensure_secret(tmp_path / "one") != ensure_secret(tmp_path / "two")


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        ("ab" * 32, 0o644, "readable by others"),
        ("", 0o600, "holds no secret"),
        (f"{'ab' * 32}\n{'ab' * 32}\n", 0o600, "holds a secret twice"),
        (f"{'ab' * 32}\nname:short\n", 0o600, "stands once"),
        ("ab" * 16, 0o600, "holds 16 bytes"),
        ("not a secret", 0o600, "not hexadecimal"),
        ("密", 0o600, "cannot be read"),
    ],
)
def test_an_unusable_secret_is_refused_with_what_to_do(tmp_path: Path, text: str, mode: int, reason: str):
    file = tmp_path / "secret.key"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(SecretFileError, match=reason):
        ensure_secret(file)


def test_a_missing_secret_is_not_made_by_who_only_reads(tmp_path: Path):
    with pytest.raises(SecretFileError, match="missing"):
        read_secret(tmp_path / "secret.key")


def test_a_file_that_breaks_under_a_running_process_leaves_the_last_good_list(tmp_path: Path):
    secrets: Secrets = open_secrets(tmp_path / "secret.key")
    write_secrets(secrets.file, secrets.list().with_new())
    before = secrets.all()
    assert len(before) == 2
    secrets.file.write_text("not a secret")
    assert secrets.all() == before
    secrets.file.unlink()
    assert secrets.all() == before
    write_secrets(secrets.file, secrets.list().without_older())
    assert secrets.all() == before[:1]
