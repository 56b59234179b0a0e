# SPDX-License-Identifier: Apache-2.0
"""Sources added by command: found from a site's address, shown with their terms, kept in the database, taken out."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing

import pytest
from typer.testing import CliRunner
from werkzeug import Response

from syndicate.app import clock, open_app
from syndicate.cli.main import app as command
from syndicate.errors import FetchError, ParseError, SyndicateError, UsageError
from syndicate.pipeline.adding import Wish
from syndicate.pipeline.poll import poll_due
from syndicate.store import added_to

ITEM = (
    "<item><title>{title}</title><link>{url}</link><guid>{url}</guid>"
    "<description>The weir was opened on Monday and the meadows stood under water.</description></item>"
)
FEED = '<rss version="2.0"><channel><title>{title}</title><link>{home}</link>{items}</channel></rss>'
TERMS = (
    "<main><h1>Republish</h1><p>Websites may republish our articles in full with a credit and a link to the original."
    "</p></main>"
)
CONFIG = """
site: {{name: Bulletin, url: 'https://bulletin.example', contact: ed@bulletin.example}}
network: {{allow_private: true, pause: 0s}}
{more}
channels: {{community: {{kind: feed}}, shop: {{kind: feed, purpose: commercial}}}}
"""


class Place:
    """A publisher's site on loopback and a folder of ours."""

    def __init__(self, server, folder):
        self.server, self.path = server, folder / "config.yaml"
        self.configure()
        self.pages({"/robots.txt": ("text/plain", "")})

    def configure(self, more=""):
        """Write the configuration."""
        self.path.write_text(CONFIG.format(more=more))

    def url(self, path="/"):
        """An address of the publisher's."""
        return self.server.url_for(path)

    def pages(self, pages):
        """Serve these: path -> (type, text)."""
        for path, (kind, text) in pages.items():
            self.server.expect_request(path).respond_with_handler(
                lambda _, text=text, kind=kind: Response(text, content_type=f"{kind}; charset=utf-8")
            )

    def feed(self, path="/feed.xml", title="South Desk", kind="application/rss+xml"):
        """Serve a feed of two items."""
        items = "".join(ITEM.format(title=f"{title} {n}", url=self.url(f"/{n}")) for n in (1, 2))
        self.pages({path: (kind, FEED.format(title=title, home=self.url(), items=items))})

    def run(self, *args):
        """A command: its exit code and what it wrote."""
        done = CliRunner().invoke(command, [*args, "-c", str(self.path)])
        if isinstance(done.exception, SyndicateError):
            raise done.exception
        return done.exit_code, done.stdout

    def json(self, *args):
        """What a command says to machines."""
        return json.loads(self.run(*args, "--json")[1])


@pytest.fixture
def place(httpserver, tmp_path):
    """See ``Place``."""
    return Place(httpserver, tmp_path)


def home(*links):
    """A site's home page that names feeds and links its terms at its foot."""
    named = "".join(f'<link rel="alternate" type="application/rss+xml" href="{one}">' for one in links)
    return ("text/html", f"<html><head>{named}</head><body><h1>South</h1><footer><a href=/t>Republishing</a></footer>")


def test_from_a_site_to_its_items(place):
    """The pasted site leads to the feed and its terms; nothing is saved before it is wanted, then it is polled."""
    place.feed()
    place.pages({"/": home("/feed.xml"), "/t": ("text/html", TERMS)})
    seen = place.json("add", place.url())
    assert not seen["saved"]
    assert (seen["source"]["id"], seen["source"]["url"]) == ("south-desk", place.url("/feed.xml"))
    assert [one["title"] for one in seen["items"]] == ["South Desk 1", "South Desk 2"]
    assert seen["notices"][0]["url"] == place.url("/t")
    assert seen["notices"][0]["grants"]["CW"] == "full"
    assert seen["channels"]["community"]["modes"] == {"link": 2}
    assert place.json("list") == []

    code, said = place.run("add", place.url(), "--yes", "--every", "2h")
    assert code == 0
    for words in ("South Desk", "may republish our articles in full", "CW full", "Added as south-desk", "terms review"):
        assert words in said
    assert [row["source"] for row in place.json("list")] == ["south-desk"]
    assert [one["publisher"] for one in place.json("terms", "review")] == ["south-desk"]
    assert place.run("poll")[0] == 0
    assert "2 link" in place.run("publish", "community")[1]
    assert place.run("terms", "confirm", "1", "--by", "Ada")[0] == 0
    assert "2 full" in place.run("publish", "community")[1]
    assert "south-desk" in place.run("check")[1]


