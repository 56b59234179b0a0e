# SPDX-License-Identifier: Apache-2.0
"""By which names feedparser knows the elements and attributes of a feed, whatever prefix a document gives them."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
RSS_1 = "http://purl.org/rss/1.0/"
NETSCAPE = "http://my.netscape.com/rdf/simple/0.9/"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
BASE, LANG = "xml:base", "xml:lang"

# In lower case, as namespaces are compared here. An element of another one goes by the prefix that it has.
_PREFIXES = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    RSS_1: "",
    ATOM.lower(): "",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://web.resource.org/cc/": "cc",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1998/math/mathml": "mathml",
}
XML = "{http://www.w3.org/XML/1998/namespace}"
_READ = frozenset(  # attributes that mean something, and do to feedparser in any namespace that it does not know
    (
        *("rel", "href", "url", "uri", "type", "title", "length", "term", "scheme", "domain", "label", "text", "mode"),
        *("ispermalink", "base", "lang", "src"),
    )
)


class UnknownReading(Exception):  # noqa: N818 -- nobody's error: feedparser is to read this document
    """Something stands in a document that is not read here; the message names it."""


@lru_cache(4096)
def known_as(tag: str, prefix: str | None) -> str:
    """The name of an element as prefix_local, in lower case; "local" alone in the formats' own namespaces.

    "*local" is one without prefix in a namespace that is not known, which feedparser takes for the format's own.
    """
    uri, _, local = tag.removeprefix("{").rpartition("}")
    known = _PREFIXES.get(uri.lower(), prefix or "*")
    if ":" in local:
        raise UnknownReading(tag)
    return f"{known}{'_' * known.isalpha()}{local}".lower()


def attributes(element: etree._Element) -> dict[str, str]:
    """Attributes by name in lower case, those of XML with their prefix; ``rel`` and ``type`` in lower case too."""
    found = {}
    for key, value in element.attrib.items():
        name = str(key).lower()
        if name[0] == "{":
            local = name.rpartition("}")[2]
            if not str(key).startswith(XML):
                if local in _READ:
                    raise UnknownReading(str(key))
                continue
            name = f"xml:{local}"
        found[name] = str(value).lower() if name in ("rel", "type") else str(value)
    return found
