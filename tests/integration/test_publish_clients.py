# SPDX-License-Identifier: Apache-2.0
"""The finished bytes as other programs read them: feed parsers, a feed reader, the mail parser and our own proof."""

import io
import runpy
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace

import feedparser
import pytest

from syndicate.model import Edition, Verified
from syndicate.proof import verify
from syndicate.publish.digest import fill, render_digest
from syndicate.publish.feed import render_feed
from syndicate.publish.templates import environment

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/samples.py")))
VALIDITY = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/validity.py")))
SHOWN = [entry for entry in S.EDITION if entry is not S.HIDDEN]


@pytest.fixture(scope="module")
def feeds():
    """The parts of the sample feed by name."""
    return {part.name: part for part in render_feed(S.FEED, S.SITE, S.EDITION, S.NOW, environment())}


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_a_parser_finds_no_fault(feeds, name):
    """Feedparser reads every entry with id, title, link, date, author, rights, licence and source, and no error."""
    read = feedparser.parse(io.BytesIO(feeds[name].content))  # noqa: TID251 - a client here, not our intake
    assert not read.bozo
    assert [entry.title for entry in read.entries] == [entry.item.title for entry in SHOWN]
    for found, entry in zip(read.entries, SHOWN, strict=True):
        assert found.id.endswith(f"/items/{entry.item.id}")
        assert found.link == next(duty.url for duty in entry.decision.duties if duty.id == "O3")
        assert found.author == entry.item.authors[-1].name
        assert found.source.title == entry.chain.hops[-1].name
        assert found.published_parsed
        owed = {duty.id: duty for duty in entry.decision.duties}
        assert found.get("rights", "") == " ".join(owed["O2"].texts if "O2" in owed else ())
        licences = {link.href for link in found.links if link.rel == "license"}
        assert licences == ({owed["O4"].url} if "O4" in owed else set())
        assert "19\u00a0November" in read.entries[3].content[-1].value


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_a_reader_shows_every_item(feeds, name, tmp_path):
    """The reader library takes in each format from a file: title, date, link and readable text for every item."""
    reader = pytest.importorskip("reader")
    (tmp_path / f"feed.{name}").write_bytes(feeds[name].content)
    with reader.make_reader(":memory:", feed_root=str(tmp_path)) as shelf:
        shelf.add_feed(f"feed.{name}")
        shelf.update_feeds()
        entries = {entry.title: entry for entry in shelf.get_entries()}
    assert set(entries) == {entry.item.title for entry in SHOWN}
    for one in entries.values():
        assert one.link
        assert one.published
        assert one.content


def digest():
    """The sample digest's part, subject and entries."""
    return render_digest(S.DIGEST, S.SITE, S.EDITION, S.NOW, "2026-11-23", environment())


@pytest.mark.parametrize("entries", [S.EDITION, ()], ids=["full", "empty"])
def test_a_mail_parser_finds_no_defect(entries):
    """The filled message parses without defects in any part or header and keeps the rules of RFC 5322 and MIME."""
    part = render_digest(S.DIGEST, S.SITE, entries, S.NOW, "2026-11-23", environment())[0]
    raw = fill(part.content, recipient="a@b.example", message_id="<1@b.example>", token="t")
    assert VALIDITY.faults("mail", raw) == []
    assert str(message_from_bytes(raw, policy=policy.default)["To"]) == "a@b.example"


def test_the_proof_accepts_what_publish_writes(feeds):
    """The gate finds every duty of the sample edition in the finished feed and in the finished digest."""
    feed = Edition("e-1", S.FEED, "now", S.NOW, tuple(feeds.values()), S.EDITION)
    assert isinstance(verify(feed, S.SITE), Verified), verify(feed, S.SITE)
    part, subject, final = digest()
    mail = Edition("e-2", S.DIGEST, "2026-11-23", S.NOW, (part,), final, subject)
    assert isinstance(verify(mail, S.SITE), Verified), verify(mail, S.SITE)


def test_the_proof_accepts_a_shortened_digest():
    """What limit and size made links of is proved as links, with the decisions that the renderer hands back."""
    for channel in (replace(S.DIGEST, limit=1), replace(S.DIGEST, max_size=14_000)):
        part, subject, final = render_digest(channel, S.SITE, S.EDITION, S.NOW, "2026-11-23", environment())
        assert final != S.EDITION
        mail = Edition("e-3", channel, "2026-11-23", S.NOW, (part,), final, subject)
        assert isinstance(verify(mail, S.SITE), Verified), verify(mail, S.SITE)
