# SPDX-License-Identifier: Apache-2.0
"""A name server on loopback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from dnslib import PTR, QTYPE, RCODE, RR, TXT, A
from dnslib.server import BaseResolver, DNSLogger, DNSServer

Table = Mapping[tuple[str, str], Sequence[str]]
"""Records by name, in small letters, and kind: TXT, A or PTR."""


class Zone(BaseResolver):
    """Answers from a table; of a name that is not there it says that it is not there."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def resolve(self, request: Any, _handler: Any) -> Any:
        """One answer."""
        reply = request.reply()
        name, kind = str(request.q.qname).rstrip(".").lower(), QTYPE[request.q.qtype]
        make = {
            "TXT": lambda text: TXT([text[i : i + 200].encode() for i in range(0, len(text), 200)]),
            "A": A,
            "PTR": PTR,
        }
        for value in self.table.get((name, kind), ()):
            reply.add_answer(RR(request.q.qname, request.q.qtype, rdata=make[kind](value)))
        if not any(known == name for known, _ in self.table):
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


@contextmanager
def answering(table: Table) -> Iterator[int]:
    """A server that answers from ``table``, which may change meanwhile, until the context ends; yields its port."""
    quiet = DNSLogger(log="-request,-reply,-data,-truncated,-error")
    server = DNSServer(Zone(table), address="127.0.0.1", port=0, logger=quiet)
    server.start_thread()
    try:
        yield server.server.server_address[1]
    finally:
        server.stop()
        server.server.server_close()
