"""Which arrays of an NPZ are pictures, and which hold their classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genstudio.data.readers._npy import Header
from genstudio.errors import DataError
from genstudio.settings import nearest

_LABELS = ("y", "label", "labels", "target", "targets", "class", "classes", "category", "categories", "codes")
_USUAL = ("x", "images", "pictures", "pixels", "data", "x_train")
_CHANNELS = (1, 3)
_SMALLEST_SIDE = 4

Headers = Mapping[str, Header]


@dataclass(frozen=True)
class PictureSet:
    """Arrays that are read as one set of pictures.

    Arguments:
        parts: names of the arrays of pixels, joined one after the other.
        labels: names of the arrays of classes, one for each part; empty where there are none.
        levels: name of the array with the words that the classes stand for.
    """

    parts: tuple[str, ...]
    labels: tuple[str, ...] = ()
    levels: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every array of the set."""
        return (*self.parts, *self.labels, *((self.levels,) if self.levels else ()))

    def called(self, name: str) -> bool:
        """Whether a set of this name holds the same pictures, or a part of them."""
        return name in self.parts or (len(self.parts) > 1 and name == _stem(self.parts[0]))


def is_pictures(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape is taken for pictures: (N, H, W), with 1 or 3 channels behind or before."""
    if not all(shape):
        return False
    if len(shape) == 4:
        sides = shape[1:3] if shape[3] in _CHANNELS else shape[2:] if shape[1] in _CHANNELS else (0,)
        return min(sides) >= _SMALLEST_SIDE
    return len(shape) == 3 and min(shape[1:]) >= _SMALLEST_SIDE


def picture_sets(headers: Headers) -> dict[str, PictureSet]:
    """The sets of pictures that an archive offers, by name; those called as pictures usually are come first.

    `NAME_train` and `NAME_test` make one that is called `NAME`, before either of them.
    """
    found = [name for name, header in headers.items() if is_pictures(header.shape) and header.dtype.kind in "buif"]
    found.sort(key=lambda name: name.lower() not in _USUAL)
    sets: dict[str, PictureSet] = {}
    for name in found:
        whole = _joined(name, headers)
        if whole is not None:
            sets.setdefault(_stem(name), whole)
        sets.setdefault(name, _alone(name, headers))
    return sets


def pictures_first(headers: Headers) -> bool:
    """Whether the pictures of an archive are read rather than its tables, where nobody says which."""
    sets = picture_sets(headers)
    if not sets or all(len(header.shape) != 2 for header in headers.values()):
        return bool(sets)
    first = next(iter(sets.values())).parts[0]
    return headers[first].dtype == np.uint8 or first.lower() in _USUAL


def flat_set(headers: Headers, wanted: str, where: str) -> PictureSet:
    """The set of any array, said to hold pictures; the first of two or more dimensions where none is named.

    Raises:
        DataError: there is none.
    """
    if not wanted:
        wanted = next((name for name, header in headers.items() if len(header.shape) >= 2), "")
    if wanted not in headers:
        raise DataError(f"{where} has no array `{wanted}` ({nearest(wanted, headers)}).", "Choose another array.")
    return _alone(wanted, headers)


def _alone(name: str, headers: Headers) -> PictureSet:
    label = _label(name, headers)
    return PictureSet((name,), (label,) if label else (), _levels(label, headers))


def _joined(name: str, headers: Headers) -> PictureSet | None:
    """`NAME_train` with `NAME_test`, where both hold pictures of one size and type."""
    other = _counterpart(name)
    if other not in headers or _stem(name) in headers:
        return None
    if headers[name].shape[1:] != headers[other].shape[1:] or headers[name].dtype != headers[other].dtype:
        return None
    labels = _label(name, headers), _label(other, headers)
    known = (labels[0], labels[1]) if labels[0] and labels[1] else ()
    return PictureSet((name, other), known, _levels(labels[0], headers))


def _stem(name: str) -> str:
    return name[: -len("_train")]


def _counterpart(name: str) -> str:
    ends = {"_train": "_test", "_TRAIN": "_TEST", "_Train": "_Test"}
    return next((name.removesuffix(end) + other for end, other in ends.items() if name.endswith(end)), "")


def _label(name: str, headers: Headers) -> str | None:
    """The array with one class for each picture: `y_train` beside `x_train`, `A_y` beside `A_X`, or `label`."""
    partners = [f"y{name[1:]}", f"Y{name[1:]}"] if name[:1] in ("x", "X") else []
    partners += [f"{name[:-2]}_{end}" for end in "yY"] if name[-2:] in ("_x", "_X") else []
    partners += [other for other in headers if other.lower() in _LABELS]
    rows = headers[name].shape[:1]
    return next((p for p in partners if p in headers and headers[p].shape in (rows, (*rows, 1))), None)


def _levels(label: str | None, headers: Headers) -> str | None:
    """The array of words that belongs to an array of classes: `category_names` beside `category`."""
    if label is None or headers[label].dtype.kind not in "iu":
        return None
    wanted = (f"{label}_names", "class_names", "label_names", "target_names")
    words = {name for name, header in headers.items() if header.dtype.kind in "US" and len(header.shape) == 1}
    return next((name for name in wanted if name in words), None)
