# SPDX-License-Identifier: Apache-2.0
"""Whose an item is: addresses, containment, claims, chains, circles."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.model import Claim, Evidence, Item, Known, Level, Link, Publisher, Role
from syndicate.proof import tricks
from syndicate.rights.addresses import host, leads_elsewhere
from syndicate.rights.copies import contained, share
from syndicate.rights.directory import Directory
from syndicate.rights.trace import credited, keys_of, trace, url_key

SOUTH = Publisher("south", "South Desk", "https://south.example")
MARSH = Publisher("marsh", "Marsh & Mill", "https://marsh.example/")
TARN = Publisher("tarn", "Tarn Review", "https://www.tarn.example/press")
ALL = (SOUTH, MARSH, TARN)
EVERYBODY = Directory(ALL)
STORY = (
    "The ferry between the two banks runs again after eleven winters.\n\n"
    "Four volunteers rebuilt the landing stage with timber from the old mill, and the council lent them a crane.\n\n"
    "The first crossing carried two bicycles, a dog and the mayor, who had not paid for a ticket."
)


def item(publisher, url, text=STORY, **more):
    """An item of a publisher."""
    fields = {"published": None, "claims": (), "evidence": (), "links": (), "identity": url} | more
    return Item(
        id=f"i-{url}",
        source_id=publisher.id,
        publisher_id=publisher.id,
        url=url,
        title="T",
        html="",
        text=text,
        **fields,
    )


def claim(kind, url="", name="", feed_url=""):
    """A claim with its evidence."""
    return Claim(kind, name, url, feed_url, Evidence(kind, Level.ITEM, f"{name} {url}{feed_url}", "item"))


def held(*entries):
    """A mapping of known items; each entry is an item or an (item, chain)."""
    known = {}
    for entry in entries:
        publisher = next(p for p in ALL if p.id == entry.publisher_id)
        chain = trace(entry, publisher, known, EVERYBODY)
        known |= dict.fromkeys(keys_of(entry), Known(entry, chain))
    return known


def shape(chain):
    """A chain in short: outlet names and whether the origin is known."""
    return [hop.name for hop in chain.hops], chain.origin_known


ORIGIN = item(SOUTH, "https://south.example/a", published=datetime(2020, 3, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.South.example/a/", "http://south.example/a"),
        ("https://south.example:443/a#top", "https://south.example/a"),
        ("https://south.example/a?utm_source=x&id=7&fbclid=1", "https://south.example/a?id=7"),
        ("https://user@south.example", "https://south.example/"),
    ],
)
def test_same_key(one, other):
    """Two spellings of an address have one key."""
    assert url_key(one) == url_key(other) != ""


@pytest.mark.parametrize(
    "url", ["", "tag:south.example,2020:1", "mailto:a@b.example", "http://[", "http://x:99999/", "http:///a"]
)
def test_no_key(url):
    """What is no http address has no key and no host."""
    assert url_key(url) == host(url) == ""


def test_the_owner_of_an_address():
    """Homes end on path boundaries, the longest wins, one's own before its equals; nobody owns what lies elsewhere."""
    press, twin = Publisher("press", "Press", "https://south.example/press"), Publisher("twin", "Twin", SOUTH.home)
    homeless = Publisher("nobody", "Nobody", "")
    known = Directory((SOUTH, press, twin, homeless))
    assert known.owner("https://south.example/press/a?b") is press
    assert known.owner("https://south.example/pressed") is SOUTH
    assert known.owner("https://south.example/a", twin) is twin
    assert known.owner("https://south.example/press/a", twin) is press
    assert known.owner("https://elsewhere.example/", twin) is None
    assert known.owner("", homeless) is None


def test_the_publisher_of_a_name():
    """In any case, one's own before a namesake; no name is nobody's."""
    namesake = Publisher("other", "South Desk", "https://other.example")
    known = Directory((*ALL, Publisher("nameless", "")))
    assert known.named(" south DESK ") is SOUTH
    assert known.named("South Desk", namesake) is namesake
    assert known.named("") is None


def test_keys_of():
    """An item answers to its address, and to canonical link and permalink on its own host only."""
    links = (
        Link("canonical", "https://south.example/real"),
        Link("canonical", "https://marsh.example/x"),
        Link("via", "https://south.example/v"),
    )
    entry = item(SOUTH, "https://south.example/a", links=links, identity="https://south.example/?p=7")
    assert keys_of(entry) == ("south.example/a", "south.example/real", "south.example?p=7")
    assert keys_of(replace(entry, url="", identity="tag:x", links=())) == ()


