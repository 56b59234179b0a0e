# SPDX-License-Identifier: Apache-2.0
"""What a page says about one item, worked out: words, dates and addresses, nothing left for a template to decide.

Pure. Every address in a view is http, https or mailto; anything else becomes "" and is not linked.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from markupsafe import Markup

from syndicate.model import Chain, Decision, Entry, Evidence, Hop, Item, Mode, Role, Site
from syndicate.publish.clean import clean
from syndicate.publish.credit import Credit, credit, first_published, title_of
from syndicate.publish.excerpt import Body, body
from syndicate.publish.linked import linked_data
from syndicate.publish.page_item import ChannelSummary, Frame, PageItem
from syndicate.publish.page_words import MODE_WORDS, USE_WORDS, channel_name, day_words, machine_day, names_of, safe
from syndicate.publish.words import address, day, href, listed

DID: Final = {
    Mode.FULL: "carries it in full",
    Mode.EXCERPT: "carries a part of it",
    Mode.LINK: "links to it",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link to show: its words and its address ("" if there is nothing to link)."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One hop to show; ``kind`` is origin, republisher or here, ``did`` completes the sentence "NAME ..."."""

    kind: str
    name: str
    did: str
    day: str
    stamp: str
    url: str


@dataclass(frozen=True, slots=True)
class Quote:
    """One piece of evidence under its letter: the words to the character, and where they stood."""

    letter: str
    value: str
    value_url: str
    place: str
    page: Link


@dataclass(frozen=True, slots=True)
class Step:
    """A clause applied, the mode after it, and the letters of the evidence that it cites."""

    text: str
    mode: str
    words: str
    letters: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What one channel, or several that agree word for word, may carry."""

    channels: str
    mode: str
    words: str
    because: str
    letters: str
    contact: Link
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    """All that a page says about one item.

    ``mode`` and ``words`` say how far the item's own page carries it, ``carried`` what this page does; ``body`` is that
    text, ``html`` the same, clean and fit to stand in the page. ``about`` is a sentence of ours on whose it is.
    """

    id: str
    path: str
    mode: str
    words: str
    carried: str
    body: Body
    html: Markup
    printed: bool
    about: str
    home: str
    title: str
    url: str
    language: str
    publisher: str
    by_way: str
    day: str
    stamp: str
    stops: tuple[Stop, ...]
    credit: Credit
    credit_line: Credit
    there: tuple[Link, ...]
    to_copy: tuple[str, ...]
    subjects: str
    choices: tuple[Choice, ...]
    uses: tuple[Choice, ...]
    quotes: tuple[Quote, ...]
    linked: Markup
    signals: tuple[tuple[str, str], ...]


def view(row: PageItem, frame: Frame) -> ItemView:
    """Work out what a page says about an item that may be shown; decisions are matched to channels by id."""
    entry, site, now = clean(row.entry), frame.site, frame.now
    item, chain = entry.item, entry.chain
    owed, text = _credit(entry, site), body(entry)
    quotes = _quotes(chain, (*row.decisions, entry.decision))
    first = chain.hops[0]
    publisher, published = first.name or address(first.url), first_published(item, chain)
    return ItemView(
        id=item.id,
        path=f"/items/{item.id}",
        mode=row.mode.name.lower(),
        words=MODE_WORDS[row.mode],
        carried=entry.decision.mode.name.lower(),
        body=text,
        html=Markup(text.html),  # noqa: S704 - cleaned by nh3
        printed=row.printed,
        about=_about(owed, publisher),
        home=f"/publishers/{first.publisher_id}" if first.publisher_id else "",
        title=title_of(entry),
        url=safe(owed.link),
        language=item.language,
        publisher=publisher,
        by_way=names_of(hop.name for hop in chain.hops[1:] if hop.name != first.name),
        day=day_words(published, site, now),
        stamp=machine_day(published, site),
        stops=(*(_stop(hop, site, now) for hop in chain.hops), _here(site, row.mode, entry.first_seen, now)),
        credit=owed,
        credit_line=replace(owed, mode=Mode.LINK, contact=""),
        there=_there(owed, chain),
        to_copy=_to_copy(item, owed),
        subjects=names_of(one.label or one.term for one in item.categories),
        choices=_choices(row.decisions, _names(frame.channels, site), quotes),
        uses=tuple(_choice([one], USE_WORDS, quotes) for one in row.uses),
        quotes=tuple(quotes.values()),
        linked=linked_data(item, chain, owed, site),
        signals=tuple((e.kind.replace("tdmrep.", "tdm-"), e.value) for e in item.evidence if "tdmrep." in e.kind),
    )


def _names(channels: Sequence[ChannelSummary], site: Site) -> dict[str, str]:
    return {one.channel.id: channel_name(one.channel, site) for one in channels}


def _about(owed: Credit, publisher: str) -> str:
    """Whose it is, in our own words: what stands beside a link to the page elsewhere."""
    by = f"By {listed(owed.authors)}, {publisher}" if owed.authors else f"By {publisher}"
    return f"{by}. Carried with its credit; the story itself is at {address(owed.link)}."


def _stop(hop: Hop, site: Site, now: datetime) -> Stop:
    did = "first published it" if hop.role is Role.ORIGIN else "republished it"
    return Stop(
        hop.role.value, hop.name, did, day_words(hop.date, site, now), machine_day(hop.date, site), safe(hop.url)
    )


def _here(site: Site, mode: Mode, first_seen: datetime, now: datetime) -> Stop:
    return Stop("here", site.name, DID[mode], day_words(first_seen, site, now), machine_day(first_seen, site), "")


# ------------------------------------------------------------------------------------------ what is owed


def _credit(entry: Entry, site: Site) -> Credit:
    """The credit block without what the page says elsewhere: the reason, and on whose permission it is carried."""
    return replace(credit(entry, site), reason="", permission="")


def _there(owed: Credit, chain: Chain) -> tuple[Link, ...]:
    """Where the story itself stands, under the names of those who publish it there; the required address first."""
    names = {hop.url: hop.name for hop in chain.hops if hop.name}
    urls = filter(safe, dict.fromkeys((owed.link, *(one.url for one in owed.also))))
    return tuple(Link(names.get(url) or address(url), url) for url in urls)


def _to_copy(item: Item, owed: Credit) -> tuple[str, ...]:
    """The same credit in lines of plain text, for somebody who republishes it in turn."""
    people = f" by {listed(owed.authors)}" if owed.authors else ""
    return (
        f"“{item.title}”{people}{_on(owed.outlet, owed.date)}.",
        *(f"Republished by {step.name}{_on('', step.date)}." for step in owed.steps),
        *owed.copyright,
        *(f"{one.name}: {one.url}" for one in owed.licences),
        *filter(None, (owed.link, *(one.url for one in owed.also))),
    )


def _on(outlet: str, when: datetime | None) -> str:
    return "".join(f", {part}" for part in (outlet, day(when) if when else "") if part)


# ------------------------------------------------------------------------------------------ what was decided, and why


Said = tuple[str, str]  # the words and their page: the same sentence cited for two clauses is one quotation


def _quotes(chain: Chain, decisions: Sequence[Decision]) -> dict[Said, Quote]:
    """Each statement once, lettered in the order in which the decisions cite them, the chain's own after them."""
    cited = [piece for one in decisions for reason in one.reasons for piece in reason.evidence]
    told = [piece for hop in chain.hops for piece in hop.because]
    first: dict[Said, Evidence] = {}
    for piece in (*cited, *told):
        first.setdefault(_said(piece), piece)
    return {said: _quote(piece, number) for number, (said, piece) in enumerate(first.items())}


