# SPDX-License-Identifier: Apache-2.0
"""ODRL to records. What cannot be read never widens: a permission with a condition that we do not know is left out.

A prohibition with such a condition holds without it. Whatever was left out is told in words. Compact JSON-LD is read,
with ODRL's terms bare, under ``odrl:`` or as whole addresses; other contexts are not looked up.

Spec: ODRL 2.2
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from syndicate.errors import ParseError
from syndicate.model import Licence, Medium, Mode, Prohibition, Purpose, Record, Scope
from syndicate.rights.licences import by_id, by_url
from syndicate.rights.odrl.conditions import moment, prohibited
from syndicate.rights.odrl.names import MODES, REFUSED, listed, plain, short
from syndicate.rights.odrl.permissions import grant_of

Json = Mapping[str, Any]
_TARGETS = {"virtualLocation": "urls", "syn:category": "categories", "syn:item": "items", "syn:file": "files"}
_COMMERCE = frozenset({"commercialize", "cc:CommercialUse", "cc:CommericalUse"})
_CHANGES = frozenset({"derive", "modify", "transform", "cc:DerivativeWorks"})


@dataclass(frozen=True, slots=True)
class Imported:
    """A policy as a record. ``publisher`` is its id if we wrote the policy, else the address or name of the assigner.

    ``problems`` are the rules that could not be read, each in one sentence.
    """

    publisher: str
    record: Record
    problems: tuple[str, ...] = ()


def policies(data: Any) -> tuple[Imported, ...]:
    """Every policy of a JSON-LD document. Raises ParseError if it holds none."""
    found = [one for one in _nodes(data) if "permission" in one or "prohibition" in one or "syn:otherwise" in one]
    if not found:
        raise ParseError("holds no ODRL policy", remedy="give JSON-LD with permissions or prohibitions")
    return tuple(_imported(policy) for policy in found)


def _nodes(data: Any) -> Iterator[Json]:
    for one in listed(data):
        if isinstance(one, dict):
            node = {short(key): value for key, value in one.items()}
            yield from _nodes(node["@graph"]) if "@graph" in node else [node]


def _imported(policy: Json) -> Imported:
    problems: list[str] = []
    grants = []
    for number, rule in enumerate(_rules(policy, "permission")):
        owed = [*listed(rule.get("duty")), *listed(policy.get("obligation"))]  # of the policy: of every use
        grant, problem = grant_of({**rule, "duty": owed} if owed else rule)
        if grant:
            grants.append(grant)
        problems += [f"permission {number + 1} is left out: {problem}"] if problem else []
    prohibitions = []
    for number, rule in enumerate(_rules(policy, "prohibition")):
        actions = [short(a) for a in listed(rule.get("action"))]
        if "syn:follows" in rule:
            continue
        if _CHANGES & set(actions):
            grants = [replace(g, duties=tuple(dict.fromkeys((*g.duties, "unmodified")))) for g in grants]
            continue
        read, told = _prohibition(rule, actions)
        prohibitions += read
        problems += [f"prohibition {number + 1}: {one}" for one in told]
    record = replace(_record(policy), grants=tuple(grants), prohibitions=tuple(prohibitions))
    return Imported(_publisher(policy), record, tuple(problems))


def _rules(policy: Json, name: str) -> Iterator[Json]:
    for rule in listed(policy.get(name)):
        if isinstance(rule, dict):
            yield {short(key): value for key, value in rule.items()}


def _publisher(policy: Json) -> str:
    assigner = policy.get("assigner", policy.get("publisher", ""))
    if isinstance(assigner, dict):
        own = {short(key): value for key, value in assigner.items()}
        return str(own.get("syn:id") or own.get("uid") or own.get("@id") or "")
    return str(assigner)


# ------------------------------------------------------------------------------------------------ the record


def _record(policy: Json) -> Record:
    def text(name: str) -> str:
        return str(plain(policy.get(name, "")))

    return Record(
        key=text("syn:key") or text("uid") or text("@id"),
        otherwise=Mode.WITHHOLD if text("syn:otherwise") == "withhold" else Mode.LINK,
        licence=_licence(policy.get("syn:licence")),
        contact=text("syn:contact"),
        evidence=text("syn:evidence"),
        quote=text("syn:quote"),
        place=text("syn:place"),
        scope=_scope(policy.get("target")),
        sha256=text("syn:sha256"),
        read_at=_when(policy, "syn:readAt"),
        confirmed_by=text("syn:confirmedBy"),
        confirmed_at=_when(policy, "syn:confirmedAt"),
        reference=text("syn:reference"),
        leave_out=tuple(str(plain(name)) for name in listed(policy.get("syn:leaveOut"))),
        institutions=tuple(_institutions(policy)),
        origin=text("syn:origin") or "config",
    )


def _institutions(policy: Json) -> Iterator[tuple[str, str]]:
    for own in _rules(policy, "syn:institutions"):
        yield str(plain(own.get("syn:author", ""))), str(plain(own.get("syn:name", "")))


def _when(policy: Json, name: str) -> datetime | None:
    return moment(policy[name]) if name in policy else None


def _licence(value: Any) -> Licence | None:
    if isinstance(value, dict):
        named = {short(key): one for key, one in value.items()}
        return by_id(str(named.get("syn:id", ""))) or by_url(str(named.get("@id", "")))
    return by_url(str(value)) or by_id(str(value)) if value else None


def _scope(target: Any) -> Scope:
    """The refinements of a collection; a bare address is a single item. Other refinements say nothing to us."""
    if isinstance(target, str):
        return Scope()
    found: dict[str, tuple[str, ...]] = {}
    own = {short(key): value for key, value in target.items()} if isinstance(target, dict) else {}
    for one in listed(own.get("refinement")):
        constraint = {short(key): value for key, value in one.items()} if isinstance(one, dict) else {}
        name = _TARGETS.get(short(constraint.get("leftOperand")))
        if name:
            found[name] = tuple(str(plain(value)) for value in listed(constraint.get("rightOperand")))
    return Scope(**found)


# ------------------------------------------------------------------------------------------------ prohibitions


def _prohibition(rule: Json, actions: list[str]) -> tuple[list[Prohibition], list[str]]:
    """The refusal of a rule, and what of it was not understood."""
    base = Prohibition(by=str(plain(rule.get("syn:by", ""))), quote=str(plain(rule.get("syn:quote", ""))))
    read, problems = prohibited(base, rule)
    if REFUSED[Mode.WITHHOLD] in actions:
        return [replace(read, mode=Mode.WITHHOLD)], problems
    if _COMMERCE & set(actions):
        return [replace(read, purposes=frozenset({Purpose.COMMERCIAL}))], problems
    if "print" in actions:
        return [replace(read, media=frozenset({Medium.PRINT}))], problems
    if any(MODES.get(action, Mode.LINK) > Mode.LINK for action in actions):
        return [read], problems
    return [], [*problems, f"left out, it is about no use of ours: {', '.join(actions) or 'no action'}"]
