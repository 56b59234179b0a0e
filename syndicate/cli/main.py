# SPDX-License-Identifier: Apache-2.0
"""The command line. Commands import what they need when they are called, so that --help stays quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from syndicate import __version__
from syndicate.cli.choosing_commands import override, pick, tell
from syndicate.cli.mail_commands import bounces, people, sendings
from syndicate.cli.opml_commands import lists
from syndicate.cli.options import DEFAULT, ConfigPath, Json
from syndicate.cli.terms_commands import terms
from syndicate.errors import SyndicateError

app = typer.Typer(
    name="syndicate",
    help="Republish other people's articles by their own terms, with proof.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for choice in (pick, tell, override):
    app.command()(choice)
app.add_typer(people, name="subscribers")
app.add_typer(sendings, name="sending")
app.add_typer(bounces, name="bounces")
app.add_typer(terms, name="terms")
app.add_typer(lists, name="opml")


def main() -> None:
    """Run a command and exit: 0 ok, 1 partial failure, 2 usage or configuration, 75 try again."""
    try:
        app()
    except SyndicateError as error:
        from syndicate.cli.show import trouble

        trouble(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        typer.echo(f"syndicate {__version__}")
        raise typer.Exit


@app.command()
def demo(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the pages; default: 8080, or a free one.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Run one cycle, print what it did, exit.")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where to put its files; default: a new temporary folder.")
    ] = None,
) -> None:
    """Show the whole job on this computer only: publishers, mail sink, daemon and pages."""
    from syndicate.cli.demo import run_demo

    raise typer.Exit(run_demo(port=port, once=once, folder=folder))


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="Where to start.")] = Path()) -> None:
    """Write a commented starter config.yaml."""
    from syndicate.cli import start

    start.init(folder)


@app.command()
def check(config: ConfigPath = DEFAULT, json: Json = False) -> None:
    """Validate the configuration and print what the terms allow, source by channel."""
    from syndicate.cli import start

    start.check(config, json)


@app.command()
def poll(
    source: Annotated[
        list[str] | None, typer.Argument(help="Sources to poll now; default: those that are due.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Poll every source, due or not.")] = False,
    pages: Annotated[bool, typer.Option("--pages", help="Then read the web pages that wait, for their terms.")] = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Fetch sources and store what is new."""
    from syndicate.cli import work

    raise typer.Exit(work.poll(config, source or [], every=every, pages=pages, json=json))


Sources = Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Their ids.")]


@app.command()
def add(  # noqa: PLR0913, PLR0917 - each is an option that people type
    url: Annotated[str, typer.Argument(help="A site, or a feed.")],
    feed: Annotated[int, typer.Option("--feed", min=1, help="Which of the feeds there.")] = 1,
    id_: Annotated[str, typer.Option("--id", help="The source's id; default: made from its site.")] = "",
    publisher: Annotated[str, typer.Option(help="Whose it is: a known publisher's id, or a new one.")] = "",
    name: Annotated[str, typer.Option(help="A new publisher's name as credited; default: the feed's title.")] = "",
    every: Annotated[str, typer.Option(help="How often we ask: 30m, 2h, 1d.")] = "30m",
    yes: Annotated[bool, typer.Option("--yes", help="Add it without asking.")] = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Find the feed of a site, show its terms and what each channel could carry of it, then add it."""
    from syndicate.cli import adding

    wish = adding.wish(url, id_, publisher, name, every)
    raise typer.Exit(adding.add(config, wish, feed, yes=yes, as_machine=json))


@app.command()
def remove(source: Sources, config: ConfigPath = DEFAULT) -> None:
    """Take out sources that were added by command; what they brought stays."""
    from syndicate.cli import adding

    raise typer.Exit(adding.remove(config, source))


@app.command("list")
def list_(config: ConfigPath = DEFAULT, json: Json = False) -> None:
    """List the sources: health, last polls, newest item, next poll and why then; and what waits for you."""
    from syndicate.cli import sources

    raise typer.Exit(sources.list_sources(config, json=json))


@app.command()
def pause(source: Sources, config: ConfigPath = DEFAULT) -> None:
    """Poll sources no more until they are resumed."""
    from syndicate.cli import sources

    raise typer.Exit(sources.pause(config, source))


@app.command()
def resume(
    source: Sources,
    drop: Annotated[bool, typer.Option("--drop", help="Of a source on hold: never carry what waits.")] = False,
    config: ConfigPath = DEFAULT,
) -> None:
    """Poll sources again that were paused or gone; release what waits of those on hold."""
    from syndicate.cli import sources

    raise typer.Exit(sources.resume(config, source, dropping=drop))


@app.command()
def publish(
    channel: Annotated[list[str] | None, typer.Argument(help="Feed channels; default: all, and the site.")] = None,
    forms: Annotated[
        bool, typer.Option("--forms", help="The site's pages lead to forms: your web server passes those on.")
    ] = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Compose, prove and release the feeds, and the pages of the site as files for any web server."""
    from syndicate.cli import work

    raise typer.Exit(work.publish(config, channel or [], json=json, forms=forms))


@app.command()
def digest(
    channel: Annotated[str, typer.Argument(help="A digest channel.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compose and prove, send and store nothing.")] = False,
    preview: Annotated[Path | None, typer.Option(help="Write it to FILE too, sent or not (.html .txt .eml).")] = None,
    to: Annotated[str, typer.Option(help="Send to this address only; later editions are not affected.")] = "",
    config: ConfigPath = DEFAULT,
) -> None:
    """Compose what is new since the last edition and send it now."""
    from syndicate.cli import mail

    raise typer.Exit(mail.digest(config, channel, dry_run=dry_run, preview=preview, to=to))


@app.command()
def deliver(config: ConfigPath = DEFAULT) -> None:
    """Send what is due in the outbox and exit. Safe to kill and to start twice."""
    from syndicate.cli import mail

    raise typer.Exit(mail.deliver(config))


@app.command()
def run(
    once: Annotated[
        bool, typer.Option("--once", help="One cycle of all that is due, then exit: one line for cron.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to serve on; 0 takes a free one.")] = 8080,
    config: ConfigPath = DEFAULT,
) -> None:
    """Run the daemon: poll, publish, send and serve."""
    from syndicate.cli import work

    raise typer.Exit(work.run(config, once=once, host=host, port=port))


@app.command()
def worker(
    queues: Annotated[str, typer.Option(help="Which jobs, separated by commas.")] = "polling,composing,delivering",
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="So many jobs at a time.")] = 4,
    config: ConfigPath = DEFAULT,
) -> None:
    """Work with others on a shared PostgreSQL; start as many as you like, on as many machines."""
    from syndicate.cli import work

    raise typer.Exit(work.worker(config, [one.strip() for one in queues.split(",") if one.strip()], concurrency))


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="A new file; default: beside the configuration.")] = None,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Copy the database to a new file while everything runs, and check the copy."""
    from syndicate.cli import keeping

    raise typer.Exit(keeping.backup(config, file, as_machine=json))


@app.command("migrate-database")
def migrate_database(
    source: Annotated[str, typer.Argument(metavar="FROM", help="sqlite:///FILE or postgresql://USER@HOST/NAME")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same; an empty database.")],
    json: Json = False,
) -> None:
    """Move everything to another database, file or server, and compare each row. Stop whatever uses the first."""
    from syndicate.cli import keeping

    raise typer.Exit(keeping.migrate_database(source, target, as_machine=json))


@app.command()
def operator(
    name: Annotated[str, typer.Argument(help="Who; their acts are recorded in this name. None: list them.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Let them in no more.")] = False,
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Let somebody into the console at /admin/ with a password, typed or on standard input."""
    from syndicate.cli import operators

    raise typer.Exit(operators.operator(config, name, remove=remove, as_machine=json))


