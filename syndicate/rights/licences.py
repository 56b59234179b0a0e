# SPDX-License-Identifier: Apache-2.0
"""The licence table: which licence permits which mode in which class of channel, and which licence a URL names.

The rows are data (licences.json); a URL or an id that is not in them is unknown, never guessed. A licence that only
prose names is not looked up here at all: words suggest, a URI states.
"""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from syndicate.model import ChannelClass, Licence, Mode

UNSPECIFIED_URL: Final = "http://purl.org/atompub/license#unspecified"
"""The address by which a publisher says that it links no licence. Spec: RFC 4946 2.3."""

_HOME = "https://creativecommons.org/"
_HOSTS = frozenset({"creativecommons.org", "www.creativecommons.org"})
_SPDX_HOSTS = frozenset({"spdx.org", "www.spdx.org"})
_LAST = re.compile(r"deed(\..+)?|legalcode(\..+|-plain)?|rdf|index\.html")
_MODES = {"F": Mode.FULL, "E": Mode.EXCERPT, "L": Mode.LINK, "W": Mode.WITHHOLD}
_Row = dict[str, Any]


def _load() -> dict[str, Licence]:
    """Every licence by its id, ports one by one."""
    data = json.loads(files("syndicate.rights").joinpath("licences.json").read_text(encoding="utf-8"))
    spdx = frozenset(data["spdx_ports"].split())
    return {licence.id: licence for row in data["rows"] for licence in _texts(row, data["ports"], spdx)}


def _texts(row: _Row, ports: dict[str, str], spdx: frozenset[str]) -> Iterator[Licence]:
    """One licence for each text that a row stands for."""
    if "ports" not in row:
        yield _licence(row, "", row["id"])
        return
    listed: str = row["ports"]
    for jurisdiction in ports.get(listed, listed).split():
        own = row["id"].replace("{J}", jurisdiction.upper())
        short = own.removeprefix("LicenseRef-")
        yield _licence(row, jurisdiction, short if short in spdx else own)


def _licence(row: _Row, jurisdiction: str, id_: str) -> Licence:
    letters = row["letters"].split()
    return Licence(
        id=id_,
        name=row["name"].replace("{J}", jurisdiction.upper()),
        url=_HOME + row["path"].replace("{j}", jurisdiction) if row["path"] else "",
        modes=dict(zip(ChannelClass, (_MODES[letter] for letter in row["modes"]), strict=True)),
        excerpt=row["excerpt"],
        duties=tuple(row["duties"].split()),
        house_duties=tuple(row.get("house", "").split()),
        by="by" in letters,
        nc="nc" in letters,
        nd="nd" in letters,
        sa="sa" in letters,
        print_if_free=row.get("print_if_free", False),
        flag=row.get("flag", ""),
    )


def _key(segments: list[str]) -> tuple[str, ...]:
    """Path segments with the letters of the licence in one order: by-nd-nc and by-nc-nd are the same licence."""
    if len(segments) > 1 and segments[0] == "licenses":
        return (segments[0], "-".join(sorted(segments[1].split("-"))), *segments[2:])
    return tuple(segments)


_TABLE: Final = _load()
_BY_ID: Final = {id_.casefold(): licence for id_, licence in _TABLE.items()}
_BY_PATH: Final = {
    _key(licence.url.removeprefix(_HOME).strip("/").split("/")): licence for licence in _TABLE.values() if licence.url
} | {("licenses", "publicdomain"): _TABLE["CC-PDDC"]}

IDS: Final = tuple(_TABLE)
"""Every id that ``by_id`` knows, for messages and for completion."""

ALL_RIGHTS_RESERVED: Final = _TABLE["all-rights-reserved"]
NOTHING_STATED: Final = _TABLE["nothing-stated"]
UNSPECIFIED: Final = _TABLE["unspecified"]


def by_id(text: str) -> Licence | None:
    """The licence with this id (an SPDX id or one of ours, in any case), None if there is none."""
    return _BY_ID.get(text.strip().casefold())


def by_url(url: str) -> Licence | None:
    """The licence that a URL names, whatever its scheme, case, language or order of letters; None if it names none.

    Its ``url`` is the canonical one, jurisdiction included. No version, a jurisdiction without a text and the hosts of
    badge images give None. Accepts the pages of spdx.org too.
    """
    parts = _split(url)
    if parts is None:
        return None
    segments = [segment for segment in unquote(parts.path).split("/") if segment]
    if parts.hostname in _SPDX_HOSTS:
        return _spdx(segments)
    if parts.hostname not in _HOSTS or not segments:
        return None
    lower = [segment.lower() for segment in segments]
    return _BY_PATH.get(_key(lower[:-1] if _LAST.fullmatch(lower[-1]) else lower))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return parts if known else None


def _spdx(segments: list[str]) -> Licence | None:
    """Spec: the licence list of SPDX, https://spdx.org/licenses/ID, .html or .json."""
    match segments:
        case ["licenses", name]:
            return by_id(re.sub(r"\.(html|json)$", "", name))
    return None
