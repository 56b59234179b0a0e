# SPDX-License-Identifier: Apache-2.0
"""A channel that shows how stories begin: as far as it takes, and only where parts may be taken."""

from __future__ import annotations

from dataclasses import replace
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
from syndicate.rights import licences
from syndicate.rights.policy import decide

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MOST = Limit(words=60, paragraphs=1)
FRONT = Channel("c", ChannelKind.PAGE, Medium.WEB, Purpose.COMMUNITY, most=MOST)
GRANT = Grant(Mode.FULL, frozenset(Medium), frozenset(Purpose), duties=("credit",))
ITEM = Item("i-1", "s", "south", "a", "https://south.example/a", "T", "<p>News.</p>", "News.")


def decided(record, *evidence, channel=FRONT):
    """What the channel may carry by this record and what the item says of itself."""
    item = replace(ITEM, evidence=evidence)
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", item.url, NOW, item.id, evidence=evidence),))
    return decide(item, chain, channel, {"south": Publisher("south", "South Desk", records=record)}, NOW)


@pytest.mark.parametrize(
    ("grant", "mode", "limit"),
    [
        (GRANT, Mode.EXCERPT, MOST),
        (replace(GRANT, duties=("credit", "unmodified")), Mode.LINK, Limit()),
        (replace(GRANT, duties=("credit", "unmodified"), parts=True), Mode.EXCERPT, MOST),
        (replace(GRANT, parts=False), Mode.LINK, Limit()),
        (replace(GRANT, mode=Mode.EXCERPT, limit=Limit(words=20)), Mode.EXCERPT, Limit(words=20, paragraphs=1)),
        (replace(GRANT, mode=Mode.LINK), Mode.LINK, Limit()),
    ],
)
def test_a_grant_of_the_whole_is_begun_only_where_parts_may_be_taken(grant, mode, limit):
    """What may be cut is begun within both limits, what is given only whole becomes a link, nothing becomes wider."""
    found = decided((Record("r", (grant,)),))
    assert (found.mode, found.limit) == (mode, limit)
    whole = decided((Record("r", (grant,)),), channel=replace(FRONT, most=Limit()))
    assert whole.mode is grant.mode


@pytest.mark.parametrize(
    ("licence", "mode"),
    [("CC-BY-4.0", Mode.EXCERPT), ("CC-BY-ND-4.0", Mode.EXCERPT), ("all-rights-reserved", Mode.LINK)],
)
def test_a_licence_says_what_of_parts(licence, mode):
    """A verbatim part of a no-derivatives text is no derivative; what is reserved stays a link."""
    found = decided((Record("r", licence=licences.by_id(licence)),))
    assert found.mode is mode
    if mode is Mode.EXCERPT:
        assert found.because == "This page shows how stories begin"
        assert {"O6", "O9", "O21"} <= {duty.id for duty in found.duties}


def test_silence_stays_a_link():
    """Where nobody has said anything there is nothing to begin."""
    assert decided((), Evidence("atom.rights", Level.ITEM, "All rights reserved", "entry/rights")).mode is Mode.LINK
    assert decided(()).mode is Mode.LINK
