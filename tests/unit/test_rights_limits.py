# SPDX-License-Identifier: Apache-2.0
"""Words of an item that seem to limit its use: a link until a person has read them, in four languages."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.model import (
    Ads,
    Chain,
    Channel,
    ChannelKind,
    Evidence,
    Feed,
    Grant,
    Hop,
    Item,
    Level,
    Medium,
    Mode,
    Notice,
    Publisher,
    Purpose,
    Record,
    Role,
)
from syndicate.rights.heard import heard
from syndicate.rights.notices import read
from syndicate.rights.notices.suggested import lined, overheard
from syndicate.rights.policy import decide

CASES = json.loads((Path(__file__).parents[1] / "cases" / "rights" / "limits.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHOP = Channel("c", ChannelKind.FEED, Medium.WEB, Purpose.COMMERCIAL, Ads.AROUND)
SITE = Channel("f", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY)
BY = Evidence("cc.userland", Level.FEED, "https://creativecommons.org/licenses/by/4.0/", "channel/license")
NEWS = "<p>The harbour is dredged next spring, the council said on Monday.</p>"


def item(html):
    """An item of South Desk."""
    return Item("i-1", "s", "south", "a", "https://south.example/a", "T", html, "")


def decided(html, record=None, channel=SHOP):
    """What becomes of an item of a feed under CC BY 4.0, on a website with advertising unless told."""
    speaks, found = overheard(item(html))
    return speaks, judged(replace(item(html), evidence=(BY, *found)), channel, record)


def judged(entry, channel, record=None):
    """The decision of an item that is its publisher's own."""
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", entry.url, None, entry.id, evidence=entry.evidence),))
    south = Publisher("south", "South Desk", "", (record,) if record else ())
    return decide(entry, chain, channel, {"south": south}, NOW)


@pytest.mark.parametrize("words", CASES["limits"])
def test_words_that_limit(words):
    """At the head or the foot of an item they hold it to a link, and a person is asked."""
    for html in (NEWS * 3 + f"<p>{words}</p>", f"<p>{words}</p>" + NEWS * 3):
        _, found = overheard(item(html))
        assert found
        assert {one.kind for one in found} <= {"notice.limit", "notice.refusal", "notice.commercial"}
        assert decided(html)[1].mode is Mode.LINK


@pytest.mark.parametrize("words", CASES["commercial"])
def test_words_against_commercial_use(words):
    """They hold a commercial channel to a link, and a community site may carry the text."""
    html = NEWS * 3 + f"<p>{words}</p>"
    assert decided(html)[1].mode is Mode.LINK
    assert decided(html, channel=SITE)[1].mode is Mode.FULL


@pytest.mark.parametrize("level", [Level.FEED, Level.ITEM])
@pytest.mark.parametrize("words", CASES["lines"])
def test_a_rights_line_narrows(words, level):
    """Of an item or of its feed, beside an open licence."""
    line = Evidence("atom.rights", level, words, "entry/rights", "https://south.example/feed")
    (only,) = heard(
        Feed("South Desk", "https://south.example/feed", "", "en", "atom", (replace(item(NEWS), evidence=(BY, line)),))
    ).items
    assert judged(only, SITE).mode is Mode.LINK


@pytest.mark.parametrize("words", CASES["plain lines"])
def test_a_rights_line_that_takes_nothing(words):
    """Who holds the copyright, and which licence there is."""
    line = Evidence("atom.rights", Level.ITEM, words, "entry/rights", "https://south.example/feed")
    assert lined(replace(item(NEWS), evidence=(BY, line))) == ()


def test_a_licence_in_a_rights_line_narrows():
    """It is named in words beside the address of a wider one: the narrower holds."""
    line = Evidence("atom.rights", Level.ITEM, "CC BY-NC 4.0", "entry/rights", "https://south.example/feed")
    only = replace(item(NEWS), evidence=(BY, line))
    only = replace(only, evidence=(*only.evidence, *lined(only)))
    assert (judged(only, SHOP).mode, judged(only, SITE).mode) == (Mode.LINK, Mode.FULL)


@pytest.mark.parametrize("words", CASES["harmless"])
def test_words_that_do_not(words):
    """What tells of licences, credits or clubs takes nothing away."""
    assert overheard(item(NEWS * 3 + f"<p>{words}</p>"))[1] == ()
    assert decided(NEWS * 3 + f"<p>{words}</p>")[1].mode is Mode.FULL


def test_it_is_put_before_a_person_with_its_words():
    """The suggestion has the sentence, the reason too, but not what readers are told: it is of a text they may not see."""
    speaks, decision = decided(NEWS + "<p>Free to use for schools only.</p>")
    assert speaks
    assert any("Free to use for schools only." in reason.text for reason in decision.reasons)
    assert decision.because == "South Desk says what seems to limit its use"


def test_running_text_is_left_alone():
    """A sentence in a long paragraph, or in the midst of a long body, is the article's."""
    words = "This text is for subscribers only."
    assert overheard(item(f"<p>{NEWS[3:-4] * 9} {words}</p>"))[1] == ()
    assert overheard(item(NEWS * 12 + f"<p>{words}</p>" + NEWS * 12))[1] == ()
    assert overheard(item(NEWS + f"<p>{words}</p>"))[1] != ()


def test_a_record_that_quotes_the_words_stands():
    """The operator who records the sentence has read it; any other record is narrowed by it."""
    words = "Free to use for schools only."
    grant = Grant(Mode.FULL, frozenset(Medium), frozenset(Purpose), ads=Ads.AROUND)
    record = Record("letter", grants=(grant,))
    html = NEWS + f"<p>{words}</p>"
    assert decided(html, record)[1].mode is Mode.LINK
    assert decided(html, replace(record, quote=f"They wrote: {words} We are a school."))[1].mode is Mode.FULL


def test_elsewhere_it_is_no_limit_of_an_item():
    """A page of terms does not tell where an item stands; a refusal is named as one, and once."""
    assert "limited" not in read([Notice("terms-page", "Not for republication.")]).prohibitions
    assert read([Notice("body", "This article may not be republished.")]).prohibitions == ("republication",)
