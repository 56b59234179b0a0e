# SPDX-License-Identifier: Apache-2.0
"""The founding case, on the finished bytes: one article, its cross-post, five channels, exactly as decided.

The publishers are the demo's: South Desk wrote the ferry story, Harbour Review cross-posted it a day later under terms
that the operator has recorded. Everything runs as a user runs it: HTTP, the command line, files and mail.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree, html

from syndicate import demo
from syndicate.app import clock, open_app
from syndicate.model import Mode
from syndicate.pipeline.compose import Refusal, compose_digest, compose_feed
from syndicate.pipeline.explain import explain
from syndicate.pipeline.poll import poll
from syndicate.pipeline.release import publish

ADS_AROUND = "\n  ads-around:\n    kind: feed\n    medium: web\n    purpose: community\n    ads: around\n"
COMMERCIAL = "\n  commercial:\n    kind: feed\n    medium: web\n    purpose: commercial\n"
REPUBLISHER, ORIGIN = "harbour-review", "south-desk"

# terms: the table of the founding case; (copy, channel) -> mode
EXPECTED = {
    (REPUBLISHER, "community"): Mode.FULL,
    (ORIGIN, "community"): Mode.FULL,
    (REPUBLISHER, "weekly"): Mode.FULL,
    (ORIGIN, "weekly"): Mode.FULL,
    (REPUBLISHER, "ads-around"): Mode.EXCERPT,
    (ORIGIN, "ads-around"): Mode.EXCERPT,
    (REPUBLISHER, "commercial"): Mode.LINK,
    (ORIGIN, "commercial"): Mode.LINK,
    (REPUBLISHER, "print"): Mode.WITHHOLD,
    (ORIGIN, "print"): Mode.WITHHOLD,
}


@dataclass(frozen=True)
class Case:
    """The founding case, polled, with everything that was published of it."""

    app: object
    folder: Path
    copies: dict
    digest: email.message.EmailMessage

    def item(self, source, channel, form="json"):
        """One copy in a finished feed: the JSON item, or the XML element."""
        item_id = self.copies[source].work_id
        content = (self.app.output / "feeds" / f"{channel}.{form}").read_bytes()
        if form == "json":
            return next(i for i in json.loads(content)["items"] if i["_syndicate"]["id"] == item_id)
        tree = etree.fromstring(content)
        entries = [
            e for e in tree.iter("item", "{http://www.w3.org/2005/Atom}entry") if item_id in etree.tostring(e).decode()
        ]
        return entries[0]


async def polled(folder):
    """The demo's world with two more channels, polled once; channels take the cross-post only, not the holder's copy."""
    async with demo.world(clock(), archive=True) as world:
        text = demo.demo_config(world.port, 25, folder, 8080)
        text = text.replace("\nchannels:", "\nchannels:" + ADS_AROUND + COMMERCIAL)
        text = re.sub(r"\n    kind: (\w+)", rf"\n    kind: \1\n    select: {{sources: [{REPUBLISHER}]}}", text)
        (folder / "config.yaml").write_text(text)
        app = open_app(folder / "config.yaml")
        async with app.polling() as polling:
            await poll(polling, [ORIGIN, REPUBLISHER])
        with app.store.read() as tx:
            head = next(s for s in tx.items.newest(100) if "last boat" in s.item.title)
            ferry = tx.works.of([head.work_id])[head.work_id]
        return app, {s.item.source_id: s for s in ferry}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Everything published of the founding case."""
    folder = tmp_path_factory.mktemp("founding")
    app, copies = asyncio.run(polled(folder))
    for channel in ("community", "ads-around", "commercial"):
        publish(app.composing, app.channel(channel), app.release)
    verified = compose_digest(app.composing, app.channel("weekly"), "2026-11-23T0700")
    assert not isinstance(verified, Refusal)
    message = email.message_from_bytes(verified.edition.parts[0].content, policy=email.policy.default)
    yield Case(app, folder, copies, message)
    app.close()


def visible(markup):
    """What a reader sees of markup, white space folded."""
    return " ".join(html.fromstring(f"<div>{markup}</div>").text_content().split())


@pytest.mark.parametrize(("source", "channel"), EXPECTED)
def test_each_copy_gets_the_mode_of_the_table(case, source, channel):
    """The ten cells of the table."""
    (explained,) = explain(case.app.composing, case.copies[source], [case.app.channel(channel)])
    assert explained.decision.mode is EXPECTED[source, channel], explained.decision.reasons


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_community_feed_carries_the_cross_post_with_both_credits(case, form):
    """In full, naming origin and republisher, with the © line, the link to the republisher's article and the origin's."""
    stored = case.copies[REPUBLISHER]
    if form == "json":
        content = case.item(REPUBLISHER, "community")["content_html"]
    else:
        entry = case.item(REPUBLISHER, "community", form)
        names = ("{http://purl.org/rss/1.0/modules/content/}encoded", "{http://www.w3.org/2005/Atom}content")
        content = next(e.text for e in entry.iter(*names))
    seen = visible(content)
    assert stored.item.text.split("\n\n")[0] in seen
    assert "South Desk" in seen
    assert "Harbour Review" in seen
    assert "Ines Marlow" in seen
    assert re.search(r"(©|Copyright) ?(©)? ?.*South Desk.*2026", seen)
    assert f'href="{stored.item.url}"' in content
    assert f'href="{case.copies[ORIGIN].item.url}"' in content


