# SPDX-License-Identifier: Apache-2.0
"""`demo`: the whole job on this computer only, with publishers and a mail server of its own."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from syndicate import demo
from syndicate.app import App, clock, open_app
from syndicate.cli.readers import read_rows
from syndicate.cli.show import OUT, count, line, mode_text, table, trouble
from syndicate.cli.work import show_refusal, show_released, show_report
from syndicate.errors import UsageError
from syndicate.model import Channel, ChannelKind, Mode
from syndicate.pipeline import pages, release
from syndicate.pipeline.compose import Refusal, compose_digest
from syndicate.pipeline.importing import bring
from syndicate.publish.page_item import PageItem
from syndicate.publish.templates import environment
from syndicate.schedule.cycle import Report, cycle, drain, of_kind
from syndicate.schedule.due import period
from syndicate.serve.admin.passwords import hashed

PORT = 8080
NAME = "demo"
GAP = 2  # between columns
TITLE_WIDTH = range(20, 34)


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo, set up: the app on its own publishers, where its files are, and where its pages will be."""

    app: App
    home: Path
    port: int


def run_demo(*, port: int | None, once: bool, folder: Path | None) -> int:
    """Run the demo, one cycle or until Ctrl-C. 0 if all went as it should, the one broken source included."""
    with contextlib.ExitStack() as stack:
        home = _made(folder) if folder else Path(stack.enter_context(_temporary()))
        return asyncio.run(_run(home, _port(port), once=once, keep=folder is not None))


def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="syndicate-demo-")


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot be made: {error.strerror}", subject=str(folder), remedy="name a folder for the demo's files"
        ) from error
    return folder.absolute()


