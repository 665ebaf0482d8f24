"""What a look at pictures shows: how many of each class there are, and their mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.pictures import Pictures
from genstudio.data.reader import Watch, unwatched

Ints = NDArray[np.int64]
Intensities = NDArray[np.float32]

UNKNOWN = -1
_PIECE_BYTES = 1 << 22


@dataclass(frozen=True)
class ClassSummary:
    """What is known of one class, or of the pictures without one.

    Arguments:
        code: its code, `UNKNOWN` for pictures without a class.
        level: what it is called, "" for pictures without a class.
        count: how many pictures it has.
        mean: the mean picture, intensities in [0, 1], shape (C, H, W); black where there is none.
    """

    code: int
    level: str
    count: int
    mean: Intensities


@dataclass(frozen=True)
class PictureSummary:
    """What is known of a set of pictures.

    Arguments:
        shape: channels, height and width of each.
        classes: every class in the order of its code, then the pictures without one, where there are any.
        mean: the mean of all pictures, shape (C, H, W).
    """

    count: int
    shape: tuple[int, int, int]
    classes: tuple[ClassSummary, ...]
    mean: Intensities

    @property
    def colour(self) -> bool:
        """Whether the pictures are in colour."""
        return self.shape[0] == 3


def summarise_pictures(pictures: Pictures, watch: Watch = unwatched) -> PictureSummary:
    """Counts and mean pictures, exact, over all of them.

    Raises:
        Cancelled: raised by `watch`.
    """
    codes = _codes(pictures)
    # The last is that of pictures without a class, whose code is -1.
    places = len(pictures.levels) + 1
    counts, sums = np.bincount(codes % places, minlength=places), _sums(pictures, codes % places, places, watch)
    classes = [
        ClassSummary(code, level, int(counts[code]), _mean(sums[code], int(counts[code])))
        for code, level in enumerate(pictures.levels)
    ]
    if counts[-1]:
        classes.append(ClassSummary(UNKNOWN, "", int(counts[-1]), _mean(sums[-1], int(counts[-1]))))
    return PictureSummary(len(pictures), pictures.shape, tuple(classes), _mean(sums.sum(axis=0), len(pictures)))


def _codes(pictures: Pictures) -> Ints:
    return np.full(len(pictures), UNKNOWN) if pictures.codes is None else pictures.codes


def _sums(pictures: Pictures, places: Ints, count: int, watch: Watch) -> NDArray[np.float64]:
    """Sums of the bytes of each class, shape (count, H, W, C); in pieces, so that no other thread has to wait."""
    sums = np.zeros((count, *pictures.pixels.shape[1:]))
    rows = max(1, _PIECE_BYTES // max(1, pictures.pixels[:1].nbytes))
    for begin in range(0, len(pictures), rows):
        watch(begin / len(pictures), f"Looking through {pictures.name}")
        piece, of_piece = pictures.pixels[begin : begin + rows], places[begin : begin + rows]
        for place in np.unique(of_piece):
            sums[place] += piece[of_piece == place].sum(axis=0, dtype=np.float64)
    return sums


def _mean(total: NDArray[np.float64], count: int) -> Intensities:
    mean = total / (255.0 * max(1, count))
    return np.ascontiguousarray(mean.transpose(2, 0, 1), dtype=np.float32)
