# SPDX-License-Identifier: Apache-2.0
"""Cutting a document into its entries by byte span."""

import pytest

from syndicate.intake.spans import cut


def entries(document):
    """The entries that are cut out of a document."""
    spans = cut(document.encode())
    return [piece.decode() for piece in spans.slices] if spans else None


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ("<rss><item>a</item> <item >b</item\n></rss>", ["<item>a</item>", "<item >b</item\n>"]),
        ("<feed><entry a='>'>a</entry></feed>", ["<entry a='>'>a</entry>"]),
        ("<a:feed><a:entry>é</a:entry></a:feed>", ["<a:entry>é</a:entry>"]),
        ("<rss><items/><item/><item a='1'/><item>b</item></rss>", ["<item/>", "<item a='1'/>", "<item>b</item>"]),
        ("<rss><itemize></itemize></rss>", None),
        ("<rss><item><![CDATA[</item><item>]]></item></rss>", ["<item><![CDATA[</item><item>]]></item>"]),
        ("<rss><!-- <item> --><?x <item> ?><item>a<!-- </item> --></item></rss>", ["<item>a<!-- </item> --></item>"]),
        ("<!DOCTYPE rss><rss><![CDATA[<item>]]><item>a</item></rss>", ["<item>a</item>"]),
        ("<feed><entry><item>a</item></entry></feed>", ["<entry><item>a</item></entry>"]),
        ("<rss><item><item>a</item></item></rss>", None),
        ("<rss><item>a</item></item></rss>", None),
        ("<rss><item>a", None),
        ("<rss><item>a</item", None),
        ("<rss><item>a</item><item b='", None),
        ("<rss><item>a</item><![CDATA[", None),
        ("<rss><!-- <item>", None),
        ("no markup", None),
        ("", None),
    ],
)
def test_entries_are_found_where_a_parser_would_find_them(document, found):
    """Quoted, commented and escaped tags are passed over; what is nested, cut short or absent cuts nothing."""
    assert entries(document) == found


@pytest.mark.parametrize(
    ("left_out", "rest"),
    [
        ((), "<rss>1<item>a</item> <item>b</item><item>c</item>2<item>d</item>3</rss>"),
        ((0,), "<rss>1<?e?> <item>b</item><item>c</item>2<item>d</item>3</rss>"),
        ((0, 1), "<rss>1<?e?><item>c</item>2<item>d</item>3</rss>"),
        ((1, 2, 3), "<rss>1<item>a</item> <?e?>2<?e?>3</rss>"),
        ((0, 1, 2, 3), "<rss>1<?e?>2<?e?>3</rss>"),
        ((0, 2), "<rss>1<?e?> <item>b</item><?e?>2<item>d</item>3</rss>"),
    ],
)
def test_entries_can_be_left_out(left_out, rest):
    """One mark stands for neighbours that are left out; everything between other entries stays."""
    spans = cut(b"<rss>1<item>a</item> <item>b</item><item>c</item>2<item>d</item>3</rss>")
    assert spans.without(left_out).decode() == rest
