# SPDX-License-Identifier: Apache-2.0
"""From the bytes of an XML feed to text that a parser may read: decoded, trimmed, without its DTD.

Promises: no entity is ever expanded or fetched, a document whose root is not closed is refused (a body cut short is a
failed poll), and an HTML page is told from a feed.
"""

from __future__ import annotations

import codecs
import html
import html.entities
import re
from dataclasses import dataclass, field

from lxml import etree

from syndicate.errors import ParseError
from syndicate.intake.text import xml_text

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# Python calls these encodings, but no feed is written in them.
_NO_CHARSETS = ("idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "utf-7", "utf7", "utf_7")
_SEVEN_BIT = ("iso-2022", "iso2022", "hz")
# As browsers do: these labels are used for more than they name. Spec: WHATWG Encoding 4.2.
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"} | dict.fromkeys(
    ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "windows-1252"
)

_BEYOND_ASCII = re.compile("[^\0-\x7f]+")
_FEW = 2  # letters beyond ASCII that stand together in Western European words, on average

_PROLOG = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_NAME = re.compile(r"<([A-Za-z_][\w.:-]*)")
_ROOT = re.compile(r"<(?:[\w-]+:)?(?:rss|feed|rdf)[\s>/]", re.IGNORECASE)
_ROOTS = ("rss", "feed", "rdf", "channel")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s*)?([\w.:-]+)\s+(?:(SYSTEM|PUBLIC)\b|\"([^\"]*)\"|'([^']*)')")
_NESTED = re.compile(r"&(?!#)\w|%\w+;")
_LONGEST_ENTITY = 32

_OPAQUE = r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
_REFERENCE = re.compile(_OPAQUE + r"|&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,7})|(\w[\w.-]*));|&", re.DOTALL)
_PREDEFINED = ("amp", "lt", "gt", "quot", "apos")


@dataclass(frozen=True, slots=True)
class Document:
    """An XML feed, ready to parse: UTF-8 without declaration or DTD, and its tree for what needs namespaces.

    ``sound``: it is well-formed, so each entry means alone what it means among the others. ``entities`` are those of
    its DTD that an entry may name.
    """

    data: bytes
    tree: etree._Element
    problems: tuple[str, ...] = ()
    sound: bool = True
    entities: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Prolog:
    root: str
    rest: str
    entities: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_document(body: bytes, *, url: str, content_type: str = "") -> Document:
    """Bytes as fetched -> a document. Raises ParseError if they are no whole feed; ``url`` names it and is its base."""
    return read_text(decode(body, content_type), url=url)


def read_text(text: str, *, url: str) -> Document:
    """The same for a body that is decoded."""
    prolog = _prolog(xml_text(text), url)
    data = prolog.rest.encode()
    tree = _tree(data, url)
    if tree is None:
        whole = _whole(prolog, url)
        data = _REFERENCE.sub(lambda match: _repaired(match, prolog.entities), whole).encode()
        tree = _tree(data, url)
    sound = tree is not None
    if tree is None:
        prolog.problems.append("the XML is not well-formed; it was read as far as it makes sense")
        tree = etree.fromstring(data, _parser(recover=True), base_url=url)
    return Document(data, tree, tuple(prolog.problems), sound, tuple(sorted(prolog.entities.items())))


