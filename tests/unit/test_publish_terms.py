# SPDX-License-Identifier: Apache-2.0
"""Every item carries its own terms on, in every format; what left a feed is told; the feed itself claims nothing."""

import json
import runpy
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree
from lxml import html as reader

from syndicate.model import Beacons, Duty, Evidence, Interest, Level, Mode, Site, Tombstone
from syndicate.publish.confirmation import COUNTERS, wording
from syndicate.publish.credit import credit
from syndicate.publish.digest import render_digest
from syndicate.publish.excerpt import body
from syndicate.publish.feed import render_feed
from syndicate.publish.linked import linked_data
from syndicate.publish.templates import environment

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/samples.py")))
TEMPLATES = environment()
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "cc": "http://creativecommons.org/ns#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rsl": "https://rslstandard.org/rsl",
    "tdm": "http://www.w3.org/ns/tdmrep#",
}
RSL = '<content xmlns="https://rslstandard.org/rsl" url="/"><license><prohibits type="usage">ai-train</prohibits></license></content>'
SIGNALS = (
    Evidence("rsl", Level.ITEM, RSL, "item"),
    Evidence("rsl", Level.ITEM, "<broken", "item"),
    Evidence("tdmrep.reservation", Level.ITEM, "1", "page"),
    Evidence("tdmrep.policy", Level.ITEM, "https://south.example/tdm", "page"),
    Evidence("aipref", Level.ITEM, "train-ai=n", "page"),
    Evidence("content-signal", Level.ITEM, "ai-train=no", "robots"),
    Evidence("dcterms.rightsHolder", Level.ITEM, "South Desk Ltd", "item"),
)


def feeds(*entries, site=S.SITE, tombstones=()):
    """The three documents, parsed."""
    made = {p.name: p.content for p in render_feed(S.FEED, site, entries, S.NOW, TEMPLATES, tombstones)}
    return etree.fromstring(made["rss"]), etree.fromstring(made["atom"]), json.loads(made["json"])


def test_signals_holder_and_contact_are_passed_on():
    """RSL unchanged, TDMRep and preferences under their names, the holder, where to ask: on the item, in each format."""
    entry = replace(S.FERRY, item=replace(S.FERRY.item, evidence=SIGNALS))
    rss, atom, js = feeds(entry)
    for item in (rss.find("channel/item"), atom.find("a:entry", NS)):
        (content,) = item.findall("rsl:content", NS)
        told = [(etree.QName(one).localname, dict(one.attrib), (one.text or "").strip()) for one in content.iter()]
        assert told == [
            ("content", {"url": "/"}, ""),
            ("license", {}, ""),
            ("prohibits", {"type": "usage"}, "ai-train"),
        ]
        assert item.findtext("tdm:reservation", namespaces=NS) == "1"
        assert item.findtext("tdm:policy", namespaces=NS) == "https://south.example/tdm"
        assert [one.text for one in item.findall("dcterms:accessRights", NS)] == [
            "Content-Usage: train-ai=n",
            "Content-Signal: ai-train=no",
        ]
        assert item.findtext("dcterms:rightsHolder", namespaces=NS) == "South Desk Ltd"
        assert item.find("cc:morePermissions", NS).get(f"{{{NS['rdf']}}}resource") == "mailto:rights@harbour.example"
    ours = js["items"][0]["_syndicate"]
    assert (ours["holder"], ours["contact"], len(ours["usage"])) == ("South Desk Ltd", "rights@harbour.example", 6)


def test_the_source_of_an_entry_is_whole():
    """``atom:source`` has id, title, updated, author, rights and licence of the feed that was copied from."""
    _, atom, _ = feeds(S.GAUGE, S.FERRY)
    first, second = atom.findall("a:entry/a:source", NS)
    names = [etree.QName(child).localname for child in first]
    assert names == ["id", "title", "updated", "author", "link", "link"]
    assert first.findtext("a:author/a:name", namespaces=NS) == "Lindenfeld Courier"
    assert second.findtext("a:rights", namespaces=NS) == "© Harbour Review"


