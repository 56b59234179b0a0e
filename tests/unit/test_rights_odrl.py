# SPDX-License-Identifier: Apache-2.0
"""Terms as ODRL: what goes out comes in again, and what others wrote never permits more than it says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.config.terms import DutyName
from syndicate.errors import ParseError
from syndicate.model import (
    Ads,
    Assets,
    Beacon,
    Covers,
    Expiry,
    Grant,
    Interest,
    Limit,
    Medium,
    Mode,
    Position,
    Prohibition,
    Publisher,
    Purpose,
    Record,
    Republisher,
    Scope,
    Translation,
)
from syndicate.rights.licences import IDS, by_id
from syndicate.rights.odrl import document, policies
from tests.cases.rights.policies import only, permission, policy

times = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants them naive
texts = st.sampled_from(["", "First published by A", "https://a.example/x", "ask@a.example"])
lengths = st.sampled_from([0, 1, 59, 3600, 86400, 90 * 86400 + 61])
media = st.frozensets(st.sampled_from(Medium), min_size=1)
purposes = st.frozensets(st.sampled_from(Purpose), min_size=1)
limits = st.builds(Limit, words=st.integers(0, 300), paragraphs=st.integers(0, 3), characters=st.integers(0, 9))


def grants_of(mode):
    """Every grant of one mode; only an excerpt has a limit."""
    return st.builds(
        Grant,
        mode=st.just(mode),
        media=media,
        purposes=purposes,
        duties=st.lists(st.sampled_from(get_args(DutyName)), unique=True, max_size=4).map(tuple),
        covers=st.sampled_from(Covers),
        limit=limits if mode is Mode.EXCERPT else st.just(Limit()),
        ads=st.sampled_from(Ads),
        paid=st.booleans(),
        sale=st.booleans(),
        republishers=st.frozensets(st.sampled_from(Republisher)),
        consent=st.lists(st.sampled_from(Interest), unique=True).map(tuple),
        marker=texts,
        parts=st.none() | st.booleans(),
        assets=st.sampled_from(Assets),
        valid_from=times,
        valid_until=times,
        embargo=lengths,
        window=lengths,
        on_expiry=st.sampled_from(Expiry),
        pick=st.booleans(),
        max_share=st.integers(0, 100),
        max_items=st.integers(0, 9),
        position=st.none() | st.sampled_from(Position),
        wording=texts,
        closing_link=texts,
        beacon=st.none() | st.sampled_from(Beacon),
        their_headline=st.booleans(),
        translation=st.sampled_from(Translation),
        about=texts,
        notify=texts,
        notify_before=st.none() | lengths,
        takedown=lengths,
        quote=texts,
    ).flatmap(lambda grant: st.builds(_counted, st.just(grant), texts))


def _counted(grant, url):
    """A counter has an address, and nothing else has one; who is told beforehand has one too."""
    grant = grant if grant.notify else replace(grant, notify_before=None)
    return replace(grant, beacon_url=url) if grant.beacon else grant


records = st.builds(
    Record,
    key=st.sampled_from(["rules", "rules.sections.ideas", "statement-7"]),
    grants=st.lists(st.sampled_from([Mode.FULL, Mode.EXCERPT, Mode.LINK]).flatmap(grants_of), max_size=2).map(tuple),
    otherwise=st.sampled_from([Mode.LINK, Mode.WITHHOLD]),
    licence=st.none() | st.sampled_from(IDS).map(by_id),
    contact=texts,
    evidence=texts,
    quote=texts,
    place=texts,
    scope=st.builds(
        Scope,
        urls=st.sampled_from([(), ("https://a.example/*", "*.html")]),
        categories=st.sampled_from([(), ("Ideas",)]),
        items=st.sampled_from([(), ("i-1",)]),
        files=st.sampled_from([(), ("*.png",)]),
    ),
    prohibitions=st.lists(
        st.builds(
            Prohibition,
            mode=st.sampled_from([Mode.LINK, Mode.WITHHOLD]),
            media=media,
            purposes=purposes,
            valid_from=times,
            by=texts,
            quote=texts,
        ),
        max_size=2,
    ).map(tuple),
    sha256=st.sampled_from(["", "a1" * 32]),
    read_at=times,
    confirmed_by=texts,
    confirmed_at=times,
    reference=texts,
    leave_out=st.sampled_from([(), ("Vera Dropped",)]),
    institutions=st.sampled_from([(), (("Ines Marlow", "University of Lindenfeld"),)]),
    origin=st.sampled_from(["config", "ledger"]),
)


@settings(deadline=None)
@given(st.lists(records, min_size=1, max_size=3))
def test_round_trip(mine):
    """Whatever terms are on record, what is written as JSON-LD and read again is equal in every field."""
    publisher = Publisher("a", "A Press", "https://a.example/", tuple(mine))
    text = json.dumps(document([publisher]))
    found = policies(json.loads(text))
    assert [one.record for one in found] == mine
    assert {one.publisher for one in found} == {"a"}
    assert not any(one.problems for one in found)


def test_names_of_odrl():
    """The mapping uses ODRL's names: attribute, extract, delayPeriod, elapsedTime, dateTime, inform, derive."""
    grant = Grant(
        Mode.EXCERPT,
        frozenset({Medium.WEB}),
        frozenset({Purpose.COMMUNITY}),
        ("credit", "unmodified"),
        limit=Limit(words=250),
        embargo=2 * 86400,
        window=90 * 86400,
        valid_until=datetime(2027, 1, 1, tzinfo=UTC),
        notify="desk@a.example",
        sale=True,
    )
    (written,) = document([Publisher("a", "A", "", (Record("rules", (grant,)),))])["@graph"]
    (rule,) = written["permission"]
    assert written["@type"] == "Set"
    assert written["conflict"] == "prohibit"
    assert written["prohibition"] == [{"action": ["derive", "modify"], "syn:follows": "unmodified"}]
    assert [duty["action"] for duty in rule["duty"]] == ["attribute", "syn:unmodified", "inform"]
    extract, sell = rule["action"]
    assert (extract["rdf:value"], sell) == ({"@id": "odrl:extract"}, "sell")
    assert extract["refinement"] == [
        {"leftOperand": "count", "operator": "lteq", "rightOperand": 250, "unit": "syn:words"}
    ]
    values = {c["leftOperand"]: (c["operator"], c["rightOperand"]) for c in rule["constraint"]}
    assert values["delayPeriod"] == ("gteq", {"@value": "P2D", "@type": "xsd:duration"})
    assert values["elapsedTime"] == ("lteq", {"@value": "P90D", "@type": "xsd:duration"})
    assert values["dateTime"] == ("lt", {"@value": "2027-01-01T00:00:00+00:00", "@type": "xsd:dateTime"})


