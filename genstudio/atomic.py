"""Writing files so that at every moment either the former or the new one is there, whole."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from genstudio.errors import ArchiveError

_PART = ".genstudio-{}.part"
_FORGOTTEN_AFTER_SECONDS = 3600.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def replacing(path: Path, keep_former: bool = False) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of `path` once everything is safely on the disk.

    Arguments:
        keep_former: the file that was there stays beside it, with `.bak` behind its name.

    Raises:
        ArchiveError: the file cannot be written; the former one is untouched.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if _is_device(path):
            with path.open("wb") as file:
                yield file
        else:
            yield from _beside(Path(os.path.realpath(path)), keep_former)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_place(path: Path) -> None:
    """Make sure that a file can be written, before the work that will fill it begins.

    Raises:
        ArchiveError: the folder is not there, is read-only, or a folder has that name.
    """
    if path.is_dir():
        raise _unwritable(path, IsADirectoryError(errno.EISDIR, "it is a folder"))
    if not path.parent.is_dir():
        raise _unwritable(path, FileNotFoundError(errno.ENOENT, "there is no such folder"))
    if not os.access(path if _is_device(path) else Path(os.path.realpath(path)).parent, os.W_OK):
        raise _unwritable(path, PermissionError(errno.EACCES, "it may not be written"))


def write_bytes(path: Path, data: bytes, keep_former: bool = False) -> None:
    """Put bytes into a file, as `replacing` does."""
    with replacing(path, keep_former) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Put text into a file as UTF-8, as `replacing` does."""
    write_bytes(path, text.encode("utf-8", "replace"))


def _is_device(path: Path) -> bool:
    """Whether it has no former content to protect: a pipe, or /dev/stdout whatever that leads to."""
    return path.parent == Path("/dev") or (path.exists() and not path.is_file())


def _beside(path: Path, keep_former: bool) -> Iterator[BinaryIO]:
    _sweep(path.parent)
    part = path.parent / _PART.format(secrets.token_hex(8))
    try:
        with part.open("xb") as file:
            yield file
            _settle(file)
        if path.exists():
            with suppress(OSError):
                shutil.copymode(path, part)
            if keep_former:
                _keep(path)
        part.replace(path)
        _sync_folder(path.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _settle(file: BinaryIO) -> None:
    """Everything reaches the disk, or an error says that it did not."""
    expected = file.tell()
    file.flush()
    os.fsync(file.fileno())
    if os.fstat(file.fileno()).st_size != expected:
        raise OSError(errno.ENOSPC, "it was cut short")


def _keep(path: Path) -> None:
    """Give the file a second name, so that its first is never missing."""
    former = path.with_name(path.name + ".bak")
    second = path.parent / _PART.format(secrets.token_hex(8))
    try:
        second.hardlink_to(path)
    except OSError:  # some file systems know no second names
        shutil.copy2(path, second)
    try:
        second.replace(former)
    finally:
        # Where both names are of one file already, renaming does nothing and leaves the third.
        second.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # some systems cannot open a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what a killed program left, once nobody can be writing to it any more."""
    before = time.time() - _FORGOTTEN_AFTER_SECONDS
    for part in folder.glob(_PART.format("*")):
        with suppress(OSError):
            if part.stat().st_mtime < before:
                part.unlink()


def _unwritable(path: Path, error: OSError) -> ArchiveError:
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return ArchiveError(
            f"There is no room to write {path.name} in {path.parent}: {reason}.",
            "Make room, or save as another file on another disk. What was there before is untouched.",
        )
    return ArchiveError(
        f"{path.name} cannot be written in {path.parent}: {reason}.", "Use Save as and choose another folder or name."
    )
