"""NumPy arrays: NPY, and the members of an NPZ."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes, likely_label, listed
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._archive import members
from genstudio.data.readers._array_choice import ArraySet, array_sets, chosen_set
from genstudio.data.readers._array_columns import array_columns, class_column
from genstudio.data.readers._npy import MAGIC, Header, read_header
from genstudio.data.table import Column, Table
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

_PIECE_BYTES = 1 << 22
_MOST_NAMES = 8


class ArrayReader(Reader):
    """Reads one array of two dimensions, or several of one dimension, as columns."""

    info: ClassVar[ReaderInfo] = ReaderInfo("array", "NumPy array", (".npy", ".npz"), order=40)

    class Settings(BaseSettings):
        """Which array of an archive."""

        array: str = setting(
            "", "Name of the array in an NPZ, or NAME for NAME_X with the labels NAME_y; found by itself when empty."
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is an NPY, or an archive of them."""
        return head.startswith(MAGIC) or (head.startswith(b"PK") and any(n.endswith(".npy") for n in members(path)))

    def detect(self, path: Path) -> ArrayReader.Settings:
        """The first array that is a table; empty where there is no choice, which `read` can say why."""
        return self.Settings(array=next(iter(self.offers(path).get("array", ())), ""))

    def offers(self, path: Path) -> dict[str, tuple[str, ...]]:
        """The tables of an archive that holds several."""
        infos = _arrays(path)
        if not infos:
            return {}
        with _unpacking(path.name), zipfile.ZipFile(path) as archive:
            names = tuple(array_sets(_headers(archive, infos, path.name)))
        return {"array": names} if len(names) > 1 else {}

    def read(self, path: Path, settings: ArrayReader.Settings, watch: Watch = unwatched) -> Table:
        """The array as a table, columns x1 … xD; in an NPZ, an array named y or NAME_y gives the classes.

        Raises:
            DataError: a damaged header or body, Python objects, more than two dimensions, no array that is a table.
            Cancelled: raised by `watch`.
        """
        with path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                file.seek(0)
                header = read_header(file, path.name, path.stat().st_size)
                notes = Notes()
                columns = array_columns({"x": _body(file, header, path.name, watch)}, path.name, notes)
                return _table(path.name, columns, notes)
        return _archive_table(path, settings.array, watch)


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


def _arrays(path: Path) -> dict[str, zipfile.ZipInfo]:
    return {name.removesuffix(".npy"): info for name, info in members(path).items() if name.endswith(".npy")}


def _archive_table(path: Path, wanted: str, watch: Watch) -> Table:
    infos = _arrays(path)
    if not infos:
        raise _damaged(path.name)
    with _unpacking(path.name), zipfile.ZipFile(path) as archive:
        headers = _headers(archive, infos, path.name)
        chosen = chosen_set(headers, wanted, path.name)
        arrays = {}
        for i, name in enumerate(chosen.names):
            part = _share(watch, i, len(chosen.names))
            with archive.open(infos[name]) as file:
                header = read_header(file, f"{name} in {path.name}", infos[name].file_size)
                arrays[name] = _body(file, header, f"{name} in {path.name}", part)
    notes = _left_out(chosen, array_sets(headers), list(infos))
    columns = array_columns({_stem(name, chosen): arrays[name] for name in chosen.points}, path.name, notes)
    if chosen.label:
        columns.append(class_column(chosen.label, arrays[chosen.label], path.name, notes))
    return _table(path.name, columns, notes, chosen.label)


def _left_out(chosen: ArraySet, sets: Mapping[str, ArraySet], names: Sequence[str]) -> Notes:
    """What the file holds besides: tables to choose instead, and arrays that belong to none."""
    notes = Notes()
    others = [name for name, other in sets.items() if other.points != chosen.points]
    if others:
        found = listed(others, _MOST_NAMES)
        notes.add(f"The file also holds {found}; choose among them under Array, beside the rows.")
    known = {name for other in (chosen, *sets.values()) for name in other.names}
    left = [name for name in names if name not in known]
    if left:
        notes.add("Arrays of the file that were left out: {columns}.", *left)
    return notes


def _share(watch: Watch, i: int, count: int) -> Watch:
    return lambda fraction, doing: watch((i + fraction) / count, doing)


def _stem(name: str, chosen: ArraySet) -> str:
    """What columns are called by: x for the one array, else each array's own name."""
    return "x" if len(chosen.points) == 1 else name


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
