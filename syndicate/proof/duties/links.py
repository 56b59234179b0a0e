# SPDX-License-Identifier: Apache-2.0
"""Duties of links: the required page (O3), the licence (O4, O10), every link of the text (O12), the canonical (O14)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from syndicate.model import Duty, Mode
from syndicate.proof.scope import Anchor, Scope
from syndicate.proof.view import Case, View
from syndicate.proof.words import bare_urls, find_whole, fold, is_web, licence_form, unwrap, url_form

_SHOWN_HOST = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[^\W\d_]{2,})(?:[/?#:]\S*)?", re.IGNORECASE)


def required(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O3: a live link to exactly the required address, and no link of ours that only pretends to lead there."""
    for url in (duty.url, *duty.also):
        if not is_web(url):
            yield f'"{url}" is no http or https address to link to'
            continue
        if not all(_is_linked(url, scope) for scope in view.html):
            yield f'link to "{url}" not found in the credit of {view.where}'
        if not all(url_form(url) in bare_urls(text) for text in view.texts):
            yield f'address "{url}" not found whole on one line of {view.where}'
    yield from _detours(case, duty, view)
    first = next(other for other in case.entry.decision.duties if other.id == duty.id)
    if view.machine is not None and duty == first:
        stated = {url_form(link) for link in view.machine.links}
        if stated != {url_form(duty.url)}:
            yield f'link element of {view.where} is "{" ".join(sorted(stated))}", not "{duty.url}"'


def _is_linked(url: str, scope: Scope) -> bool:
    return any(anchor.in_credit and anchor.text and url_form(anchor.href) == url_form(url) for anchor in scope.anchors)


def _detours(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """Links of ours that lead to the required page by a redirector or with a parameter added, or a headline astray."""
    allowed = _own_addresses(case, duty)
    page = url_form(duty.url).partition("://")[2].rstrip("/")
    title = fold(case.entry.item.title)
    for anchor in (anchor for scope in view.html for anchor in scope.anchors if not anchor.in_body):
        if is_feigned(anchor):
            yield f'link in {view.where} shows "{anchor.text}", but leads to "{anchor.href}"'
        if url_form(anchor.href) in allowed or f"/items/{case.entry.item.id}" in anchor.href:
            continue
        if _passes_through(anchor, page):
            yield f'link "{anchor.href}" in {view.where} is not exactly "{duty.url}"'
        elif title and anchor.text == title:
            yield f'headline in {view.where} links to "{anchor.href}", not "{duty.url}"'


def is_feigned(anchor: Anchor) -> bool:
    """Whether a link shows the address of one site and leads to another."""
    told = _SHOWN_HOST.fullmatch(anchor.text)
    if told is None or not is_web(anchor.href):
        return False
    shown, real = _plain_host(told[1]), _plain_host(_host(anchor.href))
    return shown != real and not real.endswith(f".{shown}")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _plain_host(host: str) -> str:
    try:
        ascii_host = host.lower().encode("idna").decode()
    except UnicodeError:
        ascii_host = host.lower()
    return ascii_host.removeprefix("www.")


def _passes_through(anchor: Anchor, page: str) -> bool:
    return "/" in page and page in unquote(unquote(anchor.href))


def _own_addresses(case: Case, duty: Duty) -> frozenset[str]:
    item, hops = case.entry.item, case.entry.chain.hops
    others = (address for other in case.entry.decision.duties for address in (other.url, *other.also))
    stated = (*(hop.url for hop in hops), *(link.href for link in item.links), *(person.url for person in item.authors))
    return frozenset(url_form(url) for url in (duty.url, *duty.also, item.url, *stated, *others) if url)


# --------------------------------------------------------------------------------------------- licences


def licence(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O4: name and link of the licence in every credit, and exactly it for machines."""
    for name in duty.texts:
        for credit, plain in view.credits(case):
            if find_whole(unwrap(name) if plain else fold(name), credit) < 0:
                yield f'licence name "{name}" not found in the credit of {view.where}'
    yield from _licence_linked((duty.url,), view)
    if view.machine is not None:
        sought = licence_form(duty.url)
        owed = {licence_form(other.url) for other in case.entry.decision.duties if other.id in {duty.id, "O10"}}
        stated = {licence_form(url) for url in view.machine.licences}
        if (sought not in stated and (view.part != "json" or not stated)) or stated - owed:
            yield f'licence element of {view.where} is "{" ".join(view.machine.licences)}", not "{duty.url}"'


def share_alike(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O10: what was made of it (a part of it) goes out under the same licence or a compatible one."""
    if case.mode is Mode.EXCERPT:
        urls = (duty.url, *duty.also)
        yield from _licence_linked(urls, view)
        forms = set(map(licence_form, urls))
        if view.machine is not None and forms.isdisjoint(map(licence_form, view.machine.licences)):
            yield f'licence element of {view.where} is "{" ".join(view.machine.licences)}", not "{duty.url}"'


def _licence_linked(urls: tuple[str, ...], view: View) -> Iterator[str]:
    forms = set(map(licence_form, urls))
    for scope in view.html:
        if not any(_is_licence_link(anchor, forms) for anchor in scope.anchors):
            yield f'licence link to "{urls[0]}" not found in the credit of {view.where}'
    for text in view.texts:
        if forms.isdisjoint(map(licence_form, bare_urls(text))):
            yield f'licence address "{urls[0]}" not found whole on one line of {view.where}'


def _is_licence_link(anchor: Anchor, forms: set[str]) -> bool:
    live = anchor.in_credit and anchor.text and is_web(anchor.href)
    return bool(live) and "license" in anchor.rel and licence_form(anchor.href) in forms


# --------------------------------------------------------------------------------------------- links of the text


def all_kept(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O12: every link of the licensed text, as often as it stands there; in plain text each once."""
    if case.mode is not Mode.FULL:
        return
    wanted = Counter(map(url_form, (*duty.also,))) | Counter(map(url_form, case.original.links))
    for scope in view.scopes:
        kept = Counter(url_form(anchor.href) for anchor in scope.anchors if anchor.in_body and anchor.text)
        yield from _lost(wanted - kept, view)
    for text in view.texts:
        words = {url_form(word) for word in text.split()} | bare_urls(text)
        yield from _lost((url for url in wanted if url not in words), view)


def _lost(urls: Iterable[str], view: View) -> Iterator[str]:
    for url in urls:
        yield f'link of the text to "{url}" not found in {view.where}'


def canonical(_: Case, duty: Duty, view: View) -> Iterator[str]:
    """O14: the page that is the original of this one. A mail, and a page of several items, can declare none."""
    if view.machine is None and view.part != "html":
        return
    stated = view.machine.canonicals if view.machine is not None else view.canonicals
    if set(map(url_form, stated)) != {url_form(duty.url)}:
        yield f'canonical link of {view.where} is "{" ".join(stated)}", not "{duty.url}"'
