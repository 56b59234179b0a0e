# SPDX-License-Identifier: Apache-2.0
"""No more of an item than its mode permits, unaltered, once, and nothing of it anywhere else."""

import base64
import runpy
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from syndicate import proof
from syndicate.model import Limit, Verified
from syndicate.proof import lint

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/proof/finished.py")))
verify = partial(proof.verify, site=F.SITE)
audit = partial(proof.audit, setting=F.SETTING)
WEB = ("rss", "atom", "json", "mail")


def found(name, items, entries=F.ENTRIES):
    """(item, duty) of everything the gate finds in one format."""
    outcome = verify(F.edition(name, F.content(name, items), entries))
    return set() if isinstance(outcome, Verified) else {(one.item_id, one.duty) for one in outcome}


def with_body(item_id, body):
    """All items, one carrying another HTML body."""
    return F.changed(item_id, html=F.article(item_id, body=body))


def deciding(item_id, **changes):
    """The entries, one decision changed."""
    return tuple(
        replace(one, decision=replace(one.decision, **changes)) if one.item.id == item_id else one for one in F.ENTRIES
    )


def retold(item_id, **changes):
    """The entries, one item changed."""
    return tuple(
        replace(one, item=replace(one.item, **changes)) if one.item.id == item_id else one for one in F.ENTRIES
    )


# --------------------------------------------------------------------------------------------- unaltered


ALTERED = [
    lambda html: html.replace("morning", "evening"),
    lambda html: html.replace("</p><p>", "</p><p>Indeed. "),
    lambda html: html + "<p>One more line of ours.</p>",
    lambda html: html.replace("Every morning ", ""),
    lambda html: html.replace("a day.", "a day"),
    lambda html: html.replace("reads the gauge", "<span style='display:none'>reads</span> the gauge"),
    lambda html: html.split("<p>", 2)[0] + "<p>" + html.split("<p>", 2)[2],
    lambda _: "",
]


@pytest.mark.parametrize("name", WEB)
@pytest.mark.parametrize("alter", ALTERED)
def test_an_altered_full_text_is_caught(name, alter):
    """A word changed, added, left out or hidden breaks O6 in every format."""
    assert (F.FULL, "O6") in found(name, with_body(F.FULL, alter(F.html_of(F.TEXTS[F.FULL]))))


def test_without_o6_the_text_must_still_be_whole():
    """The mode promises the whole text; only additions are then our own affair."""
    entries = deciding(F.FULL, duties=tuple(d for d in F.ENTRIES[0].decision.duties if d.id != "O6"))
    html = F.html_of(F.TEXTS[F.FULL])
    assert found("rss", with_body(F.FULL, html + "<p>Listen to it.</p>"), entries) == set()
    assert (F.FULL, "mode") in found("rss", with_body(F.FULL, html.replace("morning", "day")), entries)


def test_the_text_part_is_compared_as_well():
    """A line lost from the plain text is caught there, and the message quotes only a few words."""
    items = F.changed(F.FULL, text=F.section(F.FULL, body=F.TEXTS[F.FULL].replace("by one line ", "")))
    outcome = verify(F.edition("mail", F.content("mail", items)))
    assert [(one.item_id, one.duty, one.part) for one in outcome] == [(F.FULL, "O6", "mail text")]
    assert (
        outcome[0].message
        == 'text in the text part is not whole: it leaves the original after "column of figures grows"'
    )


def test_markup_that_parts_words_is_met_by_either_reading():
    """The item's text and what we see of its HTML may part words differently; either is its text."""
    html = "<table><tr><td>One</td><td>Two</td></tr></table>"
    entries = retold(F.FULL, html=html, text="OneTwo")
    items = F.changed(F.FULL, html=F.article(F.FULL, body=html), text=F.section(F.FULL, body="One Two"))
    assert found("mail", items, entries) == set()


def test_an_item_without_text_is_whole_without_text():
    """A film without words is carried in full by its credit alone."""
    entries = retold(F.FULL, html="", text="")
    assert (
        found("mail", F.changed(F.FULL, html=F.article(F.FULL, body=""), text=F.section(F.FULL, body="")), entries)
        == set()
    )


# --------------------------------------------------------------------------------------------- excerpts


EXCERPTS = {
    "two-paragraphs": (F.TEXTS[F.EXCERPT], {"O21"}),
    "mid-sentence": ("Bakers along the quay have agreed on a price", {"O6"}),
    "from-mid-sentence": ("have agreed on a price for rye. They met four times before the frost.", {"O6"}),
    "two-runs": ("Bakers along the quay have agreed on a price for rye. The agreement holds until spring.", {"O6"}),
    "altered": ("Bakers along the quay have agreed on a fee for rye.", {"O6"}),
    "none": ("", {"O6"}),
}


