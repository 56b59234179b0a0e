# SPDX-License-Identifier: Apache-2.0
"""The suppression list beside the database: who left stays off, even if an older copy of the database is restored.

A text file, one line for each change, only ever added to; it holds fingerprints of addresses, no addresses. A line of
somebody who was erased says so, and when: what an older copy knows of them is forgotten again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from syndicate.errors import StoreError
from syndicate.store.records import Suppression

SUFFIX = ".suppressions"


def append(file: Path, changes: Sequence[tuple[bool, Suppression]]) -> None:
    """Add changes: on the list, or lifted; they are on the disk when this returns. StoreError: they are not."""
    lines = [
        json.dumps([is_on, one.channel_id, one.email_sha256, one.reason, one.at.isoformat(), _text(one.erased_at)])
        + "\n"
        for is_on, one in changes
    ]
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, "".join(lines).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise StoreError(f"cannot be written ({error.strerror})", subject=str(file), remedy="make room") from error


def read(file: Path) -> tuple[list[Suppression], dict[str, datetime]]:
    """Who is on the list after all changes, and when whom of these fingerprints was last erased, even if lifted since.

    A line that was cut short by a crash is left out.
    """
    listed: dict[tuple[str, str], Suppression] = {}
    forgotten: dict[str, datetime] = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return [], {}
    for line in lines:
        try:
            is_on, channel_id, email_sha256, reason, at, erased_at = json.loads(line)
            erased = datetime.fromisoformat(erased_at) if erased_at else None
            one = Suppression(channel_id, email_sha256, reason, datetime.fromisoformat(at), erased)
        except (ValueError, TypeError):
            continue
        if erased:
            forgotten[email_sha256] = erased
        if is_on:
            listed[channel_id, email_sha256] = one
        else:
            listed.pop((channel_id, email_sha256), None)
    return list(listed.values()), forgotten


def _text(when: datetime | None) -> str:
    return when.isoformat() if when else ""
