# SPDX-License-Identifier: Apache-2.0
"""Jobs for workers on several machines, in the queue of Procrastinate in the same database.

A job stands in the queue if, and only if, the transaction that it was added in is committed. The truth is elsewhere:
what is due is due with or without a job, and whoever plans finds it again. Where no worker was ever started there is
no queue, and nothing is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from syndicate.store.statements import alone

POLLING, COMPOSING, DELIVERING = QUEUES = ("polling", "composing", "delivering")


class Jobs:
    """The queue, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` is in a transaction."""
        self._connection = connection

    def prepare(self) -> None:
        """Make the queue, if there is none."""
        from procrastinate.schema import SchemaManager

        alone(self._connection, "the queue")
        if not self._exists():
            self._driver().execute(SchemaManager.get_schema())

    def add(
        self, queue: str, task: str, arguments: Mapping[str, Any], *, alone: str = "", once: str = "", wait: int = 0
    ) -> bool:
        """Add a job, to be begun after ``wait`` seconds; False if there is no queue, or one waits that says the same.

        Of jobs with the same ``alone`` one runs at a time, of those with the same ``once`` one waits at a time.
        """
        if not self._exists():
            return False
        from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

        options: dict[str, Any] = {"queue": queue, "lock": alone or None, "queueing_lock": once or None}
        if wait:
            options["schedule_in"] = {"seconds": wait}
        try:
            with self._connection.begin_nested():
                _queue().configure_task(task, connection=self._driver(), **options).defer(**arguments)
        except AlreadyEnqueued:
            return False
        except ConnectorException as error:  # SQLAlchemy, which words the others so, does not see this statement
            raise DBAPIError(f"job {task}", None, error.__cause__ or error) from error
        return True

    def depths(self) -> dict[str, dict[str, int]]:
        """By queue how many jobs are in each state: todo, doing, failed; nothing where there is no queue."""
        if not self._exists():
            return {}
        query = text("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2")
        found: dict[str, dict[str, int]] = {queue: {} for queue in QUEUES}
        for queue, status, number in self._connection.execute(query):
            found.setdefault(queue, {})[status] = number
        return found

    def waiting(self, queue: str) -> int:
        """How many jobs of a queue wait to be begun."""
        query = text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = :queue AND status = 'todo'")
        return int(self._connection.execute(query, {"queue": queue}).scalar_one())

    def named(self, queue: str, argument: str) -> set[str]:
        """What the jobs of a queue, waiting or running, say in one of their arguments."""
        query = text("SELECT args ->> :argument FROM procrastinate_jobs WHERE queue_name = :queue")
        return set(self._connection.execute(query, {"queue": queue, "argument": argument}).scalars()) - {None}

    def _exists(self) -> bool:
        if self._connection.dialect.name != "postgresql":
            return False
        query = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
        return bool(self._connection.execute(query).scalar_one())

    def _driver(self) -> Any:
        return self._connection.connection.driver_connection


@cache
def _queue() -> Any:
    from procrastinate import App, SyncPsycopgConnector

    return App(connector=SyncPsycopgConnector())
