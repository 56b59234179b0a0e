# SPDX-License-Identifier: Apache-2.0
"""Credit lines, copyright lines and disclaimers in bodies, and their false friends."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.intake import phrases
from syndicate.intake.credits import Reader, may_have
from syndicate.intake.markup import blocks, clean
from syndicate.model import Level

CASES = json.loads((Path(__file__).parents[1] / "cases" / "intake" / "credits.json").read_text(encoding="utf-8"))


def reader():
    """The reader of a publisher called Own Weekly."""
    return Reader(
        lambda url: url.startswith("https://own.example/"), frozenset({"own weekly"}), "https://own.example/f"
    )


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_bodies_say_what_the_cases_state(case):
    """Each case of the table gives exactly its claims and its statements."""
    shown = blocks(clean(case["html"]))
    assert [[claim.name, claim.url] for claim in reader().claims(shown)] == case["claims"]
    found = [[statement.kind, statement.value] for statement in reader().statements(shown)]
    assert found == case.get("statements", [])


def test_the_evidence_of_a_credit_is_its_whole_block():
    """The block stands in the evidence to the character, with its number in the body."""
    html = "<p>One.</p><p>Jane writes. First published by <a href='https://other.example/a'>Other</a>. More here.</p>"
    (claim,) = reader().claims(blocks(clean(html)))
    assert claim.evidence.value == "Jane writes. First published by Other. More here."
    assert (claim.evidence.place, claim.evidence.level) == ("body, block 2", Level.ITEM)
    assert (claim.evidence.kind, claim.evidence.url) == ("credit-line", "https://own.example/f")


def test_a_credit_to_oneself_is_none_beside_other_links():
    """A phrase before a link of the publisher's own claims nothing, though another link of the block leads elsewhere."""
    own, other = "<a href='https://own.example/a'>Own</a>", "<a href='https://other.example/a'>a talk</a>"
    assert reader().claims(blocks(clean(f"<p>First published by {own}. She gave {other} last year.</p>"))) == ()


def test_one_target_is_claimed_once():
    """A part of an article that says "continue at" and credits the same page makes one claim."""
    link = "<a href='https://other.example/a'>Other</a>"
    html = f"<p>Text.</p><p>Continue at {link}</p><p>First published by {link}.</p>"
    assert len(reader().claims(blocks(clean(html)))) == 1


def test_a_name_alone_adds_nothing_to_its_link():
    """A credit in words beside a linked credit of the same name makes one claim."""
    html = "<p>First published by Other.</p><p>Continue at <a href='https://other.example/a'>Other</a></p>"
    assert [claim.url for claim in reader().claims(blocks(clean(html)))] == ["https://other.example/a"]


def test_a_credit_at_the_end_of_a_long_paragraph_is_found():
    """Long paragraphs are searched at both ends, not in their midst."""
    link = "<a href='https://other.example/a'>Other</a>"
    filler = "Word upon word. " * 80
    shown = blocks(clean(f"<p>{filler}This was first published by {link}.</p>"))
    assert len(reader().claims(shown)) == 1
    shown = blocks(clean(f"<p>{filler}This was first published by {link}. {filler}</p>"))
    assert reader().claims(shown) == ()


def test_names_that_are_no_names_make_no_claim():
    """What follows the phrase must look like a name."""
    for rest in ("us all.", "2019.", "", "X" * 90):
        assert reader().claims(blocks(clean(f"<p>First published by {rest}</p>"))) == ()


@pytest.mark.parametrize(
    "line",
    [
        "The post Physical activity while watching kids appeared first on Otherwise.",
        "This story first appeared in TIME’s new AI newsletter, In the Loop.",
        "A version of this post originally appeared in Google bathrooms worldwide as a Testing on the Toilet episode.",
    ],
)
def test_lines_of_the_house_itself(line):
    """A site's footer that lost its link, its own newsletter and words that are no name credit nobody."""
    assert reader().claims(blocks(f"<p>{line}</p>")) == ()


def test_a_long_linked_title_is_named_by_its_host():
    """Where the link's text is a headline, the credit carries the host's name."""
    html = f"<p>First published at <a href='https://www.other.example/a'>{'A long headline ' * 8}</a></p>"
    (claim,) = reader().claims(blocks(clean(html)))
    assert claim.name == "other.example"


def test_copyright_lines_stand_near_the_ends():
    """A notice in the midst of an article is part of its subject; one about a picture is the picture's."""
    filler = "<p>Text.</p>" * 8
    shown = blocks(clean(f"{filler}<p>© 1981 Some Company</p>{filler}<p>Text by us, © Agency for the photo</p>"))
    assert reader().statements(shown) == ()


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("First published by Other Times on 3 May 2026.", datetime(2026, 5, 3, tzinfo=UTC)),
        ("Zuerst erschienen bei Anderes Blatt am 5. Mai 2026.", datetime(2026, 5, 5, tzinfo=UTC)),
        ("First published by Other Times on 3 May 2026, updated 5 May 2026.", None),
        ("First published by Other Times on 31 February 2026.", None),
        ("First published by Other Times in 2026.", None),
    ],
)
def test_the_day_of_a_credit(line, day):
    """A credit line that names one day says when the text appeared there."""
    (claim,) = reader().claims(blocks(clean(f"<p>{line}</p>")))
    assert claim.date == day


STEMS = {
    phrases.CREDIT_STEMS: phrases.CREDITS,
    phrases.RESERVED_STEMS: (phrases.RESERVED,),
    phrases.DISCLAIMER_STEMS: phrases.DISCLAIMERS,
}


@pytest.mark.parametrize(("stems", "pattern"), [(stems, one) for stems, some in STEMS.items() for one in some])
@settings(max_examples=25)
@given(data=st.data())
def test_every_phrase_has_a_stem(stems, pattern, data):
    """Whatever a phrase matches has one of the stems by which texts are chosen to be searched for it."""
    assert may_have(data.draw(st.from_regex(re.compile(pattern, re.IGNORECASE), fullmatch=True)), stems)


def test_texts_without_a_stem_are_not_searched():
    """Plain Latin text has none; text in another script is always searched."""
    assert not may_have("“The river – it rose.”", phrases.CREDIT_STEMS)
    assert may_have("Река поднялась.", phrases.CREDIT_STEMS)
