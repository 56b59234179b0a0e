# SPDX-License-Identifier: Apache-2.0
"""Bytes of every feed format to the parsed feed, and the traps of the library below."""

import json
import os
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.errors import ParseError
from syndicate.intake import evidence
from syndicate.intake.evidence import Stated, matched
from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.model import Category, Enclosure, Level, Link, Person, Publisher, Source

URL = "https://own.example/feed.xml"
ATOM = "http://www.w3.org/2005/Atom"


def rss(inner, channel=""):
    """An RSS 2.0 feed with one item."""
    names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    more = f'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="{ATOM}" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    head = f"<title>Own Weekly</title><link>https://own.example/</link>{channel}"
    return f'<rss version="2.0" {names} {more}><channel>{head}<item>{inner}</item></channel></rss>'.encode()


def atom(entry, feed=""):
    """An Atom feed with one entry."""
    return f'<feed xmlns="{ATOM}"><title>Own</title>{feed}<entry>{entry}</entry></feed>'.encode()


def only(body):
    """The only entry of a feed."""
    (entry,) = parse(body, url=URL).entries
    return entry


def test_rss():
    """Every field of an RSS 2.0 item is read."""
    entry = only(
        rss(
            "<title>A &amp;amp; B</title><link>https://own.example/1</link><guid isPermaLink='false'>id-1</guid>"
            "<pubDate>Tue, 05 May 2026 10:00:00 +0200</pubDate><dc:creator>Jane Doe</dc:creator><dc:creator>Ann Roe</dc:creator>"
            "<category domain='https://own.example/region'>North</category><category domain='https://own.example/theme'>North</category>"
            "<category>Loose</category><description>Short</description><content:encoded><![CDATA[<p>Long &amp; whole</p>]]></content:encoded>"
            "<enclosure url='https://own.example/a.mp3' type='audio/mpeg' length='123'/>"
            "<atom:link rel='via' href='https://other.example/1' title='Other'/>"
            "<source url='https://other.example/feed'>Other Times</source><dc:source>A book</dc:source>"
        )
    )
    assert (entry.identity, entry.link) == ("id-1", "https://own.example/1")
    assert entry.title.value == "A &amp; B" or entry.title.markup
    assert entry.published == datetime(2026, 5, 5, 8, tzinfo=UTC)
    assert entry.updated is None
    assert entry.authors == (Person("Jane Doe"), Person("Ann Roe"))
    assert entry.categories == (
        Category("North", "https://own.example/region"),
        Category("North", "https://own.example/theme"),
        Category("Loose"),
    )
    assert [(body.value, body.markup) for body in entry.bodies] == [("<p>Long &amp; whole</p>", True)]
    assert entry.summary.value == "Short"
    assert entry.enclosures == (Enclosure("https://own.example/a.mp3", "audio/mpeg", 123),)
    assert Link("via", "https://other.example/1", "text/html", "Other") in entry.links
    origins = [(origin.kind, origin.name, origin.url, origin.feed_url) for origin in entry.origins]
    assert origins == [("rss.source", "Other Times", "", "https://other.example/feed"), ("dc.source", "A book", "", "")]


