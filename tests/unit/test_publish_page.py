# SPDX-License-Identifier: Apache-2.0
"""The web pages: what they say, what they never say, and that their colours can be read."""

from __future__ import annotations

import re
import runpy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import html as lxml_html

from syndicate.errors import RenderError
from syndicate.model import (
    Chain,
    Evidence,
    Hop,
    Level,
    Medium,
    Mode,
    Reason,
    Role,
)
from syndicate.publish import page, page_words
from syndicate.publish.templates import environment

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/pages.py")))


@pytest.fixture(name="env")
def _env():
    return environment()


@pytest.fixture(name="front")
def _front(env):
    return lxml_html.document_fromstring(page.render_front(S.SITE, S.paper(), S.CHANNELS, [S.digest()], S.NOW, env))


@pytest.fixture(name="item_page")
def _item_page(env):
    return lxml_html.document_fromstring(page.render_item(S.SITE, S.ferry(), S.CHANNELS, S.NOW, env))


def test_front_lists_every_item_with_mode_and_reason(front):
    """Each item shows publisher, headline linked to the original, and for every channel the mode and the reason."""
    stories = front.cssselect("article.story")
    assert [one.get("data-item") for one in stories] == [row.item.id for row in S.paper()]
    first = stories[0]
    assert S.text_of(first.cssselect(".whose")[0]) == "South Desk by way of Harbour Review"
    assert first.cssselect("h3 a")[0].get("href") == "https://harbour.example/2026/11/19/the-ferry"
    rows = [S.text_of(row) for row in first.cssselect(".decisions .row")]
    assert [row.partition("text ")[0].partition("only ")[0].partition("Withheld ")[0] for row in rows] == [
        "Community feed and weekly digestFull ",
        "Partner feedLink ",
        "Print sheet",
    ]
    assert rows[0].endswith(
        "Harbour Review lets community sites and mailing lists carry it whole, with this credit, and its record covers its cross-posts."
    )
    assert rows[1].endswith(
        "The permission is for sites without profit; this channel is commercial. Ask rights@harbour.example."
    )
    assert rows[2].endswith(
        "Print was not granted, and a printed sheet cannot carry the link. Ask rights@harbour.example."
    )
    assert S.text_of(stories[1].cssselect(".decisions dt")[0]) == "Every channelFull text"


def test_front_begins_with_a_true_sentence(front, env):
    """The opening counts stories and publishers; with nothing there it says so and links to nothing."""
    assert S.text_of(front.cssselect(".opening")[0]).startswith("Five stories from five publishers.")
    one = lxml_html.document_fromstring(page.render_front(S.SITE, S.paper()[:1], S.CHANNELS, [], S.NOW, env))
    assert S.text_of(one.cssselect(".opening")[0]).startswith("One story from one publisher.")
    empty = lxml_html.document_fromstring(page.render_front(S.SITE, [], S.CHANNELS, [], S.NOW, env))
    assert S.text_of(empty.cssselect(".opening")[0]) == "Nothing has come in yet. The first poll fills this page."
    assert "No digest has gone out yet." in S.text_of(empty)


def test_front_links_feeds_and_digests(front, env):
    """Every format of every released feed and both parts of the digest are linked, and feeds can be discovered."""
    links = [one.get("href") for one in front.cssselect("#take a")]
    feeds = ["/feeds/community.rss", "/feeds/community.atom", "/feeds/community.json", "/feeds/partner.rss"]
    assert links[:4] == feeds
    assert set(links[4:]) == {"/digests/weekly/2026-11-23", "/digests/weekly/2026-11-23.txt"}
    found = front.cssselect('head link[rel="alternate"]')
    assert [one.get("href") for one in found] == feeds
    assert found[2].get("type") == "application/feed+json"
    unreleased = [replace(one, released=None) for one in S.CHANNELS]
    bare = lxml_html.document_fromstring(page.render_front(S.SITE, [], unreleased, [], S.NOW, env))
    assert S.text_of(bare.cssselect("#take")[0]).count("Nothing released yet.") == 2


def test_front_leads_to_the_list(env):
    """Who may put themselves on a list by mail finds the way; where every list is closed there is none."""
    for open_, ways in ((True, ["/subscribe"]), (False, [])):
        channels = [replace(one, channel=replace(one.channel, signup=open_)) for one in S.CHANNELS]
        tree = lxml_html.document_fromstring(page.render_front(S.SITE, [], channels, [], S.NOW, env))
        assert [a.get("href") for a in tree.cssselect("nav a") if a.text == "Subscribe"] == ways


