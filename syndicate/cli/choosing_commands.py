# SPDX-License-Identifier: Apache-2.0
"""`pick`, `tell` and `override`: what a person decides about single items. Imports happen when they are called."""

from __future__ import annotations

from typing import Annotated

import typer

from syndicate.cli.options import DEFAULT, By, ConfigPath, Json


def pick(
    item: Annotated[str, typer.Argument(help="An item's id, or any URL of it; none: list what waits.")] = "",
    channel: Annotated[str, typer.Option(help="The channel that it is chosen for.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the choice back.")] = False,
    by: By = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Choose an item by hand where its terms ask for that, or list what waits to be chosen."""
    from syndicate.cli import ledger as acts

    if not item:
        raise typer.Exit(acts.waiting(config, channel, as_machine=json))
    raise typer.Exit(acts.pick(config, item, channel, by, undo=undo))


def tell(
    items: Annotated[list[str] | None, typer.Argument(help="Ids or URLs of items; none: list what waits.")] = None,
    at: Annotated[str, typer.Option(help="Where their publisher was told: an address.")] = "",
    date: Annotated[str, typer.Option(help="When that was; now, if it is not given.")] = "",
    by: By = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Record that a publisher was told of an item, where its terms ask for that beforehand, or list what waits."""
    from syndicate.cli import ledger as acts

    if not items:
        raise typer.Exit(acts.untold(config, as_machine=json))
    raise typer.Exit(acts.tell(config, items, at, date, by))


def override(
    item: Annotated[str, typer.Argument(help="An item's id, or any URL of it; none: list what is narrowed.")] = "",
    mode: Annotated[str, typer.Option(help="How far it may be carried: link or withhold.")] = "withhold",
    reason: Annotated[str, typer.Option(help="Why, for whoever asks later; published nowhere.")] = "",
    channel: Annotated[str, typer.Option(help="Only on this channel; default: on all.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Carry it as its terms permit again.")] = False,
    by: By = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Carry less of an item than its terms permit, at once and with a reason, or take that back; never more."""
    from syndicate.cli import overriding

    if not item:
        raise typer.Exit(overriding.listed(config, as_machine=json))
    if undo:
        raise typer.Exit(overriding.undo(config, item, channel, by))
    raise typer.Exit(overriding.narrow(config, item, mode, reason, channel, by))
