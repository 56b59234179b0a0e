# SPDX-License-Identifier: Apache-2.0
"""The operator's side of polling: the list, pausing, releasing, and being told once by log and mail."""

import asyncio
import email
import email.policy
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate import demo
from syndicate.app import open_app
from syndicate.cli import sources
from syndicate.model import Health
from syndicate.pipeline import watch
from syndicate.pipeline.tell import MOST, letter, tell, worded
from syndicate.store import PollRun, SourceChange

CONFIG = """
site: {name: Riverside Bulletin, url: https://bulletin.example, contact: editor@bulletin.example}
publishers: {south: {name: South Desk}}
sources:
  - {id: south, url: 'https://reader:secret@south.example/feed', publisher: south}
  - {id: north, url: https://north.example/feed, publisher: south}
"""


@pytest.fixture
def path(tmp_path):
    """A configuration with two sources, opened once."""
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    open_app(file).close()
    return file


def note(path, *changes):
    """Write changes of the first source."""
    app = open_app(path)
    with app.store.write() as tx:
        for kind, text in changes:
            tx.holding.changed(SourceChange("south", app.clock(), kind, text))
    app.close()


def listed(path, capsys):
    """What `list --json` says, by source."""
    assert sources.list_sources(path, json=True) == 0
    return {row["source"]: row for row in json.loads(capsys.readouterr().out)}


def test_the_list(path, capsys):
    """Both forms name health, next poll and reason, and never a password."""
    row = listed(path, capsys)["south"]
    assert (row["status"], row["next_why"], row["waiting"]) == ("new", "new", 0)
    assert row["url"] == "https://south.example/feed"
    sources.list_sources(path, json=False)
    shown = capsys.readouterr().out
    assert "south" in shown
    assert "now" in shown
    assert "secret" not in shown


def test_pause_and_resume(path, capsys):
    """A paused source is not due, is listed as paused, and goes on when it is resumed; others are as they were."""
    assert sources.pause(path, ["south"]) == 0
    assert sources.pause(path, ["south"]) == 0
    capsys.readouterr()
    rows = listed(path, capsys)
    assert (rows["south"]["status"], rows["south"]["next_poll"], rows["north"]["status"]) == ("paused", None, "new")
    assert sources.resume(path, ["south", "north"], dropping=False) == 0
    said = capsys.readouterr().out
    assert "south: is polled again." in said
    assert "north: is neither paused, nor gone, nor on hold" in said
    assert listed(path, capsys)["south"]["status"] == "new"


@pytest.mark.parametrize(("dropping", "said"), [(False, "0 items released"), (True, "0 items dropped")])
def test_a_held_source_is_let_go(path, capsys, dropping, said):
    """The list says why it is held and which command ends it; the command does."""
    app = open_app(path)
    with app.store.write() as tx:
        (state,) = tx.sources.get(["south"])

        tx.sources.change(replace(state, health=Health.HELD, health_why="57 new items at once"))
    app.close()
    sources.list_sources(path, json=False)
    shown = capsys.readouterr().out
    assert "on hold" in shown
    assert "57 new items at once" in shown
    assert "syndicate resume south --drop" in shown
    sources.resume(path, ["south"], dropping=dropping)
    assert said in capsys.readouterr().out
    assert listed(path, capsys)["south"]["status"] == "new"


def test_trend():
    """Height by what was new, a low mark for nothing, a cross for a failure; oldest first."""
    polls = [PollRun("s", None, 200, 0, new, 0, 0.0, error) for new, error in [(0, ""), (7, ""), (1, ""), (0, "no")]]
    assert sources.trend(polls) == "x▂█_"
    assert sources.trend([]) == ""


def test_the_operator_hears_once_by_mail(path, tmp_path):
    """Several changes are one mail, a later one keeps its distance, and nothing is told twice."""
    note(path, ("held", "57 new items\nBcc: all@reader.example"), ("recovered", "it answers again"))

    async def run():
        async with demo.sink(tmp_path / "mail") as sink:
            text = CONFIG + f"smtp: {{host: 127.0.0.1, port: {sink.port}}}\n"
            path.write_text(text)
            app = open_app(path)
            assert app.config.smtp_given
            told = [await tell(app.posting, app.config.site, by_mail=True) for _ in range(2)]
            note(path, ("gone", "removed for good"))
            told.append(await tell(app.posting, app.config.site, by_mail=True))
            later = open_app(path, now=lambda: app.clock() + timedelta(minutes=16))
            told.append(await tell(later.posting, later.config.site, by_mail=True))
            later.close()
            app.close()
            return told, [m.path.read_bytes() for m in sink.messages if "editor@bulletin.example" in m.recipients]

    told, mails = asyncio.run(run())
    assert [[change.kind for change in changes] for changes in told] == [["held", "recovered"], [], [], ["gone"]]
    assert len(mails) == 2
    message = email.message_from_bytes(mails[0], policy=email.policy.default)
    assert message["Subject"] == "2 changes among your sources"
    assert message["Bcc"] is None
    assert "syndicate resume south --drop" in message.get_content()


def test_the_operator_hears_once_by_log(path):
    """Without a relay in the configuration the log is told, once."""
    note(path, ("broke", "404"))
    app = open_app(path)
    assert not app.config.smtp_given
    told = asyncio.run(tell(app.posting, app.config.site, by_mail=False))
    assert worded(told[0]).startswith("south broke: 404; syndicate list shows")
    assert asyncio.run(tell(app.posting, app.config.site, by_mail=False)) == ()
    app.close()


def test_a_mail_is_of_bounded_length(path):
    """When everything breaks at once the mail has its first lines and a count."""
    app = open_app(path)
    many = [SourceChange(f"s{n}", app.clock(), "broke", "no answer") for n in range(MOST + 9)]
    text = email.message_from_bytes(
        letter(app.config.site, many, app.clock()), policy=email.policy.default
    ).get_content()
    assert text.count("no answer") == MOST
    assert "and 9 more" in text
    app.close()


def test_a_source_that_is_gone_may_be_resumed(path):
    """Whoever knows better than the publisher's 410 may look again."""
    app = open_app(path)
    with app.store.write() as tx:
        (state,) = tx.sources.get(["south"])
        tx.sources.change(replace(state, health=Health.GONE, next_poll_at=None))
    watch.resume(app.store, "south", app.clock())
    with app.store.read() as tx:
        (state,) = tx.sources.get(["south"])
    assert (state.health, state.next_poll_at is not None) == (Health.SOUND, True)
    app.close()
