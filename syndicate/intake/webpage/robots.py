# SPDX-License-Identifier: Apache-2.0
"""What servers and sites tell robots: headers of the answer, lines of robots.txt, the file of the TDM protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from syndicate.intake.text import legal, web_url
from syndicate.model import Evidence, Level

_PLAIN = (
    *(
        "noindex",
        "nofollow",
        "none",
        "noarchive",
        "nocache",
        "nosnippet",
        "noimageindex",
        "notranslate",
        "indexifembedded",
    ),
    *("noai", "noimageai"),
)
_VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*!#$&+.^`|~-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s;,\"]+))?)*)")
_PARAMETER = re.compile(r";\s*([\w*!#$&+.^`|~-]+)\s*(?:=\s*(?:\"([^\"]*)\"|([^\s;,\"]+)))?")
_PREFERENCE = re.compile(r"([\w.*-]+)\s*(?:=\s*([\w.*?-]+))?")
_MOST = 200  # statements of one file


@dataclass(frozen=True, slots=True)
class HeaderLink:
    """A link of a ``Link`` header. Spec: RFC 8288 3."""

    href: str
    relations: tuple[str, ...]
    type: str


def directives(text: str) -> tuple[str, ...]:
    """What a robots meta or header asks of everybody, each as "name" or "name: value"; dates may hold commas."""
    found: list[str] = []
    for part in text.split(","):
        words = part.strip()
        name = words.partition(":")[0].strip().lower()
        if name in _PLAIN and ":" not in words:
            found.append(name)
        elif name in _VALUED:
            found.append(f"{name}: {words.partition(':')[2].strip()}" if ":" in words else "")
        elif found and found[-1].startswith("unavailable_after") and words:
            found[-1] += f", {words}"
        else:
            found.append("")  # of another robot, or unknown
    return tuple(dict.fromkeys(filter(None, found)))


def header_links(headers: Mapping[str, str], base: str) -> tuple[HeaderLink, ...]:
    """The links of an answer's ``Link`` header."""
    found = []
    for match in _LINK.finditer(headers.get("link", "")):
        parameters = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(match[2])}
        href = web_url(match[1], base)
        if href:
            relations = tuple(parameters.get("rel", "").lower().split())
            found.append(HeaderLink(href, relations, parameters.get("type", "").lower()))
    return tuple(found)


def of_headers(headers: Mapping[str, str], url: str) -> Iterator[Evidence]:
    """Licence links, robots directives and preferences about machines in the headers of an answer."""
    for link in header_links(headers, url):
        if "license" in link.relations and link.type != "application/rsl+xml":
            yield Evidence("html.rel-license", Level.ITEM, link.href, "HTTP Link[rel=license]", url)
    for token in directives(headers.get("x-robots-tag", "")):
        yield Evidence("html.robots", Level.ITEM, token, "HTTP X-Robots-Tag", url)
    yield from _preferences(headers.get("content-usage", ""), "aipref", Level.ITEM, "HTTP Content-Usage", url)


def tdm(metas: Mapping[str, str], headers: Mapping[str, str], file: str, url: str) -> Iterator[Evidence]:
    """What is reserved of text and data mining: the page wins over its header, that over the site's file.

    Spec: TDMRep 6; a step that says nothing takes nothing back. ``file`` is the text of ``/.well-known/tdmrep.json``.
    """
    steps = ((metas, "head/meta[name={}]"), (headers, "HTTP {}"), (_tdm_of(file, url), "/.well-known/tdmrep.json"))
    for name, kind in (("tdm-reservation", "tdmrep.reservation"), ("tdm-policy", "tdmrep.policy")):
        stated = next(((values[name], place.format(name)) for values, place in steps if values.get(name)), None)
        if stated:
            level = Level.SITE if stated[1].startswith("/") else Level.ITEM
            yield Evidence(kind, level, legal(stated[0]).strip(), stated[1], url)


def _tdm_of(file: str, url: str) -> dict[str, str]:
    """The first rule of the file whose location matches."""
    try:
        rules = json.loads(file) if file.strip() else []
    except (ValueError, RecursionError):
        return {}
    for rule in rules[:_MOST] if isinstance(rules, list) else ():
        if isinstance(rule, dict) and path_matches(str(rule.get("location", "")), url):
            return {name: str(value) for name, value in rule.items() if isinstance(value, str | int)}
    return {}


# ------------------------------------------------------------------------------------------------ robots.txt


def of_robots_txt(text: str, robot: str, url: str) -> Iterator[Evidence]:
    """Preferences about machines in a robots.txt, as they apply to ``robot`` at ``url``; the longest path wins."""
    place = urlsplit(url)._replace(path="/robots.txt", query="", fragment="").geturl()
    best: tuple[int, str] = (-1, "")
    for name, value in _group(text, robot):
        if name == "content-usage":
            path, rest = _path_and_rest(value)
            if path_matches(path, url) and len(path) > best[0]:
                best = (len(path), rest)
        elif name == "content-signal":
            yield from _preferences(value, "content-signal", Level.SITE, "Content-Signal", place)
    yield from _preferences(best[1], "aipref", Level.SITE, "Content-Usage", place)


def rsl_of_robots_txt(text: str, url: str) -> tuple[str, ...]:
    """Addresses of the RSL documents that a robots.txt names, in whatever group."""
    found = (value for name, value in _lines(text) if name == "license")
    return tuple(dict.fromkeys(filter(None, (web_url(value, url) for value in found))))


def _path_and_rest(value: str) -> tuple[str, str]:
    """A rule of Content-Usage may begin with the path that it is about."""
    path, _, rest = value.partition(" ")
    return (path, rest) if path.startswith(("/", "*")) else ("", value)


def path_matches(pattern: str, url: str) -> bool:
    """Whether a path pattern is about an address: by its beginning, with * and $. Spec: RFC 9309 2.2.2 and 2.2.3."""
    parts = urlsplit(url)
    path = unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    wanted = unquote(pattern.strip())
    ends = "$" if wanted.endswith("$") else ""
    return bool(re.match(".*".join(re.escape(part) for part in wanted.rstrip("$").split("*")) + ends, path))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines()[:10_000]:
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _group(text: str, robot: str) -> list[tuple[str, str]]:
    """The rules for a robot: of the groups that name it, else of those for everybody. Spec: RFC 9309 2.2.1."""
    groups: dict[str, list[tuple[str, str]]] = {}
    names: list[str] = []
    reading_names = False
    for name, value in _lines(text):
        if name == "user-agent":
            names = [*(names if reading_names else ()), value.lower()]
            reading_names = True
        else:
            reading_names = False
            for one in names:
                groups.setdefault(one, []).append((name, value))
    return groups.get(robot.lower(), groups.get("*", []))


def _preferences(text: str, kind: str, level: Level, place: str, url: str) -> Iterator[Evidence]:
    """One statement for each label of a list of preferences ("train-ai=n, search=y")."""
    for part in text.split(",")[:_MOST]:
        found = _PREFERENCE.match(part.strip())
        if found and found[2]:
            yield Evidence(kind, level, f"{found[1]}={found[2]}", place, url)
