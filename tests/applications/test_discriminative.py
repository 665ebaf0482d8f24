from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.discriminative import Rival, features
from genstudio.errors import DataError


def test_figures_are_means_and_deviations_of_both_halves() -> None:
    x = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 6.0], [7.0, 8.0], [2.0, 2.0], [4.0, 9.0], [6.0, 1.0]])
    found = features(x, np.array([4, 3]))
    assert found[0].tolist() == [2, 0, 6, 7, 1, 0, 1, 1]
    # The row in the middle counts in both halves.
    assert found[1].tolist() == [3, 5.5, 5, 5, 1, 3.5, 1, 4]


def test_a_sequence_of_one_row_is_its_own_halves() -> None:
    assert features(np.array([[2.0]]), np.array([1])).tolist() == [[2, 2, 0, 0]]


def test_gaps_are_left_out_and_a_half_of_gaps_has_no_figures() -> None:
    x = np.array([[np.nan], [np.nan], [1.0], [3.0]])
    np.testing.assert_array_equal(features(x, np.array([4])), [[np.nan, 2, np.nan, 1]])


def test_symbols_are_counted() -> None:
    x = np.array([[0.0], [1.0], [1.0], [1.0], [np.nan], [2.0]])
    found = features(x, np.array([4, 2]), symbols=3)
    np.testing.assert_array_equal(found[0], [0.5, 0.5, 0, 0, 1, 0])
    np.testing.assert_array_equal(found[1], [np.nan, np.nan, np.nan, 0, 0, 1])


def drifting(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sequences that rise (class 1) or fall (class 0): their means are the same, not those of their halves."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(6, 12, n)
    codes = rng.integers(0, 2, n)
    pieces = [np.linspace(-1, 1, length) * (2 * code - 1) for length, code in zip(lengths, codes, strict=True)]
    return np.concatenate(pieces)[:, None] + rng.normal(0, 0.3, (lengths.sum(), 1)), lengths, codes


def test_it_learns_and_tells() -> None:
    rival = Rival.trained(*drifting(60, 0))
    x, lengths, codes = drifting(40, 1)
    assert rival.converged
    assert (rival.told(x, lengths) == codes).mean() > 0.95
    gaps = x.copy()
    gaps[: lengths[0]] = np.nan
    assert len(rival.told(gaps, lengths)) == 40
    assert len(rival.told(x[:0], lengths[:0])) == 0


def test_unlabelled_sequences_are_not_learned_from() -> None:
    x, lengths, codes = drifting(60, 0)
    some = np.where(np.arange(60) % 3 == 0, -1, codes)
    assert set(Rival.trained(x, lengths, some).told(x, lengths)) == {0, 1}


def test_one_class_is_refused_in_a_sentence() -> None:
    x, lengths, codes = drifting(20, 0)
    with pytest.raises(DataError, match="two classes"):
        Rival.trained(x, lengths, np.where(codes == 0, -1, codes))
