"""What a discriminator looks at, laid over the pictures that it looks at. No Qt here."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.mosaic import as_bytes

Array = NDArray[Any]

_DIMMED = 0.55
"""Pictures step back behind what lies over them, whatever their own brightness."""
_MOST_OPAQUE = 0.9
COLOUR = (240, 160, 48)
"""Of neither theme, as what it lies on is as dark in both."""


def overlaid(x: Array, attention: Array) -> NDArray[np.uint8]:
    """Pictures in dimmed grey under one colour, the more of it the more a verdict hangs on the place.

    Arguments:
        x: shape (N, C, H, W) with C 1 or 3: bytes, or intensities from 0 to 1.
        attention: shape (N, 1, H, W), 0 to 1.

    Returns:
        bytes, shape (N, 3, H, W).
    """
    grey = _DIMMED * as_bytes(x).mean(axis=1, keepdims=True)
    alpha = _MOST_OPAQUE * np.clip(attention, 0.0, 1.0)
    mixed = (1 - alpha) * grey + alpha * np.asarray(COLOUR, float)[:, None, None]
    return np.asarray(np.rint(mixed), np.uint8)


def coloured(x: Array) -> NDArray[np.uint8]:
    """Pictures with three colours each, bytes, shape (N, 3, H, W)."""
    return np.broadcast_to(as_bytes(x), (len(x), 3, *x.shape[2:]))
