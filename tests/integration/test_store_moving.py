# SPDX-License-Identifier: Apache-2.0
"""All of a database into another, of the same kind or of another, and what must stop it."""

import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from syndicate.cli.keeping import migrate_database
from syndicate.errors import StoreError, UsageError
from syndicate.model import Chain, Hop, Item, Publisher, Role, Source
from syndicate.store import moving, open_store
from syndicate.store.columns import metadata
from tests.databases import POSTGRESQL, SQLITE, databases

H = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/deliver/house.py")))
PAIRS = [(SQLITE, POSTGRESQL), (POSTGRESQL, SQLITE), (SQLITE, SQLITE), (POSTGRESQL, POSTGRESQL)]


@pytest.fixture(autouse=True)
def _cleared():
    """What a test made on the server is dropped."""
    yield
    databases.clear()


def made(kind, folder, name):
    """The URL of a database of that kind."""
    databases.use(kind)
    return databases.url(folder, name)


def filled(url):
    """A store with something in many tables: sources, items, readers, an edition that is owed, a record."""
    home = H.House(url, 1)
    home.store.secret()
    people = home.edition(120)
    with home.store.write() as tx:
        tx.sources.sync([Source(f"s{n}", f"https://s{n}.example/f", Publisher("p", "P")) for n in range(70)], H.NOW)
        title = "\u00dcn\u00ef\u2028c\u00f6d\u00e9 \U0001f30d"
        item = Item("i-1", "s1", "p", "1", "https://s1.example/1", title, "<p>text</p>", "text")
        chain = Chain((Hop(Role.ORIGIN, "P", "p", item.url, H.NOW, item.id),))
        tx.items.put("s1", [item], {item.id: chain}, {}, {}, now=H.NOW + timedelta(microseconds=7), first_poll=True)
        tx.ledger.record_all("proof", [(f"x{n}", {"n": n}) for n in range(2100)], at=H.NOW)
        tx.people.erase(people[-1].email, H.NOW)
    return home.store


def numbers(store):
    """How many rows each table has, but for that which says which database it is."""
    with store.read() as tx:
        ask = tx._connection.execute
        return {
            t.name: ask(select(func.count()).select_from(t)).scalar_one()
            for t in metadata.sorted_tables
            if t.name != "meta"
        }


@pytest.mark.parametrize(("whence", "where"), PAIRS)
def test_everything_is_moved_and_equal(tmp_path, whence, where, capsys):
    """Every table has its rows, with progress; the new database goes on sending and counting, the old one does not."""
    source, target = made(whence, tmp_path, "a"), made(where, tmp_path, "b")
    old = filled(source)
    assert migrate_database(source, target, as_machine=False) == 0
    assert "2,100 rows, equal" in capsys.readouterr().out
    new = open_store(target)
    assert numbers(new) == numbers(old)
    assert numbers(new)["ledger"] == 2100
    assert new.secret() == old.secret()
    assert (new.copied(), "moved to" in old.copied()) == ("", True)
    with new.write() as tx, old.read() as before:
        assert tx.sources.all() == before.sources.all()
        tx.ledger.record("proof", at=H.NOW, subject="next", data={})
        assert [row.id for row in tx.ledger.tail(2)] == [2101, 2100]
        added = tx.people.add_confirmed("weekly", {"new@reader.example": H.CONSENT}, now=H.NOW).added
        assert added[0].id == 121
    new.close()
    old.close()


@pytest.mark.parametrize("where", [SQLITE, POSTGRESQL])
def test_ids_of_rows_that_are_gone_are_not_given_again(tmp_path, where):
    """Tokens of somebody whose row is gone act on nobody else in the new database either."""
    source, target = made(SQLITE, tmp_path, "a"), made(where, tmp_path, "b")
    with open_store(source).write() as tx:
        people = tx.people.add_confirmed("weekly", {f"r{n}@reader.example": H.CONSENT for n in range(5)}, now=H.NOW)
        tx._connection.exec_driver_sql("DELETE FROM subscribers")
    moving.move(source, target)
    new = open_store(target)
    with new.write() as tx:
        added = tx.people.add_confirmed("weekly", {"new@reader.example": H.CONSENT}, now=H.NOW).added
    assert added[0].id > max(one.id for one in people.added)
    new.close()


@pytest.mark.parametrize("where", [SQLITE, POSTGRESQL])
def test_a_row_that_came_back_as_another_stops_it(tmp_path, where, monkeypatch):
    """The row is named, and the target is as empty as before."""
    source, target = made(SQLITE, tmp_path, "a"), made(where, tmp_path, "b")
    filled(source).close()

    def damaged(connection, table, rows):
        if table.name == "ledger":
            rows = [{**row, "subject": row["subject"].replace("x77", "y77")} for row in rows]
        connection.execute(table.insert(), rows)

    monkeypatch.setattr(moving, "add", damaged)
    with pytest.raises(StoreError, match="row 78 of the table ledger came back as another"):
        moving.move(source, target)
    new = open_store(target)
    assert set(numbers(new).values()) == {0}
    new.close()


def test_only_into_an_empty_database(tmp_path):
    """A target with anything in it is left alone, and so is the source itself."""
    source, target = made(SQLITE, tmp_path, "a"), made(SQLITE, tmp_path, "b")
    filled(source).close()
    filled(target).close()
    with pytest.raises(UsageError, match="not empty"):
        moving.move(source, target)
    with pytest.raises(UsageError, match="both source and target"):
        moving.move(source, source)
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match=r"of version \(none\)"):
        moving.move(f"sqlite:///{tmp_path}/empty.db", target)


def test_progress_counts_writing_and_comparing(tmp_path):
    """Each table is heard of until all of its rows are written and compared."""
    source, target = made(SQLITE, tmp_path, "a"), made(SQLITE, tmp_path, "b")
    filled(source).close()
    heard = []
    moved = moving.move(source, target, lambda *row: heard.append(row))
    assert ("ledger", 1000, 4200) in heard
    assert ("ledger", 4200, 4200) in heard
    assert {one.table: one.rows for one in moved}["ledger"] == 2100
