# SPDX-License-Identifier: Apache-2.0
"""`terms list` and `terms show`: what is on record of each publisher, wherever it was recorded."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from rich.text import Text

from syndicate.app import open_app
from syndicate.cli.show import OUT, as_json, table
from syndicate.model import Ads, Covers, Grant, Mode, Prohibition, Record, Scope
from syndicate.pipeline import recording
from syndicate.pipeline.deciding import on_record
from syndicate.rights.asked import asked, unproved
from syndicate.rights.wording import amount, duration, either
from syndicate.store import RecordedTerms


def list_terms(path: Path, *, as_machine: bool) -> int:
    """One row for each record of each publisher, and who has none."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        publishers = on_record(app.config.publishers, tx, app.clock())
    if as_machine:
        as_json([{"publisher": p.id, "name": p.name, "records": p.records} for p in publishers.values()])
        return 0
    rows = [
        (p.id, _where(r), scope_words(r.scope), _permits(r), r.contact) for p in publishers.values() for r in p.records
    ]
    if rows:
        table(["Publisher", "Recorded in", "About", "Permits", "Ask"], rows)
    unknown = sorted(id_ for id_, publisher in publishers.items() if not publisher.records)
    if unknown:
        OUT.print(f"\nNothing on record: {', '.join(unknown)}")
    return 0


def _where(record: Record) -> str:
    return f"config: {record.key}" if record.origin == "config" else record.key


def grant_words(grant: Grant) -> str:
    """A grant in one line: how much, where, for what, on which conditions."""
    said = [amount(grant.mode, grant.limit), ", ".join(sorted(grant.media)), ", ".join(sorted(grant.purposes))]
    conditions = {
        "with ads " + grant.ads.name.lower(): grant.ads is not Ads.NONE,
        "against payment": grant.paid,
        "its cross-posts too": grant.covers is Covers.CROSSPOSTS,
        "each item picked": grant.pick,
        f"{grant.max_items} items a month at most": grant.max_items,
        f"{grant.max_share} % of its items a month at most": grant.max_share,
        f"only for {either(grant.republishers or ('anybody',))}": grant.republishers,
        f"only items that carry “{grant.marker}”": grant.marker,
        f"only for readers who agreed to receive it for {either(grant.consent or ('anything',))}": grant.consent,
        f"after {duration(grant.embargo or 1)}": grant.embargo,
        f"for {duration(grant.window or 1)}": grant.window,
        f"from {_day(grant.valid_from)}": grant.valid_from,
        f"until {_day(grant.valid_until)}": grant.valid_until,
    }
    return ": ".join((said[0], "; ".join((*said[1:], *(words for words, holds in conditions.items() if holds)))))


def prohibition_words(one: Prohibition) -> str:
    """A refusal in one line."""
    left = "everything" if one.mode is Mode.WITHHOLD else "more than a link"
    where = f"{', '.join(sorted(one.media))}; {', '.join(sorted(one.purposes))}"
    return f"{left}: {where}" + (f" ({one.by})" if one.by else "")


def scope_words(scope: Scope) -> str:
    """What a record is about, in one line."""
    parts = (*scope.urls, *(f"category {name}" for name in scope.categories), *scope.items, *scope.files)
    return ", ".join(parts) or "everything"


def _permits(record: Record) -> str:
    said = [grant_words(grant) for grant in record.grants]
    said += [record.licence.name] if record.licence else []
    said += [prohibition_words(one) for one in record.prohibitions]
    return "; ".join(said) or f"nothing, {record.otherwise.name.lower()}"


def show(path: Path, publisher_id: str, *, as_machine: bool) -> int:
    """All that is and was on record of one publisher, with its quotes; whatever the origin."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        publisher = recording.known(app.config.publishers, publisher_id)
        recorded = tx.terms.all(publisher.id)
    if as_machine:
        as_json({"publisher": publisher, "recorded": recorded})
        return 0
    OUT.print(Text(publisher.name, style="bold"))
    for record in publisher.records:
        _print_record(record, f"In the configuration, terms.{record.key}")
    for one in recorded:
        _print_record(one.record, _heading(one))
    if not publisher.records and not recorded:
        OUT.print("Nothing on record: its items go out as links, unless they carry a licence themselves.")
    return 0


def _heading(one: RecordedTerms) -> str:
    ended = f", withdrawn {one.withdrawn_at:%Y-%m-%d %H:%M}" if one.withdrawn_at else ""
    begun = f"recorded by {one.by} {one.at:%Y-%m-%d %H:%M}, from {one.since:%Y-%m-%d}"
    return f"Statement {one.id}, {one.kind}, {begun}{ended}"


def _print_record(record: Record, heading: str) -> None:
    OUT.print()
    OUT.print(Text(heading, style="bold"))
    for grant in record.grants:
        OUT.print(Text(f"  permits   {grant_words(grant)}"))
        if names := asked(grant):
            OUT.print(Text(f"  asks      {', '.join(names)}"))
        if lacking := unproved(grant):
            most = "a link" if record.otherwise is Mode.LINK else "nothing"
            OUT.print(Text(f"  held to   {most}: we cannot prove {', '.join(lacking)}"))
        _print_quote(grant.quote)
    if record.licence:
        OUT.print(Text(f"  licence   {record.licence.name}  {record.licence.url}"))
    for one in record.prohibitions:
        OUT.print(Text(f"  refuses   {prohibition_words(one)}"))
        _print_quote(one.quote)
    facts = {
        "otherwise": record.otherwise.name.lower(),
        "about": scope_words(record.scope) if record.scope != Scope() else "",
        "ask": record.contact,
        "read at": ", ".join(filter(None, (record.evidence, record.place))),
        "confirmed": " ".join(filter(None, (record.confirmed_by, _day(record.confirmed_at)))),
        "reference": record.reference,
    }
    for name, text in facts.items():
        if text:
            OUT.print(Text(f"  {name:<9} {text}"))
    _print_quote(record.quote)


def _print_quote(quote: str) -> None:
    if quote:
        OUT.print(Text.assemble("            ", (f"“{quote}”", "black on #ffefa3")))


def _day(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d}" if when else ""
