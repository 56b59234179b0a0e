# SPDX-License-Identifier: Apache-2.0
"""The web pages: what they say, what they never say, and that their colours can be read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html as lxml_html

from syndicate.errors import RenderError
from syndicate.model import (
    Ads,
    Category,
    Chain,
    Channel,
    ChannelKind,
    Decision,
    Duty,
    Evidence,
    Hop,
    Item,
    Level,
    Medium,
    Mode,
    Person,
    Purpose,
    Reason,
    Role,
    Site,
)
from syndicate.publish import page, page_words
from syndicate.publish.templates import environment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example", "Europe/Paris")
COMMUNITY = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss", "atom", "json"))
PARTNER = Channel("partner", ChannelKind.FEED, Medium.WEB, Purpose.COMMERCIAL, ads=Ads.AROUND, formats=("rss",))
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, title="")
PRINT = Channel("print", ChannelKind.PAGE, Medium.PRINT, Purpose.COMMUNITY)
CHANNELS = [
    page.ChannelSummary(COMMUNITY, NOW),
    page.ChannelSummary(WEEKLY),
    page.ChannelSummary(PARTNER, NOW),
    page.ChannelSummary(PRINT),
]
ASKED = Evidence(
    "record",
    Level.ITEM,
    "Community sites may cross-post this report as long as the source and the copyright are acknowledged together with a hyperlink to the article.",
    "third paragraph",
    "https://harbour.example/republish",
)
REFUSED = Evidence(
    "record",
    Level.ITEM,
    "For print, and for any site run for profit, write to us first.",
    "fourth paragraph",
    "https://harbour.example/republish",
)
CREDITED = Evidence(
    "credit-line",
    Level.ITEM,
    "The original source of this article is South Desk.",
    "body, paragraph 7",
    "https://harbour.example/2026/11/19/the-ferry",
)
DUTIES = (
    Duty("O1", ("Ines Marlow", "South Desk", "Harbour Review")),
    Duty("O2", ("Copyright © South Desk, 2026",)),
    Duty("O3", url="https://harbour.example/2026/11/19/the-ferry", also=("https://south.example/the-ferry",)),
    Duty("O5", ("The author alone is responsible for the contents of this article.",)),
)


@pytest.fixture(name="env")
def _env():
    return environment()


def decision(item_id, channel, mode, because, duties=DUTIES, evidence=(), contact=""):
    """A decision in two steps."""
    steps = (
        Reason("holder", "South Desk wrote it, so its terms are the ceiling.", Mode.FULL, (CREDITED,)),
        Reason("record", because, mode, tuple(evidence)),
    )
    return Decision(item_id, channel.id, mode, duties, steps, because, contact)


def ferry():
    """The founding case: written by one, republished by another."""
    item = Item(
        "i-7f3c19aa00112233",
        "harbour-review",
        "harbour-review",
        "urn:ferry",
        "https://harbour.example/2026/11/19/the-ferry",
        "The ferry a village refused to lose",
        "<p>For eleven winters the last boat has left.</p>",
        "For eleven winters the last boat has left.",
        authors=(Person("Ines Marlow"),),
        published=NOW - timedelta(days=4),
        language="en",
        categories=(Category("rivers", "https://harbour.example/region", "Rivers"), Category("transport")),
    )
    chain = Chain(
        (
            Hop(
                Role.ORIGIN,
                "South Desk",
                "south-desk",
                "https://south.example/the-ferry",
                NOW - timedelta(days=5),
                because=(CREDITED,),
            ),
            Hop(Role.REPUBLISHER, "Harbour Review", "harbour-review", item.url, NOW - timedelta(days=4), item.id),
        )
    )
    ask = "rights@harbour.example"
    link = tuple(one for one in DUTIES if one.id in {"O1", "O3"})
    yes = "Harbour Review lets community sites and mailing lists carry it whole, with this credit, and its record covers its cross-posts."
    return page.PageItem(
        item,
        chain,
        (
            decision(item.id, COMMUNITY, Mode.FULL, yes, evidence=(ASKED,)),
            decision(item.id, WEEKLY, Mode.FULL, yes, evidence=(ASKED,)),
            decision(
                item.id,
                PARTNER,
                Mode.LINK,
                "The permission is for sites without profit; this channel is commercial.",
                link,
                (REFUSED,),
                ask,
            ),
            decision(
                item.id,
                PRINT,
                Mode.WITHHOLD,
                "Print was not granted, and a printed sheet cannot carry the link.",
                (),
                (REFUSED,),
                ask,
            ),
        ),
        NOW - timedelta(days=3),
    )


def other(number, title, publisher, author, modes, because, licence=None, **changes):
    """A story with one hop; ``because`` has a sentence for each mode of ``modes``."""
    host = publisher.split()[0].lower().strip("&")
    url = f"https://{host}.example/2026/11/story-{number}"
    item = Item(
        f"i-{number:016x}",
        host,
        host,
        url,
        url,
        title,
        "<p>Text.</p>",
        "Text.",
        authors=(Person(author),) if author else (),
        published=NOW - timedelta(days=number),
        **changes,
    )
    duties = (
        Duty("O1", (author, publisher)),
        Duty("O2", (f"© 2026 {publisher}",)),
        Duty("O3", url=url),
        *((licence,) if licence else ()),
    )
    chain = Chain((Hop(Role.ORIGIN, publisher, host, url, item.published, item.id),))
    channels = (COMMUNITY, WEEKLY, PARTNER, PRINT)
    return page.PageItem(
        item,
        chain,
        tuple(Decision(item.id, c.id, m, duties, (), b) for c, m, b in zip(channels, modes, because, strict=True)),
        NOW,
    )


def paper():
    """Rows of a whole front page."""
    full, excerpt, link, none = Mode.FULL, Mode.EXCERPT, Mode.LINK, Mode.WITHHOLD
    by = Duty("O4", ("CC BY 4.0",), "https://creativecommons.org/licenses/by/4.0/")
    ncnd = Duty("O4", ("CC BY-NC-ND 4.0",), "https://creativecommons.org/licenses/by-nc-nd/4.0/")
    any_use = "CC BY 4.0 allows every use with credit."
    nc = "CC BY-NC-ND 4.0 allows it whole and unchanged, without profit."
    shut = "All rights reserved: a headline and a link need no licence, more does."
    return [
        ferry(),
        other(
            2,
            "What the river gauge remembers",
            "Lindenfeld Courier",
            "Tomas Averill",
            (full, full, full, full),
            (any_use,) * 4,
            by,
        ),
        other(
            3,
            "The seed library that outlived its building",
            "Kestrel Field Notes",
            "Ruth Halloran",
            (full, full, link, full),
            (nc, nc, "Its licence is for uses without profit; this channel is commercial.", nc),
            ncnd,
        ),
        other(
            4,
            "Bridge was priced twice, council papers show",
            "Marsh & Mill",
            "",
            (link, link, link, none),
            (shut, shut, shut, "All rights reserved, and print was not granted."),
        ),
        other(
            5,
            "The orchard nobody planted",
            "Northlight Weekly",
            "Petra Lindqvist",
            (excerpt, excerpt, link, none),
            ("Its terms allow the first fifty words.",) * 2
            + ("Its terms name community sites only.", "Print was not granted."),
        ),
    ]


def digest():
    """The digest of the week."""
    return page.DigestSummary(WEEKLY, date(2026, 11, 23), "This week at Riverside Bulletin", 5)


def text_of(node):
    """What a reader sees of a node, white space folded."""
    return " ".join(node.text_content().split())


@pytest.fixture(name="front")
def _front(env):
    return lxml_html.document_fromstring(page.render_front(SITE, paper(), CHANNELS, [digest()], NOW, env))


@pytest.fixture(name="item_page")
def _item_page(env):
    return lxml_html.document_fromstring(page.render_item(SITE, ferry(), CHANNELS, NOW, env))


def test_front_lists_every_item_with_mode_and_reason(front):
    """Each item shows publisher, headline linked to the original, and for every channel the mode and the reason."""
    stories = front.cssselect("article.story")
    assert [one.get("data-item") for one in stories] == [row.item.id for row in paper()]
    first = stories[0]
    assert text_of(first.cssselect(".whose")[0]) == "South Desk by way of Harbour Review"
    assert first.cssselect("h3 a")[0].get("href") == "https://harbour.example/2026/11/19/the-ferry"
    rows = [text_of(row) for row in first.cssselect(".decisions .row")]
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
    assert text_of(stories[1].cssselect(".decisions dt")[0]) == "Every channelFull text"


def test_front_begins_with_a_true_sentence(front, env):
    """The opening counts stories and publishers; with nothing there it says so and links to nothing."""
    assert text_of(front.cssselect(".opening")[0]).startswith("Five stories from five publishers.")
    one = lxml_html.document_fromstring(page.render_front(SITE, paper()[:1], CHANNELS, [], NOW, env))
    assert text_of(one.cssselect(".opening")[0]).startswith("One story from one publisher.")
    empty = lxml_html.document_fromstring(page.render_front(SITE, [], CHANNELS, [], NOW, env))
    assert text_of(empty.cssselect(".opening")[0]) == "Nothing has come in yet. The first poll fills this page."
    assert "No digest has gone out yet." in text_of(empty)


def test_front_links_feeds_and_digests(front, env):
    """Every format of every released feed and both parts of the digest are linked, and feeds can be discovered."""
    links = [one.get("href") for one in front.cssselect("#take a")]
    feeds = ["/feeds/community.rss", "/feeds/community.atom", "/feeds/community.json", "/feeds/partner.rss"]
    assert links[:4] == feeds
    assert set(links[4:]) == {"/digests/weekly/2026-11-23", "/digests/weekly/2026-11-23.txt"}
    found = front.cssselect('head link[rel="alternate"]')
    assert [one.get("href") for one in found] == feeds
    assert found[2].get("type") == "application/feed+json"
    unreleased = [replace(one, released=None) for one in CHANNELS]
    bare = lxml_html.document_fromstring(page.render_front(SITE, [], unreleased, [], NOW, env))
    assert text_of(bare.cssselect("#take")[0]).count("Nothing released yet.") == 2


def test_pages_carry_no_text_of_the_item(env):
    """Headline, names, dates and credit stand on the pages; the text does not, whatever a channel may carry."""
    for body in (
        page.render_front(SITE, [ferry()], CHANNELS, [], NOW, env),
        page.render_item(SITE, ferry(), CHANNELS, NOW, env),
    ):
        assert b"eleven winters" not in body
        assert b"The ferry a village refused to lose" in body


def test_item_page_shows_chain_credit_and_evidence(item_page):
    """The chain in order, the credit block, and each quotation under a letter that the reasons cite."""
    chain = [text_of(one) for one in item_page.cssselect(".chain li")]
    assert chain == [
        "South Desk first published it, 18 November",
        "Harbour Review republished it, 19 November",
        "Riverside Bulletin may carry it in full, 20 November",
    ]
    credit = text_of(item_page.cssselect("[data-item] .credit")[0])
    for words in ("Ines Marlow", "South Desk", "Harbour Review", "Copyright © South Desk, 2026", "The author alone"):
        assert words in credit
    hrefs = {one.get("href") for one in item_page.cssselect("[data-item] .credit a")}
    assert {"https://harbour.example/2026/11/19/the-ferry", "https://south.example/the-ferry"} <= hrefs
    quotes = [text_of(one) for one in item_page.cssselect(".quotes mark")]
    assert quotes == [CREDITED.value, ASKED.value, REFUSED.value]
    rows = [text_of(one) for one in item_page.cssselect(".matrix tbody tr")]
    assert "cross-posts. A, B" in rows[0]
    assert "commercial. A, C Ask rights@harbour.example." in rows[1]
    steps = [text_of(one) for one in item_page.cssselect(".steps")[1]]
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
    free = page.render_item(SITE, paper()[1], CHANNELS, NOW, env).decode()
    assert "CC BY 4.0: https://creativecommons.org/licenses/by/4.0/" in free


def test_withheld_outside_print_means_not_even_a_headline(env):
    """An item that a web or mail channel must withhold is shown as a decision without title, link or quotation mark."""
    row = ferry()
    refused = replace(
        row,
        decisions=(
            replace(row.decisions[0], mode=Mode.WITHHOLD, because="Its publisher objected."),
            *row.decisions[1:],
        ),
    )
    for body in (
        page.render_front(SITE, [refused], CHANNELS, [], NOW, env),
        page.render_item(SITE, refused, CHANNELS, NOW, env),
    ):
        assert b"The ferry a village" not in body
        assert b"the-ferry" not in body
        assert b"Its publisher objected." in body
        assert b"data-item" not in body
        assert b"A story that we do not list" in body


def test_titles_are_escaped_and_odd_addresses_not_linked(env):
    """Markup in a title is shown, not obeyed; an address that is not web or mail is no link."""
    row = other(2, "<script>alert(1)</script> & co", "Marsh & Mill", "<b>", (Mode.LINK,) * 4, ("Because.",) * 4)
    odd = replace(row.item, url="javascript:alert(1)")
    decisions = tuple(replace(one, duties=(), contact="javascript:alert(2)") for one in row.decisions)
    body = page.render_front(SITE, [replace(row, item=odd, decisions=decisions)], CHANNELS, [], NOW, env)
    assert b"<script>" not in body
    assert b"&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in body
    tree = lxml_html.document_fromstring(body)
    assert not [
        one for one in tree.cssselect(".story h3 a, .decisions dd a") if one.get("href").startswith("javascript")
    ]


def test_long_chains_fold_their_middle_and_say_how_many(env):
    """From five hops on the middle stands behind a summary that names the count."""
    row = ferry()
    hops = tuple(Hop(Role.REPUBLISHER, f"Outlet {number}", url=f"https://o{number}.example/") for number in range(5))
    tree = lxml_html.document_fromstring(
        page.render_item(SITE, replace(row, chain=Chain((row.chain.hops[0], *hops))), CHANNELS, NOW, env)
    )
    assert text_of(tree.cssselect(".chain summary")[0]) == "4 more publishers between"
    assert [text_of(one) for one in tree.cssselect(".chain details b")] == [
        "Outlet 0",
        "Outlet 1",
        "Outlet 2",
        "Outlet 3",
    ]


def test_channel_unknown_to_the_page_keeps_its_id(env):
    """A decision for a channel that is no longer configured is shown under its id; many quotations go on in figures."""
    row = ferry()
    many = tuple(Evidence("record", Level.ITEM, f"Sentence {number}.", "", "") for number in range(28))
    old = replace(row.decisions[0], channel_id="gone", reasons=(Reason("record", "Many.", Mode.FULL, many),))
    tree = lxml_html.document_fromstring(page.render_item(SITE, replace(row, decisions=(old,)), CHANNELS, NOW, env))
    assert text_of(tree.cssselect(".matrix th[scope=row]")[0]) == "gone"
    assert [text_of(one) for one in tree.cssselect(".quotes .letter")][25:28] == ["Z", "27", "28"]


def test_evidence_that_is_an_address_is_a_link(env):
    """A licence address quoted as evidence can be followed."""
    row = ferry()
    stated = Evidence("atom.license", Level.FEED, "https://creativecommons.org/licenses/by/4.0/", "feed/link", "")
    one = replace(row.decisions[0], reasons=(Reason("licence", "Stated.", Mode.FULL, (stated,)),))
    tree = lxml_html.document_fromstring(page.render_item(SITE, replace(row, decisions=(one,)), CHANNELS, NOW, env))
    assert tree.cssselect(".quotes mark a")[0].get("href") == stated.value


def test_digest_page_is_the_mail_under_one_line(env):
    """The mail's markup is untouched; a line that leads to the text part stands right after its body tag."""
    mail = b'<!doctype html><html><BODY class="a">\n<p>Hello</p></BODY></html>'
    got = page.render_digest_page(SITE, digest(), mail, NOW, env)
    at = mail.index(b"\n<p>")
    assert got.startswith(mail[:at] + b"<nav")
    assert got.endswith(mail[at:])
    assert b'href="/digests/weekly/2026-11-23.txt"' in got
    assert page.render_digest_page(SITE, digest(), b"<p>x</p>", NOW, env).startswith(b"<nav")


