# SPDX-License-Identifier: Apache-2.0
"""JSON Feed 1.0 and 1.1 -> a parsed feed. Spec: JSON Feed 1.1.

The format has no field for rights, so those stand in extension objects: any key that starts with "_" and holds licence
or copyright words, our own ``_syndicate`` among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from syndicate.errors import ParseError
from syndicate.intake.parsed import Origin, ParsedEntry, ParsedFeed, Text
from syndicate.intake.text import person_name, web_url, xml_text
from syndicate.model import Category, Enclosure, Evidence, Level, Link, Person

_VERSION = "https://jsonfeed.org/version/"
_OURS = "_syndicate"
_KINDS = {
    "licence": "jsonfeed.licence",
    "license": "jsonfeed.licence",
    "copyright": "jsonfeed.copyright",
    "rights": "jsonfeed.copyright",
    "holder": "jsonfeed.holder",
    "contact": "jsonfeed.contact",
    "duties": "jsonfeed.duties",
}
Object = Mapping[str, object]
"""An object of the document; any key may be missing, any value may be of any type."""


def looks_like_json(text: str) -> bool:
    """Whether a body is JSON rather than XML, by its first character."""
    return text[:100].lstrip().startswith("{")


def read(text: str, url: str) -> ParsedFeed:
    """The text of a JSON Feed -> the parsed feed. Raises ParseError if it is cut short or something else."""
    return read_object(*load(text, url), url)


def load(text: str, url: str) -> tuple[Object, list[Object]]:
    """The feed object of a JSON Feed without its items, and these; raises ParseError."""
    feed = _loaded(text, url)
    items = feed.pop("items", None)
    if not isinstance(items, list):
        what = "this JSON is not a JSON Feed: it has no list of items"
        raise ParseError(what, subject=url, remedy="check that the address is that of a feed")
    return feed, [item for item in items if isinstance(item, dict)]


def read_object(feed: Object, items: Iterable[Object], url: str) -> ParsedFeed:
    """The feed object and items of a JSON Feed -> the parsed feed."""
    version = _str(feed, "version").removeprefix(_VERSION).replace(".", "")
    return ParsedFeed(
        url=url,
        format=f"json{version}"[:12],
        title=Text(_str(feed, "title")),
        home=_str(feed, "home_page_url"),
        language=_str(feed, "language"),
        authors=_authors(feed),
        entries=tuple(_entry(item, url) for item in items),
        evidence=tuple(_evidence(feed, Level.FEED, "", url)),
        sound=True,
    )


def _loaded(text: str, url: str) -> dict[str, object]:
    try:
        feed = json.loads(text)
    except RecursionError as error:
        raise ParseError("the JSON is nested too deeply", subject=url, remedy="ask the publisher to mend it") from error
    except ValueError as error:
        what = f"the JSON is cut short or broken ({error})"
        raise ParseError(what, subject=url, remedy="nothing was changed; the next poll tries again") from error
    return feed if isinstance(feed, dict) else {}


def _entry(item: Object, url: str) -> ParsedEntry:
    place = "item"
    page = _str(item, "url")
    bodies = (Text(_str(item, "content_html"), markup=True), Text(_str(item, "content_text")))
    published, updated = _date(item, "date_published"), _date(item, "date_modified")
    return ParsedEntry(
        identity=_str(item, "id"),
        link=page or _str(item, "external_url"),
        title=Text(_str(item, "title")),
        bodies=tuple(body for body in bodies if body.value),
        summary=Text(_str(item, "summary")),
        authors=_authors(item),
        published=published or updated,
        updated=updated,
        language=_str(item, "language"),
        categories=tuple(_categories(item)),
        enclosures=tuple(_enclosures(item)),
        links=(Link("alternate", page),) if page else (),
        origins=tuple(_origins(item, place)),
        evidence=tuple(_evidence(item, Level.ITEM, f"{place}.", url)),
    )


def _str(values: object, key: str) -> str:
    """A string or number as text; ids are numbers in some feeds."""
    value = values.get(key) if isinstance(values, dict) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return xml_text(value).strip() if isinstance(value, str) else ""


def _objects(values: Object, key: str) -> list[Object]:
    found = values.get(key)
    return [value for value in found if isinstance(value, dict)] if isinstance(found, list) else []


def _authors(values: Object) -> tuple[Person, ...]:
    single = values.get("author")  # JSON Feed 1.0
    people = _objects(values, "authors") or ([single] if isinstance(single, dict) else [])
    named = [(person_name(_str(person, "name")), _str(person, "url")) for person in people]
    return tuple(Person(name, web_url(url)) for name, url in named if name)


def _date(item: Object, key: str) -> datetime | None:
    """Spec: RFC 3339; a time without a zone is read as UTC."""
    try:
        moment = datetime.fromisoformat(_str(item, key))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _categories(item: Object) -> Iterator[Category]:
    ours = item.get(_OURS)
    schemed = [c for c in _objects(ours, "categories") if _str(c, "term")] if isinstance(ours, dict) else []
    if schemed:
        yield from (Category(_str(c, "term"), _str(c, "scheme"), _str(c, "label")) for c in schemed)
        return
    tags = item.get("tags")
    for tag in tags if isinstance(tags, list) else []:
        if isinstance(tag, str) and tag.strip():
            yield Category(xml_text(tag).strip())


def _enclosures(item: Object) -> Iterator[Enclosure]:
    for attachment in _objects(item, "attachments"):
        size = attachment.get("size_in_bytes")
        length = int(size) if isinstance(size, int | float) and 0 < size < 2**63 else 0
        yield Enclosure(_str(attachment, "url"), _str(attachment, "mime_type"), length)


def _origins(item: Object, place: str) -> Iterator[Origin]:
    outside = _str(item, "external_url")
    if outside:
        yield Origin("jsonfeed.external_url", "", outside, "", outside, f"{place}.external_url")
    ours = item.get(_OURS)
    if not isinstance(ours, dict):
        return
    named = [ours.get("source"), ours.get("via")]
    for hop in _objects(ours, "chain") or [one for one in named if isinstance(one, dict)]:
        name, url = _str(hop, "name"), _str(hop, "url")
        if name or url:
            yield Origin("jsonfeed.syndicate", name, url, "", url or name, f"{place}.{_OURS}")


def _evidence(values: Object, level: Level, place: str, url: str) -> Iterator[Evidence]:
    for key, extension in values.items():
        if not key.startswith("_") or not isinstance(extension, dict):
            continue
        for name, kind in _KINDS.items():
            if words := _words(extension.get(name)):
                yield Evidence(kind, level, words, f"{place}{key}.{name}", url)


def _words(stated: object) -> str:
    """A statement as one text: itself, the address, id or name of what it describes, or its members."""
    if isinstance(stated, dict):
        return _str(stated, "url") or _str(stated, "id") or _str(stated, "name")
    if isinstance(stated, list):
        return " ".join(filter(None, map(_words, stated)))
    return xml_text(stated).strip() if isinstance(stated, str) else ""
