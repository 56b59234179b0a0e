# SPDX-License-Identifier: Apache-2.0
"""Where feeds state rights and origin: elements by namespace and local name, whatever prefix a document gives them.

A row says as what kind of evidence an element is kept and where its value stands. What each kind does to a decision is
told in docs/terms.md.
"""

from __future__ import annotations

from dataclasses import dataclass

ATOM = "http://www.w3.org/2005/Atom"
ATOM_OLD = "http://purl.org/atom/ns#"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
RSL = "https://rslstandard.org/rsl"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
PRISM = "http://prismstandard.org/namespaces/"
PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
CC = ("http://creativecommons.org/ns#", "http://web.resource.org/cc/")
MEDIA = ("http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss")
INDEX = "{urn:atom-extension:indexing}index"
RSS = (
    "",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://blogs.law.harvard.edu/tech/rss",
)
RSS_USERLAND = "http://backend.userland.com/rss"  # and whatever version follows

_FAC = "http://www.bloglines.com/about/specs/fac-1.0"
_HISTORY = "http://purl.org/syndication/history/1.0"
_XMP = "http://ns.adobe.com/xap/1.0/rights/"
_PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
_USERLAND = (
    "http://backend.userland.com/creativeCommonsRssModule",
    "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html",
    "http://backend.userland.com/creativeCommonsRSSModule",
)
_PODCAST = (
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)
_RESOURCE = (RDF + "resource", "resource")


@dataclass(frozen=True, slots=True)
class Term:
    """How an element is read.

    Its value is the first of ``attributes`` that is there, else its text, else, with ``empty``, its name. ``marks`` are
    attributes that tell two elements of one name apart; they are written into the place. ``also`` are attributes that
    are statements of their own, as KIND.ATTRIBUTE.
    """

    kind: str
    attributes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    empty: bool = False


_DCTERMS_NAMES = (
    *("license", "rightsHolder", "rights", "accessRights", "provenance", "bibliographicCitation", "publisher"),
    *("isReplacedBy", "replaces", "valid", "available", "dateCopyrighted"),
)
_PRISM_NAMES = frozenset(
    (
        *("copyright", "creditLine", "rightsOwner", "rightsAgent", "agreement", "permissions", "restrictions"),
        *("reuseProhibited", "embargoDate", "expirationDate", "exclusivityEndDate", "optionEndDate", "killDate"),
        "imageSizeRestriction",
    )
)
_CC_NAMES = ("License", "permits", "requires", "prohibits", "jurisdiction", "deprecatedOn", "legalcode")

TERMS: dict[tuple[str, str], Term] = {
    (ATOM, "rights"): Term("atom.rights"),
    (ATOM_OLD, "copyright"): Term("atom.rights"),
    **{(DC, name): Term(f"dc.{name}", _RESOURCE) for name in ("rights", "publisher", "contributor")},
    **{(DCTERMS, name): Term(f"dcterms.{name}", _RESOURCE) for name in _DCTERMS_NAMES},
    **{(uri, "license"): Term("cc.userland") for uri in _USERLAND},
    **{(uri, "license"): Term("cc.rdf", _RESOURCE) for uri in CC},
    **{(uri, "morePermissions"): Term("cc.rdf.morePermissions", _RESOURCE) for uri in CC},
    **{(uri, name): Term(f"cc.rdf.{name}", (RDF + "about", *_RESOURCE)) for uri in CC for name in _CC_NAMES},
    **{(uri, "license"): Term("mrss.license", ("href",)) for uri in MEDIA},
    **{(uri, "copyright"): Term("mrss.copyright", also=("url",)) for uri in MEDIA},
    **{(uri, "credit"): Term("mrss.credit", marks=("role", "scheme")) for uri in MEDIA},
    **{(uri, "rights"): Term("mrss.rights", ("status",)) for uri in MEDIA},
    **{(uri, "restriction"): Term("mrss.restriction", ("relationship",), marks=("type",)) for uri in MEDIA},
    **{(uri, "license"): Term("podcast.license", ("url",)) for uri in _PODCAST},
    **{(uri, "locked"): Term("podcast.locked", also=("owner",)) for uri in _PODCAST},
    **{
        (_XMP, name): Term(f"xmp.{name}", _RESOURCE)
        for name in ("Marked", "WebStatement", "UsageTerms", "Owner", "Certificate")
    },
    (PLUS, "LicensorURL"): Term("plus.LicensorURL", _RESOURCE),
    (_PHOTOSHOP, "Credit"): Term("photoshop.Credit"),
    **{(uri, "copyright"): Term("rss.copyright") for uri in RSS},
    (_FAC, "restriction"): Term("fac", ("relationship",)),
    **{(_HISTORY, name): Term(f"fh.{name}", empty=True) for name in ("complete", "archive")},
}
LINKS = {
    "license": "atom.license",
    "copyright": "atom.copyright",
    "terms-of-service": "atom.terms-of-service",
    "cite-as": "atom.cite-as",
    "prev-archive": "fh.prev-archive",
    "next-archive": "fh.next-archive",
    "current": "fh.current",
}
"""Relations of links that are statements. Spec: RFC 4946 2, RFC 5005 4, RFC 6903 5, RFC 8574 3."""

ORIGINS = {
    (DC, "source"): "dc.source",
    (DCTERMS, "source"): "dcterms.source",
    (DCTERMS, "isVersionOf"): "dcterms.isVersionOf",
    (DCTERMS, "isFormatOf"): "dcterms.isFormatOf",
}
"""Elements of an entry that name the work it was taken from."""

COVERAGE = ((DC, "coverage"), (DCTERMS, "coverage"), (DCTERMS, "spatial"), (DCTERMS, "temporal"))
"""Elements of an entry that are terms of a taxonomy of their own."""

BYLINES = ((DC, "creator"), (DCTERMS, "creator"))

NAMESPACES = frozenset((*(uri for uri, _ in (*TERMS, *ORIGINS)), ATOM, ATOM_OLD, RSL, TOMBSTONES, PLUS))

PREFIXES = {
    "atom": ATOM,
    "dc": DC,
    "dcterms": DCTERMS,
    "creativeCommons": _USERLAND[0],
    "cc": CC[0],
    "media": MEDIA[0],
    "podcast": _PODCAST[0],
    "rsl": RSL,
}
"""What a document means by a prefix that it forgot to declare."""


def term(uri: str, local: str) -> Term | None:
    """How an element of this name is read; None if it states nothing. PRISM is known by the start of its namespace."""
    if uri.startswith(PRISM) and local in _PRISM_NAMES:
        return Term(f"pur.{local}" if "usagerights" in uri else f"prism.{local}", _RESOURCE)
    return TERMS.get((uri, local))
