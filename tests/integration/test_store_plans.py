# SPDX-License-Identifier: Apache-2.0
"""The hot paths on PostgreSQL at 100,000 rows: each goes by an index, whatever stands beside what it wants."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from syndicate.model import Pace
from syndicate.store import Manners, open_store
from tests.databases import POSTGRESQL, databases

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
ROWS = 100_000
FILL = """
INSERT INTO sources (id, url, host, title, etag, last_modified, body_sha256, memory, health, health_why, health_since,
    next_poll_at, next_why, failures, last_error, polls, worker, claims, added_at)
SELECT 's' || n, 'https://h' || n % 20000 || '.example/f', 'h' || n % 20000 || '.example', '', '', '', '', '{}', 'sound',
    '', now, now + (n - 300) * interval '36 milliseconds', '', 0, '', 1, '', 1, now FROM generate_series(1, ROWS) n;
INSERT INTO documents (sha256, item_id, body)
SELECT 'd' || n, 'i-' || n, BODY FROM generate_series(1, ROWS) n;
INSERT INTO items (id, source_id, publisher_id, url, title, language, first_seen, order_at, first_poll, revision,
    content_sha256, chain, origin, work_id, credits, traced, withdrawn)
SELECT 'i-' || n, 's' || n % 5000 + 1, 'p' || n % 500, 'https://x.example/' || n, 'T' || n, 'en', now, now - n * interval '1 minute',
    false, 1, 'd' || n, '{"hops": []}', 'i-' || n, 'i-' || n, '', true, false FROM generate_series(1, ROWS) n;
INSERT INTO editions (id, channel_id, kind, period, created, stored_at, subject, state, channel, findings, tombstones, items)
VALUES ('e', 'weekly', 'digest', '1', now, now, '', 'released', '{}', '[]', '[]', 0);
INSERT INTO subscribers (channel_id, email, email_sha256, state, purpose, interests, wording, version, method, origin,
    proof, cadence, created_at, confirmed_at)
SELECT 'weekly', 'r' || n || '@x.example', 'h' || n, 'active', 'community', '', '', '', '', '', '', '', now, now
    FROM generate_series(1, ROWS) n;
INSERT INTO sendings (edition_id, channel_id, purpose, interests, state, reason, recipients, accepted, refused,
    complaints, created_at, changed_at) VALUES ('e', 'weekly', 'community', '', 'running', '', ROWS, 0, 0, 0, now, now);
INSERT INTO deliveries (edition_id, subscriber_id, email, domain, message_id, key_id, state, attempts, unknowns, due_at,
    expires_at, worker, server_text, created_at, updated_at)
SELECT 'e', n, 'r' || n || '@x.example', 'x.example', '<' || n || '@x>', '1', CASE WHEN n > 500 THEN 'accepted' ELSE 'ready' END,
    0, 0, CASE WHEN n > 500 THEN NULL ELSE now END, now + interval '2 days', '', '', now, now FROM generate_series(1, ROWS) n;
INSERT INTO poll_runs (source_id, at, status, bytes, new, changed, seconds, error)
SELECT 's' || n % 2000 + 1, now, 304, 0, 0, 0, 0.1, '' FROM generate_series(1, ROWS) n;
INSERT INTO ledger (at, kind, subject, data) SELECT now, 'decision', 'i-' || n, '{}' FROM generate_series(1, ROWS) n;
ANALYZE;
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A database with 100,000 rows in each table that grows."""
    databases.use(POSTGRESQL)
    opened = open_store(databases.url(tmp_path_factory.mktemp("plans")))
    body = '{"id": "i", "source_id": "s", "publisher_id": "p", "identity": "", "url": "", "title": "", "html": "", "text": ""}'
    moment = f"timestamptz '{NOW.isoformat()}'"
    with opened._engine.begin() as connection:
        for statement in FILL.split(";\n"):
            if statement.strip():
                words = statement.replace("ROWS", str(ROWS)).replace("BODY", f"'{body}'").replace(" now", f" {moment}")
                connection.execute(text(words.replace("(now", f"({moment}").replace(":00", r"\:00")))
    yield opened
    opened.close()
    databases.clear()


def whole_tables(store, act):
    """The tables that the statements of ``act`` read from one end to the other, by their plans with real parameters."""
    found, asked = set(), []

    def explain(_connection, cursor, statement, parameters, _context, many):
        if asked or many or not statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            return
        asked.append(statement)
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        plan = cursor.fetchone()[0]
        asked.clear()
        _scans((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"], found)

    event.listen(store._engine, "before_cursor_execute", explain)
    try:
        act()
    finally:
        event.remove(store._engine, "before_cursor_execute", explain)
    return found


def _scans(plan, found):
    if plan["Node Type"] == "Seq Scan" and plan["Plan Rows"] > ROWS // 20:
        found.add(plan["Relation Name"])
    for inner in plan.get("Plans", []):
        _scans(inner, found)


def take(store):
    """Claim what is due."""
    with store.write() as tx:
        assert len(tx.polls.take(NOW, "w", 100, Manners(2, 1.0)).sources) == 100


def lease(store):
    """Set what is due aside for a job."""
    with store.write() as tx:
        assert len(tx.polls.lease(NOW, "queue:1", 50)) == 50


def settle(store):
    """Write a poll that brought nothing."""
    from syndicate.store import PollRun

    with store.write() as tx:
        taken = tx.polls.take(NOW, "w", 20, Manners(2, 0.0)).sources
        polled = [(one, one, PollRun(one.source_id, NOW, 304, 0, 0, 0, 0.1, "")) for one in taken]
        assert len(tx.sources.settle_all(polled)) == 20


def outbox(store):
    """Claim mail, say what is due, free the dead."""
    with store.write() as tx:
        tx.outbox.recover(NOW)
        assert tx.outbox.due(NOW, 1000) > 100
        assert len(tx.claims.claim(NOW, "w", 100, pace=Pace(per_second=1000)).deliveries) == 100


def front(store):
    """The newest items."""
    with store.read() as tx:
        assert len(tx.items.newest(50)) == 50


def again(store):
    """The second page of the newest items of some sources."""
    with store.read() as tx:
        assert tx.items.newest(50, sources=("s1", "s2"), before=(NOW - timedelta(hours=2), "i-120")) != []


def record(store):
    """What was decided of an item, and the polls of a source."""
    with store.read() as tx:
        assert len(tx.ledger.tail(10, subject="i-77")) == 1
        assert len(tx.sources.runs("s7")) > 10


@pytest.mark.parametrize("act", [take, lease, settle, outbox, front, again, record], ids=lambda act: act.__name__)
def test_hot_paths_go_by_an_index(store, act):
    """Of a table with 100,000 rows no statement reads all of them, or a twentieth."""
    assert whole_tables(store, lambda: act(store)) == set()


def test_a_whole_table_would_be_noticed(store):
    """What goes by no index is seen by this test: a condition that nothing serves."""

    def act():
        with store.read() as tx:
            tx._connection.execute(text("SELECT count(*) FROM items WHERE title = 'T5' OR chain = 'x'")).all()
            tx._connection.execute(text("SELECT * FROM items WHERE title <> 'T5'")).first()

    assert whole_tables(store, act) == {"items"}
