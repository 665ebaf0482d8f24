"""Pictures that come with the program as small NPZ files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genstudio.data.pictures import Pictures
from genstudio.resources import resource


def bundled_pictures(name: str, file_name: str, levels: Sequence[str], array: str = "pixels") -> Pictures:
    """A bundled NPZ file as pictures.

    Arguments:
        name: what the pictures are called.
        file_name: file under `resources/data` with the uint8 array of shape (N, H, W) or (N, H, W, 3), and the
            `codes` of the classes, shape (N,).
        array: name of the array of pixels.
    """
    with np.load(resource("data", file_name), allow_pickle=False) as arrays:
        pixels, codes = arrays[array], arrays["codes"].astype(np.int64)
    if pixels.ndim == 3:
        pixels = pixels[..., None]
    return Pictures(name, pixels, codes, tuple(levels))