def test_credited():
    """What an item credits, each once, its own address left out."""
    claims = (
        claim("via", "https://south.example/a"),
        claim("credit-line", "http://south.example/a/"),
        claim("canonical", "https://marsh.example/m"),
        claim("source", name="X"),
    )
    assert credited(item(MARSH, "https://marsh.example/m", claims=claims)) == ("south.example/a",)


def test_original():
    """Without a claim the item is its publisher's, with its evidence and date."""
    evidence = (Evidence("rss.copyright", Level.FEED, "© South Desk", "channel"),)
    entry = replace(ORIGIN, evidence=evidence)
    (hop,) = trace(entry, SOUTH, {}, EVERYBODY).hops
    assert (hop.role, hop.name, hop.publisher_id, hop.url) == (Role.ORIGIN, "South Desk", "south", entry.url)
    assert (hop.date, hop.item_id, hop.evidence, hop.own_text) == (entry.published, entry.id, evidence, True)


@pytest.mark.parametrize(
    "made",
    [
        claim("canonical", "https://marsh.example/other"),
        claim("source", name="Marsh & Mill", feed_url="https://feeds.example/marsh"),
        claim("source", feed_url="https://marsh.example/feed"),
        claim("credit-line", name="marsh & mill"),
        claim("credit-line", "https://marsh.example/", name="Marsh and Mill Weekly"),
        claim("syndication", "https://south.example/a"),
        claim("via"),
    ],
)
def test_claims_about_oneself(made):
    """A claim that names the publisher's own page, feed or name leaves the item an original; so does an unknown kind."""
    assert shape(trace(item(MARSH, "https://marsh.example/m", claims=(made,)), MARSH, {}, EVERYBODY)) == (
        ["Marsh & Mill"],
        True,
    )


def test_known_origin():
    """A credited item that we hold is the origin; a mere copy adds no words of its own."""
    copy = item(
        MARSH, "https://marsh.example/m", claims=(claim("credit-line", "http://www.south.example/a/", "South Desk"),)
    )
    chain = trace(copy, MARSH, held(ORIGIN), EVERYBODY)
    assert shape(chain) == (["South Desk", "Marsh & Mill"], True)
    assert (chain.hops[1].role, chain.hops[1].own_text, chain.hops[1].because) == (
        Role.REPUBLISHER,
        False,
        (copy.claims[0].evidence,),
    )
    assert trace(copy, MARSH, held(ORIGIN, copy), EVERYBODY) == chain


def test_copy_of_a_copy():
    """The chain of a credited copy continues; an origin unknown there stays unknown here."""
    copy = item(MARSH, "https://marsh.example/m", claims=(claim("via", "https://south.example/a"),))
    third = item(TARN, "https://tarn.example/press/t", claims=(claim("via", copy.url),))
    assert shape(trace(third, TARN, held(ORIGIN, copy), EVERYBODY)) == (
        ["South Desk", "Marsh & Mill", "Tarn Review"],
        True,
    )
    assert shape(trace(third, TARN, held(copy), EVERYBODY)) == (["South Desk", "Marsh & Mill", "Tarn Review"], False)


def test_own_words():
    """A credited item whose words are not ours stays the origin, and our words stay ours."""
    note = "We asked three farmers what the flood has cost them, and none would put a figure on it."
    entry = item(MARSH, "https://marsh.example/m", note, claims=(claim("via", "https://south.example/a"),))
    assert [h.own_text for h in trace(entry, MARSH, held(ORIGIN), EVERYBODY).hops] == [True, True]


@pytest.mark.parametrize(
    ("made", "name", "publisher_id", "url"),
    [
        (
            claim("credit-line", "https://south.example/b", "The South Desk"),
            "The South Desk",
            "south",
            "https://south.example/b",
        ),
        (claim("credit-line", "https://south.example/b"), "South Desk", "south", "https://south.example/b"),
        (claim("credit-line", name="SOUTH DESK"), "SOUTH DESK", "south", ""),
        (claim("credit-line", name="Nobody's Gazette"), "Nobody's Gazette", "", ""),
        (claim("via", "https://www.gazette.example/x"), "gazette.example", "", "https://www.gazette.example/x"),
        (claim("source", feed_url="https://gazette.example/feed"), "gazette.example", "", ""),
        (claim("credit-line", "https://marsh.example/tag/south", "South Desk"), "South Desk", "south", ""),
        (
            claim("source", "https://south.example/b", "Marsh & Mill"),
            "Marsh & Mill",
            "south",
            "https://south.example/b",
        ),
    ],
)
def test_unknown_origin(made, name, publisher_id, url):
    """A claim that points to what we do not hold leaves the origin unknown, with all that the claim tells."""
    chain = trace(item(MARSH, "https://marsh.example/m", claims=(made,)), MARSH, {}, EVERYBODY)
    origin = chain.hops[0]
    assert (chain.origin_known, len(chain.hops)) == (False, 2)
    assert (origin.name, origin.publisher_id, origin.url, origin.item_id) == (name, publisher_id, url, "")
    assert origin.evidence == origin.because == (made.evidence,)


