# SPDX-License-Identifier: Apache-2.0
"""What stands in a finished document and how: each item once, in its mode, in every part; and audits."""

import runpy
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate import proof
from syndicate.model import Duty, Mode, Verified

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


# --------------------------------------------------------------------------------------------- mode and structure


@pytest.mark.parametrize("name", WEB)
def test_each_item_stands_once_and_all_of_them(name):
    """Missing, doubled, unknown and withheld items are caught in every format."""
    items = F.pieces()
    assert (F.FULL, "mode") in found(name, items[1:])
    assert (F.FULL, "item") in found(name, (*items, items[0]))
    stranger = replace(items[2], item_id="i-99", html=items[2].html.replace(F.LINK, "i-99"))
    assert ("i-99", "item") in found(name, (*items, stranger))
    withheld = replace(items[2], item_id=F.WITHHELD, html=items[2].html.replace(F.LINK, F.WITHHELD))
    assert {(F.WITHHELD, "item"), (F.WITHHELD, "mode")} <= found(name, (*items, withheld))


@pytest.mark.parametrize("name", WEB)
def test_the_mode_is_the_decided_one(name):
    """A text under a link, a wrong or missing ``data-mode``, and no visible credit are caught."""
    link = F.article(F.LINK, body="<p>A few words.</p>")
    assert (F.LINK, "mode") in found(name, F.changed(F.LINK, html=link))
    assert found(name, F.changed(F.LINK, html=F.article(F.LINK, body=" "))) == set()
    for mode in ("full", "", "withhold"):
        html = F.article(F.LINK).replace('data-mode="link"', f'data-mode="{mode}"')
        assert (F.LINK, "mode") in found(name, F.changed(F.LINK, html=html))
    assert (F.LINK, "mode") in found(
        name, F.changed(F.LINK, html=F.article(F.LINK).replace('class="credit"', 'class="x"'))
    )


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_a_feed_entry_encloses_its_item(name):
    """No element, another item's element, two elements, content beside the element or no content: caught."""
    plain = F.article(F.LINK).replace(f'data-item="{F.LINK}" ', "")
    assert (F.LINK, "item") in found(name, F.changed(F.LINK, html=plain))
    assert (F.LINK, "item") in found(name, F.changed(F.LINK, html=F.article(F.FULL)))
    assert (F.LINK, "item") in found(name, F.changed(F.LINK, html=F.article(F.LINK) * 2))
    assert (F.LINK, "item") in found(name, F.changed(F.LINK, html=""))
    foreign = (*F.pieces()[:2], replace(F.pieces()[2], item_id="", html=plain))
    assert {("", "item"), (F.LINK, "mode")} <= found(name, foreign)


def test_nothing_acts_inside_an_item():
    """Scripts, frames and handlers inside an item are caught."""
    for bad in ("<script src=x></script>", "<p onclick=x>y</p>", "<a href='javascript:x'>y</a>"):
        html = F.article(F.LINK).replace("<h3>", bad + "<h3>")
        assert (F.LINK, "active") in found("rss", F.changed(F.LINK, html=html))


def test_assets_are_linked_at_most():
    """An excluded film may be linked, but neither embedded, nor enclosed, nor attached."""
    row = f'<p><a href="{F.FILM}">film</a></p><div class="credit">'
    assert found("rss", F.changed(F.FULL, html=F.article(F.FULL).replace('<div class="credit">', row))) == set()
    for embed in (
        f'<video src="{F.FILM}"></video>',
        f'<img srcset="{F.FILM} 2x">',
        f"<p style=\"background:url('{F.FILM}')\">",
    ):
        html = F.article(F.FULL).replace("<h3>", embed + "<h3>")
        assert (F.FULL, "O15") in found("rss", F.changed(F.FULL, html=html))
    for extra in (
        f'<enclosure url="{F.FILM}"/>',
        f'<media:content url="{F.FILM}"/>',
        f'<atom:link rel="enclosure" href="{F.FILM}"/>',
    ):
        assert (F.FULL, "O15") in found("rss", F.changed(F.FULL, extra_xml=extra))
    assert (F.FULL, "O15") in found("json", F.changed(F.FULL, extra_json={"attachments": [{"url": F.FILM}]}))
    assert (F.FULL, "O15") in found("json", F.changed(F.FULL, extra_json={"image": F.FILM}))
    more = b"--x\r\nContent-Type: video/mp4; name=gate.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
    outcome = verify(F.edition("mail", F.mail(F.pieces(), more=more)))
    assert [one.message for one in outcome] == ["gate.mp4 (video/mp4) is attached and cannot be looked into"]


