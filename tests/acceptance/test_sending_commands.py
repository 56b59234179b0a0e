# SPDX-License-Identifier: Apache-2.0
"""`sending`, `bounces`, `subscribers` and `doctor` as an operator types them, against a relay and a name server."""

from __future__ import annotations

import email
import email.policy
import json
import re
import runpy
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest

from syndicate.testing import Sink

CASES = Path(__file__).parents[1] / "cases/deliver"
REPORTS = SimpleNamespace(**runpy.run_path(str(CASES / "reports.py")))
DNS = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "integration/test_doctor.py")))
WORDING = "I want the weekly digest."


class House:
    """A folder with a digest to send, thirty readers, and a relay of its own."""

    def __init__(self, folder, sink, syndicate):
        self.folder, self.sink, self._syndicate = folder, sink, syndicate
        for name in ("new", "cur", "tmp"):
            (folder / "returned" / name).mkdir(parents=True)
        text = re.sub(r"^smtp: .*$", f"smtp: {{host: 127.0.0.1, port: {sink.port}}}", self.text, flags=re.MULTILINE)
        self.text = f"{text}\ndelivery: {{connections: 1, returns: {{maildir: returned}}}}\n"
        rows = "".join(f"r{n}@reader.example,2026-03-04,form,{WORDING}\n" for n in range(28))
        (folder / "readers.csv").write_text(f"email,confirmed_at,method,wording\n{rows}")
        assert self("subscribers", "import", "readers.csv", "--channel", "weekly").returncode == 0

    def __call__(self, *arguments):
        """What a command prints, and how it ends."""
        return self._syndicate(self.folder, *arguments)

    @property
    def text(self):
        """The configuration."""
        return (self.folder / "config.yaml").read_text()

    @text.setter
    def text(self, text):
        (self.folder / "config.yaml").write_text(text)

    def delivery(self, keys):
        """Configure more of ``delivery``."""
        self.text = self.text.replace("delivery: {connections: 1", f"delivery: {{connections: 1{keys}")

    @property
    def file(self):
        """The database."""
        (found,) = self.folder.rglob("*.db")
        return found

    def a_minute_passes(self):
        """What waits for the next minute is due."""
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute("UPDATE deliveries SET due_at = created_at WHERE due_at IS NOT NULL")

    def figures(self):
        """What ``sending --json`` says of the newest edition."""
        return json.loads(self("sending", "--json").stdout)["sendings"][0]

    def letter(self, reader):
        """The mail that a reader got."""
        return email.message_from_bytes(self.sink.bodies[reader], policy=email.policy.default)

    def readers(self):
        """The states of the readers by address."""
        return {row["email"]: row["state"] for row in json.loads(self("subscribers", "list", "--json").stdout)}

    def comes_back(self, content, name="1.x"):
        """A message arrives in the Maildir of returned mail."""
        (self.folder / "returned" / "new" / name).write_bytes(content)


@pytest.fixture
def house(folder, syndicate):
    """A house; the folder has two readers of its own."""
    with Sink() as sink:
        sink.keep_bodies = True
        yield House(folder, sink, syndicate)


# ------------------------------------------------------------------------------------------------ sending


def test_progress_pause_resume_cancel(house):
    """A pace leaves 20 of 30 to go: the figures add up, pause stops them, resume sends them, cancel ends the next."""
    assert house("sending").stdout == "No edition has gone out by mail yet.\n"
    house.delivery(", domain_per_minute: 10")
    assert house("digest", "weekly").returncode == 0
    one = house.figures()
    edition = one["sending"]["edition_id"]
    assert (one["total"], one["accepted"], one["to_go"], one["sending"]["state"]) == (30, 10, 20, "running")
    assert one["seconds_left"] == pytest.approx(120)
    assert "10 of 30" in house("sending").stdout
    done = house("sending", "pause", edition)
    assert (done.returncode, done.stdout) == (0, f"{edition}: paused; 10 mails accepted, 20 to go.\n")
    house.text = house.text.replace(", domain_per_minute: 10", "")
    house.a_minute_passes()
    assert house("deliver").returncode == 0
    assert (len(house.sink.taken), house.figures()["sending"]["reason"]) == (10, "by hand")
    twice = house("sending", "pause", edition)
    assert (twice.returncode, f"{edition}: is paused already" in twice.stderr) == (2, True)
    assert house("sending", "resume", edition).returncode == 0
    assert house("deliver").returncode == 0
    assert (house.figures()["accepted"], len(set(house.sink.copies()))) == (30, 30)
    assert (house.figures()["sending"]["state"], house.figures()["finished"]) == ("done", True)
    assert f"{edition}  weekly  done" in house("sending").stdout
    assert house("sending", "cancel", edition).returncode == 0
    refused = house("sending", "resume", edition)
    assert (refused.returncode, "is cancelled already" in refused.stderr) == (2, True)
    unknown = house("sending", "resume", "e-1")
    assert (unknown.returncode, f"the newest: {edition}" in unknown.stderr) == (2, True)


