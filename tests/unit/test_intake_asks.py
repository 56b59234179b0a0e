# SPDX-License-Identifier: Apache-2.0
"""What feeds ask of those who poll them."""

import pytest
from lxml import etree

from syndicate.intake.asks import read_asks
from syndicate.intake.parse import parse
from syndicate.model import Asks

SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
DAY = 86_400


def channel(inside, attributes=""):
    """The wishes of an RSS channel."""
    return read_asks(etree.fromstring(f"<rss {attributes}><channel>{inside}</channel></rss>"))


@pytest.mark.parametrize(
    ("inside", "interval"),
    [
        ("", 0),
        ("<ttl>60</ttl>", 3600),
        ("<ttl> 60 </ttl><ttl>5</ttl>", 3600),
        ("<TTL>60</TTL>", 3600),
        ("<ttl>-60</ttl>", 0),
        ("<ttl>an hour</ttl>", 0),
        ("<ttl>9999999999999</ttl>", 0),
        ("<ttl/>", 0),
        ("<item><ttl>60</ttl></item>", 0),
        ("<!-- <ttl>60</ttl> -->", 0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        ("<sy:updatePeriod>\n hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<sy:updateFrequency>4</sy:updateFrequency>", DAY // 4),
        ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 7 * DAY),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>often</sy:updateFrequency>", DAY),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", 0),
        ("<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>", DAY),
        ("<ttl>2880</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 2 * DAY),
    ],
)
def test_how_often(inside, interval):
    """The longer of ttl and the syndication module's period; junk and what stands elsewhere asks nothing."""
    assert channel(inside, SY).interval == interval


def test_when_not():
    """Hours and days of RSS, in any case and order, each once; 24 is midnight; junk is left out."""
    hours = (
        "<skipHours><hour>23</hour><hour>24</hour><hour>7</hour><hour>7</hour><hour>x</hour><hour>25</hour></skipHours>"
    )
    days = "<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day><!-- x --></skipDays>"
    assert channel(hours + days) == Asks(0, (0, 7, 23), (5, 6))


def test_undeclared_prefixes():
    """The usual prefix is understood where a document forgot to declare it."""
    root = etree.fromstring(
        "<rss><channel><sy:updatePeriod>hourly</sy:updatePeriod></channel></rss>", etree.XMLParser(recover=True)
    )
    assert read_asks(root).interval == 3600


def test_in_whole_documents():
    """RSS 1.0 and Atom state it in their feed element; a document without one, and a JSON feed, ask nothing."""
    rdf = (
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" {SY}>'
        "<channel><title>T</title><sy:updatePeriod>daily</sy:updatePeriod></channel><item><title>I</title></item></rdf:RDF>"
    )
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom" {SY}><title>T</title><sy:updatePeriod>weekly</sy:updatePeriod></feed>'
    json = '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}'
    intervals = [parse(text.encode(), url="https://own.example/feed").asks.interval for text in (rdf, atom, json)]
    assert intervals == [DAY, 7 * DAY, 0]
    assert read_asks(etree.fromstring("<rss/>")) == Asks()
