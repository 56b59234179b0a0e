# SPDX-License-Identifier: Apache-2.0
"""Bytes to text by the encoding that a document declares, and what is wrong with that declaration."""

import codecs
import re

from syndicate.proof.seen import Problem

REPLACEMENT = "\ufffd"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:\-]+)")
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:\-]+)", re.IGNORECASE)
_SINGLE = re.compile(r"^(?:iso8859|cp125|latin|mac|koi8)")
_REFERENCE = re.compile(r"&#(?:x0*fffd|0*65533);", re.IGNORECASE)


def declared_xml(content: bytes) -> str:
    """The encoding of an XML document. Spec: XML 1.0 4.3.3."""
    return _declared(content, _XML.match(content[:400]))


def declared_html(content: bytes) -> str:
    """The encoding of an HTML document. Spec: WHATWG HTML 13.2.3."""
    return _declared(content, _META.search(content[:4096]))


def _declared(content: bytes, match: re.Match[bytes] | None) -> str:
    marked = next((name for bom, name in _BOMS if content.startswith(bom)), "")
    return marked or (match[1].decode("ascii") if match else "utf-8")


def decode(content: bytes, name: str) -> tuple[str, tuple[Problem, ...]]:
    """``content`` as text in the encoding ``name``; what cannot be decoded becomes U+FFFD and a problem."""
    try:
        known = codecs.lookup(name).name
        text = content.decode(codecs.lookup("unknown").name if known == "utf-7" else known)
    except LookupError:
        return _plain(content.decode("utf-8", "replace")), (Problem("encoding", f'unknown encoding "{name[:40]}"'),)
    except UnicodeDecodeError:
        text = content.decode("utf-8" if known == "ascii" else known, "replace")
        return _plain(text), (Problem("encoding", f"the bytes are not {name}, which is declared"),)
    if _SINGLE.match(known) and _is_utf8(content):
        return _plain(text), (Problem("encoding", f"the bytes are UTF-8, but {name} is declared"),)
    return _plain(text), ()


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff")


def _is_utf8(content: bytes) -> bool:
    try:
        return not content.isascii() and bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def has_replacement(text: str) -> bool:
    """Whether a replacement character stands in ``text``, as itself or as a reference."""
    return REPLACEMENT in text or _REFERENCE.search(text) is not None