def test_cancelled_mail_never_goes(house):
    """What waits when an edition is cancelled is not sent, and nobody is owed it any more."""
    house.delivery(", domain_per_minute: 10")
    house("digest", "weekly")
    edition = house.figures()["sending"]["edition_id"]
    house.text = house.text.replace(", domain_per_minute: 10", "")
    house.a_minute_passes()
    assert house("sending", "cancel", edition).returncode == 0
    house("deliver")
    one = house.figures()
    assert (len(house.sink.taken), one["cancelled"], one["to_go"], one["sending"]["state"]) == (10, 20, 0, "cancelled")


def test_held_and_decide(house):
    """Of three lost answers one goes out again with the same id, two are called done; nothing else can be decided."""
    lost = {f"r{n}@reader.example" for n in (3, 4, 5)}
    house.sink.plan = lambda reader, attempt: "dropafter" if reader in lost and attempt == 1 else ""
    house.delivery(", unknown: hold")
    assert house("digest", "weekly").returncode == 1
    assert house.figures()["unknown"] == 3
    held = json.loads(house("sending", "held", "--json").stdout)
    assert [row["text"] for row in held] == ["no answer to the message: the relay closed the connection"] * 3
    first, *others = (str(row["delivery"]) for row in held)
    assert first in house("sending", "held").stdout
    assert house("sending", "decide", first, "--again").stdout == "1 delivery: sent again.\n"
    assert house("sending", "decide", *others, "--done").stdout == "2 deliveries: called done.\n"
    assert house("deliver").returncode == 0
    again = [one for one in house.sink.taken if one.recipient in lost]
    assert (len(again), len({(one.recipient, one.message_id, one.sha256) for one in again})) == (4, 3)
    assert house("sending", "held").stdout == "Nothing is held.\n"
    refused = house("sending", "decide", first, "--again")
    assert (refused.returncode, f"delivery {first}: is not held" in refused.stderr) == (2, True)


def test_take_over(house, tmp_path):
    """A copied folder sends nothing, says what to do, and sends again when told so; the original needs no such word."""
    house.delivery(", domain_per_minute: 10")
    house("digest", "weekly")
    copy = SimpleNamespace(folder=shutil.copytree(house.folder, tmp_path / "copy"))
    other = House.__new__(House)
    other.folder, other.sink, other._syndicate = copy.folder, house.sink, house._syndicate
    for one in (house, other):
        one.text = one.text.replace(", domain_per_minute: 10", "")
        one.a_minute_passes()
    for command in (("deliver",), ("digest", "weekly")):
        done = other(*command)
        assert done.returncode == 75
        assert "database: is a copy of one that sends (its folder was copied), so nothing is sent" in done.stderr
        assert "syndicate sending take-over" in done.stderr
    assert len(house.sink.taken) == 10
    assert house("sending", "take-over").returncode == 2
    done = other("sending", "take-over")
    assert done.stdout.startswith("This database sends from now on.\n1 edition held")
    assert "the other database may have sent more of it" in other("sending").stderr
    assert other("sending", "cancel", other.figures()["sending"]["edition_id"]).returncode == 0
    assert other("sending").stderr == ""
    assert house("deliver").returncode == 0
    assert len(house.sink.taken) == 30


# ------------------------------------------------------------------------------------------------ bounces


def test_a_reader_leaves_by_mail(house):
    """The address in List-Unsubscribe, as another parser reads it, takes the reader off within one reading."""
    house("digest", "weekly")
    page, mail = (way.strip(" <>") for way in str(house.letter("r7@reader.example")["List-Unsubscribe"]).split(","))
    assert page.startswith(("http://", "https://"))
    address = urlsplit(mail)
    assert (address.scheme, address.query) == ("mailto", "subject=unsubscribe")
    house.comes_back(f"From: r7@reader.example\r\nTo: {unquote(address.path)}\r\nSubject: unsubscribe\r\n\r\n".encode())
    assert house("bounces", "read").stdout == "1 message taken.\n"
    assert house.readers()["r7@reader.example"] == "unsubscribed"
    shown = house("bounces").stdout
    assert "unsubscribe" in shown
    assert "asked for it by mail" in " ".join(shown.split())
    assert house("bounces", "read").stdout == "0 messages taken.\n"


def test_bounces_are_taken_shown_and_undone(house):
    """A report from the Maildir takes a dead address off; undo brings the reader back; a second undo is refused."""
    assert house("bounces").stdout == "Nothing has come back yet.\n"
    house("digest", "weekly")
    to = next(one.sender for one in house.sink.taken if one.recipient == "r3@reader.example")
    house.comes_back(REPORTS.dsn(to))
    house("bounces", "read")
    assert house.readers()["r3@reader.example"] == "suppressed"
    (row,) = json.loads(house("bounces", "--json").stdout)
    assert (row["kind"], row["status"], row["outcome"]) == ("failed", "5.1.1", "taken off: no such address")
    assert house("bounces", "undo", row["id"]).stdout == f"{row['id']}: undone; the reader is back on the list.\n"
    assert house.readers()["r3@reader.example"] == "active"
    again = house("bounces", "undo", row["id"])
    assert (again.returncode, "was undone before" in again.stderr) == (2, True)
    (house.folder / "report.eml").write_bytes(REPORTS.arf("abuse@bulletin.example", mail_from=to))
    assert house("bounces", "read", "report.eml").stdout == "1 message: taken off: the reader complained\n"
    house.text = house.text.replace(", returns: {maildir: returned}", "")
    nowhere = house("bounces", "read")
    assert (nowhere.returncode, "delivery.returns" in nowhere.stderr) == (2, True)


