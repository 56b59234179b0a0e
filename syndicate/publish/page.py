# SPDX-License-Identifier: Apache-2.0
"""Values in, bytes of web pages out: the front page, an item's page, a digest's page, and messages to a reader.

The pages carry no more of an item than a link needs (headline, by-line, dates, credit), whatever the channels may
carry, and show for every channel the mode, the reason and where to ask for more. They hold no script and no style of
their own: everything visual is in ``style.css``. Pure: the same values give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from jinja2 import Environment

from syndicate.model import Chain, Channel, Decision, Item, Site
from syndicate.publish.page_view import ItemView, view
from syndicate.publish.page_words import channel_name, channel_note, day_words, is_feed, is_letter, today_words
from syndicate.publish.templates import render
from syndicate.publish.words import counted

FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
FEED_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON"}


@dataclass(frozen=True, slots=True)
class PageItem:
    """An item as the pages know it: one decision for each channel, in the order of the channels."""

    item: Item
    chain: Chain
    decisions: tuple[Decision, ...]
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """A channel and the time of its newest release, None if nothing of it has been released yet."""

    channel: Channel
    released: datetime | None = None


@dataclass(frozen=True, slots=True)
class DigestSummary:
    """A digest that went out: its channel, the day of its period, its subject and how many items it holds."""

    channel: Channel
    day: date
    subject: str
    items: int


@dataclass(frozen=True, slots=True)
class Message:
    """A page that says one thing and perhaps asks one question.

    ``button`` is the label of the one act (a POST to the same address), "" if there is none. ``quote`` is the wording
    that the reader agreed to, with ``quote_label`` above it; ``foot`` is small print.
    """

    title: str
    paragraphs: tuple[str, ...]
    button: str = ""
    quote_label: str = ""
    quote: str = ""
    quote_note: str = ""
    foot: str = ""


def render_front(
    site: Site,
    rows: Sequence[PageItem],
    channels: Sequence[ChannelSummary],
    digests: Sequence[DigestSummary],
    now: datetime,
    templates: Environment,
) -> bytes:
    """The front page: feeds and digests first, then every item with its credit and, for each channel, mode and reason.

    ``rows`` and ``digests`` stand in the order given. Raises RenderError if a template cannot be rendered.
    """
    views = [_view(site, row, channels, now) for row in rows]
    return _render(
        templates,
        "pages/front.html",
        site=site,
        today=today_words(now, site),
        items=views,
        opening=_opening(views),
        feeds=[_feed(site, one, now) for one in channels if is_feed(one.channel)],
        digests=[_digest(site, one, now) for one in digests],
        alternates=_alternates(site, channels),
        signup=any(is_letter(one.channel) and one.channel.signup for one in channels),
    )


def render_item(
    site: Site, row: PageItem, channels: Sequence[ChannelSummary], now: datetime, templates: Environment
) -> bytes:
    """The page of one item: its chain, its credit, and for every channel how much, why, on whose words, whom to ask.

    Raises RenderError if a template cannot be rendered.
    """
    shown = _view(site, row, channels, now)
    return _render(templates, "pages/item.html", site=site, it=shown, alternates=_alternates(site, channels))


def render_digest_page(site: Site, digest: DigestSummary, html: bytes, now: datetime, templates: Environment) -> bytes:
    """A digest's HTML part (UTF-8) as it was sent, with one line above it that leads back and to the text part.

    The mail's own markup is left as it is; the line is put in right after its ``<body>`` tag, or first if it has none.
    Raises RenderError if a template cannot be rendered.
    """
    bar = _render(templates, "pages/digest_bar.html", site=site, digest=_digest(site, digest, now))
    body = re.search(rb"<body\b[^>]*>", html, re.IGNORECASE)
    at = body.end() if body else 0
    return html[:at] + bar + html[at:]


def render_message(site: Site, message: Message, templates: Environment) -> bytes:
    """A page with one message and at most one button. Raises RenderError if a template cannot be rendered."""
    return _render(templates, "pages/message.html", site=site, message=message, alternates=())


def render_form(site: Site, template: str, templates: Environment, **values: object) -> bytes:
    """A page with a form. Raises RenderError if a template cannot be rendered."""
    return _render(templates, template, site=site, alternates=(), **values)


def render_style(templates: Environment) -> bytes:
    """The style sheet of all pages. Raises RenderError if the template cannot be rendered."""
    return _render(templates, "pages/style.css", site=None)


def _render(templates: Environment, name: str, *, site: Site | None, **values: object) -> bytes:
    base = urlsplit(site.url).path.rstrip("/") if site else ""
    return render(templates, name, site=site, base=base, **values).encode()


def _view(site: Site, row: PageItem, channels: Sequence[ChannelSummary], now: datetime) -> ItemView:
    return view(site, row.item, row.chain, row.decisions, [one.channel for one in channels], row.first_seen, now)


def _opening(views: Sequence[ItemView]) -> str:
    if not views:
        return "Nothing has come in yet. The first poll fills this page."
    stories = counted(len(views), "story", "stories").capitalize()
    return f"{stories} from {counted(len({one.publisher for one in views}), 'publisher', 'publishers')}."


def _feed(site: Site, summary: ChannelSummary, now: datetime) -> dict[str, object]:
    channel = summary.channel
    return {
        "name": channel_name(channel, site),
        "note": channel_note(channel),
        "released": day_words(summary.released, site, now) if summary.released else "",
        "links": [(FEED_NAMES[one], f"/feeds/{channel.id}.{one}", FEED_TYPES[one]) for one in channel.formats],
    }


def _alternates(site: Site, channels: Sequence[ChannelSummary]) -> list[tuple[str, str, str]]:
    """(media type, title, path) for autodiscovery (HTML, link type "alternate")."""
    return [
        (
            FEED_TYPES[form],
            f"{site.name}: {channel_name(one.channel, site)} ({FEED_NAMES[form]})",
            f"/feeds/{one.channel.id}.{form}",
        )
        for one in channels
        if is_feed(one.channel)
        for form in one.channel.formats
    ]


def _digest(site: Site, digest: DigestSummary, now: datetime) -> dict[str, object]:
    path = f"/digests/{digest.channel.id}/{digest.day.isoformat()}"
    return {
        "name": channel_name(digest.channel, site),
        "note": channel_note(digest.channel),
        "subject": digest.subject,
        "day": day_words(digest.day, site, now),
        "count": counted(digest.items, "story", "stories"),
        "html": path,
        "text": f"{path}.txt",
    }
