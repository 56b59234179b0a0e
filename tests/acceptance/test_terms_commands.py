# SPDX-License-Identifier: Apache-2.0
"""`terms`, `pick` and `ledger` as a user types them: what they print, what they change, what stands in the record."""

from __future__ import annotations

import json
import re

import pytest


def statement(done):
    """The number of a statement that was just recorded."""
    assert done.returncode == 0, done.stderr
    return done.stdout.split("statement ")[1].split()[0]


def ledger(syndicate, folder, *arguments):
    """Lines of the record, newest first."""
    return json.loads(syndicate(folder, "ledger", "--json", *arguments).stdout)


def feed(folder, channel="community"):
    """The items of a published JSON feed by title, and what its tombstones name."""
    data = json.loads((folder / "public" / "feeds" / f"{channel}.json").read_bytes())
    gone = data.get("_syndicate", {}).get("deleted", [])
    return {item["title"]: item for item in data["items"]}, {stone["id"].rpartition("/")[2] for stone in gone}


def test_list_and_show(syndicate, folder):
    """Terms are listed with where they were recorded; one publisher is shown with its quote, contact and conditions."""
    listed = syndicate(folder, "terms", "list")
    assert listed.returncode == 0
    row = next(line for line in listed.stdout.splitlines() if line.startswith("south-desk"))
    assert "config: south-desk-community" in row
    assert "it in full: email, web;" in row
    shown = syndicate(folder, "terms", "show", "south-desk")
    assert "In the configuration, terms.south-desk-community" in shown.stdout
    assert "“" in shown.stdout
    machine = json.loads(syndicate(folder, "terms", "show", "south-desk", "--json").stdout)
    assert machine["publisher"]["records"][0]["grants"][0]["mode"] == "full"
    assert machine["recorded"] == []
    assert any(p["publisher"] == "south-desk" for p in json.loads(syndicate(folder, "terms", "list", "--json").stdout))


def test_an_objection_is_followed(syndicate, folder):
    """Recorded, an objection empties feeds at the next build, leaves tombstones, is quoted by explain, and is on record."""
    before, _ = feed(folder)
    mine = {title: item for title, item in before.items() if item["_syndicate"]["source"]["name"] == "South Desk"}
    assert mine
    objecting = ("terms", "object", "south-desk", "quote=Stop, please.", "--by", "Mara Lind")
    looked = syndicate(folder, *objecting, "--dry-run")
    assert "This would move" in looked.stdout
    moved, titles = re.search(
        r"(\d+) items? from \w+ to withhold in community\n((?:    .*\n)+)", looked.stdout
    ).groups()
    more = re.search(r"    and (\d+) more\n", titles)
    assert int(moved) == titles.count("\n") + (int(more[1]) - 1 if more else 0)
    assert ledger(syndicate, folder, "--kind", "objection") == []
    number = statement(syndicate(folder, *objecting))
    assert syndicate(folder, "publish").returncode == 0
    after, deleted = feed(folder)
    assert not set(mine) & set(after)
    assert deleted >= {item["_syndicate"]["id"] for item in mine.values()}
    one = next(iter(mine.values()))["_syndicate"]["id"]
    explained = syndicate(folder, "explain", one, "--channel", "community", columns=300).stdout
    assert "South Desk refuses community sites any use" in explained
    assert "“Stop, please.”" in explained
    assert f"statement-{number}, prohibitions[0]" in explained
    (line,) = ledger(syndicate, folder, "--kind", "objection", "--subject", "south-desk")
    assert (line["data"]["act"], line["data"]["by"]) == ("recorded", "Mara Lind")
    assert syndicate(folder, "terms", "withdraw", number).returncode == 0
    assert syndicate(folder, "publish").returncode == 0
    again, deleted = feed(folder)
    assert set(mine) <= set(again)
    assert not deleted & {item["_syndicate"]["id"] for item in mine.values()}
    told = syndicate(folder, "terms", "show", "south-desk").stdout
    assert f"Statement {number}, objection, recorded by Mara Lind" in told
    assert "withdrawn" in told
    twice = syndicate(folder, "terms", "withdraw", number)
    assert (twice.returncode, twice.stderr) == (
        2,
        f"{number}: no such statement is in force; `syndicate terms show PUBLISHER` has their numbers\n",
    )


