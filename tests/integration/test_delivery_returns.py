# SPDX-License-Identifier: Apache-2.0
"""Bounces and complaints: the right reader, the right consequence, never by hearsay, and all of it can be undone."""

from __future__ import annotations

import asyncio
import random
import runpy
import smtplib
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.deliver import tokens
from syndicate.deliver.mailboxes import Imap, Maildir, lmtp
from syndicate.deliver.returned import Kind, read_returned
from syndicate.errors import DeliveryError, UsageError
from syndicate.model import SendingState
from syndicate.pipeline.letters import return_address
from syndicate.pipeline.returns import (
    BACK,
    COMPLAINED,
    COUNTED,
    DEAD,
    FAILING,
    GONE,
    IGNORED,
    LEFT,
    LIFTED,
    NOBODY,
    UNMATCHED,
    Returning,
)

CASES = Path(__file__).parents[1] / "cases/deliver"
pytestmark = pytest.mark.usefixtures("each_database")
H = SimpleNamespace(**runpy.run_path(str(CASES / "house.py")))
M = SimpleNamespace(**runpy.run_path(str(CASES / "reports.py")))
DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path):
    """A house whose edition was accepted for five readers; ``to`` is the return address of each."""
    with H.house(tmp_path) as (built, sink):
        built.people = built.edition(5)
        built.deliver()
        built.returning = Returning(built.store, lambda: built.now)
        with built.store.read() as tx:
            built.sent = [tx.outbox.by_message_id(one.message_id) for one in sink.taken]
        built.sent.sort(key=lambda one: one.subscriber_id)
        key = built.store.keys(built.now)[0]
        built.to = [return_address("bounces@bulletin.example", key, one.id) for one in built.sent]
        yield built


def states(home):
    """The states of the readers, in order."""
    with home.store.read() as tx:
        return [one.state for one in tx.people.list("weekly")]


@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        ({"status": "5.1.1"}, DEAD),
        ({"status": "5.1.2"}, DEAD),
        ({"status": "5.1.10"}, DEAD),
        ({"status": "5.0.0", "code": "550 5.1.1 no such user"}, DEAD),
        ({"status": "5.1.1", "code": "550 5.7.1 blocked"}, IGNORED),
        ({"status": "5.7.1"}, IGNORED),
        ({"status": "5.7.26"}, IGNORED),
        ({"status": "5.6.0"}, IGNORED),
        ({"status": "5.2.1"}, COUNTED),
        ({"status": "5.2.2"}, COUNTED),
        ({"status": "4.2.2"}, COUNTED),
        ({"status": "4.4.7"}, COUNTED),
        ({"status": "5.4.4"}, COUNTED),
        ({"status": "5.0.0"}, COUNTED),
        ({"status": "4.1.1"}, COUNTED),
        ({"status": ""}, COUNTED),
        ({"status": "5.1.1", "action": "delayed"}, IGNORED),
        ({"status": "5.1.1", "action": "delivered"}, IGNORED),
        ({"status": "2.0.0", "action": "relayed"}, IGNORED),
        ({"status": "5.1.1", "action": ""}, DEAD),
        ({"status": "5.1.1", "action": "FAILED"}, DEAD),
        ({"status": "5.1.1 (bad mailbox)"}, DEAD),
        ({"status": "nonsense"}, COUNTED),
    ],
)
def test_a_report_is_read_to_the_status(home, options, outcome):
    """Only a status that says that there is no such address takes the reader off at once."""
    assert home.returning.take(M.dsn(home.to[1], **options)) == outcome
    assert states(home) == ["active", "suppressed" if outcome == DEAD else "active", "active", "active", "active"]


@pytest.mark.parametrize("part", ["message/rfc822", "text/rfc822-headers"])
def test_a_message_id_tells_whose_it_is_too(home, part):
    """Where the address carries no token, the Message-ID of what came back does."""
    report = M.dsn("bounces@bulletin.example", message_id=home.sent[2].message_id, part=part)
    assert home.returning.take(report) == DEAD
    assert states(home)[2] == "suppressed"


@pytest.mark.parametrize(
    "forged",
    [
        lambda _: M.dsn("bounces@bulletin.example"),
        lambda _: M.dsn("bounces+1-1-0-0000000000000000000000000000@bulletin.example"),
        lambda home: M.dsn(home.to[0][:-20] + ("1" if home.to[0][-20] == "0" else "0") + home.to[0][-19:]),
        lambda _: M.dsn("r0.1@reader.example", message_id="<invented@bulletin.example>"),
        lambda _: M.arf("abuse@bulletin.example"),
        lambda _: M.qmail("bounces@bulletin.example"),
    ],
)
def test_what_is_forged_changes_nothing(home, forged):
    """A report that names a reader, but has neither token nor id of ours, is nobody's."""
    assert home.returning.take(forged(home)) == UNMATCHED
    assert states(home) == ["active"] * 5


