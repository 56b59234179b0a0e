# SPDX-License-Identifier: Apache-2.0
"""Readings as rows, and the records that they become when a person confirms them: never more than was read."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.model import ChannelClass, Feed, Item, Level, Limit, Medium, Mode, Notice, Position, Purpose
from syndicate.rights.heard import heard
from syndicate.rights.notices import as_row, read
from syndicate.rights.notices.glance import may_say, may_speak
from syndicate.rights.notices.suggested import (
    duty_names,
    is_suggestion,
    key,
    overheard,
    plain,
    position,
    record,
    seconds,
    unset,
)
from syndicate.rights.statements import statements

COMMUNITY, COMMERCIAL = Purpose.COMMUNITY, Purpose.COMMERCIAL


def row(text, place="terms-page"):
    """What a notice says, as a row."""
    return as_row(read([Notice(place, text)]))


def grants(text, most=None):
    """The grants of the record of a notice whose words a person read: mode, media, purposes."""
    found = record(row(text), most or {}, accept=True).grants
    return [(g.mode, sorted(g.media), sorted(g.purposes)) for g in found]


def test_a_grant_in_words():
    """Channel classes become media and purposes; the sentence is the quote, duties and contact are kept."""
    text = "You may republish our articles, online or in print, with a credit and a link. Ask desk@fen.example."
    assert grants(text) == [
        (Mode.FULL, ["web"], ["commercial", "community"]),
        (Mode.FULL, ["email", "print"], ["community"]),
    ]
    assert record(row(text), {}).grants == ()
    found = record(row(text), {}, accept=True)
    assert found.quote == "You may republish our articles, online or in print, with a credit and a link."
    assert (found.contact, found.grants[0].duties) == ("desk@fen.example", ("credit", "link"))


def test_a_licence_in_words():
    """A licence that says the same as the notice is the record; narrowed, it stands beside grants."""
    text = "Our stories are licensed under CC BY 4.0."
    whole = record(row(text), {})
    assert (whole.licence.id, whole.grants) == ("CC-BY-4.0", ())
    narrowed = record(row(text), {ChannelClass.COMMERCIAL_WEB: Mode.LINK})
    assert any(Medium.WEB in g.media and g.purposes == {COMMUNITY} for g in narrowed.grants)
    assert not any(COMMERCIAL in g.purposes and Medium.WEB in g.media for g in narrowed.grants)


def test_limits_and_times():
    """Sizes, embargoes, windows, picks and positions become keys of the grant."""
    excerpt = record(row("You may publish up to 100 words of our articles with a link."), {}).grants[0]
    assert (excerpt.mode, excerpt.limit) == (Mode.EXCERPT, Limit(words=100))
    house = record(row("You may quote brief excerpts of our articles with a link."), {}).grants[0]
    assert house.limit == Limit(words=60)
    part = record(row("Websites may use the first two paragraphs of our stories."), {}).grants[0]
    assert part.limit == Limit(paragraphs=2)
    timed = record(
        row("You may republish our articles for 30 days after an embargo of 12 hours, credit at the top."),
        {},
        accept=True,
    )
    assert (timed.grants[0].embargo, timed.grants[0].window, timed.grants[0].position) == (
        43_200,
        2_592_000,
        Position.TOP,
    )
    assert (seconds("P1W"), seconds("P3M"), seconds(None), seconds("soon")) == (604_800, 7_776_000, 0, 0)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("Put our name at the top of the story.", Position.TOP),
        ("Name us near the top of the story.", Position.NEAR_TOP),
        ("Put the credit at the end of the article.", Position.END),
        ("Put the credit <b>below the text</b>.", Position.END),
        ("Name the author in the byline.", Position.TOP),
        ("Bitte nennen Sie die Quelle am Ende des Textes.", Position.END),
        ("Merci de citer la source en bas de page.", Position.END),
        ("Cite la fuente al final del texto.", Position.END),
        ("Cite la fuente al inicio del texto.", Position.TOP),
    ],
)
def test_the_credit_stands_where_the_notice_wants_it(words, where):
    """The position of a confirmed grant is the one that the notice names."""
    found = record(row(f"You may republish our articles with a link. {words}"), {}, accept=True)
    assert {one.position for one in found.grants} == {where}
    assert {one.position for one in record(row("You may republish our articles with a link."), {}).grants} == {None}
    assert position({"quotes": [{"value": "O1", "text": "x"}]}) is Position.TOP


def test_what_wants_a_pick_is_confirmed_with_the_pick():
    """Stories to be picked by hand are nothing without a pick, and grants that ask for one once confirmed."""
    notice = row("You may republish our stories with a link, but not automatically: pick them individually.")
    assert set(notice["grants"].values()) == {"link", "withhold"}
    assert notice["picked"]["CW"] == "full"
    found = record(notice, {}, accept=True).grants
    assert found
    assert {(one.mode, one.pick) for one in found} == {(Mode.FULL, True)}
    both = row(
        "Our articles are licensed under CC BY-ND 4.0. No automatic republishing. You may use extracts with a link."
    )
    modes = {(one.mode, one.pick) for one in record(both, {}, accept=True).grants}
    assert modes == {(Mode.EXCERPT, False), (Mode.FULL, True)}


def test_what_a_notice_leaves_open():
    """Duties whose particulars a notice does not give are told, so that they are recorded by hand."""
    said = row("You may republish our stories. Tell us when you do, and credit us at the end of the text.")
    assert unset(said) == ("notify",)
    assert duty_names(said) == ("credit", "position (end)", "notify")


def test_keys_follow_the_deciding_words():
    """The same words give the same key, wherever they stand; other words or another contact another one."""
    one = [Notice("terms-page", "You may republish our articles. By Ann.")]
    same = [Notice("page-footer", "You may  republish our articles. By Bob.")]
    other = [Notice("terms-page", "You may not republish our articles.")]
    assert key(read(one)) == key(read(same)) != key(read(other))
    assert (is_suggestion(read(one)), is_suggestion(read(other))) == (True, False)


def test_refusals_of_an_item():
    """What an item's own words forbid is evidence that narrows; other items have none."""
    item = Item(
        "i-1", "s", "p", "1", "https://p.example/1", "T", "<p>Rain.</p><p>This article may not be republished.</p>", ""
    )
    _, (found,) = overheard(item)
    assert (found.kind, found.value, found.level) == (
        "notice.refusal",
        "This article may not be republished.",
        Level.ITEM,
    )
    assert statements([found])[0].refusals == (found,)
    assert overheard(replace(item, html="<p>Rain.</p>")) == (False, ())
    assert overheard(replace(item, raw_html="<p>You may republish this article.</p>")) == (True, ())


