# SPDX-License-Identifier: Apache-2.0
"""The closed grammar: what it covers to the last word, and what it leaves over."""

import pytest

from syndicate.model import ChannelClass, Mode
from syndicate.rights.notices import Notice, read
from syndicate.rights.notices.grammar import KINDS, LANGUAGES, grammar

CW = ChannelClass.COMMUNITY_WEB
GRANT = "You may republish our articles with credit and a link."


def left(*texts, place="terms-page", form="text"):
    """The words of notices that are not understood."""
    return [quote.value for quote in read([Notice(place, text, form) for text in texts]).not_understood]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_kind(language):
    """The rules of a language can be read, name only rules that exist, and cover nothing that has no words."""
    rules = grammar(language)
    assert tuple(rules.rules) == KINDS
    assert rules.kinds((), frozenset())[0] <= {"neutral"}
    assert rules.words
    assert rules.hot


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Guest columns are different.", "columns are different."),
        ('It says "you may republish it".', 'says "you may republish it".'),
        ("Unless we say no.", "we say no."),
        ("Our fees: 5 euros.", "fees: 5 euros."),
        ("Credit Photos.", "Photos."),
        ('Add the line "Taken from Fen Post at the top.', '"Taken from Fen Post at the top.'),
        ("Link to the page <here> please.", "<here> please."),
        ("Contact desk@fen.example.", "desk@fen.example."),
        ("Any questions? Write to our purple desk.", "our purple desk."),
    ],
)
def test_what_is_left_over_is_told_and_takes_full_away(sentence, words):
    """One sentence that the grammar does not cover leaves nothing in full; its words are told from the first unknown."""
    assert read([Notice("terms-page", GRANT)]).grants[CW] is Mode.FULL
    reading = read([Notice("terms-page", f"{GRANT} {sentence}")])
    assert reading.grants[CW] is Mode.LINK
    assert words in [quote.value for quote in reading.not_understood]


@pytest.mark.parametrize(
    "sentence",
    [
        "Questions? Write to desk@fen.example.",
        "Contact: desk@fen.example",
        'Add the line "Originally published by Fen & Field" at the top.',
        "Please credit The Fen & Field and link to https://fen.example/a.",
        "For commercial use, contact desk@fen.example.",
        "\u00a9 2026 Fen Post",
        "Photos and illustrations are not included.",
    ],
)
def test_what_is_understood_takes_nothing_away(sentence):
    """Sentences that ask for what we do anyway, or that are about something else, leave the permission as it is."""
    assert read([Notice("terms-page", f"{GRANT} {sentence}")]).grants[CW] is Mode.FULL


def test_who_speaks_is_known_by_an_address_or_a_copyright_line():
    """A name that permits counts if the notices show that it is whoever speaks; else it may be somebody else."""
    grant = "Harbour Review grants permission to cross-post its articles on community internet sites."
    assert left(grant) == ["grants permission to cross-post its articles on community internet sites."]
    assert left(grant, "\u00a9 2026 Harbour Review") == []
    assert left(f"{grant} Contact: desk@harbour.example") == []
    fen = "Fen Review grants permission to cross-post its articles on community internet sites."
    assert left(f"{fen} Contact: https://fenreview.example/terms") == []


def test_a_link_and_its_words_have_to_agree():
    """Words that name another licence than the link leave both to a person; words without a version need the link."""
    page = '<p>Our articles are licensed under <a href="https://creativecommons.org/licenses/by/4.0/">{}</a>.</p>'
    for words, mode in (
        ("CC BY", Mode.FULL),
        ("CC BY 4.0", Mode.FULL),
        ("CC BY-NC 4.0", Mode.LINK),
        ("CC0", Mode.LINK),
    ):
        assert read([Notice("page-footer", page.format(words), "html")]).grants[CW] is mode, words
    assert read([Notice("page-footer", page.format("CC BY 3.0"), "html")]).alone == ()


def test_a_refusal_has_to_be_applied_to_count_as_understood():
    """A sentence that the grammar takes for a refusal, and the reading for none, is a doubt."""
    notice = Notice("terms-page", f"{GRANT} Commercial use only with permission. We do not allow commercial use.")
    assert ChannelClass.COMMERCIAL_WEB not in {c for c, m in read([notice]).grants.items() if m is Mode.FULL}


def test_in_a_body_only_what_touches_the_use_is_asked_about():
    """The article itself need not be understood; a sentence beside the notice that could limit it has to be."""
    notice = "This article may be republished with a link."
    assert left(f"The mill burned.\n\n{notice}", place="body") == []
    assert left(f"The mill burned.\n\nOnly in spring.\n\n{notice}", place="body") == ["in spring."]
    assert left(f"The mill burned. {notice}", place="body") == ["mill burned."]


def test_a_heading_permits_nothing():
    """An order in a heading is no permission without the sentences under it."""
    assert read([Notice("terms-page", "Republish our articles.")]).grants[CW] is Mode.LINK
    both = read([Notice("terms-page", "Republish our articles.\n\nYou may republish our articles in your newsletter.")])
    assert (both.grants[CW], both.grants[ChannelClass.COMMUNITY_EMAIL]) == (Mode.LINK, Mode.FULL)
