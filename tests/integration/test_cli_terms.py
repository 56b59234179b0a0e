# SPDX-License-Identifier: Apache-2.0
"""The command ``terms read`` as typed: JSON lines in and out, mistakes by line, no configuration, no writes."""

import json

import pytest
from typer.testing import CliRunner

from syndicate.cli.main import app
from syndicate.errors import UsageError

GOOD = {
    "id": "n1",
    "language": "en",
    "statements": [
        {"place": "body", "format": "html", "text": "<p>Rain.</p><p>You may republish this article with a link.</p>"},
        {"place": "feed-rights", "format": "text", "text": "© 2026 Fen Post"},
    ],
}


def read(folder, *lines):
    """What the command prints for a file of lines."""
    path = folder / "notices.jsonl"
    path.write_bytes(b"\n".join(lines))
    return CliRunner().invoke(app, ["terms", "read", str(path)]), path


def line(**changes):
    """The good line with changes."""
    return json.dumps(GOOD | changes).encode()


def statement(**changes):
    """A line with one statement that was changed."""
    return line(statements=[GOOD["statements"][1] | changes])


def test_a_line_for_a_line(tmp_path):
    """Each line is answered by one with exactly the fields promised; empty lines are passed over; nothing is written."""
    result, path = read(tmp_path, line(), b"", line(id=7, statements=[]))
    first, second = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 0
    assert list(first) == (
        [
            "id",
            "class",
            "licence",
            "grants",
            "alone",
            "duties",
            "prohibitions",
            "contact",
            "holder",
            "embargo",
            "window",
            "quotes",
            "at_most",
            "picked",
            "not_understood",
        ]
    )
    assert first["class"] == "prose-suggest"
    assert first["grants"] == {"CW": "full", "XW": "full", "EM": "full", "XE": "link", "PR": "withhold"}
    assert (first["alone"], first["duties"], first["holder"]) == ([], ["O3"], "Fen Post")
    assert first["quotes"][0]["text"] == "You may republish this article with a link."
    assert (second["id"], second["class"], second["contact"]) == (7, "none", None)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (b"{", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'"\xff"', "is not UTF-8"),
        (b"[]", "is not an object"),
        (line(id=None), "has no id"),
        (line(id=True), "has no id"),
        (line(language=3), "language is not a string"),
        (line(statements="all rights reserved"), "has no list of statements"),
        (line(statements=["all rights reserved"]), "statement 1 is not an object"),
        (statement(place="margin"), "statement 1: place is none of body, feed-rights, page-footer, terms-page"),
        (statement(place=[]), "statement 1: place is none of body, feed-rights, page-footer, terms-page"),
        (statement(format="pdf"), "statement 1: format is none of text, html"),
        (statement(text=None), "statement 1 has no text"),
    ],
)
def test_a_bad_line_is_named(tmp_path, wrong, why):
    """A line that cannot be read is named with its number on stderr, the others are read, and the exit code is 1."""
    result, path = read(tmp_path, line(), wrong, line(id="n2"))
    assert result.exit_code == 1
    assert [json.loads(one)["id"] for one in result.stdout.splitlines()] == ["n1", "n2"]
    assert " ".join(result.stderr.split()).endswith(f":2: {why}")
    assert path.name in result.stderr.replace("\n", "")


def test_half_a_surrogate_pair(tmp_path):
    """Text that is no Unicode goes out as it came in."""
    text = "© 2026 Fen \ud800 Post"
    result, _ = read(tmp_path, statement(text=text))
    assert json.loads(result.stdout)["quotes"][0]["text"] == text


def test_no_file(tmp_path):
    """A file that cannot be read is a usage error: exit code 2."""
    result = CliRunner().invoke(app, ["terms", "read", str(tmp_path / "none.jsonl")])
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 2
