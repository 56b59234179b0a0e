# SPDX-License-Identifier: Apache-2.0
"""Texts in the plain part: no line of theirs passes for the title of another story."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.publish.plain import letters, unmistakable
from syndicate.publish.words import wrap

BOOK = "The little book of tides"


def lines(paragraph, *titles):
    """The lines of one paragraph as they are printed in a mail with these titles."""
    return wrap("\n\n".join(unmistakable((paragraph,), {letters(title) for title in titles}))).split("\n")


@pytest.mark.parametrize(
    "paragraph",
    [
        "Today I am glad to release what has kept me busy for the last months: the little book of tides!",
        "The little book of tides Chesapeake-Susquehanna-Rappahannock-Potomac-Patuxent-Choptank is out.",
        "Today I am glad to release what has kept me busy for the last months: 2. The little book of tides!",
        f"Today I am glad to release what has kept me busy for the last months on: {BOOK} https://tides.example/a/long/address/that/takes/a/line/of/its/own/and/then/some is out.",
    ],
    ids=["end", "start", "numbered", "between"],
)
def test_a_line_that_would_be_a_title_breaks_elsewhere(paragraph):
    """Where wrapping sets a title of the mail on a line of its own, the line end moves and every word stays."""
    assert any(BOOK.lower() in line.lower() and len(line) < 30 for line in wrap(paragraph).split("\n"))
    told = lines(paragraph, BOOK)
    assert not {letters(line) for line in told} & {letters(BOOK), "2" + letters(BOOK)}
    assert " ".join(told).split() == paragraph.split()


def test_a_title_over_several_lines_is_found():
    """A long title that wrapping would set on two whole lines is seen as well."""
    title = "A title so long that in the plain part of the digest it takes two lines, not one"
    paragraph = f"{'Word ' * 13}words: {title}"
    first = wrap(paragraph).split("\n")[1:]
    assert letters(" ".join(first)) == letters(title)
    assert letters(" ".join(lines(paragraph, title)[1:])) != letters(title)


def test_what_is_no_title_is_left_alone():
    """A paragraph without a title on its lines, or that is nothing but one, comes out as it was."""
    for paragraph in ("Nothing here.", BOOK, f"{BOOK} is out."):
        assert unmistakable((paragraph,), {letters(BOOK)}) == (paragraph,)


def test_a_paragraph_that_is_a_title_runs_on():
    """A title as a paragraph of its own is put behind the one before; what follows a first one is put behind it."""
    titles = {letters(BOOK)}
    assert unmistakable(("One.", f"{BOOK}!", "Two."), titles) == (f"One. {BOOK}!", "Two.")
    assert unmistakable((BOOK, "Two.", "Three."), titles) == (f"{BOOK} Two.", "Three.")


@given(st.lists(st.sampled_from(["a", "bb", "ccc-d", "1", "e" * 70, "."]), min_size=1, max_size=60))
def test_no_word_is_lost(words):
    """Whatever is tied together, the words and their order stay, and it comes to an end."""
    titles = {"a", "abb", "bba", "cccd", "1a"}
    assert " ".join(unmistakable((" ".join(words),), titles)).split() == words
