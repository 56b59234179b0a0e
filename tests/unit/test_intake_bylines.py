# SPDX-License-Identifier: Apache-2.0
"""By-lines: two outlets with two dates in four languages, agencies at their place, and what only looks like it."""

from datetime import UTC, datetime

import pytest

from syndicate.intake import markup
from syndicate.intake.bylines import KIND, bylines

NAMES = frozenset({"harbour review", "hafen-rundschau", "revue du port", "revista del puerto"})
DOCUMENT = "https://harbour.example/feed"
FOURTH = datetime(2026, 3, 4, tzinfo=UTC)


def read(*html):
    """The claims of a body."""
    shown = markup.blocks("".join(html))
    return list(bylines(shown, NAMES, lambda url: "harbour.example" in url, DOCUMENT))


@pytest.mark.parametrize(
    "head",
    [
        "<p>By Ines Marlow, Harbour Review, March 5, 2026</p><p>South Desk, March 4, 2026</p>",
        "<p>By Ines Marlow<br>Harbour Review, 5 March 2026<br>South Desk, 4 March 2026</p>",
        "<p>By Ines Marlow Harbour Review, March 05, 2026 South Desk 04 March 2026</p>",
        "<h2>The last boat</h2><p>By Ines Marlow | Harbour Review | 2026-03-05</p><p>South Desk | 2026-03-04</p>",
        "<p>Von Ines Marlow, Hafen-Rundschau, 5. März 2026</p><p>South Desk, 4. März 2026</p>",
        "<p>Von Ines Marlow, Hafen-Rundschau, 05.03.2026</p><p>South Desk, 04.03.2026</p>",
        "<p>Par Ines Marlow, Revue du Port, le 5 mars 2026</p><p>South Desk, le 4 mars 2026</p>",
        "<p>Por Ines Marlow, Revista del Puerto, 5 de marzo de 2026</p><p>South Desk, 4 de marzo de 2026</p>",
    ],
)
def test_two_outlets_and_two_dates(head):
    """The second outlet is the origin, with its own date; the line is kept as evidence."""
    (claim,) = read(head, "<p>At ten past six the deckhand lifts the chain.</p>")
    assert (claim.kind, claim.name, claim.url, claim.date) == (KIND, "South Desk", "", FOURTH)
    assert claim.evidence.value.endswith(("2026", "03-04"))
    assert "Ines Marlow" in claim.evidence.value
    assert claim.evidence.url == DOCUMENT


def test_the_origin_linked():
    """A link around the second outlet's name is the page that is credited, unless it is the publisher's own."""
    head = '<p>By Ines Marlow, Harbour Review, March 5, 2026</p><p><a href="https://{}/a">South Desk</a>, March 4, 2026</p>'
    (claim,) = read(head.format("south.example"))
    assert claim.url == "https://south.example/a"
    assert read(head.format("harbour.example")) == []


@pytest.mark.parametrize(
    "head",
    [
        "<p>By Ines Marlow, Harbour Review, March 5, 2026</p><p>At ten past six she lifts the chain.</p>",
        "<p>By Ines Marlow, Harbour Review, March 5, 2026</p><p>Updated March 6, 2026</p>",
        "<p>Von Ines Marlow, Hafen-Rundschau, 5. März 2026</p><p>Zuletzt aktualisiert am 6. März 2026</p>",
        "<p>By Ines Marlow, Harbour Review, March 5, 2026</p><p>Harbour Review, March 4, 2026</p>",
        "<p>By Ines Marlow, Harbour Review, March 5, 2026</p><p>they met on March 4, 2026</p>",
        "<p>By Ines Marlow, South Desk, March 5, 2026</p><p>Elsewhere, March 4, 2026</p>",
        "<p>One.</p><p>Two.</p><p>Three.</p><p>By Ines Marlow, Harbour Review, March 5, 2026<br>South Desk, March 4, 2026</p>",
        "",
    ],
)
def test_what_is_no_origin(head):
    """One date, a date of change, the publisher again, a sentence, other outlets only, a line far down: nothing."""
    assert read(head) == []


def test_no_such_day():
    """A date that no calendar has leaves the origin without one."""
    (claim,) = read("<p>By Ines Marlow, Harbour Review, 2026-02-28</p><p>South Desk, 2026-02-31</p>")
    assert (claim.name, claim.date) == ("South Desk", None)


@pytest.mark.parametrize(
    ("start", "agency"),
    [
        ("LONDON (Reuters) - The council voted.", "Reuters"),
        ("PARIS, March 4 (AFP) – Le conseil a voté.", "Agence France-Presse"),
        ("Berlin (dpa) - Der Rat hat abgestimmt.", "dpa"),
        ("Berlin (dpa/epd) - Der Rat hat abgestimmt.", "dpa"),
        ("NEW YORK, March 4, 2026 /PRNewswire/ -- A company announces.", "PR Newswire"),
        ("LYON, France--(BUSINESS WIRE)--A company announces.", "Business Wire"),
        ("(AP) — The council voted.", "Associated Press"),
    ],
)
def test_agencies(start, agency):
    """Between place and text an agency's name says whose the text is."""
    (claim,) = read(f"<p>{start}</p><p>More.</p>")
    assert (claim.kind, claim.name, claim.url) == (KIND, agency, "")
    assert claim.evidence.value in start


@pytest.mark.parametrize(
    "start",
    [
        "The minister told Reuters that the council had voted.",
        "Shares rose (Reuters reported) after the vote.",
        "An advanced placement (AP) course is offered.",
        "<img alt='x' src='https://x.example/1.jpg'> Photo (Reuters).",
    ],
)
def test_no_agency(start):
    """An agency that is only spoken of is no origin."""
    assert read(f"<p>{start}</p>") == []


def test_an_agency_reads_its_own_feed():
    """What an agency publishes itself credits nobody."""
    shown = markup.blocks("<p>LONDON (Reuters) - The council voted.</p>")
    assert list(bylines(shown, frozenset({"reuters"}), lambda _: False, DOCUMENT)) == []
