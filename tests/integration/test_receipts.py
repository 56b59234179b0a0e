# SPDX-License-Identifier: Apache-2.0
"""Reports to publishers: signed, sent by mail, checked by whoever gets them, with our command or with openssl alone."""

import asyncio
import json
import shutil
import subprocess
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes, policy

import aiohttp
import pytest
from typer.testing import CliRunner

from syndicate.app import clock, open_app
from syndicate.cli.main import app as command
from syndicate.deliver.seal import is_sealed, seal
from syndicate.errors import UsageError
from syndicate.model import Chain, Hop, Item, Role
from syndicate.pipeline.release import publish
from syndicate.serve.app import build_app
from syndicate.serve.run import serving
from syndicate.store import LedgerKind
from syndicate.testing import Sink

CONFIG = """
site: {name: Bulletin, url: "https://bulletin.example", contact: ed@bulletin.example}
database: sqlite:///test.db
smtp: {host: 127.0.0.1, port: PORT}
publishers:
  south: {name: South Desk, home: "https://south.example", terms: CC-BY-4.0}
sources:
  - {id: south, url: "https://south.example/feed", publisher: south}
channels:
  community: {kind: feed, formats: [json]}
"""
URL = "https://south.example/ferry"


@pytest.fixture
def sink():
    """A mail server that keeps what it takes."""
    with Sink() as running:
        running.keep_bodies = True
        yield running


@pytest.fixture
def path(tmp_path, sink):
    """The configuration of a site that has published one story."""
    file, now = tmp_path / "config.yaml", clock() - timedelta(hours=1)
    file.write_text(CONFIG.replace("PORT", str(sink.port)), encoding="utf-8")
    item = Item("i-1", "south", "south", URL, URL, "Ferry", "<p>It runs.</p>", "It runs.", published=now)
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", URL, now, item.id),))
    with closing(open_app(file)) as app:
        with app.store.write() as tx:
            tx.items.put("south", [item], {item.id: chain}, {}, {}, now=now, first_poll=False)
        publish(app.composing, app.channel("community"), app.release)
    return file


def say(path, *words, code=0):
    """Run `syndicate receipts ...`; its output."""
    result = CliRunner().invoke(command, ["receipts", *words, "-c", str(path)])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def check(file, key, code=0):
    """Run `syndicate receipt FILE --key KEY`; its output."""
    result = CliRunner().invoke(command, ["receipt", str(file), "--key", str(key)])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def key_of(path):
    """Our public key."""
    return CliRunner().invoke(command, ["receipt", "-c", str(path)]).output


def test_a_signed_report_can_be_checked(path, tmp_path):
    """The file says what went where; its signature holds for it, for no other text, and for no other key."""
    report, key = tmp_path / "out.json", tmp_path / "key.pem"
    assert "signed:" in say(path, "south", "--sign", str(report))
    key.write_text(key_of(path))
    told = json.loads(report.read_text())
    assert (told["from"]["name"], told["to"]["name"]) == ("Bulletin", "South Desk")
    assert told["from"]["key"] == "https://bulletin.example/receipts.pem"
    (one,) = told["items"]
    assert (one["mode"], one["channel"], one["url"], one["credits"]) == ("full", "community", URL, ["json"])
    assert "unchanged since" in check(report, key)
    report.write_text(report.read_text().replace('"full"', '"link"'))
    check(report, key, code=1)
    other = tmp_path / "other.pem"
    other.write_bytes(seal(b"x" * 32).public)
    say(path, "south", "--sign", str(report))
    check(report, other, code=1)
    with closing(open_app(path)) as app, app.store.read() as tx:
        assert tx.ledger.tail(9, LedgerKind.NOTICE) == [], "a file is not a notice"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_checks_it_too(path, tmp_path):
    """Nothing of ours is needed to check a report."""
    report, key = tmp_path / "out.json", tmp_path / "key.pem"
    say(path, "south", "--sign", str(report))
    key.write_text(key_of(path))
    how = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", report, "-sigfile"]
    assert subprocess.run([*how, f"{report}.sig"], capture_output=True, check=False).returncode == 0
    report.write_text(report.read_text().replace("South", "North"))
    assert subprocess.run([*how, f"{report}.sig"], capture_output=True, check=False).returncode != 0