def decode(body: bytes, content_type: str = "") -> str:
    """Bytes to text. A byte order mark decides; else UTF-8 if the bytes are that; else what document or header say.

    Bytes beyond ASCII that form valid UTF-8 are UTF-8 in practice, whatever a header claims.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    stated = _stated(body, content_type)
    seven_bit = any(name.startswith(_SEVEN_BIT) for name in stated)
    for name in stated if seven_bit else ("utf-8", *stated):
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):  # Python also calls "zlib" and "hex" codecs
            continue
    encoding = "windows-1252" if "utf-8" not in stated or _is_western(body) else "utf-8"
    return body.decode(encoding, "replace")


def _is_western(body: bytes) -> bool:
    """Whether bytes that call themselves UTF-8, wrongly, are Western European text instead of damaged UTF-8.

    Such text has accented letters and curly quotes one by one among ASCII; other scripts in one byte a letter have
    whole words of high bytes, and damaged UTF-8 has more sound sequences than broken ones.
    """
    found = body.decode("utf-8", "replace")
    broken = found.count("\ufffd")
    sound = sum(map(len, _BEYOND_ASCII.findall(found))) - broken
    try:
        western = body.decode("windows-1252")
    except UnicodeError:
        return False
    words = _BEYOND_ASCII.findall(western)
    return sound < broken and sum(map(len, words)) < _FEW * len(words)


def _stated(body: bytes, content_type: str) -> list[str]:
    declared = _DECLARED.search(body[:1000])
    header = _CHARSET.search(content_type)
    names = [declared[1].decode("ascii")] if declared else []
    names += [header[1]] if header else []
    return [name for name in (_ALIASES.get(name.lower(), name.lower()) for name in names) if _known(name)]


def _known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return name not in _NO_CHARSETS


def _prolog(text: str, url: str) -> _Prolog:
    if not text.strip():
        raise ParseError("the answer was empty", subject=url, remedy="try again later; if it stays empty, ask the site")
    doctypes, position = [], text.find("<")
    while position >= 0 and (match := _PROLOG.match(text, position)):
        doctypes.append(match[0])
        position = text.find("<", match.end())
    name = _NAME.match(text, position) if position >= 0 else None
    root = name[1] if name else ""
    if _local(root) not in _ROOTS:
        found = None if _local(root) == "html" else _ROOT.search(text)
        if not found:
            raise _html_page(url) if _local(root) == "html" or "<html" in text[:2000].lower() else _not_a_feed(url)
        position = found.start()
        root = found[0][1:-1]
    prolog = _Prolog(root, text[position:])
    for doctype in doctypes:
        _read_entities(doctype, prolog, url)
    return prolog


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _read_entities(doctype: str, prolog: _Prolog, url: str) -> None:
    """Keep short plain entities by name; refuse those that build on others, since that is how a document explodes."""
    for parameter, name, outside, double, single in _ENTITY.findall(doctype):
        value = double or single
        if parameter or _NESTED.search(value):
            what = "the document declares entities made of other entities, as an attack does"
            raise ParseError(what, subject=url, remedy="do not poll this source until its publisher explains it")
        if outside:
            prolog.problems.append(f"the document asks for an outside file as entity {name}; it was not fetched")
        elif len(value) <= _LONGEST_ENTITY:
            prolog.entities[name] = html.unescape(value)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=recover, huge_tree=True)


def _tree(data: bytes, url: str) -> etree._Element | None:
    try:
        return etree.fromstring(data, _parser(recover=False), base_url=url)
    except etree.XMLSyntaxError:
        return None


def _whole(prolog: _Prolog, url: str) -> str:
    """The document up to the end of its root element. Raises ParseError if that end is missing."""
    text = prolog.rest.rstrip()
    closing = f"</{prolog.root}"
    at_end = text.endswith(">") and text[:-1].rstrip().lower().endswith(closing.lower())
    if at_end and text.rfind("<![CDATA[") <= text.rfind("]]>"):
        return text
    ends = re.finditer(f"{_OPAQUE}|({re.escape(closing)}\\s*>)", text, re.DOTALL | re.IGNORECASE)
    end = max((match.end() for match in ends if match[1]), default=0)
    if not end:
        what = f"the document is cut short: its {prolog.root} element is never closed"
        raise ParseError(what, subject=url, remedy="nothing was changed; the next poll tries again")
    return text[:end]


def _repaired(match: re.Match[str], entities: dict[str, str]) -> str:
    """One reference as XML wants it: names of HTML become characters, stray ampersands and unknown names text."""
    decimal, hexadecimal, name = match.groups()
    if name in _PREDEFINED or match[0].startswith("<"):
        return match[0]
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        character = xml_text(chr(code)) if 0 < code <= 0x10FFFF else ""  # noqa: PLR2004 -- the last code point of Unicode
        return match[0] if character else ""
    value = entities.get(name) or html.entities.html5.get(f"{name};", match[0]) if name else "&"
    return html.escape(value, quote=True)


def _html_page(url: str) -> ParseError:
    remedy = "open it in a browser, find the feed's present address and put that into the configuration"
    return ParseError("a web page stands where the feed should be", subject=url, remedy=remedy)


def _not_a_feed(url: str) -> ParseError:
    remedy = "check that the address is that of an RSS, Atom or JSON feed"
    return ParseError("this is not a feed that we can read", subject=url, remedy=remedy)
