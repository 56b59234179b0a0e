# SPDX-License-Identifier: Apache-2.0
"""Sending: what is certain is called certain, what is not is called unknown, and the bytes arrive as they are."""

import asyncio
import re
import ssl
import subprocess
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from syndicate.deliver.smtp import Relay
from syndicate.deliver.wire import on_the_wire
from syndicate.errors import DeliveryError
from syndicate.model import DeliveryState, Outcome
from syndicate.testing import Desk, Sent

MESSAGE = b"Subject: hello\r\n\r\nLine one.\r\n.\r\n..two\r\n.three\r\n"
SENDER = "bounces+1@bulletin.example"
READER = "ann@mail.example"


class Sink:
    """What an SMTP server took; ``refuse`` maps a verb to the answer it gives instead."""

    def __init__(self, **refuse):
        self.refuse = refuse
        self.taken = []

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        """Answer to MAIL."""
        envelope.mail_from = address
        return self.refuse.get("mail", "250 OK")

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        """Answer to RCPT."""
        if "rcpt" not in self.refuse:
            envelope.rcpt_tos.append(address)
        return self.refuse.get("rcpt", "250 OK")

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        """Answer to the message."""
        self.taken.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return self.refuse.get("data", "250 2.0.0 queued as 7F3")


@asynccontextmanager
async def serving(factory, **options):
    """A server on a port of its own; the relay settings to reach it."""
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    quick = {"connect_timeout": 5, "command_timeout": 0.5, "data_timeout": 0.5}
    try:
        yield Relay("127.0.0.1", server.sockets[0].getsockname()[1], **quick | options)
    finally:
        server.close()
        for _ in range(3):
            await asyncio.sleep(0)  # the server's side learns that ours is closed


def sink_server(sink, **options):
    """A factory of aiosmtpd servers."""
    return lambda: SMTP(sink, hostname="sink.example", **options)


class Script(asyncio.Protocol):
    """A server that answers each line by a table: text, or one of the words drop and hang."""

    def __init__(self, answers, log):
        self.answers = {"greeting": "220 hi", "EHLO": "250 hi", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go"}
        self.answers |= {".": "250 ok", "RSET": "250 ok", "QUIT": "221 bye"} | answers
        self.log = log
        self.buffer = b""
        self.in_data = False

    def connection_made(self, transport):
        """Greet."""
        self.transport = transport
        self.log.append("connect")
        self.answer("greeting")

    def data_received(self, data):
        """Answer every whole line, of a message only its end."""
        self.buffer += data
        while b"\r\n" in self.buffer and not self.transport.is_closing():
            line, _, self.buffer = self.buffer.partition(b"\r\n")
            if self.in_data and line != b".":
                continue
            self.in_data = False
            self.answer(line.decode("latin-1")[:4].strip())

    def answer(self, verb):
        """Do what the table says; a list is used up one by one."""
        self.log.append(verb)
        answer = self.answers.get(verb, "502 what")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer == "drop":
            self.transport.abort()
        elif answer != "hang":
            self.in_data = answer.startswith("354")
            self.transport.write(answer.encode("latin-1") + b"\r\n")


def send(factory, *messages, on_data=lambda: None, recipient=READER, **options):
    """Send messages over one session; their outcomes."""
    desk = Desk(*(Sent(on_the_wire(message), recipient) for message in messages), on_data=on_data)

    async def run():
        async with serving(factory, **options) as relay, relay.session() as session:
            await session.drain(desk)

    asyncio.run(run())
    return desk.outcomes


def scripted(log=None, **answers):
    """A factory of scripted servers; DOT is the end of the message."""
    table = {{"DOT": "."}.get(verb, verb): answer for verb, answer in answers.items()}
    lines = [] if log is None else log
    return lambda: Script(table, lines)


def test_message_arrives_as_it_is():
    """Every byte arrives, dots included, with its envelope; the relay's words are kept."""
    sink = Sink()
    outcomes = send(sink_server(sink), MESSAGE, MESSAGE + b"no line end")
    assert outcomes[0] == Outcome(DeliveryState.ACCEPTED, "250 2.0.0 queued as 7F3")
    assert sink.taken[0] == (SENDER, (READER,), MESSAGE)
    assert sink.taken[1][2] == MESSAGE + b"no line end\r\n"


def test_one_connection_for_many():
    """The messages of a session share a connection, one recipient each."""
    log = []
    outcomes = send(scripted(log), *[MESSAGE] * 3)
    assert {outcome.state for outcome in outcomes} == {DeliveryState.ACCEPTED}
    assert log == ["connect", "greeting", "EHLO", *["MAIL", "RCPT", "DATA", "."] * 3, "QUIT"]


def test_on_data_stands_before_the_message():
    """The caller is told after the relay's 354 and before the first byte of the message."""
    log = []
    send(scripted(log), MESSAGE, on_data=lambda: log.append("told"))
    assert log[-4:] == ["DATA", "told", ".", "QUIT"]


def test_8bit_is_announced():
    """A message with 8-bit bytes is announced as such, and not sent to a relay that cannot take it."""
    sink = Sink()
    send(sink_server(sink), "Subject: x\r\n\r\nŁódź\r\n".encode())
    assert sink.taken[0][2].endswith("Łódź\r\n".encode())
    with pytest.raises(DeliveryError, match="8-bit"):
        send(scripted(), "Ł\r\n".encode())


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({"rcpt": "450 4.2.0 greylisted"}, DeliveryState.SOFT),
        ({"rcpt": "550 5.1.1 no such person"}, DeliveryState.HARD),
        ({"mail": "451 4.3.0 later"}, DeliveryState.SOFT),
        ({"data": "452 4.3.1 no room"}, DeliveryState.SOFT),
        ({"data": "554 5.7.1 spam"}, DeliveryState.HARD),
    ],
)
def test_refusals_are_certain(answers, state):
    """4xx is soft and 5xx is hard, before and after the message, and the next message still gets through."""
    sink = Sink(**answers)

    first_desk, second_desk = (Desk(Sent(on_the_wire(MESSAGE))) for _ in range(2))

    async def run():
        async with serving(sink_server(sink)) as relay, relay.session() as session:
            await session.drain(first_desk)
            sink.refuse.clear()
            await session.drain(second_desk)

    asyncio.run(run())
    (first,), (second,) = first_desk.outcomes, second_desk.outcomes
    assert first == Outcome(state, next(iter(answers.values())))
    assert second.state is DeliveryState.ACCEPTED


@pytest.mark.parametrize(
    ("answers", "state", "told"),
    [
        ({"DOT": "drop"}, DeliveryState.UNKNOWN, 1),
        ({"DOT": "hang"}, DeliveryState.UNKNOWN, 1),
        ({"DOT": "what is this"}, DeliveryState.UNKNOWN, 1),
        ({"DOT": "354 go on"}, DeliveryState.UNKNOWN, 1),
        ({"DOT": "421 closing"}, DeliveryState.SOFT, 1),
        ({"RCPT": "421 closing"}, DeliveryState.SOFT, 0),
        ({"DATA": "drop"}, DeliveryState.SOFT, 0),
        ({"DATA": "451 later"}, DeliveryState.SOFT, 0),
        ({"DATA": "554 never"}, DeliveryState.HARD, 0),
        ({"DATA": "250 what"}, DeliveryState.SOFT, 0),
        ({"RCPT": "drop"}, DeliveryState.SOFT, 0),
        ({"RCPT": "junk"}, DeliveryState.SOFT, 0),
    ],
)
def test_what_is_known_after_a_fault(answers, state, told):
    """Before the message every fault is certain; after it only an answer is."""
    calls = []
    (outcome,) = send(scripted(**answers), MESSAGE, on_data=lambda: calls.append(1))
    assert (outcome.state, len(calls)) == (state, told)
    assert outcome.text


@pytest.mark.parametrize("answers", [{"DOT": ["drop", "250 ok"]}, {"DOT": ["421 bye", "250 ok"]}])
def test_session_goes_on_after_a_fault(answers):
    """After a lost connection the next message goes over a new one."""
    log = []
    outcomes = send(scripted(log, **answers), MESSAGE, MESSAGE)
    assert outcomes[1].state is DeliveryState.ACCEPTED
    assert log.count("connect") == 2


def test_idle_connection_closed_by_the_relay():
    """A relay that drops the connection between two messages costs nothing."""
    log = []
    outcomes = send(scripted(log, MAIL=["250 ok", "drop", "250 ok"]), MESSAGE, MESSAGE)
    assert [outcome.state for outcome in outcomes] == [DeliveryState.ACCEPTED] * 2
    assert log.count("connect") == 2


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"greeting": "421 busy"}, "421"),
        ({"greeting": "554 go away"}, "554"),
        ({"greeting": "drop"}, "no session"),
        ({"EHLO": "550 no"}, "no session"),
        ({"MAIL": "421 closing"}, "refuses us"),
        ({"DATA": "421 closing"}, "refuses us"),
        ({"MAIL": "550 not you"}, "refuses us"),
        ({"MAIL": "hang"}, "does not answer"),
        ({"RCPT": "hang"}, "does not answer"),
    ],
)
def test_relay_that_cannot_be_used(answers, words):
    """What concerns the whole batch is an error with a remedy; nothing was sent and nobody is given up."""
    with pytest.raises(DeliveryError, match=words) as caught:
        send(scripted(**answers), MESSAGE, on_data=pytest.fail)
    assert caught.value.remedy
    assert re.fullmatch(r"127\.0\.0\.1:\d+", caught.value.subject)


def test_nobody_listens():
    """A port where nobody listens is an error in words."""

    async def run():
        async with serving(scripted()) as relay:
            pass
        async with relay.session():
            pass

    with pytest.raises(DeliveryError, match="no session"):
        asyncio.run(run())


def test_greeting_that_never_comes():
    """A server that accepts and says nothing is given up after the connect timeout."""
    with pytest.raises(DeliveryError, match="no session"):
        send(scripted(greeting="hang"), connect_timeout=0.3)


def test_store_that_fails_before_the_message():
    """If the state cannot be written, the message is not sent, and the error goes through."""
    sink = Sink()

    def fail():
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        send(sink_server(sink), MESSAGE, on_data=fail)
    assert sink.taken == []


def test_relay_gone_while_the_state_is_written():
    """A connection that broke before the first byte was written is a certain failure."""
    desk = Desk(Sent(on_the_wire(MESSAGE)))

    async def run():
        async with serving(scripted()) as relay, relay.session() as session:
            desk.on_data = session._wire.close
            await session.drain(desk)

    asyncio.run(run())
    assert [outcome.state for outcome in desk.outcomes] == [DeliveryState.SOFT]


def test_cancelled_while_waiting():
    """A task that is stopped while the relay has not answered closes the connection and says so."""

    async def run():
        async with serving(scripted(DOT="hang"), data_timeout=60) as relay, relay.session() as session:
            inside = asyncio.Event()
            task = asyncio.create_task(session.drain(Desk(Sent(on_the_wire(MESSAGE)), on_data=inside.set)))
            await inside.wait()
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return session._wire

    assert asyncio.run(run()) is None


@pytest.mark.parametrize("recipient", ["a@b\r\nDATA", "a b@x.example", "a@x.example>", "jürgen@x.example"])
def test_addresses_cannot_speak_smtp(recipient):
    """An address that SMTP cannot carry is refused before anything is said."""
    (outcome,) = send(scripted(), MESSAGE, recipient=recipient, on_data=pytest.fail)
    assert outcome == Outcome(DeliveryState.HARD, "not sent: an address has a character that SMTP cannot carry")


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (b".a\r\n..\r\n.\r\n", b"..a\r\n...\r\n..\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b"\r\n\r\n.b", b"\r\n\r\n..b\r\n.\r\n"),
    ],
)
def test_dots_are_doubled(message, wire):
    """Each dot at the start of a line is doubled, and the message has its end. Spec: RFC 5321 4.5.2."""
    assert on_the_wire(message) == wire


def test_longest_line_is_allowed():
    """A line of 998 bytes is within the limit. Spec: RFC 5322 2.1.1."""
    (outcome,) = send(scripted(), b"x" * 998 + b"\r\n")
    assert outcome.state is DeliveryState.ACCEPTED


def test_words_of_the_relay_are_tamed():
    """The relay's text is one printable line of bounded length, whatever bytes it sent."""
    (outcome,) = send(scripted(DOT="250-\xff\x1b[31m first\r\n250 " + "x" * 2000), MESSAGE)
    assert outcome.text.isprintable()
    assert len(outcome.text) == 500
    outcome.text.encode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that only we trust: (server's context, ours)."""
    folder = tmp_path_factory.mktemp("certificate")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -subj /CN=sink.example"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "cert"]
    try:
        subprocess.run([*command.split(), *names], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "cert", folder / "key")
    return server, ssl.create_default_context(cafile=folder / "cert")


def test_starttls(certificate):
    """With starttls the message goes over TLS, to a server whose certificate is checked."""
    server, ours = certificate
    sink = Sink()
    factory = sink_server(sink, tls_context=server, require_starttls=True)
    (outcome,) = send(factory, MESSAGE, security="starttls", tls=ours)
    assert outcome.state is DeliveryState.ACCEPTED
    with pytest.raises(DeliveryError, match="certificate"):
        send(factory, MESSAGE, security="starttls")


def test_starttls_is_required_not_tried():
    """A relay that offers no TLS gets no message in the clear."""
    with pytest.raises(DeliveryError, match="STARTTLS"):
        send(scripted(), MESSAGE, security="starttls")


def test_login(certificate):
    """A relay that asks for a login gets it; a wrong password is an error that names the settings."""
    server, ours = certificate

    def check(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=data.login == b"bulletin" and data.password == b"right", handled=False)

    factory = sink_server(Sink(), tls_context=server, authenticator=check, auth_required=True)
    options = {"security": "starttls", "tls": ours, "username": "bulletin"}
    (outcome,) = send(factory, MESSAGE, password="right", **options)
    assert outcome.state is DeliveryState.ACCEPTED
    with pytest.raises(DeliveryError, match=r"smtp\.password"):
        send(factory, MESSAGE, password="wrong", **options)


def test_password_is_not_shown():
    """The settings can be printed without the password."""
    assert "hush" not in repr(Relay("mail.example", password="hush"))
