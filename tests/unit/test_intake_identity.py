# SPDX-License-Identifier: Apache-2.0
"""Recognising items whose ids have changed."""

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.intake.identity import Pair, Sign, near, pairs

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOME = "south.example"
WORDS = "The last boat leaves at ten past six and nobody waits for it twice because the county counted on two Tuesdays "


def held(name, page="", title="", published=None, seen=NOW):
    """An item that we hold."""
    return Sign(name, page or f"south.example/{name}", title or f"Title {name}", published, seen)


def new(name, page="", title="", published=None):
    """An item that has arrived."""
    return Sign(f"n-{name}", page or f"south.example/{name}", title or f"Title {name}", published)


def found(arrived, known, present=()):
    """The pairs that are found."""
    return pairs(arrived, known, present, HOME, NOW)


def test_by_page():
    """The same page is the same item, whatever its title says now."""
    assert found([new("a", title="Other"), new("z")], [held("a"), held("b")]) == [Pair("n-a", "a", sure=True)]


def test_pages_that_identify_nothing():
    """The home page, a front page, and a page that two items share on either side."""
    front = [held("a", page=HOME), held("b", page="other.example")]
    assert found([new("x", page=HOME), new("y", page="other.example")], front) == []
    assert found([new("x", page="south.example/p"), new("y", page="south.example/p")], [held("p")]) == []
    two = [held("a", page="south.example/p"), held("b", page="south.example/p")]
    assert found([new("x", page="south.example/p")], two) == []


def test_what_stands_in_the_document_is_itself():
    """An item that is present under its own id is not another entry's."""
    assert found([new("a")], [held("a")], present={"a"}) == []


def test_by_path_on_another_host():
    """A page that moved to another host with its title may be it, if the times agree; the text decides."""
    moved = new("a", page="new.example/a", published=NOW)
    assert found([moved], [held("a", published=NOW)]) == [Pair("n-a", "a", sure=False)]
    assert found([moved], [held("a", published=NOW - 3 * DAY)]) == []
    assert found([new("a", page="new.example/a", title="Other")], [held("a")]) == []


def test_fragments():
    """Places on one page are items of their own, unless title, time and text say that they are one."""
    known = [held("a", page="south.example/live#1", title="Tide")]
    assert found([new("x", page="south.example/live#2", title="Ebb")], known) == []
    assert found([new("x", page="south.example/live#2", title="Tide")], known) == [Pair("n-x", "a", sure=False)]
    assert found([new("x", page="south.example/live#1", title="Ebb")], known) == [Pair("n-x", "a", sure=True)]


def test_by_title():
    """A page of a new form with its old title may be it: of the last ninety days, of about the same time."""
    moved = new("a", page="south.example/new/form?p=1", title="TITLE: a!")
    assert found([moved], [held("a")]) == [Pair("n-a", "a", sure=False)]
    assert found([moved], [held("a", seen=NOW - 91 * DAY)]) == []
    assert found([moved], [held("a"), held("b", title="Title A")]) == []
    assert found([new("x", title="…")], [held("y", title="—")]) == []


def test_each_item_is_matched_once():
    """One held item is not two arrivals, and a page counts for more than a title."""
    arrived = [new("x", page="south.example/a", title="T"), new("y", page="south.example/q", title="Title a")]
    assert found(arrived, [held("a")]) == [Pair("n-x", "a", sure=True)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (WORDS * 4, WORDS * 4, True),
        (WORDS, WORDS + "corrected at noon", True),
        (WORDS, WORDS[:60], True),
        (WORDS, "Forty thousand oysters on a string hang where the bridge was priced twice " * 6, False),
        ("Boat", "boat!", True),
        ("", "", False),
        (WORDS, "", False),
    ],
)
def test_near(one, other, expected):
    """Texts that share nearly all of their words in order; without words nobody knows."""
    assert near(one, other) is expected
