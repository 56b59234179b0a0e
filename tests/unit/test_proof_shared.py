# SPDX-License-Identifier: Apache-2.0
"""What formats of one edition have in common is read once, and what stands across two strings is found all the same."""

import json
import runpy
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate import proof
from syndicate.model import Verified
from syndicate.proof.read import read
from syndicate.proof.seen import LONG, gathered

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/proof/finished.py")))
verify = partial(proof.verify, site=F.SITE)
audit = partial(proof.audit, setting=F.SETTING)
FEEDS = ("rss", "atom", "json")
FILLER = " ".join(f"Boat number {number} left the quay." for number in range(30))
WORDS = F.TEXTS[F.LINK].split()


def edition(**contents):
    """An edition of all three feeds; ``contents`` replaces the bytes of some."""
    data = {name: F.content(name) for name in FEEDS} | contents
    whole = F.edition("rss", data["rss"])
    return replace(whole, parts=tuple(part for name in FEEDS for part in F.edition(name, data[name]).parts))


def found(data, name):
    """Item and duty of everything that an audit finds."""
    return {(one.item_id, one.duty) for one in audit(data, name, F.ENTRIES)}


def test_formats_are_proved_together():
    """An edition of three formats has its proof in each of them."""
    outcome = verify(edition())
    assert isinstance(outcome, Verified), outcome
    rows = {name: {(row.item_id, row.duty) for row in outcome.proved if row.part == name} for name in FEEDS}
    assert rows["rss"] == rows["atom"] == rows["json"] != set()


@pytest.mark.parametrize("bad", [*((name,) for name in FEEDS), FEEDS])
def test_a_leak_is_found_in_each_part_that_has_it(bad):
    """The same text in three parts is three findings, in one part it is one, whichever was read first."""
    leak = F.changed(F.FULL, html=F.article(F.FULL).replace("<h3>", f"<p>{F.TEXTS[F.LINK]}</p><h3>"))
    outcome = verify(edition(**{name: F.content(name, leak) for name in bad}))
    assert [(one.item_id, one.duty, one.part) for one in outcome] == [(F.LINK, "text", name) for name in bad]


@pytest.mark.parametrize("bad", FEEDS)
def test_a_hidden_row_in_one_part_is_found_there(bad):
    """HTML that differs from that of the other formats is judged for itself."""
    rows = F.credit_rows(F.FULL)
    rows["O2"] = f"<div hidden>{rows['O2']}</div>"
    outcome = verify(edition(**{bad: F.content(bad, F.changed(F.FULL, html=F.article(F.FULL, rows=rows)))}))
    assert [(one.item_id, one.duty, one.part) for one in outcome] == [(F.FULL, "O2", bad)]


def test_what_one_part_may_carry_another_may_not():
    """A run that the excerpt of one part carries by right is a leak in the part whose excerpt is another."""
    second = "The agreement holds until spring, when the mill reopens."
    items = F.changed(F.EXCERPT, html=F.article(F.EXCERPT, body=F.html_of(second)))
    assert isinstance(verify(edition(rss=F.rss(items))), Verified)
    both = F.atom(F.changed(F.EXCERPT, extra_xml=f"<summary>{F.EXCERPTS[F.EXCERPT]} {second}</summary>"))
    leaks = {(one.part, one.item_id) for one in verify(edition(rss=F.rss(items), atom=both)) if one.duty == "text"}
    assert leaks == {("atom", F.EXCERPT)}


ACROSS = {
    "long-to-short": [f"{FILLER} {' '.join(WORDS[:4])}", " ".join(WORDS[4:8])],
    "short-to-long": [" ".join(WORDS[:4]), f"{' '.join(WORDS[4:8])} {FILLER}"],
    "long-to-long": [f"{FILLER} {' '.join(WORDS[:7])}", f"{WORDS[7]} {FILLER}"],
    "one-word-first": [f"{FILLER} {WORDS[0]}", f"{' '.join(WORDS[1:8])} {FILLER}"],
    "by-way-of-a-word": [f"{FILLER} {' '.join(WORDS[:3])}", WORDS[3], f"{' '.join(WORDS[4:8])} {FILLER}"],
    "word-by-word": WORDS[:8],
    "coded": [f"{FILLER} {' '.join(WORDS[:4])}", "%20".join(WORDS[4:8])],
}


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("way", ACROSS)
def test_a_run_across_strings_is_found(name, way):
    """Words that start in one element or string and go on in the next are one run."""
    notes = "".join(f"<note>{text}</note>" for text in ACROSS[way])
    items = F.changed(F.FULL, extra_xml=notes, extra_json={"_notes": ACROSS[way]})
    assert found(F.content(name, items), name) == {(F.LINK, "text")}


@pytest.mark.parametrize("name", FEEDS)
def test_seven_words_across_strings_are_no_run(name):
    """Across strings a run is as long as anywhere else."""
    texts = [f"{FILLER} {' '.join(WORDS[:4])}", f"{' '.join(WORDS[4:7])} {FILLER}"]
    items = F.changed(F.FULL, extra_xml="".join(f"<note>{text}</note>" for text in texts), extra_json={"_notes": texts})
    assert found(F.content(name, items), name) == set()


def test_a_value_that_a_second_one_hides_is_read():
    """Of a name that stands twice in a JSON object both values are looked into."""
    data = F.json_feed(F.pieces(), note="x").replace(
        b'"note": "x"', f'"note": "{F.TEXTS[F.LINK]}", "note": "x"'.encode()
    )
    assert found(data, "json") == {("", "form"), (F.LINK, "text")}


def test_ids_of_withheld_items_are_found_however_they_start():
    """Ids that start alike, of other lengths, or inside one another are all found."""
    entry = next(one for one in F.ENTRIES if one.item.id == F.WITHHELD)
    ids = ("i-7", "i-77", "x", "aa-7")
    more = tuple(replace(entry, item=replace(entry.item, id=one)) for one in ids)
    data = F.rss(F.changed(F.FULL, extra_xml="<note>i-77 aaa-7</note>"))
    told = {one.item_id for one in audit(data, "rss", (*F.ENTRIES, *more)) if one.duty == "mode"}
    assert {"i-7", "i-77", "aa-7"} <= told
    assert F.WITHHELD not in told


def test_strings_stand_in_order_and_lose_nothing():
    """What is long stands alone, what is short is kept together, in the order of the document."""
    long = "y" * LONG
    assert list(gathered(["a", "b", long, "c", long, long])) == ["a\nb", long, "c", long, "", long, ""]
    data = json.dumps({"items": [{"x": ["1", long], "z": "2"}], "end": "3"}).encode()
    assert read(data).strings == ("items\nx\n1", long, "z\n2\nend\n3")
    feed = f"<rss><channel><item a='1'>{long}&amp;</item></channel></rss>"
    assert read(feed.encode()).strings == ("<rss><channel><item a='1'>", f"{long}&", "</item></channel></rss>")


def test_an_element_called_licence_of_no_known_vocabulary_states_none():
    """A name alone is no licence; its namespace says what it means."""
    extra = '<license xmlns="https://else.example/ns">https://else.example/terms</license>'
    for name in ("rss", "atom"):
        assert found(F.content(name, F.changed(F.FULL, extra_xml=extra)), name) == set()
