# SPDX-License-Identifier: Apache-2.0
"""What stands in the DNS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename

from syndicate.errors import DeliveryError

SECONDS = 5.0


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
