# SPDX-License-Identifier: Apache-2.0
"""An item's rights as JSON-LD for its own page, so that whoever takes it from there can obey too.

Promise: it says nothing of author, licence, holder and source that the visible credit does not say as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from markupsafe import Markup

from syndicate.model import Chain, Item, Role, Site
from syndicate.publish.credit import Credit, first_published
from syndicate.publish.words import href, listed

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def linked_data(item: Item, chain: Chain, owed: Credit, site: Site) -> Markup:
    """The content of a ``script`` element of type application/ld+json; it cannot end the element."""
    origin = chain.hops[0]
    published = first_published(item, chain)
    lines = " ".join(owed.copyright)
    year = _YEAR.search(lines)
    contact = href(owed.contact) if owed.contact else ""
    told = {
        "@context": "https://schema.org",
        "@type": "Article",
        "url": f"{site.url}/items/{item.id}",
        "headline": item.title,
        "inLanguage": item.language,
        "datePublished": published.isoformat() if published else "",
        "author": [{"@type": "Person", "name": name} for name in owed.authors],
        "isBasedOn": origin.url if origin.role is Role.ORIGIN else owed.link,
        "license": [licence.url for licence in owed.licences],
        "copyrightNotice": lines,
        "copyrightYear": int(year[0]) if year else 0,
        "copyrightHolder": _organization(origin.name, origin.url) if chain.origin_known and origin.name else {},
        "creditText": listed([name for name in (*owed.authors, *(hop.name for hop in chain.hops)) if name] or [""]),
        "acquireLicensePage": contact if contact.startswith("http") else "",
        "usageInfo": contact,
    }
    text = json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - no character of it can open or close an element


def _organization(name: str, url: str) -> Mapping[str, str]:
    return {"@type": "Organization", "name": name} | ({"url": url} if url else {})
