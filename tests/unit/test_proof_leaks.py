# SPDX-License-Identifier: Apache-2.0
"""What is no text of an item, or may stand by right however it is coded, is no leak; everything else stays one."""

import runpy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.proof.leaks import Watch

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/proof/finished.py")))


def leaks(item_id, string, carried="", **item):
    """The words found in a document, where one item is changed and carries an excerpt by right."""
    entries = [replace(one, item=replace(one.item, **item)) if one.item.id == item_id else one for one in F.ENTRIES]
    return [leak.words for leak in Watch(entries).leaks([string], {item_id: (carried,)})]


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (
            "Eda said kindly,&nbsp;&quotYou are quick, &amp;quot and then:&nbsp; Not",
            'Eda said kindly, "You are quick, " and then: Not',
        ),
        (
            "[[ tide++ == *low ]] <Weir9> echo yes <Rill> Pointers in my shell",
            "[[ tide++ == *low ]] echo yes Pointers in my shell",
        ),
        ("It rose%20by a hand, and then by two, they say", "It rose by a hand, and then by two, they say"),
    ],
    ids=["references", "angle brackets", "percent"],
)
def test_an_excerpt_may_stand_however_it_is_read(told, read):
    """An excerpt that looks like code is met with its codings undone as well; that is still the excerpt."""
    text = f"{told} quick enough.\n\nThere were a number of mornings of late on which she was right."
    html = f"<p>{told}</p>".replace("&", "&amp;")
    for document in (html, told, read):
        assert leaks(F.EXCERPT, document, f"{told} quick enough.", text=text, summary=read) == []
    assert leaks(F.EXCERPT, read, "", text=text, summary=read) != []
    assert leaks(F.EXCERPT, text, f"{told} quick enough.", text=text, summary=read) != []


def test_its_own_dates_are_no_text():
    """A text that holds the item's dates as RSS writes them does not forbid these."""
    when = datetime(2026, 11, 20, 22, 55, 41, tzinfo=UTC)
    text = "Created Fri, 20 Nov 2026 22:55:41 +0000 by the warden of the weir"
    assert leaks(F.LINK, "<pubDate>Fri, 20 Nov 2026 22:55:41 +0000</pubDate>", text=text, published=when) == []
    assert leaks(F.LINK, "<pubDate>Fri, 20 Nov 2026 22:55:41 +0000</pubDate>", text=text) != []
    assert leaks(F.LINK, "2026 22:55:41 +0000 by the warden of the weir", text=text, published=when) != []


LISTING = """
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<body class="wide">
<p title="What the lock keeper wrote into the book that night">Nobody has asked to see it since then.</p>
"""


def test_the_names_of_markup_are_no_text():
    """A text that shows how a page begins does not forbid pages to begin; what such a listing says is text."""
    page = "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
    page += "<meta name='viewport' content='width=device-width, initial-scale=1'><body class='x'><p>"
    assert leaks(F.LINK, page, text=f"Every page begins like this: {LISTING}") == []
    for said in ("What the lock keeper wrote into the book", "Nobody has asked to see it since then."):
        assert leaks(F.LINK, f"<p>{said}</p>", text=f"Every page begins like this: {LISTING}") != []


def test_addresses_are_no_text():
    """A link shown as text, to another item perhaps, does not forbid that link; the words around it are text."""
    text = (
        'Undoes <a href="https://weir.example/changes/159586710/the-old-name-of-the-weir">it</a>, as the map says so.'
    )
    link = '<a href="https://weir.example/changes/159586710/the-old-name-of-the-weir">weir.example</a>'
    assert leaks(F.LINK, link, text=text) == []
    assert leaks(F.LINK, "of-the-weir'>it</a>, as the map says so", text=text) != []
    assert (
        leaks(
            F.LINK, "the old name of the weir, which nobody knew", text="The old name of the weir, which nobody knew."
        )
        != []
    )
