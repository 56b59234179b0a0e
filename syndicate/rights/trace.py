# SPDX-License-Identifier: Apache-2.0
"""Whose an item is: what it says about where it came from, followed as far as we hold what it names.

A chain is never invented: without a claim that names somebody else, the item is its publisher's own. A claim that
names a page which we do not hold leaves the origin unknown, and with it the holder's terms. Asked again when a
credited item has become known, ``trace`` gives the longer chain; asked twice with the same values, the same one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from syndicate.model import Chain, Claim, Evidence, Hop, Item, Known, Level, Publisher, Role
from syndicate.rights.addresses import host, url_key
from syndicate.rights.copies import contained, share
from syndicate.rights.directory import Directory

__all__ = ["credited", "keys_of", "trace", "url_key"]

_ORDER: Final = ("credit-line", "by-line", "via", "source", "canonical", "based-on")
"""Kinds of claims, the most telling first."""


def keys_of(item: Item) -> tuple[str, ...]:
    """The keys under which others may credit an item: its address, and its canonical one and permalink on its host."""
    canonical = [link.href for link in item.links if link.rel == "canonical"]
    others = [url for url in (*canonical, item.identity) if host(url) and host(url) == host(item.url)]
    return tuple(dict.fromkeys(key for url in (item.url, *others) if (key := url_key(url))))


def credited(item: Item) -> tuple[str, ...]:
    """The keys that an item credits, its own left out: what ``trace`` will look for among the known."""
    own = keys_of(item)
    return tuple(dict.fromkeys(key for claim in item.claims if (key := url_key(claim.url)) and key not in own))


def trace(item: Item, publisher: Publisher, known: Mapping[str, Known], publishers: Directory) -> Chain:
    """The chain of an item, origin first, the item itself last.

    ``publisher`` is the item's; ``known`` maps keys (see ``keys_of``) to items that we hold; ``publishers`` are all
    that the operator configured. Raises nothing; circles of credits end at the item that was published first.
    """
    claims = _foreign(item, publisher, known, publishers)
    held = [(c, k) for c in claims if (k := _held(c, item, known))]
    best = _best(item, held)
    lead = _elsewhere(claims, best, any(c.kind == "credit-line" for c, _ in held), publishers)
    if lead:
        return _unknown(item, publisher, lead, publishers)
    return _extended(item, publisher, *best) if best else own_chain(item, publisher)


def own_chain(item: Item, publisher: Publisher) -> Chain:
    """The chain of an item that is its publisher's own."""
    return Chain((_hop(item, publisher, Role.ORIGIN),))


# ------------------------------------------------------------------------------------------------ claims


def _foreign(item: Item, publisher: Publisher, known: Mapping[str, Known], publishers: Directory) -> list[Claim]:
    """The claims that name somebody else, the most telling first."""
    claims = [c for c in (*item.claims, *_by_address(item, publisher, publishers)) if c.kind in _ORDER]
    others = [c for c in claims if _held(c, item, known) or _names_another(c, publisher, publishers)]
    return sorted(others, key=lambda c: (_ORDER.index(c.kind), c.url == "", c.url, c.name, c.feed_url))


def _by_address(item: Item, publisher: Publisher, publishers: Directory) -> Iterator[Claim]:
    """An item whose own address is a page of another configured publisher says by that where it came from."""
    other = publishers.owner(item.url, publisher)
    if other and other.id != publisher.id:
        evidence = Evidence("item.link", Level.ITEM, item.url, "item/link")
        yield Claim("canonical", other.name, item.url, "", evidence)


def _held(claim: Claim, item: Item, known: Mapping[str, Known]) -> Known | None:
    """The known item that a claim credits, if it is another publisher's."""
    found = known.get(url_key(claim.url))
    return found if found and found.item.id != item.id and found.item.publisher_id != item.publisher_id else None


def _names_another(claim: Claim, publisher: Publisher, publishers: Directory) -> bool:
    """True if a claim names a page, a feed or an outlet that is not the item's own publisher's."""
    url = claim.url or claim.feed_url
    by_url, by_name = publishers.owner(url, publisher), publishers.named(claim.name, publisher)
    if by_url or by_name:
        return any(found is not None and found.id != publisher.id for found in (by_url, by_name))
    # Nobody's home. Intake makes no claim of a page that is the publisher's own, so this one is somebody else's.
    return bool(url_key(url) or claim.name.strip())


