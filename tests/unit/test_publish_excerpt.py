# SPDX-License-Identifier: Apache-2.0
"""How much of a text is carried, and where it is cut."""

import runpy
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.model import Evidence, Level, Limit, Mode
from syndicate.publish.excerpt import as_link, body, excerpt, quotable, settle
from syndicate.publish.sentences import count_words, cuts, sentence_ends

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/samples.py")))


def part(*paragraphs, evidence=(), **limit):
    """An entry carried in part."""
    return S.entry(mode=Mode.EXCERPT, text=paragraphs, limit=Limit(**limit), evidence=evidence)


def sentences(paragraph):
    """The sentences of a paragraph."""
    ends = [0, *sentence_ends(paragraph)]
    return [paragraph[a:b].strip() for a, b in pairwise(ends)]


@pytest.mark.parametrize(
    ("paragraph", "found"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Mr. Ash and J. Rowe met at St. Mary’s. Then left.", ["Mr. Ash and J. Rowe met at St. Mary’s.", "Then left."]),
        ("The U.S. Senate sat. It rose in 1974. So.", ["The U.S. Senate sat.", "It rose in 1974.", "So."]),
        ("It cost 3.50 a head, i.e. too much. Yes.", ["It cost 3.50 a head, i.e. too much.", "Yes."]),
        ("1. Boil the beans. 2. Wait.", ["1. Boil the beans.", "2. Wait."]),
        ("“Why?” she asked. He left…", ["“Why?” she asked.", "He left…"]),
        ("舟は出た。人は残った。", ["舟は出た。", "人は残った。"]),
        ("هل وصل؟ نعم وصل.", ["هل وصل؟", "نعم وصل."]),
        ("No end here", []),
        ("Really?! — he said. Yes.", ["Really?! — he said.", "Yes."]),
    ],
)
def test_sentences_end_where_a_reader_would_say(paragraph, found):
    """Abbreviations, initials, figures and list numbers end no sentence; other scripts' marks do."""
    assert sentences(paragraph) == found


@pytest.mark.parametrize(
    ("paragraphs", "last_words"),
    [
        (["He said: “We left. We ran.” Then it rained."], ["We ran.”", "it rained."]),
        (["“One. Two.", "“Three.” Four."], ["“Three.”", "Four."]),
        (['"One. Two.', '"Three." Four.'], ['"Three."', "Four."]),
        (["« Un. Deux. » Trois."], ["Trois."]),
        (["„Eins. Zwei.“ Drei."], ["Zwei.“", "Drei."]),
        (["‘It’s late. Go.’ She went."], ["Go.’", "She went."]),
        (["She went (slowly. Very.) home. Yes."], ["home.", "Yes."]),
        (["「来た。見た。」勝った。"], ["見た。」", "勝った。"]),
        (["Never closed: “One. Two. Three."], []),
    ],
)
def test_no_cut_inside_a_quotation(paragraphs, last_words):
    """A text may be cut only where no quotation and no bracket is open."""
    found = [paragraphs[index][:offset] for index, offset in cuts(paragraphs)]
    assert len(found) == len(last_words)
    assert all(text.endswith(words) for text, words in zip(found, last_words, strict=True))


def test_words_are_counted_in_every_script():
    """Words are parted by blanks; in scripts without blanks each letter counts."""
    assert count_words("one two  three") == 3
    assert count_words("舟は出た") == 4


@pytest.mark.parametrize(
    ("limit", "carried"),
    [
        ({"words": 5}, ("One two. Three four.",)),
        ({"words": 4}, ("One two. Three four.",)),
        ({"words": 3}, ("One two.",)),
        ({"words": 1}, ()),
        ({"paragraphs": 1}, ("One two. Three four.",)),
        ({"paragraphs": 2, "words": 6}, ("One two. Three four.", "Five six.")),
        ({"paragraphs": 9}, ("One two. Three four.", "Five six.", "Seven eight nine.")),
        ({}, ("One two. Three four.",)),
    ],
)
def test_an_excerpt_keeps_its_limit(limit, carried):
    """Whole sentences from the start, within words and paragraphs; without a limit never more than half."""
    entry = part("One two. Three four.", "Five six.", "Seven eight nine.", **limit)
    assert excerpt(entry.item, entry.decision.limit) == carried


