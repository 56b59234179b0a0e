# SPDX-License-Identifier: Apache-2.0
"""What the web server needs from the house: values to show and two acts. It holds no rules of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jinja2 import Environment

from syndicate.model import Key, Site
from syndicate.pipeline.pages import Gone
from syndicate.publish.page import ChannelSummary, DigestSummary, PageItem


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that went out: what it is, its HTML part and its text part, both without anything of a recipient's."""

    summary: DigestSummary
    html: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a subscriber agreed to: the channel's name, the wording shown, and when and where ("" if unknown)."""

    name: str
    wording: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server gets what it shows. The callables may block: each runs in a thread of its own.

    ``feeds`` is the folder of finished feed documents. ``item`` and ``digest`` answer None for what we do not have and
    ``Gone`` for what may not be shown any longer. ``letter``, ``confirm`` and ``unsubscribe`` take the id of a
    subscriber who held a valid token; the two acts may be repeated and do nothing for an id that is gone. ``ready`` is
    False until the first cycle is done.
    """

    site: Site
    templates: Environment
    feeds: Path
    keys: Callable[[], Sequence[Key]]
    clock: Callable[[], datetime]
    channels: Callable[[], Sequence[ChannelSummary]]
    items: Callable[[], Sequence[PageItem]]
    item: Callable[[str], PageItem | Gone | None]
    digests: Callable[[], Sequence[DigestSummary]]
    digest: Callable[[str, date], Digest | Gone | None]
    letter: Callable[[int], Letter | None]
    confirm: Callable[[int], None]
    unsubscribe: Callable[[int], None]
    ready: Callable[[], bool]