def test_atom():
    """Every field of an Atom entry is read, its source complete."""
    entry = only(
        atom(
            "<id>tag:own.example,2026:1</id><title type='html'>A &lt;i>b&lt;/i></title><updated>2026-05-05T10:00:00Z</updated>"
            "<published>2026-05-04T10:00:00Z</published><author><name>Jane</name><uri>https://own.example/jane</uri>"
            "<email>jane@own.example</email></author><author><name>Ann</name></author>"
            "<category term='north' scheme='https://own.example/region' label='The North'/>"
            "<link href='https://own.example/1'/><link rel='enclosure' href='https://own.example/v.mp4' type='video/mp4' length='x'/>"
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Whole</p></div></content><summary>Short</summary>"
            "<source><id>https://other.example/</id><title>Other</title><link rel='self' href='https://other.example/feed'/>"
            "<author><name>Origin Author</name></author></source>"
        )
    )
    assert entry.published == datetime(2026, 5, 4, 10, tzinfo=UTC)
    assert entry.updated == datetime(2026, 5, 5, 10, tzinfo=UTC)
    assert entry.authors == (Person("Jane", "https://own.example/jane"), Person("Ann"))
    assert entry.categories == (Category("north", "https://own.example/region", "The North"),)
    assert entry.bodies[0].value.strip() == "<p>Whole</p>"
    assert entry.enclosures == (Enclosure("https://own.example/v.mp4", "video/mp4", 0),)
    (origin,) = entry.origins
    assert (origin.kind, origin.name, origin.url) == ("atom.source", "Other", "https://other.example/")
    assert (origin.feed_url, origin.authors) == ("https://other.example/feed", (Person("Origin Author"),))


def test_rdf_and_old_rss():
    """RSS 1.0 and 0.91 are read; a lone dc:date is when the item was published."""
    rdf = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Own</title></channel>'
        b'<item rdf:about="https://own.example/1"><title>A</title><dc:date>2026-05-05</dc:date><dc:source>https://other.example/1</dc:source></item></rdf:RDF>'
    )
    feed = parse(rdf, url=URL)
    assert (feed.format, feed.entries[0].identity) == ("rss10", "https://own.example/1")
    assert (feed.entries[0].published, feed.entries[0].updated) == (datetime(2026, 5, 5, tzinfo=UTC), None)
    assert feed.entries[0].origins[0].url == "https://other.example/1"
    old = b'<rss version="0.91"><channel><title>Own</title><language>en-us</language><item><title>A</title></item></channel></rss>'
    assert (parse(old, url=URL).format, parse(old, url=URL).language) == ("rss091u", "en-us")


def test_json_feed():
    """Every field of a JSON Feed is read, extension objects for rights and our own included."""
    body = {
        "version": "https://jsonfeed.org/version/1.1", "title": "Own", "home_page_url": "https://own.example/", "language": "en",
        "authors": [{"name": "Desk", "url": "https://own.example/desk"}], "_rights": {"licence": "https://l.example/", "copyright": None},
        "_note": "text", "other": {"licence": "no"},
        "items": [
            {"id": 7, "url": "https://own.example/1", "external_url": "https://other.example/1", "title": "A", "content_html": "<p>x</p>",
             "content_text": "", "summary": "s", "date_published": "2026-05-05T10:00:00+02:00", "date_modified": "2026-05-06T10:00:00",
             "author": {"name": "Jane"}, "tags": ["a", 5, " "], "language": "de",
             "attachments": [{"url": "https://own.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9}, {"size_in_bytes": "x"}, 3]},
            {"id": "b", "_syndicate": {"source": {"name": "Last", "url": "https://last.example/1"}, "copyright": "© J",
             "licence": {"id": "CC-BY-4.0", "url": "https://cc.example/by"}, "categories": [{"term": "n", "scheme": "s", "label": "N"}],
             "chain": [{"name": "First", "url": "https://first.example/1"}, {}]}, "tags": ["n"]},
            {"id": True, "_syndicate": {"source": {"name": "Only"}}, "content_text": "plain"},
            "no item",
        ],
    }  # fmt: skip
    feed = parse(b"\xef\xbb\xbf " + json.dumps(body).encode(), url=URL)
    assert (feed.format, feed.home, feed.authors) == (
        "json11",
        "https://own.example/",
        (Person("Desk", "https://own.example/desk"),),
    )
    assert [(x.kind, x.level, x.value, x.place) for x in feed.evidence] == [
        ("jsonfeed.licence", Level.FEED, "https://l.example/", "_rights.licence")
    ]
    one, two, three = feed.entries
    assert (one.identity, one.authors, one.categories) == ("7", (Person("Jane"),), (Category("a"),))
    assert (one.published, one.updated) == (datetime(2026, 5, 5, 8, tzinfo=UTC), datetime(2026, 5, 6, 10, tzinfo=UTC))
    assert one.enclosures[0] == Enclosure("https://own.example/a.mp3", "audio/mpeg", 9)
    assert [(x.kind, x.url) for x in one.origins] == [("jsonfeed.external_url", "https://other.example/1")]
    assert [(x.kind, x.value) for x in two.evidence] == [
        ("jsonfeed.licence", "https://cc.example/by"),
        ("jsonfeed.copyright", "© J"),
    ]
    assert [(x.kind, x.name, x.url) for x in two.origins] == [
        ("jsonfeed.syndicate", "First", "https://first.example/1")
    ]
    assert two.categories == (Category("n", "s", "N"),)
    assert ([x.name for x in three.origins], three.identity, three.bodies[0].markup) == (["Only"], "", False)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b'{"items": [{"id": "1"}', "cut short"),
        (b'{"version": "x"}', "not a JSON Feed"),
        (b'{"items": ' + b"[" * 100_000, "nested too deeply"),
        (b"<rss version='2.0'><channel>", "cut short"),
        (b"", "empty"),
        (b"<html></html>", "web page"),
        (b"<channel><x/></channel>", "not a feed"),
    ],
)
def test_nothing_but_parse_errors(body, what):
    """Whatever comes, the answer is a ParseError with a remedy that names the document."""
    with pytest.raises(ParseError, match=what) as caught:
        parse(body, url=URL)
    assert caught.value.remedy
    assert caught.value.subject == URL


