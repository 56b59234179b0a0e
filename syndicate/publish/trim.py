# SPDX-License-Identifier: Apache-2.0
"""What the duties of an item leave out of its text, and which pictures they keep.

Promise: of the text only paragraphs and captions go that a duty names, whole; of pictures only those stay that a duty
names. Everything else stands as it came.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from lxml import etree, html
from markupsafe import escape

from syndicate.model import Entry

_MEDIA = ("img", "picture", "video", "audio", "source", "iframe", "object", "embed")
_LEAVES = ("p", "figcaption", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "blockquote", "td")


@dataclass(frozen=True, slots=True)
class Trim:
    """``left_out`` are paragraphs and captions (as `same`), ``kept`` the addresses of pictures."""

    left_out: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


UNTRIMMED = Trim()


def same(text: str) -> str:
    """``text`` as paragraphs are compared: in NFC, white space folded."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def trim_of(entry: Entry) -> Trim:
    """What the duties of ``entry`` leave out and keep."""
    duties = entry.decision.duties
    out = [d for d in duties if d.id == "O28" or (d.id == "O15" and d.how != "in")]
    kept = [d for d in duties if d.id == "O15" and d.how == "in"]
    return Trim(
        frozenset(same(text) for duty in out for text in duty.texts),
        frozenset(url for duty in kept for url in duty.also),
    )


def trimmed(markup: str, trim: Trim) -> str:
    """The clean HTML ``markup`` without what is left out."""
    root = html.fragment_fromstring(markup, create_parent="div")
    for node in list(root.iter(*_MEDIA)):
        if node.get("src") not in trim.kept:
            node.drop_tree()
    for node in list(root.iter(*_LEAVES)):
        if node.getparent() is not None and same("".join(node.itertext())) in trim.left_out:
            node.drop_tree()
    for node in list(root.iter("figure")):
        if not len(node) and not same("".join(node.itertext())):
            node.drop_tree()
    inside = "".join(etree.tostring(child, encoding="unicode", method="html") for child in root)
    return str(escape(root.text or "")) + inside
