# SPDX-License-Identifier: Apache-2.0
"""Runs the case files of tests/cases/rights: data that states what it expects, traced and decided as in the pipeline."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.model import (
    Ads,
    Channel,
    ChannelKind,
    Claim,
    Covers,
    Evidence,
    Grant,
    Item,
    Known,
    Level,
    Limit,
    Medium,
    Mode,
    Person,
    Publisher,
    Purpose,
    Record,
)
from syndicate.rights.directory import Directory
from syndicate.rights.licences import by_id
from syndicate.rights.policy import decide
from syndicate.rights.trace import keys_of, trace

CASES = Path(__file__).parents[1] / "cases" / "rights"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
COMMUNITY, COMMERCIAL = Purpose.COMMUNITY, Purpose.COMMERCIAL
CHANNELS = {
    "CW": (Medium.WEB, COMMUNITY, Ads.NONE, False),
    "ads": (Medium.WEB, COMMUNITY, Ads.AROUND, False),
    "inside": (Medium.WEB, COMMUNITY, Ads.INSIDE, False),
    "paid": (Medium.WEB, COMMUNITY, Ads.NONE, True),
    "XW": (Medium.WEB, COMMERCIAL, Ads.AROUND, False),
    "EM": (Medium.EMAIL, COMMUNITY, Ads.NONE, False),
    "XE": (Medium.EMAIL, COMMUNITY, Ads.AROUND, False),
    "PR": (Medium.PRINT, COMMUNITY, Ads.NONE, False),
    "sold": (Medium.PRINT, COMMUNITY, Ads.NONE, True),
}


def cases():
    """One parameter for each case and channel of each file."""
    for path in sorted(CASES.glob("*.json")):
        if path.stem in {"limits", "publishers", "shown"}:  # of test_rights_limits and _publishers, and a list of tests
            continue
        world = json.loads(path.read_text(encoding="utf-8"))
        for case in world["cases"]:
            for channel, mode in case["modes"].items():
                yield pytest.param(
                    world, case, channel, Mode[mode.upper()], id=f"{path.stem}: {case['name']}: {channel}"
                )


def grant(data):
    """A grant as a case file writes it."""
    return Grant(
        mode=Mode[data["mode"].upper()],
        media=frozenset(Medium(m) for m in data["media"]),
        purposes=frozenset(Purpose(p) for p in data["purposes"]),
        duties=tuple(data.get("duties", ())),
        covers=Covers(data.get("covers", "own")),
        limit=Limit(data.get("words", 0), data.get("paragraphs", 0)),
        ads=Ads[data.get("ads", "none").upper()],
        paid=data.get("paid", False),
    )


def record(data):
    """A record as a case file writes it."""
    return Record(
        key=data["key"],
        grants=tuple(grant(g) for g in data.get("grants", ())),
        otherwise=Mode[data.get("otherwise", "link").upper()],
        licence=by_id(data["licence"]) if "licence" in data else None,
        contact=data.get("contact", ""),
        evidence=data.get("evidence", ""),
        quote=data.get("quote", ""),
    )


def item(name, data):
    """An item as a case file writes it."""

    def evidence(kind, level, value):
        return Evidence(kind, Level[level.upper()], value, "feed/item")

    return Item(
        id=f"i-{name}",
        source_id=data["publisher"],
        publisher_id=data["publisher"],
        identity=name,
        url=data["url"],
        title=name,
        html=f"<p>{data['text']}</p>",
        text=data["text"],
        authors=tuple(Person(a) for a in data.get("authors", ())),
        published=datetime.fromisoformat(data["date"]).replace(tzinfo=UTC) if "date" in data else None,
        evidence=tuple(evidence(*e) for e in data.get("evidence", ())),
        claims=tuple(
            Claim(kind, who, url, "", evidence(kind, "item", f"{who} {url}"))
            for kind, who, url in data.get("claims", ())
        ),
    )


def publishers_of(world, case):
    """The publishers of a case with their records."""
    chosen = {p: world["records"][r] if isinstance(r, str) else r for p, r in case.get("records", {}).items()}
    return {
        key: Publisher(key, p["name"], p["home"], (record(chosen[key]),) if key in chosen else ())
        for key, p in world["publishers"].items()
    } | {"nobody": Publisher("nobody", "Nobody's Press")}


def decided(world, case, channel):
    """What the pipeline does: trace what is held, trace the item, decide."""
    publishers = publishers_of(world, case)
    known = {}
    for name in [*case.get("held", ()), case["item"]]:
        entry = item(name, world["items"][name])
        chain = trace(entry, publishers[entry.publisher_id], known, Directory(publishers.values()))
        known |= dict.fromkeys(keys_of(entry), Known(entry, chain))
    medium, purpose, ads, paid = CHANNELS[channel]
    out = Channel(channel, ChannelKind.FEED, medium, purpose, ads, paid)
    return decide(entry, chain, out, publishers, NOW)


@pytest.mark.parametrize(("world", "case", "channel", "mode"), list(cases()))
def test_case(world, case, channel, mode):
    """A case is decided as its file says: mode, duties, names, lines, links, limit, contact and the reason."""
    decision = decided(world, case, channel)
    assert decision.mode == mode, decision.reasons
    expect = case.get("expect", {})
    seen = facts(decision)
    wanted = expect.get(channel, {}) | {k: v for k, v in expect.items() if k == "contact"}
    assert {k: seen.get(k) for k in wanted} == wanted


def facts(decision):
    """A decision in the words of the case files."""
    duties = {d.id: d for d in decision.duties}
    found = {
        "duties": list(dict.fromkeys(d.id for d in decision.duties)),
        "because": decision.because,
        "contact": decision.contact,
        "words": decision.limit.words,
    }
    if "O1" in duties:
        found |= {"names": list(duties["O1"].texts), "links": [duties["O3"].url, *duties["O3"].also]}
    if "O2" in duties:
        found["line"] = duties["O2"].texts[0]
    if "O4" in duties:
        found["licence"] = [duties["O4"].texts[0], duties["O4"].url]
    return found
