# SPDX-License-Identifier: Apache-2.0
"""A finished message back into its HTML, its plain part, and all that stands in it. Spec: RFC 5322, RFC 2045."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from syndicate.errors import ParseError
from syndicate.proof.charset import decode, has_replacement
from syndicate.proof.scope import LookAt
from syndicate.proof.seen import Document, Problem, Reading


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One part of a message that holds no others; ``text`` None if it is no text."""

    media_type: str
    name: str
    attached: bool
    text: str | None
    problems: tuple[Problem, ...]


def read_mail(content: bytes, look_at: LookAt) -> Reading:
    """The message in ``content``, its HTML seen by ``look_at``. Raises ParseError if it cannot be read."""
    try:
        message = message_from_bytes(content)
        leaves = [_leaf(part) for part in message.walk() if not part.is_multipart()]
        around = [text for part in message.walk() for text in _around(part)]
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ParseError(f"the message cannot be read ({error})") from error
    if not message.keys():
        raise ParseError("the document is no message: it has no header")
    html = tuple(_html(leaves))
    plain = [leaf.text for leaf in leaves if leaf.media_type == "text/plain" and not leaf.attached]
    texts = [leaf.text for leaf in leaves if leaf.text is not None]
    return Reading(
        kind="mail",
        pages=tuple(map(look_at, html)),
        html=html,
        text=next((text for text in plain if text is not None), None),
        strings=(*texts, *around, content.decode("utf-8", "replace")),
        opaque=tuple(f"{leaf.name or 'unnamed'} ({leaf.media_type})" for leaf in leaves if leaf.text is None),
        problems=(*(problem for leaf in leaves for problem in leaf.problems), *_other_shapes(leaves)),
        replaced=any(has_replacement(text) for text in texts),
        document=Document(issuers=tuple(_senders(message))),
    )


def _other_shapes(leaves: list[_Leaf]) -> Iterator[Problem]:
    """Parts that some programs show in place of those that we look at, such as interactive mail."""
    for leaf in leaves:
        if leaf.text is not None and not leaf.attached and leaf.media_type not in {"text/plain", "text/html"}:
            yield Problem("form", f"a part of type {leaf.media_type} may be shown in place of the others")


def _senders(message: Message) -> Iterator[str]:
    """The names under which it is sent."""
    for field in ("From", "Sender"):
        if message[field]:
            yield parseaddr(_header(str(message[field])))[0]


def _html(leaves: list[_Leaf]) -> Iterator[str]:
    for leaf in leaves:
        if leaf.media_type == "text/html" and not leaf.attached and leaf.text is not None:
            yield leaf.text


def _leaf(part: Message) -> _Leaf:
    media_type = part.get_content_type()
    payload = part.get_payload(decode=True)
    attached = (part.get_content_disposition() or "").lower() == "attachment"
    name = str(part.get_filename() or "")
    if part.get_content_maintype() != "text" or not isinstance(payload, bytes):
        return _Leaf(media_type, name, attached, None, ())
    text, problems = decode(payload, str(part.get_content_charset() or "us-ascii"))
    return _Leaf(media_type, name, attached, text.replace("\r\n", "\n"), problems)


def _around(part: Message) -> Iterator[str]:
    """What stands in a part beside its payload: header fields and the text around its parts."""
    for value in part.values():
        yield _header(str(value))
    yield from filter(None, (part.preamble, part.epilogue))


def _header(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, ValueError, LookupError):
        return value
