"""Files and directories that only their owner may read, whatever the umask. Touches files; knows no database."""

from __future__ import annotations

import errno
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

from greenlane.api.logs import logger

FILE_MODE = 0o600
DIRECTORY_MODE = 0o700
OTHERS = 0o077
"""The rights of everybody but the owner."""

ROOM_BYTES = 1_000_000
"""A disk with less free is full."""

_MAKING = threading.Lock()
"""Held while a file is made, so that no thread opens it before the handle it was made by is closed."""


def make_directory(path: Path) -> None:
    """Makes a directory and those above it that are missing; ones that are there stay as they are. Raises `OSError`."""
    for missing in reversed([each for each in (path, *path.parents) if not each.exists()]):
        with suppress(FileExistsError):
            missing.mkdir()
            missing.chmod(DIRECTORY_MODE)


def make_file(path: Path) -> None:
    """Makes an empty file in a directory made for it, or takes from one that is there the rights of others.

    One that is there is never opened: where a process has a SQLite database open, closing another handle of its file
    drops the locks that keep other processes from writing. Raises `OSError`.
    """
    make_directory(path.parent)
    with _MAKING:
        if path.exists():
            tighten(path)
            return
        with suppress(FileExistsError):
            os.close(create(path))


def create(path: Path) -> int:
    """A handle to write a new file by. Raises `OSError`, also where there is a file."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    # The umask may have taken away what is the owner's.
    os.fchmod(handle, FILE_MODE)
    return handle


def append_to(path: Path) -> int:
    """A handle to write at the end of a file by, which is made when it is not there. Raises `OSError`."""
    if not path.exists():
        make_file(path)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)


def write(path: Path, content: bytes) -> None:
    """Writes a file whole, in place of one that is there. Raises `OSError`."""
    if path.exists():
        tighten(path)
        path.write_bytes(content)
        return
    with os.fdopen(create(path), "wb") as file:
        file.write(content)


def require_room(path: Path) -> None:
    """Returns when the disk that a file is on has room for more. Raises `OSError`."""
    disk = os.statvfs(path.parent)
    blocks = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
    if blocks * disk.f_frsize < ROOM_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def tighten(path: Path) -> None:
    """Takes the rights of others from a file, if it is one; what cannot be done is logged."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and mode & OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return
    except OSError as error:
        logger.warning("others may read this file", path=str(path), reason=os.strerror(error.errno or 0))
