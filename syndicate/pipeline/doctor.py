# SPDX-License-Identifier: Apache-2.0
"""Whether mailbox providers have reason to believe our mail: SPF, DKIM, DMARC, alignment and reverse names.

Each finding says what stands there, whether that is well, and what to change.

Spec: RFC 7208 3.2, 4.6.4; RFC 6376 3.6.1; RFC 7489 3.1, 6.6.3; RFC 8058 4
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from publicsuffixlist import PublicSuffixList

MOST_LOOKUPS = 10
_LOOKUPS = ("include:", "a", "mx", "ptr", "exists:", "redirect=")
_LIST_FIELDS = "List-Unsubscribe and List-Unsubscribe-Post"


class Lookup(Protocol):
    """The DNS."""

    def texts(self, name: str) -> list[str]:
        """TXT records."""
        ...

    def addresses(self, name: str) -> list[str]:
        """A and AAAA records."""
        ...

    def names(self, address: str) -> list[str]:
        """PTR records."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: of what, whether it is well (None: it could not be checked), and what to do."""

    check: str
    subject: str
    well: bool | None
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """How one channel's mail is sent: its From's domain, the envelope's, and who signs it ("" if the relay does)."""

    domain: str
    envelope: str
    signed_by: str = ""
    selector: str = ""
    public: str = ""


def examine(lookup: Lookup, mails: Sequence[Mail], addresses: Sequence[str]) -> list[Finding]:
    """All checks for the channels' mail, which leaves from ``addresses`` (none: unknown)."""
    found = [finding for mail in dict.fromkeys(mails) for finding in _of(lookup, mail, addresses)]
    found += [_reverse(lookup, address) for address in addresses]
    if not addresses:
        text = "from which address our mail leaves is not known: the relay is this machine"
        found.append(Finding("PTR", "relay", None, text, "name it: syndicate doctor --ip ADDRESS"))
    return list(dict.fromkeys(found))


def _of(lookup: Lookup, mail: Mail, addresses: Sequence[str]) -> Iterator[Finding]:
    yield _spf(lookup, mail.envelope, addresses)
    yield _dkim(lookup, mail)
    yield _dmarc(lookup, mail.domain)
    yield _aligned(mail)


