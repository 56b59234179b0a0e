# SPDX-License-Identifier: Apache-2.0
"""Receipts signed and checked: Ed25519 over the very bytes of a document, in a file of its own.

Anybody can check one with openssl and our public key; nothing of ours is needed. Spec: RFC 8032 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from syndicate.errors import UsageError

SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs with the key of one database. The same document has the same signature each time."""

    key: Ed25519PrivateKey = field(repr=False)

    def sign(self, document: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self.key.sign(document)

    @property
    def public(self) -> bytes:
        """The public key in PEM, as openssl reads it."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def seal(secret: bytes) -> Seal:
    """The seal of 32 secret bytes."""
    return Seal(Ed25519PrivateKey.from_private_bytes(secret))


def is_sealed(document: bytes, signature: bytes, public: bytes) -> bool:
    """Whether ``signature`` was made over exactly ``document`` with the private half of ``public`` (PEM).

    Raises UsageError if ``public`` is no such key.
    """
    remedy = "take it from the publisher of the receipt: https://SITE/receipts.pem"
    try:
        key = serialization.load_pem_public_key(public)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError("is no public key in PEM", subject="the key", remedy=remedy) from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError("is no Ed25519 key", subject="the key", remedy=remedy)
    try:
        key.verify(signature, document)
    except InvalidSignature:
        return False
    return True
