# SPDX-License-Identifier: Apache-2.0
"""How names, lines, addresses and runs of words are compared."""

import pytest

from syndicate.proof.colour import Colour, read_colour, too_alike
from syndicate.proof.original import longest_run
from syndicate.proof.words import (
    bare_urls,
    copyright_form,
    find_whole,
    fold,
    is_web,
    length,
    licence_form,
    tokens,
    undecorate,
    unwrap,
    url_form,
)


@pytest.mark.parametrize(
    ("needle", "hay", "end"),
    [
        ("Ann", "Annabel Ann", 11),
        ("Ann", "Joann", -1),
        ("Ann", "Ann2 Annie", -1),
        ("© Ann", "x© Ann", 6),
        ("文", "中文字", 2),
        ("", "x", 0),
        ("x", "", -1),
    ],
)
def test_names_are_found_whole(needle, hay, end):
    """A name inside a longer word is another name; scripts without blanks have no such edges."""
    assert find_whole(needle, hay) == end


def test_folding():
    """NFC and white space, nothing else; overrides that turn the letters around are no blanks."""
    assert fold(" A\u030a\n\u00a0b\u200bc ") == "Å bc"
    assert fold("a\u202eb") == "a\u202eb"
    assert unwrap("lock-\nkeeper - 水\n門") == "lock-keeper - 水門"
    assert undecorate("* one [12]\n> two") == "one two"
    assert copyright_form("Copyright: (C) 2026") == copyright_form("©2026") == "© 2026"


def test_words():
    """No case, no punctuation; a character each in scripts without blanks."""
    assert tokens("“Don’t” STOP") == ["don", "t", "stop"]
    assert tokens("plain-text") == ["plain", "text"]
    assert tokens("水門a") == ["水", "門", "a"]
    assert length("two words 水門") == 4


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("HTTPS://South.Example:443", "https://south.example/", True),
        ("http://a.example:80/x", "http://a.example/x", True),
        ("http://a.example:8080/x", "http://a.example/x", False),
        ("https://Me@a.example/x", "https://me@a.example/x", False),
        ("https://a.example?x", "https://a.example/?x", True),
        ("https://a.example/X", "https://a.example/x", False),
        ("mailto:x", " mailto:x ", True),
    ],
)
def test_addresses(one, two, same):
    """Scheme and host are normalised, path and query count to the letter."""
    assert (url_form(one) == url_form(two)) is same


def test_kinds_of_addresses():
    """Only http and https lead to a page; a licence's address is known by any of its forms."""
    assert is_web("HTTP://a.example")
    assert not is_web("mailto:a@b.example")
    forms = {
        licence_form(url)
        for url in (
            "http://www.CreativeCommons.org/licenses/by/4.0/deed.de",
            "https://creativecommons.org/licenses/by/4.0",
        )
    }
    assert len(forms) == 1
    assert licence_form("https://a.example/by/?x") != licence_form("https://a.example/by/")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example/b.", True),
        ("<https://a.example/b>, x", True),
        ("(https://a.example/b).", True),
        ("https://a.example/b/c", False),
        ("https://a.example/b?c", False),
        ("https://r.example/?u=https://a.example/b", False),
        ("https://a.example/\nb", False),
    ],
)
def test_bare_addresses(text, found):
    """An address stands whole, with whatever punctuation closes after it."""
    assert (url_form("https://a.example/b") in bare_urls(text)) is found
    assert url_form("https://a.example/b_(c)") in bare_urls("(https://a.example/b_(c))")


def test_longest_run():
    """The longest run of words of a text in another; less than four words are none."""
    assert longest_run("x a b c d e y", "z a b c d e f") == "a b c d e"
    assert longest_run("a b c", "a b c") == ""
    assert longest_run("a b c d x a b c d e", "a b c d e") == "a b c d e"


def test_colours():
    """Colours that cannot be told apart, words that name no colour."""
    assert read_colour("nonsense") is None
    assert read_colour("currentcolor") is None
    assert read_colour("lab(50% 40 59)") == Colour(0.5, 0.5, 0.5), "of a space of its own the lightness is read"
    assert read_colour("canvas") == Colour(1, 1, 1)
    assert too_alike(Colour(1, 1, 1), Colour(0.99, 0.99, 0.99))
    assert not too_alike(Colour(0, 0, 0), Colour(1, 1, 1))
    assert too_alike(Colour(0, 0, 0, 0.1), Colour(1, 1, 1))
