# SPDX-License-Identifier: Apache-2.0
"""Subscribers, consent and the outbox: nobody is written to without consent, and nobody is lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import StoreError, UsageError
from syndicate.model import (
    Channel,
    ChannelKind,
    Consent,
    DeliveryState,
    Edition,
    Medium,
    Outcome,
    Part,
    Purpose,
    Subscriber,
    Verified,
)
from syndicate.store import Settled, address
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY)
CONSENT = Consent(Purpose.COMMUNITY, "Send me the weekly digest.", "paper form", NOW - DAY * 30)
EDITION = "weekly-1"


@pytest.fixture
def store(tmp_path):
    """A store with one digest."""
    opened = databases.open(tmp_path, "syndicate")
    edition = Edition(EDITION, WEEKLY, "1", NOW, (Part("mail", "message/rfc822", b"x"),), ())
    with opened.write() as tx:
        tx.editions.put(edition, Verified(edition, ()), (), now=NOW)
    yield opened
    opened.close()


def add(store, *emails, channel="weekly"):
    """Put addresses on a list with a recorded consent."""
    with store.write() as tx:
        return tx.people.add_confirmed(channel, dict.fromkeys(emails, CONSENT), now=NOW)


def ask(store, *emails, now=NOW):
    """Note addresses that asked for the digest."""
    with store.write() as tx:
        return tx.people.add_pending(
            "weekly", emails, purpose=Purpose.COMMUNITY, wording="Yes please.", method="web form", now=now
        )


def owe(store, count, *, expires_at=NOW + DAY * 2):
    """Owe the digest to so many new subscribers."""
    people = add(store, *[f"reader{number}@mail.example" for number in range(count)]).added
    with store.write() as tx:
        ids = {one.id: f"<{one.id}.weekly-1@bulletin.example>" for one in people}
        tx.sendings.begin(EDITION, "weekly", Purpose.COMMUNITY, len(people), now=NOW)
        tx.outbox.enqueue(EDITION, people, ids, NOW, expires_at=expires_at, key_id="1")
    return people


def settle(store, delivery, state, text="", due_at=None, now=NOW):
    """Write how a delivery ended; False: the claim was lost."""
    with store.write() as tx:
        return delivery.id in tx.outbox.settle([Settled(delivery, Outcome(state, text), due_at)], now=now)


def in_data(store, *taken, now=NOW, lease=HOUR):
    """Mark deliveries; those that may go."""
    with store.write() as tx:
        return tx.outbox.in_data(taken, now=now, lease=lease)


def claim(store, now=NOW, limit=100, worker="w1", lease=HOUR):
    """Take what is due."""
    with store.write() as tx:
        return list(tx.claims.claim(now, worker, limit, lease=lease).deliveries)


def states(store):
    """How many deliveries of the digest are in each state."""
    with store.read() as tx:
        return {state.value: count for state, count in tx.outbox.counts(EDITION).items()}


@pytest.mark.parametrize(
    ("text", "email"),
    [(" Ann@Mail.EXAMPLE ", "Ann@mail.example"), ("a.b+c@x.example", "a.b+c@x.example"), ('"a b"@x.example', None)],
)
def test_addresses_are_normalised(text, email):
    """The domain is folded, the local part stays as the person writes it; blanks are refused even if quoted."""
    if email is None:
        with pytest.raises(UsageError):
            address(text)
    else:
        assert address(text) == email


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@x.example",
        "ann@",
        "a b@x.example",
        "a@b@x.example",
        "a\r\nb@x.example",
        "a<b>@x.example",
        "a" * 250 + "@x.example",
    ],
)
def test_what_is_no_address(text):
    """What cannot be written to is refused in words, line breaks above all."""
    with pytest.raises(UsageError, match="not an email address"):
        address(text)


def test_confirmed_import(store):
    """An import with recorded consent makes active subscribers, each once whatever the spelling of the case."""
    added = add(store, "Ann@Mail.example", "bo@mail.example")
    assert [(one.email, one.state, one.consent) for one in added.added] == [
        ("Ann@mail.example", "active", CONSENT),
        ("bo@mail.example", "active", CONSENT),
    ]
    again = add(store, "ANN@mail.example", "cy@mail.example")
    assert [one.email for one in again.added] == ["cy@mail.example"]
    assert again.kept == added.added[:1]
    with store.read() as tx:
        assert len(tx.people.active("weekly")) == 3
        assert tx.people.find("weekly", "aNN@MAIL.example") == added.added[0]
        assert tx.people.find("daily", "ann@mail.example") is None
        assert tx.people.get(added.added[1].id) == added.added[1]
        assert tx.people.get(999) is None


def test_lists_are_apart(store):
    """One address may be on several channels' lists, and leaves each by itself."""
    weekly, daily = add(store, "ann@mail.example").added[0], add(store, "ann@mail.example", channel="daily").added[0]
    with store.write() as tx:
        tx.people.unsubscribe(weekly.id, NOW)
    with store.read() as tx:
        assert tx.people.active("daily") == (daily,)
        assert not tx.people.suppressed("ann@mail.example", "daily")
        assert [one.channel_id for one in tx.people.list()] == ["weekly", "daily"]
        assert [one.state for one in tx.people.list("weekly")] == ["unsubscribed"]
        assert tx.people.list(state="active") == (daily,)


