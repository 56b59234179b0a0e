# SPDX-License-Identifier: Apache-2.0
"""Cleaning HTML and reading it as blocks."""

import pytest

from syndicate.intake.markup import blocks, clean, clean_thoroughly, from_text, plain, visible_text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<style>body{display:none}</style>",
        "<iframe src='https://evil.example'>inside</iframe>",
        "<form action='https://evil.example'><input name=q></form>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>",
        "<a href='data:text/html,x'>",
        "<a href='vbscript:x'>",
        "<a href='file:///etc/passwd'>",
        "<svg><script>1</script></svg>",
        "<object data='https://evil.example'></object>",
        "<p style='position:fixed'>",
        "<img srcset='https://evil.example/a 2x'>",
        "<blockquote cite='relative'>",
    ],
)
def test_nothing_active_passes(hostile):
    """No script, style, frame, form, handler or foreign scheme survives."""
    cleaned = clean(f"{hostile}kept", "https://own.example/")
    for word in ("script", "alert", "evil", "style", "javascript", "data:", "file:", "onerror", "<form", "cite="):
        assert word not in cleaned
    assert cleaned.endswith("kept") or "kept<" in cleaned


def test_links_and_pictures_become_absolute():
    """Relative URLs are resolved against the base; without one they are dropped, the text stays."""
    assert clean('<a href="/x">t</a>', "https://own.example/a/b") == '<a href="https://own.example/x">t</a>'
    assert clean('<img src="p.png">', "https://own.example/a/b") == '<img src="https://own.example/a/p.png">'
    assert clean('<a href="/x">t</a>') == "<a>t</a>"
    assert clean('<a href="/x">t</a>', "javascript:x") == "<a>t</a>"


def test_addresses_are_valid_wherever_they_stand():
    """Blanks and markup in an address, which browsers forgive, are encoded; schemes stay judged as browsers read them."""
    assert (
        clean('<a href=" https://own.example/a<br />b\n">t</a>') == '<a href="https://own.example/a%3Cbr%20/%3Eb">t</a>'
    )
    assert clean('<img src="a b.png">', "https://own.example/") == '<img src="https://own.example/a%20b.png">'
    assert clean('<a href=" java&#10;script:x">t</a><a title="a <b>">u</a>') == '<a>t</a><a title="a &lt;b&gt;">u</a>'


def test_a_base_that_only_we_can_read_costs_no_text():
    """If the cleaner cannot read the base, links are dropped and the text stays."""
    assert clean('<a href="/x">t</a>', "https://exa[mple/") == "<a>t</a>"
    assert clean('<a href="/x">t</a>', "https://a..b:99999/") == "<a>t</a>"


def test_control_characters_in_references_are_dropped():
    """A reference to a control character must not become one in our output."""
    assert clean("a&#1;b&#x2028;c") == "ab c"


def test_blocks_are_what_a_reader_sees():
    """Paragraphs, list items, double breaks and captions part the text; inline tags do not."""
    html = "<p>One <b>bold</b><br>line</p><ul><li>a<li>b</ul>loose<br><br>next<div><div>deep</div></div><td>x</td>"
    assert visible_text(blocks(clean(html))) == "One bold line\n\na\n\nb\n\nloose\n\nnext\n\ndeep\n\nx"


def test_white_space_folds_and_cells_part():
    """Runs of white space are one blank; table cells do not run together; empty paragraphs vanish."""
    html = "<p> a \n b </p><p>&nbsp;</p><table><tr><td>1</td><td>2</td></tr></table><br>"
    assert visible_text(blocks(clean(html))) == "a b\n\n1 2"


def test_links_keep_their_place_in_the_text():
    """The span of a link covers exactly its words, also where it spans blocks."""
    (block,) = blocks('<p>see <a href="https://a.example/">this <i>page</i></a> now</p>')
    (link,) = block.links
    assert block.text[link.start : link.end] == "this page"
    spanning = blocks('<a href="https://a.example/"><p>one</p><p>two</p></a>')
    assert [[x.href for x in b.links] for b in spanning] == [["https://a.example/"]] * 2


def test_figures_are_marked():
    """Captions are known as such, so that a photo's credit is not taken for the text's."""
    shown = blocks("<p>a</p><figure><figcaption>b</figcaption></figure><p>c</p>")
    assert [(b.text, b.figure) for b in shown] == [("a", False), ("b", True), ("c", False)]


def test_stray_ends_harm_nothing():
    """Ends without a start and text without markup are read."""
    assert visible_text(blocks("</figure></a>x")) == "x"
    assert visible_text(blocks(" plain &amp; simple\n text ")) == "plain & simple text"
    assert blocks("") == ()
    assert blocks("<p></p>") == ()


def test_depth_is_no_danger():
    """Ten thousand nested elements are read like any other."""
    assert visible_text(blocks(clean("<div>" * 10_000 + "x"))) == "x"


def test_plain_is_one_line():
    """Titles in HTML become one line of text."""
    assert plain("a &lt;b&gt; <i>x</i>\r\n<p>y</p>") == "a <b> x y"


def test_text_becomes_paragraphs():
    """Plain bodies keep their paragraphs and lines, and nothing in them is markup."""
    assert from_text("a < b\nc\r\n\r\nd") == "<p>a &lt; b<br>c</p><p>d</p>"


@pytest.mark.parametrize("base", ["", "https://a.example/x/", "nothing"])
@pytest.mark.parametrize(
    "body",
    [
        "<a href='https://a.example/1?a=1&amp;b=2'>x</a><img src=https://a.example/p.jpg>",
        "<a href='/1'>x</a><a href='mailto:a@a.example'>y</a>",
        "<a href='HTTPS://a.example/1'>x</a><a href='//b.example/'>y</a>",
        "<a href='https://a.example/a b'>x</a><a href='https://a.example/{1}'>y</a>",
        "<a href='https://a.example/&quot;&lt;'>x</a><a href='https://a.example/\u2028\x85'>y</a>",
        "<a href='java&#10;script:x'>x</a><a href=' https://a.example/ '>y</a><a href='https://[x/'>z</a>",
        '<p title=" href=&quot;x">say src="no" to that</p><!-- x --><script>y</script>',
        "<img srcset='x 1x' src=''><a name=x>y</a>",
    ],
)
def test_the_short_way_cleans_as_the_long_one(body, base):
    """Where every address is complete the cleaner runs once, without looking at each: the outcome is the same."""
    assert clean(body, base) == clean_thoroughly(body, base)
