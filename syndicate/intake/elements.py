# SPDX-License-Identifier: Apache-2.0
"""Feeds read from their tree, element by element: what feedparser finds, at a small part of its cost.

Knows RSS 0.91 to 2.0, RSS 1.0 and Atom 1.0 as publishers write them. Promises: every field that we take from feedparser
has the value that feedparser gives it; a document that holds anything which is read otherwise than by the rules here is
not read at all, and feedparser reads that one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from lxml import etree

from syndicate.intake.constructs import children, own_text, text_of
from syndicate.intake.names import ATOM, NETSCAPE, RDF, RSS_1, UnknownReading, attributes
from syndicate.intake.text import joined, mended
from syndicate.intake.walk import MARKUP, TYPES, Act, Fields, Guesses, Walk

_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_FEED = f"{{{ATOM}}}feed"
_IN_SOURCE = ("title", "link", "id", "updated", "author", "contributor", "rights", "subtitle", "icon", "logo")
_PHOTOS = "http://search.yahoo.com/mrss/category_schema"
_PODCASTS = "http://www.itunes.com/"
_REFERENCE = re.compile(r"&(\w+);", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """A document as fields: the format's name, the feed's fields, those of each entry in order.

    ``sound``: an entry would be found alone as it was found among the others.
    """

    version: str
    feed: Fields
    entries: list[Fields]
    sound: bool


def read(root: etree._Element, url: str, guesses: Guesses) -> Found:
    """A well-formed document, fetched from ``url`` -> what feedparser finds in it. Raises UnknownReading."""
    version = _version(root)
    walk = Walk(joined(url, url), guesses, _OF_FEED, _OF_ENTRY, atom=root.tag == _FEED)
    walk.document(root)
    return Found(version, walk.feed, walk.entries, sound=True)


def _version(root: etree._Element) -> str:
    """The format; where a root declares the namespaces of several, feedparser goes by their order."""
    declared = {uri.lower() for uri in root.nsmap.values()}
    if root.tag == _FEED and not declared & {RSS_1, NETSCAPE}:
        return "atom10"
    if root.tag == f"{RDF}RDF" and RSS_1 in declared and not declared & {ATOM.lower(), NETSCAPE}:
        return "rss10"
    if root.tag == "rss" and not declared & {RSS_1, NETSCAPE}:
        stated = root.get("version", "")
        return _VERSIONS.get(stated) or ("rss20" if stated.startswith("2.") else "rss")
    raise UnknownReading(str(root.tag))


def _strange(_at: Walk, element: etree._Element, _depth: int) -> None:
    raise UnknownReading(str(element.tag))


def _unread(at: Walk, element: etree._Element, _depth: int) -> None:
    """A text that is not taken from here; what stands inside is not read as elements of the feed."""
    for inner in element.iterdescendants():
        if isinstance(inner.tag, str) and not at.name(inner).startswith("xhtml_"):
            raise UnknownReading(inner.tag)


# ------------------------------------------------------------------------------------------------ texts


def _title(at: Walk, element: etree._Element, depth: int) -> None:
    """The first of several at one depth, but one further out counts more."""
    detail = at.construct(element, at.stated, "text/plain")
    if not -1 < at.title_depth <= depth:
        at.into["title_detail"] = detail
    if detail["value"]:
        at.title_depth = depth


def _media_title(at: Walk, element: etree._Element, depth: int) -> None:
    before = at.title_depth
    _title(at, element, depth)
    at.title_depth = before


def _summary(default: str, at: Walk, element: etree._Element, depth: int) -> None:
    """The first is the summary, a second one the body, unless there is a body."""
    if "summary" in at.into and not at.has_content:
        _body("text/plain", at, element, depth)
        return
    detail = at.construct(element, at.stated, default)
    if at.into is not at.feed:
        at.into |= {"summary": detail["value"], "summary_detail": detail}
    elif default == "text/plain":
        at.into["summary"] = detail["value"]


def _body(default: str, at: Walk, element: etree._Element, _depth: int) -> None:
    if at.into is at.feed:
        raise UnknownReading("a feed with a body of its own changes how its first entry is read")
    detail = at.construct(element, at.stated, default)
    at.has_content = True
    at.into.setdefault("content", []).append(detail)
    at.into.setdefault("summary", detail["value"])


def _language(at: Walk, element: etree._Element, depth: int) -> None:
    at.keep("language", mended(text_of(element)), depth)


def _date(key: str, at: Walk, element: etree._Element, depth: int) -> None:
    value = mended(text_of(element))
    at.keep(key, value, depth)
    at.into[f"{key}_parsed"] = at.guesses.date(value)


# ------------------------------------------------------------------------------------------------ names and links


def _id(at: Walk, element: etree._Element, depth: int) -> None:
    is_link = at.stated.get("ispermalink", "true") == "true"
    value = text_of(element)
    value = mended(joined(at.base, value) if value and is_link else value)
    at.keep("id", value, depth)
    if is_link:
        at.into.setdefault("link", value)


def _link(at: Walk, element: etree._Element, _depth: int) -> None:
    stated = _with_href(at.stated)
    stated.setdefault("rel", "alternate")
    stated.setdefault("type", "application/atom+xml" if stated["rel"] == "self" else "text/html")
    at.into.setdefault("links", []).append(stated)
    if "href" not in stated:
        _link_text(at, stated, text_of(element))
        return
    stated["href"] = joined(at.base, stated["href"])
    if stated["rel"] == "alternate" and TYPES.get(stated["type"], stated["type"]) in MARKUP:
        at.into["link"] = stated["href"]


def _link_text(at: Walk, stated: dict[str, str], text: str) -> None:
    value = mended(joined(at.base, text)) if text else ""
    if at.into is not at.feed:
        value = value.replace("&amp;", "&")
    at.into["link"] = _REFERENCE.sub(r"&\1", value)
    if at.into["link"] or at.into is at.feed:
        stated["href"] = at.into["link"]


def _with_href(stated: dict[str, str]) -> dict[str, str]:
    """Attributes of which some write ``url`` or ``uri`` for ``href``."""
    if href := stated.get("url", stated.get("uri", stated.get("href"))):
        stated.pop("url", None)
        stated.pop("uri", None)
        stated["href"] = href
    return stated


def _enclosure(at: Walk, _element: etree._Element, _depth: int) -> None:
    at.into.setdefault("links", []).append(_with_href(at.stated) | {"rel": "enclosure"})


def _licence(at: Walk, element: etree._Element, _depth: int) -> None:
    value = mended(text_of(element))
    at.into.setdefault("links", []).append({"rel": "license", "href": value})


def _cc_licence(at: Walk, element: etree._Element, _depth: int) -> None:
    at.into.setdefault("links", []).append({"rel": "license", "href": element.get(f"{RDF}resource", "")})


def _original_link(at: Walk, element: etree._Element, depth: int) -> None:
    at.keep("feedburner_origlink", None if element.attrib else mended(text_of(element)), depth)


def _author(at: Walk, element: etree._Element, depth: int) -> None:
    """Authors of a feed count in Atom only, where its entries inherit them."""
    if not at.atom:
        at.through(element, depth)
        return
    if at.name(element) != "author" or own_text(element).strip():
        raise UnknownReading("an author in the manner of another format")
    author: Fields = {}
    for child in children(element):
        name = at.name(child)
        if name == "name":
            author["name"] = text_of(child)
        elif name in ("uri", "url", "homepage"):
            author["href"] = mended(joined(at.base, text_of(child)) if text_of(child) else "")
        else:
            at.one(child, name, depth + 1)
    at.into.setdefault("authors", []).append(author)


def _source(at: Walk, element: etree._Element, depth: int) -> None:
    """Only what it does to the titles around it; its fields are read as evidence is."""
    at.title_depth = -1
    for child in children(element):
        name = at.name(child)
        if name not in _IN_SOURCE:
            raise UnknownReading(name)
        if name == "title" and at.construct(child, attributes(child), "text/plain")["value"]:
            at.title_depth = depth + 1


# ------------------------------------------------------------------------------------------------ categories


def _category(scheme: str | None, at: Walk, element: etree._Element, _depth: int) -> None:
    stated = at.stated
    _tag(at, stated.get("term"), stated.get("scheme", scheme or stated.get("domain")), stated.get("label"))
    _term(at, text_of(element))


def _itunes_category(at: Walk, element: etree._Element, depth: int) -> None:
    _tag(at, at.stated.get("text"), _PODCASTS, None)
    at.through(element, depth)
    _term(at, own_text(element).strip())


def _keywords(scheme: str | None, at: Walk, element: etree._Element, _depth: int) -> None:
    for term in () if element.attrib else mended(text_of(element)).split(","):
        if term.strip():
            _tag(at, term.strip(), scheme, None)


def _tag(at: Walk, term: str | None, scheme: str | None, label: str | None) -> None:
    tags = at.into.setdefault("tags", [])
    tag = {"term": term, "scheme": scheme, "label": label}
    if (term or scheme or label) and tag not in tags:
        tags.append(tag)


def _term(at: Walk, text: str) -> None:
    """The words of a category belong to its attributes, unless these name it."""
    tags = at.into["tags"]
    if text and tags and not tags[-1]["term"]:
        tags[-1]["term"] = mended(text)
    elif text:
        _tag(at, mended(text), None, None)


# ------------------------------------------------------------------------------------------------ which means what


def _all(act: Act, *names: str) -> dict[str, Act]:
    return dict.fromkeys(names, act)


_BOTH = {
    **_all(_title, "title", "dc_title"),
    **_all(_media_title, "media_title"),
    **_all(partial(_summary, "text/html"), "description", "dc_description", "media_description"),
    **_all(partial(_summary, "text/plain"), "summary", "itunes_summary"),
    **_all(partial(_body, "text/plain"), "content"),
    **_all(partial(_body, "text/html"), "content_encoded"),
    **_all(_unread, "rights", "copyright", "dc_rights", "subtitle", "tagline", "itunes_subtitle", "info"),
    **_all(_id, "guid", "id"),
    **_all(_link, "link"),
    **_all(_language, "language", "dc_language"),
    # What means something to feedparser that is not repeated here, or what it keeps under keys that we read.
    **_all(_strange, "rss", "feed", "channel", "item", "entry", "image", "textinput", "body", "xhtml_body", "fullitem"),
    **_all(_strange, "abstract", "tags", "links", "authors", "title_detail", "summary_detail", "description_detail"),
    **_all(_strange, "published_parsed", "updated_parsed", "created_parsed", "issued_parsed", "modified_parsed"),
    **_all(_strange, "date", "date_parsed", "tagline_detail", "svg_svg", "mathml_math"),
}
_OF_FEED = _BOTH | {
    **_all(_author, "author", "dc_author", "dc_creator", "itunes_author", "managingeditor"),
    **_all(_strange, "source"),
}
_OF_ENTRY = _BOTH | {
    **_all(partial(_date, "published"), "published", "issued", "pubdate", "dcterms_issued"),
    **_all(partial(_date, "updated"), "updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"),
    **_all(partial(_date, "created"), "created", "dcterms_created"),
    **_all(partial(_category, None), "category", "keywords", "dc_subject"),
    **_all(partial(_category, _PHOTOS), "media_category"),
    **_all(_itunes_category, "itunes_category"),
    **_all(partial(_keywords, None), "media_keywords"),
    **_all(partial(_keywords, _PODCASTS), "itunes_keywords"),
    **_all(_enclosure, "enclosure"),
    **_all(_original_link, "feedburner_origlink"),
    **_all(_licence, "creativecommons_license"),
    **_all(_cc_licence, "cc_license"),
    **_all(_source, "source"),
}
