# SPDX-License-Identifier: Apache-2.0
"""A DKIM signature that covers the fields of a list, the same bytes each time.

For those whose mail server does not sign. No time stands in it: a mail that goes out again has the same bytes. Headers
are canonicalised relaxed, the body simple, so that it costs one hash.
Spec: RFC 6376 3.4, 3.5, 3.7, 5.4.2; RFC 8058 4; RFC 5322 2.1.1.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from syndicate.errors import UsageError

SMALLEST = 2048
SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "References", "List-Id",
    "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted",
)  # fmt: skip
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r]|\r\n[ \t])*)\r\n")
_FOLD, _BLANK = re.compile(rb"\r\n(?=[ \t])"), re.compile(rb"[ \t]+")
_NEXT, _WIDTH = b"\r\n ", 72  # lines as short as RFC 5322 2.1.1 would have them, whatever the key's length
_DOMAIN = re.compile(rb"@([A-Za-z0-9.-]+)")


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one key. ``domain`` "" is that of each message's From."""

    selector: str
    key: rsa.RSAPrivateKey = field(repr=False)
    domain: str = ""

    def __call__(self, message: bytes) -> bytes:
        """The field to put before a message whose lines end in CRLF. UsageError: it has no From."""
        head, _, body = message.partition(b"\r\n\r\n")
        fields = [(name, value) for name, value in _FIELD.findall(head + b"\r\n")]
        by_name = {name.lower(): value for name, value in fields}
        domain = self.domain.encode() or _domain(by_name.get(b"from", b""))
        names = [name.encode() for name in SIGNED if name.lower().encode() in by_name]
        digest = base64.b64encode(hashlib.sha256(_simple(body)).digest())
        covered = [name + b":" for name in names] + [b"From;"]  # twice: nobody can add a second one unseen
        place = b"d=%b; s=%b;" % (domain, self.selector.encode())
        value = _NEXT.join(
            (b"v=1; a=rsa-sha256; c=relaxed/simple;", place, b"h=" + _folded(covered), b"bh=%b;" % digest, b"b=")
        )
        lines = [_relaxed(name, by_name[name.lower()]) for name in names]
        lines.append(_relaxed(b"DKIM-Signature", value).removesuffix(b"\r\n"))
        signature = self.key.sign(b"".join(lines), padding.PKCS1v15(), hashes.SHA256())
        text = base64.b64encode(signature)
        written = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
        return b"DKIM-Signature: " + value + _NEXT.join(written) + b"\r\n"

    @property
    def public(self) -> str:
        """What must stand in the ``p=`` of the DNS record."""
        raw = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(raw).decode()


def signer(pem: bytes, selector: str, domain: str = "", *, place: str) -> Signer:
    """A signer with the private key in ``pem``. UsageError names ``place`` and says what is wrong."""
    remedy = "make one: openssl genrsa -out dkim.pem 2048"
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(f"is no private key that can be used ({error})", subject=place, remedy=remedy) from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST:
        raise UsageError(f"is no RSA key of at least {SMALLEST} bits", subject=place, remedy=remedy)
    return Signer(selector, key, domain)


def _domain(sender: bytes) -> bytes:
    found = _DOMAIN.findall(sender)
    if not found:
        raise UsageError("a mail without a sender cannot be signed", subject="mail", remedy="set the channel's from")
    return bytes(found[-1])


def _folded(words: Iterable[bytes]) -> bytes:
    lines = [b""]
    for word in words:
        if len(lines[-1]) + len(word) > _WIDTH:
            lines.append(b"")
        lines[-1] += word
    return _NEXT.join(lines)


def _relaxed(name: bytes, value: bytes) -> bytes:
    return name.lower() + b":" + _BLANK.sub(b" ", _FOLD.sub(b"", value)).strip() + b"\r\n"


def _simple(body: bytes) -> bytes:
    return body.rstrip(b"\r\n") + b"\r\n" if body.endswith(b"\r\n\r\n") or not body.endswith(b"\r\n") else body
