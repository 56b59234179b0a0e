# SPDX-License-Identifier: Apache-2.0
"""What the web server needs from the house: values to show and two acts. It holds no rules of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment

from syndicate.model import Key, Site
from syndicate.pipeline.cadence import Cadence
from syndicate.pipeline.site import Page
from syndicate.publish.page_item import Frame
from syndicate.serve.objections import Objecting


@dataclass(frozen=True, slots=True)
class Letter:
    """What a subscriber agreed to: the channel's name, the wording shown, and when ("" if not yet).

    ``state`` is the subscriber's; "suppressed" too if they left and no link brings them back.
    ``cadence`` is what they chose (None: as it is sent), ``zone`` the channel's own.
    """

    name: str
    wording: str = ""
    asked: str = ""
    state: str = "active"
    cadence: Cadence | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Offer:
    """A list that anybody may put themselves on: its id, its name, and what one agrees to."""

    id: str
    name: str
    wording: str


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server gets what it shows. The callables may block: each runs in a thread of its own.

    ``feeds`` is the folder of finished feed documents. ``page`` makes a page by its address: None for what we do not
    have and ``Gone`` for what may not be shown any longer; ``version`` says another word whenever a page might have
    become another. ``letter``, ``confirm`` and ``unsubscribe`` take the id of a subscriber who held a valid token,
    ``confirm`` and ``come_back`` the token and where the request came from too; the acts may be repeated and do nothing
    for an id that is gone. ``come_back`` says whether they are on the list now. ``sign_up`` takes a list, an address
    and where the request came from. ``ready`` is False until the first cycle is done, ``receipt_key`` is the public key
    (PEM) of our receipts to publishers.
    """

    site: Site
    templates: Environment
    feeds: Path
    keys: Callable[[], Sequence[Key]]
    clock: Callable[[], datetime]
    frame: Callable[[], Frame]
    page: Callable[[str], Page]
    version: Callable[[], str]
    letter: Callable[[int], Letter | None]
    confirm: Callable[[int, str, str], None]
    unsubscribe: Callable[[int], None]
    come_back: Callable[[int, str, str], bool]
    prefer: Callable[[int, Cadence | None], None]
    lists: Callable[[], Sequence[Offer]]
    sign_up: Callable[[str, str, str], None]
    objecting: Objecting
    ready: Callable[[], bool]
    receipt_key: Callable[[], bytes] = bytes
