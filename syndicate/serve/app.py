# SPDX-License-Identifier: Apache-2.0
"""The web application: feeds as finished bytes, pages, digests, and the two acts a reader can do by a link in a mail.

A GET never changes anything: link scanners and mail programs open every link. A POST to the same address acts, with or
without the one-click body, and needs no cookie. Spec: RFC 8058 3.1, 3.2.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import available_timezones

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from syndicate.deliver import tokens
from syndicate.errors import SyndicateError
from syndicate.pipeline import cadence
from syndicate.pipeline.pages import Gone
from syndicate.pipeline.site import Finished
from syndicate.publish.page import Message as Words
from syndicate.publish.page import render_form, render_message
from syndicate.serve import words
from syndicate.serve.documents import FEED_TYPES, Shelf, answer
from syndicate.serve.objections import Objections
from syndicate.serve.ports import Ports
from syndicate.serve.quick import HEADERS, Quick
from syndicate.serve.rack import Rack

HTML: Final = "text/html; charset=utf-8"
PAGE_CACHE: Final = {"Cache-Control": "public, max-age=0, must-revalidate"}
NEVER_CACHE: Final = {"Cache-Control": "no-store"}
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The mail carries its styles in its own markup, as mail must; it still may load, run and send nothing.
MAIL_POLICY: Final = POLICY.replace("style-src 'self'", "style-src 'unsafe-inline'").replace(
    "form-action 'self'", "form-action 'none'"
)
SAFE_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
NOT_OURS: Final = "not our token"
NOBODYS: Final = "the token of a test mail"
METHOD_NOT_ALLOWED: Final = 405
LONGEST_FORM: Final = 10_000
_OFF: Final = frozenset({"suppressed", "erased"})
_ZONES: Final = tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))

log = logging.getLogger(__name__)


def build_app(ports: Ports, console: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The application over ``ports``; it keeps no state but a cache of feeds and pages. ``console`` are more routes."""
    desk, shelf = Desk(ports), Shelf(ports.feeds)
    app = Starlette(
        routes=[
            Route("/feeds/{name}", desk.feed),
            Route("/confirm/{token}", desk.confirm, methods=["GET", "POST"]),
            Route("/unsubscribe/{token}", desk.unsubscribe, methods=["GET", "POST"]),
            Route("/preferences/{token}", desk.preferences, methods=["GET", "POST"]),
            Route("/subscribe", desk.subscribe, methods=["GET", "POST"]),
            *desk.objections.routes(),
            Route("/receipts.pem", desk.receipt_key),
            Route("/healthz", desk.healthz),
            Route("/readyz", desk.readyz),
            *console,
            Route("/{path:path}", desk.page),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: desk.missing, SyndicateError: desk.broken},
    )
    # The proxy in front, if there is one, runs on this computer: it says who asked.
    return Quick(
        cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app))),
        shelf,
        urlsplit(ports.site.url).path.rstrip("/"),
        SAFE_HEADERS,
    )


def _network(request: Request) -> str:
    return request.client.host if request.client else ""


def _policy(finished: Finished) -> dict[str, str]:
    """What a page may load: pictures of others only where it shows any, styles of its own only where it is a mail."""
    policy = MAIL_POLICY if finished.mail else POLICY
    if b"<img" in finished.body:
        policy = policy.replace("img-src 'self'", "img-src 'self' https: http:")
    return {"Content-Security-Policy": policy}


class SafeHeaders:
    """Puts the security headers on every answer that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        """``app`` is what stands behind."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the head of the answer."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, complete)


