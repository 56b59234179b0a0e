# SPDX-License-Identifier: Apache-2.0
"""The credit: every duty's words and links, in HTML and in text."""

import runpy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import html as reader

from syndicate.model import Chain, Duty, Mode, Person, Role
from syndicate.publish.credit import authors, credit, target, title_of
from syndicate.publish.templates import environment, render

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/samples.py")))
TEMPLATES = environment()
LICENCE = Duty("O4", ("CC BY 4.0",), "https://creativecommons.org/licenses/by/4.0/")


def shown(entry):
    """The credit block, its visible text folded, and its text twin."""
    facts = credit(entry, S.SITE)
    block = reader.fromstring(render(TEMPLATES, "credit.html", credit=facts))
    return block, " ".join(block.text_content().split()), render(TEMPLATES, "credit.txt", credit=facts)


def hrefs(block):
    """Address and visible text of every link."""
    return {(a.get("href"), a.text_content()) for a in block.iter("a")}


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.EXCERPT, Mode.LINK])
@pytest.mark.parametrize("entry", [S.FERRY, S.GAUGE, S.SEEDS, S.BRIDGE, S.TIDES], ids=lambda e: e.item.id)
def test_every_duty_is_in_both_templates(entry, mode):
    """Names in their order, lines and notes verbatim, links live and exact: in every mode, in HTML and in text."""
    decision = replace(entry.decision, mode=mode, duties=(*entry.decision.duties, LICENCE, Duty("O9", ("Shortened.",))))
    block, text, plain = shown(replace(entry, decision=decision))
    assert block.get("class") == "credit"
    folded = " ".join(plain.split())
    for duty in decision.duties:
        for said in duty.texts:
            assert said in text
            assert said in folded
        for url in filter(None, (duty.url, *duty.also)):
            assert any(href == url and words for href, words in hrefs(block))
            assert url in {line.strip() for line in plain.split("\n")}
    names = next(duty.texts for duty in decision.duties if duty.id == "O1")
    at = 0
    for name in names:
        at = text.index(name, at) + len(name)


def test_rows_stand_in_their_order():
    """The rows of a credit: who, by which way, copyright, permission, link, reuse, note."""
    block, text, _ = shown(S.FERRY)
    assert [row.text_content().replace("\u00a0", " ") for row in block.iter("th")] == [
        "Written by",
        "Reached us by",
        "Copyright",
        "Permission",
        "Read it there",
        "Reuse",
        "Note",
    ]
    assert "Ines Marlow, for South Desk, 18 November 2026" in text
    assert "Harbour Review, which republished it on 19 November 2026" in text
    assert "First published at south.example/the-ferry" in text
    assert "For any other use, ask rights@harbour.example" in text


def test_a_licence_takes_the_place_of_a_permission():
    """With a licence the block names and links it, and says that an unaltered text is unaltered."""
    block, text, _ = shown(S.GAUGE)
    (link,) = block.xpath("//a[@rel='license']")
    assert (link.get("href"), link.text) == ("https://creativecommons.org/licenses/by-nd/4.0/", "CC BY-ND 4.0")
    assert "CC BY-ND 4.0, text unchanged" in text
    assert "Permission" not in text


def test_a_link_shrinks_to_sentences():
    """A link-only credit has no table: who, where to read it, and why it is only a link."""
    block, text, plain = shown(S.TIDES)
    assert not list(block.iter("table"))
    assert text == (
        "By Joss Penhale for Estuary Commons, 21 November 2026. Read it at estuary.example. "
        "We are still confirming what the publisher allows."
    )
    assert "  https://estuary.example/" in plain.split("\n")


def test_a_link_says_whom_to_ask_and_how_it_came():
    """Contact, further stations and notes are kept in link mode too."""
    entry = S.entry(
        mode=Mode.LINK,
        outlets=(
            ("South Desk", "https://s.example/a", 18),
            ("Harbour", "https://h.example/a", 19),
            ("Third", "", None),
        ),
        contact="https://s.example/ask",
        duties=(Duty("O5", ("Opinion.",)),),
        link="https://h.example/a",
    )
    block, text, _ = shown(entry)
    assert "Reached us by Harbour, 19 November 2026, and by Third. " in text
    assert "To carry more of it, ask s.example/ask. Opinion." in text
    assert ("https://s.example/ask", "s.example/ask") in hrefs(block)


def test_without_authors_the_outlet_comes_first():
    """An item that nobody signed was written for its outlet."""
    _, text, plain = shown(S.entry(authors=()))
    assert "Written for" in text.replace("\u00a0", " ")
    assert plain.startswith("Written for    South Desk, 18 November 2026")
    _, text, plain = shown(S.entry(authors=(), mode=Mode.LINK))
    assert text.startswith("South Desk, 18 November 2026. Read it at")
    assert plain.startswith("South Desk, 18 November 2026.")


