# SPDX-License-Identifier: Apache-2.0
"""Web pages: what is the article, what is not, and that nothing in a page can break the reader."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.intake import webpage
from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.intake.webpage import About, read_rsl
from syndicate.model import Level, PageReading, Publisher, Source
from syndicate.rights.statements import statements

SOURCE = Source("own", "https://own.example/feed", Publisher("own", "Own", "https://own.example/"))
BY = "https://creativecommons.org/licenses/by/4.0/"
LICENCE = f'<a rel="license" href="{BY}">CC BY</a>'
LONG = "<p>The weir was opened on Monday and the meadows below it stood under water by noon, all of them.</p>"
CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "feeds"


def read(text, url="https://own.example/1", robots="", tdmrep="", terms=False, **headers):
    """What a page states."""
    about = About(SOURCE, robots_txt=robots, tdmrep=tdmrep, robot="us", terms=terms)
    body = text if isinstance(text, bytes) else text.encode()
    return webpage.read(body, url=url, headers={"content-type": "text/html"} | headers, about=about)


def licences(reading):
    """The licence addresses of the article."""
    return [e.value for e in reading.evidence if e.kind == "html.rel-license"]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        (f"<article>{LONG}{LICENCE}</article>", True),
        (f"<div>{LONG}</div>{LICENCE}", True),
        (f"<main><article>{LONG}</article><p>{LICENCE}</p></main>", True),
        (f"<div role=main>{LONG}</div><div class=post-footer>{LICENCE}</div>", False),
        (f"<div class=entry-content>{LONG}{LICENCE}</div>", True),
        (f"<div itemprop=articleBody>{LONG}</div><div>{LICENCE}</div>", False),
        (f"<article>{LONG}<h1>This</h1></article><article>{LONG}{LONG}{LICENCE}</article>", False),
        (f"<article>{LONG}{LONG}</article><article>{LONG}{LICENCE}</article>", False),
        (f"<article>short {LICENCE}</article><main>{LONG}</main><main>{LONG}{LONG}{LICENCE}</main>", True),
        (f"<div id=content-sidebar-wrap><main>{LONG}{LICENCE}</main></div>", True),
        (f"<article>{LONG}<div class=related-posts>{LICENCE}</div></article>", False),
        (f"<article>{LONG}<footer>{LICENCE}</footer></article>", True),
        (f"<div>{LONG}</div><div class=site-footer>{LICENCE}</div>", False),
        (f"<article>{LONG}<aside>{LICENCE}</aside></article>", False),
        (f"<article>{LONG}<p about='https://other.example/'>{LICENCE}</p></article>", False),
        (f"<article>{LONG}<p>{LICENCE.replace('<a ', '<a resource=x ')}</p></article>", True),
        (f"<article>{LONG}<p>This text, with the photos: {LICENCE}</p></article>", True),
        (f"<article>{LONG}<p>The <b>theme</b> of this site: {LICENCE}</p></article>", False),
        (f"<article>{LONG}{LICENCE.replace('href', 'data-href')}</article>", False),
        (f"<base href='https://creativecommons.org/licenses/'><article>{LONG}<a rel=license href='by/4.0/'>l</a></article>", True),
        (f"<base target=_top><article>{LONG}{LICENCE}</article>", True),
    ],
)  # fmt: skip
def test_where_a_licence_counts(text, inside):
    """A licence link counts inside the article, not beside it, below it or in another article."""
    assert licences(read(f"<html><body>{text}</body></html>")) == ([BY] if inside else [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words",
        "<",
        "<!-- -->",
        "\ufeff<html>",
        "<html><script type='application/ld+json'>{]</script>",
        "\x00<p>",
    ],
)
def test_what_is_no_page(text):
    """Empty answers, plain text and broken markup state nothing."""
    reading = read(text)
    assert (reading.evidence, reading.claims, reading.rsl, reading.terms) == ((), (), (), ())


def test_other_types_of_answers_have_headers_only():
    """Of an answer that is no HTML only the headers are read."""
    link = f'<{BY}>; rel="license"; title, <ftp://x>; rel="license", <broken'
    reading = read(f'{{"html": "{LICENCE}"}}', **{"content-type": "application/pdf", "link": link})
    assert [e.place for e in reading.evidence] == ["HTTP Link[rel=license]"]
    assert reading.notices == ()


def test_encodings():
    """The charset of a header or a meta is honoured."""
    line = "© 2026 Café. All rights reserved."
    latin = f"<html><meta charset='iso-8859-1'><body><article>{LONG}<p>{line}</p></article>".encode("latin-1")
    assert line in [e.value for e in read(latin).evidence]
    assert line in [e.value for e in read(latin, **{"content-type": "text/html; charset=windows-1252"}).evidence]


def test_pages_of_terms():
    """A page of terms is one notice, its foot another; it makes no statement about an article."""
    reading = read(f"<body><nav>x</nav><main>{LONG}{LICENCE}</main><footer>© Own</footer></body>", terms=True)
    assert [n.place for n in reading.notices] == ["terms-page", "page-footer"]
    assert "CC BY" in reading.notices[0].text
    assert "x" not in reading.notices[1].text.replace("<footer>", "")
    assert licences(reading) == []


def test_what_stands_beside_is_not_in_the_notice():
    """Sidebars and share bars are left out of a notice, the words after them are kept."""
    page = f"<body><main><h1>T</h1>{LONG}<b>a</b><div class=share>no</div>kept<aside>no</aside>too<form>no</form></main></body>"
    (notice,) = read(page).notices
    assert "<b>a</b>kepttoo" in notice.text
    nothing_before = read(f"<main><nav>no</nav>words{LONG}</main>").notices[0].text
    assert nothing_before.startswith("<main>words")


def test_facets():
    """Lines of Region, Theme and In-depth Report are three taxonomies; words without links are none."""
    line = (
        '<p>Region: <a href="https://own.example/region/asia">Asia</a> Theme: <a href="https://own.example/theme/law/">Law</a>, '
        '<a href="https://own.example/theme/war">War</a></p><p>In-depth Report: none</p>'
    )
    found = read(f"<article>{LONG}{line}</article>").categories
    assert [(c.scheme, c.term, c.label) for c in found] == [
        ("https://own.example/region", "asia", "Asia"),
        ("https://own.example/theme", "law", "Law"),
        ("https://own.example/theme", "war", "War"),
    ]


def test_credit_lines_of_a_page():
    """Credit and copyright lines inside the article are read as those of a body are."""
    line = '<p>The original source of this article is <a href="https://origin.example/x">Origin</a>. Copyright © Origin, 2020</p>'
    reading = read(f"<article>{LONG}{line}</article>")
    assert [(c.kind, c.name, c.url) for c in reading.claims] == [("credit-line", "Origin", "https://origin.example/x")]
    assert "body.copyright" in {e.kind for e in reading.evidence}


def test_isbasedon_of_an_outlet_without_an_address():
    """A work may be named by its outlet alone; one of the publisher's own is no origin."""

    def claims(origin):
        data = json.dumps({"@type": "Article", "isBasedOn": origin})
        return [(c.name, c.url) for c in read(f'<script type="application/ld+json">{data}</script>{LONG}').claims]

    assert claims({"@type": "Article", "publisher": "Origin"}) == [("Origin", "")]
    assert claims("https://own.example/0") == []
    assert claims([{"@type": "Article"}, 7, None]) == []


