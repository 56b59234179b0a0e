# SPDX-License-Identifier: Apache-2.0
"""The checks of validity that other tests lean on find what is wrong: each rule is broken once."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.publish.digest import fill, render_digest
from syndicate.publish.feed import render_feed
from syndicate.publish.templates import environment

CASES = Path(__file__).parents[1] / "cases/publish"
S = SimpleNamespace(**runpy.run_path(str(CASES / "samples.py")))
VALIDITY = SimpleNamespace(**runpy.run_path(str(CASES / "validity.py")))


@pytest.fixture(scope="module")
def finished():
    """The sample edition in every format."""
    parts = {part.name: part.content for part in render_feed(S.FEED, S.SITE, S.EDITION, S.NOW, environment())}
    letter = render_digest(S.DIGEST, S.SITE, S.EDITION, S.NOW, "2026-11-23", environment())[0]
    return parts | {"mail": fill(letter.content, recipient="a@b.example", message_id="<1@b.example>", token="t")}


BROKEN = [
    ("atom", b"<updated>2026-11-21T09", b"<updated>2026-11-21 09"),
    ("atom", b"<updated>2026-11-21T09:00:00+00:00", b"<updated>2026-02-31T09:00:00Z"),
    ("atom", b'rel="self"', b'rel="other"'),
    ("atom", b'href="https://south.example/the-ferry"', b'href="/the-ferry"'),
    ("atom", b'href="https://south.example/the-ferry"', b'href="https://south.example/the ferry"'),
    ("atom", b'href="https://south.example/the-ferry"', b'href="https://south.example:x/"'),
    ("atom", b"<author>", b"<author><email>nobody</email>"),
    ("atom", b"<name>Ines Marlow</name>", b""),
    ("atom", b"<rights>", b"<rights>one</rights><rights>"),
    ("atom", b'<content type="html">', b'<content type="xhtml">'),
    ("atom", b'<content type="html">', b'<content type="html">&lt;a href="x"&gt;y&lt;/a&gt;'),
    ("atom", b'<content type="html">', b'<content type="html">&lt;p onclick="x" lang="?"&gt;y&lt;/p&gt;'),
    ("atom", b'<content type="html">', b'<content type="html">&lt;script&gt;y&lt;/script&gt;'),
    ("atom", b'scheme="https://bulletin.example/themes"', b'scheme="themes"'),
    ("atom", b"<source>", b'<source xml:lang="en gb">'),
    ("atom", b"<source>", b'<source><link rel="alternate" href="x:1"/><link rel="alternate" href="x:2"/>'),
    ("atom", b'<link rel="license"', b'<link wrong="1" rel="license"'),
    ("rss", b'version="2.0"', b'version="2.1"'),
    ("rss", b"<pubDate>Wed", b"<pubDate>Thu"),
    ("rss", b"+0000</pubDate>", b"</pubDate>"),
    ("rss", b'isPermaLink="false"', b'isPermaLink="no"'),
    ("rss", b"<source url=", b"<source href="),
    ("rss", b"<link>https://bulletin.example/</link>", b""),
    ("rss", b"<link>https://harbour.example/", b"<link>/"),
    ("rss", b"<item>", b"<item><author>Ines Marlow</author>"),
    ("rss", b"<item>", b"<item><summary/>"),
    ("rss", b'rel="self"', b'rel="other"'),
    ("rss", b"<content:encoded>", b"<content:encoded>&lt;a href='x'&gt;y&lt;/a&gt;"),
    ("json", b"/version/1.1", b"/version/2"),
    ("json", b'"items": [', b'"extra": 1, "items": ['),
    ("json", b'"items": [', b'"items": [{"id": "1"},'),
    ("json", b'"items": [', b'"items": [{"id": 1, "content_text": "x"},'),
    ("json", b'"items": [', b'"items": [{"id": "1", "content_text": "x", "_x": 1, "url": "x"},'),
    ("json", b'"items": [', b'"items": [{"id": "1", "content_text": "x", "language": "a b", "tags": [1]},'),
    ("json", b'"items": [', b'"items": [{"id": "1", "content_text": "x", "authors": [{}], "attachments": [{}]},'),
    ("json", b'"date_modified": "2026', b'"date_modified": "26'),
    ("mail", b"\r\nTo:", b"\r\nTo: b@b.example\r\nTo:"),
    ("mail", b"\r\nTo: a@b.example", b"\r\nTo: a..c@b.example"),
    ("mail", b"\r\nMIME-Version", b"\nMIME-Version"),
    ("mail", b"\r\nSubject: ", b"\r\nSubject: " + b"x" * 999),
    ("mail", b"\r\nSubject: ", b"\r\nSubject: \xc3\xbc"),
    ("mail", b"text/plain", b"text/x-plain"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), BROKEN, ids=range(len(BROKEN)))
def test_what_is_broken_is_found(finished, name, right, wrong):
    """A valid document with one rule broken has faults, and without the change it has none."""
    content = finished[name]
    assert right in content
    assert VALIDITY.faults(name, content) == []
    assert VALIDITY.faults(name, content.replace(right, wrong, 1))


@pytest.mark.parametrize(("name", "mark"), [("atom", b"entry"), ("rss", b"item")])
def test_what_stands_twice_is_found(finished, name, mark):
    """Two entries of one id are a fault."""
    content = finished[name]
    start, end = content.index(b"<" + mark + b">"), content.index(b"</" + mark + b">") + len(mark) + 3
    assert any(
        "stands twice" in fault for fault in VALIDITY.faults(name, content[:end] + content[start:end] + content[end:])
    )
