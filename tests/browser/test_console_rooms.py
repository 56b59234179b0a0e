# SPDX-License-Identifier: Apache-2.0
"""An operator in the rooms: what came and why it goes where it goes, terms to read, sources, readers, the record."""

from __future__ import annotations

import re

import pytest

from syndicate.pipeline import asking
from tests.browser.house import NAME, log_in

pytestmark = pytest.mark.client


def go(page, house, path):
    """To a room."""
    page.goto(f"{house.url}/admin/{path}")
    return page


def item(house, title):
    """The stored item with a title that begins so."""
    with house.app.store.read() as tx:
        return next(one for one in tx.items.newest(100) if one.item.title.startswith(title))


def test_today_says_what_came_went_waits_and_broke(console, house):
    """The figures of the morning page are those of the database, and its rows lead to the rooms."""
    page = go(console, house, "")
    with house.app.store.read() as tx:
        held, waiting = tx.items.newest(100), tx.suggestions.all()
    assert page.locator(".number b").first.inner_text() == str(len(held))
    assert "One thing waits for you" in page.locator(".opening").inner_text()
    page.get_by_role("link", name=re.compile("Review")).click()
    assert page.url.endswith(f"/terms/{waiting[0].id}")
    go(page, house, "")
    page.get_by_text("As tables").click()
    assert page.get_by_role("table", name="Items by mode").is_visible()


def test_why_an_item_goes_where_it_goes(console, house):
    """Each channel's mode stands beside its reason, each reason beside the quoted words, each duty beside its proof."""
    go(console, house, "items").get_by_role("link", name="The last boat leaves with or without you").click()
    stops = console.locator(".chain b").all_inner_texts()
    assert stops == ["South Desk", "Harbour Review", "Riverside Bulletin"]
    row = console.get_by_role("row", name=re.compile("^community"))
    assert "Full text" in row.inner_text()
    letter = row.locator("sup a").first
    quote = console.locator(letter.get_attribute("href"))
    assert "Permission is granted to cross-post" in quote.locator("mark").inner_text()
    assert console.locator(".tick").count() > 10
    console.get_by_role("link", name="print", exact=True).click()
    assert "Withheld" in console.locator(".outcome").inner_text()
    assert console.get_by_text("carries nothing of it").is_visible()


def test_items_are_found(console, house):
    """By source, by id and by address; what is not there is said to be not there."""
    page = go(console, house, "items?source=marsh-and-mill")
    assert page.locator("tbody tr").count() == 2
    wanted = item(house, "The harbour clock")
    page.get_by_label("Title, publisher, id or address").fill(wanted.item.url)
    page.get_by_label("Source").select_option("")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.locator("tbody th a").all_inner_texts() == [wanted.item.title]
    assert "No item" in go(page, house, "items?find=i-0").locator(".opening").inner_text()
    assert "Nothing stands here" in go(page, house, "items/i-0").locator("h1").inner_text()


def test_a_notice_is_read_narrowed_and_confirmed(console, house):
    """The words beside the suggestion; a lower mode says what it changes; what is confirmed is on record, by whom."""
    page = go(console, house, "terms")
    page.get_by_role("link", name="Review Lindenfeld Courier").click()
    assert "CC BY 4.0" in page.locator("mark").inner_text()
    page.get_by_label("Web, for profit").select_option("link")
    page.get_by_role("button", name="Narrow: show what changes").click()
    assert "If you confirm" in page.locator(".decides").inner_text()
    assert page.get_by_label("Web, for profit").input_value() == "link"
    assert ("XW=link" in page.url, "csrf" in page.url) == (True, False)
    page.get_by_role("button", name="Confirm as shown").click()
    assert f"confirmed by {NAME}" in page.get_by_role("status").first.inner_text()
    with house.app.store.read() as tx:
        assert [one for one in tx.suggestions.all() if one.publisher_id == "lindenfeld-courier"] == []
        (stated,) = tx.terms.all("lindenfeld-courier")
    assert stated.by == NAME
    assert stated.record.confirmed_by == NAME
    page.get_by_role("button", name="Withdraw").first.click()
    assert "holds no longer" in page.get_by_role("status").first.inner_text()


def test_an_objection_withholds_at_once(console, house):
    """What a publisher refuses is withheld in every channel; a story that we do not have is told, and nothing recorded."""
    wanted = item(house, "A wheel turns")
    page = go(console, house, "terms/objections")
    page.get_by_label("Publisher").select_option("marsh-and-mill")
    page.get_by_label("Id or address of one story").fill("https://nowhere.example/story")
    page.get_by_role("button", name="Withhold it").click()
    assert "no item has this id" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Id or address of one story").input_value() == "https://nowhere.example/story"
    page.get_by_label("Id or address of one story").fill(wanted.item.url)
    page.get_by_label("Their words").fill("Take it down.")
    page.get_by_role("button", name="Withhold it").click()
    assert "is withheld from now on" in page.get_by_role("status").first.inner_text()
    go(page, house, f"items/{wanted.item.id}")
    assert set(page.locator("tbody").first.locator(".badge").all_inner_texts()) == {"Withheld"}


