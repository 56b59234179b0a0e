# SPDX-License-Identifier: Apache-2.0
"""Objections and breaches: what publishers refused and wait to show, and what broke their terms, with its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from syndicate.errors import UsageError
from syndicate.model import Mode, Prohibition, Record, Scope
from syndicate.pipeline import objecting, recording
from syndicate.pipeline.breaches import Open, cure, open_breaches
from syndicate.pipeline.explain import named
from syndicate.serve.admin import words
from syndicate.serve.admin.house import Answer, Go, House, View, Visit
from syndicate.serve.admin.rooms.ways import ways
from syndicate.store import LedgerKind, LedgerRow, RecordedTerms

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Breach:
    """One that is not cured: its item's title, and the clock in words; ``late`` if it has run out."""

    open: Open
    title: str
    clock: str
    late: bool


def show(house: House, _visit: Visit) -> Answer:
    """GET terms/objections: what is refused, what waits to be shown, what was broken and cured."""
    now = house.now()
    with house.read() as tx:
        stated = [one for one in tx.terms.all() if one.kind == "objection"]
        waiting = objecting.unshown(tx, now)
        breaches = open_breaches(tx)
        cures = tx.ledger.tail(SHOWN, LedgerKind.CURE)
        subjects = [one.row.subject for one in breaches] + [row.subject for row in cures]
        held = tx.items.get([*subjects, *(id_ for one in stated for id_ in one.record.scope.items)])
    titles = {id_: one.item.title or one.item.url for id_, one in held.items()}
    names = {one.id: one.name for one in house.publishers.values()}
    values = {
        "breaches": [_breach(one, titles, now) for one in breaches],
        "cures": cures,
        "titles": titles,
        "inforce": [(one, about(one, titles)) for one in reversed(stated) if one.withdrawn_at is None],
        "ended": [(one, about(one, titles)) for one in reversed(stated) if one.withdrawn_at is not None],
        "unshown": waiting,
        "whose": lambda id_: names.get(id_, id_),
        "publishers": sorted((one.name, one.id) for one in house.publishers.values()),
        "now": house.local(now),
        **ways(house),
    }
    return View("objections.html", values)


def object_(house: House, visit: Visit) -> Answer:
    """POST terms/objections: a publisher refuses, by letter or telephone: everything, or one story of it."""
    publisher = recording.known(house.publishers, visit.get("publisher"))
    story, now = visit.get("story"), house.now()
    with house.read() as tx:
        found = named(tx, story) if story else []
        scope = objecting.scope_of(tx, publisher.id, story) if story else Scope()
    if story and not found:
        raise UsageError("no item has this id or address", subject=story, remedy="leave it empty to refuse everything")
    if story and not scope.items:
        raise UsageError(
            f"is no story of {publisher.name}", subject=story, remedy="choose whose it is, or by whom it came"
        )
    refusal = Prohibition(Mode.WITHHOLD, by=publisher.name, quote=visit.get("quote"))
    record = Record("", prohibitions=(refusal,), scope=scope, confirmed_by=visit.by, confirmed_at=now)
    recording.put(house.composing, [recording.Draft(publisher.id, record, "objection", now)], visit.by)
    what = "that story" if story else "everything of it"
    return Go("terms/objections", f"{publisher.name}: {what} is withheld from now on.")


def cured(house: House, visit: Visit) -> Answer:
    """POST terms/breaches/N: it is cured, and how."""
    if not visit.path["number"].isdigit():
        return None
    how = visit.get("how")
    if not how:
        return Go("terms/objections", "Nothing was recorded: say how it was cured.")
    cure(house.composing, int(visit.path["number"]), how, visit.by)
    return Go("terms/objections", f"Breach {visit.path['number']} is cured.")


def about(one: RecordedTerms, titles: Mapping[str, str]) -> str:
    """What a refusal is about, in words."""
    scope = one.record.scope
    known = [titles[id_] for id_ in scope.items if id_ in titles]  # of one story stand several copies and addresses
    stories = [f"“{name}”" for name in dict.fromkeys(known or scope.items)]
    return words.listed([*stories, *scope.urls, *scope.categories, *scope.files]) or "everything"


def _breach(one: Open, titles: Mapping[str, str], now: datetime) -> Breach:
    row: LedgerRow = one.row
    if one.until is None:
        clock = "its licence knows no cure: only the publisher can give the right back"
    elif one.until < now:
        clock = f"the time to cure it ended {words.ago(one.until, now)}"
    else:
        clock = f"{words.seconds((one.until - now).total_seconds())} left to cure it"
    return Breach(one, titles.get(row.subject, row.subject), clock, one.until is None or one.until < now)