def test_pages_carry_no_text_of_the_item(env):
    """Headline, names, dates and credit stand on the pages; the text does not, whatever a channel may carry."""
    for body in (
        page.render_front(S.SITE, [S.ferry()], S.CHANNELS, [], S.NOW, env),
        page.render_item(S.SITE, S.ferry(), S.CHANNELS, S.NOW, env),
    ):
        assert b"eleven winters" not in body
        assert b"The ferry a village refused to lose" in body


def test_item_page_shows_chain_credit_and_evidence(item_page):
    """The chain in order, the credit block, and each quotation under a letter that the reasons cite."""
    chain = [S.text_of(one) for one in item_page.cssselect(".chain li")]
    assert chain == [
        "South Desk first published it, 18 November",
        "Harbour Review republished it, 19 November",
        "Riverside Bulletin may carry it in full, 20 November",
    ]
    credit = S.text_of(item_page.cssselect("[data-item] .credit")[0])
    for words in ("Ines Marlow", "South Desk", "Harbour Review", "Copyright © South Desk, 2026", "The author alone"):
        assert words in credit
    hrefs = {one.get("href") for one in item_page.cssselect("[data-item] .credit a")}
    assert {"https://harbour.example/2026/11/19/the-ferry", "https://south.example/the-ferry"} <= hrefs
    quotes = [S.text_of(one) for one in item_page.cssselect(".quotes mark")]
    assert quotes == [S.CREDITED.value, S.ASKED.value, S.REFUSED.value]
    rows = [S.text_of(one) for one in item_page.cssselect(".matrix tbody tr")]
    assert "cross-posts. A, B" in rows[0]
    assert "commercial. A, C Ask rights@harbour.example." in rows[1]
    steps = [S.text_of(one) for one in item_page.cssselect(".steps")[1]]
    assert steps[0] == "South Desk wrote it, so its terms are the ceiling. A Full text"
    assert steps[1].endswith("C Link only")


def test_credit_to_copy_names_all(item_page, env):
    """The lines to copy hold names, dates, copyright, licence and addresses in plain text."""
    lines = [one.strip() for one in item_page.cssselect(".to-copy")[0].itertext() if one.strip()]
    assert lines[0].startswith("“The ferry a village refused to lose” by Ines Marlow, South Desk")
    assert lines[1] == "Republished by Harbour Review, 19 November 2026."
    assert lines[2:] == [
        "Copyright © South Desk, 2026",
        "https://harbour.example/2026/11/19/the-ferry",
        "https://south.example/the-ferry",
    ]
    free = page.render_item(S.SITE, S.paper()[1], S.CHANNELS, S.NOW, env).decode()
    assert "CC BY 4.0: https://creativecommons.org/licenses/by/4.0/" in free


def test_withheld_outside_print_means_not_even_a_headline(env):
    """An item that a web or mail channel must withhold is shown as a decision without title, link or quotation mark."""
    row = S.ferry()
    refused = replace(
        row,
        decisions=(
            replace(row.decisions[0], mode=Mode.WITHHOLD, because="Its publisher objected."),
            *row.decisions[1:],
        ),
    )
    for body in (
        page.render_front(S.SITE, [refused], S.CHANNELS, [], S.NOW, env),
        page.render_item(S.SITE, refused, S.CHANNELS, S.NOW, env),
    ):
        assert b"The ferry a village" not in body
        assert b"the-ferry" not in body
        assert b"Its publisher objected." in body
        assert b"data-item" not in body
        assert b"A story that we do not list" in body


def test_titles_are_escaped_and_odd_addresses_not_linked(env):
    """Markup in a title is shown, not obeyed; an address that is not web or mail is no link."""
    row = S.other(2, "<script>alert(1)</script> & co", "Marsh & Mill", "<b>", (Mode.LINK,) * 4, ("Because.",) * 4)
    odd = replace(row.item, url="javascript:alert(1)")
    decisions = tuple(replace(one, duties=(), contact="javascript:alert(2)") for one in row.decisions)
    body = page.render_front(S.SITE, [replace(row, item=odd, decisions=decisions)], S.CHANNELS, [], S.NOW, env)
    assert b"<script>" not in body
    assert b"&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in body
    tree = lxml_html.document_fromstring(body)
    assert not [
        one for one in tree.cssselect(".story h3 a, .decisions dd a") if one.get("href").startswith("javascript")
    ]


def test_long_chains_fold_their_middle_and_say_how_many(env):
    """From five hops on the middle stands behind a summary that names the count."""
    row = S.ferry()
    hops = tuple(Hop(Role.REPUBLISHER, f"Outlet {number}", url=f"https://o{number}.example/") for number in range(5))
    tree = lxml_html.document_fromstring(
        page.render_item(S.SITE, replace(row, chain=Chain((row.chain.hops[0], *hops))), S.CHANNELS, S.NOW, env)
    )
    assert S.text_of(tree.cssselect(".chain summary")[0]) == "4 more publishers between"
    assert [S.text_of(one) for one in tree.cssselect(".chain details b")] == [
        "Outlet 0",
        "Outlet 1",
        "Outlet 2",
        "Outlet 3",
    ]


