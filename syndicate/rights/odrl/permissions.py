# SPDX-License-Identifier: Apache-2.0
"""One permission of ODRL as a grant, or the words that say why it is none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from syndicate.model import (
    Assets,
    Beacon,
    Covers,
    Expiry,
    Grant,
    Limit,
    Medium,
    Mode,
    Position,
    Purpose,
    Translation,
)
from syndicate.rights.odrl.conditions import Unread, Values, constraints, read
from syndicate.rights.odrl.names import MODES, READ_DUTIES, listed, plain, seconds, short

Json = Mapping[str, Any]
_SWITCHES: Final = {"syn:pick": "pick", "syn:headline": "their_headline"}
_PARAMETERS: Final[tuple[tuple[str, str, str, Callable[[Any], Any]], ...]] = (
    ("syn:position", "syn:place", "position", Position),
    ("acceptTracking", "syn:kind", "beacon", Beacon),
    ("acceptTracking", "syn:address", "beacon_url", str),
    ("syn:translation", "syn:rule", "translation", Translation),
    ("syn:about", "syn:text", "about", str),
    ("inform", "informedParty", "notify", str),
    ("inform", "syn:before", "notify_before", seconds),
)
"""Action, the property of the duty, the key of a grant that it sets, and what its value is."""

_UNITS: Final = {"syn:words": "words", "syn:paragraphs": "paragraphs", "syn:characters": "characters"}


def grant_of(rule: Json) -> tuple[Grant | None, str]:
    """The grant, and why there is none; one of the two is empty."""
    try:
        mode, limit, sale = _action(rule)
        grant = Grant(mode, limit=limit, sale=sale, **_conditions(rule))
        return replace(grant, **_duties(rule), **_beside(rule)), ""
    except Unread as error:
        return None, f"we cannot read {error}"
    except ValueError as error:
        return None, f"we cannot read it: {error}"


def _conditions(rule: Json) -> Values:
    """What the constraints set. Without any, a permission holds in all media and for all purposes."""
    values: Values = {"media": frozenset(Medium), "purposes": frozenset(Purpose)}
    for condition in constraints(rule):
        found = read(*condition)
        if found.keys() & values.keys() - {"media", "purposes"}:
            raise Unread(f"two conditions on one thing: {condition[0]}")
        values |= {name: _met(values.get(name), value) for name, value in found.items()}
    return values


def _met(before: Any, now: Any) -> Any:
    """Two conditions on a set hold both."""
    if isinstance(now, frozenset) and before is not None:
        both = before & now
        if not both:
            raise Unread("conditions that nothing meets")
        return both
    return now


def _action(rule: Json) -> tuple[Mode, Limit, bool]:
    """The widest mode that the actions permit, the limit of an excerpt, and whether copies may be sold."""
    actions = [_named(one) for one in listed(rule.get("action"))]
    modes = [MODES[name] for name, _ in actions if name in MODES]
    if not modes:
        raise Unread(f"an action that permits no use of ours: {', '.join(name for name, _ in actions) or 'none'}")
    mode = max(modes)
    limits = [refinement for name, refinement in actions if MODES.get(name) is mode]
    return mode, _limit(limits[0]), any(name == "sell" for name, _ in actions)


def _named(action: Any) -> tuple[str, list[Any]]:
    """The name of an action and its refinements."""
    if not isinstance(action, dict):
        return short(action), []
    own = {short(key): value for key, value in action.items()}
    return short(own.get("rdf:value", own.get("@id", ""))), listed(own.get("refinement"))


def _limit(refinements: list[Any]) -> Limit:
    """The limit of an excerpt; any other refinement is a condition that we do not know."""
    found: dict[str, int] = {}
    for left, operator, right, unit in constraints({"constraint": refinements}):
        count = plain(right)
        if (
            left not in ("count", "absoluteSize")
            or operator != "lteq"
            or unit not in _UNITS
            or not isinstance(count, int)
        ):
            raise Unread(f"{left} {operator} {count} {unit}")
        found[_UNITS[unit]] = count
    return Limit(**found)


def _duties(rule: Json) -> Values:
    """The duties by their names, and those with parameters as the keys that ask for them."""
    names: list[str] = []
    values: Values = {}
    for one in (*listed(rule.get("duty")), *listed(rule.get("obligation"))):
        duty = {short(key): value for key, value in one.items()} if isinstance(one, dict) else {"action": one}
        action = short(duty.get("action", ""))
        found = dict(_parameter(action, duty))
        values |= found
        if not found:
            names.append(READ_DUTIES.get(action, action.removeprefix("syn:")))
    return values | {"duties": tuple(names)}


def _parameter(action: str, duty: Json) -> Iterator[tuple[str, Any]]:
    """The keys of a grant that a duty with a parameter sets."""
    if action in _SWITCHES:
        yield _SWITCHES[action], True
    for own, property_, key, kind in _PARAMETERS:
        if action == own and property_ in duty:
            yield key, kind(plain(duty[property_]))
    for left, operator, right, _ in constraints(duty) if action == "delete" else ():
        within = seconds(right)
        if left != "syn:afterRequest" or operator != "lteq" or not within:
            raise Unread(f"a duty to delete by {left}")
        yield "takedown", within


def _beside(rule: Json) -> Values:
    """What stands on the rule beside its conditions and duties."""
    values: Values = {
        "covers": Covers(plain(rule.get("syn:covers", Covers.OWN))),
        "assets": Assets(plain(rule.get("syn:assets", Assets.NONE))),
        "on_expiry": Expiry(plain(rule.get("syn:onExpiry", Expiry.BODY_TO_LINK))),
        "closing_link": str(plain(rule.get("syn:closingLink", ""))),
        "wording": str(plain(rule.get("syn:wording", ""))),
        "quote": str(plain(rule.get("syn:quote", ""))),
    }
    parts = plain(rule.get("syn:parts"))
    return values | ({"parts": parts} if isinstance(parts, bool) else {})
