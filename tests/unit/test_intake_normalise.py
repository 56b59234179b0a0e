# SPDX-License-Identifier: Apache-2.0
"""Parsed feeds to items: identity, URLs, text, inheritance and claims."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.intake.normalise import item_id, normalise
from syndicate.intake.parse import parse
from syndicate.intake.parsed import Origin, ParsedEntry, ParsedFeed, Text
from syndicate.model import Category, Enclosure, Evidence, Level, Link, Person, Publisher, Source

URL = "https://own.example/feed.xml"
SOURCE = Source("own", URL, Publisher("own-weekly", "Own Weekly", "https://own.example/"))
DAY = datetime(2026, 5, 5, tzinfo=UTC)


def feed_of(*entries, **feed):
    """The feed of some parsed entries."""
    return normalise(replace(ParsedFeed(URL, "rss20", entries=entries), **feed), SOURCE)


def item_of(**entry):
    """The only item of a feed with one entry."""
    (item,) = feed_of(ParsedEntry(**entry)).items
    return item


def licence(level, value="L", kind="cc.userland"):
    """A statement that names a licence."""
    return Evidence(kind, level, value, "somewhere", URL)


def test_identity_is_id_then_link_then_hash():
    """The entry's own id identifies it, else its link, else title and date, else what it carries."""
    assert item_of(identity="a\n b", link="https://own.example/1").identity == "a b"
    assert item_of(link="/1").identity == "https://own.example/1"
    by_title = item_of(title=Text("T"), published=DAY)
    assert by_title.identity.startswith("sha256:")
    assert by_title.id == item_of(title=Text("T"), published=DAY, summary=Text("new")).id
    assert item_of(bodies=(Text("x"),)).id != item_of(bodies=(Text("y"),)).id
    assert item_of(identity="a").id == item_id("own", "a")
    assert len(item_of(identity="a").id) == 18


@pytest.mark.parametrize(("year", "usable"), [(1, False), (999, False), (1000, True), (9998, True), (9999, False)])
def test_placeholders_are_no_dates(year, usable):
    """A year that programs write for "no date", and that no clock can convert, is no date."""
    moment = datetime(year, 1, 1, tzinfo=UTC)
    item = item_of(identity="a", published=moment, updated=moment)
    assert (item.published, item.updated) == ((moment, moment) if usable else (None, None))


def test_ids_differ_by_source():
    """The same id in two sources is two items."""
    assert item_id("a", "x") != item_id("b", "x")
    assert item_id("a", "x\ud800") == item_id("a", "x?")


def test_duplicates_collapse_to_the_latest():
    """An entry that stands twice is one item; of two versions the later updated counts."""
    old = ParsedEntry(identity="a", link="/1", title=Text("T"), updated=DAY)
    new = replace(old, updated=datetime(2026, 5, 6, tzinfo=UTC), summary=Text("new"))
    assert [item.summary for item in feed_of(old, new).items] == ["new"]
    assert [item.summary for item in feed_of(new, old).items] == ["new"]
    assert len(feed_of(old, old).items) == 1


def test_constant_ids_and_links_identify_nothing():
    """Ids or links that different entries share are passed over, and the feed says so."""
    feed = feed_of(*(ParsedEntry(identity="same", link=f"/{n}", title=Text(f"T{n}")) for n in range(3)))
    assert [item.identity for item in feed.items] == [f"https://own.example/{n}" for n in range(3)]
    assert "share an id" in feed.problems[0]
    same_link = feed_of(*(ParsedEntry(link="/home", title=Text(f"T{n}")) for n in range(3)))
    assert len(same_link.items) == 3
    home = feed_of(ParsedEntry(link="https://own.example/", title=Text("T")), home="https://own.example/")
    assert home.items[0].identity.startswith("sha256:")


def test_atom_versions_share_an_id():
    """Two versions of an Atom entry with different titles are one item (RFC 4287 4.1.1); in RSS they are two."""
    versions = [ParsedEntry(identity="a", link="/1", title=Text(f"T{n}")) for n in range(2)]
    assert len(feed_of(*versions, format="atom10").items) == 1
    assert len(feed_of(*versions, format="rss20").items) == 2


def test_urls_are_absolute_or_gone():
    """Item, enclosure and link URLs are resolved; foreign schemes are dropped."""
    item = item_of(
        link="/1",
        enclosures=(Enclosure("a.mp3"), Enclosure("javascript:x")),
        links=(Link("related", "/r"), Link("via", "data:x")),
    )
    assert item.url == "https://own.example/1"
    assert [enclosure.url for enclosure in item.enclosures] == ["https://own.example/a.mp3"]
    assert [link.href for link in item.links] == ["https://own.example/r"]
    assert item_of(link="javascript:alert(1)").url == ""
    assert item_of(links=(Link("alternate", "https://own.example/2"),)).url == "https://own.example/2"