def _port(wanted: int | None) -> int:
    """The port asked for, else the usual one, else a free one."""
    for port in (PORT, 0) if wanted is None else (wanted,):
        with socket.socket() as probe:
            try:
                probe.bind((demo.HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted or PORT


async def _run(home: Path, port: int, *, once: bool, keep: bool) -> int:
    began = time.monotonic()
    async with demo.world(clock()) as world, demo.sink(home / "mail") as sink:
        config = home / "config.yaml"
        config.write_text(demo.demo_config(world.port, sink.port, home, port), encoding="utf-8")
        stage = Stage(open_app(config), home, port)
        try:
            OUT.print(f"\n{len(world.feeds)} publishers, a mail server and the daemon, all on this computer only\n")
            good = await _cycle(stage)
            OUT.print(f"\nDone in {time.monotonic() - began:.1f} s.")
            if not once:
                await _serve(stage)
            elif keep:
                _where(stage)
            else:
                OUT.print("Without --once it stays, with its pages to open in a browser.")
        finally:
            stage.app.close()
    return 0 if good else 1


async def _cycle(stage: Stage) -> bool:
    """Poll, publish, send; then show that an edition without its copyright lines is stopped."""
    app = stage.app
    weekly = of_kind(ChannelKind.DIGEST, app.config.channels)[0]
    _subscribe(stage, weekly)
    async with app.work() as work:
        report = await cycle(work)
        _show_polled(report)
        _show_items(pages.front(app.composing, app.config.channels), app.config.channels)
        stopped = _spoiled(stage, weekly)
        sent = release.send_digest(app.composing, weekly, period(weekly, app.clock(), seconds=True))
        if sent:
            report.released.append(sent)
        await drain(work, report)
    for released in report.released:
        show_released(released)
    for error in [*report.refused, *report.trouble]:
        show_refusal(error)
    line("Deliver", "mail sink", ", ".join(f"{number} {state}" for state, number in report.outcomes.items()))
    _show_stopped(stopped)
    broken = [polled.source_id for polled in report.polled if polled.status == "failed"]
    return broken == [demo.BROKEN] and not report.refused and not report.trouble and bool(sent) and bool(stopped)


def _subscribe(stage: Stage, channel: Channel) -> None:
    file = stage.home / "readers.csv"
    now = stage.app.clock()
    file.write_text(demo.readers(now), encoding="utf-8")
    bring(stage.app.composing, channel, read_rows(file, channel, now), file.name)


def _show_polled(report: Report) -> None:
    new = sum(len(polled.new) for polled in report.polled)
    line("Poll", count(len(report.polled), "source"), f"{count(new, 'item')}, all new to us")
    for polled in report.polled:
        if polled.error:
            OUT.print(Text(f"{'':<10}{polled.source_id} is broken on purpose. {polled.error}", style="yellow"))
    OUT.print()


def _show_items(rows: Sequence[PageItem], channels: Sequence[Channel]) -> None:
    """Each publisher's items by channel, then the reason of everything that is not carried in full."""
    names = [channel.id for channel in channels]
    columns = sum(GAP + max(len(name), len(Mode.WITHHOLD.name)) for name in names)
    width = max(TITLE_WIDTH.start, min(TITLE_WIDTH.stop, OUT.width - columns - 2))
    groups: dict[str, list[PageItem]] = {}
    for row in rows:
        first, last = row.entry.chain.hops[0], row.entry.chain.hops[-1]
        name = last.name if first is last else f"{last.name},\n  from {first.name}"
        groups.setdefault(name, []).append(row)
    lines: list[list[str | Text]] = []
    for name, items in groups.items():
        lines.append([Text(name, style="bold"), *("" for _ in channels)])
        lines += [[f"  {_title(row, width)}", *(mode_text(d.mode) for d in row.decisions)] for row in items]
    table(["Item", *names], lines, gap=GAP)
    OUT.print("\nNot in full because:\n")
    reasons: dict[str, set[str]] = {}
    for row in rows:
        for decision in row.decisions:
            if decision.mode < Mode.FULL:
                ask = f" Ask {decision.contact}." if decision.contact else ""
                where = f"{decision.channel_id} {decision.mode.name.lower()}"
                reasons.setdefault(f"{decision.because}.{ask}", set()).add(where)
    for reason, places in reasons.items():
        OUT.print(Text(f"  {reason}"))
        OUT.print(Text(f"    {', '.join(sorted(places))}", style="dim"))
    OUT.print()


def _title(row: PageItem, width: int) -> str:
    title = row.entry.item.title
    return title if len(title) <= width else title[: width - 1].rsplit(" ", 1)[0] + "…"


def _spoiled(stage: Stage, channel: Channel) -> Refusal | None:
    """What becomes of the digest if somebody takes the copyright lines out of the credit template."""
    folder = stage.home / "spoiled"
    folder.mkdir(exist_ok=True)
    for name in ("credit.html", "credit.txt"):
        loader = stage.app.templates.loader
        source = loader.get_source(stage.app.templates, name)[0] if loader else ""
        (folder / name).write_text(source.replace("credit.copyright", "[]"), encoding="utf-8")
    spoiled = stage.app.composing_with(environment(folder))
    outcome = compose_digest(spoiled, channel, "spoiled")
    return outcome if isinstance(outcome, Refusal) else None


def _show_stopped(stopped: Refusal | None) -> None:
    if stopped:
        line("Stopped", "1 edition", Text("we took the copyright lines out of its template; the proof found it:"))
        first = stopped.findings[0]
        line("", "", Text(f"item {first.item_id}: {first.message}", style="red"))


def _where(stage: Stage) -> None:
    OUT.print("\nTo look around:\n")
    digest = next((stage.home / "mail" / "new").iterdir(), stage.home / "mail")
    _listed([("the feeds", str(stage.app.output / "feeds")), ("the digest", str(digest)), ("why", _explained(stage))])


def _listed(rows: Sequence[tuple[str, str]]) -> None:
    """What there is and where, in lines that are never broken: they are made to be copied."""
    for label, text in rows:
        OUT.print(f"  {label:<17}{text}", markup=False)


def _explained(stage: Stage) -> str:
    """The command that explains the story of the front page, as it can be pasted here."""
    newest = pages.front(stage.app.composing, stage.app.config.channels)
    named = next((row.entry.item.id for row in newest if len(row.entry.chain.hops) > 1), "ITEM")
    program = "syndicate" if shutil.which("syndicate") else sys.argv[0]
    return f"{program} explain {named} -c {stage.home / 'config.yaml'}"


async def _serve(stage: Stage) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    async with stage.app.daemon(demo.HOST, stage.port, show_report) as port:
        at = f"http://{demo.HOST}:{port}"
        day, password = stage.app.clock().date().isoformat(), secrets.token_hex(8)
        with stage.app.store.write() as tx:
            tx.operators.put(NAME, hashed(password), stage.app.clock())
        OUT.print("The daemon runs and serves its pages. Open:\n")
        _listed(
            [
                ("the front page", f"{at}/"),
                ("the digest", f"{at}/digests/weekly/{day}"),
                ("a feed", f"{at}/feeds/community.rss"),
                ("the console", f"{at}/admin/  (name {NAME}, password {password})"),
                ("why", _explained(stage)),
            ]
        )
        OUT.print("\nCtrl-C stops it and removes its files.")
        await stop.wait()
    trouble("Stopped.")