def test_double_opt_in(store):
    """Whoever asked has given no consent until the confirmation, which is recorded with its time and method."""
    asked = ask(store, "ann@mail.example").added[0]
    assert (asked.state, asked.consent) == ("pending", None)
    with store.write() as tx:
        assert tx.people.active("weekly") == ()
        confirmed = tx.people.confirm(asked.id, NOW + HOUR, "link in mail")
        assert tx.people.confirm(asked.id, NOW + DAY, "again") == confirmed
        assert tx.people.confirm(999, NOW, "x") is None
    assert confirmed.consent == Consent(Purpose.COMMUNITY, "Yes please.", "link in mail", NOW + HOUR)
    assert ask(store, "ann@mail.example").kept == (confirmed,)


def test_import_confirms_who_asked(store):
    """A recorded consent makes a pending address active."""
    asked = ask(store, "ann@mail.example").added[0]
    result = add(store, "ann@mail.example", "bo@mail.example")
    assert {one.email: one.state for one in result.added} == {"ann@mail.example": "active", "bo@mail.example": "active"}
    assert result.kept == ()
    with store.read() as tx:
        assert tx.people.get(asked.id).consent == CONSENT


@pytest.mark.parametrize("leave", ["unsubscribe", "suppress"])
def test_who_left_stays_off(store, leave):
    """No import, request or late confirmation brings back whoever left; leaving twice is the same."""
    one = add(store, "ann@mail.example").added[0]
    with store.write() as tx:
        left = getattr(tx.people, leave)(one.id, NOW)
        assert getattr(tx.people, leave)(one.id, NOW + DAY) == left
        assert tx.people.suppressed("ANN@mail.example", "weekly")
        assert getattr(tx.people, leave)(999, NOW) is None
    for result in (add(store, "Ann@mail.example"), ask(store, "ann@MAIL.example")):
        assert (result.added, result.kept, len(result.barred)) == ((), (left,), 1)
    with store.write() as tx:
        assert tx.people.confirm(one.id, NOW, "late") == left
        assert tx.people.active("weekly") == ()


def test_suppression_outlives_the_row(store):
    """An address on the suppression list is not written down again, even if its row is gone."""
    one = add(store, "ann@mail.example").added[0]
    with store.write() as tx:
        tx.people.unsubscribe(one.id, NOW)
    with store.write() as tx:
        tx._connection.exec_driver_sql("DELETE FROM subscribers")
    result = add(store, "ann@mail.example")
    assert (result.added, result.kept, result.barred) == ((), (), ("ann@mail.example",))


def test_everybody_is_owed_once(store):
    """Owing an edition twice owes it once; a Message-ID that is taken is a mistake, never a lost mail."""
    people = owe(store, 3)
    with store.write() as tx:
        tx.outbox.enqueue(
            EDITION, people, {one.id: f"<other{one.id}@x>" for one in people}, NOW, expires_at=NOW + DAY, key_id="1"
        )
        assert tx.outbox.due(NOW) == 3
        assert tx.outbox.next_due() == NOW
    newcomer = add(store, "new@mail.example").added
    taken = {newcomer[0].id: f"<{people[0].id}.weekly-1@bulletin.example>"}
    with pytest.raises(StoreError), store.write() as tx:
        tx.outbox.enqueue(EDITION, newcomer, taken, NOW, expires_at=NOW + DAY, key_id="1")


