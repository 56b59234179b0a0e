# SPDX-License-Identifier: Apache-2.0
"""Values in, bytes of web pages out: the front page, an item's page, a digest's page, and messages to a reader.

A page carries of each item what its entry allows, and no more; beside it stand its credit, for every channel the mode
and the reason, and where to ask for more. Pages hold no script and no style of their own: everything visual is in
``style.css``. Pure: the same values give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from jinja2 import Environment

from syndicate.model import Mode, Part
from syndicate.publish.page_item import DigestSummary, Frame, Offered, PageItem
from syndicate.publish.page_style import settled
from syndicate.publish.page_view import view
from syndicate.publish.page_words import channel_name, channel_note, day_words, is_feed, is_letter, today_words
from syndicate.publish.templates import files, render
from syndicate.publish.words import counted

FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
FEED_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON"}
BESIDE = 2
"""Stories beside the lead."""


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
    frame: Frame, rows: Sequence[PageItem], offer: Offered | None, *, more: bool, templates: Environment
) -> Part:
    """The front page: the lead, what stands beside it, what came earlier; each begins as far as its terms allow.

    ``rows`` stand in the order given, ``more`` tells that there are further ones; ``offer`` is the list to sign up for,
    if there is one. Raises RenderError if a template cannot be rendered.
    """
    views = [view(row, frame) for row in rows]
    lead, beside, earlier = views[:1], views[1 : 1 + BESIDE], views[1 + BESIDE :]
    known = {"today": today_words(frame.now, frame.site), "offer": offer if frame.live else None, "more": more}
    return render_page(
        frame, "pages/front.html", templates, here="/", lead=lead, beside=beside, earlier=earlier, **known
    )


def render_item(frame: Frame, row: PageItem, templates: Environment) -> Part:
    """The page of one item: its text as far as it may be carried, its chain, its credit, who may do what with it, why.

    Raises RenderError if a template cannot be rendered.
    """
    return render_page(frame, "pages/item.html", templates, it=view(row, frame))


def render_digest_page(
    frame: Frame, digest: DigestSummary, html: bytes, unprinted: Collection[str], templates: Environment
) -> bytes:
    """A digest's HTML part (UTF-8) as it was sent, with one line above it that leads back and to the text part.

    The mail's own markup is left as it is; the line is put in right after its ``<body>`` tag, or first if it has none.
    The text of the items ``unprinted`` is not printed. Raises RenderError if a template cannot be rendered.
    """
    known = {"digest": digest_view(frame, digest), "unprinted": sorted(unprinted)}
    bar = _render(frame, "pages/digest_bar.html", templates, **known)
    body = re.search(rb"<body\b[^>]*>", html, re.IGNORECASE)
    at = body.end() if body else 0
    return html[:at] + bar + html[at:]


def render_message(frame: Frame, message: Message, templates: Environment) -> bytes:
    """A page with one message and at most one button. Raises RenderError if a template cannot be rendered."""
    return _render(frame, "pages/message.html", templates, message=message)


def render_form(frame: Frame, template: str, templates: Environment, **values: object) -> bytes:
    """A page with a form. Raises RenderError if a template cannot be rendered."""
    return _render(frame, template, templates, **values)


def render_style(templates: Environment) -> bytes:
    """The style sheet of all pages. Raises RenderError if the template cannot be rendered."""
    return render(templates, "pages/style.css").encode()


def render_icon(templates: Environment) -> bytes:
    """What a browser shows beside the title. Raises RenderError if the template cannot be rendered."""
    return render(templates, "pages/icon.svg").encode()


def render_page(frame: Frame, template: str, templates: Environment, **values: object) -> Part:
    """A page that carries publishers' work, to be proved. Raises RenderError if a template cannot be rendered."""
    used = files(templates, (template, "pages/base.html", "pages/parts.html", "credit.html", "pages/style.css"))
    style = settled(render_style(templates).decode())
    return Part("page", "text/html", _render(frame, template, templates, **values), used, style)


def _render(frame: Frame, name: str, templates: Environment, **values: object) -> bytes:
    site = frame.site
    around = {
        "base": urlsplit(site.url).path.rstrip("/"),
        "alternates": _alternates(frame),
        "signup": frame.live and any(is_letter(one.channel) and one.channel.signup for one in frame.channels),
        "live": frame.live,
        "here": "",
    }
    return render(templates, name, site=site, **(around | values)).encode()


def _alternates(frame: Frame) -> list[tuple[str, str, str]]:
    """(media type, title, path) for autodiscovery (HTML, link type "alternate")."""
    return [
        (FEED_TYPES[form], f"{frame.site.name}: {channel_name(one.channel, frame.site)} ({FEED_NAMES[form]})", path)
        for one in frame.channels
        if is_feed(one.channel)
        for form in one.channel.formats
        for path in [f"/feeds/{one.channel.id}.{form}"]
    ]


def digest_view(frame: Frame, digest: DigestSummary) -> dict[str, object]:
    """A digest as the lists show it."""
    path = f"/digests/{digest.channel.id}/{digest.name}"
    when = day_words(digest.day, frame.site, frame.now)
    return {
        "name": channel_name(digest.channel, frame.site),
        "note": channel_note(digest.channel),
        "subject": digest.subject,
        "day": f"{when}, {digest.hour}" if digest.hour else when,
        "count": counted(digest.items, "story", "stories"),
        "html": path,
        "text": f"{path}.txt",
    }


def carried(rows: Sequence[PageItem]) -> list[PageItem]:
    """Those rows that may be shown at all."""
    return [row for row in rows if row.entry.decision.mode > Mode.WITHHOLD]
