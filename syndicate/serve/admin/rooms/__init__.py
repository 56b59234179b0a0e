# SPDX-License-Identifier: Apache-2.0
"""The rooms of the console, each with its address below /admin/ and what may be done there."""

from __future__ import annotations

from syndicate.serve.admin.house import Room
from syndicate.serve.admin.rooms import (
    editions,
    items,
    new_source,
    next_edition,
    readers,
    record,
    sources,
    terms,
    today,
)

LOOK = ("GET",)
ACT = ("POST",)

ROOMS: tuple[tuple[str, tuple[str, ...], Room], ...] = (
    ("", LOOK, today.show),
    ("editions", LOOK, editions.all_of_them),
    ("editions/next/{channel}", LOOK, next_edition.show),
    ("editions/next/{channel}", ACT, next_edition.act),
    ("editions/next/{channel}/{part}", LOOK, next_edition.part),
    ("editions/{edition}", LOOK, editions.one),
    ("editions/{edition}", ACT, editions.act),
    ("editions/{edition}/progress", LOOK, editions.live),
    ("editions/{edition}/{part}", LOOK, editions.part),
    ("sources", LOOK, sources.all_of_them),
    ("sources/new", LOOK, new_source.show),
    ("sources/new", ACT, new_source.act),
    ("sources/{source}", LOOK, sources.one),
    ("sources/{source}", ACT, sources.act),
    ("items", LOOK, items.all_of_them),
    ("items/{item}", LOOK, items.one),
    ("items/{item}", ACT, items.act),
    ("terms", LOOK, terms.all_of_them),
    ("terms/statements/{statement}", ACT, terms.withdraw),
    ("terms/objections", ACT, terms.object_),
    ("terms/{number}", LOOK, terms.one),
    ("terms/{number}", ACT, terms.act),
    ("readers", LOOK, readers.all_of_them),
    ("readers/returns/{number}", ACT, readers.undo),
    ("readers/{reader}", LOOK, readers.one),
    ("readers/{reader}", ACT, readers.act),
    ("ledger", LOOK, record.ledger),
    ("ledger/breaches/{number}", ACT, record.cured),
    ("settings", LOOK, record.settings),
)
