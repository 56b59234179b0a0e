# SPDX-License-Identifier: Apache-2.0
"""Decisions as properties, and the details of duties that case files do not show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from syndicate.model import (
    Ads,
    Category,
    Chain,
    Channel,
    ChannelClass,
    ChannelKind,
    Covers,
    Enclosure,
    Evidence,
    Expiry,
    Grant,
    Hop,
    Interest,
    Item,
    Level,
    Limit,
    Link,
    Medium,
    Mode,
    Person,
    Publisher,
    Purpose,
    Record,
    Republisher,
    Role,
    Standing,
)
from syndicate.rights.policy import POLICY_VERSION, channel_class, decide

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REFUSAL = Evidence("atom.rights", Level.ITEM, "All rights reserved", "entry/rights")
BY = Evidence("atom.license", Level.ITEM, "https://creativecommons.org/licenses/by/4.0/", "entry/link")
GRANT = Grant(Mode.FULL, frozenset(Medium), frozenset(Purpose), duties=("credit",))

WEB = Channel("c", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY)


def item(**more):
    """An item of South Desk."""
    fields = {"url": "https://south.example/a", "html": "", "text": "News."} | more
    return Item(id="i-1", source_id="s", publisher_id="south", identity="a", title="T", **fields)


def alone(entry):
    """The chain of an original."""
    return Chain(
        (Hop(Role.ORIGIN, "South Desk", "south", entry.url, entry.published, entry.id, evidence=entry.evidence),)
    )


def south(record=None, home=""):
    """The publishers of a world with one."""
    return {"south": Publisher("south", "South Desk", home, (record,) if record else ())}


def owed(decision):
    """The duties of a decision by their id."""
    return {d.id: d for d in decision.duties}


def test_channel_classes():
    """Medium, purpose, advertising and price make the column of the licence table."""

    def of(medium, purpose=Purpose.COMMUNITY, ads=Ads.NONE, paid=False):
        return channel_class(Channel("c", ChannelKind.FEED, medium, purpose, ads, paid))

    assert of(Medium.WEB) is ChannelClass.COMMUNITY_WEB
    assert of(Medium.WEB, ads=Ads.AROUND) is of(Medium.WEB, paid=True) is ChannelClass.COMMERCIAL_WEB
    assert of(Medium.EMAIL) is ChannelClass.COMMUNITY_EMAIL
    assert of(Medium.EMAIL, Purpose.COMMERCIAL) is ChannelClass.COMMERCIAL_EMAIL
    assert of(Medium.PRINT, Purpose.COMMERCIAL, Ads.INSIDE, paid=True) is ChannelClass.PRINT


def test_record_is_cited():
    """A record is cited by its place, with the sentence that the operator read or what was recorded."""
    record = Record("terms", (GRANT,), evidence="https://south.example/terms", quote="Take it all.")
    reason = decide(item(), alone(item()), WEB, south(record), NOW).reasons[0]
    assert reason.evidence == (
        Evidence("record", Level.FEED, "Take it all.", "terms.terms.grants[0]", "https://south.example/terms"),
    )
    assert reason.text == "South Desk, the holder, permits community sites to carry it in full"
    plain = decide(item(), alone(item()), WEB, south(replace(record, quote="")), NOW)
    assert plain.reasons[0].evidence[0].value == "full: email, print, web; commercial, community"
    assert plain.policy == POLICY_VERSION


def test_singular_limits():
    """Limits are worded in the singular too, words and paragraphs together."""
    grant = replace(GRANT, mode=Mode.EXCERPT, limit=Limit(1, 2))
    decision = decide(item(), alone(item()), WEB, south(Record("t", (grant,))), NOW)
    assert decision.because.endswith("an excerpt of up to 1 word and 2 paragraphs")
    assert owed(decision)["O21"].asked_by == "t"
    assert owed(decision)["O9"].texts == ("This is an excerpt.",)


def test_limits_meet():
    """Of two excerpts the shorter holds in each measure."""
    entry = item()
    first = replace(alone(entry).hops[0], item_id="i-0", publisher_id="south")
    second = Hop(Role.REPUBLISHER, "Tarn", "tarn", entry.url, item_id=entry.id)
    world = south(Record("a", (replace(GRANT, mode=Mode.EXCERPT, limit=Limit(100, 0)),)))
    world["tarn"] = Publisher(
        "tarn", "Tarn", "", (Record("b", (replace(GRANT, mode=Mode.EXCERPT, limit=Limit(80, 2)),)),)
    )
    assert decide(entry, Chain((first, second)), WEB, world, NOW).limit == Limit(80, 2)


def test_assets():
    """Enclosures, embedded media and addresses of media files may only be linked."""
    html = '<p><img src="https://south.example/p.jpg"><video poster="https://south.example/q.png"></video><img src="data:x"><b src="https://south.example/no"></b><a href="https://south.example/w.webm?a=1&amp;b=2">w</a></p>'
    entry = item(
        html=html,
        text="See https://south.example/plain and https://south.example/v.mp4?x=1",
        enclosures=(Enclosure("https://south.example/e.mp3"),),
        links=(Link("enclosure", "https://south.example/f.ogg"), Link("via", "https://south.example/g")),
        evidence=(BY,),
        categories=(Category("x"),),
    )
    duty = owed(decide(entry, alone(entry), WEB, south(), NOW))["O15"]
    assert duty.also == tuple(
        f"https://south.example/{name}" for name in ("e.mp3", "f.ogg", "p.jpg", "q.png", "w.webm?a=1&b=2", "v.mp4?x=1")
    )


def test_notices_and_names():
    """Names stand once each in their order, disclaimers to the character, and who asks is named."""
    notice = Evidence("body.disclaimer", Level.ITEM, "The author alone answers.", "body")
    entry = item(evidence=(BY, notice), authors=(Person("Ida Wren"), Person(" "), Person("South Desk")))
    duties = owed(decide(entry, alone(entry), WEB, south(), NOW))
    assert (duties["O1"].texts, duties["O1"].asked_by) == (("Ida Wren", "South Desk"), "CC-BY-4.0")
    assert (duties["O5"].texts, duties["O4"].asked_by) == (("The author alone answers.",), "CC-BY-4.0")


def test_line_of_a_copy():
    """A copy repeats its holder's line: never the republisher's for itself."""
    entry = item()
    origin = Hop(Role.ORIGIN, "South Desk", "south", "https://south.example/o", item_id="i-0", evidence=(BY,))

    def line(*values):
        evidence = tuple(Evidence("body.copyright", Level.ITEM, value, "body") for value in values)
        copy = Hop(Role.REPUBLISHER, "Tarn", "", entry.url, item_id="i-1", own_text=False, evidence=evidence)
        return owed(decide(entry, Chain((origin, copy)), WEB, south(), NOW))["O2"].texts[0]

    assert line("© 2026 Tarn") == "© 2026 South Desk"
    assert line("© 2025 Ida Wren", "© 2026 Tarn") == "© 2025 Ida Wren"
    assert line("© South Desk and Tarn, 2020") == "© South Desk and Tarn, 2020"


def test_home_as_last_resort():
    """An item without an address is linked to its publisher's home."""
    entry = item(url="", evidence=(BY,))
    decision = decide(entry, alone(entry), WEB, south(home="https://south.example/"), NOW)
    assert (decision.mode, owed(decision)["O3"].url) == (Mode.FULL, "https://south.example/")