def test_from_claim_to_accepted(store):
    """A delivery goes from ready over claimed and in_data to accepted, and is never offered again."""
    person = owe(store, 1)[0]
    delivery = claim(store)[0]
    assert (delivery.subscriber_id, delivery.email, delivery.edition_id) == (person.id, person.email, EDITION)
    assert (delivery.state, delivery.attempts) == (DeliveryState.CLAIMED, 1)
    assert delivery.message_id == f"<{person.id}.weekly-1@bulletin.example>"
    assert claim(store) == []
    assert in_data(store, delivery) == {delivery.id}
    assert settle(store, delivery, DeliveryState.ACCEPTED, "250 queued")
    assert not settle(store, delivery, DeliveryState.HARD, "550 late")
    with store.read() as tx:
        assert tx.outbox.notice(delivery.id) == b""
    assert claim(store, NOW + DAY * 9) == []
    assert states(store) == {"accepted": 1}
    with store.read() as tx:
        ((settled, text),) = tx.outbox.in_state(DeliveryState.ACCEPTED)
        assert tx.outbox.next_due() is None
    assert (settled.id, text) == (delivery.id, "250 queued")


def test_soft_comes_back_hard_does_not(store):
    """A refusal for now is due again at its time with the same Message-ID, one for good is not."""
    owe(store, 2)
    first, second = claim(store)
    settle(store, first, DeliveryState.SOFT, "451 grey", NOW + HOUR)
    settle(store, second, DeliveryState.HARD, "550 no such person")
    with store.read() as tx:
        assert tx.outbox.due(NOW) == 0
        assert tx.outbox.next_due() == NOW + HOUR
    (again,) = claim(store, NOW + HOUR)
    assert again == replace(first, attempts=2, since=CONSENT.confirmed_at)
    assert states(store) == {"claimed": 1, "hard": 1}


def test_claims_are_ordered_and_limited(store):
    """The longest due comes first, and a claim takes no more than it was asked to."""
    owe(store, 5)
    (first,) = claim(store, limit=1)
    with store.write() as tx:
        tx.outbox.put_back([first], NOW + MINUTE, now=NOW)
    order = [one.id for one in claim(store, NOW + HOUR, limit=4) + claim(store, NOW + HOUR, limit=4)]
    assert order[-1] == first.id
    assert len(set(order)) == 5


def test_consent_is_read_in_the_claim(store):
    """Whoever left after the edition was queued gets nothing."""
    people = owe(store, 4)
    with store.write() as tx:
        tx.people.unsubscribe(people[0].id, NOW)
        tx.people.suppress(people[2].id, NOW)
    assert {one.subscriber_id for one in claim(store)} == {people[1].id, people[3].id}
    assert states(store) == {"cancelled": 2, "claimed": 2}


def test_unknown_three_times_is_held(store):
    """A mail of unknown outcome goes out at most twice more, then a person decides."""
    owe(store, 1)
    now = NOW
    for expected in ("unknown", "unknown", "held"):
        (delivery,) = claim(store, now)
        in_data(store, delivery, now=now)
        settle(store, delivery, DeliveryState.UNKNOWN, "no answer", now + 15 * MINUTE, now)
        assert states(store) == {expected: 1}
        assert claim(store, now + 14 * MINUTE) == []
        now += 15 * MINUTE
    assert claim(store, now + HOUR) == []
    assert delivery.attempts == 3


def test_late_answer_settles_the_doubt(store):
    """An answer that arrives after the claim ran out still counts, unless the mail was claimed again."""
    owe(store, 2)
    first, second = claim(store)
    assert in_data(store, first, second, lease=MINUTE) == {first.id, second.id}
    with store.write() as tx:
        assert tx.outbox.recover(NOW + 2 * MINUTE) == 2
    assert settle(store, first, DeliveryState.ACCEPTED, "250 at last", now=NOW + 3 * MINUTE)
    (again,) = claim(store, NOW + HOUR)
    assert again.id == second.id
    assert not settle(store, second, DeliveryState.ACCEPTED, "250 far too late", now=NOW + HOUR)
    assert settle(store, again, DeliveryState.ACCEPTED, "250", now=NOW + HOUR)


