# SPDX-License-Identifier: Apache-2.0
"""A reader in a browser, from the first visit to the last: every page, every width, by keys alone, without scripts."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy

import pytest

from syndicate.deliver import tokens
from syndicate.pipeline.post import deliver
from syndicate.pipeline.release import send_digest
from syndicate.schedule.due import period
from tests.browser.house import story

pytestmark = pytest.mark.client
WIDTHS = [(360, "dark"), (768, "light"), (1280, "light")]


def mail_to(house, address, count=1):
    """The text of the last of so many messages to an address, waited for."""
    until = time.monotonic() + 60
    while len(house.mail_to(address)) < count and time.monotonic() < until:
        time.sleep(0.05)
    return message_from_bytes(house.mail_to(address)[count - 1], policy=policy.default)


def link(house, message, path):
    """The link of a message that leads to a path of the site, where the site is in the test."""
    text = message.get_body(("plain",)).get_content()
    return house.url + re.search(rf"http://127\.0\.0\.1:8080({path}\S+)", text)[1]


def send(house):
    """Bring a story, send the digest with it, and deliver it."""
    number = time.monotonic_ns()
    house.bring(f"A story that came at {number}")
    weekly = house.app.channel("weekly")
    sent = send_digest(house.app.composing, weekly, period(weekly, house.app.clock(), seconds=True))
    house.do(lambda: deliver(house.app.posting))
    return sent.verified.edition.period[:10]


@pytest.fixture(scope="module")
def day(house):
    """The day of a digest that went out."""
    return send(house)


def paths(house, day):
    """Every kind of page."""
    key = house.app.store.keys(house.app.clock())[0]
    with house.app.store.read() as tx:
        ada = tx.people.find("weekly", "ada@reader.example").id
    asked = [f"/{what}/{tokens.make(key, what, ada)}" for what in ("confirm", "preferences", "unsubscribe")]
    return [
        *("/", "/stories", "/digests", "/feeds", "/feeds/community", "/publishers", "/publishers/south-desk"),
        *("/terms", "/subscribe", "/publishers/south-desk/object", "/nowhere", f"/digests/weekly/{day}"),
        *(story(house, "The last boat"), story(house, "Bridge was priced"), story(house, "The seed library")),
        *asked,
    ]


@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
def test_axe_finds_nothing_on_any_page(sight, house, day, width, scheme):
    """WCAG 2.2 AA: no violation on any page, and nothing to scroll sideways, down to 320 px."""
    found = {}
    with sight.page(width, scheme) as page:
        for path in paths(house, day):
            page.goto(house.url + path)
            found[path] = [*sight.faults(page), *(["overflows"] if sight.overflows(page) else [])]
            page.set_viewport_size({"width": 320, "height": 900})
            found[path] += ["overflows at 320"] if sight.overflows(page) else []
            page.set_viewport_size({"width": width, "height": 900})
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_from_the_first_visit_to_the_last(sight, house, width):
    """Subscribe, look in the mail, confirm, read, choose, leave: at every width, without a script."""
    who = f"reader-at-{width}@reader.example"
    with sight.page(width, java_script_enabled=False) as page:
        page.goto(house.url)
        assert page.get_by_role("heading", level=1).inner_text() == "Riverside Bulletin"
        page.get_by_role("navigation").get_by_role("link", name="Subscribe").click()
        page.get_by_label("Your address").fill(who)
        page.get_by_role("button", name="Subscribe").click()
        page.get_by_role("heading", name="Now look in your mail").wait_for()
        page.goto(link(house, mail_to(house, who), "/confirm/"))
        page.get_by_role("button", name="Yes, send it to me").click()
        page.get_by_role("heading", name="You are in").wait_for()

        day = send(house)
        letter = mail_to(house, who, 2)
        page.get_by_role("link", name="Riverside Bulletin").click()
        page.get_by_role("link", name="Digests").first.click()
        page.locator(f'a[href="/digests/weekly/{day}"]').first.click()
        page.get_by_role("link", name="All digests").click()
        page.get_by_role("link", name="Latest").click()
        page.locator(".lead .headline a").click()
        assert page.get_by_role("heading", name="Credit and rights").is_visible()

        page.goto(link(house, letter, "/preferences/"))
        page.get_by_label("on the first of the month").check()
        page.get_by_role("button", name="Save").click()
        page.get_by_role("heading", name="It is noted").wait_for()
        page.goto(link(house, letter, "/unsubscribe/"))
        page.get_by_role("button", name="Unsubscribe").click()
        page.get_by_role("heading", name="We have stopped").wait_for()
    with house.app.store.read() as tx:
        assert tx.people.find("weekly", who).state == "unsubscribed"


def test_keys_alone_suffice(sight, house):
    """The first key leads past the ways through the site; focus can be seen; the form is filled and sent by keys."""
    with sight.page() as page:
        page.goto(house.url)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
        assert page.locator(".skip").bounding_box()["x"] >= 0
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == "Subscribe":
                break
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px"
        page.keyboard.press("Enter")
        page.wait_for_url("**/subscribe")
        while page.evaluate("document.activeElement.id") != "address":
            page.keyboard.press("Tab")
        page.keyboard.type("keys@reader.example")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Now look in your mail").wait_for()
    assert mail_to(house, "keys@reader.example")


def test_what_may_not_be_printed_does_not_print(sight, house):
    """On paper the text is left out where print is not granted, and a line says so; credit and addresses are there."""
    with sight.page() as page:
        page.emulate_media(media="print")
        for title, printed in (("The last boat", False), ("What the river gauge", True)):
            page.goto(house.url + story(house, title))
            assert page.locator(".item-text .body").is_visible() is printed
            assert page.locator(".not-printed").count() == 0 if printed else page.locator(".not-printed").is_visible()
            assert page.locator(".rights .credit").is_visible()
            after = "e => getComputedStyle(e, '::after').content"
            assert "http" in page.locator(".rights .credit a").first.evaluate(after)
            for link in page.locator(".credit a[href^=mailto]").all():
                assert link.evaluate(after) == "none"
            assert page.locator("nav[aria-label=Site]").is_visible() is False
        page.goto(house.url)
        assert page.locator(".story .body").first.is_visible() is False


def test_a_feed_that_a_browser_opens(sight, house):
    """Opened by a link a feed says what it is for; its bytes are one link further."""
    with sight.page(java_script_enabled=False) as page:
        page.goto(f"{house.url}/feeds")
        page.get_by_role("link", name="RSS of Community feed").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Community feed"
        assert page.locator("dd.to-copy").first.inner_text().endswith("/feeds/community.rss")


def test_a_publisher_objects(sight, house):
    """From the story to the form, the mail, the button: the story is gone with the next look, and says why."""
    path = story(house, "Where the salt line")
    with sight.page(360, java_script_enabled=False) as page:
        page.goto(house.url + path)
        page.get_by_role("link", name="Correct or object").click()
        assert page.get_by_label("To one story").is_checked()
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("heading", name="Now look in their mail").wait_for()
        page.goto(link(house, mail_to(house, "desk@south-desk.example"), "/objections/"))
        page.get_by_role("button", name="Yes, leave it out").click()
        page.get_by_role("heading", name="It is on record").wait_for()
        page.goto(house.url + path)
        page.get_by_role("heading", name="This story is here no longer").wait_for()
        page.goto(f"{house.url}/stories")
        assert "Where the salt line" not in page.content()
