# SPDX-License-Identifier: Apache-2.0
"""Mail that came back: delivery reports, complaints, automatic answers, and what is none of these. Pure.

Whose it is, is not read from what it says about itself: only a token of ours (in the address that it came to, in the
address that the lost mail came from) or one of our Message-IDs says that, since anybody can write a report. In doubt a
failure may pass. Spec: RFC 3464 2.1, 2.2, 2.3; RFC 5965 2, 3; RFC 3834 2.
"""

from __future__ import annotations

import enum
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses

from syndicate.deliver.answers import is_permanent, status

LARGEST = 5_000_000
MOST_PARTS = 50
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "Resent-To")
_COMPLAINTS = {"abuse", "fraud", "virus", "opt-out", "other"}


class Kind(enum.StrEnum):
    """What a message is."""

    FAILED = "failed"  # a mail could not be delivered
    DELAYED = "delayed"  # it is late, and they go on trying
    COMPLAINT = "complaint"  # a reader called it unwanted
    ANSWER = "answer"  # an automatic answer, such as "I am away"
    OTHER = "other"  # a person's mail, or nothing that we know


@dataclass(frozen=True, slots=True)
class Returned:
    """A message that came back.

    ``addresses`` are all that may hold a token of ours, ``message_ids`` those of the mail that it is about. ``status``
    is the enhanced status (RFC 3463), "" if none was given; ``text`` what the other side said, in one line.
    """

    kind: Kind
    addresses: tuple[str, ...]
    message_ids: tuple[str, ...] = ()
    status: str = ""
    text: str = ""


def read_returned(content: bytes, sent_to: str = "") -> Returned:
    """What a message is and whom it may be about; ``sent_to`` is its envelope's recipient, if that is known."""
    try:
        message = message_from_bytes(content[:LARGEST])
        parts = [part for _, part in zip(range(MOST_PARTS), message.walk(), strict=False)]
    except (MessageError, ValueError, LookupError, RecursionError):
        return Returned(Kind.OTHER, (sent_to,) if sent_to else ())
    addresses = tuple(dict.fromkeys(filter(None, (sent_to, *_addresses(message, _TO)))))
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            return _delivery_report(part, parts, addresses)
        if kind == "message/feedback-report":
            return _complaint(part, parts, addresses)
    if _is_answer(message):
        return Returned(Kind.ANSWER, addresses)
    return _guessed(message, parts, addresses)


def _delivery_report(report: Message, parts: list[Message], addresses: tuple[str, ...]) -> Returned:
    """RFC 3464: groups of fields, the first about the message, the others about one recipient each."""
    groups = _groups(report)
    worst: tuple[Kind, str, str] = (Kind.OTHER, "", "")
    for group in groups:
        action = _field(group, "Action").lower()
        said = _field(group, "Diagnostic-Code")
        code = status(_field(group, "Status")) or status(said)
        if action == "failed" or (not action and code.startswith("5")):
            # A status in the other side's own words says more than the report's summary of it.
            exact = status(said.partition(";")[2])
            return Returned(Kind.FAILED, addresses, _ids(parts), exact or code, _line(said))
        if action == "delayed":
            worst = (Kind.DELAYED, code, said)
    kind, code, said = worst
    return Returned(kind, addresses, _ids(parts), code, _line(said))


def _complaint(report: Message, parts: list[Message], addresses: tuple[str, ...]) -> Returned:
    """RFC 5965: who complained is often blacked out; the sender of the mail and its Message-ID are ours."""
    fields = next(iter(_groups(report)), report)
    what = _field(fields, "Feedback-Type").lower()
    more = _addresses(fields, ("Original-Mail-From",))
    inner = [part for part in _inner(parts) if part is not report]
    more += [address for part in inner for address in _addresses(part, ("Return-Path", "X-Original-To"))]
    kind = Kind.COMPLAINT if what in _COMPLAINTS else Kind.OTHER
    return Returned(kind, (*addresses, *more), _ids(parts), "", f"feedback: {_line(what)}")


def _guessed(message: Message, parts: list[Message], addresses: tuple[str, ...]) -> Returned:
    """A report in nobody's format: by those who know the formats of the wild, else it is something else."""
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True  # what one of its detectors cannot read is no trouble of ours
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - it reads what strangers wrote
        return Returned(Kind.OTHER, addresses, _ids(parts))
    if not temporary and not permanent:
        return Returned(Kind.OTHER, addresses, _ids(parts))
    text = _first_text(parts)
    code = status(text)
    kind = Kind.FAILED if permanent or is_permanent(code) else Kind.DELAYED
    return Returned(kind, addresses, _ids(parts), code, _line(text[:500]))


def _is_answer(message: Message) -> bool:
    """Spec: RFC 3834 3.1.7, 5."""
    submitted = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    if submitted == "auto-replied":
        return True
    marks = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-Vacation")
    return any(message.get(mark) for mark in marks) or str(message.get("Precedence", "")).lower() == "auto_reply"


def _groups(report: Message) -> list[Message]:
    """The groups of fields of a report; some senders encode them as text."""
    payload = report.get_payload()
    if isinstance(payload, list):
        return [group for group in payload if isinstance(group, Message)]
    decoded = report.get_payload(decode=True)
    content = decoded if isinstance(decoded, bytes) else str(payload).encode("utf-8", "replace")
    return [message_from_bytes(block) for block in re.split(rb"\r?\n\r?\n", content.strip()) if block.strip()]


def _ids(parts: list[Message]) -> tuple[str, ...]:
    """The Message-IDs of what came back."""
    found = [name for part in _inner(parts) for name in _MESSAGE_ID.findall(_field(part, "Message-ID"))]
    return tuple(dict.fromkeys(found))


def _inner(parts: list[Message]) -> Iterator[Message]:
    """The messages inside a report, or their headers alone."""
    for part in parts[1:]:
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                yield message_from_bytes(decoded.lstrip())
        elif part.get("Message-ID"):
            yield part


def _first_text(parts: list[Message]) -> str:
    for part in parts:
        if part.get_content_type() == "text/plain":
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                return decoded[:4000].decode("utf-8", "replace")
    return ""


def _addresses(message: Message, names: tuple[str, ...]) -> list[str]:
    fields = [str(value) for name in names for value in message.get_all(name, [])]
    return [address for _, address in getaddresses(fields[:20]) if "@" in address]


def _field(message: Message, name: str) -> str:
    return str(message.get(name, "")).strip()


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]