def test_channel_unknown_to_the_page_keeps_its_id(env):
    """A decision for a channel that is no longer configured is shown under its id; many quotations go on in figures."""
    row = S.ferry()
    many = tuple(Evidence("record", Level.ITEM, f"Sentence {number}.", "", "") for number in range(28))
    old = replace(row.decisions[0], channel_id="gone", reasons=(Reason("record", "Many.", Mode.FULL, many),))
    tree = lxml_html.document_fromstring(
        page.render_item(S.SITE, replace(row, decisions=(old,)), S.CHANNELS, S.NOW, env)
    )
    assert S.text_of(tree.cssselect(".matrix th[scope=row]")[0]) == "gone"
    assert [S.text_of(one) for one in tree.cssselect(".quotes .letter")][25:28] == ["Z", "27", "28"]


def test_evidence_that_is_an_address_is_a_link(env):
    """A licence address quoted as evidence can be followed."""
    row = S.ferry()
    stated = Evidence("atom.license", Level.FEED, "https://creativecommons.org/licenses/by/4.0/", "feed/link", "")
    one = replace(row.decisions[0], reasons=(Reason("licence", "Stated.", Mode.FULL, (stated,)),))
    tree = lxml_html.document_fromstring(
        page.render_item(S.SITE, replace(row, decisions=(one,)), S.CHANNELS, S.NOW, env)
    )
    assert tree.cssselect(".quotes mark a")[0].get("href") == stated.value


def test_digest_page_is_the_mail_under_one_line(env):
    """The mail's markup is untouched; a line that leads to the text part stands right after its body tag."""
    mail = b'<!doctype html><html><BODY class="a">\n<p>Hello</p></BODY></html>'
    got = page.render_digest_page(S.SITE, S.digest(), mail, S.NOW, env)
    at = mail.index(b"\n<p>")
    assert got.startswith(mail[:at] + b"<nav")
    assert got.endswith(mail[at:])
    assert b'href="/digests/weekly/2026-11-23.txt"' in got
    assert page.render_digest_page(S.SITE, S.digest(), b"<p>x</p>", S.NOW, env).startswith(b"<nav")


def test_message_asks_with_one_button(env):
    """A question has one POST form to its own address; a mere message has none."""
    asked = page.render_message(
        S.SITE,
        page.Message(
            "Stop?", ("We stop.",), "Unsubscribe", "What you agreed to", "A digest.", "Asked in March", "Small print"
        ),
        env,
    )
    tree = lxml_html.document_fromstring(asked)
    assert [(one.get("method"), one.get("action")) for one in tree.cssselect("form")] == [("post", None)]
    assert S.text_of(tree.cssselect("button")[0]) == "Unsubscribe"
    assert S.text_of(tree.cssselect(".agreed")[0]) == "What you agreed to “A digest.” Asked in March"
    said = page.render_message(S.SITE, page.Message("Done", ("So.",)), env)
    assert b"<form" not in said
    assert b"agreed" not in said


def test_pages_need_no_script_and_no_style_of_their_own(env):
    """A policy that allows nothing but our own style sheet breaks nothing."""
    bodies = [
        page.render_front(S.SITE, S.paper(), S.CHANNELS, [S.digest()], S.NOW, env),
        page.render_item(S.SITE, S.ferry(), S.CHANNELS, S.NOW, env),
        page.render_message(S.SITE, page.Message("Stop?", ("We stop.",), "Unsubscribe"), env),
    ]
    for body in bodies:
        assert not re.search(
            rb"<script(?! type=\"application/ld\+json\")|<style|\sstyle=|\son[a-z]+=|<img|<iframe", body
        )
        tree = lxml_html.document_fromstring(body)
        assert tree.get("lang") == "en"
        assert len(tree.cssselect("h1")) == 1
        assert len(tree.cssselect("main")) == 1
        assert tree.cssselect("body > *")[0].get("href") == "#main"
        ids = [one.get("id") for one in tree.cssselect("[id]")]
        assert len(ids) == len(set(ids))


def test_addresses_follow_the_base_path(env):
    """A site below a path links below that path."""
    below = replace(S.SITE, url="https://example.org/bulletin")
    body = page.render_front(below, S.paper(), S.CHANNELS, [S.digest()], S.NOW, env)
    assert b'href="/bulletin/style.css"' in body
    assert b'href="/bulletin/feeds/community.rss"' in body
    assert b'href="/feeds' not in body