def test_changed_copy_of_a_record():
    """A grant for unmodified text does not cover a copy that differs."""
    entry = item()
    origin = replace(alone(entry).hops[0], item_id="i-0")
    copy = Hop(
        Role.REPUBLISHER, "Tarn", "tarn", "https://tarn.example/a", item_id="i-1", evidence=(replace(BY, place="x"),)
    )
    world = south(Record("t", (replace(GRANT, duties=("unmodified",)),), contact="ask@south.example"))
    decision = decide(entry, Chain((origin, copy)), WEB, world, NOW)
    assert (decision.mode, decision.contact) == (Mode.LINK, "ask@south.example")
    assert decision.because == "The holder permits no changes and this copy differs from the original"


def test_licence_in_commercial_print():
    """A non-commercial licence does not cover print with advertising or for commerce."""
    nc = replace(BY, value="https://creativecommons.org/licenses/by-nc/4.0/")
    entry = item(evidence=(nc,))
    free = Channel("c", ChannelKind.FEED, Medium.PRINT, Purpose.COMMUNITY)
    for channel in (replace(free, ads=Ads.AROUND), replace(free, purpose=Purpose.COMMERCIAL), replace(free, paid=True)):
        assert decide(entry, alone(entry), channel, south(), NOW).mode is Mode.WITHHOLD
    assert decide(entry, alone(entry), free, south(), NOW).mode is Mode.FULL


