# SPDX-License-Identifier: Apache-2.0
"""Publishers' guidelines as terms in the configuration, and what they give each channel over time and by hand."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.config import statement
from syndicate.config.values import SECONDS
from syndicate.model import (
    Ads,
    Beacons,
    Category,
    Chain,
    Channel,
    ChannelKind,
    Edition,
    Entry,
    Hop,
    Interest,
    Item,
    Limit,
    Medium,
    Mode,
    Person,
    Pick,
    Publisher,
    Purpose,
    Republisher,
    Role,
    Site,
    Standing,
    Verified,
)
from syndicate.proof import verify
from syndicate.publish.digest import render_digest
from syndicate.publish.excerpt import settle
from syndicate.publish.feed import render_feed
from syndicate.publish.templates import environment
from syndicate.rights.licences import by_id
from syndicate.rights.policy import decide, waits

FILE = Path(__file__).parents[1] / "cases" / "rights" / "publishers.json"
WORLD = json.loads(FILE.read_text(encoding="utf-8"))["publishers"]
PUBLISHED = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = PUBLISHED + timedelta(days=4)
WEB, EMAIL, PRINT, COMMERCIAL = {}, {"medium": "email"}, {"medium": "print"}, {"purpose": "commercial", "ads": "around"}
TEXT = "It rained on the estuary for nine days. On the tenth the ferry came."
CHANNELS = {
    "CW": WEB,
    "XW": COMMERCIAL,
    "EM": EMAIL,
    "XE": EMAIL | COMMERCIAL,
    "PR": PRINT,
    "PR sold": PRINT | {"purpose": "commercial", "sale": True},
    "EM with the counter": EMAIL | {"beacons": "carry"},
    "a feed": {"beacons": "carry"},
    "asks for gifts": {"kind": "page", "beacons": "carry", "donations": True},
    "ads inside": {"purpose": "commercial", "ads": "inside", "kind": "page", "beacons": "carry"},
    "declared": WEB,
    "EM agreed": EMAIL,
}


def channel(name, more):
    """A channel as a case names it."""
    keys = CHANNELS[name] | more
    return Channel(
        name,
        ChannelKind(keys.get("kind", "feed")),
        Medium(keys.get("medium", "web")),
        Purpose(keys.get("purpose", "community")),
        Ads[keys.get("ads", "none").upper()],
        sale=keys.get("sale", False),
        donations=keys.get("donations", False),
        beacons=Beacons(keys.get("beacons", "refuse")),
        consent=tuple(map(Interest, keys.get("consent", ()))),
        republisher=frozenset(map(Republisher, keys.get("republisher", ()))),
    )


def decided(case, name, **standing):
    """What the publisher's terms give an item of its own, or one that it cross-posted, on a channel."""
    return entry(case, name, **standing).decision


def entry(case, name, *, now=LATER, picked=False, place=0, published=0):
    """The item with its chain and the decision about it."""
    records = statement(json.dumps(case["terms"]), licence=by_id, name=case["id"])
    url = case.get("url", "https://press.example/news/on-rain")
    item = Item(
        "i-1", "press", "press", "1", url, "On rain", f"<p>{TEXT}</p>{case.get('raw', '')}", TEXT, published=PUBLISHED,
        authors=(Person("Ines Marlow"),), language="en",
        categories=tuple(Category(label) for label in case.get("categories", ())), raw_html=case.get("raw", ""),
    )  # fmt: skip
    copy = Hop(Role.REPUBLISHER, "Press", "press", url, PUBLISHED, "i-1", own_text=False)
    chain = Chain((Hop(Role.ORIGIN, "Press", "press", url, PUBLISHED, "i-1"),))
    if "origin" in case:
        chain = Chain((Hop(Role.ORIGIN, case["origin"], date=PUBLISHED), copy), origin_known=False)
    standing = Standing(PUBLISHED, Pick("Mara", now) if picked else None, place, published)
    out = channel(name, case.get("channels", {}).get(name, {}))
    told = decide(item, chain, out, {"press": Publisher("press", "Press", "", records)}, now, standing)
    return Entry(item, chain, told, PUBLISHED)


def expected(modes):
    """The modes before and after a pick."""
    return (modes, modes) if isinstance(modes, str) else tuple(modes)


ROWS = [pytest.param(c, n, *expected(m), id=f"{c['id']}: {n}") for c in WORLD for n, m in c["modes"].items()]


@pytest.mark.parametrize(("case", "name", "unattended", "picked"), ROWS)
def test_modes(case, name, unattended, picked):
    """Each publisher's terms give each channel what its guidelines say, alone and after a person's pick."""
    assert decided(case, name).mode is Mode[unattended.upper()], decided(case, name).reasons
    assert decided(case, name, picked=True).mode is Mode[picked.upper()], decided(case, name, picked=True).reasons


