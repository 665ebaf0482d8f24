"""Where the pictures of a grid lie in a widget. No Qt here."""

from __future__ import annotations

import math
from dataclasses import dataclass

CRISP = 2
"""From this scale on pictures grow by whole factors; below, that would waste up to half of the room."""


@dataclass(frozen=True)
class Places:
    """A grid of equal cells in the middle of a room.

    Arguments:
        count: pictures.
        columns: in a row.
        width, height: of one picture, its own pixels.
        gap: between two pictures, their own pixels.
        scale: logical pixels of the screen for each pixel of a picture.
        left, top: of the first picture, logical pixels.
        foot: room below each picture, logical pixels.
    """

    count: int
    columns: int
    width: int
    height: int
    gap: int
    scale: float
    left: float
    top: float
    foot: float = 0.0

    def cell(self, index: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of a picture, logical pixels."""
        row, column = divmod(index, self.columns)
        return (
            self.left + column * (self.width + self.gap) * self.scale, self.top + row * self.pitch,
            self.width * self.scale, self.height * self.scale,
        )

    @property
    def pitch(self) -> float:
        """From the top of one row of pictures to that of the next, logical pixels."""
        return (self.height + self.gap) * self.scale + self.foot

    def index_at(self, x: float, y: float) -> int:
        """The picture at a place, or -1; its foot belongs to it."""
        across, down = (x - self.left) / self.scale, y - self.top
        if across < 0 or down < 0:
            return -1
        column, row = int(across // (self.width + self.gap)), int(down // self.pitch)
        high = self.height * self.scale + self.foot
        inside = across % (self.width + self.gap) < self.width and down % self.pitch < high
        index = row * self.columns + column
        return index if inside and column < self.columns and index < self.count else -1


def placed(
    shape: tuple[int, int, int], room: tuple[int, int], columns: int | None = None, *, gap: int = 1,
    ratio: float = 1.0, largest_px: float = math.inf, foot_px: float = 0.0,
) -> Places:
    """The grid that shows pictures as large as a room allows.

    Arguments:
        shape: number, height and width of the pictures.
        room: width and height, logical pixels.
        columns: in a row; as many as make the pictures largest when None.
        ratio: pixels of the device for each logical one.
        largest_px: side that no picture exceeds, logical pixels.
        foot_px: room below each picture, whole pixels of the device.
    """
    count, height, width = shape
    most = largest_px / max(height, width)

    def worth(n: int) -> tuple[float, int, int]:
        """Large pictures, then few rows, then rows of one length."""
        return round(min(most, _scale(shape, room, n, gap, foot_px)), 6), -count // n, -n

    if columns is None:
        columns = max(range(1, max(count, 1) + 1), key=worth)
    columns = max(1, min(columns, max(count, 1)))
    scale = min(most, _scale(shape, room, columns, gap, foot_px))
    if scale * ratio >= CRISP:
        scale = math.floor(scale * ratio) / ratio
    across, down = _extent(shape, columns, gap)
    feet = -(-max(count, 1) // columns) * foot_px
    # Beginning on a whole pixel of the device keeps edges sharp.
    left, top = (max(0, math.floor((side - extent) / 2 * ratio) / ratio)
                 for side, extent in zip(room, (across * scale, down * scale + feet), strict=True))
    return Places(count, columns, width, height, gap, scale, left, top, foot_px)


def _extent(shape: tuple[int, int, int], columns: int, gap: int) -> tuple[int, int]:
    """Width and height of the whole grid, pixels of the pictures."""
    count, height, width = shape
    return columns * (width + gap) - gap, -(-max(count, 1) // columns) * (height + gap) - gap


def _scale(shape: tuple[int, int, int], room: tuple[int, int], columns: int, gap: int, foot_px: float) -> float:
    across, down = _extent(shape, columns, gap)
    high = room[1] - -(-max(shape[0], 1) // columns) * foot_px
    return max(min(room[0] / across, high / down), 1e-6)
