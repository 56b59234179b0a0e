# SPDX-License-Identifier: Apache-2.0
"""A file held to its own word, ours and other people's, without any configuration."""

import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.errors import ParseError
from syndicate.proof import lint

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/proof/finished.py")))
FOREIGN = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:c="http://backend.userland.com/creativeCommonsRssModule"><channel>
<title>Harbour Review</title>{items}</channel></rss>"""


def told(data, name):
    """(item, duty) of all that is found."""
    return {(found.item_id, found.duty) for found in lint(data, name)}


@pytest.mark.parametrize("name", F.FORMATS)
def test_our_outputs_keep_their_word(name):
    """What we write is clean in every format."""
    assert lint(F.content(name), name) == ()
    assert lint(F.page(F.pieces()).encode(), "page.html") == ()


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
@pytest.mark.parametrize(
    ("duty", "changes"),
    [
        ("O1", {"authors": ("Nobody Named",)}),
        ("O1", {"source": "Elsewhere"}),
        ("O2", {"rights": "© 2026 Somebody"}),
        ("O3", {"link": "https://south.example/other"}),
        ("O4", {"licence": "https://creativecommons.org/licenses/by/4.0/"}),
    ],
)
def test_what_machines_read_must_be_visible(name, duty, changes):
    """A name, line, link or licence that only machines read is a finding."""
    assert told(F.content(name, F.changed(F.FULL, **changes)), name) == {(F.FULL, duty)}


@pytest.mark.parametrize("name", F.FORMATS)
def test_hidden_credit_is_found(name):
    """A credit that cannot be seen, or a part of it, or a link without words."""
    html = F.article(F.LINK)
    gone = F.changed(F.LINK, html=html.replace('class="credit"', 'class="credit" style="display:none"'))
    assert {(F.LINK, "O1"), (F.LINK, "O3")} <= told(F.content(name, gone), name)
    part = F.changed(F.LINK, html=html.replace("</div></article>", "<p hidden>and nobody else</p></div></article>"))
    assert told(F.content(name, part), name) == {(F.LINK, "O1")}
    bare = F.changed(F.LINK, html=html.replace(">harbour.example<", "><img src=x><"))
    assert told(F.content(name, bare), name) == {(F.LINK, "O3")}
    none = F.changed(F.LINK, html=html.replace('class="credit"', 'class="note"'))
    assert {(F.LINK, "O1"), (F.LINK, "O3")} <= told(F.content(name, none), name)
    acting = F.changed(F.LINK, html=html.replace("<h3>", "<script>x</script><h3>"))
    assert told(F.content(name, acting), name) == {(F.LINK, "active")}


def test_a_text_part_must_say_what_the_html_says():
    """Links whole with their scheme, licences and copyright lines; further links may go without."""
    text = F.section(F.FULL)
    for old, new, duty in (
        ("https://south.example/aa", "https://south.example/ab", "O3"),
        ("https://south.example/aa", "south.example/aa", "O3"),
        ("copies/aa", "copies/\naa", "O3"),
        ("by-nd/4.0", "by/4.0", "O4"),
        ("(c) 2026", "(c) 2025", "O2"),
    ):
        data = F.mail(F.changed(F.FULL, text=text.replace(old, new)))
        other = {(F.EXCERPT, duty)} if duty == "O4" else set()
        assert told(data, "a.eml") - other <= {(F.FULL, duty)}
        if duty == "O3":
            assert told(data, "a.eml") == {(F.FULL, duty)}
    bare = F.changed(F.FULL, text=text.replace("https://harbour", "harbour"))
    assert lint(F.mail(bare), "a.eml") == ()


def test_a_line_missing_from_the_whole_text_part_is_found():
    """Licence and copyright line of the HTML stand nowhere in the plain part."""
    items = tuple(replace(one, text=one.text.replace("(c) 2026", "").replace(F.LICENCE, "")) for one in F.pieces())
    assert told(F.mail(items), "a.eml") == {(item, duty) for item in (F.FULL, F.EXCERPT) for duty in ("O2", "O4")}


def test_json_text_is_held_too():
    """``content_text`` must say what machines read."""
    good = F.section(F.FULL)
    assert lint(F.json_feed(F.changed(F.FULL, extra_json={"content_text": good})), "json") == ()
    for old, duty in (("South\n", "O1"), ("2026", "O2"), ("part=1", "O3"), ("Harbour", "O1")):
        data = F.json_feed(F.changed(F.FULL, extra_json={"content_text": good.replace(old, "x")}))
        assert told(data, "json") <= {(F.FULL, duty), (F.FULL, "O2")}
    data = F.json_feed(F.changed(F.FULL, extra_json={"content_text": "Nothing."}))
    assert {duty for _, duty in told(data, "json")} == {"O1", "O2", "O3"}


def test_other_peoples_feeds_are_listed_by_what_they_lack():
    """An item without credit, source, author, licence or link is named by its link or title."""
    items = (
        "<item><title>One</title><link>https://h.example/1</link><description>&lt;p&gt;Words.&lt;/p&gt;</description></item>"
        "<item><title>Two</title></item><item/>"
        "<item><title>Three</title><link>https://h.example/3</link><dc:creator>Ann Poe</dc:creator><dc:rights>© Ann Poe</dc:rights>"
        '<source url="x">Elsewhere</source><c:license>https://creativecommons.org/licenses/by/4.0/</c:license><description>'
        '&lt;p&gt;© Ann Poe in Elsewhere, &lt;a href="https://h.example/3"&gt;there&lt;/a&gt;, '
        '&lt;a href="http://creativecommons.org/licenses/by/4.0/deed.fr"&gt;CC BY&lt;/a&gt;&lt;/p&gt;</description></item>'
    )
    found = lint(FOREIGN.format(items=items).encode(), "feed.xml")
    by_item = {name: {one.message for one in found if one.item_id == name} for name in {one.item_id for one in found}}
    assert by_item["https://h.example/1"] == {
        "states no source in the RSS feed",
        "states no author in the RSS feed",
        "states no licence in the RSS feed",
    }
    assert "states no link in the RSS feed" in by_item["Two"]
    assert "states no link in the RSS feed" in by_item[""]
    assert "https://h.example/3" not in by_item


def test_rights_of_several_lines_may_stand_apart():
    """Two copyright lines in one element are met by two lines in the credit."""
    rows = F.credit_rows(F.FULL)
    rows["O2"] = "<p>© 2026 South Desk.</p><p>© 2025 Harbour Review</p>"
    items = F.changed(F.FULL, rights="© 2026 South Desk\n© 2025 Harbour Review", html=F.article(F.FULL, rows=rows))
    assert lint(F.rss(items), "rss") == ()


def test_a_feed_level_licence_over_scoped_items_is_found():
    """Our entries would inherit it; in other people's feeds it is their way to license."""
    head = f"<cc:license>{F.LICENCE}</cc:license>"
    assert told(F.rss(F.pieces(), head=head), "rss") == {("", "O4")}


