# SPDX-License-Identifier: Apache-2.0
"""What a refusal is about: the address, the mailbox, us, the message, or the way there. Pure.

In doubt it is about something that may pass. Only a status that says so makes an address dead. Spec: RFC 3463 3.
"""

from __future__ import annotations

import enum
import re

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"\s*([245])\d\d\b")


class Trouble(enum.StrEnum):
    """The classes of refusals."""

    DEAD = "dead"  # there is no such address, and there will be none
    MAILBOX = "mailbox"  # full, disabled, too large for it
    POLICY = "policy"  # they do not want mail from us, or this mail
    MESSAGE = "message"  # something about this message
    ROUTE = "route"  # the way there
    UNKNOWN = "unknown"


DEAD = {"1.1", "1.2", "1.10"}
_PUT_OFF = re.compile(r"421\b|4\d\d[ -].*(?<![\d.])4\.[3457]\.\d{1,3}(?![\d.])")
_GREY = re.compile(r"gr[ae]y-?list", re.IGNORECASE)
_SUBJECTS = {
    "1": Trouble.UNKNOWN,
    "2": Trouble.MAILBOX,
    "3": Trouble.ROUTE,
    "4": Trouble.ROUTE,
    "5": Trouble.ROUTE,
    "6": Trouble.MESSAGE,
    "7": Trouble.POLICY,
}


def status(text: str) -> str:
    """The enhanced status in a reply or report, such as ``5.1.1``; "" if there is none."""
    found = _STATUS.search(text)
    return ".".join(found.groups()) if found else ""


def trouble(text: str) -> Trouble:
    """What a refusal is about, by its enhanced status; without one only a 554 says anything: the message."""
    found = status(text)
    if found:
        kind, detail = found.split(".", 1)
        if kind == "5" and detail in DEAD:
            return Trouble.DEAD
        return _SUBJECTS.get(detail.partition(".")[0], Trouble.UNKNOWN)
    return Trouble.MESSAGE if text.lstrip().startswith("554") else Trouble.UNKNOWN


def is_permanent(text: str) -> bool:
    """Whether a reply or a status says that it will stay so; in doubt it will not."""
    found = status(text)
    code = _CODE.match(text)
    return found.startswith("5") if found else bool(code and code[1] == "5")


def puts_off(text: str) -> bool:
    """Whether a refusal for now is about the whole domain (busy, too much from us), and not about one reader.

    Greylisting is about one reader: each has to be tried twice.
    """
    return bool(_PUT_OFF.match(text)) and not _GREY.search(text)
