# SPDX-License-Identifier: Apache-2.0
"""The store as the pipeline sees it: transactions, and in each of them the aggregates."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, select

from syndicate.errors import StoreError
from syndicate.model import Key
from syndicate.store import backup, barred, place
from syndicate.store.additions import Additions
from syndicate.store.channels import Channels
from syndicate.store.claims import Claims
from syndicate.store.database import (
    ATTEMPTS,
    BUSY_SECONDS,
    READ,
    WRITE,
    Watch,
    in_words,
    open_engine,
    patience,
    transaction,
    was_in_the_way,
)
from syndicate.store.destinations import Destinations
from syndicate.store.editions import Editions
from syndicate.store.figures import Figures
from syndicate.store.gauges import Gauges, gauges
from syndicate.store.holding import Holding
from syndicate.store.items import Items
from syndicate.store.jobs import Jobs
from syndicate.store.keys import Keys
from syndicate.store.leases import Leases
from syndicate.store.ledger import Ledger
from syndicate.store.marks import Marks
from syndicate.store.operators import Operators
from syndicate.store.outbox import Outbox
from syndicate.store.overrides import Overrides
from syndicate.store.people import People
from syndicate.store.place import Place
from syndicate.store.polls import Polls
from syndicate.store.presence import Presence
from syndicate.store.rates import Rates
from syndicate.store.receipts import Receipts
from syndicate.store.returns import Returns
from syndicate.store.schema import meta
from syndicate.store.sendings import Alarms, Relays, Sendings
from syndicate.store.shingles import Shingles
from syndicate.store.sources import Sources
from syndicate.store.statements import add_missing, alone
from syndicate.store.suggestions import Suggestions
from syndicate.store.terms import Picks, Terms
from syndicate.store.turns import Turns
from syndicate.store.webpages import WebPages
from syndicate.store.works import Works

T = TypeVar("T")


class Transaction:
    """All that can be read and written in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection
        self.sources = Sources(connection)
        self.additions = Additions(connection)
        self.polls = Polls(connection)
        self.holding = Holding(connection)
        self.marks = Marks(connection)
        self.items = Items(connection)
        self.shingles = Shingles(connection)
        self.works = Works(connection)
        self.channels = Channels(connection)
        self.terms = Terms(connection)
        self.picks = Picks(connection)
        self.overrides = Overrides(connection)
        self.editions = Editions(connection)
        self.presence = Presence(connection)
        self.receipts = Receipts(connection)
        self.people = People(connection)
        self.outbox = Outbox(connection)
        self.place = Place(connection)
        self.claims = Claims(connection, self.place)
        self.sendings = Sendings(connection)
        self.relays = Relays(connection)
        self.destinations = Destinations(connection)
        self.leases = Leases(connection)
        self.alarms = Alarms(connection)
        self.keys = Keys(connection)
        self.operators = Operators(connection)
        self.returns = Returns(connection)
        self.rates = Rates(connection)
        self.webpages = WebPages(connection)
        self.suggestions = Suggestions(connection)
        self.ledger = Ledger(connection)
        self.figures = Figures(connection)
        self.jobs = Jobs(connection)

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone alone if anything in it raises."""
        with in_words(self._connection.engine.url), self._connection.begin_nested():
            yield

    def alone(self, what: str) -> None:
        """Until the transaction ends no other one gets past here with the same name."""
        alone(self._connection, what)


class Store:
    """A database that is open. Threads may share it; each transaction belongs to one thread."""

    def __init__(self, engine: Engine, file: Path | None = None) -> None:
        """``engine`` is of a database that is up to date, ``file`` the one that holds it, None on a server."""
        self._engine = engine
        self._file = file
        self._instance = ""
        self._beside = Path(f"{file}{barred.SUFFIX}") if file else None  # where its suppression list is kept as well
        self._place = Path(f"{file}{place.SUFFIX}") if file else None
        self._watch = Watch(engine)
        self._turn = Turns(BUSY_SECONDS * ATTEMPTS).turn if file else nullcontext

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One writing transaction: committed to the disk at the end, undone if anything raises.

        One writer at a time; waits 15 seconds for another. StoreError: the database cannot be used now.
        """
        with self._turn(), transaction(self._engine, WRITE) as connection:
            tx = Transaction(connection)
            yield tx
            if self._beside and tx.people.changes:
                barred.append(self._beside, tx.people.changes)
        if self._place and tx.place.claims:
            place.note(self._place, self.instance(), tx.place.claims)

    def copied(self) -> str:
        """Why this database is taken for a copy that must not send, "" if it is none. Looked at when it is opened."""
        if self._place is None:
            with self.read() as tx:
                return tx.place.copied()
        said = place.read(self._place)
        with self.read() as tx:
            known, claims = tx.place.copied(), int(tx.place.get(place.CLAIMS) or 0)
        why = known or place.suspicion(said, self.instance(), claims)
        if why and not known:
            with self.write() as tx:
                tx.place.put(place.COPIED, why)
        elif not claims and not why:
            place.note(self._place, self.instance(), 0, anew=True)
        return why

    def take_over(self) -> None:
        """A person said that this database is the one that sends from now on."""
        with self.write() as tx:
            tx.place.put(place.COPIED, "")
            tx.place.put(place.HOME, "")
            tx.place.claimed()
            claims, tx.place.claims = tx.place.claims, 0
        if self._place:
            place.note(self._place, self.instance(), claims, anew=True)

    def retire(self, why: str) -> None:
        """Another database sends from now on, this one does not; ``why`` is what a person is told."""
        with self.write() as tx:
            tx.place.put(place.COPIED, why)

    def gauges(self, now: datetime) -> Gauges:
        """How everything stands, in numbers."""
        with transaction(self._engine, READ) as connection:
            return gauges(connection, now)

    @property
    def server(self) -> str:
        """How libpq reaches the server, with the password; "" where the database is a file."""
        if self._engine.dialect.name != "postgresql":
            return ""
        url = self._engine.url.set(drivername="postgresql")
        return url.update_query_dict(patience(url)).render_as_string(hide_password=False)

    @property
    def name(self) -> str:
        """Its URL, without a password."""
        return self._engine.url.set(drivername=self._engine.dialect.name).render_as_string(hide_password=True)

    def catch_up(self, now: datetime) -> int:
        """Put on the suppression list who left since this copy of the database was made; how many.

        Who was erased since is forgotten again, and what the file beside the database lacks is added to it.
        """
        if self._beside is None:
            return 0
        listed, erased = barred.read(self._beside)
        with self.read() as tx:
            held, known = tx.people.suppressions(), tx.people.unforgotten(erased)
        here = {(one.channel_id, one.email_sha256) for one in held}
        there = {(one.channel_id, one.email_sha256) for one in listed}
        missing = [(True, one) for one in held if (one.channel_id, one.email_sha256) not in there]
        if missing:
            barred.append(self._beside, missing)
        if there <= here and not known:
            return 0
        with self.write() as tx:
            return tx.people.suppress_all(listed, now, erased)

    def act(self, work: Callable[[Transaction], T]) -> T:
        """Do ``work`` in a writing transaction; anew, a few times, if another process was in the way."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.write() as tx:
                    return work(tx)
            except StoreError as error:
                if attempt == ATTEMPTS or not was_in_the_way(error):
                    raise
                time.sleep(0.1 * attempt)  # the other one gets on meanwhile
        raise AssertionError("unreachable")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One look at one state of the database, whatever others write meanwhile. Writing raises StoreError."""
        with transaction(self._engine, READ) as connection:
            yield Transaction(connection)

    def secret(self) -> bytes:
        """The key that our Message-IDs are made with: 32 random bytes, made once for each database."""
        return bytes.fromhex(self._made_once("secret"))

    def receipt_key(self) -> bytes:
        """The key that receipts to publishers are signed with: 32 random bytes, made once for each database."""
        return bytes.fromhex(self._made_once("receipts"))

    def keys(self, now: datetime) -> tuple[Key, ...]:
        """The keys that sign our tokens, the newest first; the first is made when there is none."""
        with self.read() as tx:
            held = tx.keys.all()
        if held:
            return held
        with self.write() as tx:
            tx.alone("the keys")
            return tx.keys.all() or (tx.keys.make(now),)

    def instance(self) -> str:
        """What tells this database from every other one."""
        self._instance = self._instance or self._made_once(place.INSTANCE)
        return self._instance

    def backup(self, target: Path) -> int:
        """Copy the database to a new file while others write to it; its size in bytes. See ``backup.py``."""
        return backup.copy(self._file, target) if self._file else backup.dump(self._engine.url, target)

    def version(self) -> str:
        """Another word whenever something may have been written since it was asked last, by whatever process."""
        return self._watch.version()

    def close(self) -> None:
        """Give the connections back. The store is not used after this."""
        self._watch.close()
        self._engine.dispose()

    def _made_once(self, key: str) -> str:
        query = select(meta.c.value).where(meta.c.key == key)
        with transaction(self._engine, READ) as connection:
            value: str | None = connection.execute(query).scalar_one_or_none()
        if value is not None:
            return value
        with transaction(self._engine, WRITE) as connection:
            add_missing(connection, meta, [{"key": key, "value": secrets.token_hex(32)}], key=["key"])
            made: str = connection.execute(query).scalar_one()
        return made


def open_store(url: str) -> Store:
    """Open the database, creating file, folder and tables as needed.

    ``url`` is "sqlite:///path" or "postgresql://user@host/name". Any number of processes may do this at once.
    StoreError: it cannot be opened, or is of a newer version of this program.
    """
    engine = open_engine(url)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return Store(engine, Path(file) if file else None)