def test_several_feeds(place):
    """All are listed, the first is meant unless another is chosen; one that is broken is passed over."""
    place.feed("/a.xml", "All")
    place.feed("/b.xml", "Sports")
    place.pages({"/": home("/broken.xml", "/a.xml", "/b.xml"), "/broken.xml": ("text/xml", "<rss><chan")})
    assert place.json("add", place.url())["feeds"] == [place.url("/a.xml"), place.url("/b.xml")]
    seen = place.json(
        "add", place.url(), "--feed", "2", "--id", "sports", "--publisher", "south", "--name", "The South"
    )
    assert (seen["title"], seen["source"]["id"]) == ("Sports", "sports")
    assert seen["publisher"] == {"id": "south", "name": "The South", "home": place.url()}
    assert "Other feeds here" in place.run("add", place.url())[1]
    with pytest.raises(UsageError, match="1 to 2"):
        place.run("add", place.url(), "--feed", "3")


def test_passwords_and_detours(place):
    """The address that was pasted is the one that is polled, with its password, which is never shown."""
    place.feed("/real.xml")
    hidden = Response(status=302, headers={"Location": place.url("/real.xml")})
    place.server.expect_request("/feed.xml").respond_with_handler(
        lambda request: hidden if request.authorization else Response("who?", 401)
    )
    pasted = place.url("/feed.xml").replace("://", "://ann:secret@")
    code, said = place.run("add", pasted, "--yes")
    assert (code, "secret" in said) == (0, False)
    with closing(open_app(place.path)) as app:
        assert [source.url for source in app.sources.values()] == [pasted]
    assert place.run("poll")[0] == 0
    assert "secret" not in place.run("list", "--json")[1]


def test_the_usual_places(place):
    """Where the page names no feed, the usual places are tried."""
    place.feed("/rss.xml")
    place.pages({"/blog": ("text/html", "<body>Hello")})
    assert place.json("add", place.url("/blog"))["source"]["url"] == place.url("/rss.xml")


def test_no_feed_anywhere(place):
    """The error says what was tried; a site that does not answer is another error."""
    place.pages({"/": ("text/html", "<body>Hello")})
    with pytest.raises(ParseError, match="there is no feed here"):
        place.run("add", place.url())
    place.server.expect_request("/nowhere").respond_with_data("no", status=404)
    with pytest.raises(FetchError, match="404"):
        place.run("add", place.url("/nowhere"))


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--every", "soon"], "write 30m"), (["--id", "a b"], "is not an id"), (["--publisher", "/"], "is not an id")],
)
def test_what_cannot_be_meant(place, options, said):
    """Options are checked before anything is asked for."""
    with pytest.raises(UsageError, match=said):
        place.run("add", place.url(), *options)
    assert not place.server.log


def test_once_only(place):
    """An address that is polled already, and an id that is taken, are refused."""
    place.feed()
    place.feed("/b.xml", "Sports")
    place.run("add", place.url("/feed.xml"), "--yes")
    with pytest.raises(UsageError, match="is polled already"):
        place.run("add", place.url("/feed.xml"))
    with pytest.raises(UsageError, match="the id of another source"):
        place.run("add", place.url("/b.xml"), "--id", "south-desk")
    seen = place.json("add", place.url("/b.xml"))
    assert (seen["source"]["id"], seen["publisher"]["name"]) == ("south-desk-2", "South Desk")


def test_known_publishers_keep_their_terms(place):
    """A feed below the home of a configured publisher is its feed, and carried by its terms at once."""
    place.configure(f"publishers: {{river: {{name: River, home: '{place.url()}', terms: CC-BY-4.0}}}}")
    place.feed()
    seen = place.json("add", place.url("/feed.xml"))
    assert (seen["source"]["id"], seen["publisher"]["id"]) == ("river", "river")
    assert seen["channels"]["shop"]["modes"] == {"full": 2}


