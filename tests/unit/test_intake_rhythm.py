# SPDX-License-Identifier: Apache-2.0
"""When a source is polled next: the publisher's wishes, the operator's interval, the source's own rhythm."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.intake.rhythm import after_answer, after_failure, after_gone, interval, observed, spell
from syndicate.model import Asks, Item, Memory

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # a Monday
HOUR, DAY = 3600, 86_400


def at(seconds):
    """So many seconds from now."""
    return NOW + timedelta(seconds=seconds)


def item(published, number=0):
    """An item of that time."""
    return Item(f"i-{number}", "s", "p", str(number), "", "", "", "", published=published)


def test_without_wishes_it_is_the_operators_interval():
    """Within the last tenth of the interval, always at the same place for one source, spread for many."""
    polls = {name: after_answer(name, HOUR, Memory(), NOW) for name in map(str, range(100))}
    waits = {name: (poll.at - NOW).total_seconds() for name, poll in polls.items()}
    assert all(0.9 * HOUR <= wait <= HOUR for wait in waits.values())
    assert max(waits.values()) - min(waits.values()) > 0.08 * HOUR
    assert {poll.why for poll in polls.values()} == {"every hour"}
    assert after_answer("7", HOUR, Memory(), NOW) == polls["7"]


@pytest.mark.parametrize(
    ("memory", "asked", "why"),
    [
        (Memory(fresh_for=7200.0), 7200, "every 2 hours, as its server asks"),
        (Memory(asks=Asks(2 * DAY)), 2 * DAY, "every 2 days, as it asks"),
        (Memory(asks=Asks(DAY), fresh_for=60.0), DAY, "every day, as it asks"),
        (Memory(asks=Asks(365 * DAY)), 7 * DAY, "every 7 days, as it asks"),
    ],
)
def test_a_publishers_wish_is_a_floor(memory, asked, why):
    """It is polled not a second earlier, a little later by its place, and the list says at whose wish; a week at most."""
    poll = after_answer("s", HOUR, memory, NOW)
    assert at(asked) <= poll.at <= at(asked * 1.05)
    assert poll.why == why


def test_a_wish_within_the_spread_is_kept_too():
    """A server that says 58 minutes is not asked after 55 because our interval of an hour is spread."""
    for name in map(str, range(50)):
        assert after_answer(name, HOUR, Memory(fresh_for=58 * 60.0), NOW).at >= at(58 * 60)


@pytest.mark.parametrize(
    ("asks", "expected", "why"),
    [
        (Asks(0, (13, 14), ()), datetime(2026, 11, 23, 15, tzinfo=UTC), "as it asks: not in 2 hours of the day"),
        (Asks(0, (), (0, 1)), datetime(2026, 11, 25, tzinfo=UTC), "as it asks: not on Mondays, Tuesdays"),
        (Asks(0, tuple(range(1, 24)), (1,)), datetime(2026, 11, 25, tzinfo=UTC), "as it asks: not on Tuesdays"),
        (Asks(0, (12,), ()), None, "every hour"),
    ],
)
def test_hours_and_days_that_are_skipped(asks, expected, why):
    """A poll that would fall into one of them waits for the first hour in which the source may be read."""
    poll = after_answer("s", HOUR, Memory(asks=asks), NOW)
    assert poll.why == why
    assert poll.at == expected or expected is None


@pytest.mark.parametrize("asks", [Asks(0, tuple(range(24)), ()), Asks(0, (), tuple(range(7)))])
def test_a_feed_that_asks_never_to_be_read(asks):
    """Once a week, since it may be a mistake, and the list says so."""
    poll = after_answer("s", HOUR, Memory(asks=asks), NOW)
    assert (poll.at, poll.why) == (at(7 * DAY), "it asks never to be read: once a week")


@pytest.mark.parametrize(
    ("failures", "most", "retry_after", "why"),
    [
        (1, HOUR, None, "backing off after 404"),
        (2, 2 * HOUR, None, "backing off after 404"),
        (5, 16 * HOUR, None, "backing off after 404"),
        (6, DAY, None, "backing off after 404"),
        (10**9, DAY, None, "backing off after 404"),
        (1, HOUR, 5.0, "backing off after 404"),
        (1, None, 7200.0, "as it asks (Retry-After)"),
        (1, None, 7.0 * DAY, "as it asks (Retry-After)"),
    ],
)
def test_failures(failures, most, retry_after, why):
    """The wait doubles up to a day; a Retry-After that is longer is kept to the second."""
    poll = after_failure("s", HOUR, failures, NOW, retry_after=retry_after, what="404")
    assert poll.why == why
    if most is None:
        assert poll.at == at(retry_after)
    else:
        assert at(0.9 * most) <= poll.at <= at(most)


def test_a_rare_interval_is_not_shortened_by_failing():
    """A source that is polled every ten days is not polled daily because it failed."""
    poll = after_failure("s", 10 * DAY, 3, NOW, retry_after=None, what="no answer")
    assert poll.at >= at(9 * DAY)


@pytest.mark.parametrize(
    ("every", "gap", "age", "seconds"),
    [
        (HOUR // 2, 0, None, HOUR // 2),
        (HOUR // 2, HOUR, 60, HOUR // 2),
        (HOUR // 2, 6 * HOUR, 60, 6 * HOUR // 4),
        (HOUR // 2, 30 * DAY, 60, 4 * HOUR),
        (HOUR // 2, HOUR, 16 * HOUR, 2 * HOUR),
        (HOUR // 2, HOUR, 900 * DAY, 4 * HOUR),
        (6 * HOUR, 30 * DAY, 60, DAY),
        (3 * DAY, 30 * DAY, 60, 3 * DAY),
    ],
)
def test_a_quiet_source_is_polled_less_often(every, gap, age, seconds):
    """Four times from item to item, eight intervals or a day at most; what fell silent is quiet."""
    memory = Memory(gap=gap, newest=None if age is None else at(-age))
    assert interval(every, memory, NOW) == seconds
    said = after_answer("s", every, memory, NOW).why
    assert said.endswith(": little comes") == (seconds > every)


def test_rhythm_is_read_from_the_dates_of_a_document():
    """The median distance of its newest items, those of the future left out; dates repeat without doing harm."""
    items = [item(at(-n * HOUR), n) for n in range(10)] + [item(at(-9 * DAY), 11), item(at(DAY), 12), item(None, 13)]
    memory = observed(Memory(), [*items, *items], NOW, brought=True)
    assert (memory.gap, memory.newest, memory.arrivals) == (HOUR, NOW, (NOW,))


def test_rhythm_is_read_from_arrivals_where_there_are_no_dates():
    """Items without dates count by the polls that brought them; a document with nothing new changes nothing."""
    memory = Memory()
    for day in range(5):
        memory = observed(memory, [item(None)], at(day * DAY), brought=True)
        memory = observed(memory, [item(None)], at(day * DAY + HOUR), brought=False)
    assert (memory.gap, memory.newest) == (DAY, at(4 * DAY))
    assert observed(memory, [], at(9 * DAY), brought=False) == memory


def test_memory_of_arrivals_is_short():
    """Only the last ones are kept."""
    memory = Memory()
    for day in range(50):
        memory = observed(memory, [], at(day * DAY), brought=True)
    assert len(memory.arrivals) == 20


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "every 1 min"), (1800, "every 30 min"), (3600, "every hour"), (5400, "every 1.5 hours"), (DAY, "every day"),
     (2 * DAY, "every 2 days"), (86_399, "every 24 hours")],
)  # fmt: skip
def test_intervals_in_words(seconds, words):
    """Minutes, hours and days."""
    assert spell(seconds) == words


wishes = st.builds(
    Asks,
    st.integers(0, 10**9),
    st.lists(st.integers(0, 23), unique=True).map(tuple),
    st.lists(st.integers(0, 6), unique=True).map(tuple),
)
memories = st.builds(
    Memory,
    asks=wishes,
    fresh_for=st.none() | st.floats(0, 10**9),
    gap=st.floats(0, 10**9),
    newest=st.none() | st.integers(-20 * 365, 365).map(lambda days: at(days * DAY)),
)


@given(memories, st.integers(60, 30 * DAY), st.text(max_size=5))
def test_never_earlier_than_anybody_allows(memory, every, name):
    """Whatever is asked, no poll comes before the publisher's wish, nor before nine tenths of the operator's interval."""
    poll = after_answer(name, every, memory, NOW)
    asked = min(max(memory.fresh_for or 0, memory.asks.interval), 7 * DAY)
    assert poll.at >= at(int(asked))
    assert poll.at >= at(int(0.9 * every))
    if len(memory.asks.skip_hours) < 24 and len(memory.asks.skip_days) < 7:
        assert poll.at.hour not in memory.asks.skip_hours
        assert poll.at.weekday() not in memory.asks.skip_days


def test_gone_is_looked_at_once_more():
    """A day later, never sooner; once it is believed, never again."""
    again = after_gone("s", NOW, believed=False)
    assert at(DAY) <= again.at <= at(1.1 * DAY)
    assert after_gone("s", NOW, believed=True).at is None