def test_message_asks_with_one_button(env):
    """A question has one POST form to its own address; a mere message has none."""
    asked = page.render_message(
        SITE,
        page.Message(
            "Stop?", ("We stop.",), "Unsubscribe", "What you agreed to", "A digest.", "Asked in March", "Small print"
        ),
        env,
    )
    tree = lxml_html.document_fromstring(asked)
    assert [(one.get("method"), one.get("action")) for one in tree.cssselect("form")] == [("post", None)]
    assert text_of(tree.cssselect("button")[0]) == "Unsubscribe"
    assert text_of(tree.cssselect(".agreed")[0]) == "What you agreed to “A digest.” Asked in March"
    said = page.render_message(SITE, page.Message("Done", ("So.",)), env)
    assert b"<form" not in said
    assert b"agreed" not in said


def test_pages_need_no_script_and_no_style_of_their_own(env):
    """A policy that allows nothing but our own style sheet breaks nothing."""
    bodies = [
        page.render_front(SITE, paper(), CHANNELS, [digest()], NOW, env),
        page.render_item(SITE, ferry(), CHANNELS, NOW, env),
        page.render_message(SITE, page.Message("Stop?", ("We stop.",), "Unsubscribe"), env),
    ]
    for body in bodies:
        assert not re.search(rb"<script|<style|\sstyle=|\son[a-z]+=|<img|<iframe", body)
        tree = lxml_html.document_fromstring(body)
        assert tree.get("lang") == "en"
        assert len(tree.cssselect("h1")) == 1
        assert len(tree.cssselect("main")) == 1
        assert tree.cssselect("body > *")[0].get("href") == "#main"
        ids = [one.get("id") for one in tree.cssselect("[id]")]
        assert len(ids) == len(set(ids))


