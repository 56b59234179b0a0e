# SPDX-License-Identifier: Apache-2.0
"""What the rooms know of the house, and what a visit to one of them is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from syndicate.config import Config
from syndicate.config.listing import Setting
from syndicate.errors import UsageError
from syndicate.model import Channel, ChannelKind, Publisher, Source
from syndicate.pipeline.adding import Wish
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.post import Posting
from syndicate.pipeline.prospect import Seen
from syndicate.serve.admin.sessions import Session
from syndicate.store import Transaction


@dataclass(frozen=True, slots=True)
class House:
    """The configuration, what composing needs, and the way to the mail server, which is only opened when it is used.

    ``period`` names the period of a digest that a person sends now, ``next_due`` is when its schedule fires next;
    ``look`` goes to an address and says what could be added, ``add`` adds it.
    """

    config: Config
    composing: Composing
    posting: Callable[[], Posting]
    period: Callable[[Channel, datetime], str]
    next_due: Callable[[Channel, datetime], datetime]
    sources: Mapping[str, Source]
    publishers: Mapping[str, Publisher]
    settings: Callable[[], Sequence[Setting]]
    look: Callable[[Wish, int], Seen]
    add: Callable[[Seen], None]
    drafts: dict[str, Any] = field(default_factory=dict)  # what was composed to be looked at, by channel

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One look at one state of the database."""
        with self.composing.store.read() as tx:
            yield tx

    def now(self) -> datetime:
        """The time."""
        return self.composing.clock()

    def local(self, moment: datetime) -> datetime:
        """A time in the zone of the site."""
        return moment.astimezone(ZoneInfo(self.config.site.timezone))

    def channel(self, channel_id: str) -> Channel:
        """The channel of that id; raises UsageError."""
        for channel in self.config.channels:
            if channel.id == channel_id:
                return channel
        raise UsageError(
            "no such channel", subject=channel_id, remedy="it may have been taken out of the configuration"
        )

    def digests(self) -> list[Channel]:
        """The digest channels."""
        return [channel for channel in self.config.channels if channel.kind is ChannelKind.DIGEST]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is logged in: ``path`` is of the address, ``asked`` what stands behind its ``?``.

    ``form`` is empty for a look; for an act it has what was filled in, a list of values for each field, and ``file``
    the name and bytes of a file that was handed in. ``query`` is what stands behind the ``?``, as it is written.
    """

    session: Session
    path: Mapping[str, str]
    asked: Mapping[str, str]
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None
    query: str = ""

    def get(self, name: str) -> str:
        """The first value of a field, "" if it was not filled in."""
        return next(iter(self.form.get(name, ())), "").strip()

    @property
    def by(self) -> str:
        """In whose name acts are recorded."""
        return self.session.name


@dataclass(frozen=True, slots=True)
class View:
    """A page: its template below ``admin/``, and the values for it."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Go:
    """After an act: where to look now (below /admin/), and what was done in one sentence."""

    to: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """Bytes as they are, to be shown in a frame that can run, load and send nothing; with a name, to be kept."""

    body: bytes
    media_type: str
    name: str = ""


Answer = View | Go | Finished | None
"""None: there is no such thing."""

Room = Callable[[House, Visit], Answer]
