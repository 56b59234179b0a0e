# SPDX-License-Identifier: Apache-2.0
"""What a reader of finished bytes hands on: neutral values that name no format and know no duty."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from syndicate.proof.scope import Sight

#: A string of at least this many characters stands on its own among the strings of a `Reading`.
LONG = 160


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine-readable side of one entry says. ``assets`` load or download without a click.

    ``terms`` are addresses and words of its terms beyond a licence, ``sales`` elements that ask for money.
    """

    title: str = ""
    links: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    changes: str | None = None
    canonicals: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    language: str = ""
    sales: tuple[str, ...] = ()


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
class Document:
    """What a document says of itself: names of who issues it, where they can be reached, and what was taken out of it.

    ``deleted`` are item ids with the time as it is written there. Spec: RFC 6721 3.
    """

    issuers: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    deleted: tuple[tuple[str, str], ...] = ()


SILENT = Document()


@dataclass(frozen=True, slots=True)
class Reading:
    """One finished document, read back. ``kind`` is rss, atom, json, html or mail.

    A feed has ``entries``; a page or message has ``pages`` (its HTML documents) and perhaps ``text``, the plain part.
    ``strings`` is all that stands anywhere in it, in order, transfer encodings undone. ``opaque`` names parts that we
    cannot look into. ``replaced`` tells whether a replacement character stands in it. ``html`` is the text of each of
    ``pages``.
    """

    kind: str
    entries: tuple[Seen, ...] = ()
    pages: tuple[Sight, ...] = ()
    text: str | None = None
    strings: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    feed_licences: tuple[str, ...] = ()
    feed_rights: tuple[str, ...] = ()
    feed_authors: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    replaced: bool = False
    document: Document = SILENT
    html: tuple[str, ...] = ()


def gathered(strings: Iterable[str]) -> Iterator[str]:
    """``strings`` in their order, each long one on its own and all between two of them as one, a line each.

    What several documents have in common is long, such as the HTML of an item, and can so be told to be the same.
    """
    short: list[str] = []
    for string in strings:
        if len(string) < LONG:
            short.append(string)
        else:
            yield "\n".join(short)
            yield string
            short = []
    yield "\n".join(short)
