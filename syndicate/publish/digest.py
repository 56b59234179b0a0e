# SPDX-License-Identifier: Apache-2.0
"""A digest: many publishers' items as one mail, HTML and plain text of equal worth.

Promise: both parts hold the same items in the same modes with the same credits in the same order. Items beyond the
channel's ``limit``, and what would make the HTML part longer than ``max_size``, become links, the last first; what does
not even fit as a link waits for the next edition. Credits are never dropped. The same values give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

import css_inline
from jinja2 import Environment
from markupsafe import Markup

from syndicate.model import Ads, Beacons, Channel, Correction, Entry, Item, Mode, Part, Site
from syndicate.publish.clean import clean
from syndicate.publish.confirmation import COUNTERS
from syndicate.publish.credit import Credit, credit, local, title_of
from syndicate.publish.excerpt import Body, as_link, body, settle
from syndicate.publish.mail import (
    CONSENT_IN_TEXT,
    MESSAGE_ID,
    PREFERENCES_IN_TEXT,
    RECIPIENT,
    TOKEN,
    TOKEN_IN_TEXT,
    Letter,
    fill,
    skeleton,
    transfer_size,
)
from syndicate.publish.plain import letters, unmistakable
from syndicate.publish.subject import subject_line
from syndicate.publish.templates import files, render
from syndicate.publish.words import counted, day, figure, listed, nbsp, sentence, weekday

__all__ = ["MESSAGE_ID", "RECIPIENT", "TOKEN", "fill", "render_digest"]

TEMPLATES = (
    *("digest.html", "digest.txt", "credit.html", "credit.txt"),
    *("lead.html", "lead.txt", "tail.html", "tail.txt", "fixed.html"),
)
MODE_WORDS = {Mode.FULL: "Full text", Mode.EXCERPT: "Excerpt", Mode.LINK: "Link only"}
CARRIED_AS = {Mode.FULL: "in full", Mode.EXCERPT: "in part", Mode.LINK: "as a link"}
OVER_LIMIT = ("edition-full", "This edition is full, so this story is a link.")
MOST_SECTIONS = 6
LONG_CONTENTS = 20
FIRST_GUESS = 64  # stories in a mail: where the search for how many fit begins

# What substitution may add to the HTML part, at most.
_RESERVE = 1_000
_INLINER = css_inline.CSSInliner(
    load_remote_stylesheets=False,
    keep_style_tags=True,
    keep_at_rules=True,
    remove_inlined_selectors=True,
    minify_css=True,
)


@dataclass(frozen=True, slots=True)
class Story:
    """One item as the templates see it.

    ``html`` is the carried text, clean, ``by`` the by-line as sentences, ``titles`` are those of the whole mail.
    """

    item: Item
    title: str
    credit: Credit
    body: Body
    html: Markup
    titles: frozenset[str]
    publisher: str
    by_way_of: str
    by: str
    mode: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The carried text as plain text, no line of which reads as a title."""
        return unmistakable(self.body.paragraphs, self.titles)