def test_the_longest_body_is_the_body():
    """Content wins over the summary, the longest over the others; raw markup is kept only if cleaning took something."""
    item = item_of(bodies=(Text("<p>a</p>", markup=True), Text("<p>a longer one</p>", markup=True)), summary=Text("s"))
    assert (item.html, item.text, item.summary, item.raw_html) == ("<p>a longer one</p>", "a longer one", "s", "")
    hostile = "<p>x</p><script>y</script>"
    assert item_of(bodies=(Text(hostile, markup=True),)).raw_html == hostile
    only_summary = item_of(summary=Text("<b>s</b>", markup=True))
    assert (only_summary.html, only_summary.text, only_summary.summary) == ("<b>s</b>", "s", "s")
    assert item_of(bodies=(Text("a < b\n\nc"),)).html == "<p>a &lt; b</p><p>c</p>"


def test_the_base_of_a_body():
    """An xml:base resolves the body; without one an RSS body is relative to its page, an Atom body to the feed."""
    body = Text('<a href="x">x</a>', markup=True, base="https://b.example/d/")
    assert "https://b.example/d/x" in item_of(bodies=(body,), link="/p/1").html
    body = replace(body, base=URL)
    assert "https://own.example/p/x" in item_of(bodies=(body,), link="/p/1").html
    (item,) = feed_of(ParsedEntry(bodies=(body,), link="/p/1"), format="atom10").items
    assert "https://own.example/x" in item.html


def test_titles_are_one_clean_line():
    """Markup, line breaks, control characters and surrogates never stand in a title."""
    assert item_of(title=Text("a\r\nBcc: x\x00\ud800")).title == "a Bcc: x"
    assert item_of(title=Text("A &amp; <b>B</b>", markup=True)).title == "A & B"


def test_authors_categories_and_language():
    """Authors come from the entry, its source or the feed; categories are kept once per scheme; languages fall back."""
    brought = Origin("atom.source", "O", "https://other.example/", "", "O", "entry/source", (Person("Origin"),))
    desk = {"authors": (Person("Desk"),), "language": "en_GB"}
    assert feed_of(ParsedEntry(authors=(Person("Jane"),)), **desk).items[0].authors == (Person("Jane"),)
    assert feed_of(ParsedEntry(origins=(brought,)), **desk).items[0].authors == (Person("Origin"),)
    assert feed_of(ParsedEntry(), **desk).items[0].authors == (Person("Desk"),)
    assert feed_of(ParsedEntry(), **desk).items[0].language == "en-GB"
    assert feed_of(ParsedEntry(language="fr"), **desk).items[0].language == "fr"
    north = Category("North", "region")
    item = item_of(categories=(north, north, Category("North", "theme"), Category(" \n")))
    assert item.categories == (north, Category("North", "theme"))


@pytest.mark.parametrize(
    ("own", "brought", "feed", "kept"),
    [
        ((), (), True, [Level.FEED]),
        ((Level.ITEM,), (), True, [Level.ITEM]),
        ((), (Level.SOURCE,), True, [Level.SOURCE]),
        ((Level.ITEM,), (Level.SOURCE,), True, [Level.ITEM]),
        ((), (), False, []),
    ],
)
def test_licences_are_inherited_by_rfc_4946(own, brought, feed, kept):
    """A licence on the entry stops those of its source and feed; one in the source stops that of the feed."""
    entry = ParsedEntry(evidence=tuple(licence(level) for level in (*own, *brought)))
    stated = (licence(Level.FEED),) if feed else ()
    assert [x.level for x in feed_of(entry, evidence=stated).items[0].evidence] == kept


def test_the_unspecified_sentinel_stops_inheritance():
    """The link that says "unspecified" is a licence link like any other. Spec: RFC 4946 2.3."""
    sentinel = licence(Level.ITEM, "http://purl.org/atompub/license#unspecified", "atom.license")
    (item,) = feed_of(ParsedEntry(evidence=(sentinel,)), evidence=(licence(Level.FEED),)).items
    assert item.evidence == (sentinel,)


def test_notices_and_asset_terms_do_not_stop_licences():
    """Rights lines are all inherited; a photo's licence stops nothing."""
    notice = Evidence("dc.rights", Level.ITEM, "© J", "item/dc:rights", URL)
    photo = licence(Level.ITEM, "P", "mrss.license")
    feed = (licence(Level.FEED), Evidence("rss.copyright", Level.FEED, "© W", "channel/copyright", URL))
    (item,) = feed_of(ParsedEntry(evidence=(notice, photo)), evidence=feed).items
    assert [x.value for x in item.evidence] == ["© J", "P", "L", "© W"]


