# SPDX-License-Identifier: Apache-2.0
"""An operator acts, with scripts switched off: asks, records, narrows, brings readers in; each on record, each undone."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from syndicate.app import clock
from syndicate.pipeline import asking
from tests.browser.house import NAME, log_in

pytestmark = pytest.mark.client


@pytest.fixture
def console(sight, house):
    """A page at the console, logged in, without scripts."""
    with sight.page(java_script_enabled=False) as page:
        log_in(page, house)
        yield page


def go(page, house, path):
    """To a room."""
    page.goto(f"{house.url}/admin/{path}")
    return page


def said(page):
    """What the page says was done."""
    return page.get_by_role("status").first.inner_text()


def item(house, title):
    """The stored item with a title that begins so."""
    with house.app.store.read() as tx:
        return next(one for one in tx.items.newest(100) if one.item.title.startswith(title))


def modes(page, house, item_id):
    """The mode of an item in each channel, by its page."""
    rows = go(page, house, f"items/{item_id}").locator("section[aria-labelledby=decision] tbody tr").all()
    return {row.locator("th a").inner_text(): row.locator(".badge").inner_text() for row in rows}


def test_an_item_is_narrowed_and_carried_again(console, house):
    """At once, with a reason that stands beside the decision and in the record; wider there is none; undone by a press."""
    wanted = item(house, "The last boat").item.id
    before = modes(console, house, wanted)
    assert before["community"] == "Full text"
    console.get_by_label("Where", exact=True).select_option("community")
    console.get_by_label("No further than").select_option("link")
    assert console.get_by_label("No further than").locator("option").all_inner_texts() == ["Withheld", "Link only"]
    console.get_by_label("Reason, for the record").fill("A lawyer called.")
    console.get_by_role("button", name="Carry less").click()
    assert said(console) == "Link only from now on in community, whatever its terms permit."
    assert modes(console, house, wanted) == before | {"community": "Link only"}
    row = console.get_by_role("row", name=re.compile("^community"))
    assert f"{NAME}, " in row.inner_text()
    assert "A lawyer called." in row.inner_text()
    assert "Override" in console.locator("section[aria-labelledby=lines] h3").all_inner_texts()
    console.get_by_role("button", name="Undo").click()
    assert said(console) == "It is carried as its terms permit again."
    assert modes(console, house, wanted) == before


def test_a_permission_is_asked_for_by_mail_and_granted(console, house):
    """The letter is drafted from the item, read, sent by one press, and its answer recorded once it was seen to move."""
    wanted = item(house, "Forty thousand oysters").item.id
    modes(console, house, wanted)
    console.get_by_role("row", name=re.compile("^weekly")).get_by_role("link", name=re.compile("^Ask")).click()
    assert (
        console.get_by_label("Subject", exact=True).input_value()
        == "May we carry “Forty thousand oysters on a string”?"
    )
    assert "Dear Estuary Commons," in console.get_by_label("Letter", exact=True).input_value()
    href = console.get_by_role("link", name="open it in your mail program").get_attribute("href")
    assert "subject=May%20we%20carry%20%E2%80%9CForty" in href
    assert "body=Dear%20Estuary%20Commons%2C%0D%0A" in href
    console.get_by_label("Letter", exact=True).fill("Dear Estuary Commons,\n\nmay we?\n")
    console.get_by_role("button", name="Send it now").click()
    assert "name one, or send it by hand" in console.get_by_role("alert").inner_text().lower()
    assert console.get_by_label("Letter", exact=True).input_value().startswith("Dear Estuary Commons,\n\nmay we?")
    assert house.mail_to("desk@estuary.example") == []
    console.get_by_label("To", exact=True).fill("desk@estuary.example")
    console.get_by_role("button", name="Send it now").click()
    assert said(console).startswith("Sent to desk@estuary.example.")
    (raw,) = house.mail_to("desk@estuary.example")
    assert "may we?" in message_from_bytes(raw, policy=policy.default).get_content()
    go(console, house, "terms/requests").get_by_role("link", name="It has answered").click()
    console.get_by_role("link", name="It permits").click()
    assert console.get_by_label("Which ones").input_value() == wanted
    assert console.get_by_label("Mail", exact=True).is_checked()
    assert not console.get_by_label("Web", exact=True).is_checked()
    console.get_by_label("Letter or message").fill("her mail of 3 May")
    console.get_by_label("Until before").fill("2030-01-01")
    console.get_by_role("button", name="Show what changes").click()
    moved = console.locator("section[aria-labelledby=changes]").inner_text()
    assert "1 item in weekly" in moved
    assert "from link only to full text" in moved
    assert modes(console, house, wanted)["weekly"] == "Link only", "looking changes nothing"
    console.go_back()
    console.get_by_role("button", name="Record the permission").click()
    assert "Estuary Commons permits it" in said(console)
    assert modes(console, house, wanted)["weekly"] == "Full text"
    answered = go(console, house, "terms/requests").get_by_role("row", name=re.compile("Estuary Commons"))
    assert "Granted" in answered.inner_text()
    assert "her mail of 3 May" in answered.inner_text()
    with house.app.store.read() as tx:
        (stated,) = tx.terms.all("estuary-commons")
    assert (stated.record.reference, stated.record.scope.items) == ("her mail of 3 May", (wanted,))
    assert f"{stated.record.grants[0].valid_until:%Y-%m-%d}" == "2030-01-01"


def test_a_letter_sent_by_hand_is_late_reminded_and_closed(console, house):
    """What a person sent stands in the record; after two weeks it is due on the morning page; closed, it is not."""
    page = go(console, house, "terms/requests")
    page.get_by_label("Publisher", exact=True).select_option("marsh-and-mill")
    page.get_by_label("For", exact=True).select_option("partner")
    page.get_by_role("button", name="Draft the letter").click()
    page.get_by_label("To", exact=True).fill("her desk")
    page.get_by_label("Sent on").fill(f"{clock() - timedelta(days=16):%Y-%m-%d}")
    page.get_by_label("Reference", exact=True).fill("letter no. 4")
    page.get_by_role("button", name="I have sent it").click()
    assert said(page) == "On record, with its words."
    assert "Sixteen days" not in page.locator(".opening").inner_text()
    assert "16 days without an answer" in page.locator(".opening").inner_text()
    assert "Marsh & Mill has not answered" in go(page, house, "").locator("section[aria-labelledby=waits]").inner_text()
    page.get_by_role("link", name="Remind").click()
    page.get_by_role("link", name="Remind").click()
    letter = " ".join(page.get_by_label("Letter", exact=True).input_value().split())
    assert "and have not heard from you, so we ask once more" in letter
    page.get_by_role("button", name="I have sent it").click()
    assert "No days without an answer" in page.locator(".opening").inner_text()
    page.get_by_label("No answer is expected").fill("They closed.")
    page.get_by_role("button", name="Close it").click()
    assert "silence is not permission" in said(page)
    with house.app.store.read() as tx:
        one = asking.requests(tx)[0]
    assert (one.letters, one.answer, one.answer_reference) == (2, "closed", "They closed.")


def test_what_cannot_be_recorded_is_told(console, house):
    """A statement without its limit, or an item that is none, is refused in words; nothing is recorded."""
    page = go(console, house, "terms/new")
    page.get_by_label("How far").select_option("excerpt")
    page.get_by_role("button", name="Show what changes").click()
    assert "an excerpt needs a limit" in page.get_by_role("alert").inner_text()
    assert page.get_by_role("button", name="Record the permission").count() == 0
    assert (
        "is no item of"
        in go(page, house, "terms/requests/new?publisher=south-desk&channel=weekly&item=i-0")
        .get_by_role("alert")
        .inner_text()
    )
    assert "Nothing stands here" in go(page, house, "terms/requests/99999").locator("h1").inner_text()


def test_a_refusal_of_a_section_on_some_channels(console, house):
    """A section, some media, from a day on: what would move is shown item by item count; withdrawn, all is as before."""
    wanted = item(house, "Where the salt line").item
    before = modes(console, house, wanted.id)
    page = go(console, house, "terms/new?kind=objection")
    page.get_by_label("Publisher", exact=True).select_option("south-desk")
    page.get_by_label("Which part").select_option("urls")
    page.get_by_label("Which ones").fill(f"{wanted.url}*")
    page.get_by_label("How far").select_option("link")
    page.get_by_label("Mail", exact=True).uncheck()
    page.get_by_label("Their words").fill("Not that one.")
    page.get_by_role("button", name="Show what changes").click()
    assert "1 item in community" in page.locator("section[aria-labelledby=changes]").inner_text()
    page.get_by_role("button", name="Record the refusal").click()
    after = modes(page, house, wanted.id)
    assert after == before | {
        name: "Link only" for name, mode in before.items() if mode == "Full text" and name != "weekly"
    } | {name: after[name] for name in before if before[name] != "Full text"}
    page = go(page, house, "terms/objections")
    assert "“Not that one.”" in page.locator("section[aria-labelledby=inforce]").inner_text()
    page.get_by_role("button", name="Withdraw").click()
    assert "holds no longer" in said(page)
    assert modes(page, house, wanted.id) == before


def test_items_are_sought(console, house):
    """By words of the title, by publisher's name, by mode in a channel, by day; what is asked stays in the form."""
    page = go(console, house, "items")
    page.get_by_label("Title, publisher").fill("LAST boat")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.locator("tbody th a").all_inner_texts() == ["The last boat leaves with or without you"]
    page.get_by_label("Title, publisher").fill("marsh")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.locator("tbody tr").count() == 2
    page = go(page, house, "items?mode=full&channel=print")
    assert set(page.locator("td[data-label=print]").all_inner_texts()) == {"Full text"}
    assert page.get_by_label("Carried as").input_value() == "full"
    page = go(page, house, f"items?until={clock() - timedelta(days=2):%Y-%m-%d}")
    assert page.get_by_text("None of them.").is_visible()
    page = go(page, house, "sources?find=KESTREL")
    assert page.locator("tbody th a").all_inner_texts() == ["Kestrel Field Notes"]


