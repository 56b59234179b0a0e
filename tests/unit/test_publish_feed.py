# SPDX-License-Identifier: Apache-2.0
"""Feeds: valid by their specifications, complete in rights and source, the same bytes for the same entries."""

import json
import runpy
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree, html

from syndicate.errors import RenderError
from syndicate.model import Category, Chain, Duty, Evidence, Level, Limit, Mode, Person, Role
from syndicate.publish.feed import EPOCH, render_feed
from syndicate.publish.templates import environment

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/samples.py")))
VALIDITY = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/validity.py")))
TEMPLATES = environment()
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "cc": "http://backend.userland.com/creativeCommonsRssModule",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parts(entries=S.EDITION, channel=S.FEED):
    """The parts of a feed by name."""
    return {p.name: p for p in render_feed(channel, S.SITE, entries, S.NOW, TEMPLATES)}


def rss(entries=S.EDITION):
    """The RSS channel."""
    return etree.fromstring(parts(entries)["rss"].content).find("channel")


def atom(entries=S.EDITION):
    """The Atom feed."""
    return etree.fromstring(parts(entries)["atom"].content)


def js(entries=S.EDITION):
    """The JSON feed."""
    return json.loads(parts(entries)["json"].content)


def links(node, rel):
    """The addresses of an Atom element's links of one relation."""
    return [link.get("href") for link in node.findall("a:link", NS) if link.get("rel") == rel]


# ------------------------------------------------------------------------------------------------ validity


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
@pytest.mark.parametrize("entries", [S.EDITION, ()], ids=["full", "empty"])
def test_every_format_is_valid(entries, name):
    """Each feed keeps the rules of its specification: RFC 4287, RSS 2.0, JSON Feed 1.1."""
    assert VALIDITY.faults(name, parts(entries)[name].content) == []


def test_an_atom_entry_has_one_page_and_html_for_all_to_read():
    """One alternate each, the content as escaped HTML, at most one date and one rights line."""
    for entry in atom().iterfind("a:entry", NS):
        assert len(links(entry, "alternate")) == 1
        assert [(one.get("type"), len(one)) for one in entry.findall("a:content", NS)] == [("html", 0)]
        for name in ("published", "rights"):
            assert len(entry.findall(f"a:{name}", NS)) <= 1


@pytest.mark.parametrize("entries", [S.EDITION, ()], ids=["full", "empty"])
def test_rss_says_all_that_readers_use(entries):
    """The channel links home and to itself; each item has every field, a guid that is no address, no mail address."""
    channel = rss(entries)
    assert channel.findtext("link") == "https://bulletin.example/"
    assert links(channel, "self") == ["https://bulletin.example/feeds/community.rss"]
    assert parsedate_to_datetime(channel.findtext("lastBuildDate"))
    for item in channel.iterfind("item"):
        assert item.find("guid").get("isPermaLink") == "false"
        for name in ("title", "description", "link", "guid", "pubDate", "source"):
            assert len(item.findall(name)) == 1
        assert item.find("author") is None


def test_json_says_nothing_empty():
    """No member of an item is empty, and our own object is the only one that the format does not know."""
    assert js()["feed_url"] == "https://bulletin.example/feeds/community.json"
    for item in js()["items"]:
        assert [name for name in item if name.startswith("_")] == ["_syndicate"]
        assert all(item.values())


def test_the_same_entries_give_the_same_bytes():
    """Neither the time of rendering nor the number of renderings shows in a feed."""
    later = render_feed(S.FEED, S.SITE, S.EDITION, S.NOW + timedelta(days=3), TEMPLATES)
    assert tuple(later) == tuple(parts().values())


def test_a_feed_is_dated_by_its_newest_entry():
    """``updated`` and ``lastBuildDate`` are the newest entry's, or the epoch if there is none."""
    assert atom().findtext("a:updated", namespaces=NS) == "2026-11-21T09:00:00+00:00"
    assert parsedate_to_datetime(rss(()).findtext("lastBuildDate")) == EPOCH


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\ufffe", "\ud800", "]]>", "<!--", "&#11;", "&#xD800;"])
def test_no_character_breaks_a_feed(bad):
    """Control characters, lone surrogates and markup in any field leave all three documents readable."""
    text = f"a{bad}b"
    entry = S.entry(
        title=text,
        text=(text,),
        html=f"<p>{text}</p>",
        authors=(text,),
        outlets=((text, "https://s.example/", 1),),
        duties=(Duty("O2", (text,)),),
        categories=(Category(text, text, text),),
    )
    assert len(rss((entry,)).findall("item")) == 1
    assert len(atom((entry,)).findall("a:entry", NS)) == 1
    assert len(js((entry,))["items"]) == 1


# ------------------------------------------------------------------------------------------------ rights and source


def test_the_feed_itself_carries_no_rights():
    """Rights and licences stand on entries only, because a feed's own would be inherited by all."""
    feed, channel = atom(), rss()
    assert feed.find("a:rights", NS) is None
    assert links(feed, "license") == []
    assert channel.find("copyright") is None
    assert channel.find("dc:rights", NS) is None
    assert channel.find("cc:license", NS) is None
    assert not {"_syndicate", "rights", "copyright", "licence"} & set(js())


