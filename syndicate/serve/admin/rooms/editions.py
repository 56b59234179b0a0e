# SPDX-License-Identifier: Apache-2.0
"""Editions: the digests that went out, go out or were stopped; one of them with its bytes, its checks and its mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from syndicate.model import Channel, DeliveryState, Edition, Interest, SendingState
from syndicate.pipeline import archive, cadence, sending, variants
from syndicate.pipeline.loop import run as run_loop
from syndicate.pipeline.progress import Progress, progress
from syndicate.pipeline.trials import send_trial
from syndicate.serve.admin import charts, checks, stopped, words
from syndicate.serve.admin.house import Answer, Finished, Go, House, View, Visit
from syndicate.store import EditionSummary, StoredEdition, Transaction, address

LISTED = 30
TABS = (("mail", "Mail"), ("phone", "Phone"), ("dark", "Dark"), ("text", "Text"), ("headers", "Headers"))
BARS = 24
ACTS = {
    "pause": (SendingState.PAUSED, "Paused. What was being handed over at this moment still goes out."),
    "resume": (SendingState.RUNNING, "It goes on."),
    "cancel": (SendingState.CANCELLED, "Cancelled. No more of it is sent, ever."),
}


EVERY = {cadence.EACH: "with each story", cadence.DAILY: "daily", cadence.WEEKLY: "weekly", cadence.MONTHLY: "monthly"}
INTERESTS = {
    Interest.PRIOR_INTEREST: "what they had asked for",
    Interest.RESEARCH: "research",
    Interest.EDUCATION: "education",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One edition in the list; ``progress`` is None if it never was to be mailed."""

    summary: EditionSummary
    title: str
    number: int
    progress: Progress | None


def all_of_them(house: House, _visit: Visit) -> Answer:
    """GET editions: what is next of each digest, and the newest editions."""
    now = house.now()
    rows: list[Row] = []
    with house.read() as tx:
        refused = [one.summary for one in tx.editions.refused() if one.edition.channel in house.digests()]
        for channel in house.digests():
            known = tx.editions.of_list(channel.id, 10_000)
            rows += [
                Row(one, _title(tx, one, channel), _number(one, known), _progress(tx, one.id, now))
                for one in known[:LISTED]
            ]
        readers = {channel.id: len(tx.people.list(channel.id, state="active")) for channel in house.digests()}
    rows.sort(key=lambda row: row.summary.created, reverse=True)
    coming = [
        (channel, house.local(house.next_due(channel, now)) if channel.schedule else None, readers[channel.id])
        for channel in house.digests()
    ]
    return View("editions.html", {"rows": rows[:LISTED], "coming": coming, "refused": refused, "now": house.local(now)})


def one(house: House, visit: Visit) -> Answer:
    """GET editions/ID: its bytes in a frame, its delivery, its checks; or why it was stopped."""
    with house.read() as tx:
        held = tx.editions.get(visit.path["edition"])
        if held is None:
            return None
        if held.summary.state == "refused":
            return stopped.view(house, tx, held)
        going = _delivery(tx, held, house)
        number = _number(held.summary, tx.editions.digests(held.summary.channel_id, 10_000))
        title = _title(tx, held.summary, held.edition.channel)
        left_out = sum(1 for one in tx.people.list(held.summary.channel_id) if one.state not in {"active", "pending"})
    tab = tab_of(visit)
    values = {
        "held": held,
        "number": number,
        "title": title,
        "tabs": TABS,
        "tab": tab,
        "checks": checks.passed(held.edition, held.proved, going["progress"], left_out),
        "frame": f"editions/{held.summary.id}",
        "here": f"editions/{held.summary.id}",
        "headers": headers(house, held.edition) if tab == "headers" else (),
        "sender": held.edition.channel.sender,
        **going,
    }
    return View("edition.html", values)


def live(house: House, visit: Visit) -> Answer:
    """GET editions/ID/progress: the delivery alone, for a page that keeps itself up to date."""
    with house.read() as tx:
        held = tx.editions.get(visit.path["edition"])
        if held is None:
            return None
        return View("delivery.html", {"here": f"editions/{held.summary.id}", **_delivery(tx, held, house)})


def part(house: House, visit: Visit) -> Answer:
    """GET editions/ID/mail and /text: the bytes that went out, without anything of a reader's."""
    with house.read() as tx:
        held = tx.editions.get(visit.path["edition"])
    if held is None or not held.edition.parts:
        return None
    return framed(house, held.edition, visit.path["part"])


