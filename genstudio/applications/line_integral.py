"""A density along a line that is known but for its scale: integrated where its mass is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from genstudio.errors import DataError

Floats = NDArray[np.float64]
LogProb = Callable[[Floats], Floats]

PARTS = 16
TOLERANCE = 1e-5
MOST_EVALUATIONS = 6000
MOST_ROUNDS = 24
_ENDS = 1e-7
"""A density that is higher than this at an end, relative to its top, goes on beyond it."""

# Kronrod's fifteen nodes and weights on [-1, 1], and Gauss's seven weights of every second of them.
_NODES = np.array([
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851, 0.864864423359769072789712788640926,
    0.741531185599394439863864773280788, 0.586087235467691130294144691693867, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0.0,
])
_KRONROD = np.array([
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204, 0.104790010322250183839876322541518,
    0.140653259715525918745189590510238, 0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
])
_GAUSS = np.array([
    0.129484966168869693270611432679082, 0.279705391489276667901467771423780, 0.381830050505118944950369775488975,
    0.417959183673469387755102040816327,
])
NODES = np.concatenate([-_NODES, _NODES[-2::-1]])
KRONROD = np.concatenate([_KRONROD, _KRONROD[-2::-1]])
GAUSS = np.zeros(15)
GAUSS[1::2] = np.concatenate([_GAUSS, _GAUSS[-2::-1]])
FINE = np.linspace(-1.0, 1.0, 33)
# From values at the nodes to the integral of the polynomial through them up to each fine place, shape (33, 15).
CUMULATION = (
    legendre.legvander(FINE, len(NODES)) @ legendre.legint(np.eye(len(NODES)), lbnd=-1)
    @ np.linalg.inv(legendre.legvander(NODES, len(NODES) - 1))
)


@dataclass(frozen=True)
class Line:
    """A density along a line, normalised.

    Arguments:
        x: rising, shape (G,).
        density: shape (G,).
        mean: the mean.
        places, below: rising places, shape (P,), and the share of the mass that lies below each.
        error: of the normalisation, relative.
        evaluations: of the density.
    """

    x: Floats
    density: Floats
    mean: float
    places: Floats
    below: Floats
    error: float
    evaluations: int

    def quantiles(self, shares: Floats) -> Floats:
        """Where so much of the mass lies below, each share in [0, 1]."""
        return np.asarray(np.interp(shares, self.below, self.places))


def integrated(log_prob: LogProb, known: Floats) -> Line:
    """A density along a line, by Gauss and Kronrod's rule in parts that are halved where they err most.

    Arguments:
        log_prob: log-density, up to a constant, shape (N,), at places, shape (N,).
        known: values near which the mass is looked for first, shape (N,); it may go on beyond them.

    Raises:
        DataError: there is no density at all.

    References:
        Piessens, de Doncker-Kapenga, Überhuber, Kahaner (1983): QUADPACK.
    """
    edges = _first_edges(known)
    starts, stops = edges[:-1], edges[1:]
    logs = _evaluated(log_prob, starts, stops)
    for _ in range(MOST_ROUNDS):
        starts, stops, logs = _beyond_ends(log_prob, starts, stops, logs)
        whole, errors = _integrals(starts, stops, logs)
        split = errors > TOLERANCE * whole.sum() / len(whole)
        if errors.sum() <= TOLERANCE * whole.sum() or logs.size + 30 * split.sum() > MOST_EVALUATIONS:
            break
        middle = (starts[split] + stops[split]) / 2
        new = np.concatenate([starts[split], middle]), np.concatenate([middle, stops[split]])
        starts, stops = np.concatenate([starts[~split], new[0]]), np.concatenate([stops[~split], new[1]])
        logs = np.concatenate([logs[~split], _evaluated(log_prob, *new)])
    return _line(starts, stops, logs)


def _first_edges(known: Floats) -> Floats:
    """Parts that hold as many values each, and one beyond on either side."""
    found = np.unique(np.quantile(known[np.isfinite(known)], np.linspace(0, 1, PARTS + 1)))
    span = max(float(np.ptp(found)), 1e-6 * float(np.abs(found).max()), 1e-9)
    return np.concatenate([[found[0] - span / 4], found, [found[-1] + span / 4]])


def _places(starts: Floats, stops: Floats) -> Floats:
    """Nodes of each part, shape (P, 15)."""
    found: Floats = ((starts + stops) / 2)[:, None] + ((stops - starts) / 2)[:, None] * NODES
    return found


def _evaluated(log_prob: LogProb, starts: Floats, stops: Floats) -> Floats:
    places = _places(starts, stops)
    found = log_prob(places.ravel()).reshape(places.shape)
    return np.where(np.isnan(found), -np.inf, found)


def _integrals(starts: Floats, stops: Floats, logs: Floats) -> tuple[Floats, Floats]:
    """Of each part, relative to the highest value, and about how far off they are."""
    top = logs.max()
    if not np.isfinite(top):
        raise DataError("The model gives these values no density at all.", "Fix values that are nearer to the data.")
    values, half = np.exp(logs - top), (stops - starts) / 2
    whole = half * (values @ KRONROD)
    return whole, np.abs(whole - half * (values @ GAUSS))


def _beyond_ends(log_prob: LogProb, starts: Floats, stops: Floats, logs: Floats) -> tuple[Floats, Floats, Floats]:
    """One more part where the density has not died out at an end."""
    first, last = int(starts.argmin()), int(stops.argmax())
    low, high = starts[first], stops[last]
    enough = logs.max() + np.log(_ENDS)
    more = [
        (edge, edge + sign * (high - low) / 2) for edge, value, sign in
        ((low, logs[first, 0], -1), (high, logs[last, -1], 1)) if value > enough
    ]
    if not more:
        return starts, stops, logs
    new = np.sort(np.array(more), axis=1)
    found = _evaluated(log_prob, new[:, 0], new[:, 1])
    return (np.concatenate([starts, new[:, 0]]), np.concatenate([stops, new[:, 1]]), np.concatenate([logs, found]))


def _line(starts: Floats, stops: Floats, logs: Floats) -> Line:
    order = np.argsort(starts)
    starts, stops, logs = starts[order], stops[order], logs[order]
    whole, errors = _integrals(starts, stops, logs)
    values, half, x = np.exp(logs - logs.max()) / whole.sum(), (stops - starts)[:, None] / 2, _places(starts, stops)
    within = half * (values @ CUMULATION.T)
    below = np.concatenate([[0.0], np.cumsum(whole)[:-1]])[:, None] / whole.sum() + within
    places = ((starts + stops) / 2)[:, None] + half * FINE
    mean = float((half * KRONROD * values * x).sum())
    # Between places where the density jumps, what is drawn through them may swing below.
    rising = np.maximum.accumulate(np.clip(below.ravel(), 0.0, 1.0))
    return Line(
        x.ravel(), values.ravel(), mean, places.ravel(), rising, float(errors.sum() / whole.sum()), logs.size
    )