def test_terms_are_repeated():
    """A page of terms is linked, its words stand among the rights."""
    duties = (
        Duty("O24", ("Whole or not at all.",), "https://south.example/terms"),
        Duty("O24", url="https://b.example/"),
    )
    entry = replace(S.FERRY, decision=replace(S.FERRY.decision, duties=(*S.FERRY.decision.duties, *duties)))
    rss, atom, js = feeds(entry)
    for links in (rss.findall("channel/item/a:link", NS), atom.findall("a:entry/a:link", NS)):
        terms = [one.get("href") for one in links if one.get("rel") == "terms-of-service"]
        assert terms == ["https://south.example/terms", "https://b.example/"]
    assert js["items"][0]["_syndicate"]["terms"] == [
        {"text": "Whole or not at all.", "url": "https://south.example/terms"},
        {"url": "https://b.example/"},
    ]
    assert "Whole or not at all." in atom.findtext("a:entry/a:rights", namespaces=NS)


def test_what_left_a_feed_is_told():
    """Tombstones in Atom and JSON Feed, the feed dated by them; no rights and no licence on the feed itself."""
    gone = datetime(2026, 11, 22, 8, tzinfo=S.NOW.tzinfo)
    _, atom, js = feeds(S.GAUGE, tombstones=(Tombstone("i-9", gone, "Its window is over."), Tombstone("i-8", gone)))
    first, second = atom.findall("at:deleted-entry", NS)
    assert (first.get("ref"), first.get("when")) == ("https://bulletin.example/items/i-9", gone.isoformat())
    assert first.findtext("at:comment", namespaces=NS) == "Its window is over."
    assert second.find("at:comment", NS) is None
    assert atom.findtext("a:updated", namespaces=NS) == gone.isoformat()
    told = {"id": "https://bulletin.example/items/i-9", "when": gone.isoformat(), "comment": "Its window is over."}
    assert js["_syndicate"] == {
        "deleted": [told, {"id": "https://bulletin.example/items/i-8", "when": gone.isoformat()}]
    }
    assert (atom.find("a:rights", NS), atom.findall("a:link[@rel='license']", NS)) == (None, [])


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("editor@bulletin.example", "mailto:editor@bulletin.example"),
        ("https://bulletin.example/write", "https://bulletin.example/write"),
    ],
)
def test_a_feed_says_who_issues_it(contact, address):
    """Our name with our address, or the page where we are reached."""
    rss, atom, js = feeds(S.GAUGE, site=Site("Riverside Bulletin", "https://bulletin.example", contact))
    assert js["authors"] == [{"name": "Riverside Bulletin", "url": address}]
    stated = atom.findtext("a:author/a:email", namespaces=NS) or atom.findtext("a:author/a:uri", namespaces=NS)
    assert stated == contact
    channel = rss.find("channel")
    told = channel.findtext("managingEditor") or channel.findtext("a:author/a:uri", namespaces=NS)
    assert told.split(" ")[0] == contact


def test_an_items_page_tells_machines_too():
    """Licence, holder, year, notice, credit and source as JSON-LD that cannot end its element."""
    entry = replace(S.GAUGE, item=replace(S.GAUGE.item, title="A </script> of <it>"))
    told = linked_data(entry.item, entry.chain, credit(entry, S.SITE), S.SITE)
    assert "<" not in told
    data = json.loads(told)
    assert (data["@type"], data["headline"], data["copyrightYear"]) == ("Article", "A </script> of <it>", 2026)
    assert data["license"] == ["https://creativecommons.org/licenses/by-nd/4.0/"]
    assert data["copyrightHolder"] == {
        "@type": "Organization",
        "name": "Lindenfeld Courier",
        "url": "https://lindenfeld.example/river-gauge",
    }
    assert data["creditText"] == "Tomas Averill and Lindenfeld Courier"
    bare = replace(
        S.TIDES, chain=replace(S.TIDES.chain, origin_known=False), item=replace(S.TIDES.item, published=None)
    )
    bare = replace(bare, chain=replace(bare.chain, hops=(replace(bare.chain.hops[0], date=None),)))
    data = json.loads(
        linked_data(bare.item, bare.chain, replace(credit(bare, S.SITE), contact="https://a.example/ask"), S.SITE)
    )
    assert "copyrightHolder" not in data
    assert (data["acquireLicensePage"], data["usageInfo"]) == ("https://a.example/ask", "https://a.example/ask")


