"""Some pictures to look at: drawn from all, or so many of each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.picture_preparation import channels_first
from genstudio.data.pictures import Pictures

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

CLASSES_AT_MOST = 12
_ROWS_OF_A_GRID = 10


@dataclass(frozen=True)
class PictureGlance:
    """Pictures to be shown as a grid.

    Arguments:
        x: bytes, shape (N, C, H, W); black where a class has too few pictures to fill its place.
        rows: which of all pictures each is, shape (N,); -1 for those black ones.
        names: of the classes shown, one for `each` pictures; none where they are mixed.
        columns: pictures in a row, or None for as many as fit.
        sentence: what is shown, and what is not.
    """

    x: Bytes
    rows: Ints
    names: tuple[str, ...] = ()
    each: int = 1
    columns: int | None = None
    sentence: str = ""


def glance_at_random(pictures: Pictures, rows: Ints, n: int, seed: int) -> PictureGlance:
    """At most n of the given rows, drawn by the seed."""
    chosen = np.random.default_rng(seed).permutation(rows)[:n]
    words = f"{len(chosen):,} of {len(rows):,} pictures"
    return PictureGlance(channels_first(pictures, chosen), chosen, sentence=words)


def glance_by_class(pictures: Pictures, rows: Ints, n: int, seed: int) -> PictureGlance:
    """About n of the given rows, equally many of each class, of at most `CLASSES_AT_MOST` classes."""
    order = np.random.default_rng(seed).permutation(rows)
    codes = np.full(len(order), -1) if pictures.codes is None else pictures.codes[order]
    present = np.unique(codes[codes >= 0])
    shown = present[:CLASSES_AT_MOST]
    if not len(shown):
        return glance_at_random(pictures, rows, n, seed)
    lines = max(1, _ROWS_OF_A_GRID // len(shown))
    columns = max(1, n // len(shown) // lines)
    each = lines * columns
    chosen = np.concatenate([_filled(order[codes == code][:each], each) for code in shown])
    x = channels_first(pictures, np.maximum(chosen, 0))
    x[chosen < 0] = 0
    of = f"the first {len(shown)} of {len(present):,} classes" if len(present) > len(shown) else "each class"
    return PictureGlance(
        x, chosen, tuple(pictures.levels[code] for code in shown), each, columns, f"At most {each} pictures of {of}"
    )


def _filled(rows: Ints, count: int) -> Ints:
    return np.concatenate([rows, np.full(count - len(rows), -1)])
