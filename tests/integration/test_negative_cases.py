# SPDX-License-Identifier: Apache-2.0
"""The negative cases: what looks like a permission and is none, or breaks a duty. Polled, decided, rendered, proved.

Each file of tests/cases/negatives is one case as data: what publishers serve (``{south}`` and ``{harbour}`` stand for
their addresses), what is on record, and what it expects: a mode for each channel, duties, words, findings.
"""

import asyncio
import copy
import json
import re
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from ruamel.yaml import YAML
from typer.testing import CliRunner
from werkzeug import Request, Response

from syndicate.app import open_app
from syndicate.cli.main import app as command
from syndicate.errors import ConfigError
from syndicate.model import Part, Verified
from syndicate.pipeline import breaches
from syndicate.pipeline.compose import compose_digest, compose_feed
from syndicate.pipeline.explain import explain
from syndicate.pipeline.origins import trace_arrivals
from syndicate.pipeline.poll import poll
from syndicate.pipeline.release import publish
from syndicate.pipeline.webpages import read_pages
from syndicate.proof import verify

FOLDER = Path(__file__).parents[1] / "cases" / "negatives"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CHANNELS = """
channels:
  CW: {kind: feed, medium: web, backfill: 9}
  XW: {kind: feed, medium: web, purpose: commercial, ads: around}
  EM: {kind: digest, medium: email, schedule: "0 7 * * 1", backfill: 9, from: Bulletin <news@bulletin.example>}
  XE: {kind: digest, medium: email, purpose: commercial, ads: around, schedule: "0 7 * * 1", backfill: 9,
       from: Bulletin <news@bulletin.example>}
  PR: {kind: page, medium: print}
"""
FEED = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{name}</title><link>{home}</link>'
    "<description/>{items}</channel></rss>"
)


def read(path):
    """The cases of a file, one for each of its variants, whose values stand where their names do in braces."""
    text = path.read_text(encoding="utf-8")
    first = YAML(typ="safe").load(text)
    for number, values in enumerate(first.get("variants", [{}]), 1):
        filled = text
        for name, value in values.items():
            filled = filled.replace(f"{{{name}}}", str(value))
        yield f"{path.stem}{f'-{number}' * ('variants' in first)}", YAML(typ="safe").load(filled)


CASES = {name: case for path in sorted(FOLDER.glob("*.yaml")) for name, case in read(path)}


def having(key):
    """The cases that state something under ``key``, as parameters."""
    return pytest.mark.parametrize("case", [pytest.param(c, id=n) for n, c in CASES.items() if key in c])


class World:
    """Two publishers on loopback, South Desk and Harbour Review, and a site of ours that polls them."""

    def __init__(self, server, folder, case):
        self.case, self.now = case, NOW
        self.path = folder / "config.yaml"
        hosts = {"south": "localhost", "harbour": "127.0.0.1"}
        self.home = {name: f"http://{host}:{server.port}/{folder.name}/{name}" for name, host in hosts.items()}
        server.expect_request(re.compile(rf"/{folder.name}/.*")).respond_with_handler(self._answer)
        self.path.write_text(self._config(), encoding="utf-8")

    def placed(self, text):
        """``text`` with the addresses of this run."""
        return text.replace("{south}", self.home["south"]).replace("{harbour}", self.home["harbour"])

    def _answer(self, request: Request) -> Response:
        name, path = request.path.split("/")[2], "/" + request.path.split("/", 2)[2]
        if request.path.endswith("/feed"):
            feed = self.case.get("feeds", {}).get(name, "")
            whole = feed if feed.startswith(("<feed", "<rss", "<rdf")) else self._feed(name, feed)
            return Response(self.placed(whole), mimetype="application/xml")
        page = self.case.get("pages", {}).get(path)
        if page and page.startswith("-> "):
            return Response("", 302, {"Location": self.placed(page.removeprefix("-> "))})
        return Response("gone", 410) if page is None else Response(self.placed(page), mimetype="text/html")

    def _feed(self, name, items):
        title = {"south": "South Desk", "harbour": "Harbour Review"}[name]
        return FEED.format(name=title, home=self.home[name] + "/", items=items)

    def _config(self):
        records = self.case.get("terms", {})
        lines = [
            "site: {name: Bulletin, url: 'https://bulletin.example', contact: ed@bulletin.example}",
            "database: sqlite:///test.db",
            "network: {allow_private: true, pause: 0s}",
            "publishers:",
        ]
        for name, title in (("south", "South Desk"), ("harbour", "Harbour Review")):
            terms = f", terms: {name}" if name in records else ""
            lines.append(f"  {name}: {{name: {title}, home: '{self.home[name]}/'{terms}}}")
        if records:
            lines.append("terms: " + self.placed(json.dumps(records)))
        lines.append("sources:")
        for name in self.case.get("feeds", {}):
            pages = "when-unknown" if "pages" in self.case else "false"
            lines.append(f"  - {{id: {name}, url: '{self.home[name]}/feed', publisher: {name}, pages: {pages}}}")
        return "\n".join(lines) + "\n" + self.case.get("channels", CHANNELS)

    def open(self):
        """The application."""
        return open_app(self.path, now=lambda: self.now)

    def poll(self):
        """Poll every source in the order of the case, and read the pages that are due."""

        async def run(app):
            async with app.polling() as polling, app.pages_of_others() as fetcher:
                for name in self.case["feeds"]:
                    await poll(polling, [name])
                await read_pages(app.browsing(polling, fetcher))
                trace_arrivals(app.store, app.config.publishers)

        with closing(self.open()) as app:
            asyncio.run(run(app))

    def item(self, app):
        """The item that the case is about: the one whose address the case names."""
        with app.store.read() as tx:
            (stored,) = tx.items.find(self.placed(self.case.get("item", "{south}/1")))
        return stored

    def decisions(self):
        """Its decision by channel."""
        with closing(self.open()) as app:
            told = explain(app.composing, self.item(app), app.config.channels)
            return {one.channel.id: one.decision for one in told}


