# SPDX-License-Identifier: Apache-2.0
"""Digests: both parts complete, the size kept, the skeleton filled safely."""

import email
import email.policy
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as reader

from syndicate.errors import RenderError
from syndicate.model import Ads, Category, Chain, Correction, Duty, Limit, Mode, Role
from syndicate.publish.digest import RECIPIENT, TOKEN, fill, opening, render_digest
from syndicate.publish.templates import environment

S = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "cases/publish/samples.py")))
TEMPLATES = environment()
TO = {"recipient": "ada@reader.example", "message_id": "<1.a@bulletin.example>", "token": "abcDEF-1_2" * 7}


def render(entries=S.EDITION, channel=S.DIGEST, site=S.SITE, templates=TEMPLATES):
    """A digest: part, subject, final entries."""
    return render_digest(channel, site, entries, S.NOW, "2026-11-23", templates)


def read(entries=S.EDITION, channel=S.DIGEST):
    """The filled message, its HTML tree and its text."""
    message = email.message_from_bytes(fill(render(entries, channel)[0].content, **TO), policy=email.policy.default)
    page = message.get_body(("html",)).get_content()
    return message, reader.fromstring(page), message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def modes(entries):
    """The modes of entries, by name."""
    return [entry.decision.mode.name for entry in entries]


# ------------------------------------------------------------------------------------------------ the message


def test_leaving_by_mail_stands_beside_the_link():
    """Where returned mail is read, the field offers an address too, with the reader's own token in both; unfolded."""
    channel = replace(S.DIGEST, leave_by_mail="bounces@bulletin.example")
    message = email.message_from_bytes(fill(render(channel=channel)[0].content, **TO), policy=email.policy.default)
    page, mail = str(message["List-Unsubscribe"]).split(", ")
    assert page == f"<https://bulletin.example/unsubscribe/{TO['token']}>"
    assert mail == f"<mailto:bounces+{TO['token']}@bulletin.example?subject=unsubscribe>"


def test_a_trial_leads_to_no_page():
    """An edition with a period has its page on the web in both parts; one that is only tried names none."""
    for period, times in (("2026-11-23", 1), ("", 0)):
        part, _, _ = render_digest(S.DIGEST, S.SITE, S.EDITION, S.NOW, period, TEMPLATES)
        message = email.message_from_bytes(fill(part.content, **TO), policy=email.policy.default)
        for kind in ("html", "plain"):
            text = message.get_body((kind,)).get_content()
            assert (text.casefold().count("read on the web"), text.count("/digests/")) == (times, times)


