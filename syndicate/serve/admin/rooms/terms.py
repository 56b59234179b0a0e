# SPDX-License-Identifier: Apache-2.0
"""Terms: what notices suggest beside the words that led to it; a person confirms, narrows or rejects it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from syndicate.errors import UsageError
from syndicate.model import ChannelClass, Mode, Publisher
from syndicate.pipeline import recording, reviewing
from syndicate.pipeline.deciding import on_record
from syndicate.pipeline.recording import Move
from syndicate.pipeline.suggesting import Unknown, unknown
from syndicate.rights.notices.suggested import is_doubtful, unset
from syndicate.rights.rulings import channel_class
from syndicate.serve.admin.house import Answer, Go, House, View, Visit
from syndicate.serve.admin.rooms.ways import ways
from syndicate.store import RecordedTerms, Suggestion

PAGE, LOOKED = 200, 1000
CLASSES = {
    ChannelClass.COMMUNITY_WEB: "Web, without profit",
    ChannelClass.COMMERCIAL_WEB: "Web, for profit",
    ChannelClass.COMMUNITY_EMAIL: "Mail, without profit",
    ChannelClass.COMMERCIAL_EMAIL: "Mail, for profit",
    ChannelClass.PRINT: "Print",
}
DUTIES = {
    "O1": "Name the writer and the publisher",
    "O2": "Repeat the copyright line",
    "O3": "Link to the article",
    "O4": "Name and link the licence",
    "O5": "Keep their notices",
    "O6": "Carry the text unchanged",
    "O7": "Not for profit",
    "O8": "Suggest no endorsement",
    "O9": "Say what was changed",
    "O10": "Pass it on under the same licence",
    "O11": "Credit at a fixed place",
    "O12": "Keep their links",
    "O13": "Carry their counter",
    "O14": "Name their page as the original",
    "O15": "Leave out photographs and films",
    "O16": "Wait before it is carried",
    "O17": "End when their window closes",
    "O18": "Choose each item by hand",
    "O19": "Tell them where it went",
    "O20": "Keep their headline",
    "O21": "Keep to the size of an excerpt",
    "O22": "Do not translate",
    "O23": "Carry what they say of themselves",
    "O24": "Repeat their terms",
    "O28": "Leave out appeals for gifts",
    "O29": "Only readers who agreed to it",
    "O30": "Name who wrote it",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that led to something, under its number: the words to the character, and what they led to."""

    number: int
    text: str
    place: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One class of channels: our channels in it, how far the notice goes, what is chosen, and the numbers cited."""

    column: ChannelClass
    label: str
    channels: str
    suggested: Mode
    chosen: Mode
    allowed: tuple[Mode, ...]


def all_of_them(house: House, _visit: Visit) -> Answer:
    """GET terms: what waits, who has said nothing, and what is on record."""
    with house.read() as tx:
        waiting = tx.suggestions.all()
        silent: list[Unknown] = unknown(tx, house.publishers, PAGE, LOOKED)
        recorded: list[RecordedTerms] = [one for one in tx.terms.all() if one.withdrawn_at is None]
        publishers = on_record(house.composing.publishers, tx, house.now())
    values = {
        "waiting_list": [(one, _name(house, one.publisher_id)) for one in waiting],
        "silent": silent,
        "looked": LOOKED,
        "recorded": recorded[::-1],
        "configured": [one for one in publishers.values() if one.records],
        "whose": lambda publisher_id: _name(house, publisher_id),
        "now": house.local(house.now()),
        **ways(house),
    }
    return View("terms.html", values)


def one(house: House, visit: Visit) -> Answer:
    """GET terms/N: the words beside what they suggest, and what exactly changes if it is confirmed as chosen."""
    with house.read() as tx:
        suggestion = tx.suggestions.get(_number(visit))
        waiting = tx.suggestions.all()
    if suggestion is None:
        return None
    quotes, accept = _quotes(suggestion), visit.asked.get("accept") == "yes"
    choices = _choices(house, suggestion, visit.asked, accept)
    most = {choice.column: choice.chosen for choice in choices if choice.chosen < choice.suggested}
    moves, fault = _moves(house, suggestion, most, accept) if suggestion.state == "open" else ([], "")
    values = {
        "one": suggestion,
        "publisher": _name(house, suggestion.publisher_id),
        "waiting_list": [(other, _name(house, other.publisher_id)) for other in waiting],
        "quotes": quotes,
        "choices": choices,
        "duties": [(DUTIES.get(id_, id_), _cited(quotes, id_)) for id_ in suggestion.reading["duties"]],
        "missing": unset(suggestion.reading),
        "not_understood": list(dict.fromkeys(q["words"] for q in suggestion.reading["not_understood"])),
        "doubtful": is_doubtful(suggestion.reading),
        "accept": accept,
        "moves": moves,
        "fault": fault,
        "modes": tuple(reversed(Mode)),
        "seen": house.local(suggestion.seen_at),
        "here": f"terms/{suggestion.id}",
    }
    return View("suggestion.html", values)


def act(house: House, visit: Visit) -> Answer:
    """POST terms/N: confirm what is chosen, show what that would change, or reject it."""
    number = _number(visit)
    with house.read() as tx:
        suggestion = tx.suggestions.get(number)
    if suggestion is None:
        return None
    name = _name(house, suggestion.publisher_id)
    if visit.get("act") == "reject":
        reviewing.reject(house.composing, number, visit.get("reason"), visit.by)
        return Go("terms", f"Rejected. {name} stays as it is, and is not asked again until the words change.")
    if visit.get("act") == "narrow":  # what is chosen stands in the address, so that the page can be read again
        chosen_so_far = {name: visit.get(name) for name in (*CLASSES, "accept", "accepted") if visit.get(name)}
        return Go(f"terms/{number}?{urlencode(chosen_so_far)}")
    if visit.get("act") != "confirm":
        return None
    chosen = {column: values[0] for column, values in visit.form.items() if values}
    accept = visit.get("accept") == "yes"
    choices = _choices(house, suggestion, chosen, accept)
    most = {choice.column: choice.chosen for choice in choices if choice.chosen < choice.suggested}
    stated = reviewing.confirm(house.composing, number, most, visit.by, accept=accept)
    return Go("terms", f"{name}: on record as statement {stated.id}, confirmed by {visit.by}.")


def withdraw(house: House, visit: Visit) -> Answer:
    """POST terms/statements/N: a recorded statement holds no longer."""
    number = int(visit.path["statement"]) if visit.path["statement"].isdigit() else 0
    one = recording.withdraw(house.composing, number, visit.by)
    back = visit.get("back") or "terms"
    return Go(back, f"Statement {one.id} of {_name(house, one.publisher_id)} holds no longer.")


def _number(visit: Visit) -> int:
    text = visit.path["number"]
    return int(text) if text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - what a database can count to


def _name(house: House, publisher_id: str) -> str:
    publisher: Publisher | None = house.publishers.get(publisher_id)
    return publisher.name if publisher else publisher_id


def _quotes(suggestion: Suggestion) -> list[Quote]:
    fields: dict[tuple[str, str], list[str]] = {}
    for quote in suggestion.reading["quotes"]:
        text = " ".join(quote["text"].split())
        fields.setdefault((text, quote["place"]), []).append(f"{quote['field']} {quote['value']}")
    return [Quote(n, text, place, tuple(led)) for n, ((text, place), led) in enumerate(fields.items(), 1)]


def _cited(quotes: Sequence[Quote], value: str) -> list[int]:
    return [quote.number for quote in quotes if any(led.endswith(f" {value}") for led in quote.fields)]


def _choices(house: House, suggestion: Suggestion, asked: Mapping[str, str], accept: bool) -> list[Choice]:
    """Never wider than the notice says; as far as it may say only once somebody read what was not understood.

    ``asked`` are the fields of the form; its field ``accepted`` tells whether the words were read when it was shown.
    """
    rows, said = [], suggestion.reading["at_most" if accept else "grants"]
    for column, label in CLASSES.items():
        most = Mode[said[column.value].upper()]
        name = asked.get(column.value, "").upper()
        if accept and asked.get("accepted") != "yes" and name == suggestion.reading["grants"][column.value].upper():
            name = ""  # it was the most until the words were read just now, and nobody chose it
        chosen = min(Mode[name], most) if name in Mode.__members__ else most
        ours = [c.title or c.id for c in house.config.channels if channel_class(c) is column]
        allowed = tuple(mode for mode in reversed(Mode) if mode <= most)
        rows.append(Choice(column, label, ", ".join(ours) or "no channel of yours", most, chosen, allowed))
    return rows


def _moves(house: House, suggestion: Suggestion, most: reviewing.Most, accept: bool) -> tuple[list[Move], str]:
    """What confirming would move, or why there is nothing to confirm."""
    try:
        draft = reviewing.draft(suggestion, most, "", house.now(), accept=accept)
        with house.read() as tx:
            after = recording.with_drafts(house.composing, tx, [draft])
            return recording.moves(house.composing, tx, after, house.config.channels), ""
    except UsageError as error:
        return [], error.what