def test_a_credit_is_marked_up_as_ccrel():
    """``about`` ties licence, names and links of a credit to its item, so that nothing is claimed of the whole page."""
    _, _, js = feeds(S.GAUGE)
    block = reader.fromstring(js["items"][0]["content_html"]).xpath("//*[@class='credit']")[0]
    assert block.get("about") == "https://lindenfeld.example/river-gauge"
    assert [one.text_content() for one in block.xpath(".//*[@property='cc:attributionName']")] == ["Tomas Averill"]
    assert block.xpath(".//*[@rel='cc:attributionURL']/@href") == ["https://lindenfeld.example/river-gauge"]


def test_readers_are_told_of_counters_and_of_what_they_agree_to():
    """A channel that carries counters says so where readers agree, and in every digest."""
    assert (
        wording(S.DIGEST, S.SITE) == "Riverside Bulletin may send me The week on the river by mail until I unsubscribe."
    )
    counted = replace(S.DIGEST, beacons=Beacons.CARRY, consent=(Interest.RESEARCH, Interest.PRIOR_INTEREST))
    told = wording(counted, S.SITE)
    assert "by mail for research and what I have asked for until I unsubscribe." in told
    assert told.endswith(COUNTERS)
    part, _, _ = render_digest(counted, S.SITE, (S.GAUGE,), S.NOW, "1", TEMPLATES)
    assert b"counter of their publisher" in part.content.replace(b"=\r\n", b"")


def test_signals_go_on_in_mail():
    """A mail says each signal to machines in both its parts, beside the text that it is about; a link carries none."""
    stated = (replace(SIGNALS[0], url="https://lindenfeld.example/rsl.xml"), *SIGNALS[2:6])
    entry = replace(S.GAUGE, item=replace(S.GAUGE.item, evidence=stated))
    part, _, _ = render_digest(S.DIGEST, S.SITE, (entry,), S.NOW, "1", TEMPLATES)
    mail = message_from_bytes(part.content, policy=policy.default)
    written = reader.fromstring(mail.get_body(("html",)).get_content())
    for said in (mail.get_body(("plain",)).get_content(), written.xpath("//*[@class='credit']")[0].text_content()):
        for signal in ("tdm-reservation: 1", "Content-Usage: train-ai=n", "Content-Signal: ai-train=no", "RSL"):
            assert f"Signal to machines: {signal}." in " ".join(said.split())
    for url in ("https://south.example/tdm", "https://lindenfeld.example/rsl.xml"):
        assert f"  {url}" in mail.get_body(("plain",)).get_content().splitlines()
        assert written.xpath(f"//*[@class='credit']//a[@href='{url}']")
    assert not credit(replace(entry, decision=replace(entry.decision, mode=Mode.LINK, duties=())), S.SITE).notes


# ------------------------------------------------------------------------------------------------ what is left out


MARKUP = (
    'before <b>all</b><p>One.</p><figure><img src="https://a.example/in.jpg" alt="x"><figcaption>Mine</figcaption></figure>'
    '<figure><img src="https://a.example/out.jpg"><figcaption>Theirs</figcaption></figure><p>Give  now.</p><p>Two &amp; 3.</p>'
)
TRIMMED = S.entry(
    9, html=MARKUP, text=("before all", "One.", "Mine", "Theirs", "Give now.", "Two & 3."),
    duties=(Duty("O15", ("Theirs",), also=("https://a.example/out.jpg",), how="out"), Duty("O28", ("Give now.",)),
            Duty("O15", ("Mine",), also=("https://a.example/in.jpg",), how="in")),
)  # fmt: skip


def test_a_text_goes_without_what_its_duties_leave_out():
    """Captions and appeals go whole, pictures that are granted stay with theirs; all else is as it came."""
    told = body(TRIMMED)
    assert told.html == (
        'before <b>all</b><p>One.</p><figure><img src="https://a.example/in.jpg" alt="x"><figcaption>Mine</figcaption></figure>'
        "<p>Two &amp; 3.</p>"
    )
    assert told.paragraphs == ("before all", "One.", "Mine", "Two & 3.")


def test_an_excerpt_passes_over_what_is_left_out():
    """A part of a text is a part of what is carried of it."""
    limit = replace(TRIMMED.decision.limit, characters=11)
    part = replace(TRIMMED, decision=replace(TRIMMED.decision, mode=Mode.EXCERPT, limit=limit))
    assert body(part).paragraphs == ("One.", "Mine", "Two & 3.")[:1]
    assert body(replace(part, decision=replace(part.decision, limit=replace(limit, characters=14)))).paragraphs == (
        "One.",
        "Mine",
        "Two & 3.",
    )
