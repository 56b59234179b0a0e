# SPDX-License-Identifier: Apache-2.0
"""Duties of what loads by itself: nothing that is not granted (O15), and the publisher's counter (O13)."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from syndicate.model import Beacons, Duty, Mode
from syndicate.proof.scope import Scope
from syndicate.proof.view import Case, View
from syndicate.proof.words import find_whole, fold, url_form

_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]*)")


def loaded_faults(case: Case, view: View) -> tuple[str, ...]:
    """What loads or downloads by itself at the item, and is not among what may; whatever the duties are."""
    return tuple(dict.fromkeys(_loaded_faults(case, view)))


def _loaded_faults(case: Case, view: View) -> Iterator[str]:
    kept = _kept(case)
    excluded = _excluded(case) - kept
    for address in _addresses(view):
        form = url_form(address)
        named = next((asset for asset in excluded if asset in form), "")
        if form in kept:
            continue
        if named:
            yield f'asset "{named}" is embedded in {view.where}; only a link to it is permitted'
        elif not _is_ours(address, case):
            yield f'"{address[:200]}" loads by itself in {view.where}, and nobody has granted it'


def _kept(case: Case) -> frozenset[str]:
    """Pictures that are granted, and the counter that is carried."""
    found: set[str] = set()
    for duty in case.entry.decision.duties:
        if duty.id == "O15" and duty.how == "in" and case.mode is Mode.FULL:
            found.update(map(url_form, duty.also))
        if duty.id == "O13" and case.setting.channel.beacons is Beacons.CARRY:
            found.add(url_form(duty.url))
    return frozenset(found)


def _excluded(case: Case) -> frozenset[str]:
    duties = (duty for duty in case.entry.decision.duties if duty.id == "O15" and duty.how != "in")
    enclosed = (enclosure.url for enclosure in case.entry.item.enclosures)
    return frozenset(map(url_form, filter(None, (*(url for duty in duties for url in duty.also), *enclosed))))


def _addresses(view: View) -> Iterator[str]:
    for scope in view.html:
        for embed in scope.embeds:
            yield from _of_embed(embed)
    yield from view.machine.assets if view.machine is not None else ()


def _of_embed(embed: str) -> Iterator[str]:
    """The addresses in the value of ``src``, ``srcset`` or a declaration."""
    if "url(" in embed:
        yield from _CSS_URL.findall(embed)
    elif ", " in embed or " " in embed.strip():
        yield from (part.split()[0] for part in embed.split(",") if part.split())
    elif embed.strip():
        yield embed.strip()


def _is_ours(address: str, case: Case) -> bool:
    """Whether the address is one of our own site, or a part of the same message."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return False
    return address.startswith("cid:") or host == urlsplit(case.setting.site.url).hostname


def excluded(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O15: nothing is embedded that is not granted; the credit of what is embedded can be read."""
    yield from _loaded_faults(case, view)
    for scope in view.scopes if duty.how == "in" and case.mode is Mode.FULL else ():
        for text in duty.texts:
            if find_whole(fold(text), scope.folded) < 0:
                yield f'credit "{text}" of a picture not found in {view.where}'


def counter(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O13: exactly one counter of the publisher's at the item, in a channel that says that it carries them."""
    if case.mode <= Mode.LINK:
        return
    if case.setting.channel.beacons is not Beacons.CARRY:
        yield f"channel {case.setting.channel.id} refuses counters, and one is owed"
    for scope in view.scopes:
        count = _count(duty.url, scope)
        if count != 1:
            yield f'counter "{duty.url}" stands {count} times in {view.where}, not once'


def _count(url: str, scope: Scope) -> int:
    return sum(url_form(address) == url_form(url) for embed in scope.embeds for address in _of_embed(embed))
