# SPDX-License-Identifier: Apache-2.0
"""Who had a text first: dates, sights, credits, and what is never concluded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import Chain, Claim, Evidence, Hop, Item, Known, Level, Publisher, Role
from syndicate.rights.directory import Directory
from syndicate.rights.origins import DOUBT, HELD, KIND, Habit, Sighting, by_text, follows
from syndicate.rights.trace import keys_of, trace

DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SOUTH = Publisher("south", "South Desk", "https://south.example")
MARSH = Publisher("marsh", "Marsh & Mill", "https://marsh.example")
TARN = Publisher("tarn", "Tarn Review", "https://tarn.example")
ALL = (SOUTH, MARSH, TARN)
STORY = " ".join(f"w{n * n}" for n in range(120))


def seen(publisher, published=MONDAY, *, first_seen=MONDAY + 2 * DAY, not_before=None, known=(), **more):
    """An item as it was seen, with the chain that its claims and the known give it."""
    url = f"{publisher.home}/a"
    fields = {"text": STORY, "claims": (), "title": "T", "html": "", "evidence": ()} | more
    one = Item(f"i-{publisher.id}", "s", publisher.id, url, url, published=published, **fields)
    chain = trace(one, publisher, {k: Known(o.item, o.chain) for o in known for k in keys_of(o.item)}, Directory(ALL))
    return Sighting(one, chain, first_seen, not_before)


def credit(name="", url="", date=None):
    """A credit line."""
    return (Claim("credit-line", name, url, "", Evidence("credit-line", Level.ITEM, f"From {name}", "body"), date),)


def told(mine, *similar):
    """The outlets of the chain that the text gives, and whether the origin is known."""
    publisher = next(p for p in ALL if p.id == mine.item.publisher_id)
    chain = by_text(mine, publisher, similar)
    return [hop.name for hop in chain.hops], chain.origin_known


OWN = (["Marsh & Mill"], True)
COPIED = (["South Desk", "Marsh & Mill"], True)
ORIGIN = seen(SOUTH)
COPY = seen(MARSH, MONDAY + DAY)


def test_the_earlier_is_the_origin():
    """Of two with one text the one published first is the origin, whichever is asked."""
    assert told(COPY, ORIGIN) == COPIED
    assert told(ORIGIN, COPY) == (["South Desk"], True)


def test_the_hop_says_why():
    """The copy's hop cites the first common words and the page of the origin, and adds no words of its own."""
    hop = by_text(COPY, MARSH, [ORIGIN]).hops[-1]
    (why,) = hop.because
    assert (hop.role, hop.own_text, hop.item_id, hop.date) == (Role.REPUBLISHER, False, "i-marsh", MONDAY + DAY)
    assert (why.kind, why.value, why.url) == (KIND, " ".join(STORY.split()[:12]), ORIGIN.item.url)


def test_words_of_its_own():
    """A copy with words of its own says so."""
    mine = replace(COPY, item=replace(COPY.item, text=f"{STORY} " + " ".join(f"x{n * n}" for n in range(100))))
    assert by_text(mine, MARSH, [ORIGIN]).hops[-1].own_text


def test_same_date_the_first_seen():
    """Of two with the same date the origin is who was seen first: some copies take the date along."""
    later = seen(MARSH, first_seen=MONDAY + 3 * DAY)
    assert told(later, ORIGIN) == COPIED
    assert told(ORIGIN, later) == (["South Desk"], True)


def test_backdated_copy():
    """A source that was polled without an item had it later, whatever its date; then both must permit."""
    backdated = seen(MARSH, MONDAY - 9 * DAY, first_seen=MONDAY + 2 * DAY, not_before=MONDAY + DAY)
    assert told(backdated, ORIGIN) == COPIED
    assert told(ORIGIN, backdated) == (["South Desk"], True)
    assert by_text(backdated, MARSH, [ORIGIN]).hops[-1].own_text


LATE = HELD + timedelta(seconds=1)
OPEN = (["Marsh & Mill"], False), (["South Desk"], False)


@pytest.mark.parametrize("habit", [Habit(), Habit(10, 5)])
@pytest.mark.parametrize("published", [MONDAY - 9 * DAY, MONDAY])
def test_new_to_us_with_what_we_held(published, habit):
    """Whoever comes with a text that we have held for long is not believed that it was first; then nobody is."""
    held = replace(ORIGIN, habit=habit)
    new = seen(MARSH, published, first_seen=ORIGIN.first_seen + LATE)
    told_of_both = told(new, held), told(held, new)
    if published == MONDAY and not habit.share:
        assert told_of_both == (COPIED, (["South Desk"], True)), "it does not even say so"
    else:
        assert told_of_both == OPEN


