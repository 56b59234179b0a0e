# SPDX-License-Identifier: Apache-2.0
"""Values in, bytes of web pages out: all stories, digests, feeds, publishers, and the terms of the house. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment

from syndicate.model import Channel, Grant, Medium, Mode, Part, Prohibition, Publisher, Purpose, Record, Scope
from syndicate.publish.page import FEED_NAMES, FEED_TYPES, digest_view, render_page
from syndicate.publish.page_item import ChannelSummary, DigestSummary, Frame, PageItem
from syndicate.publish.page_view import Link, view
from syndicate.publish.page_words import MEDIUM_WORDS, MODE_WORDS, channel_name, channel_note, day_words, is_feed, safe
from syndicate.publish.words import address, counted, href, listed

AMOUNTS = {Mode.FULL: "in full", Mode.EXCERPT: "in part", Mode.LINK: "as a link", Mode.WITHHOLD: "not at all"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One of several pages in a row: its number, from 1, and whether there are more behind it."""

    number: int
    more: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """A publisher and how its items stand on our pages: how many in each mode, of those that we hold now."""

    publisher: Publisher
    modes: dict[Mode, int]
    total: int


def render_stories(frame: Frame, rows: Sequence[PageItem], leaf: Leaf, templates: Environment) -> Part:
    """A page of the list of all stories, each with its credit. Raises RenderError."""
    views = [view(row, frame) for row in rows]
    return render_page(frame, "pages/stories.html", templates, here="/stories", items=views, leaf=leaf)


def render_digests(frame: Frame, digests: Sequence[DigestSummary], templates: Environment) -> Part:
    """The archive of digests, in the order given. Raises RenderError."""
    told = [digest_view(frame, one) for one in digests]
    return render_page(frame, "pages/digests.html", templates, here="/digests", digests=told)


def render_feeds(frame: Frame, templates: Environment) -> Part:
    """What feeds there are, for whom, and how to take them. Raises RenderError."""
    feeds = [_feed(frame, one) for one in frame.channels if is_feed(one.channel)]
    return render_page(frame, "pages/feeds.html", templates, here="/feeds", feeds=feeds)


def render_feed_view(frame: Frame, channel: Channel, rows: Sequence[PageItem], templates: Environment) -> Part:
    """One feed, for somebody who opens it in a browser. Raises RenderError."""
    released = next(one for one in frame.channels if one.channel.id == channel.id)
    views = [view(row, frame) for row in rows]
    return render_page(
        frame, "pages/feed.html", templates, here="/feeds", feed=_feed(frame, released), items=views, id=channel.id
    )


def render_publishers(frame: Frame, publishers: Sequence[Carried], templates: Environment) -> Part:
    """Whose work we carry, how many of each in which mode, and on which terms. Raises RenderError."""
    rows = [_publisher(one) for one in publishers]
    return render_page(frame, "pages/publishers.html", templates, here="/publishers", publishers=rows)


def render_publisher(frame: Frame, one: Carried, rows: Sequence[PageItem], templates: Environment) -> Part:
    """One publisher: its terms as we read them, what of it we carry, and how to object. Raises RenderError."""
    views = [view(row, frame) for row in rows]
    known = {"one": _publisher(one), "terms": _terms(one.publisher, frame), "items": views}
    return render_page(frame, "pages/publisher.html", templates, here="/publishers", **known)


def render_terms(frame: Frame, publishers: Sequence[Carried], templates: Environment) -> Part:
    """What the house carries on which terms, and how to object. Raises RenderError."""
    rows = [{**_publisher(one), "terms": _terms(one.publisher, frame)} for one in publishers]
    return render_page(frame, "pages/terms.html", templates, here="/terms", publishers=rows)


def _feed(frame: Frame, summary: ChannelSummary) -> dict[str, object]:
    channel = summary.channel
    return {
        "id": channel.id,
        "name": channel_name(channel, frame.site),
        "note": channel_note(channel),
        "released": day_words(summary.released, frame.site, frame.now) if summary.released else "",
        "links": [(FEED_NAMES[one], f"/feeds/{channel.id}.{one}", FEED_TYPES[one]) for one in channel.formats],
    }


def _publisher(one: Carried) -> dict[str, object]:
    found = [(mode, one.modes.get(mode, 0)) for mode in (Mode.FULL, Mode.EXCERPT, Mode.LINK)]
    contact = next((record.contact for record in one.publisher.records if record.contact), "")
    return {
        "id": one.publisher.id,
        "name": one.publisher.name,
        "home": Link(address(one.publisher.home), safe(one.publisher.home)),
        "count": counted(one.total, "story", "stories"),
        "total": one.total,
        "modes": [(mode.name.lower(), MODE_WORDS[mode], number) for mode, number in found if number],
        "contact": Link(address(contact), safe(href(contact))) if contact else Link("", ""),
    }


def _terms(publisher: Publisher, frame: Frame) -> list[dict[str, object]]:
    """The statements on record, each in one line, with its words and where they stand."""
    return [_record(record, frame) for record in publisher.records]


def _record(record: Record, frame: Frame) -> dict[str, object]:
    read = record.read_at or record.confirmed_at
    licence = record.licence
    return {
        "quote": record.quote,
        "place": record.place,
        "page": Link(address(record.evidence), safe(record.evidence)),
        "licence": Link(licence.name, safe(licence.url)) if licence and licence.url else Link("", ""),
        "read": day_words(read, frame.site, frame.now),
        "says": _says(record),
    }


def _says(record: Record) -> str:
    """What a statement permits, in a few words, and for what if it is not for everything."""
    scope = record.scope
    part = "single stories" if scope.items else "single files" if scope.files else "a part of its work"
    return _permits(record) if scope == Scope() else f"{_permits(record)}, for {part} only"


def _permits(record: Record) -> str:
    said = [_grant_words(record, number) for number in range(len(record.grants))]
    said += [_refusal_words(one) for one in record.prohibitions]
    if record.licence and not said and not record.licence.url:
        return "Reserves all rights"
    if record.licence and not said:
        return f"Offers its work under {record.licence.name}"
    if not said and record.otherwise is Mode.WITHHOLD:
        return "Objects to being carried"
    if not said:
        return "Permits a headline and a link"
    return "; ".join(said)


def _grant_words(record: Record, number: int) -> str:
    grant = record.grants[number]
    return f"Permits to carry it {AMOUNTS[grant.mode]} {_where(grant)}"


def _refusal_words(rule: Prohibition) -> str:
    most = "more than a link" if rule.mode is Mode.LINK else "any use" if rule.mode is Mode.WITHHOLD else "full text"
    return f"Refuses {most} {_where(rule)}"


def _where(rule: Grant | Prohibition) -> str:
    """On which media, for which purposes; all of them need no words."""
    media = listed([MEDIUM_WORDS[one] for one in Medium if one in rule.media])
    purposes = listed([one.value for one in Purpose if one in rule.purposes])
    everywhere, anybody = len(rule.media) == len(Medium), len(rule.purposes) == len(Purpose)
    return " ".join(filter(None, ("everywhere" if everywhere else media, "" if anybody else f"for {purposes} use")))
