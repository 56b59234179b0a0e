# SPDX-License-Identifier: Apache-2.0
"""Feeds as files: whole, compressed beside, and safe against kills and full disks."""

import fcntl
import gzip
import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime

import brotli
import pytest

from syndicate.deliver.files import release, release_feeds
from syndicate.errors import DeliveryError
from syndicate.model import Channel, ChannelKind, Edition, Medium, Part, Purpose, Verified

PARTS = (
    Part("rss", "application/rss+xml", b"<rss/>"),
    Part("atom", "application/atom+xml", b"<feed/>"),
    Part("json", "application/feed+json", b"{}"),
)


def verified(channel_id="community", parts=PARTS):
    """An edition with its proof; the tests stand in for the verifier."""
    channel = Channel(channel_id, ChannelKind.FEED, Medium.WEB, Purpose.COMMUNITY)
    return Verified(Edition("e", channel, "p", datetime(2026, 11, 2, tzinfo=UTC), parts, ()), ())


def names(folder):
    """The files of a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_feeds_are_released(tmp_path):
    """Each part becomes the file of its channel and format, with the same bytes compressed beside it."""
    paths = release_feeds(tmp_path / "public", verified())
    assert [path.name for path in paths] == ["community.rss", "community.atom", "community.json"]
    assert [path.read_bytes() for path in paths] == [part.content for part in PARTS]
    for path in paths:
        assert gzip.decompress(path.with_name(path.name + ".gz").read_bytes()) == path.read_bytes()
        assert brotli.decompress(path.with_name(path.name + ".br").read_bytes()) == path.read_bytes()
    assert len(names(tmp_path / "public" / "feeds")) == 9


def test_only_what_changed_is_touched(tmp_path):
    """A file whose bytes stay keeps its place and time, compressed one included; the others are new files."""
    release(tmp_path, {"a.rss": b"same" * 99, "b.rss": b"old" * 99})
    before = {name: (tmp_path / name).stat() for name in names(tmp_path)}
    release(tmp_path, {"a.rss": b"same" * 99, "b.rss": b"new" * 99})
    after = {name: (tmp_path / name).stat() for name in names(tmp_path)}
    assert [name for name in before if before[name].st_ino != after[name].st_ino] == ["b.rss", "b.rss.br", "b.rss.gz"]
    assert before["a.rss"].st_mtime_ns == after["a.rss"].st_mtime_ns


def test_readers_never_see_half(tmp_path):
    """Whoever reads while the file is replaced again and again sees one of the contents, whole."""
    contents = [bytes([letter]) * 200_000 for letter in b"abc"]
    release(tmp_path, {"f.rss": contents[0]})
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add((tmp_path / "f.rss").read_bytes())

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(30):
        release(tmp_path, {"f.rss": contents[number % 3]})
    done.set()
    thread.join()
    assert seen <= set(contents)
    assert seen


def test_leftovers_of_a_killed_run(tmp_path):
    """A run that is killed leaves the old files as they were; the next run removes what it left."""
    script = """
        import os, signal, sys
        from pathlib import Path
        from syndicate.deliver import files
        written = files._write
        def write_and_die(path, content):
            written(path, content)
            os.kill(os.getpid(), signal.SIGKILL)
        files._write = write_and_die
        files.release(Path(sys.argv[1]), {"f.rss": b"new"})
    """
    release(tmp_path, {"f.rss": b"old"})
    process = subprocess.run([sys.executable, "-c", textwrap.dedent(script), tmp_path], check=False, timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / "f.rss").read_bytes() == b"old"
    assert len(names(tmp_path)) == 4
    release(tmp_path, {"f.rss": b"old"})
    assert names(tmp_path) == ["f.rss", "f.rss.br", "f.rss.gz"]


def test_releases_wait_for_each_other(tmp_path):
    """A release waits while another one has the folder, and its temporary files are left alone."""
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    (tmp_path / ".other.rss.syndicate-tmp").write_bytes(b"in work")
    thread = threading.Thread(target=release, args=(tmp_path, {"f.rss": b"x"}))
    thread.start()
    thread.join(timeout=0.2)
    assert names(tmp_path) == [".other.rss.syndicate-tmp"]
    os.close(other)
    thread.join()
    assert names(tmp_path) == ["f.rss", "f.rss.br", "f.rss.gz"]


@pytest.mark.parametrize("name", ["../escape", "a/b", ".hidden", ""])
def test_names_stay_in_the_folder(tmp_path, name):
    """A channel cannot make us write anywhere else."""
    with pytest.raises(DeliveryError, match="plain file name"):
        release_feeds(tmp_path / "public", verified(name, (Part("rss", "x", b"x"),)) if name else verified(".x"))
    assert not (tmp_path / "public").exists()


def test_folder_that_cannot_be_made(tmp_path):
    """A folder that cannot be made is reported in words, with a remedy."""
    (tmp_path / "public").write_bytes(b"a file")
    with pytest.raises(DeliveryError, match="cannot be written") as caught:
        release_feeds(tmp_path / "public", verified())
    assert caught.value.remedy
    assert caught.value.exit_code == 75


def test_disk_full(tmp_path):
    """When the room ends in the middle, the old files stay as they were and nothing temporary remains."""
    script = """
        import resource, signal, sys
        from pathlib import Path
        from syndicate.deliver.files import release
        from syndicate.errors import DeliveryError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        room, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, most))
        try:
            release(Path(sys.argv[1]), {"a.rss": b"new", "b.rss": b"x" * 20_000})
        except DeliveryError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    """
    release(tmp_path, {"a.rss": b"old"})
    command = [sys.executable, "-c", textwrap.dedent(script), tmp_path]
    process = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True)
    assert "cannot be written (File too large)" in process.stdout
    assert names(tmp_path) == ["a.rss", "a.rss.br", "a.rss.gz"]
    assert (tmp_path / "a.rss").read_bytes() == b"old"
