# SPDX-License-Identifier: Apache-2.0
"""Finished bytes of our renderers with one thing changed, format by format, by readers and writers of the tests' own."""

import json
import re
import runpy
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace

from lxml import etree

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "owed.py")))
PARTS = F.parts()
NS = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
ATOM = f"{{{NS['atom']}}}"


def with_html(name, item_id, change):
    """The part with the HTML of one item changed."""
    data = PARTS[name].content
    if name == "json":
        feed = json.loads(data)
        for one in feed["items"]:
            if item_id in one["id"]:
                one["content_html"] = change(one["content_html"])
        return json.dumps(feed).encode()
    if name == "mail":
        message = message_from_bytes(data, policy=policy.SMTP)
        html = message.get_body(("html",))
        before, found, after = html.get_content().partition(f'data-item="{item_id}"')
        own, following, rest = after.partition("data-item=")
        html.set_content(before + found + change(own) + following + rest, subtype="html")
        return message.as_bytes()
    if name == "html":
        before, found, after = data.decode().partition(f'data-item="{item_id}"')
        own, following, rest = after.partition("data-item=")
        return (before + found + change(own) + following + rest).encode()
    root = etree.fromstring(data)
    content = entry_of(root, name, item_id).find(f"{{{NS['content']}}}encoded" if name == "rss" else f"{ATOM}content")
    content.text = change(content.text)
    return etree.tostring(root)


def with_text(item_id, change):
    """The mail with the section of one item in its plain part changed."""
    message = message_from_bytes(PARTS["mail"].content, policy=policy.SMTP)
    plain = message.get_body(("plain",))
    text = plain.get_content().replace("\r\n", "\n")
    titles = {F.WHOLE: F.TITLE, F.PART: "The book on a string"}
    start = text.index(titles[item_id] + "\n---")
    other = [at for title in titles.values() if (at := text.find(title + "\n---")) > start]
    end = min(other, default=text.index("Why you get this"))
    plain.set_content(text[:start] + change(text[start:end]) + text[end:])
    return message.as_bytes()


def entry_of(root, name, item_id):
    """The element of one item in a feed."""
    entries = root.iter("item") if name == "rss" else root.iter(f"{ATOM}entry")
    return next(one for one in entries if item_id in "".join(one.itertext()))


def outside(html, change):
    """``html`` with ``change`` made everywhere but in the carried text."""
    before, opened, rest = re.split(r'(<div class="body"[^>]*>)', html, maxsplit=1)
    body, closed, after = rest.partition("</div>")
    return change(before + opened) + body + closed + change(after)


def inside(html, change):
    """``html`` with ``change`` made in the carried text alone."""
    before, opened, rest = re.split(r'(<div class="body"[^>]*>)', html, maxsplit=1)
    body, closed, after = rest.partition("</div>")
    return before + opened + change(body) + closed + after


def with_machine(name, item_id, path, change):
    """The feed with one thing that it says to machines dropped (None) or changed."""
    if name == "json":
        return _json_changed(item_id, path, change)
    root = etree.fromstring(PARTS[name].content)
    entry = entry_of(root, name, item_id)
    if path == "@lang":
        key = "{http://www.w3.org/XML/1998/namespace}lang"
        entry.set(key, "" if change is None else change("es"))
        return etree.tostring(root)
    for node in _nodes(entry, name, path):
        if change is None:
            node.getparent().remove(node)
        elif node.get("href"):
            node.set("href", change(node.get("href")))
        else:
            node.text = change(node.text)
    return etree.tostring(root)


def _nodes(entry, name, path):
    plain, _, rel = path.partition("[")
    steps = [
        f"{{{NS[step.split(':')[0]]}}}{step.split(':')[1]}" if ":" in step else step if name == "rss" else ATOM + step
        for step in plain.split("/")
    ]
    found = entry.findall("/".join(steps))
    assert found, path
    return [node for node in found if not rel or node.get("rel") == rel.rstrip("]")]


def _json_changed(item_id, path, change):
    feed = json.loads(PARTS["json"].content)
    here = next(one for one in feed["items"] if item_id in one["id"])
    *steps, last = path.split("/")
    for step in steps:
        here = here[step]
    for one in here if isinstance(here, list) else [here]:
        if change is None:
            del one[last]
        else:
            one[last] = change(one[last])
    return json.dumps(feed).encode()


def with_html_at_start(name, item_id, change, first):
    """The item's HTML changed, and ``first`` put before its text."""
    return with_html(
        name, item_id, lambda html: outside(html, change).replace('<div class="body"', first + '<div class="body"', 1)
    )


def with_added(name, item_id, what):
    """The feed with something on the item that loads, or asks for money."""
    if name == "json":
        feed = json.loads(PARTS[name].content)
        one = next(one for one in feed["items"] if item_id in one["id"])
        one |= {"attachments": [{"url": F.FILM, "mime_type": "video/mp4"}]} if what == "enclosure" else {f"_{what}": 2}
        return json.dumps(feed).encode()
    root = etree.fromstring(PARTS[name].content)
    entry = entry_of(root, name, item_id)
    if what != "enclosure":
        etree.SubElement(entry, f"{{https://shop.example/ns}}{what}").text = "2"
    elif name == "rss":
        etree.SubElement(entry, "enclosure", url=F.FILM, type="video/mp4", length="7")
    else:
        etree.SubElement(entry, f"{ATOM}link", rel="enclosure", href=F.FILM)
    return etree.tostring(root)
