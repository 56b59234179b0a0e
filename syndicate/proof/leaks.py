# SPDX-License-Identifier: Apache-2.0
"""No text of an item that the channel may not carry stands anywhere in the bytes.

Looked for are runs of eight words (twenty-four characters in scripts without blanks), without case and punctuation, in
everything that stands in a document (text, attributes, comments, enclosures, attachments, plain parts, JSON strings),
with markup, character references, percent and base64 coding undone. Not looked for are runs that another entry of the
edition may carry (or all of them but a word or two at its edge), titles, and runs made of what is no text (names,
notices, subjects, addresses, dates, numbers, the names of markup).
"""

import base64
import binascii
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from syndicate.model import Entry, Mode
from syndicate.proof.original import left_out
from syndicate.proof.sight import visible_text
from syndicate.proof.words import NO_BLANKS, fold, tokens

_RUN = 8
_DENSE_RUN = 24
_SHORTEST = 5
_SHORTEST_DENSE = 12
_SHORTEST_TITLE = 3
_OWN_WORDS = 3
_DEPTH = 5
_HEAD = 3
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|big|cite|code|del|em|font|i|ins|mark|q|s|small|span|strike|strong|sub|sup|tt|u|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_BASE64 = re.compile(r"base64,\s*([A-Za-z0-9+/=\s]{24,})")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
#: What stands in a text without being prose: addresses; of markup shown to be read, names and what a page begins with.
_NO_PROSE = re.compile(
    r"""(https?://[^\s<>"']+|<(?:!doctype|html|link|meta)\b[^<>]*>|<[!/]?[a-z][\w:-]*|(?<=\s)[a-z][\w:-]*(?==["']))""",
    re.IGNORECASE,
)
_DENSE = re.compile(f"[{NO_BLANKS}]")

_Run = tuple[str, ...]
_Owner = tuple[str, str]
"""An item and the duty that its text would break."""
_Hit = tuple[_Owner, _Run]


@dataclass(frozen=True, slots=True)
class Leak:
    """A run of words of an item that stands where it must not. ``duty`` is text, or mode for a withheld title or id."""

    item_id: str
    duty: str
    words: str


@dataclass(frozen=True, slots=True)
class _Ends:
    """What of a string a run takes that comes from before it, and what one takes that goes on behind it."""

    first: _Run = ()
    last: _Run = ()


@dataclass(frozen=True, slots=True)
class _Scan:
    """What one string holds: ids of withheld items, runs that are sought, and its ends.

    The ends stand there for each layer, with markup and without.
    """

    ids: tuple[str, ...] = ()
    hits: tuple[_Hit, ...] = ()
    ends: tuple[tuple[_Ends, _Ends], ...] = ((_Ends(), _Ends()),)