@pytest.mark.parametrize("name", WEB)
@pytest.mark.parametrize("case", EXCERPTS)
def test_an_excerpt_is_one_run_of_sentences_within_its_limit(name, case):
    """Longer than permitted, cut inside a sentence, put together or altered: caught."""
    text, duties = EXCERPTS[case]
    items = F.changed(F.EXCERPT, html=F.article(F.EXCERPT, body=F.html_of(text)), text=F.section(F.EXCERPT, body=text))
    told = {duty for item_id, duty in found(name, items) if item_id == F.EXCERPT}
    assert duties <= told <= {*duties, "text"}


def test_a_second_sentence_alone_is_a_run():
    """A run may start at any sentence."""
    text = "They met four times before the frost."
    items = F.changed(F.EXCERPT, html=F.article(F.EXCERPT, body=F.html_of(text)), text=F.section(F.EXCERPT, body=text))
    assert found("mail", items) == set()


def test_limits_count_words_and_paragraphs():
    """Each kind of limit holds on its own, and without any the whole text is too much."""
    items = with_body(F.EXCERPT, F.html_of(F.TEXTS[F.EXCERPT]))
    words = len(F.TEXTS[F.EXCERPT].split())
    assert (F.EXCERPT, "O21") not in found("rss", items, deciding(F.EXCERPT, limit=Limit(words=words)))
    assert (F.EXCERPT, "O21") in found("rss", items, deciding(F.EXCERPT, limit=Limit(words=words - 1)))
    assert (F.EXCERPT, "O21") in found("rss", items, deciding(F.EXCERPT, limit=Limit(paragraphs=1)))
    assert (F.EXCERPT, "O21") not in found("rss", items, deciding(F.EXCERPT, limit=Limit(paragraphs=2)))
    assert (F.EXCERPT, "O21") in found("rss", items, deciding(F.EXCERPT, limit=Limit()))
    assert found("rss", F.pieces(), deciding(F.EXCERPT, limit=Limit())) == set()


def test_the_limit_holds_without_o21():
    """A decision with a limit keeps it whether or not a duty repeats it."""
    duties = tuple(d for d in F.ENTRIES[1].decision.duties if d.id not in {"O21", "O6"})
    items = with_body(F.EXCERPT, F.html_of(F.TEXTS[F.EXCERPT]))
    assert (F.EXCERPT, "mode") in found("rss", items, deciding(F.EXCERPT, duties=duties))


@pytest.mark.parametrize(("left", "right"), ["“”", "「」"])
def test_an_excerpt_that_ends_inside_a_quotation_is_caught(left, right):
    """A sentence end inside a quotation that goes on is no end."""
    text = f"She said: {left}We met. Then we parted.{right} Nobody else was there."
    cut = f"She said: {left}We met."
    entries = retold(F.EXCERPT, text=text, html=F.html_of(text))
    items = F.changed(F.EXCERPT, html=F.article(F.EXCERPT, body=F.html_of(cut)), text=F.section(F.EXCERPT, body=cut))
    assert (F.EXCERPT, "O6") in found("mail", items, entries)
    kept = text.removesuffix(" Nobody else was there.")
    items = F.changed(F.EXCERPT, html=F.article(F.EXCERPT, body=F.html_of(kept)), text=F.section(F.EXCERPT, body=kept))
    assert found("mail", items, entries) == set()


def test_a_sentence_that_stands_many_times():
    """Of the places where a run stands the first twenty are looked at."""
    text = "Then it rained and " * 30 + "stopped. It rained."
    entries = retold(F.EXCERPT, text=text, html=F.html_of(text))
    items = F.changed(F.EXCERPT, html=F.article(F.EXCERPT, body=F.html_of("it rained")))
    assert (F.EXCERPT, "O6") in found("rss", items, entries)


def test_scripts_without_blanks_are_counted_by_character():
    """A text without blanks is not one word, and its line breaks in plain text are undone."""
    text = "水門は毎朝七時に開きます。" * 4
    short = "水門は毎朝七時に開きます。"
    entries = retold(F.EXCERPT, text=text, html=F.html_of(text))
    wrapped = short[:6] + "\n" + short[6:]
    items = F.changed(
        F.EXCERPT, html=F.article(F.EXCERPT, body=F.html_of(short)), text=F.section(F.EXCERPT, body=wrapped)
    )
    assert found("mail", items, entries) == set()
    items = F.changed(F.EXCERPT, html=F.article(F.EXCERPT, body=F.html_of(text)), text=F.section(F.EXCERPT, body=text))
    assert (F.EXCERPT, "O21") in found("mail", items, entries)


