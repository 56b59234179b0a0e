# SPDX-License-Identifier: Apache-2.0
"""What stands in the DNS."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
import dns.reversename

from syndicate.errors import DeliveryError, UsageError

SECONDS = 5.0
PORT = 53


def ip_address(text: str) -> str:
    """An address of IPv4 or IPv6; UsageError if it is none."""
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError as error:
        remedy = "write it like 192.0.2.1 or 2001:db8::1"
        raise UsageError("is no IP address", subject=text, remedy=remedy) from error


def server_at(text: str) -> tuple[str, int]:
    """Address and port of "192.0.2.1", "192.0.2.1:5353", "2001:db8::1" or "[2001:db8::1]:5353"; "" is the system's.

    Raises UsageError.
    """
    bare = text.count(":") > 1 and not text.startswith("[")
    try:
        parts = urlsplit(f"//[{text}]" if bare else f"//{text}")
        return (str(ipaddress.ip_address(parts.hostname or "")) if text else "", parts.port or PORT)
    except ValueError as error:
        remedy = "write 192.0.2.1, 192.0.2.1:5353, 2001:db8::1 or [2001:db8::1]:5353"
        raise UsageError("is no address of a name server", subject=text, remedy=remedy) from error


@dataclass(slots=True)
class Names:
    """A resolver: the system's, or the server at ``server`` and ``port``."""

    server: str = ""
    port: int = 53
    _resolver: dns.resolver.Resolver = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Set up the resolver."""
        self._resolver = dns.resolver.Resolver(configure=not self.server)
        if self.server:
            self._resolver.nameservers = [self.server]
            self._resolver.port = self.port
        self._resolver.lifetime = SECONDS

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, each joined to one text; none if there is no such name."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def addresses(self, name: str) -> list[str]:
        """The addresses of a name."""
        return [str(record) for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def names(self, address: str) -> list[str]:
        """The names of an address, without the dot at the end."""
        pointer = str(dns.reversename.from_address(address))
        return [str(record.target).rstrip(".") for record in self._ask(pointer, "PTR")]

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(name, kind, raise_on_no_answer=False).rrset or ())
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.DNSException as error:
            remedy = "try again; check the machine's resolver"
            raise DeliveryError(
                f"the DNS does not answer ({error})", subject=f"{kind} {name}", remedy=remedy
            ) from error
