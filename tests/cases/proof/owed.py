# SPDX-License-Identifier: Apache-2.0
"""Two items that owe every duty there is, decided by hand, and what our renderers make of them in every format."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from hashlib import sha256

from syndicate.model import (
    Ads,
    Beacons,
    Chain,
    Channel,
    ChannelKind,
    Decision,
    Duty,
    Edition,
    Enclosure,
    Entry,
    Hop,
    Item,
    Limit,
    Medium,
    Mode,
    Part,
    Person,
    Purpose,
    Reason,
    Role,
    Site,
    Tombstone,
)
from syndicate.publish.digest import render_digest
from syndicate.publish.feed import render_feed
from syndicate.publish.page import render_digest_page
from syndicate.publish.page_item import DigestSummary, Frame
from syndicate.publish.templates import environment

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
DAY = datetime(2026, 11, 18, 9, tzinfo=UTC)
SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example", "Europe/Paris")
WHOLE, PART, GONE = "i-00000000000000e1", "i-00000000000000e2", "i-00000000000000e3"
LICENCE = "https://creativecommons.org/licenses/by-sa/3.0/"
ORIGIN, COPY = "https://south.example/the-ferry?a=1&b=2", "https://harbour.example/2026/the-ferry"
COUNTER = "https://count.south.example/e1.gif"
PICTURE, AGENCY, FILM = (
    "https://south.example/boat.jpg",
    "https://south.example/agency.jpg",
    "https://south.example/f.mp4",
)
CREDIT = "The boat at dusk. Photo: Ida Reed, South Desk"
CAPTION = "The county hall. Getty Images"
APPEAL = "Your donation keeps this paper alive. Give today at our desk."
PARAGRAPHS = (
    "For eleven winters the last boat has left at ten past six, whether or not anybody was on it.",
    "The county, as its minutes show, found four passengers to a crossing and asked the council twice.",
    "Oona Petrie has piloted the boat since the spring of that year, and she keeps a book on a string.",
)
HTML = (
    f"<p>{PARAGRAPHS[0]}</p>"
    f'<figure><img src="{PICTURE}" alt="A boat"><figcaption>{CREDIT}</figcaption></figure>'
    '<p>The county, as <a href="https://county.example/minutes?x=1&amp;y=2">its minutes</a> show, found four passengers '
    'to a crossing and asked <a href="https://county.example/council">the council</a> twice.</p>'
    f'<figure><img src="{AGENCY}" alt=""><figcaption>{CAPTION}</figcaption></figure>'
    f"<p>{PARAGRAPHS[2]}</p><p>{APPEAL}</p>"
)
TEXT = "\n\n".join((PARAGRAPHS[0], CREDIT, PARAGRAPHS[1], CAPTION, PARAGRAPHS[2], APPEAL))
LICENSED = "\n\n".join((PARAGRAPHS[0], CREDIT, PARAGRAPHS[1], PARAGRAPHS[2]))
LINKS = ("https://county.example/minutes?x=1&y=2", "https://county.example/council")
TITLE = "The ferry a village refused to lose"


def fingerprint(text):
    """What O6 asks, worked out by hand."""
    return sha256("".join(text.split()).encode()).hexdigest()[:16]


def _item(item_id, title, html, text):
    films = (Enclosure(FILM, "video/mp4", 7),)
    return Item(
        id=item_id, source_id="harbour", publisher_id="harbour", identity=item_id, url=COPY, title=title, html=html,
        text=text, authors=(Person("Ines Marlow"), Person("Åke Lind")), published=DAY, enclosures=films, language="en",
    )  # fmt: skip


CHAIN = Chain(
    (
        Hop(Role.ORIGIN, "South Desk", "south", ORIGIN, DAY),
        Hop(Role.REPUBLISHER, "Harbour Review", "harbour", COPY, DAY + timedelta(days=1)),
    )
)
COMMON = (
    Duty("O1", ("Ines Marlow", "Åke Lind", "South Desk", "Harbour Review"), also=("Vera Dropped",)),
    Duty("O2", ("© 2026 South Desk",)),
    Duty("O3", url=ORIGIN, also=(COPY,)),
    Duty("O4", ("CC BY-SA 3.0",), LICENCE),
    Duty("O5", ("The views in it are the author’s own.",), "https://south.example/views", how="title"),
    Duty("O7", how="none"),
    Duty("O8"),
    Duty("O10", ("CC BY-SA 3.0",), LICENCE),
    Duty("O14", url=ORIGIN),
    Duty("O16", start=NOW - timedelta(days=1)),
    Duty("O17", end=NOW + timedelta(days=85), how="body_to_link"),
    Duty("O18", ("Dana Whitlow",), start=NOW),
    Duty("O19", url="news@south.example", how="after"),
    Duty("O22", ("en",), how="forbidden"),
    Duty("O23", ("South Desk reports on rivers, and nothing else.",)),
    Duty("O24", ("Carry it whole or not at all.",), "https://south.example/terms"),
    Duty("O25"),
    Duty("O26"),
    Duty("O27", ("nonprofit",)),
    Duty("O29", ("Carried without profit for research.",), also=("research",)),
    Duty("O30", ("South Desk",)),
)
OWED = {
    WHOLE: (
        *COMMON,
        Duty("O6", (fingerprint(LICENSED),)),
        Duty("O9", ("Its pictures are left out.", "An appeal for support is left out.")),
        Duty("O11", ("Originally published by [South Desk].",), ORIGIN, how="top"),
        Duty("O12", also=LINKS),
        Duty("O13", url=COUNTER, how="img"),
        Duty("O15", (CAPTION,), also=(AGENCY, FILM), how="out"),
        Duty("O15", (CREDIT,), also=(PICTURE,), how="in"),
        Duty("O20", (TITLE,), how="theirs"),
        Duty("O28", (APPEAL,)),
    ),
    PART: (
        *COMMON,
        Duty("O6", (fingerprint("\n\n".join(PARAGRAPHS)),)),
        Duty("O9", ("This is an excerpt.",)),
        Duty("O11", how="end"),
        Duty("O15", also=(FILM,), how="out"),
        Duty("O20", ("The book on a string",), how="theirs"),
        Duty("O21", ("[Read the whole of it at South Desk]",), ORIGIN),
        Duty("O28"),
    ),
}
ITEMS = {
    WHOLE: _item(WHOLE, TITLE, HTML, TEXT),
    PART: _item(PART, "The book on a string", "".join(f"<p>{p}</p>" for p in PARAGRAPHS), "\n\n".join(PARAGRAPHS)),
}


def entry(item_id, **changes):
    """An item with its decision."""
    mode = Mode.FULL if item_id == WHOLE else Mode.EXCERPT
    limit = Limit(words=25) if mode is Mode.EXCERPT else Limit()
    reason = Reason("record.grant", "South Desk permits it", mode)
    told = {"duties": OWED[item_id], "limit": limit} | changes
    decision = Decision(item_id, "all", mode, reasons=(reason,), because="South Desk permits it", **told)
    return Entry(ITEMS[item_id], CHAIN, decision, NOW)


ENTRIES = (entry(WHOLE), entry(PART))
TOMBSTONES = (Tombstone(GONE, NOW - timedelta(days=2), "Its publisher has withdrawn it."),)
FEED = Channel("all", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, beacons=Beacons.CARRY)
MAIL = Channel(
    "all", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, beacons=Beacons.CARRY,
    sender="Riverside Bulletin <news@bulletin.example>",
)  # fmt: skip
ADS = {"ads": Ads.AROUND}
FORMATS = ("rss", "atom", "json", "mail", "html")


def parts():
    """What our renderers make of both items: the three feeds, the mail, and the digest as a web page, by name."""
    templates = environment()
    made = {part.name: part for part in render_feed(FEED, SITE, ENTRIES, NOW, templates, TOMBSTONES)}
    part, _, _ = render_digest(MAIL, SITE, ENTRIES, NOW, "2026-11-23", templates)
    html = message_from_bytes(part.content, policy=policy.SMTP).get_body(("html",)).get_content()
    summary = DigestSummary(MAIL, DAY.date(), "All", 2)
    page = render_digest_page(Frame(SITE, (), NOW), summary, html.encode(), (), templates)
    return made | {part.name: part, "html": Part("html", "text/html", page)}


def without_canonical(entries):
    """The same entries owing no canonical page: a document of several items can declare none."""
    return tuple(
        replace(e, decision=replace(e.decision, duties=tuple(d for d in e.decision.duties if d.id != "O14")))
        for e in entries
    )


def edition(part, *, channel=None, entries=ENTRIES, now=NOW):
    """An edition of one part; a web page of several items is asked for no canonical page."""
    entries = without_canonical(entries) if part.name == "html" else entries
    channel = channel or (MAIL if part.name in {"mail", "html"} else FEED)
    tombstones = TOMBSTONES if part.name in {"atom", "json"} else ()
    return Edition("e-1", channel, "now", now, (part,), entries, tombstones=tombstones)
