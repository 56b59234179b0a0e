# SPDX-License-Identifier: Apache-2.0
"""`syndicate verify -c` looks for the text of every item that we hold, not only of the newest."""

from contextlib import closing
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from syndicate.app import clock, open_app
from syndicate.cli import look
from syndicate.cli.main import app as command
from syndicate.model import Chain, Hop, Item, Role
from syndicate.pipeline.release import publish

CONFIG = """
site: {name: Bulletin, url: "https://bulletin.example", contact: ed@bulletin.example}
database: sqlite:///test.db
publishers:
  south: {name: South Desk, home: "https://south.example", terms: CC-BY-4.0}
  tarn: {name: Tarn Review, home: "https://tarn.example"}
sources:
  - {id: south, url: "https://south.example/feed", publisher: south}
  - {id: tarn, url: "https://tarn.example/feed", publisher: tarn}
channels:
  community: {kind: feed, formats: [json], limit: 2}
"""
SECRET = "Nobody may carry this sentence of story number {} anywhere but at home."


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A feed of two stories, and nine older ones that it does not carry; they are looked at two at a time."""
    monkeypatch.setattr(look, "BATCH", 2)
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    now = clock() - timedelta(hours=1)
    with closing(open_app(tmp_path / "config.yaml")) as app:
        with app.store.write() as tx:
            for number in range(11):
                publisher, name = ("south", "South Desk") if number < 2 else ("tarn", "Tarn Review")
                text = f"The boat of story {number} left." if number < 2 else SECRET.format(number)
                url, when = f"https://{publisher}.example/{number}", now - timedelta(hours=number)
                item = Item(
                    f"i-{number}", publisher, publisher, url, url, f"Story {number}", f"<p>{text}</p>", text, published=when
                )  # fmt: skip
                chain = Chain((Hop(Role.ORIGIN, name, publisher, url, when, item.id),))
                tx.items.put(publisher, [item], {item.id: chain}, {}, {}, now=when, first_poll=False)
        publish(app.composing, app.channel("community"), app.release)
    return tmp_path


def verify(folder):
    """Run the command on the feed."""
    file = folder / "public" / "feeds" / "community.json"
    return CliRunner().invoke(command, ["verify", str(file), "-c", str(folder / "config.yaml")])


def test_a_clean_feed(folder):
    """Nothing of the older items stands in it."""
    result = verify(folder)
    assert (result.exit_code, "clean" in result.output) == (0, True), result.output


@pytest.mark.parametrize("number", [2, 5, 10])
def test_text_of_an_old_item_is_found(folder, number):
    """However old an item is, its words are found where they may not stand."""
    file = folder / "public" / "feeds" / "community.json"
    content = file.read_bytes()
    assert b"The boat of story 0 left." in content
    file.write_bytes(content.replace(b"The boat of story 0 left.", SECRET.format(number).encode()))
    result = verify(folder)
    assert result.exit_code == 1
    assert f"item i-{number}: text" in result.output
