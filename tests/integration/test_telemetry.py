# SPDX-License-Identifier: Apache-2.0
"""Spans go to a collector on loopback where OpenTelemetry is installed; without an endpoint nothing is imported."""

import subprocess
import sys

import pytest
from werkzeug import Response

from syndicate.app import open_app
from syndicate.app.telemetry import telemetry
from syndicate.pipeline.loop import run
from syndicate.pipeline.poll import poll_due
from syndicate.pipeline.post import deliver
from syndicate.pipeline.release import publish
from syndicate.pipeline.telemetry import span

FEED = """<rss version="2.0"><channel><title>South</title><link>https://south.example/</link>
<item><title>One</title><link>https://south.example/1</link><guid>1</guid><description>Words.</description></item>
</channel></rss>"""
CONFIG = """
site: {{name: Bulletin, url: "https://bulletin.example", contact: ed@bulletin.example}}
network: {{allow_private: true, pause: 0s}}
publishers: {{south: {{name: South Desk, home: "https://south.example/"}}}}
sources:
  - {{id: south, url: "{feed}", publisher: south, pages: false}}
  - {{id: lost, url: "{lost}", publisher: south, pages: false}}
channels:
  community: {{kind: feed, medium: web, purpose: community}}
"""


def test_spans_reach_a_collector(httpserver, tmp_path, monkeypatch):
    """A poll, a composition with its proof and a delivery arrive as spans, with how they ended and without an address."""
    trace = pytest.importorskip(
        "opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="the extra otel is not installed"
    )
    taken = []

    def collect(request):
        taken.append(trace.ExportTraceServiceRequest.FromString(request.get_data()))
        return Response(b"", 200, mimetype="application/x-protobuf")

    httpserver.expect_request("/v1/traces").respond_with_handler(collect)
    httpserver.expect_request("/feed.xml").respond_with_data(FEED, mimetype="application/rss+xml")
    feed = httpserver.url_for("/feed.xml")
    (tmp_path / "config.yaml").write_text(CONFIG.format(feed=feed, lost=feed.replace("feed.xml", "lost.xml")))
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": httpserver.url_for("").rstrip("/")}
    for name, value in endpoint.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    app = open_app(tmp_path / "config.yaml")

    async def work():
        async with app.polling() as polling:
            await poll_due(polling)

    with telemetry(endpoint):
        run(work())
        publish(app.composing, app.channel("community"), app.release)
        run(deliver(app.posting))
    app.close()
    spans = [one for batch in taken for of in batch.resource_spans for scope in of.scope_spans for one in scope.spans]
    found = {(one.name, *sorted((a.key, a.value.string_value) for a in one.attributes)) for one in spans}
    assert ("poll", ("syndicate.source", "south"), ("syndicate.status", "new")) in found
    assert ("poll", ("syndicate.source", "lost"), ("syndicate.status", "failed")) in found
    compose = next(one for one in spans if one.name == "compose")
    verify = next(one for one in spans if one.name == "verify")
    assert (verify.parent_span_id, verify.trace_id) == (compose.span_id, compose.trace_id)
    assert [one.name for one in spans].count("deliver") == 1
    assert "127.0.0.1" not in str(spans)


def test_nothing_is_imported_unless_asked():
    """Without an endpoint the packages are not loaded, and a span costs nothing worth a word."""
    program = (
        "import sys, timeit\nfrom syndicate.app.telemetry import telemetry\n"
        "from syndicate.pipeline.telemetry import span\n"
        "with telemetry({}):\n    with span('poll', source='x') as measured: measured.set_attribute('a', 1)\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]\n"
        "print(timeit.timeit(lambda: span('poll', source='x').__enter__(), number=100000) / 100000)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1e-4


def test_after_the_end_nobody_listens():
    """Once the context has ended spans go nowhere."""
    with span("poll", source="x") as measured:
        assert measured.set_attribute("a", 1) is None
