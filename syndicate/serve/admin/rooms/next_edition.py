# SPDX-License-Identifier: Apache-2.0
"""The next edition of a digest: composed and proved to be looked at, tried at one address, and sent now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.model import Channel, Edition, Verified
from syndicate.pipeline.compose import Refusal, compose_digest
from syndicate.pipeline.release import has_readers, send_digest
from syndicate.serve.admin import checks, stopped
from syndicate.serve.admin.house import Answer, Go, House, View, Visit
from syndicate.serve.admin.rooms.editions import TABS, framed, headers, send_test, tab_of
from syndicate.store import EditionSummary, StoredEdition

FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was composed to be looked at, and when; None if nothing is new."""

    at: datetime
    outcome: Verified | Refusal | None


def show(house: House, visit: Visit) -> Answer:
    """GET editions/next/CHANNEL: composed as things stand now, nothing stored."""
    channel = house.channel(visit.path["channel"])
    if channel not in house.digests():
        return None
    tab = tab_of(visit)
    looked = _look(house, channel, afresh=tab == "mail" and "as" not in visit.asked)
    here = f"editions/next/{channel.id}"
    with house.read() as tx:
        readers = len(tx.people.list(channel.id, state="active"))
        if isinstance(looked.outcome, Refusal):
            return stopped.view(house, tx, _as_stored(looked.outcome))
    values: dict[str, object] = {
        "channel": channel,
        "title": channel.title or channel.id,
        "readers": readers,
        "due": house.local(house.next_due(channel, house.now())) if channel.schedule else None,
        "now": house.local(house.now()),
        "tabs": TABS,
        "tab": tab,
        "here": here,
        "frame": here,
        "sender": channel.sender,
    }
    if looked.outcome is None:
        return View("nothing_new.html", values)
    edition = looked.outcome.edition
    values |= {
        "edition": edition,
        "checks": checks.passed(edition, looked.outcome.proved, None, 0),
        "headers": headers(house, edition) if tab == "headers" else (),
        "has_readers": has_readers(house.composing, channel),
    }
    return View("next_edition.html", values)


def part(house: House, visit: Visit) -> Answer:
    """GET editions/next/CHANNEL/mail and /text: the bytes that were proved."""
    edition = _edition(house, house.channel(visit.path["channel"]))
    return None if edition is None else framed(house, edition, visit.path["part"])


def act(house: House, visit: Visit) -> Answer:
    """POST editions/next/CHANNEL: send it now to its readers, or a test to one address."""
    channel = house.channel(visit.path["channel"])
    here = f"editions/next/{channel.id}"
    if visit.get("act") == "test":
        trial = compose_digest(house.composing, channel, "")  # what is only tried has no page on the web
        if not isinstance(trial, Verified):
            return Go(here, "Nothing is new, or it cannot be proved, so there is nothing to try.")
        return send_test(house, trial.edition, visit, here)
    if visit.get("act") != "send":
        return None
    house.drafts.pop(channel.id, None)
    released = send_digest(house.composing, channel, house.period(channel, house.now()))
    if released is None:
        return Go(here, "Nothing was sent: nothing is new, or nobody subscribes.")
    return Go(f"editions/{released.verified.edition.id}", "It goes out now.")


def _edition(house: House, channel: Channel) -> Edition | None:
    outcome = _look(house, channel, afresh=False).outcome
    return outcome.edition if isinstance(outcome, Verified) else None


def _look(house: House, channel: Channel, *, afresh: bool) -> Looked:
    """What was composed a short while ago, or what is composed now: a page and its frames show the same bytes."""
    now = house.now()
    known: Looked | None = house.drafts.get(channel.id)
    if afresh or known is None or now - known.at > FRESH:
        known = Looked(now, compose_digest(house.composing, channel, house.period(channel, now)))
        house.drafts[channel.id] = known
    return known


def _as_stored(refusal: Refusal) -> StoredEdition:
    edition = refusal.edition
    summary = EditionSummary(
        edition.id, edition.channel.id, edition.channel.kind, edition.period, edition.created, edition.subject,
        "refused", len(edition.entries), None,
    )  # fmt: skip
    return StoredEdition(summary, edition, (), refusal.findings)
