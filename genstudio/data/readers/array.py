"""NumPy arrays: NPY, and the members of an NPZ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

from genstudio.data.columns import Notes, likely_label, listed
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._archive import members
from genstudio.data.readers._array_choice import ArraySet, array_sets, chosen_set
from genstudio.data.readers._array_columns import array_columns, class_column
from genstudio.data.readers._npy import MAGIC, read_body, read_header
from genstudio.data.readers._npz import Arrays, open_arrays
from genstudio.data.readers._picture_arrays import pictures_of
from genstudio.data.readers._picture_choice import PictureSet, flat_set, is_pictures, picture_sets, pictures_first
from genstudio.data.readers._sequence_arrays import sequences_of
from genstudio.data.readers._sequence_choice import SequenceSet, sequence_sets, wanted_sequences
from genstudio.data.sequences import Sequences
from genstudio.data.table import Column, Table
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

_MOST_NAMES = 8


class ArrayReader(Reader):
    """Reads one array of two dimensions, or several of one dimension, as columns; one of three or four as pictures.

    With an array of lengths beside them, rows are sequences, one after another or filled up to one length.
    """

    info: ClassVar[ReaderInfo] = ReaderInfo("array", "NumPy array", (".npy", ".npz"), order=40)

    class Settings(BaseSettings):
        """Which array of an archive, and what it holds."""

        array: str = setting(
            "", "Name of the array in an NPZ, or NAME for NAME_X with the labels NAME_y, or for pictures NAME_train "
            "and NAME_test together; found by itself when empty."
        )
        holds: Literal["auto", "table", "pictures", "sequences"] = setting(
            "auto", "What the array holds: sequences where their lengths are beside it, pictures where it has three "
            "dimensions or four, else a table, unless it is said. Rows of pixels are pictures too, when that is said."
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is an NPY, or an archive of them."""
        return head.startswith(MAGIC) or (head.startswith(b"PK") and any(n.endswith(".npy") for n in members(path)))

    def detect(self, path: Path) -> ArrayReader.Settings:
        """The first array that is a table or pictures; empty where there is no choice, which `read` can say why."""
        return self.Settings(array=next(iter(self.offers(path).get("array", ())), ""))

    def offers(self, path: Path) -> dict[str, tuple[str, ...]]:
        """The tables and pictures of an archive that holds several."""
        if not members(path):
            return {}
        with open_arrays(path) as arrays:
            names = _offered(arrays)
        return {"array": names} if len(names) > 1 else {}

    def read(self, path: Path, settings: ArrayReader.Settings, watch: Watch = unwatched) -> Raw:
        """The array as a table, columns x1 … xD, as sequences or as pictures; y or NAME_y gives the classes.

        Raises:
            DataError: a damaged header or body, Python objects, a shape that is neither, no array that can be read.
            Cancelled: raised by `watch`.
        """
        with path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                return _lone_array(path, settings, watch)
        with open_arrays(path) as arrays:
            found = _chosen_sequences(arrays, settings)
            if found is not None:
                return _sequences_of(arrays, found, watch)
            chosen = _chosen_pictures(arrays, settings)
            return _table_of(arrays, settings.array, watch) if chosen is None else _pictures_of(arrays, chosen, watch)


def _lone_array(path: Path, settings: ArrayReader.Settings, watch: Watch) -> Raw:
    with path.open("rb") as file:
        header = read_header(file, path.name, path.stat().st_size)
        array = read_body(file, header, path.name, watch)
    notes = Notes()
    if settings.holds == "sequences":
        chosen = wanted_sequences({"x": header}, "x", path.name)
        return sequences_of(path.name, {"x": array}, chosen, notes)
    if settings.holds == "pictures" or (settings.holds == "auto" and is_pictures(header.shape)):
        return pictures_of(path.name, {"x": array}, PictureSet(("x",)), notes, watch)
    return _table(path.name, array_columns({"x": array}, path.name, notes), notes)


