# SPDX-License-Identifier: Apache-2.0
"""What the daemon and workers say: JSON by a setting, and in every form nothing that opens a door or names a reader."""

import json
import logging

import pytest

from syndicate.cli import logs
from syndicate.deliver import tokens
from syndicate.errors import DeliveryError, FetchError
from syndicate.model import DeliveryState, Key
from syndicate.pipeline.arrive import Polled
from syndicate.schedule.cycle import Report

TOKEN = tokens.make(Key("k1", b"s" * 32), "unsubscribe", 4711)
SECRETS = [
    ("https://ada:letmein@south.example/feed", "letmein"),
    ("postgresql://syndicate:letmein@db.example/x", "letmein"),
    (f"GET /unsubscribe/{TOKEN}", TOKEN),
    (f"bounces+{TOKEN}@bulletin.example", TOKEN),
    ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
    ("Authorization: Basic cmVhZGVyOnNlY3JldA==", "cmVhZGVyOnNlY3JldA"),
    ("/metrics?key=letmein&x=1", "letmein"),
    ("550 <ada.lovelace+news@reader.example>: no such user", "ada.lovelace"),
    ("mailto:ada@reader.example", "ada@"),
]


@pytest.fixture(autouse=True)
def _as_before():
    """The log is as it was when a test has ended."""
    root, ours = logging.getLogger(), logging.getLogger("syndicate")
    before, level, our_level = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    ours.setLevel(our_level)


@pytest.mark.parametrize(("text", "secret"), SECRETS)
@pytest.mark.parametrize("form", ["text", "json"])
def test_secrets_are_masked(capsys, form, text, secret):
    """Neither a message nor a report nor a traceback shows them, and where it was can still be read."""
    tell = logs.begin(form)
    logging.getLogger("syndicate.store").warning("it was %s", text)
    report = Report(polled=[Polled("south", "failed", error=f"fetch: {text}: no")])
    report.trouble += [DeliveryError("refused", subject=text, remedy="look"), FetchError(f"no {text}")]
    tell(report)
    logging.getLogger("other").error("a fault", exc_info=ValueError(text))
    out, err = capsys.readouterr()
    assert secret not in out + err
    assert logs.MASK in err


def test_what_is_no_secret_stays():
    """Hosts, ids, paths and times are left as they are."""
    plain = "poll south-desk of https://south.example/feed.xml?page=2 at 2026-11-27T07:00:00+00:00: 3 new, 0.5 s"
    assert logs.masked(plain) == plain


def test_json_is_one_object_a_line(capsys):
    """Each line has a time, a level, a logger and an event; what belongs to it stands in fields of its own."""
    tell = logs.begin("json")
    report = Report(
        polled=[Polled("a", "new", new=("1", "2")), Polled("b", "unchanged"), Polled("c", "failed", error="x")]
    )
    report.trouble.append(DeliveryError("refused", subject="relay", remedy="look"))
    report.outcomes[DeliveryState.ACCEPTED] = 7
    tell(report)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert all({"time", "level", "logger", "event"} <= set(line) for line in lines)
    polled, failed, trouble, delivered = lines
    assert (polled["event"], polled["sources"], polled["items"]) == (
        "polled",
        {"new": 1, "unchanged": 1, "failed": 1},
        2,
    )
    assert (failed["event"], failed["source"], failed["level"]) == ("poll failed", "c", "warning")
    assert (trouble["stage"], trouble["subject"], trouble["remedy"]) == ("deliver", "relay", "look")
    assert (delivered["event"], delivered["accepted"]) == ("delivered", 7)