@pytest.mark.parametrize(("case", "name", "unattended", "picked"), ROWS)
def test_what_they_ask_is_rendered_and_proved(case, name, unattended, picked):
    """What each channel may carry is rendered by our renderers with all that the publisher asks, and proved there."""
    out = channel(name, case.get("channels", {}).get(name, {}))
    if out.medium is Medium.PRINT or out.kind is ChannelKind.PAGE:
        return  # we print nothing, and our pages carry no text
    site, templates = Site("Bulletin", "https://bulletin.example", "desk@bulletin.example"), environment()
    for mode, by_hand in ((unattended, False), (picked, True)):
        found = settle(entry(case, name, picked=by_hand))
        assert found.decision.mode is Mode[mode.upper()]
        if out.medium is Medium.EMAIL:
            out = replace(out, kind=ChannelKind.DIGEST, sender="Bulletin <news@bulletin.example>")
            part, _, carried = render_digest(out, site, [found], LATER, "2026-11-24", templates)
            parts = (part,)
        else:
            parts, carried = render_feed(out, site, [found], LATER, templates), (found,)
        outcome = verify(Edition("e-1", out, "now", LATER, parts, tuple(carried)), site)
        assert isinstance(outcome, Verified), outcome
        owed = {duty.id for duty in found.decision.duties}
        assert owed <= {one.duty for one in outcome.proved}


def after(text):
    """The time of a clock's row."""
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text)
    return PUBLISHED + sign * timedelta(seconds=int(text[:-1]) * SECONDS[text[-1]])


TIMES = [
    pytest.param(c, row["at"], n, m, id=f"{c['id']}: {n} at {row['at']}")
    for c in WORLD
    for row in c.get("clock", ())
    for n, m in row.items()
    if n != "at"
]


@pytest.mark.parametrize(("case", "at", "name", "mode"), TIMES)
def test_clocks(case, at, name, mode):
    """Embargoes, windows and dates give what they say on each side of their edge."""
    decision = decided(case, name, now=after(at))
    assert decision.mode is Mode[mode.upper()], decision.reasons
    assert waits(decision) == (case["id"] == "dialogue-earth" and mode == "withhold")


@pytest.mark.parametrize("case", [c for c in WORLD if c["id"] in ("undark", "citydesk", "dialogue-earth")])
def test_a_decision_names_its_next_edge(case):
    """Just before the time that a decision names it holds, and at that time another is made."""
    first = decided(case, "CW", now=PUBLISHED)
    assert decided(case, "CW", now=first.until - timedelta(seconds=1)).mode is first.mode
    assert decided(case, "CW", now=first.until).mode is not first.mode


@pytest.mark.parametrize("copied", [timedelta(days=-9), timedelta(days=9)])
def test_the_clock_is_the_origins(copied):
    """Embargo and window count from the origin's date, whatever date a copy carries."""
    case = next(c for c in WORLD if c["id"] == "dialogue-earth")
    records = statement(json.dumps(case["terms"]), licence=by_id, name="terms")
    url, date = "https://tarn.example/2", PUBLISHED + copied
    item = Item("i-2", "tarn", "tarn", "2", url, "T", "<p>Rain.</p>", "Rain.", published=date)
    origin = Hop(Role.ORIGIN, "Press", "press", "https://press.example/1", PUBLISHED, "i-1")
    copy = Hop(Role.REPUBLISHER, "Tarn", "tarn", url, date, "i-2", own_text=False)
    known = {"press": Publisher("press", "Press", "", records)}

    def at(hours):
        now = PUBLISHED + timedelta(hours=hours)
        return decide(item, Chain((origin, copy)), channel("CW", {}), known, now).mode

    assert (at(47), at(49)) == (Mode.WITHHOLD, Mode.FULL)


def test_shares():
    """A share of the month is kept by the item's place in it; a share that nobody counted is not."""
    case = next(c for c in WORLD if "standing" in c)
    for place, published, mode in case["standing"]:
        assert decided(case, "CW", place=place, published=published).mode is Mode[mode.upper()], (place, published)


@pytest.mark.parametrize("case", [c for c in WORLD if "because" in c], ids=lambda c: c["id"])
def test_reasons(case):
    """What stands in the way is told in one sentence, with the grant that it stands in as evidence."""
    name = next(iter(case["modes"]))
    decision = decided(case, name)
    assert decision.because == case["because"]
    assert decision.reasons[0].evidence[0].place.startswith("terms.")


def test_limits_and_contacts():
    """Limits arrive as granted, and a section's own contact is the one to ask."""
    for case in WORLD:
        if "limit" in case:
            assert decided(case, "CW").limit == Limit(**case["limit"])
        if "contact" in case:
            assert decided(case, "CW").contact == case["contact"]


def test_the_shared_table(shared):
    """The modes are those of the shared table of cases, row by row."""
    rows = json.loads((shared / "terms" / "cases.json").read_text(encoding="utf-8"))["publishers"]
    mine = {}
    for case in WORLD:
        mine.setdefault(case["n"], case)
    for row in rows:
        for name, modes in row["expect"].items():
            want = [modes[key] for key in ("unattended", "picked")]
            want = [m[mine[row["n"]]["section"]] if isinstance(m, dict) else m for m in want]
            assert list(expected(mine[row["n"]]["modes"][name])) == want, (row["id"], name)
        for time in row.get("clock", ()):
            then = PUBLISHED + timedelta(**_span(time["at"]))
            for name in {"CW", "XW", "EM", "PR"} & time.keys():
                assert decided(mine[row["n"]], name, now=then).mode is Mode[time[name].upper()], (row["id"], name)


def _span(text):
    """The duration of a clock's row in the shared table."""
    unit = {"D": "days", "H": "hours"}[text[-1]]
    return {unit: int(text[:-1].lstrip("PT"))}
