# SPDX-License-Identifier: Apache-2.0
"""``syndicate doctor`` against a real name server on loopback."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from syndicate.deliver.names import Names, ip_address, server_at
from syndicate.errors import DeliveryError, UsageError
from syndicate.pipeline.doctor import Mail, examine, organisation
from tests.cases.deliver.zone import answering

OURS = Mail("news.bulletin.example", "news.bulletin.example", "news.bulletin.example", "s1", "QUJD")
GOOD = {
    ("news.bulletin.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 include:spf.relay.example -all", "google=1"],
    ("spf.relay.example", "TXT"): ["v=spf1 a:out.relay.example ~all"],
    ("out.relay.example", "A"): ["198.51.100.7"],
    ("s1._domainkey.news.bulletin.example", "TXT"): ["v=DKIM1; k=rsa; p=QUJD"],
    ("_dmarc.bulletin.example", "TXT"): ["v=DMARC1; p=quarantine; rua=mailto:a@bulletin.example"],
    ("9.2.0.192.in-addr.arpa", "PTR"): ["mail.bulletin.example"],
    ("mail.bulletin.example", "A"): ["192.0.2.9"],
}


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("", ("", 53)),
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:DB8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
        ("[::1]:5353", ("::1", 5353)),
    ],
)
def test_name_servers_have_either_kind_of_address(text, server):
    """IPv4 and IPv6, with a port and without."""
    assert server_at(text) == server


@pytest.mark.parametrize(
    "text", ["dns.example", ":53", "192.0.2.1:x", "192.0.2.1:70000", "[::1", "::1]:53", "[192.0.2.1"]
)
def test_what_is_no_name_server(text):
    """Anything else is refused, with how to write it."""
    with pytest.raises(UsageError, match="no address of a name server"):
        server_at(text)


@pytest.mark.parametrize("text", ["mail.example", "192.0.2", ""])
def test_what_is_no_address(text):
    """So is an address of our mail that is none."""
    with pytest.raises(UsageError, match="no IP address"):
        ip_address(text)


@contextmanager
def names(**changes):
    """A resolver that asks a server with the good records, changed."""
    with answering(GOOD | {tuple(key.split("|")): value for key, value in changes.items()}) as port:
        yield Names("127.0.0.1", port)


def found(mail=OURS, addresses=("192.0.2.9",), **changes):
    """The findings by check."""
    with names(**changes) as lookup:
        return {one.check: one for one in examine(lookup, [mail], addresses)}


def test_all_is_well():
    """A domain with good records has nothing to change; the organisation's DMARC record is found."""
    findings = found()
    assert [one.well for one in findings.values()] == [True] * 5
    assert findings["DMARC"].subject == "_dmarc.bulletin.example"
    assert findings["PTR"].text == "mail.bulletin.example"
    assert found(addresses=("198.51.100.7",))["SPF"].well, "what an include names counts too"


@pytest.mark.parametrize(
    ("check", "changes", "words"),
    [
        ("SPF", {"news.bulletin.example|TXT": []}, "no record"),
        ("SPF", {"news.bulletin.example|TXT": ["v=spf1 -all", "v=spf1 mx -all"]}, "2 records"),
        ("SPF", {"news.bulletin.example|TXT": ["v=spf1 +all"]}, "everybody"),
        ("SPF", {"news.bulletin.example|TXT": ["v=spf1 ip4:203.0.113.1 -all"]}, "does not name"),
        ("SPF", {"news.bulletin.example|TXT": ["v=spf1 include:news.bulletin.example -all"]}, "lookups"),
        ("DKIM", {"s1._domainkey.news.bulletin.example|TXT": []}, "no record"),
        ("DKIM", {"s1._domainkey.news.bulletin.example|TXT": ["v=DKIM1; p=WFla"]}, "not the one"),
        ("DMARC", {"_dmarc.bulletin.example|TXT": []}, "no record"),
        ("DMARC", {"_dmarc.bulletin.example|TXT": ["v=DMARC1; rua=mailto:a@b.example"]}, "no policy"),
        ("DMARC", {"_dmarc.bulletin.example|TXT": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "2 records"),
        ("PTR", {"9.2.0.192.in-addr.arpa|PTR": []}, "no name"),
        ("PTR", {"mail.bulletin.example|A": ["192.0.2.1"]}, "lead back"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(check, changes, words):
    """Each fault is found, alone, and says what to change."""
    findings = found(**changes)
    wrong = [one for one in findings.values() if one.well is False]
    assert [one.check for one in wrong] == [check]
    assert words in f"{wrong[0].text} {wrong[0].remedy}"
    assert wrong[0].remedy


def test_alignment():
    """Another domain in envelope and signature belongs to somebody else; a subdomain does not."""
    aligned = Mail("bulletin.example", "bounces.bulletin.example")
    assert found(aligned)["alignment"].well
    strange = Mail("bulletin.example", "relay.example")
    assert found(strange)["alignment"].well is False
    assert organisation("a.b.co.uk") == "b.co.uk"


def test_what_cannot_be_seen_is_said():
    """Who signs at the relay, and where mail leaves from, is not guessed."""
    findings = found(Mail("news.bulletin.example", "news.bulletin.example"), ())
    assert findings["DKIM"].well is findings["PTR"].well is None
    assert "List-Unsubscribe" in findings["DKIM"].text


def test_a_name_server_that_is_not_there():
    """Silence of the DNS is an error in words, not a finding."""
    lookup = Names("127.0.0.1", 9)
    lookup._resolver.lifetime = 0.3
    with pytest.raises(DeliveryError, match="does not answer"):
        lookup.texts("bulletin.example")
