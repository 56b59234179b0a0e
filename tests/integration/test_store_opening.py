# SPDX-License-Identifier: Apache-2.0
"""Opening a database, transactions, and what survives."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from syndicate import store as store_package
from syndicate.errors import StoreError
from syndicate.model import Publisher, Source
from syndicate.store import open_store
from syndicate.store.columns import metadata
from syndicate.store.schema import VERSION
from tests.databases import SQLITE, databases

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    """Where the database will be."""
    return tmp_path / "new folder 100%" / "syndicate.db"


@pytest.fixture
def store(path):
    """A new store in a file."""
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def url(path, each_database):
    """The URL of a database of each kind that is new and empty."""
    return f"sqlite:///{path}" if each_database == SQLITE else databases.url(path, template="template0")


@pytest.fixture
def each_store(url):
    """A new store on a database of each kind."""
    opened = open_store(url)
    yield opened
    opened.close()


def source(name):
    """A source of its own publisher."""
    return Source(name, f"https://{name}.example/feed.xml", Publisher(name, name.title()))


def run(script, *arguments):
    """Start a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


WRITER = """
    import sys
    from datetime import UTC, datetime, timedelta
    from syndicate.store import open_store
    store = open_store(sys.argv[1])
    now = datetime(2026, 11, 2, tzinfo=UTC)
    for number in range(100000):
        with store.write() as tx:
            tx.ledger.record("edition", at=now, subject=str(number), data={"half": 1})
            if number == int(sys.argv[2]):
                print("inside", flush=True)
                sys.stdin.read()
            tx.ledger.record("edition", at=now, subject=str(number), data={"half": 2})
        print(number, flush=True)
"""


