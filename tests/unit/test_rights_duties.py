# SPDX-License-Identifier: Apache-2.0
"""What a grant asks becomes a duty with all that its verifier needs: parameters, words filled in, what is left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import (
    Ads,
    Assets,
    Beacon,
    Beacons,
    Chain,
    Channel,
    ChannelKind,
    Covers,
    Enclosure,
    Evidence,
    Expiry,
    Grant,
    Hop,
    Interest,
    Item,
    Level,
    Limit,
    Link,
    Medium,
    Mode,
    Person,
    Pick,
    Position,
    Publisher,
    Purpose,
    Record,
    Republisher,
    Role,
    Scope,
    Standing,
    Translation,
)
from syndicate.rights.assets import Coverage, asset_duties, assets_of
from syndicate.rights.licences import by_id
from syndicate.rights.policy import decide
from syndicate.rights.texts import appeals, element_address, filled, fingerprint

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://south.example/boat"
WEB = Channel("web", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, beacons=Beacons.CARRY)
MAIL = Channel("mail", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY, consent=(Interest.RESEARCH,))
OPEN = Grant(Mode.FULL, frozenset(Medium), frozenset({Purpose.COMMUNITY}))
TEXT = "The boat left at ten.\n\nIt carried forty-three people."
ITEM = Item(
    id="i-1", source_id="south", publisher_id="south", identity="1", url=URL, title="The boat", text=TEXT,
    html='<p>The <a href="https://a.example/1">boat</a> left at <a href="https://a.example/1">ten</a>.</p>'
    "<p>It carried forty-three people.</p>",
    authors=(Person("Ines Marlow"), Person("Åke Lind")), published=NOW - 3 * DAY, language="en",
)  # fmt: skip


def decided(grant=OPEN, item=ITEM, channel=WEB, standing=None, **record):
    """The decision under one grant."""
    told = Record("t", (grant,), evidence="https://south.example/terms", **record)
    world = {"south": Publisher("south", "South Desk", "https://south.example/", (told,))}
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", item.url, item.published, item.id),))
    return decide(item, chain, channel, world, NOW, standing or Standing())


def owed(grant=OPEN, item=ITEM, channel=WEB, standing=None, **record):
    """The duties by id; of one with several, the last."""
    decision = decided(grant, item, channel, standing, **record)
    return {duty.id: duty for duty in decision.duties}


def test_every_item_is_credited_linked_and_not_endorsed():
    """A link owes three duties; a full text under a plain grant also that its grantor wrote it."""
    assert set(owed(replace(OPEN, mode=Mode.LINK))) == {"O1", "O3", "O8"}
    assert set(owed()) == {"O1", "O3", "O8", "O30"}
    assert owed()["O30"].texts == ("South Desk",)
    assert "O30" not in owed(replace(OPEN, covers=Covers.CROSSPOSTS))


@pytest.mark.parametrize(
    ("words", "told", "url"),
    [
        ("Originally published by South Desk.", "Originally published by [South Desk].", URL),
        ("By {author} for {source}, {date}: [read it]", "By Ines Marlow and Åke Lind for South Desk, 20 November 2026: [read it]", URL),
        ("With thanks.", "With thanks.", ""),
        ("“{title}” {else}", "“The boat” {else}", ""),
        ("", None, ""),
    ],
)  # fmt: skip
def test_fixed_words_of_the_credit(words, told, url):
    """Names, title and date are filled in; what is to be linked stands in brackets, else the outlet's name does."""
    duty = owed(replace(OPEN, position=Position.NEAR_TOP, wording=words))["O11"]
    assert (duty.how, duty.texts, duty.url) == ("near_top", (told,) if told else (), url)
    assert owed(replace(OPEN, duties=("position",)))["O11"].how == "top"


def test_words_that_close_an_excerpt():
    """They are linked whole unless they mark a part; without any, the limit alone is owed."""
    part = replace(OPEN, mode=Mode.EXCERPT, limit=Limit(words=5))
    assert (owed(part)["O21"].texts, owed(part)["O21"].url) == ((), "")
    closed = owed(replace(part, closing_link="Read it all at {source}"))["O21"]
    assert (closed.texts, closed.url) == (("Read it all at [South Desk]",), URL)
    assert owed(replace(part, closing_link="Read on"))["O21"].texts == ("[Read on]",)
    assert owed(part)["O9"].texts == ("This is an excerpt.",)
    assert owed(part)["O6"].texts == (fingerprint(TEXT),)


