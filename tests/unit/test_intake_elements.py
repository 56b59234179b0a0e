# SPDX-License-Identifier: Apache-2.0
"""Feeds read from their tree: every field is what feedparser makes of it, or feedparser reads the document."""

import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.intake import elements
from syndicate.intake import parse as module
from syndicate.intake.document import read_document
from syndicate.intake.names import UnknownReading, known_as
from syndicate.intake.parse import parse

URL = "https://own.example/feed.xml"
NAMES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:cc="http://creativecommons.org/ns#" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:odd="urn:odd" xmlns:x="http://www.w3.org/1999/xhtml" '
    'xmlns:old="http://backend.userland.com/creativeCommonsRssModule" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'
CC = "https://creativecommons.org/licenses/by/4.0/"
TEXTS = (
    *(
        "",
        "A",
        "A &amp; b",
        "&lt;b&gt;x&lt;/b&gt;",
        "&amp;amp; &amp;copy; x",
        "Zo\u00eb \u2019s",
        "caf\u00c3\u00a9",
        "\u0093q\u0094",
    ),
    *(" \n two\nlines ", "a<!-- note -->b", "<![CDATA[<p class='x'>a & b</p>]]>", "&lt;/nothtml&gt;", "1 &lt; 2"),
)
ADDRESSES = (
    *(
        "https://own.example/1",
        "/2?a=1&amp;b=2",
        "3",
        "",
        "HTTP://Own.example/4#x",
        "javascript:x",
        "//other.example/5",
    ),
    *(
        "https://own.example/6?",
        "https:///own.example/7",
        "https://[bad/8",
        "mailto:a@own.example",
        "/9?a=1&amp;amp;b=2",
    ),
)
DATES = (
    *("Tue, 05 May 2026 10:00:00 GMT", "2026-05-05T10:00:00+02:00", "2026-05-05", "yesterday", ""),
    *("Tue, 5 May 26 10:00 EST", "2026-13-45", "5 May 2026"),
)
INHERITED = (
    *[""] * 40,
    *(' xml:base="https://base.example/a/"', ' xml:base="sub/"', ' xml:lang="fr"', ' xml:lang=""', ' lang="de_AT"'),
    *(' base="https://b.example/"', ' odd:thing="1"', ' odd:type="html"', ' odd="1"'),
)
TYPES = (
    *[""] * 12,
    *(' type="html"', ' type="text"', ' type="xhtml"', ' type="TEXT/HTML"', ' type="image/png"', ' mode="escaped"'),
)
XHTML = (
    '<x:div>a <x:b class="c" title="&quot;&lt;">b</x:b><x:br/> c</x:div>',
    '<div xmlns="http://www.w3.org/1999/xhtml"><p xml:lang="en">a &amp; b</p></div>',
    '<div xmlns="http://www.w3.org/1999/xhtml">a</div> b <div xmlns="http://www.w3.org/1999/xhtml"/>',
    " <p xmlns='http://www.w3.org/1999/xhtml' xlink:href='y'>a</p>",
    "<svg xmlns='http://www.w3.org/2000/svg'><title>x</title></svg>",
)


def element(name, contents, attributes=("",)):
    """An element of that name with one of the contents and some of the attributes."""
    parts = st.tuples(st.sampled_from(contents), st.sampled_from(attributes), st.sampled_from(INHERITED))
    return parts.map(lambda drawn: f"<{name}{drawn[1]}{drawn[2]}>{drawn[0]}</{name.split(' ')[0]}>")


def texts(*names):
    """Elements that hold text, of whatever type."""
    return [element(name, (*TEXTS, *TEXTS, *TEXTS, *XHTML), TYPES) for name in names]


def of(names, contents, attributes=("",)):
    """Elements of these names."""
    return [element(name, contents, attributes) for name in names.split()]