def test_shared_host():
    """What intake made a claim of is somebody else's, on whatever host; a home on that host changes nothing."""
    nora = Publisher("nora", "Nora", "https://blogs.example/nora")
    entry = item(nora, "https://blogs.example/nora/1", claims=(claim("via", "https://blogs.example/otto/9"),))
    assert shape(trace(entry, nora, {}, Directory((nora,)))) == (["blogs.example", "Nora"], False)
    bare = replace(nora, home="")
    assert shape(trace(entry, bare, {}, Directory((bare,)))) == (["blogs.example", "Nora"], False)


def test_address_of_another_publisher():
    """An item whose own address is another publisher's page came from there."""
    chain = trace(item(MARSH, "https://south.example/b"), MARSH, {}, EVERYBODY)
    assert shape(chain) == (["South Desk", "Marsh & Mill"], False)


def test_own_items_are_no_origin():
    """Another item of the same publisher, or the item itself, is not credited."""
    entry = item(
        SOUTH,
        "https://south.example/c",
        claims=(claim("via", ORIGIN.url), claim("canonical", "https://south.example/c")),
    )
    assert shape(trace(entry, SOUTH, held(ORIGIN, entry), EVERYBODY)) == (["South Desk"], True)


def test_order_of_claims():
    """A credit line tells more than via, via more than source, whatever their order; a held one more than others."""
    tarn = item(TARN, "https://tarn.example/press/t", text="Other words altogether stand here.")
    claims = (claim("source", "https://gazette.example/"), claim("via", tarn.url), claim("credit-line", ORIGIN.url))
    entry = item(MARSH, "https://marsh.example/m", claims=claims)
    for known in (held(ORIGIN), held(ORIGIN, tarn), held(tarn, ORIGIN)):
        assert shape(trace(entry, MARSH, known, EVERYBODY))[0][0] == "South Desk"
    assert trace(replace(entry, claims=claims[::-1]), MARSH, held(ORIGIN), EVERYBODY) == trace(
        entry, MARSH, held(ORIGIN), EVERYBODY
    )


def test_disagreement():
    """Where two held items disagree about the origin, the one whose text holds most of ours is it."""
    tarn = item(TARN, "https://tarn.example/press/t", text="Other words altogether stand here, and they are many.")
    entry = item(MARSH, "https://marsh.example/m", claims=(claim("credit-line", tarn.url), claim("via", ORIGIN.url)))
    assert shape(trace(entry, MARSH, held(ORIGIN, tarn), EVERYBODY)) == (["South Desk", "Marsh & Mill"], True)


@pytest.mark.parametrize(
    ("line", "names", "known"),
    [
        (claim("credit-line", "https://gazette.example/x", "Gazette"), ["Gazette", "Marsh & Mill"], False),
        (claim("credit-line", name="South Desk"), ["South Desk", "Marsh & Mill"], True),
        (claim("credit-line", "https://south.example/"), ["South Desk", "Marsh & Mill"], True),
        (claim("credit-line", "https://tarn.example/press", "South Desk"), ["South Desk", "Marsh & Mill"], False),
    ],
)
def test_contradiction(line, names, known):
    """A credit line that names somebody else than the held chain stands, and the origin is unknown."""
    entry = item(MARSH, "https://marsh.example/m", claims=(line, claim("canonical", ORIGIN.url)))
    assert shape(trace(entry, MARSH, held(ORIGIN), EVERYBODY)) == (names, known)


def test_agreement_without_home():
    """Outlets that nobody configured agree by name or by host."""
    via = item(TARN, "https://tarn.example/press/t", claims=(claim("via", "https://gazette.example/1", "Gazette"),))
    for line in (claim("credit-line", name="gazette"), claim("credit-line", "https://gazette.example/")):
        entry = item(MARSH, "https://marsh.example/m", claims=(line, claim("via", via.url)))
        assert shape(trace(entry, MARSH, held(via), EVERYBODY)) == (["Gazette", "Tarn Review", "Marsh & Mill"], False)


