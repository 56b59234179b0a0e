# SPDX-License-Identifier: Apache-2.0
"""What a poll came to is written down: items, validators, health and the time of the next poll.

Everything about one poll is one transaction's work. A poll whose claim was lost, because its time was up or a person
decided something meanwhile, writes nothing at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate.errors import FetchError, SyndicateError
from syndicate.intake import moves
from syndicate.intake.hosts import host_of
from syndicate.intake.rhythm import after_answer, after_failure, after_gone, observed
from syndicate.model import Feed, Fetched, Health, Reading, Source
from syndicate.pipeline.accept import Accepted, accept
from syndicate.pipeline.health import failing, hold, note_changes, sound
from syndicate.pipeline.retract import look_for_missing, retract
from syndicate.pipeline.suggesting import arrived
from syndicate.rights.shingles import is_another
from syndicate.rights.trace import credited, keys_of, own_chain
from syndicate.store import PollRun, SourceState, Stored, Transaction

OK, GONE = 200, 410


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll did. ``items`` counts what the document held.

    ``status`` is "new", "unchanged", "failed", or "waiting" for one that was not polled: ``error`` says why.
    """

    source_id: str
    status: str
    items: int = 0
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One poll under way: the source, its claim, where we asked and since when."""

    source: Source
    claimed: SourceState
    asked: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer to a visit, and when it was there. A 304 has the hash of the body that it stands for."""

    visit: Visit
    fetched: Fetched
    body_sha256: str
    at: datetime


def unchanged(tx: Transaction, answers: Sequence[Answer]) -> list[Polled]:
    """Write down many answers at once that bring nothing to store; what each poll came to."""
    settled = []
    for answer in answers:
        after = _after(answer, None, None, brought=False)
        settled.append((answer.visit.claimed, after, _run(answer)))
    held = tx.sources.settle_all(settled)
    for claimed, after, run in settled:
        if claimed.source_id in held:
            note_changes(tx, claimed, after, run.at)
    ids = [claimed.source_id for claimed, _, _ in settled]
    return [Polled(source_id, "unchanged") if source_id in held else lost(source_id) for source_id in ids]


def answered(tx: Transaction, answer: Answer, reading: Reading) -> Polled:
    """Write what an answer brought, its validators included."""
    visit, now = answer.visit, answer.at
    if not tx.sources.holds(visit.claimed):
        return lost(visit.source.id)
    stored, accepted = Stored(), None
    tx.marks.put(visit.source.id, b"" if visit.claimed.memory.by_link else reading.marks)
    if reading.feed:
        accepted = accept(tx, visit.source, visit.claimed, reading, reading.feed, now)
        stored = _store_items(tx, visit, replace(reading.feed, items=accepted.items), now)
        look_for_missing(tx, visit.source, reading.listed, now)
    after = _after(answer, reading.feed, accepted, brought=bool(stored.new))
    if after.health is Health.HELD:
        tx.holding.hold(visit.source.id, stored.new, now)
    tx.sources.settle(after, _run(answer, stored))
    note_changes(tx, visit.claimed, after, now, accepted.note if accepted else "")
    return Polled(
        visit.source.id,
        "new" if stored.new or stored.changed else "unchanged",
        len(reading.listed),
        stored.new,
        stored.changed,
    )


def failed(tx: Transaction, visit: Visit, error: SyndicateError, now: datetime) -> Polled:
    """Write that a poll failed: nothing but the failure is noted."""
    if not tx.sources.holds(visit.claimed):
        return lost(visit.source.id)
    said = f"{error.stage}: {error}"
    after = _after_failure(visit, error, now)
    seconds = (now - visit.started).total_seconds()
    tx.sources.settle(after, PollRun(visit.source.id, now, _status(error), 0, 0, 0, seconds, said))
    note_changes(tx, visit.claimed, after, now)
    if after.wait_until:
        tx.polls.asked_to_wait(after.host, now)
    return Polled(visit.source.id, "failed", error=said)


