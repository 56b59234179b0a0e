# SPDX-License-Identifier: Apache-2.0
"""Permissions that are asked for: the letter to read and send, who has not answered, and what the answer was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import quote

from syndicate.errors import SyndicateError, UsageError
from syndicate.model import Mode, Outcome
from syndicate.pipeline import asking
from syndicate.pipeline.asking import Letter
from syndicate.pipeline.loop import run as run_loop
from syndicate.pipeline.trials import send_letter
from syndicate.serve.admin import words
from syndicate.serve.admin.house import Answer, Go, House, View, Visit
from syndicate.serve.admin.rooms.ways import ways


def all_of_them(house: House, visit: Visit) -> Answer:
    """GET terms/requests: those that nobody answered yet, the oldest first, then the others; and one to draft."""
    with house.read() as tx:
        found = asking.requests(tx)
        items = tx.items.get([one.letter.item_id for one in found if one.letter.item_id])
    open_ = [one for one in reversed(found) if not one.answer]
    values = {
        "open": open_,
        "late": sum(one.is_late(house.now()) for one in open_),
        "answered": [one for one in found if one.answer],
        "titles": {id_: one.item.title or one.item.url for id_, one in items.items()},
        "publishers": sorted(((one.id, one.name) for one in house.publishers.values()), key=lambda one: one[1]),
        "chosen": visit.asked.get("publisher", ""),
        "channels": house.config.channels,
        "name_of": _names(house),
        "now": house.local(house.now()),
        "today": house.now(),
        **ways(house),
    }
    return View("requests.html", values)


def drafted(house: House, visit: Visit) -> Answer:
    """GET terms/requests/new: the letter to a publisher, for one channel, about one item or all that it writes."""
    asked, fault = visit.asked, ""
    again = int(asked.get("again", "") or 0) if asked.get("again", "").isdigit() else 0
    letter: Letter | None = None
    try:
        letter = _letter(house, asked.get("publisher", ""), asked.get("channel", ""), asked, again)
    except SyndicateError as error:
        fault = words.error(error)
    if letter and (kept := visit.session.kept):  # an act that was refused gives back what was written
        to, subject, text = ((kept.get(name) or [""])[0] for name in ("to", "subject", "text"))
        letter = replace(letter, to=to, subject=subject, text=text)
    with house.read() as tx:
        item_id = letter.item_id if letter else ""
        stored = tx.items.get([item_id]).get(item_id) if item_id else None
    values = {
        "letter": letter,
        "fault": fault,
        "again": again,
        "stored": stored,
        "mailto": mailto(letter) if letter else "",
        "name_of": _names(house),
        "today": house.local(house.now()).date().isoformat(),
        "here": f"terms/requests/new?{visit.query}",
    }
    return View("request_new.html", values)


def ask(house: House, visit: Visit) -> Answer:
    """POST terms/requests/new: send what was read by our mail server, or note that a person has sent it."""
    mode = visit.get("mode").upper()
    letter = Letter(
        visit.get("publisher"),
        house.channel(visit.get("channel")).id,
        visit.get("item"),
        Mode[mode] if mode in Mode.__members__ else Mode.FULL,
        visit.get("to"),
        visit.get("subject"),
        visit.get("text"),
    )
    again = int(visit.get("again")) if visit.get("again").isdigit() else 0
    if visit.get("act") == "send":

        async def post(to: str, message: bytes) -> Outcome:
            return await send_letter(house.posting(), house.config.site.contact, to, message)

        done = run_loop(asking.send(house.composing, letter, visit.by, post, again=again))
        return Go(f"terms/requests/{done.number}", f"Sent to {letter.to}. It stands in the ledger with its words.")
    if visit.get("act") != "note":
        return None
    on = _day(visit.get("on"))
    done = asking.note(
        house.composing, letter, visit.by, how="by hand", reference=visit.get("reference"), on=on, again=again
    )
    return Go(f"terms/requests/{done.number}", "On record, with its words.")


def one(house: House, visit: Visit) -> Answer:
    """GET terms/requests/N: what was written, and what to do once there is an answer."""
    number = visit.path["number"]
    with house.read() as tx:
        found = [each for each in asking.requests(tx) if str(each.number) == number]
        if not found:
            return None
        item_id = found[0].letter.item_id
        stored = tx.items.get([item_id]).get(item_id) if item_id else None
    values = {
        "one": found[0],
        "late": found[0].is_late(house.now()),
        "stored": stored,
        "name_of": _names(house),
        "now": house.local(house.now()),
        "here": f"terms/requests/{number}",
    }
    return View("request.html", values)


def close(house: House, visit: Visit) -> Answer:
    """POST terms/requests/N: no answer is expected any more."""
    if visit.get("act") != "close" or not visit.path["number"].isdigit():
        return None
    asking.close(house.composing, int(visit.path["number"]), visit.get("reason"), visit.by)
    return Go("terms/requests", "Closed. Nothing else changes: silence is not permission.")


def mailto(letter: Letter) -> str:
    """The letter for a person's own mail program. Spec: RFC 6068 2."""
    body = letter.text.replace("\r\n", "\n").replace("\n", "\r\n")
    return f"mailto:{quote(letter.to, safe='@')}?subject={quote(letter.subject)}&body={quote(body)}"


def _letter(house: House, publisher: str, channel: str, asked: object, again: int) -> Letter:
    get = getattr(asked, "get", None)
    item, mode = (get("item", ""), get("mode", "full").upper()) if get else ("", "FULL")
    if not publisher or not channel:
        raise UsageError("are not chosen", subject="publisher and channel", remedy="go back and choose both")
    if mode not in Mode.__members__:
        raise UsageError("is no mode", subject=mode.lower(), remedy="ask for full or excerpt")
    earlier = asking.day_of(house.composing, again)
    return asking.draft(house.composing, publisher, house.channel(channel), item, mode=Mode[mode], asked_on=earlier)


def _names(house: House) -> Callable[[str], str]:
    """The name of a publisher or a channel by its id."""
    names = {one.id: one.name for one in house.publishers.values()}
    names |= {one.id: one.title or one.id for one in house.config.channels}
    return lambda id_: names.get(id_, id_)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError("is no day", subject=text, remedy="write it as 2026-05-03") from error
