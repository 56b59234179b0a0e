# SPDX-License-Identifier: Apache-2.0
"""Every key of the terms that a publisher may have: its statements, with their grants, prohibitions and sections."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from syndicate.config import values as v
from syndicate.config.section import Section, key, names

Media = Annotated[tuple[Literal["web", "email", "print"], ...], v.Words]
Purposes = Annotated[tuple[Literal["community", "commercial"], ...], v.Words]
Words = Annotated[tuple[v.Line, ...], v.Words]
Count = Annotated[int, Field(ge=0)]

DutyName = Literal[
    "credit",
    "copyright",
    "link",
    "hyperlink",
    "licence",
    "notices",
    "unmodified",
    "noncommercial",
    "no-endorsement",
    "changes",
    "share-alike",
    "position",
    "keep-links",
    "canonical",
    "window",
    "terms",
    "contact",
    "no-donations",
]


class Grant(Section):
    """One permission. The widest that fits a channel and can be kept counts; where none does, `otherwise` does."""

    mode: Literal["full", "excerpt", "link"] = key(..., "How much of an item may be carried.", shown="full")
    words: Count = key(0, "With `excerpt`: at most so many words. 0: not limited by words.")
    paragraphs: Count = key(0, "With `excerpt`: at most so many paragraphs. 0: not limited by paragraphs.")
    characters: Count = key(
        0,
        "With `excerpt`: at most so many characters, white space not counted. 0: not limited by characters.",
        checked=True,
    )
    closing_link: v.MaybeLine = key(
        "", "With `excerpt`: the words of the link to the whole article that has to end it.", checked=True
    )
    media: Media = key(("web",), "In which media. Print is withheld unless named here.")
    purposes: Purposes = key(("community",), "For which purposes.")
    duties: Annotated[tuple[DutyName, ...], v.Words] = key(
        ("credit", "copyright", "link"),
        "What the publisher asks in return; docs/terms.md explains each. Credit and link are given in any case. A duty "
        "that a channel cannot keep makes the item fall to the next grant. `hyperlink` is a link that print cannot "
        "give; `link` is met by a printed address.",
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
    sale: bool = key(default=False, text="Whether copies may be sold one by one.")
    parts: bool | None = key(
        None,
        "Whether an excerpt may stand where the whole may not.",
        shown="yes, unless `unmodified` is asked",
    )
    assets: Literal["none", "own_credit", "all"] = key(
        "none",
        "Pictures, charts, audio and video: none, those whose credit names the publisher, or all. Others are linked.",
    )
    marker: v.MaybeLine = key("", "Words or markup that an item must carry to be covered, such as `Republish`.")
    valid_from: v.Moment | None = key(None, "In force from this moment on.", shown="always")
    valid_until: v.Moment | None = key(None, "No longer in force from this moment on.", shown="for ever", checked=True)
    embargo: v.Duration | None = key(
        None, "How long to wait after the origin published; until then nothing is shown.", shown="none"
    )
    window: v.Duration | None = key(
        None, "How long after the origin published it may be carried; see `on_expiry`.", shown="no end"
    )
    on_expiry: Literal["remove", "body_to_link", "ask"] = key(
        "body_to_link",
        "After the window: the item is removed; its text is, and a link stays; or a link stays, and you are to ask.",
        checked=True,
    )
    pick: bool = key(default=False, text="Whether a person has to choose each item: `syndicate pick ITEM`.")
    max_share: Annotated[int, Field(ge=0, le=100)] = key(
        0, "At most so many percent of the publisher's items, on a channel in a calendar month. 0: no such limit."
    )
    max_items: Count = key(
        0, "At most so many of the publisher's items, on a channel in a calendar month. 0: no such limit."
    )
    position: Literal["top", "near_top", "end"] | None = key(
        None,
        "Where the credit has to stand: before the first paragraph, before the third, at the end.",
        shown="anywhere",
    )
    wording: v.MaybeLine = key("", "Fixed words of the credit.", checked=True)
    beacon: Literal["img", "script", "iframe"] | None = key(
        None, "The counter that the publisher wants carried; a channel decides with `beacons`.", shown="none"
    )
    beacon_url: v.MaybeUrl = key("", "How the address of that counter begins.", checked=True)
    headline: Literal["any", "theirs"] = key("any", "Whether the headline has to be theirs. We change none.")
    translation: Literal["allowed", "full_only", "forbidden"] = key(
        "allowed", "Whether it may be translated; `full_only`: as a whole. We translate nothing."
    )
    about: v.MaybeLine = key("", "A text about the publisher that has to end each item.")
    notify: v.MaybeContact = key("", "Whom the publisher wants told.")
    notify_before: v.MaybeDuration | None = key(
        None,
        "How long before publication; until then the item waits. `0s`: beforehand, however long. `syndicate tell` "
        "lists what waits and records what was told.",
        shown="told afterwards",
        checked=True,
    )
    takedown: v.Duration | None = key(
        None, "How soon an item has to be gone when the publisher asks.", shown="at the next build"
    )
    republishers: Annotated[tuple[Literal["nonprofit", "newsroom", "accredited", "community_site"], ...], v.Words] = (
        key((), "Who may republish; `site.republisher` says what you are. Empty: everybody.")
    )
    consent: Annotated[tuple[Literal["prior_interest", "research", "education"], ...], v.Words] = key(
        (), "What readers must have agreed to receive it for; a channel's `consent` has to name one. Empty: nothing."
    )
    quote: str = key("", "The sentence that permits it, word for word, if it is not that of the terms.")

    @field_validator("words", "paragraphs")
    @classmethod
    def _counts_of_excerpt(cls, count: int, info: ValidationInfo) -> int:
        return _only_excerpt(count, info)

    @field_validator("characters")
    @classmethod
    def _limited(cls, characters: int, info: ValidationInfo) -> int:
        counted = info.data.get("words", 1) or info.data.get("paragraphs", 1) or characters
        if info.data.get("mode") == "excerpt" and not counted:
            raise v.demand("an excerpt needs a limit; set words, paragraphs or characters")
        return _only_excerpt(characters, info)

    @field_validator("closing_link")
    @classmethod
    def _closes_excerpt(cls, words: str, info: ValidationInfo) -> str:
        if words and info.data.get("mode") in {"full", "link"}:
            raise v.demand("only an excerpt ends with a link to the whole; set mode: excerpt or remove this key")
        return words

    @field_validator("media", "purposes")
    @classmethod
    def _some(cls, chosen: tuple[str, ...]) -> tuple[str, ...]:
        if not chosen:
            raise v.demand("an empty list permits nothing; name at least one or remove the grant")
        return chosen

    @field_validator("valid_until")
    @classmethod
    def _later(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        begin = info.data.get("valid_from")
        if begin and until and until <= begin:
            raise v.demand("this is not after valid_from, so the grant would never hold; correct one of the two")
        return until

    @field_validator("on_expiry")
    @classmethod
    def _of_window(cls, chosen: str, info: ValidationInfo) -> str:
        if chosen != "body_to_link" and "window" in info.data and info.data["window"] is None:
            raise v.demand("nothing expires without a window; set window: 90d or remove this key")
        return chosen

    @field_validator("notify_before")
    @classmethod
    def _told_somebody(cls, lead: int | None, info: ValidationInfo) -> int | None:
        if lead is not None and not info.data.get("notify", "-"):
            raise v.demand("nobody is named to be told; set notify: name@host.example or remove this key")
        return lead

    @field_validator("wording")
    @classmethod
    def _of_position(cls, words: str, info: ValidationInfo) -> str:
        if words and "position" in info.data and info.data["position"] is None:
            raise v.demand("fixed words need a place; set position: top, near_top or end")
        return words

    @field_validator("beacon_url")
    @classmethod
    def _of_beacon(cls, url: str, info: ValidationInfo) -> str:
        if "beacon" in info.data and bool(info.data["beacon"]) != bool(url):
            raise v.demand("a counter is known by its kind and its address; set beacon and beacon_url, or neither")
        return url


def _only_excerpt(count: int, info: ValidationInfo) -> int:
    if count and info.data.get("mode") in {"full", "link"}:
        raise v.demand("only an excerpt has a limit; set mode: excerpt or remove this key")
    return count


class Prohibition(Section):
    """A refusal. It holds whatever is granted."""

    mode: Literal["link", "withhold"] = key("link", "The most that is left.")
    media: Media = key(("web", "email", "print"), "In which media.")
    purposes: Purposes = key(("community", "commercial"), "For which purposes.")
    valid_from: v.Moment | None = key(None, "In force from this moment on.", shown="always")
    by: v.MaybeLine = key("", "Who refused.")
    quote: str = key("", "The sentence that refuses it, word for word.")


class Statement(Section):
    """What a publisher permits, as you read it, and where you read it."""

    evidence: v.MaybeUrl = key("", "Address of the page that says so.")
    quote: str = key("", "The deciding sentence on it, word for word.")
    place: str = key("", "Where on the page it stands, for example `foot of the article`.")
    sha256: v.MaybeHash = key("", "Fingerprint of the page as you read it.")
    read_at: v.Moment | None = key(None, "When you read it.", shown="unknown")
    confirmed_by: v.MaybeLine = key("", "Who vouches for it.")
    confirmed_at: v.Moment | None = key(None, "When that was.", shown="unknown")
    reference: v.MaybeLine = key("", "A letter, message or agreement behind it, by its date or number.")
    contact: v.MaybeContact = key("", "Where to ask for more.")
    leave_out: Words = key((), "People who asked not to be named in the credit.")
    institutions: dict[v.Line, v.Line] = key(
        {}, "Institutions to name in the credit beside authors, by the author: `Ines Marlow: University of Lindenfeld`."
    )
    licence: str = key(
        "",
        "A licence id under which it is offered. With grants the licence adds its duties, and the grants say what is "
        "permitted: the publisher's own rules are more exact than its licence.",
    )
    grants: tuple[Grant, ...] = key((), "Permissions; see below.")
    prohibitions: tuple[Prohibition, ...] = key((), "Refusals; see below.")
    otherwise: Literal["link", "withhold"] = key("link", "The mode where no grant fits. Print is withheld in any case.")

    @field_validator("licence")
    @classmethod
    def _known(cls, licence: str, info: ValidationInfo) -> str:
        if licence and names(info).licence(licence) is None:
            raise v.refuse("is not a licence id; write one such as CC-BY-ND-4.0")
        return licence


class Part(Statement):
    """Terms of some of a publisher's items, or of files in them. They hold instead of those of the whole."""

    urls: Words = key((), "Items at these addresses; `*` stands for anything.")
    categories: Words = key((), "Items in one of these categories.")
    items: Words = key((), "Single items, by id or address.")
    files: Words = key((), "Pictures, audio and video at these addresses; `*` stands for anything.", checked=True)

    @field_validator("files")
    @classmethod
    def _some(cls, files: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not files and not any(info.data.get(name, True) for name in ("urls", "categories", "items")):
            raise v.demand("a section needs its items; set urls, categories, items or files")
        return files


class Terms(Statement):
    """What a publisher permits, as you read it, and where you read it."""

    sections: dict[v.Identifier, Part] = key({}, "Terms of parts of its work, by a name of your choice.", shown="none")
