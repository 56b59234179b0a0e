# SPDX-License-Identifier: Apache-2.0
"""`digest` and `deliver`: what goes out by mail."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from pathlib import Path

from syndicate.app import App, open_app
from syndicate.cli.show import OUT, as_json, line
from syndicate.cli.work import show_refusal, show_released
from syndicate.errors import ProofError, UsageError
from syndicate.model import Channel, ChannelKind, DeliveryState, Verified
from syndicate.pipeline import archive, release
from syndicate.pipeline.compose import Refusal, compose_digest, proof_error
from syndicate.pipeline.loop import run as run_loop
from syndicate.pipeline.post import deliver as drain
from syndicate.pipeline.release import Released
from syndicate.pipeline.trials import send_trial
from syndicate.pipeline.windows import readers_of
from syndicate.schedule.due import period
from syndicate.store import address

PREVIEWS = (".html", ".txt", ".eml")


def digest(path: Path, name: str, *, dry_run: bool, preview: Path | None, to: str) -> int:
    """Compose what is new; send it to the subscribers, to one address, or to nobody."""
    _check_preview(preview)
    with closing(open_app(path)) as app:
        channel = digest_channel(app, name)
        to = address(to) if to else ""
        now = period(channel, app.clock(), seconds=True)
        try:
            return _trial(app, channel, now, preview, to) if dry_run or to else _send(app, channel, now, preview)
        except ProofError as error:
            show_refusal(error)
            return 1


def digest_channel(app: App, name: str) -> Channel:
    """The digest channel of that name; raises UsageError."""
    channel = app.channel(name)
    if channel.kind is not ChannelKind.DIGEST:
        known = ", ".join(c.id for c in app.config.channels if c.kind is ChannelKind.DIGEST)
        raise UsageError(f"is a {channel.kind} channel", subject=name, remedy=f"digest channels: {known or 'none'}")
    return channel


def _send(app: App, channel: Channel, now: str, preview: Path | None) -> int:
    if not release.has_readers(app.composing, channel):
        if preview:
            return _unsent(app, channel, now, preview)
        OUT.print(
            f"{channel.id}: nobody subscribes, so nothing is sent. See it in your own mail with --to ADDRESS, or in a"
            " file with --dry-run --preview FILE.html."
        )
        return 0
    released = release.send_digest(app.composing, channel, now)
    if released is None:
        return _nothing_new(app, channel, preview)
    _write_preview(app, released.verified, preview)
    show_released(released)
    return run_loop(_drain(app))


def _nothing_new(app: App, channel: Channel, preview: Path | None) -> int:
    with app.store.read() as tx:
        before = tx.editions.digests(channel.id, 1)
    why = "nothing new since the last edition" if before else "nothing that it may carry has come in yet"
    OUT.print(f"{channel.id}: {why}, so nothing is sent.")
    if preview:
        raise UsageError(
            "not written: there is no edition to show",
            subject=str(preview),
            remedy="wait for new items, or find the last edition under /digests of the site",
        )
    return 0


def _unsent(app: App, channel: Channel, now: str, preview: Path) -> int:
    """What a first reader would get, for the eyes of the operator: nothing is stored."""
    outcome = _composed(app, channel, now)
    if outcome is None:
        return _nothing_new(app, channel, preview)
    _write_preview(app, outcome, preview)
    OUT.print(f"{channel.id}: nobody subscribes, so nothing is sent. {preview} shows what would be.")
    return 0


def _composed(app: App, channel: Channel, now: str) -> Verified | None:
    """The edition as it would go out now, proved, and not stored; None if nothing is new. Raises ProofError."""
    outcome = compose_digest(app.composing, channel, now)
    if isinstance(outcome, Refusal):
        raise proof_error(outcome)
    return outcome


def _trial(app: App, channel: Channel, now: str, preview: Path | None, to: str) -> int:
    """Compose and prove without a trace: for the eyes of the operator only."""
    outcome = _composed(app, channel, "" if to else now)  # what is only tried has no page on the web
    if outcome is None:
        return _nothing_new(app, channel, preview)
    _write_preview(app, outcome, preview)
    with app.store.read() as tx:
        recipients = 1 if to else len(readers_of(tx, channel))
    show_released(Released(channel, outcome, recipients=recipients))
    if not to:
        OUT.print("Dry run: nothing was stored or sent.")
        return 0
    sent = run_loop(send_trial(app.posting, outcome.edition, to))
    line("Deliver", to, f"{sent.state}: {sent.text}")
    return 0 if sent.state is DeliveryState.ACCEPTED else 1


def _check_preview(preview: Path | None) -> None:
    """Before anything is composed or sent: raises UsageError if no file can be written there, or of no such kind."""
    if preview and preview.suffix.lower() not in PREVIEWS and not preview.is_dir():
        raise UsageError("is no preview", subject=str(preview), remedy="name a file that ends in .html, .txt or .eml")
    if preview and (preview.is_dir() or not os.access(preview if preview.exists() else preview.parent, os.W_OK)):
        raise UsageError("cannot be written", subject=str(preview), remedy="name a file that you may write to")


def _write_preview(app: App, verified: Verified, preview: Path | None) -> None:
    if preview is None:
        return
    message = archive.public_message(app.composing, verified.edition)
    forms = dict(zip(PREVIEWS, (message.html, message.text.encode(), message.whole), strict=True))
    preview.write_bytes(forms[preview.suffix.lower()])


def deliver(path: Path) -> int:
    """Drain what is due in the outbox."""
    with closing(open_app(path)) as app:
        return run_loop(_drain(app))


async def _drain(app: App) -> int:
    outcomes = await drain(app.posting)
    show_outcomes(outcomes)
    with app.store.read() as tx:
        waits_until = tx.outbox.next_due()
    if waits_until:
        OUT.print(f"More waits, the next of it until {waits_until:%Y-%m-%d %H:%M} UTC.")
    return 1 if outcomes[DeliveryState.HARD] or outcomes[DeliveryState.UNKNOWN] else 0


def show_outcomes(outcomes: Counter[DeliveryState]) -> None:
    """How the hand-overs ended, in words."""
    words = {
        DeliveryState.ACCEPTED: "accepted",
        DeliveryState.SOFT: "put off",
        DeliveryState.HARD: "refused",
        DeliveryState.UNKNOWN: "unknown",
    }
    line("Deliver", "", ", ".join(f"{outcomes[state]} {word}" for state, word in words.items()))


def doctor(path: Path, addresses: list[str], server: str, *, as_machine: bool) -> int:
    """What stands in the DNS about our mail; 1 if something is to be changed."""
    from syndicate.deliver.names import Names, ip_address, server_at

    sent_from = list(map(ip_address, addresses))
    with closing(open_app(path)) as app:
        asked = Names(*server_at(server or app.config.network.name_server))
        found = app.examine(asked, sent_from)
    if as_machine:
        as_json(found)
    else:
        words = {True: "well", False: "CHANGE", None: "look"}
        for one in found:
            line(one.check, words[one.well], f"{one.subject}: {one.text}")
            if one.remedy:
                line("", "", one.remedy)
    return 1 if any(one.well is False for one in found) else 0
