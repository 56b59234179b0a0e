# SPDX-License-Identifier: Apache-2.0
"""A wrong file is explained: every mistake at once, each with its line and what to write instead."""

import pytest

from syndicate.config import load, statement
from syndicate.errors import ConfigError
from syndicate.model import Mode
from syndicate.publish.subject import fault

TOP = "allowed: channels, console, database, delivery, log, network, output, publishers, site, smtp, sources, terms"
SITE = "site: {name: B, url: https://b.example, contact: ed@b.example}\n"
SOURCES = """\
publishers: {south: {name: South}}
sources:
  - {id: one, url: https://south.example/1, publisher: south}
"""


def problems(text, name="config.yaml"):
    """Lines about ``text``."""
    with pytest.raises(ConfigError) as caught:
        load(text, name=name, licence=lambda _: None, read_file=lambda _: "", subject=fault)
    return list(caught.value.problems)


def test_an_address_to_listen_on():
    """Where bounces are taken by LMTP is an address with a port."""
    load(SITE + "delivery: {returns: {lmtp: '127.0.0.1:8024'}}\n", licence=lambda _: None, read_file=lambda _: "")
    assert problems(SITE + "delivery: {returns: {lmtp: localhost}}\n") == [
        "config.yaml:2: delivery.returns.lmtp: 'localhost' is not an address to listen on; write 127.0.0.1:8024"
    ]


@pytest.mark.parametrize("given", ["127.0.0.1", "127.0.0.1:5353", "::1", "[::1]", "[::1]:5353"])
def test_a_name_server(given):
    """The DNS is asked at an address of either version, with or without a port."""
    text = SITE + f"network: {{name_server: '{given}'}}\n"
    assert load(text, licence=lambda _: None, read_file=lambda _: "").network.name_server == given