def test_the_feed_itself_licenses_nothing():
    """A licence or rights line on the feed would be inherited by every entry (RFC 4946, RFC 4287 4.2.10)."""
    link = f'<atom:link rel="license" href="{F.LICENCE}"/>'
    bare = [
        F.rss(F.pieces(), head=link),
        F.atom(F.pieces(), head=link),
        F.json_feed(F.pieces(), _syndicate={"licence": {"url": "x"}}),
    ]
    for name, data in zip(("rss", "atom", "json"), bare, strict=True):
        assert {one.duty for one in verify(F.edition(name, data))} == {"O4"}
        assert {one.duty for one in audit(data, name, F.ENTRIES)} == {"O4"}
    data = F.rss(F.pieces(), head="<copyright>© Bulletin</copyright>")
    assert {one.duty for one in verify(F.edition("rss", data))} == {"O2"}
    assert audit(data, "rss", F.ENTRIES) == ()


def test_a_second_licence_must_be_owed():
    """A licence element that no duty asks for misstates the terms."""
    extra = "<cc:license>https://creativecommons.org/licenses/by/4.0/</cc:license>"
    assert (F.FULL, "O4") in found("rss", F.changed(F.FULL, extra_xml=extra))


def test_detours_are_caught_outside_the_text():
    """A headline or a link of ours by way of a redirector, or with a parameter added, is a finding; theirs stay."""
    plain = "https://south.example/page"
    duties = tuple(replace(d, url=plain) if d.id == "O3" else d for d in F.ENTRIES[2].decision.duties)
    entries = deciding(F.LINK, duties=duties)
    row = f'<p>Read <a href="{plain}">it</a>, <a href="{F.copy_of(F.LINK)}">copy</a></p>'
    html = F.article(F.LINK, rows={"O1": F.credit_rows(F.LINK)["O1"], "O3": row})

    def judged(headline):
        told = html.replace(F.TITLES[F.LINK], f'<a href="{headline}">{F.TITLES[F.LINK]}</a>')
        return found("rss", F.changed(F.LINK, html=told, link=plain), entries)

    for fine in (plain, F.copy_of(F.LINK), f"https://bulletin.example/items/{F.LINK}"):
        assert judged(fine) == set()
    for astray in (
        plain + "?utm_source=x",
        "https://go.example/?u=https%3A%2F%2Fsouth.example%2Fpage",
        "https://else.example/",
    ):
        assert judged(astray) == {(F.LINK, "O3")}
    body = F.html_of(F.TEXTS[F.FULL]).replace("book", f'<a href="{F.url_of(F.FULL)}&amp;x=1">book</a>')
    assert found("rss", with_body(F.FULL, body)) == set()


# --------------------------------------------------------------------------------------------- the plain part


def test_a_message_has_both_parts():
    """A digest without its text part, or without HTML, does not leave."""
    text, html = F.plain(F.pieces()), F.page(F.pieces())
    for parts in ((None, html), (text, None)):
        outcome = verify(F.edition("mail", F.letter(*parts)))
        assert "form" in {one.duty for one in outcome}


def test_an_item_missing_from_the_text_part_is_caught():
    """A section that is not there is named by its title."""
    outcome = verify(F.edition("mail", F.mail(F.changed(F.LINK, title="", text=""))))
    assert [(one.item_id, one.duty, one.part) for one in outcome] == [(F.LINK, "mode", "mail text")]


def test_sections_are_found_however_titles_are_set():
    """Capitals, numbers, wrapping, a repeated title and an item without a title do not confuse the sections."""
    long = "A headline of many words that one plain part has to break over two lines or more"
    entries = retold(F.LINK, title=long)
    broken = f"3. {long.upper()[:40]}\n{long.upper()[40:]}\n" + F.section(F.LINK).partition("\n")[2]
    items = F.changed(F.LINK, title=long, text=broken, html=F.article(F.LINK).replace(F.TITLES[F.LINK], long))
    assert found("mail", items, entries) == set()
    twice = F.section(F.FULL, body=F.TITLES[F.FULL] + "\n\n" + F.TEXTS[F.FULL])
    assert found("mail", F.changed(F.FULL, text=twice)) == set()
    untitled = F.changed(F.LINK, title="", text="Untitled\n" + F.section(F.LINK).partition("\n")[2])
    assert found("mail", untitled, retold(F.LINK, title="")) == set()