def framed(house: House, edition: Edition, name: str) -> Answer:
    """One part of an edition's mail, to be looked at."""
    if edition.parts[0].name != "mail" or name not in {"mail", "text"}:
        return None
    message = archive.public_message(house.composing, edition)
    if name == "mail":
        return Finished(message.html, "text/html; charset=utf-8")
    return Finished(message.text.encode(), "text/plain; charset=utf-8")


def act(house: House, visit: Visit) -> Answer:
    """POST editions/ID: pause, resume, cancel, a test to one address, or what becomes of mails that are held."""
    edition_id, wanted = visit.path["edition"], visit.get("act")
    if wanted == "test":
        with house.read() as tx:
            held = tx.editions.get(edition_id)
        return None if held is None else send_test(house, held.edition, visit, f"editions/{edition_id}")
    if wanted in {"again", "done"}:
        waiting = _held(house, edition_id)
        sending.decide(house.composing, waiting, again=wanted == "again", by=visit.by)
        return Go(f"editions/{edition_id}", "They go out again." if wanted == "again" else "They are called done.")
    if wanted not in ACTS:
        return None
    state, said = ACTS[wanted]
    sending.change(house.composing, edition_id, state, visit.by)
    return Go(f"editions/{edition_id}", said)


def send_test(house: House, edition: Edition, visit: Visit, back: str) -> Answer:
    """One edition to one address, without a trace in what later editions carry."""
    to = address(visit.get("to"))
    sent = run_loop(send_trial(house.posting(), edition, to))
    if sent.state is DeliveryState.ACCEPTED:
        return Go(back, f"The test to {to} was accepted by the other side.")
    return Go(back, f"The test to {to} was not accepted: {sent.text}")


def _held(house: House, edition_id: str) -> list[int]:
    with house.read() as tx:
        found = tx.outbox.in_state(DeliveryState.HELD, 1000)
    return [delivery.id for delivery, _ in found if delivery.edition_id == edition_id]


def _number(one: EditionSummary, known: Sequence[EditionSummary]) -> int:
    """Which edition of its schedule it is, from 1; a variant has the number of the edition that it is a variant of."""
    mine = (each for each in known if each.channel_id == one.channel_id and variants.MARK not in each.period)
    return sum(each.created <= one.created for each in mine)


def _title(tx: Transaction, one: EditionSummary, channel: Channel) -> str:
    """The list's name, and of an edition that not all its readers get, for whom it is."""
    whose = []
    chosen = cadence.read(cadence.list_of(replace(channel, id=one.channel_id))[1])
    if chosen:
        at = "" if chosen.every == cadence.EACH else f" at {chosen.hour}:00"
        whose.append(f"who chose to get it {EVERY[chosen.every]}{at} ({chosen.zone})")
    if variants.MARK in one.period:
        reduced = any(
            reason.clause == variants.CONSENT_CLAUSE
            for entry in tx.editions.entries_for(one.id)
            for reason in entry.decision.reasons
        )
        asked = words.listed([INTERESTS[interest] for interest in channel.consent])
        whose.append(f"who did not agree to get it for {asked}" if reduced else "who are told of other corrections")
    name = channel.title or cadence.list_of(channel)[0]
    return f"{name}, for readers {' and '.join(whose)}" if whose else name


def _progress(tx: Transaction, edition_id: str, now: datetime) -> Progress | None:
    found = tx.sendings.get(edition_id)
    return None if found is None else progress(tx, found, now)


def _delivery(tx: Transaction, held: StoredEdition, house: House) -> dict[str, Any]:
    """How far the mail has got, and a chart of its pace; nothing to show for an edition that nobody gets by mail."""
    now = house.now()
    found = tx.sendings.get(held.summary.id)
    if found is None:
        return {"progress": None, "pace": None, "at": None}
    times = tx.outbox.accepted_at(held.summary.id)
    end = now if found.state is SendingState.RUNNING else (times[-1] if times else found.created_at)
    done = progress(tx, found, now)
    if not done.to_go and times:
        end = times[-1]
    chart = charts.pace([house.local(time) for time in times], house.local(found.created_at), house.local(end), BARS)
    return {"progress": done, "pace": chart, "at": house.local(now), "limit": house.config.delivery.pace.per_second}


def tab_of(visit: Visit) -> str:
    """How an edition is to be looked at: one of the keys of ``TABS``."""
    asked = visit.asked.get("as", "mail")
    return asked if asked in dict(TABS) else "mail"


def headers(house: House, edition: Edition) -> list[tuple[str, str]]:
    """The headers of an edition's mail, without anything of a reader's."""
    head = archive.public_message(house.composing, edition).whole.partition(b"\r\n\r\n")[0]
    lines = (line.partition(": ") for line in head.decode("utf-8", "replace").split("\r\n"))
    return [(name, value) for name, _, value in lines if value]
