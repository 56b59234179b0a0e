# SPDX-License-Identifier: Apache-2.0
"""The lists of the site: all stories, digests, feeds, publishers and terms say what is there and lead to it."""

from __future__ import annotations

import runpy
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import html

from syndicate.model import Grant, Medium, Mode, Prohibition, Publisher, Purpose, Record, Scope
from syndicate.publish import page_lists
from syndicate.publish.page import carried
from syndicate.publish.page_lists import Carried, Leaf
from syndicate.publish.templates import environment
from syndicate.rights import licences

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/pages.py")))
ENV = environment()
WEB_AND_MAIL = frozenset({Medium.WEB, Medium.EMAIL})


def tree(part):
    """The tree of a page."""
    return html.document_fromstring(part.content)


def links(found, where="#main"):
    """Where the links of a page lead."""
    return [one.get("href") for one in found.cssselect(f"{where} a")]


def said(*records: Record) -> Sequence[str]:
    """What a publisher's page says of these records."""
    who = Carried(Publisher("south-desk", "South Desk", records=records), {}, 0)
    found = tree(page_lists.render_publisher(S.FRAME, who, [], ENV))
    return [S.text_of(one) for one in found.cssselect(".statements > li")]


def test_all_stories_in_pages():
    """Each story stands with its credit and leads to its page; ways lead to what is newer and older, where there is."""
    found = tree(page_lists.render_stories(S.FRAME, S.paper(), Leaf(2, more=True), ENV))
    assert [one.get("data-item") for one in found.cssselect("article")] == [row.entry.item.id for row in S.paper()]
    assert links(found, ".leaves") == ["/stories", "/stories/3"]
    third = tree(page_lists.render_stories(S.FRAME, S.paper(), Leaf(3, more=False), ENV))
    assert links(third, ".leaves") == ["/stories/2"]
    empty = tree(page_lists.render_stories(S.FRAME, [], Leaf(1, more=False), ENV))
    assert links(empty, ".leaves") == []
    assert "Nothing has come in yet." in S.text_of(empty)


def test_what_is_withheld_is_in_no_list():
    """Rows that may not be shown are left out before a page is made."""
    row = S.ferry()
    decision = replace(row.entry.decision, mode=Mode.WITHHOLD)
    assert carried([row, replace(row, entry=replace(row.entry, decision=decision))]) == [row]


def test_the_archive_of_digests():
    """A digest stands with its subject, its day and how much is in it, and leads to the mail and its text."""
    found = tree(page_lists.render_digests(S.FRAME, [S.digest()], ENV))
    at = "/digests/weekly/2026-11-23"
    assert [one for one in links(found) if one.startswith("/digests")] == [at, f"{at}.txt"]
    assert "Five stories." in S.text_of(found)
    assert "No digest has gone out yet." in S.text_of(tree(page_lists.render_digests(S.FRAME, [], ENV)))


def test_feeds_and_the_view_of_one():
    """Every format of a released feed is linked; its view has the addresses to copy and the newest stories in it."""
    found = tree(page_lists.render_feeds(S.FRAME, ENV))
    assert links(found)[:2] == ["/feeds/community", "/feeds/community.rss"]
    new = replace(S.FRAME, channels=tuple(replace(one, released=None) for one in S.CHANNELS))
    assert S.text_of(tree(page_lists.render_feeds(new, ENV))).count("Nothing released yet.") == 2
    view = tree(page_lists.render_feed_view(S.FRAME, S.COMMUNITY, [S.ferry()], ENV))
    copied = [S.text_of(one) for one in view.cssselect("dd.to-copy")]
    assert copied == [f"https://bulletin.example/feeds/community.{form}" for form in ("rss", "atom", "json")]
    assert "/feeds/community.rss?plain" in links(view)
    assert view.cssselect("article[data-item]")
    assert "Nothing is in it yet." in S.text_of(tree(page_lists.render_feed_view(new, S.COMMUNITY, [], ENV)))


