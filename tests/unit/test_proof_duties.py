# SPDX-License-Identifier: Apache-2.0
"""Details of the verifiers that whole editions do not show: lesser modes, odd addresses, unknown duties."""

import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.model import Duty, Limit, Mode, Part, Tombstone, Verified
from syndicate.proof import Setting, audit, verify
from syndicate.proof.duties import faults, proof_of
from syndicate.proof.duties.links import is_feigned
from syndicate.proof.original import Original, left_out
from syndicate.proof.scope import Anchor
from syndicate.proof.sight import look_at
from syndicate.proof.tricks import has_unseen, leads_elsewhere
from syndicate.proof.view import Case, View
from syndicate.rights.grants import counter_of

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/proof/owed.py")))
SETTING = Setting(F.FEED, F.SITE, F.NOW)
ENTRY = F.entry(F.WHOLE)


def case(mode=Mode.FULL, entry=ENTRY):
    """The item in a mode."""
    return Case(entry, mode, Original(entry.item, left_out(entry)), SETTING)


def page(html):
    """A view of one item in an HTML page."""
    (scope,) = look_at(f'<article data-item="{F.WHOLE}">{html}</article>').scopes
    return View("html", scopes=(scope,))


LESSER = [Duty("O11", ("[x]",), F.ORIGIN, how="top"), Duty("O12", also=F.LINKS), Duty("O13", url=F.COUNTER),
          Duty("O15", (F.CREDIT,), also=(F.PICTURE,), how="in"), Duty("O17", end=F.NOW), Duty("O21", ("[x]",), F.ORIGIN)]  # fmt: skip


@pytest.mark.parametrize("duty", LESSER, ids=lambda duty: duty.id)
def test_what_only_a_text_owes_a_link_does_not(duty):
    """A part that carries less than it may owes no position, counter, links, pictures or closing words."""
    assert faults(case(Mode.LINK), duty, page("<p class='credit'>x</p>")) == ()
    assert (
        faults(case(), replace(duty, id=duty.id), page("<p class='credit'>x</p><div class='body'>y</div>"))
        or duty.id == "O21"
    )


def test_an_unknown_duty_is_sought_as_stated():
    """Words and address of a duty that this version does not know must be visible and linked."""
    duty = Duty("O99", ("Say this.",), "https://south.example/x")
    assert len(faults(case(), duty, page("<p>z</p>"))) == 2
    assert faults(case(), duty, page('<p>Say this. <a href="https://south.example/x">x</a></p>')) == ()
    assert len(faults(case(), replace(duty, url=""), View("mail text", texts=("Say that.",)))) == 1
    assert faults(case(), Duty("O30", ("Nobody",)), page("<p>z</p>")) == ()


@pytest.mark.parametrize(
    ("duty", "told"),
    [
        (Duty("O6", ("x",)), f"fingerprint {F.fingerprint(F.LICENSED)}"),
        (Duty("O7"), "community, advertising none, free"),
        (Duty("O12", also=("a", "b")), "2 of 2 links"),
        (Duty("O16", start=F.DAY), "from 2026-11-18 09:00 UTC"),
        (Duty("O18", ("Dana",), end=F.DAY), "Dana; until 2026-11-18 09:00 UTC"),
        (Duty("O25"), "editor@bulletin.example"),
    ],
)
def test_a_proof_says_what_was_found(duty, told):
    """What the proof cites for each kind of duty."""
    assert proof_of(case(), duty) == told


def test_headings():
    """Of a page the heading counts, of a text its first line, of a feed its title; another rule than theirs asks nothing."""
    theirs = Duty("O20", (F.TITLE,), how="theirs")
    assert faults(case(), theirs, page(f"<h2>{F.TITLE}</h2>")) == ()
    assert faults(case(), theirs, page(f"<p>{F.TITLE}</p>")) != ()
    assert faults(case(), theirs, page(f"<div class='body'><h2>{F.TITLE}</h2></div>")) != ()
    assert faults(case(), theirs, View("mail text", texts=(F.TITLE.upper(),))) != ()
    assert faults(case(), replace(theirs, how="allowed"), page("<p>x</p>")) == ()
    assert faults(case(), replace(theirs, texts=()), page(f"<h1>{F.TITLE}</h1>")) == ()


def test_a_canonical_page_is_declared_where_it_can_be():
    """On an item's own page it is looked for, in mail it cannot stand."""
    duty = Duty("O14", url=F.ORIGIN)
    assert faults(case(), duty, page("<p>x</p>")) != ()
    assert faults(case(), duty, replace(page("<p>x</p>"), canonicals=(F.ORIGIN,))) == ()
    assert faults(case(), duty, replace(page("<p>x</p>"), part="mail HTML")) == ()


def test_position_by_names():
    """Without fixed words the names of O1 show where the credit stands; without O1 any credit does."""
    duty = Duty("O11", how="top")
    names = "Ines Marlow and Åke Lind, South Desk, Harbour Review"
    assert faults(case(), duty, page(f"<p class='credit'>{names}</p><div class='body'>x</div>")) == ()
    assert faults(case(), duty, page(f"<p>{names}</p><div class='body'>x</div><p class='credit'>{names}</p>")) != ()
    nameless = replace(ENTRY, decision=replace(ENTRY.decision, duties=()))
    assert faults(case(entry=nameless), duty, page("<p class='credit'>y</p><div class='body'>x</div>")) == ()