def test_a_report_by_mail(path, tmp_path, sink):
    """It goes to the publisher with report, signature and key; the mail as it came is checked; it is on record."""
    assert "noted: told at rights@south.example" in say(path, "south", "--mail", "rights@south.example")
    body = sink.bodies["rights@south.example"]
    message = message_from_bytes(body, policy=policy.default)
    assert message["Subject"] == "Report on 1 item of yours"
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == ["receipt.json", "receipt.json.sig", "receipts.pem"]
    mail, key = tmp_path / "report.eml", tmp_path / "key.pem"
    mail.write_bytes(body)
    key.write_text(key_of(path))
    assert "unchanged since" in check(mail, key)
    with closing(open_app(path)) as app, app.store.read() as tx:
        (line,) = tx.ledger.tail(9, LedgerKind.NOTICE)
    assert (line.subject, line.data["told"]) == ("south", "rights@south.example")


def test_the_key_is_served(path):
    """Publishers find the key at the site itself, and it stays the same."""
    with closing(open_app(path)) as app:

        async def ask():
            async with (
                serving(build_app(app.pages(lambda: True))) as port,
                aiohttp.ClientSession() as web,
                web.get(f"http://127.0.0.1:{port}/receipts.pem") as answer,
            ):
                return answer.status, await answer.text()

        assert asyncio.run(ask()) == (200, key_of(path))


def test_the_table_breaks_no_word(path):
    """However long a title is, at 80 columns it is folded between words, and what is short is not folded at all."""
    title, now = "Ferries of the estuary and what became of them when the bridges came, by one who rowed", clock()
    url = "https://south.example/2"
    item = Item("i-2", "south", "south", url, url, title, "<p>It ran.</p>", "It ran.", published=now)
    chain = Chain((Hop(Role.ORIGIN, "South Desk", "south", url, now, item.id),))
    with closing(open_app(path)) as app:
        with app.store.write() as tx:
            tx.items.put("south", [item], {item.id: chain}, {}, {}, now=now, first_poll=False)
        publish(app.composing, app.channel("community"), app.release)
    words = say(path, "south").split()
    assert set(title.split()) < set(words)
    assert words.count("community") == words.count("full") == words.count("verified") == 2


def test_the_key_is_written_with_the_site(path):
    """Where the site is files the key stands among them, and checks what was signed."""
    report, key = path.parent / "out.json", path.parent / "public" / "receipts.pem"
    assert CliRunner().invoke(command, ["publish", "-c", str(path)]).exit_code == 0
    say(path, "south", "--sign", str(report))
    assert key.read_text() == key_of(path)
    assert "unchanged since" in check(report, key)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["receipt", "{folder}/none.json", "--key", "{folder}/none.pem"], "No such file"),
        (["receipt", "{folder}/config.yaml"], "whose signature"),
        (["receipt", "{folder}/config.yaml", "--key", "{folder}/config.yaml"], "no signed report"),
        (["receipts", "south", "--sign", "{folder}/no/such/folder.json"], "No such file"),
        (["receipts", "south", "--mail", "nobody"], "nobody"),
    ],
)
def test_mistakes(path, words, told):
    """What is missing or wrong is named."""
    filled = [word.format(folder=path.parent) for word in words]
    result = CliRunner().invoke(command, [*filled, "-c", str(path)])
    assert isinstance(result.exception, UsageError)
    assert told in str(result.exception)


@pytest.mark.parametrize("text", [b"", b"-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----\n"])
def test_a_key_that_is_none(text):
    """A file that holds no key of ours is said to be none."""
    with pytest.raises(UsageError, match="public key"):
        is_sealed(b"x", b"y" * 64, text)
