# SPDX-License-Identifier: Apache-2.0
"""Copies of a database that is in use."""

import os
import sqlite3
import stat
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from syndicate.cli.main import app as command
from syndicate.errors import StoreError, UsageError
from syndicate.model import Publisher, Source
from syndicate.store import backup, open_store
from tests.databases import databases

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def source(number):
    """A source; the odd ones and their neighbours are written together."""
    return Source(f"s{number}", f"https://s{number}.example/", Publisher("p", "P"))


@contextmanager
def being_written_to(store):
    """Pairs of sources are written, as fast as it goes, for as long as the context lasts."""
    stop, started = threading.Event(), threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            with store.write() as tx:
                tx.additions.put([source(number), source(number + 1)], NOW)
            number += 2
            started.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        started.wait()
        yield
    finally:
        stop.set()
        writer.join()


def test_a_copy_while_others_write(tmp_path):
    """Whatever is written meanwhile is in the copy whole or not at all; it opens and goes on by itself."""
    with closing(open_store(f"sqlite:///{tmp_path / 'a.db'}")) as store, being_written_to(store):
        sizes = [store.backup(tmp_path / f"copy{n}.db") for n in range(3)]
    for n, size in enumerate(sizes):
        file = tmp_path / f"copy{n}.db"
        assert file.stat().st_size == size
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with closing(open_store(f"sqlite:///{file}")) as copy, copy.write() as tx:
            assert len(tx.additions.all()) % 2 == 0
            tx.additions.put([source(-1)], NOW)
    assert not list(tmp_path.glob(".syndicate-*"))


def test_nothing_is_written_over(tmp_path):
    """A file that is there stays as it is, and a folder that is not there is named."""
    with closing(open_store(f"sqlite:///{tmp_path / 'a.db'}")) as store:
        (tmp_path / "mine").write_text("mine")
        with pytest.raises(UsageError, match="is there already"):
            store.backup(tmp_path / "mine")
        assert (tmp_path / "mine").read_text() == "mine"
        with pytest.raises(StoreError, match="check the folder"):
            store.backup(tmp_path / "nowhere" / "b.db")


def test_a_damaged_database(tmp_path):
    """What is damaged is not taken for a copy."""
    file = tmp_path / "a.db"
    with closing(open_store(f"sqlite:///{file}")) as store, store.write() as tx:
        tx.additions.put(map(source, range(2000)), NOW)
    with closing(sqlite3.connect(file)) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = file.stat().st_size
    with file.open("r+b") as raw:
        raw.seek(size - 8 * 4096)
        raw.write(b"\xff" * 4096 * 6)
    with pytest.raises(StoreError, match=r"damaged|could not be made"):
        backup.copy(file, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_server_is_copied_while_it_is_written_to(tmp_path, postgresql, monkeypatch):
    """A dump holds one moment: pairs are whole, however fast others write; it is restored into an empty database."""
    monkeypatch.setenv("PATH", f"{postgresql.binaries}:{os.environ['PATH']}")
    store, file = databases.open(tmp_path), tmp_path / "copy.dump"
    with being_written_to(store):
        size = store.backup(file)
    assert (file.stat().st_size, stat.S_IMODE(file.stat().st_mode)) == (size, 0o600)
    copy = databases.url(tmp_path, "copy", template="template0")
    postgresql.restore(file, copy)
    with closing(open_store(copy)) as restored, restored.read() as tx:
        held = len(tx.additions.all())
    assert held > 0
    assert held % 2 == 0
    with pytest.raises(UsageError, match="is there already"):
        store.backup(file)
    assert not list(tmp_path.glob(".syndicate-*"))


def test_a_server_needs_its_programs(tmp_path, postgresql, monkeypatch):
    """Without pg_dump a sentence says what to install; a server that is away is said in its words."""
    store = databases.open(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"pg_dump: is not here; install"):
        store.backup(tmp_path / "copy")
    monkeypatch.setenv("PATH", f"{postgresql.binaries}:/bin:/usr/bin")
    with pytest.raises(StoreError, match="could not be made"):
        backup.dump(make_url(postgresql.url("nothing")), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_the_command(tmp_path):
    """It says where the copy is, and puts it beside the configuration by default."""
    config = tmp_path / "config.yaml"
    config.write_text("site: {name: B, url: 'https://b.example', contact: b@b.example}\n")
    said = CliRunner().invoke(command, ["backup", str(tmp_path / "x.db"), "-c", str(config)]).stdout
    assert "x.db: " in said
    assert (tmp_path / "x.db").exists()
    CliRunner().invoke(command, ["backup", "-c", str(config), "--json"])
    assert len(list(tmp_path.glob("syndicate-*.db"))) == 1