LINKS = [f' href="{address}"' for address in ADDRESSES]
LINKS += [
    f'{link} rel="{rel}"{kind}'
    for link in LINKS[:4]
    for rel, kind in (
        ("self", ""),
        ("Alternate", ' type="Text/HTML"'),
        ("via", ' title="V"'),
        ("alternate", ' type="application/json"'),
    )
]
ABOUT = (
    *texts(
        "title", "dc:title", "media:title", "description", "summary", "content", "content:encoded", "itunes:summary"
    ),
    *texts("media:description", "rights", "subtitle"),
    *of(
        "link guid id atom:link feedburner:origLink dc:source comments",
        ADDRESSES,
        ("", ' isPermaLink="false"', ' odd="1"'),
    ),
    *of("link atom:link", ("", "x"), LINKS),
    *of("pubDate published updated dc:date dcterms:issued dcterms:modified created lastBuildDate", DATES),
    *of("language dc:language", ("de", "en_US", "")),
    *of(
        "category media:category dc:subject keywords itunes:category",
        TEXTS,
        ("", ' term="t"', ' domain="d"', ' text="x"', ' scheme="s" label="l"'),
    ),
    *of("itunes:keywords media:keywords", ("a, b,,c", ""), ("", ' odd="1"')),
    *of(
        "enclosure", ("",), (' url="a.mp3" type="Audio/MPEG" length="12"', ' href="https://own.example/b"', ' uri="c"')
    ),
    *of("cc:license old:license", ("", CC), ("", f' rdf:resource="{CC}"')),
    *of("source", ("", "Other"), ("", ' url="https://other.example/feed"')),
    *of("odd:thing slash:comments post-id itunes:image media:thumbnail", TEXTS, ("", ' url="u"')),
)
ODD = (*texts("abstract"), *of("tags body image date", TEXTS))
NESTED = (
    "<author><name>Ann</name><uri>/ann</uri><email>a@own.example</email></author>",
    "<author><name>Bo</name><homepage>https://bo.example/</homepage></author>",
    "<author>Ann</author><dc:creator>Bo</dc:creator>",
    "<author><name>Ann</name><title>Dr</title></author>",
    "<media:group><media:title>Photo</media:title><media:content url='p.jpg'><media:description>P</media:description></media:content></media:group>",
    "<odd:object><title>Inside</title><link href='/inside'/><id>inside</id><category>in</category></odd:object>",
    "<atom:source><atom:title>Origin</atom:title><atom:id>o</atom:id><atom:link href='https://other.example/'/></atom:source>",
    "<source><title>Origin</title><link rel='self' href='https://other.example/feed'/><author><name>Al</name></author></source>",
    "<source><odd:x>y</odd:x></source>",
    "<itunes:category text='A'><itunes:category text='B'/></itunes:category>",
    "<image><title>Logo</title><url>l.png</url><link>/</link></image>",
    "<image><odd:x/></image>",
    "<textInput><title>Search</title><name>q</name></textInput>",
    "<site xmlns='com-wordpress:feed-additions:1'>1</site>",
    "<title xmlns='urn:none'>None</title>",
    "<rights type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><title>x</title></div></rights>",
    "<rights><title>x</title></rights>",
    "<item><title>Inside</title></item>",
    "<?pi x?>",
)


ANYTHING = st.one_of(st.one_of(*ABOUT), st.one_of(*ABOUT), st.one_of(*ABOUT), st.one_of(*ODD), st.sampled_from(NESTED))


def parts(most):
    """Some elements, in any order."""
    return st.lists(ANYTHING, max_size=most).map("".join)


ROOTS = (
    *[""] * 10,
    *(' xml:base="https://base.example/x/"', ' xml:lang="pt_BR"', ' xml:base="ftp://own.example/"', ' lang="sv"'),
)
ENTRIES = (*[""] * 10, ' rdf:about="/about"', ' xml:base="https://entry.example/"', ' href="x"')


@st.composite
def documents(draw):
    """A feed of any format; heads and entries that publishers might write, and some that they should not."""
    form = draw(st.sampled_from(("rss", "rss", "atom", "rdf")))
    root, head, tail = draw(st.sampled_from(ROOTS)), draw(parts(4)), draw(parts(1))
    tag = "entry" if form == "atom" else "item"
    entries = "".join(
        f"<{tag}{draw(st.sampled_from(ENTRIES))}>{draw(parts(7))}</{tag}>" for _ in range(draw(st.integers(0, 2)))
    )
    if form == "atom":
        return f'<feed xmlns="http://www.w3.org/2005/Atom" {ATOM} {NAMES}{root}>{head}{entries}{tail}</feed>'
    if form == "rdf":
        head = head.replace("atom:", "odd:")
        entries = entries.replace("atom:", "odd:")
        return f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {NAMES}{root}><channel>{head}</channel>{entries}</rdf:RDF>'
    version = draw(st.sampled_from((' version="2.0"', ' version="0.91"', "", ' version="0.9"')))
    return f"<rss{version} {ATOM} {NAMES}{root}><channel>{head}{entries}{tail}</channel></rss>"


def readings(body):
    """The feed as it is read, and as it is read if feedparser has to do it all."""
    guesses, module.GUESSES = module.GUESSES, None
    try:
        told = outcome(body)
    finally:
        module.GUESSES = guesses
    return outcome(body), told


def outcome(body):
    """What parsing gives, or the error's words."""
    try:
        return replace(parse(body, url=URL), sound=True)
    except Exception as error:  # noqa: BLE001 -- whatever feedparser raises
        return str(error)


@given(documents())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_field_is_what_feedparser_finds(document):
    """Whatever stands in a feed, reading its tree and reading it by feedparser give the same."""
    own, told = readings(document.encode())
    assert own == told or "could not be read" in told