def test_an_unknown_origin_is_not_claimed():
    """If the first hop only republished, nobody is called the outlet it was written for."""
    chain = Chain(tuple(replace(hop, role=Role.REPUBLISHER, name="", date=None) for hop in S.FERRY.chain.hops))
    entry = replace(S.FERRY, chain=chain, item=replace(S.FERRY.item, published=None))
    facts = credit(entry, S.SITE)
    assert facts.outlet == ""
    assert [step.name for step in facts.steps] == ["south.example", "harbour.example"]
    assert facts.date is None
    _, text, plain = shown(entry)
    assert "south.example, which republished it; then harbour.example, which republished it" in text
    assert "Ines Marlow" in plain


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.LINK])
def test_a_credit_may_have_little_to_say(mode):
    """Without names, dates and address the block has no empty rows."""
    entry = S.entry(mode=mode, authors=(), outlets=(("", "", None),), because="")
    entry = replace(entry, item=replace(entry.item, url=""), decision=replace(entry.decision, duties=()))
    _, text, plain = shown(entry)
    assert text == ""
    assert plain.strip() == ""


def test_addresses_are_described_by_the_chain():
    """Further links say whether it is the first publication, a republication, or something else."""
    also = ("https://south.example/the-ferry", "https://else.example/")
    decision = replace(
        S.FERRY.decision, duties=(Duty("O3", url="https://x.example/", also=(*also, S.FERRY.chain.hops[1].url)),)
    )
    facts = credit(replace(S.FERRY, decision=decision), S.SITE)
    assert [one.name for one in facts.also] == ["First published at", "See also", "Also at"]
    assert facts.link_name == "x.example"
    assert credit(S.FERRY, S.SITE).link_name == "Harbour Review"


def test_sound_and_film_are_linked_and_pictures_are_not():
    """Assets whose terms are unknown are links in the block; pictures are reached through the story."""
    entry = S.entry(duties=(Duty("O15", also=("https://s.example/v.mp4", "https://s.example/p.JPG?w=2")),))
    block, text, plain = shown(entry)
    assert ("https://s.example/v.mp4", "s.example/v.mp4") in hrefs(block)
    assert "p.JPG" not in text + plain


@pytest.mark.parametrize(("duty", "on_top"), [(Duty("O11", how="top"), True), (Duty("O11", how="end"), False)])
def test_a_publisher_may_ask_for_the_top(duty, on_top):
    """A duty of position puts the credit before the text."""
    assert credit(S.entry(duties=(duty,)), S.SITE).on_top is on_top


def test_names_come_from_the_duty():
    """The names to show are those that are owed, else the item's own; a hop is no author."""
    silent = replace(S.FERRY, decision=replace(S.FERRY.decision, duties=()))
    assert authors(S.FERRY) == authors(silent) == ("Ines Marlow",)
    several = S.entry(authors=("A", "B", "South Desk"))
    assert authors(several) == ("A", "B")
    assert authors(replace(silent, item=replace(silent.item, authors=(Person("C"),)))) == ("C",)


def test_target_and_title_have_fallbacks():
    """The required link is the item's own address if no duty names one; an item without title is called untitled."""
    silent = replace(S.FERRY, decision=replace(S.FERRY.decision, duties=()))
    assert target(silent) == S.FERRY.item.url
    assert title_of(replace(S.FERRY, item=replace(S.FERRY.item, title=" a\n b "))) == "a b"
    assert title_of(replace(S.FERRY, item=replace(S.FERRY.item, title=" "))) == "Untitled, from South Desk"


def test_markup_in_names_is_text():
    """Nothing of a publisher's becomes markup in the block."""
    entry = S.entry(authors=("<b>Eve</b>",), outlets=(('"><script>', "https://s.example/?a=1&b=2", 1),))
    block, text, _ = shown(entry)
    assert "<b>Eve</b>" in text
    assert not list(block.iter("b", "script"))
    assert any(href == "https://s.example/?a=1&b=2" for href, _ in hrefs(block))


def test_a_changed_text_says_so():
    """A text that its publisher changed without a new date is marked where it stands, and not where only a link does."""
    seen = datetime(2026, 11, 23, 9, tzinfo=UTC)
    words = "Its publisher has changed this text; it is that of 23 November 2026."
    full, link = (replace(S.entry(1, mode=mode), corrected=seen) for mode in (Mode.FULL, Mode.LINK))
    assert [note.name for note in credit(full, S.SITE).notes] == [words]
    assert credit(link, S.SITE).notes == ()
