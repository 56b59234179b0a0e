# SPDX-License-Identifier: Apache-2.0
"""A copy of a database on PostgreSQL sends nothing until a person says which one goes on."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.errors import DeliveryError
from syndicate.model import DeliveryState, SendingState
from syndicate.pipeline.brakes import take_over
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("postgresql")
HERE = Path(__file__).parents[1] / "cases/deliver/house.py"
H = SimpleNamespace(**runpy.run_path(str(HERE)))


def by_template(folder, url):
    """A copy by the server's own means."""
    return databases.url(folder, "copy", template=url.rpartition("/")[2])


def by_dump(folder, url):
    """A dump that is restored under another name."""
    copy = databases.url(folder, "copy", template="template0")
    databases.server.dump(url, folder / "dump")
    databases.server.restore(folder / "dump", copy)
    return copy


def in_place(folder, url):
    """A dump that is restored over the database itself."""
    databases.server.dump(url, folder / "dump")
    databases.server.restore(folder / "dump", url, "--clean")
    return url


@pytest.mark.parametrize("way", [by_template, by_dump, in_place])
def test_a_copy_sends_nothing(tmp_path, way):
    """However it was copied, it sends 0 mails, rings once and says what to do; after one word it goes on."""
    url = databases.url(tmp_path)
    with H.Sink() as sink:
        home = H.House(url, sink.port)
        home.edition(10)
        home.deliver()
        home.edition(20, period="2")
        home.store.close()
        copy = H.House(way(tmp_path, url), sink.port)
        for _ in range(2):
            with pytest.raises(DeliveryError, match=r"is a copy of one that sends .* take-over"):
                copy.deliver()
        assert (len(sink.taken), copy.alarms()) == (10, ["copy"])
        if way is not in_place:
            home = H.House(url, sink.port)
            assert home.deliver() == {DeliveryState.ACCEPTED: 20}
            home.store.close()
        assert take_over(copy.store, copy.now) == 1
        with copy.store.write() as tx:
            tx.sendings.change("e-2", SendingState.RUNNING, "", copy.now)
        assert copy.deliver() == {DeliveryState.ACCEPTED: 20}
        copy.store.close()


def test_what_never_sent_may_be_copied(tmp_path):
    """A database that is prepared and copied before its first mail is no copy of anything."""
    url = databases.url(tmp_path)
    with H.Sink() as sink:
        home = H.House(url, sink.port)
        home.edition(3)
        home.store.close()
        other = H.House(by_template(tmp_path, url), sink.port)
        assert other.deliver() == {DeliveryState.ACCEPTED: 3}
        assert other.copied == ""
        other.store.close()


def test_a_server_that_was_restarted_goes_on(tmp_path):
    """A crash and a new start are no copy; nor is the place asked for by somebody who is no superuser."""
    with H.Sink() as sink:
        url = databases.url(tmp_path)
        name = url.rpartition("/")[2]
        with databases.server.connection() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'plain'").fetchone():
                connection.execute("CREATE ROLE plain LOGIN")
            connection.execute(f"ALTER DATABASE {name} OWNER TO plain")
        with databases.server.connection(name) as connection:
            connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain")
            connection.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain")
        home = H.House(url.replace("syndicate@", "plain@"), sink.port)
        home.edition(2)
        home.deliver()
        databases.server.crash()
        databases.server.start()
        home.edition(2, period="2")
        assert home.deliver() == {DeliveryState.ACCEPTED: 2}
        home.store.close()
