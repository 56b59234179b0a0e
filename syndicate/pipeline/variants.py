# SPDX-License-Identifier: Apache-2.0
"""One digest, for readers who may not all be sent the same: each group of them gets an edition of its own, proved.

Who did not agree to what the terms of an item ask gets a link to it. A correction goes to those who were sent the text
that it corrects. What most readers get is the edition itself; the others' are its variants, under the period with a
mark behind it. A variant is rendered and read back like any edition, and its letters are made of its own skeleton.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from syndicate.model import Channel, Correction, Edition, Entry, Interest, Mode, Subscriber, Verified
from syndicate.pipeline.compose import Composing, Draft, Refusal, prove
from syndicate.proof import Setting
from syndicate.publish.digest import render_digest
from syndicate.publish.excerpt import as_link
from syndicate.store import Transaction

MARK = "~"
MOST = 12
"""Groups of readers for each of which an edition is made; rarer ones join one that is told less."""

CONSENT_CLAUSE = "consent.reader"
NOT_AGREED = "Its publisher asks for readers who agreed to receive it for its purpose, so this copy has a link."


@dataclass(frozen=True, slots=True)
class Kind:
    """What a group of readers has in common: whether they agreed to all that is asked, what has to be told to them."""

    agreed: bool
    told: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """An edition and who gets it. ``interests`` are what those readers must have agreed to."""

    outcome: Verified | Refusal
    readers: tuple[Subscriber, ...]
    interests: tuple[Interest, ...] = ()


def interests(edition: Edition) -> tuple[Interest, ...]:
    """What readers must have agreed to receive an edition for: of what its items ask, what the channel relies on."""
    asked = {name for entry in edition.entries for name in _asked(entry)}
    return tuple(one for one in edition.channel.consent if one.value in asked)


def variants(composing: Composing, edition: Verified, readers: Sequence[Subscriber]) -> list[Variant]:
    """``edition`` first, with the readers who are sent it, then a variant for each other group of them."""
    whole, asked = edition.edition, interests(edition.edition)
    groups = _groups(composing, whole, asked, readers)
    first = Variant(edition, tuple(groups.pop(Kind(agreed=True, told=whole.corrections), ())), asked)
    others = [
        Variant(_prove(composing, whole, kind), tuple(group), asked if kind.agreed else ())
        for kind, group in groups.items()
    ]
    return [first, *others]


def _asked(entry: Entry) -> tuple[str, ...]:
    carried = entry.decision.duties if entry.decision.mode > Mode.LINK else ()
    return tuple(name for duty in carried if duty.id == "O29" for name in duty.also)


def _groups(
    composing: Composing, edition: Edition, asked: Sequence[Interest], readers: Sequence[Subscriber]
) -> dict[Kind, list[Subscriber]]:
    """The readers by what they are to get."""
    with composing.store.read() as tx:
        kinds = {reader.id: _kind(reader, edition, asked, sent) for sent in (_sent(tx, edition),) for reader in readers}
    counts = Counter(kinds.values())
    known = [Kind(agreed=True, told=edition.corrections), *(kind for kind, _ in counts.most_common(MOST))]
    known += [Kind(agreed, ()) for agreed in (True, False)]
    groups: dict[Kind, list[Subscriber]] = defaultdict(list)
    for reader in readers:
        groups[_nearest(kinds[reader.id], known)].append(reader)
    return groups


def _sent(tx: Transaction, edition: Edition) -> dict[str, frozenset[int]]:
    """By edition that carried a text since changed, who was or may yet be sent it."""
    earlier = {name for one in edition.corrections for name in one.editions}
    return {name: tx.outbox.reached(name) for name in earlier}


def _kind(reader: Subscriber, edition: Edition, asked: Sequence[Interest], sent: dict[str, frozenset[int]]) -> Kind:
    agreed = reader.consent is not None and set(asked) <= set(reader.consent.interests)
    told = [one for one in edition.corrections if any(reader.id in sent[name] for name in one.editions)]
    return Kind(agreed or not asked, tuple(told))


def _nearest(kind: Kind, known: Sequence[Kind]) -> Kind:
    """The group itself, or where it has no edition the one that is told most of what it is owed and nothing else."""
    within = [one for one in known if one.agreed == kind.agreed and set(one.told) <= set(kind.told)]
    return max(within, key=lambda one: len(one.told))


def _prove(composing: Composing, edition: Edition, kind: Kind) -> Verified | Refusal:
    channel: Channel = edition.channel
    entries = edition.entries if kind.agreed else [_linked(entry) for entry in edition.entries]
    name = repr((kind.agreed, [(one.item_id, one.version) for one in kind.told]))
    period = f"{edition.period}{MARK}{hashlib.sha256(name.encode()).hexdigest()[:8]}"

    def render(current: Sequence[Entry]) -> Draft:
        part, subject, carried = render_digest(
            channel, composing.site, current, edition.created, edition.period, composing.templates, kind.told
        )
        return Draft((part,), carried, subject, corrections=kind.told)

    return prove(Setting(channel, composing.site, edition.created), period, entries, render)


def _linked(entry: Entry) -> Entry:
    return as_link(entry, CONSENT_CLAUSE, NOT_AGREED) if _asked(entry) else entry