def test_json_ld_of_many_shapes():
    """Scripts of other types, deep nests and odd values are passed over; types may be addresses."""
    deep = {"@type": "Thing"}
    for _ in range(9):
        deep = {"@graph": [deep]}
    node = {
        "@type": "https://schema.org/BlogPosting",
        "license": [None, {}, True, BY],
        "copyrightYear": 2020.5,
        "keywords": 3,
    }
    odd = "".join(
        f'<script type="{kind}">{json.dumps(data)}</script>'
        for kind, data in (("application/ld+json", deep), ("application/ld+json; x=1", node), ("text/x", node))
    )
    found = [(e.kind, e.value) for e in read(odd + LONG).evidence]
    assert found == [("schema.license", "true"), ("schema.license", BY), ("schema.copyrightYear", "2020.5")]


def test_microdata():
    """Microdata gives the same as JSON-LD; its items of other vocabularies, and those in sidebars, are left out."""
    item = (
        '<div itemscope itemtype="https://schema.org/Article" itemid="https://own.example/1"><p itemprop="headline">T</p>'
        '<div><time itemprop="datePublished" datetime="2026-01-01">then</time></div><a itemprop="license" href="/l">l</a>'
        '<img itemprop="x" src="/p"></div>'
    )
    aside = f'<aside>{item.replace("Article", "BlogPosting")}</aside><div itemscope itemtype="https://other.example/A"></div>'
    found = [(e.kind, e.value) for e in read(f"{LONG}{item}{aside}").evidence]
    assert found == [("schema.license", "https://own.example/l"), ("schema.datePublished", "2026-01-01")]


def test_rdfa_prefixes():
    """Only terms of ccREL count, by the namespace that the page declares for their prefix."""
    text = (
        '<div xmlns:cc="urn:other"><b property="cc:attributionName">no</b></div><b property="og:title attributionName">no</b>'
        '<div prefix="x: urn:a y: http://creativecommons.org/ns#"><b property="y:attributionName" content="Ida"></b>'
        '<a rel="y:attributionURL">none</a></div>'
    )
    found = [(e.kind, e.value) for e in read(f"<article>{LONG}{text}</article>").evidence]
    assert found == [("cc.rel.attributionName", "Ida")]


