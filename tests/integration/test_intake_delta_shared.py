# SPDX-License-Identifier: Apache-2.0
"""Reading only what is new, on real feeds: every entry read beside the marks of the others is as it is among them."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from syndicate.intake import delta
from syndicate.intake.document import decode
from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.intake.spans import cut
from syndicate.model import Publisher, Source

FEEDS = sorted((Path(__file__).resolve().parents[2].parent / "shared/corpus/feeds").glob("*.*"))
FEEDS = [path for path in FEEDS if path.name != "index.json"]
URL = "https://own.example/feed"
OWN = Source("own", URL, Publisher("own", "Own"))
# They give one id or link to different entries, so what identifies an entry depends on which others stand beside it.
SHARING = ("suspilne-news.rss.xml", "politics.rss.xml", "taverncast-happy-hour-in-your-head-since.rss.xml")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FEEDS, reason="the neighbouring folder of shared data is absent"),
]


def without(text, numbers):
    """A document, or JSON Feed, without the entries of these numbers."""
    if text.lstrip().startswith("{"):
        feed = json.loads(text)
        feed["items"] = [item for number, item in enumerate(feed["items"]) if number not in numbers]
        return json.dumps(feed).encode()
    spans = cut(text.encode())
    gone = [spans.entries[number] for number in sorted(numbers)]
    pieces, position = [], 0
    for start, end in gone:
        pieces.append(spans.data[position:start])
        position = end
    return b"".join([*pieces, spans.data[position:]])


def read(body, marks=b""):
    """What is new in a document."""
    return delta.read(body, url=URL, source=OWN, marks=marks)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_each_entry_reads_alone_as_among_the_others(path):
    """Half of the entries arrive after the other half, chance decides which: the items are those of one reading."""
    body = path.read_bytes()
    text = decode(body).replace('encoding="', 'was="', 1)  # what is handed on is UTF-8
    parsed = parse(text.encode(), url=URL)
    whole, count = normalise(parsed, OWN), len(parsed.entries)
    late = set(random.Random(path.name).sample(range(count), count // 2))  # noqa: S311 -- any half will do
    first = read(without(text, late))
    second = read(text.encode(), first.marks)
    held = {item.id: item for reading in (first, second) for item in reading.feed.items}
    assert [held[one] for one in second.listed] == list(whole.items)
    aliases = {**first.feed.aliases, **second.feed.aliases}  # each reading names those of what it read
    assert second.feed.aliases.items() <= whole.aliases.items() <= aliases.items()
    assert replace(second.feed, items=(), aliases={}) == replace(whole, items=(), aliases={})
    assert len(second.feed.items) <= count // 2 or path.name in SHARING or not first.marks
    assert read(text.encode(), second.marks).feed is None or not second.marks
