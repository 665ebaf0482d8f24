"""Ways through a latent space as files: a looped GIF, a strip as PNG."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genstudio.applications.mosaic import as_bytes, mosaic
from genstudio.atomic import write_bytes
from genstudio.errors import DataError

Array = NDArray[Any]

WANTED_PIXELS = 280
"""Small pictures are enlarged by a whole factor to about this width, so that they can be seen."""
MOST_FRAMES = 2000
_CENTISECONDS = 100.0


def write_gif(path: Path, x: Array, frames_per_second: float, turn_back: bool = False) -> None:
    """Pictures one after the other, over and over.

    Arguments:
        x: shape (M, C, H, W): bytes, or intensities from 0 to 1.
        frames_per_second: at most 50, as browsers slow down what is faster.
        turn_back: after the last picture go back to the first, so that nothing jumps.

    Raises:
        DataError: there is nothing to show, or too much.
        ArchiveError: the file cannot be written; the former one is untouched.
    """
    if not 1 <= len(x) <= MOST_FRAMES:
        raise DataError(f"A GIF cannot be made of {len(x):,} pictures.", f"Take 1 to {MOST_FRAMES:,}.")
    frames = [_frame(picture) for picture in (np.concatenate([x, x[-2:0:-1]]) if turn_back else x)]
    # GIF counts hundredths of a second.
    duration = 10 * max(2, round(_CENTISECONDS / frames_per_second))
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "GIF", save_all=True, append_images=frames[1:], duration=duration, loop=0, optimize=False, disposal=1
    )
    write_bytes(path, buffer.getvalue())


def write_strip(path: Path, x: Array, columns: int | None = None) -> None:
    """Pictures side by side as one PNG; all in one row when `columns` is None.

    Raises:
        DataError: there is nothing to show.
        ArchiveError: the file cannot be written; the former one is untouched.
    """
    if not len(x):
        raise DataError("There are no pictures to write.", "Let the way lead through two stations at least.")
    image = _enlarged(Image.fromarray(mosaic(x, columns or len(x))), x.shape[3])
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    write_bytes(path, buffer.getvalue())


def _frame(picture: Array) -> Image.Image:
    pixels = as_bytes(picture)
    image = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
    return _enlarged(image, pixels.shape[2])


def _enlarged(image: Image.Image, width: int) -> Image.Image:
    factor = max(1, WANTED_PIXELS // width)
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