def test_links_to_terms():
    """Pages of terms are those that are marked so, or whose link outside the article says so; the publisher's own only."""
    text = (
        f"<main>{LONG}<a href='/1/reprint'>Reprint</a></main><footer><a href='/terms' rel='terms-of-service'>t</a>"
        "<a href='/republish'>Republish our stories</a><a href='https://other.example/x'>Syndication</a>"
        "<a href='/'>Licensing</a><a href='/about'>About</a></footer>"
    )
    assert read(text).terms == ("https://own.example/terms", "https://own.example/republish")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("{", []),
        ("[" * 100_000, []),
        ('{"location": "/"}', []),
        ('[1, {"location": "/2"}, {"location": "/1$", "tdm-reservation": "1"}]', ["1"]),
        ('[{"location": "/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', ["0"]),
    ],
)
def test_tdmrep_files(file, expected):
    """The first rule that matches counts; broken files say nothing."""
    assert [e.value for e in read(LONG, tdmrep=file).evidence] == expected


def test_tdm_steps():
    """The page wins over its header, that over the site's file; who says nothing takes nothing back."""
    file = '[{"location": "/", "tdm-reservation": 1, "tdm-policy": "p"}]'
    reading = read(f"<meta name='tdm-reservation' content='0'>{LONG}", tdmrep=file, **{"tdm-policy": "q"})
    assert [(e.kind, e.value) for e in reading.evidence] == [("tdmrep.reservation", "0"), ("tdmrep.policy", "q")]


def test_robots_txt_groups():
    """Our own group counts, else that for everybody; of rules with paths the longest."""
    text = "License: /r.xml\nlicense: /r.xml\nnonsense\nUser-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: US\nContent-Usage: bare\n"
    reading = read(LONG, robots=text)
    assert (reading.evidence, reading.rsl) == ((), (("https://own.example/r.xml", Level.SITE),))
    assert read(LONG, robots="User-agent: x\nContent-Signal: a=b").evidence == ()
    assert read(LONG, robots="Content-Signal: a=b").evidence == ()


def test_rsl_documents():
    """A fetched RSL document is one piece of evidence, without its declaration; an empty one is none."""
    text = b"\xef\xbb\xbf<?xml version='1.0'?>\n<rsl/>"
    assert [(e.value, e.level) for e in read_rsl(text, url="https://own.example/r", level=Level.SITE)] == [
        ("<rsl/>", Level.SITE)
    ]
    assert read_rsl(b" ", url="https://own.example/r", level=Level.SITE) == ()
    assert read(f"<script type='application/rsl+xml'> </script>{LONG}").evidence == ()


@given(st.text(alphabet="<>/ =\"'abdiv:#articleclass hrefrelicnsemtapgx{}[],", max_size=300))
def test_any_markup(text):
    """Whatever stands in a page, a reading comes out."""
    assert isinstance(read(text), PageReading)


def corpus():
    """Feeds that speak of licences without stating one in an element: photos, programs, programs' makers, widgets."""
    if not CORPUS.is_dir():
        return []
    index = json.loads((CORPUS / "index.json").read_text(encoding="utf-8"))
    stated = index if isinstance(index, list) else index["feeds"]
    return [f["file"] for f in stated if f["has"]["licence_mention"] and not f["has"]["licence_element"]]


@pytest.mark.shared
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no shared corpus beside the checkout")
@pytest.mark.parametrize("name", corpus())
def test_no_false_grants_on_real_pages(name):
    """The articles of real feeds, each as a page: no licence of a picture or a program passes as the article's."""
    feed = normalise(parse((CORPUS / name).read_bytes(), url=SOURCE.url), SOURCE)
    assert feed.items
    for item in feed.items:
        page = f"<html><body><main><article><h1>{item.title}</h1>{item.raw_html or item.html}</article></main></body></html>"
        reading = read(page, url=item.url or "https://own.example/1")
        stated = statements((*item.evidence, *reading.evidence), item.url)
        assert [one.licences for one in stated if one.licences] == []


def test_feeds_that_a_page_names():
    """Links marked as alternates of a feed's type, resolved, each once; other alternates are none."""
    page = read(
        '<link rel="alternate" type="application/rss+xml" href="/feed">'
        '<link rel="ALTERNATE home" type="Application/Atom+XML; charset=utf-8" href="https://own.example/atom">'
        '<link rel="alternate" type="text/html" hreflang="de" href="/de">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:1">'
        f'<body>{LONG}<a rel="alternate" type="application/feed+json" href="f.json">f</a>'
        '<a rel="alternate" type="application/rss+xml" href="/feed">again</a>'
    )
    assert page.feeds == ("https://own.example/feed", "https://own.example/atom", "https://own.example/f.json")
