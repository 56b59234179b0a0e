# SPDX-License-Identifier: Apache-2.0
"""Whom and what a rule names: its assignee, and its targets as scopes. Nothing is wider than the words that name it.

Spec: ODRL 2.2
"""

from collections.abc import Collection, Mapping
from mimetypes import MimeTypes
from typing import Any, Final

from syndicate.model import Scope
from syndicate.rights.odrl.conditions import IS, Unread
from syndicate.rights.odrl.names import PROFILE, listed, plain, short

Json = Mapping[str, Any]
_REFINED: Final = {"virtualLocation": "urls", "syn:category": "categories", "syn:item": "items", "syn:file": "files"}
_TYPES: Final = MimeTypes(())
_PAGES: Final = ("text/", "application/xhtml")


def address(party: Any) -> str:
    """The address of a party, or its name if it has none; ours says its id first."""
    if isinstance(party, dict):
        own = _own(party)
        return str(own.get("syn:id") or own.get("uid") or own.get("@id") or "")
    return str(party or "")


def stranger(rule: Json, us: Collection[str]) -> str:
    """Why a policy or a rule is not for us: it is for somebody by name, and that is none of ``us``; "" if it is."""
    parties = listed(rule.get("assignee"))
    names = [address(one) for one in parties if "refinement" not in _own(one)]
    ours = {name.rstrip("/") for name in us if name}
    if not parties or ours.intersection(name.rstrip("/") for name in names):
        return ""
    known = f"we are {', '.join(sorted(ours))}" if ours else "we have no address"
    return f"it is for {', '.join(filter(None, names)) or 'a party without an address'}, and {known}"


def scopes(rule: Json, policy: Json) -> tuple[Scope, ...]:
    """What a rule or a policy is about, one scope for each of its targets; raises ``Unread``.

    A bare address is a single item, or a single file if it looks like one. A collection is all of the assigner's, or
    what its refinement says.
    """
    targets = listed(rule.get("target"))
    if not targets:
        raise Unread("it has no target")
    return tuple(dict.fromkeys(_scope(target, policy) for target in targets))


def _scope(target: Any, policy: Json) -> Scope:
    own = _own(target)
    if not own:
        return _single(target)
    source = own.get("source")
    name = plain(own.get("uid", own.get("@id", source)))
    refined = listed(own.get("refinement"))
    collection = "AssetCollection" in map(short, listed(own.get("@type", own.get("type"))))
    if not (refined or collection or source):
        return _single(name)
    if name is not None and str(name).rstrip("/") not in _assigners(policy):
        raise Unread(f"we do not know what the collection {name} holds")
    if name is None and not refined:
        raise Unread("its target has no address")
    return _refined(refined, ours=short(policy.get("profile", "")) == short(PROFILE))


def _single(name: Any) -> Scope:
    if not isinstance(name, str) or not name or "*" in name:
        raise Unread(f"we cannot read its target {name}" if name else "its target has no address")
    kind = _TYPES.guess_type(name)[0] or "text/html"
    return Scope(items=(name,)) if kind.startswith(_PAGES) else Scope(files=(name,))


def _assigners(policy: Json) -> set[str]:
    """By which addresses the whole of an assigner's work may go."""
    party = policy.get("assigner", policy.get("publisher"))
    own = _own(party) or {"@id": party}
    return {str(own[name]).rstrip("/") for name in ("uid", "@id") if own.get(name)}


def _refined(refinements: list[Any], *, ours: bool) -> Scope:
    """Our own refinements name parts that add up; of other people's, that all have to hold, one can be kept."""
    found: dict[str, tuple[str, ...]] = {}
    for one in refinements:
        constraint = _own(one)
        left, right = short(constraint.get("leftOperand", one)), listed(constraint.get("rightOperand"))
        known = left in _REFINED and short(constraint.get("operator", "eq")) in IS and all(map(plain, right))
        if not known or not right or (found and not ours):
            raise Unread(f"we cannot read its target by {left}")
        found[_REFINED[left]] = tuple(str(plain(value)) for value in right)
    return Scope(**found)


def _own(value: Any) -> Json:
    """An object with its terms as they are written here; empty if it is none."""
    return {short(key): one for key, one in value.items()} if isinstance(value, dict) else {}
