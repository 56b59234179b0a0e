# SPDX-License-Identifier: Apache-2.0
"""What was checked before a digest left. A tick stands only where the stored proof, or the bytes, bear it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy

from syndicate.model import Edition, Mode, Proved
from syndicate.pipeline.progress import Progress
from syndicate.publish.mail import TOKEN, transfer_size
from syndicate.serve.admin.words import bytes_of, count


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: in words, with its figures; ``well`` is False for what a person should look at."""

    what: str
    figures: str
    well: bool = True


def passed(edition: Edition, proved: Sequence[Proved], progress: Progress | None, left_out: int) -> list[Check]:
    """The checks of a proved digest."""
    modes = [entry.decision.mode for entry in edition.entries]
    shown = sum(mode > Mode.WITHHOLD for mode in modes)
    owed = {(one.item_id, one.duty) for one in proved}
    parts = {one.part for one in proved}
    both = "both parts" if len(parts) > 1 else count(len(parts), "part")
    html, one_click = _mail(edition)
    size, most = transfer_size(html), edition.channel.max_size
    links = sum(mode is Mode.LINK for mode in modes)
    withheld = sum(mode is Mode.WITHHOLD for mode in modes)
    found = [
        Check(
            "Every duty proved in the finished mail",
            f"{count(shown, 'item')}, {count(len(owed), 'duty', 'duties')}, {both}",
        ),
        Check("Nothing withheld slipped in", f"{links} by link, {withheld} withheld, no words of their text"),
        Check("Small enough not to be clipped", f"{bytes_of(size)} of {bytes_of(most)}", size <= most),
        Check(
            "Unsubscribe in every mail",
            "link and one-click header" if one_click and TOKEN in html else "missing",
            one_click and TOKEN in html,
        ),
    ]
    if progress is not None:
        found.append(
            Check(
                "Only readers who asked",
                f"{progress.total:,} confirmed; {left_out:,} who left or may not be written to left out",
            )
        )
    return found


def _mail(edition: Edition) -> tuple[str, bool]:
    message = message_from_bytes(edition.parts[0].content, policy=policy.default)
    html = message.get_body(("html",))
    return (html.get_content() if html else ""), "List-Unsubscribe-Post" in message