@pytest.fixture(scope="module")
def server():
    """What all publishers of all cases are served by."""
    with HTTPServer() as running:
        running.expect_request("/robots.txt").respond_with_handler(lambda _: Response("User-agent: *\nAllow: /\n"))
        yield running


@pytest.fixture(scope="module")
def worlds(server, tmp_path_factory):
    """The world of each case, polled when it is first asked for."""
    made = {}

    def world(case):
        if id(case) not in made:
            made[id(case)] = World(server, tmp_path_factory.mktemp("case"), case)
            if "feeds" in case and "refused" not in case:
                made[id(case)].poll()
        return made[id(case)]

    return world


@pytest.fixture
def world(worlds, case, tmp_path):
    """A copy of the world of a case: what a test does to its files and its clock is its own."""
    first = worlds(case)
    mine = copy.copy(first)
    mine.path = Path(shutil.copytree(first.path.parent, tmp_path / "case")) / first.path.name
    return mine


def finished(app):
    """The proved editions of the community feed and digest, and their bytes as text."""
    feed = compose_feed(app.composing, app.channel("CW"))
    mail = compose_digest(app.composing, app.channel("EM"), "2026-11-22")
    assert isinstance(feed, Verified), feed.findings
    assert isinstance(mail, Verified | None), mail.findings
    shown = {part.name: part.content.decode() for part in feed.edition.parts}
    if mail:
        message = message_from_bytes(mail.edition.parts[0].content, policy=policy.default)
        shown |= {f"mail {kind}": message.get_body((kind,)).get_content() for kind in ("html", "plain")}
    return shown


@having("modes")
def test_modes(world, case):
    """Each channel gets the mode that the case states, and what follows is as it says."""
    decisions = world.decisions()
    assert {name: decisions[name].mode.name.lower() for name in case["modes"]} == case["modes"], [
        (reason.text, reason.mode) for decision in decisions.values() for reason in decision.reasons
    ]
    first = decisions[next(iter(case["modes"]))]
    duties = {duty.id: duty for duty in first.duties}
    assert set(case.get("owes", ())) <= set(duties)
    if "because" in case:
        assert first.because == world.placed(case["because"])
    if "link" in case:
        assert duties["O3"].url == world.placed(case["link"])
    if "licence" in case:
        assert duties["O4"].url == case["licence"]


@having("feeds")
def test_what_goes_out_is_proved(world, case):
    """Feed and mail of the case are proved in every duty; the words that it names stand there, or nowhere."""
    if "refused" in case or "without link" in case:
        return
    with closing(world.open()) as app:
        shown = finished(app)
    for words in case.get("stands", ()):
        assert [name for name, text in shown.items() if world.placed(words) not in text.replace("&amp;", "&")] == []
    for words in case.get("stands nowhere", ()):
        assert [name for name, text in shown.items() if world.placed(words) in text] == []


@having("clock")
def test_clocks(world, case):
    """What time changes: the mode on each day, and what the feed tells of what left it."""
    begin = datetime.fromisoformat(case["published"])
    for row in case["clock"]:
        world.now = begin + timedelta(hours=row["hours"])
        decisions = world.decisions()
        expected = {name: mode for name, mode in row.items() if name not in {"hours", "tombstone"}}
        assert {name: decisions[name].mode.name.lower() for name in expected} == expected, row
        with closing(world.open()) as app:
            released = publish(app.composing, app.channel("CW"), app.release)
        told = [stone.item_id for stone in released.verified.edition.tombstones]
        assert bool(told) == row.get("tombstone", False), row


@having("chain")
def test_chains(world, case):
    """The chain is the one that the case states, the origin first."""
    with closing(world.open()) as app:
        hops = [hop.name for hop in world.item(app).chain.hops]
    assert ", ".join(hops) == ", ".join(case["chain"])


