# SPDX-License-Identifier: Apache-2.0
"""Two hundred publishers with a known truth: nothing carried beyond it, no duty missing, what is allowed is carried.

They are polled over HTTP, and again after some have written, copied, corrected and withdrawn. ``bench/world.py`` does the
same with a thousand; ``WORLD_SEED=2`` takes another world.
"""

from __future__ import annotations

import email
import email.policy
import os
from dataclasses import dataclass, field

import pytest
from lxml.html import document_fromstring

from syndicate.model import Mode, Verified
from syndicate.pipeline.compose import compose_digest
from tests import worlds

pytestmark = pytest.mark.shared

SOUND = {"ordinary", "etag-only", "weak-etag", "last-modified-only", "no-validators", "max-age", "ttl", "websub",
         "chunked", "redirect-301", "redirect-302", "redirect-307", "redirect-308", "redirect-chain", "wrong-type",
         "bom", "duplicates", "reordered", "relative-links", "legacy-encoding", "utf-16"}  # fmt: skip


@dataclass
class World:
    """A world that was polled twice, and how its items and both feeds are judged; the first polls by source."""

    desk: worlds.Desk
    first: dict
    truth_at_first: dict
    said: worlds.Judgement = field(default_factory=worlds.Judgement)


@pytest.fixture(scope="module")
def world(shared, tmp_path_factory):
    """Two hundred publishers, polled, ticked, polled again and judged."""
    seed = os.environ.get("WORLD_SEED", "1")
    options = ["--sources", "200", "--seed", seed, "--corpus-share", "0", "--addresses", "50", "--slow-seconds", "2",
               "--hang-seconds", "2"]  # fmt: skip
    with worlds.serving(shared, *options) as server:
        desk = worlds.Desk(server, tmp_path_factory.mktemp("world"))
        desk.open()
        first = {polled.source_id: polled for polled in desk.poll()}
        found = World(desk, first, desk.truth)
        server.tick(percent=15, hours=6, edit=10, delete=4)
        desk.poll()
        chains = desk.chains()
        worlds.attribution(chains, desk.truth, found.said)
        for channel in ("community", "commercial"):
            full = worlds.publication(desk.feed(channel), channel, desk.truth, set(chains), found.said)
            if channel == "community":
                worlds.coverage(full, desk.truth, set(chains), found.said, recorded=True)
        yield found
        desk.close()


def share_right(said, styles):
    """The share of the copies of these styles whose chain begins at their origin."""
    rows = {
        told: sum(said.attributed[style, told] for style in styles) for told in ("own", "right", "unknown", "wrong")
    }
    assert sum(rows.values()) > 30
    return rows["right"] / sum(rows.values())


def test_copies_are_traced_to_their_origin(world):
    """Where the origin is polled too nearly every copy leads to it, credited or not; no original is taken for a copy.

    Only where an outlet did not answer until its copiers had long been polled, nobody can tell, and both are a link.
    """
    assert share_right(world.said, worlds.LINKED) >= 0.99
    assert share_right(world.said, ("uncredited",)) >= 0.95
    assert world.said.taken == []
    late = {url for url, *_ in world.said.doubted}
    outlets = {item["source"] for item in world.desk.truth["items"] if item["url"] in late}
    assert all(world.first[f"s{outlet}"].status == "failed" for outlet in outlets)
    assert len(late) <= 0.01 * world.said.attributed["original", "own"]


def test_nothing_is_carried_beyond_what_the_holder_allows(world):
    """No full text or excerpt of an item whose holder does not allow it, in either channel."""
    assert world.said.beyond == []
    assert world.said.modes["community", "full"] > 100
    assert world.said.modes["commercial", "full"] > 50


def test_no_duty_is_missing(world):
    """Every carried text names author and outlet, repeats the notice, links where its terms demand, and is unchanged."""
    assert world.said.missing == []


def test_what_is_allowed_is_carried_in_full(world):
    """At least 98 % of the articles whose holder allows it, on record or machine-readable in the feed, are in full."""
    assert world.said.allowed > 200
    assert len(world.said.missed) <= 0.02 * world.said.allowed, world.said.missed


def test_every_sound_source_arrived(world):
    """Every publisher that serves a readable feed was polled with all the items that it shows."""
    for source in world.truth_at_first["sources"]:
        if source["behaviour"] in SOUND:
            polled = world.first[f"s{source['key']}"]
            shown = [i for i in world.truth_at_first["items"] if i["source"] == source["key"] and not i["withdrawn"]]
            assert polled.status != "failed", (source["key"], source["behaviour"], polled.error)
            assert len(polled.new) == min(20, len(shown)), (source["key"], source["behaviour"])


def test_the_digest_carries_nothing_beyond(world):
    """The mail is proved, carries in full only what its holder allows in mail, and no story twice."""
    app, truth = world.desk.app, worlds.by_url(world.desk.truth)
    outcome = compose_digest(app.composing, app.channel("weekly"), "2026-01-05T0700")
    assert isinstance(outcome, Verified)
    content = outcome.edition.parts[0].content
    body = email.message_from_bytes(content, policy=email.policy.default).get_body(("html",)).get_content()
    shown = {e.get("data-item"): e.get("data-mode") for e in document_fromstring(body).xpath("//*[@data-item]")}
    entries = {entry.item.id: entry for entry in outcome.edition.entries}
    told = {item_id: truth[entries[item_id].chain.hops[-1].url] for item_id in shown}
    assert len(shown) >= 50
    assert "full" in shown.values()
    for item_id, mode in shown.items():
        allows = world.desk.truth["terms"][told[item_id]["terms"]]["allows"]["email"]
        assert mode == "link" or allows == "full", told[item_id]["url"]
        assert entries[item_id].decision.mode is not Mode.WITHHOLD
    articles = [item["article"] for item in told.values()]
    assert len(articles) == len(set(articles))
    assert len(content) < 400_000
