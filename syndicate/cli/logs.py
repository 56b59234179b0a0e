# SPDX-License-Identifier: Apache-2.0
"""What the long-running commands say of their work: lines for people, or JSON for machines (`log: json`).

In either form nothing is said that opens a door or names a reader: passwords in addresses, signed tokens, keys and the
local parts of mail addresses are masked.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from syndicate.cli.work import show_report
from syndicate.errors import ProofError, SyndicateError
from syndicate.pipeline.release import Released
from syndicate.pipeline.tell import worded
from syndicate.schedule.cycle import Report

JSON = "json"
MASK = "***"
_SECRETS = (
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),  # user and password in a URL
    re.compile(r"\b[0-9a-z]+-[0-9a-z]+-[0-9a-z]+-[0-9a-f]{28}\b", re.IGNORECASE),  # tokens, see deliver/tokens.py
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?i)(?<=basic )[a-z0-9+/]{6,}=*"),
    re.compile(r"(?i)(?<=[?&])(?:key|token|password|secret|api_?key|access_token)=[^&\s]+"),
    re.compile(r"[^\s<>\"'(),:;=/@]+(?=@[^\s@]+\.[a-z]{2,})", re.IGNORECASE),  # the local part of a mail address
)

log = logging.getLogger("syndicate")


def masked(text: str) -> str:
    """The text without what opens a door or names a reader."""
    for secret in _SECRETS:
        text = secret.sub(MASK, text)
    return text


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class _Json(logging.Formatter):
    """One object a line: time, level, logger, event, and what belongs to the event."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": masked(record.getMessage()),
            **{name: _masked(value) for name, value in getattr(record, "fields", {}).items()},
        }
        if record.exc_info:
            line["trace"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {name: _masked(one) for name, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list) else value


def begin(form: str) -> Callable[[Report], None]:
    """Set the log up in this form; what tells of each report in it."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if form == JSON else _Text("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    log.setLevel(logging.INFO)
    return _log_report if form == JSON else lambda report: show_report(report, masked)


def _log_report(report: Report) -> None:
    """Each thing that happened as an event."""
    if report.polled:
        counted = Counter(polled.status for polled in report.polled)
        _say("polled", sources=dict(counted), items=sum(len(one.new) for one in report.polled))
    for polled in report.polled:
        if polled.error:
            _warn("poll failed", source=polled.source_id, error=polled.error)
    for change in report.changes:
        _say("source changed", source=change.source_id, what=worded(change))
    for released in report.released:
        _released(released)
    for error in [*report.refused, *report.trouble]:
        _error(error)
    if report.outcomes:
        _say("delivered", **{str(state): number for state, number in report.outcomes.items()})


def _released(released: Released) -> None:
    edition = released.verified.edition
    modes = Counter(entry.decision.mode.name.lower() for entry in edition.entries)
    of = {"channel": released.channel.id, "edition": edition.id, "recipients": released.recipients}
    _say("released", **of, proved=len(released.verified.proved), modes=dict(modes))


def _error(error: SyndicateError) -> None:
    found = [f"{one.item_id}: {one.duty} in {one.part}" for one in getattr(error, "findings", ())[:20]]
    more = {"findings": found} if isinstance(error, ProofError) else {}
    _warn(error.what, stage=error.stage, subject=error.subject, remedy=error.remedy, **more)


def _say(event: str, **fields: Any) -> None:
    log.info(event, extra={"fields": fields})


def _warn(event: str, **fields: Any) -> None:
    log.warning(event, extra={"fields": fields})