def test_tokens_survive_servers_that_fold_case(home):
    """A return address that came back in capitals is still ours."""
    assert home.returning.take(M.dsn(home.to[0].upper())) == DEAD


@pytest.mark.parametrize("kind", ["abuse", "fraud", "opt-out"])
def test_a_complaint_takes_the_reader_off(home, kind):
    """By the sender of the mail or by its Message-ID, even though the recipient is blacked out."""
    assert home.returning.take(M.arf("abuse@bulletin.example", kind, mail_from=home.to[0])) == COMPLAINED
    by_id = M.arf("abuse@bulletin.example", kind, message_id=home.sent[1].message_id)
    assert home.returning.take(by_id) == COMPLAINED
    assert states(home) == ["suppressed", "suppressed", "active", "active", "active"]
    assert home.returning.take(M.arf("x@y.example", "not-spam", mail_from=home.to[2])) == IGNORED


@pytest.mark.parametrize("way", ["To", "envelope", "capitals"])
def test_a_mail_to_the_unsubscribe_address_takes_the_reader_off(home, way):
    """Whoever sends it and whatever it says: the token decides; said twice it is the same, and undo does not undo it."""
    token = tokens.make(home.store.keys(home.now)[0], "unsubscribe", home.people[2].id)
    address = f"bounces+{token}@bulletin.example"
    address = address.upper() if way == "capitals" else address
    mail = (
        f"From: x@y.example\r\nTo: {address if way != 'envelope' else 'list@z.example'}\r\nSubject: x\r\n\r\n".encode()
    )
    assert home.returning.take(mail, address if way == "envelope" else "") == LEFT
    assert states(home) == ["active", "active", "unsubscribed", "active", "active"]
    assert home.returning.take(mail + b"again", address if way == "envelope" else "") == GONE
    with home.store.read() as tx:
        found = tx.returns.list()
        acts = [row.data["act"] for row in tx.ledger.tail(9, "consent", str(home.people[2].id))]
    assert [(one.kind, one.outcome) for one in found] == [("unsubscribe", GONE), ("unsubscribe", LEFT)]
    assert acts == ["unsubscribe"]
    assert home.returning.undo(found[1].id) == NOBODY
    assert states(home)[2] == "unsubscribed"


def test_no_other_token_and_no_report_unsubscribes(home):
    """A return address, a token of nobody, a forged one and a bounce from such an address take nobody off."""
    key = home.store.keys(home.now)[0]
    mine = tokens.make(key, "unsubscribe", home.people[0].id)
    for token in (tokens.make(key, "return", home.sent[0].id), tokens.make(key, "unsubscribe", 999), mine[:-1] + "x"):
        home.returning.take(f"To: bounces+{token}@bulletin.example\r\n\r\n{token}".encode())
    home.returning.take(M.dsn(f"bounces+{mine}@bulletin.example"))
    assert states(home) == ["active"] * 5


def test_people_and_machines_that_answer_are_no_bounce(home):
    """A vacation notice and a person's mail change nothing, whatever numbers stand in them."""
    assert home.returning.take(M.vacation(home.to[0])) == IGNORED
    assert home.returning.take(M.person(home.to[1])) == IGNORED
    assert states(home) == ["active"] * 5


def test_reports_in_nobodys_format(home):
    """A report of qmail is understood; without an exact status it is only counted."""
    assert home.returning.take(M.qmail(home.to[0])) == DEAD
    assert home.returning.take(M.qmail(home.to[1], "Sorry, it did not work.")) == COUNTED


def test_five_failing_days_of_fourteen(home):
    """One count a day; the fifth day takes the reader off; old days do not count."""
    for number in range(4):
        for hour in range(3):
            report = M.dsn(home.to[0], "5.2.2", more=f"X-No: {number}.{hour}\r\n")
            assert home.returning.take(report) == COUNTED
        home.now += DAY
    home.now += DAY * 11
    assert home.returning.take(M.dsn(home.to[0], "5.2.2", more="X-No: late\r\n")) == COUNTED
    for number in range(3):
        home.now += DAY
        outcome = home.returning.take(M.dsn(home.to[0], "5.2.2", more=f"X-No: again {number}\r\n"))
    assert outcome == COUNTED
    home.now += DAY
    assert home.returning.take(M.dsn(home.to[0], "5.2.2", more="X-No: last\r\n")) == FAILING
    assert states(home)[0] == "suppressed"


def test_the_same_message_counts_once(home):
    """A message that is handed in twice acts once."""
    report = M.dsn(home.to[0], "5.2.2")
    assert home.returning.take(report) == COUNTED
    assert home.returning.take(report) == "seen before"


