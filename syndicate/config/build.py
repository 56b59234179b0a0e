# SPDX-License-Identifier: Apache-2.0
"""Sections that passed every check, turned into the nouns of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parseaddr

from syndicate import model
from syndicate.config import delivery, schema
from syndicate.config.records import records
from syndicate.config.schema import Security

_PAGES = {
    True: model.WebPages.ALWAYS,
    False: model.WebPages.NEVER,
    "when-unknown": model.WebPages.WHEN_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server. The password is left out of the representation."""

    host: str = "localhost"
    port: int = 25
    security: Security = "none"
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Returns:
    """Where bounces and complaints arrive; "" is nowhere. The password is left out of the representation."""

    maildir: str = ""
    imap_host: str = ""
    imap_port: int = 993
    imap_username: str = ""
    imap_password: str = field(default="", repr=False)
    imap_folder: str = "INBOX"
    lmtp: str = ""


@dataclass(frozen=True, slots=True)
class Dkim:
    """A signature of our own; selector "" is none."""

    selector: str = ""
    key_file: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How mail goes out. ``unknown`` is "resend" or "hold", ``bounces`` an address, "" for the usual one."""

    connections: int = 10
    pace: model.Pace = field(default_factory=model.Pace)
    unknown: str = "resend"
    bounces: str = ""
    returns: Returns = field(default_factory=Returns)
    dkim: Dkim = field(default_factory=Dkim)


@dataclass(frozen=True, slots=True)
class Network:
    """How the poller asks: ``pause`` and ``timeout`` in seconds, ``max_size`` in bytes."""

    allow_private: bool = False
    per_host: int = 2
    pause: int = 1
    timeout: int = 30
    max_size: int = 10_000_000
    name_server: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """All that an operator decided. ``database`` and ``output`` stay as written: relative to the file's folder.

    ``added`` are the ids of those sources that do not stand in the file.
    """

    site: model.Site
    database: str
    output: str
    log: str
    smtp: Smtp
    smtp_given: bool
    delivery: Delivery
    network: Network
    remote_console: bool
    metrics_key: str
    publishers: Mapping[str, model.Publisher]
    sources: tuple[model.Source, ...]
    added: frozenset[str]
    channels: tuple[model.Channel, ...]


def build(
    file: schema.File, licence: Callable[[str], model.Licence | None], added: Sequence[model.Source] = ()
) -> Config:
    """Nouns of a valid ``file``; ``licence`` resolves licence ids, as it did for the checks.

    Of sources that were ``added`` beside the file, those that stand in it too, by id or address, are left out.
    """
    found = {key: records(key, terms, licence) for key, terms in file.terms.items()}
    publishers = {
        key: model.Publisher(key, section.name, section.home, _terms(section.terms, found, licence))
        for key, section in file.publishers.items()
    }
    sources = tuple(model.Source(s.id, s.url, publishers[s.publisher], s.every, _PAGES[s.pages]) for s in file.sources)
    more = joined(publishers, sources, added)
    site = model.Site(
        file.site.name,
        file.site.url,
        file.site.contact,
        file.site.timezone,
        frozenset(map(model.Republisher, file.site.republisher)),
    )
    return Config(
        site=site,
        database=file.database,
        output=file.output,
        log=file.log,
        smtp=Smtp(**file.smtp.model_dump()),
        smtp_given="smtp" in file.model_fields_set,
        delivery=_delivery(file.delivery),
        network=Network(**file.network.model_dump()),
        remote_console=file.console.remote,
        metrics_key=file.console.metrics_key,
        publishers=publishers | {source.publisher.id: source.publisher for source in more},
        sources=(*sources, *more),
        added=frozenset(source.id for source in more),
        channels=tuple(_channel(key, section, site, file.delivery) for key, section in file.channels.items()),
    )


def joined(
    publishers: Mapping[str, model.Publisher], sources: Sequence[model.Source], added: Sequence[model.Source]
) -> tuple[model.Source, ...]:
    """Those of the ``added`` sources that are not among ``sources`` by id or address, with their known publishers."""
    taken = {source.id for source in sources} | {source.url for source in sources}
    return tuple(
        replace(source, publisher=publishers.get(source.publisher.id, source.publisher))
        for source in added
        if taken.isdisjoint((source.id, source.url))
    )


def _delivery(section: delivery.Delivery) -> Delivery:
    pace = model.Pace(section.per_second, section.per_hour, section.domain_per_minute)
    return Delivery(
        section.connections,
        pace,
        section.unknown,
        section.bounces,
        Returns(**section.returns.model_dump()),
        Dkim(**section.dkim.model_dump()),
    )


def _leave_by_mail(sender: str, post: delivery.Delivery) -> str:
    """Where bounces go, if that is a place that we read."""
    places = post.returns
    if not (places.maildir or places.imap_host or places.lmtp):
        return ""
    return post.bounces or f"bounces@{parseaddr(sender)[1].rpartition('@')[2]}"


def _terms(
    name: str,
    found: Mapping[str, tuple[model.Record, ...]],
    licence: Callable[[str], model.Licence | None],
) -> tuple[model.Record, ...]:
    if not name or name in found:
        return found.get(name, ())
    named = licence(name)
    return (model.Record(key=named.id, licence=named),) if named else ()


def _channel(key: str, section: schema.Channel, site: model.Site, post: delivery.Delivery) -> model.Channel:
    kind = model.ChannelKind(section.kind)
    digest = kind is model.ChannelKind.DIGEST
    return model.Channel(
        id=key,
        kind=kind,
        medium=model.Medium(section.medium or ("email" if digest else "web")),
        purpose=model.Purpose(section.purpose),
        ads=model.Ads[section.ads.upper()],
        paid=section.paid,
        formats=section.formats if kind is model.ChannelKind.FEED else (),
        limit=section.limit or (50 if digest else 100),
        select=_select(section.select),
        title=section.title,
        schedule=section.schedule,
        timezone=section.timezone or site.timezone,
        backfill=section.backfill,
        max_size=section.max_size,
        sender=section.sender,
        subject=section.subject,
        signup=section.signup,
        nothing_new=section.nothing_new,
        leave_by_mail=_leave_by_mail(section.sender, post),
        group=section.group,
        themes=section.themes,
        sale=section.sale,
        donations=section.donations,
        beacons=model.Beacons(section.beacons),
        consent=tuple(map(model.Interest, section.consent)),
        republisher=site.republisher,
    )


def _select(section: schema.Select) -> model.Select:
    # Spec: RFC 5646 2.1
    languages = tuple(language.split("-")[0].lower() for language in section.languages)
    return model.Select(section.sources, section.categories, languages, section.include, section.exclude)