def test_the_headers_are_those_of_a_list():
    """From, To, Subject, Date, ids and list fields are whole, on one line each, and never encoded."""
    raw = fill(render()[0].content, **TO)
    head = raw.split(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    assert f"List-Unsubscribe: <https://bulletin.example/unsubscribe/{TO['token']}>" in head
    for line in (
        "From: Riverside Bulletin <news@bulletin.example>",
        "To: ada@reader.example",
        "Subject: This week at Riverside Bulletin",
        "Date: Mon, 23 Nov 2026 06:00:00 +0000",
        "Message-ID: <1.a@bulletin.example>",
        "List-Id: <weekly.bulletin.example>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "X-Edition: weekly 2026-11-23",
        "MIME-Version: 1.0",
    ):
        assert line in head
    names = [line.split(":")[0].lower() for line in head if not line.startswith(" ")]
    assert len(names) == len(set(names))


def test_the_message_is_clean_on_the_wire():
    """Seven bits, CRLF only, lines of quoted-printable at most 76 long, no placeholder left, text before HTML."""
    raw = fill(render()[0].content, **TO)
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    body = raw.split(b"\r\n\r\n", 1)[1]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    for placeholder in (RECIPIENT, TOKEN, "message-id@placeholder", "=1A"):
        assert placeholder.encode() not in raw
    message, *_ = read()
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_filling_gives_every_reader_their_own_link():
    """The token stands in the header and, parsed back, in both parts."""
    message, page, text = read()
    url = f"https://bulletin.example/unsubscribe/{TO['token']}"
    assert message["List-Unsubscribe"] == f"<{url}>"
    assert [a.get("href") for a in page.iter("a") if a.text == "Unsubscribe"] == [url]
    assert url in {line.strip() for line in text.split("\n")}
    assert "\x1a" not in text


@settings(deadline=None, max_examples=40)
@given(token=st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,74}", fullmatch=True), pad=st.integers(0, 80))
def test_no_soft_break_splits_a_placeholder(token, pad):
    """Wherever the line breaks of the encoding fall, every token arrives."""
    site = replace(S.SITE, url=f"https://{'b' * pad}.example")
    raw = fill(render((S.TIDES,), site=site)[0].content, **(TO | {"token": token}))
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for kind in ("html", "plain"):
        assert f"{site.url}/unsubscribe/{token}" in message.get_body((kind,)).get_content()


def test_the_same_values_give_the_same_bytes():
    """A digest renders to the same skeleton each time, boundary included."""
    assert render()[0] == render()[0]


def test_no_text_of_a_publisher_passes_for_a_placeholder():
    """Text that imitates a placeholder, even encoded, is not filled in."""
    text = f"=1A{TOKEN}=1A \x1a{TOKEN}\x1a {RECIPIENT}"
    entry = S.entry(title=text, text=(text,), html=f"<p>{text} &#26;{TOKEN}&#26; &#x1a;{TOKEN}&#x1A;</p>")
    raw = fill(render((entry,))[0].content, **TO)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for kind in ("html", "plain"):
        content = message.get_body((kind,)).get_content()
        assert content.count(TO["token"]) == 1
        assert RECIPIENT in content


@pytest.mark.parametrize(
    "bad",
    [
        {"recipient": "a@b.example\r\nBcc: c@d.example"},
        {"recipient": "a@b.example, c@d.example"},
        {"recipient": "no-address"},
        {"recipient": "ä@b.example"},
        {"recipient": f"{'a' * 250}@b.example"},
        {"recipient": "a@b.example\n"},
        {"message_id": "<1@b.example>\r\nX: y"},
        {"message_id": ""},
        {"token": "a b"},
        {"token": "a\r\n"},
        {"token": "=3D"},
        {"token": ""},
        {"token": ".dot"},
        {"token": "a" * 76},
        {"preferences": "<b>"},
        {"since": "on <b>"},
        {"since": "on 3 March 2026."},
        {"since": "ends in a blank "},
    ],
)
def test_fill_refuses_what_could_break_a_message(bad):
    """Line breaks, lists, other alphabets and empty values never reach a message."""
    with pytest.raises(RenderError):
        fill(render()[0].content, **(TO | bad))


def test_the_subject_is_a_line():
    """The channel's template makes the subject; without one it is name and date; it never breaks into two lines."""
    channel = replace(S.DIGEST, subject="{{ count }} on {{ channel.id }},\r\nBcc: x@y.example \x0b{{ date }} é")
    part, subject, _ = render(channel=channel)
    assert subject == "5 on weekly, Bcc: x@y.example Monday 23 November 2026 é"
    message = email.message_from_bytes(part.content, policy=email.policy.default)
    assert message["Subject"] == subject
    assert message["Bcc"] is None
    assert render(channel=replace(S.DIGEST, subject=""))[1] == "Riverside Bulletin, Monday 23 November 2026"


def test_a_sender_that_cannot_be_written_is_named():
    """A broken sender raises RenderError; without one the site's own contact writes."""
    with pytest.raises(RenderError, match="mend the channel's from"):
        render(channel=replace(S.DIGEST, sender="a\r\nb@c.example"))
    assert b"\r\nTo:" in render(channel=replace(S.DIGEST, sender=""))[0].content
    assert (
        b"From: Riverside Bulletin <editor@bulletin.example>" in render(channel=replace(S.DIGEST, sender=""))[0].content
    )


# ------------------------------------------------------------------------------------------------ what it shows


def test_both_parts_hold_the_same_items_in_the_same_order():
    """Every carried item stands once in each part: same order, same mode, same credit; withheld ones nowhere."""
    _, page, text = read()
    scopes = page.xpath("//*[@data-item]")
    shown = [entry for entry in S.EDITION if entry is not S.HIDDEN]
    assert [scope.get("data-item") for scope in scopes] == [entry.item.id for entry in shown]
    at = 0
    for scope, entry in zip(scopes, shown, strict=True):
        assert scope.get("data-mode") == entry.decision.mode.name.lower()
        assert len(scope.find_class("credit")) == 1
        assert len(scope.find_class("body")) == (entry.decision.mode > Mode.LINK)
        assert scope.find(".//h3").text_content() == entry.item.title
        at = text.index(f"\n{entry.item.title}\n{'-' * 72}\n", at)
    for hidden in ("secret", "Not for us"):
        assert hidden not in text
        assert hidden not in page.text_content()


def test_corrections_stand_above_the_stories():
    """What was changed or taken back since it was sent is told in both parts, with a link where there is one."""
    told = (
        Correction("i-9", "The old ferry", "South Desk", S.NOW, "https://south.example/ferry"),
        Correction("i-8", "The older ferry", "Tarn Review", S.NOW),
    )
    part, _, _ = render_digest(S.DIGEST, S.SITE, S.EDITION, S.NOW, "2026-11-23", TEMPLATES, told)
    message = email.message_from_bytes(fill(part.content, **TO), policy=email.policy.default)
    page = reader.fromstring(message.get_body(("html",)).get_content())
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    changed = "“The old ferry” of South Desk, sent on 23 November, has been changed by its publisher."
    for words in (" ".join(page.text_content().split()), " ".join(text.split())):
        assert changed in words
        assert "“The older ferry” of Tarn Review, sent on 23 November, was taken back by its publisher." in words
    assert page.xpath("//a[@href='https://south.example/ferry']/text()") == ["Read it there"]
    assert "\n  https://south.example/ferry\n" in text
    assert text.index("Changed since we sent them") < text.index("The river\n")


def test_the_text_part_keeps_its_measure():
    """72 columns, addresses whole on a line of their own, the full text between its title and the next."""
    entry = S.entry(
        html='<p>See <a href="https://else.example/a-very/long?x=1&amp;y=2">this</a>.</p>', text=("See this.",)
    )
    _, _, text = read((S.FERRY, entry))
    assert all(len(line) <= 72 for line in text.split("\n") if "://" not in line)
    section = text.split("The ferry a village refused to lose\n---")[1]
    assert " ".join(S.FERRY.item.text.split()) in " ".join(section.split())
    assert "Links in this story\n  https://else.example/a-very/long?x=1&y=2\n" in text


def test_the_text_part_has_its_contents():
    """Both parts begin with the same list of stories; in the text part no line of it is a title, which begins a story."""
    _, page, text = read()
    shown = [cell.text_content() for cell in page.find_class("contents")]
    listed = text.partition("In this edition\n")[2].partition("\n\n")[0]
    assert len(shown) > 1
    assert [" ".join(one.split()) for one in f"\n{listed}".split("\n- ")[1:]] == [
        f"{title} ({' '.join(by.text_content().replace('by way of', ', by way of').split()).replace(' ,', ',')})"
        for title, by in zip(shown, page.find_class("from"), strict=True)
    ]
    assert not {line.removeprefix("- ") for line in listed.split("\n")} & set(shown)
    _, _, alone = read((S.FERRY,))
    assert "In this edition" not in alone


def test_a_title_inside_a_text_begins_no_story():
    """A paragraph that is the title of another story in the mail does not stand on a line of its own in the text part."""
    other = S.entry(2, title="Drains of 1974", text=("Other text.",))
    round_up = S.entry(1, text=("Drains of 1974!", "We also read:", "“Drains of 1974”", "And went home."))
    _, _, text = read((round_up, other))
    assert [line for line in text.split("\n") if line.strip(" !“”") == "Drains of 1974"] == ["Drains of 1974"]
    assert "Drains of 1974! We also read: “Drains of 1974”\n\nAnd went home." in text


def test_the_mail_says_what_it_is():
    """Opening, contents, sections, by-lines and the foot are sentences of ours, and true."""
    _, page, text = read()
    said = " ".join(page.text_content().split())
    line = "Five stories from five publishers. We carry each as far as its publisher allows: two in full, one in part, two as a link."
    assert line in said
    assert line in " ".join(text.split())
    assert "By Ines Marlow. First in South Desk, 18 November; then in Harbour Review, 19 November." in said
    assert "South Desk by way of Harbour Review" in said
    assert [h.text_content() for h in page.iter("h2")] == ["The river", "The land", "Also worth your time"]
    assert "We carry no advertising" in said
    _, page, text = read(channel=replace(S.DIGEST, ads=Ads.AROUND))
    assert "We carry no advertising" not in page.text_content() + text


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ((), "No stories this time."),
        ((S.FERRY,), "One story from one publisher. We carry it as far as its publisher allows: in full."),
        (
            (S.TIDES, S.SEEDS),
            "Two stories from two publishers. We carry each as far as its publisher allows: one in part, one as a link.",
        ),
    ],
)
def test_the_opening_counts_rightly(entries, said):
    """One, two or none: the sentence is grammatical."""
    assert opening(entries) == said


