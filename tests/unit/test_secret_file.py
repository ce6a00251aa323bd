"""The installation's secret is made once, is private, and a bad one is said plainly."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dashboard.secret_file import SECRET_BYTES, SecretFileError, ensure_secret, read_secret


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
