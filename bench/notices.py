# SPDX-License-Identifier: Apache-2.0
"""How well notices are read: precision and recall by mode, language and answer, over cases, held-out sets and feeds.

The case files are what the recogniser was tuned on. A held-out set was written before it was first read; its figures of
then stand in it, and are printed beside those of now.
"""

import json
from collections import Counter
from pathlib import Path

from syndicate.intake.normalise import normalise
from syndicate.intake.parse import parse
from syndicate.model import ChannelClass, Mode, Publisher, Source
from syndicate.rights.notices import Notice, read
from syndicate.rights.notices.glance import may_speak

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases" / "notices"
FEEDS = ROOT.parent / "shared" / "corpus" / "feeds"
FLOOR = "L L L L W"
HELD_OUT = ("first", "second", "third", "fourth", "fifth")
FALSE_FRIENDS = (
    *("arie-van-deursen.rss.xml", "cyklistbloggen.rss.xml", "google-testing-blog.atom.xml"),
    *("openstreetmap-blog.rss.xml", "otherwise.rss.xml", "pagetable-com.rss.xml", "recaffeinate.rss.xml"),
    "railsapps.rss.xml",
)


class Score:
    """How often an answer was true, was said, and was both, by row."""

    def __init__(self):
        """Nothing was counted yet."""
        self.true, self.said, self.right = Counter(), Counter(), Counter()

    def count(self, row, truth, found):
        """Count two sets of answers in a row."""
        self.true[row] += len(truth)
        self.said[row] += len(found)
        self.right[row] += len(truth & found)

    def show(self, title):
        """Print the table."""
        print(f"\n{title:<36}{'true':>6}{'said':>6}{'right':>6}  {'precision':>9} {'recall':>7}")
        for row in sorted(self.true | self.said):
            print(f"  {row:<34}{self.true[row]:>6}{self.said[row]:>6}{self.right[row]:>6}  {self.rates(row)}")

    def rates(self, row):
        """Precision and recall of a row as text; "-" where there is nothing to divide by."""
        pairs = ((self.right[row], self.said[row]), (self.right[row], self.true[row]))
        return " ".join(f"{part / whole:>9.3f}" if whole else f"{'-':>9}" for part, whole in pairs)


BOTH = (("F", Mode.FULL), ("E", Mode.EXCERPT))


def by_mode(score, prefix, modes, reading, kinds=BOTH):
    """Count the channels of one notice by mode: as suggested, and as it would be if all words were understood."""
    for letter, mode in kinds:
        truth = {c for c, one in zip(ChannelClass, modes.split(), strict=True) if one == letter}
        score.count(f"{prefix}{mode.name.lower()}", truth, {c for c, one in reading.grants.items() if one is mode})
        if mode is Mode.FULL:
            most = {c for c, one in reading.at_most.items() if one is mode}
            score.count(f"{prefix}full, words not understood too", truth, most)


def answers(case, reading):
    """(Truth, answer) as two sets of what a case states and what the reader says, channels apart."""
    expect = case["expect"]
    truth = {("class", expect.get("class", "prose-suggest" if "modes" in expect else "none"))}
    found = {("class", reading.class_)}
    truth |= {("alone", c) for c in expect.get("alone", "").split()}
    found |= {("alone", c.value) for c in reading.alone}
    for key in ("licence", "contact", "holder", "embargo", "window"):
        truth |= {(key, expect[key])} if expect.get(key) else set()
        if key in expect:
            found |= {(key, getattr(reading, key))} - {(key, "")}
    for key in ("duties", "prohibitions"):  # cases state the least: only recall can be told
        wanted = {(key, one) for one in expect.get(key, "").split()}
        truth |= wanted
        found |= wanted & {(key, one) for one in getattr(reading, key)}
    return truth, found


def kind(pair):
    """The row of the table that an answer belongs to."""
    name, value = pair
    return f"class {value}" if name == "class" else name


def cases():
    """The case files: what the recogniser was tuned on."""
    modes, rest, number = Score(), Score(), 0
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            number += 1
            reading = read([Notice(place, text, form) for place, form, text in case["statements"]])
            for prefix in (f"{case.get('language', 'en')} ", "all "):
                by_mode(modes, prefix, case["expect"].get("modes", FLOOR), reading)
            truth, found = answers(case, reading)
            for row in {kind(one) for one in truth | found}:
                rest.count(row, {one for one in truth if kind(one) == row}, {one for one in found if kind(one) == row})
    print(f"{number} notices of the case files, on which the recogniser was tuned")
    modes.show("channels by language and mode")
    rest.show("other answers")


def held_out():
    """The sets that were written before they were read."""
    every = Score()
    for name in HELD_OUT:
        data = json.loads((CASES / "held-out" / f"{name}.json").read_text(encoding="utf-8"))
        score = Score()
        for language, place, form, modes, text in data["cases"]:
            reading = read([Notice(place, text, form)])
            for prefix in (f"{language} ", "all "):
                by_mode(score, prefix, modes, reading, BOTH[:1])  # the sets state what is full, and nothing else
                by_mode(every, prefix, modes, reading, BOTH[:1])
        first = data["first_read"]
        right, wrong, missed = first["right"], first["wrong"], first["missed"]
        rates = f"precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}"
        score.show(f"{name} held-out set, {len(data['cases'])} notices")
        print(f"  suggested full when it was first read: {rates}")
    every.show("all held-out sets")


def feeds():
    """Real feeds: nothing of theirs permits the text in words; what is suggested is a mistake."""
    names = sorted(path.name for path in FEEDS.iterdir() if path.name != "index.json") if FEEDS.is_dir() else []
    spoken = suggested = bodies = friends = 0
    for name in names:
        source = Source("corpus", f"https://feeds.example/{name}", Publisher("p", "P"))
        for item in normalise(parse((FEEDS / name).read_bytes(), url=source.url), source).items:
            notice = Notice("body", item.raw_html or item.html, "html")
            bodies += 1
            if may_speak(notice):
                spoken += 1
                wrong = any(mode >= Mode.EXCERPT for mode in read([notice]).grants.values())
                suggested += wrong
                friends += wrong and name in FALSE_FRIENDS
    print(f"\n{len(names)} real feeds, {bodies} bodies, {spoken} of them with a word about rights:")
    print(f"  suggested full or excerpt: {suggested}, in the {len(FALSE_FRIENDS)} feeds of false friends: {friends}")


def main():
    """Print the tables."""
    cases()
    held_out()
    feeds()


if __name__ == "__main__":
    main()