def test_a_grant_widens_and_names_its_letter(syndicate, folder):
    """A permission by letter carries what silence did not, is shown beside the configuration, and can be taken back."""
    words = ["mode=excerpt", "words=40", "media=web,email", "purposes=community,commercial", "duties=credit,link"]
    about = ["reference=letter of 3 May", "quote=Quote forty words of ours.", "contact=desk@estuary.example"]
    looked = syndicate(folder, "terms", "grant", "estuary-commons", *words, *about, "--dry-run", "--json")
    moved = {(m["channel_id"], m["before"], m["after"]) for m in json.loads(looked.stdout)}
    assert ("community", "link", "excerpt") in moved
    number = statement(syndicate(folder, "terms", "grant", "estuary-commons", *words, *about, "--date", "2026-01-01"))
    syndicate(folder, "publish")
    items, _ = feed(folder)
    hill = [item for item in items.values() if item["_syndicate"]["source"]["name"] == "Estuary Commons"]
    assert {item["_syndicate"]["mode"] for item in hill} == {"excerpt"}
    shown = syndicate(folder, "terms", "show", "estuary-commons").stdout
    assert "an excerpt of up to 40 words: email, web; commercial, community" in shown
    assert "letter of 3 May" in shown
    (line,) = ledger(syndicate, folder, "--kind", "permission", "--subject", "estuary-commons")
    assert line["data"]["terms"]["syn:reference"] == "letter of 3 May"
    assert number in syndicate(folder, "terms", "list").stdout


def test_a_section_of_a_publisher(syndicate, folder):
    """A statement may be about some addresses only; items elsewhere are decided as before."""
    items, _ = feed(folder)
    mine = [i for i in items.values() if i["_syndicate"]["source"]["name"] == "South Desk"]
    chosen, *others = mine
    done = syndicate(folder, "terms", "object", "south-desk", f"items={chosen['_syndicate']['id']}", "mode=link")
    statement(done)
    assert "This moves 1 item from full to link in community" in done.stdout
    syndicate(folder, "publish")
    after, _ = feed(folder)
    assert after[chosen["title"]]["_syndicate"]["mode"] == "link"
    assert all(after[other["title"]]["_syndicate"]["mode"] == other["_syndicate"]["mode"] for other in others)


