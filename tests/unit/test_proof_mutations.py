# SPDX-License-Identifier: Apache-2.0
"""The gate over our own renderers: whatever duty one of them were to break, and however, the proof names it.

tests/cases/proof/mutations.json says what meets each duty in the outputs; here it is dropped, hidden, misspelled or
misdirected in the finished bytes of each format, one thing at a time.
"""

import json
import re
import runpy
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from html import escape
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.model import Ads, Beacons, Part, Purpose, Verified
from syndicate.proof import verify

CASES = Path(__file__).parents[1] / "cases/proof"
B = SimpleNamespace(**runpy.run_path(str(CASES / "breaking.py")))
F = B.F
TABLE = json.loads((CASES / "mutations.json").read_text(encoding="utf-8"))["duties"]
PARTS = B.PARTS
FEEDS = ("rss", "atom", "json")
HIDINGS = {
    "display": '<span style="display:none">{}</span>',
    "comment": "<!-- {} -->",
    "attribute": '<i title="{}"></i>',
    "hidden": "<span hidden>{}</span>",
    "opacity": '<span style="opacity:.4"><span style="opacity:.3">{}</span></span>',
    "tiny": '<span style="font-size:0">{}</span>',
    "clip": '<span style="clip-path:circle(0)">{}</span>',
    "template": "<template>{}</template>",
    "noscript": "<noscript>{}</noscript>",
    "closed": "<details>{}</details>",
    "animation": '<span style="animation:gone 1ms forwards">{}</span>',
    "reversed": '<bdo dir="rtl">{}</bdo>',
}
ASTRAY = {
    "a parameter": lambda url: f"{url}{'&' if '?' in url else '?'}utm_source=us",
    "another page": lambda url: url.rstrip("/") + "x",
    "another scheme": lambda url: url.replace("https:", "http:"),
    "a redirector": lambda url: f"https://go.example/?u={url}",
    "a look-alike": lambda url: re.sub(r"//(\w)", lambda m: f"//{m[1]}\N{CYRILLIC SMALL LETTER O}", url, count=1),
    "an invisible letter": lambda url: url.replace(".example", "\N{ZERO WIDTH SPACE}.example").replace(
        ".org", "\N{ZERO WIDTH SPACE}.org"
    ),
}


def pattern(words):
    """``words`` as they may stand in HTML: blanks may be others, a link may begin or end anywhere."""
    link = r"(?:</?a[^>]*>)?"
    gap = link + r"(?:[\s\u00a0]|&nbsp;)+" + link
    return re.compile(gap.join(link.join(map(re.escape, escape(word, quote=False))) for word in words.split(" ")))


def edits(words):
    """Misspellings of ``words``: a letter too few, another letter, another case."""
    first = next(i for i, char in enumerate(words) if char.isalpha())
    yield "a letter less", words[:first] + words[first + 1 :]
    yield "another letter", words[:-2] + ("x" if words[-2] != "x" else "y") + words[-1]
    yield "a look-alike", re.sub("[oaeC]", lambda m: {"o": "о", "a": "а", "e": "е", "C": "С"}[m[0]], words, count=1)


def astray_of(case, url):
    """Addresses that are not ``url``; a licence is the same whatever its scheme."""
    same = {"another scheme"} if case["duty"] in {"O4", "O10"} else set()
    return {way: astray(url) for way, astray in ASTRAY.items() if way not in same}


def findings(name, data, **around):
    """What the gate finds in ``data`` as the part ``name``."""
    outcome = verify(F.edition(Part(name, "", data), **around), F.SITE)
    return () if isinstance(outcome, Verified) else outcome


def caught(case, name, data, *, part="", **around):
    """Whether the gate names the duty, of the item or of the document, in this part. The bytes must differ."""
    assert data != PARTS[name].content or around, "nothing was broken"
    wanted = part or ("mail HTML" if name == "mail" else name)
    found = findings(name, data, **around)
    return any(one.duty in {case["duty"], case.get("as")} and one.part in {wanted, name} for one in found)


def named(rows):
    """Parameters with the duty first in their names."""
    return [pytest.param(*row, id=f"{row[0]['duty']}-{'-'.join(map(str, row[1:]))}"[:80]) for row in rows]


def item_of(case):
    """The item that a case is about."""
    return F.PART if case.get("item") == "part" else F.WHOLE


def misspelled(value):
    """The last letter of each line another one."""
    return re.sub(r"(?m)\w(?=\W*$)", lambda found: "x" if found[0] != "x" else "y", value)


def hidings(words):
    """Three ways to hide that are tried for all words, and two more that differ from words to words."""
    others = sorted(set(HIDINGS) - {"display", "comment", "attribute"})
    first = sum(map(ord, words)) % len(others)
    return ("display", "comment", "attribute", others[first], others[first - 1])


# ------------------------------------------------------------------------------------------------ the checks


