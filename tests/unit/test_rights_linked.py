# SPDX-License-Identifier: Apache-2.0
"""Licence links in running text: in the body of an item, and on the page of an article."""

from datetime import UTC, datetime
from html import escape

import pytest

from syndicate.intake import webpage
from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.intake.webpage import About
from syndicate.model import (
    Ads,
    Chain,
    Channel,
    ChannelKind,
    Evidence,
    Hop,
    Item,
    Level,
    Medium,
    Mode,
    Publisher,
    Purpose,
    Role,
    Source,
)
from syndicate.rights.notices.linked import licenses
from syndicate.rights.policy import decide

BY = "https://creativecommons.org/licenses/by/4.0/"
NC = "https://creativecommons.org/licenses/by-nc/4.0/"
LINK = f'<a rel="license" href="{BY}">CC BY 4.0</a>'
IMAGE = '<img src="https://own.example/weir.jpg" alt="The weir">'
BADGE = f'<a rel="license" href="{BY}"><img src="https://licensebuttons.net/l/by/4.0/88x31.png" alt="CC"></a>'
LONG = f'<a rel="license" href="{BY}">Creative Commons Attribution 4.0 International License</a>'
NEWS = "<p>The weir was opened on Monday, and the meadows below it stood under water by noon.</p>"
OWN = Publisher("own", "Own", "https://own.example/")
SOURCE = Source("own", "https://own.example/feed", OWN)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

OTHERS = (
    f"<p>Featured image by Jo Doe.</p><p>Licence: {LINK}</p>",
    f"<p>Infographic: Jo Doe</p><p>Licence: {LINK}</p>",
    f"<p>Beitragsbild von Jo Doe.</p><p>Lizenz: {LINK}</p>",
    f"<h4>Audio</h4><p>This work is licensed under {LONG}.</p>",
    f"<h3>Data</h3><p>This work is licensed under {LONG}.</p>",
    f"<h3>Source code of the map</h3><p>This work is licensed under {LONG}.</p>",
    f"<h4>The map</h4><p>This work is licensed under {LONG}.</p>",
    BADGE,
    f"<p>{BADGE}</p>",
    f"<p>Licence: {BADGE}</p>",
    f"<p>Photo by Al Kay, {LINK}</p>",
    f"<p>Foto: Al Kay, {LINK}</p>",
    f"<p>Video: Al Kay, {LINK}</p>",
    f"<p>Bild von Al Kay, {LINK}</p>",
    f"<p>Dataset licence: {LINK}</p>",
    f"<p>Cover image {LINK}</p>",
    f'<p><a rel="license" href="{BY}">Image: Al Kay</a></p>',
    f'<div class="wp-caption">{IMAGE}<p>Al Kay, {LINK}</p></div>',
    f'<div class="wp-caption">{IMAGE}<p>The weir.</p><p>{LINK}</p></div>',
    f'<div class="wp-caption"><p class="wp-caption-text">{LINK}</p></div>',
    f'<p class="photo-credit">{LINK}</p>',
    f"<p>{IMAGE}{LINK}</p>",
    f"<p>{IMAGE}</p><p>{LINK}</p>",
    f"<p>{IMAGE}</p><p>Published under {LINK}</p>",
    f"<p>Photo: Al Kay</p><p>{LINK}</p>",
    f"<blockquote><p>This article is licensed under {LINK}.</p></blockquote>",
    f"<aside><p>This article is licensed under {LINK}.</p></aside>",
    f"<table><tr><td>Licence: {LINK}</td></tr></table>",
    f"<figure>{IMAGE}<figcaption>Licence: {LINK}</figcaption></figure>",
    f"<p>The museum publishes its archive under {LINK}.</p>",
    f"<p>This text was adapted from work by Ann Bo under {LINK}.</p>",
    f"<p>Except where noted, all but this article is licensed under {LINK}.</p>",
    f"<p>This article is not licensed under {LINK}.</p>",
    f"<p>Dieser Artikel ist nicht lizenziert unter {LINK}.</p>",
    f"<p>This article is licensed under {LINK}, but not for us.</p>",
    f'<p>A <a rel="license" href="{BY}">map</a> of wells.</p>',
    f"<p>This article is licensed under {LINK}. {'The weir was opened on Monday. ' * 80}</p>",
    f"<p>This article is licensed under {LINK}. Commercial use is not allowed.</p>",
)
ARTICLES = (
    f"<p>This work is licensed under a {LONG}.</p>",
    f"<p>{BADGE}<br>This work is licensed under a {LONG}.</p>",
    f'<div class="wp-caption">{IMAGE}<hr><p>The weir.</p></div><p>The sluice.</p><p>{LINK}</p>',
    f"<p>{LINK}</p>",
    f"<p>Licence: {LINK}</p>",
    f"<p>Licensed under {LINK}.</p>",
    f"<p>Except where otherwise noted, content on this site is licensed under {LINK}.</p>",
    f"<p>This article is free to share: {LINK}</p>",
    f"<p>Dieses Werk ist lizenziert unter einer {LINK} Lizenz.</p>".replace(" Lizenz", ""),
    f"<p>Sous licence {LINK}</p>",
)


