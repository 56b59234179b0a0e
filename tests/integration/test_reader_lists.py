# SPDX-License-Identifier: Apache-2.0
"""Lists of readers as spreadsheets and other programs write them: the same people, or a line that says what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.cli.readers import read_rows
from syndicate.errors import UsageError
from syndicate.model import Channel, ChannelKind, Medium, Purpose

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY)
SAID = '"I want it, ""weekly"";\nevery Monday."'


def read(folder, content):
    """The rows of a file."""
    (folder / "list.csv").write_bytes(content)
    return read_rows(folder / "list.csv", WEEKLY, NOW)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("names", ["email confirmed_at method wording", "E-Mail Confirmed-At METHOD Wording"])
def test_as_spreadsheets_write_it(tmp_path, delimiter, end, mark, names):
    """Commas, semicolons or tabs, any line end, a byte order mark, names in any case, another order, more columns."""
    rows = [
        [*names.split(), "Notes"][::-1],
        ["ann@mail.example", "2026-03-04", "form", SAID, ""][::-1],
        ["bo@mail.example", "", "", "", f"{delimiter}".join(["x"])][::-1],
        ["no address", "", "", "", ""][::-1],
    ]
    found = read(tmp_path, mark + end.join(delimiter.join(row) for row in rows).encode())
    assert found.asked == ["bo@mail.example"]
    consent = found.confirmed["ann@mail.example"]
    assert (consent.method, consent.wording) == ("form", SAID.strip('"').replace('""', '"'))
    (wrong,) = found.wrong
    assert "list.csv:5: " in wrong, "the line in the file, where a cell has two lines"


@pytest.mark.parametrize("content", [b"", b"\n", b"name,mail\nx,y\n", b"email confirmed_at\n", b"ann@mail.example\n"])
def test_what_has_no_column_of_addresses(tmp_path, content):
    """A file without that column is refused whole, with the line that it should begin with."""
    with pytest.raises(UsageError, match="begin it with a line: email,confirmed_at,method,wording"):
        read(tmp_path, content)


@pytest.mark.parametrize("content", [b"email\nann\xff@mail.example\n", "email\nann@mail.example\n".encode("utf-16")])
def test_what_is_not_utf8(tmp_path, content):
    """Another encoding is refused, with what to do."""
    with pytest.raises(UsageError, match="UTF-8"):
        read(tmp_path, content)