def test_pages_and_messages_without_items():
    """Without our marks a page or message is one item, held to what anybody's should have; an item without id is none."""
    assert told(b"<html><p>Words</p></html>", "x.html") == {("", "O1"), ("", "O3"), ("", "O4")}
    assert told(F.letter("Words", None), "x.eml") == {("", "O1"), ("", "O3"), ("", "O4")}
    html = '<p data-item=""><span class="credit">x <a href="https://a.example/">y</a></span></p>'
    assert told(html.encode(), "x.html") == {("", "item")}


def test_content_beside_the_item_is_found():
    """Of two contents one is not enclosed."""
    extra = "<content type='html'>Words</content>"
    assert told(F.atom(F.changed(F.LINK, extra_xml=extra)), "atom") == {(F.LINK, "item")}


def test_unreadable_files_are_refused():
    """What is no feed, page or message raises ParseError."""
    for data, name in (
        (b"", "x"),
        (b"words", "x"),
        (b"<rss><channel>", "x"),
        (b'{"items": 1}', "x"),
        (b"[1]", "x"),
        (b"{", "x"),
    ):
        with pytest.raises(ParseError):
            lint(data, name)


TRICKS = {
    "another address shown": '<p><a href="https://evil.example/">south.example/aa</a></p>',
    "a shortener": '<p><a href="https://bit.ly/3xYz">the story</a></p>',
    "a redirector of feeds": '<p><a href="https://feeds.feedburner.com/~r/south/~3/x/">the story</a></p>',
    "an address inside another": '<p><a href="https://go.example/?u=https%3A%2F%2Fsouth.example%2Faa">the story</a></p>',
    "an invisible letter": '<p><a href="https://south\u200b.example/aa">the story</a></p>',
    "one in code": '<p><a href="https://south.example/%E2%80%8Baa">the story</a></p>',
    "no address at all": '<p><a href="https://[south/?u=http://x">the story</a></p>',
}


@pytest.mark.parametrize("name", F.FORMATS)
@pytest.mark.parametrize("trick", TRICKS)
def test_links_that_are_not_what_they_seem(name, trick):
    """A link of the credit that shows another address than its own, or leads through somebody else, is a finding."""
    html = F.article(F.LINK).replace("</div></article>", f"{TRICKS[trick]}</div></article>")
    assert (F.LINK, "O3") in told(F.content(name, F.changed(F.LINK, html=html)), name)


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_what_machines_read_is_what_it_looks_like(name):
    """Names with characters that nobody sees, and links through redirectors, are found in other people's feeds too."""
    odd = F.changed(F.LINK, authors=("\u00c5sa Mar\u200blow", "Ben Ruiz-Ode"), link="https://t.co/abc")
    assert {(F.LINK, "O1"), (F.LINK, "O3")} <= told(F.content(name, odd), name)


@pytest.mark.parametrize(
    "shown",
    ["www.south.example/aa", "South.example", "https://south.example/aa?part=1", "example", "St. Mary", "the story"],
)
def test_links_that_say_where_they_lead(shown):
    """A link may show its address whole, shortened, without www, the site's parent, or words."""
    html = F.article(F.LINK).replace(">south.example<", f">{shown}<")
    assert told(F.content("rss", F.changed(F.LINK, html=html)), "rss") == set()
