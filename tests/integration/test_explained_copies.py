# SPDX-License-Identifier: Apache-2.0
"""What `explain` ticks as proved: the duties of the copy that an edition held, and of no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.cli.explain import print_item
from syndicate.cli.show import OUT
from syndicate.model import Mode, Person
from syndicate.pipeline import overriding
from syndicate.pipeline.explain import explain
from tests.house import CHANNEL, SITE, STORY, House

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def house(tmp_path):
    """The house before anything is polled."""
    return House(tmp_path)


def test_only_the_copy_that_was_carried_is_ticked(house):
    """Duties are ticked for the copy that an edition held; of another copy nothing was proved, and that is said."""
    house.show("south", STORY, hour=1)
    house.show("marsh", STORY, hour=5, title="Our ferry")
    house.poll("marsh", "south")
    house.publish()
    original, copy = house.held("south"), house.held("marsh")
    said = {}
    for stored in (original, copy):
        explained = explain(house.composing, stored, [CHANNEL])
        with OUT.capture() as printed:
            print_item(stored, SITE.name, explained)
        said[stored.item.id] = printed.get()
    assert "✓" in said[original.item.id]
    assert "Proved in edition" in said[original.item.id]
    assert "✓" not in said[copy.item.id]
    assert "Not proved" in said[copy.item.id]
    assert "held the copy of South Desk" in " ".join(said[copy.item.id].split())
    assert "the copy we use" not in said[copy.item.id].replace("not the copy we use", "")


def test_a_duty_that_changed_since_is_not_ticked(house):
    """What an edition was proved to keep says nothing of a duty that the item has only now."""
    house.show("south", STORY, hour=1)
    house.poll("south")
    house.publish()
    stored = house.held("south")
    (before,) = explain(house.composing, stored, [CHANNEL])
    renamed = replace(stored, item=replace(stored.item, authors=(Person("Ann Bo"),)))
    (after,) = explain(house.composing, renamed, [CHANNEL])
    ids = [{told.decision.duties[number].id for number, _ in told.met} for told in (before, after)]
    assert ids[0] - ids[1] == {"O1"}
    assert ids[1]


def test_what_was_carried_otherwise_is_not_ticked(house):
    """What was proved of a full text says nothing of the link that is decided now, nor the other way round."""
    house.show("marsh", STORY, hour=1)
    house.poll("marsh")
    house.publish()
    stored = house.held("marsh")
    (before,) = explain(house.composing, stored, [CHANNEL])
    overriding.narrow(house.composing, stored, Mode.LINK, "It is being looked into.", "Ed")
    (after,) = explain(house.composing, stored, [CHANNEL])
    assert (before.decision.mode, after.decision.mode) == (Mode.FULL, Mode.LINK)
    assert before.met
    assert not after.met
