# SPDX-License-Identifier: Apache-2.0
"""Terms that passed every check, turned into records: one for the whole, one for each section."""

from __future__ import annotations

from collections.abc import Callable

from syndicate import model
from syndicate.config import terms as schema

Licences = Callable[[str], model.Licence | None]


def records(key: str, terms: schema.Terms, licence: Licences) -> tuple[model.Record, ...]:
    """The records of the terms with this ``key``; the keys of sections are paths below it."""
    parts = (
        _record(
            f"{key}.sections.{name}", part, licence, model.Scope(part.urls, part.categories, part.items, part.files)
        )
        for name, part in terms.sections.items()
    )
    return (_record(key, terms, licence, model.Scope()), *parts)


def _record(key: str, terms: schema.Statement, licence: Licences, scope: model.Scope) -> model.Record:
    return model.Record(
        key=key,
        grants=tuple(_grant(grant) for grant in terms.grants),
        otherwise=model.Mode[terms.otherwise.upper()],
        licence=licence(terms.licence) if terms.licence else None,
        contact=terms.contact,
        evidence=terms.evidence,
        quote=terms.quote,
        place=terms.place,
        scope=scope,
        prohibitions=tuple(_prohibition(p) for p in terms.prohibitions),
        sha256=terms.sha256,
        read_at=terms.read_at,
        confirmed_by=terms.confirmed_by,
        confirmed_at=terms.confirmed_at,
        reference=terms.reference,
        leave_out=terms.leave_out,
        institutions=tuple(terms.institutions.items()),
    )


def _prohibition(section: schema.Prohibition) -> model.Prohibition:
    return model.Prohibition(
        mode=model.Mode[section.mode.upper()],
        media=frozenset(map(model.Medium, section.media)),
        purposes=frozenset(map(model.Purpose, section.purposes)),
        valid_from=section.valid_from,
        by=section.by,
        quote=section.quote,
    )


def _grant(grant: schema.Grant) -> model.Grant:
    return model.Grant(
        mode=model.Mode[grant.mode.upper()],
        media=frozenset(map(model.Medium, grant.media)),
        purposes=frozenset(map(model.Purpose, grant.purposes)),
        duties=grant.duties,
        covers=model.Covers(grant.covers),
        limit=model.Limit(grant.words, grant.paragraphs, grant.characters),
        ads=model.Ads[grant.ads.upper()],
        paid=grant.paid,
        sale=grant.sale,
        republishers=frozenset(map(model.Republisher, grant.republishers)),
        consent=tuple(map(model.Interest, grant.consent)),
        marker=grant.marker,
        parts=grant.parts,
        assets=model.Assets(grant.assets),
        valid_from=grant.valid_from,
        valid_until=grant.valid_until,
        embargo=grant.embargo or 0,
        window=grant.window or 0,
        on_expiry=model.Expiry(grant.on_expiry),
        pick=grant.pick,
        max_share=grant.max_share,
        max_items=grant.max_items,
        position=model.Position(grant.position) if grant.position else None,
        wording=grant.wording,
        closing_link=grant.closing_link,
        beacon=model.Beacon(grant.beacon) if grant.beacon else None,
        beacon_url=grant.beacon_url,
        their_headline=grant.headline == "theirs",
        translation=model.Translation(grant.translation),
        about=grant.about,
        notify=grant.notify,
        notify_before=grant.notify_before,
        takedown=grant.takedown or 0,
        quote=grant.quote,
    )
