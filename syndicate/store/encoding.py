# SPDX-License-Identifier: Apache-2.0
"""The model as JSON text and back, equal in every field, and the fingerprint of an item."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from syndicate.model import Chain, Channel, Decision, Finding, Item, Memory, PageReading, Proved, Record, Tombstone

T = TypeVar("T")


class Codec(Generic[T]):
    """One type of the model: ``text(value)`` and ``value(text)``."""

    def __init__(self, kind: Any) -> None:
        """``kind`` is the type, or a tuple of it."""
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def text(self, value: T) -> str:
        """The value as JSON."""
        return self._adapter.dump_json(value).decode()

    def value(self, text: str) -> T:
        """The value again."""
        return self._adapter.validate_json(text)


item = Codec[Item](Item)
chain = Codec[Chain](Chain)
channel = Codec[Channel](Channel)
decision = Codec[Decision](Decision)
findings = Codec[tuple[Finding, ...]](tuple[Finding, ...])
tombstones = Codec[tuple[Tombstone, ...]](tuple[Tombstone, ...])
proved = Codec[tuple[Proved, ...]](tuple[Proved, ...])
page_reading = Codec[PageReading](PageReading)
record = Codec[Record](Record)
memory = Codec[Memory](Memory)
strings = Codec[tuple[str, ...]](tuple[str, ...])


def fingerprint(content: str | bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def data_text(data: Mapping[str, Any]) -> str:
    """A free mapping as JSON; dates, enums and dataclasses allowed."""
    return to_json(data).decode()


def data_value(text: str) -> dict[str, Any]:
    """The mapping again, with plain JSON values."""
    value: dict[str, Any] = from_json(text)
    return value