@pytest.mark.parametrize("name", F.FORMATS)
def test_what_our_renderers_make_is_proved(name):
    """Unchanged, every format of both items is proved in every duty, each in each rendering."""
    outcome = verify(F.edition(PARTS[name]), F.SITE)
    assert isinstance(outcome, Verified), outcome
    renderings = {"mail HTML", "mail text"} if name == "mail" else {name}
    for item_id, owed in F.OWED.items():
        proved = {(one.duty, one.part) for one in outcome.proved if one.item_id == item_id}
        wanted = {duty.id for duty in owed} - ({"O14"} if name == "html" else set())
        assert proved >= {(duty, part) for duty in wanted for part in renderings}


def test_every_duty_is_broken_in_some_way():
    """The table speaks about every duty that can be found in bytes; the others are cited by the proof."""
    assert {case["duty"] for case in TABLE} == {f"O{n}" for n in range(1, 31)} - {"O18", "O19", "O27", "O30"}


WORDS = [(case, words, name) for case in TABLE for words in case.get("words", ()) for name in F.FORMATS]


@pytest.mark.parametrize(("case", "words", "name"), named(WORDS))
def test_words_dropped_hidden_or_misspelled_in_html(case, words, name):
    """What must be read is not found if it is gone, cannot be seen, or is spelled otherwise: in every format."""
    place = B.inside if case.get("where") == "body" else B.outside
    sought = pattern(words)

    def broken(to):
        return B.with_html(name, item_of(case), lambda html: place(html, lambda part: sought.sub(to, part)))

    ways = {way: (lambda found, h=HIDINGS[way]: h.format(found[0])) for way in hidings(words)}
    ways["attribute"] = lambda found: HIDINGS["attribute"].format(escape(re.sub("<[^>]*>", "", found[0])))
    ways |= {way: escape(spelled, quote=False) for way, spelled in edits(words)} | {"drop": ""}
    assert [way for way, to in ways.items() if not caught(case, name, broken(to))] == []


URLS = [(case, url, name) for case in TABLE for url in case.get("urls", ()) for name in F.FORMATS]


@pytest.mark.parametrize(("case", "url", "name"), named(URLS))
def test_links_dropped_hidden_or_misdirected_in_html(case, url, name):
    """What must be linked is not found if the link is dead, cannot be seen, or leads an inch astray."""
    href = f'href="{escape(url)}"'
    link = re.compile(rf"(<a[^>]*{re.escape(href)}[^>]*>)(.*?)(</a>)", re.DOTALL)

    def broken(pattern_, to):
        return B.with_html(name, item_of(case), lambda html: B.outside(html, lambda part: pattern_.sub(to, part)))

    bare = re.compile(re.escape(href))
    ways = {"drop": (link, r"\2"), "empty": (link, r"\1\3\2")}
    hidden = ("display", "comment", "hidden", "animation")
    ways |= {way: (link, lambda found, w=way: HIDINGS[w].format(found[0])) for way in hidden}
    ways |= {way: (bare, f'href="{escape(astray)}"') for way, astray in astray_of(case, url).items()}
    assert [way for way, how in ways.items() if not caught(case, name, broken(*how))] == []


LINES = [(case, mark) for case in TABLE for mark in (*case.get("words", ()), *case.get("urls", ()))
         if case.get("where") != "body"]  # fmt: skip


@pytest.mark.parametrize(("case", "mark"), named(LINES))
def test_the_text_part_keeps_every_word_and_address(case, mark):
    """In the plain part there is nothing to hide behind: what is gone, misspelled or misdirected is not found."""
    sought = re.compile(r"\s+".join(map(re.escape, mark.split(" "))))
    others = astray_of(case, mark) if "://" in mark else dict(edits(mark))

    def broken(to):
        return B.with_text(item_of(case), lambda text: sought.sub(lambda _: to, text))

    ways = others | {"drop": ""}
    assert [way for way, to in ways.items() if not caught(case, "mail", broken(to), part="mail text")] == []


MACHINE = [(case, name, path) for case in TABLE for name, paths in case.get("machine", {}).items() for path in paths]


@pytest.mark.parametrize(("case", "name", "path"), named(MACHINE))
def test_the_machine_readable_side_keeps_its_word(case, name, path):
    """An element dropped or changed is found though the visible credit is whole."""
    ways = {"drop": None, "longer": lambda value: re.sub(r"(?m)$", "x", value), "misspelled": misspelled}
    if "may say more" in case:
        del ways["longer"]
    broken = {way: B.with_machine(name, item_of(case), path, change) for way, change in ways.items()}
    assert [way for way, data in broken.items() if not caught(case, name, data)] == []


def formats_of(change):
    """The formats in which a change can be made."""
    return {"text": ("mail",), "mail": ("mail",), "machine": FEEDS}.get(change["in"], F.FORMATS)


CHANGES = [
    (case, change["mutation"], name, change)
    for case in TABLE
    for change in case.get("changes", ())
    if "set" not in change
    for name in formats_of(change)
]


