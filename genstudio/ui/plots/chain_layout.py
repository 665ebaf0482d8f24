"""Where the states of a chain and the arrows between them lie in a picture of a size in pixels. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NODE_PX = (11.0, 21.0)
"""The radius of a state, at least and at most."""
LOOP_PX = (16.0, 34.0)
"""How far the arrow of a state to itself reaches beyond it."""
_LABEL_HALF_PX = np.array([15.0, 8.0])
"""Half of the width and height of a number."""
_LABEL_GAP_PX, _MARGIN_PX = 4.0, 6.0
_BOW = 0.16
_LABEL_SHARE = 0.38
_LOOP_HALF_ANGLE = 0.55
_CURVE_POINTS = 16
_TINY = 1e-9


@dataclass(frozen=True)
class Arrow:
    """One transition.

    Arguments:
        path: from rim to rim, shape (P, 2), pixels.
        label: where its number stands, shape (2,), pixels.
    """

    source: int
    target: int
    path: Floats
    label: Floats


@dataclass(frozen=True)
class ChainLayout:
    """States on a circle, the first on top, clockwise.

    Arguments:
        centres: of the states, shape (K, 2), pixels.
        radius: of each state, pixels.
        outward: the way from the middle to each state, of length 1, shape (K, 2).
        loop: how far the arrow of a state to itself reaches beyond it, pixels.
    """

    centres: Floats
    radius: float
    outward: Floats
    loop: float
    _known: dict[tuple[int, int], Arrow] = field(default_factory=dict, repr=False)

    def arrow(self, source: int, target: int) -> Arrow:
        """The arrow of one transition; found once, as it stays where it is while probabilities change."""
        known = self._known.get((source, target))
        if known is None:
            looped = source == target
            known = _loop(source, self) if looped else _between(source, target, self.centres, self.radius)
            self._known[source, target] = known
        return known

    def state_at(self, x: float, y: float) -> int:
        """The state under a place, or -1."""
        if not len(self.centres):
            return -1
        apart = np.hypot(*(self.centres - (x, y)).T)
        nearest = int(apart.argmin())
        return nearest if apart[nearest] <= self.radius + 2 else -1


def chain_layout(count: int, width: float, height: float) -> ChainLayout:
    """The picture of so many states in a space of this size."""
    room = min(width, height)
    radius = float(np.clip(room / (4.2 * max(count, 3)), *NODE_PX))
    loop = float(np.clip(room / 10, *LOOP_PX))
    reach = radius + loop + _LABEL_GAP_PX + _MARGIN_PX
    spread = np.maximum(np.array([width, height]) / 2 - reach - 1.5 * _LABEL_HALF_PX, 0.0)
    # A wide space is used, but for circles that would look squeezed.
    spread = np.minimum(spread, 1.6 * max(float(spread.min()), _TINY))
    angles = -np.pi / 2 + 2 * np.pi * np.arange(count) / max(count, 1)
    outward = np.column_stack([np.cos(angles), np.sin(angles)])
    middle = np.array([width, height]) / 2
    centres = middle + (outward * spread if count > 1 else 0 * outward)
    return ChainLayout(centres, radius, outward, loop)


def arrow_head(path: Floats, length: float) -> Floats:
    """The three corners of an arrow's head at the end of a path, shape (3, 2)."""
    tip = path[-1]
    apart = np.hypot(*(path - tip).T)
    far = np.flatnonzero(apart >= length)
    way = tip - path[far[-1] if len(far) else 0]
    way = way / max(float(np.hypot(*way)), _TINY)
    across = np.array([-way[1], way[0]]) * 0.5 * length
    return np.array([tip, tip - length * way + across, tip - length * way - across])


def _between(source: int, target: int, centres: Floats, radius: float) -> Arrow:
    """An arrow that bows to its own side, so that the two of a pair lie apart."""
    start, end = centres[source], centres[target]
    way = end - start
    # Pictures grow downwards: this is to the left of whoever goes along.
    across = np.array([way[1], -way[0]])
    bend = (start + end) / 2 + 2 * _BOW * across
    path = _quadratic(start, bend, end)
    # Off the middle, where the arrows between opposite states cross.
    label = path[round(_LABEL_SHARE * len(path))]
    return Arrow(source, target, _clear_of(path, start, end, radius), label)


def _loop(state: int, layout: ChainLayout) -> Arrow:
    centre, outward, radius, reach = layout.centres[state], layout.outward[state], layout.radius, layout.loop
    across = np.array([-outward[1], outward[0]])
    turned = [np.cos(_LOOP_HALF_ANGLE) * outward + side * np.sin(_LOOP_HALF_ANGLE) * across for side in (-1, 1)]
    first, last = (centre + radius * way for way in turned)
    out = 1.5 * reach
    path = _cubic(first, first + out * turned[0], last + out * turned[1], last)
    beyond = radius + reach + _LABEL_GAP_PX + np.abs(outward) @ _LABEL_HALF_PX
    return Arrow(state, state, path, centre + beyond * outward)


def _quadratic(start: Floats, bend: Floats, end: Floats) -> Floats:
    t = np.linspace(0, 1, 2 * _CURVE_POINTS)[:, None]
    return np.asarray((1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end)


def _cubic(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    t = np.linspace(0, 1, _CURVE_POINTS)[:, None]
    return np.asarray((1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d)


def _clear_of(path: Floats, start: Floats, end: Floats, radius: float) -> Floats:
    """The part of a path outside of both states; its ends where they lie too close."""
    outside = (np.hypot(*(path - start).T) >= radius) & (np.hypot(*(path - end).T) >= radius + 1)
    return path[outside] if outside.sum() > 1 else path[[0, -1]]
