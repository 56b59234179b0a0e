# SPDX-License-Identifier: Apache-2.0
"""Who left stays off and who was erased stays forgotten: through imports, lost files and restored copies."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from syndicate.model import Consent, Purpose
from syndicate.pipeline import people
from tests.cases.serve.readers import NOW, House


@pytest.fixture
def house(tmp_path):
    """A house."""
    built = House(tmp_path)
    yield built
    built.app.close()


def test_suppression_survives_a_restored_copy(house):
    """Who left after the copy was made is off again when it is opened; who came back stays."""
    reader, other = house.join(), house.join("bo@mail.example")
    house.ask("POST", house.token("unsubscribe", other))
    copy = house.back_up()
    house.ask("POST", house.token("unsubscribe", reader))
    house.ask("POST", house.token("preferences", other))
    house.restore(copy)
    assert house.reader().state == "unsubscribed"
    assert people.ask_to_confirm(house.app.composing, house.channel, ["ann@mail.example"]) == 0


def test_export_and_erasure(house):
    """A person gets all that we hold, then nothing of it is left but a fingerprint that keeps the address off."""
    reader = house.join()
    told = people.all_about(house.app.composing, "ANN@mail.example")
    assert told["lists"][0]["subscriber"] == reader
    version = hashlib.sha256(reader.consent.wording.encode()).hexdigest()[:12]
    assert reader.consent.version == version
    assert [(act["act"], act["wording"]) for act in told["lists"][0]["acts"]] == [("confirm", version)]
    assert len(told["lists"][0]["mails"]) == 1
    assert people.erase(house.app.composing, "ann@mail.example") == 1
    assert not any("ann@mail" in line.casefold() for line in house.dump())
    assert people.all_about(house.app.composing, "ann@mail.example")["lists"] == []
    house.now += timedelta(days=2)
    assert people.ask_to_confirm(house.app.composing, house.channel, ["ann@mail.example"]) == 0
    assert house.join("new@mail.example").id > reader.id, "an old link never names another person"


@pytest.mark.parametrize("before", ["reader", "pending", "unsubscribed"])
def test_erasure_survives_a_restored_copy(house, before):
    """Who was erased after the copy was made is erased again when it is opened, whatever they were then."""
    house.post("/subscribe", list="weekly", address="ann@mail.example")
    if before != "pending":
        house.ask("POST", house.link())
    reader = house.reader()
    if before == "unsubscribed":
        house.ask("POST", house.token("unsubscribe", reader))
    copy = house.back_up()
    house.now += timedelta(hours=1)
    assert people.erase(house.app.composing, "Ann@mail.example") == 1
    house.restore(copy)
    assert not any("ann@mail" in line.casefold() for line in house.dump())
    assert house.to_send() == []
    assert people.ask_to_confirm(house.app.composing, house.channel, ["ann@mail.example"]) == 0


def test_an_older_copy_forgets_who_came_anew_since(house):
    """What was agreed to before an erasure stays forgotten, though the person signed up again since."""
    house.join()
    copy = house.back_up()
    house.now += timedelta(hours=1)
    people.erase(house.app.composing, "ann@mail.example")
    house.now += timedelta(days=2)
    house.join()
    assert house.reader().state == "active"
    house.restore(copy)
    assert house.reader() is None
    assert not any("ann@mail" in line.casefold() for line in house.dump())
    house.now += timedelta(days=2)
    house.join()
    assert house.reader().state == "active", "nothing stands against coming anew"


def test_a_printed_list_forgets_too(house):
    """Where there is no file beside the database, the list that was printed does the same: a restored server."""
    house.join()
    copy = house.back_up()
    house.now += timedelta(hours=1)
    people.erase(house.app.composing, "ann@mail.example")
    with house.app.store.read() as tx:
        listed = tx.people.suppressions()
    house.file.with_name(house.file.name + ".suppressions").unlink()
    house.restore(copy)
    assert house.reader().state == "active"
    with house.app.store.write() as tx:
        assert tx.people.suppress_all(listed, house.now) == 1
    assert not any("ann@mail" in line.casefold() for line in house.dump())


def test_who_was_erased_may_come_anew(house):
    """An import brings nobody back; the person may sign up, and is a reader when the link in the mail is used."""
    house.join()
    people.erase(house.app.composing, "ann@mail.example")
    house.now += timedelta(days=2)
    house.post("/subscribe", list="weekly", address="ann@mail.example")
    assert house.to_send() == ["ann@mail.example"]
    consent = Consent(Purpose.COMMUNITY, "Yes.", "paper", NOW)
    with house.app.store.write() as tx:
        barred = tx.people.add_confirmed("weekly", {"ann@mail.example": consent}, now=house.now)
        assert (barred.added, barred.barred) == ((), ("ann@mail.example",))
    assert house.reader().state == "pending"
    copy = house.back_up()
    house.restore(copy)
    assert house.reader().state == "pending", "what came after the erasure is not erased"
    house.ask("POST", house.link())
    assert house.reader().state == "active"
    assert people.ask_to_confirm(house.app.composing, house.channel, ["ann@mail.example"]) == 0


def test_what_the_list_beside_lacks_is_added(house):
    """A list that was lost is written again from the database, so that the next older copy learns all of it."""
    reader = house.join()
    copy = house.back_up()
    house.ask("POST", house.token("unsubscribe", reader))
    house.file.with_name(house.file.name + ".suppressions").unlink()
    later = house.file.with_name("later.copy")
    house.app.store.backup(later)
    house.restore(later)
    house.restore(copy)
    assert house.reader().state == "unsubscribed"


def test_whoever_never_answers_is_forgotten(house):
    """A month after the last request nothing is held of an address that did not confirm; it may be given again."""
    reader = house.join("bo@mail.example")
    house.post("/subscribe", list="weekly", address="ann@mail.example")
    house.now += timedelta(days=29)
    assert people.forget_unanswered(house.app.composing) == 0
    house.post("/subscribe", list="weekly", address="ann@mail.example")
    house.now += timedelta(days=29)
    assert people.forget_unanswered(house.app.composing) == 0
    house.now += timedelta(days=2)
    assert people.forget_unanswered(house.app.composing) == 1
    assert not any("ann@mail" in line.casefold() for line in house.dump())
    assert house.reader("bo@mail.example") == reader
    house.post("/subscribe", list="weekly", address="ann@mail.example")
    house.ask("POST", house.link())
    assert house.reader().state == "active"
