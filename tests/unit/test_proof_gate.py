# SPDX-License-Identifier: Apache-2.0
"""The gate: each duty dropped, hidden, misdirected or misspelled in each part is caught, and harmless changes pass."""

import ast
import hashlib
import runpy
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate import proof
from syndicate.model import Duty, Tombstone, Verified
from syndicate.proof import lint

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/proof/finished.py")))
verify = partial(proof.verify, site=F.SITE)
audit = partial(proof.audit, setting=F.SETTING)
PACKAGE = Path(__file__).parents[2] / "syndicate"
BOTH = (F.FULL, F.EXCERPT)
OWED = {"O1": F.CARRIED, "O2": BOTH, "O3": F.CARRIED, "O4": BOTH, "O5": BOTH, "O9": (F.EXCERPT,)}
PAIRS = [(duty, item_id) for duty, items in OWED.items() for item_id in items]

# Each takes a credit row and gives one that a reader cannot see.
HIDINGS = {
    "display": '<div style="display:none">{row}</div>',
    "display-escaped": '<div style="d\\69splay:/**/n\\6fne">{row}</div>',
    "visibility": '<div style="visibility: hidden !important">{row}</div>',
    "hidden": "<div hidden>{row}</div>",
    "aria": '<div aria-hidden="true">{row}</div>',
    "opacity": '<div style="opacity:.01">{row}</div>',
    "size": '<div style="font-size:0">{row}</div>',
    "tiny": '<div style="font:1px/1 serif">{row}</div>',
    "box": '<div style="height:0;overflow:hidden">{row}</div>',
    "off-screen": '<div style="position:absolute;left:-9999px">{row}</div>',
    "indent": '<div style="text-indent:-9999px">{row}</div>',
    "same-colour": '<div class="pale">{row}</div>',
    "class": '<div class="gone">{row}</div>',
    "phone": '<div class="not-on-phones">{row}</div>',
    "dark": '<div class="not-in-the-dark">{row}</div>',
    "comment": "<!-- {row} -->",
    "template": "<template>{row}</template>",
    "noscript": "<noscript>{row}</noscript>",
    "closed": "<details><summary>Credit</summary>{row}</details>",
    "textarea": "<textarea>{row}</textarea>",
}
STYLE = (
    "<style>.gone{display:none}.pale,.pale *{color:#fff;background:#fff}"
    "@media (max-width:600px){.not-on-phones{display:none!important}}"
    "@media (prefers-color-scheme:dark){.not-in-the-dark{visibility:hidden}}</style>"
)


def findings(name, items):
    """What the gate finds in one format."""
    outcome = verify(F.edition(name, F.content(name, items)))
    return () if isinstance(outcome, Verified) else outcome


def caught(name, items, duty, item_id):
    """Whether the gate names the duty of the item."""
    return any(found.duty == duty and found.item_id == item_id for found in findings(name, items))


def with_rows(item_id, rows):
    """All items, the credit of one made of ``rows``."""
    return F.changed(item_id, html=F.article(item_id, rows=rows))


@pytest.mark.parametrize("name", F.FORMATS)
def test_an_edition_that_keeps_its_duties_is_verified(name):
    """The hand-written editions pass, with the sum of each part and a row for each duty and item."""
    data = F.content(name)
    outcome = verify(F.edition(name, data))
    assert isinstance(outcome, Verified), outcome
    assert outcome.sha256 == {name: hashlib.sha256(data).hexdigest()}
    proved = {(row.item_id, row.duty) for row in outcome.proved}
    assert proved >= {(item_id, duty) for duty, item_id in PAIRS}
    assert {row.part for row in outcome.proved} == ({"mail HTML", "mail text"} if name == "mail" else {name})


@pytest.mark.parametrize("name", F.FORMATS)
@pytest.mark.parametrize(("duty", "item_id"), PAIRS)
def test_a_dropped_row_is_caught(name, duty, item_id):
    """Without the row that meets a duty the edition is held, in every format."""
    rows = {key: row for key, row in F.credit_rows(item_id).items() if key != duty}
    assert caught(name, with_rows(item_id, rows), duty, item_id)


@pytest.mark.parametrize("name", F.FORMATS)
@pytest.mark.parametrize("hiding", HIDINGS)
@pytest.mark.parametrize(("duty", "item_id"), PAIRS)
def test_a_hidden_row_is_caught(name, hiding, duty, item_id):
    """A row that no reader can see does not meet a duty, however it is hidden."""
    rows = F.credit_rows(item_id)
    rows[duty] = HIDINGS[hiding].format(row=rows[duty])
    items = F.changed(item_id, html=STYLE + F.article(item_id, rows=rows))
    assert caught(name, items, duty, item_id)


