# SPDX-License-Identifier: Apache-2.0
"""`bounces`: mail that came back, what followed from it, and how to undo that."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from syndicate.app import App, open_app
from syndicate.cli.show import OUT, as_json, count, table, trouble
from syndicate.errors import SyndicateError, UsageError


def show(path: Path, *, json: bool) -> None:
    """The newest first."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        found = tx.returns.list()
    if json:
        as_json(found)
        return
    if not found:
        OUT.print("Nothing has come back yet.")
        return
    table(
        ["No.", "Came", "What", "Reader", "Status", "Followed", "They said"],
        (
            (
                str(one.id),
                f"{one.at:%Y-%m-%d %H:%M}",
                one.kind,
                str(one.subscriber_id or ""),
                one.status,
                f"{one.outcome}; undone" if one.undone_at else one.outcome,
                one.text,
            )
            for one in found
        ),
    )


def read(path: Path, files: Sequence[Path], sent_to: str) -> int:
    """Take messages from files or standard input, or all that is new in the places configured."""
    with closing(open_app(path)) as app:
        return _read(app, files, sent_to)


def _read(app: App, files: Sequence[Path], sent_to: str) -> int:
    if files:
        outcomes = Counter(app.returning.take(_bytes(file), sent_to) for file in files)
        for outcome, number in sorted(outcomes.items()):
            OUT.print(f"{count(number, 'message')}: {outcome}")
        return 0
    readers = app.returned_mail()
    if not readers:
        remedy = "set delivery.returns.maildir or imap_host, or name a file"
        raise UsageError("no place is configured where bounces arrive", subject="delivery.returns", remedy=remedy)
    failed = 0
    for reader in readers:
        try:
            OUT.print(f"{count(reader(), 'message')} taken.")
        except SyndicateError as error:
            trouble(str(error))
            failed = error.exit_code
    return failed


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=str(file), remedy="name a message") from error


def undo(path: Path, numbers: Sequence[int]) -> None:
    """Bring back who was taken off; raises UsageError."""
    with closing(open_app(path)) as app:
        for number in numbers:
            OUT.print(f"{number}: undone; {app.returning.undo(number)}.")
