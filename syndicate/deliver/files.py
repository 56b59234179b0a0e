# SPDX-License-Identifier: Apache-2.0
"""Feeds as files for any web server: a reader of a file sees the old bytes or the new ones, whole, whatever happens.

Beside each file stand a ``.gz`` and a ``.br`` of the same bytes, for servers that send one instead. A file that would
not change is not touched. A killed run leaves at most temporary files; the next one removes them.
"""

from __future__ import annotations

import fcntl
import gzip
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import brotli

from syndicate.errors import DeliveryError
from syndicate.model import Verified

TEMPORARY = ".syndicate-tmp"


def release_feeds(directory: Path, verified: Verified) -> tuple[Path, ...]:
    """Write ``feeds/CHANNEL.NAME`` below ``directory`` for each part; the paths, in order of the parts.

    Takes nothing that was not verified. DeliveryError: see ``release``.
    """
    channel = verified.edition.channel.id
    files = {f"{channel}.{part.name}": part.content for part in verified.edition.parts}
    release(directory / "feeds", files)
    return tuple(directory / "feeds" / name for name in files)


def release(directory: Path, files: Mapping[str, bytes]) -> None:
    """Replace each file of ``directory`` by these bytes, its ``.gz`` and its ``.br``; they are on the disk on return.

    All is written before the first file is replaced. DeliveryError: a name is not a plain file name, the disk is full,
    the folder may not be written to; then no file was replaced, or each that was is whole.
    """
    for name in files:
        if name != Path(name).name or name.startswith("."):
            raise DeliveryError("this is not a plain file name", subject=repr(name), remedy="rename the channel")
    wanted = dict(files)
    for name, content in files.items():
        wanted |= {f"{name}.gz": gzip.compress(content, mtime=0), f"{name}.br": brotli.compress(content, quality=9)}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with alone(directory) as folder:
            _clean_up(directory)
            changed = {name: content for name, content in wanted.items() if _present(directory / name) != content}
            _replace(directory, folder, changed)
    except OSError as error:
        raise DeliveryError(
            f"the files cannot be written ({error.strerror or error})",
            subject=str(directory),
            remedy="make room or check the permissions; what readers see is unchanged",
        ) from error


@contextmanager
def alone(directory: Path) -> Iterator[int]:
    """The folder, open and locked: one release at a time, so that nobody's temporary files are taken for leftovers."""
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(folder)


def _clean_up(directory: Path) -> None:
    for leftover in directory.glob(f".*{TEMPORARY}"):
        leftover.unlink()


def _present(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _replace(directory: Path, folder: int, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            _write(_temporary(directory, name), content)
        for name in files:
            _temporary(directory, name).replace(directory / name)
        os.fsync(folder)
    except OSError:
        _clean_up(directory)
        raise


def _temporary(directory: Path, name: str) -> Path:
    return directory / f".{name}{TEMPORARY}"


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
