# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry, where its packages are installed (the extra ``otel``) and its own variables say where spans go."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from syndicate import __version__
from syndicate.errors import UsageError
from syndicate.pipeline.telemetry import Span, listen

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


@contextmanager
def telemetry(environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Send spans for as long as the context lasts, if an endpoint is named; without one nothing is even imported.

    UsageError: one is named and the packages are not installed.
    """
    if not any(environment.get(name) for name in ENDPOINTS):
        yield
        return
    if importlib.util.find_spec("opentelemetry") is None or importlib.util.find_spec("opentelemetry.sdk") is None:
        remedy = "pip install 'syndicate-press[otel]', or unset it"
        raise UsageError("asks for spans, and OpenTelemetry is not installed", subject=ENDPOINTS[-1], remedy=remedy)
    begin, end = _provider()
    listen(begin)
    try:
        yield
    finally:
        listen(None)
        end()


def _provider() -> tuple[Callable[[str, dict[str, str | int]], AbstractContextManager[Span]], Callable[[], None]]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import Status, StatusCode

    name = os.environ.get("OTEL_SERVICE_NAME", "syndicate")
    provider = TracerProvider(resource=Resource.create({"service.name": name, "service.version": __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("syndicate", __version__)

    @contextmanager
    def begin(of: str, attributes: dict[str, str | int]) -> Iterator[Span]:
        named = {f"syndicate.{key}": value for key, value in attributes.items()}
        # The words of an error may hold what nobody else should read: its kind is all that is told.
        with tracer.start_as_current_span(
            of, attributes=named, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    return begin, provider.shutdown
