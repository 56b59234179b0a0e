# SPDX-License-Identifier: Apache-2.0
"""The demo's publishers as values: their stories, read from ``stories/``, dated and addressed for one run."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from ruamel.yaml import YAML

HERE: Final = Path(__file__).parent
FEED_FILES: Final = {
    "south-desk": "feed.atom",
    "harbour-review": "feed.rss",
    "lindenfeld-courier": "feed.rss",
    "kestrel-field-notes": "feed.atom",
    "marsh-and-mill": "feed.rss",
    "estuary-commons": "feed.json",
    "vale-county-record": "feed.rss",
}
TYPES: Final = {
    "feed.rss": "application/rss+xml",
    "feed.atom": "application/atom+xml",
    "feed.json": "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class Story:
    """One story as its publisher shows it. ``categories`` are (label, scheme, term).

    ``old`` is one that its feed does not list any more.
    """

    slug: str
    title: str
    author: str
    outlet: str
    url: str
    published: datetime
    html: Markup
    film: str
    categories: tuple[tuple[str, str, str], ...]
    old: bool = False


@dataclass(frozen=True, slots=True)
class Outlet:
    """One publisher: addresses, what it says about rights ("" is silence), its stories, newest first.

    ``cut`` is the part of its feed that arrives, 1.0 for all of it.
    """

    id: str
    name: str
    line: str
    home: str
    feed: str
    feed_type: str
    rights: str
    licence: str
    cut: float
    terms: tuple[str, tuple[str, ...]]
    stories: tuple[Story, ...]


def outlets(at: str, now: datetime) -> tuple[Outlet, ...]:
    """All publishers below the address ``at`` (no trailing slash), their stories dated back from ``now``."""
    start = now.replace(second=0, microsecond=0)
    raw = {name: _load(HERE / "stories" / f"{name}.yaml") for name in FEED_FILES}
    written: dict[str, Outlet] = {}
    for name, data in raw.items():
        written[name] = _outlet(name, data, at, start, written)
    return tuple(written.values())


def templates() -> Environment:
    """The demo's own small templates."""
    env = Environment(
        loader=FileSystemLoader(HERE / "pages"),
        autoescape=select_autoescape(("html", "xml")),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {"mail_date": format_datetime, "slug": slug, "day": _day}
    return env


def slug(label: str) -> str:
    """``In-depth Report`` -> ``in-depth-report``."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return data


def _outlet(name: str, data: dict[str, Any], at: str, now: datetime, earlier: dict[str, Outlet]) -> Outlet:
    home = f"{at}/{name}/"
    file = FEED_FILES[name]
    terms = data.get("terms", {})
    bare = Outlet(
        id=name,
        name=data["name"],
        line=data["line"],
        home=home,
        feed=home + file,
        feed_type=TYPES[file],
        rights=data.get("rights", "").replace("{{ year }}", str(now.year)),
        licence=data.get("licence", ""),
        cut=data.get("cut", 1.0),
        terms=(terms.get("title", ""), tuple(terms.get("paragraphs", ()))),
        stories=(),
    )
    stories = [_story(bare, one, now, earlier) for one in data["stories"]]
    return replace(bare, stories=tuple(sorted(stories, key=lambda one: one.published, reverse=True)))


def _story(outlet: Outlet, data: dict[str, Any], now: datetime, earlier: dict[str, Outlet]) -> Story:
    published = now - timedelta(days=data["days"])
    facets = _facets(outlet, data)
    if "crosspost" in data:
        origin = _find(earlier[data["crosspost"]["publisher"]], data["crosspost"]["slug"])
        page = templates().get_template("crosspost.html")
        text = page.render(here=outlet, origin=origin, published=published, facets=facets)
        html = Markup(text)  # noqa: S704 - the template escapes
    else:
        html = _paragraphs(data["body"])
    return Story(
        slug=data["slug"],
        title=data["title"],
        author=data["author"],
        outlet=outlet.name,
        url=outlet.home + data["slug"],
        published=published,
        html=html,
        film=outlet.home + data["film"] if "film" in data else "",
        categories=tuple((label, scheme, term) for _, label, scheme, term in facets),
        old=data.get("old", False),
    )


def _facets(outlet: Outlet, data: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """(facet, label, scheme, term): tags are one scheme, a taxonomy is one scheme a facet."""
    named: dict[str, list[str]] = data.get("categories", {"tag": data.get("tags", [])})
    words = {"region": "Region", "theme": "Theme", "in-depth-report": "In-depth Report", "tag": "Tag"}
    return [
        (words[facet], label, outlet.home + facet, slug(label)) for facet, labels in named.items() for label in labels
    ]


def _find(outlet: Outlet, wanted: str) -> Story:
    return next(one for one in outlet.stories if one.slug == wanted)


def _paragraphs(body: str) -> Markup:
    """Paragraphs are parted by a blank line, *stars* are emphasis."""
    escaped = [str(escape(part.strip())) for part in body.strip().split("\n\n")]
    emphasised = [re.sub(r"\*(.+?)\*", r"<em>\1</em>", part) for part in escaped]
    return Markup("\n".join(f"<p>{part}</p>" for part in emphasised))  # noqa: S704 - escaped two lines above


def _day(when: datetime) -> str:
    return f"{when:%B} {when.day}, {when.year}"
