# SPDX-License-Identifier: Apache-2.0
"""What RSL says about one page. It speaks about automated use, so it narrows more often than it permits.

Spec: RSL 1.0. Terms of all content elements that match the page count; of two that speak about republication the more
specific holds, and of two equally specific the narrower. Several licences in one element are alternatives. Whatever
concerns machines that learn, or search, changes no mode. A document with an element that RSL does not know is void.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from syndicate.model import Channel, Evidence, Purpose
from syndicate.rights.licences import by_url

RSL: Final = "https://rslstandard.org/rsl"
_KNOWN: Final = frozenset(
    {"rsl", "content", "license", "alternate", "schema", "copyright", "terms", "permits", "prohibits", "payment"}
    | {"standard", "custom", "amount", "accepts", "legal", "reporting"}
)
_OURS: Final = {
    Purpose.COMMUNITY: frozenset({"non-commercial", "noncommercial"}),
    Purpose.COMMERCIAL: frozenset({"commercial"}),
}
_GIVEN: Final = ("", "free", "attribution")

Use = dict[str, tuple[str, ...]]
"""Values by type: usage, user, geo."""


@dataclass(frozen=True, slots=True)
class License:
    """One ``license`` element. ``standard`` are addresses of licences, ``custom`` where to ask."""

    permits: Use = field(default_factory=dict)
    prohibits: Use = field(default_factory=dict)
    payment: str = ""
    standard: tuple[str, ...] = ()
    custom: str = ""

    @property
    def about_machines(self) -> bool:
        """True if it permits single kinds of automated use only, and so says nothing about republication."""
        usage = self.permits.get("usage")
        return usage is not None and "all" not in usage

    @property
    def grants(self) -> tuple[str, ...]:
        """The licence addresses that it offers to everybody for everything."""
        limited = self.about_machines or any(key != "usage" for key in (*self.permits, *self.prohibits))
        return self.standard if self.payment in _GIVEN and not limited and "usage" not in self.prohibits else ()


@dataclass(frozen=True, slots=True)
class Content:
    """One ``content`` element that matches the page. ``weight`` orders by how specific it is."""

    weight: tuple[int, int]
    licenses: tuple[License, ...]
    server: str
    contact: str
    own: bool
    evidence: Evidence

    @property
    def speaks(self) -> bool:
        """True if it says anything about republication."""
        prohibits = any("all" in one.prohibits.get("usage", ()) for one in self.licenses)
        return bool(self.server) or prohibits or any(not one.about_machines for one in self.licenses)


@dataclass(frozen=True, slots=True)
class Rsl:
    """What all RSL evidence says of a page: what holds, and what could not be read."""

    contents: tuple[Content, ...] = ()
    unread: tuple[Evidence, ...] = ()

    @property
    def governing(self) -> tuple[Content, ...]:
        """The most specific contents that speak about republication."""
        speaking = [one for one in self.contents if one.speaks]
        top = max((one.weight for one in speaking), default=None)
        return tuple(one for one in speaking if one.weight == top)

    @property
    def contact(self) -> str:
        """Where to ask for more: the most specific address, "" if there is none."""
        return next((one.contact for one in sorted(self.contents, key=lambda one: one.weight)[::-1] if one.contact), "")

    def licences(self) -> tuple[tuple[str, Evidence], ...]:
        """Licence addresses that are permissions by themselves; only the publisher's own document gives any."""
        return tuple(
            (url, one.evidence)
            for one in self.governing
            if one.own and not one.server
            for each in one.licenses
            for url in each.grants
        )

    def suggested(self) -> tuple[tuple[str, Evidence], ...]:
        """Licence addresses that stand beside limits: for a person to judge."""
        stated = [(url, one.evidence) for one in self.contents for each in one.licenses for url in each.standard]
        return tuple(dict.fromkeys(pair for pair in stated if by_url(pair[0]) and pair not in self.licences()))

    def refusal(self, channel: Channel) -> tuple[str, Content] | None:
        """What keeps a channel from more than a link, as a predicate ("prohibits ..."), and where it stands."""
        found = ((_refused(one, channel), one) for one in self.governing)
        return next(((said, one) for said, one in found if said), None)


def read(evidence: Iterable[Evidence], page: str) -> Rsl:
    """What RSL evidence says about the page at this address. Never raises."""
    contents: list[Content] = []
    unread: list[Evidence] = []
    for one in evidence:
        if one.kind == "rsl":
            root = _tree(one.value)
            if root is None:
                unread.append(one)
            else:
                contents += _contents(root, one, page)
    return Rsl(tuple(contents), tuple(unread))


