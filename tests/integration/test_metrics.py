# SPDX-License-Identifier: Apache-2.0
"""/metrics: who may read it, and that its figures are those of the tables."""

import asyncio
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from syndicate.model import Publisher, Source
from syndicate.serve.metrics import metrics, metrics_routes
from tests.databases import databases

H = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/deliver/house.py")))


def ask(routes, client="127.0.0.1", **headers):
    """Status and body of a GET of /metrics from a client."""
    told = []

    async def send(message):
        told.append(message)

    async def receive():
        return {"type": "http.request"}

    raw = [(name.encode(), value.encode()) for name, value in {"host": "localhost:8080", **headers}.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/metrics",
        "raw_path": b"/metrics",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": raw,
        "client": (client, 5),
        "server": ("127.0.0.1", 8080),
    }
    asyncio.run(Starlette(routes=list(routes))(scope, receive, send))
    return told[0]["status"], b"".join(one.get("body", b"") for one in told)


@pytest.mark.usefixtures("each_database")
def test_figures_are_those_of_the_tables(tmp_path):
    """Sources, polls, what is due, mails by state and queues, in the text format, on both databases."""
    home = H.House(databases.url(tmp_path), 1)
    home.edition(7)
    with home.store.write() as tx:
        tx.sources.sync([Source(f"s{n}", f"https://s{n}.example/f", Publisher("p", "P")) for n in range(3)], H.NOW)
        tx.jobs.prepare() if home.store.server else None
        tx.jobs.add("polling", "pages", {})
        tx.alarms.ring("relay", "r", "It is away.", "Look.", H.NOW)
        tx.ledger.record("refusal", at=H.NOW, subject="community", data={})
        tx.claims.claim(H.NOW, "w", 2)
    text = metrics(home.store.gauges(H.NOW + H.MINUTE)).decode()
    told = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert told["syndicate_sources", "sound"] == 3
    assert (told["syndicate_polls_due",], told["syndicate_poll_lag_seconds",]) == (3, 60)
    assert (told["syndicate_deliveries", "ready"], told["syndicate_deliveries", "claimed"]) == (5, 2)
    assert told["syndicate_mail_lag_seconds",] == 60
    assert (told["syndicate_editions_refused_total",], told["syndicate_alarms",]) == (1, 1)
    assert told.get(("syndicate_jobs", "polling", "todo"), 1) == 1
    home.store.close()


def test_only_here_or_with_the_key(tmp_path):
    """This computer may read it; elsewhere, and through a proxy, only who sends the key; without a key nobody."""
    store = databases.open(tmp_path)
    routes = metrics_routes(lambda: store.gauges(H.NOW), "sesame")
    assert ask(routes)[0] == 200
    assert ask(routes, client="192.0.2.7")[0] == 403
    assert ask(routes, **{"x-forwarded-for": "192.0.2.7"})[0] == 403
    assert ask(routes, client="192.0.2.7", authorization="Bearer sesame")[0] == 200
    assert ask(routes, client="192.0.2.7", authorization="Bearer open")[0] == 403
    closed = metrics_routes(lambda: store.gauges(H.NOW), "")
    assert ask(closed, client="192.0.2.7", authorization="Bearer ")[0] == 403
    databases.clear()
