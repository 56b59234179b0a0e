# SPDX-License-Identifier: Apache-2.0
"""Every key of the configuration: its type, its default and what it is for.

This is the one place where keys are described; docs/configuration.md is generated from it. Cross-checks between keys
stand here too, each at the key that has to change; what they need to know of the rest comes as ``Names`` in the
validation context.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from syndicate.config import values as v
from syndicate.config.delivery import Delivery
from syndicate.config.section import Section, key, names
from syndicate.config.suggest import did_you_mean
from syndicate.config.terms import Terms


def _declared(name: str, known: frozenset[str], section: str) -> str:
    if name not in known:
        raise v.refuse(f"is not among {section}{did_you_mean(name, known) or '; add it there'}")
    return name


def _publisher(name: str, info: ValidationInfo) -> str:
    return _declared(name, names(info).publishers, "publishers")


def _source(name: str, info: ValidationInfo) -> str:
    return _declared(name, names(info).sources, "sources")


PublisherName = Annotated[str, AfterValidator(_publisher), v.Form("a key of `publishers`")]
SourceName = Annotated[str, AfterValidator(_source), v.Form("a source id")]


Security = Literal["none", "starttls", "tls"]


class Site(Section):
    """Who publishes. Stands in every feed, page and mail."""

    name: v.Line = key(..., "Name of the site.", shown="Riverside Bulletin")
    url: v.BaseUrl = key(..., "Public base address of the pages and feeds.", shown="https://bulletin.example")
    contact: v.Email = key(
        ...,
        "Where publishers and readers reach a person; also sent to the servers that we poll.",
        shown="editor@bulletin.example",
    )
    timezone: v.Zone = key("UTC", "For schedules and for the dates that readers see.")
    republisher: Annotated[tuple[Literal["nonprofit", "newsroom", "accredited", "community_site"], ...], v.Words] = key(
        (), "What you are, for terms that permit only some to republish. A declaration of yours; be ready to prove it."
    )


class Smtp(Section):
    """The mail server that takes our post."""

    host: v.Line = key("localhost", "Its name or address.")
    port: Annotated[int, Field(ge=1, le=65535)] = key(25, "Its port: 25, 465 with `tls`, 587 with `starttls`.")
    security: Security = key("none", "How the connection is protected.")
    username: str = key("", "Name to log in with; empty: no login.")
    password: str = key("", "Best given as `SYNDICATE_SMTP__PASSWORD` or `SYNDICATE_SMTP__PASSWORD_FILE`.")

    @field_validator("password")
    @classmethod
    def _has_username(cls, password: str, info: ValidationInfo) -> str:
        if password and info.data.get("username") == "":
            raise v.demand("a password alone is no login; set username too")
        return password


class Network(Section):
    """Where the poller may connect to, and how much it may ask of a host."""

    allow_private: bool = key(
        default=False, text="Also private and loopback addresses. Only for demos and tests: any feed could name them."
    )
    per_host: Annotated[int, Field(ge=1, le=20)] = key(
        2, "Requests at a time to one host; all names of a domain are one host. As many more may be stuck."
    )
    pause: v.MaybeDuration = key(1, "From one request to a host to the next.", shown="1s")
    timeout: v.Duration = key(30, "For a whole answer.", shown="30s")
    max_size: v.Size = key(10_000_000, "Of an answer, unpacked.", shown="10MB")
    name_server: v.MaybeNameServer = key(
        "",
        "Whom we ask for what stands in the DNS: a publisher's line, and what `doctor` looks at. Pages and feeds are "
        "found by the system's own way.",
        shown="the system's",
    )


class Console(Section):
    """The operator's pages at `/admin/`."""

    remote: bool = key(
        default=False,
        text="Whether they answer over the network too. Otherwise only on this computer, or through a tunnel to it.",
    )
    metrics_key: str = key(
        "", "Who sends it as a bearer token may read `/metrics` from elsewhere; without it only this computer may."
    )


