# SPDX-License-Identifier: Apache-2.0
"""How well notices are read: precision and recall of each answer over the case files of tests/cases/notices."""

import json
from collections import Counter
from pathlib import Path

from syndicate.model import ChannelClass, Mode
from syndicate.rights.notices import Notice, read

CASES = Path(__file__).parents[1] / "tests" / "cases" / "notices"
FLOOR = "L L L L W"


def answers(case):
    """(Truth, answer) as two sets of what the case states and what the reader says."""
    reading = read([Notice(place, text, form) for place, form, text in case["statements"]])
    expect = case["expect"]
    modes = expect.get("modes", FLOOR).split()
    truth = {("class", expect.get("class", "prose-suggest" if "modes" in expect else "none"))}
    found = {("class", reading.class_)}
    for channel, letter in zip(ChannelClass, modes, strict=True):
        truth |= {(f"mode {letter}", channel)} if letter in "FE" else set()
    found |= {(f"mode {mode.name[0]}", c) for c, mode in reading.grants.items() if mode >= Mode.EXCERPT}
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


def kinds(pair):
    """The row of the table that an answer belongs to."""
    name, value = pair
    return f"class {value}" if name == "class" else name


def main():
    """Print the table."""
    right, said, true = Counter(), Counter(), Counter()
    number = 0
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            number += 1
            truth, found = answers(case)
            right.update(kinds(one) for one in truth & found)
            said.update(kinds(one) for one in found)
            true.update(kinds(one) for one in truth)
    print(f"{number} notices")
    print(f"{'answer':<22}{'true':>6}{'said':>6}{'right':>6}  {'precision':>9} {'recall':>7}")
    for name in sorted(true | said):
        precision = right[name] / said[name] if said[name] else 1.0
        recall = right[name] / true[name] if true[name] else 1.0
        print(f"{name:<22}{true[name]:>6}{said[name]:>6}{right[name]:>6}  {precision:>9.3f} {recall:>7.3f}")


if __name__ == "__main__":
    main()