def _refused(content: Content, channel: Channel) -> str:
    if any("all" in one.prohibits.get("usage", ()) for one in content.licenses):
        return "prohibits every automated use of it"
    if content.server:
        return "permits automated use to holders of a token only"
    said = [_reserved(one, channel) for one in content.licenses if not one.about_machines]
    return said[0] if said and all(said) else ""


def _reserved(one: License, channel: Channel) -> str:
    """What one licence keeps a channel from; "" if nothing."""
    ours = _OURS[channel.purpose]
    users = one.permits.get("user")
    if (users is not None and not ours.intersection(users)) or ours.intersection(one.prohibits.get("user", ())):
        return f"does not permit {channel.purpose} users to reuse it by machine"
    return f"permits automated use for payment only ({one.payment})" if one.payment not in _GIVEN else ""


# ------------------------------------------------------------------------------------------------ reading


def _tree(text: str) -> etree._Element | None:
    """The elements of a document; None if it is broken or void."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    ours = [_local(element) for element in root.iter() if _local(element)]
    return root if ours and set(ours) <= _KNOWN else None


def _local(element: etree._Element) -> str:
    """The name of an element of RSL; "" for everything else."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.removeprefix(f"{{{RSL}}}") if tag.startswith(f"{{{RSL}}}") else ""


def _all(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if _local(child) == name]


def _contents(root: etree._Element, evidence: Evidence, page: str) -> Iterator[Content]:
    found = [root] if _local(root) == "content" else _all(root, "content")
    for element in found:
        pattern = element.get("url", "").strip()
        length = _matching(pattern, evidence.url, page)
        if length is not None:
            yield Content(
                weight=(evidence.level, length),
                licenses=tuple(_license(one) for one in _all(element, "license")),
                server=element.get("server", "").strip(),
                contact=_contact(element),
                own=_own(pattern, evidence.url, page),
                evidence=evidence,
            )


def _license(element: etree._Element) -> License:
    payments = _all(element, "payment")
    payment = payments[0] if payments else None
    return License(
        permits=_use(element, "permits"),
        prohibits=_use(element, "prohibits"),
        payment=payment.get("type", "").strip().lower() if payment is not None else "",
        standard=tuple(text for one in payments for text in _texts(one, "standard")),
        custom=next((text for one in payments for text in _texts(one, "custom")), ""),
    )


def _use(element: etree._Element, name: str) -> Use:
    """Values by type; drafts parted them by commas."""
    use: Use = {}
    for one in _all(element, name):
        kind = one.get("type", "").strip().lower()
        use[kind] = (*use.get(kind, ()), *re.split(r"[\s,]+", (one.text or "").strip().lower()))
    return use


def _texts(element: etree._Element, name: str) -> list[str]:
    return [text for child in _all(element, name) if (text := (child.text or "").strip())]


def _contact(element: etree._Element) -> str:
    """Where to ask: the page of a payment, else what the copyright element says."""
    for licence in _all(element, "license"):
        for payment in _all(licence, "payment"):
            for text in _texts(payment, "custom"):
                return text
    stated = (one.get(key, "").strip() for one in _all(element, "copyright") for key in ("contactUrl", "contactEmail"))
    return next(filter(None, stated), "")


def _matching(pattern: str, document: str, page: str) -> int | None:
    """How long a matching pattern is, None if it does not match. Spec: RFC 9309 2.2.2 and 2.2.3."""
    target, stated = urlsplit(page), urlsplit(urljoin(document, pattern))
    if urlsplit(pattern).netloc and _origin(stated.geturl()) != _origin(page):
        return None
    path = unquote(target.path or "/") + (f"?{target.query}" if target.query else "")
    wanted = unquote(stated.path) + (f"?{stated.query}" if stated.query else "") if pattern else ""
    ends = wanted.endswith("$")
    parts = ".*".join(re.escape(part) for part in wanted.rstrip("$").split("*"))
    return len(wanted) if re.match(parts + ("$" if ends else ""), path) else None


def _own(pattern: str, document: str, page: str) -> bool:
    """True if a document speaks about its own site."""
    return not document or _origin(urljoin(document, pattern)) == _origin(document) == _origin(page)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
