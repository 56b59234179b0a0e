# SPDX-License-Identifier: Apache-2.0
"""A copy of a database does not send what the other one may have sent, until a person says which one goes on."""

from __future__ import annotations

import runpy
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.errors import DeliveryError, UsageError
from syndicate.model import DeliveryState, SendingState
from syndicate.pipeline.brakes import take_over
from syndicate.store import place

HERE = Path(__file__).parents[1] / "cases/deliver/house.py"
H = SimpleNamespace(**runpy.run_path(str(HERE)))
house = H.house


def backup(folder, to):
    """A copy of the database by SQLite's own means."""
    to.mkdir(exist_ok=True)
    with closing(sqlite3.connect(folder / "test.db")) as held, closing(sqlite3.connect(to / "test.db")) as copy:
        held.backup(copy)


def copied_alone(_home, folder, other):
    """The database alone, elsewhere."""
    backup(folder, other)


def copied_folder(_home, folder, other):
    """The database with the files beside it, as a copied folder has them."""
    backup(folder, other)
    for beside in folder.glob("test.db.*"):
        shutil.copy2(beside, other)


def restored(home, folder, other):
    """A backup that is put back in its place after the service went on."""
    backup(folder, folder / "safe")
    home.edition(5, period="later")
    home.deliver()
    home.store.close()
    (folder / "safe" / "test.db").replace(folder / "test.db")
    for left in folder.glob("test.db-*"):
        left.unlink()
    folder.rename(other)  # the folder itself may be moved: that is no copy


@pytest.mark.parametrize("way", [copied_alone, copied_folder, restored])
def test_a_copy_sends_nothing(tmp_path, way):
    """Whatever way it was copied, the second one sends 0 mails, rings once and names what to do; the first goes on."""
    folder, other = tmp_path / "one", tmp_path / "other"
    folder.mkdir()
    with house(folder) as (home, sink):
        home.edition(10)
        home.deliver()
        people = home.edition(20, period="2")
        way(home, folder, other)
        before = len(sink.taken)
        second = H.House(f"sqlite:///{other}/test.db", sink.port)
        for _ in range(3):
            with pytest.raises(DeliveryError, match=r"is a copy of one that sends .* take-over"):
                second.deliver()
        assert (len(sink.taken), second.alarms()) == (before, ["copy"])
        if way is not restored:
            assert home.deliver() == {DeliveryState.ACCEPTED: 20}
        assert take_over(second.store, second.now) == 1
        assert second.deliver() == {}, "what was under way waits for one more word"
        assert second.alarms() == ["copied"]
        with second.store.write() as tx:
            tx.sendings.change("e-2", SendingState.RUNNING, "", second.now)
        assert second.deliver() == {DeliveryState.ACCEPTED: len(people)}
        with pytest.raises(UsageError, match="is no copy"):
            take_over(second.store, second.now)
        second.store.close()
        third = H.House(f"sqlite:///{other}/test.db", sink.port)
        assert third.copied == ""
        third.store.close()


def test_what_never_sent_may_be_copied(tmp_path):
    """A prepared folder that is copied before its first mail is no copy of anything, nor is one that was moved."""
    folder, other = tmp_path / "one", tmp_path / "other"
    folder.mkdir()
    with house(folder) as (home, sink):
        home.edition(3)
        copied_folder(home, folder, other)
        second = H.House(f"sqlite:///{other}/test.db", sink.port)
        assert second.deliver() == {DeliveryState.ACCEPTED: 3}
        second.store.close()
        other.rename(tmp_path / "moved")
        moved = H.House(f"sqlite:///{tmp_path / 'moved'}/test.db", sink.port)
        assert moved.copied == ""
        moved.store.close()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff"])
def test_a_spoilt_file_asks(tmp_path, content):
    """If the file beside a database that sent cannot be read, a person is asked."""
    with house(tmp_path) as (home, sink):
        home.edition(3)
        home.deliver()
        (tmp_path / f"test.db{place.SUFFIX}").write_bytes(content)
        again = H.House(f"sqlite:///{tmp_path}/test.db", sink.port)
        assert "cannot be read" in again.copied
        again.store.close()


def test_the_file_of_another_database_asks(tmp_path):
    """A database that was put in another one's place is asked about; one that never sent is not."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        with house(folder) as (home, _):
            home.edition(2)
            home.deliver()
    shutil.copy(folders[0] / f"test.db{place.SUFFIX}", folders[1])
    again = H.House(f"sqlite:///{folders[1]}/test.db", 1)
    assert "belongs to another database" in again.copied
    again.store.close()


def test_a_file_that_cannot_be_written_stops_no_mail(tmp_path, caplog):
    """The mail goes out, and the log says that the next start will ask."""
    with house(tmp_path) as (home, _):
        home.edition(2)
        (tmp_path / f"test.db{place.SUFFIX}").unlink()
        (tmp_path / f"test.db{place.SUFFIX}").mkdir()
        assert home.deliver() == {DeliveryState.ACCEPTED: 2}
    assert "cannot be written" in caplog.text
