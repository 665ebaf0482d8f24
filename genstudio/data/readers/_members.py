"""Where the files of one sort are in a folder or a zip, and which class each belongs to."""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

from genstudio.data.picture_file import MOST_FILE_BYTES, UnreadableError
from genstudio.data.reader import Watch, unwatched
from genstudio.errors import DataError

MOST_FILES = 1_000_000
MOST_ENTRIES = 2_000_000
_MOST_DEPTH = 16


@dataclass(frozen=True)
class Sort:
    """What files are looked for.

    Arguments:
        plural: what they are called, for messages.
        suffixes: how their names end, lower case.
    """

    plural: str
    suffixes: tuple[str, ...]

    def holds(self, name: str) -> bool:
        """Whether a path is one of these; hidden files, and what macOS adds to zips, are none."""
        parts = name.replace("\\", "/").split("/")
        hidden = any(part.startswith(".") and part not in (".", "..") for part in parts) or "__MACOSX" in parts
        return not hidden and parts[-1].lower().endswith(self.suffixes)


@dataclass(frozen=True)
class Member:
    """One file: its path below the folder or inside the zip, with `/`, and its size in bytes."""

    name: str
    size: int

    @property
    def shown(self) -> str:
        """Its name as a message can show it: always Unicode."""
        return self.name.encode("utf-8", "replace").decode()

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that it lies in; what would lead out of the zip is no folder."""
        parts = self.shown.replace("\\", "/").split("/")[:-1]
        return tuple(part for part in parts if part not in ("", ".", ".."))


class Store(Protocol):
    """A folder or a zip of files."""

    @property
    def members(self) -> Sequence[Member]:
        """The files, in the order of their names."""

    def open(self, member: Member) -> IO[bytes]:
        """The file's bytes.

        Raises:
            UnreadableError: they cannot be had.
        """


def any_member(folder: Path, sort: Sort, least: int = 1) -> bool:
    """Whether there are files of a sort somewhere below a folder, so many at least."""
    return len(list(islice(_files(folder, sort, unwatched), least))) == least


@contextmanager
def open_store(path: Path, sort: Sort, watch: Watch = unwatched) -> Iterator[Store]:
    """The files of a sort in a folder or zip, by name; open until the context ends.

    Raises:
        DataError: there is none, there are too many, or the zip is damaged.
        Cancelled: raised by `watch`.
    """
    if path.is_dir():
        yield _Folder(path, _sorted(path, sort, _files(path, sort, watch)))
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is no whole zip: it is damaged or cut short.", "Get a fresh copy.") from error
    with archive:
        infos = {info.filename: info for info in archive.infolist() if sort.holds(info.filename)}
        members = (Member(name, info.file_size) for name, info in infos.items())
        yield _Zip(archive, infos, _sorted(path, sort, members))


def classes(members: Sequence[Member]) -> tuple[list[int], tuple[str, ...]]:
    """Codes and names of the classes: the first folder that not all pictures share; -1 for those that lie in none."""
    folders = [member.folders for member in members]
    first, last = min(folders), max(folders)
    # What the first and the last in order share, all between them share too.
    shared = next((i for i, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) == 2), len(first))
    found = [names[shared] if len(names) > shared else "" for names in folders]
    levels = tuple(sorted(set(found) - {""}))
    places = {level: code for code, level in enumerate(levels)}
    return [places.get(name, -1) for name in found], levels


@dataclass(frozen=True)
class _Folder:
    path: Path
    members: Sequence[Member]

    def open(self, member: Member) -> IO[bytes]:
        _refuse_large(member)
        try:
            return (self.path / member.name).open("rb")
        except OSError as error:
            raise UnreadableError(error.strerror or "it cannot be opened") from error


@dataclass(frozen=True)
class _Zip:
    archive: zipfile.ZipFile
    infos: dict[str, zipfile.ZipInfo]
    members: Sequence[Member]

    def open(self, member: Member) -> IO[bytes]:
        _refuse_large(member)
        try:
            with self.archive.open(self.infos[member.name]) as file:
                # Never more than declared: a file that lies about its size ends there.
                return io.BytesIO(file.read(member.size))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            raise UnreadableError("it is damaged, or locked by a password") from error


def _refuse_large(member: Member) -> None:
    if member.size > MOST_FILE_BYTES:
        raise UnreadableError(f"it is larger than {MOST_FILE_BYTES >> 20} MiB")


def _files(folder: Path, sort: Sort, watch: Watch) -> Iterator[Member]:
    """Files of a sort below a folder; links to folders are not followed, so the search ends."""
    waiting, seen = [(folder, "", 0)], 0
    while waiting:
        place, below, depth = waiting.pop()
        watch(0.0, f"Looking through {place.name}")
        for entry in _entries(place, may_fail=bool(below)):
            seen += 1
            _refuse_crowd(folder, seen)
            if not entry.is_dir(follow_symlinks=False):
                yield from _regular(entry, below + entry.name, sort)
            elif depth < _MOST_DEPTH and not entry.name.startswith("."):
                waiting.append((place / entry.name, f"{below}{entry.name}/", depth + 1))


def _entries(place: Path, may_fail: bool) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            yield from entries
    except OSError:
        # A folder below that may not be read, or is gone by now, is passed over.
        if not may_fail:
            raise


def _refuse_crowd(folder: Path, seen: int) -> None:
    if seen > MOST_ENTRIES:
        raise DataError(
            f"{folder.name} holds more than {MOST_ENTRIES:,} files and folders.", "Choose a folder with fewer of them."
        )


def _regular(entry: os.DirEntry[str], name: str, sort: Sort) -> Iterator[Member]:
    """The file, if it is of the sort by its name, and no pipe, no device and no link that leads nowhere."""
    if not sort.holds(entry.name):
        return
    try:
        state = entry.stat()
    except OSError:
        return
    if stat.S_ISREG(state.st_mode):
        yield Member(name, state.st_size)


def _sorted(path: Path, sort: Sort, members: Iterator[Member]) -> list[Member]:
    found = []
    for member in members:
        found.append(member)
        if len(found) > MOST_FILES:
            raise DataError(
                f"{path.name} holds more than {MOST_FILES:,} {sort.plural}.", "Choose a folder with fewer of them."
            )
    if not found:
        raise DataError(
            f"{path.name} holds no {sort.plural}.", f"Choose one with {', '.join(sort.suffixes)} files in it."
        )
    return sorted(found, key=lambda member: member.name)
