"""Arrays as pictures: channels put last, values brought to bytes, classes to codes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes
from genstudio.data.pictures import Pictures
from genstudio.data.reader import Watch
from genstudio.data.readers._picture_choice import PictureSet
from genstudio.data.readers._pixels import bytes_of, refuse_too_large
from genstudio.errors import DataError

Array = NDArray[Any]
Ints = NDArray[np.int64]

MOST_CLASSES = 1000


def pictures_of(
    where: str, arrays: Mapping[str, Array], chosen: PictureSet, notes: Notes, watch: Watch
) -> Pictures:
    """Pictures from arrays that were read.

    Arguments:
        where: name of the file, for messages.
        arrays: those that `chosen` names.

    Raises:
        DataError: a shape or values that no pictures have.
        Cancelled: raised by `watch`.
    """
    parts = [channels_last(arrays[name], where) for name in chosen.parts]
    together = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if len(parts) > 1:
        counts = " and ".join(f"{len(part):,} of `{name}`" for part, name in zip(parts, chosen.parts, strict=True))
        notes.add(f"The pictures are {counts}, one after the other; choose one of them under Array.")
    pixels = bytes_of(together, where, notes, watch)
    codes: Ints | None = None
    levels: tuple[str, ...] = ()
    if chosen.labels:
        words = arrays[chosen.levels] if chosen.levels else None
        codes, levels = class_codes(np.concatenate([arrays[name].reshape(-1) for name in chosen.labels]), words, notes)
    return Pictures(where, pixels, codes, levels, notes.sentences())


def channels_last(array: Array, where: str) -> Array:
    """The array as (N, H, W, C), with C 1 or 3.

    Arguments:
        array: shape (N, H, W), (N, H, W, C), (N, C, H, W), or (N, D) with square pictures in each row.

    Raises:
        DataError: any other shape, or no picture at all.
    """
    if array.ndim == 2:
        array = _unfolded(array, where)
    elif array.ndim == 3:
        array = array[..., None]
    elif array.ndim == 4 and array.shape[3] not in (1, 3):
        array = array.transpose(0, 2, 3, 1)
    if array.ndim != 4 or array.shape[3] not in (1, 3) or not array.size:
        raise DataError(
            f"{where} holds an array of shape {array.shape}, which are no pictures.",
            "Save it as (N, height, width), or with 1 or 3 channels as the last dimension.",
        )
    refuse_too_large(where, array.shape)
    return array


def _unfolded(array: Array, where: str) -> Array:
    for channels in (1, 3):
        side = math.isqrt(array.shape[1] // channels)
        if side and side * side * channels == array.shape[1]:
            return array.reshape(len(array), side, side, channels)
    raise DataError(
        f"The rows of {where} have {array.shape[1]:,} numbers, which make no square picture in grey or colour.",
        "Save the pictures as (N, height, width).",
    )


def class_codes(values: Array, words: Array | None, notes: Notes) -> tuple[Ints | None, tuple[str, ...]]:
    """Codes and levels of an array of classes; whole numbers or words. Negative numbers are unknown classes.

    Arguments:
        values: shape (N,).
        words: what the numbers stand for, shape (K,), where the file says so.
    """
    if values.dtype.kind == "S":
        values = np.char.decode(values, "latin-1")
    whole = values.dtype.kind in "biu" or (
        values.dtype.kind == "f" and bool(np.isfinite(values).all()) and bool((values == np.floor(values)).all())
    )
    if not whole and values.dtype.kind != "U":
        notes.add("The classes are neither whole numbers nor words, and were left out.")
        return None, ()
    levels, codes = np.unique(values, return_inverse=True)
    known = levels >= 0 if whole else levels != ""
    if int(known.sum()) > MOST_CLASSES or not known.any():
        notes.add(f"The classes were left out, for there are {int(known.sum()):,} of them.")
        return None, ()
    # Unknown classes sort before all others: negative numbers, and the empty word.
    codes = np.maximum(codes.reshape(-1) - int((~known).sum()), -1).astype(np.int64)
    return codes, tuple(_level_word(level, words) for level in levels[known].tolist())


def _level_word(level: Any, words: Array | None) -> str:
    if isinstance(level, str):
        return level
    if words is not None and level < len(words):
        word = words[int(level)]
        return word.decode("latin-1") if isinstance(word, bytes) else str(word)
    return str(int(level))
