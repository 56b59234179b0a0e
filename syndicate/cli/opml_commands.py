# SPDX-License-Identifier: Apache-2.0
"""`opml`: lists of feeds as other programs keep them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syndicate.cli.options import DEFAULT, ConfigPath

lists = typer.Typer(help="Lists of feeds: bring sources in, take them elsewhere.", no_args_is_help=True)


@lists.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An OPML file.", exists=True, dir_okay=False)],
    config: ConfigPath = DEFAULT,
) -> None:
    """Add every feed of a list that is not polled yet."""
    from syndicate.cli import adding

    raise typer.Exit(adding.import_opml(config, file))


@lists.command("export")
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; default: to the screen.")] = None,
    config: ConfigPath = DEFAULT,
) -> None:
    """Write all sources as OPML, without the passwords of their addresses."""
    from syndicate.cli import adding

    raise typer.Exit(adding.export_opml(config, file))