def test_the_running_daemon_takes_it_up(place):
    """What another process adds or removes is polled, or not, without a restart."""
    place.feed()
    with closing(open_app(place.path)) as app:
        place.run("add", place.url("/feed.xml"), "--yes")

        async def polls():
            async with app.polling() as polling:
                before = await poll_due(polling)
                app.refresh()
                return before, await poll_due(polling)

        before, after = asyncio.run(polls())
        assert (before, [one.source_id for one in after]) == ([], ["south-desk"])
        assert app.publishers["south-desk"].name == "South Desk"
        place.run("remove", "south-desk")
        app.refresh()
        assert list(app.sources) == []
        assert place.json("list") == []


def test_remove(place):
    """Only what was added can be removed; what it brought stays, and it can be added again."""
    place.configure("publishers: {p: {name: P}}\nsources: [{id: fixed, url: 'https://p.example/f', publisher: p}]")
    with pytest.raises(UsageError, match="stands in the configuration"):
        place.run("remove", "fixed")
    with pytest.raises(UsageError, match="no source was added"):
        place.run("remove", "south-desk")
    place.feed()
    place.run("add", place.url("/feed.xml"), "--yes")
    place.run("poll", "south-desk")
    assert "removed" in place.run("remove", "south-desk")[1]
    assert "2 link" in place.run("publish", "community")[1]
    place.run("add", place.url("/feed.xml"), "--yes")
    assert {row["source"] for row in place.json("list")} == {"fixed", "south-desk"}
    with pytest.raises(UsageError, match="one of: south-desk"):
        place.run("remove", "other")


def test_several_are_removed_at_once(place):
    """What one command removes stays removed, the first as well as the last."""
    place.feed("/a.xml", "A")
    place.feed("/b.xml", "B")
    place.run("add", place.url("/a.xml"), "--id", "a", "--yes")
    place.run("add", place.url("/b.xml"), "--id", "b", "--yes")
    with closing(open_app(place.path)) as app:
        place.run("remove", "a", "b")
        with app.store.read() as tx:
            assert [state.removed for state in tx.sources.get(["a", "b"])] == [True, True]


def test_who_adds_leaves_alone_what_another_added(place):
    """Two who do not know of each other's source, one of them about to start: both are polled."""
    place.feed("/a.xml", "A")
    place.feed("/b.xml", "B")
    others = [("/b.xml", "b")]

    def now():
        for path, name in [others.pop()] if others else []:
            place.run("add", place.url(path), "--id", name, "--yes")  # while this one starts
        return clock()

    with closing(open_app(place.path, now=now)) as app:
        app.add(asyncio.run(app.look(Wish(place.url("/a.xml"), id="a"), 1)))
        with app.store.read() as tx:
            assert [state.removed for state in tx.sources.get(["a", "b"])] == [False, False]
        assert sorted(app.sources) == ["a", "b"]


def test_lists(place, tmp_path):
    """A list of 2,000 feeds comes in at once, comes out without passwords, and comes in elsewhere as it was."""
    rows = "".join(
        f'<outline text="Site {n}" xmlUrl="https://u:p@s{n}.example/feed" htmlUrl="https://s{n}.example/"/>'
        for n in range(2000)
    )
    theirs, ours = tmp_path / "theirs.opml", tmp_path / "ours.opml"
    theirs.write_text(f'<opml version="2.0"><body>{rows}<outline text="x" xmlUrl="gopher://x/"/></body></opml>')
    code, said = place.run("opml", "import", str(theirs))
    assert (code, "2,000 sources added, 0 known already, 1 refused" in said) == (1, True)
    assert place.run("opml", "import", str(theirs))[1].startswith("0 sources added, 2,000 known already")
    place.run("opml", "export", str(ours))
    assert "u:p" not in ours.read_text()
    first = sorted((row["source"], row["title"]) for row in place.json("list"))
    assert len(first) == 2000
    other = Place(place.server, tmp_path.joinpath("other").mkdir() or tmp_path / "other")
    assert other.run("opml", "import", str(ours))[0] == 0
    assert sorted((row["source"], row["title"]) for row in other.json("list")) == first
    with pytest.raises(ParseError):
        place.run("opml", "import", str(place.path))


def test_a_database_that_is_not_there(tmp_path):
    """Asking for added sources makes no database."""
    assert added_to(f"sqlite:///{tmp_path / 'no.db'}") == ()
    assert not list(tmp_path.iterdir())
    (tmp_path / "empty.db").touch()
    assert added_to(f"sqlite:///{tmp_path / 'empty.db'}") == ()
