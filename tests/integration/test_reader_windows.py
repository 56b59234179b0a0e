# SPDX-License-Identifier: Apache-2.0
"""Readers who change how often they are written to: each story once, whatever they choose and when."""

from __future__ import annotations

import random
import runpy
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.model import Consent, Purpose
from syndicate.pipeline import people
from syndicate.pipeline.cadence import Cadence, came_from, joining, list_of
from syndicate.schedule.cycle import Report, Work, send_due_digests

HERE = Path(__file__).with_name("test_schedule_digests.py")
H = SimpleNamespace(**runpy.run_path(str(HERE)))
DAILY = Cadence("daily", 9, "Asia/Tokyo")
MONTHLY = Cadence("monthly", 7, "Europe/Paris")
HOUR = timedelta(hours=1)


class House(H.House):
    """A house that knows which stories each reader was sent."""

    def __init__(self, folder):
        super().__init__(folder)
        self.sent = defaultdict(list)

    def join(self, name):
        """A reader."""
        consent = Consent(Purpose.COMMUNITY, "The weekly digest.", "test", self.now)
        with self.store.write() as tx:
            return tx.people.add_confirmed(H.WEEKLY.id, {f"{name}@reader.example": consent}, now=self.now).added[0]

    def prefer(self, reader, cadence):
        """A reader chooses."""
        people.prefer(self.composing, reader.id, cadence)

    def pass_time(self, hours):
        """So many hours, with all that the schedule makes of them."""
        for _ in range(hours // 3):
            self.now += 3 * HOUR
            report = Report()
            send_due_digests(Work(None, self.composing, None, None, (H.WEEKLY,)), report)
            assert report.clean, report.refused
            for released in report.released:
                self.note(released)

    def note(self, released):
        """Put down who was owed the edition, as the outbox has it."""
        with self.store.read() as tx:
            edition = released.verified.edition
            for reader in tx.outbox.owed(edition.channel.id, edition.created):
                self.sent[reader] += H.titles(released)


@pytest.fixture
def house(tmp_path):
    """A house with nothing in it."""
    made = House(tmp_path)
    yield made
    made.store.close()


def test_who_joins_a_track_misses_nothing_and_gets_nothing_twice(house):
    """A weekly reader turns to the daily letters that another has had for days, and back again."""
    ann, bo = house.join("ann"), house.join("bo")
    house.bring("First")
    house.pass_time(7 * 24)
    house.prefer(bo, DAILY)
    for day in range(3):
        house.bring(f"Day{day}")
        house.pass_time(24)
    assert (house.sent[ann.id], house.sent[bo.id]) == (["First"], ["First", "Day0", "Day1", "Day2"])
    house.prefer(ann, DAILY)
    house.bring("Day3")
    house.pass_time(24)
    assert house.sent[ann.id] == ["First", "Day0", "Day1", "Day2", "Day3"], "what the others had, once"
    assert house.sent[bo.id] == ["First", "Day0", "Day1", "Day2", "Day3"]
    house.prefer(bo, None)
    house.bring("Day4")
    house.pass_time(3 * 24)
    assert house.sent[bo.id][5:] == ["Day4"], "the week's other stories are not sent again"
    assert house.sent[ann.id][5:] == ["Day4"]
    house.bring("Day7")
    house.pass_time(24)
    assert house.sent[ann.id][6:] == ["Day7"]
    house.pass_time(6 * 24)
    assert house.sent[bo.id][6:] == ["Day7"]


def test_who_comes_back_is_not_sent_what_came_meanwhile(house):
    """A reader who left for weeks and confirms again begins with the next edition, not where they ended."""
    ann, bo = house.join("ann"), house.join("bo")
    house.bring("First")
    house.pass_time(7 * 24)
    people.leave(house.composing, ann.id)
    for week in range(3):
        house.bring(f"Week{week}")
        house.pass_time(7 * 24)
    people.come_back(house.composing, {H.WEEKLY.id: H.WEEKLY}, ann.id, "a token")
    house.bring("Last")
    house.pass_time(7 * 24)
    assert house.sent[ann.id] == ["First", "Last"]
    assert house.sent[bo.id] == ["First", "Week0", "Week1", "Week2", "Last"]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_they_choose_each_story_comes_once(house, seed):
    """Four readers change their minds at random for five weeks: each gets every story exactly once."""
    chance = random.Random(seed)  # noqa: S311 - any choices will do, the same ones each time
    readers = [house.join(f"r{number}") for number in range(4)]
    stories = []
    for number in range(70):
        if number % 2 == 0:
            stories.append(f"Story{number}")
            house.bring(stories[-1])
        if chance.random() < 0.2:
            house.prefer(chance.choice(readers), chance.choice([None, DAILY, MONTHLY]))
        house.pass_time(12)
    for reader in readers:
        house.prefer(reader, DAILY)
    house.pass_time(48)
    for reader in readers:
        assert sorted(house.sent[reader.id]) == sorted(stories)


@pytest.mark.parametrize(
    ("id_", "of", "edition"),
    [
        ("weekly", ("weekly", ""), ""),
        ("weekly~daily@9@UTC", ("weekly", "daily@9@UTC"), ""),
        ("weekly~daily@9@UTC~e-1", ("weekly", "daily@9@UTC"), "e-1"),
        ("weekly~~e-1", ("weekly", ""), "e-1"),
    ],
)
def test_names_of_tracks(id_, of, edition):
    """List, cadence and edition stand in a channel's id, and come out as they went in."""
    channel = H.replace(H.WEEKLY, id=id_)
    assert (list_of(channel), came_from(id_)) == (of, edition)
    assert joining(channel, edition).id == id_