def test_duties_of_time():
    """Embargo and window count from the first publication."""
    duties = owed(replace(OPEN, embargo=86_400, window=10 * 86_400, on_expiry=Expiry.ASK))
    assert duties["O16"].start == ITEM.published + DAY
    assert (duties["O17"].end, duties["O17"].how) == (ITEM.published + 10 * DAY, "ask")


def test_duties_of_ours():
    """Who picked, which share was counted, whom to tell, what we are, what readers agreed to."""
    standing = Standing(NOW, Pick("Dana", NOW - DAY), 2, 20)
    grant = replace(OPEN, pick=True, max_share=10, notify="news@south.example", takedown=60, about="{source} reports.",
                    republishers=frozenset({Republisher.NONPROFIT}), translation=Translation.FORBIDDEN)  # fmt: skip
    channel = replace(WEB, republisher=frozenset({Republisher.NONPROFIT, Republisher.NEWSROOM}))
    duties = owed(grant, channel=channel, standing=standing)
    assert duties["O18"].texts == ("Dana", "number 2 of 20 items of the month")
    assert (duties["O18"].start, duties["O19"].url, duties["O19"].how) == (NOW - DAY, "news@south.example", "after")
    assert (duties["O22"].texts, duties["O22"].how) == (("en",), "forbidden")
    assert (duties["O23"].texts, duties["O27"].texts) == (("South Desk reports.",), ("nonprofit",))
    assert "O26" in duties
    counted = owed(replace(OPEN, max_items=3), standing=Standing(NOW, None, 1, 9))["O18"]
    assert (counted.texts, counted.start) == (("number 1 of 9 items of the month",), None)


def test_duties_of_consent():
    """A line says for whom it is carried; the interests are what a reader must have agreed to."""
    asked = owed(replace(OPEN, consent=(Interest.RESEARCH,)), channel=MAIL)["O29"]
    assert (asked.texts, asked.also) == (("Carried without profit for research.",), ("research",))
    both = owed(replace(OPEN, consent=(Interest.PRIOR_INTEREST, Interest.RESEARCH)), channel=MAIL)["O29"]
    assert both.texts == ("Carried without profit, for readers who have asked for it and for research.",)


def test_named_duties():
    """Names in a record: links to keep, the canonical page, terms, contact, headline, no commerce."""
    names = ("keep-links", "canonical", "terms", "contact", "noncommercial", "takedown")
    duties = owed(replace(OPEN, duties=names, their_headline=True))
    assert duties["O12"].also == ("https://a.example/1", "https://a.example/1")
    assert duties["O14"].url == URL
    assert (duties["O24"].url, duties["O24"].texts) == ("https://south.example/terms", ())
    assert (duties["O7"].how, duties["O20"].texts) == ("none", ("The boat",))
    assert {"O25", "O26"} <= set(duties)
    declared = replace(ITEM, links=(Link("canonical", "https://south.example/c"),))
    assert owed(replace(OPEN, duties=names), declared)["O14"].url == "https://south.example/c"
    part = replace(OPEN, mode=Mode.EXCERPT, limit=Limit(words=5), duties=("keep-links",))
    assert "O12" not in owed(part)
    assert owed(replace(OPEN, duties=("noncommercial",), ads=Ads.AROUND))["O7"].how == "around"


def test_terms_without_a_page_are_repeated_in_words():
    """Where the record names no page, the sentence that permits is repeated."""
    told = Record("t", (replace(OPEN, duties=("terms",)),), quote="Carry it whole.")
    world = {"south": Publisher("south", "South Desk", "", (told,))}
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", URL, NOW, ITEM.id),))
    decision = decide(ITEM, chain, WEB, world, NOW)
    duty = next(duty for duty in decision.duties if duty.id == "O24")
    assert (duty.texts, duty.url) == (("Carry it whole.",), "")


