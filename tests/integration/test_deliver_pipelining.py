# SPDX-License-Identifier: Apache-2.0
"""Sending to a relay that does wrong, with and without pipelining: one letter's fault is no other's."""

import asyncio

import pytest

from syndicate.deliver.smtp import Relay
from syndicate.deliver.wire import on_the_wire
from syndicate.errors import DeliveryError
from syndicate.model import DeliveryState
from syndicate.testing import Desk, Sent, Sink

MESSAGE = b"Subject: hello\r\n\r\nLine one.\r\n.\r\n..two\r\n.three\r\n"


def test_pipelining_puts_the_next_envelope_behind_a_message():
    """Where the relay offers it, all envelopes but the first go out behind a message, and all arrive in order."""
    with Sink() as sink:
        sink.keep_bodies = True
        desk = Desk(*(Sent(on_the_wire(MESSAGE + b"%d\r\n" % n), f"r{n}@x.example") for n in range(20)))
        drain(sink, desk)
    assert [one.recipient for one in sink.taken] == [f"r{n}@x.example" for n in range(20)]
    assert sink.bodies["r7@x.example"] == MESSAGE + b"7\r\n"
    assert (sink.connections, len(desk.outcomes), desk.returned) == (1, 20, [])


def drain(sink, desk, **options):
    """Send a desk's letters to a relay that does wrong; DeliveryError goes through."""

    async def run():
        quick = {"connect_timeout": 5, "command_timeout": 0.5, "data_timeout": 0.5} | options
        async with Relay("127.0.0.1", sink.port, **quick).session() as session:
            await session.drain(desk)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "state", "kept"),
    [
        ("grey", DeliveryState.SOFT, 0),
        ("busy", DeliveryState.SOFT, 0),
        ("dead", DeliveryState.HARD, 0),
        ("message", DeliveryState.HARD, 0),
        ("drop", DeliveryState.SOFT, 0),
        ("dropafter", DeliveryState.UNKNOWN, 1),
        ("badreply", DeliveryState.UNKNOWN, 1),
        ("hang", DeliveryState.UNKNOWN, 1),
    ],
)
@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_a_fault_in_the_middle_is_one_letters_fault(fault, state, kept, extensions):
    """With and without pipelining: the letter in the middle ends as it must, those around it arrive once."""
    with Sink(lambda recipient, _: fault if recipient == "r1@x.example" else "") as sink:
        sink.extensions = extensions
        desk = Desk(*(Sent(on_the_wire(MESSAGE), f"r{n}@x.example") for n in range(3)))
        drain(sink, desk)
    assert [outcome.state for outcome in desk.outcomes] == [DeliveryState.ACCEPTED, state, DeliveryState.ACCEPTED]
    assert sink.copies() == {"r0@x.example": 1, "r2@x.example": 1} | ({"r1@x.example": 1} if kept else {})


def test_a_domain_that_closes_costs_nobody_else():
    """A 421 to one recipient's envelope, sent behind a message, costs the connection and puts off that one alone."""
    with Sink(lambda recipient, _: "closing" if recipient == "r1@x.example" else "") as sink:
        desk = Desk(*(Sent(on_the_wire(MESSAGE), f"r{n}@x.example") for n in range(3)))
        drain(sink, desk)
    states = [DeliveryState.ACCEPTED, DeliveryState.SOFT, DeliveryState.ACCEPTED]
    assert [outcome.state for outcome in desk.outcomes] == states
    assert (desk.returned, sink.connections) == ([], 2)


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_a_letter_that_must_not_go(extensions):
    """A letter whose claim was lost when the relay waits for it costs a connection and is not sent, not even empty."""
    with Sink() as sink:
        sink.extensions = extensions
        may = iter([True, False, True])
        desk = Desk(*(Sent(on_the_wire(MESSAGE), f"r{n}@x.example") for n in range(3)), on_data=lambda: next(may))
        drain(sink, desk)
    assert sink.copies() == {"r0@x.example": 1, "r2@x.example": 1}
    assert sink.connections == 2


def test_an_address_that_cannot_be_said_behind_a_message():
    """A letter whose address SMTP cannot carry is refused by us, the ones around it go out."""
    with Sink() as sink:
        letters = [Sent(on_the_wire(MESSAGE), name) for name in ("a@x.example", "b c@x.example", "d@x.example")]
        desk = Desk(*letters)
        drain(sink, desk)
    assert [o.state for o in desk.outcomes] == [DeliveryState.ACCEPTED, DeliveryState.HARD, DeliveryState.ACCEPTED]
    assert set(sink.copies()) == {"a@x.example", "d@x.example"}


@pytest.mark.parametrize(
    "message",
    [b"a\nb\r\n", b"a\rb\r\n", b"a\r\r\nb", b"x\r\n.\n\r\nMAIL FROM:<evil@x.example>\r\n", b"x" * 999 + b"\r\n"],
)
def test_smuggling_is_refused(message):
    """A bare CR or LF or an endless line has no form for the wire."""
    with pytest.raises(DeliveryError, match="the message has a"):
        on_the_wire(message)
