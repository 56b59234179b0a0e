# SPDX-License-Identifier: Apache-2.0
"""ODRL to records. What cannot be read never widens: a permission with a condition that we do not know is left out.

So is one for somebody else, or about we cannot tell what. A prohibition holds without such a condition, and then for
everything. Whatever was left out is told in words. Compact JSON-LD is read, with ODRL's terms bare, under ``odrl:`` or
as whole addresses; other contexts are not looked up.

Spec: ODRL 2.2
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from syndicate.errors import ParseError
from syndicate.model import Grant, Licence, Medium, Mode, Prohibition, Purpose, Record, Scope
from syndicate.rights.licences import by_id, by_url
from syndicate.rights.odrl.conditions import Unread, moment, prohibited
from syndicate.rights.odrl.named import address, scopes, stranger
from syndicate.rights.odrl.names import MODES, REFUSED, listed, plain, short
from syndicate.rights.odrl.permissions import grant_of

Json = Mapping[str, Any]
_COMMERCE = frozenset({"commercialize", "cc:CommercialUse", "cc:CommericalUse"})
_CHANGES = frozenset({"derive", "modify", "transform", "cc:DerivativeWorks"})


@dataclass(frozen=True, slots=True)
class Imported:
    """A policy as a record. ``publisher`` is its id if we wrote the policy, else the address or name of the assigner.

    ``problems`` are the rules that could not be read, each in one sentence; ``ours`` is True if we wrote the policy.
    """

    publisher: str
    record: Record
    problems: tuple[str, ...] = ()
    ours: bool = False


def policies(data: Any, us: Collection[str] = ()) -> tuple[Imported, ...]:
    """Every policy of a JSON-LD document, as a record for each thing that its rules are about.

    ``us`` are the addresses by which an assignee may be us. Raises ParseError if the document holds no policy.
    """
    found = [one for one in _nodes(data) if "permission" in one or "prohibition" in one or "syn:otherwise" in one]
    if not found:
        raise ParseError("holds no ODRL policy", remedy="give JSON-LD with permissions or prohibitions")
    return tuple(one for policy in found for one in _imported(policy, us))


def _nodes(data: Any) -> Iterator[Json]:
    for one in listed(data):
        if isinstance(one, dict):
            node = {short(key): value for key, value in one.items()}
            yield from _nodes(node["@graph"]) if "@graph" in node else [node]


def _imported(policy: Json, us: Collection[str]) -> Iterator[Imported]:
    """The records of a policy, one for each thing that it is about; the first has all problems.

    Where its rules name their targets, its own has a record only if something is said of it.
    """
    base, publisher = _record(policy), address(policy.get("assigner", policy.get("publisher")))
    if other := stranger(policy, us):
        yield Imported(publisher, Record(base.key), (f"left out, {other}",))
        return
    whole, reason = _about(policy, policy)
    granted, untold = _granted(policy, us)
    refused, unsaid = _refused(policy, us)
    problems = [*untold, *unsaid]
    if reason and (base.licence or not (granted or refused or problems)):
        problems.append(f"what it says of the whole is left out: {reason}")
    if any(_changes(rule) for rule in _rules(policy, "prohibition")):  # of whatever it is about: of all that is granted
        granted = [(s, replace(g, duties=tuple(dict.fromkeys((*g.duties, "unmodified"))))) for s, g in granted]
    named = [scope for scope, _ in (*granted, *refused)]
    apart = named and not (base.licence or base.leave_out or base.institutions)
    for scope in dict.fromkeys((*(() if apart else whole), *named)) or (Scope(),):
        stated = base if scope in whole else replace(base, licence=None, leave_out=(), institutions=())
        grants = tuple(grant for of, grant in granted if of == scope)
        prohibitions = tuple(one for of, one in refused if of == scope)
        record = replace(stated, scope=scope, grants=grants, prohibitions=prohibitions)
        yield Imported(publisher, record, tuple(problems), "syn:key" in policy)
        problems = []


def _about(rule: Json, policy: Json) -> tuple[tuple[Scope, ...], str]:
    """What a rule of a policy is about, by its own target or else the policy's, or why we cannot tell."""
    try:
        return scopes(rule if "target" in rule else policy, policy), ""
    except Unread as error:
        return (), str(error)


def _granted(policy: Json, us: Collection[str]) -> tuple[list[tuple[Scope, Grant]], list[str]]:
    """The grants with what they are about, and the permissions that are none."""
    found: list[tuple[Scope, Grant]] = []
    problems = []
    for number, rule in enumerate(_rules(policy, "permission"), 1):
        owed = [*listed(rule.get("duty")), *listed(policy.get("obligation"))]  # of the policy: of every use
        grant, problem = grant_of({**rule, "duty": owed} if owed else rule)
        about, reason = _about(rule, policy)
        problem = problem or stranger(rule, us) or reason
        found += [(scope, grant) for scope in about if grant and not problem]
        problems += [f"permission {number} is left out: {problem}"] if problem else []
    return found, problems


def _refused(policy: Json, us: Collection[str]) -> tuple[list[tuple[Scope, Prohibition]], list[str]]:
    """The refusals with what they are about, everything if we do not know; and what of them was not understood."""
    found: list[tuple[Scope, Prohibition]] = []
    problems = []
    for number, rule in enumerate(_rules(policy, "prohibition"), 1):
        if "syn:follows" in rule or _changes(rule):
            continue
        if other := stranger(rule, us):
            problems.append(f"prohibition {number}: left out, {other}")
            continue
        read, told = _prohibition(rule, _actions(rule))
        about, reason = _about(rule, policy)
        found += [(scope, one) for scope in about or (Scope(),) for one in read]
        told += [f"it holds for everything: {reason}"] if reason and read else []
        problems += [f"prohibition {number}: {one}" for one in told]
    return found, problems


def _changes(rule: Json) -> bool:
    """Whether a prohibition is of changes."""
    return "syn:follows" not in rule and bool(_CHANGES.intersection(_actions(rule)))


def _actions(rule: Json) -> list[str]:
    return [short(action) for action in listed(rule.get("action"))]


def _rules(policy: Json, name: str) -> Iterator[Json]:
    for rule in listed(policy.get(name)):
        if isinstance(rule, dict):
            yield {short(key): value for key, value in rule.items()}


# ------------------------------------------------------------------------------------------------ the record


def _record(policy: Json) -> Record:
    def text(name: str) -> str:
        return str(plain(policy.get(name, "")))

    uid = text("uid") or text("@id")
    return Record(
        key=text("syn:key") or uid,
        otherwise=Mode.WITHHOLD if text("syn:otherwise") == "withhold" else Mode.LINK,
        licence=_licence(policy.get("syn:licence")),
        contact=text("syn:contact"),
        evidence=text("syn:evidence") or ("" if "syn:key" in policy else uid),
        quote=text("syn:quote"),
        place=text("syn:place"),
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
