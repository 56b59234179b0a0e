# SPDX-License-Identifier: Apache-2.0
"""Finished bytes written by hand, by no code of ours: four items in RSS, Atom, JSON Feed, a page and a message.

Each writer takes `Piece`s, so that a test can change one and see it caught. The items: one in full under a licence, one
in part, one as a link, one withheld.
"""

import base64
import json
import quopri
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape

from syndicate.model import (
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
)
from syndicate.proof import Setting

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
DAY = datetime(2026, 11, 18, 9, tzinfo=UTC)
FULL, EXCERPT, LINK, WITHHELD = "i-00000000000000aa", "i-00000000000000bb", "i-00000000000000cc", "i-00000000000000dd"
CARRIED = (FULL, EXCERPT, LINK)
FORMATS = ("rss", "atom", "json", "mail")
LICENCE = "https://creativecommons.org/licenses/by-nd/4.0/"
NOTICE = "The author alone is responsible for what is said here."
NOTE = "This is an excerpt."

TEXTS = {
    FULL: (
        "Every morning at seven the keeper walks down to the gate and reads the gauge. She writes the level into a book "
        "that is older than the road.\n\nNobody has asked to see the book since the pumps arrived, yet the column of "
        "figures grows by one line a day."
    ),
    EXCERPT: (
        "Bakers along the quay have agreed on a price for rye. They met four times before the frost.\n\nThe agreement "
        "holds until spring, when the mill reopens. Until then each shop grinds its own flour and counts each sack."
    ),
    LINK: (
        "Surveyors found a second tunnel under the old brewery last week. It runs towards the river for ninety metres "
        "and ends at a wall of dressed stone that nobody can date."
    ),
    WITHHELD: (
        "Minutes of the closed session were read aloud by mistake on Tuesday evening. The clerk has since asked all who "
        "were present to forget the figures they heard."
    ),
}
EXCERPTS = {EXCERPT: "Bakers along the quay have agreed on a price for rye. They met four times before the frost."}
TITLES = {
    FULL: "The gauge at the gate",
    EXCERPT: "Flour at a fixed rate",
    LINK: "A tunnel under the brewery",
    WITHHELD: "Read aloud by mistake",
}
FILM = "https://south.example/films/gate.mp4"


def url_of(item_id: str) -> str:
    """The page that must be linked; one has a query that needs escaping."""
    return f"https://south.example/{item_id[-2:]}?part=1&page=2"


def copy_of(item_id: str) -> str:
    """The republisher's page, linked as well."""
    return f"https://harbour.example/copies/{item_id[-2:]}"


def html_of(text: str) -> str:
    """A text as an article's HTML."""
    return "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in text.split("\n\n"))


def entry_of(item_id: str) -> Entry:
    """An item with its decision."""
    mode = {FULL: Mode.FULL, EXCERPT: Mode.EXCERPT, LINK: Mode.LINK, WITHHELD: Mode.WITHHOLD}[item_id]
    films = (Enclosure(FILM, "video/mp4", 7),) if item_id == FULL else ()
    item = Item(
        id=item_id,
        source_id="south",
        publisher_id="south-desk",
        identity=item_id,
        url=copy_of(item_id),
        title=TITLES[item_id],
        html=html_of(TEXTS[item_id]),
        text=TEXTS[item_id],
        authors=(Person("Åsa Marlow"), Person("Ben Ruiz-Ode")),
        published=DAY,
        enclosures=films,
    )
    chain = Chain(
        (
            Hop(Role.ORIGIN, "South Desk", "south-desk", url_of(item_id), DAY),
            Hop(Role.REPUBLISHER, "Harbour Review", "harbour", copy_of(item_id), DAY, item_id),
        )
    )
    reason = Reason("record", "they permit it", mode)
    limit = Limit(words=20, paragraphs=1) if mode is Mode.EXCERPT else Limit()
    decision = Decision(item_id, "channel", mode, duties_of(mode, item_id), (reason,), "they permit it", "", limit)
    return Entry(item, chain, decision, NOW)


def duties_of(mode: Mode, item_id: str) -> tuple[Duty, ...]:
    """What each mode owes."""
    if mode is Mode.WITHHOLD:
        return ()
    owed = [
        Duty("O1", ("Åsa Marlow", "Ben Ruiz-Ode", "South Desk", "Harbour Review")),
        Duty("O3", url=url_of(item_id), also=(copy_of(item_id),)),
    ]
    if mode > Mode.LINK:
        owed += [
            Duty("O2", ("© 2026 South Desk",)),
            Duty("O4", ("CC BY-ND 4.0",), LICENCE),
            Duty("O5", (NOTICE,)),
            Duty("O6"),
            Duty("O15", also=(FILM,) if item_id == FULL else ()),
        ]
    if mode is Mode.EXCERPT:
        owed += [Duty("O9", (NOTE,)), Duty("O21")]
    return tuple(owed)


