# SPDX-License-Identifier: Apache-2.0
"""Policies in ODRL as others write them."""

from syndicate.rights.odrl import policies


def policy(**more):
    """A policy of somebody else's, in ODRL's own words."""
    return {
        "@context": "http://www.w3.org/ns/odrl.jsonld",
        "@type": "Offer",
        "uid": "http://press.example/policy:1",
        "assigner": "http://press.example/",
        "target": "http://press.example/news",
    } | more


def permission(**more):
    """Its one permission."""
    return policy(permission=[{"action": "distribute"} | more])


def only(data):
    """The one policy of a document."""
    (found,) = policies(data)
    return found
