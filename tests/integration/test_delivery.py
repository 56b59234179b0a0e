# SPDX-License-Identifier: Apache-2.0
"""A whole delivery over a real database and a relay that does wrong: nobody is lost, nobody is written to unasked."""

from __future__ import annotations

import asyncio
import hashlib
import runpy
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.deliver import tokens
from syndicate.errors import DeliveryError
from syndicate.model import (
    DeliveryState,
    Pace,
    SendingState,
)
from syndicate.pipeline.post import BATCH, deliver

pytestmark = pytest.mark.usefixtures("each_database")
HERE = Path(__file__).parents[1] / "cases/deliver/house.py"
H = SimpleNamespace(**runpy.run_path(str(HERE)))
NOW, MINUTE = H.NOW, timedelta(minutes=1)
CONSENT, house = H.CONSENT, H.house


def test_everybody_gets_one(tmp_path):
    """Each of 300 readers gets the one message that is theirs, over several connections, with a return address."""
    with house(tmp_path) as (home, sink):
        sink.keep_bodies = True
        people = home.edition(300)
        assert home.deliver() == {DeliveryState.ACCEPTED: 300}
        assert home.counts() == {"accepted": 300}
        assert sink.copies() == {one.email: 1 for one in people}
        assert 1 < sink.connections <= 4
        assert len({one.sender for one in sink.taken}) == len({one.message_id for one in sink.taken}) == 300
        keys = home.store.keys(NOW)
        for taken in sink.taken[:20]:
            local, _, domain = taken.sender.partition("@")
            assert (local.partition("+")[0], domain) == ("bounces", "bulletin.example")
            with home.store.read() as tx:
                found = tx.outbox.get(tokens.read(keys, "return", local.partition("+")[2], NOW))
            assert (found.email, found.message_id) == (taken.recipient, taken.message_id)
        body = sink.bodies[people[7].email]
        token = tokens.make(keys[0], "unsubscribe", people[7].id).encode()
        assert body.count(token) == 3
        assert b"\r\n.A line with a dot.\r\n" in body
        assert b"Since =\r\non 24 October 2026=\r\n" in body


def test_nothing_due_opens_no_connection(tmp_path):
    """With an empty outbox nobody is disturbed."""
    with house(tmp_path) as (home, sink):
        assert home.deliver() == {}
        assert sink.connections == 0


def test_runs_of_one_process_take_turns(tmp_path):
    """A run that begins while another of the same process sends frees none of its claims: each reader costs one try."""

    async def two(home):
        posting, second = home.posting, []

        def told(_):
            if not second:
                second.append(asyncio.create_task(deliver(posting)))

        return await deliver(posting, told) + await second[0]

    with house(tmp_path) as (home, sink):
        people = home.edition(300)
        assert asyncio.run(two(home)) == {DeliveryState.ACCEPTED: 300}
        assert sink.copies() == {one.email: 1 for one in people}
        with home.store.read() as tx:
            assert {mail.attempts for one in people for mail, _ in tx.outbox.of_subscriber(one.id)} == {1}


def test_greylisted_readers_get_theirs_later(tmp_path):
    """All 200 are refused at first: each gets one copy within three tries, none is lost, no two minutes are alike."""
    with house(tmp_path, lambda _, attempt: "grey" if attempt == 1 else "") as (home, sink):
        people = home.edition(200)
        assert home.deliver() == {DeliveryState.SOFT: 200}
        with home.store.read() as tx:
            assert tx.outbox.next_due() >= NOW + 5 * MINUTE
        home.run_until_done(400)
        assert sink.copies() == {one.email: 1 for one in people}
        assert max(sink.tries.values()) <= 3
        assert home.counts() == {"accepted": 200}