def test_counters():
    """A counter comes with the item or stands whole in the record; else, and where it cannot run, nothing is granted."""
    counted = replace(ITEM, raw_html='<p>x</p><img src="https://count.example/c/17.gif"><img src="https://b.example/">')
    grant = replace(OPEN, beacon=Beacon.IMG, beacon_url="https://count.example/c/")
    assert owed(grant, counted)["O13"].url == "https://count.example/c/17.gif"
    assert "did not come with this item" in decided(grant).because
    assert owed(replace(grant, beacon_url="https://count.example/c.gif"))["O13"].url == "https://count.example/c.gif"
    assert "carries none" in decided(grant, counted, replace(WEB, beacons=Beacons.REFUSE)).because
    assert "does not run" in decided(replace(grant, beacon=Beacon.SCRIPT), counted).because
    assert (
        element_address('<script src="https://x.example/a.js"></script>', "script", "https://x.")
        == "https://x.example/a.js"
    )


def test_licences_ask_for_the_title_up_to_3():
    """CC 3.0 asks for the title as supplied, 4.0 does not; share-alike passes its own licence on."""
    for name, how in (("CC-BY-SA-3.0", "title"), ("CC-BY-SA-4.0", "")):
        licence = by_id(name)
        stated = (
            Evidence("cc.userland", Level.ITEM, licence.url, "item"),
            Evidence("body.disclaimer", Level.ITEM, "His own.", "p"),
        )
        item = replace(ITEM, evidence=stated)
        chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", URL, NOW, item.id),))
        duties = {duty.id: duty for duty in decide(item, chain, WEB, {}, NOW).duties}
        assert duties["O5"].how == how
        assert (duties["O10"].texts, duties["O10"].url) == ((licence.name,), licence.url)


# ------------------------------------------------------------------------------------------------ pictures


FIGURES = (
    '<p>The boat left at ten.</p><figure><img src="https://south.example/own.jpg"><figcaption>At dusk. Photo: Ida, South '
    'Desk</figcaption></figure><figure><img src="https://south.example/agency.jpg"><figcaption>The hall. South Desk/Getty '
    'Images</figcaption></figure><img src="https://south.example/bare.jpg"><video src="https://south.example/f.mp4"></video>'
)
PICTURED = replace(
    ITEM, html=FIGURES, enclosures=(Enclosure("https://south.example/e.mp3"),),
    text="The boat left at ten.\n\nAt dusk. Photo: Ida, South Desk\n\nThe hall. South Desk/Getty Images",
)  # fmt: skip


def pictures(grant, item=PICTURED, **record):
    """What is left out, which captions go with it, what stays, and the credits of that."""
    found = {"out": ((), ()), "in": ((), ())}
    found |= {d.how: (d.also, d.texts) for d in decided(grant, item, **record).duties if d.id == "O15"}
    return tuple(tuple(url.rpartition("/")[2] for url in urls) for urls, _ in found.values()), tuple(
        t for _, t in found.values()
    )


def test_pictures_that_nobody_granted_go_with_their_captions():
    """Without a grant over pictures all are left out, and the text is held to what stays."""
    files, captions = pictures(replace(OPEN, duties=("unmodified", "changes")))
    assert files == (("e.mp3", "own.jpg", "agency.jpg", "bare.jpg", "f.mp4"), ())
    assert captions == (("At dusk. Photo: Ida, South Desk", "The hall. South Desk/Getty Images"), ())
    duties = owed(replace(OPEN, duties=("unmodified", "changes")), PICTURED)
    assert duties["O6"].texts == (fingerprint("The boat left at ten."),)
    assert duties["O9"].texts == ("Its pictures are left out.",)


def test_own_pictures_stay_and_agency_pictures_never():
    """With ``own_credit`` a picture whose caption names the publisher stays; an agency in the caption takes it out."""
    files, captions = pictures(replace(OPEN, assets=Assets.OWN_CREDIT, duties=("changes",)))
    assert files == (("e.mp3", "agency.jpg", "bare.jpg", "f.mp4"), ("own.jpg",))
    assert captions == (("The hall. South Desk/Getty Images",), ("At dusk. Photo: Ida, South Desk",))
    assert owed(replace(OPEN, assets=Assets.OWN_CREDIT, duties=("changes",)), PICTURED)["O9"].texts == (
        "Some of its pictures are left out.",
    )
    files, _ = pictures(replace(OPEN, assets=Assets.ALL))
    assert files == (("e.mp3", "agency.jpg", "f.mp4"), ("own.jpg", "bare.jpg"))
    files, _ = pictures(replace(OPEN, mode=Mode.EXCERPT, limit=Limit(words=5), assets=Assets.ALL))
    assert files[1] == ()