ONE_BY_ONE = (
    *("<title>A</title><title>B</title><media:title>C</media:title>", "<media:title>C</media:title><title>A</title>"),
    *("<description>a</description><itunes:summary>b</itunes:summary>", "<content:encoded>x</content:encoded>"),
    *("<dc:language>de</dc:language>", "<pubDate>Tue, 05 May 2026 10:00:00 GMT</pubDate>", "<guid>/a</guid>"),
    *("<guid isPermaLink='false'>x</guid>", "<link>/2?a=1&amp;amp;b=2</link>", "<link/>", "<enclosure uri='c'/>"),
    *("<old:license>x</old:license><cc:license rdf:resource='y'/>", "<feedburner:origLink>z</feedburner:origLink>"),
    *("<title type='image/png'>x</title>", "<title mode='escaped'>x</title>", "<title odd:type='html'>x</title>"),
    *("<title xml:lang='fr' odd:x='y'>Zo\u00eb caf\u00c3\u00a9 \u0093</title>", "<title xml:base='sub/'>x</title>"),
    *(
        "<description type='xhtml'>x</description>",
        "<title>a<!-- c -->b</title>",
        "<title>&lt;b&gt;x&lt;/b&gt;</title>",
    ),
    *(
        "<media:category>x</media:category>",
        "<title xml:base='ftp://x/'>a</title>",
        "<itunes:summary>b</itunes:summary>",
    ),
    *("<link href='/3' rel='self'/><link href='/4'/>", "<source>Other</source><title>A</title>", "<tags>x</tags>"),
    *("<title><odd:x/></title>", "<title/>"),
)


@pytest.mark.parametrize(
    "entry",
    [
        *ONE_BY_ONE,
        *(f'<content type="xhtml">{inner}</content>' for inner in XHTML),
        '<content type="xhtml"><?x y?><x:div><!-- c -->a<?x y?></x:div> </content>',
        '<content type="xhtml"/>',
        "<link href='https://[bad/8'/><category domain='d'>A</category><category/><category term='t'>B</category>",
        "<itunes:keywords>a, b,,c</itunes:keywords><itunes:keywords odd='1'>d</itunes:keywords>",
        "<id>a</id><odd:x><id>deeper</id></odd:x><id>b</id>",
        *NESTED,
    ],
)
@pytest.mark.parametrize("place", ["entry", "head"])
def test_what_is_seldom_written(entry, place):
    """Inline XHTML in all its forms, elements inside elements: the same, or left to feedparser."""
    parts_ = (entry, "") if place == "head" else ("", entry)
    atom = '<feed xmlns="http://www.w3.org/2005/Atom" {} {}>{}<entry>{}</entry></feed>'
    rss = '<rss version="2.0" {} {}><channel>{}<item>{}</item></channel></rss>'
    for document in (atom, rss):
        own, told = readings(document.format(f'{ATOM} xml:lang="de"', NAMES, *parts_).encode())
        assert own == told


def is_read(body, url=URL):
    """Whether a document is read from its tree."""
    try:
        elements.read(read_document(body.encode(), url=url).tree, url, module.GUESSES)
    except UnknownReading:
        return False
    return True


def test_what_is_written_every_day_is_read_from_the_tree():
    """Common feeds of each format do not need feedparser, whatever else stands in them under names of its own."""
    wordpress = "<site xmlns='com-wordpress:feed-additions:1'>1</site><odd:a b='c'><odd:d>e</odd:d></odd:a>"
    item = "<title>A</title><link>https://own.example/1</link><description>&lt;p&gt;x</description>" + wordpress
    assert is_read(f'<rss version="2.0" {ATOM} {NAMES}><channel><title>T</title><item>{item}</item></channel></rss>')
    rdf = f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {NAMES}><channel><title>T</title></channel>{{}}</rdf:RDF>'
    assert is_read(rdf.format(f"<image><title>L</title></image><item>{item}</item><odd:x><odd:y/></odd:x>"))
    assert is_read(
        f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMES}><entry><title>A</title>{wordpress}</entry></feed>'
    )
    assert not is_read(rdf.format("<title>x</title>"))
    assert not is_read(f'<rss {NAMES}><title xmlns="urn:x">x</title><channel/></rss>')
    assert not is_read(f"<rss {NAMES}><item/></rss>")


@pytest.mark.parametrize(
    "root",
    [
        '<feed xmlns="http://purl.org/atom/ns#" version="0.3"></feed>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:r="http://purl.org/rss/1.0/"></feed>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"></rdf:RDF>',
        '<rss xmlns="urn:x"></rss>',
        '<rss xmlns:n="http://my.netscape.com/rdf/simple/0.9/"></rss>',
        '<channel href="x"></channel>',
        '<rss><channel lastmod="2026"></channel></rss>',
    ],
)
def test_other_formats_are_left_to_feedparser(root):
    """Atom 0.3, RSS 0.90, CDF and roots that might be of two formats."""
    assert not is_read(root)


def test_names_that_nobody_declared_are_not_judged():
    """A prefix without a declaration says nothing about the element."""
    with pytest.raises(UnknownReading):
        known_as("atom:link", None)


def test_another_feedparser_reads_everything(monkeypatch):
    """A version without the two functions that are used from inside reads all documents itself."""
    monkeypatch.setitem(sys.modules, "feedparser.mixin", None)
    assert module.find_guesses() is None