def test_new_to_us_at_the_same_start():
    """Of two that are polled for the first time at one start the dates tell, whichever came first."""
    new = seen(MARSH, MONDAY - 9 * DAY, first_seen=ORIGIN.first_seen + HELD)
    assert told(ORIGIN, new) == (["Marsh & Mill", "South Desk"], True)
    assert told(new, ORIGIN) == OWN


def test_new_to_us_and_later():
    """A text that is new to us and says that it is the later one is a copy."""
    assert told(seen(MARSH, MONDAY + DAY, first_seen=ORIGIN.first_seen + LATE), ORIGIN) == COPIED


def test_new_to_us_but_credited():
    """Who is credited by the text that we held is the origin, however late it comes."""
    new = seen(MARSH, MONDAY - 9 * DAY, first_seen=ORIGIN.first_seen + LATE)
    crediting = seen(SOUTH, known=[new], claims=credit("Marsh & Mill", new.item.url))
    assert told(new, crediting) == OWN
    naming = seen(SOUTH, claims=credit("Marsh & Mill"))
    assert told(naming, new) == (["Marsh & Mill", "South Desk"], True)
    assert told(new, naming) == OWN


def test_new_to_us_before_the_words_changed():
    """A text that took the place of another has been held since then, not since its item was first seen."""
    new = seen(MARSH, MONDAY - 9 * DAY, first_seen=ORIGIN.first_seen + LATE)
    changed = replace(ORIGIN, not_before=ORIGIN.first_seen + LATE)
    assert told(changed, new) == (["Marsh & Mill", "South Desk"], True)
    assert told(new, changed) == OWN


def test_a_corrected_original():
    """An item that bears the date of its correction by now is as old as it was when it was first seen."""
    corrected = replace(seen(SOUTH, MONDAY + 9 * DAY, first_seen=MONDAY + 2 * DAY), dated=MONDAY)
    assert told(COPY, corrected) == COPIED
    assert told(corrected, COPY) == (["South Desk"], True)


def test_dates_in_the_future():
    """A date after the first sight counts as the first sight."""
    assert told(seen(MARSH, MONDAY + 99 * DAY, first_seen=ORIGIN.first_seen - HELD), ORIGIN) == COPIED


NO_ORDER = pytest.mark.parametrize("dates", [(None, MONDAY), (MONDAY, None), (None, None)])


@NO_ORDER
def test_no_order_nobodys(dates):
    """Without dates in a first poll nothing proves who was first: nobody's is a copy, and nobody's terms suffice."""
    ours, theirs = seen(MARSH, dates[0]), seen(SOUTH, dates[1])
    assert told(ours, theirs) == (["Marsh & Mill"], False)
    assert told(theirs, ours) == (["South Desk"], False)
    (hop,) = by_text(ours, MARSH, [theirs]).hops
    assert [why.url for why in hop.because] == [theirs.item.url]


@NO_ORDER
def test_no_order_but_a_credit(dates):
    """Where dates prove nothing, the copy's own credit does: the item that it names is not in doubt."""
    ours = seen(MARSH, dates[0])
    crediting = seen(SOUTH, dates[1], known=[ours], claims=credit("Marsh & Mill", ours.item.url))
    assert told(ours, crediting) == OWN


def test_the_whole_tells_more_than_a_passage():
    """Of two earlier texts the origin is the one that has all the words, not an earlier one with some of them."""
    passage = " ".join([*STORY.split()[:60], *(f"x{n * n}" for n in range(40))])
    earlier = seen(TARN, MONDAY - DAY, text=passage)
    assert told(COPY, earlier) == (["Tarn Review", "Marsh & Mill"], True)
    assert told(COPY, earlier, ORIGIN) == COPIED
    corrected = " ".join(["y", *STORY.split()[2:]])
    assert told(COPY, seen(TARN, MONDAY - DAY, text=corrected), ORIGIN) == (["Tarn Review", "Marsh & Mill"], True)


@NO_ORDER
def test_no_order_habits(dates):
    """Who mostly shows the work of others is the copier where dates prove nothing; a small difference proves nothing."""
    ours = replace(seen(MARSH, dates[0]), habit=Habit(10, 5))
    theirs = replace(seen(SOUTH, dates[1]), habit=Habit(10, 1))
    assert told(ours, theirs) == COPIED
    assert told(theirs, ours) == (["South Desk"], True)
    close = replace(theirs, habit=Habit(10, 4))
    assert told(ours, close) == (["Marsh & Mill"], False)