ENTRIES = tuple(entry_of(item_id) for item_id in (FULL, EXCERPT, LINK, WITHHELD))


@dataclass(frozen=True)
class Piece:
    """Everything that one item's rendering is made of; ``html`` and ``text`` have the finished renderings."""

    item_id: str
    mode: str
    title: str
    link: str
    html: str
    text: str
    authors: tuple[str, ...] = ("Åsa Marlow", "Ben Ruiz-Ode")
    source: str = "Harbour Review"
    rights: str = ""
    licence: str = ""
    changes: str = ""
    extra_xml: str = ""
    extra_json: dict[str, object] = field(default_factory=dict)


def credit_rows(item_id: str) -> dict[str, str]:
    """The rows of a credit in HTML, by duty, so that a test can drop or hide one."""
    url, copy = escape(url_of(item_id)), escape(copy_of(item_id))
    rows = {
        "O1": "<p>By <b>Åsa Marlow</b> and Ben Ruiz-Ode for South Desk, by way of Harbour Review</p>",
        "O3": f'<p>Read it at <a href="{url}">south.example</a>, also at <a href="{copy}">harbour.example</a></p>',
    }
    if item_id != LINK:
        rows["O2"] = "<p>Copyright &copy; 2026 South Desk</p>"
        rows["O4"] = f'<p>Licence <a rel="license" href="{LICENCE}">CC BY-ND 4.0</a></p>'
        rows["O5"] = f"<p>{NOTICE}</p>"
    if item_id == EXCERPT:
        rows["O9"] = f"<p>{NOTE}</p>"
    return rows


def credit_lines(item_id: str) -> dict[str, str]:
    """The same in plain text, wrapped by hand."""
    rows = {
        "O1": "By Åsa Marlow and Ben Ruiz-\nOde for South Desk, by way of Harbour\nReview",
        "O3": f"Read it at\n  {url_of(item_id)}\nAlso at\n  {copy_of(item_id)}",
    }
    if item_id != LINK:
        rows["O2"] = "Copyright  (c) 2026\n   South Desk"
        rows["O4"] = f"Licence    CC BY-ND 4.0\n  <{LICENCE}>"
        rows["O5"] = "Note       The author alone is responsible for\n           what is said here."
    if item_id == EXCERPT:
        rows["O9"] = f"Note       {NOTE}"
    return rows


def body_of(item_id: str) -> str:
    """The carried text."""
    return {FULL: TEXTS[FULL], EXCERPT: EXCERPTS[EXCERPT]}.get(item_id, "")


def article(item_id: str, *, body: str | None = None, rows: dict[str, str] | None = None) -> str:
    """The finished HTML of one item."""
    carried = body if body is not None else html_of(body_of(item_id)) if body_of(item_id) else None
    mode = {FULL: "full", EXCERPT: "excerpt", LINK: "link"}[item_id]
    inside = "".join((credit_rows(item_id) if rows is None else rows).values())
    return (
        f'<article data-item="{item_id}" data-mode="{mode}"><h3>{TITLES[item_id]}</h3>'
        + (f'<div class="body">{carried}</div>' if carried is not None else "")
        + f'<div class="credit">{inside}</div></article>'
    )


def section(item_id: str, *, body: str | None = None, rows: dict[str, str] | None = None) -> str:
    """The finished plain text of one item, its text broken into short lines."""
    words = (body_of(item_id) if body is None else body).replace("\n\n", " \n\n ").split(" ")
    lines = [" ".join(words[at : at + 7]) for at in range(0, len(words), 7)]
    told = "\n".join((credit_lines(item_id) if rows is None else rows).values())
    return "\n".join([TITLES[item_id], "-" * 20, *lines, "", told])


def piece(item_id: str) -> Piece:
    """An item as it should be."""
    carried = item_id != LINK
    return Piece(
        item_id,
        {FULL: "full", EXCERPT: "excerpt", LINK: "link"}[item_id],
        TITLES[item_id],
        url_of(item_id),
        article(item_id),
        section(item_id),
        rights="© 2026 South Desk" if carried else "",
        licence=LICENCE if carried else "",
        changes=NOTE if item_id == EXCERPT else "",
    )


def pieces() -> tuple[Piece, ...]:
    """All items that are carried, as they should be."""
    return tuple(piece(item_id) for item_id in CARRIED)


def changed(item_id: str, **changes: object) -> tuple[Piece, ...]:
    """All items, one of them changed."""
    return tuple(replace(one, **changes) if one.item_id == item_id else one for one in pieces())


# --------------------------------------------------------------------------------------------- writers


