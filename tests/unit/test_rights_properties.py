# SPDX-License-Identifier: Apache-2.0
"""Decisions as properties: whatever terms, chain, channel and time, what must never happen does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from syndicate.model import (
    Ads,
    Assets,
    Beacon,
    Beacons,
    Category,
    Chain,
    Channel,
    ChannelKind,
    Covers,
    Evidence,
    Expiry,
    Grant,
    Hop,
    Interest,
    Item,
    Level,
    Limit,
    Medium,
    Mode,
    Pick,
    Position,
    Prohibition,
    Publisher,
    Purpose,
    Record,
    Republisher,
    Role,
    Scope,
    Standing,
)
from syndicate.rights.asked import DUTIES
from syndicate.rights.licences import IDS, by_id
from syndicate.rights.policy import decide

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)
REFUSAL = Evidence("atom.rights", Level.ITEM, "All rights reserved", "entry/rights")

licences = st.sampled_from(IDS).map(by_id)
evidence = st.builds(
    Evidence,
    kind=st.sampled_from(
        ["atom.license", "cc.userland", "rss.copyright", "body.copyright", "rsl", "body.disclaimer", "mrss.license"]
    ),
    level=st.sampled_from(Level),
    value=st.one_of(
        licences.map(lambda licence: licence.url or "http://purl.org/atompub/license#unspecified"),
        st.sampled_from(
            [
                "All rights reserved",
                "© 2026 South Desk",
                '<prohibits type="usage">all</prohibits>',
                "https://x.example/terms",
                "",
            ]
        ),
    ),
    place=st.just("item"),
)
grants = st.builds(
    Grant,
    mode=st.sampled_from([Mode.LINK, Mode.EXCERPT, Mode.FULL]),
    media=st.frozensets(st.sampled_from(Medium)),
    purposes=st.frozensets(st.sampled_from(Purpose)),
    duties=st.lists(st.sampled_from([*DUTIES, "counter"]), max_size=3).map(tuple),
    covers=st.sampled_from(Covers),
    limit=st.builds(
        Limit, words=st.integers(0, 300), paragraphs=st.integers(0, 3), characters=st.sampled_from([0, 200])
    ),
    ads=st.sampled_from(Ads),
    paid=st.booleans(),
    sale=st.booleans(),
    republishers=st.sampled_from([frozenset(), frozenset(), frozenset({Republisher.NEWSROOM})]),
    consent=st.sampled_from([(), (), (Interest.EDUCATION,)]),
    marker=st.sampled_from(["", "", "a"]),
    parts=st.sampled_from([None, True, False]),
    assets=st.sampled_from(Assets),
    valid_from=st.sampled_from([None, NOW - DAY, NOW + DAY]),
    valid_until=st.sampled_from([None, NOW - DAY, NOW + 2 * DAY]),
    embargo=st.sampled_from([0, 0, 86400, 9 * 86400]),
    window=st.sampled_from([0, 0, 86400, 9 * 86400]),
    on_expiry=st.sampled_from(Expiry),
    pick=st.booleans(),
    max_share=st.sampled_from([0, 0, 20]),
    max_items=st.sampled_from([0, 0, 3]),
    position=st.sampled_from([None, None, Position.TOP]),
    beacon=st.sampled_from([None, None, Beacon.IMG, Beacon.SCRIPT]),
)
scopes = st.builds(
    Scope,
    urls=st.sampled_from([(), (), ("https://south.example/*",), ("https://marsh.example/*",)]),
    categories=st.sampled_from([(), (), ("ideas",)]),
    items=st.sampled_from([(), (), (), ("i-1",), ("https://south.example/a",)]),
    files=st.sampled_from([(), (), (), ("*.png",)]),
)
prohibitions = st.builds(
    Prohibition,
    mode=st.sampled_from([Mode.LINK, Mode.WITHHOLD]),
    media=st.frozensets(st.sampled_from(Medium)),
    purposes=st.frozensets(st.sampled_from(Purpose)),
    valid_from=st.sampled_from([None, NOW - DAY, NOW + DAY]),
    by=st.sampled_from(["", "Mara"]),
    quote=st.sampled_from(["", "No."]),
)
records = st.builds(
    Record,
    key=st.just("terms"),
    grants=st.lists(grants, max_size=3).map(tuple),
    otherwise=st.sampled_from([Mode.LINK, Mode.WITHHOLD]),
    licence=st.none() | licences,
    contact=st.sampled_from(["", "rights@south.example"]),
    scope=st.just(Scope()) | scopes,
    prohibitions=st.lists(prohibitions, max_size=1).map(tuple),
    origin=st.sampled_from(["config", "ledger"]),
)
standings = st.builds(
    Standing,
    first_seen=st.none() | st.just(NOW - DAY),
    pick=st.none() | st.just(Pick("Mara", NOW)),
    place=st.integers(0, 5),
    published=st.integers(0, 30),
)
publishers = st.fixed_dictionaries(
    {
        name: st.builds(
            Publisher, id=st.just(name), name=st.just(name.title()), records=st.lists(records, max_size=3).map(tuple)
        )
        for name in ("south", "marsh", "tarn")
    }
)
hops = st.builds(
    Hop,
    role=st.just(Role.REPUBLISHER),
    name=st.sampled_from(["South", "Marsh", "Tarn", ""]),
    publisher_id=st.sampled_from(["south", "marsh", "tarn", "", "gone"]),
    url=st.sampled_from(["", "https://south.example/a", "https://marsh.example/b", "nonsense:"]),
    item_id=st.sampled_from(["", "i-1"]),
    own_text=st.booleans(),
    evidence=st.lists(evidence, max_size=3).map(tuple),
    date=st.sampled_from([None, NOW - 2 * DAY]),
)
chains = st.builds(Chain, hops=st.lists(hops, min_size=1, max_size=3).map(tuple), origin_known=st.booleans())
channels = st.builds(
    Channel,
    id=st.just("c"),
    kind=st.sampled_from(ChannelKind),
    medium=st.sampled_from(Medium),
    purpose=st.sampled_from(Purpose),
    ads=st.sampled_from(Ads),
    paid=st.booleans(),
    sale=st.booleans(),
    donations=st.booleans(),
    beacons=st.sampled_from(Beacons),
    consent=st.sampled_from([(), (Interest.EDUCATION,)]),
    republisher=st.sampled_from([frozenset(), frozenset({Republisher.NEWSROOM})]),
)
items = st.builds(
    Item,
    id=st.just("i-1"),
    source_id=st.just("s"),
    publisher_id=st.just("south"),
    identity=st.just("x"),
    url=st.sampled_from(["", "https://south.example/a"]),
    title=st.text(max_size=5),
    html=st.text(alphabet="<img src='h>a! -", max_size=30),
    text=st.text(max_size=30),
    categories=st.sampled_from([(), (Category("ideas"),)]),
    published=st.sampled_from([None, NOW - 2 * DAY, NOW + DAY]),
    evidence=st.lists(evidence, max_size=3).map(tuple),
)


@settings(deadline=None)
@given(items, chains, channels, publishers, standings)
def test_total_and_cited(entry, chain, channel, known, standing):
    """Whatever comes in, a decision comes out; text is carried only with a permission cited, duties owed, and a link."""
    decision = decide(entry, chain, channel, known, NOW, standing)
    assert decision.until is None or decision.until > NOW
    cited = [e for reason in decision.reasons for e in reason.evidence]
    assert decision.reasons[-1].mode == decision.mode == min(r.mode for r in decision.reasons)
    assert decision.because
    if decision.mode > Mode.LINK:
        assert any(e.kind == "record" or "creativecommons.org" in e.value for e in cited)
        assert {"O1", "O3"} <= {d.id for d in decision.duties}
    assert (decision.limit != Limit()) == (decision.mode is Mode.EXCERPT)
    assert (decision.duties == ()) == (decision.mode is Mode.WITHHOLD)


@settings(deadline=None)
@given(items, chains, channels, publishers, st.sampled_from(Level), st.integers(0, 2))
def test_refusals_never_widen(entry, chain, channel, known, level, at):
    """Adding a refusal anywhere never gives more, and on the item itself leaves a link at most."""
    refusal = replace(REFUSAL, level=level)
    before = decide(entry, chain, channel, known, NOW)
    index = at % len(chain.hops)
    refused = replace(chain.hops[index], evidence=(*chain.hops[index].evidence, refusal))
    after = decide(
        entry, replace(chain, hops=(*chain.hops[:index], refused, *chain.hops[index + 1 :])), channel, known, NOW
    )
    assert after.mode <= before.mode
    if level is Level.ITEM and index == len(chain.hops) - 1:
        assert after.mode <= Mode.LINK


@settings(deadline=None)
@given(items.filter(lambda i: i.url), chains, channels, publishers, hops)
def test_republisher_between_never_widens(entry, chain, channel, known, hop):
    """One more republisher between origin and copy never gives more."""
    assume(len(chain.hops) > 1)
    before = decide(entry, chain, channel, known, NOW)
    between = replace(chain, hops=(chain.hops[0], hop, *chain.hops[1:]))
    assert decide(entry, between, channel, known, NOW).mode <= before.mode


@settings(deadline=None)
@given(items.filter(lambda i: i.url), chains, channels, publishers, hops)
def test_republisher_at_the_end_never_widens(entry, chain, channel, known, hop):
    """A copy never gives more than what it copied, unless the operator recorded a grant over cross-posts."""
    records = known[hop.publisher_id].records if hop.publisher_id in known else ()
    assume(all(g.covers is Covers.OWN for record in records for g in record.grants))
    entry = replace(entry, evidence=())
    before = decide(entry, replace(chain, origin_known=True), channel, known, NOW)
    after = replace(chain, hops=(*chain.hops, hop))
    assert decide(entry, after, channel, known, NOW).mode <= before.mode


@settings(deadline=None)
@given(items, chains, channels, publishers, st.randoms(use_true_random=False))
def test_order_of_evidence(entry, chain, channel, known, chance):
    """The order of evidence changes nothing of a decision."""

    def mixed(things):
        things = list(things)
        chance.shuffle(things)
        return tuple(things)

    other = replace(chain, hops=tuple(replace(h, evidence=mixed(h.evidence)) for h in chain.hops))
    entry2 = replace(entry, evidence=mixed(entry.evidence))
    assert decide(entry, chain, channel, known, NOW) == decide(entry2, other, channel, known, NOW)


@settings(deadline=None)
@given(items, chains, channels, publishers, standings, st.sampled_from(["south", "marsh"]), scopes, prohibitions)
def test_prohibitions_never_widen(entry, chain, channel, known, standing, whose, scope, prohibition):
    """One more prohibition on record, of any scope, never gives more."""
    before = decide(entry, chain, channel, known, NOW, standing)
    record = Record("statement-9", scope=scope, prohibitions=(prohibition,), origin="ledger")
    refused = replace(known[whose], records=(*known[whose].records, record))
    assert decide(entry, chain, channel, known | {whose: refused}, NOW, standing).mode <= before.mode


@settings(deadline=None)
@given(items, chains, channels, publishers, standings)
def test_a_pick_never_narrows(entry, chain, channel, known, standing):
    """A person's choice never gives less."""
    unpicked = decide(entry, chain, channel, known, NOW, replace(standing, pick=None))
    picked = decide(entry, chain, channel, known, NOW, replace(standing, pick=Pick("Mara", NOW)))
    assert picked.mode >= unpicked.mode


@settings(deadline=None)
@given(items, chains, channels, publishers, standings)
def test_nothing_changes_before_its_time(entry, chain, channel, known, standing):
    """Up to the moment that a decision names, time alone changes nothing of its mode."""
    standing = replace(standing, first_seen=NOW - DAY)
    decision = decide(entry, chain, channel, known, NOW, standing)
    last = decision.until - timedelta(microseconds=1) if decision.until else NOW + 999 * DAY
    assert decide(entry, chain, channel, known, last, standing).mode is decision.mode


@settings(deadline=None)
@given(items, chains, channels, publishers, standings, st.randoms(use_true_random=False))
def test_order_of_records(entry, chain, channel, known, standing, chance):
    """The order in which terms were recorded changes nothing of what may be carried."""

    def mixed(publisher):
        shuffled = list(publisher.records)
        chance.shuffle(shuffled)
        return replace(publisher, records=tuple(shuffled))

    other = {name: mixed(publisher) for name, publisher in known.items()}
    mode = decide(entry, chain, channel, known, NOW, standing).mode
    assert decide(entry, chain, channel, other, NOW, standing).mode is mode