def test_json_surrogates_and_dates():
    """Lone surrogates are dropped, dates that are none are None."""
    entry = only(
        b'{"items": [{"id": "a\\ud800", "title": "t\\udfff\\u0000", "date_published": "soon", "date_modified": "0001-01-01T00:00:00+23:00"}]}'
    )
    assert (entry.identity, entry.title.value, entry.published, entry.updated) == ("a", "t", None, None)


def test_a_body_that_names_a_file_is_not_opened(tmp_path):
    """The library opens what looks like a path; our bodies never reach it as one."""
    path = tmp_path / "feed.xml"
    path.write_bytes(rss("<title>secret</title>"))
    with pytest.raises(ParseError):
        parse(os.fsencode(path), url=URL)


def test_characters_that_make_the_library_raise():
    """References to surrogates and beyond Unicode are dropped before it sees them."""
    assert only(rss("<title>a&#xD800;&#1114112;b</title>")).title.value == "ab"


def test_one_base_does_not_leak_into_the_next_entry():
    """An entry's xml:base is its own."""
    feed = f'<feed xmlns="{ATOM}"><entry xml:base="https://b.example/"><link href="1"/></entry><entry><link href="2"/></entry></feed>'
    assert [entry.link for entry in parse(feed.encode(), url=URL).entries] == [
        "https://b.example/1",
        "https://own.example/2",
    ]


def test_a_photos_licence_is_not_the_articles():
    """media:license gives asset evidence and nothing else."""
    entry = only(
        rss(
            "<media:content url='https://own.example/p.jpg'><media:license href='https://cc.example/'>CC</media:license></media:content>"
        )
    )
    assert [x.kind for x in entry.evidence] == ["mrss.license"]


def test_rights_of_two_vocabularies_stay_two():
    """dc:rights does not overwrite atom:rights."""
    entry = only(rss("<atom:rights>A</atom:rights><dc:rights>B</dc:rights>"))
    assert [(x.kind, x.value) for x in entry.evidence] == [("atom.rights", "A"), ("dc.rights", "B")]


def test_all_authors_and_no_address():
    """Several names in several elements are all kept, each once; an address alone is nobody."""
    entry = only(
        rss(
            "<author>jane@own.example (Jane Doe)</author><dc:creator>Ann Roe</dc:creator><itunes:author>Jane Doe</itunes:author>"
        )
    )
    assert [person.name for person in entry.authors] == ["Jane Doe", "Ann Roe"]
    assert only(rss("<author>jane@own.example</author>")).authors == ()