def test_a_copy_does_not_take_over_the_licence_of_the_feed():
    """An item that names another source keeps the feed's notices, not its licence; naming oneself changes nothing."""
    feed = {"evidence": (licence(Level.FEED), Evidence("rss.copyright", Level.FEED, "© W", "channel/copyright", URL))}
    other = Origin("rss.source", "Other", "", "https://other.example/feed", "Other", "item/source")
    assert [x.value for x in feed_of(ParsedEntry(origins=(other,)), **feed).items[0].evidence] == ["© W"]
    itself = replace(other, feed_url=URL)
    (item,) = feed_of(ParsedEntry(origins=(itself,)), **feed).items
    assert ([x.value for x in item.evidence], item.claims) == (["L", "© W"], ())


def test_claims_of_elements_and_links():
    """source, via and canonical become claims with their evidence; own targets and the item's own page do not."""
    item = item_of(
        link="/1",
        links=(
            Link("via", "https://other.example/1", "", "Other"),
            Link("canonical", "https://first.example/1"),
            Link("canonical", "https://own.example/1"),
            Link("via", "https://own.example/2"),
            Link("related", "https://third.example/"),
        ),
        origins=(
            Origin("dc.source", "A book", "", "", "A book", "item/dc:source"),
            Origin("dc.source", "", "", "", "", ""),
        ),
    )
    found = [(claim.kind, claim.name, claim.url, claim.evidence.kind) for claim in item.claims]
    assert found == [
        ("source", "A book", "", "dc.source"),
        ("via", "Other", "https://other.example/1", "atom.via"),
        ("canonical", "", "https://first.example/1", "atom.canonical"),
    ]
    assert item.claims[1].evidence.value == "https://other.example/1"


def test_publishers_on_one_host_are_told_apart_by_their_homes():
    """Where publishers share a host, a link to the neighbour is a credit and one to oneself is none."""
    source = Source("1", "https://host.example/s/1/feed", Publisher("p1", "One", "https://host.example/s/1/"))
    line = "<p>First published by <a href='https://host.example/s/{}/a'>X</a>.</p>"
    for key, count in (("1", 0), ("2", 1)):
        entry = ParsedEntry(link="https://host.example/s/1/a/1", bodies=(Text(line.format(key), markup=True),))
        (item,) = normalise(ParsedFeed(source.url, "rss20", entries=(entry,)), source).items
        assert len(item.claims) == count


def test_the_feeds_home_serves_where_the_publishers_is_not_recorded():
    """Without a recorded home, what lies under the feed's own home is the publisher's."""
    source = Source("1", "https://host.example/s/1/feed", Publisher("p1", "One"))
    line = "<p>First published by <a href='https://host.example/s/2/a'>X</a>.</p>"
    entry = ParsedEntry(link="/s/1/a/1", bodies=(Text(line, markup=True),))
    feed = ParsedFeed(source.url, "rss20", home="/s/1/", entries=(entry,))
    assert len(normalise(feed, source).items[0].claims) == 1


def test_statements_in_the_body_are_evidence_of_the_item():
    """Copyright lines and licence links of a body join the item's evidence."""
    item = item_of(bodies=(Text("<p>© 2026 Own. <a rel='license' href='https://cc.example/'>CC</a></p>", markup=True),))
    assert [(x.kind, x.level) for x in item.evidence] == [
        ("html.rel-license", Level.ITEM),
        ("body.copyright", Level.ITEM),
    ]


def test_the_founding_case_in_one_piece():
    """A cross-posted article keeps both outlets, the credit, the copyright line and the disclaimer."""
    body = (
        "<p>Text of the article.</p><p>The original source of this article is <a href='https://origin.example/1'>Origin Desk</a>. "
        "Copyright © Jane Doe, Origin Desk, 2026</p><p>The author alone is responsible for the contents.</p>"
    )
    xml = f"<rss version='2.0'><channel><title>Own Weekly</title><item><link>https://own.example/1</link><description><![CDATA[{body}]]></description></item></channel></rss>"
    feed = normalise(parse(xml.encode(), url=URL), SOURCE)
    (item,) = feed.items
    assert feed.title == "Own Weekly"
    assert [(x.name, x.url) for x in item.claims] == [("Origin Desk", "https://origin.example/1")]
    assert [x.value for x in item.evidence] == [
        "Copyright © Jane Doe, Origin Desk, 2026",
        "The author alone is responsible for the contents.",
    ]
    assert item.text.startswith("Text of the article.\n\nThe original source")