# ------------------------------------------------------------------------------------------------ subscribers


def test_a_person_asks_and_is_forgotten(house):
    """`export` prints all that is held; `erase` leaves no trace of the address, and no import brings it back."""
    house("digest", "weekly")
    told = json.loads(house("subscribers", "export", "r5@reader.example").stdout)
    assert told["address"] == "r5@reader.example"
    (listed,) = told["lists"]
    assert listed["subscriber"]["consent"]["wording"] == WORDING
    assert [mail["state"] for mail in listed["mails"]] == ["accepted"]
    assert [act["act"] for act in listed["acts"]] == ["import"]
    assert house("subscribers", "erase", "r5@reader.example").returncode == 0
    assert house("subscribers", "erase", "r5@reader.example").returncode == 1
    assert "r5@reader.example" not in house("subscribers", "list", "--json").stdout
    assert json.loads(house("subscribers", "export", "r5@reader.example").stdout)["lists"] == []
    with closing(sqlite3.connect(house.file)) as database:
        held = "\n".join(database.iterdump())
    assert "r4@reader.example" in held
    assert "r5@reader.example" not in held
    done = house("subscribers", "import", "readers.csv", "--channel", "weekly")
    assert "0 readers added, 27 there before, 1 left earlier and stay off" in done.stdout


def test_who_left_stays_off_through_import_and_restore(house, tmp_path):
    """The suppression list survives an import with new consent, a restored backup, and a move to another database."""
    backup = tmp_path / "safe.db"
    assert house("backup", backup).returncode == 0
    assert house("subscribers", "unsubscribe", "r1@reader.example").stdout == "Off 1 list.\n"
    (house.folder / "again.csv").write_text(
        f"email,confirmed_at,method,wording\nr1@reader.example,2026-11-20,form,{WORDING}\n"
    )
    done = house("subscribers", "import", "again.csv", "--channel", "weekly")
    assert "0 readers added, 0 there before, 1 left earlier" in done.stdout
    listed = house("subscribers", "suppressed").stdout
    assert "r1@" not in listed, "fingerprints only"
    file = house.file
    for left in house.folder.rglob("*.db-*"):
        left.unlink()
    backup.replace(file)
    assert house.readers()["r1@reader.example"] == "unsubscribed"
    Path(f"{file}.suppressions").unlink()
    (house.folder / "list.json").write_text(listed)
    assert "were on it" in house("subscribers", "suppressed", "--import", "list.json").stdout
    assert house("digest", "weekly").returncode == 0
    assert "r1@reader.example" not in house.sink.copies()


def test_keys_follow_one_another(house):
    """A new key signs, the old one is accepted until it is retired; the links in the mails follow."""
    house("digest", "weekly")
    assert house("subscribers", "keys").stdout == "key 1: signs\n"
    assert house("subscribers", "keys", "--rotate").stdout == "key 2: signs\nkey 1: accepted\n"
    assert house("subscribers", "keys", "--retire", "1").stdout == "key 2: signs\n"


# ------------------------------------------------------------------------------------------------ doctor


def test_doctor_says_what_to_change(house):
    """Against a name server on loopback: faults with their remedy and exit 1; with good records nothing to change."""
    good = {key.replace("news.bulletin", "bulletin"): value for key, value in as_changes(DNS.GOOD).items()}
    with DNS.names(**good) as lookup:
        done = house("doctor", "--dns", f"127.0.0.1:{lookup.port}", "--ip", "192.0.2.9")
    words = " ".join(done.stdout.split())
    assert done.returncode == 0, done.stdout
    assert "CHANGE" not in words
    assert "SPF" in words
    bad = good | {"_dmarc.bulletin.example|TXT": [], "bulletin.example|TXT": ["v=spf1 ip4:203.0.113.1 -all"]}
    with DNS.names(**bad) as lookup:
        done = house("doctor", "--dns", f"127.0.0.1:{lookup.port}", "--ip", "192.0.2.9")
        listed = json.loads(house("doctor", "--dns", f"127.0.0.1:{lookup.port}", "--ip", "192.0.2.9", "--json").stdout)
    assert done.returncode == 1
    assert {row["check"] for row in listed if row["well"] is False} == {"SPF", "DMARC"}
    words = " ".join(done.stdout.split())
    assert 'add a TXT record at _dmarc.bulletin.example: "v=DMARC1; p=none' in words
    assert "192.0.2.9" in words


def as_changes(table):
    """A zone as the changes that ``names`` takes."""
    return {"|".join(key): value for key, value in table.items()}
