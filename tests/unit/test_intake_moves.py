# SPDX-License-Identifier: Apache-2.0
"""Permanent redirects that have to prove themselves, and feeds that are gone."""

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.intake.moves import address, adopted, answered, is_gone, refused
from syndicate.model import Memory

OLD, NEW, OTHER = "https://old.example/feed", "https://new.example/feed", "https://other.example/feed"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def polls(hours, redirect=lambda _: NEW, *, same=True, every=1):
    """Poll hourly for so many hours where ``redirect`` gives what the old address answers; memory and what was asked."""
    memory, asked = Memory(), []
    for hour in range(0, hours, every):
        now = NOW + hour * HOUR
        url = address(OLD, memory, now)
        asked.append(url)
        memory = answered(memory, url, redirect(hour) if url == OLD else "", now, same=same)
    return memory, asked


def test_a_redirect_is_adopted_after_three_answers_over_three_days():
    """The old address is asked three times in all, the new one directly in between, and the old one never after."""
    memory, asked = polls(200)
    assert (memory.adopted, memory.move) == (NEW, None)
    assert [hour for hour, url in enumerate(asked) if url == OLD] == [0, 36, 72]
    assert asked[73:] == [NEW] * 127


def test_before_three_days_nothing_is_adopted():
    """Seventy-one hours of permanent redirects change nothing of what the operator wrote."""
    memory, _ = polls(71)
    assert memory.adopted == ""
    assert memory.move.times == 2


def test_rare_polls_take_longer():
    """A source that is polled every five days proves itself by its third poll."""
    assert polls(240, every=120)[0].adopted == ""
    assert polls(241, every=120)[0].adopted == NEW


def test_another_feed_is_never_adopted():
    """A permanent redirect to something else stays on trial for ever."""
    memory, _ = polls(500, same=False)
    assert memory.adopted == ""


def test_a_redirect_that_changes_begins_anew():
    """Two targets in turn are each seen too seldom."""
    memory, asked = polls(200, lambda hour: NEW if hour < 60 else OTHER)
    assert memory.adopted == OTHER
    assert asked.count(NEW) < 75


def test_a_redirect_that_ends_is_forgotten():
    """When the old address answers itself again, nothing is on trial any more."""
    memory, asked = polls(80, lambda hour: NEW if hour < 30 else "")
    assert memory == Memory()
    assert asked[37:] == [OLD] * 43


def test_a_moved_feed_may_move_again():
    """From an adopted address a further redirect proves itself in the same way."""
    memory = Memory(adopted=NEW)
    for hours in (0, 36, 72):
        now = NOW + hours * HOUR
        assert address(OLD, memory, now) == NEW
        memory = answered(memory, NEW, OTHER, now, same=True)
    assert memory.adopted == OTHER


def test_a_target_that_fails_sends_us_back():
    """When the new address does not answer, the old one is asked at the next poll."""
    memory = answered(Memory(), OLD, NEW, NOW, same=True)
    assert address(OLD, memory, NOW + HOUR) == NEW
    memory = refused(memory, NEW, NOW + HOUR, gone=False)
    assert address(OLD, memory, NOW + HOUR * 2) == OLD
    assert refused(memory, OLD, NOW + HOUR * 2, gone=False) == memory


@pytest.mark.parametrize(("hours", "gone"), [(1, False), (23, False), (24, True), (48, True)])
def test_gone_is_believed_a_day_later(hours, gone):
    """One answer of 410, or two within a day, are not enough."""
    memory = refused(Memory(), OLD, NOW, gone=True)
    assert not is_gone(Memory(), NOW)
    assert is_gone(memory, NOW + hours * HOUR) is gone
    assert refused(memory, OLD, NOW + hours * HOUR, gone=True).gone_since == NOW


def test_any_other_answer_takes_gone_back():
    """A feed that answers again, or fails in another way, was not gone."""
    memory = refused(Memory(), OLD, NOW, gone=True)
    assert refused(memory, OLD, NOW + HOUR, gone=False).gone_since is None
    assert answered(memory, OLD, "", NOW + HOUR, same=True).gone_since is None


def test_what_has_just_been_adopted():
    """The new address, at the moment of the change alone."""
    assert adopted(Memory(), Memory(adopted=NEW)) == NEW
    assert adopted(Memory(adopted=NEW), Memory(adopted=NEW)) == ""