def test_equal_values_give_equal_bytes(env):
    """Rendering twice gives the same page."""
    assert page.render_front(S.SITE, S.paper(), S.CHANNELS, [], S.NOW, env) == page.render_front(
        S.SITE, S.paper(), S.CHANNELS, [], S.NOW, env
    )


def test_a_broken_override_is_named(tmp_path):
    """A template of the operator's that cannot be rendered is an error that names it."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "front.html").write_text("{{ nothing.here }}")
    with pytest.raises(RenderError, match=r"front\.html"):
        page.render_front(S.SITE, [], S.CHANNELS, [], S.NOW, environment(tmp_path))


@pytest.mark.parametrize(
    ("channel", "name", "note"),
    [
        (S.COMMUNITY, "Community feed", "Community, on the web, no advertising, free"),
        (replace(S.PARTNER, paid=True), "Partner feed", "Commercial, on the web, advertising around, paid"),
        (replace(S.WEEKLY, id="weekly-digest"), "Weekly digest", "Community, by mail, no advertising, free"),
        (S.PRINT, "Print sheet", "Community, in print, no advertising, free"),
        (
            replace(S.PRINT, medium=Medium.WEB, id="notice_board"),
            "Notice board page",
            "Community, on the web, no advertising, free",
        ),
        (replace(S.WEEKLY, title="The Monday letter"), "The Monday letter", "Community, by mail, no advertising, free"),
        (replace(S.WEEKLY, title=S.SITE.name), "Weekly digest", "Community, by mail, no advertising, free"),
    ],
)
def test_channels_by_name(channel, name, note):
    """A channel is called by its own title, else by what it is; the note says what a publisher would ask."""
    assert page_words.channel_name(channel, S.SITE) == name
    assert page_words.channel_note(channel) == note


def test_days_are_the_sites():
    """Days are those of the site's zone; another year is named, no date is no words."""
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert page_words.day_words(late, S.SITE, S.NOW) == "23 November"
    assert page_words.machine_day(late, S.SITE) == "2026-11-23"
    assert page_words.day_words(datetime(2025, 12, 31, 12, tzinfo=UTC), S.SITE, S.NOW) == "31 December 2025"
    assert page_words.day_words(None, S.SITE, S.NOW) == page_words.machine_day(None, S.SITE) == ""
    assert page_words.today_words(S.NOW, S.SITE) == "Monday 23 November 2026"


def palettes(env):
    """The two palettes of the style sheet: name -> (red, green, blue)."""
    css = page.render_style(env).decode()
    light, dark = css.partition("@media (prefers-color-scheme: dark)")[::2]
    found = [
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", part.partition("/* ------")[0])) for part in (light, dark)
    ]
    assert len(found[0]) == len(found[1]) == 16
    return found


def contrast(one, two):
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_can_be_read(env, scheme):
    """Text has a contrast of 4.5 and marks of 3.0 on every ground that they stand on, in light and in dark."""
    colours = palettes(env)[scheme]
    for ground in ("paper", "sheet", "wash", "blue-wash"):
        for ink in ("ink", "ink-2", "ink-3", "blue", "amber", "red", "green"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for ground in ("paper", "sheet", "wash"):
        assert contrast(colours["line"], colours[ground]) >= 2.95, ground
    assert contrast(colours["on-blue"], colours["blue"]) >= 4.5
    assert contrast(colours["mark-text"], colours["mark"]) >= 4.5


def test_where_to_ask_stands_below_full_only(env):
    """Where a channel carries an item in full nobody is sent to ask for more."""
    row = S.ferry()
    told = tuple(replace(one, contact="desk@south.example") for one in row.decisions)
    tree = lxml_html.document_fromstring(
        page.render_front(S.SITE, [replace(row, decisions=told)], S.CHANNELS, [], S.NOW, env)
    )
    asks = ["Ask desk@south.example" in S.text_of(one) for one in tree.cssselect(".decisions dd")]
    assert asks == [False, True, True]


def test_same_sentence_cited_twice_is_one_quotation(env):
    """Two clauses that rest on the same words of the same page cite one letter."""
    row = S.ferry()
    again = replace(S.ASKED, place="elsewhere")
    one = replace(
        row.decisions[0], reasons=(Reason("a", "A.", Mode.FULL, (S.ASKED,)), Reason("b", "B.", Mode.FULL, (again,)))
    )
    tree = lxml_html.document_fromstring(
        page.render_item(S.SITE, replace(row, decisions=(one,)), S.CHANNELS, S.NOW, env)
    )
    assert [S.text_of(mark) for mark in tree.cssselect(".quotes mark")] == [S.ASKED.value, S.CREDITED.value]
    assert [S.text_of(letter) for letter in tree.cssselect(".steps .letters")] == ["A", "A"]
