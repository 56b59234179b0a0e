# SPDX-License-Identifier: Apache-2.0
"""Reads real feeds as if each of their bodies were a notice: nothing is suggested that the publisher did not grant."""

import re
from pathlib import Path

import pytest

from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.model import Mode, Publisher, Source
from syndicate.rights.notices import Notice, read

FEEDS = Path(__file__).parents[2].parent / "shared" / "corpus" / "feeds"
# What each feed with words about licences says of its own texts, read by a person: nothing, but for the ones below.
TRIGGER = re.compile("creative ?commons|republish|appeared first on|rights reserved|licen[cs]", re.IGNORECASE)
LIKE_LICENCES = (
    "arie-van-deursen.rss.xml",  # an article that explains Creative Commons
    "cyklistbloggen.rss.xml",  # a picture's licence, linked
    "facebook-the-guardian.rss.xml",  # all rights reserved
    "google-testing-blog.atom.xml",  # licences of figures
    "openstreetmap-blog.rss.xml",  # pictures' licences, and an article about licences of data
    "otherwise.rss.xml",  # "appeared first on"
    "pagetable-com.rss.xml",  # scans of a manual, programs under BSD
    "planet-clojure.atom.xml",  # "appeared first on"
    "railsapps.rss.xml",  # templates under the Apache licence
    "recaffeinate.rss.xml",  # a book under CC BY
    "yanub-yet-another-nearly-useless-blog.atom.xml",  # a program under the GPL
)
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not FEEDS.is_dir(), reason="no shared corpus beside the checkout")]


def bodies(name):
    """Every body of a feed."""
    source = Source("corpus", f"https://feeds.example/{name}", Publisher("p", "P"))
    feed = normalise(parse((FEEDS / name).read_bytes(), url=source.url), source)
    return [body for item in feed.items if TRIGGER.search(body := item.raw_html or item.html)]


@pytest.mark.parametrize("name", LIKE_LICENCES)
def test_words_like_licences_permit_nothing(name):
    """Feeds that speak of licences of pictures, programs, books and others' papers are read as permitting nothing."""
    for html in bodies(name):
        reading = read([Notice("body", html, "html")])
        assert (reading.class_, Mode.FULL in reading.grants.values()) == ("none", False), reading.quotes
