# SPDX-License-Identifier: Apache-2.0
"""Every key of the configuration: its type, its default and what it is for.

This is the one place where keys are described; docs/configuration.md is generated from it. Cross-checks between keys
stand here too, each at the key that has to change; what they need to know of the rest comes as ``Names`` in the
validation context.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator

from syndicate.config import values as v
from syndicate.config.suggest import did_you_mean
from syndicate.model import Licence


@dataclass(frozen=True, slots=True)
class Names:
    """What the file declares: ids that other keys may name. ``repeated`` are source ids that stand more than once."""

    publishers: frozenset[str]
    terms: frozenset[str]
    sources: frozenset[str]
    repeated: frozenset[str]
    licence: Callable[[str], Licence | None]


def _names(info: ValidationInfo) -> Names:
    return cast("Names", info.context)


def _declared(name: str, known: frozenset[str], section: str) -> str:
    if name not in known:
        raise v.refuse(f"is not among {section}{did_you_mean(name, known) or '; add it there'}")
    return name


def _publisher(name: str, info: ValidationInfo) -> str:
    return _declared(name, _names(info).publishers, "publishers")


def _source(name: str, info: ValidationInfo) -> str:
    return _declared(name, _names(info).sources, "sources")


PublisherName = Annotated[str, AfterValidator(_publisher), v.Form("a key of `publishers`")]
SourceName = Annotated[str, AfterValidator(_source), v.Form("a source id")]


Security = Literal["none", "starttls", "tls"]


class Section(BaseModel):
    """A mapping of the file; other keys than those declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def key(default: Any, text: str, *, shown: str = "", alias: str | None = None, checked: bool = False) -> Any:
    """A key with its ``default`` (``...`` is none) and description.

    ``shown`` is how the reference writes the default or an example; ``checked`` has the default validated as well.
    """
    extra: dict[str, JsonValue] = {"shown": shown}
    return Field(default, description=text, alias=alias, validate_default=checked or None, json_schema_extra=extra)


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
    """Where the poller may connect to."""

    allow_private: bool = key(
        default=False, text="Also private and loopback addresses. Only for demos and tests: any feed could name them."
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
        names = _names(info)
        if terms and terms not in names.terms and names.licence(terms) is None:
            raise v.refuse(f"is neither a key of terms nor a licence id{did_you_mean(terms, names.terms)}")
        return terms


class Grant(Section):
    """One permission. The widest that fits a channel counts; where none fits, `otherwise` does."""

    mode: Literal["full", "excerpt", "link"] = key(..., "How much of an item may be carried.", shown="full")
    words: Annotated[int, Field(ge=0)] = key(0, "With `excerpt`: at most so many words. 0: not limited by words.")
    paragraphs: Annotated[int, Field(ge=0)] = key(
        0, "With `excerpt`: at most so many paragraphs. 0: not limited by paragraphs.", checked=True
    )
    media: Annotated[tuple[Literal["web", "email", "print"], ...], v.Words] = key(
        ("web",), "In which media. Print is withheld unless named here."
    )
    purposes: Annotated[tuple[Literal["community", "commercial"], ...], v.Words] = key(
        ("community",), "For which purposes."
    )
    duties: Annotated[
        tuple[
            Literal["credit", "copyright", "link", "licence", "notices", "unmodified", "position", "window"],
            ...,
        ],
        v.Words,
    ] = key(
        ("credit", "copyright", "link"),
        "What the publisher asks in return. Credit and link are given in any case. A duty that cannot be proved yet "
        "(`position`, `window`) makes the item a link.",
    )
    covers: Literal["own", "crossposts"] = key(
        "own",
        "`own`: only what the publisher wrote. `crossposts`: somebody has confirmed that the permission also covers "
        "the work of others that it carries.",
    )
    ads: Literal["none", "around", "inside"] = key(
        "none", "The most advertising that the publisher accepts; beside more than that, at most an excerpt."
    )
    paid: bool = key(default=False, text="Whether the channel may charge its readers.")

    @field_validator("words")
    @classmethod
    def _words_of_excerpt(cls, words: int, info: ValidationInfo) -> int:
        return _only_excerpt(words, info)

    @field_validator("paragraphs")
    @classmethod
    def _limited(cls, paragraphs: int, info: ValidationInfo) -> int:
        if info.data.get("mode") == "excerpt" and not paragraphs and not info.data.get("words", 1):
            raise v.demand("an excerpt needs a limit; set words or paragraphs")
        return _only_excerpt(paragraphs, info)

    @field_validator("media", "purposes")
    @classmethod
    def _some(cls, chosen: tuple[str, ...]) -> tuple[str, ...]:
        if not chosen:
            raise v.demand("an empty list permits nothing; name at least one or remove the grant")
        return chosen


def _only_excerpt(count: int, info: ValidationInfo) -> int:
    if count and info.data.get("mode") in {"full", "link"}:
        raise v.demand("only an excerpt has a limit; set mode: excerpt or remove this key")
    return count


class Terms(Section):
    """What a publisher permits, as you read it, and where you read it."""

    evidence: v.MaybeUrl = key("", "Address of the page that says so.")
    quote: str = key("", "The deciding sentence on it, word for word.")
    place: str = key("", "Where on the page it stands, for example `foot of the article`.")
    contact: v.MaybeContact = key("", "Where to ask for more.")
    grants: tuple[Grant, ...] = key((), "Permissions; see below.")
    otherwise: Literal["link", "withhold"] = key("link", "The mode where no grant fits. Print is withheld in any case.")


class Source(Section):
    """A feed that we poll."""

    id: v.Identifier = key(..., "Its short name, unique and kept for ever: item ids depend on it.", shown="south-desk")
    url: v.Url = key(..., "Address of the feed.", shown="https://south.example/feed.xml")
    publisher: PublisherName = key(..., "Whose feed it is: a key of `publishers`.", shown="south-desk")
    every: v.Duration = key(1800, "How often we ask. The publisher's own wishes may make it less often.", shown="30m")

    @field_validator("id")
    @classmethod
    def _once(cls, name: str, info: ValidationInfo) -> str:
        if name in _names(info).repeated:
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

    kind: Literal["feed", "digest", "page"] = key(..., "What it produces.", shown="feed")
    medium: Literal["web", "email", "print"] | None = key(
        None, "How it reaches people.", shown="`email` for a digest, else `web`"
    )
    purpose: Literal["community", "commercial"] = key(
        "community", "`community`: without profit. `commercial`: everything else."
    )
    ads: Literal["none", "around", "inside"] = key("none", "Advertising: `around` the items or `inside` them.")
    paid: bool = key(default=False, text="Whether readers pay for it.")
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

    @field_validator("ads")
    @classmethod
    def _community_without_ads(cls, ads: str, info: ValidationInfo) -> str:
        if ads == "inside" and info.data.get("purpose") == "community":
            raise v.demand("a community channel carries no ads inside; set purpose: commercial")
        return ads

    @field_validator("paid")
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
    smtp: Smtp = key(Smtp(), "The mail server.", shown="as below")
    network: Network = key(Network(), "Where the poller may connect to.", shown="as below")
    publishers: dict[v.Identifier, Publisher] = key({}, "Whose work we carry, by id.", shown="none at all")
    terms: dict[v.Identifier, Terms] = key({}, "What publishers permit, by a name of your choice.", shown="none at all")
    sources: tuple[Source, ...] = key((), "What we poll.", shown="none at all")
    channels: dict[v.Identifier, Channel] = key({}, "What we publish, by id.", shown="none at all")
