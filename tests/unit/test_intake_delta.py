# SPDX-License-Identifier: Apache-2.0
"""Reading only what is new: the items are those of the whole document, field by field, whatever was edited."""

import json
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.errors import ParseError
from syndicate.intake import delta
from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.model import Publisher, Source

URL = "https://own.example/feed.xml"
OWN = Source("own", URL, Publisher("own", "Own Weekly", "https://own.example/"))
NAMES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:cc="http://creativecommons.org/ns#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)


@dataclass(frozen=True)
class Document:
    """A feed to edit: its format, what its head says, its entries, what stands behind the last."""

    format: str
    head: tuple[str, ...] = ()
    entries: tuple[tuple[str, ...], ...] = ()
    root: str = ""
    junk: str = ""
    doctype: str = ""

    def body(self):
        """Its bytes."""
        if self.format == "json":
            head = dict(part.split("=", 1) for part in self.head if "=" in part)
            items = [dict(part.split("=", 1) for part in entry if "=" in part) for entry in self.entries]
            return json.dumps({"version": "https://jsonfeed.org/version/1.1", **head, "items": items}).encode()
        head = "".join(self.head)
        if self.format == "atom":
            entries = "\n".join(f"<entry>{''.join(entry)}</entry>" for entry in self.entries)
            return f'{self.doctype}<feed xmlns="http://www.w3.org/2005/Atom" {NAMES} {self.root}>{head}{entries}</feed>{self.junk}'.encode()
        entries = "\n".join(f"<item>{''.join(entry)}</item>" for entry in self.entries)
        if self.format == "rdf":
            return (
                f'{self.doctype}<rdf:RDF xmlns="http://purl.org/rss/1.0/" {NAMES} {self.root}><channel>{head}</channel>{entries}'
                f"</rdf:RDF>{self.junk}"
            ).encode()
        return f'{self.doctype}<rss version="2.0" {NAMES} {self.root}><channel>{head}{entries}</channel></rss>{self.junk}'.encode()


COMMON = (
    "<dc:creator>Jane Doe</dc:creator>",
    "<dc:rights>© 2026 Jane</dc:rights>",
    '<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>',
    "<dc:source>https://other.example/9</dc:source>",
    '<media:content url="https://own.example/p.jpg"><media:title>Photo</media:title></media:content>',
    "<category>News</category>",
    "<!-- a remark -->",
    "<entry><title>Inside</title></entry>",
    "<description>&name; wrote, &amp;lt;b&amp;gt; &#8217;</description>",
    "<link>https://own.example/?a=1&amp;b=2</link>",
    "<title>A &amp; b</title>",
    "<title>Other</title>",
)
RSS = (
    "<link>https://own.example/1</link>",
    "<link>/2</link>",
    "<guid>https://own.example/1</guid>",
    '<guid isPermaLink="false">g-2</guid>',
    "<pubDate>Tue, 05 May 2026 10:00:00 GMT</pubDate>",
    "<description>Plain words, and more.</description>",
    "<description><![CDATA[<p>Read <a href='/x'>this</a></item><item>.</p>]]></description>",
    "<content:encoded>&lt;p>First published by &lt;a href='https://other.example/1'>Other&lt;/a>&lt;/p></content:encoded>",
    '<source url="https://other.example/feed">Other Times</source>',
    "<enclosure url='a.mp3' type='audio/mpeg' length='1'/>",
)
ATOM = (
    "<id>tag:own.example:1</id>",
    "<id>tag:own.example:2</id>",
    '<link href="/1"/>',
    '<link rel="license" href="https://creativecommons.org/licenses/by-nd/4.0/"/>',
    '<link rel="via" href="https://other.example/1" title="Other"/>',
    "<updated>2026-05-05T10:00:00Z</updated>",
    "<updated>2026-05-06T10:00:00Z</updated>",
    "<author><name>Ann</name></author>",
    '<content type="html">&lt;p>Body&lt;/p></content>',
    '<content type="xhtml" xml:base="sub/"><div xmlns="http://www.w3.org/1999/xhtml"><a href="y">y</a></div></content>',
    "<source><title>Origin</title><author><name>Bo</name></author></source>",
)
JSON = (
    *("id=1", "id=2", "url=https://own.example/1", "url=https://own.example/2", "title=A", "title=B"),
    *("content_html=<p>One</p>", "content_text=Two", "date_modified=2026-05-05T10:00:00Z"),
)
HEADS = {
    "rss": (
        "<title>Own</title>",
        "<link>https://own.example/</link>",
        "<copyright>© Own</copyright>",
        "<language>de</language>",
        "<lastBuildDate>Tue, 05 May 2026 10:00:00 GMT</lastBuildDate>",
        '<cc:license rdf:resource="https://creativecommons.org/licenses/by-sa/4.0/"/>',
        "<image><title>Logo</title><url>/l.png</url></image>",
    ),
    "atom": (
        "<title>Own</title>",
        "<author><name>Desk</name></author>",
        "<rights>© Own</rights>",
        "<updated>2026-05-05T10:00:00Z</updated>",
        '<link href="https://own.example/"/>',
    ),
    "json": ("title=Own", "home_page_url=https://own.example/", "language=en"),
}
HEADS["rdf"] = HEADS["rss"]
PARTS = {"rss": (*COMMON, *RSS), "rdf": (*COMMON, *RSS), "atom": (*COMMON, *ATOM), "json": JSON}
DOCTYPES = ("", "<!DOCTYPE x>", '<!DOCTYPE x [<!ENTITY name "Jane">]>', '<!DOCTYPE x [<!ENTITY name "Ann">]>')
ROOTS = ("", 'xml:base="https://base.example/a/"', 'xml:lang="fr"', 'xmlns:x="urn:x"')
MALFORMED = (
    "& co",
    "<b>",
    "</title>",
    "&nbsp;",
    "&undeclared;",
    "<item>",
    "</item>",
    "]]>",
    "<x:y/>",
    "\x0b",
    "<![CDATA[",
)


