# SPDX-License-Identifier: Apache-2.0
"""One tree of errors. Each names the stage, the thing it happened to, the cause and the remedy.

    SyndicateError
    ├── ConfigError      the configuration is not usable                       exit 2
    ├── UsageError       the command was called with something we do not have  exit 2
    ├── FetchError       a source could not be fetched                         that source's problem
    ├── ParseError       a document could not be read as a feed                that source's problem
    ├── RenderError      a template or a value could not be rendered           that edition's problem
    ├── ProofError       a finished edition does not meet its duties           that edition's problem
    ├── StoreError       the database is not usable                            exit 75
    └── DeliveryError    the relay is not usable                               exit 75, deliveries stay due

Errors are data: the command line and the web pages translate them, nobody else prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from syndicate.model import Finding


class SyndicateError(Exception):
    """What happened, to what, and what to do about it."""

    stage: ClassVar[str] = "syndicate"
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, subject: str = "", remedy: str = "") -> None:
        """``what`` happened to ``subject`` (a source id, a file, a channel); ``remedy`` is one imperative sentence."""
        super().__init__(what)
        self.what = what
        self.subject = subject
        self.remedy = remedy

    def __str__(self) -> str:
        """One line: ``subject: what; remedy``."""
        line = f"{self.subject}: {self.what}" if self.subject else self.what
        return f"{line}; {self.remedy}" if self.remedy else line

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders whole: pickle them with what their constructors set."""
        return _rebuild, (type(self), self.args, vars(self))


def _rebuild(kind: type[SyndicateError], args: tuple[object, ...], state: dict[str, object]) -> SyndicateError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigError(SyndicateError):
    """One or more mistakes in the configuration; ``problems`` has a line for each."""

    stage = "config"
    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        """Each problem is one finished line: ``file:line:column: key: what; remedy``."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class LimitError(SyndicateError):
    """Something is asked for more often than we do it."""

    stage = "serve"


class UsageError(SyndicateError):
    """The command names something that does not exist here."""

    stage = "usage"
    exit_code = 2


class FetchError(SyndicateError):
    """A source could not be fetched. ``status`` is the HTTP status, 0 if there was none; ``retry_after`` in seconds."""

    stage = "fetch"

    def __init__(
        self, what: str, *, subject: str = "", remedy: str = "", status: int = 0, retry_after: float | None = None
    ) -> None:
        """See the class."""
        super().__init__(what, subject=subject, remedy=remedy)
        self.status = status
        self.retry_after = retry_after


class ParseError(SyndicateError):
    """A document is not a feed, or reading it took more than it may."""

    stage = "parse"


class RenderError(SyndicateError):
    """An edition could not be rendered; ``subject`` is the template or the channel."""

    stage = "render"


class ProofError(SyndicateError):
    """A finished edition does not keep what its decisions promise; nothing of it was released."""

    stage = "proof"

    def __init__(self, what: str, findings: Sequence[Finding], *, subject: str = "", remedy: str = "") -> None:
        """``findings`` are what the verifier missed in the last attempt."""
        super().__init__(what, subject=subject, remedy=remedy)
        self.findings = tuple(findings)


class StoreError(SyndicateError):
    """The database cannot be used now."""

    stage = "store"
    exit_code = 75


class DeliveryError(SyndicateError):
    """The relay cannot be used now; nothing was lost."""

    stage = "deliver"
    exit_code = 75