def test_missing_fields_invent_nothing():
    """An empty item is an empty entry, without warnings from the library's old names; empty categories are none."""
    entry = only(rss("<category domain='x'></category><atom:link rel='via'/>"))
    assert (entry.categories, entry.links) == ((), ())
    assert (entry.identity, entry.link, entry.published, entry.updated, entry.bodies) == ("", "", None, None, ())


@pytest.mark.parametrize("date", ["yesterday", "Tue, 99 May 2026 10:00:00 GMT", "0000-00-00", "2026-13-45"])
def test_garbage_dates_are_none(date):
    """A date that is none is None, never the time of the poll."""
    entry = only(rss(f"<pubDate>{date}</pubDate>"))
    assert entry.published is None


def test_languages_and_links():
    """The language of an item is the nearest stated; FeedBurner's original link wins over its redirector."""
    assert only(atom("<title xml:lang='fr'>x</title>")).language == "fr"
    burner = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    inner = f"<link>https://burner.example/~r/1</link><feedburner:origLink {burner}>https://own.example/1</feedburner:origLink>"
    assert only(rss(inner)).link == "https://own.example/1"


def test_unmatched_evidence_is_left_out_and_said():
    """If the two readings of a broken document disagree on the entries, no item gets another item's statement."""
    found = [Stated(frozenset({"1"}), ()), Stated(frozenset({"1"}), ()), Stated(frozenset(), ())]
    assert matched(found, [frozenset({"1"}), frozenset({"1"})]) is None


def test_entries_that_only_the_library_sees(monkeypatch):
    """Where the readings cannot be matched, entries keep their last named author and lose their statements, aloud."""
    monkeypatch.setattr(evidence, "entries_stated", lambda *_: ())
    source = "<source url='https://other.example/feed'>Other</source>"
    feed = parse(rss(f"<guid>1</guid><dc:creator>Ann Roe</dc:creator><dc:rights>A</dc:rights>{source}"), url=URL)
    (entry,) = feed.entries
    assert [(origin.name, origin.feed_url) for origin in entry.origins] == [("Other", "https://other.example/feed")]
    assert (entry.authors, entry.evidence) == ((Person("Ann Roe"),), ())
    assert "could not be matched" in feed.problems[0]


def test_whatever_the_library_raises_is_a_parse_error(monkeypatch):
    """An exception from below becomes a ParseError that names its kind."""
    monkeypatch.setattr(evidence, "feed_evidence", lambda *_: 1 / 0)
    with pytest.raises(ParseError, match="ZeroDivisionError"):
        parse(rss(""), url=URL)


SEED = rss(
    "<title>A &amp; B</title><link>/1</link><content:encoded><![CDATA[<p>x</p>]]></content:encoded>", "<!-- c -->"
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SEED)), st.integers(0, 12), st.binary(max_size=6))
def test_damaged_feeds_never_surprise(place, cut, noise):
    """Bytes removed and added anywhere give a feed or a ParseError, and normalising gives items."""
    body = SEED[:place] + noise + SEED[place + cut :]
    try:
        parsed = parse(body, url=URL)
    except ParseError:
        return
    normalise(parsed, Source("own", URL, Publisher("own", "Own")))


def test_keywords_in_attributes_that_say_nothing():
    """An iTunes category without its text is no category."""
    itunes = '<itunes:category xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"/>'
    assert only(rss(itunes)).categories == ()


def test_feed_authors_are_inherited_in_atom_only():
    """The managing editor of an RSS channel is no author of its items."""
    desk = "<author><name>Desk</name></author><author><email>desk@own.example</email></author>"
    assert parse(atom("", desk + desk), url=URL).authors == (Person("Desk"),)
    assert parse(rss("", "<managingEditor>desk@own.example (Desk)</managingEditor>"), url=URL).authors == ()