def test_json_text_carries_the_same_excerpt():
    """A plain rendering beside the HTML may not carry another part."""
    items = F.changed(F.EXCERPT, extra_json={"content_text": F.section(F.EXCERPT)})
    assert found("json", items) == set()
    text = F.section(F.EXCERPT, body="The agreement holds until spring, when the mill reopens.")
    assert (F.EXCERPT, "O6") in found("json", F.changed(F.EXCERPT, extra_json={"content_text": text}))


# --------------------------------------------------------------------------------------------- nowhere else


def hidden_ways(text):
    """How a text may stand in an item's HTML without being seen, or beside it."""
    packed = base64.b64encode(text.encode()).decode()
    return {
        "element": f"<p>{text}</p>",
        "attribute": f'<p title="{escape(text)}">x</p>',
        "alt": f'<img alt="{escape(text)}">',
        "comment": f"<!-- {text} -->",
        "hidden": f"<p style='display:none'>{text}</p>",
        "script": f"<script>var x = '{text}'</script>",
        "marked-up": "<p>" + text.replace("the ", "<b>t</b>he <!-- x -->") + "</p>",
        "split": "<p>" + text.replace("e", "e\N{SOFT HYPHEN}") + "</p>",
        "shouted": f"<p>{text.upper()}</p>",
        "references": "<p>" + "".join(f"&#{ord(letter)};" for letter in text) + "</p>",
        "twice-escaped": f"<p>{escape(escape('<i>' + text + '</i>'))}</p>",
        "broken-base64": f'<a href="data:;base64,{"A" * 29}">{text}</a>',
        "deeply-escaped": f"<p>{text}{'&amp;' * 3}amp;amp;amp;amp;amp;amp;</p>",
        "percent": f'<a href="https://x.example/?t={quote(text)}">x</a>',
        "data": f'<a href="data:text/plain;base64,{packed}">x</a>',
        "unicode-escapes": "<script>'" + "".join(f"\\u{ord(letter):04x}" for letter in text) + "'</script>",
    }


@pytest.mark.parametrize("name", WEB)
@pytest.mark.parametrize("item_id", [F.LINK, F.WITHHELD])
@pytest.mark.parametrize("way", hidden_ways(""))
def test_no_text_of_a_reduced_item_stands_anywhere(name, item_id, way):
    """Ten words of a linked or withheld item are found in whatever way they stand in the bytes."""
    words = " ".join(F.TEXTS[item_id].split()[:10])
    html = F.article(F.FULL).replace("<h3>", hidden_ways(words)[way] + "<h3>")
    assert (item_id, "text") in found(name, F.changed(F.FULL, html=html))


def test_text_of_a_reduced_item_in_other_places():
    """Summaries, enclosures, other parts of a message, its headers and its preamble are looked into as well."""
    words = " ".join(F.TEXTS[F.LINK].split()[3:13])
    coded = base64.encodebytes(words.encode()).decode()
    assert (F.LINK, "text") in found("rss", F.changed(F.LINK, extra_xml=f"<description>{words}</description>"))
    assert (F.LINK, "text") in found("atom", F.changed(F.LINK, extra_xml=f"<summary>{words}</summary>"))
    assert (F.LINK, "text") in found("rss", F.changed(F.LINK, extra_xml=f'<enclosure url="x" title="{words}"/>'))
    assert (F.LINK, "text") in found("json", F.changed(F.LINK, extra_json={"summary": words, "n": [1, None]}))
    assert (F.LINK, "text") in found("mail", F.changed(F.LINK, text=F.section(F.LINK, body=words)))
    for more in (
        f"--x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n",
        f"--x\r\nContent-Type: text/csv\r\nContent-Disposition: attachment\r\n\r\n{words}\r\n",
        f"--x\r\nX-Note: {words}\r\n\r\nx\r\n",
        f"--x\r\nX-Note: =?utf-8?q?{words.replace(' ', '_')}?=\r\n\r\nx\r\n",
    ):
        data = F.mail(F.pieces(), more=more.encode())
        assert (F.LINK, "text") in {(one.item_id, one.duty) for one in audit(data, "a.eml", F.ENTRIES)}
    data = F.mail(F.pieces()).replace(b"\r\n\r\n--x", f"\r\n\r\n{words}\r\n--x".encode(), 1)
    assert (F.LINK, "text") in {(one.item_id, one.duty) for one in audit(data, "a.eml", F.ENTRIES)}


def test_more_of_an_excerpt_than_is_carried_stands_nowhere():
    """What lies beyond the excerpt is as forbidden as the text of a linked item."""
    beyond = "The agreement holds until spring, when the mill reopens."
    again = F.changed(F.EXCERPT, extra_xml=f"<description>{F.EXCERPTS[F.EXCERPT]}</description>")
    assert (F.EXCERPT, "text") not in found("rss", again)
    assert (F.EXCERPT, "text") in found("rss", F.changed(F.EXCERPT, extra_xml=f"<description>{beyond}</description>"))
    assert (F.EXCERPT, "text") in found("mail", F.changed(F.EXCERPT, text=F.section(F.EXCERPT) + "\n" + beyond))


