# SPDX-License-Identifier: Apache-2.0
"""What a reader of finished bytes hands on: neutral values that name no format and know no duty."""

from dataclasses import dataclass

from syndicate.proof.sight import Sight


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine-readable side of one entry says. ``assets`` load or download without a click."""

    title: str = ""
    links: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    changes: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry of a feed. ``ids`` are the item ids it claims, ``contents`` its HTML, ``extras`` further HTML.

    ``texts`` are plain renderings that must stand on their own (``content_text``).
    """

    ids: tuple[str, ...]
    machine: Machine
    contents: tuple[Sight, ...] = ()
    extras: tuple[Sight, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the document as such. ``duty`` is form, encoding, entities or the duty it breaks."""

    duty: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One finished document, read back. ``kind`` is rss, atom, json, html or mail.

    A feed has ``entries``; a page or message has ``pages`` (its HTML documents) and perhaps ``text``, the plain part.
    ``strings`` is all that stands anywhere in it, transfer encodings undone. ``opaque`` names parts that we cannot look
    into. ``replaced`` tells whether a replacement character stands in it.
    """

    kind: str
    entries: tuple[Seen, ...] = ()
    pages: tuple[Sight, ...] = ()
    text: str | None = None
    strings: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    feed_licences: tuple[str, ...] = ()
    feed_rights: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    replaced: bool = False
