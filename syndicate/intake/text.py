# SPDX-License-Identifier: Apache-2.0
"""Plain text: which characters may pass, names without addresses, URLs that may be followed."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import quote, urljoin, urlsplit

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Control characters, and in a group line ends of some programs, which have broken mail headers.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_SEPARATORS = "\x85\u2028\u2029"
_ADDRESS = re.compile(r"<?(?:mailto:)?[^\s<>()@\"',;]+@[^\s<>()@\"',;]+\.[^\s<>()@\"',;]+>?")
_TAG = re.compile(r"</?(?:a|b|br|div|em|font|i|img|p|script|small|span|strong|sub|sup|u)\b[^<>]*>", re.IGNORECASE)
_NO_URI = re.compile(r"""[\s"<>\\^`{|}]""")
_TRACKING = re.compile(
    r"(?:utm_|at_|mtm_|pk_)\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|cmpid|ocid|spm", re.IGNORECASE
)
_ORDINARY = re.compile(r"https?://[\w.:@-]+(?:/[^\s?#;]*)?(?:\?[^\s#]+)?(?:#\S+)?\Z", re.ASCII)
_PATH = r"[\w.~%!$&'()*+,=:@/-]"
_COMPLETE = re.compile(rf"https?://[\w.-]+(?::\d+)?(?:/{_PATH}*)?(?:\?[?{_PATH[1:]}+)?(?:#[?{_PATH[1:]}+)?\Z", re.ASCII)
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)/*")
_C1 = re.compile("[\x80-\x9f]")
_WINDOWS_1252 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
_WINDOWS_1252 = {code: character for code, character in _WINDOWS_1252.items() if character != "\ufffd"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")


def xml_text(text: str) -> str:
    """``text`` without the characters that no XML document may hold, lone surrogates included. Spec: XML 1.0 2.2."""
    return _NO_XML.sub("", text)


def legal(text: str) -> str:
    """``text`` without any control character; line separators other than the line feed become blanks."""
    if text.isprintable():
        return text
    return _UNWANTED.sub(lambda match: " " if match[0] in _SEPARATORS else "", text)


def one_line(text: str) -> str:
    """``text`` on one line, every run of white space one blank."""
    return " ".join(legal(text).split())


def person_name(text: str) -> str:
    """The name in ``text`` without any mail address: "jane@a.example (Jane Doe)" gives "Jane Doe"; "" if none."""
    name = one_line(_TAG.sub("", _ADDRESS.sub(" ", legal(text))))
    if "(" in name and re.fullmatch(r"\(([^()]*)\)", name):
        name = name[1:-1]
    return re.sub(r"[<(]\s*[)>]", "", name).strip(" \t,;<>\"'")


def web_url(url: str, base: str = "") -> str:
    """``url`` made absolute against ``base``; "" unless it is an http or https URL with a host. Spec: RFC 3986 5.2."""
    if _COMPLETE.match(url):
        return url
    reference = _one_address(url)
    if not reference:
        return ""
    try:
        absolute = urljoin(base, reference)
        parts = urlsplit(absolute)
        usable = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return ""
    return _encoded(absolute) if usable else ""


def untracked(url: str) -> str:
    """``url`` without the parameters that only tell where its reader came from, whatever else it asks for in order."""
    whole, hash_, fragment = url.partition("#")
    page, mark, query = whole.partition("?")
    asked = query.split("&")
    kept = [one for one in asked if not _TRACKING.fullmatch(one.partition("=")[0])]
    return url if kept == asked else page + (mark if kept else "") + "&".join(kept) + hash_ + fragment


def uri_text(reference: str) -> str:
    """A reference as it stands in HTML, absolute or not, in the characters of a URI. Spec: RFC 3986 2, HTML 2.4.1."""
    return _encoded(_one_address(reference))


def _one_address(reference: str) -> str:
    """Without blanks around it and line ends inside, as a browser reads it."""
    return re.sub(r"[\t\r\n]", "", legal(reference)).strip()


def _encoded(reference: str) -> str:
    """With every character percent-encoded that may stand in no URI; letters of all scripts may stay (RFC 3987)."""
    return _NO_URI.sub(lambda match: quote(match[0], safe=""), reference)


def language_tag(text: str) -> str:
    """A language tag as given, "_" read as "-"; "" if it is none. Spec: RFC 5646 2.1."""
    tag = text.strip().replace("_", "-")
    return tag if _LANGUAGE.match(tag) else ""


def joined(base: str, reference: str) -> str:
    """``reference`` made absolute, of whatever scheme; "" if it is malformed. Spec: RFC 3986 5.2."""
    if _ORDINARY.match(reference):
        return reference
    try:
        return urljoin(base, _SLASHES.sub(r"\1", reference))
    except ValueError:
        return ""


def mended(text: str) -> str:
    """``text`` with two widespread mistakes undone: UTF-8 read as Latin-1, and Windows-1252 called Latin-1."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode()
    return text.translate(_WINDOWS_1252) if _C1.search(text) else text
