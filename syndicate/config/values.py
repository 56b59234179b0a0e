# SPDX-License-Identifier: Apache-2.0
"""What single values may look like: durations, sizes, addresses, times. Text in, checked value out.

Each type carries a ``Form`` that tells the generated reference how it is written. A refused value says what to write
instead; the line and the key are added by ``problems``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from syndicate.config.suggest import did_you_mean

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
BYTES = {"B": 1, "kB": 1000, "MB": 1_000_000}
UNITS = {"second": "s", "minute": "m", "hour": "h", "day": "d", "sec": "s", "min": "m"}

# Spec: crontab(5) EXTENSIONS
ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
CRON_FIELDS = 5

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Form:
    """How a type is written, for the reference."""

    text: str


def refuse(message: str) -> PydanticCustomError:
    """Error that reads ``'VALUE' MESSAGE`` in the finished line."""
    return PydanticCustomError("value", "{message}", {"message": message})


def demand(message: str) -> PydanticCustomError:
    """Error about a key rather than its value; reads ``MESSAGE`` in the finished line."""
    return PydanticCustomError("key", "{message}", {"message": message})


def _line(text: str) -> str:
    if not text.strip():
        raise demand("nothing stands here; write a value or remove the key")
    if _CONTROL.search(text):
        raise refuse("has a line break or control character in it; write it in one line")
    return text.strip()


def _identifier(text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise refuse("is not an id; use letters, figures, '-', '_' and '.', beginning with a letter or figure")
    return text


def _pause(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if not found:
        raise refuse(f"is not a duration; write {_nearest_duration(text)}")
    return int(found[1]) * SECONDS[found[2]]


def _duration(text: object) -> object:
    seconds = _pause(text)
    if not seconds and isinstance(text, str):
        raise refuse("is no time at all; write 30m")
    return seconds


def _nearest_duration(text: str) -> str:
    found = re.fullmatch(r"\s*(\d{1,9})\s*([a-z]+?)s?\.?\s*", text.lower())
    unit = UNITS.get(found[2], found[2]) if found else ""
    return f"{found[1]}{unit}" if found and unit in SECONDS else "30m"


def _moment(text: object) -> object:
    """A date is its first moment in UTC; a time needs its offset. Spec: RFC 3339 5.6."""
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise refuse("is not a date; write 2026-11-30, or 2026-11-30T09:00:00+01:00") from None
    if moment.tzinfo is None and _DATE.fullmatch(text) is None:
        raise refuse("does not say in which zone; write 2026-11-30T09:00:00+01:00, or the date alone")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _hash(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise refuse("is not a fingerprint; write the 64 hex digits of sha256sum")
    return text.lower()


def _size(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = re.fullmatch(r"(\d{1,9})(B|kB|MB)", text)
    if not found:
        raise refuse("is not a size; write 95kB")
    return int(found[1]) * BYTES[found[2]]


def _url(text: str) -> str:
    if not is_url(text):
        raise refuse("is not a web address; write https://host.example/path")
    return text


def is_url(text: str) -> bool:
    """Whether ``text`` is an absolute http or https address with a host.

    Spec: RFC 3986 3
    """
    if re.search(r"\s", text) or _CONTROL.search(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _base_url(text: str) -> str:
    if "?" in text or "#" in text:
        raise refuse("has a query or fragment; write the public address alone")
    return _url(text).rstrip("/")


def _email(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise refuse("is not a mail address; write name@host.example")
    return text


def _sender(text: str) -> str:
    # Spec: RFC 5322 3.4
    if _CONTROL.search(text) or not _ADDRESS.fullmatch(parseaddr(text)[1]):
        raise refuse("is not a sender; write Name <name@host.example>")
    return text


def _contact(text: str) -> str:
    if not is_url(text) and not _ADDRESS.fullmatch(text):
        raise refuse("is neither a mail address nor a web address; write name@host.example")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, LookupError):
        guess = did_you_mean(text, available_timezones())
        raise refuse(f"is not a time zone{guess or '; write one such as Europe/Paris'}") from None
    return text


def _schedule(text: str) -> str:
    expression = ALIASES.get(text.strip().lower(), text.strip())
    if len(expression.split()) != CRON_FIELDS:
        raise refuse('is not a schedule; write five crontab fields such as "0 7 * * 1", or @daily')
    try:
        CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise refuse(f'is not a schedule ({error}); write one such as "0 7 * * 1": Mondays at 07:00') from None
    return expression


def _database(text: str) -> str:
    if not re.fullmatch(r"(sqlite:///|postgresql(\+psycopg)?://)\S+", text):
        raise refuse("is not a database; write sqlite:///var/syndicate.db or postgresql://user@host/name")
    return text


def _split(value: object) -> object:
    """A list may be written as words with commas, as environment variables must."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _listen(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+:\d{1,5}", text):
        raise refuse("is not an address to listen on; write 127.0.0.1:8024")
    return text