def rss(items: tuple[Piece, ...], *, head: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    """RSS 2.0."""
    told = "".join(
        f"<item><title>{escape(one.title)}</title><link>{escape(one.link)}</link>"
        f'<guid isPermaLink="false">https://bulletin.example/items/{one.item_id}</guid>'
        + "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in one.authors)
        + (f'<source url="https://harbour.example/feed">{escape(one.source)}</source>' if one.source else "")
        + (f"<dc:rights>{escape(one.rights)}</dc:rights>" if one.rights else "")
        + (f"<cc:license>{escape(one.licence)}</cc:license>" if one.licence else "")
        + f"<content:encoded>{escape(one.html)}</content:encoded>{one.extra_xml}</item>"
        for one in items
    )
    return (
        f'{prolog}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:cc="http://backend.userland.com/creativeCommonsRssModule">'
        f"<channel><title>Bulletin</title><link>https://bulletin.example/</link>{head}{told}</channel></rss>"
    ).encode()


def atom(items: tuple[Piece, ...], *, head: str = "", xhtml: bool = False) -> bytes:
    """Atom, its content as escaped HTML or as XHTML."""
    told = "".join(
        f"<entry><id>https://bulletin.example/items/{one.item_id}</id><title>{escape(one.title)}</title>"
        f'<link rel="alternate" href="{escape(one.link)}"/>'
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in one.authors)
        + (f"<source><id>x</id><title>{escape(one.source)}</title></source>" if one.source else "")
        + (f"<rights>{escape(one.rights)}</rights>" if one.rights else "")
        + (f'<link rel="license" href="{escape(one.licence)}"/>' if one.licence else "")
        + (_xhtml(one.html) if xhtml else f'<content type="html">{escape(one.html)}</content>')
        + f"{one.extra_xml}</entry>"
        for one in items
    )
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:atom="http://www.w3.org/2005/Atom" '
        f'xmlns:media="http://search.yahoo.com/mrss/"><id>x</id><title>Bulletin</title>{head}{told}</feed>'
    ).encode()


def _xhtml(html: str) -> str:
    plain = html.replace("&copy;", "©").replace("<", "<h:").replace("<h:/", "</h:")
    return f'<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml">{plain}</h:div></content>'


def json_feed(items: tuple[Piece, ...], **head: object) -> bytes:
    """JSON Feed 1.1."""
    told = [
        {
            "id": f"https://bulletin.example/items/{one.item_id}",
            "url": one.link,
            "title": one.title,
            "authors": [{"name": name} for name in one.authors],
            "content_html": one.html,
            "_syndicate": {
                "id": one.item_id,
                "source": {"name": one.source},
                "copyright": one.rights,
                "licence": {"url": one.licence} if one.licence else None,
                "changes": one.changes,
            },
            **one.extra_json,
        }
        for one in items
    ]
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Bulletin", "items": told, **head}
    ).encode()


def page(items: tuple[Piece, ...], *, head: str = "", foot: str = "") -> str:
    """An HTML document."""
    told = "".join(one.html for one in items)
    return f"<!DOCTYPE html><html><head><title>Bulletin</title>{head}</head><body>{told}{foot}</body></html>"


def plain(items: tuple[Piece, ...], *, foot: str = "") -> str:
    """A plain part with a list of contents."""
    contents = "\n".join(f"{number}. {one.title}" for number, one in enumerate(items, 1))
    return f"Bulletin\n\n{contents}\n\n" + "\n\n\n".join(one.text for one in items) + f"\n\n-- \nBulletin{foot}\n"


def coded(text: str, coding: str, charset: str = "utf-8") -> bytes:
    """``text`` in a transfer encoding."""
    data = text.encode(charset)
    if coding == "base64":
        return base64.encodebytes(data)
    return quopri.encodestring(data) if coding == "quoted-printable" else data


def mail(
    items: tuple[Piece, ...], *, coding: str = "quoted-printable", head: str = "", foot: str = "", more: bytes = b""
) -> bytes:
    """A message with a plain and an HTML part."""
    return letter(plain(items, foot=foot), page(items, head=head), coding=coding, more=more)


def letter(text: str | None, html: str | None, *, coding: str = "quoted-printable", more: bytes = b"") -> bytes:
    """A message of these parts; ``more`` is further parts, finished."""
    told = b"Subject: Bulletin\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    for kind, body in (("plain", text), ("html", html)):
        if body is not None:
            told += (
                f"--x\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {coding}\r\n\r\n".encode()
                + coded(body, coding)
                + b"\r\n"
            )
    return told + more + b"--x--\r\n"


WRITERS = {"rss": rss, "atom": atom, "json": json_feed, "mail": mail}


def content(name: str, items: tuple[Piece, ...] | None = None) -> bytes:
    """The finished bytes of one format."""
    return WRITERS[name](pieces() if items is None else items)


SITE = Site("Bulletin", "https://bulletin.example", "editor@bulletin.example")
SETTING = Setting(Channel("channel", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY), SITE, NOW)


def edition(name: str, data: bytes, entries: tuple[Entry, ...] = ENTRIES) -> Edition:
    """An edition of one part."""
    kind = ChannelKind.DIGEST if name == "mail" else ChannelKind.FEED
    channel = Channel("channel", kind, Medium.WEB, Purpose.COMMUNITY)
    return Edition("e", channel, "p", NOW, (Part(name, "", data),), entries)