def _spf(lookup: Lookup, domain: str, addresses: Sequence[str]) -> Finding:
    records = [text for text in lookup.texts(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    if not records:
        remedy = f'add a TXT record at {domain}: "v=spf1 mx -all", with what sends your mail'
        return Finding("SPF", domain, well=False, text="there is no record", remedy=remedy)
    if len(records) > 1:
        text = f"there are {len(records)} records, so receivers count none"
        return Finding("SPF", domain, well=False, text=text, remedy="keep one")
    terms = records[0].lower().split()[1:]
    if "+all" in terms or "all" in terms:
        remedy = "end it with -all or ~all"
        return Finding("SPF", domain, well=False, text="it lets everybody send in your name", remedy=remedy)
    count, matched = _walk(lookup, domain, terms, addresses, 0)
    if count > MOST_LOOKUPS:
        text = f"it takes {count} lookups, and receivers stop at {MOST_LOOKUPS}"
        return Finding("SPF", domain, well=False, text=text, remedy="name addresses instead of includes")
    if addresses and not matched:
        remedy = f"add ip4: or ip6: of {', '.join(addresses)} to the record at {domain}"
        return Finding("SPF", domain, well=False, text="it does not name where our mail leaves from", remedy=remedy)
    return Finding("SPF", domain, well=True, text=records[0])


def _walk(lookup: Lookup, domain: str, terms: Sequence[str], addresses: Sequence[str], count: int) -> tuple[int, bool]:
    """How many lookups the terms take, and whether they name one of the addresses."""
    matched = False
    for written in terms:
        term = written.lstrip("+?~-")
        count += term.startswith(_LOOKUPS[:1] + _LOOKUPS[4:]) or term.split(":")[0].split("/")[0] in ("a", "mx", "ptr")
        if count > MOST_LOOKUPS:
            break
        kind, _, value = term.replace("=", ":", 1).partition(":")
        if kind in ("ip4", "ip6"):
            matched |= any(_inside(address, value) for address in addresses)
        elif kind == "a":
            matched |= bool(set(lookup.addresses(value or domain)) & set(addresses))
        elif kind == "mx":
            matched = True  # where mail arrives is not looked up: it is taken as named
        elif kind in ("include", "redirect"):
            inner = [text for text in lookup.texts(value) if text.lower().startswith("v=spf1 ")]
            count, more = _walk(lookup, value, inner[0].lower().split()[1:] if inner else (), addresses, count)
            matched |= more
    return count, matched


def _inside(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _dkim(lookup: Lookup, mail: Mail) -> Finding:
    if not mail.selector:
        text = f"we do not sign; the relay must, and its signature must cover {_LIST_FIELDS}"
        remedy = "look at h= in a mail of yours, or set delivery.dkim"
        return Finding("DKIM", mail.domain, well=None, text=text, remedy=remedy)
    name = f"{mail.selector}._domainkey.{mail.signed_by}"
    wanted = f'"v=DKIM1; k=rsa; p={mail.public}"'
    records = [_tags(text) for text in lookup.texts(name)]
    if not records:
        return Finding("DKIM", name, well=False, text="there is no record", remedy=f"add a TXT record: {wanted}")
    if records[0].get("p", "").replace(" ", "") != mail.public:
        text = "the key in the DNS is not the one that we sign with"
        return Finding("DKIM", name, well=False, text=text, remedy=f"change it to {wanted}")
    return Finding("DKIM", name, well=True, text=f"our key; the signature covers {_LIST_FIELDS}")


def _dmarc(lookup: Lookup, domain: str) -> Finding:
    for name in dict.fromkeys((domain, organisation(domain))):
        records = [text for text in lookup.texts(f"_dmarc.{name}") if text.upper().startswith("V=DMARC1")]
        if len(records) == 1:
            tags = _tags(records[0])
            if tags.get("p") not in ("none", "quarantine", "reject"):
                text, remedy = "it states no policy", "add p=none, later p=quarantine or p=reject"
                return Finding("DMARC", f"_dmarc.{name}", well=False, text=text, remedy=remedy)
            return Finding("DMARC", f"_dmarc.{name}", well=True, text=records[0])
        if len(records) > 1:
            text = f"there are {len(records)} records, so receivers count none"
            return Finding("DMARC", f"_dmarc.{name}", well=False, text=text, remedy="keep one")
    remedy = f'add a TXT record at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:you@{domain}"'
    return Finding("DMARC", f"_dmarc.{domain}", well=False, text="there is no record", remedy=remedy)


def _aligned(mail: Mail) -> Finding:
    by_spf = organisation(mail.envelope) == organisation(mail.domain)
    by_dkim = bool(mail.signed_by) and organisation(mail.signed_by) == organisation(mail.domain)
    if by_spf or by_dkim:
        ways = " and ".join(way for way, is_so in (("the envelope", by_spf), ("our signature", by_dkim)) if is_so)
        return Finding("alignment", mail.domain, well=True, text=f"{ways} and the From are of one organisation")
    text = f"bounces go to {mail.envelope}, and nothing of ours signs for {mail.domain}"
    remedy = f"set delivery.bounces to an address at {mail.domain}, or let the relay sign for it"
    return Finding("alignment", mail.domain, well=False, text=text, remedy=remedy)


def _reverse(lookup: Lookup, address: str) -> Finding:
    names = lookup.names(address)
    if not names:
        remedy = "ask your provider to set the reverse name of this address"
        return Finding("PTR", address, well=False, text="it has no name", remedy=remedy)
    for name in names:
        if address in lookup.addresses(name):
            return Finding("PTR", address, well=True, text=name)
    remedy = f"let {names[0]} lead back to {address}"
    return Finding("PTR", address, well=False, text=f"its name {names[0]} does not lead back to it", remedy=remedy)


def organisation(domain: str) -> str:
    """The registrable domain: what somebody bought."""
    return PublicSuffixList().privatesuffix(domain.lower()) or domain.lower()


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
