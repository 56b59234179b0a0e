# SPDX-License-Identifier: Apache-2.0
"""The forms of readers: every field has a label, nothing is loaded, what is chosen is shown."""

from datetime import UTC, datetime
from types import SimpleNamespace

from lxml import html as reader

from syndicate.model import Site
from syndicate.publish.page import render_form
from syndicate.publish.page_item import Frame
from syndicate.publish.templates import environment

SITE = Site("Riverside Bulletin", "https://bulletin.example", "editor@bulletin.example")
FRAME = Frame(SITE, (), datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
TEMPLATES = environment()


def form(template, **values):
    """The page's tree."""
    return reader.fromstring(render_form(FRAME, template, TEMPLATES, **values).decode())


def unlabelled(tree):
    """The fields that no label names."""
    named = {label.get("for") for label in tree.iter("label")}
    fields = [field for kind in ("input", "select") for field in tree.iter(kind) if field.get("type") != "hidden"]
    return [field.get("name") for field in fields if field.get("id") not in named]


def test_the_form_to_sign_up():
    """One list stands in the form unasked, several are a choice; the wording agreed to is there in any case."""
    offers = [SimpleNamespace(id="weekly", name="the weekly", wording="You may write."), SimpleNamespace(
        id="daily", name="the daily", wording="You may write daily.")]  # fmt: skip
    one, two = form("pages/subscribe.html", offers=offers[:1]), form("pages/subscribe.html", offers=offers)
    assert one.xpath("//input[@name='list']/@value") == ["weekly"]
    assert two.xpath("//input[@name='list' and @type='radio']/@value") == ["weekly", "daily"]
    assert unlabelled(one) == unlabelled(two) == []
    assert "You may write daily." in two.text_content()
    assert one.xpath("//script | //img") == []


def test_the_form_of_preferences():
    """What the reader chose is what is chosen in the form."""
    letter = SimpleNamespace(
        name="the weekly", wording="You may write.", asked="4 March 2026", zone="Europe/Paris",
        cadence=SimpleNamespace(every="daily", hour=18, zone="Asia/Tokyo"),
    )  # fmt: skip
    tree = form("pages/preferences.html", letter=letter, zones=("Asia/Tokyo", "Europe/Paris"))
    assert tree.xpath("//input[@checked]/@value") == ["daily"]
    assert tree.xpath("//option[@selected]/text()") == ["18:00", "Asia/Tokyo"]
    assert unlabelled(tree) == []