class Publisher(Section):
    """An organisation whose work we carry."""

    name: v.Line = key(..., "Its name as credited.", shown="South Desk")
    home: v.MaybeUrl = key("", "Its home page.")
    terms: str = key(
        "",
        "What it permits: a key of `terms`, or a licence id such as `CC-BY-NC-ND-4.0` or `all-rights-reserved`. "
        "Empty: nothing is on record, so its items go out as links unless they carry a licence themselves.",
    )

    @field_validator("terms")
    @classmethod
    def _known(cls, terms: str, info: ValidationInfo) -> str:
        known = names(info)
        if terms and terms not in known.terms and known.licence(terms) is None:
            raise v.refuse(f"is neither a key of terms nor a licence id{did_you_mean(terms, known.terms)}")
        return terms


class Source(Section):
    """A feed that we poll."""

    id: v.Identifier = key(..., "Its short name, unique and kept for ever: item ids depend on it.", shown="south-desk")
    url: v.Url = key(..., "Address of the feed.", shown="https://south.example/feed.xml")
    publisher: PublisherName = key(..., "Whose feed it is: a key of `publishers`.", shown="south-desk")
    every: v.Duration = key(1800, "How often we ask. The publisher's own wishes may make it less often.", shown="30m")
    pages: bool | Literal["when-unknown"] = key(
        "when-unknown",
        "Whether the pages of its items are read for what they say about rights, as robots.txt allows: `true`, "
        "`false`, or only where neither your record nor the feed says anything.",
    )

    @field_validator("id")
    @classmethod
    def _once(cls, name: str, info: ValidationInfo) -> str:
        if name in names(info).repeated:
            raise v.refuse("is the id of another source too; give each its own")
        return name


class Select(Section):
    """Which items a channel considers. An empty list is everything."""

    sources: Annotated[tuple[SourceName, ...], v.Words] = key((), "Only from these sources.")
    categories: Annotated[tuple[str, ...], v.Words] = key((), "Only with one of these categories.")
    languages: Annotated[tuple[str, ...], v.Words] = key(
        (), "Only in these languages, such as `en`; regions are left out."
    )
    include: Annotated[tuple[str, ...], v.Words] = key((), "Only with one of these texts in title or body.")
    exclude: Annotated[tuple[str, ...], v.Words] = key((), "Not with any of these texts in title or body.")


