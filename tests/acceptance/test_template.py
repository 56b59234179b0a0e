# SPDX-License-Identifier: Apache-2.0
"""An operator's template without credits: nothing leaves, and the message says which file, which item, which duty."""

from __future__ import annotations

import re
import shutil

import pytest

from syndicate import demo
from syndicate.app import clock, open_app
from syndicate.store import LedgerKind


@pytest.fixture(scope="module")
def ready(tmp_path_factory, loopback, syndicate):
    """A folder with everything polled and three readers."""
    folder = tmp_path_factory.mktemp("ready")
    (folder / "config.yaml").write_text(loopback.config(folder))
    (folder / "readers.csv").write_text(demo.readers(clock()))
    assert syndicate(folder, "poll", "--all").returncode == 1, "one publisher of the demo is broken"
    assert syndicate(folder, "subscribers", "import", "readers.csv", "--channel", "weekly").returncode == 0
    return folder


@pytest.fixture
def folder(ready, tmp_path):
    """A copy of that folder."""
    return shutil.copytree(ready, tmp_path / "house")


def drop_credits(folder):
    """What an operator does who finds the credits too long."""
    (folder / "templates").mkdir()
    for name in ("credit.html", "credit.txt"):
        (folder / "templates" / name).write_text("")


def refusals(folder, channel):
    """The refusals of a channel's editions that the ledger holds."""
    app = open_app(folder / "config.yaml")
    with app.store.read() as tx:
        found = [line.data for line in tx.ledger.tail(10, LedgerKind.REFUSAL, channel)]
    app.close()
    return found


def feeds(folder):
    """Every published file and its bytes."""
    return {path.name: path.read_bytes() for path in (folder / "public").rglob("*") if path.is_file()}


def check_message(folder, message, template):
    """The refusal names the template as a file that can be opened, an item and the duty that is not met."""
    assert str(folder / "templates" / template) in message
    assert re.search(r"item i-[0-9a-f]{16}\b", message)
    assert re.search(r"\bO1\b", message)
    assert "Traceback" not in message


def test_no_feed_is_published_without_credits(folder, syndicate):
    """`publish` exits 1, writes no file, tells which template, item and duty, and the ledger has the refusal."""
    drop_credits(folder)
    done = syndicate(folder, "publish", "community")
    assert done.returncode == 1
    assert feeds(folder) == {}
    check_message(folder, done.stderr, "credit.html")
    assert len(refusals(folder, "community")) == 1


def test_published_feeds_stay_as_they_were(folder, syndicate):
    """Feeds that were published before are byte for byte untouched by a refused edition, on every channel."""
    assert syndicate(folder, "publish").returncode == 0
    before = feeds(folder)
    drop_credits(folder)
    assert syndicate(folder, "publish").returncode == 1
    assert feeds(folder) == before
    assert all(refusals(folder, channel) for channel in ("community", "partner", "neighbours"))


def test_no_digest_is_sent_without_credits(folder, syndicate, loopback):
    """`digest` exits 1 and sends nothing, tells why, and the ledger has the refusal; mended, the same items go out."""
    drop_credits(folder)
    before = len(loopback.sink.messages)
    done = syndicate(folder, "digest", "weekly")
    assert done.returncode == 1
    check_message(folder, done.stderr, "credit.html")
    assert syndicate(folder, "deliver").returncode == 0
    assert len(loopback.sink.messages) == before
    assert len(refusals(folder, "weekly")) == 1
    shutil.rmtree(folder / "templates")
    assert syndicate(folder, "digest", "weekly").returncode == 0
    assert len(loopback.sink.messages) == before + 3


@pytest.mark.parametrize("name", ["credit.txt", "credit.html"])
def test_one_part_without_credits_stops_the_whole_mail(folder, syndicate, loopback, name):
    """Credits missing in only the text, or only the HTML, stop the mail: the reader may see either."""
    drop_credits(folder)
    for other in {"credit.txt", "credit.html"} - {name}:
        (folder / "templates" / other).unlink()
    before = len(loopback.sink.messages)
    done = syndicate(folder, "digest", "weekly")
    assert done.returncode == 1
    check_message(folder, done.stderr, name)
    assert len(loopback.sink.messages) == before


def test_a_broken_template_is_named_and_polling_goes_on(tmp_path, loopback, syndicate):
    """A template that cannot be rendered is named with file and line; the run polls all the same and exits 1."""
    (tmp_path / "config.yaml").write_text(loopback.config(tmp_path))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "credit.html").write_text("<p>\n{{ credit.nobody }}\n")
    done = syndicate(tmp_path, "run", "--once")
    assert done.returncode == 1
    assert f"{tmp_path}/templates/credit.html:2: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "16 new items" in done.stdout
    assert not (tmp_path / "public").exists()
