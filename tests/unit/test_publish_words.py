# SPDX-License-Identifier: Apache-2.0
"""Words, dates and addresses as readers see them."""

from datetime import UTC, datetime

import pytest

from syndicate.model import Category, Person
from syndicate.publish import words
from syndicate.publish.clean import clean

WHEN = datetime(2026, 11, 3, tzinfo=UTC)


def test_dates_are_english_and_plain():
    """A date names its day, month and year, and its weekday where asked."""
    assert words.day(WHEN) == "3 November 2026"
    assert words.day(WHEN, year=False) == "3 November"
    assert words.weekday(WHEN) == "Tuesday 3 November 2026"


def test_numbers_are_words_up_to_twelve():
    """Small numbers are spelled, large ones grouped, and one thing is singular."""
    assert [words.figure(n) for n in (0, 12, 13, 1284)] == ["no", "twelve", "13", "1,284"]
    assert words.counted(1, "story", "stories") == "one story"
    assert words.counted(2, "story", "stories") == "two stories"


@pytest.mark.parametrize(("names", "said"), [("A", "A"), ("AB", "A and B"), ("ABC", "A, B and C")])
def test_names_are_listed(names, said):
    """Names are joined as in a sentence."""
    assert words.listed(list(names)) == said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://south.example/the-ferry?page=1", "south.example/the-ferry?page=1"),
        ("http://south.example/", "south.example"),
        ("https://south.example/a/", "south.example/a/"),
        ("mailto:a@south.example", "a@south.example"),
    ],
)
def test_addresses_are_shown_whole(url, shown):
    """An address loses its scheme and a lone slash, nothing else."""
    assert words.address(url) == shown


def test_contacts_become_links():
    """A mail address is linked by mailto, a web address by itself."""
    assert words.href("a@south.example") == "mailto:a@south.example"
    assert words.href("https://south.example/ask") == "https://south.example/ask"


@pytest.mark.parametrize(
    ("text", "said"), [("", ""), (" a ", "a."), ("a.", "a."), ("a?", "a?"), ("“a.”", "“a.”"), ("a (b)", "a (b).")]
)
def test_sentences_end_once(text, said):
    """A closing mark is added where there is none."""
    assert words.sentence(text) == said


def test_lines_are_wrapped_and_addresses_are_not():
    """Lines keep to 72 columns, paragraphs stay apart, an address is never broken."""
    url = "https://south.example/" + "a-b" * 40
    wrapped = words.wrap(f"{'word ' * 40}\n\nsee {url}")
    assert url in wrapped.split("\n")
    assert all(len(line) <= 72 for line in wrapped.split("\n") if line != url)
    assert wrapped.count("\n\n") == 1


def test_rows_have_their_label_in_the_margin():
    """A row starts with its label and goes on below its own first word."""
    first, second = words.row("word " * 20, "Copyright").split("\n")
    assert first.startswith("Copyright      word")
    assert second.startswith(" " * 15 + "word")


def test_words_can_keep_together():
    """Non-breaking spaces hold a date and a copyright sign together."""
    assert words.nbsp("3 May") == "3\u00a0May"
    assert words.keep("© 2026 South Desk") == "©\u00a02026 South Desk"


def test_clean_reaches_every_string():
    """Control characters, surrogates and noncharacters leave strings, tuples and dataclasses; the rest is untouched."""
    dirty = (Person("I\x0bnes\ud800\ufffe", "u"), "a\x1ab\tc\n", 7, None, Person)
    assert clean(dirty) == (Person("Ines", "u"), "ab\tc\n", 7, None, Person)
    category = Category("river")
    assert clean(category) is category
