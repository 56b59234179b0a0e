# SPDX-License-Identifier: Apache-2.0
"""How much of an item's text goes into an output, and that text.

Promise: a full text is the publisher's, every word and every link of it, without what its terms leave out: pictures,
sound, films and embeds that are not granted, with their captions, and appeals for gifts where a duty says so. An
excerpt is one verbatim run of whole sentences within the decision's limit, cut never inside a quotation. A link carries
no text at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import nh3
from markupsafe import escape

from syndicate.model import Decision, Entry, Item, Limit, Mode, Reason
from syndicate.publish.clean import clean
from syndicate.publish.sentences import count_words, cuts, sentence_ends
from syndicate.publish.trim import UNTRIMMED, Trim, same, trim_of, trimmed
from syndicate.publish.words import counted, figure

# Where a decision allows a part and names no limit: a hundred words, and never more than half.
HOUSE_WORDS = 100

_LINK_DUTIES = frozenset({"O1", "O3", "O8", "O20", "O26"})
"""What is owed for a headline, too."""

_MEDIA = {"img", "map", "area", "details", "summary"}
_TAGS = nh3.ALLOWED_TAGS - _MEDIA
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"cite", "datetime"},
    "ins": {"cite", "datetime"},
    "time": {"datetime"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "img": {"src", "alt", "width", "height"},
}


@dataclass(frozen=True, slots=True)
class Body:
    """The carried text: as HTML, as paragraphs of plain text, and the addresses that it links to.

    ``html`` is safe to put into a page as it is. ``extent`` says how far an excerpt goes ("The first paragraph of
    fourteen"), "" where nothing was left out.
    """

    html: str = ""
    paragraphs: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    extent: str = ""


def settle(entry: Entry) -> Entry:
    """``entry``, made a link if it may be carried in part but has no whole sentence within the limit."""
    if entry.decision.mode is Mode.EXCERPT and not excerpt(entry.item, entry.decision.limit, trim_of(entry)):
        return as_link(entry, "excerpt-too-short", "No whole sentence of it fits the part that may be carried.")
    return entry


def as_link(entry: Entry, clause: str, text: str) -> Entry:
    """``entry`` reduced to a link because of ``text`` (one sentence); names and the required link remain owed."""
    decision: Decision = entry.decision
    reduced = replace(
        decision,
        mode=Mode.LINK,
        duties=tuple(duty for duty in decision.duties if duty.id in _LINK_DUTIES),
        reasons=(*decision.reasons, Reason(clause, text, Mode.LINK)),
        because=text,
        limit=Limit(),
    )
    return replace(entry, decision=reduced)


def body(entry: Entry) -> Body:
    """The text that the decision of ``entry`` allows to carry."""
    if entry.decision.mode is Mode.FULL:
        return _full(entry.item, trim_of(entry))
    if entry.decision.mode is Mode.EXCERPT:
        return _part(entry.item, entry.decision.limit, trim_of(entry))
    return Body()


def excerpt(item: Item, limit: Limit, trim: Trim = UNTRIMMED) -> tuple[str, ...]:
    """The longest run of whole sentences from the start of the text that keeps ``limit``; () if none does."""
    paragraphs = quotable(item, trim)
    upto = tuple(accumulate(map(count_words, paragraphs), initial=0))
    most = limit if limit != Limit() else Limit(words=min(HOUSE_WORDS, upto[-1] // 2))
    best: tuple[str, ...] = ()
    for index, offset in cuts(paragraphs):
        last = paragraphs[index][:offset]
        if not _within((*paragraphs[:index], last), upto[index] + count_words(last), most):
            break
        best = (*paragraphs[:index], last)
    return best


def quotable(item: Item, trim: Trim = UNTRIMMED) -> tuple[str, ...]:
    """The first unbroken run of paragraphs that are the story, without by-lines, headings or notices before it."""
    run: list[str] = []
    for paragraph in _paragraphs(item, trim):
        if not _is_notice(paragraph, item):
            if run or any(sentence_ends(paragraph)):
                run.append(paragraph)
        elif run:
            break
    return tuple(run)


def _is_notice(paragraph: str, item: Item) -> bool:
    words = " ".join(paragraph.split())
    for evidence in item.evidence:
        quoted = " ".join(evidence.value.split())
        if quoted and (words in quoted or (evidence.place.startswith("body") and quoted in words)):
            return True
    return False


def _paragraphs(item: Item, trim: Trim) -> tuple[str, ...]:
    return tuple(one for one in item.text.split("\n\n") if one and same(one) not in trim.left_out)


def _within(run: Sequence[str], words: int, limit: Limit) -> bool:
    characters = sum(len("".join(one.split())) for one in run) if limit.characters else 0
    return (
        (not limit.paragraphs or len(run) <= limit.paragraphs)
        and (not limit.words or words <= limit.words)
        and characters <= limit.characters
    )


def _full(item: Item, trim: Trim) -> Body:
    links: dict[str, None] = {}

    def note(tag: str, attribute: str, value: str) -> str:
        if (tag, attribute) == ("a", "href"):
            links[value] = None
        return value

    html = nh3.clean(
        item.html if trim == UNTRIMMED else trimmed(item.html, trim),
        tags=_TAGS | {"img"} if trim.kept else _TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=note,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return Body(clean(html), _paragraphs(item, trim), clean(tuple(links)))


def _part(item: Item, limit: Limit, trim: Trim) -> Body:
    run = excerpt(item, limit, trim)
    html = "".join(f"<p>{escape(p)}</p>" for p in run)
    return Body(html, run, (), _extent(run, _paragraphs(item, trim)))


def _extent(run: Sequence[str], whole: Sequence[str]) -> str:
    """How far the excerpt goes, counted against the whole text."""
    if not run or tuple(run) == tuple(whole):
        return ""
    if run[-1] in whole:
        first = "paragraph" if len(run) == 1 else f"{figure(len(run))} paragraphs"
        return f"The first {first} of {figure(len(whole))}."
    return f"The first {counted(sum(map(count_words, run)), 'word', 'words')} of {sum(map(count_words, whole)):,}."
