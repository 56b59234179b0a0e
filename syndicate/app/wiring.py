# SPDX-License-Identifier: Apache-2.0
"""What is open, and everything that is built from it.

Adapters are imported where they are wired, so that a command starts only what it uses.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from jinja2 import Environment

from syndicate import __version__
from syndicate.app.live import Live
from syndicate.config import Config, joined
from syndicate.config.listing import Setting
from syndicate.deliver.files import release_feeds
from syndicate.errors import SyndicateError, UsageError
from syndicate.model import Channel, ChannelKind, Medium, Publisher, Source, Verified
from syndicate.pipeline import adding, prospect
from syndicate.pipeline.adding import House, Wish
from syndicate.pipeline.compose import Composing
from syndicate.pipeline.deciding import on_record
from syndicate.pipeline.discover import Looking
from syndicate.pipeline.doctor import Finding, Lookup, Mail, examine
from syndicate.pipeline.letters import domain_of
from syndicate.pipeline.poll import Polling
from syndicate.pipeline.ports import PageFetcher, PageReader
from syndicate.pipeline.post import Posting
from syndicate.pipeline.prospect import Seen
from syndicate.pipeline.returns import Returning
from syndicate.pipeline.site import Press
from syndicate.pipeline.standing import may_go_out
from syndicate.pipeline.turns import HostTurns
from syndicate.pipeline.webpages import Browsing
from syndicate.schedule import workers
from syndicate.schedule.cycle import Report, Work, cycle
from syndicate.serve.ports import Ports
from syndicate.store import Gauges, Manners, Store

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from syndicate.deliver.dkim import Signer
    from syndicate.intake.client import Client
    from syndicate.serve.admin.console import Console

PARSERS = 2  # child processes that read documents


@dataclass(frozen=True)
class App:
    """An open configuration and database, with everything built from them.

    ``sources`` and ``publishers`` are those of the configuration and those added by command; ``refresh`` keeps them so.
    ``settings`` are the values as they stand in the file and the environment now.
    """

    config: Config
    folder: Path
    store: Store
    templates: Environment
    clock: Callable[[], datetime]
    sources: Live[Source]
    publishers: Live[Publisher]
    settings: Callable[[], list[Setting]]

    @property
    def output(self) -> Path:
        """Where finished files go."""
        return self.folder / self.config.output

    @property
    def composing(self) -> Composing:
        """What compose and release need."""
        return self.composing_with(self.templates)

    def composing_with(self, templates: Environment) -> Composing:
        """The same with other templates."""
        config = self.config
        return Composing(self.store, self.clock, config.site, self.publishers, templates, self.store.secret())

    @property
    def posting(self) -> Posting:
        """What delivering needs."""
        from syndicate.deliver.smtp import Relay

        smtp = self.config.smtp
        relay = Relay(smtp.host, smtp.port, smtp.security, username=smtp.username, password=smtp.password)
        delivery = self.config.delivery
        return Posting(
            self.store,
            relay,
            self.clock,
            workers.name(),
            workers.is_gone,
            stop=may_go_out(self.composing),
            connections=delivery.connections,
            pace=delivery.pace,
            resend=delivery.unknown == "resend",
            bounces=delivery.bounces,
            sign=self.signer(),
        )

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """An open client that says who we are, for as long as the context lasts."""
        from syndicate.intake.client import Client, Limits

        site, network = self.config.site, self.config.network
        agent = f"syndicate/{__version__} (+{site.url}; {site.contact})"
        limits = Limits(network.timeout, network.max_size, per_host=network.per_host)
        async with Client(agent, allow_private=network.allow_private, limits=limits) as client:
            yield client

    @asynccontextmanager
    async def pages_of_others(self) -> AsyncIterator[PageFetcher]:
        """A polite reader of publishers' web pages, for as long as the context lasts."""
        from syndicate.intake.pages import Pages

        async with self.client() as client:
            yield Pages(client, pause=max(self.config.network.pause, 1), turns=HostTurns(self.store, self.clock))

    def signer(self) -> Signer | None:
        """What signs our mail, None if the relay does; raises UsageError for a key that cannot be used."""
        dkim = self.config.delivery.dkim
        if not dkim.selector:
            return None
        from syndicate.deliver.dkim import signer

        file = self.folder / dkim.key_file
        try:
            pem = file.read_bytes()
        except OSError as error:
            remedy = "set delivery.dkim.key_file"
            raise UsageError(error.strerror or "cannot be read", subject=str(file), remedy=remedy) from error
        return signer(pem, dkim.selector, dkim.domain, place=str(file))

    def examine(self, lookup: Lookup, addresses: Sequence[str]) -> list[Finding]:
        """What ``doctor`` finds for digests by mail that leave from ``addresses``, else from a relay elsewhere.

        Raises DeliveryError if the DNS does not answer.
        """
        signer, bounces = self.signer(), self.config.delivery.bounces
        mails = []
        for channel in self.config.channels:
            if channel.kind is ChannelKind.DIGEST and channel.medium is Medium.EMAIL:
                domain = domain_of(channel.sender)
                envelope = domain_of(bounces) if bounces else domain
                by = (signer.domain or domain, signer.selector, signer.public) if signer else ("", "", "")
                mails.append(Mail(domain, envelope, *by))
        relay = [] if addresses else [one for one in lookup.addresses(self.config.smtp.host) if not _is_here(one)]
        return examine(lookup, mails, [*addresses, *relay])

    @property
    def returning(self) -> Returning:
        """What taking returned mail needs."""
        return Returning(self.store, self.clock)

    def returned_mail(self) -> list[Callable[[], int]]:
        """A reader for each place where bounces and complaints arrive; each says how many it took."""
        from syndicate.deliver.mailboxes import Imap, Maildir

        where, take = self.config.delivery.returns, self.returning.take
        readers: list[Callable[[], int]] = []
        if where.maildir:
            readers.append(lambda: Maildir(self.folder / where.maildir).read(take))
        if where.imap_host:
            imap = Imap(where.imap_host, where.imap_username, where.imap_password, where.imap_port, where.imap_folder)
            readers.append(lambda: imap.read(take))
        return readers

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Take returned mail by LMTP for as long as the context lasts, if the configuration says where."""
        from syndicate.deliver.mailboxes import lmtp

        host, _, port = self.config.delivery.returns.lmtp.rpartition(":")
        if not port:
            yield
            return
        async with lmtp(host, int(port), self.returning.take):
            yield

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[Polling]:
        """What a poll needs, for as long as the context lasts."""
        from syndicate.intake.fetch import Fetcher
        from syndicate.intake.sandbox import Reader

        reader = Reader(workers=min(PARSERS, os.cpu_count() or 1), loaded=("syndicate.rights.heard",))
        try:
            async with self.client() as client:
                yield Polling(
                    self.store,
                    Fetcher(client),
                    reader,
                    self.clock,
                    self.sources,
                    self.publishers,
                    Manners(self.config.network.per_host, self.config.network.pause),
                    workers.name(),
                    workers.is_gone,
                )
        finally:
            await reader.close()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[Looking]:
        """What looking at a new address needs, for as long as the context lasts."""
        from syndicate.intake.fetch import Fetcher
        from syndicate.intake.pages import Pages
        from syndicate.intake.sandbox import Reader

        reader = Reader()
        try:
            async with self.client() as client:
                yield Looking(Fetcher(client), Pages(client), reader, self.clock)
        finally:
            await reader.close()

    async def look(self, wish: Wish, number: int) -> Seen:
        """A source as it would be added; see ``pipeline/prospect.py``."""
        async with self.looking() as looking:
            known = (self.publishers_on_record(), self.config.channels)
            return await prospect.look(looking, self.house, wish, number, *known)

    def add(self, seen: Seen) -> None:
        """Add what was looked at; what was heard of its terms waits for a person."""
        adding.add(self.store, self.house, [seen.source], self.clock(), seen.heard)
        self.refresh()

    @property
    def house(self) -> House:
        """The sources and publishers that there are."""
        from syndicate.intake.hosts import host_of

        configured = {source.id for source in self.config.sources} - self.config.added
        return House(self.sources.values(), self.publishers, frozenset(self.sources.keys() - configured), host_of)

    def refresh(self) -> None:
        """Take up what was added or removed by command since this was opened."""
        configured = [source for source in self.config.sources if source.id not in self.config.added]
        with self.store.read() as tx:
            added = {source.id: source for source in joined(self.publishers, configured, tx.additions.all())}
        found = {source.id: source for source in configured} | added
        if found != self.sources:
            self.publishers.become({**self.publishers, **{one.publisher.id: one.publisher for one in added.values()}})
            self.sources.become(found)

    def publishers_on_record(self) -> dict[str, Publisher]:
        """The publishers with all terms that hold now."""
        with self.store.read() as tx:
            return on_record(self.publishers, tx, self.clock())

    def release(self, verified: Verified) -> tuple[Path, ...]:
        """Put a proved feed edition where readers find it."""
        return release_feeds(self.output, verified)

    def channel(self, channel_id: str) -> Channel:
        """The channel of that name; raises UsageError."""
        for channel in self.config.channels:
            if channel.id == channel_id:
                return channel
        known = ", ".join(channel.id for channel in self.config.channels)
        raise UsageError("no such channel", subject=channel_id, remedy=f"one of: {known}")

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Everything that a cycle calls on, for as long as the context lasts."""
        async with self.polling() as polling, self.pages_of_others() as fetcher:
            house = (self.composing, self.posting, self.release, self.config.channels)
            more = (self.browsing(polling, fetcher), self.returned_mail(), self.config.smtp_given, self.refresh)
            yield Work(polling, *house, *more, workers.name(), workers.is_gone)

    def browsing(self, polling: Polling, fetcher: PageFetcher) -> Browsing:
        """What reading web pages needs, beside an open poller: its child processes read pages too."""
        reader, publishers = cast("PageReader", polling.reader), self.publishers
        return Browsing(self.store, fetcher, reader, self.clock, polling.sources, publishers)

    def pages(self, ready: Callable[[], bool]) -> Ports:
        """What the web server shows and does."""
        from syndicate.app.reading import ports

        return ports(self, ready)

    @property
    def press(self) -> Press:
        """What makes the pages of the site."""
        return Press(self.composing, self.config.channels)

    def receipt_key(self) -> bytes:
        """Our public key in PEM, with which publishers check our reports to them."""
        from syndicate.deliver.seal import seal  # only who asks for the key waits for the cryptography

        return seal(self.store.receipt_key()).public

    @asynccontextmanager
    async def daemon(self, host: str, port: int, tell: Callable[[Report], None]) -> AsyncIterator[int]:
        """Poll, publish, send and serve until the context ends; yields the port."""
        from syndicate.schedule.ticks import ticks
        from syndicate.serve.run import serving

        ready = asyncio.Event()
        pages = serving(self.application(ready.is_set), host, port)
        async with self.work() as work, self.listening(), pages as bound:
            beat = ticks(work, tell)

            async def begin() -> None:
                try:
                    tell(await cycle(work))
                except SyndicateError as error:  # a full disk, say: the ticks try again
                    tell(Report(trouble=[error]))
                ready.set()
                beat.start()

            first = asyncio.create_task(begin())
            try:
                yield bound
            finally:
                first.cancel()
                await asyncio.gather(first, return_exceptions=True)
                if beat.running:
                    beat.shutdown(wait=False)

    def application(self, ready: Callable[[], bool]) -> ASGIApp:
        """All that the daemon serves: the site, the console, the figures."""
        from syndicate.serve.app import build_app
        from syndicate.serve.metrics import metrics_routes

        more = [*self.console().routes(), *metrics_routes(self._gauges, self.config.metrics_key)]
        return build_app(self.pages(ready), more)

    def _gauges(self) -> Gauges:
        return self.store.gauges(self.clock())

    def console(self) -> Console:
        """The operator's pages."""
        from syndicate.app.operating import console

        return console(self)

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def _is_here(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback
