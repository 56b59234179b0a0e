# SPDX-License-Identifier: Apache-2.0
"""Messages over SMTP, one recipient each, and what is certain about them afterwards.

Until the first byte of a message is written, every failure means that nothing was sent. From then on only the relay's
answer counts; without one the outcome is UNKNOWN, never guessed. Where the relay offers PIPELINING the next envelope
goes out behind a message, in the same write. aiosmtplib makes the session (TLS, login, extensions), ``wire`` reads it.
Spec: RFC 5321 3.3, 4.2, 4.5.3.2; RFC 2920 3.1.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from syndicate.deliver.wire import Answer, Gone, Silent, Wire, clean, take_over
from syndicate.errors import DeliveryError
from syndicate.model import DeliveryState, Outcome

CONTROL = re.compile(r"[\x00-\x20\x7f<>]")
START_INPUT = 354
CLOSING = 421
QUIT_SECONDS = 5.0


class Letter(Protocol):
    """One message to one recipient; ``wire`` is the message as ``on_the_wire`` makes it."""

    @property
    def sender(self) -> str:
        """The envelope's sender: where bounces go."""
        ...

    @property
    def recipient(self) -> str:
        """The one recipient."""
        ...

    @property
    def wire(self) -> bytes:
        """What follows DATA."""
        ...


L = TypeVar("L", bound=Letter)


class Desk(Protocol[L]):
    """Where a session gets its letters, and reports what became of them. ``next`` may wait, ``ready`` does not."""

    async def next(self) -> L | None:
        """The next letter; None: there is no more."""
        ...

    def ready(self) -> L | None:
        """The next letter if it can go at once."""
        ...

    async def in_data(self, letter: L) -> bool:
        """Put on record that the letter's first byte is about to leave. False: it must not go."""
        ...

    def settle(self, letter: L, outcome: Outcome) -> None:
        """What became of a letter."""
        ...

    def back(self, letter: L) -> None:
        """Nothing of the letter was sent; another connection may take it."""
        ...


