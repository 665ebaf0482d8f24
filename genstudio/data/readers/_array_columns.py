"""NumPy arrays as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genstudio.data.columns import Notes, number_column, unique_names
from genstudio.data.readers._gather import gather
from genstudio.data.table import Column, ColumnType
from genstudio.data.words import MISSING, spellings
from genstudio.errors import DataError

_MOST_CLASSES = 1000

Values = NDArray[Any]
Make = Callable[[str, Values, Notes], Column]


def array_columns(arrays: Mapping[str, Values], where: str, notes: Notes) -> list[Column]:
    """Columns of arrays of equal length; each gives one, one a second index, or one a field.

    Arguments:
        arrays: by name, shape (N,) or (N, D).
        where: name of the file, for messages.

    Raises:
        DataError: other shapes, or values that are neither numbers, words nor dates.
    """
    parts = [part for name, array in arrays.items() for part in _parts(name, array, where)]
    names = unique_names([name for name, _ in parts], notes)
    return [_column(name, values, where, notes) for name, (_, values) in zip(names, parts, strict=True)]


def class_column(name: str, values: Values, where: str, notes: Notes) -> Column:
    """A column of classes: whole numbers become words, one a class.

    Arguments:
        values: shape (N,) or (N, 1).
    """
    values = values.reshape(-1)
    column = _column(name, values, where, notes)
    if column.type is not ColumnType.NUMBER:
        return column
    present = column.values[~np.isnan(column.values)]
    levels = np.unique(present)
    if not len(levels) or len(levels) > _MOST_CLASSES or (levels != np.floor(levels)).any():
        return column
    codes = np.searchsorted(levels, column.values).astype(np.float64)
    codes[np.isnan(column.values)] = np.nan
    return Column(name, ColumnType.CATEGORY, codes, tuple(str(int(level)) for level in levels))


def _parts(name: str, array: Values, where: str) -> Iterator[tuple[str, Values]]:
    if array.dtype.names is not None:
        for field in array.dtype.names:
            yield from _parts(field if array.ndim == 1 else f"{name} {field}", array[field], where)
    elif array.ndim == 1:
        yield from _real(name, array)
    elif array.ndim == 2:
        for i in range(array.shape[1]):
            yield from _real(f"{name}{i + 1}", array[:, i])
    else:
        raise DataError(
            f"{where} holds an array of shape {array.shape}; a table has one dimension or two.",
            "Save it as rows of values, such as array.reshape(len(array), -1).",
        )


def _real(name: str, values: Values) -> Iterator[tuple[str, Values]]:
    if values.dtype.kind == "c":
        yield f"{name} real", values.real
        yield f"{name} imaginary", values.imag
    else:
        yield name, values


def _column(name: str, values: Values, where: str, notes: Notes) -> Column:
    make = _MAKERS.get(values.dtype.kind)
    if make is None:
        raise DataError(
            f"{where} holds values of type {values.dtype}, which are neither numbers, words nor dates.",
            "Save it anew with a number type, such as np.save(path, array.astype(float)).",
        )
    return make(name, values, notes)


def _numbers(name: str, values: Values, notes: Notes) -> Column:
    with np.errstate(over="ignore"):
        return number_column(name, values.astype(np.float64), notes)


def _flags(name: str, values: Values, notes: Notes) -> Column:
    return number_column(name, values.astype(np.float64), notes, ColumnType.FLAG)


def _dates(name: str, values: Values, notes: Notes) -> Column:
    return number_column(name, _seconds(values - np.datetime64(0, "s")), notes, ColumnType.DATE)


def _durations(name: str, values: Values, notes: Notes) -> Column:
    return number_column(name, _seconds(values), notes)


def _seconds(spans: Values) -> NDArray[np.float64]:
    return np.asarray(spans / np.timedelta64(1, "s"), dtype=np.float64)


def _words(name: str, values: Values, notes: Notes) -> Column:
    text = np.char.decode(values, "latin-1") if values.dtype.kind == "S" else values
    array = pa.array(text.tolist(), pa.string())
    return gather([name], lambda _: iter([[array]]), notes, spellings(MISSING))[0]


_MAKERS: dict[str, Make] = {
    "b": _flags, "i": _numbers, "u": _numbers, "f": _numbers, "M": _dates, "m": _durations, "U": _words, "S": _words,
}
