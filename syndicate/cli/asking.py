# SPDX-License-Identifier: Apache-2.0
"""`terms ask` and `terms requests`: permissions that were asked for, and what became of that."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rich.text import Text

from syndicate.app import open_app
from syndicate.cli.explain import found_items
from syndicate.cli.show import OUT, as_json, table
from syndicate.errors import UsageError
from syndicate.model import Mode, Outcome
from syndicate.pipeline import asking
from syndicate.pipeline.loop import run
from syndicate.pipeline.trials import send_letter


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: on which channel, of which item ("" is all), how much; ``to`` is another address, or ""."""

    channel_id: str
    item: str
    mode: str
    to: str


@dataclass(frozen=True, slots=True)
class Way:
    """What becomes of the letter: sent now, sent by hand under a reference, or neither; what it reminds of; by whom."""

    send: bool
    sent: str
    remind: int
    by: str


def ask(path: Path, publisher_id: str, wanted: Wanted, way: Way) -> int:
    """Print the letter; send it or note that it was sent, if that is asked."""
    with closing(open_app(path)) as app:
        item = found_items(app, wanted.item)[0].item.id if wanted.item else ""
        if wanted.mode.upper() not in Mode.__members__:
            raise UsageError("is no mode", subject=wanted.mode, remedy="ask for full or excerpt")
        earlier = asking.day_of(app.composing, way.remind)
        mode, channel = Mode[wanted.mode.upper()], app.channel(wanted.channel_id)
        letter = asking.draft(app.composing, publisher_id, channel, item, mode=mode, asked_on=earlier)
        letter = replace(letter, to=wanted.to or letter.to)
        OUT.print(Text(f"To: {letter.to or 'nobody on record'}\nSubject: {letter.subject}\n\n{letter.text}"))
        if way.send:

            async def post(to: str, message: bytes) -> Outcome:
                return await send_letter(app.posting, app.config.site.contact, to, message)

            done = run(asking.send(app.composing, letter, way.by, post, again=way.remind))
        elif way.sent:
            done = asking.note(app.composing, letter, way.by, how="by hand", reference=way.sent, again=way.remind)
        else:
            OUT.print("Nothing was sent. Once you have read it: --send, or --sent REFERENCE if you sent it yourself.")
            return 0
    OUT.print(Text(f"On record as request {done.number}: {done.how}, {done.reference}"))
    return 0


def close(path: Path, number: int, reason: str, by: str) -> int:
    """Expect no answer any more."""
    with closing(open_app(path)) as app:
        asking.close(app.composing, number, reason, by)
    OUT.print(f"Request {number} is closed.")
    return 0


def listed(path: Path, *, answered: bool, as_machine: bool) -> int:
    """The requests, the newest first; 1 if one of them waits for a reminder."""
    with closing(open_app(path)) as app:
        with app.store.read() as tx:
            found = [one for one in asking.requests(tx) if answered or not one.answer]
        now = app.clock()
    if as_machine:
        as_json(found)
    elif found:
        rows = (
            [
                str(one.number),
                one.letter.publisher_id,
                one.letter.channel_id,
                one.letter.item_id or "all",
                f"{one.asked:%Y-%m-%d}",
                one.answer or f"{(now.date() - one.last).days} days{', remind' if one.is_late(now) else ''}",
                one.answer_reference or one.reference,
            ]
            for one in found
        )
        table(["Request", "Publisher", "Channel", "Item", "Asked", "Answer", "Reference"], rows)
    else:
        OUT.print("No request is open. To draft one: syndicate terms ask PUBLISHER --channel CHANNEL")
    return int(any(one.is_late(now) for one in found))