def test_odrl_out_and_in(syndicate, folder):
    """What is exported of one publisher is imported for another, moves the same, and gives the same policy again."""
    exported = syndicate(folder, "terms", "export", "south-desk")
    policy = json.loads(exported.stdout)
    assert policy["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    (folder / "south.json").write_text(exported.stdout)
    weighed = syndicate(folder, "terms", "diff", "south.json", "--publisher", "estuary-commons")
    assert "from link to full in community" in weighed.stdout
    done = syndicate(folder, "terms", "import", "south.json", "--publisher", "estuary-commons")
    number = statement(done)
    again = json.loads(syndicate(folder, "terms", "export", "estuary-commons").stdout)["@graph"][-1]
    (first, *_) = policy["@graph"]
    assert json.dumps(again["permission"]).replace("Estuary Commons", "South Desk") == json.dumps(first["permission"])
    assert again["uid"] == f"urn:syndicate:terms:estuary-commons:statement-{number}"
    back = syndicate(folder, "terms", "import", "south.json")
    assert "of south-desk" in back.stdout
    mine = json.loads(syndicate(folder, "terms", "export", "south-desk").stdout)["@graph"][-1]
    named = {"uid", "syn:key", "syn:origin"}
    assert {key: mine[key] for key in mine.keys() - named} == {key: first[key] for key in first.keys() - named}


def test_odrl_for_one_item(syndicate, folder):
    """A policy of one item moves that item alone; one for somebody else is told and not recorded."""
    items, _ = feed(folder)
    one = next(i for i in items.values() if i["_syndicate"]["source"]["name"] == "Estuary Commons")
    rule = {"target": one["url"], "action": "distribute"}
    policy = {"@type": "Agreement", "uid": "u", "assigner": "estuary-commons", "permission": [rule]}
    (folder / "one.json").write_text(json.dumps(policy | {"assignee": "http://somebody-else.example/"}))
    refused = syndicate(folder, "terms", "import", "one.json")
    assert refused.returncode == 1
    assert "one.json: u: left out, it is for http://somebody-else.example/, and we are " in refused.stderr
    assert refused.stdout == "This moves no item.\n"
    (folder / "one.json").write_text(json.dumps(policy | {"obligation": [{"action": "compensate"}]}))
    statement(syndicate(folder, "terms", "import", "one.json"))
    shown = syndicate(folder, "terms", "show", "estuary-commons").stdout
    assert "  asks      compensate\n  held to   a link: we cannot prove compensate\n" in shown
    (folder / "one.json").write_text(json.dumps(policy))
    weighed = json.loads(syndicate(folder, "terms", "diff", "one.json", "--json").stdout)
    assert {(m["channel_id"], m["after"], m["count"]) for m in weighed} >= {("community", "full", 1)}
    assert {m["count"] for m in weighed} == {1}


def test_odrl_that_cannot_be_read(syndicate, folder):
    """What an imported policy says beyond our words permits nothing, is named, and the command ends with 1."""
    rule = {"action": "distribute", "constraint": [{"leftOperand": "spatial", "operator": "eq", "rightOperand": "FR"}]}
    (folder / "odd.json").write_text(json.dumps({"uid": "urn:x", "permission": [rule]}))
    done = syndicate(folder, "terms", "import", "odd.json", "--publisher", "estuary-commons")
    assert done.returncode == 1
    assert "odd.json: urn:x: permission 1 is left out: we cannot read spatial eq FR" in done.stderr
    assert "This moves no item." in done.stdout


def test_diff_of_a_configuration(syndicate, folder):
    """Another configuration is weighed against this one, channel by channel, and nothing is changed by it."""
    text = (folder / "config.yaml").read_text()
    (folder / "new.yaml").write_text(text.replace("terms: south-desk-community", "terms: all-rights-reserved"))
    done = syndicate(folder, "terms", "diff", "new.yaml")
    assert "from full to link in community" in done.stdout
    assert done.stdout.startswith("This would move ")
    assert syndicate(folder, "terms", "diff", "config.yaml").stdout == "This would move no item.\n"


def test_the_configuration_is_on_record(syndicate, folder):
    """Terms that were changed, or taken out, in the configuration are lines of the ledger like those of commands."""
    (first,) = ledger(syndicate, folder, "--kind", "terms", "--subject", "south-desk")
    assert first["data"]["act"] == "configured"
    assert first["data"]["terms"][0]["syn:key"] == "south-desk-community"
    text = (folder / "config.yaml").read_text()
    (folder / "config.yaml").write_text(text.replace("    terms: south-desk-community\n", ""))
    (gone, _) = ledger(syndicate, folder, "--kind", "terms", "--subject", "south-desk")
    assert gone["data"] == {"act": "removed", "sha256": ""}
    assert len(ledger(syndicate, folder, "--kind", "terms", "--subject", "south-desk")) == 2


def test_a_file_of_terms(syndicate, folder):
    """All keys of the configuration can be given in a file, sections included; its mistakes are told by line."""
    (folder / "letter.yaml").write_text(
        "quote: Take what you like.\ngrants: [{mode: full, media: [web]}]\n"
        "sections: {essays: {urls: ['*/essays/*'], grants: [{mode: excerpt, words: 20}]}}\n"
    )
    done = syndicate(folder, "terms", "grant", "estuary-commons", "--from", "letter.yaml")
    assert done.returncode == 0
    assert done.stdout.count("Recorded as statement") == 2
    (folder / "letter.yaml").write_text("grants:\n  - mode: fall\n")
    wrong = syndicate(folder, "terms", "grant", "estuary-commons", "--from", "letter.yaml")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "letter.yaml:2: grants[0].mode: 'fall' is not one of full, excerpt, link; did you mean 'full'?\n",
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["grant", "nobody", "mode=full"], "nobody: no such publisher; one of: "),
        (["grant", "south-desk", "mode"], "mode: is no KEY=VALUE; write such as mode=full or media=web,email"),
        (["grant", "south-desk"], "south-desk: permits nothing; say what, such as mode=full media=web,email"),
        (["grant", "south-desk", "mode=full", "words=3"], "statement:1: grants[0].words: only an excerpt has a limit"),
        (["grant", "south-desk", "mode=full", "colour=red"], "colour: unknown key; allowed: about, ads, "),
        (["grant", "south-desk", "mode=full", "--date", "soon"], "--date:1: read_at: 'soon' is not a date"),
        (["show", "nobody"], "nobody: no such publisher"),
        (["withdraw", "99"], "99: no such statement is in force"),
        (["import", "gone.json"], "gone.json: No such file or directory; name a text file"),
        (["import", "config.yaml"], "config.yaml: is not JSON; give an ODRL policy in JSON-LD"),
    ],
)
def test_mistakes(syndicate, folder, arguments, told):
    """A mistake is one line that names the thing and the remedy, and nothing is recorded."""
    before = ledger(syndicate, folder, "--kind", "permission")
    done = syndicate(folder, "terms", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(told)
    assert done.stdout == ""
    assert ledger(syndicate, folder, "--kind", "permission") == before


def test_a_misspelt_key(syndicate, folder):
    """A key that is none is told what there is, those of the rule included, and which was probably meant."""
    done = syndicate(folder, "terms", "grant", "south-desk", "mod=full")
    assert done.returncode == 2
    assert done.stderr.startswith("mod: unknown key; allowed: about, ads, ")
    assert ", media, mode, notify, " in done.stderr
    assert done.stderr.endswith("; did you mean 'mode'?\n")


def test_pick(syndicate, folder):
    """Where terms ask for a person's choice, items wait in a queue; a pick carries one, is on record, and can be undone."""
    words = ["mode=full", "media=web", "pick=true", "duties=credit,link"]
    statement(syndicate(folder, "terms", "grant", "estuary-commons", *words))
    queue = json.loads(syndicate(folder, "pick", "--json", "--channel", "community").stdout)
    assert queue
    assert {(w["mode"], w["picked"]) for w in queue} == {("link", "full")}
    listed = syndicate(folder, "pick").stdout
    assert queue[0]["item"] in listed
    assert "for a person; choose with: syndicate pick ITEM --channel CHANNEL" in listed
    explained = syndicate(folder, "explain", queue[0]["item"], "--channel", "community", columns=300).stdout
    assert "but asks that a person picks each item" in explained
    done = syndicate(folder, "pick", queue[0]["item"], "--channel", "community", "--by", "Mara Lind")
    assert done.stdout == f"Picked for community: {queue[0]['title']}\n"
    syndicate(folder, "publish")
    items, _ = feed(folder)
    assert items[queue[0]["title"]]["_syndicate"]["mode"] == "full"
    (line,) = ledger(syndicate, folder, "--kind", "pick")
    assert line["data"] == {"act": "picked", "channel": "community", "by": "Mara Lind"}
    undone = syndicate(folder, "pick", queue[0]["item"], "--channel", "community", "--undo")
    assert undone.stdout.startswith("No longer picked")
    syndicate(folder, "publish")
    assert feed(folder)[0][queue[0]["title"]]["_syndicate"]["mode"] == "link"
    again = syndicate(folder, "pick", queue[0]["item"], "--channel", "community", "--undo")
    assert again.returncode == 2
    assert "was not picked; `syndicate pick --channel community` lists what waits" in again.stderr


def test_pick_within_a_share(syndicate, folder):
    """Where terms cap a month as well, the queue shows what still fits, and a pick beyond that is told to stay a link."""
    words = ["mode=full", "media=web", "pick=true", "max_items=1", "duties=credit,link"]
    statement(syndicate(folder, "terms", "grant", "estuary-commons", *words))
    first, second, *_ = json.loads(syndicate(folder, "pick", "--json", "--channel", "community").stdout)
    fits = syndicate(folder, "pick", first["item"], "--channel", "community").stdout
    assert fits == f"Picked for community: {first['title']}\n"
    assert json.loads(syndicate(folder, "pick", "--json", "--channel", "community").stdout) == []
    beyond = " ".join(syndicate(folder, "pick", second["item"], "--channel", "community", columns=300).stdout.split())
    assert "still link: Estuary Commons permits" in beyond
    assert "no more than 1 of its items a month, and this is number 2 of" in beyond
    syndicate(folder, "publish")
    modes = {title: item["_syndicate"]["mode"] for title, item in feed(folder)[0].items()}
    assert (modes[first["title"]], modes[second["title"]]) == ("full", "link")


def test_ledger(syndicate, folder):
    """The record is read as a table or as JSON, by kind and subject; an unknown kind is told what there is."""
    rows = ledger(syndicate, folder, "--kind", "release", "--limit", "1")
    assert [row["kind"] for row in rows] == ["release"]
    table = syndicate(folder, "ledger", "--kind", "edition").stdout
    assert table.splitlines()[0].split() == ["When", "Kind", "Subject", "What"]
    assert "channel community" in table
    assert syndicate(folder, "ledger", "--subject", "nothing").stdout == "No such line.\n"
    wrong = syndicate(folder, "ledger", "--kind", "gossip")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("gossip: is no kind of line; one of: decision, edition")


SHOP = (
    "site: {name: B, url: 'https://b.example', contact: e@b.example}\n"
    "publishers:\n  ferrow: {name: Ferrow, home: 'https://ferrow.example', terms: TERMS}\n"
    "terms:\n  glossed:\n    licence: CC-BY-NC-4.0\n    grants: [{mode: full, purposes: [community, commercial], ads: around}]\n"
    "  bound: {grants: [{mode: full, duties: [noncommercial]}]}\n  free: {grants: [{mode: full}]}\n"
    "sources: [{id: ferrow, url: 'https://ferrow.example/feed', publisher: ferrow}]\n"
    "channels:\n  shop: {kind: feed, purpose: commercial, ads: around, select: {sources: SOURCES}}\n"
)


@pytest.mark.parametrize(
    ("terms", "sources", "told"),
    [
        ("CC-BY-NC-4.0", "[ferrow]", "CC BY-NC 4.0 does not cover commercial channels"),
        ("bound", "[ferrow]", "Ferrow does not permit commercial sites with advertising around the items"),
        ("CC-BY-NC-4.0", "[]", ""),
        ("free", "[ferrow]", ""),
        ("glossed", "[ferrow]", None),
        ("CC-BY-4.0", "[ferrow]", None),
    ],
)
def test_no_profit_by_mistake(syndicate, tmp_path, terms, sources, told):
    """A channel for money that names a non-commercial source is a mistake; one that meets it by the way is told of it."""
    (tmp_path / "config.yaml").write_text(SHOP.replace("TERMS", terms).replace("SOURCES", sources))
    done = syndicate(tmp_path, "check")
    if told:
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith("config.yaml: channels.shop.select.sources: it names ferrow, but ")
        assert told in done.stderr
        assert "take the source out, or record in its terms what the publisher permits there" in done.stderr
    else:
        assert done.returncode == 0
        assert ("shop carries ferrow as links, and without money could carry more" in done.stdout) == (told == "")


def test_contradictions_are_told_together(syndicate, tmp_path):
    """A channel that cannot be as it says hides no other that contradicts the terms of a source."""
    text = SHOP.replace("TERMS", "CC-BY-NC-4.0").replace("SOURCES", "[ferrow]")
    (tmp_path / "config.yaml").write_text(f"{text.rstrip()}\n  club: {{kind: feed, paid: true}}\n")
    done = syndicate(tmp_path, "check")
    paid, shop = done.stderr.splitlines()
    assert paid.endswith("channels.club.paid: a community channel is free of charge; set purpose: commercial")
    assert "channels.shop.select.sources: it names ferrow, but CC BY-NC 4.0 does not cover commercial" in shop
    assert done.returncode == 2


def test_breaches(syndicate, folder):
    """An objection recorded late opens a clock for what lay open meanwhile; a cure is recorded with what was done."""
    assert syndicate(folder, "ledger", "--open").stdout == "No breach is open.\n"
    done = syndicate(folder, "terms", "object", "south-desk", "media=web", "--date", "2026-01-01")
    statement(done)
    shown = syndicate(folder, "ledger", "--open", columns=300)
    assert shown.returncode == 1
    assert "mode: carried as full, permitted was withhold: South Desk refuses community sites any use" in shown.stdout
    assert "29 days left" in shown.stdout or "30 days left" in shown.stdout
    number = json.loads(syndicate(folder, "ledger", "--open", "--json").stdout)[0]["row"]["id"]
    assert syndicate(folder, "ledger", "--cure", number).stderr.startswith(f"{number}: does not say how it was cured")
    cured = syndicate(folder, "ledger", "--cure", number, "--how", "We wrote to them.")
    assert cured.stdout == f"Breach {number} is cured.\n"
    (line,) = ledger(syndicate, folder, "--kind", "cure")
    assert line["data"]["how"] == "We wrote to them."
