# SPDX-License-Identifier: Apache-2.0
"""`backup`: a copy of the database while everything runs; `migrate-database`: all of it into another one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from syndicate.app import open_app
from syndicate.cli.show import ERR, OUT, as_json


def backup(path: Path, target: Path | None, *, as_machine: bool) -> int:
    """Copy the database to ``target``, by default beside it under the time of the copy."""
    with closing(open_app(path)) as app:
        kind = "dump" if app.store.server else "db"
        where = target or app.folder / f"syndicate-{app.clock():%Y-%m-%dT%H%M%S}.{kind}"
        size = app.store.backup(where)
    if as_machine:
        as_json({"file": str(where), "bytes": size})
    else:
        OUT.print(f"{where}: {size:,} bytes, checked.")
    return 0


def migrate_database(source: str, target: str, *, as_machine: bool) -> int:
    """Move everything from one database to another, and compare every row."""
    from rich.progress import Progress

    from syndicate.store import open_store
    from syndicate.store.moving import move

    with Progress(console=ERR, transient=True) as progress:
        task = progress.add_task("", total=None)

        def told(table: str, done: int, of: int) -> None:
            progress.update(task, description=table, completed=done, total=of)

        moved = move(source, target, told)
    with closing(open_store(target)) as goes_on, closing(open_store(source)) as was:
        goes_on.take_over()
        was.retire(f"everything in it was moved to {goes_on.name}")
    if as_machine:
        as_json([{"table": one.table, "rows": one.rows, "sha256": one.sha256} for one in moved])
        return 0
    for one in moved:
        OUT.print(f"{one.table}: {one.rows:,} rows, equal", highlight=False)
    rows = sum(one.rows for one in moved)
    OUT.print(f"{rows:,} rows moved and compared. Write the new URL under database: and start again.", highlight=False)
    return 0