@dataclass(frozen=True, slots=True)
class Relay:
    """The server that takes our mail. Timeouts are in seconds.

    ``security`` is "none", "starttls" (required, not only tried) or "tls"; ``tls`` replaces the system's trust.
    ``data_timeout`` is for the answer after the message. Spec: RFC 5321 4.5.3.2.6.
    """

    host: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    username: str = ""
    password: str = field(default="", repr=False)
    connect_timeout: float = 30.0
    command_timeout: float = 300.0
    data_timeout: float = 600.0
    tls: ssl.SSLContext | None = None

    @property
    def name(self) -> str:
        """What tells it from other relays."""
        return f"{self.host}:{self.port}"

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A connection to send one message after the other. DeliveryError: the relay cannot be used now."""
        session = Session(self)
        await session.connect()
        try:
            yield session
        finally:
            await session.quit()


class Session:
    """A connection that is made again when the relay drops it between two messages. For one task at a time."""

    def __init__(self, relay: Relay) -> None:
        """Not connected yet."""
        self._relay = relay
        self._wire: Wire | None = None
        self._pipelining = False
        self._eight_bit = False
        self._announced: Letter | None = None  # whose envelope went out behind the last message

    async def connect(self) -> None:
        """Connect, secure and log in. DeliveryError: any of it failed."""
        relay = self._relay
        client = SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username or None,
            password=relay.password or None,
            timeout=relay.connect_timeout,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            tls_context=relay.tls,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except SMTPAuthenticationError as error:
            client.close()
            raise self._unusable(f"the relay refuses the login ({error})", _LOGIN) from error
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            raise self._unusable(f"no session with the relay ({error})", _CONNECTION) from error
        if client.protocol is None or client.protocol.transport is None:
            raise self._unusable("no session with the relay (the connection was lost)", _CONNECTION)
        self._pipelining = client.supports_extension("pipelining")
        self._eight_bit = client.supports_extension("8bitmime")
        self._wire = take_over(client.protocol.transport)

    async def quit(self) -> None:
        """Say goodbye if somebody is there to hear it, and close."""
        wire = self._wire
        if wire and wire.write(b"QUIT\r\n"):
            with suppress(Gone):
                await wire.answer(min(QUIT_SECONDS, self._relay.connect_timeout))
        self._close()
        if wire:
            await wire.closed()

    async def drain(self, desk: Desk[L]) -> None:
        """Send the desk's letters until it has no more.

        DeliveryError: the relay cannot be used now; the letter at hand went back to the desk.
        """
        letter = await desk.next()
        while letter:
            try:
                following = await self._deliver(desk, letter)
            except DeliveryError:
                desk.back(letter)
                raise
            except BaseException:
                self._close()
                raise
            letter = following or await desk.next()

    async def _deliver(self, desk: Desk[L], letter: L) -> L | None:
        """One letter; the letter that was taken from the desk meanwhile."""
        if _unspeakable(letter):
            desk.settle(letter, Outcome(DeliveryState.HARD, _ADDRESS))
            return None
        refusal = await self._announce(letter)
        if refusal:
            desk.settle(letter, refusal)
            return None
        if not await desk.in_data(letter):
            self._close()  # the relay waits for a message that must not come: there is no other way out
            return None
        return await self._transfer(desk, letter)

    async def _announce(self, letter: Letter) -> Outcome | None:
        """Up to the relay's 354; None if it waits for the message."""
        for _ in range(2):  # a relay may have closed an idle connection: once more on a new one
            try:
                return await self._envelope(letter)
            except Silent as silent:
                raise self._unusable(str(silent), _CONNECTION) from silent
            except Gone:
                self._close()
        return Outcome(DeliveryState.SOFT, _BEFORE)

    async def _envelope(self, letter: Letter) -> Outcome | None:
        if self._announced is not letter:
            if self._wire is None or not self._wire.is_open:
                await self.connect()
            if self._pipelining:
                self._write(self._commands(letter))
        self._announced = None
        answers: list[Answer] = []
        for command in self._commands(letter).splitlines(keepends=True):
            if not self._pipelining:
                self._write(command)
            answers.append(await self._answer(self._relay.command_timeout))
            if answers[-1].code == CLOSING and len(answers) == RCPT:
                self._close()  # this recipient's domain is not to be had; whether the relay is, the next one shows
                return Outcome(DeliveryState.SOFT, _words(answers[-1]))
            if answers[-1].code == CLOSING:
                raise self._refuses(answers[-1])
            if not self._pipelining and answers[-1].code // 100 not in (2, 3):
                break
        return await self._read_envelope(answers)

    async def _read_envelope(self, answers: list[Answer]) -> Outcome | None:
        """What the answers to MAIL, RCPT and DATA mean together; None if the relay waits for the message."""
        refused = next((answer for answer in answers[:2] if answer.code // 100 != 2), None)  # noqa: PLR2004 - 2xx: taken
        waits = len(answers) == len(_STEPS) and answers[2].code == START_INPUT
        if refused is None:
            return None if waits else await self._no(answers[2])
        if waits:
            await self._end_empty()
        if refused is answers[0] and _state(refused.code) is DeliveryState.HARD:
            raise self._refuses(refused)
        return await self._no(refused, reset=not waits)

    async def _end_empty(self) -> None:
        """End a message that the relay asked for though it took no recipient. Spec: RFC 2920 3.1."""
        self._write(b".\r\n")
        answer = await self._answer(self._relay.data_timeout)
        if answer.code // 100 not in (4, 5):
            self._close()

    async def _no(self, answer: Answer, *, reset: bool = True) -> Outcome:
        """A certain no before the message."""
        state = _state(answer.code)
        if state not in (DeliveryState.SOFT, DeliveryState.HARD):
            self._close()
            return Outcome(DeliveryState.SOFT, f"not sent: the relay's answer makes no sense ({_words(answer)})")
        if reset and self._write(b"RSET\r\n"):
            with suppress(Gone):
                await self._answer(self._relay.command_timeout)
        return Outcome(state, _words(answer))

    async def _transfer(self, desk: Desk[L], letter: L) -> L | None:
        """The message and the relay's answer to it; the letter whose envelope went out behind it."""
        following = desk.ready() if self._pipelining else None
        envelope = self._commands(following) if following and self._speakable(following) else b""
        if not self._write(letter.wire + envelope):
            desk.settle(letter, Outcome(DeliveryState.SOFT, _BEFORE))
            return following
        self._announced = following if envelope else None
        try:
            answer = await self._answer(self._relay.data_timeout)
        except Gone as gone:
            self._close()
            desk.settle(letter, Outcome(DeliveryState.UNKNOWN, f"no answer to the message: {gone}"))
            return following
        outcome = Outcome(_state(answer.code), _words(answer))
        if answer.code == CLOSING or outcome.state is DeliveryState.UNKNOWN:
            self._close()
        desk.settle(letter, outcome)
        return following

    async def _answer(self, seconds: float) -> Answer:
        if self._wire is None:
            raise Gone("the relay closed the connection")
        return await self._wire.answer(seconds)

    def _write(self, content: bytes) -> bool:
        return self._wire is not None and self._wire.write(content)

    def _speakable(self, letter: Letter) -> bool:
        return not _unspeakable(letter) and (self._eight_bit or letter.wire.isascii())

    def _close(self) -> None:
        if self._wire:
            self._wire.close()
        self._wire = self._announced = None

    def _commands(self, letter: Letter) -> bytes:
        body = ""
        if not letter.wire.isascii():
            if not self._eight_bit:
                raise self._unusable("the relay takes no 8-bit mail", "use a relay that offers 8BITMIME")
            body = " BODY=8BITMIME"
        return f"MAIL FROM:<{letter.sender}>{body}\r\nRCPT TO:<{letter.recipient}>\r\nDATA\r\n".encode()

    def _refuses(self, answer: Answer) -> DeliveryError:
        self._close()
        return self._unusable(f"the relay refuses us ({_words(answer)})", _SENDER)

    def _unusable(self, what: str, remedy: str) -> DeliveryError:
        return DeliveryError(clean(what), subject=self._relay.name, remedy=remedy)


_LOGIN = "check smtp.username and smtp.password"
_CONNECTION = "check smtp.host, smtp.port and smtp.security, and that the relay runs; deliveries stay due"
_SENDER = "check that the relay lets us send with this sender; deliveries stay due"
_ADDRESS = "not sent: an address has a character that SMTP cannot carry"
_BEFORE = "not sent: the relay closed the connection before the message"
_STEPS = ("MAIL", "RCPT", "DATA")
RCPT = 2


def _unspeakable(letter: Letter) -> bool:
    both = letter.sender + letter.recipient
    return not both.isascii() or CONTROL.search(both) is not None


def _state(code: int) -> DeliveryState:
    """What an answer to a message means. Spec: RFC 5321 4.2.1."""
    meanings = {2: DeliveryState.ACCEPTED, 4: DeliveryState.SOFT, 5: DeliveryState.HARD}
    return meanings.get(code // 100, DeliveryState.UNKNOWN)


def _words(answer: Answer) -> str:
    return clean(f"{answer.code} {answer.text}" if answer.code else answer.text)
