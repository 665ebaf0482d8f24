"""Numbers of any type as the bytes of pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes
from genstudio.data.reader import Watch
from genstudio.errors import DataError

Array = NDArray[Any]
Bytes = NDArray[np.uint8]

MOST_BYTES = 2 << 30
_PIECE = 1 << 20


@dataclass(frozen=True)
class Range:
    """The values that stand for black and for white, and a note where that is a guess."""

    black: float
    white: float
    note: str = ""


def refuse_too_large(where: str, shape: tuple[int, ...]) -> None:
    """Refuses pictures that would fill the memory.

    Arguments:
        where: name of the file, for messages.
        shape: of all pictures together, one byte a value.
    """
    size = math.prod(shape)
    if size > MOST_BYTES:
        raise DataError(
            f"The pictures of {where} would take {size / 2**30:,.1f} GiB of memory; the limit is "
            f"{MOST_BYTES >> 30} GiB.",
            "Choose fewer of them or a smaller size.",
        )


def bytes_of(array: Array, where: str, notes: Notes, watch: Watch) -> Bytes:
    """The values as bytes, 0 black to 255 white, in the array's own shape.

    Values from 0 to 1 and from 0 to 255 are what they seem; of others the range is stretched, and a note says so.

    Raises:
        DataError: values that are no finite real numbers.
        Cancelled: raised by `watch`.
    """
    if array.dtype.kind not in "buif":
        raise DataError(f"{where} holds values of type {array.dtype}, which are no pixels.", "Save it as bytes.")
    found = _range(array, where, watch)
    if found.note:
        notes.add(found.note)
    if array.dtype == np.uint8 and found == Range(0, 255):
        return np.ascontiguousarray(array)
    result = np.empty(array.shape, np.uint8)
    # Halved, the distance of the two largest numbers of opposite sign is still a number.
    black, scale = found.black / 2, 255.0 / (found.white / 2 - found.black / 2)
    for begin, piece in _pieces(array):
        watch(begin / len(array), f"Converting {where}")
        scaled = (piece.astype(np.float64) / 2 - black) * scale
        result[begin : begin + len(piece)] = np.rint(np.clip(scaled, 0.0, 255.0))
    return result


def _pieces(array: Array) -> Iterator[tuple[int, Array]]:
    """Parts of the array that take little memory, each with where it begins."""
    rows = max(1, _PIECE // max(1, math.prod(array.shape[1:])))
    return ((begin, array[begin : begin + rows]) for begin in range(0, len(array), rows))


def _range(array: Array, where: str, watch: Watch) -> Range:
    lowest, highest = math.inf, -math.inf
    for begin, piece in _pieces(array):
        watch(begin / len(array), f"Looking through {where}")
        lowest, highest = min(lowest, float(piece.min())), max(highest, float(piece.max()))
        if not math.isfinite(lowest) or not math.isfinite(highest):
            raise DataError(
                f"{where} holds missing or infinite values, which no picture has.", "Fill them and save it anew."
            )
    return _meaning(lowest, highest, array.dtype.kind in "bui")


def _meaning(lowest: float, highest: float, whole: bool) -> Range:
    if lowest >= 0 and highest <= 1:
        # All zero is black, whether bytes or intensities are meant.
        return Range(0, 255 if whole and highest == 0 else 1)
    if lowest >= 0 and highest <= 255:
        return Range(0, 255)
    if lowest >= -1 and highest <= 1:
        return Range(-1, 1, "Values from −1 to 1 are taken as black to white.")
    if whole and lowest >= 0 and highest <= 65535:
        return Range(0, 65535, "Values from 0 to 65,535 are taken as black to white.")
    if lowest == highest:
        return Range(lowest, lowest + abs(lowest), f"Every value is {lowest:g}, which is taken as black.")
    return Range(lowest, highest, f"Values from {lowest:g} to {highest:g} are taken as black to white.")
