"""Pictures as they were read: bytes of brightness or colour, before any preparation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from genstudio.data.table import Table

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pictures:
    """Pictures of one size, and what is known of where they came from.

    Arguments:
        pixels: shape (N, H, W, C), 0 black to 255 white; C is 1 (grey) or 3 (red, green, blue).
        codes: the class of each picture, shape (N,), codes into `levels`, -1 where it is not known; None where
            there are no classes.
        notes: what a reader noticed and a person should know, one sentence each.
    """

    name: str
    pixels: Bytes
    codes: Ints | None = None
    levels: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width: the shape of one picture as models see it."""
        height, width, channels = self.pixels.shape[1:]
        return channels, height, width

    def take(self, rows: Ints) -> Pictures:
        """Only the given pictures, in the given order."""
        codes = None if self.codes is None else self.codes[rows]
        return Pictures(self.name, self.pixels[rows], codes, self.levels, self.notes)


Raw = Table | Pictures
"""What a reader or a source gives: data before preparation."""
