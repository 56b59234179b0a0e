# SPDX-License-Identifier: Apache-2.0
"""A copy of the database while others write to it: one state of it, checked, for its owner's eyes only.

A file is copied in one step: in WAL mode its reader keeps no writer waiting, and copying by parts would begin anew
whenever another process writes. A database on a server is written by its own ``pg_dump``, which sees one moment too.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from syndicate.errors import StoreError, UsageError


def copy(source: Path, target: Path) -> int:
    """Copy the SQLite database ``source`` to the new file ``target``, whole or not at all; its size in bytes.

    UsageError: the target exists. StoreError: the copy cannot be written, or is not sound.
    """
    return _whole(target, lambda half: _fill(source, half))


def dump(source: URL, target: Path) -> int:
    """Write a PostgreSQL database to the new file ``target``, for ``pg_restore``; otherwise as ``copy``.

    UsageError also: ``pg_dump`` is not here.
    """
    return _whole(target, lambda half: _dump(source, half))


def _whole(target: Path, fill: Callable[[Path], None]) -> int:
    if target.exists():
        raise UsageError("is there already", subject=str(target), remedy="name a new file")
    try:
        with tempfile.TemporaryDirectory(prefix=".syndicate-", dir=target.parent) as folder:
            half = Path(folder) / "copy.db"
            fill(half)
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


def _dump(source: URL, half: Path) -> None:
    programs = [shutil.which(name) for name in ("pg_dump", "pg_restore")]
    if not all(programs):
        raise UsageError("is not here", subject="pg_dump", remedy="install the client programs of PostgreSQL")
    plain = source.set(drivername="postgresql", password=None).render_as_string()
    own = os.environ | (
        {"PGPASSWORD": str(source.password)} if source.password else {}
    )  # the list of processes is public
    half.touch(0o600)
    _run([str(programs[0]), "--format=custom", f"--file={half}", plain], own, plain)
    _run([str(programs[1]), "--list", str(half)], own, plain)  # it can be read
    with half.open("rb") as file:
        os.fsync(file.fileno())


def _run(command: list[str], environment: dict[str, str], subject: str) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - PostgreSQL's own
    if done.returncode:
        what = f"the copy could not be made ({done.stderr.strip()})"
        raise StoreError(what, subject=subject, remedy="use a pg_dump that is not older than the server")


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
