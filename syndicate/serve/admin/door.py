# SPDX-License-Identifier: Apache-2.0
"""The door of the console: who may knock, who may come in, and what a browser must show with every act."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from syndicate.serve.admin.house import House
from syndicate.serve.admin.passwords import right
from syndicate.serve.admin.sessions import Session, Sessions, Tries

COOKIE: Final = "syndicate_console"
KNOCK: Final = "syndicate_login"
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
LONGEST_FORM: Final = 200_000
LONGEST_FILE: Final = 10_000_000
MOST_FIELDS: Final = 20

File = tuple[str, bytes]
"""Its name, and what is in it."""


class Door:
    """Sessions and failed tries of one daemon."""

    def __init__(self, house: House) -> None:
        """``house`` has the operators and the configuration."""
        self._house = house
        self._sessions = Sessions()
        self._tries = Tries()

    def check(self, request: Request) -> None:
        """Raises a 404 for whoever is not on this computer, unless the console is open to the network."""
        if not self._house.config.remote_console and not is_here(request):
            raise HTTPException(404)

    def session(self, request: Request) -> Session | None:
        """Who is logged in, or None."""
        return self._sessions.get(request.cookies.get(COOKIE, ""), self._house.now())

    async def act(self, request: Request, session: Session) -> tuple[Mapping[str, Sequence[str]], File | None]:
        """The form of an act and its file; raises a 403 unless it comes from a page of ours in this session."""
        form, file = await read_upload(request) if _is_upload(request) else (await read_form(request), None)
        given = next(iter(form.get("csrf", ())), "")
        if not secrets.compare_digest(given.encode(), session.csrf.encode()) or _is_foreign(request):
            raise HTTPException(403)
        return form, file

    def knock(self) -> str:
        """A token for the form of the login, which its cookie repeats."""
        return secrets.token_urlsafe(32)

    def ask(self, request: Request, response: Response, token: str) -> Response:
        """The page with the login form, with its cookie."""
        self._bake(request, response, KNOCK, token)
        return response

    async def come_in(self, request: Request) -> tuple[Response | None, str]:
        """A try to log in: the way in, or None with what to say; wrong name and wrong password are told alike."""
        form = await read_form(request)
        values = {name: next(iter(values), "") for name, values in form.items()}
        token = request.cookies.get(KNOCK, "")
        if not token or not secrets.compare_digest(values.get("csrf", "").encode(), token.encode()):
            return None, "The form was open for too long, or cookies are switched off. Try again."
        name, now = values.get("name", "").strip(), self._house.now()
        keys = (f"network {request.client.host if request.client else ''}", f"name {name.casefold()}")
        if wait := self._tries.wait(keys, now):
            return None, f"Too many tries. The next is possible in {-(-wait // 60)} min."
        # Counted before the password is looked at: tries that come together would all find that none has failed yet.
        tried = self._tries.begin(keys, now)
        if not await run_in_threadpool(self._is_right, name, values.get("password", "")):
            return None, "Name or password is not right."
        self._tries.forget(tried)
        response = RedirectResponse(f"{request.scope.get('root_path', '')}/admin/", 303)
        self._bake(request, response, COOKIE, self._sessions.begin(name, now))
        response.delete_cookie(KNOCK, path=self._path(request))
        return response, ""

    def leave(self, request: Request) -> Response:
        """End the session."""
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response = RedirectResponse(f"{request.scope.get('root_path', '')}/admin/login", 303)
        response.delete_cookie(COOKIE, path=self._path(request))
        return response

    def nobody_yet(self) -> bool:
        """Whether no operator has a password yet."""
        with self._house.read() as tx:
            return not tx.operators.all()

    def _is_right(self, name: str, password: str) -> bool:
        with self._house.read() as tx:
            operator = tx.operators.get(name)
        return right(operator.password_hash if operator else None, password)

    def _bake(self, request: Request, response: Response, name: str, token: str) -> None:
        secure = request.url.scheme == "https" or self._house.config.remote_console
        path = self._path(request)
        response.set_cookie(name, token, httponly=True, samesite="strict", secure=secure, path=path)

    @staticmethod
    def _path(request: Request) -> str:
        return f"{request.scope.get('root_path', '')}/admin"


async def read_form(request: Request) -> Mapping[str, Sequence[str]]:
    """The fields of a form, of bounded length."""
    body = b"".join([chunk async for chunk in _bounded(request, LONGEST_FORM)])
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


async def read_upload(request: Request) -> tuple[Mapping[str, Sequence[str]], File | None]:
    """The fields of a form with at most one file, and that file, of bounded length."""
    parser = MultiPartParser(request.headers, _bounded(request, LONGEST_FILE), max_files=1, max_fields=MOST_FIELDS)
    try:
        found = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400) from error
    form: dict[str, list[str]] = {}
    file: File | None = None
    for name, value in found.multi_items():
        if isinstance(value, UploadFile):
            file = (value.filename or name, await value.read()) if value.filename else None
            await value.close()
        else:
            form.setdefault(name, []).append(value)
    return form, file


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes]:
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > most:
            raise HTTPException(413)
        yield chunk


def _is_upload(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")


def is_here(request: Request) -> bool:
    """Whether the request comes from this computer itself: not through a proxy, and not for another name.

    A page of a stranger could give its own name our address; the Host header still says its name.
    """
    client = request.client.host if request.client else ""
    name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    proxied = any(header in request.headers for header in FORWARDED)
    return _is_loopback(client) and (name == "localhost" or _is_loopback(name)) and not proxied


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _is_foreign(request: Request) -> bool:
    """Whether the browser says that another site sent the form."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
