# SPDX-License-Identifier: Apache-2.0
"""Near copies: the numbers that find them, what two texts share, and what is a copy."""

import random
from dataclasses import replace

import pytest

from syndicate.model import Evidence, Item, Level, Person
from syndicate.rights.shingles import LEAST, RUN, UNLIKE_RUN, Overlap, is_another, overlap, shingles

LETTERS = "abcdefghijklmnopqrstuvwxyz"
HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]


def prose(seed, words, paragraph=30):
    """That many invented words, in paragraphs, capitals and full stops included."""
    chance = random.Random(seed)  # noqa: S311 - invented words
    invented = ["".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(words)]
    blocks = [invented[n : n + paragraph] for n in range(0, words, paragraph)]
    return "\n\n".join(" ".join(block).capitalize() + "." for block in blocks)


def signs(seed, number):
    """That many characters of a language without blanks."""
    return "".join(random.Random(seed).choices(HAN, k=number))  # noqa: S311 - invented words


def item(text, **more):
    """An item with a text."""
    fields = {"source_id": "s", "publisher_id": "p", "identity": "1", "url": "https://south.example/1", "title": "The"}
    return Item(id="i-1", html="", text=text, **(fields | more))


def is_copy(one, other):
    """The verdict, which must be the same from both sides."""
    said = overlap(item(one), item(other)).is_copy
    assert overlap(item(other), item(one)).is_copy is said
    return said


STORY = prose("story", 300)


def test_same_text_same_numbers():
    """The numbers depend on the words alone: case, blanks, punctuation and paragraphs make no difference."""
    plain = " ".join(STORY.upper().replace(".", " –").split())
    assert shingles(item(STORY)) == shingles(item(plain)) != ()
    assert len(shingles(item(STORY))) == len(set(shingles(item(STORY))))
    assert all(-(2**47) <= number < 2**47 for number in shingles(item(STORY)))


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u2060"])
def test_what_nobody_sees_makes_no_difference(unseen):
    """Soft hyphens, as plugins put them into long words, and blanks without width hide no copy."""
    broken = " ".join(word[:3] + unseen + word[3:] for word in STORY.split())
    assert shingles(item(broken)) == shingles(item(STORY))
    assert is_copy(broken, STORY)


def test_one_shingle_in_eight():
    """A sample is kept, and a part of a text keeps those of the whole that lie in it."""
    whole, part = set(shingles(item(prose(1, 4000)))), set(shingles(item(prose(1, 4000).split("\n\n")[0] * 2)))
    assert 400 < len(whole) < 600
    first = "\n\n".join(prose(1, 4000).split("\n\n")[:20])
    assert set(shingles(item(first))) < whole
    assert part != whole


def test_numbers_stay_the_same():
    """What is stored today must be found by tomorrow's version."""
    counted = " ".join(str(number) for number in range(100))
    assert shingles(item(counted))[:2] == (-99259034508936, -87733822911480)


def test_short_texts_have_none():
    """A teaser says too little to tell whose it is."""
    assert shingles(item(prose(1, LEAST - 1))) == ()
    assert shingles(item(signs(1, 3 * LEAST - 1))) == ()
    assert shingles(item("")) == ()


def test_quoted_notices_do_not_count():
    """Credit lines and notices that stand in the evidence are cut before anything is compared."""
    notice = prose("notice", 60, 60)
    evidence = (Evidence("body.copyright", Level.ITEM, notice, "body"),)
    signed = item(f"{STORY}\n\n{notice}", evidence=evidence)
    assert shingles(signed) == shingles(item(STORY))
    other = item(f"{prose('other', 60)}\n\n{notice}", evidence=evidence)
    assert overlap(other, signed) == Overlap()
    assert overlap(replace(other, evidence=()), replace(signed, evidence=())).run == 60


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        (STORY, True),
        (f"By Ann, 4 May\n\n{STORY}\n\nRead more at our place.", True),
        ("\n\n".join(STORY.split("\n\n")[:3]), True),
        ("\n\n".join(STORY.split("\n\n")[3:6]), True),
        ("\n\n".join([*STORY.split("\n\n")[:4], prose("inserted", 50), *STORY.split("\n\n")[4:]]), True),
        (STORY.replace(STORY.split()[150], "corrected"), True),
        (prose("other", 300), False),
        (f"{prose('other', 200)}\n\n" + "\n\n".join(STORY.split("\n\n")[:3]), False),
        (" ".join(word for n, word in enumerate(STORY.split()) if n % 8), False),
    ],
    ids=["whole", "framed", "beginning", "middle", "inserted", "corrected", "other", "quotation", "rewritten"],
)
def test_copies(copy, expected):
    """Whole, framed, partial and corrected copies are copies; a quotation and another text are none."""
    assert is_copy(copy, STORY) is expected


