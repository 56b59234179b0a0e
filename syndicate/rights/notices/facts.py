# SPDX-License-Identifier: Apache-2.0
"""What notices say beside the permission itself: duties, prohibitions, whom to ask, who holds the rights, the times."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from syndicate.rights.notices import clauses as of
from syndicate.rights.notices.clauses import CW, EM, PR, XE, XW, Said
from syndicate.rights.notices.limits import as_line, limiting
from syndicate.rights.notices.phrases import ADDRESS, DUTIES, HOLDER, LIMITS, PROHIBITIONS, found, has
from syndicate.rights.notices.reading import PLACES, Quote
from syndicate.rights.notices.seen import BADGE

LIMITED: Final = "limited"
"""The prohibition of words that seem to limit the use of an item, and that only a person can judge."""

_NEAR: Final = 2
_DESK: Final = re.compile(r"re-?publi|re-?print|right|licen|lizenz|permi|syndic|copyright|droit|derecho|rechte")
_OF_USE: Final = re.compile(
    r"re-?p|licen|lizen|copyright|\u00a9|rights?\b|recht|droit|derecho|permi|erlaub|gestatt|autor[ie]|author"
    r"|\b(?:us(?:e[ds]?|ing|ar|o)|cop(?:y|ies|ied)|credit\w*|link\w*|source|attribut\w*|nam(?:e[ds]?|ing)|cite\w*|byline"
    r"|includ\w*|exclu\w*|except\w*|without|covered|edit\w*|chang\w*|alter\w*|modif\w*|acknowledg\w*|original\w*"
    r"|keep\w*|add\w*|remove\w*|separate\w*|sell|sold|translat\w*|notif\w*|tell|inform\w*|let us|send|write|shar\w*)\b"
    r"|publi|print|canonical|http|verlink|quelle|nenn|angabe|nutz|verwend|verander|gekurz|bearbeit|ausgenommen|ausser"
    r"|source|lien|cit(?:er|ar|ez)|mention|modif|sauf|utilis|fuente|enlace|salvo|excepto|incluy|cambi|auteur|auflag"
)
"""Signs that a clause of a body is about its use: what an article tells of wells and maps asks for nothing."""

_OF_PICTURES: Final = re.compile(
    r"re-?p|licen|lizen|copyright|\u00a9|rights?\b|recht|droit|derecho|permi|erlaub|gestatt|autori|public domain"
    r"|\b(?:use[ds]?|using|include[ds]?|exclu\w+|except\w*|covered|separate\w*|courtesy|credit\w*)\b|nutz|verwend|ausge"
    r"|utilis|sauf|salvo|excepto|incluy"
)
"""Signs that a clause of a body about pictures is about their use."""

_MORE: Final = re.compile(
    r"\s(?:and|y|et|und)\s(?:(?:is|was|has|se|est|a|wird|wurde|hier)\s)?(?:here|re\w+|ici|nachgedruckt|ubernommen)\b.*$",
    re.IGNORECASE,
)
_LICENCE: Final = re.compile(r"[\s,.;-]*(?:\bcc\b|creative commons|licen[cs]|lizenz|https?:).*$", re.IGNORECASE)
_REFUSED: Final = {XW: "commercial", XE: "commercial", PR: "print", EM: "email", CW: "web"}


@dataclass(frozen=True, slots=True)
class Facts:
    """The fields of a reading that are no permission, and their quotes."""

    duties: frozenset[str]
    prohibitions: tuple[str, ...]
    contact: str
    holder: str
    embargo: str
    window: str
    quotes: tuple[Quote, ...]


def facts(all_said: Sequence[Said], *, permits: bool) -> Facts:
    """All facts. Duties and times belong to a permission: without one only notices to keep are duties."""
    notices = list(_notices(all_said))
    duties = list(_duties(notices, permits=permits))
    prohibitions = [*_prohibitions(notices), *_limited(all_said)]
    times = list(_times(notices)) if permits else []
    contact, holder = next(_contacts(notices, permits=permits), None), _holder(all_said)
    single = [one for one in (contact, holder) if one]
    return Facts(
        duties=frozenset(quote.value for quote in duties),
        prohibitions=tuple(dict.fromkeys(quote.value for quote in prohibitions)),
        contact=contact.value if contact else "",
        holder=holder.value if holder else "",
        embargo=next((quote.value for quote in times if quote.field == "embargo"), ""),
        window=next((quote.value for quote in times if quote.field == "window"), ""),
        quotes=(*duties, *prohibitions, *single, *times),
    )


def quote(field: str, value: str, one: Said, detail: str = "") -> Quote:
    """A clause as the words behind a value."""
    return Quote(field, value, one.place, one.clause.quote, detail)


def _notices(all_said: Sequence[Said]) -> Iterator[Said]:
    """The clauses that belong to a notice: in a body those near a clause with a role, elsewhere all."""
    spoken = {(one.notice, one.clause.paragraph) for one in all_said if one.role not in ("", "aside")}
    for one in all_said:
        near = range(one.clause.paragraph - _NEAR, one.clause.paragraph + _NEAR + 1)
        if one.place != "body" or _speaks(one) or any((one.notice, number) in spoken for number in near):
            yield one


def _speaks(one: Said) -> bool:
    """True if a clause of a body is about rights without having a role."""
    return of.reserves(one) or any(has(group, one.text) for group in ("disclaimer", "exclusive", "agency"))


# ------------------------------------------------------------------------------------------------ duties


def _duties(notices: Iterable[Said], *, permits: bool) -> Iterator[Quote]:
    for one in notices:
        if one.role == "fair":
            yield quote("duties", "O29", one)
        elif has("disclaimer", one.text):
            yield quote("duties", "O5", one)
        told = one.place == "body" and one.role in ("", "aside") and not _OF_USE.search(one.text)
        if permits and one.role not in ("fair", "past") and not told:
            yield from _asked(one)


def _asked(one: Said) -> Iterator[Quote]:
    """The duties that a clause asks for, once there is a permission."""
    for id_, patterns in DUTIES.items():
        if found(patterns, one.text) and (one.role != "aside" or id_ == "O15"):
            yield quote("duties", id_, one)
    if one.role == "aside" and has("asset", one.text) and (one.place != "body" or _OF_PICTURES.search(one.text)):
        yield quote("duties", "O15", one)
    if one.figures.words or one.figures.paragraphs:
        yield quote("duties", "O21", one, _amount(one))


def _amount(one: Said) -> str:
    figures = [(one.figures.words, "words"), (one.figures.paragraphs, "paragraphs")]
    return ", ".join(f"{number} {unit}" for number, unit in figures if number)


# ------------------------------------------------------------------------------------------------ prohibitions


def _prohibitions(notices: Iterable[Said]) -> Iterator[Quote]:
    for one in notices:
        yield from (quote("prohibitions", name, one) for name in _forbidden(one))


def _limited(all_said: Sequence[Said]) -> Iterator[Quote]:
    """What seems to limit the use, without what is surely a refusal."""
    for at in sorted(limiting(all_said)):
        if "republication" in _forbidden(all_said[at]):
            continue
        only = set(_forbidden(as_line(all_said[at])))
        narrow = "commercial" if only == {"commercial"} or found(LIMITS["commercial"], all_said[at].text) else LIMITED
        yield quote("prohibitions", narrow, all_said[at])


def _forbidden(one: Said) -> Iterator[str]:
    if one.role == "fair":
        return
    if of.reserves(one):
        yield "all-rights-reserved"
    if one.place == "body" and has("exclusive", one.text):
        yield "exclusive"
    if has("agency", one.text):
        yield "agency"
    if one.role in ("refuse", "ask"):
        yield from _uses(one)
    yield from (name for name, patterns in PROHIBITIONS.items() if found(patterns, one.text))


def _uses(one: Said) -> Iterator[str]:
    """The uses that a refusal names: without one it is republication as such."""
    channels = of.refused(one.text)
    if has("whole", one.text) or one.figures.words:
        yield "whole-text"
    elif channels:
        yield from dict.fromkeys(_REFUSED[channel] for channel in channels if channel is not XW or CW not in channels)
    elif one.role == "refuse" and not has("other", one.text) and not found(PROHIBITIONS["ai"], one.text):
        yield "republication"
    if has("other", one.text):
        yield "other-uses"
    if has("broadcast", one.text):
        yield "broadcast"


# ------------------------------------------------------------------------------------------------ people


def _contacts(notices: Sequence[Said], *, permits: bool) -> Iterator[Quote]:
    """Addresses, the surest first, in notices that speak of rights.

    Where a clause says whom to ask about rights, or behind it; where one says whom to ask about anything; an address
    that is named for it; on a page of terms any.
    """
    asked = [one for one in notices if one.role in ("ask", "refuse") or of.reserves(one)]
    spoken = {one.notice for one in (*asked, *(one for one in notices if permits and one.role == "grant"))}
    found = [
        (rank, quote("contact", address, one))
        for position, one in enumerate(notices)
        for mail, address in _at(one)
        if (rank := _rank(notices, position, address, mail=mail, spoken=one.notice in spoken)) is not None
    ]
    yield from (quoted for _, quoted in sorted(found, key=lambda pair: pair[0]))


def _rank(notices: Sequence[Said], position: int, address: str, *, mail: bool, spoken: bool) -> int | None:
    """How sure an address is to be the one to ask; None if it is not."""
    one = notices[position]
    before = notices[position - 1] if position and notices[position - 1].notice == one.notice else None
    asks = [each for each in (one, before) if each and (has("ask", each.text) or each.role in ("ask", "refuse"))]
    if one.role == "fair" or not spoken:
        return None
    if any(each.role in ("ask", "refuse") for each in asks if mail or has("ask", each.text)):
        return 0
    if asks and (mail or has("ask", one.text)):
        return 1
    if mail and _DESK.search(address.lower()):
        return 2
    return 3 if mail and one.place in ("terms-page", "feed-rights") else None


def _at(one: Said) -> Iterator[tuple[bool, str]]:
    """Addresses of a clause: mail (True) before pages."""
    hrefs = [anchor.href for anchor in one.clause.anchors]
    yield from ((True, href[7:].split("?")[0]) for href in hrefs if href.lower().startswith("mailto:"))
    for match in ADDRESS.finditer(one.text):
        yield True, one.clause.shown(*match.span())
    pages = (href for href in hrefs if href.startswith(("http://", "https://")))
    yield from ((False, href) for href in pages if "creativecommons.org" not in href)


def _holder(all_said: Sequence[Said]) -> Quote | None:
    """The holder: who is named as the original source, else who stands in the copyright line nearest to the text."""
    for pattern in HOLDER:
        for one in sorted(all_said, key=lambda one: -PLACES[one.place]):
            names = one.role not in ("fair", "aside") or one.text.startswith(("\u00a9", "copyright", "(c)"))
            match = pattern.search(one.text) if names else None
            name = _name(one.clause.shown(*match.span("name"))) if match else ""
            if name:
                return quote("holder", name, one)
    return None


def _name(text: str) -> str:
    """A name as supplied, without years, licence and its own repetition; "" if it does not begin like a name."""
    dated = re.sub(r"[\s,]*\b(?:19|20)\d\d\b.*$", "", text.replace(BADGE, ""))
    bare = re.sub(_LICENCE, "", re.sub(_MORE, "", dated)).strip(" ,:-\u2013\u2014\"'")
    parts = list(dict.fromkeys(part.strip() for part in bare.split(",")))
    name = ", ".join(parts)
    return name if name[:1].isupper() or not name[:1].isascii() or name[:1].isdecimal() else ""


# ------------------------------------------------------------------------------------------------ times


def _times(notices: Iterable[Said]) -> Iterator[Quote]:
    for one in notices:
        if one.figures.embargo:
            yield quote("embargo", one.figures.embargo, one)
        if one.figures.window:
            yield quote("window", one.figures.window, one)
