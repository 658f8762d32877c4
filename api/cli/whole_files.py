"""Several files written as one: all of them, or none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Writes every file, making directories as needed. Raises `OSError`, and then each file is as it was before."""
    staged: dict[Path, Path] = {}
    try:
        for file, content in contents.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            staged[file] = file.with_name(f".{file.name}.{os.getpid()}.new")
            with staged[file].open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        _swap(staged)
    finally:
        for new in staged.values():
            new.unlink(missing_ok=True)


def _swap(staged: Mapping[Path, Path]) -> None:
    """Puts the new files in place of the old; after a failure the old ones stand there again."""
    before = {file: file.read_bytes() if file.exists() else None for file in staged}
    done: list[Path] = []
    try:
        for file, new in staged.items():
            new.replace(file)
            done.append(file)
    except OSError:
        for file in done:
            old = before[file]
            with suppress(OSError):
                file.unlink() if old is None else file.write_bytes(old)
        raise
