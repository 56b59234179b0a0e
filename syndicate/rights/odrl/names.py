# SPDX-License-Identifier: Apache-2.0
"""The words that writer and reader share: what each of ours is called in ODRL.

Spec: ODRL 2.2
"""

import re
from datetime import timedelta
from typing import Any, Final

from syndicate.model import Mode

ODRL: Final = "http://www.w3.org/ns/odrl/2/"
CC: Final = "http://creativecommons.org/ns#"
OWN: Final = "urn:syndicate:odrl:"
PROFILE: Final = "urn:syndicate:odrl:profile"
CONTEXT: Final = ["http://www.w3.org/ns/odrl.jsonld", {"cc": CC, "syn": OWN}]

ACTIONS: Final = {Mode.FULL: "distribute", Mode.EXCERPT: "extract", Mode.LINK: "index"}
"""What a grant of each mode permits."""

REFUSED: Final = {Mode.LINK: "distribute", Mode.WITHHOLD: "use"}
"""What a prohibition that leaves so much forbids."""

MODES: Final = {
    "distribute": Mode.FULL,
    "reproduce": Mode.FULL,
    "display": Mode.FULL,
    "present": Mode.FULL,
    "print": Mode.FULL,
    "cc:Distribution": Mode.FULL,
    "cc:Reproduction": Mode.FULL,
    "extract": Mode.EXCERPT,
    "index": Mode.LINK,
}
"""What other people's actions permit. "use" is not among them: it says too little of what."""

DUTY_ACTIONS: Final = {
    "credit": "attribute",
    "copyright": "cc:Notice",
    "link": "syn:link",
    "hyperlink": "syn:hyperlink",
    "notices": "include",
    "share-alike": "cc:ShareAlike",
    "terms": "nextPolicy",
}
"""Duties by their names in a record; all others are called ``syn:NAME``."""

READ_DUTIES: Final = {action: name for name, action in DUTY_ACTIONS.items()} | {
    "cc:Attribution": "credit",
    "shareAlike": "share-alike",
}

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def duration(seconds: int) -> dict[str, str]:
    """Seconds as a duration of XML Schema."""
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if n)
    text = "P" + (f"{days}D" if days or not time else "") + (f"T{time}" if time else "")
    return {"@value": text, "@type": "xsd:duration"}


def seconds(value: Any) -> int | None:
    """The seconds of such a duration; None if it is none, or has months or years, whose length varies."""
    found = _DURATION.fullmatch(str(plain(value)))
    if not found or not any(found.groups()):
        return None
    days, hours, minutes, rest = (int(group or 0) for group in found.groups())
    return int(timedelta(days=days, hours=hours, minutes=minutes, seconds=rest).total_seconds())


def plain(value: Any) -> Any:
    """The value of a typed literal or of a reference, a plain value as it is."""
    if isinstance(value, dict):
        return value.get("@value", value.get("@id", value))
    return value


def short(name: Any) -> str:
    """A term as it is written here: without ODRL's namespace or prefix, with ours and Creative Commons' as prefixes."""
    text = str(plain(name)).removeprefix(ODRL).removeprefix("odrl:")
    text = f"syn:{text.removeprefix(OWN)}" if text.startswith(OWN) else text
    return f"cc:{text.removeprefix(CC)}" if text.startswith(CC) else text


def listed(value: Any) -> list[Any]:
    """A list of what JSON-LD may write as one value, as a list, or not at all."""
    if isinstance(value, dict) and "@list" in value:
        value = value["@list"]
    return value if isinstance(value, list) else [] if value is None else [value]
