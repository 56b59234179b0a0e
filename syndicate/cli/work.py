# SPDX-License-Identifier: Apache-2.0
"""`poll`, `publish`, `run`: the flow by hand, and the daemon."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich.progress import Progress

from syndicate.app import App, open_app
from syndicate.cli.show import ERR, NO_SOURCES, OUT, as_json, count, line, table, trouble
from syndicate.deliver.site import release_site
from syndicate.errors import ProofError, SyndicateError, UsageError
from syndicate.model import ChannelKind, Mode
from syndicate.pipeline import release
from syndicate.pipeline.arrive import Polled
from syndicate.pipeline.compose import PROOF_CLAUSE
from syndicate.pipeline.loop import run as run_loop
from syndicate.pipeline.poll import poll as poll_sources
from syndicate.pipeline.poll import poll_due
from syndicate.pipeline.release import Released
from syndicate.pipeline.site import Finished
from syndicate.pipeline.tell import worded
from syndicate.pipeline.webpages import Read, read_pages
from syndicate.schedule.cycle import Report, cycle, of_kind

SHOWN = 20  # findings; the whole list is in the ledger


def poll(path: Path, names: Sequence[str], *, every: bool, pages: bool, json: bool) -> int:
    """Poll the sources named, all, or those that are due; with ``pages`` read those that wait, else say how many."""
    with closing(open_app(path)) as app:
        polled, read = run_loop(_poll(app, _named(app, names, every=every), pages=pages))
        sources = app.config.sources
        with app.store.read() as tx:
            waiting = tx.webpages.due(app.clock())
    if json:
        as_json([{"source": p.source_id, "status": p.status, "new": p.new, "error": p.error} for p in polled])
    elif sources:
        show_polled(polled)
        show_read(read, waiting)
    else:
        OUT.print(NO_SOURCES)
    return 1 if any(p.status == "failed" for p in polled) else 0


def _named(app: App, names: Sequence[str], *, every: bool) -> list[str] | None:
    """The ids of the sources meant, None for those that are due; raises UsageError for one that there is not."""
    known = [source.id for source in app.config.sources]
    for name in names:
        if name not in known:
            raise UsageError("no such source", subject=name, remedy=f"one of: {', '.join(sorted(known))}")
    return list(names) or (known if every else None)


async def _poll(app: App, names: Sequence[str] | None, *, pages: bool) -> tuple[list[Polled], list[Read]]:
    async with app.polling() as polling, app.pages_of_others() as fetcher:
        with Progress(console=ERR, transient=True) as progress:
            task = progress.add_task("Polling", total=None if names is None else len(names))

            def heard(_: Polled) -> None:
                progress.advance(task)

            polled = await (poll_due(polling, heard) if names is None else poll_sources(polling, names, heard))
            progress.update(task, description="Reading pages", total=None)
            return polled, await read_pages(app.browsing(polling, fetcher)) if pages else []


def show_polled(polled: Sequence[Polled]) -> None:
    """One row a source, then what broke with its cause and remedy."""
    if not polled:
        OUT.print("No source is due.")
        return
    table(
        ["Source", "Items", "New", "Changed", ""],
        ((p.source_id, str(p.items or ""), str(len(p.new) or ""), str(len(p.changed) or ""), p.status) for p in polled),
    )
    for p in polled:
        if p.error:
            trouble(f"{p.source_id}: {p.error}")


def show_read(read: Sequence[Read], waiting: int) -> None:
    """What became of the web pages that were read, why some could not be, and how many wait."""
    if read:
        states = Counter(one.status for one in read)
        told = [f"{states[state]} {state}" for state in ("read", "gone", "failed") if states[state]]
        OUT.print(f"Pages: {', '.join(told)}")
    for one in read:
        if one.error:
            trouble(one.error)
    if waiting:
        wait = "waits" if waiting == 1 else "wait"
        OUT.print(f"{count(waiting, 'web page')} {wait} to be read for terms: syndicate poll --pages")


def publish(path: Path, names: Sequence[str], *, json: bool, forms: bool = False) -> int:
    """Publish the feed channels named, or all and the site; with ``forms`` its pages lead to them."""
    with closing(open_app(path)) as app:
        done, refused = _publish(app, names)
        pages, folder = 0 if names else _export(app, refused, forms=forms), app.output
    for error in refused:
        show_refusal(error)
    if json:
        as_json([{"channel": r.channel.id, "edition": r.verified.edition.id, **_modes(r)} for r in done])
    else:
        for released in done:
            show_released(released)
        if pages:
            line("Site", "", f"{count(pages, 'page')} in {folder}")
    return 1 if refused else 0


def _export(app: App, refused: list[SyndicateError], *, forms: bool) -> int:
    """Write the site as files; how many pages it has. One that cannot be proved does not stop the others."""
    press = replace(app.press, live=forms)
    paths = list(press.paths())

    def pages(done: Callable[[], None]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            try:
                page = press.page(path)
            except SyndicateError as error:
                refused.append(error)
                continue
            done()
            if isinstance(page, Finished):
                yield path, page.body
        yield "/receipts.pem", app.receipt_key()

    with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("Site", total=len(paths))
        try:
            return release_site(app.output, pages(lambda: progress.advance(task)))
        except SyndicateError as error:
            refused.append(error)
            return 0


def _publish(app: App, names: Sequence[str]) -> tuple[list[Released], list[SyndicateError]]:
    """What went out, and why the rest did not; raises UsageError for a channel that is no feed."""
    channels = [app.channel(name) for name in names] or of_kind(ChannelKind.FEED, app.config.channels)
    for channel in channels:
        if channel.kind is not ChannelKind.FEED:
            raise UsageError(f"is a {channel.kind} channel", subject=channel.id, remedy="`publish` makes feeds")
    done: list[Released] = []
    refused: list[SyndicateError] = []
    for channel in channels:
        try:
            done.append(release.publish(app.composing, channel, app.release))
        except SyndicateError as error:
            refused.append(error)
    return done, refused


def _modes(released: Released) -> dict[str, int]:
    modes = Counter(entry.decision.mode for entry in released.verified.edition.entries)
    return {mode.name.lower(): modes[mode] for mode in reversed(Mode)}


def show_released(released: Released) -> None:
    """What went out, how much of it, and what was proved."""
    edition, channel = released.verified.edition, released.channel
    modes = ", ".join(f"{number} {mode}" for mode, number in _modes(released).items() if number)
    how_far = f": {modes}" if modes else ""
    carried = sum(entry.decision.mode > Mode.WITHHOLD for entry in edition.entries)
    if channel.kind is ChannelKind.DIGEST:
        size = sum(len(part.content) for part in edition.parts) / 1000
        line(
            "Digest",
            channel.id,
            f"{count(carried, 'item')} to {count(released.recipients, 'reader')}, {size:.0f} kB each",
        )
        line("", "", modes)
    else:
        line("Publish", channel.id, f"{count(carried, 'item')}{how_far}")
    for entry in edition.entries:
        if entry.decision.reasons[-1].clause == PROOF_CLAUSE:
            trouble(f"item {entry.item.id} reduced to a link: {entry.decision.reasons[-1].text}")
    parts = "html, text" if channel.kind is ChannelKind.DIGEST else ", ".join(part.name for part in edition.parts)
    line("", "", f"{parts}   proved {count(len(released.verified.proved), 'duty', 'duties')}")


def show_refusal(error: SyndicateError, masked: Callable[[str], str] = str) -> None:
    """Why nothing of an edition was released."""
    trouble(masked(str(error)))
    if isinstance(error, ProofError):
        for finding in error.findings[:SHOWN]:
            trouble(f"  item {finding.item_id}: {finding.duty} in {finding.part}: {finding.message}")
        if len(error.findings) > SHOWN:
            trouble(f"  and {len(error.findings) - SHOWN} more")


def show_report(report: Report, masked: Callable[[str], str] = str) -> None:
    """A cycle in a few lines; silent about what did not happen. What broke is told as ``masked`` has it."""
    if report.polled:
        new = sum(len(p.new) for p in report.polled)
        line("Poll", count(len(report.polled), "source"), f"{count(new, 'new item')}")
    for p in report.polled:
        if p.error:
            trouble(masked(f"{p.source_id}: {p.error}"))
    for change in report.changes:
        line("Source", "", worded(change))
    for released in report.released:
        show_released(released)
    for error in [*report.refused, *report.trouble]:
        show_refusal(error, masked)
    if report.outcomes:
        line("Deliver", "", ", ".join(f"{n} {state}" for state, n in sorted(report.outcomes.items())))


def run(path: Path, *, once: bool, host: str, port: int) -> int:
    """The daemon, or one cycle of it."""
    from syndicate.app.telemetry import telemetry

    with telemetry(), closing(open_app(path)) as app:
        if not once:
            return run_loop(_daemon(app, host, port))
        report = run_loop(_cycle(app))
    show_report(report)
    unusable = [error.exit_code for error in report.trouble]
    return 0 if report.clean else max(unusable, default=1)


def worker(path: Path, queues: Sequence[str], concurrency: int) -> int:
    """A worker, until it is stopped."""
    from syndicate.app.telemetry import telemetry

    with telemetry(), closing(open_app(path)) as app:
        return run_loop(_worker(app, queues, concurrency))


async def _worker(app: App, queues: Sequence[str], concurrency: int) -> int:
    from syndicate.app.working import work_on
    from syndicate.cli.logs import begin

    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    OUT.print(f"Working on {', '.join(queues)}, {concurrency} at a time (Ctrl-C stops)", highlight=False)
    await work_on(app, queues, concurrency, begin(app.config.log), stop)
    return 0


async def _cycle(app: App) -> Report:
    async with app.work() as work:
        return await cycle(work)


async def _daemon(app: App, host: str, port: int) -> int:
    from syndicate.cli.logs import begin

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    async with app.daemon(host, port, begin(app.config.log)) as bound:
        OUT.print(f"Serving {app.config.site.name} at http://{host}:{bound}/ (Ctrl-C stops)")
        await stop.wait()
    return 0
