"""Drawing paths of hidden states: new ones, ones that go on, and ones given what was seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genstudio.models._hmm_emission import HiddenMarkov, choose
from genstudio.models._hmm_passes import Markov, filtered, smooth, stretches

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Rows whose next states are looked up at a time.
BLOCK = 65_536


def walk(chain: Markov, lengths: Ints, rng: np.random.Generator) -> Ints:
    """New paths of states of these lengths, one after another, shape (N,)."""
    path = np.empty(int(lengths.sum()), dtype=np.int64)
    for rows in stretches(lengths):
        path[rows] = _walk(chain, rows.stop - rows.start, rng)
    return path


def continued(chain: Markov, last: Floats | None, steps: int, draws: int, rng: np.random.Generator) -> Ints:
    """Paths of states that go on, shape (draws, steps).

    Arguments:
        last: probability of each state at the last row that was seen, shape (K,); None where there was none.
    """
    path = np.empty((draws, steps), dtype=np.int64)
    if steps and last is not None:
        before = choose(np.tile(last, (draws, 1)), rng)
        path[:, 0] = choose(chain.transmat[before], rng)
    elif steps:
        path[:, 0] = choose(np.tile(chain.startprob, (draws, 1)), rng)
    for step in range(1, steps):
        path[:, step] = choose(chain.transmat[path[:, step - 1]], rng)
    return path


def filled(model: HiddenMarkov, x: Floats, lengths: Ints, draws: int, rng: np.random.Generator) -> Floats:
    """Rows with each NaN drawn given all else of its sequence, shape (draws, N, D)."""
    result = np.repeat(x[None], draws, axis=0)
    lacking = np.flatnonzero(np.isnan(x).any(axis=1))
    if not len(lacking):
        return result
    frames = model.frames(x)
    forward = filtered(model.chain, frames, lengths)[0]
    posteriors = smooth(model.chain, frames, lengths).posteriors
    states = np.empty((draws, len(lacking)), dtype=np.int64)
    for rows in stretches(lengths):
        own = slice(*np.searchsorted(lacking, [rows.start, rows.stop]))
        if own.start < own.stop:
            places = lacking[own]
            within = slice(places[0], places[-1] + 1)
            path = _path(model.chain, forward[within], posteriors[places[-1]], draws, rng)
            states[:, own] = path[:, places - places[0]]
    again = model.emission.fill(np.tile(x[lacking], (draws, 1)), states.reshape(-1), rng)
    result[:, lacking] = again.reshape(draws, len(lacking), -1)
    return result


def _walk(chain: Markov, n: int, rng: np.random.Generator) -> Ints:
    path, state = np.empty(n, dtype=np.int64), -1
    edges = chain.transmat.cumsum(axis=1)
    for first in range(0, n, BLOCK):
        chance = rng.random(min(BLOCK, n - first))
        # The next state after each state, whichever it will be: the loop only follows.
        following = [_placed(row, chance).tolist() for row in edges]
        steps = []
        for i in range(len(chance)):
            state = following[state][i] if state >= 0 else int(_placed(chain.startprob.cumsum(), chance[:1])[0])
            steps.append(state)
        path[first : first + len(chance)] = steps
    return path


def _placed(edges: Floats, chance: Floats) -> Ints:
    # The last edge is left out, so that rounding leads to no state beyond the last that can be.
    return np.asarray(np.searchsorted(edges[:-1], chance * edges[-1], side="right"), dtype=np.int64)


def _path(chain: Markov, forward: Floats, last: Floats, draws: int, rng: np.random.Generator) -> Ints:
    """States of a stretch of rows, drawn from its end, shape (draws, n).

    Arguments:
        forward: probability of each state given the rows up to each of the stretch, shape (n, K).
        last: probability of each state at its last row, given all rows there are.
    """
    path = np.empty((draws, len(forward)), dtype=np.int64)
    path[:, -1] = choose(np.tile(last, (draws, 1)), rng)
    before = np.ascontiguousarray(chain.transmat.T)
    for step in range(len(forward) - 2, -1, -1):
        path[:, step] = choose(before[path[:, step + 1]] * forward[step], rng)
    return path