def test_an_item_that_need_not_be_its_publishers():
    """Neither a licence of its feed nor a record of its own work carries it; one that covers cross-posts does."""
    why = Evidence("publisher.republishes", Level.FEED, "9 of 10 items credit somebody else", "all items")
    entry = item(evidence=(BY,))
    doubted = Chain((replace(alone(entry).hops[0], because=(why,)),), origin_known=False)
    for record in (None, Record("own", (GRANT,))):
        decision = decide(entry, doubted, WEB, south(record), NOW)
        assert decision.mode is Mode.LINK
        assert (decision.reasons[0].clause, decision.reasons[0].evidence) == ("origin.doubted", (why,))
        assert "Nobody says whose it is" in decision.because
    confirmed = Record("all", (replace(GRANT, covers=Covers.CROSSPOSTS),))
    assert decide(entry, doubted, WEB, south(confirmed), NOW).mode is Mode.FULL


def test_people_narrow_and_never_widen():
    """A person may carry less than is permitted; what is permitted less stays so, and says why."""
    published = item(published=NOW)
    granted = south(Record("r", (GRANT,)))
    printed = replace(WEB, kind=ChannelKind.PAGE, medium=Medium.PRINT)
    for channel, most, mode in (
        (WEB, Mode.FULL, Mode.FULL),
        (WEB, Mode.LINK, Mode.LINK),
        (WEB, Mode.WITHHOLD, Mode.WITHHOLD),
        (printed, Mode.LINK, Mode.WITHHOLD),
    ):
        decision = decide(published, alone(published), channel, granted, NOW, Standing(at_most=most))
        assert decision.mode is mode
        assert ("override" in [reason.clause for reason in decision.reasons]) is (most < Mode.FULL)
    silent = decide(published, alone(published), WEB, south(), NOW, Standing(at_most=Mode.LINK))
    assert silent.mode is Mode.LINK
    assert silent.because == decide(published, alone(published), WEB, south(), NOW).because


@pytest.mark.parametrize(
    ("condition", "clause"),
    [
        ({"pick": True}, "grant.pick"),
        ({"max_items": 3}, "grant.share"),
        ({"marker": "Republish"}, "grant.marker"),
        ({"republishers": frozenset({Republisher.NEWSROOM})}, "grant.republisher"),
        ({"consent": (Interest.EDUCATION,)}, "grant.consent"),
        ({"window": 86400, "on_expiry": Expiry.BODY_TO_LINK}, "grant.window"),
        ({"notify": "desk@south.example", "notify_before": 0}, "grant.notice"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_condition_that_is_not_met_holds_beside_another_grant(condition, clause):
    """A letter without the condition that another statement makes does not lift it, in whatever order they stand."""
    entry = item(published=NOW - timedelta(days=9))
    for records in permutations([Record("terms", (replace(GRANT, **condition),)), Record("letter", (GRANT,))]):
        publishers = {"south": Publisher("south", "South Desk", "", records)}
        decision = decide(entry, alone(entry), WEB, publishers, NOW)
        assert decision.mode <= Mode.LINK
        assert clause in {reason.clause for reason in decision.reasons}


def test_a_grant_that_is_over_stands_back_behind_a_new_one():
    """A statement that is in force no longer, or not yet, says nothing beside one that is."""
    entry = item(published=NOW)
    for over in ({"valid_until": NOW}, {"valid_from": NOW + timedelta(days=1)}):
        records = (Record("terms", (replace(GRANT, **over),)), Record("letter", (GRANT,)))
        publishers = {"south": Publisher("south", "South Desk", "", records)}
        assert decide(entry, alone(entry), WEB, publishers, NOW).mode is Mode.FULL
