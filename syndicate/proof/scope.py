# SPDX-License-Identifier: Apache-2.0
"""What a reader sees of one item in one HTML document: values that know no duty and no parser."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from syndicate.proof.words import fold

#: Where a run of text stands, as bits: in the credit, in the carried text, out of the reader's sight.
CREDIT, BODY, VEILED = 1, 2, 4

Run = tuple[int, str]
"""A piece of text and where it stands."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A live link: its target to the letter, the text that a reader sees of it, and where it stands."""

    href: str
    text: str
    rel: frozenset[str]
    in_credit: bool
    in_body: bool


@dataclass(frozen=True)
class Scope:
    """One item in one HTML document. ``runs`` is its text in order; ``bodies`` and ``credits`` count such elements.

    ``language`` is that of the carried text ("" if it is not told), ``embeds`` are addresses that load without a click,
    ``adverts`` marks of advertising or of a price, ``headings`` what the visible headings outside the text say.
    """

    item_id: str
    mode: str
    runs: tuple[Run, ...]
    bodies: int
    credits: int
    language: str
    anchors: tuple[Anchor, ...]
    embeds: tuple[str, ...]
    active: tuple[str, ...]
    adverts: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()

    @cached_property
    def visible(self) -> str:
        """All that is visible, a line each."""
        return "".join([text for where, text in self.runs if not where & VEILED])

    @cached_property
    def credit(self) -> str:
        """What is visible of the credit."""
        return _of(self.runs, CREDIT)

    @cached_property
    def body(self) -> str | None:
        """What is visible of the carried text; None if there is no such element."""
        return _of(self.runs, BODY) if self.bodies else None

    @cached_property
    def veiled(self) -> str:
        """Text of the credit that cannot be seen, folded."""
        return fold("".join([text for where, text in self.runs if where == CREDIT | VEILED]))

    @cached_property
    def folded(self) -> str:
        """``visible``, folded."""
        return fold(self.visible)

    @cached_property
    def folded_credit(self) -> str:
        """``credit``, folded."""
        return fold(self.credit)

    @cached_property
    def ahead(self) -> tuple[Run, ...]:
        """What stands before the carried text; everything if there is none."""
        first = next((at for at, (where, _) in enumerate(self.runs) if where & BODY), len(self.runs))
        return self.runs[:first]

    @cached_property
    def behind(self) -> tuple[Run, ...]:
        """What stands after the carried text; nothing if there is none."""
        last = next((at for at in range(len(self.runs) - 1, -1, -1) if self.runs[at][0] & BODY), len(self.runs))
        return self.runs[last + 1 :]

    @cached_property
    def around(self) -> str:
        """What is visible outside the carried text, folded."""
        return fold("".join([text for where, text in self.runs if not where & (BODY | VEILED)]))

    def as_credit(self) -> "Scope":
        """The same as the credit of an item: a rendering that carries nothing else."""
        anchors = tuple(replace(anchor, in_credit=True) for anchor in self.anchors)
        return replace(self, runs=tuple((CREDIT | where & VEILED, text) for where, text in self.runs), anchors=anchors)


def _of(runs: Iterable[Run], place: int) -> str:
    return "".join([text for where, text in runs if where & (place | VEILED) == place])


def shown(runs: Iterable[Run], *, credit: bool = False) -> str:
    """What is visible of ``runs``, or of the credit in them, folded."""
    wanted = CREDIT if credit else 0
    return fold("".join([text for where, text in runs if not where & VEILED and where & wanted == wanted]))


@dataclass(frozen=True, slots=True)
class Sight:
    """One HTML document: its scopes in order, the whole of it as one scope, and what could not be judged.

    ``canonicals`` are the pages that it declares to be the original of it, ``doubts`` say what of it cannot be
    judged from its bytes.
    """

    scopes: tuple[Scope, ...]
    whole: Scope
    problems: tuple[str, ...] = ()
    canonicals: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def visible(self) -> str:
        """All that is visible."""
        return self.whole.visible

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """All live links."""
        return self.whole.anchors

    def as_credit(self) -> Scope:
        """The whole document as the credit of an item."""
        return self.whole.as_credit()


LookAt = Callable[[str], Sight]
"""What sees the text of an HTML document or fragment as a reader does."""


@dataclass(slots=True)
class Notes:
    """A scope while it is being read."""

    item_id: str = ""
    mode: str = ""
    runs: list[Run] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    embeds: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    adverts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    language: str = ""
    credits: int = 0
    bodies: int = 0

    def finished(self) -> Scope:
        """The scope as a value."""
        return Scope(
            item_id=self.item_id,
            mode=self.mode,
            runs=tuple(self.runs),
            bodies=self.bodies,
            credits=self.credits,
            language=self.language,
            anchors=tuple(self.anchors),
            embeds=tuple(self.embeds),
            active=tuple(self.active),
            adverts=tuple(self.adverts),
            headings=tuple(self.headings),
        )
