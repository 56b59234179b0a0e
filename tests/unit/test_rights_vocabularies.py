# SPDX-License-Identifier: Apache-2.0
"""Every place where rights statements occur is read, and does what its row says."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.intake import webpage
from syndicate.intake.normalise import item_id, normalise
from syndicate.intake.parse import parse
from syndicate.intake.webpage import About
from syndicate.model import (
    Ads,
    Chain,
    Channel,
    ChannelClass,
    ChannelKind,
    Evidence,
    Hop,
    Item,
    Level,
    Medium,
    Publisher,
    Purpose,
    Role,
    Source,
)
from syndicate.rights.policy import decide
from syndicate.rights.signals import keeps_out_machines, no_archive, no_index
from syndicate.rights.statements import copyright_line

CASES = Path(__file__).parents[1] / "cases" / "vocabularies"
PAGES = json.loads((CASES / "pages.json").read_text(encoding="utf-8"))
FEEDS = json.loads((CASES / "feeds.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OWN = Publisher("own", "Own", "https://own.example/")
SOURCE = Source("own", "https://own.example/feed", OWN)
LICENCE = Evidence(
    "atom.license", Level.ITEM, "https://creativecommons.org/licenses/by/4.0/", "entry/link[rel=license]", SOURCE.url
)
COMMUNITY, COMMERCIAL = Purpose.COMMUNITY, Purpose.COMMERCIAL
CHANNELS = {
    "CW": (Medium.WEB, COMMUNITY, Ads.NONE),
    "XW": (Medium.WEB, COMMERCIAL, Ads.AROUND),
    "EM": (Medium.EMAIL, COMMUNITY, Ads.NONE),
    "XE": (Medium.EMAIL, COMMERCIAL, Ads.AROUND),
    "PR": (Medium.PRINT, COMMUNITY, Ads.NONE),
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in FEEDS["namespaces"].items())
FRAMES = {
    "rss": '<rss version="2.0" {declared} {root}><channel><title>Own</title><link>https://own.example/</link>{channel}'
    "<item><title>T</title><link>https://own.example/1</link><guid>https://own.example/1</guid>"
    "<description>Some news.</description>{item}</item></channel></rss>",
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom" {declared} {root}><title>Own</title>'
    '<id>tag:own.example,2026:feed</id><link href="https://own.example/"/>{feed}<entry><title>T</title>'
    '<id>tag:own.example,2026:1</id><link href="https://own.example/1"/><summary>Some news.</summary>{entry}</entry></feed>',
    "rdf": '<rdf:RDF xmlns="http://purl.org/rss/1.0/" {declared}><channel rdf:about="https://own.example/feed">'
    '<title>Own</title><link>https://own.example/</link>{channel}</channel>{beside}<item rdf:about="https://own.example/1">'
    "<title>T</title><link>https://own.example/1</link><description>Some news.</description>{item}</item></rdf:RDF>",
}
SLOTS = ("root", "channel", "item", "feed", "entry", "beside")


def examples(data):
    """One parameter for each example."""
    for number, example in enumerate(data["examples"]):
        yield pytest.param(example, id=f"{example['row']}: {', '.join(example['where']) or number}")


def read(form, slot, markup):
    """The feed with the example in it."""
    if form == "json":
        item = {"id": "1", "url": "https://own.example/1", "title": "T", "content_text": "Some news."} | markup
        text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Own", "items": [item]})
    else:
        text = FRAMES[form].format(declared=DECLARED, **dict.fromkeys(SLOTS, "") | {slot: markup})
    return normalise(parse(text.encode(), url=SOURCE.url), SOURCE)


def decided(item, channel, *more):
    """The decision about the item as its publisher's own, with more evidence beside what was read."""
    hop = Hop(Role.ORIGIN, "Own", "own", item.url, item.published, item.id, evidence=(*item.evidence, *more))
    return decide(item, Chain((hop,)), Channel(channel, ChannelKind.FEED, *CHANNELS[channel]), {"own": OWN}, NOW)


def modes(item, *more):
    """The modes of the item in all channels."""
    return " ".join(decided(item, channel.value, *more).mode.name[0] for channel in ChannelClass)