def test_both_mail_parts_carry_the_same_duties(case):
    """The digest's HTML and its text name both, repeat the © line and hold both links whole."""
    stored = case.copies[REPUBLISHER]
    markup = case.digest.get_body(("html",)).get_content()
    element = html.fromstring(markup).xpath(f'//*[@data-item="{stored.work_id}"]')[0]
    links = {a.get("href") for a in element.iter("a")}
    text = "\n".join(case.digest.get_body(("plain",)).get_content().splitlines())
    for url in (stored.item.url, case.copies[ORIGIN].item.url):
        assert url in links
        assert re.search(rf"^\s*{re.escape(url)}$", text, re.MULTILINE)
    for name in ("South Desk", "Harbour Review", "Ines Marlow"):
        assert name in element.text_content()
        assert name in text


def test_the_excerpt_beside_ads_is_whole_sentences_of_the_publisher(case):
    """Until the publisher accepts ads: its own first sentences, verbatim, marked as an excerpt, no more than sixty words."""
    item = case.item(REPUBLISHER, "ads-around")
    assert item["_syndicate"]["mode"] == "excerpt"
    body = html.fromstring(f"<div>{item['content_html']}</div>").xpath('//*[contains(@class, "body")]')[0]
    words = " ".join(block.text_content() for block in body).split()
    whole = " ".join(case.copies[REPUBLISHER].item.text.split())
    assert 0 < len(words) <= 60
    assert " ".join(words) in whole
    assert words[-1][-1] in ".!?”"


def test_the_commercial_feed_has_a_link_and_where_to_ask(case):
    """Headline, credit, link and the address of the holder, who alone can grant more; not a sentence of the text."""
    item = case.item(REPUBLISHER, "commercial")
    seen = visible(item["content_html"])
    assert item["_syndicate"]["mode"] == "link"
    assert "desk@south-desk.example" in seen
    stored = case.copies[REPUBLISHER].item
    for form in ("rss", "atom", "json"):
        content = (case.app.output / "feeds" / f"commercial.{form}").read_text()
        for paragraph in stored.text.split("\n\n")[:5]:
            assert paragraph[:60] not in content


def test_the_video_is_linked_and_never_embedded(case):
    """The origin's film is no enclosure, no embed, no attachment."""
    for form in ("rss", "atom", "json"):
        content = (case.app.output / "feeds" / f"community.{form}").read_text()
        assert not re.search(r"(<enclosure|rel=.enclosure|<video|<source src|<iframe|attachments)", content)
    assert [part.get_content_type() for part in case.digest.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@pytest.mark.parametrize(
    ("without", "mode"),
    [(r"(?m)^    terms: harbour-crossposts\n", Mode.LINK), (r"(?m)^        covers: crossposts.*\n", Mode.LINK)],
    ids=["no record", "cross-posts not confirmed"],
)
def test_without_the_operators_word_the_cross_post_falls_to_a_link(tmp_path, without, mode):
    """The republisher's grant never exceeds the holder's: with the origin not polled, only a confirmation carries it."""
    folder = tmp_path

    async def only_the_copy():
        async with demo.world(clock()) as world:
            text = re.sub(without, "", demo.demo_config(world.port, 25, folder, 8080))
            (folder / "config.yaml").write_text(text)
            app = open_app(folder / "config.yaml")
            async with app.polling() as polling:
                await poll(polling, [REPUBLISHER])
            return app

    app = asyncio.run(only_the_copy())
    with app.store.read() as tx:
        ferry = next(s for s in tx.items.newest(100) if "last boat" in s.item.title)
    (explained,) = explain(app.composing, ferry, [app.channel("community")])
    assert not ferry.chain.origin_known
    assert explained.decision.mode is mode
    assert not isinstance(compose_feed(app.composing, app.channel("community")), Refusal)
    app.close()


def test_the_confirmation_carries_it_without_the_origins_own_feed(tmp_path):
    """Recorded and confirmed to cover cross-posts: full for the community web, though the origin is not polled."""

    async def only_the_copy():
        async with demo.world(clock()) as world:
            (tmp_path / "config.yaml").write_text(demo.demo_config(world.port, 25, tmp_path, 8080))
            app = open_app(tmp_path / "config.yaml")
            async with app.polling() as polling:
                await poll(polling, [REPUBLISHER])
            return app

    app = asyncio.run(only_the_copy())
    with app.store.read() as tx:
        ferry = next(s for s in tx.items.newest(100) if "last boat" in s.item.title)
    channels = [app.channel(name) for name in ("community", "weekly", "partner", "print")]
    modes = {e.channel.id: e.decision.mode for e in explain(app.composing, ferry, channels)}
    assert modes == {"community": Mode.FULL, "weekly": Mode.FULL, "partner": Mode.LINK, "print": Mode.WITHHOLD}
    app.close()
