# SPDX-License-Identifier: Apache-2.0
"""Finished bytes are read whatever they are, wrong encodings and entities are findings, hostile input only ParseError."""

import runpy
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate import proof
from syndicate.errors import ParseError
from syndicate.model import Finding, Verified
from syndicate.proof import lint
from syndicate.proof.read import read

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/proof/finished.py")))
verify = partial(proof.verify, site=F.SITE)
audit = partial(proof.audit, setting=F.SETTING)


def duties(data, name):
    """The duties of all that a lint and an audit find."""
    return {found.duty for found in (*lint(data, name), *audit(data, name, F.ENTRIES))}


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b'<?xml version="1.0"?><rss><channel/></rss>', "", "rss"),
        (b'<!-- x --><rss version="0.91"><channel><item/></channel></rss>', "", "rss"),
        (b'<rdf:RDF xmlns:rdf="r" xmlns="http://purl.org/rss/1.0/"><channel/><item/></rdf:RDF>', "", "rss"),
        (b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry/></a:feed>', "", "atom"),
        (b'\xef\xbb\xbf {"items": []}', "", "json"),
        (b"<!DOCTYPE html><p>x", "", "html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "", "html"),
        (b"<html><rss></html>", "", "html"),
        (b"<p>x</p>", "", "html"),
        (b"Subject: x\r\n\r\nwords", "", "mail"),
        (b"From: x\n\nwords", "letter.EML", "mail"),
        ('<?xml version="1.0" encoding="utf-16"?><rss><channel/></rss>'.encode("utf-16"), "", "rss"),
    ],
)
def test_kinds_are_told_by_their_bytes(data, name, kind):
    """RSS of every age, Atom under any prefix, JSON, pages and messages."""
    assert read(data, name).kind == kind


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0'?><opml/>",
        b"<?xml version='1.0'?><rss/>",
        b"no header",
        b"<rss>&x;</rss>",
        b"{}x",
        b"[" * 20_000,
    ],
)
def test_what_is_no_document_of_ours_is_refused(data):
    """Everything else raises ParseError."""
    with pytest.raises(ParseError):
        read(data)
    with pytest.raises(ParseError):
        read(b"words without a header", "x.eml")


def test_entity_declarations_are_findings():
    """Internal, external and exploding entities are found, nothing is fetched or expanded."""
    for inner in (
        '<!ENTITY a "b">',
        '<!ENTITY a SYSTEM "file:///etc/hostname">',
        '<!ENTITY % a "x">',
        '<!entity a "b">',
    ):
        prolog = f'<?xml version="1.0"?><!DOCTYPE rss [{inner}]>'
        data = F.rss(F.pieces(), prolog=prolog).replace(b"<title>The gauge", b"<title>&a; The gauge")
        assert "entities" in duties(data, "rss")
    bomb = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "' + "x" * 999 + '">'
    bomb += "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 50 if n else "&a;" * 50}">' for n in range(9)) + "]>"
    assert "entities" in duties(F.rss(F.pieces(), prolog=bomb).replace(b"<title>The", b"<title>&a8;"), "rss")
    assert duties(F.rss(F.pieces(), prolog='<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "rss.dtd">'), "rss") == set()


def test_wrong_encodings_are_findings():
    """Bytes that are not what they are declared to be, and letters already lost, in every format."""
    latin = F.rss(F.pieces()).decode().encode("latin-1")
    assert "encoding" in duties(latin, "rss")
    good = latin.replace(b'encoding="utf-8"', b'encoding="iso-8859-1"')
    assert duties(good, "rss") == set()
    assert "encoding" in duties(F.rss(F.pieces(), prolog='<?xml version="1.0" encoding="windows-1252"?>'), "rss")
    assert "encoding" in duties(F.rss(F.pieces(), prolog='<?xml version="1.0" encoding="utf-7"?>'), "rss")
    assert "encoding" in duties(F.rss(F.pieces(), prolog='<?xml version="1.0" encoding="x-none"?>'), "rss")
    assert "encoding" in duties(F.rss(F.changed(F.FULL, title="Lost \ufffd letters")), "rss")
    assert "encoding" in duties(F.rss(F.pieces(), head="<x>&#xFFFD;</x>"), "rss")
    assert "encoding" in duties(F.json_feed(F.changed(F.FULL, title="Lost \ud800 letters")), "json")
    assert "encoding" in duties(F.json_feed(F.pieces())[:-1] + b',"x":"\xff"}', "json")
    page = F.page(F.pieces(), head='<meta charset="iso-8859-1">')
    assert "encoding" in duties(page.encode(), "x.html")
    assert duties(page.encode("latin-1"), "x.html") == set()
    mail = F.mail(F.pieces(), coding="8bit")
    assert "encoding" in duties(mail.replace(b"charset=utf-8", b"charset=us-ascii"), "x.eml")
    assert "encoding" in duties(mail.replace(b"charset=utf-8", b"charset=latin-1"), "x.eml")
    assert "encoding" in duties(mail.replace(b"charset=utf-8", b"charset=hex"), "x.eml")