def test_same_date_habits():
    """Of two with the same date the copier is who mostly shows the work of others, whoever was seen first."""
    ours = replace(seen(MARSH, first_seen=MONDAY + 2 * DAY - HELD), habit=Habit(10, 5))
    assert told(ours, ORIGIN) == COPIED
    assert told(ORIGIN, ours) == (["South Desk"], True)


@pytest.mark.parametrize(
    ("habit", "doubtful"),
    [
        (Habit(), False),
        (Habit(3, 3, 3), True),
        (Habit(3, 3), False),
        (Habit(4, 3), True),
        (Habit(10, 7), False),
        (Habit(10, 6, 0, 2), True),
        (Habit(10, 6, 0, 1), False),
        (Habit(10, 1, 1), False),
        (Habit(10, 2, 2), True),
        (Habit(100, 4, 4), False),
        (Habit(100, 5, 5), True),
    ],
)
def test_doubt(habit, doubtful):
    """An item without a credit is not its publisher's own where most are others', or some are strangers'."""
    mine = replace(ORIGIN, habit=habit)
    assert told(mine) == (["South Desk"], not doubtful)
    if doubtful:
        said = f"{habit.crediting} of {habit.items} items credit somebody else, {habit.copied} more have somebody else's text"
        (why,) = by_text(mine, SOUTH, ()).hops[0].because
        assert (why.kind, why.value) == (DOUBT, said)


def test_doubt_does_not_touch_credits():
    """A publisher that mostly shows others' work is believed whom it credits."""
    mine = replace(seen(MARSH, MONDAY + DAY, claims=credit("South Desk")), habit=Habit(4, 4))
    assert told(mine, ORIGIN) == COPIED
    assert told(mine) == (["South Desk", "Marsh & Mill"], False)


def test_shown_again():
    """An item that its publisher shows under another id too has the chain of that one."""
    copy = replace(COPY, chain=by_text(COPY, MARSH, [ORIGIN]))
    again = replace(COPY, item=replace(COPY.item, id="i-again", url="https://marsh.example/again"))
    assert told(again, copy) == COPIED
    assert told(again, COPY) == OWN


def test_another_names_a_stranger():
    """Where somebody names a page for the text that we do not hold, a publisher that shows others' work is doubted."""
    naming = seen(TARN, MONDAY + 2 * DAY, claims=credit("Elsewhere", "https://elsewhere.example/1"))
    ours = replace(COPY, habit=Habit(10, 2))
    assert told(ours, naming) == (["Marsh & Mill"], False)
    assert told(COPY, naming) == OWN
    of_ours = seen(TARN, MONDAY + 2 * DAY, claims=credit("Marsh & Mill", "https://marsh.example/gone"))
    assert told(ours, of_ours) == OWN


def test_another_names_a_republisher():
    """Who is named says nothing against an earlier text where it mostly shows others' work itself."""
    naming = seen(TARN, MONDAY + 2 * DAY, claims=credit("Elsewhere"))
    ours = replace(COPY, habit=Habit(10, 2))
    assert told(ours, naming) == (["Marsh & Mill"], False)
    assert told(ours, replace(naming, named=Habit(10, 8))) == OWN


@pytest.mark.parametrize(("days", "known"), [(0, False), (1, False), (3, True)])
def test_another_names_a_later_page(days, known):
    """Who had the text on a day when ours had long appeared is not where ours is from."""
    day = MONDAY.replace(hour=0) + days * DAY
    naming = seen(TARN, MONDAY + 9 * DAY, claims=credit("Elsewhere", "https://elsewhere.example/1", day))
    ours = replace(COPY, habit=Habit(10, 2))
    assert told(ours, naming) == (["Marsh & Mill"], known)


def test_one_names_us_and_one_a_stranger():
    """A credit for the page that we hold outweighs one for a page that nobody can compare, and no habit."""
    naming = seen(TARN, MONDAY + 2 * DAY, claims=credit("Elsewhere", "https://elsewhere.example/1"))
    ours = replace(COPY, habit=Habit(10, 2))
    vouching = seen(SOUTH, MONDAY + 2 * DAY, known=[ours], claims=credit("Marsh & Mill", ours.item.url))
    assert told(ours, naming, vouching) == told(ours, vouching, naming) == OWN
    assert told(replace(ours, habit=Habit(10, 8)), naming, vouching) == (["Marsh & Mill"], False)
    repeating = replace(vouching, chain=by_text(seen(SOUTH, MONDAY + 2 * DAY), SOUTH, [ours]))
    assert told(ours, naming, repeating) == (["Marsh & Mill"], False)
    named = seen(MARSH, MONDAY + DAY, claims=credit("Somebody"))
    assert told(named, vouching) == (["Somebody", "Marsh & Mill"], False)