def test_a_source_is_paused_and_asked_again(console, house):
    """Pause, resume and poll now do what the commands do."""
    page = go(console, house, "sources")
    assert page.get_by_role("row").count() >= 8
    page.get_by_role("link", name="Kestrel Field Notes").click()
    page.get_by_role("button", name="Pause").click()
    assert "Paused since" in page.locator(".opening").inner_text()
    page.get_by_role("button", name="Poll it again").click()
    with house.app.store.read() as tx:
        (state,) = tx.sources.get(["kestrel-field-notes"])
    assert state.paused_at is None
    go(page, house, "sources/south-desk").get_by_role("button", name="Poll now").click()
    with house.app.store.read() as tx:
        (state,) = tx.sources.get(["south-desk"])
    assert state.polls > 1 or state.next_why == f"asked for by {NAME}"


def test_from_a_pasted_address_to_a_source(console, house):
    """A site's address leads to its feed, its terms and what would be carried; then it is added and polled."""
    page = go(console, house, "sources")
    page.get_by_label("Site or feed address").fill(f"127.0.0.1:{house.world.port}/nowhere")
    page.get_by_role("button", name="Look").click()
    assert page.get_by_role("alert").is_visible()
    with house.publisher() as site:
        page.get_by_label("Site or feed address").fill(f"{site}/")
        page.get_by_role("button", name="Look").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Tarn Review"
        assert "may republish our articles" in " ".join(page.locator("mark").all_inner_texts())
        assert "1 link only" in page.get_by_role("row", name=re.compile("^community")).inner_text()
        page.get_by_role("button", name="Add Tarn Review").click()
        page.get_by_role("heading", name="Tarn Review").wait_for()
        with house.app.store.read() as tx:
            (added,) = [one for one in tx.sources.all() if one.url.startswith(site)]
            assert "added" in [line.data.get("what") for line in tx.ledger.tail(5, subject=added.source_id)]


def test_a_reader_leaves_and_is_forgotten(console, house):
    """The consent is shown with its wording; who is taken off stays off; who is forgotten leaves a fingerprint."""
    page = go(console, house, "readers")
    page.get_by_role("link", name="carmen@reader.example").click()
    assert "for information and education" in page.locator(".pairs").first.inner_text()
    page.get_by_role("button", name="Take off this list").click()
    assert "Unsubscribed on weekly" in page.locator(".opening").inner_text()
    page.get_by_role("button", name="Forget this person on all lists").click()
    page.get_by_role("heading", name="2 readers").wait_for()
    with house.app.store.read() as tx:
        assert tx.people.of_address("carmen@reader.example") == ()
        assert tx.people.suppressions()


def test_the_record_and_the_settings(console, house):
    """Lines of one kind alone; each setting with the line of the file that made it."""
    page = go(console, house, "ledger?kind=proof")
    kinds = page.locator("tbody td[data-label=Kind]").all_inner_texts()
    assert kinds
    assert set(kinds) == {"proof"}
    page = go(page, house, "settings")
    row = page.get_by_role("row", name=re.compile("site.contact"))
    assert "editor@bulletin.example" in row.inner_text()
    assert re.search(r"config\.yaml, line \d+", row.inner_text())


def asked(house):
    """The requests for permissions that were made."""
    with house.app.store.read() as tx:
        return asking.requests(tx)


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (768, "light"), (360, "dark"), (320, "light")]
)
def test_axe_finds_nothing(sight, house, width, scheme):
    """WCAG 2.2 AA in every room, and nothing to scroll sideways."""
    story = item(house, "The last boat").item.id
    if not asked(house):
        letter = asking.draft(house.app.composing, "south-desk", house.app.channel("print"))
        asking.note(house.app.composing, letter, NAME, how="by hand")
    with house.app.store.read() as tx:
        reader = tx.people.list("weekly")[0].id
        request = asking.requests(tx)[0].number
    rooms = ["", "items", f"items/{story}", "sources", "sources/vale-county-record", "sources/new", "terms", "terms/1"]
    rooms += ["terms/requests", f"terms/requests/{request}", "terms/requests/new?publisher=south-desk&channel=print"]
    rooms += ["terms/new", "terms/new?kind=objection&looked=yes&publisher=south-desk&mode=link&web=yes&community=yes"]
    rooms += ["terms/objections", "readers/returns", "readers/barred", "readers/import", "terms/requests/new"]
    with sight.page(width, scheme) as page:
        log_in(page, house)
        for path in (*rooms, "readers", f"readers/{reader}", "ledger", "settings", "nowhere"):
            go(page, house, path)
            assert sight.faults(page) == [], path
            assert not sight.overflows(page), path


def test_the_keyboard_suffices(console, house):
    """From the top of a page the first stop skips to the text, and every stop can be seen."""
    page = go(console, house, "sources")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(30):
        page.keyboard.press("Tab")
        drawn = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert drawn == "solid", page.evaluate("document.activeElement.outerHTML")
