# SPDX-License-Identifier: Apache-2.0
"""GET /metrics: how everything stands, for Prometheus. On this computer, or for whoever has the key."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from syndicate.serve.admin.door import is_here
from syndicate.store import Gauges

NOT_YOURS: Final = "Only on this computer, or with the key: Authorization: Bearer KEY (console.metrics_key).\n"


def metrics_routes(figures: Callable[[], Gauges], key: str) -> Sequence[BaseRoute]:
    """The route; ``figures`` may block, ``key`` "" opens it to nobody from elsewhere."""

    async def show(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not is_here(request) and not (key and hmac.compare_digest(given.encode(), key.encode())):
            return PlainTextResponse(NOT_YOURS, 403)
        return Response(metrics(await run_in_threadpool(figures)), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return [Route("/metrics", show)]


def metrics(figures: Gauges) -> bytes:
    """The figures in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Collector(figures))
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, figures: Gauges) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        f = self._figures
        yield _gauge("sources", "Sources by health.", ["health"], _keys(f.sources))
        yield CounterMetricFamily("syndicate_polls", "Polls since ever.", value=f.polls)
        yield _gauge("polls_due", "Sources whose time has come.", [], {(): f.polls_due})
        yield _gauge("poll_lag_seconds", "For how long the longest due poll has waited.", [], {(): f.poll_lag})
        yield _gauge("decisions", "Entries of the feeds as they are now.", ["channel", "mode"], f.decisions)
        yield CounterMetricFamily("syndicate_editions_refused", "Editions that the proof refused.", value=f.refused)
        yield _gauge("editions_waiting", "Refused editions that wait for a person.", [], {(): f.refused_now})
        yield _gauge("deliveries", "Mails that are under way.", ["state"], _keys(f.deliveries))
        yield _gauge("mail_lag_seconds", "For how long the longest due mail has waited.", [], {(): f.mail_lag})
        yield _counter("mails", "Mails of editions by how they ended.", ["outcome"], _keys(f.mails))
        yield _gauge("alarms", "Alarms that are open.", [], {(): f.alarms})
        yield _gauge("jobs", "Jobs in the queue of the workers.", ["queue", "state"], f.jobs)


def _keys(numbers: Mapping[str, int]) -> dict[tuple[str, ...], int]:
    return {(name,): number for name, number in numbers.items()}


def _gauge(name: str, text: str, labels: list[str], numbers: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(f"syndicate_{name}", text, labels=labels)
    for key, number in numbers.items():
        family.add_metric(list(key), number)
    return family


def _counter(name: str, text: str, labels: list[str], numbers: Mapping[Any, float]) -> Metric:
    family = CounterMetricFamily(f"syndicate_{name}", text, labels=labels)
    for key, number in numbers.items():
        family.add_metric(list(key), number)
    return family
