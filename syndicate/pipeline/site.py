# SPDX-License-Identifier: Apache-2.0
"""The public site, page by page, as finished bytes: decided, rendered, read back and proved like every edition.

A page whose proof fails carries links alone; if that fails too it is not shown. `page` answers one address, `paths`
names them all, so that the whole site can be written as files.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import islice
from typing import Final

from jinja2 import Environment

from syndicate.errors import ProofError
from syndicate.model import Channel, ChannelKind, Entry, Mode, Part, Publisher, Verified
from syndicate.pipeline import archive
from syndicate.pipeline.compose import Composing, Draft, proof_error, prove
from syndicate.pipeline.deciding import copy_id, on_record, selected
from syndicate.pipeline.pages import BEGINNING, LEAD, Desk, Gone, linked, one, site_channel, summaries, works
from syndicate.pipeline.receipts import Receipt, receipts
from syndicate.proof import Setting
from syndicate.publish.confirmation import wording
from syndicate.publish.page import carried, render_digest_page, render_front, render_icon, render_item, render_style
from syndicate.publish.page_item import Frame, Offered, PageItem
from syndicate.publish.page_lists import (
    Carried,
    Leaf,
    render_digests,
    render_feed_view,
    render_feeds,
    render_publisher,
    render_publishers,
    render_stories,
    render_terms,
)
from syndicate.publish.page_words import channel_name, is_feed, is_letter
from syndicate.store import StoredItem, Transaction

HTML: Final = "text/html; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
FRONT: Final = 12
LEAF: Final = 40
LOOKED_AT: Final = 1000
"""How many of the newest stories a publisher's page is made from."""
WRITTEN: Final = 2000
"""How many of the newest stories get pages when the site is written as files; older ones stay with the daemon."""
ROBOTS: Final = "User-agent: *\n" + "".join(
    f"Disallow: /{path}/\n" for path in ("confirm", "unsubscribe", "preferences", "objections", "admin")
)


@dataclass(frozen=True, slots=True)
class Finished:
    """A page as it leaves. ``mail``: its markup brings styles of its own, as mail does."""

    body: bytes
    media_type: str = HTML
    mail: bool = False


Page = Finished | Gone | None