class Channel(Section):
    """One of our outputs. Its medium, purpose, advertising and price decide what the terms of others allow in it."""

    kind: Literal["feed", "digest", "page"] = key(
        ...,
        "What it produces. A `page` on the web is this site: as far as its terms allow, stories stand on its pages. "
        "Without one, the pages are what the strictest of the web feeds is.",
        shown="feed",
    )
    medium: Literal["web", "email", "print"] | None = key(
        None, "How it reaches people.", shown="`email` for a digest, else `web`"
    )
    purpose: Literal["community", "commercial"] = key(
        "community", "`community`: without profit. `commercial`: everything else."
    )
    ads: Literal["none", "around", "inside"] = key("none", "Advertising: `around` the items or `inside` them.")
    paid: bool = key(default=False, text="Whether readers pay for it.")
    sale: bool = key(default=False, text="Whether copies of it are sold one by one.", checked=True)
    donations: bool = key(default=False, text="Whether it asks for gifts. Some terms forbid that beside their items.")
    beacons: Literal["carry", "refuse"] = key(
        "refuse",
        "Counters by which publishers count readers. `refuse`: items whose terms ask for one go out in a lower mode. "
        "`carry`: they are carried where the medium can, and readers are told.",
    )
    consent: Annotated[tuple[Literal["prior_interest", "research", "education"], ...], v.Words] = key(
        (), "What its readers agree to receive it for, where terms ask for such a consent."
    )
    formats: Annotated[tuple[Literal["rss", "atom", "json"], ...], v.Words] = key(
        ("rss", "atom", "json"), "Of a feed: the documents to write."
    )
    limit: Annotated[int, Field(ge=1)] | None = key(
        None, "Items carried; a digest lists the rest by link.", shown="50 for a digest, else 100"
    )
    select: Select = key(Select(), "Which items it considers.", shown="everything")
    title: v.MaybeLine = key("", "Its name for readers.", shown="the name of the site")
    timezone: v.Zone | None = key(None, "For its schedule.", shown="the site's")
    schedule: v.MaybeSchedule = key(
        "",
        "When a digest is made, in its timezone.",
        shown='none; a digest by mail needs one: `"0 7 * * 1"`',
        checked=True,
    )
    backfill: Annotated[int, Field(ge=0)] = key(0, "Items of a source's first poll that this channel may carry.")
    max_size: v.Size = key(
        95_000,
        "Of a digest's HTML part; beyond it items become links, so that no mail program clips the credits.",
        shown="95kB",
    )
    sender: v.MaybeSender = key(
        "",
        "Of a digest: who writes.",
        shown="none; a digest by mail needs one: `Riverside Bulletin <news@bulletin.example>`",
        alias="from",
        checked=True,
    )
    subject: v.MaybeLine = key(
        "{{ site.name }}, {{ date }}",
        "Of a digest. May name `site`, `channel`, `date` and `count`, the number of items.",
    )

    signup: bool = key(
        default=True, text="Whether readers may put themselves on the list of a digest, at `/subscribe`."
    )
    nothing_new: Literal["skip", "note"] = key(
        "skip", "Of a digest, when nothing is new: `skip` the edition, or send a short `note` that says so."
    )
    group: Literal["category", "source", "theme", "none"] = key(
        "category", "By what a digest's stories stand together."
    )
    themes: dict[str, Annotated[tuple[str, ...], v.Words]] = key(
        {}, "With `group: theme`: words by the name of a theme; a story is in the first theme with a word of it."
    )

    @field_validator("ads")
    @classmethod
    def _community_without_ads(cls, ads: str, info: ValidationInfo) -> str:
        if ads == "inside" and info.data.get("purpose") == "community":
            raise v.demand("a community channel carries no ads inside; set purpose: commercial")
        return ads

    @field_validator("paid", "sale")
    @classmethod
    def _community_free(cls, paid: bool, info: ValidationInfo) -> bool:
        if paid and info.data.get("purpose") == "community":
            raise v.demand("a community channel is free of charge; set purpose: commercial")
        return paid

    @field_validator("formats")
    @classmethod
    def _some(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        if not formats:
            raise v.demand("a feed needs a format; name rss, atom or json")
        return tuple(dict.fromkeys(formats))

    @field_validator("subject")
    @classmethod
    def _can_be_used(cls, subject: str, info: ValidationInfo) -> str:
        if subject and (fault := names(info).subject(subject)):
            raise v.refuse(fault)
        return subject

    @field_validator("schedule", "sender")
    @classmethod
    def _mail_has(cls, value: str, info: ValidationInfo) -> str:
        mailed = info.data.get("kind") == "digest" and info.data.get("medium") in {None, "email"}
        if mailed and not value:
            needs = {
                "schedule": 'a schedule; write schedule: "0 7 * * 1"',
                "sender": "a sender; write from: Name <name@host.example>",
            }
            raise v.demand(f"a digest by mail needs {needs[str(info.field_name)]}")
        return value


class File(Section):
    """The whole file."""

    site: Site = key(..., "Who publishes.", shown="name, url and contact below it")
    database: v.Database = key("sqlite:///var/syndicate.db", "Where everything is kept.")
    output: v.Line = key("public", "Folder for feeds and pages, as files for any web server.")
    log: Literal["text", "json"] = key(
        "text",
        "How `run` and `worker` tell what they do: for people, or as one JSON object a line; secrets are masked.",
    )
    smtp: Smtp = key(Smtp(), "The mail server.", shown="as below")
    delivery: Delivery = key(Delivery(), "How mail goes out.", shown="as below")
    network: Network = key(Network(), "How the poller asks.", shown="as below")
    console: Console = key(Console(), "The operator's pages.", shown="as below")
    publishers: dict[v.Identifier, Publisher] = key({}, "Whose work we carry, by id.", shown="none at all")
    terms: dict[v.Identifier, Terms] = key({}, "What publishers permit, by a name of your choice.", shown="none at all")
    sources: tuple[Source, ...] = key((), "What we poll.", shown="none at all")
    channels: dict[v.Identifier, Channel] = key({}, "What we publish, by id.", shown="none at all")