def test_foreign_permission():
    """Other people's policies are read: prefixes, addresses, single values for lists, unlimited where unlimited."""
    bare = only(permission())
    assert (bare.publisher, bare.record.key) == ("http://press.example/", "http://press.example/policy:1")
    (grant,) = bare.record.grants
    assert (grant.mode, grant.media, grant.purposes) == (Mode.FULL, frozenset(Medium), frozenset(Purpose))
    prefixed = only(
        [
            {
                "odrl:assigner": {"odrl:uid": "press"},
                "odrl:permission": {
                    "odrl:target": {"odrl:uid": "https://press.example/a"},
                    "odrl:action": {"@id": "http://www.w3.org/ns/odrl/2/extract"},
                    "odrl:constraint": {
                        "odrl:and": {
                            "@list": [
                                {
                                    "odrl:leftOperand": "odrl:media",
                                    "odrl:operator": "odrl:neq",
                                    "odrl:rightOperand": "print",
                                },
                                {"leftOperand": "media", "operator": "isAnyOf", "rightOperand": ["web", "radio"]},
                                {"leftOperand": "dateTime", "operator": "gteq", "rightOperand": "2026-11-30"},
                            ]
                        }
                    },
                    "odrl:duty": [{"odrl:action": "cc:Attribution"}, {"action": "compensate"}, "cc:ShareAlike"],
                },
            }
        ]
    )
    (grant,) = prefixed.record.grants
    assert (prefixed.publisher, grant.mode, grant.media) == ("press", Mode.EXCERPT, {Medium.WEB})
    assert grant.duties == ("credit", "compensate", "share-alike")
    assert grant.valid_from == datetime(2026, 11, 30, tzinfo=UTC)


