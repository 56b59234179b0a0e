# SPDX-License-Identifier: Apache-2.0
"""Every command as a user types it: what it prints, where, and its exit code.

``program`` starts the program, ``syndicate`` calls the same commands in this process, which is quicker.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import re
import shutil

import pytest

from syndicate.app import clock

COMMANDS = ["demo", "init", "check", "poll", "publish", "digest", "deliver", "run", "explain", "verify", "subscribers",
            "terms", "pick", "ledger"]  # fmt: skip
WORDING = "I want the weekly digest."
SUBJECT = "This week at Riverside Bulletin"


def one_line(text):
    """An error as people get it: one line, no traceback."""
    assert text.count("\n") == 1
    return text.strip()


def published(folder, channel="community"):
    """The items of a published JSON feed."""
    return json.loads((folder / "public" / "feeds" / f"{channel}.json").read_bytes())["items"]


def change(folder, **keys):
    """Change top-level lines of the configuration."""
    text = (folder / "config.yaml").read_text()
    for key, value in keys.items():
        text = re.sub(rf"(?m)^{key}: .*$", f"{key}: {value}", text)
    (folder / "config.yaml").write_text(text)


# ---------------------------------------------------------------------------------------- help and mistakes


@pytest.mark.parametrize("command", [[], *([c] for c in COMMANDS), ["subscribers", "import"], ["subscribers", "list"]])
def test_help_is_there(program, tmp_path, command):
    """`--help` explains each command on stdout and exits 0."""
    done = program(tmp_path, *command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: ")
    assert not list(tmp_path.iterdir())


def test_the_version_is_told(program, tmp_path):
    """`--version` prints name and version."""
    assert re.fullmatch(r"syndicate \d+\.\d+\.\d+\n", program(tmp_path, "--version").stdout)


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["publsh"], "publish"),
        (["publish", "nowhere"], "one of: community, partner, neighbours, pages, print, weekly"),
        (["publish", "weekly"], "digest channel"),
        (["digest", "community"], "digest channels: weekly"),
        (["poll", "nobody"], "one of: estuary-commons"),
        (["explain", "i-0000000000000000"], "take the id from a feed or the front page"),
        (["explain", "https://elsewhere.example/"], "no item has this id or address"),
        (["subscribers", "list", "--channel", "nowhere"], "no such channel"),
        (["subscribers", "import", "missing.csv", "--channel", "weekly"], "missing.csv: No such file"),
        (["init", "."], "config.yaml: is there already"),
        (["init", "config.yaml"], "config.yaml/config.yaml: cannot be written: File exists"),
        (["init", "config.yaml/below"], "cannot be written: Not a directory"),
        (["run", "--port", "99999"], "'--port': Input should be less than or equal to 65535"),
        (["run", "--host", "..", "--port", "0"], "..:0: cannot listen there"),
        (["demo", "--port", "-1"], "'--port': Input should be greater than or equal to 0"),
        (["demo", "--once", "--folder", "config.yaml"], "config.yaml: cannot be made: File exists"),
        (["digest", "weekly", "--preview", "no/such/folder.html"], "no/such/folder.html: cannot be written"),
        (["digest", "weekly", "--preview", "public"], "public: cannot be written"),
        (["digest", "weekly", "--preview", "p.pdf"], "p.pdf: is no preview; name a file that ends in .html"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(home, syndicate, command, named):
    """What we do not have exits 2, says so on stderr in plain words and names what there is."""
    done = syndicate(home, *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["check"],
        ["poll"],
        ["publish"],
        ["digest", "weekly"],
        ["deliver"],
        ["run", "--once"],
        ["explain", "i-1"],
        ["subscribers", "list"],
        ["verify", "config.yaml"],
    ],
)
def test_a_mistake_in_the_configuration_is_named_with_its_line(start, syndicate, command):
    """Every command that reads the configuration exits 2 and points at line and column on stderr."""
    text = (start / "config.yaml").read_text()
    line = text[: text.index("\nchannels:")].count("\n") + 2
    (start / "config.yaml").write_text(text.replace("\nchannels:", "\nchanels:"))
    done = syndicate(start, *command, "-c", "config.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"config.yaml:{line}:1: ")
    assert "did you mean 'channels'" in done.stderr
    assert not (start / "syndicate.db").exists()


def test_without_a_configuration_the_next_step_is_told(tmp_path, syndicate):
    """A folder without config.yaml: exit 2, and `init` is named."""
    done = syndicate(tmp_path, "poll")
    assert done.returncode == 2
    assert "syndicate init" in one_line(done.stderr)


# ---------------------------------------------------------------------------------------- init to publish


def test_init_writes_what_check_accepts(tmp_path, syndicate):
    """The starter configuration is valid as it is, and the hints of `init` and of `check` lead on."""
    done = syndicate(tmp_path, "init", "new")
    assert done.returncode == 0
    hint = done.stdout.strip().rsplit("then: syndicate ", 1)[1].split()
    done = syndicate(tmp_path, *hint)
    assert (done.returncode, done.stderr) == (0, "")
    assert "is valid: 0 sources, 2 channels" in done.stdout
    assert "syndicate add ADDRESS" in done.stdout


def test_check_prints_the_matrix_in_eighty_columns(start, syndicate):
    """One line a source with a mode for every channel, also at 80 columns; `--json` says the same and why."""
    done = syndicate(start, "check", columns=80)
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.strip()}
    machine = json.loads(syndicate(start, "check", "--json").stdout)
    assert len(machine) == 7
    for source in machine:
        assert rows[source["source"]] == [told["mode"] for told in source["channels"].values()]
        assert all(told["because"] for told in source["channels"].values())
    assert rows["harbour-review"] == ["full", "link", "excerpt", "full", "withhold", "full"]


def test_from_nothing_to_published_feeds(start, program):
    """Poll takes in what is due once and exits 1 for the broken source alone; publish writes every form; all clean."""
    done = program(start, "poll", "--json")
    assert done.returncode == 1
    polled = {row["source"]: row for row in json.loads(done.stdout)}
    assert [name for name, row in polled.items() if row["status"] == "failed"] == ["vale-county-record"]
    assert sum(len(row["new"]) for row in polled.values()) == 16
    done = program(start, "poll")
    due, pages = done.stdout.splitlines()
    assert (done.returncode, due) == (0, "No source is due.")
    assert re.fullmatch(r"\d+ web pages? waits? to be read for terms: syndicate poll --pages", pages)
    done = program(start, "poll", "south-desk")
    assert done.returncode == 0
    assert re.search(r"^south-desk .*unchanged", done.stdout, re.MULTILINE), done.stdout
    done = program(start, "publish", "--json")
    assert done.returncode == 0
    assert {row["channel"] for row in json.loads(done.stdout)} == {"community", "partner", "neighbours"}
    files = sorted(path for path in (start / "public" / "feeds").iterdir() if path.is_file())
    assert {path.name for path in files if path.suffix not in {".gz", ".br", ".html"}} == {
        *(f"{channel}.{form}" for channel in ("community", "partner") for form in ("rss", "atom", "json")),
        "neighbours.rss",
    }
    before = [(path.name, path.read_bytes()) for path in files]
    assert "community" in program(start, "publish", "community").stdout
    assert [(path.name, path.read_bytes()) for path in files] == before


# ---------------------------------------------------------------------------------------- readers


def test_import_adds_who_confirmed_and_asks_the_others(folder, syndicate, loopback):
    """Confirmed rows are added, others are sent one request, bad lines are named, who left stays off; exit 1."""
    unsubscribe(folder, "eve@reader.example")
    (folder / "more.csv").write_text(
        "email,confirmed_at,method,wording\n"
        f"new@reader.example,2026-03-04,form,{WORDING}\n"
        "perhaps@reader.example,,,\n"
        "dated@reader.example,2025-03-01,,\n"
        "unsaid@reader.example,2025-03-01,form,\n"
        f"how@reader.example,2025-03-01,,{WORDING}\n"
        f"eve@reader.example,2026-03-05,form,{WORDING}\n"
        "no address,2026-03-04,form,\n"
        f"late@reader.example,{clock().year + 1}-01-01,form,\n"
        "when@reader.example,yesterday,form,\n"
    )
    done = syndicate(folder, "subscribers", "import", "more.csv", "--channel", "weekly")
    assert done.returncode == 1
    assert "1 reader added, 0 there before, 1 left earlier and stay off, 4 asked to confirm" in done.stdout
    assert re.findall(r"more\.csv:(\d+): ", done.stderr) == ["8", "9", "10"]
    readers = json.loads(syndicate(folder, "subscribers", "list", "--json").stdout)
    states = {row["email"]: row["state"] for row in readers}
    assert (states["new@reader.example"], states["perhaps@reader.example"]) == ("active", "pending")
    assert {states[f"{name}@reader.example"] for name in ("dated", "unsaid", "how")} == {"pending"}
    consent = next(row["consent"] for row in readers if row["email"] == "new@reader.example")
    assert (consent["method"], consent["wording"]) == ("form", WORDING)
    assert consent["version"] == hashlib.sha256(WORDING.encode()).hexdigest()[:12]
    assert states["eve@reader.example"] not in {"active", "pending"}
    assert not {"late@reader.example", "when@reader.example"} & set(states)
    assert syndicate(folder, "deliver").returncode == 0
    assert syndicate(folder, "deliver").returncode == 0
    assert len(loopback.mail_to("perhaps@reader.example")) == 1
    assert "/confirm/" in loopback.mail_to("perhaps@reader.example")[0].read_text()
    assert "perhaps@reader.example" in syndicate(folder, "subscribers", "list").stdout


def unsubscribe(folder, reader):
    """Let a reader leave, as the link in the mail does."""
    from syndicate.app import open_app

    app = open_app(folder / "config.yaml")
    with app.store.read() as tx:
        found = next(s.id for s in tx.people.list("weekly") if s.email == reader)
    app.pages(lambda: True).unsubscribe(found)
    app.close()


# ---------------------------------------------------------------------------------------- digests


def test_trials_leave_no_trace(folder, syndicate, loopback):
    """`--dry-run`, `--preview` and `--to` show and send the digest that later goes out whole to everybody else."""
    for ending in ("html", "txt", "eml"):
        done = syndicate(folder, "digest", "weekly", "--dry-run", "--preview", f"seen.{ending}")
        assert done.returncode == 0, done.stderr
        assert " to 2 readers, " in done.stdout
    for name in ("seen.eml", "seen.html"):  # nothing of it is on record yet, all of it is decided
        done = syndicate(folder, "verify", name, "-c", "config.yaml", "--channel", "weekly")
        assert done.stdout == f"{name}: clean\n"
    titles = [item["title"] for item in published(folder)]
    text = " ".join((folder / "seen.txt").read_text().split())
    assert all(" ".join(title.split()) in text for title in titles)
    assert (folder / "seen.html").read_bytes().lstrip().lower().startswith(b"<!doctype html")
    seen = email.message_from_bytes((folder / "seen.eml").read_bytes(), policy=email.policy.default)
    assert seen["Subject"] == SUBJECT
    assert not loopback.mail_to("trial@reader.example")
    done = syndicate(folder, "digest", "weekly", "--to", "trial@reader.example")
    assert done.returncode == 0, done.stderr
    assert len(loopback.mail_to("trial@reader.example")) == 1
    earlier = len(loopback.mail_to("ada@reader.example"))
    assert syndicate(folder, "digest", "weekly").returncode == 0
    assert len(loopback.mail_to("ada@reader.example")) == earlier + 1
    done = syndicate(folder, "digest", "weekly")
    assert (done.returncode, done.stdout) == (0, "weekly: nothing new since the last edition, so nothing is sent.\n")
    for name in ("seen.eml", loopback.mail_to("ada@reader.example")[-1]):
        assert syndicate(folder, "verify", name, "-c", "config.yaml").returncode == 0


def test_without_readers_a_digest_waits(start, syndicate):
    """With nobody on the list nothing is made, and the way to see it all the same is told."""
    syndicate(start, "poll", "south-desk")
    done = syndicate(start, "digest", "weekly")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("weekly: nobody subscribes, so nothing is sent.")
    assert syndicate(start, "digest", "weekly", "--dry-run").stdout.startswith("Digest")


def test_a_trial_to_no_address_is_refused(folder, syndicate, loopback):
    """`--to` something that is no address exits 2 before anything is connected."""
    before = len(loopback.sink.messages)
    done = syndicate(folder, "digest", "weekly", "--to", "no address")
    assert done.returncode == 2
    assert "no address" in one_line(done.stderr)
    assert len(loopback.sink.messages) == before


def test_no_trial_to_whoever_left(folder, syndicate, loopback):
    """An address on the suppression list gets no trial either."""
    (folder / "gone.csv").write_text("email,confirmed_at,method,wording\ngone@reader.example,2026-03-04,paper,Yes\n")
    assert syndicate(folder, "subscribers", "import", "--channel", "weekly", "gone.csv").returncode == 0
    assert syndicate(folder, "subscribers", "unsubscribe", "gone@reader.example").returncode == 0
    done = syndicate(folder, "digest", "weekly", "--to", "gone@reader.example")
    assert done.returncode == 2
    assert "gone@reader.example: is on the list of those we must not write to" in one_line(done.stderr)
    assert not loopback.mail_to("gone@reader.example")


def test_a_preview_is_written_or_refused(start, syndicate):
    """Without readers the preview is written all the same, the whole message as .eml; with nothing new it is refused."""
    empty = syndicate(start, "digest", "weekly", "--preview", "seen.eml")
    assert empty.returncode == 2
    assert one_line(empty.stderr).startswith("seen.eml: not written: there is no edition to show; wait for new items")
    assert not (start / "seen.eml").exists()
    syndicate(start, "poll", "south-desk")
    done = syndicate(start, "digest", "weekly", "--preview", "seen.eml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "weekly: nobody subscribes, so nothing is sent. seen.eml shows what would be.\n"
    seen = email.message_from_bytes((start / "seen.eml").read_bytes(), policy=email.policy.default)
    assert seen["Subject"] == SUBJECT
    assert syndicate(start, "verify", "seen.eml").stdout == "seen.eml: clean\n"


# ---------------------------------------------------------------------------------------- explain and verify


def test_receipts_tell_a_publisher_where_its_items_went(home, syndicate):
    """Items, channels, modes, dates and what was verified, for people and as JSON; that it was told is on record."""
    told = syndicate(home, "receipts", "south-desk")
    assert told.returncode == 0, told.stderr
    assert "verified in" in told.stdout
    data = json.loads(syndicate(home, "receipts", "south-desk", "--json", "--sent-to", "rights@south.example").stdout)
    assert data["publisher"] == "South Desk"
    feed = next(one for one in data["items"] if one["channel"] == "community" and one["mode"] == "full")
    assert set(feed["credits"]) == set(feed["links"]) == {"rss", "atom", "json"}
    assert {"O1", "O2", "O3", "O8"} <= set(feed["duties"])
    assert (feed["accepted"], feed["until"]) == (0, None)
    unknown = syndicate(home, "receipts", "nobody")
    assert (unknown.returncode, "name one of" in unknown.stderr) == (2, True)


def test_explain_takes_an_id_or_any_url(home, syndicate):
    """By id, by our page and by any URL of the publisher's: chain, quote, decision, duties and proof; JSON too."""
    item = next(i for i in published(home) if "last boat" in i["title"] and "harbour" in i["url"])
    by_id = syndicate(home, "explain", item["_syndicate"]["id"], "--channel", "community")
    assert by_id.returncode == 0
    for told in ("South Desk", "origin", "Harbour Review", "republisher", "Evidence", "Permission is granted", "✓",
                 "“The original source of this article is South Desk"):  # fmt: skip
        assert told in by_id.stdout
    assert "partner" not in by_id.stdout
    assert syndicate(home, "explain", item["url"], "--channel", "community").stdout == by_id.stdout
    for url in (item["id"], f"{item['url']}?utm_source=feed#top"):
        assert syndicate(home, "explain", url, "--channel", "community").stdout == by_id.stdout
    (machine,) = json.loads(syndicate(home, "explain", item["url"], "--json").stdout)
    assert machine["item"]["id"] == item["_syndicate"]["id"]
    assert [hop["role"] for hop in machine["chain"]["hops"]] == ["origin", "republisher"]
    modes = {told["channel"]["id"]: told["decision"]["mode"] for told in machine["channels"]}
    assert modes == {
        "community": "full", "partner": "link", "neighbours": "excerpt", "pages": "full", "print": "withhold",
        "weekly": "full",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_verify_passes_a_clean_feed_and_fails_a_tampered_one(home, tmp_path, syndicate, form):
    """Our own feed is clean, alone and by the record; with a name changed each way finds it and exits 1."""
    clean = home / "public" / "feeds" / f"community.{form}"
    broken = tmp_path / f"community.{form}"
    said = re.compile(rb"(for (?:<|&lt;)bdi[^>&]*(?:>|&gt;))Kestrel Field Notes")
    broken.write_bytes(said.sub(rb"\1Somebody Else", clean.read_bytes(), 2))
    record = ["-c", home / "config.yaml"]
    for options in ([], record):
        assert syndicate(home, "verify", clean, *options).returncode == 0
        done = syndicate(home, "verify", broken, *options)
        assert done.returncode == 1
        assert re.search(rf"^item i-[0-9a-f]{{16}}: O\d+: {form}\b.*: .*Kestrel Field Notes", done.stdout, re.MULTILINE)
    findings = json.loads(syndicate(home, "verify", broken, *record, "--json").stdout)
    assert findings
    assert {"item", "duty", "part", "message"} == set(findings[0])


def test_verify_by_the_record_knows_another_channels_feed(home, tmp_path, syndicate):
    """What the community may carry in full is found when it is passed off as the partner's feed."""
    source = home / "public" / "feeds" / "community.rss"
    done = syndicate(home, "verify", source, "-c", "config.yaml", "--channel", "partner")
    assert done.returncode == 1
    shutil.copy(source, tmp_path / "renamed.xml")
    assert syndicate(home, "verify", tmp_path / "renamed.xml", "-c", home / "config.yaml").returncode == 0


@pytest.mark.parametrize("record", [False, True], ids=["alone", "by the record"])
def test_verify_finds_what_is_missing_in_a_mail(folder, syndicate, loopback, record):
    """A mail whose text part lost a link to the original, though its HTML has it, exits 1 with the item and the part."""
    assert syndicate(folder, "digest", "weekly").returncode == 0
    message = loopback.mail_to("ada@reader.example")[-1].read_bytes()
    url = published(folder)[0]["url"].encode()
    (folder / "mail.eml").write_bytes(message.replace(url, b"http://127.0.0.1/elsewhere", 1))
    done = syndicate(folder, "verify", "mail.eml", *(["-c", "config.yaml"] if record else []))
    assert done.returncode == 1
    assert url.decode() in done.stdout


@pytest.mark.parametrize("content", [b"", b"email,name\na@b.example,A\n", b"\x00\x01\x02", b"<rss><channel>"])
def test_verify_says_what_it_cannot_read(home, tmp_path, syndicate, content):
    """What is no feed, page or mail exits 2 and is named."""
    (tmp_path / "odd.xml").write_bytes(content)
    done = syndicate(home, "verify", tmp_path / "odd.xml")
    assert (done.returncode, done.stdout) == (2, "")
    assert str(tmp_path / "odd.xml") in one_line(done.stderr)


def test_verify_reads_a_url_and_says_when_it_cannot(home, syndicate, loopback):
    """A feed is read from its address; where nobody answers it exits 2, in words of this command."""
    url = next(iter(published(home)))["_syndicate"]["source"]["url"]
    assert syndicate(home, "verify", loopback.world.feeds["kestrel-field-notes"]).returncode in {0, 1}, url
    done = syndicate(home, "verify", "http://127.0.0.1:1/feeds/community.rss")
    assert done.returncode == 2
    assert "poll" not in one_line(done.stderr)
