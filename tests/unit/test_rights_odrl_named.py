# SPDX-License-Identifier: Apache-2.0
"""What policies of others name: a permission is about its targets and for its assignee, and about nothing else."""

import pytest

from syndicate.model import Medium, Mode, Scope
from syndicate.rights.licences import by_id
from syndicate.rights.odrl import policies
from tests.cases.rights.policies import only, permission, policy

ITEM, PICTURE, HOME = "http://press.example/f1.html", "http://press.example/p.png", "http://press.example/"


def collection(*refinement, **more):
    """A target that is a collection of the assigner's."""
    return (
        {"@type": "AssetCollection", "source": HOME} | more | ({"refinement": list(refinement)} if refinement else {})
    )


def located(right, operator="isAnyOf"):
    """A refinement by address."""
    return {"leftOperand": "virtualLocation", "operator": operator, "rightOperand": right}


@pytest.mark.parametrize(
    ("target", "scope"),
    [
        (ITEM, Scope(items=(ITEM,))),
        (HOME, Scope(items=(HOME,))),
        ("http://press.example/page.php?id=7", Scope(items=("http://press.example/page.php?id=7",))),
        (PICTURE, Scope(files=(PICTURE,))),
        ({"uid": ITEM}, Scope(items=(ITEM,))),
        ({"@id": PICTURE, "@type": "odrl:Asset"}, Scope(files=(PICTURE,))),
        (collection(), Scope()),
        ({"@type": "AssetCollection", "uid": "http://press.example"}, Scope()),
        (collection(located("*/news/*", "eq")), Scope(urls=("*/news/*",))),
        ({"refinement": located(["*/a/*", "*/b/*"])}, Scope(urls=("*/a/*", "*/b/*"))),
    ],
)
def test_targets_of_others(target, scope):
    """A bare address is one item or one file; only a collection of the assigner's own is everything."""
    found = only(permission(target=target))
    assert (found.record.scope, found.problems) == (scope, ())
    assert [grant.mode for grant in found.record.grants] == [Mode.FULL]
    assert only(permission() | {"target": target}).record.scope == scope


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (None, "it has no target"),
        ("", "its target has no address"),
        ({}, "its target has no address"),
        ({"@type": "Asset"}, "its target has no address"),
        ({"@type": "AssetCollection"}, "its target has no address"),
        (7, "we cannot read its target 7"),
        ("http://press.example/*.png", "we cannot read its target http://press.example/*.png"),
        (collection(source="http://press.example/news"), "we do not know what the collection http://press.example/news holds"),
        ({"uid": ITEM, "refinement": [located("*")]}, f"we do not know what the collection {ITEM} holds"),
        (collection("x"), "we cannot read its target by x"),
        (collection({"leftOperand": "language", "operator": "eq", "rightOperand": "fr"}), "we cannot read its target by language"),
        (collection(located("*/paid/*", "isNoneOf")), "we cannot read its target by virtualLocation"),
        (collection(located([])), "we cannot read its target by virtualLocation"),
        (collection(located("*/a/*"), located("*/b/*")), "we cannot read its target by virtualLocation"),
    ],
)  # fmt: skip
def test_targets_that_cannot_be_read(target, why):
    """What a permission is about but we cannot tell is not permitted, nor offered under a licence."""
    found = only(permission(target=target) | {"prohibition": [{"action": "print", "target": target}]})
    assert found.record.grants == ()
    assert found.record.scope == Scope()
    assert [rule.media for rule in found.record.prohibitions] == [{Medium.PRINT}]
    assert found.problems == (
        f"permission 1 is left out: {why}",
        f"prohibition 1: it holds for everything: {why}",
    )
    licensed = only(policy(**{"target": target, "permission": [], "syn:licence": "CC-BY-4.0"}))
    assert licensed.record.licence is None
    assert licensed.problems == (f"what it says of the whole is left out: {why}",)
    assert only(policy(target=target, permission=[])).problems == licensed.problems


def test_targets_of_rules():
    """A rule's target holds instead of its policy's; each thing is a record, and a licence is only of the policy's."""
    rules = {
        "target": collection(),
        "permission": [
            {"action": "index"},
            {"action": "distribute", "target": [ITEM, PICTURE]},
            {"action": "extract", "target": ITEM},
        ],
        "prohibition": [{"action": "use", "target": "http://press.example/f2.html"}],
        "syn:licence": "CC-BY-4.0",
        "syn:leaveOut": "Vera Dropped",
    }
    whole, item, picture, other = (one.record for one in policies(policy(**rules)))
    assert [grant.mode for grant in whole.grants] == [Mode.LINK]
    assert (whole.scope, whole.licence, whole.leave_out) == (Scope(), by_id("CC-BY-4.0"), ("Vera Dropped",))
    assert [grant.mode for grant in item.grants] == [Mode.FULL, Mode.EXCERPT]
    assert (item.scope, item.licence, item.leave_out) == (Scope(items=(ITEM,)), None, ())
    assert ([grant.mode for grant in picture.grants], picture.scope) == ([Mode.FULL], Scope(files=(PICTURE,)))
    assert (other.grants, [rule.mode for rule in other.prohibitions]) == ((), [Mode.WITHHOLD])
    assert other.scope == Scope(items=("http://press.example/f2.html",))


@pytest.mark.parametrize(
    ("assignee", "told"),
    [
        ("http://else.example/", "it is for http://else.example/, and we are https://us.example"),
        ({"@type": "Party", "uid": "urn:else"}, "it is for urn:else, and we are https://us.example"),
        ({"uid": "https://us.example", "refinement": [{}]}, "it is for a party without an address, and we are https://us.example"),
        ({}, "it is for a party without an address, and we are https://us.example"),
        ("https://us.example/", ""),
        (["http://else.example/", {"uid": "https://us.example"}], ""),
    ],
)  # fmt: skip
def test_assignees(assignee, told):
    """What is granted to somebody else, by a policy or by a rule of it, is not granted to us."""
    refusal = {"prohibition": [{"action": "use", "assignee": assignee}]}
    for data, places in (
        (permission() | {"assignee": assignee, "syn:licence": "CC-BY-4.0"}, ["left out, "]),
        (permission(assignee=assignee) | refusal, ["permission 1 is left out: ", "prohibition 1: left out, "]),
    ):
        (found,) = policies(data, us=("https://us.example/",))
        assert found.problems == (tuple(place + told for place in places) if told else ())
        assert len(found.record.grants) == (not told)
        assert not (told and (found.record.licence or found.record.prohibitions))
    (nobody,) = policies(permission(assignee="http://else.example/"))
    assert nobody.problems == ("permission 1 is left out: it is for http://else.example/, and we have no address",)
