"""Which transitions there are, and where chains start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genstudio.data.sequences import bounds
from genstudio.models._hmm_passes import Markov
from genstudio.models._hmm_settings import MarkovSettings

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


def allowed(settings: MarkovSettings) -> tuple[Flags, Flags]:
    """States that may come first, shape (K,), and transitions that there are, shape (K, K)."""
    k = settings.n_components
    first = np.ones(k, dtype=bool)
    step = np.arange(k)[None, :] - np.arange(k)[:, None]
    transitions = np.ones((k, k), dtype=bool)
    if settings.topology == "left_to_right":
        first = np.arange(k) == 0
        transitions = (step >= 0) & (step <= settings.bandwidth)
    elif settings.topology == "banded":
        transitions = np.abs(step) <= settings.bandwidth
    # What was typed as 0 is drawn by hand.
    if settings.startprob is not None and len(settings.startprob) == k:
        first = np.array(settings.startprob) > 0
    if settings.transmat is not None and np.shape(settings.transmat) == (k, k):
        transitions = np.array(settings.transmat) > 0
    return first, transitions


def fewest_rows(settings: MarkovSettings) -> int:
    """Rows that a sequence needs to reach every state."""
    if settings.topology != "left_to_right":
        return 1
    return 1 + -(-(settings.n_components - 1) // settings.bandwidth)


def starting_chain(settings: MarkovSettings, lengths: Ints, seed: int) -> Markov:
    """hmmlearn's start, drawn at random; where states only follow on, equal stays in each of them."""
    k, random = settings.n_components, np.random.RandomState(seed)
    first, transitions = allowed(settings)
    startprob = random.dirichlet(np.full(k, 1.0 / k))
    transmat = random.dirichlet(np.full(k, 1.0 / k), size=k)
    if settings.topology == "left_to_right":
        # So that a sequence of mean length goes through all states.
        leave = min(0.5, k / float(lengths.mean()))
        onwards = np.maximum(transitions.sum(axis=1, keepdims=True) - 1, 1)
        transmat = np.where(np.eye(k, dtype=bool), 1.0 - leave, leave / onwards)
    return Markov(_within(startprob, first), _within(transmat, transitions))


def opened(chain: Markov, state: int, settings: MarkovSettings, by_hand: bool) -> Markov:
    """The chain with an equal share for one state, in which it would hardly ever be, wherever it may follow.

    Arguments:
        by_hand: what is 0 in the chain was drawn so, and has not become so.
    """
    k = len(chain.startprob)
    first, transitions = _there(chain, settings, by_hand)
    startprob, transmat = chain.startprob.copy(), chain.transmat.copy()
    startprob[state] = 1.0 / k
    transmat[:, state] = 1.0 / k
    transmat[state] = 1.0 / k
    return Markov(_within(startprob, first), _within(transmat, transitions))


def free_parameters(chain: Markov, settings: MarkovSettings, by_hand: bool) -> int:
    """Free probabilities of a chain; those that can only be 0 are none.

    Arguments:
        by_hand: what is 0 in the chain was drawn so, and has not become so.
    """
    first, transitions = _there(chain, settings, by_hand)
    return int(first.sum() - 1 + transitions.sum() - len(first))


def _there(chain: Markov, settings: MarkovSettings, by_hand: bool) -> tuple[Flags, Flags]:
    first, transitions = allowed(settings)
    if by_hand or len(first) != len(chain.startprob):
        return chain.startprob > 0, chain.transmat > 0
    return first, transitions


def segments(lengths: Ints, k: int) -> Ints:
    """The state of each row where each sequence goes through all of them in equal stretches, shape (N,)."""
    place = np.arange(int(lengths.sum())) - np.repeat(bounds(lengths)[:-1], lengths)
    return (place * k // np.repeat(lengths, lengths)).astype(np.int64)


def _within(probabilities: Floats, flags: Flags) -> Floats:
    """Probabilities of what there is alone, rows of sum 1; equal ones where none is left."""
    left = np.where(flags, probabilities, 0.0)
    total = left.sum(axis=-1, keepdims=True)
    equal = flags / np.maximum(flags.sum(axis=-1, keepdims=True), 1)
    return np.where(total > 0, left / np.where(total > 0, total, 1.0), equal)
