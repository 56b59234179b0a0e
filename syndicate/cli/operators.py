# SPDX-License-Identifier: Apache-2.0
"""`operator`: who may enter the console at /admin/."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import typer

from syndicate.app import open_app
from syndicate.cli.show import OUT, as_json
from syndicate.errors import UsageError
from syndicate.serve.admin.passwords import SHORTEST, hashed


def operator(path: Path, name: str, *, remove: bool, as_machine: bool) -> int:
    """List operators, let one in with a new password, or let one in no more."""
    name = " ".join(name.split())
    with closing(open_app(path)) as app:
        if not name:
            with app.store.read() as tx:
                known = tx.operators.all()
            if as_machine:
                as_json([{"name": one.name, "changed_at": one.changed_at} for one in known])
            else:
                OUT.print(", ".join(one.name for one in known) or "Nobody. Let somebody in: syndicate operator NAME")
            return 0
        if remove:
            with app.store.write() as tx:
                if not tx.operators.remove(name):
                    raise UsageError("no such operator", subject=name, remedy="see: syndicate operator")
            OUT.print(f"{name} may enter no more. Sessions that are open end when the daemon is started again.")
            return 0
        kept = hashed(_password())
        with app.store.write() as tx:
            tx.operators.put(name, kept, app.clock())
        OUT.print(f"{name} may enter the console at /admin/, on this computer or through a tunnel to it.")
    return 0


def _password() -> str:
    """From the keyboard, twice; or the first line of standard input, for scripts."""
    if sys.stdin.isatty():
        asked: str = typer.prompt(f"Password, {SHORTEST} characters or more", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\n")
