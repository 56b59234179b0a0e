# SPDX-License-Identifier: Apache-2.0
"""A finished JSON Feed back into neutral entries. Spec: JSON Feed 1.1."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from syndicate.errors import ParseError
from syndicate.proof.charset import REPLACEMENT, decode, has_replacement
from syndicate.proof.feeds import item_id
from syndicate.proof.scope import LookAt
from syndicate.proof.seen import Document, Machine, Problem, Reading, Seen, gathered

_SALES = frozenset({"price", "payment", "payments", "offer", "offers", "donation", "donate", "funding"})


def read_json(content: bytes, look_at: LookAt) -> Reading:
    """The feed in ``content``, its HTML seen by ``look_at``. Raises ParseError if it is no JSON Feed."""
    text, problems = decode(content, "utf-8")
    twice: list[str] = []
    try:
        data = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, twice))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the document is not JSON ({error})") from error
    items = _list(_dict(data).get("items"))
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise ParseError("the document is no JSON Feed: it has no items")
    strings = list(_strings(data))
    doubled = tuple(Problem("form", f'the name "{name[:40]}" stands twice in one object') for name in twice[:1])
    return Reading(
        kind="json",
        entries=tuple(_entry(_dict(item), look_at) for item in items),
        strings=(*gathered(strings), *([text] if twice else ())),
        feed_licences=_texts(_dict(_dict(data.get("_syndicate")).get("licence")).get("url")),
        feed_rights=_texts(_dict(data.get("_syndicate")).get("copyright")),
        feed_authors=_texts(*(_dict(one).get("name") for one in (*_list(data.get("authors")), data.get("author")))),
        problems=(*problems, *doubled),
        replaced=has_replacement(text) or any(REPLACEMENT in string for string in strings),
        document=_document(data),
    )


def _document(data: dict[str, Any]) -> Document:
    people = [_dict(person) for person in (*_list(data.get("authors")), data.get("author"))]
    gone = [_dict(one) for one in _list(_dict(data.get("_syndicate")).get("deleted"))]
    return Document(
        issuers=_texts(data.get("title"), *(person.get("name") for person in people)),
        contacts=_texts(*(person.get(name) for person in people for name in ("url", "email"))),
        deleted=tuple((item_id(str(one.get("id"))), str(one.get("when"))) for one in gone),
    )


def _object(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice.append(counts.most_common(1)[0][0])
    return made


def _strings(data: Any) -> Iterator[str]:
    """Every string in ``data`` in the order in which they stand, names included; lone surrogates as U+FFFD."""
    stack = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield _clean(value)
        elif isinstance(value, dict):
            stack.extend(part for pair in reversed(value.items()) for part in reversed(pair))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def _clean(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(*values: Any) -> tuple[str, ...]:
    return tuple(_clean(value).strip() for value in values if isinstance(value, str) and value.strip())


def _entry(item: dict[str, Any], look_at: LookAt) -> Seen:
    ours = _dict(item.get("_syndicate"))
    people = [_dict(person).get("name") for person in (*_list(item.get("authors")), item.get("author"))]
    attached = [_dict(one).get("url") for one in _list(item.get("attachments"))]
    machine = Machine(
        title=" ".join(_texts(item.get("title"))),
        links=_texts(item.get("url")) or _texts(item.get("external_url")),
        authors=_texts(*people),
        sources=_texts(_dict(ours.get("source")).get("name")),
        rights=_texts(ours.get("copyright")),
        licences=_texts(_dict(ours.get("licence")).get("url")),
        assets=_texts(*attached, item.get("image"), item.get("banner_image")),
        changes="\n".join(_strings(ours["changes"])) if ours.get("changes") is not None else None,
        canonicals=_texts(ours.get("canonical")),
        terms=tuple(_strings(ours.get("terms"))),
        language=" ".join(_texts(item.get("language"))),
        sales=tuple(name for name in (*item, *ours) if name.strip("_").lower() in _SALES),
    )
    ids = tuple(dict.fromkeys((*_texts(ours.get("id")), *filter(None, map(item_id, _texts(item.get("id")))))))
    contents = tuple(look_at(html) for html in _texts(item.get("content_html")))
    return Seen(ids, machine, contents, (), _texts(item.get("content_text")))
