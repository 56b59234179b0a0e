# SPDX-License-Identifier: Apache-2.0
"""A right file becomes the nouns."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.config import Config, duration, identifier, load, starter
from syndicate.errors import ConfigError, UsageError
from syndicate.model import (
    Ads,
    Assets,
    Beacon,
    Beacons,
    ChannelKind,
    Covers,
    Expiry,
    Grant,
    Interest,
    Licence,
    Limit,
    Medium,
    Mode,
    Position,
    Prohibition,
    Publisher,
    Purpose,
    Republisher,
    Scope,
    Source,
    Translation,
)

FREE = Licence(id="FREE-1.0", name="Free", url="https://free.example/1.0", modes={}, excerpt="free", duties=())

SITE = "site: {name: Bulletin, url: 'https://bulletin.example/', contact: ed@bulletin.example}\n"


def licence(text):
    """The one licence that this world knows."""
    return FREE if text.upper() == FREE.id else None


def read(text, **env) -> Config:
    """Configuration of ``text`` with nothing else around."""
    return load(text, licence=licence, read_file=lambda path: Path(path).read_text(encoding="utf-8"), env=env)


def test_defaults():
    """A file with a site alone is complete; every default is what the reference says."""
    config = read(SITE)
    assert config.site.url == "https://bulletin.example"
    assert config.site.timezone == "UTC"
    assert (config.database, config.output) == ("sqlite:///var/syndicate.db", "public")
    assert (config.smtp.host, config.smtp.port, config.smtp.security) == ("localhost", 25, "none")
    assert config.network.allow_private is False
    assert (config.publishers, config.sources, config.channels) == ({}, (), ())


def test_starter():
    """What init writes is valid, and what it only suggests is valid too."""
    config = read(starter())
    assert [channel.id for channel in config.channels] == ["community", "weekly"]
    head, _, suggested = starter().partition("# publishers:")
    whole = read(head + "publishers:" + suggested.replace("\n# ", "\n"))
    assert [(source.id, source.publisher.records[0].contact) for source in whole.sources] == [
        ("south-desk", "rights@south.example")
    ]


def test_example(repository):
    """The commented example in the checkout is valid and shows every section."""
    text = (repository / "config.yaml").read_text(encoding="utf-8").replace("CC-BY-NC-ND-4.0", FREE.id)
    config = read(text.replace("all-rights-reserved", FREE.id))
    assert len(config.sources) == 5
    assert {channel.kind for channel in config.channels} == {ChannelKind.FEED, ChannelKind.DIGEST}


def test_channel_defaults():
    """Medium and limit follow the kind, the time zone follows the site, only feeds have formats."""
    text = SITE.replace("}", ", timezone: Europe/Paris}") + (
        "channels:\n"
        "  news: {kind: feed}\n"
        "  weekly: {kind: digest, schedule: '@Weekly', from: Bulletin <news@bulletin.example>}\n"
        "  paper: {kind: page, medium: print, timezone: Asia/Tokyo}\n"
        "  leaflet: {kind: digest, medium: print}\n"
    )
    news, weekly, paper, leaflet = read(text).channels
    assert (news.medium, news.limit, news.formats) == (Medium.WEB, 100, ("rss", "atom", "json"))
    assert (weekly.medium, weekly.limit, weekly.formats) == (Medium.EMAIL, 50, ())
    assert (weekly.schedule, weekly.timezone, weekly.max_size) == ("0 0 * * 0", "Europe/Paris", 95_000)
    assert weekly.sender == "Bulletin <news@bulletin.example>"
    assert weekly.subject == "{{ site.name }}, {{ date }}"
    assert (paper.medium, paper.timezone) == (Medium.PRINT, "Asia/Tokyo")
    assert leaflet.schedule == ""


def test_channel_values():
    """Every key of a channel arrives."""
    text = SITE + (
        "publishers: {south: {name: South}}\n"
        "sources: [{id: s, url: 'http://south.example/feed', publisher: south, every: 2h}]\n"
        "channels:\n"
        "  shop:\n"
        "    kind: feed\n"
        "    purpose: commercial\n"
        "    ads: inside\n"
        "    paid: yes\n"
        "    formats: [json, json, rss]\n"
        "    limit: 7\n"
        "    title: The shop\n"
        "    backfill: 3\n"
        "    max_size: 1MB\n"
        "    select: {sources: [s], categories: [a, b], languages: 'en-GB, NO', include: [x], exclude: [y]}\n"
    )
    config = read(text)
    (shop,) = config.channels
    assert (shop.purpose, shop.ads, shop.paid) == (Purpose.COMMERCIAL, Ads.INSIDE, True)
    assert (shop.formats, shop.limit, shop.title, shop.backfill) == (("json", "rss"), 7, "The shop", 3)
    assert shop.max_size == 1_000_000
    assert shop.select.sources == ("s",)
    assert shop.select.languages == ("en", "no")
    assert config.sources[0].every == 7200
    assert config.sources[0].publisher is config.publishers["south"]


def test_records():
    """Terms become records; a licence id becomes a record with that licence; nothing recorded is None."""
    text = SITE + (
        "publishers:\n"
        "  a: {name: A, home: 'https://a.example', terms: crosspost}\n"
        "  b: {name: B, terms: free-1.0}\n"
        "  c: {name: C}\n"
        "terms:\n"
        "  crosspost:\n"
        "    evidence: https://a.example/republish\n"
        "    quote: You may.\n"
        "    place: foot\n"
        "    contact: https://a.example/ask\n"
        "    otherwise: withhold\n"
        "    grants:\n"
        "      - {mode: full, media: [web, email], covers: crossposts, ads: around, paid: true, duties: [licence]}\n"
        "      - {mode: excerpt, paragraphs: 3, purposes: [commercial]}\n"
        "      - {mode: excerpt, words: 120}\n"
    )
    publishers = read(text).publishers
    record = publishers["a"].records[0]
    assert (record.key, record.otherwise, record.contact) == ("crosspost", Mode.WITHHOLD, "https://a.example/ask")
    assert (record.evidence, record.quote, record.place) == ("https://a.example/republish", "You may.", "foot")
    full, part, words = record.grants
    assert (full.mode, full.media) == (Mode.FULL, {Medium.WEB, Medium.EMAIL})
    assert (full.covers, full.ads, full.paid, full.duties) == (Covers.CROSSPOSTS, Ads.AROUND, True, ("licence",))
    assert (part.mode, part.limit, part.purposes) == (Mode.EXCERPT, Limit(paragraphs=3), {Purpose.COMMERCIAL})
    assert (part.media, part.duties) == ({Medium.WEB}, ("credit", "copyright", "link"))
    assert words.limit == Limit(words=120)
    assert (publishers["b"].records[0].key, publishers["b"].records[0].licence) == ("FREE-1.0", FREE)
    assert publishers["c"].records == ()


def test_terms_in_every_detail():
    """Each key of a grant, a prohibition, a section and a statement arrives; a section is a record of its own."""
    text = SITE.replace("site: {", "site: {republisher: [newsroom], ") + (
        "publishers: {a: {name: A, terms: rules}}\n"
        "terms:\n"
        "  rules:\n"
        f"    licence: free-1.0\n    sha256: {'A1' * 32}\n    read_at: 2026-11-01\n    confirmed_by: Mara\n"
        "    confirmed_at: 2026-11-02T09:00:00+01:00\n    reference: letter of 2 November\n"
        "    prohibitions: [{mode: withhold, media: [print], purposes: [commercial], valid_from: 2026-12-01, by: B, quote: No.}]\n"
        "    grants:\n"
        "      - {mode: full, window: 90d, on_expiry: remove, embargo: 2d, pick: true, max_share: 20, max_items: 9,\n"
        "         sale: true, parts: false, assets: own_credit, position: near_top, wording: First in A, marker: Republish,\n"
        "         beacon: img, beacon_url: 'https://a.example/count', headline: theirs, translation: full_only, about: On A,\n"
        "         notify: a@a.example, notify_before: 2d, takedown: 2d, republishers: [newsroom], consent: [education], quote: Do.,\n"
        "         valid_from: 2026-11-01, valid_until: 2027-11-01}\n"
        "      - {mode: excerpt, characters: 300, closing_link: Read on at A}\n"
        "      - {mode: full, duties: [unmodified]}\n"
        "    sections: {ideas: {urls: ['https://a.example/ideas/*'], categories: [Ideas], items: [i-1], files: ['*.png']}}\n"
        "channels: {x: {kind: feed, purpose: commercial, sale: true, donations: true, beacons: carry, consent: [research]}}\n"
    )
    config = read(text)
    whole, ideas = config.publishers["a"].records
    first = datetime(2026, 11, 1, tzinfo=UTC)
    assert (whole.licence, whole.sha256, whole.read_at, whole.confirmed_by) == (FREE, "a1" * 32, first, "Mara")
    assert (whole.confirmed_at, whole.reference) == (datetime(2026, 11, 2, 8, tzinfo=UTC), "letter of 2 November")
    withheld = Prohibition(Mode.WITHHOLD, {Medium.PRINT}, {Purpose.COMMERCIAL}, first.replace(month=12), "B", "No.")
    assert whole.prohibitions == (withheld,)
    full, part, unmodified = whole.grants
    assert full == Grant(
        Mode.FULL,
        frozenset({Medium.WEB}),
        frozenset({Purpose.COMMUNITY}),
        ("credit", "copyright", "link"),
        sale=True,
        republishers=frozenset({Republisher.NEWSROOM}),
        consent=(Interest.EDUCATION,),
        marker="Republish",
        parts=False,
        assets=Assets.OWN_CREDIT,
        valid_from=first,
        valid_until=first.replace(year=2027),
        embargo=2 * 86400,
        window=90 * 86400,
        on_expiry=Expiry.REMOVE,
        pick=True,
        max_share=20,
        max_items=9,
        position=Position.NEAR_TOP,
        wording="First in A",
        beacon=Beacon.IMG,
        beacon_url="https://a.example/count",
        their_headline=True,
        translation=Translation.FULL_ONLY,
        about="On A",
        notify="a@a.example",
        notify_before=2 * 86400,
        takedown=2 * 86400,
        quote="Do.",
    )
    assert (part.limit, part.closing_link, part.parts) == (Limit(characters=300), "Read on at A", None)
    assert unmodified.duties == ("unmodified",)
    assert ideas.key == "rules.sections.ideas"
    assert ideas.scope == Scope(("https://a.example/ideas/*",), ("Ideas",), ("i-1",), ("*.png",))
    (x,) = config.channels
    assert (x.sale, x.donations, x.beacons, x.consent) == (True, True, Beacons.CARRY, (Interest.RESEARCH,))
    assert x.republisher == config.site.republisher == {Republisher.NEWSROOM}


def test_values_stay_as_written():
    """NO is a name, 0123 a password, 2026-11-22 a title: YAML guesses nothing."""
    text = SITE.replace("Bulletin,", "NO,") + (
        "smtp: {username: u, password: 0123, port: '2525'}\nchannels: {x: {kind: feed, title: 2026-11-22}}\n"
    )
    config = read(text)
    assert (config.site.name, config.smtp.password, config.smtp.port) == ("NO", "0123", 2525)
    assert config.channels[0].title == "2026-11-22"


def test_password_is_not_shown():
    """The representation of the configuration, as a traceback may print it, has no password."""
    assert "hush" not in repr(read(SITE + "smtp: {username: u, password: hush}\n"))


def test_anchors():
    """An alias stands for what it names, as often as it is used."""
    text = SITE + "channels:\n  a: &same {kind: feed, limit: 5}\n  b: *same\n"
    assert [channel.limit for channel in read(text).channels] == [5, 5]


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_empty_file(text):
    """An empty file is told what it needs first."""
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert caught.value.problems == ("config.yaml:1: site: missing; write site: name, url and contact below it",)


def added(*ids, url="https://{}.example/feed"):
    """Sources that were added by command, each of a publisher of its own."""
    return [Source(one, url.format(one), Publisher(one, one.title(), f"https://{one}.example/")) for one in ids]


def test_sources_that_were_added():
    """They count like those of the file: channels may name them, known publishers keep their terms, the file wins."""
    asked = []
    text = (
        f"{SITE}publishers: {{south: {{name: South Desk, terms: FREE-1.0}}}}\n"
        "sources: [{id: south, url: 'https://south.example/feed', publisher: south}]\n"
        "channels: {c: {kind: feed, select: {sources: [north]}}}\ndatabase: sqlite:///x.db\n"
    )
    more = [*added("south", "north"), *added("other", url="https://south.example/feed")]
    more.append(Source("south-2", "https://south.example/2", Publisher("south", "Renamed")))

    def given(database):
        asked.append(database)
        return more

    config = load(text, licence=licence, read_file=str, added=given)
    assert asked == ["sqlite:///x.db"]
    assert [source.id for source in config.sources] == ["south", "north", "south-2"]
    assert config.added == {"north", "south-2"}
    assert config.sources[2].publisher == config.publishers["south"]
    assert config.publishers["north"].name == "North"
    with pytest.raises(ConfigError, match="north"):
        read(text)


def test_the_usual_database_is_asked_for_added_sources():
    """Where the file names no database, the default one holds what was added."""
    asked = []
    load(SITE, licence=licence, read_file=str, added=lambda url: asked.append(url) or [])
    assert asked == ["sqlite:///var/syndicate.db"]


@pytest.mark.parametrize(
    ("post", "address"),
    [
        ("", ""),
        ("delivery: {returns: {maildir: mail}}", "bounces@news.example"),
        ("delivery: {bounces: back@b.example, returns: {lmtp: '127.0.0.1:2400'}}", "back@b.example"),
    ],
)
def test_leaving_by_mail(post, address):
    """Readers may leave by mail where what comes back is read."""
    mail = 'channels: {w: {kind: digest, schedule: "@daily", from: News <n@news.example>}}'
    assert read(f"{SITE}{mail}\n{post}\n").channels[0].leave_by_mail == address


def test_values_of_the_command_line():
    """Commands read durations and ids by the rules of the file, and refuse them in its words."""
    assert (duration("2h"), identifier("south-desk")) == (7200, "south-desk")
    with pytest.raises(UsageError, match="is not a duration; write 30m"):
        duration("30 mins")
    with pytest.raises(UsageError, match="is not an id"):
        identifier("/")