@pytest.mark.parametrize("name", F.FORMATS)
@pytest.mark.parametrize("attribute", ["title", "alt", "aria-label", "data-x"])
def test_words_in_an_attribute_are_not_seen(name, attribute):
    """Names that stand in an attribute only, such as the alternative of a picture, are missing."""
    rows = F.credit_rows(F.FULL)
    rows["O1"] = (
        f'<img src="x.png" {attribute}="By Åsa Marlow and Ben Ruiz-Ode for South Desk, by way of Harbour Review">'
    )
    assert caught(name, with_rows(F.FULL, rows), "O1", F.FULL)


MISSPELLINGS = {
    "O1": [("Marlow", "Marlov"), ("South Desk", "Sauth Desk"), ("Harbour Review", "Harbour Reviews"), ("Åsa", "Asa"),
           ("Åsa", "åsa"), ("Ruiz-Ode", "Ruiz Ode"), ("Åsa Marlow</b> and Ben Ruiz-Ode", "Ben Ruiz-Ode</b> and Åsa Marlow"),
           ("South Desk", "S\N{CYRILLIC SMALL LETTER O}uth Desk")],
    "O2": [("2026", "2025"), ("South Desk", "South Deck"), ("Copyright &copy; ", ""), ("South Desk", "South Desktop")],
    "O3": [("south.example/aa?", "south.example/ab?"), ("https://south", "http://south"), ("south.example/", "east.example/"),
           ("part=1&amp;page=2", "part=1&amp;page=2&amp;utm_source=x"), ("?part=1&amp;page=2", ""), ("south.example/aa", "south.example/AA"),
           ("https://south", "https://go.example/?u=https://south"), ("https://south", "https://south.example@evil"),
           (">south.example<", "><img src=x alt=south.example><"), (">south.example<", "><"),
           ("<a href=", "<a data-href="), ("harbour.example/copies/aa", "harbour.example/copies/ab")],
    "O4": [("CC BY-ND", "CC BY"), ("by-nd/4.0", "by/4.0"), ("by-nd/4.0", "by-nd/3.0"), ('rel="license"', 'rel="nofollow"'),
           ("creativecommons.org", "creativecommons.example"), ("4.0/", "4.0/?from=us"), (">CC BY-ND 4.0<", "></a>CC BY-ND 4.0<a><")],
    "O5": [("responsible", "responsable"), ("alone ", "")],
}  # fmt: skip
SPELLED = [(duty, old, new) for duty, pairs in MISSPELLINGS.items() for old, new in pairs]


@pytest.mark.parametrize("name", F.FORMATS)
@pytest.mark.parametrize(("duty", "old", "new"), SPELLED)
def test_a_misspelled_or_misdirected_row_is_caught(name, duty, old, new):
    """One letter, one parameter or one path astray is enough, in every format's HTML."""
    rows = F.credit_rows(F.FULL)
    assert old in rows[duty]
    rows[duty] = rows[duty].replace(old, new)
    assert caught(name, with_rows(F.FULL, rows), duty, F.FULL)