def test_undated_but_later():
    """An undated item that came when we held the other already is the later one."""
    late = seen(MARSH, None, first_seen=MONDAY + 5 * DAY, not_before=MONDAY + 4 * DAY)
    assert told(late, ORIGIN) == told(late, seen(SOUTH, None)) == COPIED


def test_a_credit_outweighs_a_date():
    """Who is credited is the origin, however the other item is dated."""
    crediting = seen(SOUTH, MONDAY - DAY, known=[COPY], claims=credit("Marsh & Mill", COPY.item.url))
    assert told(COPY, crediting) == OWN
    naming = seen(SOUTH, MONDAY - DAY, claims=credit("Marsh & Mill"))
    assert told(COPY, naming) == OWN


def test_a_linked_credit_stands():
    """A credit that names a page is not corrected by the text, whether we hold that page or not."""
    mine = seen(MARSH, MONDAY + DAY, claims=credit("Elsewhere", "https://elsewhere.example/1"))
    assert told(mine, ORIGIN) == (["Elsewhere", "Marsh & Mill"], False)


def test_a_name_without_a_page():
    """A credit without a link finds its page by the text, even where the dates say otherwise."""
    mine = seen(MARSH, MONDAY - DAY, claims=credit("South Desk"))
    assert told(mine, ORIGIN) == COPIED


def test_another_name_without_a_page():
    """A text cannot contradict the outlet that a copy names."""
    mine = seen(MARSH, MONDAY + DAY, claims=credit("Elsewhere"))
    assert told(mine, ORIGIN) == (["Elsewhere", "Marsh & Mill"], False)


def test_the_name_of_an_intermediary():
    """A name may be that of any outlet on the way; an unknown publisher is told by its name alone."""
    hop = Hop(Role.ORIGIN, "Elsewhere", url="https://elsewhere.example/1")
    through = Sighting(ORIGIN.item, Chain((hop, *ORIGIN.chain.hops), origin_known=False), MONDAY)
    for name in ("South Desk", "elsewhere "):
        mine = seen(MARSH, MONDAY + DAY, claims=credit(name))
        assert told(mine, through) == (["Elsewhere", "South Desk", "Marsh & Mill"], False)


def test_the_chain_of_a_copy_goes_on():
    """A copy of a copy has both before it; the earliest of several is its origin."""
    second = replace(COPY, chain=by_text(COPY, MARSH, [ORIGIN]))
    third = seen(TARN, MONDAY + 2 * DAY)
    assert told(third, second) == (["South Desk", "Marsh & Mill", "Tarn Review"], True)
    assert told(third, second, ORIGIN) == (["South Desk", "Tarn Review"], True)


def test_never_a_copy_of_ones_own():
    """Neither an item of the same publisher nor a copy of one is an origin."""
    again = replace(ORIGIN, item=replace(ORIGIN.item, id="i-again", url="https://south.example/again"))
    again = replace(again, item=replace(again.item, published=MONDAY + 2 * DAY), first_seen=MONDAY + 3 * DAY)
    copy = replace(COPY, chain=by_text(COPY, MARSH, [ORIGIN]))
    assert told(again, ORIGIN, copy) == (["South Desk"], True)


def test_who_follows():
    """Traced again when another moves: what leads through it or may, by its words too; never what is its own."""
    copied = replace(COPY, chain=by_text(COPY, MARSH, [ORIGIN]))
    assert follows(copied, ORIGIN)
    assert follows(COPY, ORIGIN)
    assert not follows(ORIGIN, COPY)
    assert follows(copied, seen(TARN, MONDAY - DAY)), "an earlier origin may turn up"
    linked = seen(MARSH, MONDAY + DAY, claims=credit("Elsewhere", "https://elsewhere.example/1"))
    assert follows(linked, ORIGIN), "they may show one work"
    assert follows(seen(MARSH, MONDAY - DAY, claims=credit("South Desk")), ORIGIN)
    assert follows(seen(MARSH, None), seen(SOUTH, None)), "neither is known to be first"
