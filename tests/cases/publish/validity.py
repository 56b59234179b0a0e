# SPDX-License-Identifier: Apache-2.0
"""What the specifications ask of finished bytes, told as a list of faults. Loaded with runpy by the tests.

Shapes are in ``atom.rng`` and ``rss.rng``; here is what a grammar cannot say, JSON Feed, and mail. Nothing in here
imports the product, so that it can be wrong in no way that the product is.
"""

import email
import email.policy
import functools
import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree, html

FOLDER = Path(__file__).parent
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
GRAMMARS = {name: etree.RelaxNG(etree.parse(FOLDER / f"{name}.rng")) for name in ("atom", "rss")}
TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ACTIVE = (
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "img",
    "video",
    "audio",
    "link",
    "meta",
    "base",
)


def faults(name, content):
    """What is wrong with a part of that name (rss, atom, json or mail); nothing if it is valid."""
    return list(dict.fromkeys({"rss": rss, "atom": atom, "json": json_feed, "mail": mail}[name](content)))


def is_absolute(url):
    """Whether ``url`` is absolute and has no character that an IRI may not have. Spec: RFC 3986 4.3, RFC 3987 2.2."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    named = bool(parts.netloc) if parts.scheme in {"http", "https"} else bool(parts.path)
    return bool(parts.scheme) and named and not re.search(r'[\s<>"{}|\\^`\x00-\x1f\x7f]', url)


def _doubled(what, values):
    return [f"{what} {value!r} stands twice" for value in set(values) if values.count(value) > 1]


def _grammar(name, content):
    root = etree.fromstring(content)
    grammar = GRAMMARS[name]
    grammar.validate(root)
    return root, [f"line {error.line}: {error.message}" for error in grammar.error_log]


def _fragment(where, markup):
    return [f"{where}: {fault}" for fault in _of_fragment(markup)]


@functools.cache
def _of_fragment(markup):
    """HTML before a reader has absolute addresses, languages, and nothing that acts or loads. Formats share most of it."""
    return tuple(_fragment_faults(markup))


def _fragment_faults(markup):
    for node in html.fragment_fromstring(markup, create_parent="div").iter():
        if node.tag in ACTIVE:
            yield f"element {node.tag}"
        for attribute in ("href", "src", "cite"):
            if attribute in node.attrib and not is_absolute(node.get(attribute)):
                yield f"{attribute} {node.get(attribute)!r} is not absolute"
        yield from (f"attribute {one}" for one in node.attrib if one.startswith("on"))
        if not TAG.fullmatch(node.get("lang", "en")) and node.get("lang"):
            yield f"lang {node.get('lang')!r}"


# ------------------------------------------------------------------------------------------------ Atom


def atom(content):
    """Spec: RFC 4287 and its appendix B, RFC 4946 2.1."""
    feed, found = _grammar("atom", content)
    yield from found
    entries = feed.findall(f"{ATOM}entry")
    yield from _doubled("id", [entry.findtext(f"{ATOM}id") for entry in entries])
    if len(feed.findall(f"{ATOM}link[@rel='self']")) != 1:
        yield "the feed has not one self link (4.1.1)"
    for node in (feed, *feed.iterfind(f".//{ATOM}entry"), *feed.iterfind(f".//{ATOM}source")):
        yield from _atom_container(node)
    for entry in entries:
        yield from _atom_entry(entry, feed)


def _atom_container(node):
    name = etree.QName(node).localname
    for link in node.findall(f"{ATOM}link"):
        if not is_absolute(link.get("href")):
            yield f"{name}: link {link.get('href')!r} is not absolute"
    for address in (
        node.findtext(f"{ATOM}id"),
        *(one.get("scheme", "urn:x") for one in node.findall(f"{ATOM}category")),
    ):
        if not is_absolute(address or ""):
            yield f"{name}: {address!r} is no IRI (4.2.6, 4.2.2.2)"
    alternates = [
        (x.get("type"), x.get("hreflang")) for x in node.findall(f"{ATOM}link") if x.get("rel") == "alternate"
    ]
    if len(alternates) != len(set(alternates)):
        yield f"{name}: two alternates of one type and language (4.1.1)"
    licences = [link.get("href") for link in node.findall(f"{ATOM}link[@rel='license']")]
    yield from _doubled(f"{name}: licence (RFC 4946 2.1)", licences)
    if not (node.findtext(f"{ATOM}title") or "").strip():
        yield f"{name}: no title"
    if not TAG.fullmatch(node.get(LANG, "en")):
        yield f"{name}: xml:lang {node.get(LANG)!r}"
    for date in ("updated", "published"):
        for one in node.findall(f"{ATOM}{date}"):
            yield from _moment(f"{name}: {date}", one.text)


def _atom_entry(entry, feed):
    if not any(node.findall(f"{ATOM}author") for node in (entry, *entry.findall(f"{ATOM}source"), feed)):
        yield "an entry without author (4.1.2)"
    content = entry.find(f"{ATOM}content")
    if content is None and entry.find(f"{ATOM}link[@rel='alternate']") is None:
        yield "an entry without content and alternate (4.1.2)"
    for one in (content, entry.find(f"{ATOM}summary")):
        if one is not None and one.get("type") == "html":
            yield from _fragment("entry", one.text)


def _moment(where, text):
    """Spec: RFC 3339."""
    try:
        usable = TIME.fullmatch(text or "") and datetime.fromisoformat(text)
    except ValueError:
        usable = False
    if not usable:
        yield f"{where}: {text!r} is no date"


# ------------------------------------------------------------------------------------------------ RSS


def rss(content):
    """Spec: RSS 2.0 and the RSS Best Practices Profile."""
    root, found = _grammar("rss", content)
    yield from found
    channel = root.find("channel")
    if [one.get("href") for one in channel.findall(f"{ATOM}link") if one.get("rel") == "self"] == []:
        yield "the channel has no self link (profile)"
    yield from _rss_date("channel", channel.findtext("lastBuildDate"))
    items = channel.findall("item")
    yield from _doubled("guid", [item.findtext("guid") for item in items])
    for item in items:
        yield from _rss_item(item)


def _rss_item(item):
    guid = item.find("guid")
    if guid is None or (guid.get("isPermaLink", "true") == "true" and not is_absolute(guid.text)):
        yield "item: no guid, or one that is no permanent link"
    addresses = [*(node.text for node in item.findall("link")), *(node.get("url") for node in item.findall("source"))]
    addresses += [node.get("href") for node in item.findall(f"{ATOM}link")]
    yield from (f"item: {address!r} is not absolute" for address in addresses if not is_absolute(address))
    yield from _rss_date("item", item.findtext("pubDate"))
    for one in (item.find("description"), item.find(CONTENT)):
        if one is not None:
            yield from _fragment("item", one.text)


def _rss_date(where, text):
    """A date whose weekday is that of the day. Spec: RFC 822 5.2."""
    if text and parsedate_to_datetime(text).strftime("%a") != text[:3]:
        yield f"{where}: {text!r} has the wrong weekday"


# ------------------------------------------------------------------------------------------------ JSON Feed

_TOP = {
    "version": str,
    "title": str,
    "home_page_url": "url",
    "feed_url": "url",
    "description": str,
    "user_comment": str,
}
_TOP |= {"next_url": "url", "icon": "url", "favicon": "url", "authors": "authors", "language": "language"}
_TOP |= {"expired": bool, "hubs": list, "items": list}
_ITEM = {"id": str, "url": "url", "external_url": "url", "title": str, "content_html": str, "content_text": str}
_ITEM |= {"summary": str, "image": "url", "banner_image": "url", "date_published": "date", "date_modified": "date"}
_ITEM |= {"authors": "authors", "tags": "tags", "language": "language", "attachments": "attachments"}
_PERSON = {"name": str, "url": "url", "avatar": "url"}


def json_feed(content):
    """Spec: JSON Feed 1.1."""
    feed = json.loads(content.decode())
    if feed.get("version") != "https://jsonfeed.org/version/1.1" or not feed.get("title") or "items" not in feed:
        yield "no version, title or items"
    yield from _members("feed", feed, _TOP)
    yield from _doubled("id", [item.get("id") for item in feed["items"]])
    for item in feed["items"]:
        yield from _members("item", item, _ITEM)
        if not item.get("id") or not ({"content_html", "content_text"} & set(item)):
            yield "an item without id or content"
        yield from _fragment("item", item.get("content_html", ""))


def _members(where, values, known):
    """Each member as its kind asks; others must start with an underscore and be objects (extensions)."""
    for name, value in values.items():
        if name.startswith("_"):
            if not isinstance(value, dict):
                yield f"{where}: {name} is no object"
        elif name not in known:
            yield f"{where}: {name} is no member of this format"
        elif isinstance(known[name], type):
            if not isinstance(value, known[name]):
                yield f"{where}: {name} is {value!r}"
        else:
            yield from _VALUES[known[name]](f"{where}: {name}", value)


def _url(where, value):
    if not isinstance(value, str) or not is_absolute(value):
        yield f"{where} {value!r} is no URL"


def _language(where, value):
    if not isinstance(value, str) or not TAG.fullmatch(value):
        yield f"{where} {value!r} is no language"


def _authors(where, value):
    for person in value:
        yield from _members(where, person, _PERSON)
        if not any(person.values()):
            yield f"{where}: nobody"


def _tags(where, value):
    if not all(isinstance(tag, str) and tag for tag in value):
        yield f"{where} {value!r} are no strings"


def _attachments(where, value):
    for one in value:
        yield from _url(where, one.get("url"))
        if "/" not in one.get("mime_type", ""):
            yield f"{where}: no type"


_VALUES = {"url": _url, "date": _moment, "language": _language, "authors": _authors, "tags": _tags}
_VALUES |= {"attachments": _attachments}


# ------------------------------------------------------------------------------------------------ mail

_ONCE = ("From", "Date", "Message-ID", "To", "Subject", "MIME-Version", "List-Id", "List-Unsubscribe")


def mail(content):
    """A filled message. Spec: RFC 5322 2.1, 3.6; RFC 2045 to 2047; RFC 2046 5.1.4; RFC 2369; RFC 8058."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        yield "a bare line end"
    if any(len(line) > 998 for line in content.split(b"\r\n")):
        yield "a line of more than 998 octets (RFC 5322 2.1.1)"
    if re.search(rb"[\x80-\xff\x00]", content):
        yield "not seven bits"
    message = email.message_from_bytes(content, policy=email.policy.default)
    yield from (
        f"{one} stands {len(message.get_all(one, []))} times" for one in _ONCE if len(message.get_all(one, [])) != 1
    )
    yield from (f"{name}: {value.defects}" for name, value in message.items() if value.defects)
    yield from (f"{part.get_content_type()}: {part.defects}" for part in message.walk() if part.defects)
    kinds = [part.get_content_type() for part in message.walk()]
    if kinds != ["multipart/alternative", "text/plain", "text/html"]:
        yield f"the parts are {kinds}"
        return
    for part in message.iter_parts():
        if not part.get_content().strip():
            yield "an empty part"
    page = html.document_fromstring(message.get_body(("html",)).get_content())
    for node in page.iter("a"):
        if not is_absolute(node.get("href", "urn:x")) and not node.get("href").startswith("#"):
            yield f"href {node.get('href')!r} is not absolute"
    ids = [node.get("id") for node in page.iter() if node.get("id")]
    yield from _doubled("id", ids)
    yield from (f"#{target} leads nowhere" for target in _targets(page) if target not in ids)


def _targets(page):
    return {node.get("href")[1:] for node in page.iter("a") if node.get("href", "").startswith("#")}
