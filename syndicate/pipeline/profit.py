# SPDX-License-Identifier: Apache-2.0
"""The guard against profit by mistake: channels that cannot carry what they name, because of money.

The decision keeps such items to links in any case. Here it is told when the configuration is read, not when readers
wonder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.model import Ads, Channel, Mode, Purpose, Record, Source
from syndicate.pipeline.explain import matrix


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A source whose terms permit a channel without profit more than they permit this one.

    ``because`` is the clause in words. ``blocks``: the channel names the source and the terms are non-commercial.
    """

    source_id: str
    channel_id: str
    because: str
    blocks: bool


def contradictions(sources: Sequence[Source], channels: Sequence[Channel], now: datetime) -> list[Contradiction]:
    """Every pair of a source and a channel for money, for which the same channel without it could carry more."""
    found = []
    for channel in channels:
        free = replace(channel, purpose=Purpose.COMMUNITY, ads=Ads.NONE, paid=False, sale=False)
        chosen = [s for s in sources if not channel.select.sources or s.id in channel.select.sources]
        for source, (declared, without) in matrix(chosen if free != channel else [], (channel, free), now):
            if declared.mode <= Mode.LINK < without.mode:
                named = source.id in channel.select.sources
                blocks = named and any(map(_noncommercial, source.publisher.records))
                found.append(Contradiction(source.id, channel.id, declared.because, blocks))
    return found


def _noncommercial(record: Record) -> bool:
    """Whether a record is non-commercial by its licence or by a duty of its grants."""
    licensed = record.licence is not None and record.licence.nc and not record.grants
    return licensed or any("noncommercial" in grant.duties for grant in record.grants)
