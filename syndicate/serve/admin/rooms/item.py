# SPDX-License-Identifier: Apache-2.0
"""One item: how far each channel carries it and why, down to the sentence, and the proof; and what a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from syndicate.model import Channel, Decision, Evidence, Mode, Role
from syndicate.pipeline import overriding, recording
from syndicate.pipeline.duty_words import describe
from syndicate.pipeline.explain import Explanation, copies, explain
from syndicate.serve.admin import words
from syndicate.serve.admin.house import Answer, Go, House, View, Visit
from syndicate.store import StoredItem

LINES = 20
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PARTS = {"rss": "RSS", "atom": "Atom", "json": "JSON", "mail HTML": "Mail, HTML", "mail text": "Mail, text"}


@dataclass(frozen=True, slots=True)
class Step:
    """A clause that was applied: its words, the mode after it, and the letters of the quotes that it cites."""

    text: str
    mode: Mode
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """One piece of evidence under its letter."""

    letter: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty in words, and for each part of the latest edition whether it was proved there."""

    words: str
    met: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the chain: ``kind`` is origin, republisher or here."""

    kind: str
    name: str
    what: str


def one(house: House, visit: Visit) -> Answer:
    """GET items/ID: chain, decision for each channel, quotes beside clauses, duties beside their proof."""
    with house.read() as tx:
        stored = tx.items.get([visit.path["item"]]).get(visit.path["item"])
        lines = tx.ledger.tail(LINES, subject=visit.path["item"]) if stored else []
        picks = {c.id: tx.picks.of(c.id, [visit.path["item"]]) for c in house.config.channels} if stored else {}
        overrides = tx.overrides.of([stored.work_id]).get(stored.work_id, []) if stored else []
    if stored is None:
        return None
    explained = explain(house.composing, stored, house.config.channels)
    chosen = _chosen(explained, visit.asked.get("channel", ""))
    letters = _letters([one.decision for one in explained])
    held = chosen.edition if chosen.edition and not chosen.other_copy else None
    parts = tuple(dict.fromkeys(proved.part for proved in (held.proved if held else ())))
    values = {
        "stored": stored,
        "stops": _stops(house, stored),
        "rows": [(one, _cited((e for r in one.decision.reasons for e in r.evidence), letters)) for one in explained],
        "chosen": chosen,
        "steps": [
            Step(reason.text, reason.mode, _cited(reason.evidence, letters)) for reason in chosen.decision.reasons
        ],
        "quotes": list(letters.values()),
        "duties": _duties(chosen, parts),
        "parts_of": [PARTS.get(part, part) for part in parts],
        "copies": [copy for copy in copies(house.composing, stored) if copy.item_id != stored.item.id],
        "lines": lines,
        "picked": {channel for channel, found in picks.items() if found},
        "pickable": _pickable(house, stored),
        "overrides": overrides,
        "narrowings": [(mode.name.lower(), words.mode(mode)) for mode in (Mode.WITHHOLD, Mode.LINK)],
        "askable": _askable(house, stored),
        "kept": {name: values[0] for name, values in visit.session.kept.items() if values},
        "now": house.local(house.now()),
        "here": f"items/{stored.item.id}",
    }
    return View("item.html", values)


def act(house: House, visit: Visit) -> Answer:
    """POST items/ID: choose it by hand for a channel, carry less of it, or take either back."""
    with house.read() as tx:
        stored = tx.items.get([visit.path["item"]]).get(visit.path["item"])
    wanted, _, channel_id = visit.get("act").partition(" ")
    acts = {"pick": _pick, "unpick": _pick, "narrow": _narrow, "undo": _undo}
    if stored is None or wanted not in acts:
        return None
    return Go(f"items/{stored.item.id}", acts[wanted](house, visit, stored, channel_id))


def _pick(house: House, visit: Visit, stored: StoredItem, channel_id: str) -> str:
    channel, undo = house.channel(channel_id), visit.get("act").startswith("unpick")
    recording.pick(house.composing, channel, stored, visit.by, undo=undo)
    return f"It is {'no longer chosen for' if undo else 'chosen for'} {channel.title or channel.id}."


def _narrow(house: House, visit: Visit, stored: StoredItem, _channel_id: str) -> str:
    where = _where(house, visit.get("where"))
    mode = Mode.LINK if visit.get("mode") == "link" else Mode.WITHHOLD
    overriding.narrow(house.composing, stored, mode, visit.get("reason"), visit.by, channel_id=where)
    place = f"in {where}" if where else "in every channel"
    return f"{words.mode(mode)} from now on {place}, whatever its terms permit."


def _undo(house: House, visit: Visit, stored: StoredItem, channel_id: str) -> str:
    overriding.undo(house.composing, stored, visit.by, channel_id=_where(house, channel_id))
    return "It is carried as its terms permit again."


def _where(house: House, channel_id: str) -> str:
    return house.channel(channel_id).id if channel_id else overriding.EVERYWHERE


def _askable(house: House, stored: StoredItem) -> str:
    """Who can be asked for more: the holder, else whoever shows it, if their terms can be recorded; else ""."""
    known = [hop.publisher_id for hop in stored.chain.hops if hop.publisher_id in house.publishers]
    return known[0] if known else ""


def _chosen(explained: Sequence[Explanation], channel_id: str) -> Explanation:
    """The channel that was asked for, else the widest one that went out."""
    named = [one for one in explained if one.channel.id == channel_id]
    return named[0] if named else max(explained, key=lambda one: (one.edition is not None, one.decision.mode))


def _letters(decisions: Sequence[Decision]) -> dict[tuple[str, str], Quote]:
    """The quotes by their words and page, each under a letter: clauses that rest on the same words cite one."""
    cited = {
        (e.value, e.url): e
        for decision in decisions
        for reason in decision.reasons
        for e in reversed(reason.evidence)
        if e.value
    }
    return {key: Quote(LETTERS[n] if n < len(LETTERS) else str(n + 1), e) for n, (key, e) in enumerate(cited.items())}


def _cited(evidence: Iterable[Evidence], letters: Mapping[tuple[str, str], Quote]) -> tuple[str, ...]:
    found = (letters[e.value, e.url].letter for e in evidence if (e.value, e.url) in letters)
    return tuple(dict.fromkeys(found))


def _duties(chosen: Explanation, parts: Sequence[str]) -> list[Duty]:
    return [
        Duty(describe(duty), tuple((number, part) in chosen.met for part in parts))
        for number, duty in enumerate(chosen.decision.duties)
    ]


def _stops(house: House, stored: StoredItem) -> list[Stop]:
    stops = []
    for n, hop in enumerate(stored.chain.hops):
        kind = "origin" if hop.role is Role.ORIGIN else "republisher"
        says = "origin" if hop.role is Role.ORIGIN and stored.chain.origin_known else kind
        used = ", the copy we use" if n == len(stored.chain.hops) - 1 and n else ""
        day = f"{house.local(hop.date):%d %b %Y}, ".lstrip("0") if hop.date else ""
        stops.append(Stop(kind, hop.name or "somebody else", f"{day}{says}{used}"))
    seen = f"{house.local(stored.first_seen):%d %b %Y}, here".lstrip("0")
    return [*stops, Stop("here", house.config.site.name, seen)]


def _pickable(house: House, stored: StoredItem) -> list[Channel]:
    """The channels for which a person's choice would carry it further."""
    queue = recording.queue(house.composing, house.config.channels)
    wanted = {one.channel_id for one in queue if one.stored.item.id == stored.item.id}
    return [channel for channel in house.config.channels if channel.id in wanted]
