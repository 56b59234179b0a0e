# SPDX-License-Identifier: Apache-2.0
"""A statement of terms as a person gives it, by the keys of the configuration: commands and forms write the same.

``keys`` are those of the statement and of its scope, ``rule`` those of its one grant or refusal; a schema checks them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from syndicate.config import statement
from syndicate.config.terms import Grant, Prohibition, Statement
from syndicate.errors import UsageError
from syndicate.model import Record
from syndicate.rights import licences

SCOPES: Final = ("urls", "categories", "items", "files")
OF_STATEMENT: Final = (frozenset(Statement.model_fields) - {"grants", "prohibitions", "sections"}) | frozenset(SCOPES)
OF_GRANT: Final = frozenset(Grant.model_fields)
OF_REFUSAL: Final = frozenset(Prohibition.model_fields)

Keys = Mapping[str, Any]


def permission(keys: Keys, rule: Keys, *, subject: str) -> tuple[Record, ...]:
    """The records of a permission by the publisher ``subject``.

    Raises ConfigError for a wrong key or value, UsageError if it permits nothing.
    """
    return permitting(_records({**keys, **({"grants": [dict(rule)]} if rule else {})}), subject=subject)


def permitting(found: tuple[Record, ...], *, subject: str) -> tuple[Record, ...]:
    """Those of the records that permit something or say how to credit; raises UsageError if none does."""
    said = tuple(r for r in found if r.grants or r.licence or r.leave_out or r.institutions)
    if not said:
        raise UsageError("permits nothing", subject=subject, remedy="say what, such as mode=full media=web,email")
    return said


def refusal(keys: Keys, rule: Keys) -> Record:
    """The record of a refusal; with an empty ``rule`` of everything. Raises ConfigError."""
    whole = {"mode": "withhold", "quote": keys.get("quote", "")} | dict(rule)
    return _records({**keys, "prohibitions": [whole]})[0]


def vouched(record: Record, by: str, now: datetime) -> Record:
    """The record, vouched for by who records it if by nobody before."""
    return replace(record, confirmed_by=record.confirmed_by or by, confirmed_at=record.confirmed_at or now)


def since(date: str, now: datetime) -> datetime:
    """A date or time as it is written in records; "" is now. Raises ConfigError."""
    if not date:
        return now
    (record,) = statement(json.dumps({"read_at": date}), licence=licences.by_id, name="--date")
    return record.read_at or now


def _records(keys: Keys) -> tuple[Record, ...]:
    """The record of a statement; one about a part of the work is written as its only section."""
    scope = {name: keys[name] for name in SCOPES if name in keys}
    rest = {name: value for name, value in keys.items() if name not in scope}
    entry = {"sections": {"part": rest | scope}} if scope else rest
    found = statement(json.dumps(entry), licence=licences.by_id, name="statement")
    return found[1:] if scope else found
