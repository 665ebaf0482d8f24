"""The arrays of an NPZ: their headers first, then those that are wanted."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from genstudio.data.reader import Watch
from genstudio.data.readers._archive import members
from genstudio.data.readers._npy import Header, read_body, read_header
from genstudio.errors import DataError


@dataclass(frozen=True)
class Arrays:
    """An archive that is open.

    Arguments:
        headers: of the arrays that can be read, by name.
        names: every array, those that cannot be read too.
    """

    where: str
    headers: Mapping[str, Header]
    archive: zipfile.ZipFile
    infos: Mapping[str, zipfile.ZipInfo]

    @property
    def names(self) -> tuple[str, ...]:
        """Every array, those that cannot be read too."""
        return tuple(self.infos)

    def read(self, names: Sequence[str], watch: Watch) -> dict[str, NDArray[Any]]:
        """Some of the arrays.

        Raises:
            DataError: one is damaged.
            Cancelled: raised by `watch`.
        """
        found = {}
        for i, name in enumerate(names):
            where, info = f"{name} in {self.where}", self.infos[name]
            with self.archive.open(info) as file:
                header = read_header(file, where, info.file_size)
                found[name] = read_body(file, header, where, _share(watch, i, len(names)))
        return found


@contextmanager
def open_arrays(path: Path) -> Iterator[Arrays]:
    """An NPZ, opened until the context ends.

    Raises:
        DataError: it is damaged, or none of its arrays can be read; says why for the first.
    """
    infos = {name.removesuffix(".npy"): info for name, info in members(path).items() if name.endswith(".npy")}
    if not infos:
        raise _damaged(path.name)
    with _unpacking(path.name), zipfile.ZipFile(path) as archive:
        yield Arrays(path.name, _headers(archive, infos, path.name), archive, infos)


def _headers(archive: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo], where: str) -> dict[str, Header]:
    found, refused = {}, []
    for name, info in infos.items():
        try:
            with archive.open(info) as file:
                found[name] = read_header(file, f"{name} in {where}", info.file_size)
        except DataError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    return found


def _share(watch: Watch, i: int, count: int) -> Watch:
    return lambda fraction, doing: watch((i + fraction) / count, doing)


@contextmanager
def _unpacking(where: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise _damaged(where) from error


def _damaged(where: str) -> DataError:
    return DataError(
        f"{where} is no whole NPY or NPZ file: it is damaged or cut short.", "Get a fresh copy of the file."
    )
