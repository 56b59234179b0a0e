# SPDX-License-Identifier: Apache-2.0
"""Readers, an operator and publishers at the real daemon, a process of its own that polls forty publishers.

Each path is walked at three widths: on a phone without scripts, on a tablet by keys alone, and wide with a mouse.
axe-core looks at every page that comes.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.browser import feed_world
from tests.browser.feed_world import NAME, PASSWORD
from tests.browser.walk import Walk

pytestmark = [pytest.mark.client, pytest.mark.shared, pytest.mark.timeout(900)]  # a crowded machine takes its time
WAYS = [
    pytest.param({"width": 360, "scripts": False}, id="360-no-scripts"),
    pytest.param({"width": 768, "keys": True}, id="768-keys"),
    pytest.param({"width": 1280}, id="1280-mouse"),
]


@pytest.fixture(scope="module", name="world")
def _world(shared, sight, tmp_path_factory):
    """The daemon and all that is around it; skipped where there is no feed world or no browser."""
    assert sight
    with feed_world.running(shared, tmp_path_factory.mktemp("feed-world")) as world:
        yield world


def signs_up(walk, world, who):
    """A reader comes, reads, leaves an address, looks into the mail and says yes."""
    walk.open(world.url)
    walk.sees("Riverside Bulletin")
    walk.press(re.compile(r"\w"), within=".lead .headline")
    walk.sees("Credit and rights")
    walk.press("Subscribe", within="nav")
    walk.fill("Your address", who)
    walk.press("Subscribe", "button")
    walk.sees("Now look in your mail")
    walk.open(world.link(world.post.to(who), "/confirm/"))
    walk.sees("Shall we start?")
    walk.press("Yes, send it to me", "button")
    walk.sees("You are in")


def logs_in(walk, world):
    """An operator goes through the door."""
    walk.open(f"{world.url}/admin/")
    walk.fill("Name", NAME)
    walk.fill("Password", PASSWORD)
    walk.press("Log in", "button")
    walk.sees(re.compile(r"^\w+day"))


def adds(walk, world, site):
    """A pasted address becomes a source, with the terms that stand on record or wait to be read."""
    walk.press("Sources", within="nav[aria-label=Console]")
    walk.fill("Site or feed address", site["home"])
    walk.press("Look", "button")
    walk.sees(site["name"])
    assert walk.page.locator("mark").count(), "nothing of what it says about reuse is quoted"
    walk.press(f"Add {site['name']}", "button")
    walk.sees(site["name"])
    walk.until("1 poll in all")
    world.server.tick(sources=site["key"], hours=1)
    walk.press("Poll now", "button")
    walk.until("2 polls in all")
    walk.press("Terms", within="nav[aria-label=Console]")
    while walk.page.get_by_role("link", name=f"Review {site['name']}").count():
        reads(walk, site)


def reads(walk, site):
    """Words that look like terms are read: confirmed, those that were not understood too, as they change nothing."""
    walk.press(f"Review {site['name']}")
    walk.sees(site["name"])
    if walk.page.get_by_text("Not understood").count():
        walk.choose("I have read it, and these words change nothing")
        walk.press("Narrow: show what changes", "button")
    walk.press("Confirm as shown", "button")
    assert f"confirmed by {NAME}" in walk.page.get_by_role("status").first.inner_text()


def sends(walk, site):
    """The next edition is looked at, tried at one address, and sent: what the site brought is in it."""
    walk.press("Editions", within="nav[aria-label=Console]")
    walk.press("Look at it now")
    walk.sees("The next edition")
    shown = walk.page.frame_locator("iframe").locator("[data-mode=full]").all_inner_texts()
    assert any(site["name"] in story for story in shown), "none of its stories goes out in full"
    for dress in ("Phone", "Dark", "Text"):
        walk.press(dress, within="[aria-label='How to look at it']")
    walk.press(re.compile(r"^Send to \d+ reader"), "button")
    walk.sees(re.compile(r"^No\. \d+"))


@pytest.mark.parametrize("way", WAYS)
def test_from_the_first_visit_to_the_last(sight, world, way):
    """A reader signs up; an operator adds a site and sends a digest with its stories; the reader reads it and leaves."""
    who = f"reader-at-{way['width']}@reader.example"
    site = world.to_add.pop()
    with Walk.begun(sight, **way) as reader:
        signs_up(reader, world, who)
        with Walk.begun(sight, **way) as operator:
            logs_in(operator, world)
            adds(operator, world, site)
            sends(operator, site)
        letter = world.post.to(who, 2)
        assert site["name"] in letter.get_body(("plain",)).get_content()
        reader.open(world.link(letter, "/digests/weekly/"))
        reader.press("All digests")
        reader.sees("This week at Riverside Bulletin")
        reader.open(world.link(letter, "/preferences/"))
        reader.choose("on the first of the month")
        reader.press("Save", "button")
        reader.sees("It is noted")
        reader.open(world.link(letter, "/unsubscribe/"))
        reader.press("Unsubscribe", "button")
        reader.sees("We have stopped")


def objects(walk, world, source):
    """From the front page to the publisher's page to the form."""
    walk.open(f"{world.url}/publishers")
    walk.press(source["name"], within="main")
    walk.sees(source["name"])
    walk.press(re.compile("[Oo]bject"), within="main")
    walk.sees(f"Object for {source['name']}?")


@pytest.mark.parametrize("way", WAYS[:2])
def test_a_publisher_objects_by_mail(sight, world, way):
    """To one story: the contact on record gets a link, its button acts, and the story's page says why it is gone."""
    source = world.objecting.pop()
    with Walk.begun(sight, **way) as walk:
        walk.open(f"{world.url}/publishers/p{source['key']}")
        walk.press(re.compile(r"\w"), within="main .headline")
        walk.sees("Credit and rights")
        story, title = walk.page.url, walk.page.get_by_role("heading", level=1).inner_text()
        walk.press("Correct or object")
        walk.press("Go on", "button")
        walk.sees("Now look in their mail")
        letter = world.post.to(source["contact"])
        assert title in letter.get_body(("plain",)).get_content()
        walk.open(world.link(letter, "/objections/"))
        walk.press("Yes, leave it out", "button")
        walk.sees("It is on record")
        walk.open(story)
        walk.sees("This story is here no longer")


@pytest.mark.parametrize("way", WAYS[1:])
def test_a_publisher_objects_by_its_domain(sight, world, way):
    """To everything: a TXT record of the domain proves it, and not before it is there."""
    source = world.objecting.pop()
    host = urlsplit(source["home"]).hostname
    with Walk.begun(sight, **way) as walk:
        objects(walk, world, source)
        walk.choose(f"To everything of {source['name']}")
        walk.choose(f"By a line on {host}")
        walk.press("Go on", "button")
        walk.sees("Place this line")
        line = walk.page.locator(".to-copy").first.inner_text()
        assert walk.page.locator(".to-copy").last.inner_text() == f"_syndicate-objection.{host}"
        walk.press("It is there, look now", "button")
        assert "Not found yet." in walk.page.get_by_role("alert").inner_text()
        world.records[f"_syndicate-objection.{host}", "TXT"] = [line]
        walk.press("It is there, look now", "button")
        walk.sees("It is on record")
        walk.open(f"{world.url}/publishers/p{source['key']}")
        assert walk.page.locator("main .headline").count() == 0
