# SPDX-License-Identifier: Apache-2.0
"""A copy of the database while others write to it: one state of it, checked, for its owner's eyes only.

It is made in one step: in WAL mode its reader keeps no writer waiting, and copying by parts would begin anew whenever
another process writes.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from syndicate.errors import StoreError, UsageError

_POSTGRESQL = "use the server's own means: pg_dump --format=custom --file=FILE URL"


def copy(source: Path | None, target: Path) -> int:
    """Copy the SQLite database ``source`` to the new file ``target``, whole or not at all; its size in bytes.

    UsageError: the target exists, or there is no file to copy. StoreError: the copy cannot be written, or is not sound.
    """
    if source is None:
        raise UsageError("a database on a server is not copied here", subject=str(target), remedy=_POSTGRESQL)
    if target.exists():
        raise UsageError("is there already", subject=str(target), remedy="name a new file")
    try:
        with tempfile.TemporaryDirectory(prefix=".syndicate-", dir=target.parent) as folder:
            half = Path(folder) / "copy.db"
            _fill(source, half)
            size = half.stat().st_size
            os.link(half, target)  # unlike a rename, this never replaces what somebody else made meanwhile
            _settle(target.parent)
    except OSError as error:
        raise StoreError(f"cannot be written ({error.strerror})", subject=str(target), remedy=_ROOM) from error
    return size


_ROOM = "check the folder and its free space; the database itself is as it was"


def _fill(source: Path, half: Path) -> None:
    os.close(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(half)) as made:
            whole.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            (verdict,) = made.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"the copy could not be made ({error})", subject=str(half.name), remedy=_ROOM) from error
    if verdict != "ok":
        remedy = "restore the last good copy and look for the cause on the disk"
        raise StoreError(f"the database is damaged ({verdict})", subject=str(source), remedy=remedy)
    with half.open("rb") as file:
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
