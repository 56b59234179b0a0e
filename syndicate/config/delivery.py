# SPDX-License-Identifier: Apache-2.0
"""The keys of sending: how fast, over how many connections, and where bounces go."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from syndicate.config import values as v
from syndicate.config.section import Section, key

Count = Annotated[int, Field(ge=0)]


class Returns(Section):
    """Where bounces and complaints arrive. Several places are read one after the other; without one nothing is read."""

    maildir: v.MaybeLine = key("", "A Maildir, relative to the configuration file.")
    imap_host: v.MaybeLine = key("", "An IMAP server, reached over TLS.")
    imap_port: Annotated[int, Field(ge=1, le=65535)] = key(993, "Its port.")
    imap_username: str = key("", "Name to log in with.")
    imap_password: str = key("", "Best given as `SYNDICATE_DELIVERY__RETURNS__IMAP_PASSWORD_FILE`.")
    imap_folder: v.Line = key("INBOX", "The folder to read.")
    lmtp: v.MaybeListen = key("", "Address and port to listen on for a mail server of this machine, while `run` runs.")


class Dkim(Section):
    """A signature of our own, for a mail server that does not sign. It covers the fields of the list."""

    selector: v.MaybeLine = key("", "The selector; empty: we do not sign.")
    key_file: v.MaybeLine = key("", "The private key (PEM, RSA, 2048 bits or more), relative to this file.")
    domain: v.MaybeLine = key("", "The domain that signs.", shown="that of the channel's `from`")


class Delivery(Section):
    """How mail goes out. A limit of 0 is none."""

    connections: Annotated[int, Field(ge=1, le=200)] = key(
        10, "To the mail server at once, at most; opened one after the other as it takes our mail."
    )
    per_second: Count = key(0, "Mails in a second, of all processes on this database.")
    per_hour: Count = key(0, "Mails in an hour.")
    domain_per_minute: Count = key(0, "Mails in a minute to the readers of one mail domain.")
    unknown: Literal["resend", "hold"] = key(
        "resend",
        "A mail whose answer was lost: `resend` it, at most twice and with the same Message-ID, or `hold` it for you "
        "to decide.",
    )
    bounces: v.MaybeEmail = key(
        "",
        "Where bounces go. The mail server must deliver `NAME+anything` of it too, since what stands behind the `+` "
        "says whose bounce it is.",
        shown="`bounces` at the domain of the channel's `from`",
    )
    returns: Returns = key(Returns(), "Where bounces and complaints arrive.", shown="nowhere")
    dkim: Dkim = key(Dkim(), "A signature of our own.", shown="none: the mail server signs")
