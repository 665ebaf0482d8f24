"""NumPy arrays: NPY, and the members of an NPZ."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes, likely_label
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._archive import members
from genstudio.data.readers._array_columns import array_columns, class_column
from genstudio.data.readers._npy import MAGIC, Header, read_header
from genstudio.data.table import Column, Table
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import nearest, setting

_PIECE_BYTES = 1 << 22
_LABELS = ("y", "y_train", "label", "labels", "target", "targets", "classes")
_POINTS = ("x", "x_train", "data", "features", "points", "samples")


class ArrayReader(Reader):
    """Reads one array of two dimensions, or several of one dimension, as columns."""

    info: ClassVar[ReaderInfo] = ReaderInfo("array", "NumPy array", (".npy", ".npz"), order=40)

    class Settings(BaseSettings):
        """Which array of an archive."""

        member: str = setting("", "Name of the array in an NPZ; found by itself when empty.")

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is an NPY, or an archive of them."""
        return head.startswith(MAGIC) or (head.startswith(b"PK") and any(n.endswith(".npy") for n in members(path)))

    def detect(self, path: Path) -> ArrayReader.Settings:
        """The choice among the arrays is left to `read`, which can say why it cannot choose."""
        return self.Settings()

    def read(self, path: Path, settings: ArrayReader.Settings, watch: Watch = unwatched) -> Table:
        """The array as a table, columns x1 … xD; in an NPZ, an array named y gives the classes.

        Raises:
            DataError: a damaged header or body, Python objects, more than two dimensions, no clear choice.
            Cancelled: raised by `watch`.
        """
        with path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                file.seek(0)
                header = read_header(file, path.name, path.stat().st_size)
                notes = Notes()
                columns = array_columns({"x": _body(file, header, path.name, watch)}, path.name, notes)
                return _table(path.name, columns, notes)
        return _archive_table(path, settings.member, watch)


def _body(file: IO[bytes], header: Header, where: str, watch: Watch) -> NDArray[Any]:
    """The numbers, read in pieces into an array of their own; a mapped file that shrinks would end the program."""
    array = np.empty(header.shape, header.dtype, order="F" if header.fortran else "C")
    target = array.reshape(-1, order="A").view(np.uint8) if header.size else np.empty(0, np.uint8)
    for begin in range(0, len(target), _PIECE_BYTES):
        watch(begin / len(target), f"Reading {where}")
        piece = file.read(min(_PIECE_BYTES, len(target) - begin))
        if len(piece) < min(_PIECE_BYTES, len(target) - begin):
            raise DataError(f"{where} ends in the middle of its numbers.", "It is cut short: get a fresh copy.")
        target[begin : begin + len(piece)] = np.frombuffer(piece, np.uint8)
    watch(1.0, f"Reading {where}")
    return array


def _table(name: str, columns: list[Column], notes: Notes, label: str | None = None) -> Table:
    if not columns or not len(columns[0].values):
        raise DataError(f"{name} has no rows.", "Choose a file that holds some.")
    return Table(name, tuple(columns), label or likely_label(columns), notes=notes.sentences())


def _archive_table(path: Path, member: str, watch: Watch) -> Table:
    infos = {name.removesuffix(".npy"): info for name, info in members(path).items() if name.endswith(".npy")}
    if not infos:
        raise _damaged(path.name)
    notes = Notes()
    with _unpacking(path.name), zipfile.ZipFile(path) as archive:
        headers = _headers(archive, infos, path.name)
        points, label = _choice(headers, member, path.name)
        wanted = [*points, *([label] if label else [])]
        arrays = {}
        for i, name in enumerate(wanted):
            part = _share(watch, i, len(wanted))
            with archive.open(infos[name]) as file:
                header = read_header(file, f"{name} in {path.name}", infos[name].file_size)
                arrays[name] = _body(file, header, f"{name} in {path.name}", part)
    left = [name for name in infos if name not in wanted]
    if left:
        notes.add("Arrays of the file that were left out: {columns}.", *left)
    columns = array_columns({_stem(name, points): arrays[name] for name in points}, path.name, notes)
    if label:
        columns.append(class_column(label, arrays[label], path.name, notes))
    return _table(path.name, columns, notes, label)


def _share(watch: Watch, i: int, count: int) -> Watch:
    return lambda fraction, doing: watch((i + fraction) / count, doing)


def _stem(name: str, points: list[str]) -> str:
    """What columns are called by: x for the one array, else each array's own name."""
    return "x" if len(points) == 1 else name


def _headers(archive: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo], where: str) -> dict[str, Header]:
    """Headers of the arrays that can be read.

    Raises:
        DataError: none can; says why for the first.
    """
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


def _choice(headers: Mapping[str, Header], member: str, where: str) -> tuple[list[str], str | None]:
    """Names of the arrays to read as columns, and of the one that holds classes.

    Raises:
        DataError: the member is unknown, or nothing says which arrays to take.
    """
    if member and member not in headers:
        raise DataError(f"{where} has no array `{member}` ({nearest(member, headers)}).", "Choose another array.")
    points = [member] if member else _points(headers)
    if not points:
        shapes = ", ".join(f"{name} {header.shape}" for name, header in list(headers.items())[:8])
        raise DataError(f"{where} holds several arrays: {shapes}.", "Choose one of them by its name.")
    rows = headers[points[0]].shape[:1]
    labels = [
        name for name, header in headers.items()
        if name.lower() in _LABELS and name not in points and header.shape in (rows, (*rows, 1))
    ]
    return points, labels[0] if labels else None


def _points(headers: Mapping[str, Header]) -> list[str]:
    if len(headers) == 1:
        return list(headers)
    named = [name for name, header in headers.items() if name.lower() in _POINTS and len(header.shape) == 2]
    tables = [name for name, header in headers.items() if len(header.shape) == 2]
    for found in (named, tables):
        if len(found) == 1:
            return found
    lengths = {header.shape for header in headers.values()}
    if len(lengths) == 1 and len(next(iter(lengths))) == 1:
        return [name for name in headers if name.lower() not in _LABELS] or list(headers)
    return []


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
