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
    Limit,
    Medium,
    Mode,
    Reason,
    Role,
)
from syndicate.publish import page, page_item, page_words
from syndicate.publish.templates import environment

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/pages.py")))


OFFER = page_item.Offered("weekly", "Weekly digest", "You may send me the weekly digest.")


def tree(content):
    """The tree of a page."""
    return lxml_html.document_fromstring(content)


def front_of(rows, env, frame=S.FRAME, *, more=False):
    """The bytes of a front page."""
    return page.render_front(frame, rows, OFFER, more=more, templates=env).content


def item_of(row, env, frame=S.FRAME):
    """The bytes of an item's page."""
    return page.render_item(frame, row, env).content


def with_decision(row, **changes):
    """The row with its own decision, and its first channel's, changed."""
    changed = replace(row.entry.decision, **changes)
    return replace(
        row, entry=replace(row.entry, decision=changed), mode=changed.mode, decisions=(changed, *row.decisions[1:])
    )


@pytest.fixture(name="env")
def _env():
    return environment()


@pytest.fixture(name="front")
def _front(env):
    return tree(front_of(S.paper(), env))


@pytest.fixture(name="item_page")
def _item_page(env):
    return tree(item_of(S.ferry(), env))


def test_front_shows_whose_it_is_before_what_it_is(front):
    """Each story has publisher, mode and headline in this order, leads to its own page, and ends in its rights line."""
    stories = front.cssselect("article.story")
    assert [one.get("data-item") for one in stories] == [row.entry.item.id for row in S.paper()]
    first = stories[0]
    assert S.text_of(first.cssselect(".whose")[0]) == "South Desk by way of Harbour Review Full text"
    assert first.cssselect("h2 a")[0].get("href") == f"/items/{S.ferry().entry.item.id}"
    assert first.cssselect(".whose a")[0].get("href") == "/publishers/south-desk"
    words = [S.text_of(one) for one in first]
    assert words.index("The ferry a village refused to lose") > 0
    for owed in ("Ines Marlow", "Copyright © South Desk, 2026", "harbour.example/2026/11/19/the-ferry"):
        assert owed in S.text_of(first.cssselect(".ruled .credit")[0])
    assert [S.text_of(one.cssselect(".badge")[0]) for one in stories] == [
        *("Full text",) * 3, "Link only", "Excerpt"
    ]  # fmt: skip
    assert [len(one.cssselect(".chain")) for one in stories] == [1, 0, 0, 0, 0]


def test_front_without_stories_says_so(env):
    """With nothing there the page says so; what is older is a page away where there is any."""
    assert "Nothing has come in yet." in S.text_of(tree(front_of([], env)))
    assert not tree(front_of(S.paper()[:1], env)).cssselect(".earlier, .beside")
    for more in (False, True):
        ways = [
            one.get("href") for one in tree(front_of(S.paper()[:3], env, more=more)).cssselect("#main .section-head a")
        ]
        assert ways == ["/stories"] * more


def test_feeds_can_be_discovered(front):
    """Every format of every feed stands in the head with its media type."""
    found = front.cssselect('head link[rel="alternate"]')
    feeds = ["/feeds/community.rss", "/feeds/community.atom", "/feeds/community.json", "/feeds/partner.rss"]
    assert [one.get("href") for one in found] == feeds
    assert found[2].get("type") == "application/feed+json"


def test_front_leads_to_the_list(env):
    """Who may put themselves on a list by mail finds the way; where every list is closed, or nobody answers, none."""
    for open_, live, ways in ((True, True, ["/subscribe"]), (False, True, []), (True, False, [])):
        channels = tuple(replace(one, channel=replace(one.channel, signup=open_)) for one in S.CHANNELS)
        found = tree(front_of([], env, replace(S.FRAME, channels=channels, live=live)))
        assert [a.get("href") for a in found.cssselect("nav a") if a.text == "Subscribe"] == ways
        assert bool(found.cssselect("form")) is live


def test_pages_carry_what_the_entry_allows(env):
    """The whole text where it may be carried, none of it where only a link may; headline and credit in any case."""
    link = with_decision(S.ferry(), mode=Mode.LINK, duties=S.ferry().decisions[2].duties)
    for row, carried in ((S.ferry(), True), (link, False)):
        for body in (front_of([row], env), item_of(row, env)):
            assert (b"eleven winters" in body) is carried
            assert b"The ferry a village refused to lose" in body
    assert b"Read on" in front_of([with_decision(S.long(), mode=Mode.EXCERPT, limit=Limit(paragraphs=1))], env)
    assert b"Read the rest at" in item_of(with_decision(S.long(), mode=Mode.EXCERPT, limit=Limit(paragraphs=1)), env)


