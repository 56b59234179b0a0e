# SPDX-License-Identifier: Apache-2.0
"""Lists of feeds: what others export is read, what we write comes back."""

import pytest

from syndicate.errors import ParseError
from syndicate.intake import opml
from syndicate.intake.opml import Outline

OTHERS = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- exported --><opml version="1.1"><head><title>Mine</title></head><body>
<outline text="River"><outline text="South &amp; Sea" title="South  Desk" type="rss" xmlUrl=" https://south.example/f "
  htmlUrl="https://south.example/"/><outline text="North" XMLURL="https://north.example/feed"/></outline>
<outline text="Notes"/><outline text="bad" xmlUrl="file:///etc/passwd"/></body></opml>"""


def test_a_list_of_another_program():
    """Feeds at any depth, in order, names of attributes in any case; what is no web address is named."""
    south, north, bad = opml.read(OTHERS)
    assert (south.url, south.title, south.home) == ("https://south.example/f", "South Desk", "https://south.example/")
    assert (north.url, north.title, north.home, north.every) == ("https://north.example/feed", "North", "", 0)
    assert (bad.url, bad.said) == ("", "file:///etc/passwd")


def test_the_round_trip():
    """What is written is read again, ids and rhythm included; what is empty is left out."""
    rows = [
        Outline("https://a.example/f?x=1&y=2", "A <b>", "https://a.example/", "a", "pub", "A & Sons", 900),
        Outline("https://b.example/"),
    ]
    document = opml.write("Riverside “Bulletin”", rows)
    first, second = opml.read(document)
    assert first == Outline(**{**{name: getattr(rows[0], name) for name in Outline.__slots__}, "said": first.said})
    assert (second.url, second.title, second.every) == ("https://b.example/", "https://b.example/", 0)
    assert b"every" not in document.partition(b"b.example")[2]


@pytest.mark.parametrize(
    ("document", "said"),
    [(b"not XML", "no XML"), (b"<rss/>", "no OPML"), (b'<!DOCTYPE o [<!ENTITY a "x">]><opml>&a', "no XML")],
)
def test_what_is_no_list(document, said):
    """The error says what is wrong and what to do."""
    with pytest.raises(ParseError, match=said) as caught:
        opml.read(document)
    assert caught.value.remedy


def test_entities_are_not_resolved():
    """A file of this machine cannot be read by way of a list."""
    document = (
        b'<!DOCTYPE opml [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
        b'<opml><body><outline text="x" xmlUrl="https://a.example/"><title>&secret;</title></outline></body></opml>'
    )
    assert [one.title for one in opml.read(document)] == ["x"]


def test_an_odd_rhythm():
    """A rhythm that is no number of seconds is none."""
    document = opml.write("x", [Outline("https://a.example/", every=5)]).replace(b'every="5"', b'every="-5"')
    assert opml.read(document)[0].every == 0
