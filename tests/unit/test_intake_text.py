# SPDX-License-Identifier: Apache-2.0
"""Plain text, names, URLs and language tags."""

import pytest

from syndicate.intake.own import Own
from syndicate.intake.text import joined, language_tag, legal, one_line, person_name, untracked, uri_text, web_url


def test_no_control_character_survives():
    """Control characters, surrogates and odd line separators never reach an item."""
    assert legal("a\x00b\x0b\ud800\ufffec\x9fd\u2028e\x85f\n") == "abcd e f\n"
    assert one_line(" a\r\nBcc: x\t b\u2029c ") == "a Bcc: x b c"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("jane@mail.example (Jane Doe)", "Jane Doe"),
        ("Jane Doe <jane@mail.example>", "Jane Doe"),
        ("jane@mail.example", ""),
        ("Jane Doe", "Jane Doe"),
        ("Jane (South Desk)", "Jane (South Desk)"),
        ("mailto:jane@mail.example", ""),
        ("Jane ()", "Jane"),
        ("<b>Jane</b> <a href='x'>Doe</a>", "Jane Doe"),
        ("<Anonymous>", "Anonymous"),
    ],
)
def test_names_lose_their_addresses(given, name):
    """A mail address is never published, in whatever form it comes."""
    assert person_name(given) == name


@pytest.mark.parametrize(
    ("url", "base", "absolute"),
    [
        ("/a b", "https://own.example/x/", "https://own.example/a%20b"),
        ("//cdn.example/x", "https://own.example/", "https://cdn.example/x"),
        ("java\nscript:alert(1)", "https://own.example/", ""),
        ("data:text/html,x", "", ""),
        ("file:///etc/passwd", "", ""),
        ("", "https://own.example/", ""),
        ("https://[broken", "", ""),
        ("https:///nohost", "", ""),
        ("relative", "", ""),
        (
            'https://own.example/{a}|b?c=<d>&e="f^g`\u00a0h',
            "",
            "https://own.example/%7Ba%7D%7Cb?c=%3Cd%3E&e=%22f%5Eg%60%C2%A0h",
        ),
        ("https://evil.example\\@own.example/ü", "", "https://evil.example%5C@own.example/ü"),
    ],
)
def test_only_web_addresses_survive(url, base, absolute):
    """URLs are absolute http or https with a host, or nothing."""
    assert web_url(url, base) == absolute


def test_references_are_written_in_the_characters_of_a_uri():
    """What HTML lets stand in an address is encoded: blanks, brackets, quotes; line ends and blanks around it go."""
    assert uri_text(" mailto:a@own.example?subject=A b\n ") == "mailto:a@own.example?subject=A%20b"
    assert uri_text("https://own.example/apply/<br />\n") == "https://own.example/apply/%3Cbr%20/%3E"
    assert uri_text("/relative?x=%20[1]#y") == "/relative?x=%20[1]#y"


def test_language_tags():
    """Tags keep their form; prose is no tag."""
    assert language_tag("en_US") == "en-US"
    assert language_tag("zh-Hant-TW") == "zh-Hant-TW"
    assert language_tag("English (US)") == ""


@pytest.mark.parametrize(
    ("own", "url", "expected"),
    [
        (Own("https://host.example/s/1/", ""), "https://host.example/s/1/a/2", True),
        (Own("https://host.example/s/1/", "", "https://host.example/s/1/a/9"), "https://host.example/s/2/a/2", False),
        (Own("https://host.example/s/1", ""), "https://host.example/s/12", False),
        (Own("https://www.own.example/", ""), "http://own.example/x", True),
        (Own("https://own.example/blog/index.html", ""), "https://own.example/blog/x", True),
        (Own("https://own.example/news", "", "https://own.example/2026/1"), "https://own.example/2026/2", True),
        (Own("https://own.example/", "", "https://news.own.example/1"), "https://news.own.example/2", True),
        (Own("", "https://own.example/feed"), "https://own.example/x", True),
        (Own("", "https://own.example/feed"), "https://own.example/feed", True),
        (Own("", "https://own.example/feed"), "https://[broken", False),
        (Own("https://own.example/", ""), "https://other.example/", False),
    ],
)
def test_own_pages(own, url, expected):
    """Own is what lies under the home; an item that lies elsewhere makes its host own too."""
    assert own.is_own(url) is expected


@pytest.mark.parametrize(
    ("url", "without"),
    [
        ("https://a.example/x?utm_source=rss&UTM_Medium=feed", "https://a.example/x"),
        ("https://a.example/x?b=1&fbclid=2&a=3#top?utm_source=x", "https://a.example/x?b=1&a=3#top?utm_source=x"),
        ("https://a.example/x?mc_eid=1#top", "https://a.example/x#top"),
        ("https://a.example/?q=utm_source&&a", "https://a.example/?q=utm_source&&a"),
        ("", ""),
    ],
)
def test_what_tracks_readers_is_no_part_of_an_address(url, without):
    """Campaign parameters go; all else stays as it is and where it is."""
    assert untracked(url) == without


def test_a_malformed_reference_leads_nowhere():
    """What no address can be made of is left out instead of stopping the document."""
    assert joined("https://own.example/", "https://[x/") == ""
    assert joined("https://own.example/a/", "b") == "https://own.example/a/b"