@having("edited")
def test_finished_bytes_that_break_a_duty(world, case):
    """What somebody did to the finished bytes is a finding of the duty that it breaks."""
    with closing(world.open()) as app:
        feed = compose_feed(app.composing, app.channel("CW"))
        mail = compose_digest(app.composing, app.channel("EM"), "2026-11-22")
    for row in case["edited"]:
        edition = mail.edition if row["part"] == "mail" else feed.edition
        (part,) = [part for part in edition.parts if part.name == row["part"]]
        content = edited(part.content, *(world.placed(row[key]) for key in ("from", "to")))
        outcome = verify(replace(edition, parts=(replace(part, content=content),), tombstones=()), app.config.site)
        assert not isinstance(outcome, Verified), row
        assert row["finds"] in {finding.duty for finding in outcome}, (row, outcome)


def edited(content, old, new):
    """The bytes of a feed, or of a mail's HTML part, with ``new`` for each ``old``, escaped as there."""
    if content.lstrip()[:1] in b"<{":
        forms = [(old, new), tuple(text.replace("<", "&lt;").replace(">", "&gt;") for text in (old, new))]
        forms += [tuple(json.dumps(text, ensure_ascii=False)[1:-1] for text in (old, new))]
        (old, new), *_ = [form for form in forms if form[0].encode() in content]
        return content.replace(old.encode(), new.encode())
    message = message_from_bytes(content, policy=policy.SMTP)
    html = message.get_body(("html",))
    text = html.get_content()
    assert old in text, text
    html.set_content(text.replace(old, new), subtype="html")
    return message.as_bytes()


@having("template")
def test_a_template_that_breaks_a_duty(world, case, repository):
    """A template of the house that loses or hides a credit costs the item its text: it goes out as a link, proved."""
    how = case["template"]
    text = (repository / "syndicate" / "templates" / how["name"]).read_text(encoding="utf-8")
    assert how["from"] in text
    (world.path.parent / "templates").mkdir()
    (world.path.parent / "templates" / how["name"]).write_text(text.replace(how["from"], how["to"]), encoding="utf-8")
    with closing(world.open()) as app:
        channel = app.channel(case["reduced"]["channel"])
        compose = compose_feed(app.composing, channel) if channel.id == "CW" else None
        outcome = compose or compose_digest(app.composing, channel, "2026-11-22")
    assert isinstance(outcome, Verified), outcome.findings
    (entry,) = outcome.edition.entries
    assert entry.decision.mode.name == "LINK"
    assert entry.decision.reasons[-1].clause == "proof"
    assert case["reduced"]["words"] in entry.decision.reasons[-1].text


@having("refused")
def test_configurations_that_are_refused(world, case):
    """A channel for money that names a non-commercial source is an error of the configuration, with all three named."""
    with pytest.raises(ConfigError) as error:
        world.open()
    for words in case["refused"]:
        assert words in str(error.value)


@having("told")
def test_the_operator_is_told(world, case):
    """What the item itself says that cannot be followed stands where the operator looks."""
    run = CliRunner()
    out = run.invoke(command, ["terms", "unknown", "-c", str(world.path), "--json"]).output
    with closing(world.open()) as app, app.store.read() as tx:
        out += json.dumps([f"{alarm.subject}: {alarm.text}" for alarm in tx.alarms.open()])
        out += " ".join(f"{e.kind} {e.value}" for e in world.item(app).item.evidence)
    for words in case["told"]:
        assert world.placed(words) in out


@having("suggested")
def test_what_is_suggested(world, case):
    """What permits nothing alone waits for a person, with its words."""
    out = CliRunner().invoke(command, ["terms", "review", "-c", str(world.path), "--json"]).output
    (one,) = json.loads(out)
    assert case["suggested"] in json.dumps(one)


@having("cure")
def test_cures(world, case):
    """A released item without its credit is a breach, with the days that its licence gives to cure it."""
    with closing(world.open()) as app:
        verified = publish(app.composing, app.channel("CW"), app.release).verified
        part = verified.edition.parts[0]
        bare = Part(part.name, part.media_type, part.content.replace(b"South Desk", b"Somebody"))
        wrong = replace(verified.edition, id="e-wrong", period="wrong", parts=(bare,), tombstones=())
        with app.store.write() as tx:
            tx.editions.put(wrong, verified, (), now=world.now)
            tx.editions.released("e-wrong", world.now)
        assert breaches.look(app.composing) > 0
        with app.store.read() as tx:
            (one,) = {found.until for found in breaches.open_breaches(tx)}
    days = int(case["cure"]["days"])
    assert one == (world.now + timedelta(days=days) if days else None)


def test_every_negative_case_has_its_file(shared):
    """Each negative case of the shared table is a file here, by its id."""
    rows = json.loads((shared / "terms" / "cases.json").read_text(encoding="utf-8"))["negatives"]
    mine = {path.stem for path in FOLDER.glob("*.yaml")}
    assert len(rows) == 26
    assert [row["id"] for row in rows if row["id"] not in mine] == []