class Watch:
    """What must not stand in any part of an edition of ``entries``. A string that parts share is scanned once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._sought = _sought(entries)
        self._withheld = _Ids(entry.item.id for entry in entries if entry.decision.mode is Mode.WITHHOLD)
        self._scans: dict[str, _Scan] = {}

    def leaks(
        self, strings: Iterable[str], carried: Mapping[str, tuple[str, ...]], named: Collection[str] = ()
    ) -> tuple[Leak, ...]:
        """What stands in ``strings``, or from one of them to the next, though it may not, the first run of each item.

        ``carried`` has for each item the excerpt that this part carries of it by right; the ids ``named`` may stand.
        """
        scans = [self._scan(string) for string in strings]
        allowed = _Allowed(_as_read(text for texts in carried.values() for text in texts))
        ids = (item_id for scan in scans for item_id in scan.ids if item_id not in named)
        found = {(item_id, "mode"): Leak(item_id, "mode", item_id) for item_id in ids}
        for owner, run in itertools.chain(*(scan.hits for scan in scans), self._across(scans)):
            if owner not in found and not allowed.nearly(run):
                found[owner] = Leak(*owner, " ".join(run))
        return tuple(found.values())

    def _scan(self, string: str) -> _Scan:
        if string not in self._scans:
            self._scans[string] = self._scanned(string)
        return self._scans[string]

    def _scanned(self, string: str) -> _Scan:
        ids = self._withheld.standing_in(string)
        if not self._sought.runs:
            return _Scan(ids)
        hits: list[_Hit] = []
        ends: list[tuple[_Ends, _Ends]] = []
        for layer in _layers(string):
            marked = bare = self._read(layer, hits)
            if "<" in layer:
                bare = self._read(_without_markup(layer), hits)
            ends.append((marked, bare))
        return _Scan(ids, tuple(dict.fromkeys(hits)), tuple(ends))

    def _read(self, text: str, hits: list[_Hit]) -> _Ends:
        """The ends of ``text``; what stands in it is added to ``hits``."""
        words = tokens(text)
        starts = self._sought.starts(words)
        hits.extend(self._sought.hits(words, starts))
        return self._sought.ends(words, starts)

    def _across(self, scans: Sequence[_Scan]) -> Iterator[_Hit]:
        """The runs that start in one string and end in another, layer by layer."""
        for depth in range(max((len(scan.ends) for scan in scans), default=0)):
            reached = [scan.ends[min(depth, len(scan.ends) - 1)] for scan in scans]
            for ends in zip(*reached, strict=True):
                yield from self._beyond(ends)

    def _beyond(self, ends: Sequence[_Ends]) -> Iterator[_Hit]:
        """The runs that start in one of the strings with these ``ends`` and go on behind it."""
        behind: _Run = ()
        for one in reversed(ends):
            words = one.last + behind
            starts = [at for at in self._sought.starts(words) if at < len(one.last)]
            yield from self._sought.hits(words, starts)
            behind = (one.first + behind)[: self._sought.reach]


class _Ids:
    """Ids that may stand nowhere; found in one pass however many they are, by the two characters they start with."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = frozenset(ids)
        self._lengths = frozenset(map(len, self._ids))
        starts = sorted({re.escape(item_id[:2]) for item_id in self._ids})
        self._start = re.compile(f"(?={'|'.join(starts)})")

    def standing_in(self, string: str) -> tuple[str, ...]:
        """Those that stand in ``string``, each once."""
        places = (match.start() for match in self._start.finditer(string)) if self._ids else ()
        told = (string[place : place + length] for place in places for length in self._lengths)
        return tuple(dict.fromkeys(one for one in told if one in self._ids))


