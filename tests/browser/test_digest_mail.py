# SPDX-License-Identifier: Apache-2.0
"""The digest as mail programs draw it: caniemail's data, Chromium in three dresses, axe-core, forced inversion."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from lxml import html as reader

from tests.cases.publish.contrast import contrast
from tests.cases.publish.rich import rich

pytestmark = pytest.mark.client
LINT = Path(__file__).with_name("mail_lint.mjs")
# Thunderbird, GMX and others are left out: the data say nothing of some properties there, and the linter stops.
CLIENTS = (
    *("gmail.*", "apple-mail.*", "outlook.*", "yahoo.*", "aol.*"),
    *("samsung-email.*", "protonmail.*", "fastmail.*", "hey.*"),
)

WITHOUT = {
    "<bdi> element": "it only isolates names written from right to left; its text is shown",
    "<body> element": "it becomes a div; the colours stand on tables too",
    "color-scheme meta tag": "these programs darken a mail, or do not, as they please",
    "display:none": "the preview line is seen once more above the mail, in the webmail of old phones",
    "lang attribute": "the language of a foreign story is not announced",
    "max-height property": "second means to hide the preview line",
    "overflow": "third means to hide the preview line",
    "overflow-wrap": "word-break stands beside it",
    "word-break": "overflow-wrap stands beside it",
    "white-space": "a label or a name breaks over two lines",
    "role attribute": "tables are announced as tables",
    "system-ui, ui-serif, ui-sans-serif, ui-rounded, ui-monospace": "Segoe UI and Arial follow in the list",
    "width attribute": "the width stands in the style too",
}
"""What some of these programs do not take of the mail without its style sheet, and why it holds all the same."""

ONLY_DRESS = {
    *("<style> element", "@media", "color-scheme CSS property", "height property"),
    *("Attribute selector", "Class selector", "Type selector", "Descendant combinator", ":first-child", ":last-child"),
}
"""What the style sheet for dark and phones needs besides. Where it is missing the mail is drawn wide and light."""


@pytest.fixture(scope="module", name="parts")
def _parts():
    return rich()


@pytest.fixture(name="file")
def _file(parts, tmp_path):
    file = tmp_path / "digest.html"
    file.write_text(parts[0], encoding="utf-8")
    return file


def errors(node, file):
    """What no version of one of the programs takes."""
    told = subprocess.run([node, LINT, file, *CLIENTS], capture_output=True, text=True, timeout=120, check=True)
    return {one["title"] for one in json.loads(told.stdout) if one["kind"] == "error"}


def test_mail_programs_lose_nothing_that_matters(node, file, parts):
    """By caniemail's data the mail without its style sheet asks for nothing that a program lacks, but for what is argued."""
    file.write_text(re.sub(r"<style\b.*?</style>", "", parts[0], flags=re.DOTALL), encoding="utf-8")
    assert errors(node, file) == set(WITHOUT)


def test_the_style_sheet_is_only_dress(node, file):
    """The style sheet for dark and phones adds only what may be missing."""
    assert errors(node, file) - set(WITHOUT) == ONLY_DRESS


def test_borders_and_padding_stand_on_cells(parts):
    """Outlook on Windows takes them nowhere else; a quotation in a publisher's text may lose its indent there."""
    for element in reader.fromstring(parts[0]).iter("div", "p", "h1", "h2", "h3", "span", "a"):
        assert not re.search(r"(?:^|;)\s*(?:border|padding)", element.get("style", "")), element.get("class")


def test_no_address_of_a_picture_or_font(parts):
    """Nothing is fetched, and no style attribute is lost for an address in it."""
    assert "url(" not in parts[0]
    assert "<img" not in parts[0]


@pytest.mark.parametrize("width", [600, 360, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(sight, file, width, scheme):
    """WCAG 2.2 AA: no violation wide or narrow, light or dark, and nothing to scroll sideways."""
    with sight.page(width, scheme) as page:
        page.goto(file.as_uri())
        assert sight.faults(page) == []
        assert not sight.overflows(page)


def test_inverted_it_stays_readable(parts):
    """Some programs invert the light mail by force: each colour of text still stands out from the inverted ground."""
    bare = re.sub(r"<style\b.*?</style>", "", parts[0], flags=re.DOTALL)
    grounds = set(re.findall(r"background-color:\s*(#\w+)", bare))
    colours = set(re.findall(r"(?<![-\w])color:\s*(#\w+)", bare))
    assert grounds == {"#fcfbf9"}, "one opaque ground, neither pure white nor a fill that text depends on"
    assert len(colours) >= 3
    for colour in colours:
        assert contrast(inverted(colour), inverted("#fcfbf9")) >= 4.5, colour


def inverted(colour):
    """The colour that forced inversion makes of one."""
    return "#" + "".join(f"{255 - int(colour[i : i + 2], 16):02x}" for i in (1, 3, 5))


def test_the_text_part_is_of_equal_worth(parts):
    """Every story, mode, credit line, address and correction of the HTML part stands in the text part, in that order."""
    page, text, entries = parts
    seen = reader.fromstring(page)
    flat, at = " ".join(text.split()), 0
    for story in seen.xpath("//*[@data-item]"):
        for wanted in (story.findtext(".//h3"), *story.xpath(".//td[contains(@class, 'mode')]/text()")):
            assert " ".join(wanted.split()) in flat[at:]
        at = flat.index(" ".join(story.findtext(".//h3").split()), at)
        for link in story.xpath(".//a[starts-with(@href, 'http')]/@href"):
            assert link in text
    assert len(seen.xpath("//*[@data-item]")) == len(entries) == 6
    assert [entry.decision.mode.name for entry in entries] == ["FULL", "FULL", "EXCERPT", "LINK", "LINK", "LINK"]
    for line in ("has been changed by its publisher", "was taken back by its publisher", "Read on the web"):
        assert line in flat
    assert max(map(len, (line for line in text.splitlines() if "http" not in line))) <= 72