TEXT_CHANGES = {
    "O1": [("Marlow", "Marlov"), ("South Desk", "South Deck"), ("Ruiz-\nOde", "Ruiz")],
    "O2": [("2026", "2025"), ("Copyright  (c) ", ""), ("South Desk", "South")],
    "O3": [("/aa?part", "/ab?part"), ("part=1&page=2", "part=1&page=2&utm=1"), ("https://south", "http://south"),
           ("https://south", "https://go.example/?u=https://south"), ("?part=1", "?\n  part=1"), ("copies/aa", "copies/a\na"),
           ("https://", "")],
    "O4": [("BY-ND 4.0", "BY 4.0"), ("by-nd/4.0", "by/4.0"), ("by-nd/4.0", "by-nd/\n4.0")],
    "O5": [("responsible", "responsable")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("duty", "old", "new"), [(d, old, new) for d, pairs in TEXT_CHANGES.items() for old, new in pairs]
)
def test_the_text_part_is_held_to_every_duty_too(duty, old, new):
    """A line wrong in the plain part is caught there, though the HTML is whole."""
    rows = F.credit_lines(F.FULL)
    assert old in rows[duty]
    rows[duty] = rows[duty].replace(old, new)
    found = findings("mail", F.changed(F.FULL, text=F.section(F.FULL, rows=rows)))
    assert {(one.item_id, one.duty, one.part) for one in found} == {(F.FULL, duty, "mail text")}


@pytest.mark.parametrize(("duty", "item_id"), PAIRS)
def test_a_line_dropped_from_the_text_part_is_caught(duty, item_id):
    """The copyright line lost in the text part, and every other one, is a finding there."""
    rows = {key: row for key, row in F.credit_lines(item_id).items() if key != duty}
    found = findings("mail", F.changed(item_id, text=F.section(item_id, rows=rows)))
    assert {(one.item_id, one.duty, one.part) for one in found} == {(item_id, duty, "mail text")}


MACHINE = [
    ("O1", {"authors": ("Åsa Marlov", "Ben Ruiz-Ode")}),
    ("O1", {"authors": ("Ben Ruiz-Ode", "Åsa Marlow")}),
    ("O1", {"authors": ()}),
    ("O1", {"source": "Bulletin"}),
    ("O1", {"source": ""}),
    ("O2", {"rights": "© 2025 South Desk"}),
    ("O2", {"rights": ""}),
    ("O3", {"link": "https://south.example/ab"}),
    ("O3", {"link": ""}),
    ("O3", {"link": "https://south.example/aa?part=1&page=2&utm_source=x"}),
    ("O4", {"licence": "https://creativecommons.org/licenses/by/4.0/"}),
    ("O4", {"licence": ""}),
]


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
@pytest.mark.parametrize(("duty", "changes"), MACHINE)
def test_the_machine_readable_side_is_held_too(name, duty, changes):
    """What machines read must say the same as what people read."""
    assert caught(name, F.changed(F.FULL, **changes), duty, F.FULL)


def test_changes_stand_in_the_json_too():
    """The note of O9 is owed in ``_syndicate.changes``."""
    assert caught("json", F.changed(F.EXCERPT, changes=""), "O9", F.EXCERPT)


def test_the_message_names_the_part_and_the_thing_sought():
    """A finding can be acted on without reading our code."""
    rows = {key: row for key, row in F.credit_lines(F.FULL).items() if key != "O2"}
    found = findings("mail", F.changed(F.FULL, text=F.section(F.FULL, rows=rows)))
    assert found[0].message == 'copyright line "© 2026 South Desk" not found in the text part'


HARMLESS = {
    "white-space": lambda html: html.replace(" ", "\n  ").replace("\n  href", " href").replace("\n  rel", " rel"),
    "bold": lambda html: html.replace("South Desk", "<b>South</b> <i>De</i>sk"),
    "body-markup": lambda html: html.replace("morning", "<em>mor</em>ning"),
    "entities": lambda html: html.replace("&copy;", "&#xA9;").replace("&amp;", "&#38;").replace("Å", "&Aring;"),
    "decomposed": lambda html: html.replace("Å", "A\N{COMBINING RING ABOVE}"),
    "wrapped": lambda html: f"<table><tr><td>{html}</td></tr></table>",
    "inner-wrap": lambda html: html.replace('<div class="credit">', '<div class="credit wide"><div>') + "</div>",
    "attributes": lambda html: html.replace(
        'rel="license" href', 'class="x" target="_blank" rel="noopener license" href'
    ),
    "case-of-host": lambda html: html.replace("https://south.example", "HTTPS://South.Example:443"),
    "deed": lambda html: html.replace("by-nd/4.0/", "by-nd/4.0/deed.fr"),
    "soft-hyphen": lambda html: html.replace("Harbour", "Har&shy;bour"),
    "no-break": lambda html: html.replace("2026 South", "2026&nbsp;South"),
    "comment": lambda html: html.replace("<h3>", "<!-- a heading --><h3>"),
    "print-style": lambda html: "<style>@media print{.credit{display:none}} p:hover{opacity:0}</style>" + html,
    "bidi": lambda html: html.replace("Ben Ruiz-Ode", "<bdi>Ben Ruiz-Ode</bdi>"),
    "open-details": lambda html: (
        html.replace('<div class="credit">', '<details open><div class="credit">') + "</details>"
    ),
    "dark-style": lambda html: (
        "<style>@media (prefers-color-scheme:dark){body{background:#111;color:#eee} a{color:#9cf}}</style>" + html
    ),
}


@pytest.mark.parametrize("name", F.FORMATS)
@pytest.mark.parametrize("change", HARMLESS)
def test_harmless_changes_pass(name, change):
    """Content is judged, not bytes."""
    items = tuple(replace(one, html=HARMLESS[change](one.html)) for one in F.pieces())
    assert items != F.pieces()
    assert findings(name, items) == ()
    assert audit(F.content(name, items), name, F.ENTRIES) == ()


@pytest.mark.parametrize("coding", ["8bit", "quoted-printable", "base64"])
def test_transfer_encodings_change_nothing(coding):
    """The same message in another transfer encoding keeps its word and its duties."""
    data = F.mail(F.pieces(), coding=coding)
    assert isinstance(verify(F.edition("mail", data)), Verified)
    assert audit(data, "digest.eml", F.ENTRIES) == ()
    assert lint(data, "digest.eml") == ()


def test_xhtml_content_is_read_like_html():
    """Atom content as prefixed XHTML keeps its duties, and a hidden credit in it is caught."""
    assert isinstance(verify(F.edition("atom", F.atom(F.pieces(), xhtml=True))), Verified)
    items = F.changed(F.LINK, html=F.article(F.LINK).replace('class="credit"', 'class="credit" style="display:none"'))
    assert not isinstance(verify(F.edition("atom", F.atom(items, xhtml=True))), Verified)


def test_a_text_part_may_mark_and_number():
    """List marks, link footnotes and other line lengths are undone before comparing."""
    body = "- " + F.TEXTS[F.FULL].replace("the gauge.", "the gauge [1].").replace("\n\n", "\n\n1. ")
    items = F.changed(F.FULL, text=F.section(F.FULL, body=body))
    assert findings("mail", items) == ()


def test_json_text_is_held_too():
    """``content_text`` is one more rendering, with duties of its own."""
    text = F.section(F.FULL)
    assert findings("json", F.changed(F.FULL, extra_json={"content_text": text})) == ()
    dropped = text.replace("(c) 2026", "(c) 2025")
    assert caught("json", F.changed(F.FULL, extra_json={"content_text": dropped}), "O2", F.FULL)


def test_every_part_is_judged_on_its_own():
    """One bad format holds back the edition, though the others are whole."""
    good = F.edition("rss", F.content("rss"))
    bad = F.edition("atom", F.content("atom", F.changed(F.FULL, rights="")))
    outcome = verify(replace(good, parts=(*good.parts, *bad.parts)))
    assert {found.part for found in outcome} == {"atom"}


def test_parts_must_be_what_they_are_called():
    """No part, an unreadable part, or another kind of document is a finding, not an error."""
    assert verify(replace(F.edition("rss", b""), parts=()))[0].duty == "form"
    for data in (b"", b"<rss", F.content("atom"), b"{}", b"plain words"):
        assert [found.duty for found in verify(F.edition("rss", data))] == ["form"]
    assert verify(F.edition("page", F.content("rss")))[0].duty == "form"


def test_a_page_is_verified_like_the_rest():
    """A part of any other name is a page."""
    assert isinstance(verify(F.edition("page", F.page(F.pieces()).encode())), Verified)


def test_duties_without_bytes_and_duties_of_others():
    """A duty that is kept elsewhere is not sought; one without a verifier of its own is sought as stated."""
    entry = F.ENTRIES[0]

    def judged(duty, name="mail"):
        decision = replace(entry.decision, duties=(*entry.decision.duties, duty))
        entries = (replace(entry, decision=decision), *F.ENTRIES[1:])
        outcome = verify(F.edition(name, F.content(name), entries))
        return {found.duty for found in outcome} if not isinstance(outcome, Verified) else set()

    assert judged(Duty("O7", ("no advertising",))) == set()
    assert judged(Duty("O24", (F.NOTICE,), F.copy_of(F.FULL))) == set()
    assert judged(Duty("O24", ("Ask first.",))) == {"O24"}
    assert judged(Duty("O24", (), "https://south.example/terms")) == {"O24"}
    assert judged(Duty("O3", (), "ftp://south.example/aa")) == {"O3"}
    assert judged(Duty("O4", ("CC BY-ND 4.0",), F.LICENCE), "json") == set()


def test_nobody_else_mints_a_proof():
    """Only ``syndicate/proof/__init__.py`` calls ``Verified``, under whatever name it is imported."""
    makers = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {"Verified"} | {
            alias.asname
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.name == "Verified" and alias.asname
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if called in names:
                    makers.add(path.relative_to(PACKAGE).as_posix())
    assert makers == {"proof/__init__.py"}


def test_a_tombstone_may_name_what_is_withheld():
    """That an item left is told by its id, which may stand nowhere else."""
    stone = {"id": f"https://bulletin.example/items/{F.WITHHELD}", "when": "2026-11-22T09:00:00+00:00"}
    told = F.json_feed(F.pieces(), _syndicate={"deleted": [stone]})
    edition = replace(F.edition("json", told), tombstones=(Tombstone(F.WITHHELD, F.NOW),))
    assert isinstance(verify(edition), Verified)
    elsewhere = F.json_feed(F.pieces(), user_comment=F.WITHHELD)
    assert {(f.item_id, f.duty) for f in verify(F.edition("json", elsewhere))} == {(F.WITHHELD, "mode")}