def test_a_description_owes_the_credit_too():
    """Further HTML of an entry stands before some readers alone, so its credit is held to every duty."""
    rows = F.credit_rows(F.FULL)
    for duty in ("", *rows):
        html = "".join(row for key, row in rows.items() if key != duty)
        items = F.changed(F.FULL, extra_xml=f"<description>{escape(html)}</description>")
        assert found("rss", items) == ({(F.FULL, duty)} if duty else set())
        seen = {duty} if duty in {"O1", "O2", "O3", "O4"} else set()
        assert {one.duty for one in lint(F.rss(items), "rss")} == seen
    acting = escape("".join(rows.values()) + f'<img src="{F.FILM}" onload="x">')
    items = F.changed(F.FULL, extra_xml=f"<description>{acting}</description>")
    assert found("rss", items) == {(F.FULL, "active"), (F.FULL, "O15")}
    assert found("rss", F.changed(F.FULL, extra_xml="<description> </description>")) == set()
    assert found("rss", F.changed(F.FULL, extra_xml=f"<description>{escape(F.article(F.FULL))}</description>")) == set()


def test_messages_never_quote_what_may_not_stand():
    """A finding may be shown to readers, so it has fewer words than a run."""
    items = F.changed(F.LINK, html=F.article(F.LINK, body=F.html_of(F.TEXTS[F.LINK])))
    for one in verify(F.edition("rss", F.content("rss", items))):
        assert " ".join(F.TEXTS[F.LINK].split()[:6]) not in one.message


def test_what_another_item_may_carry_is_no_leak():
    """Two outlets with the same text: where one may be carried, its words may stand."""
    entries = retold(F.LINK, text=F.TEXTS[F.FULL], summary=f"<p>{F.TEXTS[F.FULL]}</p>")
    assert found("rss", F.pieces(), entries) == set()


def test_titles_notices_and_credits_are_no_leak():
    """A text that repeats its headline, its notices or its by-line does not forbid them."""
    long = "The long headline of a story that says nearly all there is to say"
    entries = retold(
        F.LINK, title=long, text=f"{long} {F.NOTICE} By Åsa Marlow and Ben Ruiz-Ode, South Desk, 18 November 2026."
    )
    items = F.changed(
        F.LINK,
        title=long,
        html=F.article(F.LINK).replace(F.TITLES[F.LINK], long).replace("<p>Read", "<p>18 November 2026</p><p>Read"),
        text=F.section(F.LINK).replace(F.TITLES[F.LINK], long),
    )
    assert found("mail", items, entries) == set()


@pytest.mark.parametrize(
    ("text", "leaks"),
    [("Five words are quite enough", True), ("Four words are few", False), ("水門は毎朝七時に開きます", True)],
)
def test_short_texts(text, leaks):
    """A whole text of five words is told from chance, one of four is not."""
    entries = retold(F.LINK, text=text, summary="Seven words in a summary say nothing")
    html = F.article(F.FULL).replace("<h3>", f"<p>{text}</p><p>Seven words in a summary say nothing</p><h3>")
    assert ((F.LINK, "text") in found("rss", F.changed(F.FULL, html=html), entries)) is leaks


def test_summaries_are_text_too():
    """The publisher's own summary of an item that is only linked stands nowhere."""
    summary = "Below the brewery lies a passage that leads nowhere anybody has been"
    entries = retold(F.LINK, summary=f"<b>{summary}</b>")
    html = F.article(F.FULL).replace("<h3>", f"<p>{summary}</p><h3>")
    assert (F.LINK, "text") in found("rss", F.changed(F.FULL, html=html), entries)


def test_ids_and_titles_of_withheld_items_stand_nowhere():
    """A withheld item leaves no trace, unless its title is another's or too short to tell."""
    assert (F.WITHHELD, "mode") in found("rss", F.changed(F.FULL, html=F.article(F.FULL) + f"<!-- {F.WITHHELD} -->"))
    titled = F.changed(F.FULL, html=F.article(F.FULL).replace("<h3>", f"<i>{F.TITLES[F.WITHHELD]}</i><h3>"))
    assert (F.WITHHELD, "mode") in found("rss", titled)
    assert found("rss", F.pieces(), retold(F.WITHHELD, title=F.TITLES[F.FULL])) == set()
    assert found("rss", F.pieces(), retold(F.WITHHELD, title="The gate")) == set()


def test_an_edition_without_reduced_items_forbids_nothing():
    """Where all may be carried there is nothing to look for."""
    assert found("rss", F.pieces()[:1], F.ENTRIES[:1]) == set()
