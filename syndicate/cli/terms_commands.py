# SPDX-License-Identifier: Apache-2.0
"""The commands of `syndicate terms`. Like all others they import what they need when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syndicate.cli.options import DEFAULT, By, ConfigPath, Json

terms = typer.Typer(help="What publishers permit: read, recorded, weighed, exchanged.", no_args_is_help=True)

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help="Keys of the configuration, such as mode=full media=web,email."),
]
Since = Annotated[str, typer.Option("--date", help="From when on it holds, such as 2026-11-30; default: now.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what it would move.")]
Answers = Annotated[int, typer.Option("--request", metavar="N", help="It answers this request; see `terms requests`.")]
WhosePolicy = Annotated[str, typer.Option("--publisher", help="Whose terms the policies are.")]


@terms.command("list")
def terms_list(config: ConfigPath = DEFAULT, json: Json = False) -> None:
    """List what is on record of each publisher, in the configuration and by command."""
    from syndicate.cli import record

    raise typer.Exit(record.list_terms(config, as_machine=json))


@terms.command("show")
def terms_show(publisher: str, config: ConfigPath = DEFAULT, json: Json = False) -> None:
    """Show all terms of one publisher with their quotes and evidence."""
    from syndicate.cli import record

    raise typer.Exit(record.show(config, publisher, as_machine=json))


@terms.command("grant")
def terms_grant(  # noqa: PLR0913, PLR0917 - its options
    publisher: str,
    words: Words = None,
    file: Annotated[Path | None, typer.Option("--from", help="A YAML file with the keys of an entry of terms.")] = None,
    request: Answers = 0,
    by: By = "",
    date: Since = "",
    dry_run: DryRun = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Record a permission that you have, such as mode=full media=email reference='letter of 3 May'."""
    from syndicate.cli import statements

    about = statements.About(by or statements.person(), date, dry_run, json, request)
    raise typer.Exit(statements.grant(config, publisher, words or [], file, about))


