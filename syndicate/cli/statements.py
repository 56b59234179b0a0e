# SPDX-License-Identifier: Apache-2.0
"""`terms grant`, `object`, `withdraw`, `diff`, `import`, `export`: the record changed, and what a change would move.

A statement is written as KEY=VALUE words with the keys of the configuration, or as a file; one schema checks both.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import Progress
from rich.text import Text

from syndicate.app import App, open_app, read_config
from syndicate.cli.show import ERR, OUT, as_json, count, trouble
from syndicate.config import statement
from syndicate.config.suggest import did_you_mean
from syndicate.errors import ParseError, UsageError
from syndicate.model import Publisher, Record
from syndicate.pipeline import asking, recording, stating
from syndicate.pipeline.deciding import on_record
from syndicate.pipeline.recording import Draft, Move
from syndicate.rights import licences
from syndicate.rights.odrl import Imported, document, policies
from syndicate.store import RecordedTerms


@dataclass(frozen=True, slots=True)
class About:
    """What stands on every statement: who records it, since when it holds ("" is now), and whether only to look.

    ``request`` is the number of the request for a permission that it answers, or 0.
    """

    by: str
    date: str = ""
    dry_run: bool = False
    json: bool = False
    request: int = 0


def person() -> str:
    """Whose name stands on what is recorded here, unless another is given: the login name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def grant(path: Path, publisher_id: str, words: Sequence[str], file: Path | None, about: About) -> int:
    """Record a permission."""
    if file is not None:
        whole = statement(_read(file), licence=licences.by_id, name=str(file))
        said = stating.permitting(whole, subject=publisher_id)
    else:
        said = stating.permission(*_parted(words, stating.OF_GRANT), subject=publisher_id)
    with closing(open_app(path)) as app:
        _record(app, [_draft(app, publisher_id, _vouched(app, r, about), "grant", about) for r in said], about)
    return 0


def objection(path: Path, publisher_id: str, words: Sequence[str], about: About) -> int:
    """Record a refusal; without any word it is of everything."""
    record = stating.refusal(*_parted(words, stating.OF_REFUSAL))
    with closing(open_app(path)) as app:
        _record(app, [_draft(app, publisher_id, _vouched(app, record, about), "objection", about)], about)
    return 0


def withdraw(path: Path, number: int, about: About) -> int:
    """End a statement."""
    with closing(open_app(path)) as app:
        with app.store.read() as tx:
            after = recording.without(app.composing, tx, number)
        _print_moves(app, _moves(app, after), about)
        if not about.dry_run:
            one = recording.withdraw(app.composing, number, about.by)
            _told(about, f"Statement {one.id} of {one.publisher_id} is withdrawn.")
    return 0


def diff(path: Path, file: Path, publisher_id: str, *, as_machine: bool) -> int:
    """What would move if ``file`` were in force: another configuration, or policies to import."""
    with closing(open_app(path)) as app:
        with app.store.read() as tx:
            if file.suffix in {".json", ".jsonld"}:
                drafts, _ = _imported(app, file, publisher_id, About(""))
                after = recording.with_drafts(app.composing, tx, drafts)
            else:
                after = on_record(read_config(file).publishers, tx, app.clock())
        _print_moves(app, _moves(app, after), About("", dry_run=True, json=as_machine))
    return 0


def import_terms(path: Path, file: Path, publisher_id: str, about: About) -> int:
    """Record the policies of an ODRL document, one statement each; 1 if a rule could not be read."""
    with closing(open_app(path)) as app:
        drafts, whole = _imported(app, file, publisher_id, about)
        _record(app, drafts, about)
    return 0 if whole else 1


def export_terms(path: Path, publisher_id: str) -> int:
    """Print all terms on record, or one publisher's, as ODRL in JSON-LD."""
    with closing(open_app(path)) as app, app.store.read() as tx:
        publishers = on_record(app.config.publishers, tx, app.clock())
    chosen = [recording.known(publishers, publisher_id)] if publisher_id else list(publishers.values())
    OUT.print(json.dumps(document(chosen), ensure_ascii=False, indent=2), soft_wrap=True, markup=False)
    return 0


# ------------------------------------------------------------------------------------------------ reading


