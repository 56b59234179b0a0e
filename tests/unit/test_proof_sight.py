# SPDX-License-Identifier: Apache-2.0
"""What a reader of finished HTML sees, and what the parts of an item are."""

import json
from pathlib import Path

import pytest

from syndicate.errors import ParseError
from syndicate.proof.sight import look_at, parse_html, visible_text

CASES = json.loads((Path(__file__).parents[1] / "cases/proof/hidden.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.get("style", "") + case["html"])
def test_hidden_is_what_a_reader_cannot_see(case):
    """Each case of hidden.json, as a document with a style block and as it stands in a feed's entry."""
    style = f"<style>{case['style']}</style>" if "style" in case else ""
    whole = f"<!DOCTYPE html><html><head>{style}</head><body>{case['html']}</body></html>"
    assert ("HERE" in visible_text(whole)) is case["seen"]
    assert ("HERE" in visible_text(style + case["html"])) is case["seen"]


def test_an_item_is_its_element():
    """Credit, body and links belong to the enclosing item; what a publisher wrote cannot pass for a credit."""
    sight = look_at(
        '<div data-item=" i-1 " data-mode="full"><h3><a href="https://a.example/">Head</a></h3>'
        '<div class="body"><p>Text <span class="credit">by Nobody</span></p><p class="body">more</p>'
        '<div data-item="i-2"><p class="credit">inner</p></div></div>'
        '<p class="credit">by <span class="body">Somebody</span> <a rel="License x" href="https://l.example/">L</a></p></div>'
        '<p class="credit body">outside</p>'
    )
    first, second = sight.scopes
    assert (first.item_id, first.mode, second.item_id, second.mode) == ("i-1", "full", "i-2", "")
    assert first.body.split() == ["Text", "by", "Nobody", "more"]
    assert first.credit.split() == ["by", "Somebody", "L"]
    assert second.credit.split() == ["inner"]
    assert second.body is None
    assert [(a.href, a.text, a.in_credit, a.in_body) for a in first.anchors] == [
        ("https://a.example/", "Head", False, False),
        ("https://l.example/", "L", True, False),
    ]
    assert first.anchors[1].rel == {"license", "x"}
    assert "outside" in sight.visible


def test_blocks_part_words_and_inline_elements_do_not():
    """Words of two blocks never run together; markup inside a word does not part it."""
    assert visible_text("<p>one</p><p>two</p>three<br>fo<b>u</b>r<td>five") == "one two three four five"
    assert visible_text('<span style="display:block">one</span><span>two</span>') == "one two"


def test_words_around_comments_and_instructions():
    """What no reader is shown parts no words and hides none."""
    assert visible_text("<p>one<!-- no -->two <?php no ?>three</p>") == "onetwo three"


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<script>x</script>", "element script"),
        ("<iframe src=x></iframe>", "element iframe"),
        ("<form action=x></form>", "element form"),
        ("<img onerror=x src=y>", "attribute onerror"),
        ("<a href=' java\tscript:x'>x</a>", "address  java\tscript:x"),
        ("<a href=data:text/html,x>x</a>", "address data:text/html,x"),
        ("<p srcdoc=x>", "attribute srcdoc"),
    ],
)
def test_what_acts_is_noted(html, told):
    """Scripts, frames, forms, handlers and addresses that run are seen wherever they stand in the item."""
    assert told in look_at(f"<div data-item=i>{html}</div>").scopes[0].active


def test_what_loads_is_noted():
    """Addresses that load without a click are seen, in attributes and in styles."""
    html = '<div data-item=i><img src=a srcset="b 2x"><p style="background:url(c)">x</p><a href=d>x</a></div>'
    assert look_at(html).scopes[0].embeds == ("a", "b 2x", "url(c)")


def test_odd_documents():
    """Nothing gives nothing; too much style is said to be too much; a style of brackets is refused."""
    assert look_at("").scopes == ()
    assert look_at("\x00\x01").visible == ""
    assert parse_html("<!-- -->") is None or visible_text("<!-- -->") == ""
    assert look_at("<style>" + "a{b:c}" * 2002 + "</style><p>x</p>").problems
    with pytest.raises(ParseError):
        look_at(f"<p style='color:{'(' * 5000}'>x</p>")


def test_deep_documents_are_read():
    """Depth costs no recursion; beyond what the parser follows nothing is taken for seen."""
    assert visible_text("<div>" * 2000 + "deep" + "</div>" * 2000) == "deep"
    assert visible_text("<div>" * 5000 + "deep" + "</div>" * 5000) == ""


def test_a_page_may_set_colours_for_all_of_it():
    """The old attributes of ``body`` colour its text and its links."""
    assert visible_text("<html><body text='white'><p>a</p><p style='color:#000'>b</p></body></html>") == "b"
    assert visible_text("<html><body link='white'><p>a <a href='x'>b</a></p></body></html>") == "a"


def test_what_a_page_says_of_itself():
    """Its canonical page and its base are noted; what leads a reader away by itself is a problem."""
    page = look_at(
        "<html><head><base href='https://a.example/x/'><link rel='canonical' href='y'>"
        "<meta http-equiv='Refresh' content='0;url=https://b.example/'></head>"
        "<body><a href='z'>z</a><a href='https://[b'>b</a><a href='https://c.example/'>c</a></body></html>"
    )
    assert page.canonicals == ("https://a.example/x/y",)
    assert [anchor.href for anchor in page.anchors] == ["https://a.example/x/z", "https://[b", "https://c.example/"]
    assert "leads its reader elsewhere" in page.problems[0]


@pytest.mark.parametrize(
    ("style", "lies"),
    [
        ("position:absolute;top:0;background:#fff", True),
        ("position:fixed;background-image:url(x.png)", True),
        ("margin-top:-60px;background-color:white", True),
        ("position:absolute;top:0", True),
        ("background:#fff", False),
        ("margin-top:-4px;background:#fff", False),
    ],
)
def test_what_may_lie_over_a_page(style, lies):
    """An element that is lifted out of the flow may hide what stands beside it, whatever its ground."""
    assert bool(look_at(f"<p>a</p><div style='{style}'>b</div>").doubts) is lies
