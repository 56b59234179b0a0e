# SPDX-License-Identifier: Apache-2.0
"""A channel's feed: RSS 2.0, Atom and JSON Feed from the same entries. The only module that knows feedgen.

Promise: the same entries give the same bytes, whenever they are rendered. Every entry carries its own rights, licence,
source and original link; the feed itself carries no rights and no licence, because entries would inherit them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from jinja2 import Environment

from syndicate.model import Channel, Entry, Part, Site
from syndicate.publish.facts import ENTRY_TEMPLATES, Facts, carried
from syndicate.publish.feedext import RightsEntryExtension, RightsExtension
from syndicate.publish.jsonfeed import render_json
from syndicate.publish.templates import files

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
) -> tuple[Part, ...]:
    """One part for each of the channel's formats (all three if it names none), entries in the order given.

    Withheld entries are left out. Raises RenderError.
    """
    facts = carried(tuple(entries), site, templates)
    used = files(templates, ENTRY_TEMPLATES)
    return tuple(
        Part(name, MEDIA_TYPES[name], _WRITERS[name](channel, site, facts), used)
        for name in channel.formats or tuple(MEDIA_TYPES)
    )


def feed_title(channel: Channel, site: Site) -> str:
    """The channel's own title, else the site's name with the channel's id."""
    return channel.title or f"{site.name}: {channel.id}"


def _rss(channel: Channel, site: Site, facts: Sequence[Facts]) -> bytes:
    content: bytes = _generator(channel, site, facts, "rss").rss_str(pretty=True)
    return content


def _atom(channel: Channel, site: Site, facts: Sequence[Facts]) -> bytes:
    content: bytes = _generator(channel, site, facts, "atom").atom_str(pretty=True)
    return content


def _json(channel: Channel, site: Site, facts: Sequence[Facts]) -> bytes:
    return render_json(facts, feed_title(channel, site), DESCRIPTION, site.url, _self(channel, site, "json"), LANGUAGE)


def _generator(channel: Channel, site: Site, facts: Sequence[Facts], form: str) -> FeedGenerator:
    """A feedgen feed. The last link given becomes the RSS link, and its clock is pinned to the newest entry."""
    feed = FeedGenerator()
    feed.register_extension("syndicate", RightsExtension, RightsEntryExtension)
    feed.id(f"{site.url}/feeds/{channel.id}")
    feed.title(feed_title(channel, site))
    feed.subtitle(DESCRIPTION)
    feed.description(DESCRIPTION)
    feed.link(href=_self(channel, site, form), rel="self", type=MEDIA_TYPES[form])
    feed.link(href=f"{site.url}/", rel="alternate", type="text/html")
    feed.language(LANGUAGE)
    feed.generator("syndicate")
    feed.updated(max((one.updated for one in facts), default=EPOCH))
    for one in facts:
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


_WRITERS: dict[str, Callable[[Channel, Site, Sequence[Facts]], bytes]] = {"rss": _rss, "atom": _atom, "json": _json}