@pytest.mark.parametrize(
    ("case", "mutation", "name", "change"),
    [pytest.param(*row, id="-".join((row[0]["duty"], row[1], row[2]))) for row in CHANGES],
)
def test_other_ways_to_break_a_duty(case, mutation, name, change):
    """Each replacement of the table, in each format where it can be made, is found."""
    assert mutation
    item_id, kind = item_of(case), change["in"]
    if kind == "machine":
        assert caught(case, name, B.with_added(name, item_id, change["add"]))
        return
    old, new = (change[key].replace("TITLE", F.TITLE) for key in ("from", "to"))
    # Styles are written into the elements of a mail, and its text part is wrapped.
    tags = re.compile(r"(<\w+[^<>]*?)>").sub(r"\1(?:[^<>]*)>", re.escape(old).replace(r"\<", "<").replace(r"\>", ">"))
    sought = re.compile(old if change.get("regex") else tags)

    def replaced(part):
        return sought.sub(lambda _: new, part)

    if kind in {"text", "all", "mail"} and name == "mail":
        wrapped = re.compile(r"\s+".join(map(re.escape, old.split(" "))) if kind != "text" else re.escape(old))
        data = B.with_text(item_id, lambda text: wrapped.sub(lambda _: new, text))
        assert caught(case, name, data, part="mail text")
    if kind != "text":
        place = B.inside if kind == "body" else B.outside
        data = B.with_html(name, item_id, lambda html: place(html, replaced))
        if "first" in change:
            data = B.with_html_at_start(name, item_id, replaced, change["first"])
        assert caught(case, name, data)


SETTINGS = [
    (case, change["set"], name)
    for case in TABLE
    for change in case.get("changes", ())
    if "set" in change
    for name in (("atom", "json") if change["set"] in {"untold", "undead"} else F.FORMATS)
]


@pytest.mark.parametrize(("case", "setting", "name"), named(SETTINGS))
def test_what_surrounds_an_edition_can_break_a_duty(case, setting, name):
    """A channel, a time or a decision under which the same bytes may not go out; a document that hides who issues it."""
    around = {"channel": F.MAIL if name == "mail" else F.FEED, "entries": F.ENTRIES, "now": F.NOW}
    data = PARTS[name].content
    if setting in DECIDED:
        around |= DECIDED[setting](around)
    else:
        data = DOCUMENTS[setting](name, item_of(case))
    assert caught(case, name, data, **around)


def _redecided(around, item_id, duty_id, **changes):
    entries = []
    for entry in around["entries"]:
        duties = tuple(
            replace(d, **changes) if d.id == duty_id and entry.item.id == item_id else d for d in entry.decision.duties
        )
        entries.append(replace(entry, decision=replace(entry.decision, duties=duties)))
    return {"entries": tuple(entries)}


def _limited(around):
    *first, last = around["entries"]
    decision = replace(last.decision, limit=replace(last.decision.limit, words=5))
    return {"entries": (*first, replace(last, decision=decision))}


DECIDED = {
    "ads": lambda around: {"channel": replace(around["channel"], ads=Ads.AROUND)},
    "paid": lambda around: {"channel": replace(around["channel"], paid=True)},
    "commercial": lambda around: {"channel": replace(around["channel"], purpose=Purpose.COMMERCIAL)},
    "refuse": lambda around: {"channel": replace(around["channel"], beacons=Beacons.REFUSE)},
    "early": lambda around: {"now": around["now"] - timedelta(days=3)},
    "late": lambda around: {"now": around["now"] + timedelta(days=86)},
    "fingerprint": lambda around: _redecided(around, F.WHOLE, "O6", texts=(F.fingerprint("Another text."),)),
    "long": _limited,
}


def _moved(name, item_id):
    """The credit on the other side of the text."""
    credit = r'(?s)\s*<(?:p|div) class="credit".*?</(?:p|table>\s*</div)>'

    def change(html):
        blocks = re.findall(credit, html)
        bare = re.sub(credit, "", html)
        body = re.search(r'(?s)<div class="body".*?</div>', bare)
        at = body.end() if item_id == F.WHOLE else body.start()
        return bare[:at] + "".join(blocks) + bare[at:]

    return B.with_html(name, item_id, change)


def _replaced(old, new):
    def change(name, _):
        data = PARTS[name].content
        if name != "mail":
            return data.replace(old.encode(), new.encode())
        message = message_from_bytes(data, policy=policy.SMTP)
        for kind in ("plain", "html"):
            part = message.get_body((kind,))
            told = part.get_content().replace(old, new)
            part.set_content(told, subtype=kind)
        return message.as_bytes()

    return change


def _issued(name, _):
    data = PARTS[name].content
    if name == "mail":
        return data.replace(b"From: Riverside Bulletin", b"From: South Desk")
    if name == "html":
        return re.sub(rb"<title>[^<]*</title>", b"<title>South Desk</title>", data)
    return data.replace(b"Riverside Bulletin: all", b"South Desk")


DOCUMENTS = {
    "moved": _moved,
    "issuer": _issued,
    "unreachable": _replaced("editor@bulletin.example", "nobody"),
    "contact": _replaced("editor@bulletin.example", "editor@bulletin.exemple"),
    "untold": lambda name, _: PARTS[name].content.replace(F.GONE.encode(), b"i-elsewhere"),
    "undead": lambda name, _: PARTS[name].content.replace(F.GONE.encode(), F.WHOLE.encode()),
}