def test_tables_equal_migrations(each_store):
    """What the migrations build is what the schema says."""
    with each_store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_version_is_newest_migration():
    """The version that needs no migration is the newest migration."""
    config = Config()
    config.set_main_option("script_location", str(Path(store_package.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == VERSION


def test_sqlite_is_set_up_for_power_loss(store, path):
    """The file is in WAL mode, every commit reaches the disk, references are checked, others wait, only we may read."""
    with store._engine.connect() as connection:

        def pragma(name):
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == 5000
    assert path.stat().st_mode & 0o077 == 0


def test_open_twice_keeps_everything(each_store, url):
    """A second opening finds the data, the secret and the instance of the first."""
    with each_store.write() as tx:
        tx.sources.sync([source("south")], NOW)
    again = open_store(url)
    with again.read() as tx:
        assert [state.source_id for state in tx.sources.all()] == ["south"]
    assert again.secret() == each_store.secret()
    assert len(again.secret()) == 32
    assert again.instance() == each_store.instance() != each_store.secret().hex()
    again.close()


def test_processes_open_at_once(url):
    """Six processes that start on no database at all migrate it once and agree on one secret."""
    script = """
        import sys
        from syndicate.store import open_store
        print(open_store(sys.argv[1]).secret().hex())
    """
    processes = [run(script, url) for _ in range(6)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, outputs
    assert len({out for out, _ in outputs}) == 1


def test_kill_in_mid_transaction(url):
    """A writer killed inside a transaction loses nothing that was committed and leaves nothing half done."""
    process = run(
        WRITER.replace("sys.stdin.read()", "signal.pause()").replace("import sys", "import signal, sys"), url, 3
    )
    seen = [process.stdout.readline().strip() for _ in range(4)]
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert seen == ["0", "1", "2", "inside"]
    store = open_store(url)
    with store.read() as tx:
        rows = tx.ledger.tail(100)
    assert [(row.subject, row.data["half"]) for row in reversed(rows)] == [
        (str(n), h) for n in range(3) for h in (1, 2)
    ]
    store.close()


@pytest.mark.parametrize("acknowledged", [1, 7, 30])
def test_kill_at_any_time(url, acknowledged):
    """Whenever a writer is killed, what it reported as done is there, in whole transactions."""
    process = run(WRITER, url, -1)
    for _ in range(acknowledged):
        last = int(process.stdout.readline())
    process.kill()
    rest, _ = process.communicate(timeout=30)
    last = max([last, *(int(line) for line in rest.split() if line.isdigit())])
    store = open_store(url)
    with store.read() as tx:
        rows = tx.ledger.tail(1_000_000)
    store.close()
    assert len(rows) % 2 == 0
    assert len(rows) >= 2 * (last + 1)


def test_exception_undoes_the_transaction(each_store):
    """An error inside a transaction leaves nothing of it, and passes through unchanged."""

    def fail(tx):
        tx.sources.sync([source("south")], NOW)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"), each_store.write() as tx:
        fail(tx)
    with each_store.read() as tx:
        assert tx.sources.all() == []


def test_reader_sees_one_state(each_store):
    """A reading transaction keeps its view while others write, and does not hinder them."""
    with each_store.read() as before:
        assert before.sources.all() == []
        with each_store.write() as tx:
            tx.sources.sync([source("south")], NOW)
        assert before.sources.all() == []
    with each_store.read() as after:
        assert len(after.sources.all()) == 1


def test_reading_transactions_refuse_to_write(each_store):
    """A write in a reading transaction is refused, and the next writing one works."""
    with pytest.raises(StoreError), each_store.read() as tx:
        tx.sources.sync([source("south")], NOW)
    with each_store.write() as tx:
        tx.sources.sync([source("south")], NOW)


def test_writers_wait_for_each_other(store):
    """Writers that read first and write later all succeed, one after the other."""

    def write(number):
        for _ in range(20):
            with store.write() as tx:
                seen = len(tx.ledger.tail(1000))
                tx.ledger.record("proof", at=NOW, subject=f"w{number}", data={"seen": seen})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as tx:
        assert sorted(row.data["seen"] for row in tx.ledger.tail(1000)) == list(range(80))


def test_busy_database_in_words(store, path, monkeypatch):
    """If another process holds the database longer than we wait, the error says so and what to do."""
    monkeypatch.setattr("syndicate.store.database.ATTEMPTS", 2)
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="busy") as caught, store.write():
        pass
    assert caught.value.exit_code == 75
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.usefixtures("store")
def test_newer_database_is_refused(path):
    """A database of a later version is not touched."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        open_store(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "no database URL"),
        ("mysql://host/name", "not supported"),
        ("sqlite://", "forget everything"),
        ("sqlite:///:memory:", "forget everything"),
        ("sqlite:////proc/none/x.db", "cannot be opened"),
    ],
)
def test_unusable_urls_in_words(url, words):
    """What cannot be a database is refused in words, with a remedy."""
    with pytest.raises(StoreError, match=words) as caught:
        open_store(url)
    assert caught.value.remedy


def test_missing_driver_in_words(monkeypatch):
    """PostgreSQL without its driver is refused in words that say what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="install the package psycopg"):
        open_store("postgresql://user@host.example/name")


def test_other_file_in_words(tmp_path):
    """A file that is no database is left alone."""
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear editor, " * 1000)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == b"Dear editor, " * 1000


def test_times_need_a_zone(each_store):
    """A time without a zone is a mistake that is reported, never stored."""
    with pytest.raises(StoreError, match="without a zone"), each_store.write() as tx:
        tx.sources.sync([source("south")], NOW.replace(tzinfo=None))


def test_ledger_reads_back(each_store):
    """Lines come back newest first, by kind and by subject, with their data."""
    with each_store.write() as tx:
        tx.ledger.record("decision", at=NOW, subject="i-1", data={"mode": 3, "at": NOW, "duties": ("O1", "O3")})
        tx.ledger.record_all("release", [("e-1", {}), ("e-2", {"files": 3})], at=NOW)
    with each_store.read() as tx:
        assert [row.subject for row in tx.ledger.tail(2)] == ["e-2", "e-1"]
        assert [row.subject for row in tx.ledger.tail(9, kind="decision")] == ["i-1"]
        assert tx.ledger.tail(9, subject="e-2")[0].data == {"files": 3}
        row = tx.ledger.tail(9, subject="i-1")[0]
    assert (row.at, row.kind, row.data["duties"]) == (NOW, "decision", ["O1", "O3"])


def test_ledger_has_kinds(each_store):
    """A kind that is not of the ledger's vocabulary is refused."""
    with pytest.raises(ValueError, match="gossip"), each_store.write() as tx:
        tx.ledger.record("gossip", at=NOW, subject="", data={})


@pytest.mark.parametrize("statement", ["UPDATE ledger SET subject = 'x'", "DELETE FROM ledger"])
def test_ledger_is_never_changed(each_store, path, each_database, statement):
    """The database itself refuses to change or delete a line of the record, whoever asks."""
    with each_store.write() as tx:
        tx.ledger.record("objection", at=NOW, subject="i-1", data={"by": "South Desk"})
    if each_database == SQLITE:
        connection = sqlite3.connect(path)
    else:
        connection = databases.server.connection(each_store._engine.url.database)
    with pytest.raises(Exception, match="append-only"):
        connection.execute(statement)
    connection.close()
    with each_store.read() as tx:
        assert len(tx.ledger.tail(9)) == 1
