# SPDX-License-Identifier: Apache-2.0
"""Constraints of ODRL as values of ours, one reader for each left operand. What none can read is told, not guessed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from syndicate.model import Ads, Interest, Medium, Prohibition, Purpose, Republisher
from syndicate.rights.odrl.names import listed, plain, seconds, short

Json = Mapping[str, Any]
Values = dict[str, Any]
_E = TypeVar("_E", bound=StrEnum)
IS: Final = frozenset({"eq", "isA", "isAnyOf", "isPartOf"})
_IS_NOT: Final = frozenset({"neq", "isNoneOf"})
_MONTH: Final = "syn:itemsAMonth"


class Unread(Exception):  # noqa: N818 - a signal inside this package
    """A constraint that we do not understand; its text says which."""


def constraints(rule: Json) -> Iterator[tuple[str, str, Any, str]]:
    """(left operand, operator, right operand, unit) of each constraint; raises ``Unread`` for a choice of several."""
    for one in listed(rule.get("constraint")):
        if not isinstance(one, dict):
            raise Unread(f"a condition by reference: {one}")
        constraint = {short(key): value for key, value in one.items()}
        if "and" in constraint:
            yield from constraints({"constraint": listed(constraint["and"])})
        elif "leftOperand" not in constraint:
            raise Unread(f"a choice of conditions: {', '.join(sorted(constraint))}")
        else:
            left, operator = short(constraint["leftOperand"]), short(constraint.get("operator", "eq"))
            yield left, operator, constraint.get("rightOperand"), short(constraint.get("unit", ""))


def read(left: str, operator: str, right: Any, unit: str) -> Values:
    """The keys of a grant that a constraint sets; raises ``Unread``."""
    reader = _READERS.get(left)
    values = reader(operator, right, unit) if reader else None
    if values is None:
        raise Unread(f"{left} {operator} {plain(right)}")
    return values


def prohibited(base: Prohibition, rule: Json) -> tuple[Prohibition, list[str]]:
    """``base`` with the conditions of a rule that we understand, and those that we do not."""
    found, problems = base, []
    try:
        for condition in constraints(rule):
            values = read(*condition)
            if set(values) <= {"media", "purposes", "valid_from"}:
                found = replace(found, **values)
            else:
                problems.append(f"it holds without its condition {condition[0]}")
    except Unread as error:
        problems.append(f"it holds without its conditions from here on: {error}")
    return found, problems


def moment(value: Any) -> datetime | None:
    """A time of XML Schema, in UTC if it has no offset; None if it is none."""
    try:
        when = datetime.fromisoformat(str(plain(value)))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


# ------------------------------------------------------------------------------------------------ one operand each


def _choice(kind: type[_E], operator: str, right: Any) -> frozenset[_E] | None:
    """The members that a set operator names; None if nothing is left, or a word is none of ours."""
    words = {short(value).removeprefix("syn:") for value in listed(right)}
    known = frozenset(member for member in kind if member.value in words)
    if operator in _IS_NOT and len(known) == len(words):
        return frozenset(kind) - known or None
    return known or None if operator in IS else None


def _media(operator: str, right: Any, _: str) -> Values | None:
    found = _choice(Medium, operator, right)
    return {"media": found} if found else None


def _purposes(operator: str, right: Any, _: str) -> Values | None:
    found = _choice(Purpose, operator, right)
    return {"purposes": found} if found else None


def _recipients(operator: str, right: Any, _: str) -> Values | None:
    """Every one of them has to be known: a reader who must be something else besides is not ours to tell."""
    words = [short(value).removeprefix("syn:") for value in listed(right)]
    known = {member.value: member for member in Interest}
    if operator not in IS or not words or any(word not in known for word in words):
        return None
    return {"consent": tuple(known[word] for word in words)}


def _industry(operator: str, right: Any, _: str) -> Values | None:
    found = _choice(Republisher, operator, right)
    return {"republishers": found} if found and operator in IS else None


def _date(operator: str, right: Any, _: str) -> Values | None:
    name = {"gteq": "valid_from", "gt": "valid_from", "lt": "valid_until", "lteq": "valid_until"}.get(operator)
    when = moment(right)
    return {name: when} if name and when else None


def _delay(operator: str, right: Any, _: str) -> Values | None:
    found = seconds(right)
    return {"embargo": found} if operator in ("gteq", "gt", "eq") and found else None


def _elapsed(operator: str, right: Any, _: str) -> Values | None:
    found = seconds(right)
    return {"window": found} if operator in ("lteq", "lt", "eq") and found else None


def _number(name: str, operator: str, right: Any, unit: str) -> Values | None:
    value = plain(right)
    counted = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return {name: value} if counted and operator in ("lteq", "eq") and unit == _MONTH else None


def _advertising(operator: str, right: Any, _: str) -> Values | None:
    known = {member.name.lower(): member for member in Ads}
    found = known.get(str(plain(right)))
    return {"ads": found} if found is not None and operator in ("lteq", "eq") else None


def _paid(operator: str, right: Any, _: str) -> Values | None:
    return {"paid": plain(right)} if operator == "eq" and isinstance(plain(right), bool) else None


def _marker(operator: str, right: Any, _: str) -> Values | None:
    return {"marker": str(plain(right))} if operator == "eq" else None


_READERS: Final[Mapping[str, Callable[[str, Any, str], Values | None]]] = {
    "media": _media,
    "purpose": _purposes,
    "recipient": _recipients,
    "industry": _industry,
    "dateTime": _date,
    "delayPeriod": _delay,
    "elapsedTime": _elapsed,
    "count": lambda operator, right, unit: _number("max_items", operator, right, unit),
    "percentage": lambda operator, right, unit: _number("max_share", operator, right, unit),
    "syn:advertising": _advertising,
    "syn:paid": _paid,
    "syn:marker": _marker,
}