def _said(piece: Evidence) -> Said:
    return piece.value, piece.url


def _quote(piece: Evidence, number: int) -> Quote:
    letters = string.ascii_uppercase
    letter = letters[number] if number < len(letters) else str(number + 1)
    value = piece.value.strip()
    page = safe(piece.url)
    return Quote(
        letter,
        value,
        "" if " " in value else safe(value),
        "" if piece.kind == "record" and "[" in piece.place else piece.place,
        Link(address(page), page),
    )


def _choices(
    decisions: Sequence[Decision], names: Mapping[str, str], quotes: Mapping[Said, Quote]
) -> tuple[Choice, ...]:
    """Decisions that say the same in every word are one row, channels in order; more ink first."""
    rows: dict[tuple[object, ...], list[Decision]] = {}
    for one in decisions:
        rows.setdefault((one.mode, one.because, one.contact, one.reasons), []).append(one)
    ordered = sorted(rows.values(), key=lambda same: -same[0].mode)
    return tuple(_choice(same, names, quotes) for same in ordered)


def _choice(same: Sequence[Decision], names: Mapping[str, str], quotes: Mapping[Said, Quote]) -> Choice:
    first = same[0]
    steps = tuple(
        Step(one.text, one.mode.name.lower(), MODE_WORDS[one.mode], _letters(one.evidence, quotes))
        for one in first.reasons
    )
    cited = [piece for one in first.reasons for piece in one.evidence if _said(piece) in quotes]
    return Choice(
        channels=_channels([one.channel_id for one in same], names),
        mode=first.mode.name.lower(),
        words=MODE_WORDS[first.mode],
        because=first.because,
        letters=_letters(cited, quotes),
        contact=_contact(first.contact if first.mode < Mode.FULL else ""),
        steps=steps,
    )


def _channels(ids: Sequence[str], names: Mapping[str, str]) -> str:
    """The channels by name; "Every channel" if there are several and all of them say the same."""
    if len(ids) == len(names) > 1:
        return "Every channel"
    first, *rest = (names.get(one, one) for one in ids)
    return listed([first, *(name[:1].lower() + name[1:] for name in rest)])


def _letters(pieces: Sequence[Evidence], quotes: Mapping[Said, Quote]) -> str:
    return ", ".join(dict.fromkeys(quotes[_said(piece)].letter for piece in pieces if _said(piece) in quotes))


def _contact(contact: str) -> Link:
    return Link(address(contact), safe(href(contact)) if contact else "")
