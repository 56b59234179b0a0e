# SPDX-License-Identifier: Apache-2.0
"""The text of an item as something that is licensed: its fingerprint, its links, appeals in it, words to fill in."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html.parser import HTMLParser

# Shown to nobody, and harmless: what may stand in a text and not in its copy.
UNSEEN = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202c\u2060-\u2069\ufeff]")
_APPEAL = re.compile(
    r"""\b(?:
      (?:please\ )?(?:donate|give|chip\ in)\ (?:now|today|here|online|monthly|via|to\ (?:us|our|help|support|keep))\b
    | (?:make|making)\ (?:a|your)\ (?:\S+\ )?(?:gift|donation|contribution)\b
    | your\ (?:\S+\ )?(?:gift|donation|contribution|support)s?\b
    | (?:support|help\ fund|sustain)\ (?:us|our|this|independent|nonprofit|non-profit|local|public)\b
    | (?:become|becoming)\ (?:a|our)\ (?:\S+\ )?(?:member|supporter|patron|donor|sponsor)\b
    | buy\ us\ a\ coffee | tip\ jar | donation\ button
    | spenden\ sie | jetzt\ spenden | unterstützen\ sie\ (?:uns|unsere) | werden\ sie\ (?:mitglied|förderer)
    | faites\ un\ don | soutenez[\ -](?:nous|notre) | devenez\ (?:membre|donateur)
    | haz\ una\ donación | dona\ (?:ahora|hoy) | apóyanos | apoya\ (?:a\ )?nuestro | hazte\ (?:socio|miembro)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_BLANK = re.compile(r"\{(author|source|title|date)\}")


def same(text: str) -> str:
    """``text`` as paragraphs are compared: in NFC, white space folded."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fingerprint(text: str, left_out: Iterable[str] = ()) -> str:
    """The first 16 hex digits of SHA-256 over ``text`` in NFC without white space and without what nobody sees.

    Markup, line breaks and blanks may change without changing it. The paragraphs ``left_out`` do not count.
    """
    gone = frozenset(left_out)
    kept = (one for one in text.split("\n\n") if same(one) not in gone)
    plain = UNSEEN.sub("", unicodedata.normalize("NFC", "".join(kept)))
    return sha256("".join(plain.split()).encode()).hexdigest()[:16]


def appeals(text: str) -> tuple[str, ...]:
    """The paragraphs of ``text`` that ask for gifts or members; none if there is nothing else."""
    paragraphs = [same(one) for one in text.split("\n\n") if one.strip()]
    found = tuple(one for one in dict.fromkeys(paragraphs) if _APPEAL.search(one))
    return found if set(paragraphs) - set(found) else ()


class _Links(HTMLParser):
    """Collects the addresses of all links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for every start tag."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def links(markup: str) -> tuple[str, ...]:
    """Every address that the clean HTML ``markup`` links to, as often as it does."""
    reader = _Links()
    reader.feed(markup)
    reader.close()
    return tuple(reader.found)


def filled(words: str, values: Mapping[str, str], name: str) -> str:
    """Fixed ``words`` with ``{author}``, ``{source}``, ``{title}`` and ``{date}`` filled in.

    The part to be linked stands in brackets; if there is none, ``name`` in them is put into brackets.
    """
    told = _BLANK.sub(lambda match: values.get(match[1], ""), words)
    if "[" in told or not name or name not in told:
        return told
    return told.replace(name, f"[{name}]", 1)


def element_address(markup: str, tag: str, start: str) -> str:
    """The address of the first ``tag`` element in ``markup`` whose ``src`` begins with ``start``; "" if none has."""
    reader = _Sources(tag, start)
    reader.feed(markup)
    reader.close()
    return reader.found


class _Sources(HTMLParser):
    """Looks for the first element of a kind whose address begins as wanted."""

    def __init__(self, tag: str, start: str) -> None:
        super().__init__()
        self._tag = tag
        self._start = start
        self.found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for every start tag, empty elements included."""
        address = next((value.strip() for name, value in attrs if name == "src" and value), "")
        if tag == self._tag and not self.found and address.startswith(self._start):
            self.found = address
