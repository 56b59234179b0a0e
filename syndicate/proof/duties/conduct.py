# SPDX-License-Identifier: Apache-2.0
"""Duties of conduct: not sold (O7), no endorsement (O8), in its time (O16, O17), reachable (O25, O26), no appeal (O28).

What was checked before rendering is checked once more against what the channel declares and what stands in the bytes.
"""

import re
from collections.abc import Iterator

from syndicate.model import Ads, Duty, Mode, Purpose
from syndicate.proof.view import Case, View
from syndicate.proof.words import copyright_form, find_whole, fold, unwrap

#: Words by which somebody asks for gifts or members, for itself.
APPEAL = re.compile(
    r"""\b(?:
      (?:please\ )?(?:donate|give|chip\ in)\ (?:now|today|here|online|monthly|via|to\ (?:us|our|help|support|keep))\b
    | (?:make|making)\ (?:a|your)\ (?:\S+\ )?(?:gift|donation|contribution)\b
    | your\ (?:\S+\ )?(?:gift|donation|contribution|support)s?\b
    | (?:support|help\ fund|sustain)\ (?:us|our|this|independent|nonprofit|non-profit|local|public)\b
    | (?:become|becoming)\ (?:a|our)\ (?:\S+\ )?(?:member|supporter|patron|donor|sponsor)\b
    | buy\ us\ a\ coffee | tip\ jar | donation\ button
    | spenden\ sie | jetzt\ spenden | unterst\u00fctzen\ sie\ (?:uns|unsere) | werden\ sie\ (?:mitglied|f\u00f6rderer)
    | faites\ un\ don | soutenez[\ -](?:nous|notre) | devenez\ (?:membre|donateur)
    | haz\ una\ donaci\u00f3n | dona\ (?:ahora|hoy) | ap\u00f3yanos | apoya\ (?:a\ )?nuestro | hazte\ (?:socio|miembro)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_GIVING = re.compile(
    r"(?:paypal\.(?:com|me)/(?:donate|paypalme|cgi-bin)|paypal\.me/|patreon\.com/|ko-fi\.com/|buymeacoffee\.com/"
    r"|opencollective\.com/|gofundme\.com/|donorbox\.org/|givebutter\.com/|liberapay\.com/|steadyhq\.com/)",
    re.IGNORECASE,
)
_ENDORSED = re.compile(
    r"""\b(?:
      in\ (?:official\ )?(?:partnership|cooperation|co-operation|collaboration|association)\ with
    | official(?:ly)?\b | endorsed\ by | sponsored\ by | approved\ by | recommended\ by | certified\ by
    | on\ behalf\ of | partner(?:s|ed)?\ (?:of|with) | presented\ by | brought\ to\ you\ by
    | in\ (?:zusammenarbeit|partnerschaft|kooperation)\ mit | offiziell\w* | im\ auftrag\ von | empfohlen\ von
    | en\ partenariat\ avec | officiel\w* | approuv\u00e9\ par | recommand\u00e9\ par | au\ nom\ de
    | en\ (?:colaboraci\u00f3n|asociaci\u00f3n)\ con | oficial\w* | avalado\ por | recomendado\ por | en\ nombre\ de
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SHOWN_ADDRESS = re.compile(r"\S*[\w-]\.[\w-]+/\S*|https?://\S+")
_ADVERT = re.compile(r"^\W*(?:advertisement|sponsored|anzeige|werbung|publicit\u00e9|publicidad)\W*$", re.IGNORECASE)


def not_sold(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O7: the channel is what the terms allow, and nothing at the item advertises or has a price."""
    channel = case.setting.channel
    most = Ads.AROUND if duty.how == "around" else Ads.NONE
    commercial = channel.purpose is Purpose.COMMERCIAL and duty.how != "around"
    if case.mode > Mode.LINK and (channel.ads > most or channel.paid or commercial):
        yield f"channel {channel.id} is commercial, and the text may not be used commercially"
    for scope in view.html:
        for what in scope.adverts:
            yield f"{what} stands at the item in {view.where}"
        if any(_ADVERT.match(line) for line in scope.visible.split("\n")):
            yield f"an advertisement stands at the item in {view.where}"
    for name in view.machine.sales if view.machine is not None else ():
        yield f'"{name}" at the item in {view.where} asks for money'


def no_endorsement(case: Case, _: Duty, view: View) -> Iterator[str]:
    """O8: no word beside the credit suggests that the publisher stands behind us; we issue it under our own name."""
    for text, _plain in view.surroundings(case):
        found = _ENDORSED.search(text) and _ENDORSED.search(_without(copyright_form(text), _owed_words(case)))
        if found:
            yield f'"{found[0]}" beside the credit in {view.where} suggests an endorsement'
    ours = fold(case.setting.site.name).casefold()
    theirs = {fold(hop.name).casefold() for hop in case.entry.chain.hops if hop.name} - {ours}
    for name in view.document.issuers:
        if fold(name).casefold() in theirs:
            yield f'{view.where} is issued in the name of "{name}"'


def _owed_words(case: Case) -> list[str]:
    """What stands beside a text because somebody asked for it, or because it is called so; the longest first."""
    entry = case.entry
    duties = (text for duty in entry.decision.duties for text in (*duty.texts, duty.url, *duty.also))
    people = (person.name for person in entry.item.authors)
    labels = (text for one in entry.item.categories for text in (one.label, one.term))
    names = (hop.name for hop in entry.chain.hops)
    told = (*duties, *people, *labels, *names, entry.item.title, entry.decision.because, entry.decision.contact)
    bare = (text.replace("[", "").replace("]", "") for text in told)
    forms = {form for text in filter(None, bare) for form in (copyright_form(text), copyright_form(unwrap(text)))}
    return sorted(forms - {""}, key=len, reverse=True)


def _without(text: str, said: list[str]) -> str:
    """``text`` without what is said in it for another reason, and without addresses."""
    text = _SHOWN_ADDRESS.sub(" ; ", text)
    for one in said:
        end = find_whole(one, text)
        while end >= 0:
            text = f"{text[: end - len(one)]} ; {text[end:]}"
            end = find_whole(one, text)
    return text


def in_time(case: Case, duty: Duty, view: View) -> Iterator[str]:
    """O16, O17: not before its time, and no text of it after its time."""
    now = case.setting.now
    if duty.id == "O16" and duty.start is not None and now < duty.start:
        yield f"it stands in {view.where} before {duty.start:%Y-%m-%d %H:%M} UTC"
    if duty.id == "O17" and duty.end is not None and now >= duty.end and case.mode > Mode.LINK:
        yield f"its text stands in {view.where} after {duty.end:%Y-%m-%d %H:%M} UTC"


def reachable(case: Case, _: Duty, view: View) -> Iterator[str]:
    """O25, O26: the document itself says where we are reached."""
    contact = case.setting.site.contact
    wanted = {contact, f"mailto:{contact}"}
    if view.part == "mail text":
        found = any(contact in text for text in view.document.contacts)
    else:
        found = any(one.split("?")[0] in wanted for one in view.document.contacts)
    if not found:
        yield f'our contact "{contact}" not found in {view.where}'


def no_appeal(_: Case, __: Duty, view: View) -> Iterator[str]:
    """O28: nobody is asked for a gift at the item, neither for us nor in the publisher's name."""
    for text, _plain in view.renderings():
        found = APPEAL.search(text)
        if found:
            yield f'"{found[0]}" at the item in {view.where} asks for gifts'
    links = [anchor.href for scope in view.html for anchor in scope.anchors]
    links += [word for text in view.texts for word in text.split() if "://" in word]
    for url in filter(_GIVING.search, links):
        yield f'link to "{url}" at the item in {view.where} leads to where gifts are asked for'
    for name in view.machine.sales if view.machine is not None else ():
        yield f'"{name}" at the item in {view.where} asks for money'
