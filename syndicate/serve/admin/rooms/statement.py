# SPDX-License-Identifier: Apache-2.0
"""A permission or a refusal put on record by hand: filled in, weighed ("37 items go from link to full"), recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from syndicate.errors import SyndicateError
from syndicate.model import Mode
from syndicate.pipeline import asking, recording, stating
from syndicate.pipeline.deciding import on_record
from syndicate.pipeline.recording import Draft
from syndicate.serve.admin import words
from syndicate.serve.admin.house import Answer, Go, House, View, Visit

GRANT, OBJECTION = "grant", "objection"
MEDIA: Final = {"web": "Web", "email": "Mail", "print": "Print"}
PURPOSES: Final = {"community": "Not for profit", "commercial": "For profit"}
DUTIES: Final = {
    "credit": "Name the writer and the publisher",
    "copyright": "Repeat the copyright line",
    "link": "Link to the article",
    "unmodified": "Carry the text unchanged",
    "notices": "Keep their notices",
    "keep-links": "Keep their links",
    "no-donations": "Leave out appeals for gifts",
}
PARTS: Final = {
    "": "All that it writes",
    "urls": "Addresses, * stands for anything",
    "categories": "Categories",
    "items": "Single items, by id or address",
}
MODES: Final = {GRANT: (Mode.FULL, Mode.EXCERPT, Mode.LINK), OBJECTION: (Mode.LINK, Mode.WITHHOLD)}
TEXTS: Final = ("reference", "quote", "evidence", "contact")
FRESH: Final = {"mode": "full", "web": "yes", "email": "yes", "community": "yes", "credit": "yes", "link": "yes"}
REFUSED: Final = {"mode": "withhold"} | dict.fromkeys((*MEDIA, *PURPOSES), "yes")


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form: by field, "" for what is empty or not ticked."""

    kind: str
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """One field."""
        return self.values.get(name, "").strip()

    def ticked(self, names: Mapping[str, str]) -> list[str]:
        """Those of the boxes that are ticked."""
        return [name for name in names if self[name]]

    def draft(self, house: House, by: str) -> Draft:
        """The statement; raises ConfigError or UsageError for what it cannot be."""
        publisher = recording.known(house.publishers, self["publisher"])
        keys = {name: self[name] for name in TEXTS if self[name]} | self._scope()
        now = house.now()
        if self.kind == OBJECTION:
            record = stating.refusal(keys, self._rule() | {"by": publisher.name})
        else:
            (record,) = stating.permission(keys, self._rule() | self._grant(), subject=publisher.id)
        since = stating.since(self["since"], now)
        return Draft(publisher.id, stating.vouched(record, by, now), self.kind, since)

    def _scope(self) -> dict[str, Any]:
        lines = [line.strip() for line in self["of"].splitlines() if line.strip()]
        return {self["part"]: lines} if self["part"] in PARTS and self["part"] else {}

    def _rule(self) -> dict[str, Any]:
        return {"mode": self["mode"], "media": self.ticked(MEDIA), "purposes": self.ticked(PURPOSES)}

    def _grant(self) -> dict[str, Any]:
        size = {name: self[name] for name in ("words", "paragraphs") if self["mode"] == "excerpt" and self[name]}
        more = {name: self[name] for name in ("valid_until", "covers", "ads") if self[name]}
        return {"duties": self.ticked(DUTIES)} | size | more


def show(house: House, visit: Visit) -> Answer:
    """GET terms/new: the form; once it is filled in, what recording it would move."""
    filled = _filled(house, visit.asked)
    looked, moves, fault = visit.asked.get("looked") == "yes", [], ""
    if looked:
        try:
            draft = filled.draft(house, visit.by)
            with house.read() as tx:
                after = recording.with_drafts(house.composing, tx, [draft])
                moves = recording.moves(house.composing, tx, after, house.config.channels)
        except SyndicateError as error:
            fault = words.error(error)
    with house.read() as tx:
        publishers = on_record(house.composing.publishers, tx, house.now())
        waiting = [one for one in asking.requests(tx) if not one.answer]
    values = {
        "filled": filled,
        "kind": filled.kind,
        "publishers": sorted(((one.id, one.name) for one in publishers.values()), key=lambda one: one[1]),
        "unanswered_ones": waiting,
        "media": MEDIA,
        "purposes": PURPOSES,
        "duties": DUTIES,
        "parts_of": PARTS,
        "modes": [(mode.name.lower(), words.mode(mode)) for mode in MODES[filled.kind]],
        "looked": looked,
        "moves": moves,
        "fault": fault,
        "title_of": _titles(house),
        "here": f"terms/new?{visit.query}",
    }
    return View("statement.html", values)


def act(house: House, visit: Visit) -> Answer:
    """POST terms/new: what was looked at is recorded, as the answer to a request if it is one."""
    filled = Filled(_kind(visit.get("kind")), {name: visit.get(name) for name in visit.form})
    draft, number = filled.draft(house, visit.by), filled["request"]
    if number.isdigit() and int(number):
        reference = draft.record.reference
        (one,) = asking.answer(house.composing, int(number), [draft], visit.by, reference=reference)
    else:
        (one,) = recording.put(house.composing, [draft], visit.by)
    name = house.publishers[one.publisher_id].name
    what = "refuses" if filled.kind == OBJECTION else "permits"
    return Go("terms", f"{name} {what} it: on record as statement {one.id}.")


def _kind(text: str) -> str:
    return OBJECTION if text == OBJECTION else GRANT


def _filled(house: House, asked: Mapping[str, str]) -> Filled:
    """The form as it was sent, else as it begins: by the request that it answers, or by what is usual."""
    kind = _kind(asked.get("kind", ""))
    if asked.get("looked") == "yes":
        return Filled(kind, asked)
    begin = dict(FRESH if kind == GRANT else REFUSED)
    number = asked.get("request", "")
    if number.isdigit():
        with house.read() as tx:
            letter = asking.open_request(tx, int(number)).letter
        channel = house.channel(letter.channel_id)
        begin |= dict.fromkeys((*MEDIA, *PURPOSES), "") | {channel.medium.value: "yes", channel.purpose.value: "yes"}
        begin |= {"publisher": letter.publisher_id, "ads": channel.ads.name.lower()}
        begin |= {"part": "items", "of": letter.item_id} if letter.item_id else {}
        begin |= {"mode": letter.mode.name.lower()} if kind == GRANT else {"mode": "link"}
        begin |= {"paragraphs": "1"} if letter.mode is Mode.EXCERPT else {}
    return Filled(kind, begin | {name: value for name, value in asked.items() if value})


def _titles(house: House) -> Callable[[str], str]:
    """The names of channels, for what moves."""
    names = {channel.id: channel.title or channel.id for channel in house.config.channels}
    return lambda channel_id: names.get(channel_id, channel_id)
