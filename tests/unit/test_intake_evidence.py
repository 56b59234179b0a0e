# SPDX-License-Identifier: Apache-2.0
"""Rights evidence from the raw tree, by namespace."""

import pytest
from lxml import etree

from syndicate.intake.evidence import Stated, entries_stated, feed_evidence, matched
from syndicate.model import Evidence, Level

URL = "https://own.example/feed"
CC = "https://creativecommons.org/licenses/by/4.0/"
NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "ul": "http://backend.userland.com/creativeCommonsRssModule",
    "cyber": "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html",
    "caps": "http://backend.userland.com/creativeCommonsRSSModule",
    "x": "http://creativecommons.org/ns#",
    "old": "http://web.resource.org/cc/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "t": "http://purl.org/dc/terms/",
    "m": "http://search.yahoo.com/mrss/",
    "m2": "http://search.yahoo.com/mrss",
    "p": "https://podcastindex.org/namespace/1.0",
    "rsl": "https://rslstandard.org/rsl",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "prism1": "http://prismstandard.org/namespaces/1.2/basic/",
    "pur": "http://prismstandard.org/namespaces/prismusagerights/2.1/",
    "fac": "http://www.bloglines.com/about/specs/fac-1.0",
    "xmp": "http://ns.adobe.com/xap/1.0/rights/",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def tree(text):
    """A tree as the document reader would make it."""
    return etree.fromstring(text.encode(), etree.XMLParser(recover=True), base_url=URL)


def item(inner):
    """What stands on the only item of an RSS feed."""
    (entry,) = entries_stated(tree(f"<rss {DECLARED}><channel><item>{inner}</item></channel></rss>"), URL)
    return [(found.kind, found.level, found.value, found.place) for found in entry.evidence]


@pytest.mark.parametrize(
    ("inner", "kind", "value", "place"),
    [
        (f"<ul:license> {CC} </ul:license>", "cc.userland", CC, "item/ul:license"),
        (f"<cyber:license>{CC}</cyber:license>", "cc.userland", CC, "item/cyber:license"),
        (f"<caps:license>{CC}</caps:license>", "cc.userland", CC, "item/caps:license"),
        (f'<x:license rdf:resource="{CC}"/>', "cc.rdf", CC, "item/x:license"),
        (f"<x:license>{CC}</x:license>", "cc.rdf", CC, "item/x:license"),
        (f'<old:license rdf:resource="{CC}"/>', "cc.rdf", CC, "item/old:license"),
        ('<x:morePermissions rdf:resource="https://ask.example/"/>', "cc.rdf.morePermissions", "https://ask.example/", "item/x:morePermissions"),
        (f'<a:link rel="LICENSE" href="{CC}"/>', "atom.license", CC, "item/a:link[rel=license]"),
        ('<a:link rel="license" href="/terms"/>', "atom.license", "https://own.example/terms", "item/a:link[rel=license]"),
        ('<a:link xml:base="https://b.example/x/" rel="license" href="t"/>', "atom.license", "https://b.example/x/t", "item/a:link[rel=license]"),
        ('<a:link rel="license" href="https://[broken"/>', "atom.license", "https://[broken", "item/a:link[rel=license]"),
        ("<a:rights>© Jane</a:rights>", "atom.rights", "© Jane", "item/a:rights"),
        ('<a:rights type="html">&lt;b&gt;©&lt;/b&gt; Jane</a:rights>', "atom.rights", "© Jane", "item/a:rights"),
        ("<dc:rights>© <b>Jane</b></dc:rights>", "dc.rights", "© Jane", "item/dc:rights"),
        (f"<t:license>{CC}</t:license>", "dcterms.license", CC, "item/t:license"),
        ("<t:rightsHolder>Jane</t:rightsHolder>", "dcterms.rightsHolder", "Jane", "item/t:rightsHolder"),
        ("<t:rights>© Jane</t:rights>", "dcterms.rights", "© Jane", "item/t:rights"),
        (f'<m:license type="text/html" href="{CC}">CC BY</m:license>', "mrss.license", CC, "item/m:license"),
        ("<m:copyright>© Agency</m:copyright>", "mrss.copyright", "© Agency", "item/m:copyright"),
        ("<m2:copyright>© Agency</m2:copyright>", "mrss.copyright", "© Agency", "item/m2:copyright"),
        ("<m:group><m:content><m:license>CC</m:license></m:content></m:group>", "mrss.license", "CC", "item/m:content/m:license"),
        ('<p:license url="https://l.example/">cc-by-4.0</p:license>', "podcast.license", "https://l.example/", "item/p:license"),
        ("<p:license>cc-by-4.0</p:license>", "podcast.license", "cc-by-4.0", "item/p:license"),
        ("<prism:copyright>© P</prism:copyright>", "prism.copyright", "© P", "item/prism:copyright"),
        ("<prism1:embargoDate>2026-05-01</prism1:embargoDate>", "prism.embargoDate", "2026-05-01", "item/prism1:embargoDate"),
        ("<pur:copyright>© P</pur:copyright>", "pur.copyright", "© P", "item/pur:copyright"),
        ("<copyright>© P</copyright>", "rss.copyright", "© P", "item/copyright"),
        ("<xmp:WebStatement>https://w.example/</xmp:WebStatement>", "xmp.WebStatement", "https://w.example/", "item/xmp:WebStatement"),
        ('<fac:restriction relationship="deny"/>', "fac", "deny", "item/fac:restriction"),
        ('<link rel="http://www.iana.org/assignments/relation/license" href="https://l.example/"/>', "atom.license", "https://l.example/", "item/link[rel=license]"),
    ],
)  # fmt: skip
def test_every_vocabulary_is_read_under_any_prefix(inner, kind, value, place):
    """Each vocabulary gives its statement to the character, with kind, level and place."""
    assert item(inner) == [(kind, Level.ITEM, value, place)]


