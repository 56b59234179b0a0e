# SPDX-License-Identifier: Apache-2.0
"""No text of an item that the channel may not carry stands anywhere in the bytes.

Looked for are runs of eight words (twenty-four characters in scripts without blanks), without case and punctuation, in
everything that stands in a document (text, attributes, comments, enclosures, attachments, plain parts, JSON strings),
with markup, character references, percent and base64 coding undone. Not looked for are runs that another entry of the
edition may carry (or all of them but a word or two at its edge), titles, and runs made of what is no text (names,
notices, subjects, addresses, numbers).
"""

import base64
import binascii
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from syndicate.model import Entry, Mode
from syndicate.proof.sight import visible_text
from syndicate.proof.words import NO_BLANKS, tokens

_RUN = 8
_DENSE_RUN = 24
_SHORTEST = 5
_SHORTEST_DENSE = 12
_SHORTEST_TITLE = 3
_OWN_WORDS = 3
_DEPTH = 5
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|big|cite|code|del|em|font|i|ins|mark|q|s|small|span|strike|strong|sub|sup|tt|u|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_BASE64 = re.compile(r"base64,\s*([A-Za-z0-9+/=\s]{24,})")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_DENSE = re.compile(f"[{NO_BLANKS}]")

_Run = tuple[str, ...]
_Owner = tuple[str, str]
"""An item and the duty that its text would break."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A run of words of an item that stands where it must not. ``duty`` is text, or mode for a withheld title or id."""

    item_id: str
    duty: str
    words: str


class Watch:
    """What must not stand in any part of an edition of ``entries``."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._sought, self._heads = _sought(entries)
        self._withheld = tuple(entry.item.id for entry in entries if entry.decision.mode is Mode.WITHHOLD)

    def leaks(self, strings: Iterable[str], carried: Mapping[str, tuple[str, ...]]) -> tuple[Leak, ...]:
        """What stands in ``strings`` though it may not, the first run of each item.

        ``carried`` has for each item the excerpt that this part carries of it by right.
        """
        allowed = _Allowed([text for texts in carried.values() for text in texts])
        found: dict[_Owner, Leak] = {}
        for string in strings:
            for item_id in self._withheld:
                if item_id in string:
                    found.setdefault((item_id, "mode"), Leak(item_id, "mode", item_id))
            for layer in _layers(string) if self._sought else ():
                self._search(tokens(layer), allowed, found)
        return tuple(found.values())

    def _search(self, words: Sequence[str], allowed: "_Allowed", found: dict[_Owner, Leak]) -> None:
        for size, sought in self._sought.items():
            heads = self._heads[size]
            for at, head in enumerate(itertools.pairwise(words)):
                if head not in heads:
                    continue
                run = tuple(words[at : at + size])
                owner = sought.get(hash(run))
                if owner is not None and owner not in found and not allowed.nearly(run):
                    found[owner] = Leak(*owner, " ".join(run))


class _Allowed:
    """Texts that may stand there. A run that is theirs but for a word or two has only strayed across their edge."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = [tokens(text) for text in texts]
        self._runs: dict[int, frozenset[int]] = {}

    def nearly(self, run: _Run) -> bool:
        """Whether all of ``run`` but fewer than three words is one run of an allowed text."""
        size = max(len(run) - _OWN_WORDS + 1, 1)
        if size not in self._runs:
            self._runs[size] = frozenset(hash(part) for words in self._words for part in _runs(words, size))
        return any(hash(part) in self._runs[size] for part in _runs(run, size))


def _runs(words: Sequence[str], size: int) -> Iterator[_Run]:
    return zip(*(words[start:] for start in range(size)), strict=False)


def _layers(text: str) -> Iterator[str]:
    """``text`` with its codings undone step by step, each time with its markup and without."""
    for _ in range(_DEPTH):
        yield text
        if "<" in text:
            yield _TAG.sub(" ", _INLINE.sub("", text))
        undone = _undo(text)
        if undone == text:
            return
        text = undone


