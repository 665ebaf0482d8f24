"""Which arrays of an NPZ make a table together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from genstudio.data.readers._npy import Header
from genstudio.errors import DataError
from genstudio.settings import nearest

_LABELS = ("y", "y_train", "label", "labels", "target", "targets", "classes")
_POINTS = ("x", "x_train", "data", "features", "points", "samples")

Headers = Mapping[str, Header]


@dataclass(frozen=True)
class ArraySet:
    """Arrays that are read as one table.

    Arguments:
        points: names of the arrays that give columns.
        label: name of the array that holds the classes.
    """

    points: tuple[str, ...]
    label: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every array of the set."""
        return (*self.points, self.label) if self.label else self.points


def array_sets(headers: Headers) -> dict[str, ArraySet]:
    """The tables that an archive offers, by name; those called as points usually are come first.

    Each array of two dimensions that holds something is one, under its own name; with `NAME_y`
    beside `NAME_X`, both make one that is called `NAME`.
    """
    tables = [name for name, header in headers.items() if len(header.shape) == 2 and all(header.shape)]
    tables.sort(key=lambda name: name.lower() not in _POINTS)
    sets = {_title(name, headers): _with_label((name,), headers) for name in tables}
    # Classes of shape (N, 1) are no table beside the points that they belong to.
    labels = {found.label for found in sets.values()}
    return {title: found for title, found in sets.items() if found.points[0] not in labels}


def chosen_set(headers: Headers, wanted: str, where: str) -> ArraySet:
    """The arrays to read.

    Arguments:
        wanted: name of a set or of any array; empty for the first that is a table.
        where: name of the file, for messages.

    Raises:
        DataError: the name is unknown, or no array is a table.
    """
    sets = array_sets(headers)
    if wanted in sets:
        return sets[wanted]
    if wanted in headers:
        return _with_label((wanted,), headers)
    if wanted:
        hint = nearest(wanted, sets or headers)
        raise DataError(f"{where} has no array `{wanted}` ({hint}).", "Choose another array.")
    points = next(iter(sets.values())).points if sets else _columns(headers)
    if not points:
        shapes = ", ".join(f"{name} {header.shape}" for name, header in list(headers.items())[:8])
        raise DataError(
            f"{where} holds several arrays, none of which is a table: {shapes}.",
            "Save one of two dimensions, or several of one and the same length.",
        )
    return _with_label(points, headers)


def _columns(headers: Headers) -> tuple[str, ...]:
    """The arrays that are columns of one table, where no array is a table by itself."""
    if len(headers) == 1:
        return tuple(headers)
    shapes = {header.shape for header in headers.values()}
    if len(shapes) == 1 and len(next(iter(shapes))) == 1:
        return tuple(name for name in headers if name.lower() not in _LABELS) or tuple(headers)
    return ()


def _with_label(points: tuple[str, ...], headers: Headers) -> ArraySet:
    own = _partner(points[0], headers)
    usual = [
        name for name in headers
        if name.lower() in _LABELS and name not in points and _labels(name, points[0], headers)
    ]
    return ArraySet(points, own or next(iter(usual), None))


def _title(name: str, headers: Headers) -> str:
    short = name[:-2]
    return short if _partner(name, headers) and short not in headers else name


def _partner(name: str, headers: Headers) -> str | None:
    """The array `NAME_y` that goes with an array `NAME_X` of two dimensions."""
    if name[-2:] not in ("_X", "_x") or not name[:-2] or len(headers[name].shape) != 2:
        return None
    return next((other for end in "yY" if _labels(other := f"{name[:-2]}_{end}", name, headers)), None)


def _labels(name: str, points: str, headers: Headers) -> bool:
    """Whether an array has one value for each row of another."""
    rows = headers[points].shape[:1]
    return name in headers and headers[name].shape in (rows, (*rows, 1))
