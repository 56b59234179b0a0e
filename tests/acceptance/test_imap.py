# SPDX-License-Identifier: Apache-2.0
"""A real IMAP server, dovecot over TLS: returned mail in a folder of its own, and a digest as a mail program reads it."""

from __future__ import annotations

import getpass
import grp
import os
import runpy
import shutil
import socket
import ssl
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from syndicate.deliver.mailboxes import Imap
from syndicate.errors import DeliveryError
from syndicate.model import Mode
from syndicate.pipeline.returns import DEAD, Returning
from syndicate.publish.digest import fill, render_digest
from syndicate.publish.templates import environment
from tests.cases.publish import samples
from tests.cases.publish.terminal import on_a_terminal

pytestmark = pytest.mark.client
CASES = Path(__file__).parents[1] / "cases/deliver"
H = SimpleNamespace(**runpy.run_path(str(CASES / "house.py")))
M = SimpleNamespace(**runpy.run_path(str(CASES / "reports.py")))
PASSWORD = "a.password"


def dovecot():
    """The server's program."""
    found = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    return found or pytest.skip("dovecot is not here")


def certificate(folder):
    """A certificate for localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(today).not_valid_after(today.replace(year=2126))
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(built.sign(key, hashes.SHA256()).public_bytes(pem))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(pem, *plain))


def configuration(folder, run, port):
    """What the server must know; what it keeps is in the folder, its sockets in ``run``."""
    user, group = login = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    if not os.getuid():  # what talks to strangers must not be root: the package brings users of its own
        user, group, login = "dovecot", "dovecot", ("dovenull",)
    return f"""
base_dir = {run}
state_dir = {run}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{run}/mail
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login[0]}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = "password={PASSWORD}"
}}
userdb {{
  driver = static
  args = uid={os.getuid() or "nobody"} gid={os.getgid() or "nogroup"} home={run}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A running server with an empty mailbox, trusted by this process; its port and the mailbox."""
    program = dovecot()
    certificate(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = Path(tempfile.mkdtemp(prefix="imap-"))  # a short path that the server's own users may enter
    run.chmod(0o755)
    for folder in (run / "mail", *(run / "mail" / name for name in ("new", "cur", "tmp"))):
        folder.mkdir()
        if not os.getuid():
            shutil.chown(folder, "nobody")
    (tmp_path / "dovecot.conf").write_text(configuration(tmp_path, run, port))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    process = subprocess.Popen([program, "-F", "-c", str(tmp_path / "dovecot.conf")])
    try:
        wait(process, port, tmp_path / "log")
        yield SimpleNamespace(port=port, mail=run / "mail")
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(run, ignore_errors=True)


def wait(process, port, log):
    """Until the server greets over TLS."""
    context = ssl.create_default_context()
    while True:
        try:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as secure,
            ):
                assert b"OK" in secure.recv(100)
                return
        except OSError:
            assert process.poll() is None, log.read_text() if log.exists() else "dovecot ended"


def arrives(server, name, content):
    """A message that the mail server puts into the mailbox."""
    (server.mail / "new" / name).write_bytes(content)
    if not os.getuid():
        shutil.chown(server.mail / "new" / name, "nobody")


def test_bounces_on_an_imap_server(server, tmp_path):
    """A bounce on the server takes a dead address off; it is marked as seen, not deleted, and is not taken twice."""
    with H.house(tmp_path) as (home, sink):
        home.edition(3)
        home.deliver()
        returning = Returning(home.store, lambda: home.now)
        imap = Imap("localhost", "bounces", PASSWORD, server.port)
        assert imap.read(returning.take) == 0
        arrives(server, "1.a", M.dsn(sink.taken[0].sender))
        arrives(server, "2.b", b"From: somebody@x.example\r\nSubject: hello\r\n\r\nHello.\r\n")
        taken = []
        assert imap.read(lambda content, to: taken.append(returning.take(content, to)) or taken[-1]) == 2
        assert sorted(taken) == sorted([DEAD, "nobody's"])
        with home.store.read() as tx:
            assert sorted(one.state for one in tx.people.list("weekly")) == ["active", "active", "suppressed"]
        assert imap.read(returning.take) == 0
        assert len(list((server.mail / "cur").iterdir())) == 2


def test_a_login_that_is_refused(server):
    """A wrong password is one sentence that names the keys to look at; an untrusted certificate too."""
    with pytest.raises(DeliveryError, match=r"check delivery\.returns"):
        Imap("localhost", "bounces", "wrong", server.port).read(lambda *_: "")
    with pytest.raises(DeliveryError, match="cannot be read"):
        Imap("127.0.0.1", "bounces", PASSWORD, server.port).read(lambda *_: "")  # a name that is not the certificate's


MUTTRC = """
set folder="imaps://localhost:{port}/" spoolfile="imaps://localhost:{port}/INBOX" imap_user="ann" imap_pass="{password}"
set certificate_file="{folder}/cert.pem" ssl_use_system_certs=no sendmail="false" quit=yes wait_key=no prompt_after=no
set header_cache="" message_cachedir="" ts_enabled=no sleep_time=0 charset="utf-8" pager="sh keep.sh"
alternative_order text/plain text/html
"""


def test_neomutt_reads_a_digest_on_the_server(server, tmp_path):
    """Fetched by parts over IMAP, the digest is listed and shown: contents, titles, texts and credits."""
    neomutt = shutil.which("neomutt") or pytest.skip("neomutt is not here")
    part, subject, carried = render_digest(
        samples.DIGEST, samples.SITE, samples.EDITION, samples.NOW, "2026-11-23", environment()
    )
    arrives(server, "1.a", fill(part.content, recipient="ann@reader.example", message_id="<1@b.example>", token="t"))
    (tmp_path / "muttrc").write_text(MUTTRC.format(port=server.port, password=PASSWORD, folder=tmp_path))
    (tmp_path / "keep.sh").write_text('cp "$1" shown.txt\n')
    keys = "push '<first-entry><display-message><quit>'"
    drawn = on_a_terminal([neomutt, "-n", "-F", "muttrc", "-e", keys], tmp_path)
    assert " ".join(subject.split()) in drawn
    shown = " ".join((tmp_path / "shown.txt").read_text().split())
    assert "In this edition" in shown
    for entry in (one for one in carried if one.decision.mode > Mode.WITHHOLD):
        assert shown.count(" ".join(entry.item.title.split())) >= 2, "in the contents and above its text"
    assert " ".join(samples.FERRY.item.text.split()) in shown
