# SPDX-License-Identifier: Apache-2.0
"""The site as files for any web server: each page whole, old or new, with its compressed forms beside it.

``/items/ID`` becomes ``items/ID/index.html``, so that the addresses are those that the daemon serves. A page that would
not change is not touched; one that is there no longer is taken away, and so is what a killed run left of one.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

import brotli

from syndicate.deliver.files import TEMPORARY, alone
from syndicate.errors import DeliveryError

FOLDERS: Final = ("items", "digests", "stories", "publishers", "terms", "feeds")
"""Where pages are: what stands there under the name of a page and was not written now is of an older site."""
INDEX: Final = "index.html"
SMALLEST: Final = 500


def release_site(root: Path, pages: Iterable[tuple[str, bytes]]) -> int:
    """Write each page of ``pages`` (its address and its bytes) below ``root``; how many there are.

    DeliveryError: a page cannot be written; each that was is whole.
    """
    written: set[Path] = set()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with alone(root):
            for address, body in pages:
                written |= _written(root / file_of(address), body)
            _clear(root, written)
    except OSError as error:
        raise DeliveryError(
            f"the site cannot be written ({error.strerror or error})",
            subject=str(root),
            remedy="make room or check the permissions; every page that stands there is whole",
        ) from error
    return sum(path.suffix not in {".gz", ".br"} for path in written)


def file_of(address: str) -> PurePosixPath:
    """The file of a page, below the folder of the site."""
    path = PurePosixPath(address.strip("/"))
    return path if path.suffix in {".css", ".ico", ".svg", ".txt", ".json", ".pem"} else path / INDEX


def _written(file: Path, body: bytes) -> set[Path]:
    """Write a page and, where that gains something, its compressed forms, the page last; the files it has."""
    packed = {".gz": _gzip, ".br": _brotli} if len(body) >= SMALLEST else {}
    forms = {file.with_name(f"{file.name}{ending}"): pack for ending, pack in packed.items()}
    if not (file.is_file() and file.read_bytes() == body and all(path.is_file() for path in forms)):
        file.parent.mkdir(parents=True, exist_ok=True)
        for path, pack in forms.items():
            _replace(path, pack(body))
        _replace(file, body)
    return {file, *forms}


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=9)
    return packed


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    temporary.write_bytes(content)
    temporary.replace(path)


def _clear(root: Path, written: set[Path]) -> None:
    """Take away pages of an older site, what a killed run left, and folders then empty; feeds are another's to keep."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in written and _is_page(path, root / folder):
                path.unlink()


def _is_page(path: Path, folder: Path) -> bool:
    name = path.name.removeprefix(".").removesuffix(TEMPORARY).removesuffix(".gz").removesuffix(".br")
    return name == INDEX or (folder.name in {"digests", "publishers"} and name.endswith((".txt", ".json")))
