# SPDX-License-Identifier: Apache-2.0
"""What must be done in return for carrying an item: the duties of a decision, each with all that a verifier needs.

A credit and a link are always owed; the rest is owed where text is carried. Duties of all parties add up.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from syndicate.model import (
    Ads,
    Duty,
    Evidence,
    Hop,
    Item,
    Level,
    Limit,
    Mode,
    Purpose,
)
from syndicate.rights.addresses import url_key
from syndicate.rights.assets import Coverage, asset_duties
from syndicate.rights.case import Case, filled_words, targets
from syndicate.rights.conditions import conditions
from syndicate.rights.rulings import Ruling, Setting
from syndicate.rights.scopes import about
from syndicate.rights.statements import CREDIT_KINDS, HOLDER_KINDS, YEAR_KINDS, copyright_line, in_order, named
from syndicate.rights.texts import appeals, fingerprint, links

EXCERPT_NOTE: Final = "This is an excerpt."
PICTURES_NOTE: Final = "Its pictures are left out."
SOME_PICTURES_NOTE: Final = "Some of its pictures are left out."
APPEALS_NOTE: Final = "An appeal for support is left out."

_TITLE_OWED = re.compile(r"-(?:1\.0|2\.\d|3\.0)\b")
"""Creative Commons licences up to 3.0 ask for the title, 4.0 does not."""


def duties_of(case: Case, rulings: Sequence[Ruling], mode: Mode, limit: Limit, setting: Setting) -> tuple[Duty, ...]:
    """The duties of a decision, in the order of their ids."""
    if mode is Mode.WITHHOLD:
        return ()
    owed = [_credit(case, rulings), _link(case, rulings), _duty(rulings, "O8")]
    if mode > Mode.LINK:
        assets = tuple(asset_duties(case.item, _coverage(case, rulings), mode))
        removed = tuple(_removed(case, rulings))
        owed += [*_copyright(case, rulings), *_licences(rulings), *_notices(case, rulings), *assets, *removed]
        owed += _unmodified(case, rulings, mode, (*assets, *removed))
        owed += _changes(case, rulings, mode, (*assets, *removed))
        owed += _plain_duties(case, rulings, mode)
        owed += (duty for ruling in rulings for duty in conditions(case, ruling, setting))
    if mode is Mode.EXCERPT:
        owed += _limit(case, rulings, limit)
    return tuple(sorted(dict.fromkeys(owed), key=lambda duty: int(duty.id[1:])))


def _duty(
    rulings: Sequence[Ruling], id_: str, *, texts: tuple[str, ...] = (), url: str = "", also: tuple[str, ...] = (),
    how: str = "",
) -> Duty:  # fmt: skip
    """A duty with the first who asks for it."""
    return Duty(id_, texts, url, also, next((r.asked_by for r in rulings if id_ in r.duties), "house"), how)


def _asked(rulings: Sequence[Ruling], id_: str) -> bool:
    return any(id_ in ruling.duties for ruling in rulings)


def _credit(case: Case, rulings: Sequence[Ruling]) -> Duty:
    """Authors with their institutions, whom the pages name for the credit, outlets; not who asked to be left out."""
    records = [
        r for hop, p in zip(case.hops, case.publishers, strict=True) if p for r in about(p.records, case.item, hop)
    ]
    absent = {name.strip() for record in records for name in record.leave_out}
    beside = {who.strip(): f" ({name.strip()})" for record in records for who, name in record.institutions}
    stated = [e.value for e in _of_ends(case) if e.kind == "cc.rel.attributionName"]
    people = [name.strip() for name in (*(person.name for person in case.item.authors), *stated)]
    named = [name + beside.get(name, "") for name in people if name not in absent]
    names = [*named, *(hop.name.strip() for hop in case.hops)]
    asked = [name for name in people if name in absent]
    return _duty(rulings, "O1", texts=tuple(dict.fromkeys(filter(None, names))), also=tuple(dict.fromkeys(asked)))


def _link(case: Case, rulings: Sequence[Ruling]) -> Duty:
    required, *others = targets(case, rulings)
    others += [e.value for e in _of_ends(case) if e.kind == "cc.rel.attributionURL" and e.value != required]
    return _duty(rulings, "O3", url=required, also=tuple(dict.fromkeys(others)))


def _of_ends(case: Case) -> tuple[Evidence, ...]:
    """What stood on the first appearance and on the copy that we hold."""
    return in_order(e for hop in (case.hops[0], case.hops[-1]) for e in hop.evidence)


# ------------------------------------------------------------------------------------------------ notices


def _copyright(case: Case, rulings: Sequence[Ruling]) -> Iterator[Duty]:
    """The line as supplied; where none was and one is asked, the sign, the year and the holder, as far as stated."""
    line = _supplied_line(case)
    if line or any("O2" in r.duties for r in rulings):
        origin = case.hops[0]
        date = origin.date or case.item.published or case.now
        year = named(YEAR_KINDS, origin.evidence)[:4] or date.year
        holder = named(HOLDER_KINDS, origin.evidence) or origin.name
        yield _duty(rulings, "O2", texts=(line or f"© {year} {holder}",))


def _supplied_line(case: Case) -> str:
    """What stands on the origin's item, else on the copy about the origin, else on the origin's feed.

    Never the republisher's line for itself.
    """
    origin, *later = case.hops
    on_item = copyright_line(e for e in origin.evidence if e.level is Level.ITEM)
    if on_item or not later:
        return on_item or copyright_line(origin.evidence)
    on_copy = [e for e in later[-1].evidence if e.level is Level.ITEM]
    about = copyright_line(e for e in on_copy if e.kind == "credit-line" or _is_about(e, origin, later[-1]))
    return about or copyright_line(origin.evidence)


def _is_about(evidence: Evidence, origin: Hop, copy: Hop) -> bool:
    words = evidence.value.casefold()
    return origin.name.casefold() in words or copy.name.casefold() not in words


def _licences(rulings: Sequence[Ruling]) -> Iterator[Duty]:
    """One for each licence that the permission rests on. A dedication asks for none, but readers may want to know."""
    found = {r.licence.url: r.licence for r in rulings if r.licence and r.licence.url}
    for licence in found.values():
        asked_by = licence.id if "O4" in licence.duties else "house"
        yield Duty("O4", texts=(licence.name,), url=licence.url, asked_by=asked_by)


def _notices(case: Case, rulings: Sequence[Ruling]) -> Iterator[Duty]:
    """Disclaimers and credit lines that came with the item; the title as supplied, where a licence asks for it."""
    found = [e for e in _of_ends(case) if e.kind == "body.disclaimer" or e.kind in CREDIT_KINDS]
    title = any(r.licence and "O5" in r.duties and _TITLE_OWED.search(r.licence.id) for r in rulings)
    how = "title" if title and case.item.title else ""
    if found or how:
        yield _duty(rulings, "O5", texts=tuple(dict.fromkeys(e.value for e in found)), how=how)


# ------------------------------------------------------------------------------------------------ the text


def _coverage(case: Case, rulings: Sequence[Ruling]) -> Coverage:
    records = tuple(record for publisher in case.publishers if publisher for record in publisher.records)
    return Coverage(rulings, records, tuple(hop.name for hop in case.hops))


def _unmodified(case: Case, rulings: Sequence[Ruling], mode: Mode, without: Sequence[Duty]) -> Iterator[Duty]:
    """Asked by licence or record, and by the house for every excerpt: a cut is the only change."""
    if mode is Mode.EXCERPT or _asked(rulings, "O6"):
        yield _duty(rulings, "O6", texts=(fingerprint(case.item.text, _left_out(without)),))


def _left_out(duties: Sequence[Duty]) -> Iterator[str]:
    return (text for duty in duties if duty.how != "in" for text in duty.texts)


def _removed(case: Case, rulings: Sequence[Ruling]) -> Iterator[Duty]:
    """Appeals in the text, where it must not look as if gifts were asked for."""
    if _asked(rulings, "O28"):
        yield _duty(rulings, "O28", texts=appeals(case.item.text))


def _changes(case: Case, rulings: Sequence[Ruling], mode: Mode, without: Sequence[Duty]) -> Iterator[Duty]:
    """What was done to the text: that it is a part; where somebody asks, that pictures or appeals were left out too."""
    notes = [EXCERPT_NOTE] if mode is Mode.EXCERPT else []
    if _asked(rulings, "O9") and mode is Mode.FULL:
        embedded = any(duty.id == "O15" and duty.how == "out" and _embeds(case.item, duty) for duty in without)
        some = any(duty.id == "O15" and duty.how == "in" for duty in without)
        notes += [SOME_PICTURES_NOTE if some else PICTURES_NOTE] if embedded else []
        notes += [APPEALS_NOTE] if any(duty.id == "O28" and duty.texts for duty in without) else []
    if notes:
        yield _duty(rulings, "O9", texts=tuple(notes))


def _embeds(item: Item, duty: Duty) -> bool:
    return "<img" in item.html and any(url.replace("&", "&amp;") in item.html or url in item.html for url in duty.also)


def _limit(case: Case, rulings: Sequence[Ruling], limit: Limit) -> Iterator[Duty]:
    """The limit, and the words that have to close an excerpt, each once."""
    asked_by = next((r.asked_by for r in rulings if r.limit == limit), "house")
    closing = [r.grant.closing_link for r in rulings if r.grant and r.mode is Mode.EXCERPT and r.grant.closing_link]
    texts = tuple(dict.fromkeys(_linked(filled_words(case, words)) for words in closing))
    yield Duty("O21", texts, targets(case, rulings)[0] if texts else "", asked_by=asked_by)


def _linked(words: str) -> str:
    return words if "[" in words else f"[{words}]"


# ------------------------------------------------------------------------------------------------ asked in a record


def _plain_duties(case: Case, rulings: Sequence[Ruling], mode: Mode) -> Iterator[Duty]:
    """Duties that have no parameter, or one that the item or its licence gives."""
    for ruling in rulings:
        if ruling.licence and "O10" in ruling.duties:
            yield _duty([ruling], "O10", texts=(ruling.licence.name,), url=ruling.licence.url)
        if "O24" in ruling.duties:
            yield _terms(ruling)
    if _asked(rulings, "O7"):
        yield _duty(rulings, "O7", how=_advertising(rulings))
    if _asked(rulings, "O12") and mode is Mode.FULL:
        yield _duty(rulings, "O12", also=links(case.item.html))
    if _asked(rulings, "O14"):
        yield _duty(rulings, "O14", url=_canonical(case, rulings))
    if _asked(rulings, "O20"):
        yield _duty(rulings, "O20", texts=(case.item.title,), how="theirs")
    if _asked(rulings, "O25"):
        yield _duty(rulings, "O25")
    if _asked(rulings, "O26"):
        yield _duty(rulings, "O26")


def _advertising(rulings: Sequence[Ruling]) -> str:
    """How much advertising there may be where commercial use is refused: what the publisher's own rules accept."""
    asking = [ruling.grant for ruling in rulings if "O7" in ruling.duties]
    accepted = all(g and (g.ads >= Ads.AROUND or Purpose.COMMERCIAL in g.purposes) for g in asking)
    return "around" if accepted else "none"


def _canonical(case: Case, rulings: Sequence[Ruling]) -> str:
    declared = next((link.href for link in case.item.links if link.rel == "canonical" and url_key(link.href)), "")
    return declared or targets(case, rulings)[0]


def _terms(ruling: Ruling) -> Duty:
    """The page with the terms; where none is on record, the sentence itself."""
    cited = ruling.evidence[0]
    return Duty("O24", () if cited.url else (cited.value,), cited.url, asked_by=ruling.asked_by)
