# SPDX-License-Identifier: Apache-2.0
"""`backup`: a copy of the database while everything runs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from syndicate.app import open_app
from syndicate.cli.show import OUT, as_json


def backup(path: Path, target: Path | None, *, as_machine: bool) -> int:
    """Copy the database to ``target``, by default beside it under the time of the copy."""
    with closing(open_app(path)) as app:
        where = target or app.folder / f"syndicate-{app.clock():%Y-%m-%dT%H%M%S}.db"
        size = app.store.backup(where)
    if as_machine:
        as_json({"file": str(where), "bytes": size})
    else:
        OUT.print(f"{where}: {size:,} bytes, checked.")
    return 0
