# SPDX-License-Identifier: Apache-2.0
"""Other people's feeds, pages and messages: what each item lacks, by their own marks."""

import pytest

from syndicate.proof import lint
from syndicate.proof.foreign import person

FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:c="http://backend.userland.com/creativeCommonsRssModule"><channel><title>Harbour Review</title>{}</channel></rss>"""
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
OURS = "data-item"


def lacks(content, name="page.html"):
    """What each item lacks: the message without the place, by the item's name."""
    found = lint(content.encode(), name)
    assert not any(OURS in one.message for one in found)
    by_item = {one.item_id: set() for one in found}
    for one in found:
        by_item[one.item_id].add(one.message.split(" in the ")[0])
    return by_item


def entry(more="", text="", link="<link>https://h.example/1</link>"):
    """The item of a feed."""
    return f"<item><title>One</title>{link}<source url='x'>Harbour</source>{more}<description><![CDATA[{text}]]></description></item>"


SAID = "<p>By Ann Bo in Harbour</p>"
ANN = "<author>ann@x.example (Ann Bo)</author>"


@pytest.mark.parametrize(
    ("head", "item", "missing"),
    [
        (f"<c:license>{LICENCE}</c:license>", entry(ANN, SAID), set()),
        ("", entry(ANN, f'{SAID}<a rel="license" href="https://l.example/">terms</a>'), set()),
        ("", entry(ANN, f'{SAID}<a href="{LICENCE}">CC</a>'), set()),
        ("", entry(ANN, SAID), {"states no licence"}),
        ("", entry(f"{ANN}<c:license>{LICENCE}</c:license>", SAID), {f'licence link to "{LICENCE}" not found'}),
        (f"<c:license>{LICENCE}</c:license>", entry("", SAID), {"states no author"}),
        (f"<c:license>{LICENCE}</c:license>", entry("<author>ann@x.example</author>", SAID), set()),
        (f"<c:license>{LICENCE}</c:license>", entry(ANN, "<p>Harbour</p>"), {'name "Ann Bo" not found'}),
        (
            f"<c:license>{LICENCE}</c:license>",
            entry(f"{ANN}<dc:rights>© Ann Bo</dc:rights>", SAID),
            {'copyright line "© Ann Bo" not found'},
        ),
        (f"<c:license>{LICENCE}</c:license>", entry(ANN, SAID, link=""), {"states no link"}),
    ],
)
def test_an_entry_lacks_what_neither_it_nor_its_feed_states(head, item, missing):
    """A licence of the channel or in the text is one, a link element is a link, and a name is sought without address."""
    assert set().union(*lacks(FEED.format(head + item), "feed.xml").values()) == missing


def test_authors_of_a_whole_feed_count_for_its_entries():
    """An entry without author has that of its feed. Spec: RFC 4287 4.2.1, JSON Feed 1.1."""
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><author><name>Ann Bo</name></author>'
        '<entry><title>x</title><link href="https://a.example/1"/></entry></feed>'
    )
    data = (
        '{"title": "A", "authors": [{"name": "Ann Bo"}], "items": [{"url": "https://a.example/1",'
        ' "content_text": "By Cy Dow", "authors": [{"name": "Cy Dow"}]}, {"url": "https://a.example/1"}]}'
    )
    for content, name in ((atom, "a.xml"), (data, "a.json")):
        assert lacks(content, name) == {"https://a.example/1": {"states no source", "states no licence"}}


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("ann@x.example (Ann Bo)", "Ann Bo"),
        ("Ann Bo <ann@x.example>", "Ann Bo"),
        ("<ann@x.example>", ""),
        ("ann@x.example", ""),
        ("Ann Bo", "Ann Bo"),
    ],
)
def test_a_person_is_a_name(author, name):
    """The address in an author element is nobody's name."""
    assert person(author) == name