@pytest.mark.parametrize("text", ["The ferry left at dawn.", "", "<p>Rain fell on the mill.</p>"])
def test_what_is_silent_is_not_read(text):
    """Texts without any stem of the trigger groups are passed over, and reading them would find nothing."""
    assert not may_speak(Notice("body", text, "html"))
    assert read([Notice("body", text, "html")]).quotes == ()


@given(st.dictionaries(st.sampled_from(ChannelClass), st.sampled_from(Mode)))
def test_nothing_is_wider_than_narrowed(most):
    """Whatever is narrowed, no grant of the record gives a channel class more than that."""
    text = "Anyone may reproduce our articles in any medium and for any purpose, even commercially."
    found = record(row(text), most, accept=True)
    for column, mode in most.items():
        medium = {"W": Medium.WEB, "M": Medium.EMAIL, "E": Medium.EMAIL, "R": Medium.PRINT}[column.value[1]]
        purpose = COMMERCIAL if column.value in ("XW", "XE") else COMMUNITY
        given_ = [g.mode for g in found.grants if medium in g.media and purpose in g.purposes]
        assert max(given_, default=Mode.LINK) <= max(mode, Mode.LINK)


def item(name, html):
    """An item of that name and body."""
    return Item(name, "s", "p", name, f"https://own.example/{name}", "T", html, "")