def test_what_may_not_be_printed_is_marked(env):
    """The style sheet leaves out in print what is marked so, and a line says why."""
    assert tree(item_of(S.ferry(), env)).cssselect(".unprinted .not-printed")
    assert not tree(item_of(replace(S.ferry(), printed=True), env)).cssselect(".unprinted, .not-printed")
    style = page.render_style(env).decode().partition("@media print")[2]
    assert ".story .body, .unprinted .body { display: none; }" in style


def test_may_i_use_it_too(env):
    """For each kind of use the page says how far, why, and whom to ask."""
    uses = (
        replace(S.ferry().decisions[0], channel_id="community-site"),
        replace(S.ferry().decisions[2], channel_id="commercial-site"),
    )
    rows = [S.text_of(one) for one in tree(item_of(replace(S.ferry(), uses=uses), env)).cssselect(".uses dl > div")]
    assert rows[0].startswith("Community siteFull text. Harbour Review lets community sites")
    assert rows[1].startswith("CommercialLink only. The permission is for sites without profit")
    assert rows[1].endswith("Ask rights@harbour.example.")


def test_previews_say_whose_it_is(item_page):
    """Open Graph and the description name the author and the publisher in our own words and carry no text."""
    meta = {one.get("property") or one.get("name"): one.get("content") for one in item_page.cssselect("meta")}
    assert meta["og:title"] == "The ferry a village refused to lose"
    assert meta["og:description"] == meta["description"]
    assert meta["description"].startswith("By Ines Marlow, South Desk. Carried with its credit")
    assert meta["robots"] == "noindex"
    canonical = item_page.cssselect("link[rel=canonical]")[0].get("href")
    assert canonical == "https://harbour.example/2026/11/19/the-ferry"


