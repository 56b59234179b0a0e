# SPDX-License-Identifier: Apache-2.0
"""Records to ODRL. Every key of a record and of its grants is written, so that reading gives the same record again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from syndicate.model import Covers, Expiry, Grant, Mode, Prohibition, Publisher, Record, Scope, Translation
from syndicate.rights.odrl.names import ACTIONS, CONTEXT, DUTY_ACTIONS, PROFILE, REFUSED, duration

Json = dict[str, Any]


def document(publishers: Sequence[Publisher]) -> Json:
    """All terms on record of these publishers: a JSON-LD document with one policy for each record."""
    return {"@context": CONTEXT, "@graph": [_policy(p, record) for p in publishers for record in p.records]}


def _policy(publisher: Publisher, record: Record) -> Json:
    assigner = {"@id": publisher.home or f"urn:syndicate:publisher:{publisher.id}", "syn:name": publisher.name}
    policy: Json = {
        "@type": "Set",
        "uid": f"urn:syndicate:terms:{publisher.id}:{record.key}",
        "profile": PROFILE,
        "conflict": "prohibit",
        "assigner": assigner | {"syn:id": publisher.id},
        "target": _target(publisher, record.scope),
        "permission": [_permission(grant, publisher) for grant in record.grants],
        "prohibition": [_prohibition(one) for one in record.prohibitions],
        "syn:otherwise": record.otherwise.name.lower(),
    }
    if any("unmodified" in grant.duties for grant in record.grants):
        # For readers that know no duty of this name; our own reader takes the duty.
        policy["prohibition"] += [{"action": ["derive", "modify"], "syn:follows": "unmodified"}]
    return policy | dict(_stated(record))


def _target(publisher: Publisher, scope: Scope) -> Json:
    target: Json = {"@type": "AssetCollection", "source": publisher.home or f"urn:syndicate:publisher:{publisher.id}"}
    parts = (
        ("virtualLocation", scope.urls),
        ("syn:category", scope.categories),
        ("syn:item", scope.items),
        ("syn:file", scope.files),
    )
    refined = [_constraint(name, "isAnyOf", list(values)) for name, values in parts if values]
    return target | ({"refinement": refined} if refined else {})


def _stated(record: Record) -> Iterator[tuple[str, Any]]:
    """What a record says beside its rules."""
    texts = {
        "syn:key": record.key,
        "syn:contact": record.contact,
        "syn:evidence": record.evidence,
        "syn:quote": record.quote,
        "syn:place": record.place,
        "syn:sha256": record.sha256,
        "syn:confirmedBy": record.confirmed_by,
        "syn:reference": record.reference,
        "syn:origin": record.origin,
    }
    yield from ((name, text) for name, text in texts.items() if text)
    if record.leave_out:
        yield "syn:leaveOut", list(record.leave_out)
    if record.institutions:
        yield "syn:institutions", [{"syn:author": who, "syn:name": name} for who, name in record.institutions]
    if record.licence:
        yield "syn:licence", {"syn:id": record.licence.id} | ({"@id": record.licence.url} if record.licence.url else {})
    for name, when in (("syn:readAt", record.read_at), ("syn:confirmedAt", record.confirmed_at)):
        if when:
            yield name, _time(when)


# ------------------------------------------------------------------------------------------------ rules


def _permission(grant: Grant, publisher: Publisher) -> Json:
    actions = [ACTIONS[grant.mode]] + ["sell"] * grant.sale
    action: Any = actions if grant.mode is not Mode.EXCERPT else [_extract(grant), *actions[1:]]
    rule = {
        "action": action[0] if len(action) == 1 else action,
        "constraint": list(_constraints(grant)),
        "duty": [*_duties(grant, publisher)],
    }
    return rule | dict(_beside(grant))


def _extract(grant: Grant) -> Json:
    counts = (
        ("words", grant.limit.words),
        ("paragraphs", grant.limit.paragraphs),
        ("characters", grant.limit.characters),
    )
    limits = [_constraint("count", "lteq", most, unit=f"syn:{unit}") for unit, most in counts if most]
    return {"rdf:value": {"@id": "odrl:extract"}, "refinement": limits}


def _constraints(grant: Grant) -> Iterator[Json]:
    yield _constraint("media", "isAnyOf", sorted(grant.media))
    yield _constraint("purpose", "isAnyOf", sorted(grant.purposes))
    if grant.valid_from:
        yield _constraint("dateTime", "gteq", _time(grant.valid_from))
    if grant.valid_until:
        yield _constraint("dateTime", "lt", _time(grant.valid_until))
    if grant.embargo:
        yield _constraint("delayPeriod", "gteq", duration(grant.embargo))
    if grant.window:
        yield _constraint("elapsedTime", "lteq", duration(grant.window))
    if grant.max_items:
        yield _constraint("count", "lteq", grant.max_items, unit="syn:itemsAMonth")
    if grant.max_share:
        yield _constraint("percentage", "lteq", grant.max_share, unit="syn:itemsAMonth")
    if grant.consent:
        yield _constraint("recipient", "isAnyOf", [f"syn:{one.value}" for one in grant.consent])
    if grant.republishers:
        yield _constraint("industry", "isAnyOf", sorted(f"syn:{one.value}" for one in grant.republishers))
    if grant.marker:
        yield _constraint("syn:marker", "eq", grant.marker)
    yield _constraint("syn:advertising", "lteq", grant.ads.name.lower())
    yield _constraint("syn:paid", "eq", grant.paid)


def _beside(grant: Grant) -> Iterator[tuple[str, Any]]:
    """What ODRL has neither constraint nor duty for."""
    found: Mapping[str, Any] = {
        "syn:covers": grant.covers.value if grant.covers is not Covers.OWN else "",
        "syn:parts": grant.parts,
        "syn:assets": grant.assets.value,
        "syn:onExpiry": grant.on_expiry.value if grant.on_expiry is not Expiry.BODY_TO_LINK else "",
        "syn:closingLink": grant.closing_link,
        "syn:wording": grant.wording,
        "syn:quote": grant.quote,
    }
    yield from ((name, value) for name, value in found.items() if value not in ("", None))


def _duties(grant: Grant, publisher: Publisher) -> Iterator[Json]:
    for name in grant.duties:
        duty: Json = {"action": DUTY_ACTIONS.get(name, f"syn:{name}")}
        yield duty | ({"attributedParty": publisher.name} if name == "credit" else {})
    if grant.pick:
        yield {"action": "syn:pick"}
    if grant.position:
        yield {"action": "syn:position", "syn:place": grant.position.value}
    if grant.beacon:
        yield {"action": "acceptTracking", "syn:kind": grant.beacon.value, "syn:address": grant.beacon_url}
    if grant.their_headline:
        yield {"action": "syn:headline"}
    if grant.translation is not Translation.ALLOWED:
        yield {"action": "syn:translation", "syn:rule": grant.translation.value}
    if grant.about:
        yield {"action": "syn:about", "syn:text": grant.about}
    if grant.notify:
        lead = {} if grant.notify_before is None else {"syn:before": duration(grant.notify_before)}
        yield {"action": "inform", "informedParty": grant.notify} | lead
    if grant.takedown:
        yield {"action": "delete", "constraint": [_constraint("syn:afterRequest", "lteq", duration(grant.takedown))]}


def _prohibition(prohibition: Prohibition) -> Json:
    constraints = [
        _constraint("media", "isAnyOf", sorted(prohibition.media)),
        _constraint("purpose", "isAnyOf", sorted(prohibition.purposes)),
    ]
    if prohibition.valid_from:
        constraints.append(_constraint("dateTime", "gteq", _time(prohibition.valid_from)))
    said = {"syn:by": prohibition.by, "syn:quote": prohibition.quote}
    rule: Json = {"action": REFUSED[prohibition.mode], "constraint": constraints}
    return rule | {name: text for name, text in said.items() if text}


def _constraint(left: str, operator: str, right: Any, *, unit: str = "") -> Json:
    return {"leftOperand": left, "operator": operator, "rightOperand": right} | ({"unit": unit} if unit else {})


def _time(when: datetime) -> Json:
    return {"@value": when.isoformat(), "@type": "xsd:dateTime"}