ALL = {"states no source", "states no author", "states no licence", "states no link"}
LD = """<script type="application/ld+json">{"@graph": [{"@type": "Organization"}, {"@type": ["NewsArticle"],
 "headline": "The ferry", "url": "https://h.example/1", "author": [{"name": "Ann Bo"}], "publisher": {"name": "Harbour"},
 "license": {"@id": "https://l.example/"}}]}</script>"""


@pytest.mark.parametrize(
    ("page", "lacking"),
    [
        ("<p>Words</p>", {"": ALL}),
        ("<p>By the way, words</p>", {"": ALL}),
        (f"{LD}<main><h1>The ferry</h1><p>By Ann Bo</p></main>", {}),
        (f"{LD}<h1>The ferry</h1>", {"https://h.example/1": {'name "Ann Bo" not found'}}),
        ('<script type="application/ld+json">{</script><script>x</script><p>Words</p>', {"": ALL}),
        ('<script type="application/ld+json"></script><p>Words</p>', {"": ALL}),
        (
            (
                "<link rel=canonical href='https://h.example/2'><meta name=author content='Ann Bo'>"
                "<meta property='og:site_name' content=H><link rel=license href='https://l.example/'><p>Words</p>"
            ),
            {},
        ),
        (
            (
                f"{LD}<article><h2>The ferry</h2><p>Ann Bo</p><article><p>A comment</p></article></article>"
                "<article><h2>Two</h2><p>Source: H</p></article>"
            ),
            {"Two": ALL - {"states no source"}},
        ),
        (
            (
                f'{LD}<article><h2><a href="https://h.example/1">A ferry</a></h2><p>Ann Bo</p></article>'
                f'<article><a href="https://h.example/3">more</a><a rel=author>Ann</a><cite>H</cite></article>'
            ),
            {"https://h.example/3": {"states no licence"}},
        ),
        (
            (
                '<nav><a href="/">x</a></nav><h2><a href="https://h.example/1">One</a></h2><!-- c --><p>By Ann Bo</p>'
                '<h2><a href="https://h.example/2">Two</a></h2><p>Via H</p>'
            ),
            {"One": {"states no source", "states no licence"}, "Two": {"states no author", "states no licence"}},
        ),
    ],
)
def test_each_item_of_a_page_lacks_its_own(page, lacking):
    """Articles, else what stands under linked headings, else the page; JSON-LD counts for the item that it describes."""
    assert lacks(f"<html><head></head><body>{page}</body></html>") == lacking


def letter(kind, text):
    """A message of one part."""
    return f"Subject: x\nFrom: h@h.example\nMIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\n\n{text}"


@pytest.mark.parametrize(
    ("kind", "text", "lacking"),
    [
        ("plain", "Words", {"": ALL}),
        ("html", "", {"": ALL}),
        ("plain", f"By Ann Bo\nhttps://h.example/1\nOriginally published in Harbour\n{LICENCE}", {}),
        (
            "html",
            (
                '<table><tr><td><h2><a href="https://h.example/1">One</a></h2></td></tr><tr><td>By Ann Bo via H</td></tr>'
                '<tr><td><h2><a href="https://h.example/2">Two</a></h2></td></tr><tr><td>words</td></tr></table>'
            ),
            {"One": {"states no licence"}, "Two": ALL - {"states no link"}},
        ),
    ],
)
def test_each_story_of_a_message_lacks_its_own(kind, text, lacking):
    """Rows of a newsletter's table are stories by their linked headings; text alone is one item."""
    assert lacks(letter(kind, text), "m.eml") == lacking


def test_our_own_entry_without_its_mark_is_still_found():
    """In a feed that has our marks, an entry without them is no other's."""
    ours = "<description><![CDATA[<p data-item='i-1'><span class='credit'>x <a href='https://a.example/'>y</a></span></p>]]></description>"
    found = lint(FEED.format(f"<item>{ours}</item><item><title>Two</title></item>").encode(), "rss")
    assert [one.message for one in found if one.item_id == "Two"] == [
        "no element with data-item encloses it in the RSS feed"
    ]
