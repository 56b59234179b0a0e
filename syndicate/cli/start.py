# SPDX-License-Identifier: Apache-2.0
"""`init` and `check`: from nothing to a configuration whose consequences can be read."""

from __future__ import annotations

from pathlib import Path

from syndicate.app import clock, read_config
from syndicate.cli.show import OUT, as_json, count, mode_text, table
from syndicate.config import starter
from syndicate.errors import UsageError
from syndicate.pipeline.explain import matrix
from syndicate.pipeline.profit import contradictions


def init(folder: Path) -> None:
    """Write the starter configuration into ``folder``; an existing one is never overwritten."""
    target = folder / "config.yaml"
    if target.exists():
        raise UsageError("is there already", subject=str(target), remedy="edit it, or name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(starter(), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot be written: {error.strerror}", subject=str(target), remedy="name a folder that you may write to"
        ) from error
    OUT.print(f"Wrote {target}. Put your site and your mail server into it, then: syndicate check -c {target}")


def check(path: Path, as_machine: bool) -> None:
    """Print the matrix of sources and channels, and below it whose terms are not on record."""
    config = read_config(path)
    now = clock()
    rows = matrix(config.sources, config.channels, now)
    against = contradictions(config.sources, config.channels, now)
    if as_machine:
        as_json(
            [
                {
                    "source": source.id,
                    "channels": {d.channel_id: {"mode": d.mode.name.lower(), "because": d.because} for d in decisions},
                }
                for source, decisions in rows
            ]
        )
        return
    valid = f"{path} is valid: {count(len(config.sources), 'source')}, {count(len(config.channels), 'channel')}."
    if not config.sources:
        OUT.print(f"{valid} Sources can stand in it or be added by command: syndicate add ADDRESS")
        return
    OUT.print(f"{valid} What a source's own items may do, unless an item says otherwise:\n")
    table(
        ["Source", *(c.id for c in config.channels)],
        ((source.id, *(mode_text(d.mode) for d in decisions)) for source, decisions in rows),
    )
    for one in against:
        told = f"carries {one.source_id} as links, and without money could carry more: {one.because}"
        OUT.print(f"\n{one.channel_id} {told}")
    unknown = [source.id for source, _ in rows if not source.publisher.records]
    if unknown:
        OUT.print(f"\nNo terms on record; a licence in the feed may still permit more: {', '.join(unknown)}")