@pytest.mark.parametrize("given", ["dns.example", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1/53", "[::1", "::1:53:x"])
def test_what_is_no_name_server(given):
    """A name would have to be asked for first; a port that there is not is none."""
    remedy = "write its address, such as 127.0.0.1 or 127.0.0.1:5353"
    assert problems(SITE + f"network: {{name_server: '{given}'}}\n") == [
        f"config.yaml:2: network.name_server: '{given}' is not a name server; {remedy}"
    ]


def test_a_subject_that_cannot_be_used():
    """A digest's subject that names what there is not is refused when the file is read."""
    weekly = (
        "channels: {weekly: {kind: digest, purpose: community, schedule: '@weekly', from: ed@b.example, subject: %s}}"
    )
    assert problems(SITE + weekly % "'{{ nmae }}'") == [
        "config.yaml:2: channels.weekly.subject: '{{ nmae }}' names nmae; it may name site, channel, date and count"
    ]


def test_contract_lines():
    """The two lines of the contract, to the character."""
    text = SITE + SOURCES + (
        "  - {id: two, url: https://south.example/2, publisher: south}\n"
        "  - id: three\n"
        "    url: https://south.example/3\n"
        "    publisher: south\n"
        "    every: 30 mins\n"
        "  - evry: 30m\n"
        "    id: four\n"
        "    url: https://south.example/4\n"
        "    publisher: south\n"
    )  # fmt: skip
    assert problems(text) == [
        "config.yaml:9: sources[2].every: '30 mins' is not a duration; write 30m",
        "config.yaml:10:5: sources[3].evry: unknown key; allowed: every, id, pages, publisher, url; did you mean 'every'?",
    ]


def test_all_at_once():
    """Mistakes in different sections are all told, in the order of the file."""
    text = "site: {name: B}\noutput: ' '\nsorces: []\nchannels: {a: {kind: fed}}\n"
    assert problems(text, "my.yaml") == [
        "my.yaml:1: site.url: missing; write url: https://bulletin.example",
        "my.yaml:1: site.contact: missing; write contact: editor@bulletin.example",
        "my.yaml:2: output: nothing stands here; write a value or remove the key",
        f"my.yaml:3:1: sorces: unknown key; {TOP}; did you mean 'sources'?",
        "my.yaml:4: channels.a.kind: 'fed' is not one of feed, digest, page; did you mean 'feed'?",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\nb: 2\n", "config.yaml:2:2: not YAML: expected ',' or ']', but got ':'; check quotes, colons and indentation"),
        ("\ta: 1\n", "config.yaml:1:1: not YAML: found character '\\t' that cannot start any token; check quotes, colons and indentation"),
        ("- a\n", "config.yaml:1: the file must consist of keys with values; begin with site:"),
        (SITE + "output: a\noutput: b\n", "config.yaml:3: output: this key stands in line 2 already; remove one of the two"),
        (SITE + "network: &n {allow_private: *n}\n", "config.yaml:2: network.allow_private: this alias stands inside what it repeats; write the value out"),
        (SITE + "[a]: b\n", "config.yaml:2: a key must be one word, not a list or mapping"),
    ],
)  # fmt: skip
def test_text(text, line):
    """Syntax, duplicate keys and odd structures are told with their place."""
    assert line in problems(text)


def test_control_character():
    """A character that YAML forbids is told."""
    (line,) = problems("a: \x07\n")
    assert line.startswith("config.yaml: not YAML: unacceptable character #x0007")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("smtp:\n", "2: smtp: nothing stands here; write a value or remove the key"),
        ("smtp: x\n", "2: smtp: keys belong here, not a single value or list; indent them below"),
        ("channels: [x]\n", "2: channels: keys belong here, not a single value or list; indent them below"),
        ("sources: {a: b}\n", "2: sources: a list belongs here; begin each entry with '- '"),
        ("sources: [x]\n", "2: sources[0]: keys belong here, not a single value or list; indent them below"),
        ("output: [a]\n", "2: output: one value belongs here, not a list or more keys; write it behind the colon"),
        ("smtp: {port: [1]}\n", "2: smtp.port: a number belongs here, not a list or more keys; write it behind the colon"),
        ("smtp: {port: x}\n", "2: smtp.port: 'x' is not a whole number; write figures alone"),
        ("smtp: {port: '2.5'}\n", "2: smtp.port: '2.5' is not a whole number; write figures alone"),
        ("smtp: {port: '0'}\n", "2: smtp.port: '0' is too small; write 1 or more"),
        ("smtp: {port: '65536'}\n", "2: smtp.port: '65536' is too large; write 65535 or less"),
        ("smtp: {security: ssl}\n", "2: smtp.security: 'ssl' is not one of none, starttls, tls"),
        ("smtp: {security: [tls]}\n", "2: smtp.security: one word belongs here, not a list or more keys; write it behind the colon"),
        ("smtp: {password: hush}\n", "2: smtp.password: a password alone is no login; set username too"),
        ("network: {allow_private: maybe}\n", "2: network.allow_private: 'maybe' is neither true nor false; write one of the two"),
        ("network: {allow_private: [x]}\n", "2: network.allow_private: true or false belongs here, not a list or more keys; write one of the two"),
        ("database: mysql://x\n", "2: database: 'mysql://x' is not a database; write sqlite:///var/syndicate.db or postgresql://user@host/name"),
        ("publishers: {../x: {name: X}}\n", "2: publishers.../x: '../x' is not an id; use letters, figures, '-', '_' and '.', beginning with a letter or figure"),
        ("publishers: {x: {name: X, home: south.example}}\n", "2: publishers.x.home: 'south.example' is not a web address; write https://host.example/path"),
        ("publishers: {x: {name: X, terms: crospost}}\nterms: {crosspost: {}}\n", "2: publishers.x.terms: 'crospost' is neither a key of terms nor a licence id; did you mean 'crosspost'?"),
        ("publishers: {x: {name: X, terms: CC-BY}}\n", "2: publishers.x.terms: 'CC-BY' is neither a key of terms nor a licence id"),
        ("terms: {x: {contact: me}}\n", "2: terms.x.contact: 'me' is neither a mail address nor a web address; write name@host.example"),
        ("terms: {x: {otherwise: full}}\n", "2: terms.x.otherwise: 'full' is not one of link, withhold"),
        ("terms: {x: {grants: [{mode: excerpt}]}}\n", "2: terms.x.grants[0].characters: an excerpt needs a limit; set words, paragraphs or characters"),
        ("terms: {x: {grants: [{mode: full, closing_link: Read on}]}}\n", "2: terms.x.grants[0].closing_link: only an excerpt ends with a link to the whole; set mode: excerpt or remove this key"),
        ("terms: {x: {grants: [{mode: full, valid_from: soon}]}}\n", "2: terms.x.grants[0].valid_from: 'soon' is not a date; write 2026-11-30, or 2026-11-30T09:00:00+01:00"),
        ("terms: {x: {read_at: '2026-11-30T09:00'}}\n", "2: terms.x.read_at: '2026-11-30T09:00' does not say in which zone; write 2026-11-30T09:00:00+01:00, or the date alone"),
        ("terms: {x: {read_at: [1]}}\n", "2: terms.x.read_at: a date belongs here, not a list or more keys; write it behind the colon"),
        ("terms: {x: {grants: [{mode: full, valid_from: 2026-11-30, valid_until: 2026-11-30}]}}\n", "2: terms.x.grants[0].valid_until: this is not after valid_from, so the grant would never hold; correct one of the two"),
        ("terms: {x: {grants: [{mode: full, on_expiry: remove}]}}\n", "2: terms.x.grants[0].on_expiry: nothing expires without a window; set window: 90d or remove this key"),
        ("terms: {x: {grants: [{mode: full, wording: By}]}}\n", "2: terms.x.grants[0].wording: fixed words need a place; set position: top, near_top or end"),
        ("terms: {x: {grants: [{mode: full, beacon: img}]}}\n", "2: terms.x.grants[0].beacon_url: a counter is known by its kind and its address; set beacon and beacon_url, or neither"),
        ("terms: {x: {grants: [{mode: full, max_share: 101}]}}\n", "2: terms.x.grants[0].max_share: '101' is too large; write 100 or less"),
        ("terms: {x: {licence: CC-BY}}\n", "2: terms.x.licence: 'CC-BY' is not a licence id; write one such as CC-BY-ND-4.0"),
        ("terms: {x: {sha256: abc}}\n", "2: terms.x.sha256: 'abc' is not a fingerprint; write the 64 hex digits of sha256sum"),
        ("terms: {x: {sections: {a: {otherwise: link}}}}\n", "2: terms.x.sections.a.files: a section needs its items; set urls, categories, items or files"),
        ("channels: {x: {kind: feed, sale: true}}\n", "2: channels.x.sale: a community channel is free of charge; set purpose: commercial"),
        ("terms: {x: {grants: [{mode: full, words: 5}]}}\n", "2: terms.x.grants[0].words: only an excerpt has a limit; set mode: excerpt or remove this key"),
        ("terms: {x: {grants: [{mode: link, paragraphs: 5}]}}\n", "2: terms.x.grants[0].paragraphs: only an excerpt has a limit; set mode: excerpt or remove this key"),
        ("terms: {x: {grants: [{mode: full, media: []}]}}\n", "2: terms.x.grants[0].media: an empty list permits nothing; name at least one or remove the grant"),
        ("terms: {x: {grants: [{mode: full, media: [web, prnt]}]}}\n", "2: terms.x.grants[0].media[1]: 'prnt' is not one of web, email, print; did you mean 'print'?"),
        ("channels: {x: {kind: feed, formats: ''}}\n", "2: channels.x.formats: a feed needs a format; name rss, atom or json"),
        ("channels: {x: {kind: feed, ads: inside}}\n", "2: channels.x.ads: a community channel carries no ads inside; set purpose: commercial"),
        ("channels: {x: {kind: feed, paid: true}}\n", "2: channels.x.paid: a community channel is free of charge; set purpose: commercial"),
        ("channels: {x: {kind: digest, from: n@b.example}}\n", '2: channels.x.schedule: a digest by mail needs a schedule; write schedule: "0 7 * * 1"'),
        ("channels: {x: {kind: digest, schedule: '@daily'}}\n", "2: channels.x.from: a digest by mail needs a sender; write from: Name <name@host.example>"),
        ("channels: {x: {kind: digest, from: news, schedule: '@daily'}}\n", "2: channels.x.from: 'news' is not a sender; write Name <name@host.example>"),
        ("channels: {x: {kind: feed, schedule: 0 7 * *}}\n", "2: channels.x.schedule: '0 7 * *' is not a schedule; write five crontab fields such as \"0 7 * * 1\", or @daily"),
        ("channels: {x: {kind: feed, schedule: 0 7 * * 8}}\n", "2: channels.x.schedule: '0 7 * * 8' is not a schedule (Bad day-of-week); write one such as \"0 7 * * 1\": Mondays at 07:00"),
        ("channels: {x: {kind: feed, timezone: Europe/Pari}}\n", "2: channels.x.timezone: 'Europe/Pari' is not a time zone; did you mean 'Europe/Paris'?"),
        ("channels: {x: {kind: feed, timezone: '?'}}\n", "2: channels.x.timezone: '?' is not a time zone; write one such as Europe/Paris"),
        ("channels: {x: {kind: feed, max_size: 95}}\n", "2: channels.x.max_size: '95' is not a size; write 95kB"),
        ("channels: {x: {kind: feed, max_size: [1]}}\n", "2: channels.x.max_size: a number belongs here, not a list or more keys; write it behind the colon"),
        ('channels: {x: {kind: feed, title: "a\\nb"}}\n', "2: channels.x.title: 'a\\nb' has a line break or control character in it; write it in one line"),
        ("channels: {x: {kind: feed, select: {sources: [one]}}}\n", "2: channels.x.select.sources[0]: 'one' is not among sources; add it there"),
    ],
)  # fmt: skip
def test_values(text, line):
    """Every check has its own words."""
    assert problems(SITE + text) == [f"config.yaml:{line}"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{id: one, url: https://south.example/2, publisher: south}", "sources[1].id: 'one' is the id of another source too; give each its own"),
        ("{id: two, url: https://south.example/2, publisher: soth}", "sources[1].publisher: 'soth' is not among publishers; did you mean 'south'?"),
        ("{id: two, url: 'ftp://south.example', publisher: south}", "sources[1].url: 'ftp://south.example' is not a web address; write https://host.example/path"),
        ("{id: two, url: 'http://[', publisher: south}", "sources[1].url: 'http://[' is not a web address; write https://host.example/path"),
        ("{id: two, url: 'http://a b/', publisher: south}", "sources[1].url: 'http://a b/' is not a web address; write https://host.example/path"),
        ("{id: two, url: 'http://a.example', publisher: south, every: 0m}", "sources[1].every: '0m' is no time at all; write 30m"),
        ("{id: two, url: 'http://a.example', publisher: south, every: 2 Hours}", "sources[1].every: '2 Hours' is not a duration; write 2h"),
        ("{id: two, url: 'http://a.example', publisher: south, every: often}", "sources[1].every: 'often' is not a duration; write 30m"),
        ("{id: two, url: 'http://a.example', publisher: south, every: [1]}", "sources[1].every: a number belongs here, not a list or more keys; write it behind the colon"),
    ],
)  # fmt: skip
def test_sources(text, line):
    """Sources are checked against each other and against the publishers."""
    assert f"config.yaml:5: {line}" in problems(f"{SITE}{SOURCES}  - {text}\n")


