# SPDX-License-Identifier: Apache-2.0
"""A web page as a tree, and which part of it is the article, which the foot of the site, which neither.

What stands in navigation, sidebars, comments, share bars and lists of other articles is nobody's statement about this
article, and what stands at a picture is about the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml import etree

from syndicate.intake.document import decode
from syndicate.intake.text import web_url, xml_text

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HEAD = 4096
_BESIDE = "x-beside"
_SHORTEST = 80  # characters: less is no article
_ASIDE_TAGS = frozenset(
    ("nav", "aside", "form", "button", "select", "script", "style", "template", "noscript", "dialog")
)
_ASIDE = re.compile(
    r"(?:^|[-_\s])(?:sidebar|widget|related|recommended|comments?|respond|share|sharing|sharedaddy|social|newsletter|"
    r"signup|promo|advert\w*|cookie|consent|breadcrumbs?|menu|navigation|nav|teaser|popular|trending|tags?-cloud)"
    r"(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"(?:^|[-_\s])(?:footer|colophon|siteinfo|site-info|legal|copyright|bottom)(?:$|[-_\s\d])", re.IGNORECASE
)
_BODY = re.compile(
    r"(?:^|\s)(?:entry-content|post-content|article-content|article-body|articlebody|story-body|post-body|hentry)(?:$|\s)",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"caption|photo-?credit|image-?credit|media-?credit", re.IGNORECASE)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|avif|tiff?|mp[34]|m4[av]|og[gv]|web[mp]|pdf)$", re.IGNORECASE)
_MEDIA_TYPES = re.compile(
    r"schema\.org/(?:ImageObject|Photograph|VideoObject|AudioObject|MusicRecording|MediaObject|Book|Dataset|"
    r"SoftwareSourceCode|SoftwareApplication|WebSite|Organization|Person|Comment)\b"
)


@dataclass(frozen=True)
class WebPage:
    """A page and where it stands. ``base`` resolves its links."""

    root: etree._Element
    url: str

    @cached_property
    def base(self) -> str:
        """The address that relative links count from. Spec: WHATWG HTML 2.4.3."""
        for element in self.root.iter("base"):
            if element.get("href"):
                return web_url(element.get("href", ""), self.url) or self.url
        return self.url

    @cached_property
    def main(self) -> etree._Element:
        """The element that holds the article; the whole body where nothing tells."""
        articles = [x for x in self.root.iter("article") if not self.is_aside(x) and len(_text(x)) >= _SHORTEST]
        headed = [x for x in articles if next(x.iter("h1"), None) is not None]
        mains = [x for x in self.root.iter() if _is_main(x)]
        if len(mains) == 1 and len(headed or articles) <= 1:
            return mains[0]
        if found := headed or articles:
            return max(found, key=lambda x: len(_text(x)))
        if mains:
            return max(mains, key=lambda x: len(_text(x)))
        bodies = [x for x in self.root.iter() if _matches(_BODY, x) or x.get("itemprop") == "articleBody"]
        whole = next(self.root.iter("body"), self.root)
        return max(bodies, key=lambda x: len(_text(x)), default=whole)

    @cached_property
    def feet(self) -> tuple[etree._Element, ...]:
        """The elements at the foot of the page, outside the article, none inside another."""
        found = [x for x in self.root.iter() if _is_foot(x) and not self.in_main(x)]
        return tuple(x for x in found if not any(parent in found for parent in x.iterancestors()))

    def in_main(self, element: etree._Element) -> bool:
        """True if an element is part of the article."""
        inside = element is self.main or any(parent is self.main for parent in element.iterancestors())
        return inside and not self.is_aside(element)

    def is_aside(self, element: etree._Element) -> bool:
        """True if an element stands in something that is not the article, though perhaps inside it."""
        return any(self._leaves_out(x) for x in (element, *element.iterancestors()))

    def _leaves_out(self, element: etree._Element) -> bool:
        if element.tag in ("html", "body", "main", "article"):
            return False
        foot = _is_foot(element) and not any(x.tag in ("article", "main") for x in element.iterancestors())
        return foot or _is_beside(element)

    def is_of_asset(self, element: etree._Element) -> bool:
        """True if an element speaks of a picture, a file, a program or a comment rather than of the article."""
        for one in (element, *element.iterancestors()):
            typed = _MEDIA_TYPES.search(one.get("itemtype", ""))
            if one.tag in ("figure", "figcaption", "blockquote", "q") or typed or _matches(_CAPTION, one):
                return True
            subject = one.get("about", one.get("resource") if one is not element else None)
            if subject is not None:
                return not self.is_self(subject)
        return False

    def is_self(self, address: str) -> bool:
        """True if an address is that of this page."""
        target = urljoin(self.base, address.strip())
        return not _PICTURE_FILE.search(urlsplit(target).path) and same(target, self.url)

    def html(self, element: etree._Element) -> str:
        """The markup of a part of the page, without what does not belong to it."""
        part = deepcopy(element)
        part.tail = None
        for child in [x for x in part.iterdescendants() if _is_beside(x)]:
            child.tag = _BESIDE
        etree.strip_elements(part, _BESIDE, with_tail=False)
        return etree.tostring(part, encoding="unicode", method="html")


def web_page(body: bytes, url: str, content_type: str) -> WebPage | None:
    """The page in a complete answer; None if there is no HTML in it. ``url`` is the final address."""
    stated = _CHARSET.search(body[:_HEAD])
    charset = content_type if "charset" in content_type.lower() or not stated else f"charset={stated[1].decode()}"
    text = xml_text(decode(body, charset))
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text, parser) if "<" in text else None
    return None if root is None else WebPage(root, url)


def same(one: str, other: str) -> bool:
    """True if two addresses name one page: scheme, "www.", a last slash and what follows "#" make no difference."""
    return _bare(one) == _bare(other)


def links(element: etree._Element, attribute: str = "href") -> Iterator[etree._Element]:
    """The elements below that lead somewhere."""
    return (x for x in element.iter("a", "area", "link") if x.get(attribute))


def _bare(url: str) -> str:
    parts = urlsplit(url.strip())
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _is_beside(element: etree._Element) -> bool:
    """True for what stands beside an article; a frame around article and sidebar is not that."""
    if element.tag in _ASIDE_TAGS:
        return True
    return _matches(_ASIDE, element) and next(element.iter("h1", "main"), None) is None


def _is_foot(element: etree._Element) -> bool:
    if element.tag in ("html", "head", "body", "a", "script", "style", "link", "meta"):
        return False
    return element.tag == "footer" or element.get("role") == "contentinfo" or _matches(_FOOT, element)


def _is_main(element: etree._Element) -> bool:
    return element.tag == "main" or element.get("role") == "main"


def _matches(pattern: re.Pattern[str], element: etree._Element) -> bool:
    return any(pattern.search(element.get(name, "")) for name in ("class", "id"))


def _text(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())
