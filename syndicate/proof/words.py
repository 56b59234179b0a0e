# SPDX-License-Identifier: Apache-2.0
"""How two texts, two names, two addresses are compared. Pure functions over strings, all linear in their input.

Names and lines are compared after Unicode NFC and white-space folding, case kept. Addresses are compared after
normalising scheme and host (RFC 3986 6.2.2.1); path and query count to the letter.
"""

import re
import unicodedata

#: Scripts that write no blanks between words: each character counts as a word.
NO_BLANKS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

# Shown to nobody and harmless. The overrides U+202D and U+202E stay: they turn what a reader sees around.
_HARMLESS = "\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202c\u2060-\u2069\ufeff"
_UNSEEN = re.compile(f"[{_HARMLESS}]")
_MARK = re.compile(r"(?:\(c\)|©|\bcopyright\b)(?:[\s:]*(?:\(c\)|©|\bcopyright\b))*", re.IGNORECASE)
_NO_BLANK = re.compile(f"([{NO_BLANKS}])")
_ODD = re.compile(f"[{_HARMLESS}{NO_BLANKS}]")
_BETWEEN_NO_BLANKS = re.compile(f"(?<=[{NO_BLANKS}]) (?=[{NO_BLANKS}])")
_WORD = re.compile(r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff]+")
_HYPHEN = re.compile(r"(?<=\w)- (?=\w)")
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*•>\u2013]|\d{1,3}[.)])[ \t]+", re.MULTILINE)
_FOOTNOTE = re.compile(r"[ \t]*\[\d{1,3}\]")
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]*)(.*)", re.DOTALL)
_DEED = re.compile(r"/(?:deed|legalcode|rdf)(?:\.[a-z_\-]+)?$")
_OPENERS = "<([{\"'“\u2018«"
_CLOSERS = ">)]}\"'”\u2019»,;.:!?"


def fold(text: str) -> str:
    """``text`` in NFC, runs of white space as one blank, characters that nobody sees left out."""
    return " ".join((text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFC", text))).split())


def unwrap(text: str) -> str:
    """``text`` of a wrapped plain part as it was before wrapping, which breaks at blanks, hyphens and ideographs."""
    return _BETWEEN_NO_BLANKS.sub("", _HYPHEN.sub("-", fold(text)))


def undecorate(text: str) -> str:
    """``text`` without the list marks and link footnotes that a plain part may add."""
    return unwrap(_FOOTNOTE.sub("", _LIST_MARK.sub("", text)))


def copyright_form(line: str) -> str:
    """``line`` folded, with ``(c)``, ``©`` and ``Copyright`` read as equal."""
    return fold(_MARK.sub(" © ", fold(line)))


def tokens(text: str) -> list[str]:
    """The words of ``text`` without case and punctuation; a character each in scripts that write no blanks."""
    if text.isascii():
        return _WORD.findall(text.lower())
    plain = unicodedata.normalize("NFKC", text)
    if not _ODD.search(plain):
        return _WORD.findall(plain.casefold())
    return _WORD.findall(_NO_BLANK.sub(r" \1 ", _UNSEEN.sub("", plain).casefold()))


def length(text: str) -> int:
    """How many words ``text`` has; each character of a script without blanks counts as one."""
    return len(_NO_BLANK.sub(" x ", text).split())


def find_whole(needle: str, hay: str, start: int = 0) -> int:
    """Where ``needle`` ends in ``hay`` as whole words, from ``start`` on; -1 if it does not stand there."""
    at = hay.find(needle, start)
    while at >= 0 and needle:
        end = at + len(needle)
        if not (_runs_on(hay, at) or _runs_on(hay, end)):
            return end
        at = hay.find(needle, at + 1)
    return at


def _runs_on(text: str, at: int) -> bool:
    """Whether a word goes on across position ``at``."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    return left.isalnum() and right.isalnum() and not (_NO_BLANK.match(left) or _NO_BLANK.match(right))


def url_form(url: str) -> str:
    """``url`` with scheme and host in lower case and without a default port; the rest to the letter."""
    match = _ABSOLUTE.fullmatch(url.strip())
    if match is None:
        return url.strip()
    scheme, authority, rest = match[1].lower(), match[2], match[3]
    login, at, host = authority.rpartition("@")
    host = host.lower().removesuffix({"http": ":80", "https": ":443"}.get(scheme, ":"))
    return f"{scheme}://{login}{at}{host}{rest if rest.startswith('/') else '/' + rest}"


def is_web(url: str) -> bool:
    """Whether ``url`` is absolute with scheme http or https."""
    return url_form(url).startswith(("http://", "https://"))


def licence_form(url: str) -> str:
    """``url`` of a licence without scheme, ``www.``, case, last slash, and ``deed`` or ``legalcode``."""
    bare = re.sub(r"^https?://(?:www\.)?", "", url.strip().lower())
    return _DEED.sub("", bare.rstrip("/")).rstrip("/")


def bare_urls(text: str) -> frozenset[str]:
    """Every address that stands bare and whole on one line of ``text``, in both readings of its closing marks."""
    found: set[str] = set()
    for word in text.split():
        if "://" in word:
            url = word.lstrip(_OPENERS)
            found.add(url_form(url))
            found.add(url_form(url.rstrip(_CLOSERS)))
            found.update(_shorter(url))
    return frozenset(found)


def _shorter(url: str) -> set[str]:
    """``url`` with one to three closing marks taken off: which of them belong to it, nobody can tell."""
    cut = [url[:-count] for count in (1, 2, 3) if all(mark in _CLOSERS for mark in url[-count:])]
    return {url_form(one) for one in cut}
