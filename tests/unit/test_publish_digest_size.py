# SPDX-License-Identifier: Apache-2.0
"""How much a digest holds: limit, size, and what gives way first."""

import email
import email.policy
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import html as reader

from syndicate.publish.digest import fill, render_digest
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


# ------------------------------------------------------------------------------------------------ limit and size


def test_what_is_over_the_limit_becomes_a_link():
    """Beyond ``limit`` items are listed by link, say so, and owe names and link only; withheld ones do not count."""
    entries = (S.HIDDEN, S.FERRY, S.BRIDGE, S.GAUGE, S.SEEDS)
    part, _, final = render(entries, replace(S.DIGEST, limit=2))
    assert modes(final) == ["WITHHOLD", "FULL", "LINK", "LINK", "LINK"]
    assert [entry.item for entry in final] == [entry.item for entry in entries]
    assert final[3].decision.because == "This edition is full, so this story is a link."
    assert {duty.id for duty in final[3].decision.duties} == {"O1", "O3"}
    text = email.message_from_bytes(part.content, policy=email.policy.default).get_body(("plain",)).get_content()
    assert "as far as its publisher and the length of a mail allow" in " ".join(text.split())


def long(number, words):
    """An entry with a text of ``words`` words, outside ASCII."""
    return S.entry(number, text=(" ".join(["Wörter"] * words) + ".",))


def test_the_html_part_keeps_its_size():
    """Within ``max_size`` as transferred, last first; every credit stays, and as many texts as fit."""
    entries = [long(n, 600) for n in range(12)]
    for size in (32_000, 60_000, 95_000):
        part, _, final = render(entries, replace(S.DIGEST, max_size=size))
        html = next(
            p for p in email.message_from_bytes(fill(part.content, **TO)).walk() if p.get_content_type() == "text/html"
        )
        assert len(html.as_bytes()) <= size
        names = modes(final)
        full = names.count("FULL")
        assert names == ["FULL"] * full + ["LINK"] * (12 - full)
        assert html.get_payload(decode=True).count(b'class="credit"') == 12
    assert modes(render(entries, replace(S.DIGEST, max_size=10**6))[2]) == ["FULL"] * 12


def test_one_endless_text_does_not_cost_the_others_theirs():
    """What alone is too long goes first."""
    _, _, final = render((long(1, 9_000), S.FERRY, S.GAUGE))
    assert modes(final) == ["LINK", "FULL", "FULL"]


def test_texts_go_before_further_links():
    """The first ``limit`` stories get the room for their texts; only what is left over goes to further links."""
    final = render([long(n, 600) for n in range(200)], replace(S.DIGEST, limit=10))[2]
    names = modes(final)
    full = names.count("FULL")
    assert full > 3
    assert names == ["FULL"] * full + ["LINK"] * (len(final) - full)
    assert 10 <= len(final) < 200


@pytest.mark.parametrize(("stories", "size"), [(5, 2_000), (30, 25_000), (150, 25_000), (200, 230_000)])
def test_what_does_not_even_fit_as_a_link_waits(stories, size):
    """If links alone are more than fits, the last stories are left for the next edition; credits are never dropped."""
    entries = [replace(S.BRIDGE, item=replace(S.BRIDGE.item, id=f"i-{n}")) for n in range(stories)]
    part, _, final = render(entries, replace(S.DIGEST, max_size=size))
    message = email.message_from_bytes(fill(part.content, **TO), policy=email.policy.default)
    html = message.get_body(("html",))
    assert [entry.item.id for entry in final] == [f"i-{n}" for n in range(len(final))]
    assert 1 <= len(final) < stories
    assert html.get_content().count('class="credit"') == len(final)
    assert len(html.as_bytes(policy=email.policy.SMTP)) <= size or len(final) == 1
    more, _, longer = render(entries[: len(final) + 1], replace(S.DIGEST, max_size=10**6))
    html = email.message_from_bytes(fill(more.content, **TO), policy=email.policy.default).get_body(("html",))
    assert len(longer) == len(final) + 1
    assert len(html.as_bytes(policy=email.policy.SMTP)) > size - 1_000, "one more would have fitted"


def test_fifty_links_fit_below_the_clip():
    """A mail program that shows the first 95 kB shows fifty link-only stories whole, credits included."""
    entries = [replace(S.BRIDGE, item=replace(S.BRIDGE.item, id=f"i-{n}")) for n in range(50)]
    message, page, _ = read(entries)
    assert len(message.get_body(("html",)).as_bytes()) < 95_000
    assert not page.find_class("contents")
    assert len(page.find_class("credit")) == 50


def test_the_sample_is_small():
    """Five stories take less than half of what a mail program shows."""
    assert len(render()[0].content) < 45_000


def test_the_part_names_its_templates(tmp_path):
    """The templates that worded the part are named, an override by its path."""
    (tmp_path / "credit.txt").write_text("")
    part, _, _ = render(templates=environment(tmp_path))
    assert part.media_type == "message/rfc822"
    names = ("digest.html", "digest.txt", "credit.html", "lead.html", "lead.txt", "tail.html", "tail.txt", "fixed.html")
    assert set(part.templates) == {str(tmp_path / "credit.txt"), *(f"syndicate/templates/{name}" for name in names)}
