# SPDX-License-Identifier: Apache-2.0
"""A finished file held to its own word: what its machine-readable side says must also stand visibly before a reader.

No configuration and no record is needed, so it works on other people's feeds and mail as well. Items with ``data-item``
must have a visible credit whose links, lines and names stand in every rendering. Where nothing has our mark, it is
another's file: each item of it is listed with what it lacks (`foreign`).
"""

import re
from collections.abc import Iterable, Iterator

from syndicate.model import Finding
from syndicate.proof.duties.links import is_feigned
from syndicate.proof.foreign import of_document, of_entry
from syndicate.proof.scope import Anchor, Scope
from syndicate.proof.seen import Machine, Reading, Seen
from syndicate.proof.tricks import has_unseen, leads_elsewhere
from syndicate.proof.view import WHERE
from syndicate.proof.words import bare_urls, copyright_form, find_whole, fold, is_web, licence_form, unwrap, url_form

_NOTICE = re.compile(r"(?:\(c\)|©|\bcopyright\b)", re.IGNORECASE)


def own_word(reading: Reading) -> tuple[Finding, ...]:
    """Where ``reading`` does not keep its own word."""
    return tuple(dict.fromkeys((*_of_document(reading), *_of_entries(reading), *_of_pages(reading))))


def _of_document(reading: Reading) -> Iterator[Finding]:
    for problem in reading.problems:
        yield Finding("", problem.duty, reading.kind, problem.message)
    if reading.replaced:
        yield Finding("", "encoding", reading.kind, "replacement characters stand where letters were lost")
    for page in reading.pages:
        for message in page.problems:
            yield Finding("", "form", reading.kind, message)


# --------------------------------------------------------------------------------------------- feeds


def _of_entries(reading: Reading) -> Iterator[Finding]:
    scoped = any(sight.scopes for seen in reading.entries for sight in (*seen.contents, *seen.extras))
    for licence in reading.feed_licences if scoped else ():
        yield Finding(
            "", "O4", reading.kind, f'the feed itself states the licence "{licence}", which items would inherit'
        )
    for seen in reading.entries:
        scopes = [scope for sight in (*seen.contents, *seen.extras) for scope in sight.scopes]
        name = _name(seen, scopes)
        told = _of_entry(seen, scopes, WHERE[reading.kind]) if scoped else _of_foreign(seen, reading)
        for duty, message in dict.fromkeys(told):
            yield Finding(name, duty, reading.kind, message)


def _name(seen: Seen, scopes: Iterable[Scope]) -> str:
    ids = (*seen.ids, *(scope.item_id for scope in scopes))
    return next(filter(None, (*ids, *seen.machine.links, seen.machine.title)), "")


def _of_entry(seen: Seen, scopes: list[Scope], where: str) -> Iterator[tuple[str, str]]:
    if scopes:
        for scope in scopes:
            yield from _scope(scope, where)
            yield from _word_kept(seen.machine, fold(scope.credit), scope.anchors, where)
        for aside in (sight.as_credit() for sight in seen.extras if not sight.scopes and fold(sight.visible)):
            yield from _word_kept(seen.machine, fold(aside.credit), aside.anchors, where)
        if any(not sight.scopes for sight in seen.contents):
            yield "item", f"its content in {where} is not enclosed by an element with data-item"
    else:
        yield "item", f"no element with data-item encloses it in {where}"
    for text in seen.texts:
        yield from _word_in_text(seen.machine, text, where)
    yield from _stated(seen.machine, where)


def _of_foreign(seen: Seen, reading: Reading) -> Iterator[tuple[str, str]]:
    yield from of_entry(seen, reading)
    yield from _stated(seen.machine, WHERE[reading.kind])


def _straight(url: str, where: str) -> Iterator[tuple[str, str]]:
    """That a link leads to where it says, and is what it looks like."""
    if leads_elsewhere(url):
        yield "O3", f'link to "{url}" in {where} passes through a redirector'
    if has_unseen(url):
        yield "O3", f'link to "{url}" in {where} has characters in it that nobody sees'


def _stated(machine: Machine, where: str) -> Iterator[tuple[str, str]]:
    """What the machine-readable side says must be what it looks like."""
    for link in machine.links:
        yield from _straight(link, where)
    for name in (*machine.authors, *machine.sources):
        if has_unseen(name):
            yield "O1", f'name "{name}" in {where} has characters in it that nobody sees'