def _offered(arrays: Arrays) -> tuple[str, ...]:
    series, pictures, tables = (find(arrays.headers) for find in (sequence_sets, picture_sets, array_sets))
    ordered = [*pictures, *tables] if pictures_first(arrays.headers) else [*tables, *pictures]
    return tuple(dict.fromkeys([*series, *ordered]))


def _chosen_sequences(arrays: Arrays, settings: ArrayReader.Settings) -> SequenceSet | None:
    """The sequences to read; None where something else is wanted or found."""
    if settings.holds == "sequences":
        return wanted_sequences(arrays.headers, settings.array, arrays.where)
    sets = sequence_sets(arrays.headers)
    if settings.holds != "auto" or not sets:
        return None
    return sets.get(settings.array) if settings.array else next(iter(sets.values()))


def _sequences_of(arrays: Arrays, chosen: SequenceSet, watch: Watch) -> Sequences:
    notes = Notes()
    others = [name for name in sequence_sets(arrays.headers) if name != chosen.points]
    _say_others(notes, others)
    left = [name for name in arrays.names if name not in chosen.names and name not in others]
    if left:
        notes.add("Arrays of the file that were left out: {columns}.", *left)
    return sequences_of(arrays.where, arrays.read(chosen.names, watch), chosen, notes)


def _chosen_pictures(arrays: Arrays, settings: ArrayReader.Settings) -> PictureSet | None:
    """The pictures to read; None where a table is wanted or found."""
    sets, wanted = picture_sets(arrays.headers), settings.array
    if settings.holds == "table":
        return None
    if settings.holds == "pictures" and wanted not in sets:
        return flat_set(arrays.headers, wanted, arrays.where) if wanted or not sets else next(iter(sets.values()))
    if wanted:
        return sets.get(wanted)
    return next(iter(sets.values())) if pictures_first(arrays.headers) else None


def _pictures_of(arrays: Arrays, chosen: PictureSet, watch: Watch) -> Pictures:
    notes = Notes()
    others = [name for name in _offered(arrays) if name not in chosen.names and not chosen.called(name)]
    _say_others(notes, others)
    return pictures_of(arrays.where, arrays.read(chosen.names, watch), chosen, notes, watch)


def _table(name: str, columns: list[Column], notes: Notes, label: str | None = None) -> Table:
    if not columns or not len(columns[0].values):
        raise DataError(f"{name} has no rows.", "Choose a file that holds some.")
    return Table(name, tuple(columns), label or likely_label(columns), notes=notes.sentences())


def _table_of(arrays: Arrays, wanted: str, watch: Watch) -> Table:
    if wanted in picture_sets(arrays.headers) and array_sets(arrays.headers):
        # Pictures were detected, but a table was asked for.
        wanted = ""
    chosen = chosen_set(arrays.headers, wanted, arrays.where)
    read = arrays.read(chosen.names, watch)
    notes = _left_out(chosen, arrays)
    columns = array_columns({_stem(name, chosen): read[name] for name in chosen.points}, arrays.where, notes)
    if chosen.label:
        columns.append(class_column(chosen.label, read[chosen.label], arrays.where, notes))
    return _table(arrays.where, columns, notes, chosen.label)


def _left_out(chosen: ArraySet, arrays: Arrays) -> Notes:
    """What the file holds besides: sets to choose instead, and arrays that belong to none."""
    notes, sets, pictures = Notes(), array_sets(arrays.headers), picture_sets(arrays.headers)
    others = [name for name, other in sets.items() if other.points != chosen.points]
    _say_others(notes, [*others, *pictures])
    known = {*chosen.names}.union(*(s.names for s in sets.values()), *(p.names for p in pictures.values()))
    left = [name for name in arrays.names if name not in known]
    if left:
        notes.add("Arrays of the file that were left out: {columns}.", *left)
    return notes


def _say_others(notes: Notes, others: Sequence[str]) -> None:
    if others:
        found = listed(others, _MOST_NAMES)
        notes.add(f"The file also holds {found}; choose among them under Array, beside the rows.")


def _stem(name: str, chosen: ArraySet) -> str:
    """What columns are called by: x for the one array, else each array's own name."""
    return "x" if len(chosen.points) == 1 else name