@pytest.mark.parametrize(
    ("shown", "href", "feigned"),
    [
        ("south.example", "https://south.example/x", False),
        ("bbc.example", "https://news.bbc.example/x", False),
        ("https://Süd.example/a", "https://xn--sd-xka.example/a", False),
        ("south.example/a", "https://evil.example/", True),
        ("south.example", "https://[bad/", True),
        (f"{'a' * 70}.example", "https://b.example/", True),
        ("the story", "https://b.example/", False),
        ("south.example", "mailto:a@b.example", False),
    ],
)
def test_feigned_addresses(shown, href, feigned):
    """A link that shows one site's address and leads to another."""
    assert is_feigned(Anchor(href, shown, frozenset(), in_credit=True, in_body=False)) is feigned


def test_addresses_that_are_not_straight():
    """Redirectors, an address inside another, broken ones; what is no web address leads nowhere."""
    assert leads_elsewhere("https://www.google.com/url?q=x")
    assert leads_elsewhere("https://u1.ct.sendgrid.net/ls/click")
    assert leads_elsewhere("https://[x/")
    assert not leads_elsewhere("mailto:a@b.example?subject=http://x")
    assert not leads_elsewhere("https://web.archive.example/web/https://south.example/")
    assert has_unseen("South\u200bDesk")
    assert not has_unseen("می\u200cخواهم")


LOADED = {
    "srcset": '<img srcset="https://bulletin.example/a.png 1x, https://cdn.example/b.png 2x,">',
    "broken": '<img src="https://[x">',
    "css": "<p style='background:url(https://cdn.example/b.png)'>x</p>",
}


@pytest.mark.parametrize("way", LOADED)
def test_what_loads_by_itself(way):
    """Whatever loads from elsewhere is named; our own site's and the message's own pictures may load, nothing is nothing."""
    duty = Duty("O15", how="out")
    assert len(faults(case(), duty, page(LOADED[way]))) == 1
    ours = '<img src=""><img src="cid:logo"><img src="https://bulletin.example/logo.png">'
    assert faults(case(), duty, page(ours)) == ()
    assert len(faults(case(), replace(duty, texts=("Photo: X",), how="in"), page("<p>x</p>"))) == 1


def judged(name="rss", duties=None, **changes):
    """Duties of all that is found in a part whose decision is changed."""
    entry = F.entry(F.WHOLE, duties=duties or F.OWED[F.WHOLE])
    edition = F.edition(F.parts()[name], entries=(entry, F.entry(F.PART)))
    outcome = verify(replace(edition, **changes), F.SITE)
    return set() if isinstance(outcome, Verified) else {(one.item_id, one.duty) for one in outcome}


def test_nothing_of_a_text_is_left_out_but_captions_and_appeals():
    """A paragraph that a duty leaves out must be the caption of a picture, or ask for gifts."""
    assert judged() == set()
    story = F.PARAGRAPHS[0]
    for stolen in (Duty("O15", (F.CAPTION, story), also=(F.AGENCY, F.FILM), how="out"), Duty("O28", (F.APPEAL, story))):
        duties = tuple(stolen if (d.id, d.how) == (stolen.id, stolen.how) else d for d in F.OWED[F.WHOLE])
        assert (F.WHOLE, "O6") in judged(duties=duties)


def test_characters_are_counted_without_white_space():
    """An excerpt limited by characters is measured by its letters and marks."""
    original = Original(ENTRY.item)
    assert original.excess_of_run("Four  winters.", Limit(characters=13)) == ""
    assert original.excess_of_run("Four winters.", Limit(characters=11)) == "has 12 characters, 11 are the most"


def test_tombstones_are_for_what_left():
    """What is told to have left may be named, by its id alone, where the format can tell it."""
    gone = replace(
        F.entry(F.PART), item=replace(F.ITEMS[F.PART], id=F.GONE, title="Gone for good now", text="", html="")
    )
    withheld = replace(gone, decision=replace(gone.decision, mode=Mode.WITHHOLD, duties=()))
    data = F.parts()["atom"].content
    assert audit(data, "a.atom", (*F.ENTRIES, withheld), SETTING) == ()
    named = data.replace(b"Its publisher has withdrawn it.", b"Gone for good now")
    assert {one.duty for one in audit(named, "a.atom", (*F.ENTRIES, withheld), SETTING)} == {"mode"}
    more = (*F.TOMBSTONES, Tombstone("i-4", F.NOW))
    outcome = verify(replace(F.edition(F.parts()["json"]), tombstones=more), F.SITE)
    assert {(one.item_id, one.duty) for one in outcome} == {("i-4", "O17")}


def test_other_shapes_of_a_message():
    """A part that some programs show in place of the others, and an element over the text, hold a mail back."""
    data = F.parts()["mail"].content
    boundary = data.split(b'boundary="')[1].split(b'"')[0]
    shape = (
        b"--" + boundary + b"\r\nContent-Type: text/x-amp-html\r\n\r\n<html amp4email></html>\r\n--" + boundary + b"--"
    )
    outcome = verify(F.edition(Part("mail", "", data.replace(b"--" + boundary + b"--", shape))), F.SITE)
    assert [one.message for one in outcome] == ["a part of type text/x-amp-html may be shown in place of the others"]
    over = data.replace(b"</body>", b"<div style=3D'position:fixed;top:0;background:#fff'>x</div></body>")
    outcome = verify(F.edition(Part("mail", "", over)), F.SITE)
    assert [one.duty for one in outcome] == ["form"]


def test_no_counter_is_asked():
    """A grant without a counter has none to look for."""
    grant = runpy.run_path(str(Path(__file__).parent / "test_rights_duties.py"))["OPEN"]
    assert counter_of(grant, ENTRY.item) == ""
