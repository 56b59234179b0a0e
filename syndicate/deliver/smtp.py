# SPDX-License-Identifier: Apache-2.0
"""One message to one recipient over SMTP, and what is certain about it afterwards.

Until the first byte of the message is written, every failure means that nothing was sent. From then on only the relay's
answer counts; without one the outcome is UNKNOWN, never guessed. Bytes are sent as they are: CRLF lines, dots doubled.
Spec: RFC 5321 3.3, 4.2, 4.5.2, 4.5.3.2.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)
from aiosmtplib.protocol import SMTPProtocol

from syndicate.errors import DeliveryError
from syndicate.model import DeliveryState

BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
LEADING_DOT = re.compile(rb"(?m)^\.")
TOO_LONG = re.compile(rb"[^\r\n]{999}")
CONTROL = re.compile(r"[\x00-\x20\x7f<>]")

START_INPUT = 354
CLOSING = 421
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: ACCEPTED, SOFT, HARD or UNKNOWN, and the relay's words or ours."""

    state: DeliveryState
    text: str


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
        self._client = SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username or None,
            password=relay.password or None,
            timeout=relay.connect_timeout,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            tls_context=relay.tls,
        )

    async def connect(self) -> None:
        """Connect, secure and log in. DeliveryError: any of it failed."""
        try:
            await self._client.connect()
            if self._client.is_ehlo_or_helo_needed:
                await self._client.ehlo()
        except SMTPAuthenticationError as error:
            raise self._unusable(f"the relay refuses the login ({error})", _LOGIN) from error
        except (SMTPException, OSError, ValueError) as error:
            self._client.close()
            raise self._unusable(f"no session with the relay ({error})", _CONNECTION) from error

    async def quit(self) -> None:
        """Say goodbye if somebody is there to hear it, and close."""
        with suppress(SMTPException, OSError):
            await self._client.quit(timeout=self._relay.connect_timeout)
        self._client.close()

    async def send(self, envelope_from: str, recipient: str, message: bytes, on_data: Callable[[], None]) -> Outcome:
        """Send one message; ``on_data`` is called when the relay waits for it, before its first byte.

        What ``on_data`` raises goes through, and nothing was sent. DeliveryError: the relay cannot be used now, and
        nothing was sent. Once ``on_data`` has returned, there is always an outcome.
        """
        fault = _fault(message, envelope_from, recipient)
        if fault:
            return Outcome(DeliveryState.HARD, f"not sent: {fault}")
        refusal = await self._announce(envelope_from, recipient, message)
        return refusal or await self._transfer(message, on_data)

    async def _announce(self, envelope_from: str, recipient: str, message: bytes) -> Outcome | None:
        """Up to the relay's 354; None if it waits for the message."""
        for _ in range(2):  # a relay may have closed an idle connection: once more on a new one
            try:
                if not self._client.is_connected:
                    await self.connect()
                return await self._envelope(envelope_from, recipient, message)
            except SMTPServerDisconnected:
                self._client.close()
            except SMTPTimeoutError as error:
                self._client.close()
                raise self._unusable("the relay does not answer", _CONNECTION) from error
        return Outcome(DeliveryState.SOFT, "not sent: the relay closed the connection before the message")

    async def _envelope(self, envelope_from: str, recipient: str, message: bytes) -> Outcome | None:
        seconds = self._relay.command_timeout
        try:
            await self._client.mail(envelope_from, options=self._options(message), timeout=seconds)
            await self._client.rcpt(recipient, timeout=seconds)
        except SMTPSenderRefused as error:
            return await self._refused(error.code, error.message, whole_batch=True)
        except SMTPRecipientRefused as error:
            return await self._refused(error.code, error.message)
        except SMTPResponseException as error:
            return await self._refused(error.code, error.message)
        answer = await self._client.execute_command(b"DATA", timeout=seconds)
        return None if answer.code == START_INPUT else await self._refused(answer.code, answer.message)

    async def _refused(self, code: int, text: str, *, whole_batch: bool = False) -> Outcome:
        """A certain no before the message: to this recipient, or (421, or the sender is refused for good) to us."""
        if code == CLOSING or (whole_batch and _state(code) is DeliveryState.HARD):
            self._client.close()
            raise self._unusable(f"the relay refuses us ({_words(code, text)})", _SENDER)
        if _state(code) in (DeliveryState.SOFT, DeliveryState.HARD):
            with suppress(SMTPException):
                await self._client.rset(timeout=self._relay.connect_timeout)
            return Outcome(_state(code), _words(code, text))
        self._client.close()
        return Outcome(DeliveryState.SOFT, f"not sent: the relay's answer makes no sense ({_words(code, text)})")

    async def _transfer(self, message: bytes, on_data: Callable[[], None]) -> Outcome:
        """The message and the relay's answer to it."""
        try:
            on_data()
        except BaseException:
            self._client.close()
            raise
        try:
            protocol = self._write(message)
        except SMTPServerDisconnected:
            self._client.close()
            return Outcome(DeliveryState.SOFT, "not sent: the relay closed the connection before the message")
        try:
            answer = await protocol.read_response(timeout=self._relay.data_timeout)
        except SMTPException as error:
            self._client.close()
            return Outcome(DeliveryState.UNKNOWN, f"no answer to the message: {_clean(error.message)}")
        except BaseException:
            self._client.close()
            raise
        outcome = Outcome(_state(answer.code), _words(answer.code, answer.message))
        if answer.code == CLOSING or outcome.state is DeliveryState.UNKNOWN:
            self._client.close()
        return outcome

    def _write(self, message: bytes) -> SMTPProtocol:
        protocol = self._client.protocol
        if protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        protocol.write(_on_the_wire(message))
        return protocol

    def _options(self, message: bytes) -> list[str]:
        if message.isascii():
            return []
        if not self._client.supports_extension("8bitmime"):
            raise self._unusable("the relay takes no 8-bit mail", "use a relay that offers 8BITMIME")
        return ["BODY=8BITMIME"]

    def _unusable(self, what: str, remedy: str) -> DeliveryError:
        return DeliveryError(_clean(what), subject=f"{self._relay.host}:{self._relay.port}", remedy=remedy)


_LOGIN = "check smtp.username and smtp.password"
_CONNECTION = "check smtp.host, smtp.port and smtp.security, and that the relay runs; deliveries stay due"
_SENDER = "check that the relay lets us send with this sender; deliveries stay due"


def _fault(message: bytes, *addresses: str) -> str:
    """What makes a message impossible to send, whichever relay and whenever; "" if nothing."""
    if any(not address.isascii() or CONTROL.search(address) for address in addresses):
        return "an address has a character that SMTP cannot carry"
    if BARE_LINE_END.search(message):
        return "the message has a bare CR or LF"
    return "the message has a line of more than 998 bytes" if TOO_LONG.search(message) else ""


def _on_the_wire(message: bytes) -> bytes:
    """The message with doubled dots and its end. Spec: RFC 5321 4.5.2."""
    end = b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n"
    return LEADING_DOT.sub(b"..", message) + end


def _state(code: int) -> DeliveryState:
    """What an answer to a message means. Spec: RFC 5321 4.2.1."""
    meanings = {2: DeliveryState.ACCEPTED, 4: DeliveryState.SOFT, 5: DeliveryState.HARD}
    return meanings.get(code // 100, DeliveryState.UNKNOWN)


def _words(code: int, text: str) -> str:
    return _clean(f"{code} {text}")


def _clean(text: str) -> str:
    """One printable line: the relay's bytes may be anything."""
    known = text.encode(errors="replace").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in known).split())[:LONGEST_TEXT]
