# SPDX-License-Identifier: Apache-2.0
"""From a configuration file to what is open."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from syndicate.app.clock import clock
from syndicate.app.live import Live
from syndicate.app.wiring import App
from syndicate.config import Config, joined, load
from syndicate.config.listing import Setting, settings
from syndicate.errors import ConfigError, StoreError
from syndicate.model import Source
from syndicate.pipeline.profit import Contradiction, contradictions
from syndicate.pipeline.recording import note_configured
from syndicate.publish.subject import fault
from syndicate.publish.templates import environment
from syndicate.rights import licences
from syndicate.store import added_to, open_store


def read_config(path: Path) -> Config:
    """The configuration in a file, completed from the environment; raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([f"{path}: {error.strerror}; run `syndicate init`, or name the file with -c"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8"]) from error
    folder = path.resolve().parent
    return load(
        text,
        name=str(path),
        env=os.environ,
        read_file=_read_secret,
        licence=licences.by_id,
        subject=fault,
        added=lambda url: _added(_database_url(url, folder)),
        against=lambda config: [
            _blocked(path, one) for one in contradictions(config.sources, config.channels, clock()) if one.blocks
        ],
    )


def _added(url: str) -> Sequence[Source]:
    """The sources in a database. One that cannot be read is named when it is opened, not where text is checked."""
    try:
        return added_to(url)
    except StoreError:
        return ()


def _blocked(path: Path, one: Contradiction) -> str:
    what = f"it names {one.source_id}, but {one.because}"
    remedy = "take the source out, or record in its terms what the publisher permits there"
    return f"{path}: channels.{one.channel_id}.select.sources: {what}; {remedy}"


def _read_secret(name: str) -> str:
    return Path(name).read_text(encoding="utf-8").strip()


def open_app(path: Path, *, now: Callable[[], datetime] = clock) -> App:
    """Open the configuration at ``path`` and its database, ready to work; raises ConfigError or StoreError."""
    config = read_config(path)
    folder = path.resolve().parent
    store = open_store(_database_url(config.database, folder))
    store.copied()
    store.receipt_key()  # made here, so that opening its page makes nothing
    store.keys(now())
    store.catch_up(now())
    with store.write() as tx:
        meanwhile = joined(config.publishers, config.sources, tx.additions.all())  # added since the file was read
        tx.sources.sync([*config.sources, *meanwhile], now(), _host_of)
        tx.channels.sync([channel.id for channel in config.channels], now())
        note_configured(tx, config.publishers, now())
    overrides = folder / "templates"
    templates = environment(overrides if overrides.is_dir() else None)
    sources = {source.id: source for source in config.sources}
    return App(config, folder, store, templates, now, Live(sources), Live(config.publishers), lambda: _settings(path))


def _settings(path: Path) -> list[Setting]:
    return settings(path.read_text(encoding="utf-8"), path.name, os.environ, _read_secret)


def _host_of(url: str) -> str:
    from syndicate.intake.hosts import host_of  # its list of suffixes takes a tenth of a second to load

    return host_of(url)


def _database_url(url: str, folder: Path) -> str:
    """A relative SQLite path is relative to the configuration file, not to where the command was typed."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return f"{prefix}{folder / url.removeprefix(prefix)}"
    return url
