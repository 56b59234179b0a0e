# SPDX-License-Identifier: Apache-2.0
"""What publishers ask beside the text: to be told beforehand, institutions in the credit, names left out of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.config import statement
from syndicate.errors import ConfigError
from syndicate.model import (
    Chain,
    Channel,
    ChannelKind,
    Edition,
    Entry,
    Hop,
    Item,
    Medium,
    Mode,
    Person,
    Publisher,
    Purpose,
    Role,
    Site,
    Standing,
    Verified,
)
from syndicate.proof import verify
from syndicate.publish.digest import render_digest
from syndicate.publish.feed import render_feed
from syndicate.publish.templates import environment
from syndicate.rights.licences import by_id
from syndicate.rights.policy import decide, waits

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
URL = "https://south.example/ferry"
SITE = Site("Bulletin", "https://bulletin.example", "desk@bulletin.example")
WEB = Channel("web", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss", "atom", "json"))
MAIL = Channel(
    "mail", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, sender="Bulletin <news@bulletin.example>"
)  # fmt: skip
ITEM = Item(
    "i-1", "south", "south", URL, URL, "The ferry", "<p>The boat left at ten past six.</p>",
    "The boat left at ten past six.", authors=(Person("Ines Marlow"), Person("Vera Dropped")), published=NOW,
)  # fmt: skip
CHAIN = Chain((Hop(Role.ORIGIN, "South Desk", "south", URL, NOW, "i-1"),))


def decided(terms, *, told=None, now=NOW, channel=WEB):
    """The decision under terms, the publisher told at a time."""
    records = statement(terms, licence=by_id, name="terms")
    known = {"south": Publisher("south", "South Desk", "https://south.example", records)}
    return decide(ITEM, CHAIN, channel, known, now, Standing(NOW, told=told))


TOLD = "grants: [{mode: full, media: [web, email], duties: [credit], notify: desk@south.example, notify_before: 2d}]"
AT_ONCE = TOLD.replace("2d", "0s")


@pytest.mark.parametrize("terms", [TOLD, AT_ONCE])
def test_nobody_was_told(terms):
    """The item waits, is looked at again the next day, and the reason says whom to tell."""
    decision = decided(terms)
    assert decision.mode is Mode.WITHHOLD
    assert waits(decision)
    assert decision.because.endswith("carry it in full but asks to be told before, at desk@south.example")
    assert decision.until == NOW + timedelta(days=1)


def test_the_time_after_being_told():
    """From the notice the lead time runs; just before its end the item waits, then it goes, with the notice cited."""
    told = NOW - timedelta(days=1)
    early = decided(TOLD, told=told)
    assert early.mode is Mode.WITHHOLD
    assert early.because.endswith("asks to be told 2 days before, so only from 23 November 2026, 09:00 UTC on")
    assert early.until == told + timedelta(days=2)
    assert decided(TOLD, told=told, now=early.until - timedelta(seconds=1)).mode is Mode.WITHHOLD
    decision = decided(TOLD, told=told, now=early.until)
    assert decision.mode is Mode.FULL
    (duty,) = [duty for duty in decision.duties if duty.id == "O19"]
    assert (duty.url, duty.how, duty.start) == ("desk@south.example", "before", told)
    assert decided(AT_ONCE, told=told).mode is Mode.FULL
    assert decided(AT_ONCE, told=NOW + timedelta(hours=1)).mode is Mode.WITHHOLD


def test_a_notice_without_an_address_is_a_mistake():
    """Who has to be told beforehand has to be named."""
    with pytest.raises(ConfigError, match="nobody is named to be told"):
        statement("grants: [{mode: full, notify_before: 2d}]", licence=by_id, name="terms")


CREDIT = """
licence: CC-BY-4.0
leave_out: [Vera Dropped]
institutions: {Ines Marlow: University of Lindenfeld}
"""


def proved(decision, channel):
    """What the gate says of the item rendered under the decision, and the bytes as text."""
    entry, templates = Entry(ITEM, CHAIN, decision, NOW), environment()
    if channel is MAIL:
        part, _, carried = render_digest(channel, SITE, [entry], NOW, "2026-11-22", templates)
        parts = (part,)
    else:
        parts, carried = render_feed(channel, SITE, [entry], NOW, templates), (entry,)
    outcome = verify(Edition("e-1", channel, "now", NOW, parts, tuple(carried)), SITE)
    return outcome, b"".join(part.content for part in parts).decode()


@pytest.mark.parametrize("channel", [WEB, MAIL], ids=["feed", "mail"])
def test_credits_as_asked(channel):
    """Who asked not to be named is named nowhere, an author's institution stands beside the author; both are proved."""
    decision = decided(CREDIT, channel=channel)
    (duty,) = [duty for duty in decision.duties if duty.id == "O1"]
    assert duty.texts == ("Ines Marlow (University of Lindenfeld)", "South Desk")
    assert duty.also == ("Vera Dropped",)
    outcome, shown = proved(decision, channel)
    assert isinstance(outcome, Verified), outcome
    assert "Vera Dropped" not in shown
    assert "University of Lindenfeld" in shown.replace("=\r\n", "")
    named = replace(duty, texts=("Ines Marlow", "Vera Dropped", "South Desk"), also=())
    wrong = replace(decision, duties=tuple(named if one.id == "O1" else one for one in decision.duties))
    entry = Entry(ITEM, CHAIN, wrong, NOW)
    bytes_of = render_feed(WEB, SITE, [entry], NOW, environment())
    owed = Entry(ITEM, CHAIN, decided(CREDIT), NOW)
    findings = verify(Edition("e-2", WEB, "now", NOW, bytes_of, (owed,)), SITE)
    assert {finding.duty for finding in findings} == {"O1"}
    assert any("is to be left out" in finding.message for finding in findings)


def test_words_about_the_credit_alone_permit_and_refuse_nothing():
    """A record of names only leaves the item's own licence to decide."""
    silent = decided("leave_out: [Vera Dropped]")
    assert (silent.mode, silent.because) == (Mode.LINK, "Nobody has said what may be done with it")
    assert [duty.also for duty in silent.duties if duty.id == "O1"] == [("Vera Dropped",)]