def _word_kept(machine: Machine, shown: str, anchors: tuple[Anchor, ...], where: str) -> Iterator[tuple[str, str]]:
    place = f"the credit of {where}"
    for name in (*machine.sources, *machine.authors):
        if find_whole(fold(name), shown) < 0:
            yield "O1", f'name "{name}" not found in {place}'
    for line in machine.rights:
        if not _line_stands(line, copyright_form(shown)):
            yield "O2", f'copyright line "{line}" not found in {place}'
    live = [anchor for anchor in anchors if anchor.text and anchor.in_credit]
    for link in machine.links:
        if not any(url_form(anchor.href) == url_form(link) for anchor in live):
            yield "O3", f'link to "{link}" not found in {place}'
    for licence in machine.licences:
        if not any(licence_form(anchor.href) == licence_form(licence) for anchor in live):
            yield "O4", f'licence link to "{licence}" not found in {place}'


def _line_stands(rights: str, text: str) -> bool:
    """Whether ``rights`` stands in ``text``, as a whole or line by line."""
    whole = find_whole(copyright_form(rights), text) >= 0
    return whole or all(find_whole(copyright_form(line), text) >= 0 for line in rights.split("\n"))


def _word_in_text(machine: Machine, text: str, where: str) -> Iterator[tuple[str, str]]:
    plain, urls = unwrap(text), bare_urls(text)
    for name in (*machine.sources, *machine.authors):
        if find_whole(unwrap(name), plain) < 0:
            yield "O1", f'name "{name}" not found in the plain text of {where}'
    for line in machine.rights:
        if not _line_stands(unwrap(line), copyright_form(plain)):
            yield "O2", f'copyright line "{line}" not found in the plain text of {where}'
    for link in (*machine.links, *machine.licences):
        if url_form(link) not in urls:
            yield "O3", f'address "{link}" not found whole on one line of the plain text of {where}'


# --------------------------------------------------------------------------------------------- pages and messages


def _of_pages(reading: Reading) -> Iterator[Finding]:
    part = "mail HTML" if reading.kind == "mail" else "html"
    if reading.kind in {"html", "mail"} and not any(page.scopes for page in reading.pages):
        for name, duty, message in of_document(reading):
            yield Finding(name, duty, reading.kind, message)
    for page in reading.pages:
        for scope in page.scopes:
            for duty, message in dict.fromkeys(_scope(scope, WHERE[part])):
                yield Finding(scope.item_id, duty, part, message)
            for duty, message in _in_text(scope, reading.text) if reading.text is not None else ():
                yield Finding(scope.item_id, duty, "mail text", message)


def _scope(scope: Scope, where: str) -> Iterator[tuple[str, str]]:
    """What every item must have, whoever asks: a visible credit, with a live link, and nothing in it hidden."""
    if not scope.item_id:
        yield "item", f"data-item names no item in {where}"
    if not fold(scope.credit):
        yield "O1", f'no visible element with class="credit" in {where}'
    if scope.veiled:
        yield "O1", f'"{scope.veiled[:80]}" in the credit of {where} is hidden'
    credited = [anchor for anchor in scope.anchors if anchor.in_credit]
    if not any(anchor.text and is_web(anchor.href) and "license" not in anchor.rel for anchor in credited):
        yield "O3", f"no live link in the credit of {where}"
    for anchor in credited:
        if not anchor.text:
            yield "O3", f'link to "{anchor.href}" in the credit of {where} shows no text'
        if is_feigned(anchor):
            yield "O3", f'link in the credit of {where} shows "{anchor.text}", but leads to "{anchor.href}"'
        yield from _straight(anchor.href, where)
    for what in scope.active:
        yield "active", f"{what} in {where}"


def _in_text(scope: Scope, text: str) -> Iterator[tuple[str, str]]:
    """What the credit of the HTML says must stand in the plain part as well."""
    plain, urls = copyright_form(unwrap(text)), bare_urls(text)
    words = frozenset(word.strip("<>()[].,;") for word in text.split())
    first = True
    for anchor in scope.anchors:
        if anchor.in_credit and is_web(anchor.href):
            licence = "license" in anchor.rel
            shown = anchor.href.partition("://")[2].rstrip("/")
            if url_form(anchor.href) not in urls and (licence or first or shown not in words):
                yield "O4" if licence else "O3", f'address "{anchor.href}" not found whole in {WHERE["mail text"]}'
            first = first and licence
    for line in scope.credit.split("\n"):
        notice = _NOTICE.search(line)
        if notice and find_whole(unwrap(copyright_form(line[notice.start() :])), plain) < 0:
            yield "O2", f'copyright line "{fold(line[notice.start() :])}" not found in {WHERE["mail text"]}'