@terms.command("object")
def terms_object(
    publisher: str,
    words: Words = None,
    request: Answers = 0,
    by: By = "",
    date: Since = "",
    dry_run: DryRun = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Record an objection: to everything, or to a part, such as items=i-1 or urls='https://south.example/essays/*'."""
    from syndicate.cli import statements

    about = statements.About(by or statements.person(), date, dry_run, json, request)
    raise typer.Exit(statements.objection(config, publisher, words or [], about))


@terms.command("withdraw")
def terms_withdraw(
    statement: Annotated[int, typer.Argument(help="Its number, as listed.")],
    by: By = "",
    dry_run: DryRun = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """End a statement that was recorded by command."""
    from syndicate.cli import statements

    about = statements.About(by or statements.person(), dry_run=dry_run, json=json)
    raise typer.Exit(statements.withdraw(config, statement, about))


@terms.command("diff")
def terms_diff(
    file: Annotated[Path, typer.Argument(help="Another configuration (YAML), or ODRL policies (JSON).")],
    publisher: WhosePolicy = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Show how many items a change of terms would move, channel by channel, before it is made."""
    from syndicate.cli import statements

    raise typer.Exit(statements.diff(config, file, publisher, as_machine=json))


@terms.command("import")
def terms_import(
    file: Annotated[Path, typer.Argument(help="ODRL policies in JSON-LD.")],
    publisher: WhosePolicy = "",
    by: By = "",
    date: Since = "",
    dry_run: DryRun = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Record the policies of an ODRL document; what of them cannot be read permits nothing and is named."""
    from syndicate.cli import statements

    about = statements.About(by or statements.person(), date, dry_run, json)
    raise typer.Exit(statements.import_terms(config, file, publisher, about))


@terms.command("export")
def terms_export(
    publisher: Annotated[str, typer.Argument(help="Only this publisher.")] = "", config: ConfigPath = DEFAULT
) -> None:
    """Print the terms on record as W3C ODRL in JSON-LD."""
    from syndicate.cli import statements

    raise typer.Exit(statements.export_terms(config, publisher))


@terms.command("read")
def terms_read(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Lines of {id, language, statements}.")],
) -> None:
    """Read notices about rights and print what they suggest, a line of JSON each. Nothing is stored."""
    from syndicate.cli.terms import read

    raise typer.Exit(read(file))


@terms.command("review")
def terms_review(
    decided: Annotated[bool, typer.Option("--all", help="Also those that were decided about.")] = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """List what notices of publishers suggest, with the quoted words and where they stand."""
    from syndicate.cli import review

    raise typer.Exit(review.review(config, decided=decided, as_machine=json))


@terms.command("confirm")
def terms_confirm(
    number: Annotated[int, typer.Argument(help="Its number, as listed by review.")],
    narrow: Annotated[
        list[str] | None, typer.Option("--narrow", metavar="CLASS=MODE", help="At most this, such as XW=link.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="You read the words that were not understood; they change nothing.")
    ] = False,
    by: By = "",
    dry_run: DryRun = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Make a suggestion part of the record: it permits from now on. Says first which items it moves."""
    from syndicate.cli import review, statements

    about = statements.About(by or statements.person(), "", dry_run, json)
    raise typer.Exit(review.confirm(config, number, narrow or [], about, accept=accept))


@terms.command("reject")
def terms_reject(
    number: Annotated[int, typer.Argument(help="Its number, as listed by review.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the ledger.")] = "",
    by: By = "",
    config: ConfigPath = DEFAULT,
) -> None:
    """Decide against a suggestion: it is not asked again until its words change."""
    from syndicate.cli import review, statements

    raise typer.Exit(review.reject(config, number, reason, by or statements.person()))


@terms.command("unknown")
def terms_unknown(config: ConfigPath = DEFAULT, json: Json = False) -> None:
    """List the publishers of whose terms nothing is on record, and what their items say."""
    from syndicate.cli import review

    raise typer.Exit(review.unknown(config, as_machine=json))


@terms.command("ask")
def terms_ask(  # noqa: PLR0913, PLR0917 - its options
    publisher: str,
    channel: Annotated[str, typer.Option(help="For which channel.")],
    item: Annotated[str, typer.Option(help="For one item alone, by its id or any URL of it.")] = "",
    mode: Annotated[str, typer.Option(help="How much: full or excerpt.")] = "full",
    to: Annotated[str, typer.Option(help="Another address than the contact on record.")] = "",
    send: Annotated[bool, typer.Option("--send", help="Send it by the relay, and put it on record.")] = False,
    sent: Annotated[str, typer.Option("--sent", metavar="REFERENCE", help="You sent it: put that on record.")] = "",
    remind: Annotated[int, typer.Option("--remind", metavar="N", help="Remind of open request N.")] = 0,
    by: By = "",
    config: ConfigPath = DEFAULT,
) -> None:
    """Print a letter that asks a publisher for a permission, for you to read; send it once you have."""
    from syndicate.cli import asking, statements

    way = asking.Way(send, sent, remind, by or statements.person())
    raise typer.Exit(asking.ask(config, publisher, asking.Wanted(channel, item, mode, to), way))


@terms.command("requests")
def terms_requests(
    answered: Annotated[bool, typer.Option("--all", help="Also those that were answered.")] = False,
    close: Annotated[int, typer.Option("--close", metavar="N", help="Expect no answer to request N any more.")] = 0,
    reason: Annotated[str, typer.Option("--reason", help="With --close: why, for the ledger.")] = "",
    by: By = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """List the requests for permissions that nobody answered yet, and how long they wait."""
    from syndicate.cli import asking, statements

    if close:
        raise typer.Exit(asking.close(config, close, reason, by or statements.person()))
    raise typer.Exit(asking.listed(config, answered=answered, as_machine=json))
