# SPDX-License-Identifier: Apache-2.0
"""The console as routes: the door, then a room for each address. A look never changes anything; an act is a POST."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from syndicate.errors import SyndicateError
from syndicate.publish.templates import render
from syndicate.serve.admin import words
from syndicate.serve.admin.door import Door
from syndicate.serve.admin.house import Answer, Finished, Go, House, Room, View, Visit
from syndicate.serve.admin.rooms import ROOMS
from syndicate.serve.admin.sessions import Session

HTML: Final = "text/html; charset=utf-8"
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with none at all a browser does not say that a form came from here
    "X-Robots-Tag": "noindex",
}
FRAMED: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox",
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}
ASSETS: Final = {
    "console.css": "text/css; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
}

log = logging.getLogger(__name__)


class Console:
    """The routes below /admin/."""

    def __init__(self, house: House) -> None:
        """``house`` is what the rooms show."""
        self._house = house
        self._door = Door(house)

    def routes(self) -> list[BaseRoute]:
        """All of them; the door's own stand before the rooms."""
        rooms = [Route(f"/admin/{path}", self._room(room), methods=methods) for path, methods, room in ROOMS]
        return [
            Route("/admin", self._slash),
            Route("/admin/login", self._login, methods=["GET", "POST"]),
            Route("/admin/logout", self._logout, methods=["POST"]),
            *(Route(f"/admin/{name}", self._asset) for name in ASSETS),
            *rooms,
        ]

    async def _slash(self, request: Request) -> Response:
        self._door.check(request)
        return RedirectResponse(f"{_base(request)}/", 308)

    async def _asset(self, request: Request) -> Response:
        self._door.check(request)
        name = request.url.path.rpartition("/")[2]
        body = await run_in_threadpool(render, self._house.composing.templates, f"admin/{name}")
        return Response(body, headers={"Cache-Control": "no-cache"}, media_type=ASSETS[name])

    async def _login(self, request: Request) -> Response:
        self._door.check(request)
        fault = ""
        if request.method == "POST":
            response, fault = await self._door.come_in(request)
            if response:
                return response
        token = self._door.knock()
        values = {"csrf": token, "fault": fault, "nobody": await run_in_threadpool(self._door.nobody_yet)}
        body = await run_in_threadpool(self._render, request, View("login.html", values), None)
        return self._door.ask(request, Response(body, 403 if fault else 200, HEADERS, media_type=HTML), token)

    async def _logout(self, request: Request) -> Response:
        self._door.check(request)
        session = self._door.session(request)
        if session:
            await self._door.act(request, session)
        return self._door.leave(request)

    def _room(self, room: Room) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            self._door.check(request)
            session = self._door.session(request)
            if session is None:
                return RedirectResponse(f"{_base(request)}/login", 303)
            form, file = await self._door.act(request, session) if request.method == "POST" else ({}, None)
            visit = Visit(session, request.path_params, request.query_params, form, file, request.url.query)
            return await run_in_threadpool(self._answer, request, room, visit)

        return endpoint

    def _answer(self, request: Request, room: Room, visit: Visit) -> Response:
        session = visit.session
        try:
            answer: Answer = room(self._house, visit)
        except SyndicateError as error:
            log.warning("%s: %s", request.url.path, error)
            if visit.form:
                session.fault, session.kept = words.error(error), visit.form
                back = visit.get("back") or ""
                return RedirectResponse(f"{_base(request)}/{back}", 303)
            answer = View("trouble.html", {"error": words.error(error)}, 503)
        if answer is None:
            answer = View("missing.html", status=404)
        if isinstance(answer, Go):
            session.said = answer.said
            return RedirectResponse(f"{_base(request)}/{answer.to}", 303)
        if isinstance(answer, Finished):
            kept = {"Content-Disposition": f'attachment; filename="{answer.name}"'} if answer.name else {}
            return Response(answer.body, headers=FRAMED | kept, media_type=answer.media_type)
        body = self._render(request, answer, session)
        session.said, session.fault, session.kept = "", "", {}
        return Response(body, answer.status, HEADERS, media_type=HTML)

    def _render(self, request: Request, view: View, session: Session | None) -> str:
        shell: Mapping[str, object] = {
            "site": self._house.config.site,
            "base": _base(request),
            "root": f"{request.scope.get('root_path', '')}/",
            "session": session,
            "waiting": self._waiting() if session else 0,
            "w": words,
            "local": self._house.local,
        }
        return render(self._house.composing.templates, f"admin/{view.template}", **shell, **view.values)

    def _waiting(self) -> int:
        with self._house.read() as tx:
            return len(tx.suggestions.all())


def _base(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/admin"
