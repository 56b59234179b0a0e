# SPDX-License-Identifier: Apache-2.0
"""The stories and channels that the tests of the web pages show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from syndicate.model import (
    Ads,
    Category,
    Chain,
    Channel,
    ChannelKind,
    Decision,
    Duty,
    Entry,
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
from syndicate.publish import page_item as page

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
FRAME = page.Frame(SITE, tuple(CHANNELS), NOW)
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


def decision(item_id, channel, mode, because, duties=DUTIES, evidence=(), contact=""):
    """A decision in two steps."""
    steps = (
        Reason("holder", "South Desk wrote it, so its terms are the ceiling.", Mode.FULL, (CREDITED,)),
        Reason("record", because, mode, tuple(evidence)),
    )
    return Decision(item_id, channel.id, mode, duties, steps, because, contact)


def row(item, chain, decisions, first_seen):
    """An item that its page carries as far as the first channel may."""
    return page.PageItem(Entry(item, chain, decisions[0], first_seen), decisions[0].mode, decisions)


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
    return row(
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
    return row(
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


def long():
    """The founding case with a second paragraph, which an excerpt leaves out."""
    story = ferry()
    text = "For eleven winters the last boat has left.\n\nThey had come to be counted."
    html = "<p>For eleven winters the last boat has left.</p><p>They had come to be counted.</p>"
    return replace(story, entry=replace(story.entry, item=replace(story.entry.item, text=text, html=html)))
