# SPDX-License-Identifier: Apache-2.0
"""Finished RSS and Atom back into neutral entries, by lxml with namespaces (never by prefix)."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from lxml import etree

from syndicate.errors import ParseError
from syndicate.proof.charset import declared_xml, decode, has_replacement
from syndicate.proof.scope import LookAt
from syndicate.proof.seen import LONG, Document, Machine, Problem, Reading, Seen

ATOM = "http://www.w3.org/2005/Atom"
_DC = frozenset({"http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"})
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_RSS = frozenset(
    {"", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/net/rss1.1#"}
    # RSS 2.0 has no namespace, yet some put it into one.
    | {"http://backend.userland.com/rss2", "https://cyber.harvard.edu/rss/rss.html"}
)
_LICENCE = re.compile(r"creativecommons|cyber\.law\.harvard\.edu|web\.resource\.org/cc", re.IGNORECASE)
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_LONG_TEXT = re.compile(f"(?<=>)([^<>]{{{LONG},}})(?=<)")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
#: Elements that ask a reader for money, by local name; in any namespace.
_SALES = frozenset({"price", "payment", "funding", "donation", "donate", "value", "offer", "offers"})
_ITEM_ID = re.compile(r"/items/([^/?#\s]+)/?\s*$")

Node = etree._Element  # noqa: SLF001 -- lxml publishes no other name for the type
_Name = tuple[str, str]


def item_id(address: str) -> str:
    """The item id that an entry id or guid ends in, "" if it is none of ours."""
    match = _ITEM_ID.search(address)
    return match[1] if match else ""


def read_xml(content: bytes, look_at: LookAt) -> Reading:
    """The feed in ``content``, its HTML seen by ``look_at``.

    Raises ParseError if it is no RSS or Atom that can be read.
    """
    text, problems = decode(content, declared_xml(content))
    declared = _entities(text)
    try:
        root = _parse(text)
    except ParseError:
        if not declared:
            raise
        return Reading("rss", strings=(text,), problems=(*problems, *declared))
    reading = _read_atom(root, look_at) if _name(root) == (ATOM, "feed") else _read_rss(root, look_at)
    return Reading(
        kind=reading.kind,
        entries=reading.entries,
        strings=tuple(_strings(text)),
        feed_licences=reading.feed_licences,
        feed_rights=reading.feed_rights,
        feed_authors=reading.feed_authors,
        problems=(*problems, *declared),
        replaced=has_replacement(text),
        document=reading.document,
    )


def _strings(text: str) -> Iterator[str]:
    """All of ``text`` in order: each long text between two tags on its own and unescaped, the rest as it stands."""
    for place, string in enumerate(_LONG_TEXT.split(text)):
        yield unescape(string) if place % 2 else string


def _entities(text: str) -> tuple[Problem, ...]:
    """Entity declarations before the root element, in whatever case they are written."""
    root = re.search(r"<[A-Za-z_]", text)
    prolog = text[: root.start()] if root else text
    return (Problem("entities", "the document declares entities"),) if "<!entity" in prolog.lower() else ()


def _parse(text: str) -> Node:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_pis=True
    )
    try:
        return etree.fromstring(_DECLARATION.sub("", text).strip().encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"the document is not well-formed XML ({error})") from error


def _name(node: Node) -> _Name:
    """Namespace and local name; ("?", "") for comments and references."""
    if not isinstance(node.tag, str):
        return "?", ""
    space, _, name = node.tag.rpartition("}")
    return space[1:], name


def _text(node: Node) -> str:
    return "".join(str(part) for part in node.itertext(with_tail=False)).strip()


def _texts(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(text for text in map(_text, nodes) if text)


def _named(node: Node, spaces: frozenset[str], name: str) -> Iterator[Node]:
    return (child for child in node.iterchildren(f"{{*}}{name}") if _name(child)[0] in spaces)


def _atom_links(node: Node, rel: str) -> tuple[str, ...]:
    links = _named(node, frozenset({ATOM}), "link")
    return tuple(
        link.get("href") or "" for link in links if (link.get("rel") or "alternate").lower().rpartition("/")[2] == rel
    )


def _licences(node: Node) -> tuple[str, ...]:
    """Every licence stated on ``node`` itself. Spec: RFC 4946, creativeCommons module, dcterms:license."""
    stated = list(_atom_links(node, "license"))
    for child in node.iterchildren("{*}license"):
        space = _name(child)[0]
        if _LICENCE.search(space) or space in _DC:
            stated.append(child.get(_RESOURCE) or _text(child))
    return tuple(stated)


def _assets(node: Node) -> tuple[str, ...]:
    """What ``node`` attaches: enclosures, media, pictures."""
    found = [*_atom_links(node, "enclosure")]
    for child in node.iterdescendants():
        space, name = _name(child)
        if name == "enclosure" or "search.yahoo.com/mrss" in space or "itunes.com" in space:
            found.extend(child.get(attribute) or "" for attribute in ("url", "href"))
    return tuple(filter(None, found))


def _sales(node: Node) -> tuple[str, ...]:
    """What on ``node`` itself asks for money."""
    found = [_name(child)[1] for child in node.iterchildren() if _name(child)[1].lower() in _SALES]
    return (*found, *_atom_links(node, "payment"))


# --------------------------------------------------------------------------------------------- RSS


def _read_rss(root: Node, look_at: LookAt) -> Reading:
    items = [node for node in root.iter("{*}item") if _name(node)[0] in _RSS]
    channels = [node for node in root.iter("{*}channel") if _name(node)[0] in _RSS]
    if not channels:
        raise ParseError(f"the document is no feed: its root is {_name(root)[1]}")
    return Reading(
        kind="rss",
        entries=tuple(_rss_item(node, look_at) for node in items),
        feed_licences=tuple(licence for channel in channels for licence in _licences(channel)),
        feed_rights=tuple(text for channel in channels for text in _rss_rights(channel)),
        document=_rss_document(channels),
    )


def _rss_rights(node: Node) -> tuple[str, ...]:
    spaces = _DC | {ATOM}
    return _texts([*_named(node, spaces, "rights"), *_named(node, _RSS, "copyright")])


def _rss_document(channels: Iterable[Node]) -> Document:
    titles = (title for one in channels for title in _named(one, _RSS, "title"))
    editors = [
        editor for one in channels for name in ("managingEditor", "webMaster") for editor in _named(one, _RSS, name)
    ]
    return Document(issuers=_texts(titles), contacts=tuple(text.split(" ")[0] for text in _texts(editors)))


def _rss_item(node: Node, look_at: LookAt) -> Seen:
    whole = [look_at(_text(child)) for child in _named(node, frozenset({_CONTENT}), "encoded")]
    short = [look_at(_text(child)) for child in _named(node, _RSS, "description")]
    authors = [*_named(node, _DC, "creator"), *_named(node, _RSS, "author")]
    people = [
        name
        for author in _named(node, frozenset({ATOM}), "author")
        for name in _named(author, frozenset({ATOM}), "name")
    ]
    machine = Machine(
        title=" ".join(_texts(_named(node, _RSS, "title"))),
        links=_texts(_named(node, _RSS, "link")) or _atom_links(node, "alternate"),
        authors=_texts([*authors, *people]),
        sources=_texts(_named(node, _RSS, "source")),
        rights=_rss_rights(node),
        licences=_licences(node),
        assets=_assets(node),
        canonicals=_atom_links(node, "canonical"),
        terms=_atom_links(node, "terms-of-service"),
        language=" ".join(_texts(_named(node, _DC, "language"))),
        sales=_sales(node),
    )
    ids = tuple(filter(None, map(item_id, _texts(_named(node, _RSS, "guid")))))
    return Seen(ids, machine, tuple(whole or short), tuple(short if whole else ()))


# --------------------------------------------------------------------------------------------- Atom


def _read_atom(root: Node, look_at: LookAt) -> Reading:
    atom = frozenset({ATOM})
    return Reading(
        kind="atom",
        entries=tuple(_atom_entry(node, look_at) for node in _named(root, atom, "entry")),
        feed_licences=_licences(root),
        feed_rights=_texts(_named(root, atom, "rights")),
        feed_authors=_names(root),
        document=_atom_document(root),
    )


def _atom_document(root: Node) -> Document:
    atom = frozenset({ATOM})
    people = list(_named(root, atom, "author"))
    return Document(
        issuers=(*_texts(_named(root, atom, "title")), *_names(root)),
        contacts=_texts(one for person in people for name in ("email", "uri") for one in _named(person, atom, name)),
        deleted=tuple((item_id(node.get("ref") or ""), node.get("when") or "") for node in root.iterchildren(_DELETED)),
    )


def _atom_entry(node: Node, look_at: LookAt) -> Seen:
    atom = frozenset({ATOM})
    sources = list(_named(node, atom, "source"))
    whole = [look_at(_atom_html(child)) for child in _named(node, atom, "content")]
    short = [look_at(_atom_html(child)) for child in _named(node, atom, "summary")]
    machine = Machine(
        title=" ".join(_texts(_named(node, atom, "title"))),
        links=_atom_links(node, "alternate"),
        authors=_names(node) or tuple(name for source in sources for name in _names(source)),
        sources=tuple(title for source in sources for title in _texts(_named(source, atom, "title"))),
        rights=_texts([*_named(node, atom, "rights"), *_named(node, _DC, "rights")]),
        licences=_licences(node),
        assets=_assets(node),
        canonicals=_atom_links(node, "canonical"),
        terms=_atom_links(node, "terms-of-service"),
        language=node.get(_LANG) or "",
        sales=_sales(node),
    )
    ids = tuple(filter(None, map(item_id, _texts(_named(node, atom, "id")))))
    return Seen(ids, machine, tuple(whole or short), tuple(short if whole else ()))


def _names(node: Node) -> tuple[str, ...]:
    atom = frozenset({ATOM})
    return _texts(name for author in _named(node, atom, "author") for name in _named(author, atom, "name"))


def _atom_html(node: Node) -> str:
    """The HTML of an Atom text or content construct. Spec: RFC 4287 3.1.1, 4.1.3."""
    if node.get("type") == "xhtml":
        return "".join(_as_html(child) for child in node if isinstance(child.tag, str))
    text = _text(node)
    return text if node.get("type") in {"html", "text/html"} else _escape(text)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _as_html(node: Node) -> str:
    """XHTML as HTML: local names only, so that no prefix hides an element."""
    for child in node.iter():
        if isinstance(child.tag, str):
            child.tag = etree.QName(child).localname
    return etree.tostring(node, encoding="unicode", method="html", with_tail=False)