class _Allowed:
    """Texts that may stand there. A run that is theirs but for a word or two has only strayed across their edge."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = [tokens(text) for text in texts]
        self._runs: dict[int, frozenset[int]] = {}

    def nearly(self, run: _Run) -> bool:
        """Whether all of ``run`` but fewer than three words is one run of an allowed text."""
        return any(self.marks(run, len(run)))

    def marks(self, words: Sequence[str], size: int) -> list[bool]:
        """For each run of ``size`` words of ``words`` whether it is `nearly` allowed."""
        least = max(size - _OWN_WORDS + 1, 1)
        if least not in self._runs:
            self._runs[least] = frozenset(key for own in self._words for key in map(hash, _runs(own, least)))
        known = self._runs[least]
        stand = [key in known for key in map(hash, _runs(words, least))]
        return list(map(any, zip(*(stand[start:] for start in range(size - least + 1)), strict=False)))


def _runs(words: Sequence[str], size: int) -> Iterator[_Run]:
    return zip(*(words[start:] for start in range(size)), strict=False)


def _layers(text: str) -> Iterator[str]:
    """``text`` with its codings undone step by step."""
    for _ in range(_DEPTH):
        yield text
        undone = _undo(text)
        if undone == text:
            return
        text = undone


def _as_read(texts: Iterable[str]) -> Iterator[str]:
    """Texts in every layer in which they may be met, each with its markup and without."""
    for text in texts:
        for layer in _layers(text):
            yield layer
            if "<" in layer:
                yield _without_markup(layer)


def _without_markup(text: str) -> str:
    return _TAG.sub(" ", _INLINE.sub("", text))


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


class _Sought:
    """Runs of words to look for, by their hashes. A place is looked at more closely if three words there start one.

    ``reach`` is how many words of a run may stand on one side of a place inside it.
    """

    def __init__(self) -> None:
        self.runs: dict[int, _Owner] = {}
        self.reach = 0
        self._heads: dict[int, set[int]] = {}
        self._starts: set[int] = set()

    def add(self, owner: _Owner, words: Sequence[str], size: int, wanted: Sequence[bool]) -> None:
        """Look for the ``wanted`` of the runs of ``size`` words of ``words``; the last owner added keeps a run."""
        self.reach = max(self.reach, size - 1)
        self.runs.update(dict.fromkeys(itertools.compress(map(hash, _runs(words, size)), wanted), owner))
        heads = frozenset(itertools.compress(map(hash, _runs(words, _HEAD)), wanted))
        self._heads.setdefault(size, set()).update(heads)
        self._starts |= heads

    def starts(self, words: Sequence[str]) -> list[int]:
        """Where in ``words`` a run may start."""
        found = map(self._starts.__contains__, map(hash, _runs(words, _HEAD)))
        return list(itertools.compress(range(len(words)), found))

    def hits(self, words: Sequence[str], starts: Iterable[int]) -> Iterator[_Hit]:
        """The runs that stand in ``words`` at ``starts``, each with its owner."""
        for at in starts:
            head = hash(tuple(words[at : at + _HEAD]))
            for size, heads in self._heads.items():
                run = tuple(words[at : at + size]) if head in heads else ()
                owner = self.runs.get(hash(run)) if run else None
                if owner is not None:
                    yield owner, run

    def ends(self, words: Sequence[str], starts: Iterable[int]) -> _Ends:
        """The ends of ``words``, in which a run may start at ``starts`` or with the last words alone."""
        late = (at for at in starts if at >= len(words) - self.reach)
        last = min(next(late, len(words)), max(len(words) - _HEAD + 1, 0))
        return _Ends(tuple(words[: self.reach]), tuple(words[last:]))


def _sought(entries: Sequence[Entry]) -> _Sought:
    """What may not stand in any part: the runs of what may not be carried, but for those that may stand elsewhere."""
    sought = _Sought()
    allowed = _Allowed(_as_read(_may_stand(entries)))
    for entry in reversed(entries):  # a run that several have is the first one's
        for duty, words, size, own in reversed(list(_passages(entry))):
            wanted = [is_own and not may for is_own, may in zip(own, allowed.marks(words, size), strict=True)]
            sought.add((entry.item.id, duty), words, size, wanted)
    return sought


def _passages(entry: Entry) -> Iterator[tuple[str, list[str], int, Iterable[bool]]]:
    """What of an entry may not stand there: its text and summary, and its title if it is withheld.

    Each with the duty, its words, how long a run of them is, and for each run whether it is the publisher's own.
    """
    known = _credit_words(entry)
    mode = entry.decision.mode
    for text, least in ((entry.item.text, _SHORTEST), (_summary(entry), _RUN)) if mode is not Mode.FULL else ():
        words, prose = _words(text)
        size = _size(text, words, least)
        if size:
            own = (is_prose and word not in known for word, is_prose in zip(words, prose, strict=True))
            yield "text", words, size, _enough(own, size)
    title = tokens(entry.item.title)
    if mode is Mode.WITHHOLD and len(title) >= _SHORTEST_TITLE:
        yield "mode", title, len(title), (True,)


def _words(text: str) -> tuple[list[str], list[bool]]:
    """The words of ``text``, and for each whether it is prose."""
    words: list[str] = []
    prose: list[bool] = []
    for place, part in enumerate(_NO_PROSE.split(text)):
        told = tokens(part)
        words.extend(told)
        prose.extend([place % 2 == 0] * len(told))
    return words, prose


def _enough(own: Iterable[bool], size: int) -> Iterator[bool]:
    """For each run of ``size`` words whether enough of them are the publisher's ``own`` rather than credits."""
    counts = list(itertools.accumulate(own, initial=0))
    return (after - before >= _OWN_WORDS for before, after in zip(counts, counts[size:], strict=False))


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
        yield from tokens(f"{date:%Y %B %b %d %A %a %H %M %S} 0000")


def _may_stand(entries: Sequence[Entry]) -> Iterator[str]:
    """Every text that any part may carry: full texts, titles, notices."""
    for entry in entries:
        if entry.decision.mode is Mode.FULL:
            yield from (entry.item.text, _summary(entry))
            if gone := frozenset(map(fold, left_out(entry))):
                yield "\n\n".join(one for one in entry.item.text.split("\n\n") if fold(one) not in gone)
        if entry.decision.mode is not Mode.WITHHOLD:
            yield entry.item.title
            yield from (text for duty in entry.decision.duties for text in duty.texts)
