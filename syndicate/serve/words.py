# SPDX-License-Identifier: Apache-2.0
"""What the server says to readers.

An act is answered in the same words whether or not the address is still on a list: nobody can find out who reads us.
"""

from __future__ import annotations

from typing import Final

from syndicate.pipeline.pages import Gone
from syndicate.publish.page import Message
from syndicate.serve.ports import Letter

CONFIRMED: Final = Message("You are in", ("The next letter comes to you. Every letter ends with a way to stop.",))
UNSUBSCRIBED: Final = Message(
    "We have stopped", ("You are off the list. A letter that was going out at this minute may still reach you.",)
)
SAVED: Final = Message("It is noted", ("From the next letter on it comes as you chose.",))
NO_CHOICE: Final = Message(
    "That is no choice",
    ("Choose on the page how often, at which hour and in the time of which place, and save it. Nothing was changed.",),
)
BACK: Final = Message("You are back", ("The next letter comes to you. Every letter ends with a way to stop.",))
LOOK_IN_YOUR_MAIL: Final = Message(
    "Now look in your mail",
    ("If that address can receive mail, a message from us is on its way. Press the button in it and you are in.",),
    quote_label="Nothing after ten minutes?",
    quote_note="Look in the junk folder. We write to one address at most once a day about it.",
    foot="We show this same page whether or not the address was already on the list, so that nobody can find out who "
    "reads us.",
)
NO_LISTS: Final = Message("No letter to sign up for", ("This site sends none, or its lists are closed.",))
TEST_MAIL: Final = Message(
    "This was a test mail",
    ("It was sent to look at, outside of any list, so its links belong to no reader. Nothing was changed.",),
    foot="In the mails that readers get, this link does what it says.",
)
MISSING: Final = Message("Nothing stands here", ("The address may be mistyped, or the page was taken down.",))
NO_DIGEST: Final = Message(
    "No letter of that day",
    ("None went out to readers under this address. A test mail has no page: it leaves no trace.",),
)
NOT_DONE_HERE: Final = Message("That cannot be done here", ("This address is for reading only.",))


def gone(what: str, told: Gone, contact: str) -> Message:
    """The page that stands where a story or digest was."""
    return Message(f"This {what} is here no longer", (told.because,), foot=f"Is that a mistake? Write to {contact}.")


def shall_we_start(letter: Letter | None) -> Message:
    """The question before somebody is signed up."""
    about = f"You are about to confirm {_name(letter)} for the address this message went to."
    foot = "It was not you? Close this page and nothing happens. Opening the link alone does not sign anybody up."
    return _asking("Shall we start?", about, "Yes, send it to me", "What you agree to", letter, foot)


def stop_it(letter: Letter | None) -> Message:
    """The question before somebody is taken off."""
    about = (
        "We will not write again after you press the button. If a letter is going out at this minute, "
        "it may still reach you."
    )
    foot = "We then only keep on record what you agreed to and that you left. Ask us, and we forget that too."
    return _asking(f"Stop {_name(letter)}?", about, "Unsubscribe", "What you agreed to", letter, foot)


def come_back(letter: Letter) -> Message:
    """The question to somebody who left and changed their mind."""
    about = f"You left {_name(letter)}. It comes again after you press the button."
    return _asking("Start again?", about, "Yes, send it to me", "What you agree to", letter, "")


def off(contact: str) -> Message:
    """The answer to whoever is off the list and does not come back by a link."""
    because = (
        "This address is off the list, and this link cannot put it back: mail to it came back to us, somebody "
        "complained of mail to it, all about it was erased, or the letter is no longer sent. Nothing was changed."
    )
    return Message(
        "You do not get this letter", (because,), foot=f"Is that a mistake, or do you want it? Write to {contact}."
    )


def bad_link(contact: str) -> Message:
    """The answer to a token that is not ours."""
    return Message(
        "This link is not whole",
        ("Some of its characters are missing or changed, so we cannot tell whose it is. Nothing was changed.",),
        foot=f"Open it from the mail again. If it breaks there too, write to {contact}: that works as well.",
    )


def _asking(title: str, about: str, button: str, label: str, letter: Letter | None, foot: str) -> Message:
    wording, asked = (letter.wording, letter.asked) if letter else ("", "")
    return Message(title, (about,), button, label, wording, asked, foot)


def _name(letter: Letter | None) -> str:
    return f"“{letter.name}”" if letter else "these letters"
