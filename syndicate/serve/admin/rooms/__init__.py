# SPDX-License-Identifier: Apache-2.0
"""The rooms of the console, each with its address below /admin/ and what may be done there."""

from __future__ import annotations

from syndicate.serve.admin.house import Room
from syndicate.serve.admin.rooms import (
    editions,
    import_readers,
    item,
    items,
    new_source,
    next_edition,
    objections,
    readers,
    record,
    requests,
    sources,
    statement,
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
    ("items/{item}", LOOK, item.one),
    ("items/{item}", ACT, item.act),
    ("terms", LOOK, terms.all_of_them),
    ("terms/new", LOOK, statement.show),
    ("terms/new", ACT, statement.act),
    ("terms/statements/{statement}", ACT, terms.withdraw),
    ("terms/requests", LOOK, requests.all_of_them),
    ("terms/requests/new", LOOK, requests.drafted),
    ("terms/requests/new", ACT, requests.ask),
    ("terms/requests/{number}", LOOK, requests.one),
    ("terms/requests/{number}", ACT, requests.close),
    ("terms/objections", LOOK, objections.show),
    ("terms/objections", ACT, objections.object_),
    ("terms/breaches/{number}", ACT, objections.cured),
    ("terms/{number}", LOOK, terms.one),
    ("terms/{number}", ACT, terms.act),
    ("readers", LOOK, readers.all_of_them),
    ("readers/import", LOOK, import_readers.show),
    ("readers/import", ACT, import_readers.act),
    ("readers/returns", LOOK, readers.returned),
    ("readers/returns/{number}", ACT, readers.undo),
    ("readers/barred", LOOK, readers.barred),
    ("readers/{reader}/export", LOOK, readers.export),
    ("readers/{reader}", LOOK, readers.one),
    ("readers/{reader}", ACT, readers.act),
    ("ledger", LOOK, record.ledger),
    ("settings", LOOK, record.settings),
)