TABLE = """email,confirmed_at,method,wording
abel@old.example,2026-03-04,form,"I want it, weekly."
bertha@old.example,,,
nobody
carmen@reader.example,2026-03-04,form,I want it.
"""


def test_readers_are_brought_in_after_a_look(console, house):
    """What a table would do is shown first; then who consented joins, who did not is asked, and what is wrong is named."""
    page = go(console, house, "readers/import")
    page.get_by_label("Table (CSV").set_input_files(
        {"name": "old.csv", "mimeType": "text/csv", "buffer": b"\xff\xfe"},
    )
    page.get_by_role("button", name="Show what would happen").click()
    assert "UTF-8" in page.get_by_role("alert").inner_text()
    page.get_by_label("Table (CSV").set_input_files(
        {"name": "old.csv", "mimeType": "text/csv", "buffer": TABLE.encode()},
    )
    page.get_by_role("button", name="Show what would happen").click()
    assert page.get_by_role("heading", level=1).inner_text() == "1 reader would join weekly"
    assert "old.csv:4: 'nobody': this is not an email address" in page.locator("main").inner_text()
    with house.app.store.read() as tx:
        assert tx.people.of_address("abel@old.example") == ()
    page.get_by_role("button", name="Bring them in").click()
    assert said(page) == "1 reader added, 1 there before, 1 asked to confirm; 0 left earlier and stay off."
    with house.app.store.read() as tx:
        (abel,), (bertha,) = (tx.people.of_address(f"{name}@old.example") for name in ("abel", "bertha"))
    assert (abel.state, abel.consent.wording, bertha.state) == ("active", "I want it, weekly.", "pending")
    assert "Bring readers in" in go(page, house, "readers/import").locator("h1").inner_text()


