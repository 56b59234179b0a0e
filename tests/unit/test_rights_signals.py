# SPDX-License-Identifier: Apache-2.0
"""Signals to machines, and times: RSL in all its parts, dates in all their forms, and what a record does to them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.model import (
    Ads,
    Channel,
    ChannelKind,
    Evidence,
    Grant,
    Hop,
    Item,
    Level,
    Limit,
    Medium,
    Mode,
    Purpose,
    Record,
    Role,
    Standing,
)
from syndicate.rights import rsl
from syndicate.rights.licences import by_id
from syndicate.rights.rulings import Party, Setting
from syndicate.rights.signals import contact, denied, keeps_out_machines, no_archive, no_index, signals
from syndicate.rights.statements import statements
from syndicate.rights.terms import refusal, terms_of
from syndicate.rights.times import moment, times

FEED, PAGE = "https://own.example/feed", "https://own.example/news/1?x=2"
BY = "https://creativecommons.org/licenses/by/4.0/"
WEB = Channel("c", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY)
SHOP = Channel("x", ChannelKind.FEED, Medium.WEB, Purpose.COMMERCIAL, Ads.AROUND)
PAPER = Channel("p", ChannelKind.FEED, Medium.PRINT, Purpose.COMMUNITY)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RECORD = Record("open", (Grant(Mode.FULL, frozenset(Medium), frozenset(Purpose)),))


def evidence(kind, value, level=Level.ITEM, url=FEED):
    """One piece of evidence."""
    return Evidence(kind, level, value, "item", url)


def block(inner="", url="/", level=Level.ITEM, document=FEED, **more):
    """RSL about an address."""
    stated = "".join(f' {key}="{value}"' for key, value in more.items())
    text = f'<r:content xmlns:r="{rsl.RSL}" xmlns:o="urn:other" url="{url}"{stated}>{inner}</r:content>'
    return evidence("rsl", text, level, document)


def licence(inner):
    """One licence of RSL."""
    return f"<r:license>{inner}</r:license>"


ALL = licence('<r:prohibits type="usage">all</r:prohibits>')
OPEN = licence(f'<r:payment type="free"><r:standard>{BY}</r:standard></r:payment>')
PAID = licence('<r:payment type="subscription"/>')


def refused(*blocks, channel=WEB):
    """What RSL keeps a channel from."""
    found = rsl.read(blocks, PAGE).refusal(channel)
    return found[0] if found else ""


def party(*stated, records=()):
    """The holder with this evidence."""
    return Party(Hop(Role.ORIGIN, "Own", "own", PAGE, evidence=stated), Role.ORIGIN, records, own=True)


def asked(channel=WEB, now=NOW):
    """An item on a channel at a time."""
    item = Item("i-1", "s", "own", "1", PAGE, "T", "", "News.")
    return Setting(item, channel, now, NOW, Standing())


def told(one, channel=WEB, *, recorded=False):
    """The rulings of signals."""
    return list(signals(one, asked(channel), recorded=recorded))


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ("/", True),
        ("/news/", True),
        ("/news/1", True),
        ("/*/1", True),
        ("/news/1$", False),
        ("/news/1?x=2$", True),
        ("/n%65ws/", True),
        ("/sports/", False),
        ("https://own.example/news/", True),
        ("https://OWN.example/news/", True),
        ("https://other.example/news/", False),
    ],
)
def test_patterns(pattern, matches):
    """Addresses match as in robots.txt: by their beginning, with * and $, on their own site."""
    assert bool(refused(block(ALL, pattern))) is matches


def test_the_more_specific_holds():
    """Of two statements about republication the more specific holds; of equals the narrower; the page beats the site."""
    assert refused(block(ALL, "/"), block(OPEN, "/news/")) == ""
    assert refused(block(OPEN, "/"), block(ALL, "/news/")) == "prohibits every automated use of it"
    assert refused(block(OPEN, "/news/"), block(PAID, "/n*ws/")) != ""
    assert refused(block(ALL, "/news/", Level.FEED), block(OPEN, "/")) == ""
    machines = licence('<r:permits type="usage">ai-train</r:permits><r:payment type="crawl"/>')
    assert refused(block(ALL, "/"), block(machines, "/news/")) != ""


def test_alternatives_in_one_element():
    """Licences side by side are a choice, except that a prohibition of everything is none."""
    assert refused(block(PAID + OPEN)) == ""
    assert refused(block(PAID)) == "permits automated use for payment only (subscription)"
    assert refused(block(ALL + OPEN)) != ""


def test_users():
    """Who may use it automatically is compared with what the channel is for."""
    only = block(licence('<r:permits type="user">commercial</r:permits>'))
    never = block(licence('<r:prohibits type="user">commercial</r:prohibits>'))
    assert (bool(refused(only)), bool(refused(only, channel=SHOP))) == (True, False)
    assert (bool(refused(never)), bool(refused(never, channel=SHOP))) == (False, True)
    schools = block(licence('<r:permits type="user">education government</r:permits>'))
    assert refused(schools) == "does not permit community users to reuse it by machine"


def test_licences_of_rsl():
    """A licence without limits is a permission; with limits, a server or of another site it is a suggestion at most."""
    assert [x.licences[0][0].id for x in statements([block(OPEN)], PAGE)] == ["CC-BY-4.0"]
    limited = licence(f'<r:permits type="geo">FR</r:permits><r:payment><r:standard>{BY}</r:standard></r:payment>')
    assert statements([block(limited)], PAGE) == ()
    assert [url for url, _ in rsl.read([block(limited)], PAGE).suggested()] == [BY]
    assert statements([block(OPEN, server="https://t.example")], PAGE) == ()
    assert statements([block(OPEN, document="https://copier.example/feed")], PAGE) == ()
    assert statements([block(OPEN, "https://own.example/")], PAGE) != ()
    assert rsl.read([block(OPEN)], PAGE).suggested() == ()
    everything = licence(f'<r:permits type="usage">all</r:permits><r:payment><r:standard>{BY}</r:standard></r:payment>')
    assert statements([block(everything)], PAGE) != ()


@pytest.mark.parametrize(
    "text",
    [
        "<broken",
        "<content/>",
        f'<content xmlns="{rsl.RSL}" url="/"><novelty/></content>',
        '<?xml version="1.0" encoding="x"?><a/>',
    ],
)
def test_what_cannot_be_read_is_void(text):
    """A document that is broken, of another namespace or with unknown elements says nothing, and is told of."""
    stated = evidence("rsl", text)
    found = rsl.read([stated, evidence("fac", "allow")], PAGE)
    assert (found.unread, found.contents, found.refusal(WEB), found.contact) == ((stated,), (), None, "")


def test_whole_documents_and_foreign_elements():
    """A whole document is read content by content; elements of other namespaces and comments are passed over."""
    text = (
        f'<rsl xmlns="{rsl.RSL}" xmlns:o="urn:o" max-age="7"><!-- c --><o:x/><content url="/sports/"/>'
        '<content url="/"><o:y/><license><payment type="purchase"><custom> https://own.example/buy </custom></payment>'
        "</license></content></rsl>"
    )
    found = rsl.read([evidence("rsl", text)], PAGE)
    assert found.refusal(WEB)[0] == "permits automated use for payment only (purchase)"
    assert found.contact == "https://own.example/buy"
    mail = block(licence("") + '<r:copyright type="person" contactEmail="me@own.example"/>')
    assert contact([mail], PAGE) == "me@own.example"
    assert contact([block(), evidence("schema.acquireLicensePage", "https://own.example/ask")], PAGE).endswith("/ask")


@pytest.mark.parametrize(
    ("kind", "value", "mode"),
    [
        ("prism.embargoDate", "2026-11-23T09:00:00+02:00", Mode.WITHHOLD),
        ("prism.embargoDate", "2026-11-22T08:59:00Z", None),
        ("prism.embargoDate", "2026-11-22", Mode.WITHHOLD),  # it has not begun everywhere
        ("prism.embargoDate", "2026-11-21", None),
        ("prism.embargoDate", "soon", Mode.LINK),
        ("pur.exclusivityEndDate", "2027", Mode.LINK),
        ("pur.exclusivityEndDate", "2026-10", None),
        ("dcterms.available", "Sun, 29 Nov 2026 08:00:00 GMT", Mode.WITHHOLD),
        ("dcterms.available", "at all good bookshops", None),
        ("dcterms.valid", "2026-12-24/2026-12-31", Mode.WITHHOLD),
        ("dcterms.valid", "start=2026-01-01; end=2026-03-01; scheme=W3C-DTF;", Mode.LINK),
        ("dcterms.valid", "2026-03-01", Mode.LINK),
        ("dcterms.valid", "name=spring;", None),
        ("prism.expirationDate", "2026-11-23", None),
        ("prism.expirationDate", "2026-11-22", Mode.LINK),
        ("pur.expirationDate", "later", Mode.LINK),
        ("prism.killDate", "20261101", Mode.WITHHOLD),
        ("schema.expires", "2026-11-22T09:00:00Z", Mode.LINK),
        ("html.robots", "unavailable_after: 21-Nov-2026 12:00:00 GMT", Mode.LINK),
        ("html.robots", "unavailable_after: 2026-12-01", None),
        ("prism.killDate", "9999-12-31", None),
        ("prism.embargoDate", "0001-01-01", None),
        ("prism.copyright", "2020", None),
    ],
)  # fmt: skip
def test_times(kind, value, mode):
    """Embargoes hold back, windows close, dates that cannot be read permit a link, words of wider fields say nothing."""
    found = [ruling.mode for ruling in told(party(evidence(kind, value)))]
    assert found == ([] if mode is None else [mode])


def test_times_beside_a_record():
    """Times on the item hold beside a record, those of the feed do not; dates at the edge of the calendar can be read."""
    item, feed = evidence("prism.killDate", "2026-01-01"), evidence("prism.killDate", "2026-01-01", Level.FEED)
    assert [r.clause for r in told(party(item, feed), recorded=True)] == ["window"]
    assert len(told(party(item, feed))) == 2
    assert moment("0000") is None
    assert times([evidence("prism.embargoDate", "0001-01-01")])[0].when == datetime(1, 1, 1, 12, tzinfo=UTC)
    assert times([evidence("prism.killDate", "0001-01-01")])[0].when == datetime(1, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "mode", "characters"),
    [
        ("nosnippet", Mode.LINK, 0),
        ("max-snippet:0", Mode.LINK, 0),
        ("max-snippet: 200", Mode.EXCERPT, 160),
        ("max-snippet:1", Mode.EXCERPT, 1),
        ("max-snippet:-1", None, 0),
        ("noindex", None, 0),
        ("noarchive", None, 0),
    ],
)
def test_snippets(value, mode, characters):
    """What search engines are asked about text, we do: no text, or so many characters with their blanks."""
    found = told(party(evidence("html.robots", value)))
    assert [(r.mode, r.limit) for r in found] == ([] if mode is None else [(mode, Limit(characters=characters))])
    assert told(party(evidence("html.robots", value)), recorded=True) == []


def test_a_page_that_is_gone():
    """Nothing is carried whose page is gone, with a record or without: there is nothing to link to."""
    gone = party(evidence("page.gone", "410"))
    assert [(r.mode, r.clause) for r in (*told(gone), *told(gone, recorded=True))] == [(Mode.WITHHOLD, "link.gone")] * 2


def test_denied_feeds():
    """A feed that denies its use withholds its items, also from a mere copy of them; a record stands above it."""
    deny = evidence("fac", " DENY ", Level.FEED)
    assert [r.mode for r in terms_of(party(deny), asked())] == [Mode.LINK, Mode.WITHHOLD]
    assert refusal(party(deny), WEB).mode is Mode.WITHHOLD
    assert (denied(party(deny, records=(RECORD,))), denied(party(evidence("fac", "allow")))) == (None, None)


def test_signals_in_print():
    """What permits no text on the web permits nothing in print."""
    shut = party(evidence("html.robots", "nosnippet"), block(ALL), evidence("pur.exclusivityEndDate", "2030"))
    assert [r.mode for r in told(shut, PAPER)] == [Mode.WITHHOLD] * 3


def test_what_keeps_machines_and_readers_out():
    """Reservations against machines, search engines and archives are told apart; none of them changes a mode."""
    learners = [
        evidence("aipref", "train-ai=n, search=y"),
        evidence("content-signal", "ai-input=no"),
        evidence("tdmrep.reservation", "1"),
        evidence("html.robots", "noai"),
    ]
    others = [
        evidence("aipref", "train-ai=y"),
        evidence("tdmrep.reservation", "0"),
        evidence("html.robots", "noarchive"),
    ]
    assert keeps_out_machines([*others, *learners]) == tuple(learners)
    assert told(party(*learners, *others)) == []
    assert (no_archive(others), no_archive(learners)) == (True, False)
    assert (no_index([evidence("indexing", "No")]), no_index([evidence("indexing", "yes")])) == (True, False)


def test_documents_of_one_level():
    """Licences side by side are a choice in one document; of two documents about one item the narrower holds."""
    nc = "https://creativecommons.org/licenses/by-nc/4.0/"
    page = evidence("schema.license", nc, url=PAGE)
    assert [r.mode for r in terms_of(party(evidence("atom.license", BY), page), asked(SHOP))] == [Mode.FULL, Mode.LINK]
    assert [
        r.mode for r in terms_of(party(evidence("atom.license", BY), evidence("atom.license", nc)), asked(SHOP))
    ] == [Mode.FULL]
    reserved = evidence("page.copyright", "All rights reserved", url=PAGE)
    assert min(r.mode for r in terms_of(party(evidence("atom.license", BY), reserved), asked())) is Mode.LINK


def test_a_licence_that_the_record_words_in_its_way():
    """Beside a record with grants under a licence, the same licence on the item adds nothing; another one narrows."""
    nc = replace(RECORD, licence=by_id("CC-BY-NC-4.0"))
    like = evidence("atom.license", "https://creativecommons.org/licenses/by-nc/3.0/")
    other = evidence("atom.license", BY)
    assert [len(terms_of(party(one, records=(nc,)), asked())) for one in (like, other)] == [1, 2]
