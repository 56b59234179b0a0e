# SPDX-License-Identifier: Apache-2.0
"""Walks the shared tables of vocabularies and licences row by row: for each place there is a document that is read.

The documents are the examples of tests/cases/vocabularies, each run by test_rights_vocabularies; what is no statement
of a feed or page (schedules, policies, reports) is read here.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from syndicate.deliver.returned import Kind, read_returned
from syndicate.intake.asks import read_asks
from syndicate.intake.vocabularies import LINKS
from syndicate.intake.webpage.robots import directives, of_headers, of_robots_txt
from syndicate.model import (
    Ads,
    Asks,
    Chain,
    Channel,
    ChannelKind,
    Evidence,
    Hop,
    Item,
    Level,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Role,
)
from syndicate.pipeline.breaches import cure_until
from syndicate.rights import rsl
from syndicate.rights.licences import by_url
from syndicate.rights.odrl import policies
from syndicate.rights.policy import decide
from syndicate.rights.signals import keeps_out_machines, no_archive, no_index

TERMS = Path(__file__).parents[2].parent / "shared" / "terms"
CASES = Path(__file__).parents[1] / "cases" / "vocabularies"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAGE = "https://own.example/1"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not TERMS.is_dir(), reason="no shared tables beside the checkout")]

HERE = {
    "rss.schedule": ["channel/ttl", "channel/skipHours/hour", "channel/skipDays/day"],
    "sy": ["channel/updatePeriod", "channel/updateFrequency", "channel/updateBase"],
    "odrl": ["Policy", "permission", "prohibition", "obligation", "duty", "constraint", "refinement"],
    "rightsml": ["Policy@profile"],
    "email.reports": [
        "multipart/report; report-type=delivery-status",
        "multipart/report; report-type=feedback-report",
    ],
}
"""The places that the tests of this file read."""

UNREAD = {
    "rsl": ["XMP, ID3, EPUB, PNG"],  # files of publishers are linked, never fetched
    "email.list": [
        *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "List-Help", "List-Owner", "List-Post"),
        *("List-Subscribe", "List-Archive", "Archived-At"),
    ],  # written in our own mail; other people's newsletters are not taken in
    "email.prose": ["text"],
}
"""The places that nothing reads, and why."""


def table(name):
    """A shared table."""
    return json.loads((TERMS / f"{name}.json").read_text(encoding="utf-8"))


def rows():
    """The rows of the shared table, none where it is missing."""
    return table("vocabularies")["vocabularies"] if TERMS.is_dir() else []


def row(id_):
    """One row."""
    return next(one for one in rows() if one["id"] == id_)


def shown():
    """The examples by row."""
    found = {}
    for name in ("feeds", "pages"):
        for example in json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["examples"]:
            found.setdefault(example["row"], []).append(example)
    return found


@pytest.mark.parametrize("one", rows(), ids=lambda one: one["id"])
def test_every_place_of_a_row_is_read(one):
    """Each place of the row stands in a document whose evidence is asserted, or among those that are not read."""
    places = {place for example in shown().get(one["id"], ()) for place in example["where"]}
    elsewhere, unread = set(HERE.get(one["id"], ())), set(UNREAD.get(one["id"], ()))
    assert set(one["where"]) == (places & set(one["where"])) | elsewhere | unread
    assert not (places | elsewhere) & unread
    assert all(example["expect"] for example in shown().get(one["id"], ()))


@pytest.mark.parametrize("one", [one for one in rows() if "xml" in one["read_from"]], ids=lambda one: one["id"])
def test_every_namespace_of_a_row_is_read(one):
    """Each namespace of a row that is read from feeds is in a document of that row, under a prefix of nobody's."""
    prefixes = json.loads((CASES / "feeds.json").read_text(encoding="utf-8"))["namespaces"]
    examples = [json.dumps(example["markup"]) for example in shown().get(one["id"], ())]
    used = {uri for prefix, uri in prefixes.items() if any(f"{prefix}:" in markup for markup in examples)}
    used |= {uri for uri in one["namespaces"] for markup in examples if f'xmlns=\\"{uri}\\"' in markup}
    own = {"http://www.w3.org/2005/Atom"}  # is the document's own
    elsewhere = {"sy": set(one["namespaces"]), "rightsml": set(one["namespaces"])}.get(one["id"], set())
    nothing = {"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"}  # no place of the row is in it
    assert set(one["namespaces"]) <= used | own | elsewhere | nothing


def test_relations_of_links_are_known():
    """The relations that state rights or belong to archives are kept; those that name pages become the chain."""
    values = row("atom.links")["values"]
    pages = {"alternate", "via", "related", "self", "enclosure", "canonical", "author"}  # read as claims and links
    paging = {"hub", "first", "last", "previous", "next"}  # of the document, not of its rights
    assert set(values) - pages - paging == {*LINKS} & set(values)