def lost(source_id: str) -> Polled:
    """A poll that came to nothing because its claim was lost."""
    return Polled(source_id, "waiting", error="another poller has it now, or it was changed while it was polled")


def _after(answer: Answer, feed: Feed | None, accepted: Accepted | None, *, brought: bool) -> SourceState:
    """The source after an answer."""
    visit, fetched, now = answer.visit, answer.fetched, answer.at
    source, state = visit.source, visit.claimed
    whole = fetched.status == OK
    memory = accepted.memory if accepted else state.memory
    if whole or fetched.fresh_for is not None:  # what a 304 leaves out still holds. Spec: RFC 9111 4.3.4
        memory = replace(memory, fresh_for=fetched.fresh_for)
    if feed:
        memory = observed(replace(memory, asks=feed.asks), feed.items, now, brought=brought)
    same = not (accepted and accepted.why)
    memory = moves.answered(memory, visit.asked, fetched.moved_to, now, same=same)
    chosen = after_answer(source.id, source.every, memory, now)
    after = replace(
        state,
        host=host_of(memory.adopted) if memory.adopted != state.memory.adopted else state.host,
        title=feed.title if feed else state.title,
        etag=fetched.etag if whole else state.etag,
        last_modified=fetched.last_modified if whole else state.last_modified,
        body_sha256=answer.body_sha256,
        memory=memory,
        next_poll_at=chosen.at,
        next_why=chosen.why,
        wait_until=None,
        first_polled_at=state.first_polled_at or now,
        last_success_at=now,
        failures=0,
        failing_since=None,
        last_error="",
    )
    return hold(after, accepted.why, now) if accepted and accepted.why else sound(after, now)


def _after_failure(visit: Visit, error: SyndicateError, now: datetime) -> SourceState:
    """The source after a failure: tried again later, or gone."""
    source, state = visit.source, visit.claimed
    status = _status(error)
    retry_after = error.retry_after if isinstance(error, FetchError) else None
    gone = status == GONE and moves.is_gone(state.memory, now)
    what = str(status) if status not in {0, OK} else error.stage
    chosen = after_failure(source.id, source.every, state.failures + 1, now, retry_after=retry_after, what=what)
    if status == GONE:
        chosen = after_gone(source.id, now, believed=gone)
    after = replace(
        state,
        memory=moves.refused(state.memory, visit.asked, now, gone=status == GONE),
        next_poll_at=chosen.at,
        next_why=chosen.why,
        wait_until=now + timedelta(seconds=retry_after) if retry_after else None,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        last_error=f"{error.stage}: {error}",
    )
    return failing(after, now, gone=gone)


def _status(error: SyndicateError) -> int:
    return error.status if isinstance(error, FetchError) else OK


def _run(answer: Answer, stored: Stored | None = None) -> PollRun:
    visit, fetched, new, changed = answer.visit, answer.fetched, 0, 0
    if stored:
        new, changed = len(stored.new), len(stored.changed)
    seconds = (answer.at - visit.started).total_seconds()
    return PollRun(visit.source.id, answer.at, fetched.status, len(fetched.body), new, changed, seconds, "")


def _store_items(tx: Transaction, visit: Visit, feed: Feed, now: datetime) -> Stored:
    """Write the items; they wait to be traced (``origins``), and are in no list until they were."""
    source, first = visit.source, visit.claimed.first_polled_at is None
    keys = {item.id: keys_of(item) for item in feed.items}
    credits_ = {item.id: credited(item) for item in feed.items}
    chains = {item.id: own_chain(item, source.publisher) for item in feed.items}
    stored = tx.items.put(
        source.id, feed.items, chains, keys, credits_, now=now, first_poll=first, traced=False, is_another=is_another
    )
    fresh = {*stored.new, *stored.changed}
    arrived(tx, source, feed, fresh, now)
    return Stored(stored.new, (*stored.changed, *retract(tx, feed.retractions, now)))