def test_terms_of_single_files():
    """What is on record about a file by its address holds for it, whatever the text's grant says."""
    told = Record("t", (OPEN,))
    file = Record("f", (OPEN,), scope=Scope(files=("https://south.example/bare*",)))
    refused = Record("r", (), scope=Scope(files=("https://south.example/own*",)))
    world = {"south": Publisher("south", "South Desk", "", (told, file, refused))}
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", URL, NOW, PICTURED.id),))
    kept = [d for d in decide(PICTURED, chain, WEB, world, NOW).duties if d.id == "O15" and d.how == "in"]
    assert [d.also for d in kept] == [("https://south.example/bare.jpg",)]


@pytest.mark.parametrize(
    "text",
    ["At dusk. Photo: Ida, South Desk", "Another paragraph", "", "At dusk. Photo: Ida, South Desk" + " word" * 100],
)
def test_captions_that_are_no_paragraph_of_their_own_stay(text):
    """A caption goes only if it is a whole paragraph, short, and not all that there is."""
    caption = text if "word" in text else "At dusk. Photo: Ida, South Desk"
    item = replace(
        PICTURED, html=f'<figure><img src="https://a.example/x.jpg"><figcaption>{caption}</figcaption>', text=text
    )
    assert pictures(OPEN, item)[1] == ((), ())


def test_odd_markup_of_figures():
    """Figures that never end, captions outside of any, ends without a beginning: nothing is lost."""
    item = replace(
        ITEM,
        html='</figure><figcaption>x</figcaption></figcaption><figure><img src="https://a.example/x.jpg"><p>y',
        text="",
    )
    assert [one.url for one in assets_of(item)] == ["https://a.example/x.jpg"]


# ------------------------------------------------------------------------------------------------ texts


APPEALS = ["Your donation keeps us alive.", "Please donate now.", "Support our journalism", "Become a member today",
           "Make a monthly gift", "Jetzt spenden", "Faites un don", "Soutenez-nous", "Apóyanos", "Hazte socio"]  # fmt: skip


@pytest.mark.parametrize("appeal", APPEALS)
def test_appeals_are_left_out_where_that_is_asked(appeal):
    """Where nobody may be asked for gifts, paragraphs that ask for them go; a text that is nothing else stays."""
    item = replace(ITEM, text=f"{TEXT}\n\n{appeal}")
    duties = owed(replace(OPEN, duties=("no-donations", "unmodified", "changes")), item)
    assert duties["O28"].texts == (appeal,)
    assert duties["O6"].texts == (fingerprint(TEXT),)
    assert duties["O9"].texts == ("An appeal for support is left out.",)
    assert appeals(appeal) == ()


@pytest.mark.parametrize(
    "text", ["They donated blood.", "She gave her support to the plan.", "Members of the club met."]
)
def test_a_story_about_gifts_is_no_appeal(text):
    """Words about gifts and members are news."""
    assert appeals(f"{TEXT}\n\n{text}") == ()


def test_a_fingerprint_is_of_the_letters_alone():
    """White space, the form of characters and what nobody sees make no difference; every letter does."""
    assert fingerprint("A\u030ake  left.\n\nSoft\u00adly\u200b.") == fingerprint("Åke left.\n\nSoftly.")
    assert fingerprint("Åke left.") != fingerprint("Ake left.")
    assert fingerprint("a\n\nb  c", ("b c",)) == fingerprint("a")


def test_filled_words_keep_what_they_do_not_know():
    """Unknown blanks stay, a name that does not stand there is not linked."""
    assert filled("{x} {title}", {"title": "T"}, "South Desk") == "{x} T"
    assert filled("by South Desk", {}, "") == "by South Desk"


@pytest.mark.parametrize("url", ["https://s.example/c?id=1", "https://s.example/dot"])
def test_a_counter_is_neither_kept_nor_linked(url):
    """A picture that nobody sees leads readers nowhere, and a grant of all pictures is none of counters."""
    dot = f'<p>News.</p><img src="{url}" width="1" height="1"><figure><img src="{url}2" width="1px"></figure>'
    item = Item("i-1", "s", "p", "1", "https://s.example/1", "T", dot, "News.")
    (duty,) = asset_duties(item, Coverage((), (), ()), Mode.FULL)
    assert (duty.how, duty.also) == ("out", ())