# ------------------------------------------------------------------------------------------------ schedules


def test_schedules():
    """Waiting time, hours and days of RSS, period and frequency of the syndication module are what a feed asks."""
    period = row("sy")["values"]["updatePeriod"]
    text = (
        '<rss version="2.0" xmlns:zz="http://purl.org/rss/1.0/modules/syndication/"><channel><title>T</title>{}'
        "</channel></rss>"
    )

    def asks(markup):
        return read_asks(etree.fromstring(text.format(markup).encode()))

    hours, days = "<skipHours><hour>0</hour><hour>24</hour></skipHours>", row("rss.schedule")["values"]["day"]
    assert asks(f"<ttl>90</ttl>{hours}") == Asks(5400, (0,), ())
    for number, day in enumerate(days):
        assert asks(f"<skipDays><day>{day}</day></skipDays>") == Asks(0, (), (number,))
    for name, seconds in zip(period, (3600, 86_400, 604_800, 2_592_000, 31_536_000), strict=True):
        base = "<zz:updateBase>2026-01-01T00:00Z</zz:updateBase>"
        asked = asks(f"<zz:updatePeriod>{name}</zz:updatePeriod><zz:updateFrequency>2</zz:updateFrequency>{base}")
        assert asked == Asks(seconds // 2, (), ())


# ------------------------------------------------------------------------------------------------ policies


def test_policies():
    """Permissions, prohibitions, duties, obligations, constraints and refinements of ODRL are read; RightsML is ODRL."""
    rightsml = row("rightsml")
    policy = {
        "@context": ["http://www.w3.org/ns/odrl.jsonld", rightsml["values"]["context"]],
        "@type": "Policy",
        "uid": "https://own.example/terms",
        "profile": rightsml["namespaces"][0],
        "target": "https://own.example/a",
        "obligation": [{"action": "attribute"}],
        "permission": [
            {
                "action": [{"rdf:value": {"@id": "odrl:distribute"}}],
                "constraint": [{"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2027-01-01T00:00:00Z"}],
                "duty": [{"action": "cc:Notice"}],
            },
            {
                "action": {
                    "rdf:value": "extract",
                    "refinement": [{"leftOperand": "count", "operator": "lteq", "rightOperand": 9, "unit": "pages"}],
                }
            },
        ],
        "prohibition": [{"action": "print"}],
    }
    (read,) = policies(policy)
    (grant,) = read.record.grants
    assert (grant.mode, grant.valid_until) == (Mode.FULL, datetime(2027, 1, 1, tzinfo=UTC))
    assert grant.duties == ("copyright", "credit"), "the duty of the permission, and the obligation of the policy"
    assert [one.media for one in read.record.prohibitions] == [frozenset({Medium.PRINT})]
    assert read.problems == ("permission 2 is left out: we cannot read count lteq 9 pages",)
    for kind in row("odrl")["values"]["policy_types"]:
        assert policies(policy | {"@type": kind})


@pytest.mark.parametrize("action", ["present", "display", "distribute", "reproduce", "extract", "index", "print"])
def test_actions_that_permit(action):
    """The actions of the table by which something may be carried are permissions when an ODRL policy gives them."""
    assert action in row("odrl")["values"]["actions_used"]
    (read,) = policies({"uid": "u", "target": "https://own.example/a", "permission": [{"action": action}]})
    assert [grant.mode for grant in read.record.grants] != []


# ------------------------------------------------------------------------------------------------ reports


def test_reports():
    """Delivery reports and complaints are told apart by what the table says of them; a "not spam" is no complaint."""
    values = row("email.reports")["values"]
    report = (
        'Content-Type: multipart/report; report-type={}; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        "x\r\n--b\r\nContent-Type: {}\r\n\r\n{}\r\n--b--\r\n"
    )
    failed = "Reporting-MTA: dns; a.example\r\n\r\nFinal-Recipient: rfc822; r@a.example\r\nAction: {}\r\nStatus: {}\r\n"
    kinds = {"failed": Kind.FAILED, "delayed": Kind.DELAYED}
    for action in values["Action"]:
        status = "5.1.1" if action == "failed" else "4.2.0"
        text = report.format("delivery-status", values["dsn_part"], failed.format(action, status))
        found = read_returned(text.encode())
        assert (found.kind, found.status) == (kinds[action], status) if action in kinds else found.kind not in kinds
    for kind in ("abuse", *values["ignore"]):
        body = f"Feedback-Type: {kind}\r\nUser-Agent: x/1\r\nVersion: 1\r\n"
        found = read_returned(report.format("feedback-report", values["arf_part"], body).encode())
        assert (found.kind is Kind.COMPLAINT) == (kind == "abuse")


# ------------------------------------------------------------------------------------------------ values


def signals(*values):
    """Robots evidence with these values."""
    return tuple(Evidence("html.robots", Level.ITEM, value, "head/meta", PAGE) for value in values)


def test_robots_tokens():
    """Every directive of the table is read from metas and headers; each does what the table says."""
    values = row("html.robots")["values"]
    for token in (*values["tokens"], *values["non_standard"]):
        written = token.replace(":N", ": 50").replace(":x", ": large").replace(":DATE", ": 2026-12-01")
        (found,) = directives(written)
        assert found == written
        (header,) = of_headers({"x-robots-tag": written}, PAGE)
        assert (header.kind, header.value) == ("html.robots", written)
    assert all(no_index(signals(one)) for one in ("noindex", "none"))
    assert no_archive(signals("noarchive"))
    assert all(keeps_out_machines(signals(one)) for one in values["non_standard"])


def test_preferences_about_machines():
    """Every label of AI preferences and content signals is read in robots.txt, and a refusal is one."""
    for label in row("aipref")["values"]["labels"]:
        (found,) = of_robots_txt(f"User-agent: *\nContent-Usage: {label}=n\n", "syndicate", PAGE)
        assert (found.kind, bool(keeps_out_machines([found]))) == ("aipref", label != "search")
    for key in row("content-signal")["values"]["keys"]:
        (found,) = of_robots_txt(f"User-agent: *\nContent-Signal: {key}=no\n", "syndicate", PAGE)
        assert (found.kind, bool(keeps_out_machines([found]))) == ("content-signal", key != "search")


def test_rsl_elements():
    """Every element, token and draft word of RSL in the table can be read; an element that it lacks voids the document."""
    values = row("rsl")["values"]
    parts = "".join(f"<{name}/>" for name in values["payment_children"] if "@" not in name)
    payments = "".join(
        f'<license><permits type="usage">all</permits><payment type="{one}">{parts}</payment><legal type="contact"/>'
        '<reporting type="audit"/></license>'
        for one in values["payment.type"]
    )
    rest = "".join(f"<{name}/>" for name in values["content_children"] if name != "license")
    document = f'<rsl xmlns="https://rslstandard.org/rsl"><content url="/">{payments}{rest}{{}}</content></rsl>'
    evidence = [Evidence("rsl", Level.SITE, document.format(""), "document", PAGE)]
    (content,) = rsl.read(evidence, PAGE).contents
    assert [one.payment for one in content.licenses] == values["payment.type"]
    void = [Evidence("rsl", Level.SITE, document.format("<strange/>"), "document", PAGE)]
    assert rsl.read(void, PAGE).unread == tuple(void)


# ------------------------------------------------------------------------------------------------ licences


def decided(url, medium=Medium.WEB, purpose=Purpose.COMMUNITY, title="The weir"):
    """The decision about an item under a licence."""
    licence = Evidence("atom.license", Level.ITEM, url, "entry/link", "https://own.example/feed")
    copyright_ = Evidence("dc.rights", Level.ITEM, "\u00a9 2026 Own", "entry/rights", "https://own.example/feed")
    item = Item("i", "own", "own", "1", PAGE, title, "<p>News.</p>", "News.", evidence=(licence, copyright_))
    hop = Hop(Role.ORIGIN, "Own", "own", PAGE, None, item.id, evidence=item.evidence)
    channel = Channel("c", ChannelKind.FEED, medium, purpose, Ads.NONE)
    return decide(item, Chain((hop,)), channel, {"own": Publisher("own", "Own")}, NOW)


def licences():
    """(Address, row, clauses) of one text for each row of the table."""
    data = table("licences") if TERMS.is_dir() else {"licences": []}
    for one in data["licences"]:
        url = one["url"].format(jurisdiction=(one.get("jurisdictions") or [""])[0])
        clauses = data["clauses"].get(one["clauses"] or "")
        yield pytest.param(url, one, clauses, id=one["id"])


@pytest.mark.parametrize(("url", "one", "clauses"), list(licences()))
def test_every_licence_row_does_what_its_clauses_say(url, one, clauses):
    """Title, link, endorsement and cure follow the version of the text; the mode and its duties follow the letters."""
    found = decided(url)
    duties = {duty.id: duty for duty in found.duties}
    assert found.mode.name[0] == one["modes"]["CW"]
    if clauses is None or found.mode is not Mode.FULL or not one["by"]:
        return
    licence = by_url(url)
    assert (duties["O5"].how == "title" if "O5" in duties else False) == clauses["title_if_supplied"]
    assert ("O3" in licence.duties) == clauses["uri_if_supplied"]
    assert ("O8" in licence.duties) == clauses["no_endorsement"]
    assert bool(cure_until(found, NOW)) == bool(clauses["cure_days"])
    assert duties["O4"].url == url
    assert "\u00a9 2026 Own" in duties["O2"].texts
    assert ("O6" in duties) == one["nd"]