def test_statement_quoted_whole():
    """Two articles that quote one statement are no copies, nor is the statement, unless an article opens with it."""
    statement = prose("statement", 60)
    quoting = [f"{prose(n, 150)}\n\n{statement}\n\n{prose(-n, 150)}" for n in (1, 2)]
    assert not is_copy(*quoting)
    assert not is_copy(quoting[0], statement)
    assert is_copy(f"{prose(3, 20)}\n\n{statement}\n\n{prose(4, 400)}", statement)


def test_short_whole():
    """Of a text shorter than the least run all words must be common."""
    short = prose("short", RUN - 4)
    assert is_copy(short, f"{short}\n\n{prose(1, 60)}")
    assert not is_copy(short.replace(short.split()[30], "changed"), f"{short}\n\n{prose(1, 60)}")
    assert not is_copy(prose("short", LEAST - 1), prose("short", LEAST - 1))


def test_without_blanks():
    """Where no blanks are written the same measures hold, three characters to a word."""
    story = signs(1, 900)
    assert shingles(item(story))
    assert len(set(shingles(item(story[:500]))) & set(shingles(item(story)))) > 40
    assert is_copy(story[:400], story)
    assert is_copy(f"{story[:600]}。{signs(2, 30)}", story)
    assert not is_copy(story[:120] + signs(3, 400), story)
    assert overlap(item(story), item(story)).run == 300


@pytest.mark.parametrize(
    ("mine", "theirs", "alike"),
    [
        ({"title": "The ferry"}, {"title": "What you need to know about THE FERRY"}, True),
        ({"title": "A bridge"}, {"title": "The ferry runs again"}, False),
        ({"title": ""}, {"title": ""}, False),
        ({"title": "渡船又开了"}, {"title": "渡船又开了吗"}, True),
        (
            {"title": "A bridge", "authors": (Person("Ann"),)},
            {"title": "X", "authors": (Person("ANN"), Person("Bo"))},
            True,
        ),
        ({"title": "A bridge", "authors": (Person("Ann"),)}, {"title": "X", "authors": (Person("Bo"),)}, False),
    ],
)
def test_titles_and_authors(mine, theirs, alike):
    """Where neither agrees a longer run is needed; a whole copy has it all the same."""
    shared, long = prose("shared", RUN + 10, 90), prose("long", UNLIKE_RUN, 90)
    copy = item(f"{shared}\n\n{prose('x', 30)}", **mine)
    assert overlap(copy, item(f"{shared}\n\n{prose('y', 30)}", **theirs)).is_copy is alike
    assert overlap(item(long, **mine), item(f"{long}\n\n{prose('y', 30)}", **theirs)).is_copy


def test_quote_is_verbatim():
    """The first words of the longest common run are told as they stand in the copy."""
    copy = f"Ours – first, then: {STORY}"
    assert overlap(item(copy), item(STORY)).quote == " ".join(STORY.split()[:12])
    assert overlap(item(signs(1, 200)), item(signs(1, 200))).quote == signs(1, 200)[:36]


def test_nothing_in_common():
    """Texts that share nothing share nothing, empty ones included."""
    assert overlap(item(""), item(STORY)) == Overlap()
    assert Overlap().share == 0.0
    assert not Overlap().is_copy


def test_repeated_passages():
    """What one text repeats of another counts once: two texts that share a single sentence are no copies."""
    sentence = prose("sentence", 52, 52)
    repeating = "\n\n".join(f"{prose(n, 30)}\n\n{sentence}" for n in (1, 2, 3))
    assert not is_copy(repeating, f"{prose(4, 150)}\n\n{sentence}\n\n{prose(5, 150)}")


def test_repeated_phrases():
    """A refrain in the original hides no longer run."""
    refrain = prose("refrain", 10)
    sung = f"{refrain}\n\n{prose(1, 100)}\n\n{refrain}\n\n{prose(2, 100)}"
    assert overlap(item(sung), item(sung)).share > 0.9


@pytest.mark.parametrize(
    ("new", "another"),
    [
        (prose("other", 300), True),
        (f"{STORY}\n\nCorrection: it was a Tuesday.", False),
        ("\n\n".join(STORY.split("\n\n")[:3]), False),
        (prose("other", LEAST - 1), False),
    ],
    ids=["rewritten", "corrected", "shortened", "teaser"],
)
def test_another_text(new, another):
    """An item whose words have become others is as new as they are; a correction and a teaser leave it as old as it was."""
    assert is_another(item(STORY), item(new)) is another
    assert is_another(item(new), item(STORY)) is another