def test_item_page_shows_chain_credit_and_evidence(item_page):
    """The chain in order, the credit block, and each quotation under a letter that the reasons cite."""
    chain = [S.text_of(one) for one in item_page.cssselect(".chain li")]
    assert chain == [
        "South Desk first published it, 18 November",
        "Harbour Review republished it, 19 November",
        "Riverside Bulletin carries it in full, 20 November",
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
    free = item_of(S.paper()[1], env).decode()
    assert "CC BY 4.0: https://creativecommons.org/licenses/by/4.0/" in free


def test_titles_are_escaped_and_odd_addresses_not_linked(env):
    """Markup in a title is shown, not obeyed; an address that is not web or mail is no link of ours."""
    row = S.other(2, "<script>alert(1)</script> & co", "Marsh & Mill", "<b>", (Mode.LINK,) * 4, ("Because.",) * 4)
    row = with_decision(row, duties=(), contact="javascript:alert(2)")
    row = replace(row, entry=replace(row.entry, item=replace(row.entry.item, url="javascript:alert(1)")))
    body = item_of(row, env)
    assert b"<script>" not in body
    assert b"&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in body
    found = tree(body)
    assert not found.cssselect("link[rel=canonical]")
    links = [one.get("href") for one in found.cssselect(".item-head a, .matrix a, .read-there a")]
    assert not [one for one in links if one.startswith("javascript")]


def test_long_chains_fold_their_middle_and_say_how_many(env):
    """From five hops on the middle stands behind a summary that names the count."""
    row = S.ferry()
    hops = tuple(Hop(Role.REPUBLISHER, f"Outlet {number}", url=f"https://o{number}.example/") for number in range(5))
    chain = Chain((row.entry.chain.hops[0], *hops))
    found = tree(item_of(replace(row, entry=replace(row.entry, chain=chain)), env))
    assert S.text_of(found.cssselect(".chain summary")[0]) == "4 more publishers between"
    assert [S.text_of(one) for one in found.cssselect(".chain details b")] == [
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
    found = tree(item_of(replace(row, decisions=(old,)), env))
    assert S.text_of(found.cssselect(".matrix th[scope=row]")[0]) == "gone"
    assert [S.text_of(one) for one in found.cssselect(".quotes .letter")][25:28] == ["Z", "27", "28"]


def test_evidence_that_is_an_address_is_a_link(env):
    """A licence address quoted as evidence can be followed."""
    row = S.ferry()
    stated = Evidence("atom.license", Level.FEED, "https://creativecommons.org/licenses/by/4.0/", "feed/link", "")
    one = replace(row.decisions[0], reasons=(Reason("licence", "Stated.", Mode.FULL, (stated,)),))
    found = tree(item_of(replace(row, decisions=(one,)), env))
    assert found.cssselect(".quotes mark a")[0].get("href") == stated.value


def test_digest_page_is_the_mail_under_one_line(env):
    """The mail's markup is untouched; a line that leads to the text part stands right after its body tag."""
    mail = b'<!doctype html><html><BODY class="a">\n<p>Hello</p></BODY></html>'
    got = page.render_digest_page(S.FRAME, S.digest(), mail, (), env)
    at = mail.index(b"\n<p>")
    assert got.startswith(mail[:at] + b"<nav")
    assert got.endswith(mail[at:])
    assert b'href="/digests/weekly/2026-11-23.txt"' in got
    assert page.render_digest_page(S.FRAME, S.digest(), b"<p>x</p>", ["i-1"], env).startswith(
        b'<style>@media print { [data-item="i-1"] .body { display: none } }</style><nav'
    )


def test_message_asks_with_one_button(env):
    """A question has one POST form to its own address; a mere message has none."""
    asked = page.render_message(
        S.FRAME,
        page.Message(
            "Stop?", ("We stop.",), "Unsubscribe", "What you agreed to", "A digest.", "Asked in March", "Small print"
        ),
        env,
    )
    found = tree(asked)
    assert [(one.get("method"), one.get("action")) for one in found.cssselect("form")] == [("post", None)]
    assert S.text_of(found.cssselect("button")[0]) == "Unsubscribe"
    assert S.text_of(found.cssselect(".agreed")[0]) == "What you agreed to “A digest.” Asked in March"
    said = page.render_message(S.FRAME, page.Message("Done", ("So.",)), env)
    assert b"<form" not in said
    assert b"agreed" not in said


def test_pages_need_no_script_and_no_style_of_their_own(env):
    """A policy that allows nothing but our own style sheet breaks nothing."""
    bodies = [
        front_of(S.paper(), env),
        item_of(S.ferry(), env),
        page.render_message(S.FRAME, page.Message("Stop?", ("We stop.",), "Unsubscribe"), env),
    ]
    for body in bodies:
        assert not re.search(
            rb"<script(?! type=\"application/ld\+json\")|<style|\sstyle=|\son[a-z]+=|<img|<iframe", body
        )
        found = tree(body)
        assert found.get("lang") == "en"
        assert len(found.cssselect("h1")) == 1
        assert len(found.cssselect("main")) == 1
        assert found.cssselect("body > *")[0].get("href") == "#main"
        ids = [one.get("id") for one in found.cssselect("[id]")]
        assert len(ids) == len(set(ids))


def test_addresses_follow_the_base_path(env):
    """A site below a path links below that path."""
    below = replace(S.SITE, url="https://example.org/bulletin")
    body = front_of(S.paper(), env, replace(S.FRAME, site=below))
    assert b'href="/bulletin/style.css"' in body
    assert b'href="/bulletin/feeds/community.rss"' in body
    assert b'href="/feeds' not in body


def test_equal_values_give_equal_bytes(env):
    """Rendering twice gives the same page."""
    assert front_of(S.paper(), env) == front_of(S.paper(), env)


def test_a_broken_override_is_named(tmp_path):
    """A template of the operator's that cannot be rendered is an error that names it."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "front.html").write_text("{{ nothing.here }}")
    with pytest.raises(RenderError, match=r"front\.html"):
        front_of([], environment(tmp_path))


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


def test_where_to_ask_stands_below_full_only(env):
    """Where a channel carries an item in full nobody is sent to ask for more."""
    row = S.ferry()
    told = tuple(replace(one, contact="desk@south.example") for one in row.decisions)
    found = tree(item_of(replace(row, decisions=told), env))
    asks = ["Ask desk@south.example" in S.text_of(one) for one in found.cssselect(".matrix tbody tr")]
    assert asks == [False, True, True]


def test_same_sentence_cited_twice_is_one_quotation(env):
    """Two clauses that rest on the same words of the same page cite one letter."""
    row = S.ferry()
    again = replace(S.ASKED, place="elsewhere")
    one = replace(
        row.decisions[0], reasons=(Reason("a", "A.", Mode.FULL, (S.ASKED,)), Reason("b", "B.", Mode.FULL, (again,)))
    )
    found = tree(item_of(replace(row, decisions=(one,)), env))
    assert [S.text_of(mark) for mark in found.cssselect(".quotes mark")] == [S.ASKED.value, S.CREDITED.value]
    assert [S.text_of(letter) for letter in found.cssselect(".steps .letters")] == ["A", "A"]


def test_an_icon_stands_beside_the_title(front, env):
    """Every page names an icon, so that browsers ask for no other."""
    assert front.cssselect("link[rel=icon]")[0].get("href") == "/icon.svg"
    assert page.render_icon(env).startswith(b"<svg")
