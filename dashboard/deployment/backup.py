"""A backup is a folder: the database, everything beside it that cannot be made again, and a list with their hashes.

The database is copied first and the attachments after it, so that every row of the copy finds its bytes. Folder and
files are their owner's alone: the secret that opens the citizens' data is among them, so a copy that leaves the machine
has to be encrypted by whatever carries it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dashboard.settings import Settings
from dashboard.store import attachments
from dashboard.store.copying import (
    Facts,
    copy_database,
    copy_file,
    differences,
    facts_of,
    files_of_database,
    names_of_contents,
    put_database,
)
from dashboard.store.store import Store

LIST: Final = "backup.json"
FILES: Final = "files"
SECRET: Final = "secret.key"
DATA_KEYS: Final = "data.keys"
PREFIX: Final = "zhongshu-"
VERSION: Final = 1
# What the next start makes again, or what the database's own copy is instead of.
_NOT_KEPT: Final = frozenset({"redis", "launcher.lock"})


class BackupError(RuntimeError):
    """A backup could not be made, is not whole, or does not fit here; the text says why."""


def make_backup(settings: Settings, into: Path, at: datetime) -> Path:
    """Copy an installation that goes on working; returns the backup's folder, which has its name once it is whole.

    Raises:
        BackupError, CopyError, StoreBusy, OSError: nothing was kept.
    """
    if into.resolve().is_relative_to(settings.var_dir.resolve()):
        raise BackupError(f"{into} lies in the data folder: each backup would copy itself and all before it")
    _private(into)
    folder = into / f"{PREFIX}{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if folder.exists():
        raise BackupError(f"{folder} is there already")
    unfinished = into / f".{folder.name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    try:
        store = Store(settings.database_url)
        try:
            facts = facts_of(store)
        finally:
            store.close()
        database = copy_database(settings.database_url, unfinished)
        copy_file(settings.secret_file, unfinished / SECRET)
        # After the database, so that every key that sealed a row of the copy is in it. None before a first rotation.
        if settings.data_keys_file.exists():
            copy_file(settings.data_keys_file, unfinished / DATA_KEYS)
        for file in _kept(settings):
            target = unfinished / FILES / file.relative_to(settings.var_dir)
            _private(target.parent)
            with contextlib.suppress(
                FileNotFoundError
            ):  # its retention ended, or a carrier took it, just now
                copy_file(file, target)
        names = sorted(file for file in unfinished.rglob("*") if file.is_file())
        listed = {
            "version": VERSION,
            "at": at.astimezone(UTC).isoformat(timespec="seconds"),
            "database": database.name,
            "facts": asdict(facts),
            "files": {str(file.relative_to(unfinished)): _sha256(file) for file in names},
        }
        text = json.dumps(listed, ensure_ascii=False, indent=1) + "\n"
        with os.fdopen(os.open(unfinished / LIST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return folder


def forget_old_backups(into: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of a folder, and return those that went."""
    old = sorted(into.glob(f"{PREFIX}*Z"))[:-keep] if keep else []
    for folder in old:
        shutil.rmtree(folder)
    return old


def read_list(folder: Path) -> dict[str, Any]:
    """Return a backup's list after comparing every file with it.

    Raises:
        BackupError: it is no backup, or a file is missing, changed or not of it.
    """
    try:
        listed: dict[str, Any] = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} is no backup: {error}") from error
    if listed.get("version") != VERSION:
        raise BackupError(f"{folder} was made by another release (version {listed.get('version')})")
    found = {str(file.relative_to(folder)): file for file in folder.rglob("*") if file.is_file()}
    found.pop(LIST, None)
    wanted: dict[str, str] = listed["files"]
    strange = sorted(found.keys() ^ wanted.keys())
    if strange:
        raise BackupError(f"missing or not of the backup: {', '.join(strange[:5])}")
    changed = [name for name, file in found.items() if _sha256(file) != wanted[name]]
    if changed:
        raise BackupError(f"changed since it was made: {', '.join(sorted(changed)[:5])}")
    return listed


def restore(settings: Settings, folder: Path, *, with_database: bool = True) -> Facts:
    """Put a backup where the settings say, into nothing, and compare the result with what was copied.

    The log gets a new identity: screens and Redis know numbers that may come again with another meaning. Without
    `with_database` the database is there already, brought back by its own archive and so newer than this backup; the
    rest of the backup is put beside it. Attachments that the backup lacks come from their second copy, if there is one.

    Raises:
        BackupError, CopyError, StoreBusy, OSError: it does not fit here, or what stands here now is not whole.
    """
    listed = read_list(folder)
    kept = folder / FILES
    places = {folder / SECRET: settings.secret_file}
    if (folder / DATA_KEYS).exists():
        places[folder / DATA_KEYS] = settings.data_keys_file
    places |= {
        file: settings.var_dir / file.relative_to(kept) for file in sorted(kept.rglob("*")) if file.is_file()
    }
    taken = [target for target in places.values() if target.exists()]
    if taken:
        raise BackupError(f"{taken[0]} is there already; restore into an empty data folder")
    if with_database:
        put_database(folder / listed["database"], settings.database_url)
    for source, target in places.items():
        _private(target.parent)
        copy_file(source, target)
    store = Store(settings.database_url)
    try:
        store.migrate()  # the backup may be of an earlier release
        _fetch_attachments(settings, store)
        faults = list(check(settings, Facts(**listed["facts"])))
        if faults:
            raise BackupError("; ".join(faults))
        store.renew_epoch()
        return facts_of(store)
    finally:
        store.close()


def check(settings: Settings, facts: Facts) -> Iterator[str]:
    """Say what an installation lacks of the one that had these facts: log, audit chain, attachments' bytes."""
    store = Store(settings.database_url)
    try:
        yield from differences(store, facts)
        for name in sorted(names_of_contents(store)):
            try:
                attachments.load(settings.var_dir / "attachments", name)
            except attachments.NoSuchContent:
                yield f"the bytes of an attachment are missing or changed: {name}"
    finally:
        store.close()


def _fetch_attachments(settings: Settings, store: Store) -> None:
    """Bring what the backup has no bytes of from the second copy; what is in neither place is named by `check`."""
    first, second = settings.var_dir / "attachments", settings.attachments_copy
    if second is None:
        return
    for name in names_of_contents(store):
        with contextlib.suppress(attachments.NoSuchContent):
            attachments.keep(first, attachments.load_from_any((first, second), name))


def _private(folder: Path) -> None:
    """Make a folder and those above it that are missing, each for its owner alone."""
    for level in (*reversed(folder.parents), folder):
        level.mkdir(mode=0o700, exist_ok=True)


def _kept(settings: Settings) -> Iterator[Path]:
    """Every file of the data folder that no other part of the backup holds."""
    database = set(files_of_database(settings.database_url))
    for place, folders, names in os.walk(settings.var_dir):
        here = Path(place)
        real = here.resolve()
        folders[:] = sorted(one for one in folders if here != settings.var_dir or one not in _NOT_KEPT)
        for name in sorted(names):
            file = here / name
            if (
                real / name in database
                or name in _NOT_KEPT
                or name.startswith(".")
                or file in (settings.secret_file, settings.data_keys_file)
            ):
                continue
            if file.is_file() and not file.is_symlink():
                yield file


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
