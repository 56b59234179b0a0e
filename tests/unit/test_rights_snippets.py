# SPDX-License-Identifier: Apache-2.0
"""Parts of a text that no snippet may show: no excerpt is made of it, and what is carried whole is carried whole."""

from datetime import UTC, datetime

import pytest

from syndicate.model import (
    Chain,
    Channel,
    ChannelKind,
    Evidence,
    Grant,
    Hop,
    Item,
    Level,
    Limit,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Record,
    Role,
)
from syndicate.rights.policy import decide
from syndicate.rights.signals import parts_hidden

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WHOLE = Limit()
BY = Evidence("atom.license", Level.ITEM, "https://creativecommons.org/licenses/by/4.0/", "entry/link", "")
SHORT = Evidence("html.robots", Level.ITEM, "max-snippet: 200", "head/meta", "")
EXCERPT = Record(
    "part", grants=(Grant(Mode.EXCERPT, {Medium.WEB}, {Purpose.COMMUNITY}, ("credit", "link"), limit=Limit(60)),)
)


def mode(markup, *evidence, records=(), most=WHOLE):
    """The mode and the clauses for an item with this markup."""
    item = Item("i", "own", "own", "1", "https://own.example/1", "T", markup, "News.", raw_html=markup)
    stated = (*evidence, *parts_hidden(item))
    hop = Hop(Role.ORIGIN, "Own", "own", item.url, item_id=item.id, evidence=stated)
    channel = Channel("c", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, most=most)
    found = decide(item, Chain((hop,)), channel, {"own": Publisher("own", "Own", records=records)}, NOW)
    return found.mode, [reason.clause for reason in found.reasons]


@pytest.mark.parametrize(
    "markup", ["<p>A <span data-nosnippet>b</span>.</p>", "<div class='x' data-nosnippet=''>A.</div>"]
)
def test_no_excerpt_of_what_hides_parts(markup):
    """An excerpt could show what no snippet may: a link; the whole text is no snippet, and a record rules."""
    assert mode("<p>A.</p>", BY, SHORT)[0] is Mode.EXCERPT
    assert mode(markup, BY, SHORT) == (Mode.LINK, [*mode("<p>A.</p>", BY, SHORT)[1], "signal.snippet"])
    assert mode("<p>A.</p>", BY, most=Limit(words=9))[0] is Mode.EXCERPT
    assert mode(markup, BY, most=Limit(words=9))[0] is Mode.LINK
    assert mode(markup, BY)[0] is Mode.FULL
    assert mode(markup, records=(EXCERPT,))[0] is Mode.EXCERPT


def test_words_about_it_hide_nothing():
    """The word in a text is no attribute."""
    assert mode("<p>Use data-nosnippet for that.</p>", BY, SHORT)[0] is Mode.EXCERPT