def _parted(words: Sequence[str], own: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The KEY=VALUE words of the statement, and those of its one rule."""
    keys: dict[str, Any] = {}
    rule: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise UsageError("is no KEY=VALUE", subject=word, remedy="write such as mode=full or media=web,email")
        if key not in stating.OF_STATEMENT | own:
            allowed = sorted(stating.OF_STATEMENT | own)
            told = f"unknown key; allowed: {', '.join(allowed)}{did_you_mean(key, allowed)}"
            raise UsageError(told, subject=key)
        (keys if key in stating.OF_STATEMENT else rule)[key] = value
    return keys, rule


def _draft(app: App, publisher_id: str, record: Record, kind: str, about: About) -> Draft:
    since = stating.since(about.date, app.clock())
    return Draft(recording.known(app.config.publishers, publisher_id).id, record, kind, since)


def _vouched(app: App, record: Record, about: About) -> Record:
    return stating.vouched(record, about.by, app.clock())


def _policies(file: Path, us: str) -> tuple[Imported, ...]:
    try:
        return policies(json.loads(_read(file)), (us,))
    except ValueError as error:
        raise UsageError("is not JSON", subject=str(file), remedy="give an ODRL policy in JSON-LD") from error
    except ParseError as error:
        raise UsageError(error.what, subject=str(file), remedy=error.remedy) from error


def _imported(app: App, file: Path, publisher_id: str, about: About) -> tuple[list[Draft], bool]:
    """The drafts of the policies in a file, and whether all of them could be read.

    Each goes to the publisher named, else to the one that it names. A policy of which nothing could be read gives none.
    """
    found = _policies(file, app.config.site.url)
    for one in found:
        for problem in one.problems:
            trouble(f"{file}: {one.record.key or 'policy'}: {problem}")
    drafts = []
    for one in found:
        if not one.problems or _says(one.record):
            record = one.record if one.ours else _vouched(app, one.record, about)
            drafts.append(_draft(app, publisher_id or _named(app, one.publisher), record, "import", about))
    return drafts, not any(one.problems for one in found)


def _says(record: Record) -> bool:
    return bool(record.grants or record.prohibitions or record.licence or record.leave_out or record.institutions)


def _named(app: App, name: str) -> str:
    """The publisher of that id or home."""
    homes = {p.home.rstrip("/"): p.id for p in app.config.publishers.values() if p.home}
    return homes.get(name.rstrip("/"), name)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            getattr(error, "strerror", None) or "is not UTF-8 text", subject=str(file), remedy="name a text file"
        ) from error


# ------------------------------------------------------------------------------------------------ telling


def show_moves(app: App, drafts: Sequence[Draft], about: About) -> None:
    """Say what drafts would move."""
    with app.store.read() as tx:
        after = recording.with_drafts(app.composing, tx, drafts)
    _print_moves(app, _moves(app, after), about)


def _record(app: App, drafts: Sequence[Draft], about: About) -> None:
    """Show what the drafts move, and record them unless only a look was asked for."""
    show_moves(app, drafts, about)
    if not about.dry_run:
        for one in _put(app, drafts, about):
            begun = f"in force from {one.since:%Y-%m-%d %H:%M} UTC"
            _told(about, f"Recorded as statement {one.id} of {one.publisher_id}, {begun}.")


def _put(app: App, drafts: Sequence[Draft], about: About) -> list[RecordedTerms]:
    if about.request:
        return asking.answer(app.composing, about.request, drafts, about.by, reference=drafts[0].record.reference)
    return recording.put(app.composing, drafts, about.by)


def _told(about: About, text: str) -> None:
    (ERR if about.json else OUT).print(Text(text))


def _moves(app: App, after: Mapping[str, Publisher]) -> list[Move]:
    with app.store.read() as tx, Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        task = bar.add_task("Deciding", total=tx.items.count())
        return recording.moves(app.composing, tx, after, app.config.channels, lambda done: bar.advance(task, done))


def _print_moves(app: App, moves: Sequence[Move], about: About) -> None:
    if about.json:
        as_json(moves)
        return
    verb = "This would move" if about.dry_run else "This moves"
    if not moves:
        OUT.print(f"{verb} no item.")
    for channel in app.config.channels:
        for move in moves:
            if move.channel_id == channel.id:
                ways = f"from {move.before.name.lower()} to {move.after.name.lower()}"
                OUT.print(Text(f"{verb} {count(move.count, 'item')} {ways} in {channel.id}"))
                for title in move.titles:
                    OUT.print(Text(f"    {title}", style="dim"))
                if move.count > len(move.titles):
                    OUT.print(Text(f"    and {move.count - len(move.titles):,} more", style="dim"))
