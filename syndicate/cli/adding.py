# SPDX-License-Identifier: Apache-2.0
"""`add`, `remove`, `opml import` and `opml export`: sources beside those of the configuration."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from pathlib import Path

from rich.prompt import Confirm
from rich.text import Text

from syndicate.app import App, open_app
from syndicate.cli.show import ERR, OUT, as_json, count, mode_text, table, trouble
from syndicate.cli.sources import ago
from syndicate.config import duration, identifier
from syndicate.errors import UsageError
from syndicate.intake import opml
from syndicate.model import Mode, Source
from syndicate.pipeline import adding, discover
from syndicate.pipeline.adding import Wish
from syndicate.pipeline.health import without_credentials
from syndicate.pipeline.prospect import Seen

NEWEST = 3
"""Items whose headlines are shown before a feed is saved."""


def wish(url: str, id_: str, publisher: str, name: str, every: str) -> Wish:
    """What somebody wrote, checked; raises UsageError."""
    for text in filter(None, (id_, publisher)):
        identifier(text)
    return Wish(url, "", "", id_, publisher, name, duration(every))


def add(path: Path, wish: Wish, number: int, *, yes: bool, as_machine: bool) -> int:
    """Find the feed at an address, show what it is and what its terms allow, and add it if that is wanted."""
    with closing(open_app(path)) as app:
        seen = asyncio.run(app.look(wish, number))
        if not as_machine:
            _show(app, seen)
        saved = yes or (not as_machine and sys.stdin.isatty() and Confirm.ask("\nAdd it?", console=ERR, default=False))
        if saved:
            adding.add(app.store, app.house, [seen.source], app.clock(), seen.heard)
    if as_machine:
        as_json(_as_data(seen, saved=saved))
    elif saved:
        OUT.print(f"\nAdded as {seen.source.id}. It is polled with the next `syndicate poll` or by the running daemon.")
        if seen.heard:
            OUT.print("What its pages suggest waits for you: syndicate terms review")
    else:
        OUT.print("\nNothing was saved. To add it: the same command with --yes")
    return 0


def _show(app: App, seen: Seen) -> None:
    feed, source = seen.feed, seen.source
    OUT.print(Text.assemble((feed.title or source.id, "bold"), f"   {without_credentials(source.url)}"))
    newest = max((one.published for one in feed.items if one.published), default=None)
    when = f", newest {ago(newest, app.clock())}" if newest else ""
    OUT.print(f"  {feed.format}, {count(len(feed.items), 'item')}{when}")
    for item in feed.items[:NEWEST]:
        OUT.print(Text(f"  · {item.title}"))
    known = source.publisher.id in app.config.publishers
    what = "known" if known else "new"
    OUT.print(Text(f"  source {source.id}, {what} publisher {source.publisher.id}: {source.publisher.name}"))
    if len(seen.others) > 1:
        OUT.print("\nOther feeds here (choose with --feed N):")
        for place, url in enumerate(seen.others, 1):
            OUT.print(Text(f"  {place}  {url}"))
    OUT.print(Text("\nWhat it says about reuse", style="bold"))
    _terms(seen)
    OUT.print(Text("\nWhat your channels could carry of it today", style="bold"))
    table(
        ["Channel", *(mode.name.lower() for mode in reversed(Mode)), "Why not more"],
        ([o.channel_id, *(str(o.modes.get(mode, "")) for mode in reversed(Mode)), o.because] for o in seen.outlooks),
        indent=2,
    )


def _terms(seen: Seen) -> None:
    said = discover.stated(seen.feed.items)
    for evidence, number in said:
        OUT.print(Text(f"  {count(number, 'item')}: {evidence.value} ({evidence.place})"))
    for one in seen.heard:
        OUT.print(Text(f"  {one.url}"))
        for quote in one.quotes:
            OUT.print(Text(f"    “{quote}”", style="italic"))
        if one.grants:
            OUT.print(Text.assemble("    would permit, once you confirm it: ", _modes(one.grants)))
    if not said and not seen.heard:
        OUT.print("  Nothing that we could find. Without terms its items go out as links.")


def _modes(grants: dict[str, str]) -> Text:
    parts = [Text.assemble(f"{channel} ", mode_text(Mode[mode.upper()])) for channel, mode in grants.items()]
    return Text(", ").join(parts)


def _as_data(seen: Seen, *, saved: bool) -> dict[str, object]:
    source = seen.source
    return {
        "saved": saved,
        "source": {"id": source.id, "url": without_credentials(source.url), "every": source.every},
        "publisher": {"id": source.publisher.id, "name": source.publisher.name, "home": source.publisher.home},
        "title": seen.feed.title,
        "items": [{"title": one.title, "url": one.url, "published": one.published} for one in seen.feed.items],
        "feeds": seen.others,
        "stated": [{"items": number} | _evidence(one) for one, number in discover.stated(seen.feed.items)],
        "notices": [{"url": one.url} | dict(one.row) for one in seen.heard],
        "channels": {
            one.channel_id: {"modes": {m.name.lower(): n for m, n in one.modes.items()}, "because": one.because}
            for one in seen.outlooks
        },
    }


def _evidence(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("kind", "value", "place", "url")}


def remove(path: Path, names: list[str]) -> int:
    """Poll sources no more that were added by command."""
    with closing(open_app(path)) as app:
        for name in names:
            adding.remove(app.store, app.house, name, app.clock())
            OUT.print(
                f"{name}: removed. What it brought stays where it is; `syndicate terms object` takes a publisher's"
                " items out."
            )
    return 0


def import_opml(path: Path, file: Path) -> int:
    """Add every feed of a list that is not polled yet; 1 if some lines could not be used."""
    try:
        outlines = opml.read(file.read_bytes())
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=str(file), remedy="name an OPML file") from error
    with closing(open_app(path)) as app:
        new, known, refused = _sort(app, outlines)
        adding.add(app.store, app.house, new, app.clock())
    for said in refused:
        trouble(f"{said}: this is no web address; the others were added")
    OUT.print(f"{count(len(new), 'source')} added, {known:,} known already, {len(refused):,} refused.")
    return 1 if refused else 0


def _sort(app: App, outlines: list[opml.Outline]) -> tuple[list[Source], int, list[str]]:
    house = app.house
    new: list[Source] = []
    known = 0
    for one in outlines:
        if not one.url:
            continue
        wish = Wish(one.url, one.title, one.home, one.id, one.publisher_id, one.publisher_name, one.every)
        source = adding.imported(house, wish)
        if source is None:
            known += 1
            continue
        new.append(source)
        house.take(source)
    return new, known, [one.said for one in outlines if not one.url]


def export_opml(path: Path, file: Path | None) -> int:
    """Write every source that is polled as OPML, without the passwords of their addresses."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        titles = {state.source_id: state.title for state in tx.sources.get([s.id for s in app.config.sources])}
        outlines = [
            opml.Outline(
                without_credentials(source.url),
                titles.get(source.id) or source.publisher.name,
                source.publisher.home,
                source.id,
                source.publisher.id,
                source.publisher.name,
                source.every,
            )
            for source in app.config.sources
        ]
        document = opml.write(app.config.site.name, outlines)
    if file is None:
        sys.stdout.buffer.write(document)
    else:
        file.write_bytes(document)
        ERR.print(f"{count(len(outlines), 'source')} written to {file}")
    return 0
