# SPDX-License-Identifier: Apache-2.0
"""A channel's feed: RSS 2.0, Atom and JSON Feed from the same entries. The only module that knows feedgen.

Promise: the same entries give the same bytes, whenever they are rendered. Every entry carries its own rights, licence,
source and original link; the feed itself carries no rights and no licence, because entries would inherit them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from jinja2 import Environment

from syndicate.model import Channel, Entry, Part, Site, Tombstone
from syndicate.publish.clean import clean
from syndicate.publish.facts import ENTRY_TEMPLATES, Facts, carried
from syndicate.publish.feedext import RightsEntryExtension, RightsExtension
from syndicate.publish.jsonfeed import render_json
from syndicate.publish.templates import files


@dataclass(frozen=True, slots=True)
class Book:
    """All that a feed document is written from."""

    channel: Channel
    site: Site
    facts: Sequence[Facts]
    tombstones: Sequence[Tombstone]


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LANGUAGE = "en"
MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
DESCRIPTION = (
    "Stories from other publishers, each carried as far as its own terms allow, "
    "with its credit, its copyright line and a link to where it was published."
)


def render_feed(
    channel: Channel,
    site: Site,
    entries: Sequence[Entry],
    now: datetime,  # noqa: ARG001 - every renderer is handed it; a feed is dated by its entries, so that equal content is equal bytes
    templates: Environment,
    tombstones: Sequence[Tombstone] = (),
) -> tuple[Part, ...]:
    """One part for each of the channel's formats (all three if it names none), entries in the order given.

    Withheld entries are left out; Atom and JSON Feed tell by ``tombstones`` what left the channel. Raises RenderError.
    """
    book = Book(channel, site, carried(tuple(entries), site, templates), clean(tuple(tombstones)))
    used = files(templates, ENTRY_TEMPLATES)
    return tuple(
        Part(name, MEDIA_TYPES[name], _WRITERS[name](book), used) for name in channel.formats or tuple(MEDIA_TYPES)
    )


def feed_title(channel: Channel, site: Site) -> str:
    """The channel's own title, else the site's name with the channel's id."""
    return channel.title or f"{site.name}: {channel.id}"


def _rss(book: Book) -> bytes:
    content: bytes = _generator(book, "rss").rss_str(pretty=True)
    return content


def _atom(book: Book) -> bytes:
    content: bytes = _generator(book, "atom").atom_str(pretty=True)
    return content


def _json(book: Book) -> bytes:
    channel, site = book.channel, book.site
    title, address = feed_title(channel, site), _self(channel, site, "json")
    return render_json(book.facts, site, title, DESCRIPTION, address, LANGUAGE, book.tombstones)


def _generator(book: Book, form: str) -> FeedGenerator:
    """A feedgen feed. The last link given becomes the RSS link, and its clock is pinned to the newest entry."""
    feed, channel, site = FeedGenerator(), book.channel, book.site
    feed.register_extension("syndicate", RightsExtension, RightsEntryExtension)
    feed.syndicate.tombstones, feed.syndicate.entry_base = book.tombstones, f"{site.url}/items/"
    feed.id(f"{site.url}/feeds/{channel.id}")
    feed.title(feed_title(channel, site))
    feed.subtitle(DESCRIPTION)
    feed.description(DESCRIPTION)
    feed.link(href=_self(channel, site, form), rel="self", type=MEDIA_TYPES[form])
    feed.link(href=f"{site.url}/", rel="alternate", type="text/html")
    feed.language(LANGUAGE)
    feed.generator("syndicate")
    if "@" in site.contact and "/" not in site.contact:
        feed.author({"name": site.name, "email": site.contact})
        feed.managingEditor(f"{site.contact} ({site.name})")
    else:
        feed.author({"name": site.name, "uri": site.contact})
        feed.syndicate.issuer = (site.name, site.contact)
    changes = (*(one.updated for one in book.facts), *(one.when for one in book.tombstones))
    feed.updated(max(changes, default=EPOCH))
    for one in book.facts:
        feed.add_entry(_entry(one), order="append")
    return feed


def _entry(facts: Facts) -> FeedEntry:
    entry, item = FeedEntry(), facts.entry.item
    entry.register_extension("syndicate", RightsEntryExtension)
    entry.syndicate.facts = facts
    entry.guid(facts.id, permalink=False)
    entry.title(facts.title)
    entry.updated(facts.updated)
    if item.published:
        entry.published(item.published.replace(microsecond=0))
    entry.author([{"name": person.name, "uri": person.url} for person in facts.authors])
    if facts.url:
        entry.link(href=facts.url, rel="alternate")
    entry.description(facts.credit_html)
    entry.content(facts.html, type="html")
    if facts.categories:
        entry.category([_category(c.term, c.scheme, c.label) for c in facts.categories])
    if facts.rights:
        entry.rights(facts.rights)
    entry.source(url=facts.origin.url or facts.url or facts.id, title=facts.origin.name)
    return entry


def _category(term: str, scheme: str, label: str) -> dict[str, str]:
    return {"term": term} | ({"scheme": scheme} if scheme else {}) | ({"label": label} if label else {})


def _self(channel: Channel, site: Site, form: str) -> str:
    return f"{site.url}/feeds/{channel.id}.{form}"


_WRITERS: dict[str, Callable[[Book], bytes]] = {"rss": _rss, "atom": _atom, "json": _json}