def entry_of(parts):
    """An entry: some parts, in any order."""
    return st.lists(st.sampled_from(parts), max_size=6).map(tuple)


@st.composite
def documents(draw):
    """A feed in one of the formats."""
    form = draw(st.sampled_from(sorted(PARTS)))
    head = draw(st.lists(st.sampled_from(HEADS[form]), max_size=4, unique=True).map(tuple))
    entries = draw(st.lists(entry_of(PARTS[form]), max_size=5).map(tuple))
    return Document(form, head, entries, draw(st.sampled_from(ROOTS)), "", draw(st.sampled_from(DOCTYPES)))


def position(draw, entries):
    """The number of an entry."""
    return draw(st.integers(0, len(entries) - 1))


def insert(draw, document):
    """A new entry somewhere."""
    at = draw(st.integers(0, len(document.entries)))
    new = draw(entry_of(PARTS[document.format]))
    return replace(document, entries=(*document.entries[:at], new, *document.entries[at:]))


def edit(draw, document):
    """An entry that says something else."""
    at = position(draw, document.entries)
    new = draw(entry_of(PARTS[document.format]))
    return replace(document, entries=(*document.entries[:at], new, *document.entries[at + 1 :]))


def delete(draw, document):
    """An entry less."""
    at = position(draw, document.entries)
    return replace(document, entries=(*document.entries[:at], *document.entries[at + 1 :]))


def reorder(draw, document):
    """The same entries in another order."""
    return replace(document, entries=tuple(draw(st.permutations(document.entries))))


def duplicate(draw, document):
    """An entry twice, perhaps with a part more: another version of it."""
    at = position(draw, document.entries)
    more = draw(st.sampled_from(((), (PARTS[document.format][-1],))))
    return replace(document, entries=(*document.entries, document.entries[at] + more))


def change_head(draw, document):
    """Another head."""
    head = draw(st.lists(st.sampled_from(HEADS[document.format]), max_size=4, unique=True).map(tuple))
    root, doctype = draw(st.sampled_from(ROOTS)), draw(st.sampled_from(DOCTYPES))
    return replace(document, head=head, root=root, doctype=doctype)


def damage(draw, document):
    """Markup that is broken, in an entry or behind the end."""
    wrong = draw(st.sampled_from(MALFORMED))
    if draw(st.booleans()):
        return replace(document, junk=wrong)
    at = position(draw, document.entries)
    broken = (*document.entries[at], wrong)
    return replace(document, entries=(*document.entries[:at], broken, *document.entries[at + 1 :]))


EDITS = (insert, edit, delete, reorder, duplicate, change_head, damage)


@st.composite
def histories(draw):
    """A document and what became of it, edition by edition."""
    editions = [draw(documents())]
    for _ in range(draw(st.integers(1, 3))):
        document = editions[-1]
        for change in draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=2)):
            document = change(draw, document) if document.entries else insert(draw, document)
        editions.append(document)
    return editions


def whole(body, url=URL, source=OWN):
    """The feed as reading all of it gives it; None if it cannot be read."""
    try:
        return normalise(parse(body, url=url), source)
    except ParseError:
        return None