def test_bylines_say_only_what_is_known():
    """Without author, date or known origin the by-line leaves them out."""
    unsigned = S.entry(1, authors=())
    undated = S.entry(2, authors=(), outlets=(("South Desk", "https://s.example/a", None),))
    unknown = replace(S.FERRY, chain=Chain(tuple(replace(h, role=Role.REPUBLISHER) for h in S.FERRY.chain.hops)))
    nameless = S.entry(3, outlets=(("", "", None),), link="https://x.example/")
    _, page, _ = read((unsigned, undated, unknown, nameless))
    bylines = [p.text_content().replace("\u00a0", " ") for p in page.find_class("by")]
    seen = "By Ines Marlow. Seen in South Desk, 18 November; then in Harbour Review, 19 November."
    assert sorted(bylines) == ["18 November.", "By Ines Marlow.", seen]


def test_sections_follow_the_first_category():
    """Stories are grouped by first category; without one they come last; many lone ones are put together."""
    _, page, _ = read((S.entry(1), S.entry(2, categories=(Category("a"),)), S.entry(3)))
    assert [h.text_content() for h in page.iter("h2")] == ["a", "More stories"]
    _, page, _ = read((S.entry(1),))
    assert [h.text_content() for h in page.iter("h2")] == ["Stories"]
    lone = [S.entry(n, categories=(Category(f"c{n}"),)) for n in range(8)]
    pair = [S.entry(20 + n, categories=(Category("pair"),)) for n in range(2)]
    _, page, _ = read((*lone, *pair))
    assert [h.text_content() for h in page.iter("h2")] == ["pair", "More stories"]


