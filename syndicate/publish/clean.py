# SPDX-License-Identifier: Apache-2.0
"""Text that every output format can carry.

Promise: what comes out of ``clean`` holds only characters of XML 1.0 (Spec: XML 1.0 2.2), so no control character, lone
surrogate or noncharacter of a publisher's can break a feed, a header or a mail, or pass for one of our placeholders.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TypeVar

T = TypeVar("T")

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(value: T) -> T:
    """``value`` with every string in it, however deep in dataclasses and tuples, stripped of illegal characters."""
    if isinstance(value, str):
        return _ILLEGAL.sub("", value) if _ILLEGAL.search(value) else value  # type: ignore[return-value] # T is str here
    if isinstance(value, tuple):
        return tuple(clean(one) for one in value)  # type: ignore[return-value] # a tuple of the same members
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _cleaned(value)
    return value


def _cleaned(value: T) -> T:
    before = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}  # type: ignore[arg-type] # a dataclass
    after = {name: clean(one) for name, one in before.items()}
    changed = {name: one for name, one in after.items() if one != before[name]}
    return dataclasses.replace(value, **changed) if changed else value  # type: ignore[type-var] # a dataclass
