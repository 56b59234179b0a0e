# SPDX-License-Identifier: Apache-2.0
"""JSON Feed 1.1 over the same facts as the XML formats. Spec: JSON Feed 1.1.

The format has no field for rights and provenance, so each item carries an object ``_syndicate``. The feed carries one
only to tell what left it: never rights or a licence, which items would inherit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from syndicate.model import Hop, Site, Tombstone
from syndicate.publish.credit import Anchor
from syndicate.publish.facts import Facts
from syndicate.publish.words import href

VERSION = "https://jsonfeed.org/version/1.1"


def render_json(
    facts: Sequence[Facts],
    site: Site,
    title: str,
    description: str,
    url: str,
    language: str,
    tombstones: Sequence[Tombstone],
) -> bytes:
    """The whole document in UTF-8."""
    gone = [
        _stated({"id": f"{site.url}/items/{t.item_id}", "when": _date(t.when), "comment": t.comment})
        for t in tombstones
    ]
    document = {
        "version": VERSION,
        "title": title,
        "home_page_url": f"{site.url}/",
        "feed_url": url,
        "description": description,
        "authors": [{"name": site.name, "url": href(site.contact)}],
        "language": language,
        "items": [_item(one) for one in facts],
    } | ({"_syndicate": {"deleted": gone}} if gone else {})
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _item(facts: Facts) -> dict[str, object]:
    item = facts.entry.item
    stated: dict[str, object] = {
        "id": facts.id,
        "url": facts.url,
        "title": facts.title,
        "content_html": facts.html,
        "date_published": _date(item.published),
        "date_modified": _date(facts.updated),
        "authors": [_stated({"name": person.name, "url": person.url}) for person in facts.authors],
        "tags": list(dict.fromkeys(c.label or c.term for c in facts.categories)),
        "language": item.language,
    }
    return _stated(stated) | {"_syndicate": _syndicate(facts)}


def _syndicate(facts: Facts) -> dict[str, object]:
    """Whose the item is and on which terms it is carried: nothing missing, empty where nothing is known."""
    entry, licences = facts.entry, [_licence(one) for one in facts.licences]
    return {
        "id": entry.item.id,
        "mode": entry.decision.mode.name.lower(),
        "corrected": _date(entry.corrected),
        "source": {"name": facts.origin.name, "url": facts.origin.url},
        "chain": [_hop(hop) for hop in entry.chain.hops],
        "canonical": facts.canonical,
        "copyright": facts.rights,
        "licence": licences[0] if licences else None,
        "categories": [{"scheme": c.scheme, "term": c.term, "label": c.label} for c in facts.categories],
        "holder": facts.holder,
        "contact": entry.decision.contact,
        "changes": facts.changes,
        "terms": [_stated({"text": one.name, "url": one.url}) for one in facts.terms],
        "usage": [{"kind": one.kind, "value": one.value} for one in facts.signals],
    }


def _licence(anchor: Anchor) -> dict[str, str]:
    """The short names of Creative Commons licences are their SPDX ids, spelled with blanks."""
    return {"id": anchor.name.replace(" ", "-"), "name": anchor.name, "url": anchor.url}


def _hop(hop: Hop) -> dict[str, str]:
    return {"role": hop.role.value, "name": hop.name, "url": hop.url, "date": _date(hop.date)}


def _date(when: datetime | None) -> str:
    """Spec: RFC 3339."""
    return when.replace(microsecond=0).isoformat() if when else ""


def _stated(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}
