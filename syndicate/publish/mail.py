# SPDX-License-Identifier: Apache-2.0
"""A digest as a message: the finished skeleton, and one recipient's bytes made of it by substitution alone.

Promise: the skeleton is complete, deterministic and seven-bit; the three things that differ from reader to reader
(address, Message-ID, unsubscribe token) stand in it as placeholders that no publisher's text can imitate; filling them
in rebuilds nothing. What ``fill`` is given cannot add a header or a line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from syndicate.errors import RenderError

RECIPIENT = "recipient@placeholder.invalid"
MESSAGE_ID = "<message-id@placeholder.invalid>"
TOKEN = "unsubscribe-token-placeholder"  # noqa: S105 - it marks the place of a token

# In the texts the token is set off by a control character, which ``publish.clean`` takes out of everything that came
# from outside. Quoted-printable writes it =1A; a publisher's literal "=1A" comes out as =3D1A.
TOKEN_IN_TEXT = f"\x1a{TOKEN}\x1a"
_ENCODED_TOKEN = f"=1A{TOKEN}=1A".encode()
_SPLIT_TOKEN = re.compile(rb"(?:=\r\n)?".join(re.escape(bytes([b])) for b in _ENCODED_TOKEN))
_SOFT_BREAK = b"=\r\n"
_LINE = 75

# Bodies keep to the 76 columns of quoted-printable, headers are never folded: folding would encode a long address.
_BODY_POLICY = policy.SMTP.clone(max_line_length=76)
_POLICY = policy.SMTP.clone(max_line_length=998)
_DATE = re.compile(rb"^Date: [^\r\n]*", re.MULTILINE)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
_ADDRESS = re.compile(rf"{_ATOM}@[A-Za-z0-9.-]+", re.ASCII)
_TOKEN_SAFE = re.compile(r"[A-Za-z0-9._~-]{1,512}")
_LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Letter:
    """What a skeleton is made of. ``html`` and ``text`` may hold TOKEN_IN_TEXT."""

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
    return _SPLIT_TOKEN.sub(_SOFT_BREAK + _ENCODED_TOKEN + _SOFT_BREAK, message.as_bytes(policy=_POLICY))


def transfer_size(html: str) -> int:
    """How many bytes ``html`` takes in the message, with its transfer encoding."""
    part = EmailMessage(policy=_BODY_POLICY)
    part.set_content(html, subtype="html", cte="quoted-printable")
    return len(part.as_bytes(policy=_POLICY))


def fill(skeleton: bytes, *, recipient: str, message_id: str, token: str, date: datetime | None = None) -> bytes:
    """One reader's message, by substitution alone.

    ``recipient`` is a bare ASCII address, ``message_id`` an id with or without angle brackets, ``token`` of URL-safe
    characters. ``date`` replaces the Date of the edition. Raises RenderError for anything else, line breaks above all.
    """
    _check("recipient", recipient, _ADDRESS.fullmatch(recipient) and len(recipient) <= _LONGEST_ADDRESS)
    bare_id = message_id.removeprefix("<").removesuffix(">")
    _check("Message-ID", message_id, _ADDRESS.fullmatch(bare_id))
    _check("token", token, _TOKEN_SAFE.fullmatch(token))
    head, blank, body = skeleton.partition(b"\r\n\r\n")
    head = head.replace(RECIPIENT.encode(), recipient.encode(), 1)
    head = head.replace(MESSAGE_ID.encode(), f"<{bare_id}>".encode(), 1)
    head = head.replace(TOKEN.encode(), token.encode())
    if date is not None:
        head = _DATE.sub(b"Date: " + format_datetime(date).encode(), head, count=1)
    chunks = [token[at : at + _LINE].encode() for at in range(0, len(token), _LINE)]
    return head + blank + body.replace(_ENCODED_TOKEN, _SOFT_BREAK.join(chunks))


def _headers(letter: Letter) -> dict[str, str]:
    return {
        "From": letter.sender,
        "To": RECIPIENT,
        "Subject": letter.subject,
        "Date": format_datetime(letter.date),
        "Message-ID": MESSAGE_ID,
        **letter.headers,
    }


def _check(what: str, value: str, right: object) -> None:
    if not right:
        raise RenderError(f"{what} {value!r} cannot stand in a message", subject="mail", remedy="see who supplied it")
