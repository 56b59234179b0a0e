# SPDX-License-Identifier: Apache-2.0
"""A consent for an interest is recorded, and looked up when the mail is claimed."""

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import (
    Channel,
    ChannelKind,
    Consent,
    DeliveryState,
    Edition,
    Interest,
    Medium,
    Part,
    Purpose,
    Verified,
)
from tests.databases import databases

pytestmark = pytest.mark.usefixtures("each_database")

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
DAY = timedelta(days=1)
WEEKLY = Channel("weekly", ChannelKind.DIGEST, Medium.EMAIL, Purpose.COMMUNITY)
PLAIN = Consent(Purpose.COMMUNITY, "Send me the weekly digest.", "paper form", NOW - DAY)
BOTH = Consent(Purpose.COMMUNITY, "For research too.", "form", NOW - DAY, (Interest.RESEARCH, Interest.EDUCATION))


def test_who_did_not_agree_to_an_interest_is_not_written_to(tmp_path):
    """An edition that needs readers who asked for research goes to those whose recorded consent says so, at the claim."""
    store = databases.open(tmp_path, "syndicate")
    edition = Edition("weekly-1", WEEKLY, "1", NOW, (Part("mail", "message/rfc822", b"x"),), ())
    with store.write() as tx:
        tx.editions.put(edition, Verified(edition, ()), (), now=NOW)
        people = tx.people.add_confirmed("weekly", {"a@mail.example": BOTH, "b@mail.example": PLAIN}, now=NOW).added
        ids = {one.id: f"<{one.id}@bulletin.example>" for one in people}
        tx.sendings.begin("weekly-1", "weekly", Purpose.COMMUNITY, 2, now=NOW, interests=(Interest.RESEARCH,))
        tx.outbox.enqueue("weekly-1", people, ids, NOW, expires_at=NOW + DAY, key_id="1")
        tx.people.add_pending(
            "weekly", ["c@mail.example"], purpose=Purpose.COMMUNITY, wording="Yes.", method="form", now=NOW,
            interests=(Interest.EDUCATION,),
        )  # fmt: skip
    with store.write() as tx:
        claimed = tx.claims.claim(NOW, "w1", 100, lease=DAY).deliveries
        assert [one.email for one in claimed] == ["a@mail.example"]
        assert tx.outbox.counts("weekly-1") == {DeliveryState.CLAIMED: 1, DeliveryState.CANCELLED: 1}
        tx.people.confirm(people[-1].id + 1, NOW, "link in mail")
        consents = {one.email: one.consent.interests for one in tx.people.active("weekly")}
    assert consents["a@mail.example"] == (Interest.RESEARCH, Interest.EDUCATION)
    assert (consents["b@mail.example"], consents["c@mail.example"]) == ((), (Interest.EDUCATION,))
    store.close()
