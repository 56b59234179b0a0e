# SPDX-License-Identifier: Apache-2.0
"""`override`: items that the house carries no further than so, whatever their terms permit."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from rich.text import Text

from syndicate.app import App, open_app
from syndicate.cli.explain import found_items
from syndicate.cli.show import OUT, as_json, table
from syndicate.cli.statements import person
from syndicate.errors import UsageError
from syndicate.model import Mode
from syndicate.pipeline import overriding


def narrow(path: Path, item: str, mode: str, reason: str, channel_id: str, by: str) -> int:
    """Narrow an item, on one channel or on all."""
    if mode.upper() not in Mode.__members__:
        raise UsageError("is no mode", subject=mode, remedy="narrow to link or withhold")
    with closing(open_app(path)) as app:
        where = _channel(app, channel_id)
        for stored in found_items(app, item):
            overriding.narrow(app.composing, stored, Mode[mode.upper()], reason, by or person(), channel_id=where)
            said = f"No further than {mode.lower()} on {where or 'all channels'}"
            OUT.print(Text(f"{said}: {stored.item.title or stored.item.url}"))
    return 0


def undo(path: Path, item: str, channel_id: str, by: str) -> int:
    """Take it back."""
    with closing(open_app(path)) as app:
        where = _channel(app, channel_id)
        for stored in found_items(app, item):
            overriding.undo(app.composing, stored, by or person(), channel_id=where)
            OUT.print(Text(f"As its terms permit again: {stored.item.title or stored.item.url}"))
    return 0


def listed(path: Path, *, as_machine: bool) -> int:
    """What is narrowed now, the newest first."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        found = tx.overrides.all()
        titles = {id_: one.item.title for id_, one in tx.items.get([id_ for id_, _ in found]).items()}
    if as_machine:
        as_json([{"item": id_, "title": titles[id_], "override": one} for id_, one in found])
    elif found:
        rows = (
            [id_, one.channel_id or "all", one.mode.name.lower(), f"{one.at:%Y-%m-%d}", one.by, one.reason, titles[id_]]
            for id_, one in found
        )
        table(["Item", "Channel", "At most", "Since", "By", "Reason", "Title"], rows)
    else:
        OUT.print("Nothing is narrowed. To narrow an item: syndicate override ITEM --mode link --reason WHY")
    return 0


def _channel(app: App, channel_id: str) -> str:
    return app.channel(channel_id).id if channel_id else overriding.EVERYWHERE
