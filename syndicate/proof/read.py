# SPDX-License-Identifier: Apache-2.0
"""Finished bytes to a neutral `Reading`, whatever they are: RSS, Atom, JSON Feed, HTML page or message.

This is another reader than the writer: lxml, html and email parsers over the final bytes; it imports no renderer. It
raises nothing but ParseError, and takes time in proportion to the length of the bytes.
"""

import re
from html import unescape

from syndicate.errors import ParseError
from syndicate.proof.charset import declared_html, decode, has_replacement
from syndicate.proof.feeds import read_xml
from syndicate.proof.jsonfeed import read_json
from syndicate.proof.mail import read_mail
from syndicate.proof.scope import LookAt
from syndicate.proof.seen import Document, Reading
from syndicate.proof.sight import look_at
from syndicate.proof.words import fold

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_FEED = re.compile(r"<(?:[\w.\-]+:)?(?:rss|feed|RDF)[\s>]")
_TITLE = re.compile(r"<title\b[^>]*>([^<]*)</title", re.IGNORECASE)
_HEADER = re.compile(r"^[A-Za-z][A-Za-z0-9\-]*:[ \t\r\n]")


def read(content: bytes, name: str = "", look: LookAt = look_at) -> Reading:
    """The document ``content``; ``name`` (a part's name, a file name or a URL) helps only where bytes leave doubt.

    ``look`` sees HTML as a reader does: `look_at`, or one that remembers what it has looked at.
    """
    start = _start(content)
    if not start:
        raise ParseError("the document is empty")
    if name.lower().endswith((".eml", "mail")) or _HEADER.match(start):
        return read_mail(content, look)
    if start[0] in "{[":
        return read_json(content, look)
    if _FEED.search(start) and not _is_page(start):
        return read_xml(content, look)
    if start[0] == "<" and (_is_page(start) or not start.startswith("<?xml")):
        return _read_page(content, look)
    if start.startswith("<?xml"):
        return read_xml(content, look)
    raise ParseError("the document is no feed, page or message that we know")


def _start(content: bytes) -> str:
    """The first characters, enough to tell kinds apart."""
    codec = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    return content[:4096].decode(codec, "replace").lstrip("\ufeff \t\r\n")


def _is_page(start: str) -> bool:
    html, feed = _HTML.search(start), _FEED.search(start)
    return html is not None and (feed is None or html.start() < feed.start())


def _read_page(content: bytes, look: LookAt) -> Reading:
    text, problems = decode(content, declared_html(content))
    titles = tuple(fold(unescape(title)) for title in _TITLE.findall(text))
    return Reading(
        "html",
        pages=(look(text),),
        strings=(text,),
        problems=problems,
        replaced=has_replacement(text),
        document=Document(issuers=titles),
        html=(text,),
    )
