# SPDX-License-Identifier: Apache-2.0
"""The gate: finished bytes are read back and every duty of every decision is proved in them, or nothing leaves.

`verify` is the only place that constructs a `Verified`. `lint` holds any file to its own word, `audit` holds one
finished file to decisions on record. All three are pure, take time in proportion to the bytes, and import no renderer.
"""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from hashlib import sha256

from syndicate.errors import ParseError
from syndicate.model import Edition, Entry, Finding, Part, Proved, Site, Verified
from syndicate.proof.judge import Docket, Verdict, judge
from syndicate.proof.ownword import own_word
from syndicate.proof.read import read
from syndicate.proof.scope import LookAt
from syndicate.proof.sight import look_at
from syndicate.proof.view import Setting

__all__ = ["Setting", "audit", "lint", "verify"]


def verify(edition: Edition, site: Site) -> Verified | tuple[Finding, ...]:
    """``edition`` of ``site`` with its proof, or what its finished bytes do not keep.

    A part that cannot be read is a finding.
    """
    if not edition.parts:
        return (Finding("", "form", "", "the edition has no part"),)
    docket = Docket(edition.entries, Setting(edition.channel, site, edition.created), edition.tombstones)
    looks = {style: cache(partial(look_at, style=style)) for style in {part.style for part in edition.parts}}
    findings: list[Finding] = []
    proved: list[Proved] = []
    for part in edition.parts:
        missed, kept = _verdict(part, docket, looks[part.style])  # formats have most of their HTML in common
        findings.extend(missed)
        proved.extend(kept)
    if findings:
        return tuple(findings)
    digests = {part.name: sha256(part.content).hexdigest() for part in edition.parts}
    return Verified(edition, tuple(proved), digests)


def _verdict(part: Part, docket: Docket, look: LookAt) -> Verdict:
    try:
        reading = read(part.content, part.name, look)
    except ParseError as error:
        return (Finding("", "form", part.name, error.what),), ()
    if reading.kind != _kind(part.name):
        return (Finding("", "form", part.name, f"the bytes are {reading.kind}, not {_kind(part.name)}"),), ()
    return judge(reading, docket, gate=True)


def _kind(name: str) -> str:
    """The kind of document that a part of this name must be."""
    return name if name in {"rss", "atom", "json", "mail"} else "html"


def lint(content: bytes, name: str) -> tuple[Finding, ...]:
    """Where the feed, page or message ``content`` does not keep its own word; ``name`` is its file name or URL.

    Raises ParseError if it cannot be read.
    """
    return own_word(read(content, name))


def audit(
    content: bytes, name: str, entries: Sequence[Entry], setting: Setting, others: Iterable[Sequence[Entry]] = ()
) -> tuple[Finding, ...]:
    """Where the finished file ``content`` breaks the decisions of ``entries``, all that are on record for its channel.

    ``setting`` is that channel, who publishes it, and the time as of which it is looked at; ``others`` are items that
    the channel does not carry, in batches, read as they are needed: no text of theirs may stand in it either.

    Content is judged, not bytes. Raises ParseError if it cannot be read.
    """
    return judge(read(content, name), Docket(entries, setting), gate=False, others=others)[0]