def test_a_storm_of_faults_loses_nobody(tmp_path):
    """Ten kinds of faults: nobody is lost, copies only where the answer was lost, always the same id and bytes."""
    kinds = ["grey", "busy", "full", "closing", "drop", "dropafter", "badreply", "hang"]

    def plan(recipient, attempt):
        number = int(hashlib.sha256(f"{recipient}{attempt}".encode()).hexdigest()[:6], 16)
        return kinds[number % len(kinds)] if number % 100 < 16 else ""

    with house(tmp_path, plan) as (home, sink):
        people = home.edition(400)
        home.run_until_done(600)
        copies = sink.copies()
        lost_answers = sink.faults["dropafter"] + sink.faults["badreply"] + sink.faults["hang"]
        assert set(copies) == {one.email for one in people}
        assert sum(copies.values()) - len(copies) <= lost_answers > 0
        assert len({(one.recipient, one.message_id, one.sha256) for one in sink.taken}) == 400
        assert set(home.counts()) <= {"accepted", "held"}


def test_hold_sends_no_copy(tmp_path):
    """With ``hold`` a mail whose answer was lost is not sent again, and a person finds it."""
    with house(tmp_path, lambda r, _: "dropafter" if r.startswith("r1") else "", resend=False) as (home, sink):
        home.edition(20)
        home.run_until_done()
        assert max(sink.copies().values()) == 1
        assert home.counts() == {"accepted": 9, "held": 11}
        with home.store.write() as tx:
            (first, text), *_ = tx.outbox.in_state(DeliveryState.HELD)
            assert "no answer" in text
            assert tx.outbox.decide(first.id, again=False, now=NOW)
            assert not tx.outbox.decide(first.id, again=True, now=NOW)


def test_a_relay_that_is_away_is_left_alone(tmp_path):
    """421 for ten minutes: at most twelve connections, one alarm, then everybody gets one mail."""
    with house(tmp_path, connections=10) as (home, sink):
        people = home.edition(100)
        sink.greeting = "421 4.3.2 not now"
        while home.now < NOW + 10 * MINUTE:
            with pytest.raises(DeliveryError) if home.counts().get("ready") else contextmanager(lambda: iter([0]))():
                with home.store.read() as tx:
                    due = tx.outbox.next_due()
                home.now = max(home.now, due)
                home.deliver()
            home.now += timedelta(seconds=5)
        assert 2 < sink.connections <= 12
        assert home.alarms() == ["relay"]
        sink.greeting = "220 here again"
        home.run_until_done()
        assert sink.copies() == {one.email: 1 for one in people}
        assert home.alarms() == []


def test_while_it_rests_nothing_is_tried(tmp_path):
    """What becomes due while the relay rests waits, and the error says until when."""
    with house(tmp_path) as (home, sink):
        home.edition(2)
        sink.greeting = "554 5.3.2 closed"
        with pytest.raises(DeliveryError, match="554"):
            home.deliver()
        home.edition(2, period="2")
        with pytest.raises(DeliveryError, match="tried again at 07:01:00 UTC"):
            home.deliver()
        assert sink.connections == 1


def test_what_waits_for_a_relay_is_not_called_done(tmp_path):
    """While it rests every run says so, also where all that is owed was tried already; with nothing owed none does."""
    with house(tmp_path) as (home, sink):
        people = home.edition(2)
        sink.greeting = "554 5.3.2 closed"
        with pytest.raises(DeliveryError, match="554"):
            home.deliver()
        for _ in range(2):
            with pytest.raises(DeliveryError, match="tried again at 07:01:00 UTC"):
                home.deliver()
        with home.store.write() as tx:
            for one in people:
                tx.people.unsubscribe(one.id, home.now)
        assert not home.deliver()
        assert sink.connections == 1


