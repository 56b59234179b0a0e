# SPDX-License-Identifier: Apache-2.0
"""What the web server shows to readers and does for them, wired."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from syndicate.model import ChannelKind, Medium
from syndicate.pipeline import cadence, objecting, people
from syndicate.pipeline.objecting import Objection
from syndicate.pipeline.trials import send_letter
from syndicate.publish.confirmation import wording
from syndicate.publish.page_words import channel_name
from syndicate.serve.objections import Objecting
from syndicate.serve.ports import Letter, Offer, Ports

if TYPE_CHECKING:
    from syndicate.app.wiring import App

LONGEST: Final = 10_000
"""Bytes of a file in which a publisher's line is looked for."""


def ports(app: App, ready: Callable[[], bool]) -> Ports:
    """Everything that the server needs of an open app."""
    composing, press = app.composing, app.press
    channels = {channel.id: channel for channel in app.config.channels}
    return Ports(
        site=app.config.site,
        templates=app.templates,
        feeds=app.output / "feeds",
        keys=lambda: app.store.keys(app.clock()),
        clock=app.clock,
        frame=press.frame,
        page=press.page,
        # Terms begin and end by the minute, whether or not anything is written then.
        version=lambda: f"{app.store.version()} {app.clock():%Y-%m-%d %H:%M}",
        letter=lambda reader: _letter(app, reader),
        confirm=lambda reader, token, network: people.confirm(composing, channels, reader, token, network),
        unsubscribe=lambda reader: people.leave(composing, reader),
        come_back=lambda reader, token, network: people.come_back(composing, channels, reader, token, network),
        prefer=lambda reader, chosen: people.prefer(composing, reader, chosen),
        lists=lambda: _lists(app),
        sign_up=lambda channel, email, network: _sign_up(app, channel, email, network),
        objecting=_objecting(app),
        ready=ready,
        receipt_key=app.receipt_key,
    )


def _letter(app: App, subscriber_id: int) -> Letter | None:
    with app.store.read() as tx:
        reader = tx.people.get(subscriber_id)
        barred = reader is not None and tx.people.suppressed(reader.email, "")  # "": on all lists
    if reader is None:
        return None
    named = [channel for channel in app.config.channels if channel.id == reader.channel_id]
    name = named[0].title if named and named[0].title else f"{app.config.site.name}: {reader.channel_id}"
    words, since = "", ""
    if reader.consent is not None and reader.state == "active":  # whoever comes back agrees to what is said now
        words, since = reader.consent.wording, f"{reader.consent.confirmed_at:%d %B %Y}".lstrip("0")
    elif named:
        words = wording(named[0], app.config.site)
    zone = named[0].timezone if named else app.config.site.timezone
    state = "suppressed" if reader.state == "unsubscribed" and (barred or not named) else reader.state
    return Letter(name, words, since, state, cadence.read(reader.cadence), zone)


def _lists(app: App) -> list[Offer]:
    site = app.config.site
    return [
        Offer(channel.id, channel_name(channel, site), wording(channel, site))
        for channel in app.config.channels
        if channel.kind is ChannelKind.DIGEST and channel.medium is Medium.EMAIL and channel.signup
    ]


def _sign_up(app: App, channel_id: str, email: str, network: str) -> None:
    for channel in app.config.channels:
        if channel.id == channel_id and any(offer.id == channel_id for offer in _lists(app)):
            people.sign_up(app.composing, channel, email, network)


def _objecting(app: App) -> Objecting:
    composing = app.composing

    async def write(found: Objection) -> None:
        async def send(to: str, message: bytes) -> None:
            await send_letter(app.posting, app.config.site.contact, to, message)

        await objecting.write(composing, found, send)

    async def look(found: Objection) -> bool:
        from syndicate.deliver.names import Names, server_at

        names = Names(*server_at(app.config.network.name_server))
        async with app.client() as client:

            async def fetch(url: str) -> str:
                reply = await client.get(url, {"Accept": "text/plain"})
                return reply.body[:LONGEST].decode("utf-8", "replace") if reply.status == HTTPStatus.OK else ""

            return await objecting.look(composing, found, fetch, names.texts)

    return Objecting(
        publisher=composing.publishers.get,
        ask=lambda publisher, story, how, network: objecting.ask(composing, publisher, story, how, network),
        token=lambda found: objecting.token(composing, found),
        waiting=lambda how, text: objecting.waiting(composing, how, text),
        write=write,
        look=look,
        record=lambda found: objecting.record(composing, found),
    )
