# SPDX-License-Identifier: Apache-2.0
"""Where returned mail arrives: a Maildir, an IMAP folder, or a mail server that hands it to us by LMTP.

A message counts as read only when it has been taken; one that breaks the reader is set aside and told, and never stops
the others. Spec: RFC 2033 4.2.
"""

from __future__ import annotations

import logging
import mailbox
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from syndicate.errors import DeliveryError, StoreError

Take = Callable[[bytes, str], str]
"""Takes a message and the address that it came to, "" if unknown; says what followed."""

AT_ONCE = 500
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Maildir:
    """A folder in which a mail server or a fetching program puts mail."""

    folder: Path

    def read(self, take: Take) -> int:
        """Take what is new; how many. DeliveryError: there is no such Maildir."""
        if not (self.folder / "new").is_dir():
            raise DeliveryError(
                "this is no Maildir", subject=str(self.folder), remedy="make it: mkdir -p FOLDER/{new,cur,tmp}"
            )
        box = mailbox.Maildir(str(self.folder), create=False)
        done = 0
        for path in sorted((self.folder / "new").iterdir())[:AT_ONCE]:
            with suppress(FileNotFoundError, KeyError):  # another process was quicker
                _take_one(take, path.read_bytes(), "", str(path))
                key = path.name.partition(box.colon)[0]  # some programs put mail with flags into new
                message = box.get_message(key)
                message.set_subdir("cur")
                message.add_flag("S")
                box[key] = message
                done += 1
        return done


@dataclass(frozen=True, slots=True)
class Imap:
    """A folder on an IMAP server, read over TLS; what was taken is marked as seen."""

    host: str
    username: str
    password: str = field(repr=False)
    port: int = 993
    folder: str = "INBOX"

    def read(self, take: Take) -> int:
        """Take what is unseen; how many. DeliveryError: the server does not let us."""
        from imaplib import IMAP4

        from imap_tools import AND, ImapToolsError, MailBox

        done = 0
        try:
            # Without a context of ours no certificate would be looked at.
            box = MailBox(self.host, self.port, timeout=60, ssl_context=ssl.create_default_context())
            try:
                box.login(self.username, self.password, self.folder)
                for message in box.fetch(AND(seen=False), mark_seen=False, limit=AT_ONCE, bulk=50):
                    _take_one(take, message.obj.as_bytes(), "", f"{self.host} {message.uid}")
                    box.flag([message.uid or ""], "\\Seen", value=True)
                    done += 1
                box.logout()
            finally:
                with suppress(OSError):  # a login that is refused leaves the connection open
                    box.client.shutdown()
        except (ImapToolsError, IMAP4.error, OSError) as error:
            remedy = "check delivery.returns: imap_host, imap_username, imap_password, imap_folder"
            raise DeliveryError(f"the mailbox cannot be read ({error})", subject=self.host, remedy=remedy) from error
        return done


@asynccontextmanager
async def lmtp(host: str, port: int, take: Take) -> AsyncIterator[int]:
    """Listen until the block ends, for a mail server on this machine; the port. DeliveryError: it cannot be had."""
    import asyncio

    from aiosmtpd.lmtp import LMTP

    class Handler:
        """Two of the words of aiosmtpd's protocol."""

        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
            for recipient in envelope.rcpt_tos:
                try:
                    await asyncio.to_thread(take, envelope.content, recipient)
                except StoreError as error:
                    log.warning("returned mail is put off: %s", error)
                    return "451 4.3.0 try again later"
            return "250 2.0.0 taken"

    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(lambda: LMTP(Handler(), enable_SMTPUTF8=True, loop=loop), host, port)
    except OSError as error:
        remedy = "choose another port under delivery.returns.lmtp"
        raise DeliveryError(f"cannot listen there ({error})", subject=f"{host}:{port}", remedy=remedy) from error
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def _take_one(take: Take, content: bytes, sent_to: str, place: str) -> None:
    try:
        take(content, sent_to)
    except StoreError:
        raise
    except Exception:
        log.exception("a returned message cannot be read and is set aside: %s", place)