def test_an_atom_entry_is_complete():
    """Founding case: required link, canonical and via, authors, rights, and the source with its own rights."""
    ferry, gauge = atom().findall("a:entry", NS)[:2]
    assert ferry.findtext("a:id", namespaces=NS) == f"https://bulletin.example/items/{S.FERRY.item.id}"
    assert links(ferry, "alternate") == ["https://harbour.example/2026/11/19/the-ferry"]
    assert links(ferry, "canonical") == links(ferry, "via") == ["https://south.example/the-ferry"]
    assert ferry.find("a:link[@rel='via']", NS).get("title") == "South Desk"
    assert ferry.findtext("a:author/a:name", namespaces=NS) == "Ines Marlow"
    assert ferry.findtext("a:rights", namespaces=NS) == "© 2026 South Desk"
    source = ferry.find("a:source", NS)
    assert source.findtext("a:id", namespaces=NS) == "https://harbour.example/feed.xml"
    assert source.findtext("a:title", namespaces=NS) == "Harbour Review"
    assert source.findtext("a:rights", namespaces=NS) == "© Harbour Review"
    assert links(source, "self") == ["https://harbour.example/feed.xml"]
    licence = "https://creativecommons.org/licenses/by-nd/4.0/"
    assert links(gauge, "license") == links(gauge.find("a:source", NS), "license") == [licence]
    assert links(gauge, "via") == []


def test_an_rss_item_is_complete():
    """The same in RSS: creator, rights, licence, source, typed links, both texts."""
    ferry, gauge = rss().findall("item")[:2]
    assert ferry.findtext("link") == "https://harbour.example/2026/11/19/the-ferry"
    assert ferry.findtext("dc:creator", namespaces=NS) == "Ines Marlow"
    assert ferry.findtext("dc:rights", namespaces=NS) == "© 2026 South Desk"
    assert (ferry.find("source").get("url"), ferry.findtext("source")) == (
        "https://harbour.example/feed.xml",
        "Harbour Review",
    )
    assert links(ferry, "canonical") == links(ferry, "via") == ["https://south.example/the-ferry"]
    assert gauge.findtext("cc:license", namespaces=NS) == "https://creativecommons.org/licenses/by-nd/4.0/"
    assert 'data-mode="full"' in ferry.findtext("content:encoded", namespaces=NS)
    assert "data-mode" not in ferry.findtext("description")
    assert "© 2026 South Desk" in ferry.findtext("description").replace("\u00a0", " ")


def test_a_json_item_is_complete():
    """The same in JSON, in our own object."""
    ferry, gauge = js()["items"][:2]
    assert ferry["url"] == "https://harbour.example/2026/11/19/the-ferry"
    assert ferry["authors"] == [{"name": "Ines Marlow"}]
    assert ferry["tags"] == ["The river"]
    ours = ferry["_syndicate"]
    assert ours["id"] == S.FERRY.item.id
    assert ours["mode"] == "full"
    assert ours["source"] == {"name": "Harbour Review", "url": "https://harbour.example/feed.xml"}
    assert [(hop["role"], hop["name"], hop["date"][:10]) for hop in ours["chain"]] == [
        ("origin", "South Desk", "2026-11-18"),
        ("republisher", "Harbour Review", "2026-11-19"),
    ]
    assert (ours["copyright"], ours["licence"], ours["contact"]) == (
        "© 2026 South Desk",
        None,
        "rights@harbour.example",
    )
    assert ours["categories"] == [{"scheme": "https://bulletin.example/themes", "term": "river", "label": "The river"}]
    licence = {"id": "CC-BY-ND-4.0", "name": "CC BY-ND 4.0", "url": "https://creativecommons.org/licenses/by-nd/4.0/"}
    assert gauge["_syndicate"]["licence"] == licence


def test_one_label_in_two_schemes_stays_two_categories():
    """Categories keep scheme and label; a scheme that is no address becomes one; repeats and empty terms go."""
    cats = (
        Category("a", "Theme", "A"),
        Category("a", "Region"),
        Category("a", "Theme"),
        Category("", "x"),
        Category("b"),
    )
    entry = S.entry(categories=cats)
    found = [
        (c.get("term"), c.get("scheme"), c.get("label")) for c in atom((entry,)).iterfind("a:entry/a:category", NS)
    ]
    assert found == [
        ("a", "urn:syndicate:scheme:Theme", "A"),
        ("a", "urn:syndicate:scheme:Region", None),
        ("b", None, None),
    ]
    told = [(c.text, c.get("domain")) for c in rss((entry,)).iterfind("item/category")]
    assert told == [("A", "urn:syndicate:scheme:Theme"), ("a", "urn:syndicate:scheme:Region"), ("b", None)]
    assert js((entry,))["items"][0]["tags"] == ["A", "a", "b"]