@pytest.mark.parametrize("example", list(examples(FEEDS)))
def test_feed(example):
    """What stands there is read by its namespace, and widens, narrows or leaves the modes as its row says."""
    expect = example["expect"]
    feed = read(*example["put"].split(), example["markup"])
    (item,) = feed.items
    stated = {e.kind + "=" + e.value for e in (*item.evidence, *feed.evidence)}
    assert set(expect.get("kinds", ())) <= stated, stated
    full = decided(item, "CW", LICENCE)
    duties = {duty.id: duty for duty in full.duties}
    seen = {
        "kinds": expect.get("kinds"),
        "modes": modes(item, LICENCE),
        "alone": modes(item),
        "authors": [person.name for person in item.authors],
        "categories": [f"{c.scheme} {c.term}" for c in item.categories],
        "claims": [f"{c.kind} {c.name} {c.url or c.feed_url}" for c in item.claims],
        "contact": full.contact,
        "line": duties["O2"].texts[0] if "O2" in duties else copyright_line(item.evidence),
        "notice": list(duties["O5"].texts) if "O5" in duties else [],
        "published": item.published.isoformat() if item.published else "",
        "retracted": [f"{r.item_id} {r.when.isoformat()} {r.evidence.value}" for r in feed.retractions],
        "no_index": no_index(item.evidence),
        "characters": full.limit.characters,
    }
    if "retracted" in expect:
        told = [text.partition(" ") for text in expect["retracted"]]
        expect = expect | {"retracted": [f"{item_id('own', identity)} {rest}" for identity, _, rest in told]}
    assert {key: seen[key] for key in expect} == dict(expect)


PAGE = (
    "<!doctype html><html><head><title>T</title>{head}</head><body><header><nav><a href='/'>Own</a></nav></header>"
    "<main><article><h1>T</h1><p>The weir was opened on Monday and the meadows below it stood under water by noon."
    "</p>{article}</article></main><div class='sidebar'>{sidebar}</div><footer>{footer}</footer></body></html>"
)
PARTS = ("head", "article", "sidebar", "footer")


def read_page(where, markup):
    """What the page with the example in it states."""
    if where == "ld":
        where, markup = "head", f'<script type="application/ld+json">{json.dumps(markup)}</script>'
    text = PAGE.format(**dict.fromkeys(PARTS, "") | ({where: markup} if where in PARTS else {}))
    files = {"robots": "robots_txt", "tdmrep": "tdmrep"}
    about = About(SOURCE, **({files[where]: markup} if where in files else {}))
    headers = {"content-type": "text/html; charset=utf-8"} | (markup if where == "headers" else {})
    return webpage.read(text.encode(), url="https://own.example/1", headers=headers, about=about)


@pytest.mark.parametrize("example", list(examples(PAGES)))
def test_page(example):
    """What a page, its headers and its site state is read, and widens, narrows or leaves the modes as its row says."""
    expect = example["expect"]
    reading = read_page(example["put"], example["markup"])
    stated = {e.kind + "=" + e.value for e in reading.evidence}
    assert set(expect.get("kinds", ())) <= stated, stated
    item = Item("i-1", "own", "own", "1", "https://own.example/1", "T", "", "News.", evidence=reading.evidence)
    full = decided(item, "CW", LICENCE)
    duties = {duty.id: duty for duty in full.duties}
    seen = {
        "kinds": expect.get("kinds"),
        "modes": modes(item, LICENCE),
        "alone": modes(item),
        "categories": [f"{c.scheme} {c.term}" for c in reading.categories],
        "claims": [f"{c.kind} {c.name} {c.url}" for c in reading.claims],
        "contact": full.contact,
        "line": duties["O2"].texts[0] if "O2" in duties else "",
        "names": list(duties["O1"].texts),
        "notice": list(duties["O5"].texts) if "O5" in duties else [],
        "notices": [one.place for one in reading.notices],
        "no_index": no_index(item.evidence),
        "no_archive": no_archive(item.evidence),
        "machines": len(keeps_out_machines(item.evidence)),
        "characters": full.limit.characters,
        "rsl": [f"{url} {level.value}" for url, level in reading.rsl],
        "terms": list(reading.terms),
    }
    assert {key: seen[key] for key in expect} == dict(expect)
