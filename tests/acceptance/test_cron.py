# SPDX-License-Identifier: Apache-2.0
"""One line for cron, and what a relay, a database or a disk that fails may do to it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest


def one_line(text):
    """An error as people get it: one line, no traceback."""
    assert text.count("\n") == 1
    return text.strip()


def published(folder, channel="community"):
    """The items of a published JSON feed."""
    return json.loads((folder / "public" / "feeds" / f"{channel}.json").read_bytes())["items"]


def change(folder, **keys):
    """Change top-level lines of the configuration."""
    text = (folder / "config.yaml").read_text()
    for key, value in keys.items():
        text = re.sub(rf"(?m)^{key}: .*$", f"{key}: {value}", text)
    (folder / "config.yaml").write_text(text)


# ---------------------------------------------------------------------------------------- cron, relay, database


def test_run_once_is_one_line_for_cron(start, program):
    """From a bare folder it polls and publishes, exits 1 for the broken source; run again it has nothing to report."""
    done = program(start, "run", "--once")
    assert done.returncode == 1
    assert "vale-county-record: " in one_line(done.stderr)
    assert len(published(start)) == 16
    done = program(start, "run", "--once")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_relay_that_is_down_loses_nothing(folder, syndicate, loopback, unused_port):
    """`digest`, `deliver` and `--to` exit 75 and name the relay; when it is back everybody gets the same edition."""
    works = (folder / "config.yaml").read_text()
    change(folder, smtp=f"{{host: 127.0.0.1, port: {unused_port}, security: none}}")
    assert syndicate(folder, "digest", "weekly", "--to", "trial@reader.example").returncode == 75
    done = syndicate(folder, "digest", "weekly")
    assert done.returncode == 75
    assert f"127.0.0.1:{unused_port}: no session with the relay" in one_line(done.stderr)
    before = len(loopback.sink.messages)
    (folder / "config.yaml").write_text(works)
    assert syndicate(folder, "deliver").returncode == 0
    assert len(loopback.sink.messages) == before, "it waits a while before it tries again"
    make_due(folder)
    assert syndicate(folder, "deliver").returncode == 0
    assert len(loopback.sink.messages) == before + 2


def make_due(folder):
    """Deliver as a run six minutes from now would find things: put the outbox's times back by as much."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "syndicate.db")) as database, database:
        database.execute("UPDATE deliveries SET due_at = datetime(due_at, '-6 minutes')")
        database.execute("UPDATE relays SET rests_until = datetime(rests_until, '-6 minutes')")


@pytest.fixture
def unused_port():
    """A port where nobody listens."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(
    ("command", "file"),
    [
        (["poll"], "garbage.db"),
        (["publish"], "/proc/no/x.db"),
        (["deliver"], "garbage.db"),
        (["run", "--once"], "/proc/no/x.db"),
        (["verify", "config.yaml", "-c", "config.yaml"], "garbage.db"),
    ],
)
def test_an_unusable_database_is_try_again(start, syndicate, command, file):
    """Exit 75 and one line that names the file, whether it is no database or has no folder, whatever the command."""
    (start / "garbage.db").write_text("this is no database\n" * 100)
    change(start, database=f"sqlite:///{file}")
    done = syndicate(start, *command)
    assert (done.returncode, done.stdout) == (75, "")
    assert file in one_line(done.stderr)


def test_output_that_cannot_be_written_leaves_what_was_there(folder, syndicate):
    """A folder that cannot be written: exit 1, named, and no other harm."""
    (folder / "file").touch()
    change(folder, output="file")
    done = syndicate(folder, "publish", "community")
    assert done.returncode == 1
    assert str(folder / "file" / "feeds") in one_line(done.stderr)


# ---------------------------------------------------------------------------------------- colour


@pytest.mark.parametrize("command", [["check"], ["poll", "--all"]])
def test_no_colour_where_none_is_wanted(folder, program, command):
    """With NO_COLOR, and in a pipe without it, nothing printed has an escape code."""
    for environment in ({"NO_COLOR": "1"}, {"TERM": "xterm-256color"}):
        done = program(folder, *command, **environment)
        assert "\x1b" not in done.stdout + done.stderr


def test_the_demo_in_one_go(tmp_path, program):
    """`demo --once` exits 0, shows the stopped edition and the one broken source, and leaves nothing behind."""
    done = program(tmp_path, "demo", "--once", "--port", "0", TMPDIR=str(tmp_path), COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^  The harbour .* full +link +excerpt +full +withhold +full *$", done.stdout, re.MULTILINE)
    for told in ("16 items", "broken on purpose", "3 accepted", "Stopped", "copyright line"):
        assert told in done.stdout
    assert not [path for path in Path(tmp_path).iterdir() if path.name.startswith("syndicate-demo-")]