def test_dark_and_phone_survive_and_styles_are_inline():
    """Rules are written into the elements; one style block stays for dark mode and phones; nothing is fetched."""
    page = email.message_from_bytes(render()[0].content, policy=email.policy.default).get_body(("html",)).get_content()
    for kept in (
        "@media (prefers-color-scheme: dark)",
        "@media (max-width: 599px)",
        "[data-ogsc]",
        '<meta name="color-scheme" content="light dark">',
        '<meta name="supported-color-schemes" content="light dark">',
        'width="600"',
    ):
        assert kept in page
    tree = reader.fromstring(page)
    assert all("color" in h.get("style") for h in tree.iter("h1", "h2", "h3"))
    assert "border-top:2px solid #1c4a96" in tree.xpath("//*[@class='credit']/table")[0].get("style")
    for absent in ("var(", "url(", "<img", "<script", "<link", "flex", "grid"):
        assert absent not in page


def test_credit_may_stand_on_top_in_both_parts():
    """With a duty of position the credit precedes the text in HTML and in text."""
    _, page, text = read((S.entry(duties=(Duty("O11", how="top"),), language="fr"),))
    scope = page.xpath("//*[@data-item]")[0]
    marked = [one.get("class") for one in scope.iter() if one.get("class") in {"body", "credit"}]
    assert marked == ["credit", "body"]
    assert text.index("Read it there") < text.index("For eleven winters")
    assert scope.find_class("body")[0].get("lang") == "fr"


def test_an_entry_without_a_link_can_be_shown():
    """An excerpt without any address promises no rest."""
    entry = S.entry(
        mode=Mode.EXCERPT, outlets=(("South Desk", "", 1),), text=("One.", "Two."), limit=Limit(paragraphs=1)
    )
    entry = replace(entry, decision=replace(entry.decision, duties=entry.decision.duties[:1]))
    _, page, text = read((entry,))
    assert "The first paragraph of two." in text
    assert "Read the rest" not in page.text_content() + text
