# SPDX-License-Identifier: Apache-2.0
"""Whether this database is the one that sends, or a copy of it that does not know what was sent meanwhile.

Beside the database stands a small file that says how often mail was claimed, and which file it is itself. A copy of the
database alone misses it, an older copy that is put in place knows of fewer claims, and with a folder that was copied it
is another file than it says. A database on a server remembers which server, database and table it first sent from: a
copy by template and a dump that was restored, even in place, stand elsewhere. What was copied below the file system (a
snapshot of the whole machine, the server's own files) cannot be told.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, select, text, update

from syndicate.store.schema import meta
from syndicate.store.statements import add_missing

SUFFIX = ".instance"
INSTANCE, CLAIMS, COPIED, HOME = "instance", "claims", "copied", "home"
_LENGTH = 256  # always the same: it is written over in place and needs no room on a full disk

# The server's own number, the database's and the table's: a restored table is another one under the same name.
_HERE = text(
    "SELECT concat_ws('/', system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()), "
    "CAST('meta' AS regclass)::oid) FROM pg_control_system()"
)

log = logging.getLogger(__name__)


class Place:
    """What the database says of itself, inside one transaction. ``claims`` is set when mail was claimed in it."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection
        self.claims = 0

    def claimed(self) -> None:
        """Mail is claimed in this transaction. Counted where the database is a file: there one writes at a time."""
        if self._connection.dialect.name == "postgresql":
            if not self.get(HOME):
                self.settle()
        elif not self.claims:
            self.claims = int(self.get(CLAIMS) or 0) + 1
            self.put(CLAIMS, str(self.claims))

    def settle(self) -> None:
        """On a server this is from now on the place from which mail is sent."""
        self.put(HOME, self._connection.execute(_HERE).scalar_one())

    def copied(self) -> str:
        """Why this is taken for a copy; "" if it is not, or if a person said that it sends from now on."""
        return self.get(COPIED) or self._elsewhere()

    def _elsewhere(self) -> str:
        if self._connection.dialect.name != "postgresql":
            return ""
        home = self.get(HOME)
        if not home or home == self._connection.execute(_HERE).scalar_one():
            return ""
        return "it was restored or copied: mail was sent from other tables than these"

    def get(self, key: str) -> str:
        """A value, "" if there is none."""
        query = select(meta.c.value).where(meta.c.key == key)
        return self._connection.execute(query).scalar_one_or_none() or ""

    def put(self, key: str, value: str) -> None:
        """Keep a value; "" is none."""
        if not value:
            self._connection.execute(delete(meta).where(meta.c.key == key))
            return
        add_missing(self._connection, meta, [{"key": key, "value": value}], key=["key"])
        self._connection.execute(update(meta).where(meta.c.key == key).values(value=value))


@dataclass(frozen=True, slots=True)
class Said:
    """What the file says: of which database, how often mail was claimed, and which file it was; and which it is."""

    instance: str
    claims: int
    inode: int
    is_inode: int = 0


def read(file: Path) -> Said | None:
    """What stands in the file; None if nothing that can be read. Read it before the database: it is behind it then."""
    try:
        with file.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            return _parse(handle.read(), os.fstat(handle.fileno()).st_ino)
    except OSError:
        return None


def suspicion(said: Said | None, instance: str, claims: int) -> str:
    """Why a database with so many claims is a copy; "" if nothing says so. What never sent may be copied at will."""
    if said is None:
        return f"the file *{SUFFIX} is not beside it, or cannot be read" if claims else ""
    if said.instance != instance:
        return f"the file *{SUFFIX} beside it belongs to another database" if claims else ""
    if said.claims > claims:
        return "mail was sent after this copy was made"
    return "its folder was copied" if claims and said.inode != said.is_inode else ""


def note(file: Path, instance: str, claims: int, *, anew: bool = False) -> None:
    """Write down how often mail was claimed, never back; ``anew`` whatever stands there."""
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        log.warning("%s cannot be written (%s)", file, error.strerror)
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        said = _parse(os.read(handle, _LENGTH))
        if anew or said is None or claims > said.claims:
            row = [instance, claims, os.fstat(handle).st_ino]
            os.pwrite(handle, json.dumps(row).ljust(_LENGTH - 1).encode() + b"\n", 0)
            os.fsync(handle)
    except OSError as error:
        log.warning("%s cannot be written (%s)", file, error.strerror)
    finally:
        os.close(handle)


def _parse(content: bytes, inode: int = 0) -> Said | None:
    try:
        instance, claims, was = json.loads(content)
        return Said(str(instance), int(claims), int(was), inode)
    except (ValueError, TypeError):
        return None