def test_a_blocklisting_stops_the_run_and_suppresses_nobody(tmp_path):
    """550 5.7.1 for everybody: no address is given up, one alarm rings, and most of the readers are not even tried."""
    with house(tmp_path, lambda *_: "policy") as (home, sink):
        people = home.edition(600)
        home.deliver()
        counts = home.counts()
        assert counts["hard"] <= 200 + BATCH
        assert sum(sink.tries.values()) == counts["hard"]
        with home.store.read() as tx:
            assert len(tx.people.active("weekly")) == len(people)
            assert [alarm.count for alarm in tx.alarms.open()] == [1]
            assert tx.sendings.get("e-1").state is SendingState.HELD
        assert home.alarms() == ["refusals"]
        assert home.deliver() == {}
        sink.plan = lambda *_: ""
        with home.store.write() as tx:
            assert tx.sendings.change("e-1", SendingState.RUNNING, "", home.now)
        home.deliver()
        assert len(sink.taken) == 600 - counts["hard"], "what was counted before does not stop it again"


@pytest.mark.parametrize(("readers", "state", "alarms"), [(4, "running", []), (5, "held", ["refusals"])])
def test_a_blocklisting_stops_a_short_list_too(tmp_path, readers, state, alarms):
    """From five answers on an edition that nobody takes is held and rings, and no reader is given up."""
    with house(tmp_path, lambda *_: "policy") as (home, _):
        people = home.edition(readers)
        home.deliver()
        with home.store.read() as tx:
            assert tx.sendings.get("e-1").state == state
            assert tx.people.active("weekly") == people
        assert home.alarms() == alarms


def test_a_dead_address_is_taken_off(tmp_path):
    """5.1.1 takes the address off every list; a full mailbox and a refused message do not."""
    faults = {"r0.1": "dead", "r1.1": "full", "r2.1": "message", "r3.1": "policy"}
    with house(tmp_path, lambda recipient, _: faults.get(recipient.partition("@")[0], "")) as (home, _):
        people = home.edition(5)
        with home.store.write() as tx:
            tx.people.add_confirmed("daily", {people[0].email: CONSENT}, now=NOW)
        home.deliver()
        with home.store.read() as tx:
            assert [one.state for one in tx.people.list("weekly")] == ["suppressed", *["active"] * 4]
            assert tx.people.list("daily")[0].state == "suppressed"
            assert tx.people.suppressed(people[0].email, "any other")
        assert home.counts() == {"accepted": 1, "hard": 3, "soft": 1}


def test_whoever_leaves_during_a_run_gets_nothing_more(tmp_path):
    """100 of 400 unsubscribe while mail goes out: nothing is sent to them that was not inside DATA by then."""
    with house(tmp_path) as (home, sink):
        people = home.edition(400)
        leaving = {one.email: one for one in people[::4]}
        left, late = set(), []

        def plan(_recipient, _attempt):
            if len(sink.taken) >= 50 and not left:
                with home.store.write() as tx:
                    for one in leaving.values():
                        tx.people.unsubscribe(one.id, NOW)
                left.update(leaving)
                late.append(len(sink.taken))
            return ""

        sink.plan = plan
        home.deliver()
        after = [one.recipient for one in sink.taken[late[0] :] if one.recipient in leaving]
        assert len(after) <= 4, "no more than were inside DATA, one a connection"
        assert home.counts()["cancelled"] + len(after) >= len(leaving) - late[0] // 4 - 4
        assert sum(home.counts().values()) == 400


def test_consent_for_another_purpose_is_none(tmp_path):
    """A reader whose recorded consent is for another purpose than the edition's is not written to."""
    with house(tmp_path) as (home, sink):
        home.edition(3)
        with home.store.write() as tx:
            tx._connection.exec_driver_sql("UPDATE subscribers SET purpose = 'commercial' WHERE id = 2")
            tx._connection.exec_driver_sql("UPDATE subscribers SET confirmed_at = NULL WHERE id = 3")
        assert home.deliver() == {DeliveryState.ACCEPTED: 1}
        assert home.counts() == {"accepted": 1, "cancelled": 2}
        assert list(sink.copies()) == ["r0.1@reader.example"]


