# SPDX-License-Identifier: Apache-2.0
"""One item in one part, ready to be held to its duties: `View`, and what is known about the item: `Case`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from syndicate.model import Channel, Entry, Mode, Site
from syndicate.proof.original import Original
from syndicate.proof.scope import Scope
from syndicate.proof.seen import SILENT, Document, Machine
from syndicate.proof.words import unwrap

#: What a part is called before a person.
WHERE = {
    "rss": "the RSS feed",
    "atom": "the Atom feed",
    "json": "the JSON feed",
    "html": "the page",
    "mail": "the message",
    "mail HTML": "the HTML part",
    "mail text": "the text part",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Who publishes a part, in which channel, and when."""

    channel: Channel
    site: Site
    now: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """An entry, the mode it is held to, its text; ``hint`` is the excerpt as the HTML of the same part has it."""

    entry: Entry
    mode: Mode
    original: Original
    setting: Setting
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One item in one part: what machines read, its HTML renderings, its plain renderings.

    ``asides`` are further HTML of its entry, such as a description: it carries no text, but owes the credit too.
    ``document`` is what the whole part says of itself, ``canonicals`` what a page about this item alone declares.
    """

    part: str
    machine: Machine | None = None
    scopes: tuple[Scope, ...] = ()
    texts: tuple[str, ...] = ()
    asides: tuple[Scope, ...] = ()
    document: Document = SILENT
    canonicals: tuple[str, ...] = ()

    @property
    def html(self) -> tuple[Scope, ...]:
        """All HTML that owes a credit."""
        return (*self.scopes, *self.asides)

    @property
    def where(self) -> str:
        """The part, for a person."""
        return WHERE[self.part]

    def credits(self, case: Case) -> Iterator[tuple[str, bool]]:
        """The credit of each rendering, folded, and whether it is plain."""
        for scope in self.html:
            yield scope.folded_credit, False
        for text in self.texts:
            yield without_text(text, case), True

    def renderings(self) -> Iterator[tuple[str, bool]]:
        """All that is visible of each rendering, folded, and whether it is plain."""
        for scope in self.html:
            yield scope.folded, False
        for text in self.texts:
            yield unwrap(text), True

    def surroundings(self, case: Case) -> Iterator[tuple[str, bool]]:
        """What is visible outside the carried text in each rendering, folded, and whether it is plain."""
        for scope in self.html:
            yield scope.around, False
        for text in self.texts:
            yield without_text(text, case), True


def around_text(section: str, case: Case) -> tuple[str, str]:
    """A plain ``section`` before and after the carried text, its title left out; all before if no text is found."""
    plain = unwrap(section)
    title = unwrap(case.entry.item.title)
    if title and plain.casefold().startswith(title.casefold()):
        plain = plain[len(title) :]
    carried = [case.hint] if case.hint else [reading.text for reading in case.original.readings]
    for text in map(unwrap, carried):
        at = plain.find(text) if text else -1
        if at >= 0:
            return plain[:at], plain[at + len(text) :]
    return plain, ""


def without_text(section: str, case: Case) -> str:
    """A plain ``section`` without its title and the carried text: what is left is our own words."""
    return "\n".join(around_text(section, case))