def test_a_feed_hears_its_items():
    """Refusals and parts kept out of snippets become evidence, suggestions are named, all else stays as it is."""
    bodies = {
        "refuses": "<p>This article may not be republished.</p>",
        "hides": "<p>Rain. <span data-nosnippet>Sun.</span></p>",
        "suggests": "<p>You may republish this article for free.</p>",
        "silent": "<p>Rain.</p>",
    }
    feed = Feed("t", "u", "h", "en", "rss20", tuple(item(name, html) for name, html in bodies.items()))
    found = heard(feed)
    kinds = {item.id: [one.kind for one in item.evidence] for item in found.items}
    assert kinds == {"refuses": ["notice.refusal"], "hides": ["html.robots"], "suggests": [], "silent": []}
    assert found.speaking == ("https://own.example/suggests",)
    assert (feed.speaking, found.items[-1]) == (None, feed.items[-1])


def every_notice():
    """The text and format of each notice of all sets."""
    sets = Path(__file__).parents[1] / "cases" / "notices"
    for path in sorted(sets.rglob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            if isinstance(case, dict):
                yield from ((form, text) for _, form, text in case["statements"])
            else:
                yield case[2], case[-1]


@pytest.mark.parametrize("place", ["body", "terms-page"])
def test_what_is_passed_over_would_suggest_nothing(place):
    """In all sets of notices none is passed over unread in which the reader finds something for a person."""
    notices = [Notice(place, text, form) for form, text in every_notice()]
    assert len(notices) > 400
    passed = [one for one in notices if not may_say(one)]
    assert [one.text for one in passed if is_suggestion(read([one]))] == []


ARTICLE = (
    "<p>The choir can sing what it likes, and may use this hall. The wire was cut.</p><p>Rights of way are old.</p>"
)


@pytest.mark.parametrize("around", ["{}" + ARTICLE, ARTICLE + "{}"])
def test_a_glance_finds_a_notice_beside_an_article(around):
    """A notice above or below an article is read if the reader finds something in it; the article alone is not."""
    assert may_speak(Notice("body", ARTICLE, "html"))
    assert not may_say(Notice("body", ARTICLE, "html"))
    beside = [Notice("body", around.format(f"<p>{text}</p>"), "html") for _, text in every_notice()]
    passed = [one for one in beside if not may_say(one)]
    assert [one.text for one in passed if is_suggestion(read([one]))] == []


@pytest.mark.parametrize(
    "text",
    [
        "Dieser Text darf unter Nennung des Autors und mit Link zum Original kostenlos auf anderen Websites veröffentlicht werden.",
        "Unsere Artikel dürfen mit Quellenangabe und Link kostenlos nachgedruckt werden.",
    ],
)
def test_permissions_without_a_word_of_rights_are_heard(text):
    """What permits in plain words alone is put before a person."""
    item = Item("i-1", "s", "p", "1", "https://p.example/1", "T", f"<p>Rain.</p><p>{text}</p>", "")
    assert overheard(item)[0]


def test_what_an_article_tells_asks_for_nothing():
    """Sentences of a body that do not touch its use give no duties, though a permission stands beside them."""
    told = "<p>The choir rebuilt a map of wells.</p>"
    permitted = "<p>You may republish this article with credit and a link to the original.</p>"
    assert read([Notice("body", told + permitted, "html")]).duties == ("O1", "O3")
    assert "O15" in read([Notice("body", f"{permitted}<p>Photos are not included.</p>", "html")]).duties


def test_a_badge_is_put_before_a_person_by_its_address():
    """A link that shows a picture has no words to quote: where it leads stands there instead, in the record too."""
    badge = '<p><a rel="license" href="https://creativecommons.org/licenses/by/4.0/"><img alt="CC"></a></p>'
    row = as_row(read([Notice("body", badge, "html")]))
    said = "[a link without words to https://creativecommons.org/licenses/by/4.0/]"
    assert {plain(quote["text"]) for quote in row["quotes"]} == {said}
    assert record(row, {}).quote == said
