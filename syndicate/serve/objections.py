# SPDX-License-Identifier: Apache-2.0
"""The way of an objection through the pages: ask, show that one speaks for the publisher, done."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syndicate.errors import LimitError, SyndicateError
from syndicate.model import Publisher
from syndicate.pipeline import objecting
from syndicate.pipeline.objecting import DOMAIN, FILE, MAIL, NAME, Objection
from syndicate.publish.page import Message

Say = Callable[..., Response]
Form = Callable[..., Awaitable[Response]]
Read = Callable[[Request], Awaitable[dict[str, str]]]

NO_STORY: Final = "we carry no story of theirs under that address. Copy it from its page here, or from theirs."
TOO_OFTEN: Final = Message(
    "Too often within an hour",
    ("So many objections were asked for that we stop here for an hour. Nothing was changed.",),
)
LOOK: Final = Message(
    "Now look in their mail",
    ("If an address of this publisher is on record here, a message to it is on its way. Press the button in it.",),
    foot="We show this same page whether or not an address is on record.",
)
RECORDED: Final = Message(
    "It is on record",
    ("It holds from now on: with the next edition it is left out. You can take it back by writing to us.",),
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Objecting:
    """What objections need of the house; the callables may block, those that are awaited do not."""

    publisher: Callable[[str], Publisher | None]
    ask: Callable[[str, str, str, str], Objection | None]
    token: Callable[[Objection], str]
    waiting: Callable[[str, str], Objection | None]
    write: Callable[[Objection], Awaitable[None]]
    look: Callable[[Objection], Awaitable[bool]]
    record: Callable[[Objection], None]


class Objections:
    """One method a route."""

    def __init__(self, house: Objecting, say: Say, form: Form, read: Read) -> None:
        """``say`` answers with a message, ``form`` with a form, ``read`` gives the fields of one."""
        self._house = house
        self._say = say
        self._form = form
        self._read = read

    def routes(self) -> list[Route]:
        """The addresses."""
        both = ["GET", "POST"]
        return [
            Route("/publishers/{publisher}/object", self.object, methods=both),
            Route("/objections/domain/{token}", self.domain, methods=both),
            Route("/objections/{token}", self.mail, methods=both),
        ]

    async def object(self, request: Request) -> Response:
        """GET shows the form, POST asks; the answer is the same whether or not there is an address to write to."""
        publisher = self._house.publisher(request.path_params["publisher"])
        if publisher is None:
            raise HTTPException(404)
        if request.method != "POST":
            return await self._asked(publisher, request.query_params.get("story", ""))
        form = await self._read(request)
        story = form.get("story", "").strip() if form.get("what") == "one" else ""
        how = DOMAIN if form.get("how") == DOMAIN else MAIL
        network = request.client.host if request.client else ""
        if form.get("what") == "one" and not story:
            return await self._asked(publisher, story, NO_STORY)
        try:
            found = await run_in_threadpool(self._house.ask, publisher.id, story, how, network)
        except LimitError:
            return self._say(TOO_OFTEN, 429)
        if found is None and story:
            return await self._asked(publisher, story, NO_STORY)
        if found is not None and how == DOMAIN:
            return await self._placed(found, await run_in_threadpool(self._house.token, found))
        response = self._say(LOOK)
        response.background = BackgroundTask(self._write, found)
        return response

    async def _write(self, found: Objection | None) -> None:
        if found is None:
            return
        try:
            await self._house.write(found)
        except SyndicateError as error:
            log.warning("a publisher who objects could not be written to: %s", error)

    async def mail(self, request: Request) -> Response:
        """GET asks, POST records what the mail was about."""
        found = await self._found(MAIL, request)
        if request.method == "POST":
            await run_in_threadpool(self._house.record, found)
            return self._say(RECORDED)
        return self._say(
            Message(
                f"Object for {found.publisher.name}?",
                (f"You object to {_what(found)}. It is left out from the next edition on.",),
                "Yes, leave it out",
                foot="It was not you? Close this page and nothing happens.",
            )
        )

    async def domain(self, request: Request) -> Response:
        """GET shows where to place the line, POST looks for it."""
        found, token = await self._found(DOMAIN, request), request.path_params["token"]
        if request.method != "POST":
            return await self._placed(found, token)
        try:
            seen = await self._house.look(found)
        except LimitError:
            return self._say(TOO_OFTEN, 429)
        return self._say(RECORDED) if seen else await self._placed(found, token, looked=True)

    async def _found(self, how: str, request: Request) -> Objection:
        found = await run_in_threadpool(self._house.waiting, how, request.path_params["token"])
        if found is None:
            raise HTTPException(404)
        return found

    async def _asked(self, publisher: Publisher, story: str, error: str = "") -> Response:
        host = objecting.host_of(publisher)
        return await self._form("pages/object.html", publisher=publisher, story=story, error=error, host=host)

    async def _placed(self, found: Objection, line: str, *, looked: bool = False) -> Response:
        name = f"{NAME}{found.where.partition(':')[0]}"
        file = f"{found.publisher.home.partition(':')[0]}://{found.where}{FILE}"
        known = {"publisher": found.publisher, "what": _what(found), "file": file, "txt": name, "line": line}
        return await self._form("pages/placed.html", looked=looked, **known)


def _what(found: Objection) -> str:
    return f"“{found.title}”" if found.story else f"everything of {found.publisher.name}"