def test_terms_are_asked_in_the_claim(tmp_path):
    """An edition that may not go out any more is not sent, and says why."""
    with house(tmp_path, stop=lambda _tx, edition: "the terms changed" if edition == "e-1" else "") as (home, sink):
        home.edition(3)
        home.edition(2, period="2")
        assert home.deliver() == {DeliveryState.ACCEPTED: 2}
        assert len(sink.taken) == 2
        with home.store.read() as tx:
            assert {text for _, text in tx.outbox.in_state(DeliveryState.CANCELLED)} == {"not sent: the terms changed"}


def test_pause_resume_cancel(tmp_path):
    """A paused edition waits without standing in the way, goes on when resumed, and ends when cancelled."""
    with house(tmp_path) as (home, sink):
        home.edition(150)
        home.edition(5, period="2")
        with home.store.write() as tx:
            assert tx.sendings.change("e-1", SendingState.PAUSED, "by hand", NOW)
            assert not tx.sendings.change("e-1", SendingState.PAUSED, "by hand", NOW)
        assert home.deliver() == {DeliveryState.ACCEPTED: 5}
        assert home.counts() == {"ready": 150}
        with home.store.write() as tx:
            assert tx.outbox.next_due() is None
            assert tx.sendings.change("e-1", SendingState.RUNNING, "", NOW)
            assert tx.outbox.due(NOW) == 150
            assert tx.sendings.change("e-1", SendingState.CANCELLED, "the wrong text", NOW)
            assert not tx.sendings.change("e-1", SendingState.RUNNING, "", NOW)
        assert home.deliver() == {}
        assert home.counts() == {"cancelled": 150}
        assert len(sink.taken) == 5


def test_an_old_edition_is_not_sent_by_itself(tmp_path):
    """Seven hours late, as after a restored copy: a person is asked first; one that was begun goes on."""
    with house(tmp_path) as (home, sink):
        home.edition(3)
        home.now += timedelta(hours=7)
        assert home.deliver() == {}
        assert home.alarms() == ["late"]
        with home.store.write() as tx:
            tx.sendings.change("e-1", SendingState.RUNNING, "", home.now)
        home.now += MINUTE
        assert len(sink.taken) == 0


@pytest.mark.parametrize(
    ("pace", "most_a_minute"), [(Pace(per_second=5), 305), (Pace(per_hour=30), 30), (Pace(domain_per_minute=20), 20)]
)
def test_pace(tmp_path, pace, most_a_minute):
    """No more mails are claimed in a time than the pace allows, and in the end everybody gets one."""
    times = []
    with house(tmp_path, pace=pace) as (home, sink):
        people = home.edition(70)
        sink.plan = lambda *_: times.append(home.now) or ""
        runs = home.run_until_done(200)
        assert sink.copies() == {one.email: 1 for one in people}
        per_minute = Counter(when.replace(second=0) for when in times)
        assert max(per_minute.values()) <= most_a_minute
        if pace.per_hour:
            assert times[-1] - times[0] >= timedelta(hours=2)
        elif pace.domain_per_minute:
            assert runs >= 4
        else:
            assert len(home.paused) >= 10


def test_a_busy_domain_does_not_hold_up_the_others(tmp_path):
    """Mail to other domains goes out while the limit of one is reached."""
    with house(tmp_path, pace=Pace(domain_per_minute=10)) as (home, sink):
        home.edition(250, domain="big.example")
        home.edition(8, period="2", domain="small.example")
        home.deliver()
        domains = Counter(one.recipient.partition("@")[2] for one in sink.taken)
        assert domains == {"big.example": 10, "small.example": 8}


def test_too_late_is_given_up(tmp_path):
    """What is refused for now until its time is over expires by name."""
    with house(tmp_path, lambda *_: "grey") as (home, _):
        home.edition(3, expires=timedelta(hours=2))
        home.run_until_done()
        assert home.counts() == {"expired": 3}
