# SPDX-License-Identifier: Apache-2.0
"""Licences that notices link or name, told apart from those of pictures, books and programs.

A licence counts where the words around its link or name are about the text: in the body of an item always, elsewhere
unless they are about something else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from syndicate.model import ChannelClass, Licence, Mode
from syndicate.rights.licences import NOTHING_STATED, by_id, by_url
from syndicate.rights.notices.clauses import Said, aside
from syndicate.rights.notices.phrases import GROUPS, LICENCE, has
from syndicate.rights.notices.reading import PLACES
from syndicate.rights.notices.seen import BADGE, Anchor

_HOST: Final = re.compile(r"(?:^|\.)creativecommons\.org$")
_TERMS: Final = re.compile(r"/(?:licenses|publicdomain)/.")
_LATEST: Final = "4.0"
PUBLIC_DOMAIN: Final = by_id("CC-PDM-1.0")
"""What texts in the public domain permit."""


@dataclass(frozen=True, slots=True)
class Named:
    """A licence that a clause links (``linked``) or names. ``id`` is "" if we cannot tell which it is."""

    said: Said
    id: str
    licence: Licence | None
    linked: bool

    @property
    def rank(self) -> int:
        """How specific its place is."""
        return PLACES[self.said.place]

    @property
    def modes(self) -> dict[ChannelClass, Mode]:
        """What it permits; of a licence that we cannot tell, what silence permits."""
        return dict((self.licence or NOTHING_STATED).modes)


def named(all_said: Iterable[Said]) -> tuple[Named, ...]:
    """The licences of the text, in the order in which they stand."""
    return tuple(one for said in all_said if said.role != "fair" for one in _of(said))


def _of(said: Said) -> list[Named]:
    links = [anchor for anchor in said.clause.anchors if _is_licence(anchor)]
    linked = [_linked(said, anchor) for anchor in links if _about_text(said, anchor.start, anchor)]
    if links:
        return linked
    match = LICENCE["named"].search(said.text)
    if match and _about_text(said, match.start(), None):
        return [_worded(said, match.start())]
    free = LICENCE["domain"].search(said.text)
    return [_dedicated(said)] if free and _given(said, free) else []


def _is_licence(anchor: Anchor) -> bool:
    """True if a link leads to a licence, known to us or not."""
    try:
        parts = urlsplit(anchor.href.strip())
        foreign = bool(_HOST.search(parts.hostname or "")) and bool(_TERMS.match(parts.path))
    except ValueError:
        return False
    return by_url(anchor.href) is not None or foreign


def _linked(said: Said, anchor: Anchor) -> Named:
    licence = by_url(anchor.href)
    linked = licence is not None and said.role != "past" and not has("section", said.text)
    return _named(said, licence, linked=linked)


def _named(said: Said, licence: Licence | None, *, linked: bool = False, family: str = "") -> Named:
    """A licence; one that covers a section permits nothing, since we do not know whether the item is in it."""
    scoped = has("section", said.text)
    return Named(said, family or (licence.id if licence else ""), None if scoped else licence, linked=linked)


def _about_text(said: Said, at: int, anchor: Anchor | None) -> bool:
    """True if what is licensed is the text: what stands before the licence decides."""
    before = said.text[:at]
    for pattern in GROUPS["except"]:
        before = pattern.sub("", before)
    if has("photo", said.text) or aside(before) or aside(before + " ") or _other_work(before):
        return False
    if anchor and "license" in anchor.rel.lower().split():
        return True
    if anchor and said.text == BADGE:
        return False
    ours = said.role == "grant" or (has("content", before) and has("deictic", before))
    return (ours and has("licensed", before)) if said.place == "body" else not _narrates(before)


def _other_work(before: str) -> bool:
    """True if the nearest thing named is no text."""
    return aside(re.split(r"[,(]", before)[-1])


def _narrates(before: str) -> bool:
    """True for a sentence that tells of licences instead of giving one."""
    return bool(re.search(r"\b(?:they|he|she|was|were|wikipedia|wikimedia|openstreetmap)\b", before))


def _given(said: Said, free: re.Match[str]) -> bool:
    """True if this text is said to be in the public domain, and not a picture, a book or another's text."""
    before = said.text[: free.start()]
    if has("photo", said.text) or aside(before + " "):
        return False
    return said.place != "body" or bool(has("content", before) and has("deictic", before))


def _dedicated(said: Said) -> Named:
    """The public domain in words: which deed stands behind it is not told."""
    return Named(said, "", None if has("section", said.text) else PUBLIC_DOMAIN, linked=False)


def _worded(said: Said, at: int) -> Named:
    """A licence by its short or its long name."""
    words = said.text[at : at + 160]
    if LICENCE["zero"].search(words):
        return _named(said, by_id("CC0-1.0"))
    letters = [letter for letter in ("by", "nc", "nd", "sa") if LICENCE[letter].search(words)]
    if letters[:1] != ["by"]:
        return _named(said, None)
    family = f"CC-{'-'.join(letters).upper()}"
    version = LICENCE["version"].search(words)
    if version:
        return _named(said, by_id(f"{family}-{version['version']}"))
    return _named(said, by_id(f"{family}-{_LATEST}"), family=family)