def _undo(text: str) -> str:
    plain = unescape(text)
    if "\\u" in plain:
        plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), plain)
    if "base64," in plain:
        plain = _BASE64.sub(lambda match: _from_base64(match[1]), plain)
    return unquote(plain) if "%" in plain else plain


def _from_base64(text: str) -> str:
    packed = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-8", "replace")
    except binascii.Error:
        return " "


# --------------------------------------------------------------------------------------------- what to look for


def _sought(entries: Sequence[Entry]) -> tuple[dict[int, dict[int, _Owner]], dict[int, set[_Run]]]:
    """The runs to look for, as hashes by their length, each with its item and duty; and the first two words of each."""
    runs: dict[int, dict[int, _Owner]] = {}
    heads: dict[int, set[_Run]] = {}
    allowed = _Allowed(_may_stand(entries))
    for entry in entries:
        for owner, run in _own(entry):
            if not allowed.nearly(run):
                runs.setdefault(len(run), {}).setdefault(hash(run), owner)
                heads.setdefault(len(run), set()).add(run[:2])
    return runs, heads


def _own(entry: Entry) -> Iterator[tuple[_Owner, _Run]]:
    """What of an entry may not stand there: runs of its text, and its title if it is withheld."""
    if entry.decision.mode is not Mode.FULL:
        for run in _own_runs(entry):
            yield (entry.item.id, "text"), run
    title = tuple(tokens(entry.item.title))
    if entry.decision.mode is Mode.WITHHOLD and len(title) >= _SHORTEST_TITLE:
        yield (entry.item.id, "mode"), title


def _own_runs(entry: Entry) -> Iterator[_Run]:
    """The runs of the item's text and summary that are the publisher's words rather than credits."""
    known = _credit_words(entry)
    for text, least in ((entry.item.text, _SHORTEST), (_summary(entry), _RUN)):
        words = tokens(text)
        size = _size(text, words, least)
        own = [word not in known for word in words]
        count = sum(own[:size])
        for at, run in enumerate(_runs(words, size)) if size else ():
            if count >= _OWN_WORDS:
                yield run
            count += own[at + size] - own[at] if at + size < len(own) else 0


def _summary(entry: Entry) -> str:
    summary = entry.item.summary
    return visible_text(summary) if "<" in summary or "&" in summary else summary


def _size(text: str, words: Sequence[str], least: int) -> int:
    """How long the runs of ``text`` must be to be its own; 0 if it is too short to tell."""
    dense = len(_DENSE.findall(text)) * 2 > len(words)
    size, least = (_DENSE_RUN, _SHORTEST_DENSE) if dense else (_RUN, least)
    return min(size, len(words)) if len(words) >= least else 0


def _credit_words(entry: Entry) -> frozenset[str]:
    duties = (text for duty in entry.decision.duties for text in (*duty.texts, duty.url, *duty.also))
    names = (hop.name for hop in entry.chain.hops)
    people = (person.name for person in entry.item.authors)
    subjects = (text for one in entry.item.categories for text in (one.label, one.term, one.scheme))
    words = tokens(" ".join((*duties, *names, *people, *subjects, entry.item.title, entry.item.url)))
    return frozenset((*words, *map(str, range(1, 32)), *_stamps(entry)))


def _stamps(entry: Entry) -> Iterator[str]:
    dates = (*(hop.date for hop in entry.chain.hops), entry.item.published, entry.item.updated)
    for date in filter(None, dates):
        yield from tokens(f"{date:%Y %B %b %d %A}")


def _may_stand(entries: Sequence[Entry]) -> Iterator[str]:
    """Every text that any part may carry: full texts, titles, notices."""
    for entry in entries:
        if entry.decision.mode is Mode.FULL:
            yield from (entry.item.text, _summary(entry))
        if entry.decision.mode is not Mode.WITHHOLD:
            yield entry.item.title
            yield from (text for duty in entry.decision.duties for text in duty.texts)