# ------------------------------------------------------------------------------------------------ known origin


def _best(item: Item, candidates: Sequence[tuple[Claim, Known]]) -> tuple[Claim, Known] | None:
    """The first candidate; where candidates disagree about the origin, the one whose text holds most of ours."""
    if len({_origin(k) for _, k in candidates}) > 1:
        return max(candidates, key=lambda pair: share(item, pair[1].item))
    return candidates[0] if candidates else None


def _origin(known: Known) -> tuple[str, str]:
    hop = known.chain.hops[0]
    return hop.item_id, url_key(hop.url)


def _elsewhere(
    claims: Sequence[Claim], best: tuple[Claim, Known] | None, held: bool, publishers: Directory
) -> Claim | None:
    """The claim that leaves the origin unknown: the first if none is held, or the credit line that contradicts.

    A credit line is contradicted by nothing: if none is ``held`` and none agrees with the best chain, it stands.
    """
    if best is None:
        return claims[0] if claims else None
    lines = [c for c in claims if c.kind == "credit-line"]
    hops = best[1].chain.hops
    return None if held or not lines or any(_agrees(c, hops, publishers) for c in lines) else lines[0]


def _agrees(claim: Claim, hops: Sequence[Hop], publishers: Directory) -> bool:
    """True if a claim names an outlet of a chain: by its name, its home, or a host that is nobody's home."""
    found = publishers.owner(claim.url) or publishers.named(claim.name)
    if found:
        return any(hop.publisher_id == found.id for hop in hops)
    name = claim.name.strip().casefold()
    return any(
        (name and name == h.name.casefold()) or (host(claim.url) and host(claim.url) == host(h.url)) for h in hops
    )


def _extended(item: Item, publisher: Publisher, claim: Claim, found: Known) -> Chain:
    """The chain of the credited item with this one at its end."""
    if any(hop.item_id == item.id or url_key(hop.url) in keys_of(item) for hop in found.chain.hops):
        return _circle(item, publisher, claim, found)
    last = _hop(item, publisher, Role.REPUBLISHER, own_text=not contained(item, found.item), because=claim)
    return Chain((*found.chain.hops, last), found.chain.origin_known)


def _circle(item: Item, publisher: Publisher, claim: Claim, found: Known) -> Chain:
    """Two items that credit each other: the one published first is the origin (undated is last)."""
    if _age(item) <= _age(found.item):
        return own_chain(item, publisher)
    theirs = next((hop for hop in found.chain.hops if hop.item_id == found.item.id), found.chain.hops[-1])
    origin = replace(theirs, role=Role.ORIGIN, own_text=True, because=())
    last = _hop(item, publisher, Role.REPUBLISHER, own_text=not contained(item, found.item), because=claim)
    return Chain((origin, last))


def _age(item: Item) -> tuple[bool, float, str]:
    return item.published is None, item.published.timestamp() if item.published else 0.0, item.id


# ------------------------------------------------------------------------------------------------ unknown origin


def _unknown(item: Item, publisher: Publisher, claim: Claim, publishers: Directory) -> Chain:
    """Two hops: what the claim says of the origin, and the copy."""
    by_url = publishers.owner(claim.url or claim.feed_url, publisher)
    by_name = publishers.named(claim.name, publisher)
    matching = next((p for p in (by_url, by_name) if p and p.id != publisher.id), None)
    ours = by_url is not None and by_url.id == publisher.id
    origin = Hop(
        role=Role.ORIGIN,
        name=claim.name.strip() or (matching.name if matching else host(claim.url or claim.feed_url)),
        publisher_id=matching.id if matching else "",
        url="" if ours else claim.url,
        date=claim.date,
        evidence=(claim.evidence,),
        because=(claim.evidence,),
    )
    return Chain((origin, _hop(item, publisher, Role.REPUBLISHER, because=claim)), origin_known=False)


def _hop(item: Item, publisher: Publisher, role: Role, *, own_text: bool = True, because: Claim | None = None) -> Hop:
    """The appearance of a work that an item is."""
    return Hop(
        role=role,
        name=publisher.name,
        publisher_id=publisher.id,
        url=item.url,
        date=item.published,
        item_id=item.id,
        own_text=own_text,
        evidence=item.evidence,
        because=(because.evidence,) if because else (),
    )