@app.command()
def explain(
    item: Annotated[str, typer.Argument(help="An item's id, or any URL of it.")],
    channel: Annotated[str, typer.Option(help="Only this channel.")] = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Print whose an item is, what its terms permit, what was decided and what was proved."""
    from syndicate.cli import explain as explaining

    raise typer.Exit(explaining.explain(config, item, channel, json=json))


@app.command()
def verify(
    document: Annotated[str, typer.Argument(metavar="FILE-OR-URL", help="A finished feed, page or message (.eml).")],
    config: Annotated[Path | None, typer.Option("-c", "--config", help="Hold it to the decisions on record.")] = None,
    channel: Annotated[str, typer.Option(help="The channel it belongs to; default: from the file's name.")] = "",
    json: Json = False,
) -> None:
    """Read a finished document and list which items lack source, credit, licence or link."""
    from syndicate.cli import look

    raise typer.Exit(look.verify(document, config, channel, json=json))


@app.command()
def receipts(
    publisher: Annotated[str, typer.Argument(help="Its id in the configuration.")],
    sent_to: Annotated[str, typer.Option(help="Note that it was told, and at which address.")] = "",
    sign: Annotated[Path | None, typer.Option(help="Write the report to this file, its signature to FILE.sig.")] = None,
    mail: Annotated[str, typer.Option(help="Send the signed report to this address, and note that.")] = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Report to a publisher: its items, where they went and how far, credits and links verified; signed if you like."""
    from syndicate.cli import receipts as report

    ways = report.Ways(sent_to, sign, mail)
    raise typer.Exit(report.receipts(config, publisher, ways, as_machine=json))


@app.command()
def receipt(
    file: Annotated[
        Path | None, typer.Argument(help="A signed report, or a mail with one; none: print our key.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The public key of who signed it: their site's /receipts.pem.")
    ] = None,
    config: ConfigPath = DEFAULT,
) -> None:
    """Check that a report that somebody got from a syndicator is as it was signed, or print the key of ours."""
    from syndicate.cli import receipts as report

    raise typer.Exit(report.check(file, key) if file else report.key(config))


@app.command()
def ledger(
    kind: Annotated[str, typer.Option(help="Only lines of this kind, such as permission or refusal.")] = "",
    subject: Annotated[str, typer.Option(help="Only lines about this item, edition, channel or publisher.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    still_open: Annotated[bool, typer.Option("--open", help="Breaches that are not cured, after a new look.")] = False,
    cured: Annotated[int, typer.Option("--cure", metavar="N", help="Breach N is cured; say how.")] = 0,
    how: Annotated[str, typer.Option(help="With --cure: what was done.")] = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Read the record of what was decided, made, proved, released, permitted and refused."""
    from syndicate.cli import ledger as acts

    if cured:
        raise typer.Exit(acts.cure(config, cured, how))
    if still_open:
        raise typer.Exit(acts.breaches(config, as_machine=json))
    raise typer.Exit(acts.ledger(config, kind, subject, limit, as_machine=json))


@app.command()
def doctor(
    ip: Annotated[list[str] | None, typer.Option(help="An address that our mail leaves from.")] = None,
    dns: Annotated[str, typer.Option(help="Ask this name server, as ADDRESS or ADDRESS:PORT.")] = "",
    config: ConfigPath = DEFAULT,
    json: Json = False,
) -> None:
    """Look at SPF, DKIM, DMARC, alignment and reverse names, and say what to change."""
    from syndicate.cli import mail

    raise typer.Exit(mail.doctor(config, ip or [], dns, as_machine=json))
