# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: ISC004 - the paragraphs are long, and each is one string
"""A sample edition: five stories of five invented publishers, carried in every mode. Loaded with runpy by the tests."""

from datetime import UTC, datetime

from syndicate.model import (
    Category,
    Chain,
    Channel,
    ChannelKind,
    Decision,
    Duty,
    Entry,
    Evidence,
    Hop,
    Item,
    Level,
    Limit,
    Link,
    Medium,
    Mode,
    Person,
    Purpose,
    Reason,
    Role,
    Site,
)

SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example", "Europe/Paris")
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FEED = Channel("community", ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY, formats=("rss", "atom", "json"))
DIGEST = Channel(
    "weekly",
    ChannelKind.DIGEST,
    Medium.EMAIL,
    Purpose.COMMUNITY,
    title="The week on the river",
    limit=50,
    sender="Riverside Bulletin <news@bulletin.example>",
    subject="This week at {{ site.name }}",
)
RIVER = Category("river", "https://bulletin.example/themes", "The river")
LAND = Category("land", "https://bulletin.example/themes", "The land")


def on(day, hour=9):
    """A day of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def html_of(paragraphs):
    """Paragraphs as HTML."""
    return "".join(f"<p>{p}</p>" for p in paragraphs)


def entry(
    number=1,
    *,
    mode=Mode.FULL,
    title="The ferry a village refused to lose",
    text=("For eleven winters the last boat left at ten past six.", "They had come to be counted."),
    html="",
    authors=("Ines Marlow",),
    outlets=(("South Desk", "https://south.example/the-ferry", 18),),
    link="",
    duties=(),
    because="South Desk allows community mail to carry its stories in full.",
    **more,
):
    """An entry; the chain is made of ``outlets`` (name, url, day), origin first."""
    decided = {k: more.pop(k) for k in ("contact", "limit") if k in more}
    hops = tuple(
        Hop(Role.REPUBLISHER if i else Role.ORIGIN, name, name.lower().replace(" ", "-"), url, on(day) if day else None)
        for i, (name, url, day) in enumerate(outlets)
    )
    link = link or hops[-1].url
    also = tuple(hop.url for hop in hops if hop.url not in {link, ""})
    item = Item(
        id=f"i-{number:016x}",
        source_id=hops[-1].publisher_id,
        publisher_id=hops[-1].publisher_id,
        identity=f"urn:example:{number}",
        url=hops[-1].url,
        title=title,
        html=html or html_of(text),
        text="\n\n".join(text),
        authors=tuple(Person(name) for name in authors),
        published=more.pop("published", hops[0].date),
        **more,
    )
    owed = (
        Duty("O1", (*authors, *(hop.name for hop in hops))),
        Duty("O3", url=link, also=also),
        *duties,
    )
    decision = Decision(item.id, "weekly", mode, owed, (Reason("sample", because, mode),), because, **decided)
    return Entry(item, Chain(hops), decision, on(20))


FERRY = entry(
    1,
    text=(
        "For eleven winters the last boat from Lower Staithe has left at ten past six, whether or not anybody was on it. "
        "On the night the county proposed to stop paying for it, forty-three people were.",
        "They had come to be counted. The county’s survey, taken on two weekdays in February, had found four passengers "
        "to a crossing. The village took its own, every day for a year, in a school exercise book that hangs on a string "
        "in the waiting room.",
        "The book shows what the survey could not: that the ferry carries a few people often and everybody sometimes. "
        "Nurses on the early shift. The choir, once a week. Sixty pupils on the one day in March when the causeway "
        "flooded.",
        "“You don’t judge a bridge by who is standing on it,” said Oona Petrie, who has piloted the boat since 2009. In "
        "October the transport committee voted, five to four, to keep the service for three more years. It then asked if "
        "it might borrow the book.",
    ),
    outlets=(
        ("South Desk", "https://south.example/the-ferry", 18),
        ("Harbour Review", "https://harbour.example/2026/11/19/the-ferry", 19),
    ),
    duties=(
        Duty("O2", ("© 2026 South Desk",)),
        Duty("O5", ("The views in this report are its author’s.",)),
        Duty("O6"),
    ),
    because="Harbour Review allows community sites and mailing lists to carry it with credit, copyright line and link.",
    contact="rights@harbour.example",
    categories=(RIVER,),
    links=(Link("canonical", "https://south.example/the-ferry"),),
    evidence=(
        Evidence(
            "rss.copyright", Level.FEED, "© Harbour Review", "channel/copyright", "https://harbour.example/feed.xml"
        ),
    ),
)
GAUGE = entry(
    2,
    title="What the river gauge remembers",
    text=(
        "Every fifteen minutes since 1961 a float in a brick hut below the weir has written down the height of the river. "
        "The paper rolls fill a room at the waterworks, and until this spring nobody had read them from end to end.",
        "Two retired teachers now have. Their finding fits on a postcard: the river rises faster than it did, and it has "
        "done so since the upper meadows were drained in 1974.",
        "The water board says it will put the rolls online by the summer. The teachers have asked for one more thing, "
        "which is that the hut be mended.",
    ),
    authors=("Tomas Averill",),
    outlets=(("Lindenfeld Courier", "https://lindenfeld.example/river-gauge", 20),),
    duties=(
        Duty("O2", ("© 2026 Lindenfeld Courier",)),
        Duty("O4", ("CC BY-ND 4.0",), "https://creativecommons.org/licenses/by-nd/4.0/"),
        Duty("O6"),
    ),
    because="CC BY-ND 4.0 allows it unchanged.",
    categories=(RIVER, Category("river", "https://lindenfeld.example/topics", "The river")),
    evidence=(
        Evidence(
            "atom.license",
            Level.FEED,
            "https://creativecommons.org/licenses/by-nd/4.0/",
            "feed/link",
            "https://lindenfeld.example/feed.atom",
        ),
    ),
)
SEEDS = entry(
    3,
    mode=Mode.EXCERPT,
    title="The seed library that outlived its building",
    text=(
        "When the roof of the old reading room came down in January, the books were the second thing people asked about. "
        "The first was the card cabinet by the door: eighty-four drawers of beans, peas and barley, each labelled in a "
        "different hand.",
        *(
            f"Drawer {n} held what the growers of the valley had brought in that year, and their names."
            for n in range(13)
        ),
    ),
    authors=("Ruth Halloran",),
    outlets=(("Kestrel Field Notes", "https://kestrel.example/notes/seed-library", 17),),
    duties=(Duty("O2", ("© 2026 Ruth Halloran",)),),
    because="Kestrel Field Notes allows the first paragraph, with a link to the rest.",
    limit=Limit(paragraphs=1),
    categories=(LAND,),
)
BRIDGE = entry(
    4,
    mode=Mode.LINK,
    title="Bridge was priced twice, council papers show",
    authors=("the Marsh & Mill newsroom",),
    outlets=(("Marsh & Mill", "https://marshmill.example/2026/bridge?page=1&view=all", 19),),
    duties=(Duty("O2", ("© 2026 Marsh & Mill, all rights reserved",)),),
    because="The publisher keeps the text to its own site.",
)
TIDES = entry(
    5,
    mode=Mode.LINK,
    title="How to read a tide table",
    authors=("Joss Penhale",),
    outlets=(("Estuary Commons", "https://estuary.example/", 21),),
    because="We are still confirming what the publisher allows.",
)
HIDDEN = entry(6, mode=Mode.WITHHOLD, title="Not for us", text=("A secret sentence.",))
EDITION = (FERRY, GAUGE, SEEDS, BRIDGE, TIDES, HIDDEN)