def test_authors_keep_their_pages_and_outlets_stand_in():
    """An author's page is kept, never an address; an unsigned item is its outlet's."""
    entry = S.entry(language="fr")
    entry = replace(entry, item=replace(entry.item, authors=(Person("Ines Marlow", "https://south.example/ines"),)))
    assert atom((entry,)).findtext("a:entry/a:author/a:uri", namespaces=NS) == "https://south.example/ines"
    assert atom((entry,)).find("a:entry", NS).get(LANG) == "fr"
    assert rss((entry,)).findtext("item/dc:language", namespaces=NS) == "fr"
    unsigned = S.entry(authors=())
    assert atom((unsigned,)).findtext("a:entry/a:author/a:name", namespaces=NS) == "South Desk"
    assert rss((unsigned,)).findtext("item/dc:creator", namespaces=NS) == "South Desk"


def test_nothing_known_is_nothing_claimed():
    """Without feed address, dates, origin and link the entry still stands, with ids of ours."""
    entry = S.entry(authors=(), outlets=(("", "", None),), evidence=(Evidence("dc", Level.FEED, "", "x"),))
    first = replace(entry.chain.hops[0], role=Role.REPUBLISHER)
    entry = replace(
        entry,
        chain=Chain((first,)),
        item=replace(entry.item, url="", source_id="s d"),
        decision=replace(entry.decision, duties=()),
    )
    found = atom((entry,)).find("a:entry", NS)
    assert links(found, "alternate") == links(found, "canonical") == []
    assert found.findtext("a:source/a:id", namespaces=NS) == "https://bulletin.example/sources/s%20d"
    assert found.findtext("a:author/a:name", namespaces=NS) == "Unknown"
    assert found.findtext("a:updated", namespaces=NS) == entry.first_seen.isoformat()
    item = rss((entry,)).find("item")
    assert item.find("link") is None
    assert item.find("pubDate") is None
    assert "url" not in js((entry,))["items"][0]


# ------------------------------------------------------------------------------------------------ what is shown


def test_each_mode_shows_what_it_may():
    """Full: the whole text; excerpt: its sentences and the way to the rest; link: credit alone; withheld: nothing."""
    shown = {item["_syndicate"]["id"]: html.fromstring(item["content_html"]) for item in js()["items"]}
    assert set(shown) == {one.item.id for one in S.EDITION if one is not S.HIDDEN}
    for entry in (S.FERRY, S.GAUGE, S.SEEDS, S.BRIDGE, S.TIDES):
        article = shown[entry.item.id]
        assert article.get("data-item") == entry.item.id
        assert article.get("data-mode") == entry.decision.mode.name.lower()
        assert len(article.find_class("credit")) == 1
        assert len(article.find_class("body")) == (entry.decision.mode > Mode.LINK)
    full, part = shown[S.FERRY.item.id].find_class("body")[0], shown[S.SEEDS.item.id].find_class("body")[0]
    assert "\n\n".join(p.text_content() for p in full.iter("p")) == S.FERRY.item.text
    assert part.text_content() == S.SEEDS.item.text.split("\n\n")[0]
    assert "The first paragraph of 14." in shown[S.SEEDS.item.id].text_content()
    for part in parts().values():
        assert b"secret" not in part.content
        assert "Drawer 1" not in part.content.decode()


def test_an_excerpt_that_cannot_be_made_is_a_link():
    """Too tight a limit shows as a link in every format."""
    entry = S.entry(mode=Mode.EXCERPT, limit=Limit(words=1))
    for part in parts((entry,)).values():
        text = part.content.decode().replace("&quot;", '"').replace('\\"', '"')
        assert 'data-mode="link"' in text
        assert "winters" not in text


def test_a_credit_may_be_asked_to_stand_on_top():
    """With a duty of position the credit precedes the text."""
    (item,) = js((S.entry(duties=(Duty("O11", how="top"),)),))["items"]
    assert item["content_html"].index("credit") < item["content_html"].index('class="body"')


def test_language_of_the_text_is_marked():
    """A text in another language says so."""
    (item,) = js((S.entry(language="fr"),))["items"]
    assert 'lang="fr"' in item["content_html"]
    assert item["language"] == "fr"


def test_formats_and_titles_follow_the_channel():
    """Only the channel's formats are made, in its order, with its title; parts name the templates that worded them."""
    channel = replace(S.FEED, formats=("json", "atom"), title="All of it")
    made = parts(channel=channel)
    assert list(made) == ["json", "atom"]
    assert json.loads(made["json"].content)["title"] == "All of it"
    assert made["atom"].media_type == "application/atom+xml"
    names = ("item.html", "credit.html", "lead.html", "tail.html", "fixed.html")
    assert made["atom"].templates == tuple(f"syndicate/templates/{name}" for name in names)
    assert list(parts(channel=replace(S.FEED, formats=()))) == ["rss", "atom", "json"]


def test_a_broken_template_stops_the_feed(tmp_path):
    """A template that cannot be rendered raises RenderError naming the file."""
    (tmp_path / "item.html").write_text("{{ oops }}")
    with pytest.raises(RenderError, match=r"item\.html"):
        render_feed(S.FEED, S.SITE, S.EDITION, S.NOW, environment(tmp_path))
