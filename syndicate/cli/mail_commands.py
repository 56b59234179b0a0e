# SPDX-License-Identifier: Apache-2.0
"""The commands about people and mail: `subscribers`, `sending`, `bounces`. They import what they need when called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syndicate.cli.options import DEFAULT, By, ConfigPath, Json

people = typer.Typer(help="Who gets the digests, and by which consent.", no_args_is_help=True)
sendings = typer.Typer(help="How far editions by mail have got: pause, resume, cancel.", invoke_without_command=True)
bounces = typer.Typer(help="Bounces and complaints: what came, what followed, undo.", invoke_without_command=True)


@sendings.callback()
def sending(context: typer.Context, config: ConfigPath = DEFAULT, json: Json = False) -> None:
    """Show the newest editions by mail with their progress, and what a person must look at."""
    if context.invoked_subcommand is None:
        from syndicate.cli import sending as command

        command.show(config, json=json)


EditionId = Annotated[str, typer.Argument(metavar="EDITION", help="An edition's id, as `syndicate sending` shows it.")]


@sendings.command("pause")
def sending_pause(edition: EditionId, config: ConfigPath = DEFAULT) -> None:
    """Let an edition wait; what is inside a connection at this moment still goes out."""
    from syndicate.cli import sending as command
    from syndicate.model import SendingState

    command.change(config, edition, SendingState.PAUSED)


@sendings.command("resume")
def sending_resume(edition: EditionId, config: ConfigPath = DEFAULT) -> None:
    """Let an edition that is paused or held go on."""
    from syndicate.cli import sending as command
    from syndicate.model import SendingState

    command.change(config, edition, SendingState.RUNNING)


@sendings.command("cancel")
def sending_cancel(edition: EditionId, config: ConfigPath = DEFAULT) -> None:
    """Send no more of an edition, ever."""
    from syndicate.cli import sending as command
    from syndicate.model import SendingState

    command.change(config, edition, SendingState.CANCELLED)


@sendings.command("held")
def sending_held(config: ConfigPath = DEFAULT, json: Json = False) -> None:
    """List the mails whose answer was lost and that do not go out again by themselves."""
    from syndicate.cli import sending as command

    command.held(config, json=json)


@sendings.command("decide")
def sending_decide(
    delivery: Annotated[list[int], typer.Argument(help="Deliveries, as `syndicate sending held` shows them.")],
    again: Annotated[bool, typer.Option("--again/--done", help="Send it again, or call it done.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Decide about mails that are held."""
    from syndicate.cli import sending as command

    command.decide(config, delivery, again=again)


@sendings.command("take-over")
def sending_take_over(config: ConfigPath = DEFAULT) -> None:
    """Send from this copy of a database from now on: the other one must not send any more."""
    from syndicate.cli import sending as command

    command.take_over(config)


@bounces.callback()
def bounces_list(context: typer.Context, config: ConfigPath = DEFAULT, json: Json = False) -> None:
    """Show what came back and what followed, the newest first."""
    if context.invoked_subcommand is None:
        from syndicate.cli import bounces as command

        command.show(config, json=json)


@bounces.command("read")
def bounces_read(
    file: Annotated[
        list[Path] | None, typer.Argument(help="Messages; - is one on standard input. Default: the places configured.")
    ] = None,
    to: Annotated[str, typer.Option(help="The address that it came to, if its headers do not say.")] = "",
    config: ConfigPath = DEFAULT,
) -> None:
    """Take bounces and complaints."""
    from syndicate.cli import bounces as command

    raise typer.Exit(command.read(config, file or [], to))


@bounces.command("undo")
def bounces_undo(
    number: Annotated[list[int], typer.Argument(help="Numbers, as `syndicate bounces` shows them.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Undo what followed from a bounce or complaint: who was taken off by it comes back."""
    from syndicate.cli import bounces as command

    command.undo(config, number)


@people.command("import")
def people_import(
    file: Annotated[Path, typer.Argument(help="CSV with columns email, confirmed_at, method, wording.")],
    channel: Annotated[str, typer.Option(help="The digest channel they subscribe to.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    config: ConfigPath = DEFAULT,
) -> None:
    """Add readers with a proof of consent (when, how and to which wording); ask all others to confirm."""
    from syndicate.cli import readers

    raise typer.Exit(readers.import_people(config, file, channel, dry_run=dry_run))


@people.command("list")
def people_list(
    channel: Annotated[str, typer.Option(help="Only this channel.")] = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """List readers, their state and their consent."""
    from syndicate.cli import readers

    readers.list_people(config, channel, as_machine=json)


@people.command("export")
def people_export(
    address: Annotated[str, typer.Argument(help="Whose data.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Print all that we hold about a person, as JSON: for a person who asks."""
    from syndicate.cli import readers

    raise typer.Exit(readers.export_person(config, address))


@people.command("erase")
def people_erase(
    address: Annotated[str, typer.Argument(help="Whose data.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Forget a person on all lists; only a fingerprint stays, so that no import brings the address back."""
    from syndicate.cli import readers

    raise typer.Exit(readers.erase_person(config, address))


@people.command("unsubscribe")
def people_unsubscribe(
    address: Annotated[str, typer.Argument(help="Who wants to leave.")],
    channel: Annotated[str, typer.Option(help="Only this channel.")] = "",
    config: ConfigPath = DEFAULT,
) -> None:
    """Take somebody off who asked for it by mail or telephone."""
    from syndicate.cli import readers

    raise typer.Exit(readers.unsubscribe(config, address, channel))


@people.command("restore")
def people_restore(
    address: Annotated[str, typer.Argument(help="Who was taken off by mistake.")],
    by: By = "",
    config: ConfigPath = DEFAULT,
) -> None:
    """Bring somebody back whom a bounce or a complaint took off; whoever left comes back by an own act alone."""
    from syndicate.cli import readers, statements

    raise typer.Exit(readers.restore(config, address, by or statements.person()))


@people.command("suppressed")
def people_suppressed(
    file: Annotated[Path | None, typer.Option("--import", help="Add the list in this file.")] = None,
    config: ConfigPath = DEFAULT,
) -> None:
    """Print the suppression list (fingerprints) as JSON, or add one that was printed before."""
    from syndicate.cli import readers

    raise typer.Exit(readers.suppressed(config, file))


@people.command("keys")
def people_keys(
    rotate: Annotated[bool, typer.Option("--rotate", help="Make a new key, which signs from now on.")] = False,
    retire: Annotated[str, typer.Option(help="Stop accepting links signed with this key.")] = "",
    config: ConfigPath = DEFAULT,
) -> None:
    """List the keys that sign links in mail, make a new one, retire an old one."""
    from syndicate.cli import readers

    raise typer.Exit(readers.keys(config, rotate=rotate, retire=retire))
