# SPDX-License-Identifier: Apache-2.0
"""Opening a database: connections, transactions, migrations, and every database error in words.

What SQLite and PostgreSQL do differently in these matters stands here and in ``statements.py``, nowhere else.
"""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from syndicate.errors import StoreError
from syndicate.store.schema import VERSION

BUSY_SECONDS = 5
ATTEMPTS = 3
"""A writer waits ``BUSY_SECONDS`` for another writer, so many times."""

MIGRATING = 0x53594E44
"""The number of the PostgreSQL lock that lets one process at a time migrate."""

WRITE: dict[str, Any] = {"syndicate_begin": "write"}
READ: dict[str, Any] = {"syndicate_begin": "read"}
_READ_ON_A_SERVER = READ | {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def open_engine(url: str) -> Engine:
    """A connected engine on a database that is up to date. StoreError says in words what is wrong."""
    target = _target(url)
    with in_words(target):
        engine = create_engine(target, **_options(target))
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(engine, Path(target.database or ""))
        else:
            _prepare_postgresql(engine)
        _migrate(engine)
    return engine


class Watch:
    """Tells whether a database was written to, by whatever process, without a look at its tables."""

    def __init__(self, engine: Engine) -> None:
        """``engine`` is connected to once it is asked."""
        self._engine = engine
        self._lock = threading.Lock()
        self._held: PoolProxiedConnection | None = None

    def version(self) -> str:
        """Another word whenever something may have been written since the last call; raises StoreError."""
        if self._engine.dialect.name != "sqlite":
            with transaction(self._engine, READ) as connection:
                return str(connection.exec_driver_sql("SELECT pg_current_snapshot()").scalar_one())
        # The number is of the connection that asks: the same one asks each time, and never writes.
        with in_words(self._engine.url), self._lock:
            self._held = self._held or self._engine.raw_connection()
            return str(self._held.cursor().execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None


@contextmanager
def glance(url: str) -> Iterator[Engine]:
    """An engine for one look at a database as it is: nothing is made, nothing migrated. Closed at the end."""
    target = _target(url)
    with in_words(target):
        engine = create_engine(target, **_options(target))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "begin", _begin_sqlite)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def transaction(engine: Engine, how: dict[str, Any]) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back if anything raises."""
    with in_words(engine.url), _begun(engine, how) as connection:
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


@contextmanager
def in_words(url: URL) -> Iterator[None]:
    """Turn the database's errors into a StoreError about ``url``."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:  # the driver's own while a connection is being set up
        raise _worded(error, url) from error


def was_in_the_way(error: StoreError) -> bool:
    """Whether the same work, begun anew, may succeed: another transaction wanted the same rows in another order."""
    cause = error.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", "") in _IN_THE_WAY


_IN_THE_WAY = ("40001", "40P01")  # serialization failure, deadlock


def _target(url: str) -> URL:
    try:
        target = make_url(url)
    except ArgumentError as error:
        raise StoreError("this is no database URL", subject=repr(url), remedy=_URL_REMEDY) from error
    if target.get_backend_name() == "postgresql":
        if importlib.util.find_spec("psycopg") is None:
            raise StoreError("the driver is not installed", subject="PostgreSQL", remedy="install the package psycopg")
        return target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() != "sqlite":
        raise StoreError("this kind of database is not supported", subject=url, remedy=_URL_REMEDY)
    if target.database in (None, "", ":memory:"):
        raise StoreError("a database in memory would forget everything", subject=url, remedy=_URL_REMEDY)
    return target


_URL_REMEDY = "write it as sqlite:///path/to/file.db or postgresql://user@host/name"


def _options(target: URL) -> dict[str, Any]:
    if target.get_backend_name() == "sqlite":
        # Manual transactions: the driver begins none, the listener below begins each as it should be.
        return {"connect_args": {"timeout": BUSY_SECONDS, "isolation_level": None}}
    # As many connections as threads may ask for one: what waits for a free one waits for the server at most.
    return {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 20, "connect_args": patience(target)}


def patience(target: URL) -> dict[str, str]:
    """Options of libpq by which a server that fell silent is given up, but for those that the URL sets itself."""
    return {name: value for name, value in _PATIENCE.items() if name not in target.query}


_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
"""A cable that was cut is noticed after 25 seconds, at which the server looks the other way too, see ``wire.py``."""


def _prepare_sqlite(engine: Engine, path: Path) -> None:
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    try:
        _create(path)
    except OSError as error:
        raise StoreError(f"the file cannot be opened ({error.strerror})", subject=str(path), remedy=_FILE) from error
    _use_wal(engine)


def _create(path: Path) -> None:
    """Make the file, if there is none, for its owner's eyes only: addresses and the secret are in there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A file that SQLite has open is never opened here: closing it would drop SQLite's locks of this whole process.
    with _CREATING, suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


_CREATING = threading.Lock()


def _use_wal(engine: Engine) -> None:
    # Changing the journal mode does not wait for other connections, whatever the busy timeout says.
    for attempt in range(1, ATTEMPTS * 100 + 1):
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == ATTEMPTS * 100:
                raise
            time.sleep(BUSY_SECONDS / 100)
        else:
            return
        finally:
            connection.close()


def _configure_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own knows A to Z alone: a search would not find "Éclair" by "éclair".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once if another wrote between: a writer locks first.
    write = connection.get_execution_options().get("syndicate_begin") == "write"
    connection.exec_driver_sql(f"PRAGMA query_only = {int(not write)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare_postgresql(engine: Engine) -> None:
    from syndicate.store.wire import configure  # only here: it needs the driver

    event.listen(engine, "connect", configure)


@contextmanager
def _begun(engine: Engine, how: dict[str, Any]) -> Iterator[Connection]:
    if how is READ and engine.dialect.name == "postgresql":
        how = _READ_ON_A_SERVER
    for attempt in range(1, ATTEMPTS + 1):
        connection = engine.connect().execution_options(**how)
        try:
            connection.begin()
        except DBAPIError as error:
            connection.close()
            if "locked" not in str(error.orig) or attempt == ATTEMPTS:
                raise
        else:
            break
    try:
        yield connection
    finally:
        connection.close()


def _migrate(engine: Engine) -> None:
    with transaction(engine, READ) as connection:
        version = _version(connection)
    if version == VERSION:
        return
    if version > VERSION:
        raise StoreError(
            f"the database is of a newer version ({version}, we know {VERSION})",
            subject=engine.url.render_as_string(),
            remedy="use the newer program, or restore the copy from before the upgrade",
        )
    with transaction(engine, WRITE) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
        _upgrade(connection)


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none() or ""


def _upgrade(connection: Connection) -> None:
    # Imported here: most starts need no migration, and this import costs a fifth of a second.
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


_FILE = "check the folder's permissions and the path under database: in the configuration"

_WORDS = (
    ("disk is full", "the disk is full", "make room; nothing that was acknowledged is lost"),
    ("no space left", "the disk is full", "make room; nothing that was acknowledged is lost"),
    ("disk i/o", "the disk does not answer as it should", "check the disk"),
    ("locked", "another process kept the database busy too long", "try again; look for a stuck process"),
    ("readonly", "the database may not be written to", _FILE),
    ("read-only", "the database may not be written to", _FILE),
    ("unable to open", "the database file cannot be opened", _FILE),
    ("not a database", "the file is not a database", _FILE),
    ("malformed", "the database is damaged", "restore the last copy"),
    ("deadlock", "another process was in the way", "try again"),
    ("could not serialize", "another process was in the way", "try again"),
    ("authentication failed", "the server does not accept this user or password", "check the URL under database:"),
    ("does not exist", "there is no such database, or something in it is missing", "create it: createdb NAME"),
    ("append-only", "the ledger is never changed", "add a line instead"),
    ("connection", "the database server cannot be reached", "check that it runs and that the URL is right"),
)


def _worded(error: SQLAlchemyError | sqlite3.Error, url: URL) -> StoreError:
    subject = url.render_as_string(hide_password=True)
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    for sign, what, remedy in _WORDS:
        if sign in said.casefold():
            return StoreError(what, subject=subject, remedy=remedy)
    return StoreError(said.partition("\n")[0], subject=subject, remedy="this is a mistake in the program; report it")