def condition(left, operator="eq", right="x", **more):
    """A permission with one condition."""
    return permission(constraint=[{"leftOperand": left, "operator": operator, "rightOperand": right} | more])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (condition("spatial", right="FR"), "spatial eq FR"),
        (condition("media", right="radio"), "media eq radio"),
        (condition("media", "gt", ["web"]), "media gt"),
        (condition("purpose", "isNoneOf", ["community", "commercial"]), "purpose isNoneOf"),
        (condition("purpose", "isNoneOf", ["warfare"]), "purpose isNoneOf"),
        (condition("recipient", "isAnyOf", ["research", "members"]), "recipient isAnyOf"),
        (condition("industry", "isNoneOf", ["newsroom"]), "industry isNoneOf"),
        (condition("dateTime", "lt", "soon"), "dateTime lt soon"),
        (condition("dateTime", "isA", "2026-11-30"), "dateTime isA"),
        (condition("delayPeriod", "gteq", "P1M"), "delayPeriod gteq P1M"),
        (condition("elapsedTime", "gteq", "P1D"), "elapsedTime gteq P1D"),
        (condition("count", "lteq", 5), "count lteq 5"),
        (condition("count", "lteq", "many", unit="syn:itemsAMonth"), "count lteq many"),
        (condition("syn:advertising", right="much"), "syn:advertising eq much"),
        (condition("syn:paid", right="perhaps"), "syn:paid eq perhaps"),
        (condition("syn:marker", "neq", "x"), "syn:marker neq x"),
        (permission(constraint=["http://press.example/c"]), "a condition by reference"),
        (permission(constraint=[{"xone": []}]), "a choice of conditions: xone"),
        (permission(action="play"), "an action that permits no use of ours: play"),
        (permission(action=[]), "none"),
        (
            permission(action={"rdf:value": "extract", "refinement": [{"leftOperand": "resolution", "operator": "lteq", "rightOperand": 9}]}),
            "resolution lteq 9",
        ),
        (
            permission(constraint=[{"leftOperand": "media", "operator": "eq", "rightOperand": m} for m in ("web", "print")]),
            "conditions that nothing meets",
        ),
        (
            permission(constraint=[{"leftOperand": "syn:marker", "operator": "eq", "rightOperand": m} for m in "ab"]),
            "two conditions on one thing: syn:marker",
        ),
        (
            permission(duty=[{"action": "delete", "constraint": [{"leftOperand": "event", "operator": "lt", "rightOperand": "x"}]}]),
            "a duty to delete by event",
        ),
        (permission(**{"syn:assets": "some"}), "'some' is not a valid Assets"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_permits_nothing(data, why):
    """A permission with a part that we do not understand is left out, and the reader is told which."""
    found = only(data)
    assert found.record.grants == ()
    (problem,) = found.problems
    assert problem.startswith("permission 1 is left out: we cannot read")
    assert why in problem


def test_foreign_prohibitions():
    """Prohibitions hold, if need be without the conditions that we do not understand."""

    def refused(action, **more):
        return only(policy(prohibition=[{"action": action} | more], permission=[{"action": "distribute"}]))

    def rule(found):
        (one,) = found.record.prohibitions
        return one

    assert rule(refused("use")).mode is Mode.WITHHOLD
    assert rule(refused("reproduce")) == Prohibition()
    assert rule(refused("cc:CommericalUse")).purposes == {Purpose.COMMERCIAL}
    assert rule(refused("print")).media == {Medium.PRINT}
    assert refused("derive").record.grants[0].duties == ("unmodified",)
    where = {"leftOperand": "spatial", "operator": "eq", "rightOperand": "FR"}
    assert rule(refused("use", constraint=[where])).mode is Mode.WITHHOLD
    assert (
        "it holds without its conditions from here on: spatial eq FR" in refused("use", constraint=[where]).problems[0]
    )
    late = {"leftOperand": "elapsedTime", "operator": "lteq", "rightOperand": "P1D"}
    assert refused("use", constraint=[late]).problems == ("prohibition 1: it holds without its condition elapsedTime",)
    other = refused("textToSpeech")
    assert other.record.prohibitions == ()
    assert other.problems == ("prohibition 1: left out, it is about no use of ours: textToSpeech",)
    assert refused([]).problems == ("prohibition 1: left out, it is about no use of ours: no action",)


def test_licences_of_others():
    """A licence is read by its id or its address."""
    for value in (
        {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "https://creativecommons.org/licenses/by/4.0/",
        "CC-BY-4.0",
    ):
        assert only(policy(**{"permission": [], "syn:licence": value})).record.licence == by_id("CC-BY-4.0")


def test_evidence_of_others():
    """The evidence of somebody else's policy is its address; of our own it is what stands on record, if anything."""
    assert only(permission()).record.evidence == "http://press.example/policy:1"
    (mine,) = policies(document([Publisher("a", "A", "", (Record("rules"),))]))
    assert (mine.record.evidence, mine.ours) == ("", True)


def test_rules_by_reference():
    """A rule that is only an address permits and refuses nothing."""
    assert only(policy(permission=["http://press.example/rule"])).record.grants == ()


@pytest.mark.parametrize("data", [{}, [], "text", [1], {"@graph": [{"@type": "Set"}]}])
def test_no_policy(data):
    """A document without a policy is refused with what to give."""
    with pytest.raises(ParseError, match="holds no ODRL policy"):
        policies(data)