def of_feed(markup, beside=""):
    """The item whose body ends in the markup."""
    text = (
        f'<rss version="2.0" xmlns:cc="http://backend.userland.com/creativeCommonsRssModule"><channel><title>Own</title>'
        f"<link>https://own.example/</link><item><title>T</title><link>https://own.example/1</link>{beside}"
        f"<description>{escape(NEWS + markup)}</description></item></channel></rss>"
    )
    (item,) = normalise(parse(text.encode(), url=SOURCE.url), SOURCE).items
    return item


def of_page(markup):
    """The item whose page ends in the markup."""
    text = f"<!doctype html><title>T</title><main><article><h1>T</h1>{NEWS}{markup}</article></main>"
    headers = {"content-type": "text/html; charset=utf-8"}
    reading = webpage.read(text.encode(), url="https://own.example/1", headers=headers, about=About(SOURCE))
    return Item("i-1", "own", "own", "1", "https://own.example/1", "T", "", "News.", evidence=reading.evidence)


def mode(item, purpose=Purpose.COMMUNITY):
    """What the item may be on a site."""
    hop = Hop(Role.ORIGIN, "Own", "own", item.url, item.published, item.id, evidence=item.evidence)
    ads = Ads.AROUND if purpose is Purpose.COMMERCIAL else Ads.NONE
    channel = Channel("c", ChannelKind.FEED, Medium.WEB, purpose, ads)
    return decide(item, Chain((hop,)), channel, {"own": OWN}, NOW).mode


@pytest.mark.parametrize("read", [of_feed, of_page])
@pytest.mark.parametrize("markup", OTHERS)
def test_a_licence_of_something_else_permits_nothing(read, markup):
    """Credits of pictures, quotations, denials and archives leave the article what silence makes it."""
    assert mode(read(markup)) is Mode.LINK


@pytest.mark.parametrize("read", [of_feed, of_page])
@pytest.mark.parametrize("markup", ARTICLES)
def test_the_licence_of_the_article_permits(read, markup):
    """A paragraph that is understood as the article's licence, to the last word, makes it full."""
    assert mode(read(markup)) is Mode.FULL


def test_a_doubtful_link_may_narrow():
    """What a link in doubt rules out is taken from a licence that the feed states; what it permits adds nothing."""
    stated = f"<cc:license>{BY}</cc:license>"
    markup = f'<p>The museum publishes its archive under <a rel="license" href="{NC}">CC BY-NC 4.0</a>.</p>'
    assert mode(of_feed("", stated), Purpose.COMMERCIAL) is Mode.FULL
    assert mode(of_feed(markup, stated), Purpose.COMMERCIAL) is Mode.LINK
    assert mode(of_feed(markup, stated)) is Mode.FULL


def test_words_and_link_have_to_name_one_licence():
    """A paragraph about one licence says nothing about another address."""
    words = f'<p>This article is licensed under <a href="{BY}">CC BY 4.0</a>.</p>'
    assert licenses(words, BY)
    assert not licenses(words, NC)


def test_unknown_terms_in_running_text_stay_unread():
    """A link to terms that we do not know is told as such, whatever the words around it say."""
    found = Evidence("html.rel-license", Level.ITEM, "https://own.example/terms", "body", "", "<p>The museum.</p>")
    assert mode(Item("i-1", "own", "own", "1", "https://own.example/1", "T", "", "", evidence=(found,))) is Mode.LINK


def test_rdfa_about_the_article_needs_no_words():
    """A licence in RDFa whose subject is the page is made for it; elsewhere the words around it are asked."""
    named = f'The weir by Ida Wren: <a rel="license" href="{BY}">CC BY</a>'
    assert mode(of_page(f'<p about="https://own.example/1">{named}</p>')) is Mode.FULL
    assert mode(of_page(f"<p>{named}</p>")) is Mode.LINK
    cc = 'xmlns:cc="http://creativecommons.org/ns#"'
    assert mode(of_page(f'<p {cc}>The museum gives <a rel="cc:license" href="{BY}">its archive</a></p>')) is Mode.LINK


def test_microdata_in_running_text_counts_by_its_words():
    """A property that a link in a sentence carries says no more than the sentence; one that is not shown needs none."""

    def stated(words):
        return mode(of_page(f'<div itemscope itemtype="https://schema.org/Article">{words}</div>'))

    shown = f'<a itemprop="license" href="{BY}">CC BY 4.0</a>'
    assert stated(f"<p>This article is licensed under {shown}.</p>") is Mode.FULL
    assert stated(f'<link itemprop="license" href="{BY}">') is Mode.FULL
    assert stated(f'<meta itemprop="license" content="{BY}">') is Mode.FULL
    assert stated(f"<p>Photo: Al Kay, {shown}</p>") is Mode.LINK
    assert stated(f"<figure>{IMAGE}<figcaption>Licence: {shown}</figcaption></figure>") is Mode.LINK
    assert stated(f"<p>The museum gives its archive under {shown}.</p>") is Mode.LINK
    assert stated(f"<p>This article is not licensed under {shown}.</p>") is Mode.LINK
