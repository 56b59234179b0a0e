# SPDX-License-Identifier: Apache-2.0
"""An operator at the editions: looks at the next one, tries it, sends it, pauses and resumes; and one that was stopped."""

from __future__ import annotations

import re

import pytest

from syndicate.model import SendingState
from syndicate.pipeline.release import send_digest
from syndicate.pipeline.sending import change
from syndicate.schedule.due import period
from tests.browser.house import log_in

pytestmark = pytest.mark.client
NEXT = "/admin/editions/next/weekly"


def test_from_a_look_to_a_sent_digest(console, house):
    """The next edition is looked at in every dress, tried at one address and sent; its mail arrives and adds up."""
    page = console
    page.goto(f"{house.url}/admin/editions")
    page.get_by_role("link", name="Look at it now").click()
    frame = page.frame_locator("iframe")
    assert "in full" in frame.locator(".opening").inner_text()
    page.get_by_role("link", name="Dark").click()
    paper = page.frame_locator("iframe").locator(".paper")
    assert paper.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(20, 22, 26)"
    page.get_by_role("link", name="Phone").click()
    assert page.locator("iframe").bounding_box()["width"] == 360
    page.get_by_role("link", name="Headers").click()
    assert page.get_by_role("row", name=re.compile("List-Unsubscribe-Post")).is_visible()

    page.get_by_role("textbox", name="To").fill("dana@bulletin.example")
    page.get_by_role("button", name="Send test").click()
    assert "was accepted by the other side" in page.get_by_role("status").first.inner_text()
    assert len(house.mail_to("dana@bulletin.example")) == 1

    page.get_by_role("button", name="Send to 3 readers").click()
    page.get_by_role("heading", name=re.compile("No. 1")).wait_for()
    page.get_by_text("3 of 3 accepted by the other side").wait_for()
    assert len(house.mail_to("ada@reader.example")) == 1
    figures = [int(text) for text in page.locator(".five dd").all_inner_texts()]
    assert figures == [3, 0, 0, 0, 0]
    ticks = page.locator(".checks li")
    assert ticks.count() == 5
    assert all("proved" in text for text in ticks.all_inner_texts())


def paused(page, house, title):
    """Open the page of an edition that was paused before any of its mail went out; the edition's id."""
    house.bring(title)
    composing, weekly = house.app.composing, house.app.channel("weekly")
    edition = send_digest(composing, weekly, period(weekly, house.app.clock(), seconds=True)).verified.edition
    change(composing, edition.id, SendingState.PAUSED, "test")
    page.goto(f"{house.url}/admin/editions/{edition.id}")
    return edition.id


def test_pause_and_resume(console, house):
    """An edition that waits is let go on, and its mail goes out."""
    page = console
    paused(page, house, "The weir is open")
    assert page.get_by_role("heading", level=1).inner_text().endswith("paused")
    page.get_by_role("button", name="Let it go on").click()
    page.get_by_text("3 of 3 accepted by the other side").wait_for()
    assert page.get_by_role("button", name="Pause").count() == 0


def test_cancel(console, house):
    """What was not sent yet never is; the record says who decided it."""
    page = console
    edition = paused(page, house, "The sluice is shut")
    page.get_by_role("button", name=re.compile("Cancel the 3")).click()
    assert "Cancelled" in page.get_by_role("status").first.inner_text()
    assert page.get_by_role("button", name="Pause").count() == 0
    with house.app.store.read() as tx:
        newest = tx.ledger.tail(1, subject=edition)[0]
    assert newest.data == {"act": "cancelled", "by": "Dana Whitlow"}


def test_an_edition_that_the_proof_stopped(console, house):
    """A template that loses the credit: the page says what is missing, from what, and there is no way around."""
    house.bring("The lock-keeper’s ledger")
    with house.without_credit():
        page = console
        page.goto(house.url + NEXT)
        assert page.get_by_role("heading", level=1).inner_text() == "This edition did not go out"
        assert "the plain text part" in page.locator(".opening").inner_text()
        assert "South Desk" in " ".join(page.locator(".lost").all_inner_texts())
        assert page.get_by_role("button", name=re.compile("Send")).count() == 0
        assert page.locator("mark").count() > 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (768, "light"), (320, "dark")])
def test_axe_finds_nothing(sight, house, width, scheme):
    """WCAG 2.2 AA on each page of the editions, nothing to scroll sideways, and nothing lost without JavaScript."""
    with house.app.store.read() as tx:
        sent = tx.editions.digests("weekly")
    pages = ["login", "editions", "editions/next/weekly", *(f"editions/{one.id}" for one in sent[:1])]
    with sight.page(width, scheme) as page:
        log_in(page, house)
        for path in pages:
            page.goto(f"{house.url}/admin/{path}")
            assert sight.faults(page) == [], path
            assert not sight.overflows(page), path


def test_without_javascript(sight, house):
    """The whole path works with scripts switched off."""
    with sight.page(java_script_enabled=False) as page:
        log_in(page, house)
        page.goto(house.url + NEXT)
        assert page.get_by_role("heading", level=1).is_visible()
        page.get_by_role("button", name="Log out").click()
        assert page.url.endswith("/admin/login")
