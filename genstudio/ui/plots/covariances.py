"""The geometry of covariance ellipses on the screen. No Qt here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A dragged axis is never thinner than this share of the other: the covariance stays positive definite.
_THINNEST = 1e-3
_ANGLES = np.linspace(0.0, 2 * np.pi, 73)
_CIRCLE = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])


def axes_of(covariance: Floats) -> Floats:
    """The two half axes at one standard deviation, as vectors: rows of shape (2, 2), longest first."""
    spread, directions = np.linalg.eigh((covariance + covariance.T) / 2)
    return np.asarray((directions * np.sqrt(np.maximum(spread, 0.0))).T[::-1])


def outline(mean: Floats, axes: Floats, sigmas: float) -> Floats:
    """A closed ellipse, shape (P, 2).

    Arguments:
        mean: shape (2,).
        axes: half axes at one standard deviation, shape (2, 2).
        sigmas: how many standard deviations away the outline runs.
    """
    return np.asarray(mean + sigmas * _CIRCLE @ axes)


def dragged_axes(axes: Floats, dragged: int, vector: Floats) -> Floats:
    """Half axes after one was dragged to a vector; the other turns along and keeps its length.

    Arguments:
        axes: half axes, shape (2, 2).
        dragged: which one, 0 or 1.
        vector: where it now points, shape (2,), one standard deviation long.
    """
    other_length = float(np.linalg.norm(axes[1 - dragged]))
    length = float(np.linalg.norm(vector))
    if length < _THINNEST * other_length:
        vector = axes[dragged] / np.linalg.norm(axes[dragged]) * _THINNEST * other_length
        length = _THINNEST * other_length
    across = np.array([-vector[1], vector[0]]) / length * other_length
    # The other axis keeps its side, so that its handle does not leap across.
    across *= np.sign(across @ axes[1 - dragged]) or 1.0
    found = np.empty((2, 2))
    found[dragged], found[1 - dragged] = vector, across
    return found


def covariance_of(axes: Floats) -> Floats:
    """The covariance with these half axes, shape (2, 2), symmetric."""
    return np.asarray(axes.T @ axes)