def _name_server(text: str) -> str:
    try:
        parts = urlsplit(f"//[{text}]" if text.count(":") > 1 and "[" not in text else f"//{text}")
        ip_address(parts.hostname or "")
        if parts.port == 0 or parts.netloc != parts.geturl()[2:]:
            raise ValueError  # noqa: TRY301 - as the two above do
    except ValueError:
        raise refuse("is not a name server; write its address, such as 127.0.0.1 or 127.0.0.1:5353") from None
    return text


def _unless_blank(check: Callable[[str], str]) -> Callable[[str], str]:
    """``check``, with ``""`` let through: the key may be left empty."""
    return lambda text: check(text) if text else text


Line = Annotated[str, AfterValidator(_line), Form("text in one line")]
MaybeLine = Annotated[str, AfterValidator(_unless_blank(_line)), Form("text in one line")]
Identifier = Annotated[str, AfterValidator(_identifier), Form("an id: letters, figures, `-`, `_`, `.`")]
Duration = Annotated[int, BeforeValidator(_duration), Form("a duration: `90s`, `30m`, `2h`, `1d`")]
Moment = Annotated[datetime, BeforeValidator(_moment), Form("a date, or a time with its offset: `2026-11-30`")]
MaybeDuration = Annotated[int, BeforeValidator(_pause), Form("a duration: `0s`, `90s`, `30m`, `2h`, `1d`")]
Size = Annotated[int, BeforeValidator(_size), Form("a size: `95kB`, `1MB`")]
Url = Annotated[str, AfterValidator(_url), Form("an http or https address")]
MaybeUrl = Annotated[str, AfterValidator(_unless_blank(_url)), Form("an http or https address")]
BaseUrl = Annotated[str, AfterValidator(_base_url), Form("an http or https address")]
Email = Annotated[str, AfterValidator(_email), Form("a mail address")]
MaybeEmail = Annotated[str, AfterValidator(_unless_blank(_email)), Form("a mail address")]
MaybeListen = Annotated[str, AfterValidator(_unless_blank(_listen)), Form("`address:port`")]
MaybeNameServer = Annotated[str, AfterValidator(_unless_blank(_name_server)), Form("`address` or `address:port`")]
MaybeSender = Annotated[str, AfterValidator(_unless_blank(_sender)), Form("`Name <address>`")]
MaybeContact = Annotated[str, AfterValidator(_unless_blank(_contact)), Form("a mail or web address")]
MaybeHash = Annotated[str, AfterValidator(_unless_blank(_hash)), Form("64 hex digits")]
Zone = Annotated[str, AfterValidator(_zone), Form("an IANA time zone")]
MaybeSchedule = Annotated[
    str, AfterValidator(_unless_blank(_schedule)), Form("crontab: five fields, 1 is Monday; or `@daily` and such")
]
Database = Annotated[str, AfterValidator(_database), Form("`sqlite:///FILE` or `postgresql://USER@HOST/NAME`")]
Words = BeforeValidator(_split)
