# SPDX-License-Identifier: Apache-2.0
"""Readers: who gets what by which consent, what came back, and who must not be written to."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, is_dataclass

from syndicate.pipeline import people
from syndicate.pipeline.returns import Returning
from syndicate.serve.admin.house import Answer, Finished, Go, House, View, Visit
from syndicate.store import Transaction, address, address_key

SHOWN = 100
RETURNS = 500
STATES = ("active", "pending", "unsubscribed", "suppressed", "erased")


def all_of_them(house: House, visit: Visit) -> Answer:
    """GET readers: of one list or of all, in one state or in any, or under one address; the newest first."""
    channel, state, wanted = (visit.asked.get(key, "").strip() for key in ("list", "state", "find"))
    page = int(asked) if (asked := visit.asked.get("page", "")).isdigit() else 1
    with house.read() as tx:
        everybody = tx.people.list(channel)
        found = tx.people.of_address(wanted) if wanted else everybody
        returned = tx.returns.list(SHOWN)
        barred = tx.people.suppressions()
    shown = [one for one in found if not state or one.state == state][::-1]
    pages = max(-(-len(shown) // SHOWN), 1)
    page = min(max(page, 1), pages)
    values = {
        "rows": shown[(page - 1) * SHOWN : page * SHOWN],
        "number": len(shown),
        "page": page,
        "pages": pages,
        "states": [(one, Counter(reader.state for reader in everybody)[one]) for one in STATES],
        "state": state,
        "lists": house.digests(),
        "channel": channel,
        "wanted": wanted,
        "returned": sum(one.undone_at is None for one in returned),
        "barred": len(barred),
        "now": house.local(house.now()),
    }
    return View("readers.html", values)


def returned(house: House, _visit: Visit) -> Answer:
    """GET readers/returns: the mail that came back, what followed from it, and how to undo that."""
    with house.read() as tx:
        rows = [(one, _whose(tx, one.subscriber_id)) for one in tx.returns.list(RETURNS)]
    values = {
        "rows": rows,
        "outcomes": Counter(one.outcome for one, _ in rows if one.undone_at is None).most_common(),
        "shown": RETURNS,
        "now": house.local(house.now()),
    }
    return View("returns.html", values)


def barred(house: House, visit: Visit) -> Answer:
    """GET readers/barred: the list of those who must not be written to; whether an address is on it."""
    wanted = visit.asked.get("find", "").strip()
    with house.read() as tx:
        listed = tx.people.suppressions()
        readers = tx.people.of_address(wanted) if wanted else ()
    mine = [one for one in listed if wanted and one.email_sha256 == address_key(wanted)]
    values = {
        "rows": (mine if wanted else list(listed[::-1]))[:RETURNS],
        "number": len(listed),
        "reasons": Counter(one.reason for one in listed).most_common(),
        "wanted": wanted,
        "readers": readers,
        "shown": RETURNS,
        "now": house.local(house.now()),
    }
    return View("barred.html", values)


def one(house: House, visit: Visit) -> Answer:
    """GET readers/N: a person on one list: the consent with its wording, and what may be done."""
    number = visit.path["reader"]
    with house.read() as tx:
        reader = tx.people.get(int(number)) if number.isdigit() else None
        lines = tx.ledger.tail(SHOWN, subject=number) if reader else []
    if reader is None:
        return None
    about = people.all_about(house.composing, reader.email) if reader.email else {}
    held = json.dumps(about, default=_plain, indent=1, ensure_ascii=False)
    values = {
        "reader": reader,
        "lines": lines,
        "held": held,
        "now": house.local(house.now()),
        "here": f"readers/{number}",
    }
    return View("reader.html", values)


def export(house: House, visit: Visit) -> Answer:
    """GET readers/N/export: all that we hold about a person, as a file for them."""
    number = visit.path["reader"]
    with house.read() as tx:
        reader = tx.people.get(int(number)) if number.isdigit() else None
    if reader is None or not reader.email:
        return None
    about = people.all_about(house.composing, reader.email)
    body = json.dumps(about, default=_plain, indent=1, ensure_ascii=False).encode()
    return Finished(body, "application/json", f"reader-{reader.id}.json")


def act(house: House, visit: Visit) -> Answer:
    """POST readers/N: take off who asked for it, write again to who was taken off, or forget a person everywhere."""
    number, wanted = visit.path["reader"], visit.get("act")
    with house.read() as tx:
        reader = tx.people.get(int(number)) if number.isdigit() else None
    if reader is None:
        return None
    if wanted == "unsubscribe":
        people.leave(house.composing, reader.id)
        return Go(f"readers/{number}", "Off the list, for good.")
    if wanted == "restore":
        back = people.restore(house.composing, reader.id, visit.by)
        where = "Back on the list" if back else "Off this list still, by an own act"
        return Go(f"readers/{number}", f"{where}; the address may be written to again.")
    if wanted == "erase":
        done = people.erase(house.composing, address(reader.email))
        return Go("readers", f"Forgotten on {done} lists. A fingerprint keeps the address off.")
    return None


def undo(house: House, visit: Visit) -> Answer:
    """POST readers/returns/N: what followed from a bounce or complaint is undone."""
    number = visit.path["number"]
    if not number.isdigit():
        return None
    followed = Returning(house.composing.store, house.composing.clock).undo(int(number))
    return Go("readers/returns", f"Undone; {followed}.")


def _whose(tx: Transaction, subscriber_id: int | None) -> str:
    reader = tx.people.get(subscriber_id) if subscriber_id is not None else None
    return reader.email if reader else ""


def _plain(value: object) -> object:
    """What JSON cannot say by itself: dataclasses as their fields, all else as text."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