def test_notices_are_no_part_of_the_story():
    """Paragraphs quoted as evidence are skipped before the story and end it after."""
    evidence = (
        Evidence("credit-line", Level.ITEM, "First published by South Desk", "body, paragraph 1"),
        Evidence("body.notice", Level.ITEM, "Support us with a gift. We need you.", "body, paragraph 3"),
        Evidence("rss.copyright", Level.FEED, "story", "channel/copyright"),
        Evidence("rss.copyright", Level.FEED, "", "channel/copyright"),
    )
    text = ("First published by South Desk in May.", "The story. Its end.", "Support us with a gift.", "More story.")
    entry = part(*text, evidence=evidence, paragraphs=5)
    assert quotable(entry.item) == ("The story. Its end.",)
    assert body(entry).paragraphs == ("The story. Its end.",)


@pytest.mark.parametrize(
    ("paragraphs", "limit", "extent"),
    [
        (("One. Two.", "Three."), {"paragraphs": 1}, "The first paragraph of two."),
        (("One.", "Two.", "Three."), {"paragraphs": 2}, "The first two paragraphs of three."),
        (("One. Two.", "Three."), {"words": 1}, "The first one word of 3."),
        (("One two. Three.", "Four."), {"words": 2}, "The first two words of 4."),
        (("One.",), {"words": 9}, ""),
    ],
)
def test_an_excerpt_says_how_far_it_goes(paragraphs, limit, extent):
    """The extent is counted against the whole text, and not said if that is carried."""
    assert body(part(*paragraphs, **limit)).extent == extent


def test_an_excerpt_is_escaped():
    """The text of an excerpt is text, whatever it looks like."""
    assert body(part("A <b> & c.", "Two three four.", paragraphs=1)).html == "<p>A &lt;b&gt; &amp; c.</p>"


def test_too_short_a_limit_makes_a_link():
    """No whole sentence within the limit: the entry becomes a link that says why and owes names and link only."""
    entry = S.entry(
        mode=Mode.EXCERPT,
        text=("A sentence of many words. Another.",),
        limit=Limit(words=2),
        duties=S.FERRY.decision.duties,
    )
    settled = settle(entry)
    assert settled.decision.mode is Mode.LINK
    assert {duty.id for duty in settled.decision.duties} == {"O1", "O3"}
    assert settled.decision.reasons[-1].text == settled.decision.because
    assert settled.decision.limit == Limit()
    assert settled.item == entry.item
    assert body(settled).html == ""


def test_what_fits_is_left_alone():
    """Settling changes nothing but an excerpt that cannot be made."""
    assert all(settle(entry) is entry for entry in S.EDITION)


def test_a_link_carries_no_text():
    """Neither a link nor a withheld entry has a body."""
    assert body(as_link(S.FERRY, "clause", "Because.")) == body(S.HIDDEN) == body(S.TIDES)
    assert body(S.TIDES).html == ""
    assert body(S.TIDES).paragraphs == ()


def test_a_full_text_leaves_pictures_and_keeps_links():
    """Media go, with all that could imitate our marks; text and links stay."""
    html = (
        '<p class="credit" data-item="i-1" style="display:none">See <a href="https://a.example/?x=1&amp;y=2" rel="license">'
        'it</a> <img src="https://a.example/p.png" alt="p"></p><figure><picture><source srcset="https://a.example/q">'
        '<img src="https://a.example/q"></picture><figcaption>A boat</figcaption></figure>'
        '<video src="https://a.example/v.mp4"><a href="https://a.example/v.mp4">film</a></video>'
        '<iframe src="https://a.example/f"></iframe><details><summary>More</summary>said</details>'
        '<blockquote cite="https://b.example/">q&#11;</blockquote><a href="javascript:x">x</a>'
    )
    shown = body(S.entry(html=html))
    for gone in (
        "<img",
        "<picture",
        "<source",
        "<video",
        "<iframe",
        "<details",
        "class=",
        "data-",
        "style=",
        "rel=",
        "\x0b",
    ):
        assert gone not in shown.html
    for kept in ("See ", "A boat", ">film</a>", "More", "said", 'href="https://a.example/?x=1&amp;y=2"'):
        assert kept in shown.html
    assert shown.links == ("https://a.example/?x=1&y=2", "https://a.example/v.mp4")
    assert "javascript" not in shown.html


@given(st.lists(st.text(alphabet="ab .!?“”\"'()«»1舟。’", min_size=1, max_size=60), max_size=6), st.integers(1, 30))
def test_an_excerpt_is_always_a_run_within_its_limit(paragraphs, limit):
    """Whatever the text: the excerpt is a verbatim beginning and never longer than its limit."""
    entry = part(*paragraphs, words=limit)
    run = excerpt(entry.item, entry.decision.limit)
    assert sum(map(count_words, run)) <= limit
    assert "\n\n".join(quotable(entry.item)).startswith("\n\n".join(run))