def test_addresses_follow_the_base_path(env):
    """A site below a path links below that path."""
    below = replace(SITE, url="https://example.org/bulletin")
    body = page.render_front(below, paper(), CHANNELS, [digest()], NOW, env)
    assert b'href="/bulletin/style.css"' in body
    assert b'href="/bulletin/feeds/community.rss"' in body
    assert b'href="/feeds' not in body


def test_equal_values_give_equal_bytes(env):
    """Rendering twice gives the same page."""
    assert page.render_front(SITE, paper(), CHANNELS, [], NOW, env) == page.render_front(
        SITE, paper(), CHANNELS, [], NOW, env
    )


def test_a_broken_override_is_named(tmp_path):
    """A template of the operator's that cannot be rendered is an error that names it."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "front.html").write_text("{{ nothing.here }}")
    with pytest.raises(RenderError, match=r"front\.html"):
        page.render_front(SITE, [], CHANNELS, [], NOW, environment(tmp_path))


@pytest.mark.parametrize(
    ("channel", "name", "note"),
    [
        (COMMUNITY, "Community feed", "Community, on the web, no advertising, free"),
        (replace(PARTNER, paid=True), "Partner feed", "Commercial, on the web, advertising around, paid"),
        (replace(WEEKLY, id="weekly-digest"), "Weekly digest", "Community, by mail, no advertising, free"),
        (PRINT, "Print sheet", "Community, in print, no advertising, free"),
        (
            replace(PRINT, medium=Medium.WEB, id="notice_board"),
            "Notice board page",
            "Community, on the web, no advertising, free",
        ),
        (replace(WEEKLY, title="The Monday letter"), "The Monday letter", "Community, by mail, no advertising, free"),
        (replace(WEEKLY, title=SITE.name), "Weekly digest", "Community, by mail, no advertising, free"),
    ],
)
def test_channels_by_name(channel, name, note):
    """A channel is called by its own title, else by what it is; the note says what a publisher would ask."""
    assert page_words.channel_name(channel, SITE) == name
    assert page_words.channel_note(channel) == note


def test_days_are_the_sites():
    """Days are those of the site's zone; another year is named, no date is no words."""
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert page_words.day_words(late, SITE, NOW) == "23 November"
    assert page_words.machine_day(late, SITE) == "2026-11-23"
    assert page_words.day_words(datetime(2025, 12, 31, 12, tzinfo=UTC), SITE, NOW) == "31 December 2025"
    assert page_words.day_words(None, SITE, NOW) == page_words.machine_day(None, SITE) == ""
    assert page_words.today_words(NOW, SITE) == "Monday 23 November 2026"


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
    row = ferry()
    told = tuple(replace(one, contact="desk@south.example") for one in row.decisions)
    tree = lxml_html.document_fromstring(
        page.render_front(SITE, [replace(row, decisions=told)], CHANNELS, [], NOW, env)
    )
    asks = ["Ask desk@south.example" in text_of(one) for one in tree.cssselect(".decisions dd")]
    assert asks == [False, True, True]


def test_same_sentence_cited_twice_is_one_quotation(env):
    """Two clauses that rest on the same words of the same page cite one letter."""
    row = ferry()
    again = replace(ASKED, place="elsewhere")
    one = replace(
        row.decisions[0], reasons=(Reason("a", "A.", Mode.FULL, (ASKED,)), Reason("b", "B.", Mode.FULL, (again,)))
    )
    tree = lxml_html.document_fromstring(page.render_item(SITE, replace(row, decisions=(one,)), CHANNELS, NOW, env))
    assert [text_of(mark) for mark in tree.cssselect(".quotes mark")] == [ASKED.value, CREDITED.value]
    assert [text_of(letter) for letter in tree.cssselect(".steps .letters")] == ["A", "A"]
