# SPDX-License-Identifier: Apache-2.0
"""Messages that come back, in the forms of the wild: made from a few values, for tests."""

from __future__ import annotations

OURS = "Message-ID: {id}\r\nFrom: news@bulletin.example\r\nTo: r0@reader.example\r\nSubject: This week\r\n"


def dsn(to, status="5.1.1", *, action="failed", code="", message_id="", part="message/rfc822", more=""):
    """A delivery report of RFC 3464."""
    diagnostic = f"Diagnostic-Code: smtp; {code}\r\n" if code else ""
    action = f"Action: {action}\r\n" if action else ""
    returned = OURS.format(id=message_id) if message_id else "From: x@y.example\r\n"
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered Mail\r\n"
        f"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n{more}"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; r0@reader.example\r\n{action}Status: {status}\r\n{diagnostic}\r\n"
        f"--b\r\nContent-Type: {part}\r\n\r\n{returned}\r\nHello.\r\n--b--\r\n"
    ).encode()


def arf(to, kind="abuse", *, mail_from="", message_id="<x@y.example>"):
    """A complaint of RFC 5965, its recipient blacked out."""
    sender = f"Original-Mail-From: <{mail_from}>\r\n" if mail_from else ""
    return (
        f"From: fbl@mailbox.example\r\nTo: {to}\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nA user called this spam.\r\n\r\n"
        f"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: x/1\r\nVersion: 1\r\n"
        f"{sender}Redacted-Address: yes\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{OURS.format(id=message_id)}\r\nHello.\r\n--b--\r\n"
    ).encode()


def qmail(to, text="Sorry, no mailbox here by that name. (#5.1.1)"):
    """A report of qmail, which has a format of its own."""
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: failure notice\r\n\r\n"
        "Hi. This is the qmail-send program at mx.example.\r\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
        f"<r0@reader.example>:\r\n{text}\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nSubject: x\r\n"
    ).encode()


def vacation(to):
    """An automatic answer of a person who is away."""
    return (
        f"From: r0@reader.example\r\nTo: {to}\r\nSubject: Away: 550 5.1.1\r\nAuto-Submitted: auto-replied\r\n\r\n"
        "I am away. 550 5.1.1 is only a number here.\r\n"
    ).encode()


def person(to):
    """A mail that somebody wrote."""
    return f"From: r0@reader.example\r\nTo: {to}\r\nSubject: Hello\r\n\r\nI like it.\r\n".encode()