def test_rsl_stays_whole():
    """An RSL block is kept as it stands, with its structure."""
    ((kind, _, value, _),) = item(
        "<rsl:content url='/'><rsl:license><rsl:prohibits type='usage'>all</rsl:prohibits></rsl:license></rsl:content>"
    )
    assert kind == "rsl"
    assert '<rsl:prohibits type="usage">all</rsl:prohibits>' in value


@pytest.mark.parametrize(
    "inner",
    [
        "<!-- © --><?pi © ?>",
        "<link>https://own.example/</link>",
        "<a:link rel='license'/>",
        "<ul:license/>",
        f"<description>&lt;a rel='license' href='{CC}'&gt;</description>",
        f"<image><x:license rdf:resource='{CC}'/></image>",
        "<m:group><title>no</title></m:group>",
        "<prism:issn>1</prism:issn>",
    ],
)
def test_what_says_nothing_about_the_item_is_left_out(inner):
    """Comments, empty elements, bodies and what belongs to an image are no statements on the item."""
    assert item(inner) == []


def test_feed_level_statements():
    """Statements on the channel are found in document order, its image's under kinds of their own, no item's."""
    root = tree(
        f"<rss {DECLARED}><channel><copyright>© W</copyright><ul:license>{CC}</ul:license>"
        "<image><copyright>no</copyright></image><item><copyright>no</copyright></item></channel></rss>"
    )
    found = feed_evidence(root, URL)
    assert [(x.kind, x.level, x.place) for x in found] == [
        ("rss.copyright", Level.FEED, "channel/copyright"),
        ("cc.userland", Level.FEED, "channel/ul:license"),
        ("image.rss.copyright", Level.FEED, "channel/image/copyright"),
    ]
    assert feed_evidence(tree("<rss/>"), URL) == ()


def test_rdf_and_atom_feeds():
    """In RSS 1.0 items stand beside the channel; in Atom the root is the feed, and the sentinel is a licence link."""
    rdf = tree(
        f'<rdf:RDF {DECLARED} xmlns="http://purl.org/rss/1.0/"><channel><dc:rights>© W</dc:rights></channel>'
        f'<item rdf:about="https://own.example/1"><dc:rights>© J</dc:rights></item></rdf:RDF>'
    )
    assert [x.value for x in feed_evidence(rdf, URL)] == ["© W"]
    (entry,) = entries_stated(rdf, URL)
    assert ([x.value for x in entry.evidence], "https://own.example/1" in entry.keys) == (["© J"], True)
    atom = tree(
        '<feed xmlns="http://www.w3.org/2005/Atom"><rights>© W</rights><entry><link rel="license" '
        'href="http://purl.org/atompub/license#unspecified"/><source><rights>© O</rights></source></entry></feed>'
    )
    assert feed_evidence(atom, URL)[0].place == "feed/rights"
    (entry,) = entries_stated(atom, URL)
    assert [(x.value, x.level, x.place) for x in entry.evidence] == [
        ("http://purl.org/atompub/license#unspecified", Level.ITEM, "entry/link[rel=license]"),
        ("© O", Level.SOURCE, "entry/source/rights"),
    ]


def test_any_default_namespace_is_the_feeds_own():
    """Publishers put all kinds of URLs into xmlns; unprefixed elements are the format's all the same."""
    root = tree('<rss xmlns="https://made-up.example/rss"><channel><copyright>© W</copyright><item/></channel></rss>')
    assert [x.kind for x in feed_evidence(root, URL)] == ["rss.copyright"]
    assert len(entries_stated(root, URL)) == 1
    old = tree('<rss xmlns="http://backend.userland.com/rss2"><channel><copyright>© W</copyright></channel></rss>')
    assert [x.kind for x in feed_evidence(old, URL)] == ["rss.copyright"]


def test_forgotten_declarations():
    """A usual prefix without its declaration is read as what it usually means."""
    root = tree("<rss><channel><item><dc:rights>© J</dc:rights><zz:rights>no</zz:rights></item></channel></rss>")
    assert [x.kind for x in entries_stated(root, URL)[0].evidence] == ["dc.rights"]


def stated(value, *keys):
    """An entry's evidence, found under keys."""
    return Stated(frozenset(keys), (Evidence("dc.rights", Level.ITEM, value, "item"),))


def test_matching_by_order_or_by_key_or_not_at_all():
    """Equal counts match by order; else each entry must be found exactly once by id or link; else nothing is claimed."""

    def values(found):
        return [[x.value for x in stood.evidence] for stood in found]

    one, two = stated("1", "id1", "l1"), stated("2", "id2", "l2")
    assert values(matched([one, two], [frozenset(), frozenset()])) == [["1"], ["2"]]
    assert values(matched([one, two], [frozenset(("l2",))])) == [["2"]]
    assert matched([one, two], [frozenset(("zzz",))]) is None
    assert matched([one, two, two], [frozenset(("id1",)), frozenset(("id2",))]) is None