class Follower:
    """Holds what the readings of one source brought, as the store does."""

    def __init__(self):
        """Nothing was read yet."""
        self.marks, self.items, self.feed, self.read = b"", {}, None, []

    def follow(self, body, url=URL, source=OWN):
        """Read the next edition and check that nothing differs from reading all of it."""
        expected = whole(body, url, source)
        try:
            reading = delta.read(body, url=url, source=source, marks=self.marks)
        except ParseError:
            assert expected is None
            return
        self.marks = reading.marks
        self.feed = reading.feed or self.feed
        self.read = [item.id for item in reading.feed.items] if reading.feed else []
        self.items |= {item.id: item for item in reading.feed.items} if reading.feed else {}
        assert [self.items[one] for one in reading.listed] == list(expected.items)
        assert replace(self.feed, items=(), aliases={}) == replace(expected, items=(), aliases={})


@given(histories())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_differs_from_reading_everything(editions):
    """Entries inserted, edited, deleted, moved, doubled or broken, heads that change: the items are the same."""
    follower = Follower()
    for edition in editions:
        follower.follow(edition.body())


def rss(*entries, head="", doctype=""):
    """An RSS feed."""
    return Document("rss", (head,), tuple((entry,) for entry in entries), doctype=doctype).body()


def second(*bodies, url=URL, source=OWN):
    """The ids that are read of the last of several editions, the others before it; None if nothing is."""
    follower = Follower()
    for body in bodies[:-1]:
        follower.follow(body)
    follower.follow(bodies[-1], url, source)
    return len(follower.read)


A, B, C = (
    f"<guid isPermaLink='false'>{name}</guid><title>{name}</title><description>Text</description>" for name in "abc"
)


def test_only_what_is_new_is_read():
    """Nothing, one entry, an edited one: so many are read, and the head is if it has changed."""
    first = rss(A, B)
    assert second(first) == 2
    assert second(first, rss(A, B)) == 0
    assert second(first, rss(A, B).replace(b"</channel>", b"<!-- 10:00 --></channel>")) == 0
    assert second(first, rss(C, A, B)) == 1
    assert second(first, rss(A, B + "<category>x</category>")) == 1
    assert second(first, rss(B)) == 0
    assert second(first, rss(A, B, head="<lastBuildDate>Tue, 05 May 2026 10:00:00 GMT</lastBuildDate>")) == 0
    assert delta.read(rss(A, B), url=URL, source=OWN, marks=delta.read(first, url=URL, source=OWN).marks).feed is None


def test_what_entries_inherit_reaches_all_of_them():
    """A new licence, address, publisher, base or entity of the feed: everything is read again."""
    first = rss(A, B)
    licence = '<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>'
    assert second(first, rss(A, B, head=licence)) == 2
    assert second(rss(A, B, head=licence), first) == 2
    assert second(first, first.replace(b"<channel>", b'<channel xml:base="https://base.example/">')) == 2
    assert second(first, first, url="https://own.example/moved.xml") == 2
    renamed = replace(OWN, publisher=replace(OWN.publisher, name="Other"))
    assert second(first, first, source=renamed) == 2
    named = [rss(f"{A}&name;", B, doctype=f'<!DOCTYPE x [<!ENTITY name "{name}">]>') for name in ("Jane", "Ann")]
    assert second(*named) == 2


def test_absence_takes_nothing_back():
    """What left the document is listed no more; its item is not touched."""
    follower = Follower()
    follower.follow(rss(A, B))
    held = dict(follower.items)
    follower.follow(rss(B))
    assert follower.items == held
    assert follower.read == []


def test_a_broken_entry_has_everything_read():
    """Beside an entry that only the lenient parser reads the others may read differently too."""
    broken = rss(C + "<b>", A, B)
    assert second(rss(A, B), broken) == 3
    assert second(rss(A, B), broken, broken.replace(b"<b>", b"<i>")) == 3
    assert second(rss(A, B), broken, rss(A, B)) == 2


def test_entries_that_cannot_be_cut_are_read_each_time():
    """An entry inside an entry: no marks are left, and nothing is taken for known."""
    nested = rss(A + "<entry><title>x</title></entry>", B)
    assert second(nested, nested) == 3
    assert delta.read(nested, url=URL, source=OWN).marks == b""


def test_marks_of_nobody_are_no_marks():
    """Marks that another reading, or nothing that we know, has left are passed over."""
    for marks in (b"x", b"x" * 16, delta.read(rss(A), url=URL + "?", source=OWN).marks):
        reading = delta.read(rss(A), url=URL, source=OWN, marks=marks)
        assert len(reading.feed.items) == 1


def test_what_cannot_be_read_is_told():
    """A web page, a document cut short, JSON that is none: as ever, whatever was read before."""
    marks = delta.read(rss(A), url=URL, source=OWN).marks
    for body in (b"<html>", rss(A, B)[:-20], b"{", b'{"version": "x"}', b"", b"<!-- --><rss><item/>"):
        with pytest.raises(ParseError):
            delta.read(body, url=URL, source=OWN, marks=marks)