@dataclass(frozen=True, slots=True)
class Section:
    """Stories under one heading; ``count`` in words ("Two stories")."""

    title: str
    count: str
    stories: tuple[Story, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """What a digest's parts are rendered from, apart from the entries."""

    channel: Channel
    site: Site
    now: datetime
    period: str
    templates: Environment
    corrections: tuple[Correction, ...] = ()


def render_digest(
    channel: Channel,
    site: Site,
    entries: Sequence[Entry],
    now: datetime,
    period: str,
    templates: Environment,
    corrections: Sequence[Correction] = (),
) -> tuple[Part, str, tuple[Entry, ...]]:
    """The message skeleton, its subject, and the entries as they are finally carried, withheld ones included.

    ``period`` tells this edition from the channel's others, "" is a trial; ``corrections`` stand above the stories.
    Raises RenderError.
    """
    mail = Mail(channel, site, now, period, templates, clean(tuple(corrections)))
    final = _fit(mail, [settle(clean(entry)) for entry in entries])
    shown = [entry for entry in final if entry.decision.mode > Mode.WITHHOLD]
    subject = subject_line(channel, site, now, len(shown), templates)
    letter = Letter(
        sender=channel.sender or f"{site.name} <{site.contact}>",
        subject=subject,
        date=now,
        headers=_list_headers(channel, site, period),
        text=_text(mail, shown),
        html=_html(mail, shown),
    )
    part = Part("mail", "message/rfc822", skeleton(letter), files(templates, TEMPLATES))
    return part, subject, tuple(final)


def _fit(mail: Mail, entries: Sequence[Entry]) -> list[Entry]:
    """The first ``limit`` entries with as many of their texts as ``max_size`` allows, then the others as links.

    The last texts become links first, but a text that alone is too long goes before them, so that it does not cost all
    others theirs. What does not even fit as a link is left out: it waits for the next edition.
    """
    most = mail.channel.max_size - _RESERVE
    count = _first(entries, mail.channel.limit)
    room = _most(count, lambda n: _size(mail, _linked(entries[:n])) <= most)
    fitting = [as_link(e, *OVER_LIMIT) if transfer_size(body(e).html) > most else e for e in entries[: max(room, 1)]]
    carried = [i for i, entry in enumerate(fitting) if entry.decision.mode > Mode.LINK]
    kept = _most(len(carried), lambda n: _size(mail, _linked(fitting, carried[n:])) <= most)
    edition = _linked(fitting, carried[kept:])
    others = _linked(entries[count:]) if room == count else []
    return edition + others[: _most(len(others), lambda n: _size(mail, edition + others[:n]) <= most)]


def _first(entries: Sequence[Entry], limit: int) -> int:
    """How many entries there are up to the last of the first ``limit`` carried ones."""
    carried = [i for i, entry in enumerate(entries, 1) if entry.decision.mode > Mode.WITHHOLD]
    return len(entries) if len(carried) <= limit else carried[limit - 1] if limit else 0


def _most(whole: int, fits: Callable[[int], bool]) -> int:
    """The greatest number up to ``whole`` that fits, 0 if none does; whatever is smaller than one that fits, fits."""
    low, high = 0, min(whole, FIRST_GUESS)
    while high < whole and fits(high):
        low, high = high, min(whole, high * 2)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _linked(entries: Sequence[Entry], indexes: Iterable[int] | None = None) -> list[Entry]:
    """The entries, those at ``indexes`` (all by default) as links where more of them was to be carried."""
    chosen = set(range(len(entries)) if indexes is None else indexes)
    return [
        as_link(entry, *OVER_LIMIT) if i in chosen and entry.decision.mode > Mode.LINK else entry
        for i, entry in enumerate(entries)
    ]


def _size(mail: Mail, entries: Sequence[Entry]) -> int:
    return transfer_size(_html(mail, [entry for entry in entries if entry.decision.mode > Mode.WITHHOLD]))


def _html(mail: Mail, entries: Sequence[Entry]) -> str:
    return _INLINER.inline(render(mail.templates, "digest.html", **_context(mail, entries)))


def _text(mail: Mail, entries: Sequence[Entry]) -> str:
    return render(mail.templates, "digest.txt", **_context(mail, entries))


def _context(mail: Mail, entries: Sequence[Entry]) -> dict[str, object]:
    site, channel = mail.site, mail.channel
    titles = frozenset(filter(None, (letters(title_of(entry)) for entry in entries)))
    sections = _sections([_story(entry, site, titles) for entry in entries], channel)
    return {
        "site": site,
        "host": urlsplit(site.url).netloc,
        "channel": channel,
        "channel_title": channel.title or channel.id,
        "promise": _promise(channel),
        "date": weekday(local(mail.now, site)),
        "web": _web(mail),
        "opening": opening(entries),
        "contents": _contents(sections),
        "sections": sections,
        "corrections": [_told(one, site) for one in mail.corrections],
        "unsubscribe": f"{site.url}/unsubscribe/{TOKEN_IN_TEXT}",
        "preferences": f"{site.url}/preferences/{PREFERENCES_IN_TEXT}",
        "since": CONSENT_IN_TEXT,
    }


def _web(mail: Mail) -> str:
    """Where the digest can be read on the web; "" for a trial, and for readers with a cadence of their own."""
    return (
        ""
        if "~" in mail.channel.id or not mail.period
        else f"{mail.site.url}/digests/{quote(mail.channel.id)}/{quote(mail.period)}"
    )


def _told(one: Correction, site: Site) -> dict[str, str]:
    """A correction as a sentence: title, what became of it, and where to read it now."""
    what = "has been changed by its publisher" if one.url else "was taken back by its publisher"
    sent = day(local(one.sent, site), year=False)
    return {"title": one.title, "words": f"of {one.publisher}, sent on {sent}, {what}", "url": one.url}


def _promise(channel: Channel) -> str:
    """What readers may rely on: advertising, earnings, counting."""
    free = channel.ads is Ads.NONE and not channel.paid
    ours = "carry no advertising, earn nothing from these stories and do not" if free else "do not"
    counters = f" {COUNTERS}" if channel.beacons is Beacons.CARRY else ""
    return f"We {ours} track what you open.{counters}"


def opening(entries: Sequence[Entry]) -> str:
    """How many stories from how many publishers, and how far each is carried: sentences that could be read aloud."""
    if not entries:
        return "No stories this time."
    publishers = {entry.chain.hops[0].name for entry in entries}
    what = f"{counted(len(entries), 'story', 'stories')} from {counted(len(publishers), 'publisher', 'publishers')}"
    full = any(entry.decision.reasons and entry.decision.reasons[-1].clause == OVER_LIMIT[0] for entry in entries)
    allow = "its publisher and the length of a mail allow" if full else "its publisher allows"
    each = "it" if len(entries) == 1 else "each"
    return f"{what[0].upper()}{what[1:]}. We carry {each} as far as {allow}: {_spread(entries)}."


def _spread(entries: Sequence[Entry]) -> str:
    modes = [entry.decision.mode for entry in entries]
    if len(modes) == 1:
        return CARRIED_AS[modes[0]]
    return ", ".join(f"{figure(modes.count(mode))} {way}" for mode, way in CARRIED_AS.items() if mode in modes)


def _story(entry: Entry, site: Site, titles: frozenset[str]) -> Story:
    shown, text = credit(entry, site), body(entry)
    names = [name for name in (shown.outlet, *(step.name for step in shown.steps)) if name]
    return Story(
        item=entry.item,
        title=title_of(entry),
        credit=shown,
        body=text,
        html=Markup(text.html),  # noqa: S704 - cleaned by nh3
        titles=titles,
        publisher=names[0] if names else "",
        by_way_of=listed(names[1:]) if names[1:] else "",
        by=_by(shown),
        mode=MODE_WORDS[entry.decision.mode],
    )


def _by(shown: Credit) -> str:
    """The by-line: ``By Ines Marlow. First in South Desk, 18 November; then in Harbour Review, 19 November.``."""
    who = f"By {listed(shown.authors)}" if shown.authors else ""
    if not shown.steps:
        return sentence(", ".join(filter(None, (who, _day(shown.date)))))
    first = [f"First in {shown.outlet}{_after(shown.date)}"] if shown.outlet else []
    then = [f"{'then in' if first or i else 'Seen in'} {s.name}{_after(s.date)}" for i, s in enumerate(shown.steps)]
    return " ".join(filter(None, (sentence(who), sentence("; ".join((*first, *then))))))


def _after(when: datetime | None) -> str:
    return f", {_day(when)}" if when else ""


def _day(when: datetime | None) -> str:
    return nbsp(day(when, year=False)) if when else ""


def _sections(stories: Sequence[Story], channel: Channel) -> tuple[Section, ...]:
    """What is carried, by what the channel groups it; then what is only linked.

    With more than six groups those of a single story are put together.
    """
    carried = [story for story in stories if story.credit.mode > Mode.LINK]
    links = tuple(story for story in stories if story.credit.mode is Mode.LINK)
    groups: dict[str, list[Story]] = {}
    for story in carried:
        groups.setdefault(_group(story, channel), []).append(story)
    if len(groups) > MOST_SECTIONS:
        lone = [name for name, group in groups.items() if len(group) == 1 and name]
        for name in lone:
            groups.setdefault("", []).extend(groups.pop(name))
    other = groups.pop("", [])
    sections = [_section(name, group, "story", "stories") for name, group in groups.items()]
    if other:
        sections.append(_section("More stories" if sections else "Stories", other, "story", "stories"))
    if links:
        sections.append(_section("Also worth your time", links, "link", "links"))
    return tuple(sections)


def _contents(sections: Sequence[Section]) -> tuple[Story, ...]:
    """The stories to list at the top: all, or in a long mail only those with a text."""
    stories = tuple(story for section in sections for story in section.stories)
    if len(stories) <= LONG_CONTENTS:
        return stories
    return tuple(story for story in stories if story.credit.mode > Mode.LINK)


def _section(title: str, stories: Sequence[Story], one: str, many: str) -> Section:
    return Section(title, counted(len(stories), one, many).capitalize(), tuple(stories))


def _group(story: Story, channel: Channel) -> str:
    """Under which heading a story stands; "" for none of its own."""
    if channel.group == "source":
        return story.publisher
    if channel.group == "theme":
        words = f"{story.title}\n{story.item.text}".casefold()
        return next((name for name, of in channel.themes.items() if any(w.casefold() in words for w in of)), "")
    return _category(story.item) if channel.group == "category" else ""


def _category(item: Item) -> str:
    return next((" ".join((c.label or c.term).split()) for c in item.categories if c.label or c.term), "")


def _ways_out(channel: Channel, site: Site) -> tuple[str, ...]:
    """The page that a POST acts on, and the address that a mail acts on, if there is one. Spec: RFC 6068 2."""
    name, _, domain = channel.leave_by_mail.rpartition("@")
    by_mail = (f"mailto:{name}+{TOKEN}@{domain}?subject=unsubscribe",) if name else ()
    return (f"{site.url}/unsubscribe/{TOKEN}", *by_mail)


def _list_headers(channel: Channel, site: Site, period: str) -> dict[str, str]:
    """Those of a list, one thread for all its editions, and what mailbox providers count complaints by.

    Spec: RFC 2919, RFC 2369, RFC 8058, RFC 3834, RFC 5322 3.6.4
    """
    host = urlsplit(site.url).hostname or "localhost"
    # Readers with a cadence of their own are on the same list: what stands behind the mark is theirs.
    label = "".join(char if char.isalnum() and char.isascii() else "-" for char in channel.id.partition("~")[0])[:63]
    edition = "".join(char for char in period if char.isalnum() and char.isascii())
    return {
        "List-Id": f"<{label}.{host}>",
        "References": f"<{label}.editions@{host}>",
        "Feedback-ID": f"{edition}:{label}:digest:{host.replace('.', '-')[:15]}",
        "List-Unsubscribe": ", ".join(f"<{way}>" for way in _ways_out(channel, site)),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Edition": " ".join(f"{channel.id} {period}".split()),
    }