def test_publishers_with_what_stands_here():
    """Each publisher stands with how many stories in each mode, and leads to its own page."""
    rows = [
        Carried(Publisher("south-desk", "South Desk", "https://south.example"), {Mode.FULL: 2, Mode.LINK: 1}, 3),
        Carried(Publisher("silent", "Silent"), {}, 0),
    ]
    found = tree(page_lists.render_publishers(S.FRAME, rows, ENV))
    assert "/publishers/south-desk" in links(found)
    assert "Three stories from south.example" in S.text_of(found)
    assert [S.text_of(one) for one in found.cssselect(".badge")] == ["Full text 2", "Link only 1"]
    assert "No publisher is configured." in S.text_of(tree(page_lists.render_publishers(S.FRAME, [], ENV)))


@pytest.mark.parametrize("live", [True, False])
def test_a_publishers_page(live):
    """Terms with their words and place, the way to object and to the receipts, and every story with its credit."""
    record = Record(
        "t",
        (Grant(Mode.FULL, WEB_AND_MAIL, frozenset({Purpose.COMMUNITY})),),
        contact="rights@south.example",
        evidence="https://south.example/republish",
        quote="Community sites may carry our reports.",
        place="second paragraph",
        read_at=S.NOW - timedelta(days=2),
    )
    who = Carried(Publisher("south-desk", "South Desk", records=(record,)), {Mode.FULL: 1}, 1)
    found = tree(page_lists.render_publisher(replace(S.FRAME, live=live), who, [S.ferry()], ENV))
    words = S.text_of(found)
    for told in (
        "One story of theirs stands on our pages.",
        "Permits to carry it in full on the web and by mail for community use.",
        "Community sites may carry our reports.",
        "south.example/republish, second paragraph. Read 21 November",
        "For any other use, ask rights@south.example.",
    ):
        assert told in words
    assert ("/publishers/south-desk/object" in links(found)) is live
    assert "/publishers/south-desk/receipts.json" in links(found)
    assert found.cssselect("article .credit")


def test_what_statements_say():
    """Licences, refusals, silence and objections are told in a sentence each."""
    by = licences.by_id("CC-BY-4.0")
    everything = Prohibition(Mode.WITHHOLD)
    commercial = Prohibition(Mode.LINK, purposes=frozenset({Purpose.COMMERCIAL}))
    short = Prohibition(Mode.EXCERPT, frozenset({Medium.PRINT}))
    assert said(Record("a", licence=by)) == ["Offers its work under CC BY 4.0. Licence: CC BY 4.0."]
    assert said(Record("a", licence=licences.by_id("all-rights-reserved"))) == ["Reserves all rights."]
    assert said(Record("a", otherwise=Mode.WITHHOLD)) == ["Objects to being carried."]
    assert said(Record("a")) == ["Permits a headline and a link."]
    assert said(Record("a", prohibitions=(everything, commercial, short))) == [
        "Refuses any use everywhere; Refuses more than a link everywhere for commercial use; Refuses full text in print."
    ]
    for scope, part in (
        (Scope(items=("i-1",)), "single stories"),
        (Scope(files=("*.jpg",)), "single files"),
        (Scope(urls=("https://south.example/essays/*",)), "a part of its work"),
    ):
        refusal = Record("a", prohibitions=(Prohibition(Mode.WITHHOLD),), scope=scope)
        assert said(refusal) == [f"Refuses any use everywhere, for {part} only."]
    assert said(Record("a", quote="Ask first.", place="foot")) == ["Permits a headline and a link. Ask first.foot"]
    assert said()[0].startswith("Nothing is on record.")


def test_terms_of_the_house():
    """How we decide and how to object stand there, and each publisher with what is on record."""
    one = Carried(Publisher("south-desk", "South Desk", records=(Record("a", quote="Ask first."),)), {}, 0)
    for live in (True, False):
        found = tree(page_lists.render_terms(replace(S.FRAME, live=live), [one], ENV))
        words = S.text_of(found)
        assert "Silence is not permission." in words
        assert "South Desk Permits a headline and a link. Ask first." in words
        assert ("You prove that you speak for the publisher" in words) is live
        assert "/publishers/south-desk" in links(found)
    assert "No publisher is configured." in S.text_of(tree(page_lists.render_terms(S.FRAME, [], ENV)))