class Desk:
    """One method a route."""

    def __init__(self, ports: Ports) -> None:
        """``ports`` is everything the desk knows of the house."""
        self._ports = ports
        self._rack = Rack(ports.page, ports.version)
        self.objections = Objections(ports.objecting, self._say, self._form, self._read_form)

    async def page(self, request: Request) -> Response:
        """GET of a page; 410 with the reason for what may be shown no longer. Spec: RFC 9110 15.5.11."""
        return await self._page(request, request.url.path, {})

    async def feed(self, request: Request) -> Response:
        """GET /feeds/CHANNEL, or a feed that a browser opens: what it is for, and what is in it."""
        name: str = request.path_params["name"]
        channel, _, ending = name.rpartition(".")
        if ending in FEED_TYPES and request.headers.get("sec-fetch-dest") == "document":
            name = channel
        return await self._page(request, f"/feeds/{name}", {"Vary": HEADERS["Vary"]})

    async def _page(self, request: Request, path: str, headers: Mapping[str, str]) -> Response:
        found = await run_in_threadpool(self._rack.get, path)
        if found is None and path.startswith("/digests/"):
            return self._say(words.NO_DIGEST, 404)
        if found is None:
            raise HTTPException(404)
        if isinstance(found, Gone):
            return self._say(
                words.gone("digest" if path.startswith("/digests/") else "story", found, self._contact), 410
            )
        finished, document = found
        return answer(request, document, {**PAGE_CACHE, **_policy(finished), **headers})

    @property
    def _contact(self) -> str:
        return self._ports.site.contact

    async def confirm(self, request: Request) -> Response:
        """GET asks, POST /confirm/TOKEN begins the letters."""
        subscriber = await self._reader(request, "confirm")
        if request.method == "POST":
            await run_in_threadpool(self._ports.confirm, subscriber, request.path_params["token"], _network(request))
            return self._say(words.CONFIRMED)
        letter = await run_in_threadpool(self._ports.letter, subscriber)
        return self._say(words.shall_we_start(letter))

    async def unsubscribe(self, request: Request) -> Response:
        """GET asks, POST /unsubscribe/TOKEN ends the letters; the one-click body is welcome but not needed."""
        subscriber = await self._reader(request, "unsubscribe")
        if request.method == "POST":
            await run_in_threadpool(self._ports.unsubscribe, subscriber)
            return self._say(words.UNSUBSCRIBED)
        letter = await run_in_threadpool(self._ports.letter, subscriber)
        return self._say(words.stop_it(letter))

    async def preferences(self, request: Request) -> Response:
        """GET shows, POST /preferences/TOKEN changes how often and when; for whoever left it is the way back."""
        subscriber = await self._reader(request, "preferences")
        letter = await run_in_threadpool(self._ports.letter, subscriber)
        if letter is None or letter.state in _OFF:
            return self._say(words.off(self._contact))
        if request.method == "POST" and letter.state == "unsubscribed":
            token = request.path_params["token"]
            back = await run_in_threadpool(self._ports.come_back, subscriber, token, _network(request))
            return self._say(words.BACK if back else words.off(self._contact))
        if request.method == "POST":
            form = await self._read_form(request)
            chosen = cadence.read("@".join(form.get(name, "") for name in ("every", "hour", "zone")))
            if chosen is None and form.get("every") != "":  # "" is a choice of the form: as it is sent to everybody
                return self._say(words.NO_CHOICE, 400)
            await run_in_threadpool(self._ports.prefer, subscriber, chosen)
            return self._say(words.SAVED)
        if letter.state == "unsubscribed":
            return self._say(words.come_back(letter))
        return await self._form("pages/preferences.html", letter=letter, zones=_ZONES)

    async def subscribe(self, request: Request) -> Response:
        """GET /subscribe shows the lists, POST asks the address; the answer is the same whoever is on a list."""
        offers = await run_in_threadpool(self._ports.lists)
        if not offers:
            return self._say(words.NO_LISTS, 404)
        if request.method == "POST":
            form = await self._read_form(request)
            given = (form.get("list") or offers[0].id, form.get("address", ""), _network(request))
            # The work is done when the answer has gone out: it takes no longer for an address that we know.
            response = self._say(words.LOOK_IN_YOUR_MAIL)
            response.background = BackgroundTask(self._ports.sign_up, *given)
            return response
        return await self._form("pages/subscribe.html", offers=offers)

    async def _read_form(self, request: Request) -> dict[str, str]:
        """The fields of a form, of bounded length; nothing for what is no form."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_FORM:
                raise HTTPException(413)
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))

    async def _form(self, template: str, **values: object) -> Response:
        body = await run_in_threadpool(render_form, self._ports.frame(), template, self._ports.templates, **values)
        return Response(body, 200, NEVER_CACHE, media_type=HTML)

    async def _reader(self, request: Request, purpose: str) -> int:
        keys = await run_in_threadpool(self._ports.keys)
        subscriber = tokens.read(keys, purpose, request.path_params["token"], self._ports.clock())
        if subscriber is None:
            raise HTTPException(404, NOT_OURS)
        if subscriber == tokens.NOBODY:
            raise HTTPException(404, NOBODYS)
        return subscriber

    async def receipt_key(self, _request: Request) -> Response:
        """GET /receipts.pem: with what publishers check our reports to them."""
        public = await run_in_threadpool(self._ports.receipt_key)
        return Response(public, media_type="application/x-pem-file", headers=PAGE_CACHE)

    async def healthz(self, _request: Request) -> Response:
        """GET /healthz: the process answers."""
        return PlainTextResponse("ok\n", headers=NEVER_CACHE)

    async def readyz(self, _request: Request) -> Response:
        """GET /readyz: 200 once the first cycle is done and the database answers, else 503."""
        try:
            ready = await run_in_threadpool(self._ports.ready)
        except SyndicateError as error:
            log.warning("not ready: %s", error)
            ready = False
        return PlainTextResponse("ok\n" if ready else "not yet\n", 200 if ready else 503, headers=NEVER_CACHE)

    async def missing(self, _request: Request, error: Exception) -> Response:
        """A page for what we do not have or do not do."""
        if not isinstance(error, HTTPException):  # pragma: no cover - Starlette calls it for nothing else
            raise error
        if error.detail == NOT_OURS:
            return self._say(words.bad_link(self._contact), error.status_code)
        if error.detail == NOBODYS:
            return self._say(words.TEST_MAIL, error.status_code)
        message = words.NOT_DONE_HERE if error.status_code == METHOD_NOT_ALLOWED else words.MISSING
        return self._say(message, error.status_code, error.headers)

    async def broken(self, request: Request, error: Exception) -> Response:
        """One plain sentence for the reader; what happened goes to the operator's log."""
        log.error("%s: %s", request.url.path, error)
        return PlainTextResponse("This page cannot be shown now. Try again in a minute.\n", 503, headers=NEVER_CACHE)

    def _say(self, message: Words, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        body = render_message(self._ports.frame(), message, self._ports.templates)
        return Response(body, status, {**NEVER_CACHE, **(headers or {})}, media_type=HTML)
