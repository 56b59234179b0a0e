# SPDX-License-Identifier: Apache-2.0
"""Readers who come from elsewhere: a table is chosen, what it would do is shown line by line, then it is brought in."""

from __future__ import annotations

import io

from syndicate.errors import SyndicateError, UsageError
from syndicate.pipeline import importing
from syndicate.publish.confirmation import wording
from syndicate.serve.admin import words
from syndicate.serve.admin.house import Answer, Go, House, View, Visit
from syndicate.serve.admin.sessions import Table

SHOWN = 50


def show(house: House, visit: Visit) -> Answer:
    """GET readers/import: the form; once a table was handed in, what bringing it in would do."""
    held, fault = visit.session.table, ""
    values: dict[str, object] = {
        "lists": house.digests(),
        "columns": importing.COLUMNS,
        "wording": wording(house.digests()[0], house.config.site) if house.digests() else "",
        "held": held,
        "rows": None,
        "shown": SHOWN,
    }
    if held is not None:
        try:
            channel = house.channel(held.channel_id)
            rows = importing.read(io.StringIO(held.text), channel, house.now(), name=held.name)
            values |= {"rows": rows, "channel": channel, "would": importing.weigh(house.composing, channel, rows)}
        except SyndicateError as error:
            fault, visit.session.table = words.error(error), None
    return View("import_readers.html", values | {"fault": fault})


def act(house: House, visit: Visit) -> Answer:
    """POST readers/import: hand in a table to be looked at; then bring it in, or let it go."""
    if visit.get("act") == "look":
        channel = house.channel(visit.get("list"))
        visit.session.table = Table(channel.id, *_text(visit.file))
        return Go("readers/import")
    held, visit.session.table = visit.session.table, None
    if visit.get("act") != "bring":
        return Go("readers/import", "Let go; nobody was added.")
    if held is None:
        raise UsageError("is not here any more", subject="the table", remedy="choose the file again")
    channel = house.channel(held.channel_id)
    rows = importing.read(io.StringIO(held.text), channel, house.now(), name=held.name)
    done = importing.bring(house.composing, channel, rows, held.name)
    said = f"{words.count(done.added, 'reader')} added, {done.there:,} there before, {done.asked:,} asked to confirm"
    return Go(f"readers?list={channel.id}", f"{said}; {done.barred:,} left earlier and stay off.")


def _text(file: tuple[str, bytes] | None) -> tuple[str, str]:
    """The name and the text of a table that was handed in; raises UsageError."""
    name, content = file or ("", b"")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("is not UTF-8 text", subject=name, remedy="save it as CSV in UTF-8") from error
    if not text.strip():
        raise UsageError("is empty or was not chosen", subject="the table", remedy="choose a CSV file in UTF-8")
    return name, text