def test_circle():
    """Two items that credit each other end at the one published first, however often they are traced."""
    old = replace(ORIGIN, claims=(claim("via", "https://marsh.example/m"),))
    new = item(
        MARSH, "https://marsh.example/m", claims=(claim("via", old.url),), published=datetime(2020, 3, 5, tzinfo=UTC)
    )
    for order in ((old, new), (new, old), (old, new, old, new), (new, old, new, old)):
        known = held(*order)
        again = trace(new, MARSH, known, EVERYBODY)
        assert shape(trace(old, SOUTH, known, EVERYBODY)) == (["South Desk"], True)
        assert shape(again) == (["South Desk", "Marsh & Mill"], True)
        assert (again.hops[0].role, again.hops[1].own_text) == (Role.ORIGIN, False)


def test_circle_without_dates():
    """Undated circles end too, at the same item every time."""
    one = item(SOUTH, "https://south.example/1", claims=(claim("via", "https://marsh.example/2"),))
    two = item(MARSH, "https://marsh.example/2", claims=(claim("via", "https://south.example/1"),))
    known = held(one, two, one, two)
    assert shape(trace(two, MARSH, known, EVERYBODY)) == (["Marsh & Mill"], True)
    assert shape(trace(one, SOUTH, known, EVERYBODY)) == (["Marsh & Mill", "South Desk"], True)


def test_contained_with_notice():
    """By-line, quoted credit line and a notice below are not the article: a copy with them is a mere copy."""
    line = "This article was first published by South Desk."
    notice = "Community sites may carry our articles as long as they name us. Whoever wants to print them writes to us before they do so."
    text = f"By Ida Wren, Marsh & Mill\n\n{STORY}\n\n{line} Read on there.\n\n{line}\n\n{notice}"
    copy = item(MARSH, "m", text, evidence=(Evidence("credit-line", Level.ITEM, line, "body"),))
    assert contained(copy, ORIGIN)
    assert contained(item(MARSH, "m", STORY.partition("\n\n")[0] + "\n\nContinue at South Desk"), ORIGIN)


def test_not_contained():
    """An essay around a quotation, a short note and a long answer are words of their own."""
    essay = "What follows is our own view of what happened, and it is rather a long one at that. " * 6
    assert not contained(item(MARSH, "m", f"{essay}\n\n{STORY}"), ORIGIN)
    assert not contained(item(MARSH, "m", "A good read."), ORIGIN)
    assert not contained(item(MARSH, "m", f"{STORY}\n\n{essay}\n\n{essay}"), ORIGIN)
    assert share(item(MARSH, "m", STORY), item(SOUTH, "s", "")) == 0


def test_nothing_is_contained():
    """A copy without words adds none."""
    assert contained(item(MARSH, "m", ""), ORIGIN)
    assert contained(item(MARSH, "m", "***"), ORIGIN)


def test_unspaced_scripts():
    """Where no spaces are written, runs of characters are compared."""
    text = "春になると川の渡し船がふたたび動きはじめた。村の人たちは古い水車の材木で桟橋を直した。"
    original = item(SOUTH, "s", text)
    assert contained(item(MARSH, "m", text[:25]), original)
    assert not contained(
        item(MARSH, "m", "秋祭りの夜に打ち上げられた花火は山の向こうの町からも見えたという。"), original
    )


@pytest.mark.parametrize(
    ("url", "passes"),
    [("https://t.co/a", True), ("https://l.facebook.com/l.php?u=x", True), ("https://feeds.feedburner.com/~r/a/b", True),
     ("https://news.google.com/rss/articles/x", True), ("https://u1.ct.sendgrid.net/ls/click", True),
     ("https://go.example/?u=https%3A%2F%2Fsouth.example%2F1", True), ("https://www.google.de/url?q=x", True),
     ("https://south.example/1?q=a", False), ("https://web.archive.example/web/https://south.example/", False),
     ("https://feeds.feedburner.com/south", False), ("mailto:a@b.example?subject=http://x", False)],
)  # fmt: skip
def test_redirectors(url, passes):
    """An address that only passes its reader on is known as such, and to the proof as well."""
    assert leads_elsewhere(url) is tricks.leads_elsewhere(url) is passes
