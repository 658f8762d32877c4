"""Files that hold a secret: only their owner may read them, and they are on disk before they are used."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

FILE_MODE = 0o600
DIRECTORY_MODE = 0o700


def read_secret(path: Path) -> str:
    """What the file holds. Raises `OSError`."""
    return path.read_text(encoding="ascii", errors="replace")


def write_secret(path: Path, content: bytes, *, replace: bool) -> None:
    """Writes the file whole. Of processes that start together one writes, unless `replace`. Raises `OSError`.

    What is replaced is written over first; a disk or file system that keeps earlier blocks may still have it.
    """
    path.parent.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            _replace(new, path)
        else:
            with suppress(FileExistsError):
                os.link(new, path)
    finally:
        new.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _replace(new: Path, path: Path) -> None:
    """The new name first: a crash between leaves the new content, and at worst the old blocks not written over."""
    before = path.open("r+b") if path.exists() else None
    os.replace(new, path)
    if before is not None:
        with before:
            size = os.fstat(before.fileno()).st_size
            before.write(os.urandom(size))
            before.flush()
            os.fsync(before.fileno())


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
