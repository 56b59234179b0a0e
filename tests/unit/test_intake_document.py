# SPDX-License-Identifier: Apache-2.0
"""Bytes to text to a document that a parser may read."""

import codecs

import pytest

from syndicate.errors import ParseError
from syndicate.intake.document import decode, read_document

URL = "https://own.example/feed"


def read(text):
    """The root text of a document given as str or bytes."""
    return read_document(text if isinstance(text, bytes) else text.encode(), url=URL)


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("<?xml version='1.0' encoding='windows-1251'?><a>Привет</a>".encode(), "text/xml"),
        ("<a>Привет</a>".encode(), "application/rss+xml; charset=iso-8859-1"),
        ("<?xml version='1.0' encoding='windows-1251'?><a>Привет</a>".encode("windows-1251"), "text/xml"),
        ("<a>Привет</a>".encode("windows-1251"), 'text/xml; charset="windows-1251"'),
        (codecs.BOM_UTF16_LE + "<a>Привет</a>".encode("utf-16-le"), ""),
        (codecs.BOM_UTF16_BE + "<a>Привет</a>".encode("utf-16-be"), ""),
        ("<?xml version='1.0'?><a>Привет</a>".encode("utf-16-le"), ""),
        (codecs.BOM_UTF8 + "<a>Привет</a>".encode(), ""),
    ],
)
def test_encodings_are_found(body, header):
    """A byte order mark, valid UTF-8, the declaration and the header are believed in this order."""
    assert decode(body, header).endswith("<a>Привет</a>")


def test_odd_encodings():
    """Seven-bit encodings are honoured, Latin-1 is read as browsers do, nonsense and stray bytes cost a letter at most."""
    assert "日本" in decode("<?xml version='1.0' encoding='iso-2022-jp'?><a>日本</a>".encode("iso-2022-jp"))
    assert decode(b"<?xml version='1.0' encoding='iso-8859-1'?>\x93a\x94\xe9").endswith("\u201ca\u201dé")
    assert decode(b"<?xml version='1.0' encoding='unicode_escape'?>\\u003c\xe9").endswith("\\u003cé")
    assert decode(b"<?xml version='1.0' encoding='no-such'?>\xe9").endswith("é")
    assert decode(b"<?xml version='1.0' encoding='utf-8'?>\xff\xc3\xa9").endswith("\ufffdé")
    assert "\ufffd" in decode("<?xml version='1.0' encoding='utf-8'?>Привет, мир".encode("windows-1251"))
    assert decode(b"\xe9 \x81", "text/xml; charset=utf-8") == "\ufffd \ufffd"
    assert "中" in decode("<?xml version='1.0' encoding='gb2312'?>中€".encode("gb18030"))


@pytest.mark.parametrize("header", ["", "text/xml; charset=utf-8"])
def test_western_bytes_that_call_themselves_utf_8(header):
    """Bytes of windows-1252 declared as UTF-8 keep their letters and quotes; no replacement character is published."""
    text = "<?xml version='1.0' encoding='UTF-8'?><rss>Le “café” où l’été s’éteint – 3 €, déjà</rss>"
    assert decode(text.encode("windows-1252"), header) == text


@pytest.mark.parametrize("body", [b"", b"  \n", b"\x00\x00", b"\xef\xbb\xbf"])
def test_empty_bodies_are_refused(body):
    """An empty answer is a failed poll with a plain reason."""
    with pytest.raises(ParseError, match="empty"):
        read(body)


@pytest.mark.parametrize("page", ["<!DOCTYPE html><html><p>x", "<HTML>x</HTML>", "<p>x</p><html>", "<!-- x --><html/>"])
def test_web_pages_are_told(page):
    """A web page where the feed was is named as such, with what to do."""
    with pytest.raises(ParseError, match="web page") as caught:
        read(page)
    assert caught.value.remedy
    assert caught.value.subject == URL


@pytest.mark.parametrize("text", ["hello", "<opml/>", "<", "<!DOCTYPE", "404 <3"])
def test_other_things_are_no_feeds(text):
    """What has no feed's root is no feed."""
    with pytest.raises(ParseError, match="not a feed"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><item><title>a</title></item>",
        "<rss><channel><item><description><![CDATA[ </rss> ",
        "<feed><entry><title>a</ti",
        "<rdf:RDF xmlns:rdf='r'><item/>",
        "<rss><channel></channel></rs",
    ],
)
def test_documents_cut_short_are_refused(text):
    """A root that is never closed means a body cut short, even if its end tag stands inside other text."""
    with pytest.raises(ParseError, match="cut short"):
        read(text)


def test_junk_around_the_root_is_trimmed():
    """Warnings before and scripts after the root do not make a document malformed."""
    document = read("\ufeff\n<br />\n<b>Warning</b>: x<?xml version='1.0'?>\n<rss><a/></rss>\n<script>1</script>")
    assert document.data == b"<rss><a/></rss>"
    assert document.problems == ()


def test_stray_references_become_text():
    """Bare ampersands, unknown names and illegal characters are mended; CDATA stays as it is."""
    document = read("<rss><a>AT&T &nbsp;&foo; &#xD800;&#1114112;&#65;&amp;</a><b><![CDATA[&nbsp;&]]></b></rss>")
    assert document.tree.findtext("a") == "AT&T \xa0&foo; A&"
    assert document.tree.findtext("b") == "&nbsp;&"
    assert document.problems == ()


def test_malformed_markup_is_read_and_said():
    """Mismatched tags are read in recovery, and the feed's problems say so."""
    document = read("<rss><channel><item></channel></rss>")
    assert "not well-formed" in document.problems[0]
    assert document.tree.find(".//item") is not None


def test_entities_never_expand():
    """Bombs are refused, outside files are neither fetched nor shown, short plain entities work."""
    bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><a>&b;</a></rss>'
    with pytest.raises(ParseError, match="entities"):
        read(bomb)
    with pytest.raises(ParseError, match="entities"):
        read("<!DOCTYPE rss [<!ENTITY % p 'x'>]><rss/>")
    outside = read('<!DOCTYPE rss [<!ENTITY leak SYSTEM "file:///etc/passwd">]><rss><a>&leak;x</a></rss>')
    assert outside.tree.findtext("a") == "&leak;x"
    assert "not fetched" in outside.problems[0]
    plain = read("<!DOCTYPE rss [<!ENTITY us 'S&#233;'><!ENTITY long '" + "x" * 99 + "'>]><rss><a>&us;&long;</a></rss>")
    assert plain.tree.findtext("a") == "Sé&long;"


def test_a_doctype_without_subset_is_dropped():
    """The DTD of RSS 0.91 is not loaded; its named characters are still read."""
    doctype = '<!DOCTYPE rss PUBLIC "-//X//DTD RSS 0.91//EN" "http://dtd.example/rss.dtd">'
    assert read(f"<?xml version='1.0'?><!-- <rss> -->{doctype}<rss><a>&eacute;</a></rss>").tree.findtext("a") == "é"
