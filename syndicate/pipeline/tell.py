# SPDX-License-Identifier: Apache-2.0
"""What became of the sources is told to the operator: once, in the log, and by mail where a relay is configured.

Several changes share a mail, and mails keep their distance. If the relay cannot be used now, nothing counts as told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from syndicate.model import Site
from syndicate.pipeline.post import Posting
from syndicate.pipeline.trials import send_letter
from syndicate.store import SourceChange

DISTANCE = timedelta(minutes=15)
"""Between two mails to the operator."""

MOST = 50
"""Lines in one mail; the rest is counted, and stands in ``syndicate list`` and in the ledger."""

REMEDIES = {
    "held": "syndicate resume {id} releases what waits, syndicate resume {id} --drop lets it never go out",
    "broke": "syndicate list shows since when; look up its present address on the publisher's site",
    "gone": "remove it, or find its successor",
    "moved": "write its new address into the configuration",
}


async def tell(posting: Posting, site: Site, *, by_mail: bool) -> tuple[SourceChange, ...]:
    """Tell what is untold; what was told now. Raises DeliveryError if the relay cannot be used now."""
    now = posting.clock()
    with posting.store.read() as tx:
        changes, last = tx.holding.untold(), tx.holding.last_told()
    if not changes or (by_mail and last and now - last < DISTANCE):
        return ()
    if by_mail:
        await send_letter(posting, site.contact, site.contact, letter(site, changes, now))
    with posting.store.write() as tx:
        tx.holding.told(now)
    return tuple(changes)


def worded(change: SourceChange) -> str:
    """A change in one line, with what to do about it."""
    remedy = REMEDIES.get(change.kind, "").format(id=change.source_id)
    return f"{change.source_id} {change.kind}: {change.text}" + (f"; {remedy}" if remedy else "")


def letter(site: Site, changes: Sequence[SourceChange], now: datetime) -> bytes:
    """The mail to the operator. Feeds' words stand in its body alone, never in a header."""
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    message["From"] = site.contact
    message["To"] = site.contact
    message["Subject"] = f"{len(changes)} {'change' if len(changes) == 1 else 'changes'} among your sources"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<sources.{now:%Y%m%d%H%M%S}@{site.contact.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"{change.at:%Y-%m-%d %H:%M} UTC  {worded(change)}" for change in changes[:MOST]]
    if len(changes) > MOST:
        lines.append(f"and {len(changes) - MOST} more; `syndicate list` shows all")
    message.set_content("\n\n".join(lines) + "\n", cte="quoted-printable")
    return message.as_bytes()