def test_site():
    """The site's address carries no query, its contact is a mail address."""
    assert problems("site: {name: B, url: 'https://b.example/?a=1', contact: b.example}\n") == [
        "config.yaml:1: site.url: 'https://b.example/?a=1' has a query or fragment; write the public address alone",
        "config.yaml:1: site.contact: 'b.example' is not a mail address; write name@host.example",
    ]


def test_a_broken_publisher_is_still_declared():
    """A mistake inside a publisher does not make its sources wrong too."""
    text = SITE + SOURCES.replace("{name: South}", "{nme: South}")
    assert problems(text) == [
        "config.yaml:2: publishers.south.name: missing; write name: South Desk",
        "config.yaml:2:22: publishers.south.nme: unknown key; allowed: home, name, terms; did you mean 'name'?",
    ]


def test_a_statement_alone():
    """Terms outside a configuration are checked by the same rules, and mistakes name the file that they stand in."""
    with pytest.raises(ConfigError) as caught:
        statement("grants: [{mode: fall}]\n", licence=lambda _: None, name="letter.yaml")
    told = "letter.yaml:1: grants[0].mode: 'fall' is not one of full, excerpt, link; did you mean 'full'?"
    assert caught.value.problems == (told,)
    (record,) = statement("grants: [{mode: full}]\n", licence=lambda _: None, name="letter.yaml")
    assert (record.key, record.grants[0].mode) == ("", Mode.FULL)