def test_odd_titles():
    """A title without words is looked for by its duties, one that stands often or is cut short does not confuse."""
    marks = F.changed(F.LINK, title="?!", text="?!\n" + F.section(F.LINK).partition("\n")[2])
    assert found("mail", marks, retold(F.LINK, title="?!")) == set()
    often = F.changed(F.LINK, text=f"{F.TITLES[F.LINK]}\n\n" * 20 + F.section(F.LINK))
    assert found("mail", often) == set()
    broken = F.letter(F.plain(F.pieces()).removesuffix("-- \nBulletin\n") + "A tunnel under", F.page(F.pieces()))
    assert audit(broken, "a.eml", F.ENTRIES) == ()


def test_two_items_of_one_title_each_need_a_section():
    """Each takes the section that meets its duties."""
    entries = retold(F.LINK, title=F.TITLES[F.FULL])
    same = F.changed(F.LINK, title=F.TITLES[F.FULL], text=F.section(F.LINK).replace(F.TITLES[F.LINK], F.TITLES[F.FULL]))
    assert found("mail", same, entries) == set()
    assert (F.LINK, "O3") in found("mail", F.changed(F.LINK, title="", text=""), entries)


# --------------------------------------------------------------------------------------------- audits


@pytest.mark.parametrize("name", WEB)
def test_an_audit_asks_for_no_more_than_the_file_carries(name):
    """Fewer items, and less of one than it may, break nothing; more than it may does."""
    assert audit(F.content(name, F.pieces()[1:]), name, F.ENTRIES) == ()
    rows = {**F.credit_rows(F.FULL)}
    less = F.changed(
        F.FULL,
        html=F.article(F.FULL, rows=rows).replace(F.html_of(F.TEXTS[F.FULL]), "").replace('"full"', '"link"'),
        text=F.section(F.FULL, body=""),
    )
    assert audit(F.content(name, less), name, F.ENTRIES) == ()
    more = with_body(F.LINK, F.html_of(F.TEXTS[F.LINK]))
    more = tuple(replace(one, html=one.html.replace('"link"', '"full"')) for one in more)
    assert {"text", "mode"} <= {one.duty for one in audit(F.content(name, more), name, F.ENTRIES)}


def test_an_audit_of_a_message_of_plain_text():
    """Without HTML an item is known by its title, and its mode by what it carries."""
    text = F.plain(F.pieces())
    assert audit(F.letter(text, None), "a.eml", F.ENTRIES) == ()
    part = text.replace(F.section(F.FULL), F.section(F.FULL, body=F.TEXTS[F.FULL].split("\n\n", maxsplit=1)[0]))
    assert audit(F.letter(part, None), "a.eml", F.ENTRIES) == ()
    none = text.replace(F.section(F.FULL), F.section(F.FULL, body=""))
    assert audit(F.letter(none, None), "a.eml", F.ENTRIES) == ()
    whole = text.replace(F.section(F.EXCERPT), F.section(F.EXCERPT, body=F.TEXTS[F.EXCERPT]))
    assert {(one.item_id, one.duty) for one in audit(F.letter(whole, None), "a.eml", F.ENTRIES)} == {(F.EXCERPT, "O21")}
    lost = text.replace("(c) 2026", "(c) 2025")
    assert {one.duty for one in audit(F.letter(lost, None), "a.eml", F.ENTRIES)} == {"O2"}


def test_an_audit_of_a_message_of_html():
    """Without a plain part only the HTML is owed."""
    assert audit(F.letter(None, F.page(F.pieces())), "a.eml", F.ENTRIES) == ()


def test_an_audit_of_a_page():
    """A page is held to the record as a feed is."""
    data = F.page(F.pieces()).encode()
    assert audit(data, "https://bulletin.example/", F.ENTRIES) == ()
    assert {one.duty for one in audit(data.replace(b"&copy; 2026", b"&copy; 2025"), "x.html", F.ENTRIES)} == {"O2"}
    leak = F.page(F.pieces(), foot=f"<p>{F.TEXTS[F.WITHHELD]}</p>").encode()
    assert {one.duty for one in audit(leak, "x.html", F.ENTRIES)} == {"text", "mode"}


def test_a_withheld_mode_is_below_all():
    """The measure of modes is the model's."""
    assert Mode.WITHHOLD < Mode.LINK < Mode.EXCERPT < Mode.FULL
    assert Duty("O6") == Duty("O6")
