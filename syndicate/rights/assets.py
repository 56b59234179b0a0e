# SPDX-License-Identifier: Apache-2.0
"""Pictures, audio, video and files of an item: which of them a permission covers, and which captions go with the rest.

A licence of a text says nothing about its pictures, so nothing is covered unless a grant says so. Pictures of an agency
are never covered: whoever published them could not grant them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from syndicate.model import Assets, Duty, Item, Mode, Record
from syndicate.rights.addresses import url_key
from syndicate.rights.rulings import Ruling
from syndicate.rights.scopes import of_file
from syndicate.rights.texts import same

_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_MEDIA_FILE = re.compile(
    r".+\.(?:mp4|m4v|webm|mov|avi|mkv|ogv|mp3|m4a|ogg|oga|opus|wav|flac)\b(?:\?.*)?", re.IGNORECASE
)
_MEDIA_TAGS = frozenset({"img", "video", "audio", "source", "track", "iframe", "embed", "object"})
_AGENCIES = re.compile(
    r"\b(?:Getty(?:\s+Images)?|AP(?:\s+Photo)?|Associated\s+Press|Reuters|AFP|Agence\s+France|dpa|EPA|PA\s+(?:Media|Images|Wire)|"
    r"Shutterstock|iStock(?:photo)?|Alamy|Corbis|ANP|Keystone|Xinhua|TASS|Anadolu|Bloomberg|ZUMA|Imago|picture\s+alliance|"
    r"Adobe\s+Stock|Depositphotos|Dreamstime|Magnum|NurPhoto|SIPA|UPI|Belga|Ritzau|TT\s+News|NTB|Lusa|ANSA|EFE|Kyodo)\b"
)
_LONGEST_CAPTION = 100


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that loads by itself or is attached, and what stands under it.

    ``picture``: a still image. ``dot``: one that nobody can see, so it counts readers.
    """

    url: str
    caption: str = ""
    picture: bool = False
    dot: bool = False


@dataclass(slots=True)
class _Figure:
    """A figure while it is being read."""

    assets: list[Asset] = field(default_factory=list)
    caption: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects what loads by itself with its caption, and what is linked."""

    def __init__(self) -> None:
        super().__init__()
        self.assets: list[Asset] = []
        self.links: list[str] = []
        self._figures: list[_Figure] = []
        self._in_caption = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for every start tag, empty elements included."""
        named = {name: value for name, value in attrs if value}
        if tag == "figure":
            self._figures.append(_Figure())
        elif tag == "figcaption":
            self._in_caption += 1
        elif tag in _MEDIA_TAGS:
            shown = Asset("", picture=tag == "img", dot=_is_dot(named))
            self._found([replace(shown, url=named[name]) for name in ("src", "data", "poster") if name in named])
        self.links += [named["href"]] if "href" in named else []

    def _found(self, found: list[Asset]) -> None:
        if self._figures:
            self._figures[-1].assets += found
        else:
            self.assets += found

    def handle_data(self, data: str) -> None:
        """Called for text."""
        if self._in_caption and self._figures:
            self._figures[-1].caption.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Called for every end tag."""
        if tag == "figcaption":
            self._in_caption = max(0, self._in_caption - 1)
        elif tag == "figure" and self._figures:
            self._close()

    def _close(self) -> None:
        figure = self._figures.pop()
        caption = same("".join(figure.caption))
        self.assets += [replace(one, caption=caption) for one in figure.assets]

    def close(self) -> None:
        """The end, also of figures that never ended."""
        super().close()
        while self._figures:
            self._close()


def _is_dot(attributes: Mapping[str, str]) -> bool:
    """Whether an element is at most one pixel wide or high, as counters are."""
    return any(attributes.get(side, "").strip().removesuffix("px") in ("0", "1") for side in ("width", "height"))


def assets_of(item: Item) -> tuple[Asset, ...]:
    """Enclosures, embedded media and bare addresses of media files, each once."""
    reader = _Reader()
    reader.feed(item.html)
    reader.close()
    files = (found[0] for text in (*reader.links, item.text) for found in _files(text))
    attached = (*(one.url for one in item.enclosures), *(one.href for one in item.links if one.rel == "enclosure"))
    found = (*map(Asset, attached), *reader.assets, *map(Asset, files))
    first: dict[str, Asset] = {}
    for asset in found:
        if url_key(asset.url):
            first.setdefault(asset.url, asset)
    return tuple(first.values())


def _files(text: str) -> Iterator[re.Match[str]]:
    """Addresses of media files in a text, without what punctuation follows them."""
    return (found for address in _ADDRESS.findall(text) if (found := _MEDIA_FILE.match(address)))


@dataclass(frozen=True, slots=True)
class Coverage:
    """What speaks about the pictures of an item: answers, all that is on record of its publishers, and their names."""

    rulings: Sequence[Ruling]
    records: Sequence[Record]
    names: Sequence[str]


def asset_duties(item: Item, coverage: Coverage, mode: Mode) -> Iterator[Duty]:
    """What is left out, with its captions, and what is kept, with its credits.

    A counter is no picture to keep, and nothing to lead readers to: whether it is carried, the duty of counters says.
    """
    found, rulings = assets_of(item), coverage.rulings
    known = tuple(grant.beacon_url for record in coverage.records for grant in record.grants if grant.beacon_url)
    counters = {one.url for one in found if one.dot or one.url.startswith(known)}
    pictures = [one for one in found if one.picture and one.url not in counters]
    kept = [one for one in pictures if mode is Mode.FULL and _covered(one, coverage)]
    out = [one for one in found if one not in kept]
    asked_by = next((ruling.asked_by for ruling in rulings if ruling.grant or "O15" in ruling.duties), "house")
    if out:
        linked = tuple(one.url for one in out if one.url not in counters)
        yield Duty("O15", _captions(item, out, kept), also=linked, how="out", asked_by=asked_by)
    if kept:
        captions = tuple(dict.fromkeys(one.caption for one in kept if one.caption))
        yield Duty("O15", captions, also=tuple(one.url for one in kept), how="in", asked_by=asked_by)


def _covered(asset: Asset, coverage: Coverage) -> bool:
    """Whether a picture may be carried: by what is on record about this file, else by every grant that is used."""
    if _AGENCIES.search(asset.caption):
        return False
    own = of_file(coverage.records, asset.url)
    if own:
        return all(any(grant.mode is Mode.FULL for grant in record.grants) for record in own)
    grants = [ruling.grant for ruling in coverage.rulings if ruling.mode > Mode.LINK]
    return bool(grants) and all(grant is not None and _grants(grant.assets, asset, coverage.names) for grant in grants)


def _grants(assets: Assets, asset: Asset, names: Sequence[str]) -> bool:
    if assets is not Assets.OWN_CREDIT:
        return assets is Assets.ALL
    return any(name and name.casefold() in asset.caption.casefold() for name in names)


def _captions(item: Item, out: Sequence[Asset], kept: Sequence[Asset]) -> tuple[str, ...]:
    """The captions that go with what is left out: whole paragraphs of the text, never all of it."""
    paragraphs = [same(one) for one in item.text.split("\n\n")]
    staying = {one.caption for one in kept}
    found = tuple(
        caption
        for caption in dict.fromkeys(one.caption for one in out)
        if caption and caption in paragraphs and caption not in staying and len(caption.split()) <= _LONGEST_CAPTION
    )
    return found if set(paragraphs) - set(found) else ()
