# SPDX-License-Identifier: Apache-2.0
"""The store: everything that must survive a crash. All SQL lives in this wing.

``open_store(url)`` gives a ``Store``; ``store.write()`` and ``store.read()`` give one ``Transaction`` each, which holds
the aggregates. What a transaction did is on the disk when its ``with`` block has ended, all of it or nothing.
"""

from syndicate.store.additions import added_to
from syndicate.store.claims import Claimed
from syndicate.store.gauges import Gauges
from syndicate.store.jobs import COMPOSING, DELIVERING, POLLING, QUEUES
from syndicate.store.leases import Lease
from syndicate.store.ledger import LedgerKind
from syndicate.store.outbox import Settled
from syndicate.store.person_rows import address, address_key
from syndicate.store.polls import QUEUED, Manners, Taken
from syndicate.store.records import (
    Added,
    Carried,
    Composed,
    DuePage,
    EditionSummary,
    Head,
    LedgerRow,
    PollRun,
    RecordedTerms,
    Sought,
    SourceChange,
    SourceState,
    Stood,
    Stored,
    StoredEdition,
    StoredItem,
    Suggestion,
    Suppression,
    Tally,
    Traced,
)
from syndicate.store.store import Store, Transaction, open_store

__all__ = [
    "COMPOSING",
    "DELIVERING",
    "POLLING",
    "QUEUED",
    "QUEUES",
    "Added",
    "Carried",
    "Claimed",
    "Composed",
    "DuePage",
    "EditionSummary",
    "Gauges",
    "Head",
    "Lease",
    "LedgerKind",
    "LedgerRow",
    "Manners",
    "PollRun",
    "RecordedTerms",
    "Settled",
    "Sought",
    "SourceChange",
    "SourceState",
    "Stood",
    "Store",
    "Stored",
    "StoredEdition",
    "StoredItem",
    "Suggestion",
    "Suppression",
    "Taken",
    "Tally",
    "Traced",
    "Transaction",
    "added_to",
    "address",
    "address_key",
    "open_store",
]