def test_lost_claim_must_not_send(store):
    """A worker whose claim ran out learns it before the first byte of the message, even under its own name."""
    owe(store, 1)
    (slow,) = claim(store, lease=MINUTE)
    with store.write() as tx:
        assert tx.outbox.recover(NOW + MINUTE) == 0
        assert tx.outbox.recover(NOW + 2 * MINUTE) == 1
    assert in_data(store, slow, now=NOW + 2 * MINUTE) == set()
    (quick,) = claim(store, NOW + 2 * MINUTE)
    with store.write() as tx:
        tx.outbox.put_back([slow], NOW, now=NOW + 2 * MINUTE)
    assert in_data(store, slow, quick, now=NOW + 2 * MINUTE) == {quick.id}
    assert states(store) == {"in_data": 1}


def test_recovery_after_a_crash(store):
    """What a dead worker had claimed is ready at once, what was inside DATA is unknown and waits; others keep theirs."""
    owe(store, 3)
    dead = claim(store, limit=2, worker="dead")
    claim(store, worker="alive")
    with store.write() as tx:
        tx.outbox.in_data(dead[:1], now=NOW)
        assert tx.outbox.recover(NOW, worker="dead") == 2
    assert states(store) == {"ready": 1, "unknown": 1, "claimed": 1}
    assert [one.id for one in claim(store, NOW)] == [dead[1].id]
    assert [one.id for one in claim(store, NOW + 15 * MINUTE)] == [dead[0].id]


def test_too_old_to_send(store):
    """What could not be sent in its time expires; what may have been sent is held for a person instead."""
    owe(store, 3, expires_at=NOW + DAY)
    for number, delivery in enumerate(claim(store)):
        state = DeliveryState.SOFT if number else DeliveryState.UNKNOWN
        settle(store, delivery, state, "451", NOW + DAY)
    assert claim(store, NOW + DAY) == []
    assert states(store) == {"expired": 2, "held": 1}


def test_request_to_confirm(store):
    """A pending person gets the request to confirm, whole as it was written; how often they were asked is known."""
    asked = ask(store, "ann@mail.example").added[0]
    with store.write() as tx:
        assert tx.outbox.notices_since(asked.id, NOW - DAY) == 0
        tx.outbox.enqueue_notice(asked, "<c1@x>", b"Subject: hi\r\n", NOW, expires_at=NOW + DAY * 3)
        assert tx.outbox.notices_since(asked.id, NOW - DAY) == 1
    (delivery,) = claim(store)
    assert (delivery.edition_id, delivery.email) == ("", "ann@mail.example")
    with store.write() as tx:
        assert tx.outbox.notice(delivery.id) == b"Subject: hi\r\n"
        tx.outbox.settle([Settled(delivery, Outcome(DeliveryState.ACCEPTED, "250"))], now=NOW)
        tx.outbox.enqueue_notice(asked, "<c3@x>", b"once more", NOW + DAY, expires_at=NOW + DAY * 3)
        tx.people.confirm(asked.id, NOW + DAY, "link")
    assert claim(store, NOW + DAY) == []
    with store.read() as tx:
        assert len(tx.outbox.in_state(DeliveryState.CANCELLED)) == 1


def test_workers_share_the_outbox(store):
    """Several workers at once take each delivery exactly once."""
    people = owe(store, 200)

    def work(name):
        mine = []
        while taken := claim(store, limit=7, worker=name):
            mine += taken
            with store.write() as tx:
                done = [Settled(one, Outcome(DeliveryState.ACCEPTED, "250")) for one in taken]
                assert len(tx.outbox.settle(done, now=NOW)) == len(taken)
        return [one.subscriber_id for one in mine]

    with ThreadPoolExecutor(4) as pool:
        done = Counter(number for numbers in pool.map(work, "abcd") for number in numbers)
    assert done == {one.id: 1 for one in people}
    assert states(store) == {"accepted": 200}


def test_notice_needs_a_subscriber(store):
    """A mail to nobody we know is refused by the database."""
    nobody = Subscriber(999, "weekly", "x@y.example", "pending")
    with pytest.raises(StoreError), store.write() as tx:
        tx.outbox.enqueue_notice(nobody, "<n@x>", b"x", NOW, expires_at=NOW + DAY)