def test_who_was_taken_off_by_mistake_comes_back(console, house):
    """A bounce takes a reader off; the list of those not to be written to says so; one press brings them back."""
    with house.app.store.write() as tx:
        reader = tx.people.list("weekly")[0]
        tx.people.dead(reader.id, clock())
    page = go(console, house, "readers/barred")
    page.get_by_label("Is this address on it?").fill(reader.email.upper())
    page.get_by_role("button", name="Look").click()
    assert "It is on the list" in said(page)
    page.get_by_role("link", name="suppressed on weekly").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all that we hold").click()
    assert reader.email in download.value.path().read_text()
    page.get_by_role("button", name="It was a mistake: write again").click()
    assert "may be written to again" in said(page)
    with house.app.store.read() as tx:
        assert tx.people.get(reader.id).state == "active"
        assert tx.ledger.tail(1, subject=str(reader.id))[0].data == {"act": "restore", "by": NAME}


def test_a_breach_has_its_clock_and_is_cured(console, house):
    """What went out against terms stands with the days that are left, on the morning page too, until somebody cures it."""
    one = item(house, "What the river gauge").item.id
    data = {
        "edition": "e-1",
        "channel": "weekly",
        "duty": "O1",
        "carried": "full",
        "because": "the credit is not there",
        "cure_until": (clock() + timedelta(days=12, hours=1)).isoformat(),
    }
    with house.app.store.write() as tx:
        tx.ledger.record("breach", at=clock(), subject=one, data=data)
    assert "One breach is not cured" in go(console, house, "").locator("section[aria-labelledby=broke]").inner_text()
    console.get_by_role("link", name="Look").click()
    row = console.locator("section[aria-labelledby=breaches] li")
    assert "12 days left to cure it" in row.inner_text()
    console.get_by_label("How it was cured").fill("A correction went out.")
    row.get_by_role("button", name="Record").click()
    assert "is cured" in said(console)
    assert "A correction went out." in console.locator("section[aria-labelledby=over]").inner_text()


def test_the_keyboard_sends_a_letter(sight, house):
    """From the list to the sent letter without a mouse: every field and button can be reached, in the order of reading."""
    with sight.page() as page:
        log_in(page, house)
        go(page, house, "terms/requests")

        def reach(name):
            for _ in range(60):
                page.keyboard.press("Tab")
                at = page.evaluate("document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText")
                if at.strip() == name:
                    return
            raise AssertionError(name)

        reach("Publisher")
        page.keyboard.type("Kestrel")
        reach("For")
        page.keyboard.type("community")
        reach("Draft the letter")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Ask Kestrel Field Notes").wait_for()
        reach("To")
        page.keyboard.type("notes@kestrel.example")
        reach("Send it now")
        page.keyboard.press("Enter")
        page.get_by_text("Sent to ").wait_for()
    assert len(house.mail_to("notes@kestrel.example")) == 1