def test_undo(home):
    """Who was taken off by mistake comes back; whoever left by an own act does not."""
    home.returning.take(M.dsn(home.to[0]))
    home.returning.take(M.arf("x@y.example", mail_from=home.to[1]))
    with home.store.write() as tx:
        first, second = [one.id for one in reversed(tx.returns.list())]
        tx.people.unsubscribe(home.people[2].id, home.now)
    home.returning.take(M.dsn(home.to[2]))
    with home.store.read() as tx:
        third = tx.returns.list()[0].id
    assert [home.returning.undo(one) for one in (first, second, third)] == [BACK, BACK, LIFTED]
    assert states(home) == ["active", "active", "unsubscribed", "active", "active"]
    with home.store.read() as tx:
        assert not tx.people.suppressed(home.people[0].email, "weekly")
        assert tx.people.suppressed(home.people[2].email, "weekly")
        assert [(one.channel_id, one.reason) for one in tx.people.suppressions()] == [("weekly", "unsubscribed")]
    for number in (first, 999):
        with pytest.raises(UsageError):
            home.returning.undo(number)


def test_complaints_stop_an_edition(tmp_path):
    """From 0.3 % complaints on an edition that goes out is held, within one message, with one alarm."""
    with H.house(tmp_path) as (home, sink):
        home.edition(1000)
        home.options["connections"] = 1
        returning = Returning(home.store, lambda: home.now)

        def plan(_recipient, _attempt):
            if len(sink.taken) == 900 and not sink.faults["told"]:
                sink.faults["told"] += 1
                for taken in sink.taken[:4]:
                    returning.take(M.arf("x@y.example", message_id=taken.message_id))
            return ""

        sink.plan = plan
        home.deliver()
        assert len(sink.taken) <= 1000
        with home.store.read() as tx:
            assert tx.sendings.get("e-1").state is SendingState.HELD
            assert [one.count for one in tx.alarms.open() if one.kind == "complaints"] == [1]


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_never_an_error(home, seed):
    """Whatever strangers send, it is read without an error and changes nobody who did not fail."""
    chance = random.Random(seed)  # noqa: S311 - any noise will do, the same each time
    whole = M.dsn("bounces@bulletin.example") + M.arf("x@y.example")
    for _ in range(300):
        at = sorted(chance.sample(range(len(whole)), 2))
        noise = bytes(chance.randrange(256) for _ in range(chance.randrange(40)))
        home.returning.take(whole[: at[0]] + noise + whole[at[1] :])
    assert states(home) == ["active"] * 5


def test_garbage_is_told_in_one_line(home, caplog):
    """What is no message at all is nobody's, and no library writes about it."""
    assert home.returning.take(b"\xff\x00\xfe garbage\n\n\n") == UNMATCHED
    assert caplog.records == []


def test_bombs_are_bounded():
    """Deep nesting and endless parts are read to a bound."""
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(2000))
    assert read_returned(deep).kind is Kind.OTHER
    wide = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 20_000
    assert read_returned(wide).kind is Kind.OTHER


def test_a_maildir_is_read_once(home, tmp_path):
    """What is new is taken and marked as seen; a second look finds nothing; a broken message stops no other."""
    folder = tmp_path / "mail"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1.a.x").write_bytes(M.dsn(home.to[0]))
    (folder / "new" / "2.a.x").write_bytes(b"\xff\xfe\x00")
    (folder / "new" / "3.a.x,U=1:2,").write_bytes(M.dsn(home.to[1]))
    assert Maildir(folder).read(home.returning.take) == 3
    assert Maildir(folder).read(home.returning.take) == 0
    assert sorted(path.name for path in (folder / "cur").iterdir()) == ["1.a.x:2,S", "2.a.x:2,S", "3.a.x,U=1:2,S"]
    assert states(home)[:3] == ["suppressed", "suppressed", "active"]
    with pytest.raises(DeliveryError, match="no Maildir"):
        Maildir(tmp_path / "nowhere").read(home.returning.take)


def test_a_server_hands_it_over_by_lmtp(home):
    """By LMTP the envelope's recipient is the address that tells whose it is, whatever stands in To."""

    def hand_over(port):
        with smtplib.LMTP("127.0.0.1", port) as server:
            server.sendmail("", [home.to[0]], M.dsn("somebody@else.example"))

    async def run():
        async with lmtp("127.0.0.1", 0, home.returning.take) as port:
            await asyncio.to_thread(hand_over, port)
            with pytest.raises(DeliveryError, match="cannot listen"):
                async with lmtp("127.0.0.1", port, home.returning.take):
                    pass

    asyncio.run(run())
    assert states(home)[0] == "suppressed"


def test_an_imap_server_that_is_not_there():
    """A mailbox that cannot be reached is an error that names the settings."""
    with pytest.raises(DeliveryError, match="imap_host"):
        Imap("127.0.0.1", "u", "p", port=1).read(lambda *_: "")
