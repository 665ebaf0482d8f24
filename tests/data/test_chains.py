"""Chains that are known exactly: what is drawn from them follows what was written down."""

from __future__ import annotations

import numpy as np

from genstudio.data.chains import TEXTBOOK, GaussianChain

STEPS = 100_000


def counted(states: np.ndarray, k: int) -> np.ndarray:
    return np.bincount(states[:-1] * k + states[1:], minlength=k * k).reshape(k, k)


def test_the_textbook_is_the_textbook() -> None:
    assert TEXTBOOK.startprob.tolist() == [0.6, 0.3, 0.1]
    assert TEXTBOOK.transmat.tolist() == [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2], [0.3, 0.3, 0.4]]
    assert TEXTBOOK.means.tolist() == [[0, 0], [3, -3], [5, 10]]
    assert (TEXTBOOK.covars == np.eye(2)).all()


def test_transitions_and_means_are_within_four_standard_errors() -> None:
    x, states = TEXTBOOK.sample(STEPS, np.random.default_rng(3))
    counts = counted(states, 3)
    left = counts.sum(axis=1, keepdims=True)
    error = np.sqrt(TEXTBOOK.transmat * (1 - TEXTBOOK.transmat) / left)
    assert (np.abs(counts / left - TEXTBOOK.transmat) < 4 * error).all()
    for state in range(3):
        seen = x[states == state]
        assert (np.abs(seen.mean(axis=0) - TEXTBOOK.means[state]) < 4 / np.sqrt(len(seen))).all()


def test_starts_are_drawn_by_their_probabilities() -> None:
    starts = [TEXTBOOK.walk(1, np.random.default_rng(seed))[0] for seed in range(4000)]
    shares = np.bincount(starts, minlength=3) / len(starts)
    error = np.sqrt(TEXTBOOK.startprob * (1 - TEXTBOOK.startprob) / len(starts))
    assert (np.abs(shares - TEXTBOOK.startprob) < 4 * error).all()


def test_covariances_are_those_written_down() -> None:
    covar = np.array([[2.0, -1.2], [-1.2, 1.0]])
    chain = GaussianChain(np.ones(1), np.ones((1, 1)), np.zeros((1, 2)), covar[None])
    x, _ = chain.sample(50_000, np.random.default_rng(1))
    np.testing.assert_allclose(np.cov(x.T), covar, atol=0.05)


def test_what_has_no_probability_never_comes() -> None:
    # These tenths add up to less than 1 by rounding.
    row = np.array([0.1] * 10 + [0.0])
    chain = GaussianChain(row, np.tile(row, (11, 1)), np.zeros((11, 1)), np.tile(np.eye(1), (11, 1, 1)))
    assert chain.walk(20_000, np.random.default_rng(0)).max() == 9