@dataclass(frozen=True, slots=True)
class Press:
    """What makes the pages. ``live`` is False where nothing of ours will answer a form."""

    composing: Composing
    channels: tuple[Channel, ...]
    live: bool = True

    def frame(self) -> Frame:
        """What stands around every page now."""
        composing = self.composing
        told = tuple(summaries(composing, self.channels))
        return Frame(composing.site, told, composing.clock(), self.live)

    def page(self, path: str) -> Page:
        """The page at ``path`` (below the site's own address); None if there is none.

        Raises ProofError if it cannot be proved, RenderError if a template cannot be rendered.
        """
        head, *rest = path.strip("/").split("/")
        make = _ROUTES.get((head, len(rest)))
        return make(self, *rest) if make else None

    def paths(self) -> Iterator[str]:
        """Every address to write as a file, of the newest stories."""
        yield from (
            "/",
            "/style.css",
            "/icon.svg",
            "/favicon.ico",
            "/robots.txt",
            "/digests",
            "/feeds",
            "/publishers",
            "/terms",
        )
        yield from (f"/feeds/{channel.id}" for channel in self.channels if is_feed(channel))
        for publisher in self.composing.publishers:
            yield from (f"/publishers/{publisher}", f"/publishers/{publisher}/receipts.json")
        for digest in archive.digests(self.composing, self.channels):
            # Mails name the period, the pages the day where it is enough.
            for name in sorted({digest.name, digest.period}):
                at = f"/digests/{digest.channel.id}/{name}"
                yield from (at, f"{at}.txt")
        with self.composing.store.read() as tx:
            ids = [head.work_id for head in _first(tx, WRITTEN)]
        yield from (f"/items/{id_}" for id_ in ids)
        yield from ("/stories", *(f"/stories/{number}" for number in range(2, len(ids) // LEAF + 2)))

    # -------------------------------------------------------------------------------------- stories

    def front(self) -> Finished:
        """The newest stories, each as far as its terms let it begin."""
        frame = self.frame()
        with self.composing.store.read() as tx:
            desk = self._desk(tx)
            found = desk.whole(_first(tx, FRONT))
            rows = desk.begun(found[:1], LEAD) + desk.begun(found[1:], BEGINNING)
            more = len(found) == FRONT
        return self._proved(
            rows, lambda now: render_front(frame, now, self._offer(), more=more, templates=self._templates)
        )

    def stories(self, number: str = "1") -> Page:
        """One page of all stories."""
        if not number.isdecimal() or len(number) > len(str(LEAF * LOOKED_AT)) or number.startswith("0"):
            return None
        leaf, frame = int(number), self.frame()
        with self.composing.store.read() as tx:
            heads = list(islice((head for some in works(tx) for head in some), (leaf - 1) * LEAF, leaf * LEAF + 1))
            rows = self._desk(tx).begun(self._desk(tx).whole(heads[:LEAF]), BEGINNING)
        if not heads and leaf > 1:
            return None
        at = Leaf(leaf, len(heads) > LEAF)
        return self._proved(rows, lambda now: render_stories(frame, now, at, self._templates))

    def item(self, item_id: str) -> Page:
        """The page of one story."""
        row, frame = one(self.composing, item_id, self.channels), self.frame()
        if not isinstance(row, PageItem):
            return row
        try:
            return self._proved([row], lambda now: render_item(frame, _as_carried(now[0]), self._templates))
        except ProofError:
            # The words that a decision rests on may be the story's own, which this page may not carry.
            return self._proved([row], lambda now: render_item(frame, _unquoted(_as_carried(now[0])), self._templates))

    def _proved(self, rows: Sequence[PageItem], render: Callable[[Sequence[PageItem]], Part]) -> Finished:
        """The page with these rows, proved; with links alone if not all that is owed is found in it."""
        of = {row.entry.item.id: row for row in rows}

        def draft(entries: Sequence[Entry]) -> Draft:
            now = carried([replace(of[entry.item.id], entry=entry) for entry in entries])
            return Draft((render(now),), tuple(entries))

        setting = Setting(site_channel(self.channels), self.composing.site, self.composing.clock())
        outcome = prove(setting, "page", [row.entry for row in rows], draft)
        if not isinstance(outcome, Verified):
            outcome = prove(setting, "page", [linked(row.entry) for row in rows], draft)
        if not isinstance(outcome, Verified):
            raise proof_error(outcome)
        return Finished(outcome.edition.parts[0].content)

    def _offer(self) -> Offered | None:
        site = self.composing.site
        return next(
            (
                Offered(c.id, channel_name(c, site), wording(c, site))
                for c in self.channels
                if is_letter(c) and c.signup
            ),
            None,
        )

    # -------------------------------------------------------------------------------------- digests and feeds

    def digests(self) -> Finished:
        """The archive."""
        told = archive.digests(self.composing, self.channels)
        return Finished(render_digests(self.frame(), told, self._templates).content)

    def digest(self, channel_id: str, day: str) -> Page:
        """A digest as it may be read now, as HTML, or as text where ``day`` ends with ``.txt``."""
        named = [c for c in self.channels if c.id == channel_id and c.kind is ChannelKind.DIGEST]
        found = archive.digest(self.composing, named[0], day.removesuffix(".txt")) if named else None
        if not isinstance(found, tuple):
            return found
        summary, message = found
        if day.endswith(".txt"):
            return Finished(message.text.encode(), TEXT)
        kept = self._unprinted(message.entries)
        return Finished(render_digest_page(self.frame(), summary, message.html, kept, self._templates), HTML, mail=True)

    def _unprinted(self, entries: Sequence[Entry]) -> list[str]:
        """Those of a digest's items whose text may be read on the screen and not be printed."""
        with self.composing.store.read() as tx:
            desk = self._desk(tx)
            held = tx.items.get([copy_id(entry) for entry in entries])
            carry = [entry for entry in entries if entry.decision.mode > Mode.LINK and copy_id(entry) in held]
            return [e.item.id for e in carry if not desk.printed(held[copy_id(e)], e.decision)]

    def feeds(self) -> Finished:
        """What feeds there are."""
        return Finished(render_feeds(self.frame(), self._templates).content)

    def feed(self, channel_id: str) -> Page:
        """A feed for somebody who opens it in a browser."""
        named = next((one for one in self.channels if one.id == channel_id and is_feed(one)), None)
        if named is None:
            return None
        frame = self.frame()
        with self.composing.store.read() as tx:
            desk = self._desk(tx)
            rows = desk.bare([found for found in desk.whole(_first(tx, LEAF)) if selected(named, found[1])])
        return self._proved(rows, lambda now: render_feed_view(frame, named, now, self._templates))

    # -------------------------------------------------------------------------------------- publishers and terms

    def publishers(self) -> Finished:
        """Whose work stands here."""
        return Finished(render_publishers(self.frame(), self._whose(), self._templates).content)

    def terms(self) -> Finished:
        """On which terms, and how to object."""
        return Finished(render_terms(self.frame(), self._whose(), self._templates).content)

    def publisher(self, publisher_id: str) -> Page:
        """What stands here of one publisher."""
        if publisher_id not in self.composing.publishers:
            return None
        frame = self.frame()
        with self.composing.store.read() as tx:
            desk = self._desk(tx)
            mine = [head for head in _first(tx, LOOKED_AT) if _is_by(head, publisher_id)]
            found = desk.whole(mine)
            rows, who = desk.bare(found[:LEAF]), desk.publishers[publisher_id]
        told = _carried(who, [entry for _, _, entry in found])
        try:
            return self._proved(rows, lambda now: render_publisher(frame, told, now, self._templates))
        except ProofError:
            # A story may have the words of the terms in it, which a list may not carry: they stand under Terms.
            bare = replace(told, publisher=replace(who, records=tuple(replace(one, quote="") for one in who.records)))
            return self._proved(rows, lambda now: render_publisher(frame, bare, now, self._templates))

    def receipts(self, publisher_id: str, name: str) -> Page:
        """Every appearance of a publisher's work on record, for machines."""
        if publisher_id not in self.composing.publishers or name != "receipts.json":
            return None
        told = [_receipt(one) for one in receipts(self.composing, publisher_id)]
        return Finished((json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode(), "application/json")

    def style(self) -> Finished:
        """The style sheet."""
        return Finished(render_style(self._templates), "text/css; charset=utf-8")

    def icon(self) -> Finished:
        """What a browser shows beside the title."""
        return Finished(render_icon(self._templates), "image/svg+xml")

    def robots(self) -> Finished:
        """Everything may be read; the readers' own addresses are nobody's to follow."""
        return Finished(ROBOTS.encode(), TEXT)

    def _whose(self) -> list[Carried]:
        with self.composing.store.read() as tx:
            desk = self._desk(tx)
            entries = [entry for _, _, entry in desk.whole(_first(tx, LOOKED_AT))]
            publishers = on_record(self.composing.publishers, tx, desk.now)
        by: dict[str, list[Entry]] = {}
        for entry in entries:
            for id_ in {hop.publisher_id for hop in entry.chain.hops}:
                by.setdefault(id_, []).append(entry)
        return [_carried(one, by.get(one.id, [])) for one in publishers.values()]

    def _desk(self, tx: Transaction) -> Desk:
        return Desk(self.composing, tx, self.channels, self.composing.clock())

    @property
    def _templates(self) -> Environment:
        return self.composing.templates


def _as_carried(row: PageItem) -> PageItem:
    return replace(row, mode=row.entry.decision.mode)


def _unquoted(row: PageItem) -> PageItem:
    """The same without the words that its decisions rest on."""
    hops = tuple(replace(hop, because=()) for hop in row.entry.chain.hops)
    entry = replace(row.entry, chain=replace(row.entry.chain, hops=hops))
    bare = replace(entry, decision=replace(entry.decision, reasons=()))
    return replace(row, entry=bare, decisions=tuple(replace(one, reasons=()) for one in row.decisions))


def _first(tx: Transaction, number: int) -> list[StoredItem]:
    return list(islice((head for some in works(tx) for head in some), number))


def _is_by(head: StoredItem, publisher_id: str) -> bool:
    return any(hop.publisher_id == publisher_id for hop in head.chain.hops)


def _carried(publisher: Publisher, entries: Sequence[Entry]) -> Carried:
    modes = Counter(entry.decision.mode for entry in entries if entry.decision.mode > Mode.WITHHOLD)
    return Carried(publisher, dict(modes), modes.total())


def _receipt(one: Receipt) -> dict[str, object]:
    """An appearance in public words: what is gone is named by its id alone, and nobody's readers are counted."""
    stands = one.until is None
    return {
        "item": one.item_id,
        "title": one.title if stands else "",
        "url": one.url if stands else "",
        "channel": one.channel,
        "mode": one.mode,
        "since": one.since.astimezone(UTC).isoformat(),
        "until": one.until.astimezone(UTC).isoformat() if one.until else None,
        "edition": one.edition,
        "proved": {"credit": list(one.credits), "link": list(one.links), "duties": list(one.duties)},
    }


_ROUTES: Final[dict[tuple[str, int], Callable[..., Page]]] = {
    ("", 0): Press.front,
    ("stories", 0): Press.stories,
    ("stories", 1): Press.stories,
    ("items", 1): Press.item,
    ("digests", 0): Press.digests,
    ("digests", 2): Press.digest,
    ("feeds", 0): Press.feeds,
    ("feeds", 1): Press.feed,
    ("publishers", 0): Press.publishers,
    ("publishers", 1): Press.publisher,
    ("publishers", 2): Press.receipts,
    ("terms", 0): Press.terms,
    ("style.css", 0): Press.style,
    ("icon.svg", 0): Press.icon,
    ("favicon.ico", 0): Press.icon,  # what browsers ask for where a page names none, as a mail does
    ("robots.txt", 0): Press.robots,
}