def test_a_replacement_character_of_the_publishers_is_kept():
    """Where the item itself came with one, it may stand."""
    title = "Lost \ufffd letters"
    data = F.rss(F.changed(F.FULL, title=title, html=F.article(F.FULL).replace(F.TITLES[F.FULL], title)))
    item = F.ENTRIES[0].item
    entries = (type(F.ENTRIES[0])(type(item)(**{**{s: getattr(item, s) for s in item.__slots__}, "title": title}),
               F.ENTRIES[0].chain, F.ENTRIES[0].decision, F.NOW), *F.ENTRIES[1:])  # fmt: skip
    assert isinstance(verify(F.edition("rss", data, entries)), Verified)


def test_names_twice_in_json_are_findings():
    """Readers differ in which of two they take."""
    data = F.json_feed(F.pieces()).replace(b'"url":', b'"url": "https://else.example/", "url":', 1)
    assert "form" in duties(data, "json")


def test_too_much_style_is_a_finding():
    """What cannot be judged does not pass."""
    head = "<style>" + "a{b:c}" * 2002 + "</style>"
    assert "form" in duties(F.mail(F.pieces(), head=head), "x.eml")
    assert "form" in {one.duty for one in verify(F.edition("mail", F.mail(F.pieces(), head=head)))}


def test_unsaid_and_odd_values_are_read():
    """Feeds with the least, or with values of the wrong type, are read without error."""
    odd = b'{"items": [1, {}, {"authors": [1, {"name": 2}], "url": " ", "_syndicate": [], "attachments": {}, "author": {"name": "A"}}]}'
    assert len(read(odd).entries) == 3
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns:cc="http://creativecommons.org/ns#"><entry><!-- x --><source><title>S</title><author><name>A</name></author></source>
      <cc:license r:resource="https://l.example/"/><link/><summary>a &lt;b&gt; &amp; c</summary><content type="xhtml"><!-- x -->
      <div xmlns="http://www.w3.org/1999/xhtml"><!-- y --><p data-item="i-1">T</p></div></content></entry></feed>"""
    entry = read(atom).entries[0]
    assert entry.machine.authors == ("A",)
    assert entry.machine.licences == ("https://l.example/",)
    assert entry.extras[0].visible.strip() == "a <b> & c"
    assert entry.contents[0].scopes[0].item_id == "i-1"
    header = b"Subject: =?x-none?q?a?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nwords"
    assert read(header).text == "words"


HOSTILE = [
    b"<rss>" + b"<a>" * 20_000,
    b"<html>" + b"<div>" * 20_000,
    b"<html>" + b"<" * 20_000,
    b"<html><p " + b"a=b " * 20_000,
    b"<html><p style='" + b"a:b;" * 5_000 + b"'>x",
    b"<html><style>" + b".a .b" * 20_000 + b"</style><p class=b>",
    b"<html><style>" + b"@media a{" * 10_000 + b"</style><p>",
    b"<html><p style='color:var(--" + b"a" * 20_000 + b")'>x",
    b'{"items":[{"content_html":"' + b"<b>" * 20_000 + b'"}]}',
    b'{"items":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    b'{"items":[' + b"9" * 20_000 + b"]}",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 5_000,
    b"A: b\r\n"
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
    b"A: b\r\nContent-Type: multipart/mixed; boundary=\r\n\r\nx",
    b"A: =?utf-8?b?x?=\r\nContent-Type: text/plain; charset*=x''%ff; name*0*=a'b'%zz\r\n\r\nx",
    b"A: b\r\n\r\n" + b"&amp;" * 20_000 + b"%25" * 20_000,
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_documents_cost_little_and_raise_nothing_else(data):
    """Depth, length and nonsense end in findings or in ParseError."""
    for judge in (lambda: lint(data, ""), lambda: audit(data, "", F.ENTRIES)):
        try:
            assert all(isinstance(found, Finding) for found in judge())
        except ParseError:
            continue


SEEDS = st.sampled_from([F.content(name) for name in F.FORMATS] + [F.page(F.pieces()).encode()])
BITS = st.sampled_from(
    [b"<", b">", b'"', b"&", b"--x", b"\x00", b"\xff", b"{", b"}", b"\\ud800", b"%", b"=", b"<style>", b"&#xD800;"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), BITS), max_size=6))
def test_damaged_documents_raise_nothing_but_parse_error(seed, cuts):
    """Whatever is cut out and put in, the answer is findings or ParseError."""
    data = seed
    for place, size, bits in cuts:
        at = int(place * len(data))
        data = data[:at] + bits + data[at + size :]
    for judge in (lambda: lint(data, "x"), lambda: audit(data, "x", F.ENTRIES), lambda: verify(F.edition("rss", data))):
        try:
            judge()
        except ParseError:
            continue


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["", "x.eml", "mail", "x.json"]))
def test_any_bytes_raise_nothing_but_parse_error(data, name):
    """Bytes of no kind at all."""
    try:
        lint(data, name)
    except ParseError:
        return
