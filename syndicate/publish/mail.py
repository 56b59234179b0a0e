# SPDX-License-Identifier: Apache-2.0
"""A digest as a message: the finished skeleton, and one recipient's bytes made of it by substitution alone.

Promise: the skeleton is complete, deterministic and seven-bit; what differs from reader to reader (address, Message-ID,
two tokens, the day of the consent) stands in it as placeholders that no publisher's text can imitate; filling them in
rebuilds nothing. What is filled in has an alphabet of its own, in which no markup, no header, no line and no transfer
encoding can be written, so it can neither add to what was proved nor take from it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from syndicate.errors import RenderError

RECIPIENT = "recipient@placeholder.invalid"
MESSAGE_ID = "<message-id@placeholder.invalid>"
TOKEN = "unsubscribe-token-placeholder"  # noqa: S105 - it marks the place of a token
PREFERENCES = "preferences-token-placeholder"
CONSENT = "consent-day-placeholder"
KEY = "idempotency-key-placeholder"

# In the texts a placeholder is set off by a control character, which ``publish.clean`` takes out of everything that
# came from outside. Quoted-printable writes it =1A; a publisher's literal "=1A" comes out as =3D1A.
TOKEN_IN_TEXT, PREFERENCES_IN_TEXT, CONSENT_IN_TEXT = (f"\x1a{name}\x1a" for name in (TOKEN, PREFERENCES, CONSENT))
_IN_BODY = {f"=1A{name}=1A".encode(): name for name in (TOKEN, PREFERENCES, CONSENT)}
_SPLIT = {
    encoded: re.compile(rb"(?:=\r\n)?".join(re.escape(bytes([byte])) for byte in encoded)) for encoded in _IN_BODY
}
_PLACES = re.compile(b"|".join(map(re.escape, _IN_BODY)))
_IN_HEAD = re.compile(
    rb"(?<=\nTo: )%b(?=\r)|(?<=\nMessage-ID: )%b|(?<=\nX-Idempotency-Key: )%b|(?<=/unsubscribe/)%b(?=>)"
    rb"|(?<=\+)%b(?=@[A-Za-z0-9.-]+\?subject=unsubscribe>)"
    % tuple(re.escape(place).encode() for place in (RECIPIENT, MESSAGE_ID, KEY, TOKEN, TOKEN))
)
NOBODYS = "nobody"  # a token that leads nowhere
WHEN_YOU_SUBSCRIBED = "when you subscribed"
_SOFT_BREAK = b"=\r\n"

# Bodies keep to the 76 columns of quoted-printable, headers are never folded: folding would encode a long address.
_BODY_POLICY = policy.SMTP.clone(max_line_length=76)
_POLICY = policy.SMTP.clone(max_line_length=998)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
_ADDRESS = re.compile(rf"{_ATOM}@[A-Za-z0-9.-]+", re.ASCII)
_TOKEN_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,74}")
_WORDS_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ]{0,38}[A-Za-z0-9])?")
_LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Letter:
    """What a skeleton is made of. ``html`` and ``text`` may hold TOKEN_IN_TEXT and its like."""

    sender: str
    subject: str
    date: datetime
    headers: Mapping[str, str]
    text: str
    html: str


def skeleton(letter: Letter) -> bytes:
    """The message with its placeholders, lines ended by CRLF. Raises RenderError if a header cannot be written."""
    message = EmailMessage(policy=_BODY_POLICY)
    try:
        for name, value in _headers(letter).items():
            message[name] = value
    except (ValueError, IndexError) as error:
        raise RenderError(
            f"a header cannot be written: {error}", subject=letter.sender, remedy="mend the channel's from or subject"
        ) from error
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    # No line of quoted-printable can be a boundary that starts with "=_" (RFC 2045 6.7).
    message.set_boundary(f"=_{hashlib.sha256(f'{letter.text}{letter.html}'.encode()).hexdigest()[:32]}")
    content = message.as_bytes(policy=_POLICY)
    for encoded, wherever in _SPLIT.items():
        content = wherever.sub(_SOFT_BREAK + encoded + _SOFT_BREAK, content)
    return content


def transfer_size(html: str) -> int:
    """How many bytes ``html`` takes in the message, with its transfer encoding."""
    part = EmailMessage(policy=_BODY_POLICY)
    part.set_content(html, subtype="html", cte="quoted-printable")
    return len(part.as_bytes(policy=_POLICY))


class Skeleton:
    """A finished message with its places found once, for any number of recipients."""

    def __init__(self, message: bytes) -> None:
        """``message`` is what ``skeleton`` made, as it is or with the dots of its lines doubled for SMTP."""
        head, blank, body = message.partition(b"\r\n\r\n")
        self._head = [*_cut(head, _IN_HEAD, lambda found: found.decode()), blank]
        self._pieces = [*self._head, *_cut(body, _PLACES, _IN_BODY.__getitem__)]

    def fill(
        self,
        *,
        recipient: str,
        message_id: str,
        token: str,
        preferences: str = NOBODYS,
        since: str = WHEN_YOU_SUBSCRIBED,
    ) -> bytes:
        """One reader's message, by substitution alone.

        ``recipient`` is a bare ASCII address, ``message_id`` an id with or without angle brackets, the tokens are of
        letters, figures, ``-`` and ``_``, ``since`` says in words when the reader consented. Raises RenderError for
        anything else, line breaks above all.
        """
        bare_id = message_id.removeprefix("<").removesuffix(">")
        _check("recipient", recipient, _ADDRESS.fullmatch(recipient) and len(recipient) <= _LONGEST_ADDRESS)
        _check("Message-ID", message_id, _ADDRESS.fullmatch(bare_id))
        for value in (token, preferences):
            _check("token", value, _TOKEN_SAFE.fullmatch(value))
        _check("day", since, _WORDS_SAFE.fullmatch(since))
        values = {
            RECIPIENT: recipient.encode(),
            MESSAGE_ID: f"<{bare_id}>".encode(),
            KEY: hashlib.sha256(bare_id.encode()).hexdigest()[:32].encode(),
            TOKEN: token.encode(),
            PREFERENCES: preferences.encode(),
            CONSENT: since.encode(),
        }
        return b"".join([piece if isinstance(piece, bytes) else values[piece] for piece in self._pieces])


def fill(
    skeleton: bytes,
    *,
    recipient: str,
    message_id: str,
    token: str,
    preferences: str = NOBODYS,
    since: str = WHEN_YOU_SUBSCRIBED,
) -> bytes:
    """One reader's message of a skeleton that is used once; see ``Skeleton.fill``."""
    return Skeleton(skeleton).fill(
        recipient=recipient, message_id=message_id, token=token, preferences=preferences, since=since
    )


def _cut(content: bytes, places: re.Pattern[bytes], name: Callable[[bytes], str]) -> list[bytes | str]:
    """The bytes between the places, and the places by name."""
    pieces: list[bytes | str] = []
    at = 0
    for found in places.finditer(content):
        pieces += [content[at : found.start()], name(found[0])]
        at = found.end()
    return [*pieces, content[at:]]


def _headers(letter: Letter) -> dict[str, str]:
    return {
        "From": letter.sender,
        "To": RECIPIENT,
        "Subject": letter.subject,
        "Date": format_datetime(letter.date),
        "Message-ID": MESSAGE_ID,
        "X-Idempotency-Key": KEY,
        **letter.headers,
    }


def _check(what: str, value: str, right: object) -> None:
    if not right:
        raise RenderError(f"{what} {value!r} cannot stand in a message", subject="mail", remedy="see who supplied it")
